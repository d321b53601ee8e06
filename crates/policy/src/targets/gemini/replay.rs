//! Gemini CLI's rules and settings as the client reads them: included by the settings, then the highest rule that matches.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions};
use crate::replay::evaluator::{Call, Evaluator, Unique};
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Gemini::read(files)?))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GeminiDecision {
    Allow,
    AskUser,
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeminiRule {
    #[serde(rename = "mcpName")]
    mcp_name: Option<String>,
    #[serde(rename = "toolName")]
    tool_name: OneOrMany,
    #[serde(rename = "argsPattern")]
    args_pattern: Option<ArgsPattern>,
    decision: GeminiDecision,
    priority: u16,
    #[serde(rename = "deny_message")]
    _deny_message: Option<String>,
}

/// A pattern over a call's arguments, as the client's `isSafeRegExp` lets it pass.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ArgsPattern(Regex);

impl TryFrom<String> for ArgsPattern {
    type Error = String;

    fn try_from(text: String) -> Result<ArgsPattern, String> {
        let nested = Regex::new(r"\([^)]*[*+?{].*\)[*+?{]").map_err(|e| e.to_string())?;
        if text.encode_utf16().count() > 2_048 || nested.is_match(&text) {
            return Err("the client drops a pattern that it holds to be unsafe".to_owned());
        }
        Regex::new(&text).map(ArgsPattern).map_err(|e| e.to_string())
    }
}

/// The client's `stableStringify`: sorted by name in UTF-16, each pair at the top between two NUL characters.
fn stable(arguments: &Map<String, Value>) -> String {
    let mut sorted: Vec<(&String, &Value)> = arguments.iter().collect();
    sorted.sort_by_cached_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
    let pair = |(name, value): &(&String, &Value)| format!("\0{}:{value}\0", Value::from(name.as_str()));
    format!("{{{}}}", sorted.iter().map(pair).collect::<Vec<_>>().join(","))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeminiRules {
    #[serde(default, rename = "rule")]
    rules: Vec<GeminiRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GeminiServer {
    include_tools: Vec<String>,
    trust: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GeminiSettings {
    #[serde(rename = "mcp")]
    _mcp: Value,
    mcp_servers: Unique<GeminiServer>,
}

/// A tool must be included by the settings; then the rule of the highest priority that matches the full name
/// `mcp_SERVER_TOOL` decides.
struct Gemini {
    rules: Vec<GeminiRule>,
    servers: Unique<GeminiServer>,
}

impl Gemini {
    fn read(files: &[PolicyFile]) -> Result<Gemini, String> {
        let [rules, settings, ..] = files else { return Err("rules or settings are missing".to_owned()) };
        let GeminiRules { rules } = toml::from_str(&rules.text).map_err(|e| e.to_string())?;
        let settings: GeminiSettings = serde_json::from_str(&settings.text).map_err(|e| e.to_string())?;
        if rules.iter().any(|rule| rule.priority > 999) || settings.mcp_servers.0.values().any(|server| server.trust) {
            return Err("a priority is above 999, or a server is trusted with everything".to_owned());
        }
        Ok(Gemini { rules, servers: settings.mcp_servers })
    }
}

/// The name under which the client knows a tool: odd characters replaced, the middle cut out where it is too long.
fn gemini_name(server: &str, tool: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let full = format!("mcp_{server}_{tool}");
    let name: String = full.chars().map(|c| if keep(c) { c.to_string() } else { "_".repeat(c.len_utf16()) }).collect();
    if name.len() > 63 { format!("{}...{}", &name[..30], &name[name.len() - 30..]) } else { name }
}

impl GeminiRule {
    fn matches(&self, server: &str, full: &str) -> bool {
        let names = match &self.tool_name {
            OneOrMany::One(name) => std::slice::from_ref(name),
            OneOrMany::Many(names) => names.as_slice(),
        };
        names.iter().any(|name| {
            let pattern = match &self.mcp_name {
                Some(of) if of != server => return false,
                Some(of) => format!("mcp_{of}_{name}"),
                None => name.clone(),
            };
            match pattern.strip_suffix('*') {
                Some(start) if start.is_empty() || start.ends_with('_') => full.starts_with(start),
                _ => pattern == full,
            }
        })
    }
}

impl Evaluator for Gemini {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let included = |server: &GeminiServer| server.include_tools.iter().any(|name| name == call.tool);
        if self.servers.0.get(call.alias).is_some_and(|server| !included(server)) {
            return PolicyEffect::Hide;
        }
        let full = gemini_name(call.alias, call.tool);
        let arguments = stable(call.arguments);
        let looks =
            |rule: &&GeminiRule| rule.args_pattern.as_ref().is_none_or(|pattern| pattern.0.is_match(&arguments));
        let matching = self.rules.iter().filter(|rule| rule.matches(call.alias, &full)).filter(looks);
        match matching.max_by_key(|rule| rule.priority).map(|rule| rule.decision) {
            Some(GeminiDecision::Allow) => PolicyEffect::Allow,
            Some(GeminiDecision::AskUser) | None => PolicyEffect::Ask,
            Some(GeminiDecision::Deny) => PolicyEffect::Hide,
        }
    }
}
