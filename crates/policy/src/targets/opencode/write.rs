//! opencode's opencode.json: one map of permissions in which the last entry that matches decides.
//!
//! What no entry matches runs, so the first entry asks about everything; the strictest entries come last, because a client
//! that does not tell letter cases apart (on Windows) may find two of them.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use crate::text::mangled;
use serde_json::{Map, Value, json};

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "opencode opencode.json",
    file: "opencode.json",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: false,
    arguments: None,
    default: PolicyEffect::Ask,
    names: "`SERVER_TOOL`, in which characters other than letters, digits, `_` and `-` become `_`; a name that is a \
            permission of the client's own (`external_directory`, `doom_loop`) cannot be written and is asked about",
    lists: "none known",
    most_conditional: 0,
    comments: false,
    engine: None,
    steps: &[
        "Merge `permission` into opencode.json of the project or into ~/.config/opencode/opencode.json, in this order",
        "Name after `*` what the client's own tools may do unasked, for instance `\"read\": \"allow\"`",
        "Check that the server has the same name under `mcp`",
    ],
};

fn keeps(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Permissions of the client's own that have a `_` in their names.
const OWN: [&str; 2] = ["external_directory", "doom_loop"];

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if alias.is_empty() { Err("it is empty") } else { Ok(mangled(alias, '_', keeps)) }
    }

    fn name(&self, alias: &str, tool: &str) -> Result<String, &'static str> {
        let name = mangled(tool, '_', keeps);
        match format!("{alias}_{name}") {
            _ if tool.is_empty() => Err("it is empty"),
            full if OWN.contains(&full.as_str()) => Err("the client has a permission of that name"),
            _ => Ok(name),
        }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut permission = Map::from_iter([("*".to_owned(), json!("ask"))]);
        // The last entry that fits counts: what is graver comes later.
        for word in ["allow", "ask", "deny"] {
            for server in servers {
                for tool in server.tools.iter().filter(|tool| permission_of(tool.effect) == Some(word)) {
                    permission.insert(format!("{}_{}", server.alias, tool.name), json!(word));
                }
            }
        }
        let document = json!({ "$schema": "https://opencode.ai/config.json", "permission": Value::Object(permission) });
        vec![PolicyFile::main(&CAPABILITY, pretty(&document))]
    }
}

/// The client's word for an effect, where it has one.
fn permission_of(effect: PolicyEffect) -> Option<&'static str> {
    match effect {
        PolicyEffect::Allow => Some("allow"),
        PolicyEffect::Ask => Some("ask"),
        refused if refused.is_refused() => Some("deny"),
        _ => None,
    }
}
