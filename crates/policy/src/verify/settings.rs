//! The JSON settings of Claude Code, Cursor, VS Code, and OpenAI's and Azure's tool objects.

use super::super::decision::Effect;
use super::{Call, Evaluator, Unique};
use serde::Deserialize;

fn json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
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
pub(super) struct ClaudeCode {
    permissions: Permissions,
}

impl ClaudeCode {
    pub(super) fn read(text: &str) -> Result<ClaudeCode, String> {
        json(text)
    }
}

/// The client's spelling of a server or tool.
fn respelled(name: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.chars().map(|c| if keep(c) { c } else { '_' }).collect()
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
    fn answer(&self, call: &Call<'_>) -> Effect {
        let (server, tool) = (respelled(call.alias), respelled(call.tool));
        let any = |rules: &[String]| rules.iter().any(|rule| rule_matches(rule, &server, &tool));
        match &self.permissions {
            lists if any(&lists.deny) => Effect::Deny,
            lists if any(&lists.ask) => Effect::Ask,
            lists if any(&lists.allow) => Effect::Allow,
            _ => Effect::Ask,
        }
    }
}

/// What is in the list runs; the rest is asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    #[serde(rename = "mcpAllowlist")]
    list: Vec<String>,
}

impl Cursor {
    pub(super) fn read(text: &str) -> Result<Cursor, String> {
        json(text)
    }
}

impl Evaluator for Cursor {
    fn answer(&self, call: &Call<'_>) -> Effect {
        let allows = |entry: &String| {
            entry.split_once(':').is_some_and(|(server, tool)| {
                (server == "*" || server == call.alias) && (tool == "*" || tool == call.tool)
            })
        };
        if self.list.iter().any(allows) { Effect::Allow } else { Effect::Ask }
    }
}

/// `true`: may be approved once and for all; `false` and tools that are not named: asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VsCode {
    #[serde(rename = "chat.tools.eligibleForAutoApproval")]
    eligible: Unique<bool>,
}

impl VsCode {
    pub(super) fn read(text: &str) -> Result<VsCode, String> {
        json(text)
    }
}

impl Evaluator for VsCode {
    fn answer(&self, call: &Call<'_>) -> Effect {
        match self.eligible.0.get(&format!("{}/{}", call.alias, call.tool)) {
            Some(true) => Effect::Allow,
            Some(false) | None => Effect::Ask,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Names {
    OpenAi { tool_names: Vec<String> },
    Azure(Vec<String>),
}

impl Names {
    fn has(&self, tool: &str) -> bool {
        let (Names::OpenAi { tool_names } | Names::Azure(tool_names)) = self;
        tool_names.iter().any(|name| name == tool)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    always: Names,
    never: Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct McpTool {
    #[serde(rename = "type")]
    kind: String,
    server_label: String,
    #[serde(rename = "server_url")]
    _server_url: Option<String>,
    allowed_tools: Vec<String>,
    require_approval: Approval,
}

/// A tool exists when it is in `allowed_tools`, and needs approval unless it is in `never`.
pub(super) struct OpenAi(Vec<McpTool>);

impl OpenAi {
    pub(super) fn read(text: &str) -> Result<OpenAi, String> {
        let tools: Vec<McpTool> = json(text)?;
        if let Some(odd) = tools.iter().find(|tool| tool.kind != "mcp" || tool.allowed_tools.is_empty()) {
            return Err(format!("`{}` is no MCP tool with a list of its own", odd.server_label));
        }
        Ok(OpenAi(tools))
    }
}

impl Evaluator for OpenAi {
    fn answer(&self, call: &Call<'_>) -> Effect {
        let Some(server) = self.0.iter().find(|tool| tool.server_label == call.alias) else { return Effect::Hide };
        let approval = &server.require_approval;
        match () {
            () if !server.allowed_tools.iter().any(|name| name == call.tool) => Effect::Hide,
            () if approval.always.has(call.tool) => Effect::Ask,
            () if approval.never.has(call.tool) => Effect::Allow,
            () => Effect::Ask,
        }
    }
}
