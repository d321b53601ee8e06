//! Claude Code's settings.json: three lists of permission rules, `mcp__SERVER__TOOL`.
//!
//! Deny is looked at first, then ask, then allow; a tool in none is asked about. The client turns every character but
//! letters, digits, `_` and `-` into `_`, so different tools can end up under one rule.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use crate::text::mangled;
use serde_json::json;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Claude Code settings.json",
    file: "settings.json",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: PolicyEffect::Ask,
    names: "characters other than letters, digits, `_` and `-` become `_`; server aliases with `__` or a `_` at \
            either end cannot be told from the tool's name",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Merge `permissions` into .claude/settings.json of the project, or into the managed settings of the machine",
        "Check that the server has the same name in `claude mcp list`",
        "Restart the session",
    ],
};

fn keeps(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        let alias = mangled(alias, '_', keeps);
        if alias.is_empty() || alias.contains("__") || alias.starts_with('_') || alias.ends_with('_') {
            return Err("its rules could not tell where the server's name ends and the tool's begins");
        }
        Ok(alias)
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        if tool.is_empty() { Err("it is empty") } else { Ok(mangled(tool, '_', keeps)) }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let list = |wanted: fn(&FittedTool<'_>) -> bool| -> Vec<String> {
            let of = |server: &FittedServer<'_>| -> Vec<String> {
                let tools = server.tools.iter().filter(|tool| wanted(tool));
                tools.map(|tool| format!("mcp__{}__{}", server.alias, tool.name)).collect()
            };
            servers.iter().flat_map(of).collect()
        };
        let document = json!({
            "permissions": {
                "allow": list(|tool| tool.effect == PolicyEffect::Allow),
                "ask": list(|tool| tool.effect == PolicyEffect::Ask),
                "deny": list(|tool| tool.effect.is_refused()),
            }
        });
        vec![PolicyFile::main(&CAPABILITY, pretty(&document))]
    }
}
