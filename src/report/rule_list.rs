//! The rules of a pack, a line each.

use super::rows::{RowReport, row};
use super::text::{judged_by, table};
use crate::model::{Class, Confidence, Trait};
use serde::Serialize;
use serde_json::Value;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleLine {
    pub id: String,
    /// The file that it stands in.
    pub file: String,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    pub confidence: Confidence,
    pub because: String,
}

/// The report of `mcpdex rules list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleListReport {
    schema: &'static str,
    /// Digest of the rules.
    pub ruleset: String,
    pub rules: Vec<RuleLine>,
}

impl RuleListReport {
    /// A report on these rules.
    pub fn new(ruleset: String, rules: Vec<RuleLine>) -> RuleListReport {
        RuleListReport { schema: "mcpdex/rules/1", ruleset, rules }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let rows = self.rules.iter().map(|rule| {
            let class = rule.class.map_or_else(String::new, |class| class.to_string());
            let traits: Vec<&str> = rule.traits.iter().map(|of| of.as_str()).collect();
            vec![rule.id.clone(), class, rule.confidence.to_string(), rule.file.clone(), traits.join(", ")]
        });
        table(&["rule", "class", "confidence", "file", "traits"], rows) + "\n" + &judged_by(&self.ruleset)
    }
}

impl RowReport for RuleListReport {
    const COLUMNS: &'static [&'static str] = &["id", "file", "class", "traits", "confidence", "because"];

    fn rows(&self) -> Vec<Value> {
        self.rules.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
