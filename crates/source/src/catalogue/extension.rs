//! The manifest of an editor's extension (`package.json` of VS Code): tools for the model that it contributes, and whether it
//! provides servers, which are defined only when the extension runs.

use super::{Catalogue, Parts, said};
use crate::recorded::{ToolList, read_tools};
use crate::redact::redact;
use mcpdex_model::{Listing, PartialReason, ServerId};
use serde_json::{Map, Value};

/// Reads a manifest; `None`: the object is none, or contributes neither tools nor servers.
pub(super) fn read(parts: &Parts<'_>, text: &str, source: &str) -> Option<Catalogue> {
    let contributes: Parts<'_> = serde_json::from_str(parts.get("contributes")?.get()).ok()?;
    let is_list = |key: &str| contributes.get(key).is_some_and(|raw| raw.get().starts_with('['));
    if !is_list(PROVIDERS) && !is_list(TOOLS) {
        return None;
    }
    let mut manifest: Value = serde_json::from_str(text).ok()?;
    let redacted = redact(&mut manifest);
    Some(Catalogue::of_one(server(manifest.as_object()?, source), redacted))
}

const PROVIDERS: &str = "mcpServerDefinitionProviders";
const TOOLS: &str = "languageModelTools";

fn server(manifest: &Map<String, Value>, source: &str) -> Result<(Listing, Option<ToolList>), String> {
    let name = said(manifest, "name").ok_or("is an extension without a name")?;
    let publisher = said(manifest, "publisher").ok_or("is an extension without a publisher")?;
    let mut listing = Listing::bare(ServerId(format!("vscode:{publisher}.{name}")), source);
    let text = |key: &str| said(manifest, key).map(str::to_owned);
    (listing.title, listing.description, listing.version) = (text("displayName"), text("description"), text("version"));
    let repository = manifest.get("repository");
    listing.repository = repository.and_then(|of| of.as_str().or_else(|| of.get("url")?.as_str())).map(str::to_owned);
    let list = |key: &str| manifest["contributes"].get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
    let at_run_time = "the servers that the extension provides are defined when it runs";
    let Some(tools) = list(TOOLS) else {
        listing.problems.push(at_run_time.to_owned());
        return Ok((listing, None));
    };
    let definitions: Vec<Value> = tools.iter().map(definition).collect();
    let mut tools = read_tools(&Value::Array(definitions).to_string())?;
    if list(PROVIDERS).is_some() {
        tools.lacks(PartialReason::GeneratedTools, at_run_time);
    }
    Ok((listing, Some(tools)))
}

/// The definition as the model is shown it: `modelDescription` is what it reads.
fn definition(tool: &Value) -> Value {
    let Some(tool) = tool.as_object() else { return tool.clone() };
    let keys = [("name", "name"), ("title", "displayName"), ("inputSchema", "inputSchema")];
    let mut definition: Map<String, Value> =
        keys.into_iter().filter_map(|(key, from)| Some((key.to_owned(), tool.get(from)?.clone()))).collect();
    if let Some(text) = said(tool, "modelDescription").or_else(|| said(tool, "userDescription")) {
        definition.insert("description".to_owned(), text.into());
    }
    Value::Object(definition)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn an_extension_gives_its_tools_and_says_what_only_running_it_would() {
        let text = r#"{"name":"kiln","publisher":"clay","version":"1.0.0","contributes":{"mcpServerDefinitionProviders":[{"id":"k"}],
            "languageModelTools":[{"name":"fire","displayName":"Fire","modelDescription":"Fires the kiln.","inputSchema":{"type":"object"}},{"nome":1}]}}"#;
        let (listing, tools) = read(text, "x").expect("an extension").servers.remove(0);
        let tools = tools.expect("tools");
        assert_eq!(listing.server.as_str(), "vscode:clay.kiln");
        assert_eq!((tools.tools.len(), tools.malformed.len(), tools.missing.len()), (1, 1, 1));
        assert_eq!(tools.tools[0].description.as_deref(), Some("Fires the kiln."));
    }

    #[test]
    fn an_extension_of_servers_alone_stays_unread_and_any_other_is_none() {
        let text = r#"{"name":"kiln","publisher":"clay","contributes":{"mcpServerDefinitionProviders":[{"id":"k"}]}}"#;
        let (listing, tools) = read(text, "x").expect("an extension").servers.remove(0);
        assert_eq!((tools, listing.problems.len()), (None, 1));
        assert!(read(r#"{"name":"kiln","publisher":"clay","contributes":{"commands":[]}}"#, "x").is_none());
        let nameless = read(r#"{"contributes":{"languageModelTools":[{"name":"x"}]}}"#, "x").expect("an extension");
        assert_eq!((nameless.servers.len(), nameless.problems.len()), (0, 1));
    }
}
