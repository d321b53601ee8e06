//! `allowed_tools` and `require_approval` of an MCP tool in OpenAI's Responses API, and in Azure's agent service, which
//! spells the two lists without `tool_names`.
//!
//! What an empty `allowed_tools` means is nowhere stated, so a server of which nothing may be called is left out.

use super::{Features, Format, Options, Output, Refusal};
use crate::decision::Effect;
use crate::fit::FittedServer;
use serde_json::{Map, Value, json};

pub(super) struct OpenAi {
    pub(super) azure: bool,
}

const OPENAI: Features = Features {
    title: "OpenAI `require_approval`",
    file: "openai-tools.json",
    one_server: false,
    refusal: Refusal::ByOmission,
    ask: true,
    rate: false,
    hide: true,
    arguments: None,
    default: Effect::Hide,
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

const AZURE: Features = Features { title: "Azure agents `require_approval`", file: "azure-tools.json", ..OPENAI };

impl Format for OpenAi {
    fn features(&self) -> &'static Features {
        if self.azure { &AZURE } else { &OPENAI }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &Options) -> Vec<Output> {
        let mut tools = Vec::new();
        for server in servers {
            let of = |wanted: Effect| -> Vec<&str> {
                server.tools.iter().filter(|tool| tool.effect == wanted).map(|tool| tool.name.as_str()).collect()
            };
            let all: Vec<&str> = server.reachable().map(|tool| tool.name.as_str()).collect();
            if all.is_empty() {
                continue;
            }
            let list = |names: Vec<&str>| if self.azure { json!(names) } else { json!({ "tool_names": names }) };
            let mut tool = Map::new();
            tool.insert("type".to_owned(), json!("mcp"));
            tool.insert("server_label".to_owned(), json!(server.alias));
            if let Some(url) = server.launch.and_then(|launch| launch.url.as_deref()) {
                tool.insert("server_url".to_owned(), json!(url));
            }
            tool.insert("allowed_tools".to_owned(), json!(all));
            let approval = json!({ "always": list(of(Effect::Ask)), "never": list(of(Effect::Allow)) });
            tool.insert("require_approval".to_owned(), approval);
            tools.push(Value::Object(tool));
        }
        vec![Output::main(self.features(), super::pretty(&Value::Array(tools)))]
    }
}
