//! mcpm's registry: one JSON document a server, with the ways to install it and what it says of its tools.

use super::{Catalogue, Parts, add_start, identify, said, words};
use crate::launch::{self, Starts};
use crate::recorded::{ToolList, read_tools};
use crate::redact::redact;
use mcpdex_model::{Listing, PartialReason, ServerId, Transport};
use serde_json::{Map, Value};

/// Reads an entry; `None`: the object is none. In older ones what matters stands below `properties`.
pub(super) fn read(parts: &Parts<'_>, text: &str, source: &str) -> Option<Catalogue> {
    let object = |parts: &Parts<'_>, key: &str| parts.get(key).is_some_and(|raw| raw.get().starts_with('{'));
    let older = || {
        let below: Parts<'_> = serde_json::from_str(parts.get("properties")?.get()).ok()?;
        Some(object(&below, "installations"))
    };
    if !parts.contains_key("name") || !(object(parts, "installations") || older() == Some(true)) {
        return None;
    }
    let mut entry: Value = serde_json::from_str(text).ok()?;
    let redacted = redact(&mut entry);
    Some(Catalogue::of_one(server(entry.as_object()?, parts, source), redacted))
}

fn server(entry: &Map<String, Value>, parts: &Parts<'_>, source: &str) -> Result<(Listing, Option<ToolList>), String> {
    let name = said(entry, "name").ok_or("names no server")?;
    let older = entry.get("properties").and_then(Value::as_object);
    let mut listing = Listing::bare(ServerId(String::new()), source);
    let installations = |of: &Map<String, Value>| of.get("installations").and_then(Value::as_object).cloned();
    let ways = [installations(entry), older.and_then(installations)];
    let mut unknown = Vec::new();
    for (way, installation) in ways.into_iter().flatten().flatten() {
        if !installation.as_object().is_some_and(|of| add_start(&mut listing, starts(of))) {
            unknown.push(way);
        }
    }
    identify(&mut listing, "mcpm", name);
    if listing.packages.is_empty() && listing.remotes.is_empty() {
        let why = match unknown.as_slice() {
            [] => "the catalogue says no way to install it".to_owned(),
            ways => format!("none of the ways to install it names a package or an address: {}", ways.join(", ")),
        };
        listing.problems.push(why);
    }
    let title = said(entry, "display_name").or_else(|| older.and_then(|of| said(of, "display_name")));
    listing.title = Some(title.unwrap_or(name).to_owned());
    listing.description = said(entry, "description").map(str::to_owned);
    listing.repository =
        entry.get("repository").and_then(|of| of.as_str().or_else(|| of.get("url")?.as_str())).map(str::to_owned);
    let tools = match parts.get("tools").map(|raw| raw.get()).filter(|text| text.starts_with('[')) {
        Some(text) => Some(read_tools(text)?).filter(|list| !list.tools.is_empty() || !list.malformed.is_empty()),
        None => None,
    };
    Ok((listing, tools.map(with_what_is_missing)))
}

/// What one way to install it starts: a command, an address, or a package by its name.
fn starts(way: &Map<String, Value>) -> Starts {
    if let Some(url) = said(way, "url") {
        let transport = match said(way, "type") {
            Some("sse") => Some(Transport::Sse),
            _ => None,
        };
        return launch::address(url, transport);
    }
    let args = way.get("args").and_then(Value::as_array).cloned().unwrap_or_default();
    let args: Vec<String> = args.iter().filter_map(|arg| arg.as_str().map(str::to_owned)).collect();
    launch::read(&words(said(way, "command").unwrap_or_default(), &args)).starts
}

fn with_what_is_missing(mut list: ToolList) -> ToolList {
    if !list.tools.iter().all(|tool| tool.input_schema.is_some()) {
        list.lacks(PartialReason::NamesOnly, "the catalogue does not say which parameters all of the tools take");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn one(text: &str) -> (String, usize, Option<usize>, usize) {
        let found = read(text, "x").expect("an entry");
        let (listing, tools) = found.servers.into_iter().next().expect("a server");
        let ways = listing.packages.len() + listing.remotes.len();
        (listing.server.0, ways, tools.map(|list| list.tools.len()), listing.problems.len())
    }

    #[test]
    fn every_way_to_install_it_is_a_way_to_the_same_server() {
        let text = r#"{"name":"kiln","display_name":"Kiln","repository":{"url":"https://github.com/clay/kiln"},
            "installations":{"npm":{"type":"npm","command":"npx","args":["-y","@clay/kiln@1.2.0"],"env":{"KEY":"${KEY}"}},
                "docker":{"type":"docker","command":"docker run -i --rm -e KEY","args":["clay/kiln"]},
                "again":{"command":"npx","args":["-y","@clay/kiln@1.2.0"]}},
            "tools":[{"name":"fire","description":"Fires a pot.","inputSchema":{"type":"object"}},{"name":"cool"}]}"#;
        assert_eq!(one(text), ("npm:@clay/kiln".to_owned(), 2, Some(2), 0));
        let older = r#"{"name":"glaze","installations":{},"properties":{"installations":{"http":{"type":"http","url":"https://glaze.example/mcp"}}}}"#;
        assert_eq!(one(older), ("https://glaze.example/mcp".to_owned(), 1, None, 0));
    }

    #[test]
    fn one_that_names_no_package_stays_unread_and_says_why() {
        let custom = r#"{"name":"slip","installations":{"custom":{"command":"${HOME}/slip"}},"tools":[]}"#;
        assert_eq!(one(custom), ("mcpm:slip".to_owned(), 0, None, 1));
        assert!(read(r#"{"name":"a/b","packages":[]}"#, "x").is_none());
        assert!(read(r#"{"name":"x","properties":{"a":1}}"#, "x").is_none());
        let nameless = read(r#"{"name":7,"installations":{}}"#, "x").expect("an entry");
        assert_eq!((nameless.servers.len(), nameless.problems.len()), (0, 1));
    }
}
