//! Codex's and Gemini CLI's TOML, and the YAML of Docker's and LiteLLM's gateways.

use super::super::decision::Effect;
use super::super::target::Output;
use super::{Call, Evaluator, Unique};
use serde::Deserialize;

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Approval {
    Auto,
    Prompt,
    Approve,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodexTool {
    approval_mode: Approval,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodexServer {
    #[serde(rename = "command")]
    _command: Option<String>,
    #[serde(rename = "args")]
    _args: Option<Vec<String>>,
    #[serde(rename = "url")]
    _url: Option<String>,
    enabled_tools: Option<Vec<String>>,
    disabled_tools: Option<Vec<String>>,
    default_tools_approval_mode: Approval,
    #[serde(default)]
    tools: Unique<CodexTool>,
}

/// Enabled, minus disabled; approval per tool, else the server's default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Codex {
    #[serde(default)]
    mcp_servers: Unique<CodexServer>,
}

impl Codex {
    pub(super) fn read(text: &str) -> Result<Codex, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }
}

impl Evaluator for Codex {
    fn answer(&self, call: &Call<'_>) -> Effect {
        let Some(server) = self.mcp_servers.0.get(call.alias) else { return Effect::Ask };
        let has = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.iter().any(|name| name == call.tool));
        if has(&server.enabled_tools) == Some(false) || has(&server.disabled_tools) == Some(true) {
            return Effect::Hide;
        }
        let mode = server.tools.0.get(call.tool).map_or(server.default_tools_approval_mode, |tool| tool.approval_mode);
        match mode {
            Approval::Approve => Effect::Allow,
            // `auto` follows the tool's own hints: not something to rely on.
            Approval::Auto | Approval::Prompt => Effect::Ask,
        }
    }
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
    decision: GeminiDecision,
    priority: u16,
    #[serde(rename = "deny_message")]
    _deny_message: Option<String>,
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
    _mcp: serde_json::Value,
    mcp_servers: Unique<GeminiServer>,
}

/// A tool must be included by the settings; then the rule of the highest priority that matches the full name
/// `mcp_SERVER_TOOL` decides.
pub(super) struct Gemini {
    rules: Vec<GeminiRule>,
    servers: Unique<GeminiServer>,
}

impl Gemini {
    pub(super) fn read(outputs: &[Output]) -> Result<Gemini, String> {
        let [rules, settings, ..] = outputs else { return Err("rules or settings are missing".to_owned()) };
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
    let name: String = full.chars().map(|c| if keep(c) { c } else { '_' }).collect();
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
    fn answer(&self, call: &Call<'_>) -> Effect {
        let included = |server: &GeminiServer| server.include_tools.iter().any(|name| name == call.tool);
        if self.servers.0.get(call.alias).is_some_and(|server| !included(server)) {
            return Effect::Hide;
        }
        let full = gemini_name(call.alias, call.tool);
        let matching = self.rules.iter().filter(|rule| rule.matches(call.alias, &full));
        match matching.max_by_key(|rule| rule.priority).map(|rule| rule.decision) {
            Some(GeminiDecision::Allow) => Effect::Allow,
            Some(GeminiDecision::AskUser) | None => Effect::Ask,
            Some(GeminiDecision::Deny) => Effect::Hide,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DockerServer {
    #[serde(rename = "type")]
    kind: String,
    source: Option<String>,
    image: Option<String>,
    #[serde(default)]
    tools: Vec<String>,
}

/// A server's tools are those of its list; without one, or with an empty one, all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Docker {
    version: u32,
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "name")]
    _name: String,
    servers: Vec<DockerServer>,
}

impl Docker {
    pub(super) fn read(text: &str) -> Result<Docker, String> {
        let read: Docker = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        let complete = |server: &DockerServer| match server.kind.as_str() {
            "registry" => server.source.is_some(),
            "image" => server.image.is_some(),
            _ => false,
        };
        if read.version != 1 || !read.servers.iter().all(complete) {
            return Err("it is no profile of version 1".to_owned());
        }
        Ok(read)
    }
}

impl Evaluator for Docker {
    fn answer(&self, call: &Call<'_>) -> Effect {
        let is = |server: &&DockerServer| {
            server.source.as_deref() == Some(call.server)
                || server.image.as_deref().is_some_and(|image| call.server.strip_prefix("oci:") == Some(image))
        };
        let Some(server) = self.servers.iter().find(is) else { return Effect::Hide };
        let listed = server.tools.iter().any(|name| name == call.tool || name == "*");
        if server.tools.is_empty() || listed { Effect::Allow } else { Effect::Hide }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiteLlmServer {
    #[serde(rename = "transport")]
    _transport: Option<String>,
    #[serde(rename = "command")]
    _command: Option<String>,
    #[serde(rename = "args")]
    _args: Option<Vec<String>>,
    #[serde(rename = "url")]
    _url: Option<String>,
    #[serde(default)]
    allowed_tools: Vec<String>,
}

/// An entry names a tool by itself or with the alias and `-` before it; an empty list allows everything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LiteLlm {
    mcp_servers: Unique<LiteLlmServer>,
}

impl LiteLlm {
    pub(super) fn read(text: &str) -> Result<LiteLlm, String> {
        let read: LiteLlm = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        if read.mcp_servers.0.keys().any(|alias| alias.contains('-')) {
            return Err("a server's name has a `-`".to_owned());
        }
        Ok(read)
    }
}

impl Evaluator for LiteLlm {
    fn answer(&self, call: &Call<'_>) -> Effect {
        let Some(server) = self.mcp_servers.0.get(call.alias) else { return Effect::Hide };
        let spelled = [call.tool.to_owned(), format!("{}-{}", call.alias, call.tool)];
        let listed = server.allowed_tools.iter().any(|name| spelled.contains(name));
        if server.allowed_tools.is_empty() || listed { Effect::Allow } else { Effect::Hide }
    }
}
