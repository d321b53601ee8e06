//! How often a policy asks the people who live with it, and which decisions of theirs would spare them most.
//!
//! Plans and verdicts in, numbers out. A proposal is decided and fitted anew before it is made, so that what it promises is
//! what its rule does; nothing critical, no read of secrets and no text that speaks to the model is ever proposed.

use super::decision::PolicyEffect;
use super::format::TargetOptions;
use super::loss::Refused;
use super::plan::{PlannedServer, PlannedTool};
use super::profile::Profile;
use super::recommend::decide_found;
use super::standing::{StandingTool, StandingTools, standing};
use super::targets::Target;
use mcpdex_model::{Class, Confidence, FoundTool, Risk, Trait, Verdict, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A server as it is planned, and what is known of each of its tools, in the same order.
#[derive(Debug, Clone)]
pub struct KnownServer {
    pub planned: PlannedServer,
    pub found: Vec<FoundTool>,
}

/// What a policy does at one target, in numbers of tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyBudget {
    pub target: Target,
    pub tools: usize,
    pub asked: usize,
    /// Refused or hidden.
    pub refused: usize,
    /// Run so many times in a window.
    pub counted: usize,
    /// Run without being counted.
    pub allowed: usize,
    /// Of those that are counted or allowed: only with some arguments.
    pub guarded: usize,
    /// Of those that ask or are refused: never proposed to run unasked (critical, secrets, text that speaks to the model).
    pub never: usize,
    /// What would save most, at most [`PROPOSALS`].
    pub settlements: Vec<Settlement>,
    /// Every tool, in the order of the servers and then of names.
    pub each: Vec<BudgetTool>,
}

/// What a target does with one tool, and the gravest verdict on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BudgetTool {
    /// The server, by the name that the configuration gives it.
    pub server: String,
    pub tool: String,
    /// `allow`, a limit such as `10/minute`, `ask`, `deny` or `hide`.
    pub effect: String,
    /// Only with some arguments; other calls are refused.
    pub guarded: bool,
    pub class: Class,
    pub risk: Risk,
    pub confidence: Confidence,
    pub recognised: bool,
    pub traits: BTreeSet<Trait>,
}

/// Proposals of one budget.
pub const PROPOSALS: usize = 5;

words! {
    /// What a person would settle.
    SettlementKind, "kind of settlement" {
        /// Let the tools run so often.
        Count = "count",
        /// Let the tools run.
        Allow = "allow",
        /// Judge tools of which the verdict is uncertain, in overrides.toml.
        Judge = "judge",
    }
}

/// One decision of a person, and what it would save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settlement {
    pub kind: SettlementKind,
    /// The server, by the name that the configuration gives it.
    pub server: String,
    pub tools: Vec<String>,
    /// How many tools ask or are refused no more; of tools to be judged at most so many.
    pub saves: usize,
    /// What these tools would get.
    pub effect: String,
    /// Whether the target would let them run without counting, though they are to be counted.
    pub uncounted: bool,
    /// The gravest of them.
    pub risk: Risk,
    pub traits: BTreeSet<Trait>,
    /// Why they ask or are refused today.
    pub because: String,
    /// The rule that does it, for a profile of one's own; `None` for tools to be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Counts what the profile does at a target, and proposes what would save most.
///
/// # Errors
/// The target cannot say what was decided (see [`Refused`]).
pub fn budget(
    target: Target,
    profile: &Profile,
    options: &TargetOptions,
    servers: &[KnownServer],
) -> Result<PolicyBudget, Refused> {
    let planned: Vec<PlannedServer> = servers.iter().map(|server| server.planned.clone()).collect();
    let stands = standing(target, &planned, options, profile.uncounted)?;
    let all = || stands.iter().flat_map(StandingTools::values);
    let count = |wanted: fn(PolicyEffect) -> bool| all().filter(|tool| wanted(tool.effect)).count();
    let mut budget = PolicyBudget {
        target,
        tools: all().count(),
        asked: count(|effect| effect == PolicyEffect::Ask),
        refused: count(PolicyEffect::is_refused),
        counted: count(|effect| matches!(effect, PolicyEffect::Limit { .. })),
        allowed: count(|effect| effect == PolicyEffect::Allow),
        guarded: all().filter(|tool| tool.guarded).count(),
        never: 0,
        settlements: Vec::new(),
        each: Vec::new(),
    };
    for (server, stands) in servers.iter().zip(&stands) {
        let definitions = definitions(server);
        budget.each.extend(stands.iter().filter_map(|(name, tool)| each(server, name, *tool, definitions.get(name)?)));
        let (groups, never) = groups(server, stands, definitions);
        budget.never += never;
        for group in groups {
            budget.settlements.extend(group.propose(target, profile, options));
        }
    }
    let key = |one: &Settlement| (std::cmp::Reverse(one.saves), one.risk, one.kind != SettlementKind::Allow);
    budget.settlements.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.server.cmp(&b.server)));
    budget.settlements.truncate(PROPOSALS);
    Ok(budget)
}

/// Tools of one server that wait or are refused for one reason.
struct Group<'a> {
    server: &'a KnownServer,
    because: &'a str,
    /// By name; of several definitions of one name, all.
    tools: BTreeMap<&'a str, Vec<&'a FoundTool>>,
    doubtful: bool,
}

/// Whether a tool is never proposed to run unasked.
fn is_never(verdict: &Verdict) -> bool {
    let has = |one: Trait| verdict.traits.contains(&one);
    verdict.risk == Risk::Critical
        || has(Trait::InstructsTheModel)
        || has(Trait::CredentialAccess)
        || verdict.class == Class::Read && verdict.risk >= Risk::High
}

fn is_doubtful(verdict: &Verdict) -> bool {
    !verdict.recognised || verdict.confidence == Confidence::Low
}

/// The definitions of one name on one server, with what was decided on each.
type Definitions<'a> = Vec<(&'a FoundTool, &'a PlannedTool)>;

fn definitions(server: &KnownServer) -> BTreeMap<&str, Definitions<'_>> {
    let mut names: BTreeMap<&str, Definitions<'_>> = BTreeMap::new();
    for (found, tool) in server.found.iter().zip(&server.planned.tools) {
        names.entry(tool.name.as_str()).or_default().push((found, tool));
    }
    names
}

/// One tool as it stands: of several definitions the gravest, and each trait of any.
fn each(server: &KnownServer, name: &str, stands: StandingTool, all: &Definitions<'_>) -> Option<BudgetTool> {
    let verdicts = || all.iter().map(|(found, _)| &found.verdict);
    Some(BudgetTool {
        server: server.planned.alias.clone(),
        tool: name.to_owned(),
        effect: stands.effect.to_string(),
        guarded: stands.guarded,
        class: verdicts().map(|verdict| verdict.class).max()?,
        risk: verdicts().map(|verdict| verdict.risk).max()?,
        confidence: verdicts().map(|verdict| verdict.confidence).min()?,
        recognised: verdicts().all(|verdict| verdict.recognised),
        traits: verdicts().flat_map(|verdict| verdict.traits.iter().copied()).collect(),
    })
}

/// What waits or is refused, by reason and risk; and how many names of it are never proposed.
fn groups<'a>(
    server: &'a KnownServer,
    stands: &StandingTools<'_>,
    names: BTreeMap<&'a str, Definitions<'a>>,
) -> (Vec<Group<'a>>, usize) {
    let waits = |name: &str| stands.get(name).is_some_and(|tool| !tool.effect.is_allowed());
    let mut groups: BTreeMap<(bool, &str, Risk), Group<'a>> = BTreeMap::new();
    let mut never = 0;
    for (name, all) in names.into_iter().filter(|(name, _)| waits(name)) {
        if all.iter().any(|(found, _)| is_never(&found.verdict)) {
            never += 1;
            continue;
        }
        let doubtful = all.iter().any(|(found, _)| is_doubtful(&found.verdict));
        let Some((gravest, tool)) = all.iter().max_by_key(|(found, _)| found.verdict.risk) else { continue };
        let because = tool.decision.reason.as_str();
        let key = (doubtful, because, gravest.verdict.risk);
        let group = groups.entry(key).or_insert_with(|| Group { server, because, tools: BTreeMap::new(), doubtful });
        group.tools.insert(name, all.iter().map(|(found, _)| *found).collect());
    }
    (groups.into_values().collect(), never)
}

impl Group<'_> {
    fn propose(&self, target: Target, profile: &Profile, options: &TargetOptions) -> Option<Settlement> {
        let verdicts = || self.tools.values().flatten().map(|found| &found.verdict);
        let risk = verdicts().map(|verdict| verdict.risk).max()?;
        let settlement = |kind, effect: &str, tools: Vec<String>, rule| Settlement {
            kind,
            server: self.server.planned.alias.clone(),
            saves: tools.len(),
            tools,
            effect: effect.to_owned(),
            uncounted: kind == SettlementKind::Count && !target.capability().rate,
            risk,
            traits: verdicts().flat_map(|verdict| verdict.traits.iter().copied()).collect(),
            because: self.because.to_owned(),
            rule,
        };
        let names: Vec<String> = self.tools.keys().map(|name| (*name).to_owned()).collect();
        if self.doubtful {
            return Some(settlement(SettlementKind::Judge, "what its verdict says", names, None));
        }
        let (kind, effect) = match risk {
            Risk::Low => (SettlementKind::Allow, "allow"),
            Risk::Medium => (SettlementKind::Count, "30/minute"),
            Risk::High | Risk::Critical => (SettlementKind::Count, "10/minute"),
        };
        let rule = rule(&self.server.planned.name, &names, effect);
        let settled = profile.settled(&rule).ok()?;
        let tools = self
            .server
            .found
            .iter()
            .zip(&self.server.planned.tools)
            .map(|(found, tool)| PlannedTool { decision: decide_found(&settled, found), ..tool.clone() });
        let server = PlannedServer { tools: tools.collect(), ..self.server.planned.clone() };
        let stands = standing(target, std::slice::from_ref(&server), options, profile.uncounted).ok()?;
        let runs = |name: &String| {
            stands.iter().any(|tools| tools.get(name.as_str()).is_some_and(|tool| tool.effect.is_allowed()))
        };
        let saved: Vec<String> = names.into_iter().filter(runs).collect();
        if saved.is_empty() {
            return None;
        }
        let rule = self::rule(&self.server.planned.name, &saved, effect);
        Some(settlement(kind, effect, saved, Some(rule)))
    }
}

/// The rule that lets these tools of a server run, and no tool that it gains later.
fn rule(server: &str, tools: &[String], effect: &str) -> String {
    let text = |word: &str| toml::Value::String(word.to_owned()).to_string();
    let tools: Vec<String> = tools.iter().map(|tool| text(tool)).collect();
    let when = format!("server = [{}], tool = [{}]", text(server), tools.join(", "));
    let uncounted = if effect == "allow" { "" } else { "uncounted = \"allow\"\n" };
    format!("[[rule]]\nwhen = {{ {when} }}\neffect = \"{effect}\"\n{uncounted}because = \"a person settled it\"\n")
}
