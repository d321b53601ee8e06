//! VS Code's settings: which tools may be approved once and for all. `false` makes a tool ask every time.

use super::{Features, Format, Options, Output, Refusal};
use crate::decision::Effect;
use crate::fit::FittedServer;
use serde_json::{Map, Value, json};

pub(super) struct VsCode;

const FEATURES: Features = Features {
    title: "VS Code settings.json",
    file: "vscode-settings.json",
    one_server: false,
    refusal: Refusal::Never,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: Effect::Ask,
    names: "exact, as `SERVER/TOOL`; names with `/` cannot be written and are asked about",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Merge the key into settings.json, or into the policy ChatToolsEligibleForAutoApproval of the organisation",
        "Check that the server has the same name in mcp.json",
        "Leave `chat.tools.global.autoApprove` off: it overrides the list",
    ],
};

fn part(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.contains('/') {
        return Err("`/` separates server and tool");
    }
    Ok(text.to_owned())
}

impl Format for VsCode {
    fn features(&self) -> &'static Features {
        &FEATURES
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        part(alias)
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        part(tool)
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &Options) -> Vec<Output> {
        let mut eligible = Map::new();
        for server in servers {
            for tool in &server.tools {
                let key = format!("{}/{}", server.alias, tool.name);
                eligible.insert(key, Value::Bool(tool.effect == Effect::Allow));
            }
        }
        let document = json!({ "chat.tools.eligibleForAutoApproval": eligible });
        vec![Output::main(&FEATURES, super::pretty(&document))]
    }
}
