//! The rules of a pack, a line each.

use super::rows::{RowReport, row};
use super::text::{judged_by, paragraph, table, width};
use crate::classify::syntax::RuleSyntax;
use crate::model::{Class, Confidence, Trait};
use serde::Serialize;
use serde_json::Value;

/// On so many columns every column of the list has room for its words.
const ROOMY: usize = 110;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleLine {
    pub id: String,
    /// The file that it stands in.
    pub file: String,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    pub confidence: Confidence,
    /// What it means that the rule fires, as a clause.
    pub because: String,
}

impl RuleLine {
    /// A rule of the pack, from the file that it stands in.
    pub fn of(file: &str, rule: &RuleSyntax) -> RuleLine {
        RuleLine {
            id: rule.id.clone(),
            file: file.to_owned(),
            class: rule.class,
            traits: rule.traits.clone(),
            confidence: rule.confidence,
            because: rule.because.clone(),
        }
    }
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
        // On a narrow screen what a rule says; `rules show` and every other format have the rest.
        let roomy = width().is_none_or(|width| width >= ROOMY);
        let rows = self.rules.iter().map(|rule| {
            let class = rule.class.map_or_else(String::new, |class| class.to_string());
            let traits: Vec<&str> = rule.traits.iter().map(|of| of.as_str()).collect();
            let mut row = vec![rule.id.clone(), class];
            if roomy {
                row.extend([rule.confidence.to_string(), rule.file.clone()]);
            }
            row.push(traits.join(", "));
            row
        });
        let header: &[&str] =
            if roomy { &["rule", "class", "confidence", "file", "traits"] } else { &["rule", "class", "traits"] };
        let more = if roomy { String::new() } else { paragraph("file and confidence: mcpdex rules show RULE", "") };
        table(header, rows) + "\n" + &more + &judged_by(&self.ruleset)
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
