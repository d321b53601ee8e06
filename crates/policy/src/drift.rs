//! What becomes of decisions when a server's tools change: none grows milder, and what is new is undecided.
//!
//! Two states of one server in, the plan that is as strict as both out. A person who wants it milder decides so; nothing that
//! a server changes in its own text does.

use super::condition::{Condition, Test};
use super::decision::{Decision, PolicyEffect, Uncounted};
use super::loss::Described;
use super::plan::{PlannedServer, PlannedTool};
use super::targets::Target;
use mcpdex_model::words;
use serde::Serialize;
use std::collections::BTreeMap;

words! {
    /// What became of the decision on a tool. Earlier needs a person's eye more.
    DecisionDrift, "what became of a decision" {
        /// The tool is new: nobody decided on it, so it never runs by itself.
        Undecided = "undecided",
        /// What the tool does today asks for more.
        Stricter = "stricter",
        /// What the tool does today asks for less: the decision stays.
        Kept = "kept",
        /// The server offers it no more.
        Removed = "removed",
        /// Its definition changed, and the decision is the same.
        Same = "same",
    }
}

/// A server in one of the two states.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftSide {
    pub planned: PlannedServer,
    /// Of each tool, in the same order, a digest of its definition.
    pub digests: Vec<String>,
    /// What the server is, whatever it is called.
    pub identity: String,
}

/// What became of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DriftedTool {
    /// The server, by the name that the configuration gives it.
    pub server: String,
    pub tool: String,
    pub drift: DecisionDrift,
    /// What was decided before.
    pub before: Option<String>,
    /// What would be decided on it as it is today.
    pub today: Option<String>,
    /// What is decided now.
    pub now: Option<String>,
    pub because: String,
}

/// Both plans of one server and what became of each decision.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftedServer {
    pub before: Option<PlannedServer>,
    pub after: PlannedServer,
    /// Tools that are there no more, as they were decided.
    removed: Vec<PlannedTool>,
    pub tools: Vec<DriftedTool>,
}

impl DriftedServer {
    /// The plan for one target. Where a tool that a document does not name is not refused, the document goes on to name what
    /// was removed and must not run: it may come back.
    pub fn plan(&self, target: Target) -> PlannedServer {
        let mut plan = self.after.clone();
        if !target.capability().default.is_refused() {
            let stays = |tool: &&PlannedTool| !tool.decision.effect.is_allowed();
            plan.tools.extend(self.removed.iter().filter(stays).cloned());
        }
        plan
    }
}

/// Joins two states of one server. Where another server goes by its name, every tool of it is new.
pub fn drifted(before: Option<&DriftSide>, after: Option<&DriftSide>) -> Option<DriftedServer> {
    let alias = &before.or(after)?.planned.alias;
    let replaced = before.zip(after).is_some_and(|(before, after)| before.identity != after.identity);
    let (old, new) = (before.map(by_name).unwrap_or_default(), after.map(by_name).unwrap_or_default());
    let (mut planned, mut removed, mut tools) = (Vec::new(), Vec::new(), Vec::new());
    let row = |name: &str, drift, decisions: [Option<&Decision>; 3], because: &str| DriftedTool {
        server: alias.clone(),
        tool: name.to_owned(),
        drift,
        before: decisions[0].map(words_of),
        today: decisions[1].map(words_of),
        now: decisions[2].map(words_of),
        because: because.to_owned(),
    };
    // In the order of the earlier state, then what is new: a document changes where a decision does.
    for name in names(before) {
        let Some(was) = old.get(name) else { continue };
        let Some(is) = new.get(name) else {
            tools.push(row(
                name,
                DecisionDrift::Removed,
                [Some(&was.decision), None, None],
                "the server offers it no more",
            ));
            removed.push(PlannedTool { decision: was.decision.clone(), ..PlannedTool::clone(was.tool) });
            continue;
        };
        let mut decision = keep(&was.decision, &is.decision, is.tool);
        if replaced {
            decision = keep(&decision, &undecided("another server goes by this name now", &is.decision), is.tool);
        }
        let changed = was.digests != is.digests;
        let drift = match () {
            () if replaced => Some((DecisionDrift::Undecided, "another server goes by this name now")),
            () if !is_alike(&decision, &was.decision) => Some((DecisionDrift::Stricter, decision.reason.as_str())),
            () if !is_alike(&was.decision, &is.decision) => Some((DecisionDrift::Kept, was.decision.reason.as_str())),
            () if changed => Some((DecisionDrift::Same, "its definition changed, and what it does did not")),
            () => None,
        };
        if let Some((drift, because)) = drift {
            tools.push(row(name, drift, [Some(&was.decision), Some(&is.decision), Some(&decision)], because));
        }
        planned.push(PlannedTool { decision, ..PlannedTool::clone(is.tool) });
    }
    for name in names(after).filter(|name| !old.contains_key(name)) {
        let Some(is) = new.get(name) else { continue };
        let decision = undecided("it is new, and nobody decided on it", &is.decision);
        tools.push(row(name, DecisionDrift::Undecided, [None, Some(&is.decision), Some(&decision)], &decision.reason));
        planned.push(PlannedTool { decision, ..PlannedTool::clone(is.tool) });
    }
    let whole = after.or(before)?.planned.clone();
    tools.sort_by(|a, b| (a.drift, &a.tool).cmp(&(b.drift, &b.tool)));
    Some(DriftedServer {
        before: before.map(|side| side.planned.clone()),
        after: PlannedServer { tools: planned, ..whole },
        removed,
        tools,
    })
}

/// All definitions of one name in one state: the strictest decision governs.
struct Named<'a> {
    tool: &'a PlannedTool,
    decision: Decision,
    digests: Vec<&'a str>,
}

fn by_name(side: &DriftSide) -> BTreeMap<&str, Named<'_>> {
    let mut all: BTreeMap<&str, Named<'_>> = BTreeMap::new();
    for (tool, digest) in side.planned.tools.iter().zip(&side.digests) {
        match all.get_mut(tool.name.as_str()) {
            Some(named) => {
                named.decision = keep(&named.decision, &tool.decision, tool);
                named.digests.push(digest);
                named.digests.sort_unstable();
            }
            None => {
                let named = Named { tool, decision: tool.decision.clone(), digests: vec![digest] };
                all.insert(&tool.name, named);
            }
        }
    }
    all
}

/// The names of a state in its order, each once.
fn names(side: Option<&DriftSide>) -> impl Iterator<Item = &str> {
    let tools = side.map(|side| side.planned.tools.as_slice()).unwrap_or_default();
    let first = move |(at, tool): &(usize, &PlannedTool)| !tools[..*at].iter().any(|other| other.name == tool.name);
    tools.iter().enumerate().filter(first).map(|(_, tool)| tool.name.as_str())
}

/// A tool on which nobody decided: it waits for a person, or worse where what it does asks for worse.
fn undecided(why: &str, today: &Decision) -> Decision {
    if today.effect.is_refused() { today.clone() } else { Decision::plain(PolicyEffect::Ask, why) }
}

/// The decision that is as strict as both; `tool` is the later definition.
fn keep(before: &Decision, after: &Decision, tool: &PlannedTool) -> Decision {
    if is_alike(before, after) {
        return before.clone();
    }
    let effect = before.effect.stricter(after.effect);
    let milder_before = before.effect != effect;
    let stricter = if milder_before { after } else { before };
    let mut decision = Decision {
        effect,
        conditions: Vec::new(),
        otherwise: before.otherwise.stricter(after.otherwise).stricter(effect),
        tightened: before.tightened && after.tightened,
        uncounted: uncounted(before.uncounted, after.uncounted),
        unasked: unasked(before, after),
        guarded: None,
        reason: stricter.reason.clone(),
    };
    if effect.is_allowed() {
        match both(&before.conditions, &after.conditions, tool) {
            Some(conditions) => decision.conditions = conditions,
            None => {
                decision.effect = PolicyEffect::Deny;
                decision.otherwise = decision.otherwise.stricter(PolicyEffect::Deny);
                decision.reason =
                    format!("{}, and its arguments are no longer those that were looked at", stricter.reason);
            }
        }
    }
    decision
}

/// Whether both do the same everywhere, whatever the reason.
fn is_alike(one: &Decision, other: &Decision) -> bool {
    let of = |d: &Decision| (d.effect, d.otherwise, d.tightened, d.uncounted, d.unasked);
    of(one) == of(other) && one.conditions == other.conditions
}

fn uncounted(before: Option<Uncounted>, after: Option<Uncounted>) -> Option<Uncounted> {
    match (before, after) {
        (a, b) if a == b => a,
        // What the profile says is not known here.
        _ => Some(Uncounted::Stricter),
    }
}

/// What becomes of asking where a target cannot ask: no more than either let through.
fn unasked(before: &Decision, after: &Decision) -> Option<PolicyEffect> {
    let lets = |decision: &Decision| match decision.effect {
        PolicyEffect::Ask => decision.unasked,
        effect if effect.is_allowed() => Some(effect),
        _ => None,
    };
    let asks = before.effect == PolicyEffect::Ask || after.effect == PolicyEffect::Ask;
    let least = lets(before)?.stricter(lets(after)?);
    (asks && matches!(least, PolicyEffect::Limit { .. })).then_some(least)
}

/// The conditions of both; `None` where no call could be told to pass both.
fn both(before: &[Condition], after: &[Condition], tool: &PlannedTool) -> Option<Vec<Condition>> {
    let properties = tool.input_schema.as_ref().and_then(|schema| schema.get("properties"));
    let is_there = |argument: &str| properties.is_some_and(|all| all.get(argument).is_some());
    let mut all = after.to_vec();
    for condition in before {
        // A test of an argument that is gone says nothing of what the tool does now.
        if !is_there(&condition.argument) {
            return None;
        }
        let Some(other) = all.iter_mut().find(|other| other.argument == condition.argument) else {
            all.push(condition.clone());
            continue;
        };
        let narrowed = match (&condition.test, &other.test) {
            (a, b) if a == b => b.clone(),
            (Test::OneOf(a), Test::OneOf(b)) => {
                Test::OneOf(a.iter().filter(|value| b.contains(value)).cloned().collect())
            }
            (Test::AtMost(a), Test::AtMost(b)) => Test::AtMost(*a.min(b)),
            _ => return None,
        };
        if matches!(&narrowed, Test::OneOf(values) if values.is_empty()) {
            return None;
        }
        other.test = narrowed;
    }
    Some(all)
}

fn words_of(decision: &Decision) -> String {
    Described::new(decision.effect, &decision.conditions).text().to_owned()
}
