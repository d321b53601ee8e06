//! Copilot CLI: which tools of a server exist stands in mcp-config.json, which of them run unasked in options of the command
//! line, which a file of arguments keeps. A denial is stronger than a permission.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use serde_json::{Map, Value, json};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Copilot CLI mcp-config.json and options",
    file: "mcp-config.json",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact, as `SERVER(TOOL)`; names with other signs than letters, digits, `_`, `-`, `.` and `/` cannot be \
            written and stay hidden; a server cannot be called as one of the client's own kinds of tools",
    lists: "an empty list of a server's tools means none",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Merge `tools` into the server's entry in ~/.copilot/mcp-config.json",
        "Start the client with the options: `xargs copilot < copilot-options.txt`, or keep them in an alias",
        "Leave out --allow-all-tools: it overrides the list of what runs unasked",
    ],
};

/// What the client calls its own tools in the same options.
const OWN: [&str; 7] = ["shell", "write", "read", "url", "memory", "mcp", "custom-tool"];

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-./".contains(c)
}

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if OWN.contains(&alias.to_ascii_lowercase().as_str()) {
            return Err("the client has tools of its own of that name");
        }
        let fits = !alias.is_empty() && !alias.starts_with('-') && alias.chars().all(is_plain);
        if fits { Ok(alias.to_owned()) } else { Err("its options take only letters, digits, `_`, `-`, `.` and `/`") }
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        let fits = !tool.is_empty() && tool.chars().all(is_plain);
        if fits { Ok(tool.to_owned()) } else { Err("its options take only letters, digits, `_`, `-`, `.` and `/`") }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut all = Map::new();
        let mut flags = String::new();
        for server in servers {
            let mut entry = Map::new();
            if let Some(launch) = server.launch {
                if let Some(command) = &launch.command {
                    entry.insert("type".to_owned(), json!("local"));
                    entry.insert("command".to_owned(), json!(command));
                    entry.insert("args".to_owned(), json!(launch.args));
                } else if let Some(url) = &launch.url {
                    entry.insert("type".to_owned(), json!("http"));
                    entry.insert("url".to_owned(), json!(url));
                }
            }
            let tools: Vec<&str> = server.reachable().map(|tool| tool.name.as_str()).collect();
            entry.insert("tools".to_owned(), json!(tools));
            all.insert(server.alias.clone(), Value::Object(entry));
            for tool in &server.tools {
                let option = match tool.effect {
                    PolicyEffect::Allow => "--allow-tool",
                    effect if effect.is_refused() => "--deny-tool",
                    _ => continue,
                };
                writeln!(flags, "{option}='{}({})'", server.alias, tool.name).expect("a string takes all");
            }
        }
        let options = PolicyFile { file: "copilot-options.txt".to_owned(), text: flags };
        vec![PolicyFile::main(&CAPABILITY, pretty(&json!({ "mcpServers": all }))), options]
    }
}
