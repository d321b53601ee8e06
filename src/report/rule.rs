//! One rule as its file has it, and what the examiner says of all of them, for programs.

use super::text::hanging;
use crate::classify::Complaint;
use crate::classify::syntax::RuleSyntax;
use serde::Serialize;
use serde_json::{Map, Value};

/// A rule for people: what it says, then what it fires on and what it leaves alone.
pub fn rule_text(file: &str, rule: &RuleSyntax) -> String {
    let class = rule.class.map_or("no class", |class| class.as_str());
    let mut out = hanging(&format!("{} ({file}): {class}, because {}", rule.id, rule.because), "", "  ");
    for (what, examples) in [("fires", &rule.fires), ("quiet", &rule.quiet)] {
        for example in examples {
            let told = example.description.as_deref().map_or_else(String::new, |text| format!("  {text}"));
            out += &hanging(&format!("{}{told}", example.name), &format!("  {what}  "), "           ");
        }
    }
    out
}

/// The rules that decided nothing.
pub fn unused_text(ids: &[&str]) -> String {
    hanging(&format!("never: {}", ids.join(", ")), "", "  ")
}

/// The report of `mcpdex rules show ID --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleReport {
    schema: &'static str,
    /// Digest of the rules.
    ruleset: String,
    /// The file that it stands in.
    file: String,
    /// Its fields by the names that they have in the file; those that it does not use are left out.
    #[serde(flatten)]
    rule: Map<String, Value>,
}

impl RuleReport {
    /// A report on this rule.
    pub fn new(ruleset: &str, file: &str, rule: &RuleSyntax) -> RuleReport {
        let rule = match used(serde_json::to_value(rule).unwrap_or_default()) {
            Some(Value::Object(rule)) => rule,
            _ => Map::new(),
        };
        RuleReport { schema: "mcpdex/rule/1", ruleset: ruleset.to_owned(), file: file.to_owned(), rule }
    }
}

/// What says something: not nothing, not `false`, no empty list.
fn used(value: Value) -> Option<Value> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(items.into_iter().filter_map(used).collect()),
        Value::Object(members) => {
            Some(Value::Object(members.into_iter().filter_map(|(key, value)| Some((key, used(value)?))).collect()))
        }
        other => Some(other),
    }
}

/// The report of `mcpdex rules check --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCheckReport {
    schema: &'static str,
    /// Digest of the rules.
    ruleset: String,
    /// How many rules were held against their examples.
    rules: usize,
    complaints: Vec<ShownComplaint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ShownComplaint {
    rule: String,
    file: String,
    problem: String,
}

impl RuleCheckReport {
    /// A report on what the examiner said.
    pub fn new(ruleset: &str, rules: usize, complaints: &[Complaint]) -> RuleCheckReport {
        let shown = |one: &Complaint| ShownComplaint {
            rule: one.rule.clone(),
            file: one.file.clone(),
            problem: one.problem.clone(),
        };
        let complaints = complaints.iter().map(shown).collect();
        RuleCheckReport { schema: "mcpdex/rules-check/1", ruleset: ruleset.to_owned(), rules, complaints }
    }
}
