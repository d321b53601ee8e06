//! Codex's config.toml as the client reads it: enabled, minus disabled; approval per tool, else the server's default.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Codex::read(main(files))?))
}

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
struct Codex {
    #[serde(default)]
    mcp_servers: Unique<CodexServer>,
}

impl Codex {
    fn read(text: &str) -> Result<Codex, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }
}

impl Evaluator for Codex {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let Some(server) = self.mcp_servers.0.get(call.alias) else { return PolicyEffect::Ask };
        let has = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.iter().any(|name| name == call.tool));
        if has(&server.enabled_tools) == Some(false) || has(&server.disabled_tools) == Some(true) {
            return PolicyEffect::Hide;
        }
        let mode = server.tools.0.get(call.tool).map_or(server.default_tools_approval_mode, |tool| tool.approval_mode);
        match mode {
            Approval::Approve => PolicyEffect::Allow,
            // `auto` follows the tool's own hints: not something to rely on.
            Approval::Auto | Approval::Prompt => PolicyEffect::Ask,
        }
    }
}
