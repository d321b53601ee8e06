//! Kiro's mcp.json as the client reads it (<https://kiro.dev/docs/mcp/configuration>): what is switched off does not exist,
//! what is approved runs, the rest is asked about.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Kiro::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Server {
    #[serde(rename = "command")]
    _command: Option<String>,
    #[serde(rename = "args")]
    _args: Option<Vec<String>>,
    #[serde(rename = "url")]
    _url: Option<String>,
    #[serde(default)]
    auto_approve: Vec<String>,
    #[serde(default)]
    disabled_tools: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kiro {
    mcp_servers: Unique<Server>,
}

impl Kiro {
    fn read(text: &str) -> Result<Kiro, String> {
        json(text)
    }
}

impl Evaluator for Kiro {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let Some(server) = self.mcp_servers.0.get(call.alias) else { return PolicyEffect::Ask };
        if server.disabled_tools.iter().any(|name| name == call.tool) {
            return PolicyEffect::Hide;
        }
        let approved = server.auto_approve.iter().any(|name| name == "*" || name == call.tool);
        if approved { PolicyEffect::Allow } else { PolicyEffect::Ask }
    }
}
