//! metorial's index: a folder for each server, with its `server.yaml` and, where they are known, its tools beside it.

use super::said;
use mcpdex_model::{Listing, ServerId};
use serde_json::{Map, Value};

/// The `server.yaml` of a folder. It names a repository and no package; one repository may hold several servers.
pub(super) fn of_folder(entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    let server = entry.get("server")?.as_object()?;
    let identifier = said(entry, "identifier")?;
    let mut listing = Listing::bare(ServerId(format!("metorial:{identifier}")), source);
    listing.title = said(server, "name").or(Some(identifier)).map(str::to_owned);
    listing.description = said(server, "description").map(str::to_owned);
    listing.repository = entry.get("repo").and_then(|repo| repo.get("url")?.as_str()).map(str::to_owned);
    Some(listing)
}

/// The `tools.yaml` beside it, as the JSON of a recorded list.
pub(super) fn tools(text: &str) -> Option<String> {
    let list: Value = serde_saphyr::from_str(text).ok()?;
    list.get("tools")?.as_array()?;
    serde_json::to_string(&list).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{folder_entry, folder_tools};

    #[test]
    fn a_folder_gives_a_server_and_its_tools() {
        let entry = "identifier: clay/kiln/kiln\nrepo:\n  url: https://github.com/clay/kiln\nserver:\n  name: Kiln\n";
        let listing = folder_entry(entry, "x").expect("a server");
        assert_eq!((listing.server.as_str(), listing.title.as_deref()), ("metorial:clay/kiln/kiln", Some("Kiln")));
        let tools = folder_tools("tools:\n  - name: fire\n    inputSchema:\n      type: object\n").expect("tools");
        assert_eq!(tools, r#"{"tools":[{"name":"fire","inputSchema":{"type":"object"}}]}"#);
        assert_eq!(folder_tools("tools: seven"), None);
        assert_eq!(folder_tools("- a"), None);
    }
}
