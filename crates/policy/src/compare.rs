//! Two policies, of whatever formats, compared by what they do with the tools of servers.

use crate::check::CheckedServer;
use crate::decision::PolicyEffect;
use crate::replay::evaluator::Call;
use crate::written::WrittenPolicy;
use crate::written::rule::RuleTest;
use mcpdex_model::words;
use serde::Serialize;
use serde_json::{Map, Value, json};

words! {
    /// What a tool's decision became.
    ComparedChange, "change of a decision" {
        /// More calls run, or more run without a person.
        Milder = "milder",
        Stricter = "stricter",
        /// Milder for some calls and stricter for others.
        Mixed = "mixed",
    }
}

/// A tool that two policies decide otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedTool {
    pub server: String,
    pub tool: String,
    pub before: String,
    pub after: String,
    pub change: ComparedChange,
    /// A call that ends otherwise, where it takes arguments to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Map<String, Value>>,
}

/// What differs between two policies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyComparison {
    pub compared: usize,
    /// Milder ones first.
    pub differing: Vec<ComparedTool>,
}

/// Compares what two policies do with each tool, with arguments on both sides of every condition that either has.
pub fn compare(before: &WrittenPolicy, after: &WrittenPolicy, servers: &[CheckedServer]) -> PolicyComparison {
    let mut differing = Vec::new();
    let mut compared = 0;
    for server in servers {
        let mut names: Vec<&str> = server.tools.iter().map(|tool| tool.planned.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for tool in names {
            compared += 1;
            let mut samples = samples(before, server, tool);
            samples.extend(self::samples(after, server, tool));
            differing.extend(one(before, after, server, tool, &samples));
        }
    }
    differing.sort_by(|a, b| (a.change, &a.server, &a.tool).cmp(&(b.change, &b.server, &b.tool)));
    PolicyComparison { compared, differing }
}

fn one(
    before: &WrittenPolicy,
    after: &WrittenPolicy,
    server: &CheckedServer,
    tool: &str,
    samples: &[Map<String, Value>],
) -> Option<ComparedTool> {
    let mut found: Option<ComparedTool> = None;
    for arguments in samples {
        let call = Call { server: &server.name, alias: &server.alias, tool, arguments, near: None };
        let (old, new) = (before.ruling(&call).effect, after.ruling(&call).effect);
        // That a refused tool is seen or not is told apart only where both targets can hide.
        let hides = before.target().capability().hide && after.target().capability().hide;
        if old == new || (!hides && old.is_refused() && new.is_refused()) {
            continue;
        }
        let change = if old.stricter(new) == new { ComparedChange::Stricter } else { ComparedChange::Milder };
        match &mut found {
            None => {
                let example = (!arguments.is_empty()).then(|| arguments.clone());
                let (before, after) = (old.to_string(), new.to_string());
                let (server, tool) = (server.alias.clone(), tool.to_owned());
                found = Some(ComparedTool { server, tool, before, after, change, example });
            }
            Some(known) if known.change != change => known.change = ComparedChange::Mixed,
            Some(_) => {}
        }
    }
    found
}

/// Arguments on both sides of every condition that a policy has on a tool.
pub(crate) fn samples(policy: &WrittenPolicy, server: &CheckedServer, tool: &str) -> Vec<Map<String, Value>> {
    let none = Map::new();
    let call = Call { server: &server.name, alias: &server.alias, tool, arguments: &none, near: None };
    let mut all = vec![Map::new()];
    let rules = policy.book.speaking_of(&call);
    if policy.book.engine.is_some() || rules.iter().any(|rule| matches!(rule.test, RuleTest::Engine(_))) {
        all.extend(guesses(policy.text(), server, tool));
    }
    for rule in rules {
        let RuleTest::Operators { all: conditions, .. } = &rule.test else { continue };
        // Each value by itself, and all that were met so far together.
        let mut together = Map::new();
        for condition in conditions.iter() {
            for value in near(condition.value()) {
                let mut one = together.clone();
                put(&mut one, condition.steps(), value.clone());
                all.push(one);
                let mut alone = Map::new();
                put(&mut alone, condition.steps(), value);
                all.push(alone);
            }
            put(&mut together, condition.steps(), condition.value().clone());
            all.push(together.clone());
        }
    }
    all
}

/// Texts of a document that are tried as values, and arguments that are given them.
const MOST_TEXTS: usize = 32;
const MOST_ARGUMENTS: usize = 32;

/// Where an expression looks at arguments, which only its engine knows: each argument of the tool with values of each kind and
/// with every text that stands in the document.
fn guesses(text: &str, server: &CheckedServer, tool: &str) -> Vec<Map<String, Value>> {
    let schema =
        server.tools.iter().find(|one| one.planned.name == tool).and_then(|one| one.planned.input_schema.as_ref());
    let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    let mut texts: Vec<&str> = Vec::new();
    for part in text.split(['"', '\'', '\\']).filter(|part| !part.is_empty() && part.len() <= 60) {
        let word = part.chars().all(|c| c.is_alphanumeric() || "_-./: ".contains(c));
        if word && !texts.contains(&part) && texts.len() < MOST_TEXTS {
            texts.push(part);
        }
    }
    let mut values = vec![json!(true), json!(false), json!(0), json!(1), json!(1_000_000_000), json!("x"), json!([])];
    values.extend(texts.iter().map(|text| json!(text)));
    let mut all = Vec::new();
    for name in properties.into_iter().flat_map(|properties| properties.keys()).take(MOST_ARGUMENTS) {
        all.extend(values.iter().map(|value| Map::from_iter([(name.clone(), value.clone())])));
    }
    all
}

/// Values at, below and above a bound, and of other kinds.
fn near(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(0.0);
            vec![json!(number), json!(number - 1.0), json!(number + 1.0), json!("x")]
        }
        Value::Bool(_) => vec![json!(true), json!(false)],
        Value::Array(list) => list.iter().cloned().chain([json!("mcpdex-other")]).collect(),
        Value::String(text) => vec![json!(text), json!(format!("{text}x")), json!("")],
        other => vec![other.clone(), json!("x")],
    }
}

fn put<'s>(into: &mut Map<String, Value>, steps: impl Iterator<Item = &'s str>, value: Value) {
    let steps: Vec<&str> = steps.collect();
    let Some((last, path)) = steps.split_last() else { return };
    let mut here = into;
    for step in path {
        let next = here.entry((*step).to_owned()).or_insert_with(|| json!({}));
        if !next.is_object() {
            *next = json!({});
        }
        let Some(map) = next.as_object_mut() else { return };
        here = map;
    }
    here.insert((*last).to_owned(), value);
}

/// The stricter of what a policy does with any of these calls.
pub(crate) fn strictest(
    policy: &WrittenPolicy,
    server: &CheckedServer,
    tool: &str,
    samples: &[Map<String, Value>],
) -> PolicyEffect {
    samples.iter().fold(PolicyEffect::Allow, |strictest, arguments| {
        let call = Call { server: &server.name, alias: &server.alias, tool, arguments, near: None };
        strictest.stricter(policy.ruling(&call).effect)
    })
}
