//! `allowed_tools` and `require_approval` of an MCP tool in OpenAI's Responses API.
//!
//! What an empty `allowed_tools` means is nowhere stated, so a server of which nothing may be called is left out.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use serde_json::{Map, Value, json};

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

pub(in crate::targets) const CAPABILITY: Capability = Capability {
    title: "OpenAI `require_approval`",
    file: "openai-tools.json",
    one_server: false,
    refusal: RefusalMode::ByOmission,
    ask: true,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact",
    lists: "a server with no tool left is left out",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Put the objects into `tools` of the request, with the server's own `server_url`",
        "Answer each approval request with what a person decides",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let tools = tool_objects(servers, |names| json!({ "tool_names": names }));
        vec![PolicyFile::main(&CAPABILITY, pretty(&tools))]
    }
}

/// One tool object for each server; `list` spells a list of names.
pub(in crate::targets) fn tool_objects(servers: &[FittedServer<'_>], list: fn(Vec<&str>) -> Value) -> Value {
    let mut tools = Vec::new();
    for server in servers {
        let of = |wanted: PolicyEffect| -> Vec<&str> {
            server.tools.iter().filter(|tool| tool.effect == wanted).map(|tool| tool.name.as_str()).collect()
        };
        let all: Vec<&str> = server.reachable().map(|tool| tool.name.as_str()).collect();
        if all.is_empty() {
            continue;
        }
        let mut tool = Map::new();
        tool.insert("type".to_owned(), json!("mcp"));
        tool.insert("server_label".to_owned(), json!(server.alias));
        if let Some(url) = server.launch.and_then(|launch| launch.url.as_deref()) {
            tool.insert("server_url".to_owned(), json!(url));
        }
        tool.insert("allowed_tools".to_owned(), json!(all));
        let approval = json!({ "always": list(of(PolicyEffect::Ask)), "never": list(of(PolicyEffect::Allow)) });
        tool.insert("require_approval".to_owned(), approval);
        tools.push(Value::Object(tool));
    }
    Value::Array(tools)
}
