//! Cursor's permissions.json as the client reads it: what is in the list runs, the rest is asked about.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Cursor::read(main(files))?))
}

/// What is in the list runs; the rest is asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    #[serde(rename = "mcpAllowlist")]
    list: Vec<String>,
}

impl Cursor {
    fn read(text: &str) -> Result<Cursor, String> {
        json(text)
    }
}

impl Evaluator for Cursor {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let allows = |entry: &String| {
            entry.split_once(':').is_some_and(|(server, tool)| {
                (server == "*" || server == call.alias) && (tool == "*" || tool == call.tool)
            })
        };
        if self.list.iter().any(allows) { PolicyEffect::Allow } else { PolicyEffect::Ask }
    }
}
