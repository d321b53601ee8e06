//! VS Code's settings: which tools may be approved once and for all. `false` makes a tool ask every time.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use serde_json::{Map, Value, json};

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "VS Code settings.json",
    file: "vscode-settings.json",
    one_server: false,
    refusal: RefusalMode::Never,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: PolicyEffect::Ask,
    names: "`SERVER/TOOL`, in which characters other than letters, digits, `_` and `-` become `_`",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Merge the key into settings.json, or into the policy ChatToolsEligibleForAutoApproval of the organisation",
        "Check that the server has the same name in mcp.json",
        "Leave `chat.tools.global.autoApprove` off: it overrides the list",
        "Switch off in the client's list of tools what was to be refused: the file can only have it asked about",
    ],
};

/// As `mcpServer.ts` of the client forms a tool's reference name: whatever is not a letter, digit, `_` or `-` becomes `_`.
fn part(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    // The client counts in UTF-16: a character beyond the first plane becomes two.
    let keeps = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    Ok(text.chars().map(|c| if keeps(c) { c.to_string() } else { "_".repeat(c.len_utf16()) }).collect())
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
        let mut eligible = Map::new();
        for server in servers {
            for tool in &server.tools {
                let key = format!("{}/{}", server.alias, tool.name);
                eligible.insert(key, Value::Bool(tool.effect == PolicyEffect::Allow));
            }
        }
        let document = json!({ "chat.tools.eligibleForAutoApproval": eligible });
        vec![PolicyFile::main(&CAPABILITY, pretty(&document))]
    }
}
