//! Claude Code's permission rules as the client reads them: deny before ask before allow; what is in no list is asked about.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(ClaudeCode::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    allow: Vec<String>,
    ask: Vec<String>,
    deny: Vec<String>,
}

/// Deny before ask before allow; what is in no list is asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaudeCode {
    permissions: Permissions,
}

impl ClaudeCode {
    fn read(text: &str) -> Result<ClaudeCode, String> {
        json(text)
    }
}

/// The client's spelling of a server or tool.
fn respelled(name: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.chars().map(|c| if keep(c) { c.to_string() } else { "_".repeat(c.len_utf16()) }).collect()
}

/// Whether a rule matches `mcp__SERVER__TOOL`. A rule is split at its first two `__`.
fn rule_matches(rule: &str, server: &str, tool: &str) -> bool {
    let Some(rest) = rule.strip_prefix("mcp__") else { return false };
    match rest.split_once("__") {
        None => rest == server,
        Some((of, "*")) => of == server,
        Some((of, name)) => of == server && name == tool,
    }
}

impl Evaluator for ClaudeCode {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let (server, tool) = (respelled(call.alias), respelled(call.tool));
        let any = |rules: &[String]| rules.iter().any(|rule| rule_matches(rule, &server, &tool));
        match &self.permissions {
            lists if any(&lists.deny) => PolicyEffect::Deny,
            lists if any(&lists.ask) => PolicyEffect::Ask,
            lists if any(&lists.allow) => PolicyEffect::Allow,
            _ => PolicyEffect::Ask,
        }
    }
}
