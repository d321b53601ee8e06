//! A policy for one target as a policy for another: what it does with each tool becomes a decision, which is written as any
//! other is, read back and replayed. What cannot be carried over is a loss.

use crate::check::{CheckedServer, CheckedTool};
use crate::compare::{samples, strictest};
use crate::condition::{Condition, Test};
use crate::decision::{Decision, PolicyEffect, Uncounted};
use crate::document::{PolicyDocument, document};
use crate::format::TargetOptions;
use crate::loss::{Deviation, Loss, LostTool, Refused};
use crate::plan::{PlannedServer, PlannedTool, alias_of};
use crate::replay::evaluator::Call;
use crate::replay::samples::{arguments, passes};
use crate::targets::Target;
use crate::written::WrittenPolicy;
use crate::written::rule::RuleTest;
use mcpdex_model::{Confidence, Risk};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a policy does with the tools of servers, as decisions, and what of it is no decision.
#[derive(Debug, Clone, PartialEq)]
pub struct CarriedPolicy {
    pub servers: Vec<PlannedServer>,
    pub losses: Vec<Loss>,
}

/// The decisions of a policy on the tools of these servers.
pub fn carried(policy: &WrittenPolicy, servers: &[CheckedServer]) -> CarriedPolicy {
    let mut dropped: BTreeMap<(String, String), Vec<LostTool>> = BTreeMap::new();
    let mut planned = Vec::with_capacity(servers.len());
    for server in servers {
        let mut tools = Vec::with_capacity(server.tools.len());
        for tool in &server.tools {
            let (decision, loss) = decided(policy, server, tool);
            if let Some(decided) = loss {
                let lost = LostTool { server: server.name.clone(), tool: tool.planned.name.clone() };
                dropped.entry((decided, decision.effect.to_string())).or_default().push(lost);
            }
            tools.push(PlannedTool { decision, ..tool.planned.clone() });
        }
        planned.push(PlannedServer { name: server.name.clone(), alias: server.alias.clone(), launch: None, tools });
    }
    let loss = |((decided, written), tools): ((String, String), Vec<LostTool>)| Loss {
        decided,
        written,
        change: Deviation::Stricter,
        why: "its conditions cannot be told in words that every target knows".to_owned(),
        count: tools.len(),
        tools,
    };
    CarriedPolicy { servers: planned, losses: dropped.into_iter().map(loss).collect() }
}

/// Writes a policy for another target; with the document, whose losses are those of the target, the losses of reading it.
///
/// # Errors
/// The other target cannot say it (see [`Refused`]).
pub fn convert(
    policy: &WrittenPolicy,
    servers: &[CheckedServer],
    target: Target,
    options: &TargetOptions,
    uncounted: Uncounted,
) -> Result<PolicyDocument, Refused> {
    let CarriedPolicy { servers, losses } = carried(policy, servers);
    let mut written = document(target, &servers, options, uncounted)?;
    written.losses.splice(0..0, losses);
    Ok(written)
}

/// The servers and tools that policies name, for want of better: nothing is known of them but that.
pub fn named_servers(policies: &[&WrittenPolicy]) -> Vec<CheckedServer> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for policy in policies {
        for (server, tool) in policy.named() {
            let tools = all.entry(server.unwrap_or_else(|| "server".to_owned())).or_default();
            if !tools.contains(&tool) {
                tools.push(tool);
            }
        }
    }
    let tool = |name: String| CheckedTool {
        planned: PlannedTool::new(name, Decision::plain(PolicyEffect::Ask, "nothing is known of it")),
        risk: Risk::Low,
        confidence: Confidence::Low,
        before: None,
    };
    let identity = policies.iter().any(|policy| policy.book.by_identity);
    let server = |(name, tools): (String, Vec<String>)| CheckedServer {
        alias: if identity { alias_of(&name) } else { name.clone() },
        name,
        tools: tools.into_iter().map(tool).collect(),
    };
    all.into_iter().map(server).collect()
}

/// What is done with one tool, and what it was where its conditions are lost.
fn decided(policy: &WrittenPolicy, server: &CheckedServer, tool: &CheckedTool) -> (Decision, Option<String>) {
    let name = tool.planned.name.as_str();
    let ask = |arguments: &Map<String, Value>| {
        let call = Call { server: &server.name, alias: &server.alias, tool: name, arguments, near: None };
        policy.ruling(&call).effect
    };
    let reason = "a policy that was converted says so";
    let none = Map::new();
    let call = Call { server: &server.name, alias: &server.alias, tool: name, arguments: &none, near: None };
    // An engine may look at arguments without a rule that shows it.
    let plain = !policy.book.is_conditional(&call) && policy.book.engine.is_none();
    if plain {
        return (Decision::plain(ask(&none), reason), None);
    }
    let all = samples(policy, server, name);
    let alike = ask(&none);
    if policy.book.engine.is_some() && all.iter().all(|arguments| ask(arguments) == alike) {
        return (Decision::plain(alike, reason), None);
    }
    if let Some(conditions) = candidate(policy, &call) {
        let battery: Vec<Map<String, Value>> = arguments(&conditions).into_iter().chain(all.iter().cloned()).collect();
        if let Some((effect, otherwise)) = split(&conditions, &battery, &ask) {
            let decision = Decision { conditions, otherwise, ..Decision::plain(effect, reason) };
            return (decision, None);
        }
    }
    let mildest = all.iter().map(ask).min_by_key(|effect| effect.rank());
    let strictest = strictest(policy, server, name, &all);
    let was = match mildest {
        Some(mildest) if mildest.rank() < strictest.rank() => format!("{mildest} for some arguments"),
        // Where every sample ends alike the conditions may still tell other calls apart.
        _ => format!("{strictest} under conditions"),
    };
    let written = if strictest.is_allowed() { PolicyEffect::Ask } else { strictest };
    (Decision::plain(written, reason), Some(was))
}

/// What calls get that pass all conditions, and what the others, where the policy tells them apart by nothing else.
fn split(
    conditions: &[Condition],
    battery: &[Map<String, Value>],
    ask: &dyn Fn(&Map<String, Value>) -> PolicyEffect,
) -> Option<(PolicyEffect, PolicyEffect)> {
    let (mut passing, mut failing): (Option<PolicyEffect>, Option<PolicyEffect>) = (None, None);
    for arguments in battery {
        let results: Vec<_> = conditions.iter().map(|c| passes(&c.test, arguments.get(&c.argument))).collect();
        let effect = ask(arguments);
        let place = match (results.contains(&Some(false)), results.contains(&None)) {
            (true, _) => &mut failing,
            (false, false) => &mut passing,
            // Of null targets think otherwise.
            (false, true) => continue,
        };
        if *place.get_or_insert(effect) != effect {
            return None;
        }
    }
    let (passing, failing) = (passing?, failing?);
    passing.is_allowed().then_some((passing, failing.stricter(PolicyEffect::Ask)))
}

/// Conditions as mcpdex words them, where the rules of the tool look as if they meant such; whether they do is asked after.
fn candidate(policy: &WrittenPolicy, call: &Call<'_>) -> Option<Vec<Condition>> {
    /// What the operators say of one argument: what must hold.
    #[derive(Default)]
    struct Said {
        one_of: Option<Vec<String>>,
        most: Option<u32>,
        is_true: bool,
        absent: bool,
        /// Given and not `false`: refused.
        off: bool,
    }
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for rule in policy.book.speaking_of(call) {
        let (conditions, required) = match &rule.test {
            RuleTest::Operators { all, negated } => (all, *negated),
            RuleTest::Engine(_) => return None,
            RuleTest::Always => continue,
        };
        let words: Option<Vec<(&str, &str, &Value)>> =
            conditions.iter().map(|c| c.plain().map(|(word, argument)| (word, argument, c.value()))).collect();
        let words = words?;
        let texts = |value: &Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let argument = words.first()?.1;
        if words.iter().any(|(_, other, _)| *other != argument) {
            return None;
        }
        let said = said.entry(argument.to_owned()).or_default();
        match (required, words.as_slice()) {
            (true, [("in", _, value)]) | (false, [("not_in", _, value)]) => said.one_of = Some(texts(value)?),
            (false, [("exists", _, Value::Bool(false))]) => {}
            (true, [("exists", _, Value::Bool(false))]) | (false, [("exists", _, Value::Bool(true))]) => {
                said.absent = true;
            }
            (true, [("eq", _, Value::Bool(true))]) => said.is_true = true,
            (false, [("exists", _, Value::Bool(true)), ("neq", _, Value::Bool(false))]) => said.off = true,
            (true, [("gte", _, least), ("lte", _, most)]) if least.as_f64() == Some(0.0) => {
                said.most = Some(u32::try_from(most.as_u64()?).ok()?);
            }
            _ => return None,
        }
    }
    let condition = |(argument, said): (String, Said)| {
        let test = match said {
            Said { one_of: Some(values), .. } => Test::OneOf(values),
            Said { most: Some(most), .. } => Test::AtMost(most),
            Said { is_true: true, .. } => Test::True,
            Said { off: true, .. } => Test::FalseOrAbsent,
            Said { absent: true, .. } => Test::Absent,
            _ => return None,
        };
        Some(Condition { argument, test, reason: "a policy that was converted says so".to_owned() })
    };
    let all: Option<Vec<Condition>> = said.into_iter().map(condition).collect();
    all.filter(|all| !all.is_empty())
}
