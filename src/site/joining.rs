//! How a server is added to a client: what to write where, and the policy that goes with it. Nothing of it is run here.

use super::policy_view::shell;
use crate::model::{Ecosystem, ServerFacts};
use crate::policy::alias_of;
use serde_json::{Value, json};

/// What to write for one client.
pub(super) struct Joining {
    pub(super) client: &'static str,
    /// Where it goes: a file, or a command.
    pub(super) place: &'static str,
    pub(super) text: String,
    /// The command that writes the policy for this client.
    pub(super) policy: String,
}

/// For each client, as far as the server's listing says how it is started or reached.
pub(super) fn joining(facts: &ServerFacts) -> Vec<Joining> {
    let alias = alias_of(&facts.server);
    let environment: Value = facts
        .variables
        .iter()
        .map(|name| (name.clone(), Value::from(format!("<{name}>"))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let package = facts.packages.iter().find_map(|package| {
        let versioned = |mark: &str| match &package.version {
            Some(version) => format!("{}{mark}{version}", package.identifier),
            None => package.identifier.clone(),
        };
        match package.ecosystem {
            Ecosystem::Npm => Some(("npx", vec!["-y".to_owned(), versioned("@")])),
            Ecosystem::Pypi => Some(("uvx", vec![versioned("==")])),
            _ => None,
        }
    });
    let entry = match (&package, facts.remotes.first()) {
        (Some((command, args)), _) if facts.variables.is_empty() => json!({ "command": command, "args": args }),
        (Some((command, args)), _) => json!({ "command": command, "args": args, "env": environment }),
        (None, Some(remote)) => json!({ "type": "http", "url": remote.url }),
        (None, None) => return Vec::new(),
    };
    let file = |key: &str| format!("{:#}", json!({ key: { alias.as_str(): entry.clone() } }));
    let command = match (&package, facts.remotes.first()) {
        (Some((command, args)), _) => {
            let args: Vec<String> = args.iter().map(|arg| shell(arg)).collect();
            format!("claude mcp add {alias} -- {command} {}", args.join(" "))
        }
        (None, Some(remote)) => format!("claude mcp add --transport http {alias} {}", shell(&remote.url)),
        (None, None) => return Vec::new(),
    };
    let policy = |target: &str| format!("mcpdex policy --server {} --target {target}", shell(&facts.server));
    let servers = |client, place, target| Joining { client, place, text: file("mcpServers"), policy: policy(target) };
    vec![
        Joining { client: "Claude Code", place: "command", text: command, policy: policy("claude-code") },
        servers("Claude Desktop", "claude_desktop_config.json", "claude-desktop"),
        servers("Cursor", ".cursor/mcp.json", "cursor"),
        Joining { client: "VS Code", place: ".vscode/mcp.json", text: file("servers"), policy: policy("vscode") },
        servers("Gemini CLI", ".gemini/settings.json", "gemini"),
    ]
}
