//! What a host says of its servers at addresses that are known beforehand: server cards and catalogues of them. The text of
//! a document in; its servers, with the tools that it states, and the addresses of further cards out.
//!
//! A card speaks for the host that it came from and for nobody else: what it calls itself identifies nothing.

use super::address::published_address;
use super::document::Entry;
use super::kind::Parts;
use super::recorded::{ToolList, read_tools};
use super::redact::redact;
use mcpdex_model::{Listing, Remote, ServerId, Transport, scan};
use serde_json::{Map, Value};
use url::Url;

/// The longest document, in bytes.
pub const MAX_BYTES: u64 = 4 << 20;
/// The `Accept` header of a document.
pub const ACCEPT: &str = "application/json, */*;q=0.1";
/// Entries of a catalogue that are read.
const MAX_ENTRIES: usize = 1_000;

/// Addresses below a host, best first.
const PATHS: [&str; 5] = [
    "/.well-known/mcp/server-card.json",
    "/.well-known/mcp.json",
    "/.well-known/mcp",
    "/.well-known/ai-catalog.json",
    "/.well-known/mcp-server",
];
/// The end of the path of a card beside its endpoint.
const BESIDE: &str = "server-card";

/// Where the documents about an endpoint, or about all that its host has, may be.
pub fn places(of: &Url) -> Vec<Url> {
    let mut places: Vec<Url> = PATHS.iter().filter_map(|path| of.join(path).ok()).collect();
    let mut beside = of.clone();
    beside.set_query(None);
    beside.set_fragment(None);
    beside.set_path(&format!("{}/{BESIDE}", of.path().trim_end_matches('/')));
    places.push(beside);
    places
}

/// Whether an address is that of one such document.
pub fn is_document(url: &Url) -> bool {
    url.path().starts_with("/.well-known/") || url.path().ends_with(&format!("/{BESIDE}"))
}

/// What a document holds.
#[derive(Debug, Default)]
pub struct WellKnown {
    pub entries: Vec<Entry>,
    /// Cards that it points at, as it spells them. Untrusted.
    pub elsewhere: Vec<String>,
    /// Secrets that were taken out.
    pub redacted: usize,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
}

/// Reads a document. `unnamed` is the server of a card that names no address. `None`: the text is no document of the kind.
pub fn read(text: &str, source: &str, unnamed: &str) -> Option<WellKnown> {
    let text = text.trim_start_matches('\u{feff}');
    let parts: Parts<'_> = serde_json::from_str(text).ok()?;
    let mut found = WellKnown::default();
    if let Some(entries) = parts.get("entries").filter(|raw| raw.get().contains("mcp-server")) {
        found.catalogue(scan::elements(entries.get())?.found, source, unnamed);
        return Some(found);
    }
    if !is_card(&parts) {
        return None;
    }
    found.card("the card", text, source, unnamed);
    Some(found)
}

/// Whether an object is a card: it says so, or tells what its server is and what it can do.
fn is_card(parts: &Parts<'_>) -> bool {
    let is = |key: &str, start: char| parts.get(key).is_some_and(|raw| raw.get().starts_with(start));
    let says_so = parts.get("$schema").is_some_and(|raw| raw.get().contains("server-card"));
    let tells = ["tools", "authentication", "transport", "remotes", "endpoint", "url", "capabilities", "mcp"];
    let nested = |key: &str| {
        let inner: Option<Parts<'_>> = parts.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok());
        inner
            .is_some_and(|inner| ENDPOINTS.iter().any(|key| inner.contains_key(*key)) && !inner.contains_key("command"))
    };
    says_so
        || is("serverInfo", '{') && tells.iter().any(|key| parts.contains_key(*key))
        || ENDPOINTS[..3].iter().any(|key| is(key, '"')) && !parts.contains_key("inputSchema")
        || nested("mcp")
}

/// Keys under which dialects put the address of the server, the plainest last.
const ENDPOINTS: [&str; 4] = ["endpoint", "mcp_endpoint", "mcpEndpoint", "url"];

impl WellKnown {
    fn catalogue(&mut self, entries: Vec<&str>, source: &str, unnamed: &str) {
        if entries.len() > MAX_ENTRIES {
            self.problems.push(format!("{} entries more than are read of one catalogue", entries.len() - MAX_ENTRIES));
        }
        for (at, text) in entries.into_iter().take(MAX_ENTRIES).enumerate() {
            let place = format!("entry {at}");
            let Ok(entry) = serde_json::from_str::<Map<String, Value>>(text) else {
                self.problems.push(format!("{place} is not an object"));
                continue;
            };
            let kind = said(&entry, "type").or_else(|| said(&entry, "mediaType")).unwrap_or_default();
            if !kind.contains("mcp-server") {
                // A catalogue lists agents and models too.
                continue;
            }
            let parts: Parts<'_> = serde_json::from_str(text).unwrap_or_default();
            match (parts.get("data"), said(&entry, "url")) {
                (Some(data), _) if data.get().starts_with('{') => self.card(&place, data.get(), source, unnamed),
                (_, Some(url)) => self.elsewhere.push(url.to_owned()),
                _ => self.problems.push(format!("{place} has neither a card nor the address of one")),
            }
        }
    }

    fn card(&mut self, place: &str, text: &str, source: &str, unnamed: &str) {
        match card(text, source, unnamed) {
            Ok((entry, redacted)) => {
                self.redacted += redacted;
                self.entries.push(entry);
            }
            Err(why) => self.problems.push(format!("{place} {why}")),
        }
    }
}

fn card(text: &str, source: &str, unnamed: &str) -> Result<(Entry, usize), String> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    let redacted = redact(&mut value);
    let object = value.as_object().ok_or("is not an object")?;
    let within = |key: &str| object.get(key).and_then(Value::as_object);
    let remotes = remotes(object);
    let server = remotes.first().map_or_else(|| unnamed.to_owned(), |remote| remote.url.clone());
    let mut listing = Listing { remotes, ..Listing::bare(ServerId(server), source) };
    let info = within("serverInfo").or_else(|| within("server")).unwrap_or(object);
    let text_of =
        |key: &str| said(info, key).or_else(|| said(object, key)).map(|text| text.chars().take(1_000).collect());
    listing.title = text_of("title").or_else(|| text_of("name"));
    (listing.version, listing.description) = (text_of("version"), text_of("description"));
    listing.repository =
        object.get("repository").and_then(|of| of.as_str().or_else(|| of.get("url")?.as_str())).map(str::to_owned);
    if let Some(name) = said(info, "name") {
        let name: String = name.chars().take(80).collect();
        listing.problems.push(format!("unverified: the card calls its server `{name}`"));
    }
    Ok((Entry::of(listing, tools(text)?), redacted))
}

/// The tools, in the card itself or one level down where dialects put them; bare names are none.
fn tools(text: &str) -> Result<Option<ToolList>, String> {
    let parts: Parts<'_> = serde_json::from_str(text).unwrap_or_default();
    let nested = ["server", "mcp", "capabilities"].iter().find_map(|key| {
        let inner: Parts<'_> = serde_json::from_str(parts.get(*key)?.get()).ok()?;
        inner.get("tools").copied()
    });
    let Some(raw) = parts.get("tools").copied().or(nested).filter(|raw| raw.get().starts_with('[')) else {
        return Ok(None);
    };
    let items = scan::elements(raw.get()).map(|items| items.found).unwrap_or_default();
    // `["dynamic"]` says that there are tools, and a list of names that nothing more is said of them.
    if items.iter().all(|item| item.starts_with('"')) {
        return Ok(None);
    }
    let mut list = read_tools(raw.get())?;
    list.is_card = true;
    Ok(Some(list))
}

/// The endpoints that a card names.
fn remotes(card: &Map<String, Value>) -> Vec<Remote> {
    let mut found: Vec<Remote> = Vec::new();
    let mut add = |of: &Map<String, Value>, transport: Option<&str>| {
        let Some(text) = ENDPOINTS.iter().find_map(|key| said(of, key)) else { return };
        if !Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return;
        }
        let is_sse =
            transport.or_else(|| said(of, "type")) == Some("sse") || text.trim_end_matches('/').ends_with("/sse");
        let transport = if is_sse { Transport::Sse } else { Transport::StreamableHttp };
        let url = published_address(text).text;
        if !found.iter().any(|known| known.url == url) {
            found.push(Remote { transport, url });
        }
    };
    for remote in card.get("remotes").and_then(Value::as_array).into_iter().flatten().take(50) {
        if let Some(remote) = remote.as_object() {
            add(remote, None);
        }
    }
    add(card, said(card, "transport"));
    for key in ["transport", "server", "mcp", "serverInfo"] {
        if let Some(inner) = card.get(key).and_then(Value::as_object) {
            add(inner, said(inner, "transport"));
        }
    }
    found
}

fn said<'a>(entry: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    entry.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (String, Option<usize>) {
        let found = read(text, "x", "https://kiln.example").expect("a card");
        assert_eq!((found.entries.len(), &found.problems), (1, &vec![]), "{text}");
        let entry = &found.entries[0];
        (entry.listing.server.0.clone(), entry.tools.as_ref().map(|list| list.tools.len()))
    }

    #[test]
    fn every_dialect_of_a_card_is_read_and_its_name_identifies_nothing() {
        let at = |address: &str, tools| (address.to_owned(), tools);
        for (text, expected) in [
            (
                r#"{"serverInfo":{"name":"io.example/kiln","version":"1"},"authentication":{"required":true},"tools":[{"name":"fire"}]}"#,
                at("https://kiln.example", Some(1)),
            ),
            (
                r#"{"$schema":"https://schemas.example/v1/server-card.schema.json","name":"io.example/kiln","version":"1","remotes":[{"type":"streamable-http","url":"https://kiln.example/mcp"}]}"#,
                at("https://kiln.example/mcp", None),
            ),
            (
                r#"{"name":"Kiln","endpoint":"https://kiln.example/mcp","tools":["dynamic"]}"#,
                at("https://kiln.example/mcp", None),
            ),
            (
                r#"{"mcp":{"endpoint":"https://kiln.example/sse","tools":[{"name":"fire"}]}}"#,
                at("https://kiln.example/sse", Some(1)),
            ),
            (
                r#"{"serverInfo":{"name":"x"},"transport":{"type":"streamable-http","endpoint":"/mcp"},"tools":[{"name":"a"},{"nome":"b"}]}"#,
                at("https://kiln.example", Some(1)),
            ),
            (r#"{"endpoint":"javascript:alert(1)"}"#, at("https://kiln.example", None)),
        ] {
            assert_eq!(one(text), expected, "{text}");
        }
    }

    #[test]
    fn a_catalogue_gives_its_cards_and_says_where_others_are() {
        let text = r#"{"specVersion":"1.0","entries":[
            {"identifier":"urn:air:a","type":"application/mcp-server-card+json","data":{"name":"a","remotes":[{"type":"sse","url":"https://a.example/sse"}]}},
            {"identifier":"urn:air:b","type":"application/mcp-server-card+json","url":"/cards/b.json"},
            {"identifier":"urn:air:c","type":"application/a2a-agent-card+json","url":"/cards/c.json"},
            {"identifier":"urn:air:d","type":"application/mcp-server-card+json"}, 7]}"#;
        let found = read(text, "x", "u").expect("a catalogue");
        let servers: Vec<_> = found.entries.iter().map(|entry| entry.listing.server.as_str()).collect();
        assert_eq!(
            (servers, found.elsewhere, found.problems.len()),
            (vec!["https://a.example/sse"], vec!["/cards/b.json".to_owned()], 2)
        );
    }

    #[test]
    fn cards_are_sought_at_the_root_and_beside_the_endpoint() {
        let places = places(&Url::parse("https://mcp.example/v1/mcp/?k=1").expect("a URL"));
        assert_eq!(places.first().map(Url::path), Some("/.well-known/mcp/server-card.json"));
        assert_eq!(places.last().map(Url::as_str), Some("https://mcp.example/v1/mcp/server-card"));
        assert!(places.iter().all(is_document));
    }

    #[test]
    fn what_is_no_card_is_none() {
        for text in [
            r#"{"tools":[{"name":"fire"}]}"#,
            r#"{"name":"a/b","remotes":[{"type":"sse","url":"https://x.example"}]}"#,
            r#"{"mcpServers":{"a":{"url":"https://x.example"}}}"#,
            r#"{"mcp":{"a":{"type":"remote","url":"https://x.example"}}}"#,
            r#"{"jsonrpc":"2.0","result":{"tools":[]}}"#,
            "<html>",
        ] {
            assert!(read(text, "x", "u").is_none(), "{text}");
        }
    }
}
