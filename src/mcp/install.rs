//! How a client adds mcpdex: the user's own file of it, and the entry. Every other byte of the file stays.

use crate::cli::InstallClient;
use crate::policy::{MergeError, put_entry};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The name that the client's configuration gives mcpdex.
const ALIAS: &str = "mcpdex";

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallPlan {
    pub path: PathBuf,
    /// The whole file; `None`: the entry is there already.
    pub text: Option<String>,
    /// The entry alone, as it stands in such a file.
    pub entry: String,
}

/// Where a client keeps the user's servers, below the home or the folder of settings; whether that is TOML, and the key.
struct Place {
    in_settings: bool,
    path: &'static str,
    is_toml: bool,
    key: &'static str,
    /// Whether an entry says how it is spoken to.
    has_type: bool,
}

const fn place(client: InstallClient) -> Place {
    const fn json(in_settings: bool, path: &'static str, has_type: bool) -> Place {
        Place { in_settings, path, is_toml: false, key: "mcpServers", has_type }
    }
    match client {
        InstallClient::ClaudeCode => json(false, ".claude.json", true),
        InstallClient::ClaudeDesktop => json(true, "Claude/claude_desktop_config.json", false),
        InstallClient::Cursor => json(false, ".cursor/mcp.json", false),
        InstallClient::Gemini => json(false, ".gemini/settings.json", false),
        InstallClient::Vscode => {
            Place { in_settings: true, path: "Code/User/mcp.json", is_toml: false, key: "servers", has_type: true }
        }
        InstallClient::Codex => {
            Place { in_settings: false, path: ".codex/config.toml", is_toml: true, key: "mcp_servers", has_type: false }
        }
    }
}

/// What a client's file becomes: `home` and `settings` are the user's folders, `read` reads a file that may not be there,
/// `command` and `arguments` start mcpdex.
///
/// # Errors
/// The file cannot be read, or has another shape.
pub fn install_plan(
    client: InstallClient,
    (home, settings): (&Path, &Path),
    read: impl FnOnce(&Path) -> std::io::Result<Option<String>>,
    command: &str,
    arguments: &[String],
) -> anyhow::Result<InstallPlan> {
    let place = place(client);
    let base = if place.in_settings { settings } else { home };
    let path = place.path.split('/').fold(base.to_owned(), |path, part| path.join(part));
    let before = read(&path).map_err(|error| anyhow::anyhow!("cannot read {}: {error}", path.display()))?;
    let mut entry = json!({ "command": command, "args": arguments });
    if let (true, Some(object)) = (place.has_type, entry.as_object_mut()) {
        object.shift_insert(0, "type".to_owned(), Value::from("stdio"));
    }
    let put =
        |text: &str| -> Result<String, MergeError> { put_entry(text, place.is_toml, &[place.key], ALIAS, &entry) };
    let text = put(before.as_deref().unwrap_or_default())
        .map_err(|error| anyhow::anyhow!("cannot add it to {}: {error}", path.display()))?;
    let is_there = before.is_some_and(|before| before == text);
    Ok(InstallPlan { path, text: (!is_there).then_some(text), entry: put("")? })
}
