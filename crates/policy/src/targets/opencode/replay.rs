//! opencode's permissions as the client reads them: entries in the order of the file, the last one that matches decides,
//! and what none matches runs (<https://opencode.ai/docs/permissions>).

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, json};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(OpenCode::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(rename = "$schema")]
    _schema: String,
    permission: Map<String, Value>,
}

struct OpenCode(Vec<(String, PolicyEffect)>);

impl OpenCode {
    fn read(text: &str) -> Result<OpenCode, String> {
        let config: Config = json(text)?;
        let rules = config.permission.into_iter().map(|(pattern, action)| match action.as_str() {
            Some("allow") => Ok((pattern, PolicyEffect::Allow)),
            Some("ask") => Ok((pattern, PolicyEffect::Ask)),
            Some("deny") => Ok((pattern, PolicyEffect::Deny)),
            _ => Err(format!("`{pattern}` has no action")),
        });
        Ok(OpenCode(rules.collect::<Result<_, _>>()?))
    }
}

impl Evaluator for OpenCode {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let name: Vec<char> = format!("{}_{}", sanitized(call.alias), sanitized(call.tool)).chars().collect();
        let matching = self.0.iter().rev().find(|(pattern, _)| wildcard(&pattern.chars().collect::<Vec<_>>(), &name));
        matching.map_or(PolicyEffect::Allow, |(_, effect)| *effect)
    }
}

/// The client's own rule, `name.replace(/[^a-zA-Z0-9_-]/g, "_")` in packages/opencode/src/mcp/index.ts: on UTF-16 units.
fn sanitized(name: &str) -> String {
    let unit = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' => char::from(byte),
        _ => '_',
    };
    name.encode_utf16().map(unit).collect()
}

/// `*` is any text, `?` one sign; every other sign is itself.
fn wildcard(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|from| wildcard(rest, &text[from..])),
        Some((sign, rest)) => {
            text.split_first().is_some_and(|(c, after)| (*sign == '?' || sign == c) && wildcard(rest, after))
        }
    }
}
