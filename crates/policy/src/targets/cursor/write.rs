//! Cursor's permissions.json: a list of MCP tools that run without asking. Everything else is asked about.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use serde_json::json;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Cursor permissions.json",
    file: "permissions.json",
    one_server: false,
    refusal: RefusalMode::Never,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: PolicyEffect::Ask,
    names: "exact, as `SERVER:TOOL`; names with `:` or `*` cannot be written and are asked about",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Save the document as .cursor/permissions.json of the project or in the home folder",
        "Check that the server has the same name in mcp.json",
        "Set the run mode to use the allowlist",
        "Switch off in the client's list of tools what was to be refused: the file can only have it asked about",
    ],
};

fn part(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.contains([':', '*']) {
        return Err("`:` and `*` have a meaning of their own in its list");
    }
    Ok(text.to_owned())
}

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        part(alias)
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        part(tool)
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let of = |server: &FittedServer<'_>| -> Vec<String> {
            let tools = server.tools.iter().filter(|tool| tool.effect == PolicyEffect::Allow);
            tools.map(|tool| format!("{}:{}", server.alias, tool.name)).collect()
        };
        let list: Vec<String> = servers.iter().flat_map(of).collect();
        vec![PolicyFile::main(&CAPABILITY, pretty(&json!({ "mcpAllowlist": list })))]
    }
}
