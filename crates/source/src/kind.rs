//! What a document or a value of one is, told by its shape: the text or its keys in, the kind out. Reads nothing of it
//! beyond that.

use super::client_config::{self, Configuration};
use mcpdex_model::{lenient, scan};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Objects by their keys, without reading what is below.
pub(super) type Parts<'a> = BTreeMap<String, &'a RawValue>;

/// Whether the text is a configuration whose servers stand in a list, or that is nothing but servers. What names itself is
/// a manifest or a card.
pub(super) fn is_configuration(text: &str) -> bool {
    let named = |parts: scan::Parts<(Cow<'_, str>, &str)>| {
        parts.found.iter().any(|(key, value)| key == "name" && value.starts_with('"'))
    };
    scan::members(text).is_some_and(|parts| !named(parts))
        && client_config::read_text(text, "settings.json")
            .is_ok_and(|found| found.recognised && !found.servers.is_empty())
}

/// The JSON of a document that has comments or commas too many, as editors allow in their settings; `None` where it has
/// none or is no JSON then either.
pub(super) fn without_comments(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '/']) {
        return None;
    }
    lenient::without_comments(text).filter(|plain| serde_json::from_str::<&RawValue>(plain).is_ok())
}

/// Whether an object with a name or tools of its own is a configuration all the same: the agent of a client, settings
/// within settings. What lists definitions of tools is none.
pub(super) fn is_wrapped(parts: &Parts<'_>, text: &str) -> bool {
    let is = |key: &str, start: char| parts.get(key).is_some_and(|raw| raw.get().starts_with(start));
    let defines = parts.get("tools").is_some_and(|raw| {
        raw.get().strip_prefix('[').is_some_and(|inside| inside.trim_start().starts_with(['{', '[', ']']))
    });
    let wrapped = is("mcpServers", '{') || is("customizations", '{') || is("settings", '{');
    wrapped
        && !defines
        && client_config::read_text(text, "settings.json")
            .is_ok_and(|found| found.recognised && !found.servers.is_empty())
}

/// The configuration of a client in TOML or YAML.
pub(super) fn settings(text: &str) -> Result<Configuration, String> {
    let toml = client_config::read_text(text, "settings.toml");
    let found = match (toml, text.trim_start().starts_with(['{', '['])) {
        (Err(_), false) => client_config::read_text(text, "settings.yaml"),
        (read, _) => read,
    };
    match found {
        Ok(found) if found.recognised => Ok(found),
        Ok(_) => Err("is no configuration of a client that is known, and no list of servers".to_owned()),
        Err(_) => Err("is neither JSON nor TOML nor YAML".to_owned()),
    }
}

/// Whether an object is the definition of a tool, rather than a manifest.
pub(super) fn is_definition(parts: &Parts<'_>) -> bool {
    const OF_A_MANIFEST: [&str; 9] =
        ["packages", "remotes", "repository", "version", "server", "command", "url", "version_detail", "_meta"];
    let is_repository = crate::catalogue::repository::FULL_NAMES.iter().any(|key| parts.contains_key(*key));
    let is = |key: &str, start: char| parts.get(key).is_some_and(|raw| raw.get().starts_with(start));
    let has = |key: &str| parts.contains_key(key);
    // Servers have names with a slash, tools have none.
    let manifest = parts.get("name").is_some_and(|raw| raw.get().contains('/'));
    has("name")
        && (has("inputSchema")
            || !manifest
                && !is_repository
                && !OF_A_MANIFEST.iter().any(|key| has(key))
                && (is("arguments", '[') || has("annotations") || is("description", '"')))
}

/// Whether these are the members of a client's configuration.
pub(super) fn is_settings(members: &[(Cow<'_, str>, &str)]) -> bool {
    client_config::is_one(|key| members.iter().any(|(member, value)| member == key && value.starts_with('{')))
}

/// The definition of the tool in a row, without what else the row says. A name that stands under `tool` is one.
pub(super) fn lone_definition(members: &[(Cow<'_, str>, &str)]) -> String {
    const OF_A_TOOL: [&str; 9] =
        ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons", "execution", "_meta"];
    let has_name = members.iter().any(|(key, _)| key == "name");
    let mut object = String::from("{");
    for key in OF_A_TOOL {
        let named = if key == "name" && !has_name { "tool" } else { key };
        for (_, raw) in members.iter().filter(|(member, _)| member == named) {
            let comma = if object.len() > 1 { "," } else { "" };
            for part in [comma, "\"", key, "\":", raw] {
                object += part;
            }
        }
    }
    object.push('}');
    object
}
