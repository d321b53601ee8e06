//! What makes a call graver or milder than its class says: parameters that lift a safeguard or allow a trial, and
//! whether the schema bounds the parameter that a verdict rests on. Facts for the rationale; no verdict rests on them.

use crate::language::name_words::words_of;
use crate::language::quote::quote;
use crate::language::schema_walk::member_of;
use crate::language::tool_text::ToolText;
use crate::rules::syntax::{RiskEffect, RiskFactorSyntax};
use serde_json::Value;
use std::collections::HashMap;

/// How deep in a parameter's schema a bound is looked for.
const MAX_DEPTH: usize = 3;

/// The circumstances that the rule files name, by the words of the parameter.
#[derive(Debug, Default)]
pub(crate) struct RiskFactors {
    known: Vec<(RiskEffect, String)>,
    by_parameter: HashMap<String, usize>,
}

/// One thing that raises or lowers the risk of a call, as a clause of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RiskFactor {
    pub effect: RiskEffect,
    pub says: String,
}

impl RiskFactors {
    /// Compiles what the files say; a later file's circumstance of the same id was put in place of the earlier one.
    pub(crate) fn of(written: &[RiskFactorSyntax]) -> RiskFactors {
        let mut all = RiskFactors::default();
        for one in written {
            for name in &one.parameter {
                all.by_parameter.insert(words_of(name), all.known.len());
            }
            all.known.push((one.effect, one.says.clone()));
        }
        all
    }

    /// The first parameter that raises and the first that lowers, in the order of the schema.
    pub(crate) fn find(&self, reading: &ToolText<'_>) -> Vec<RiskFactor> {
        let mut found: Vec<RiskFactor> = Vec::new();
        for param in &reading.params {
            let segment = &reading.segments[param.segment as usize];
            let words = &reading.text[segment.start as usize..segment.end as usize];
            // A page that lists the tool among its own parameters says nothing of them.
            if param.name == reading.name_segment().original {
                continue;
            }
            let Some((effect, says)) = self.by_parameter.get(words).and_then(|index| self.known.get(*index)) else {
                continue;
            };
            if found.iter().all(|known| known.effect != *effect) {
                found.push(RiskFactor { effect: *effect, says: format!("its parameter {} {says}", quote(param.name)) });
            }
        }
        found
    }
}

/// What bounds the text that a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// One of so many values.
    Values(usize),
    Pattern,
    /// Any text.
    None,
}

/// What the schema says of the texts that a parameter takes; `None` where it takes no text or says nothing.
pub(crate) fn bound(schema: &Value) -> Option<Bound> {
    fn look(schema: &Value, depth: usize) -> Option<Bound> {
        if let Some(values) = member_of(schema, "enum").and_then(Value::as_array) {
            return Some(Bound::Values(values.len()));
        }
        if member_of(schema, "const").is_some() {
            return Some(Bound::Values(1));
        }
        if member_of(schema, "pattern").is_some() {
            return Some(Bound::Pattern);
        }
        if member_of(schema, "type").and_then(Value::as_str) == Some("string") {
            return Some(Bound::None);
        }
        if depth >= MAX_DEPTH {
            return None;
        }
        if let Some(items) = member_of(schema, "items") {
            return look(items, depth + 1);
        }
        let variants = ["anyOf", "oneOf"].iter().filter_map(|key| member_of(schema, key)?.as_array()).flatten();
        // The widest variant is what a caller can use.
        variants.filter_map(|variant| look(variant, depth + 1)).max_by_key(|bound| match bound {
            Bound::Values(count) => *count,
            Bound::Pattern => usize::MAX - 1,
            Bound::None => usize::MAX,
        })
    }
    look(schema, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_widest_variant_is_the_bound() {
        assert_eq!(bound(&json!({ "type": "string" })), Some(Bound::None));
        assert_eq!(bound(&json!({ "type": "string", "enum": ["a", "b"] })), Some(Bound::Values(2)));
        assert_eq!(
            bound(&json!({ "type": "array", "items": { "type": "string", "pattern": "^a" } })),
            Some(Bound::Pattern)
        );
        assert_eq!(
            bound(&json!({ "anyOf": [{ "const": "a" }, { "type": "string" }, { "type": "null" }] })),
            Some(Bound::None)
        );
        assert_eq!(bound(&json!({ "type": "boolean" })), None);
    }
}
