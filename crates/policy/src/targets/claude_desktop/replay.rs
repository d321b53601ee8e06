//! The managed configuration as the client's reference describes it
//! (<https://claude.com/docs/cowork/3p/configuration#managedmcpservers>): a tool's state is locked to `allow`, `ask` or
//! `blocked`; one that is not named stays with the person, who is asked.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    let read: ClaudeDesktop = json(main(files))?;
    let mut names: Vec<&str> = read.servers.iter().map(|server| server.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("a server comes twice".to_owned());
    }
    Ok(Box::new(read))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaudeDesktop {
    #[serde(rename = "managedMcpServers")]
    servers: Vec<ManagedServer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ManagedServer {
    name: String,
    #[serde(rename = "url")]
    _url: Option<String>,
    #[serde(default)]
    tool_policy: Unique<ToolState>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum ToolState {
    Allow,
    Ask,
    Blocked,
}

impl Evaluator for ClaudeDesktop {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let server = self.servers.iter().find(|server| server.name == call.alias);
        match server.and_then(|server| server.tool_policy.0.get(call.tool)) {
            Some(ToolState::Allow) => PolicyEffect::Allow,
            Some(ToolState::Blocked) => PolicyEffect::Deny,
            Some(ToolState::Ask) | None => PolicyEffect::Ask,
        }
    }
}
