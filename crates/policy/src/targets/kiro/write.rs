//! Kiro's mcp.json: beside each server, the tools that run without asking and the tools that are switched off.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use serde_json::{Map, Value, json};

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Kiro mcp.json",
    file: "kiro-mcp.json",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Ask,
    names: "exact; `*` means all tools and cannot be written, so it is asked about",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Merge `autoApprove` and `disabledTools` into the server's entry in .kiro/settings/mcp.json of the project or of the home folder",
        "Check that no `autoApprove` of another file names `*`: the project's file comes before the home folder's",
        "The command line knows `disabledTools` only and asks about the rest",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        if tool.is_empty() || tool == "*" { Err("it has a meaning of its own") } else { Ok(tool.to_owned()) }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut all = Map::new();
        for server in servers {
            let mut entry = Map::new();
            if let Some(launch) = server.launch {
                if let Some(command) = &launch.command {
                    entry.insert("command".to_owned(), json!(command));
                    entry.insert("args".to_owned(), json!(launch.args));
                } else if let Some(url) = &launch.url {
                    entry.insert("url".to_owned(), json!(url));
                }
            }
            entry.insert("autoApprove".to_owned(), names(server, |tool| tool.effect == PolicyEffect::Allow));
            entry.insert("disabledTools".to_owned(), names(server, |tool| tool.effect.is_refused()));
            all.insert(server.alias.clone(), Value::Object(entry));
        }
        vec![PolicyFile::main(&CAPABILITY, pretty(&json!({ "mcpServers": all })))]
    }
}

fn names(server: &FittedServer<'_>, wanted: fn(&FittedTool<'_>) -> bool) -> Value {
    server.tools.iter().filter(|tool| wanted(tool)).map(|tool| tool.name.as_str()).collect()
}
