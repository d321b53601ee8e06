//! Claude Code's settings.json: three lists of permission rules, `mcp__SERVER__TOOL`.
//!
//! Deny is looked at first, then ask, then allow; a tool in none is asked about. The client turns every character but
//! letters, digits, `_` and `-` into `_`, so different tools can end up under one rule.

use super::{Features, Format, Options, Output, Refusal};
use crate::decision::Effect;
use crate::fit::{FittedServer, FittedTool};
use crate::text::mangled;
use serde_json::json;

pub(super) struct ClaudeCode;

const FEATURES: Features = Features {
    title: "Claude Code settings.json",
    file: "settings.json",
    one_server: false,
    refusal: Refusal::ByRule,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: Effect::Ask,
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

impl Format for ClaudeCode {
    fn features(&self) -> &'static Features {
        &FEATURES
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

    fn write(&self, servers: &[FittedServer<'_>], _options: &Options) -> Vec<Output> {
        let list = |wanted: fn(&FittedTool<'_>) -> bool| -> Vec<String> {
            let of = |server: &FittedServer<'_>| -> Vec<String> {
                let tools = server.tools.iter().filter(|tool| wanted(tool));
                tools.map(|tool| format!("mcp__{}__{}", server.alias, tool.name)).collect()
            };
            servers.iter().flat_map(of).collect()
        };
        let document = json!({
            "permissions": {
                "allow": list(|tool| tool.effect == Effect::Allow),
                "ask": list(|tool| tool.effect == Effect::Ask),
                "deny": list(|tool| tool.effect.is_refused()),
            }
        });
        vec![Output::main(&FEATURES, super::pretty(&document))]
    }
}
