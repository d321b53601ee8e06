//! Claude Desktop's managed configuration: for each server that the organisation provides, `toolPolicy` locks what becomes of
//! each tool. A tool that it does not name is the person's to approve.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use serde_json::{Map, Value, json};

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Claude Desktop managed configuration",
    file: "claude-desktop.json",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: PolicyEffect::Ask,
    names: "exact; a name with `*` may one day mean many and cannot be written, so it is asked about",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Complete each server with the `url` and the authentication that it needs, or its `command`",
        "Write the list as one string into `managedMcpServers`: a .mobileconfig profile for com.anthropic.claudefordesktop, or SOFTWARE\\Policies\\Claude in the registry",
        "Quit the app and open it again: it reads its configuration once",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if alias.is_empty() { Err("it is empty") } else { Ok(alias.to_owned()) }
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        if tool.is_empty() || tool.contains('*') { Err("it may mean many tools") } else { Ok(tool.to_owned()) }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let entries: Vec<Value> = servers.iter().map(entry).collect();
        vec![PolicyFile::main(&CAPABILITY, pretty(&json!({ "managedMcpServers": entries })))]
    }
}

fn entry(server: &FittedServer<'_>) -> Value {
    let mut entry = Map::from_iter([("name".to_owned(), json!(server.alias))]);
    if let Some(url) = server.launch.and_then(|launch| launch.url.as_deref()) {
        entry.insert("url".to_owned(), json!(url));
    }
    let policy: Map<String, Value> = server
        .tools
        .iter()
        .map(|tool| {
            let state = match tool.effect {
                PolicyEffect::Allow | PolicyEffect::Limit { .. } => "allow",
                PolicyEffect::Ask => "ask",
                PolicyEffect::Deny | PolicyEffect::Hide => "blocked",
            };
            (tool.name.clone(), json!(state))
        })
        .collect();
    entry.insert("toolPolicy".to_owned(), Value::Object(policy));
    Value::Object(entry)
}
