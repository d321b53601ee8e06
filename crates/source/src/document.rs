//! Files that hold servers: the text of a JSON or TOML document, or of one row of JSON lines, in; listings and recorded
//! tool lists out. A row that cannot be read is reported with its place and hides no other.
//!
//! What a value is, is told by its shape: a page of the registry's API, a manifest in its envelope or alone, a catalogue
//! that carries definitions, a client's configuration, the answer to a `tools/list`, a tool with the name of its server.

use super::address::address;
use super::client_config::{self, Configuration};
use super::given;
use super::kind::{self, Parts};
use super::recorded::{ToolList, read_tools};
use super::{catalogue, directory, registry, well_known};
use mcpdex_model::{Listing, Oddity, ServerId, Tool, lenient, scan};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The largest text that may be the TOML of a client, in bytes; a longer one is rows of JSON or nothing.
const MAX_SETTINGS: usize = 8 << 20;

/// A server of a document, with the list that the document has of its tools.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub listing: Listing,
    pub tools: Option<ToolList>,
    /// It comes from a client's configuration: whoever wrote that chose its address.
    pub configured: bool,
    /// The address as the configuration has it, where what is kept of it is less.
    pub address: Option<String>,
}

impl Entry {
    /// An entry of any other kind.
    pub fn of(listing: Listing, tools: Option<ToolList>) -> Self {
        Entry { listing, tools, configured: false, address: None }
    }
}

/// What was read so far and not handed on, and what could not be.
#[derive(Debug, Default)]
pub struct Document {
    /// How listings remember where they came from.
    source: String,
    /// What a server is called that the document gives no name.
    stem: String,
    /// Servers, in the order of the document.
    pub entries: Vec<Entry>,
    /// Tools that stand alone in their rows, by server.
    tools: BTreeMap<String, ToolList>,
    /// Older versions of servers, which are not listed.
    pub superseded: usize,
    /// Secrets that were taken out.
    pub redacted: usize,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
}

impl Document {
    /// An empty document. `stem` names the server of a list that names none.
    pub fn new(source: &str, stem: &str) -> Self {
        Document { source: source.to_owned(), stem: stem.to_owned(), ..Document::default() }
    }

    /// Reads a whole document as bytes: UTF-8, or UTF-16 that says so by its first sign.
    ///
    /// # Errors
    /// The bytes are no text.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let (text, mended) = lenient::text_of(bytes).ok_or("is neither UTF-8 nor UTF-16 text")?;
        self.problems.extend(mended.map(|odd| format!("the document {}", odd.what)));
        self.text(&text);
        Ok(())
    }

    /// Reads a whole document: one JSON value, JSON lines, or the TOML of a client.
    pub fn text(&mut self, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        if serde_json::from_str::<&RawValue>(text).is_ok() {
            self.value("the document", text);
            return;
        }
        if let Some(plain) = kind::without_comments(text) {
            // Usual in the settings of clients, and nowhere else.
            if !scan::members(&plain).is_some_and(|parts| kind::is_settings(&parts.found)) {
                let what = "the document holds comments or commas too many, which were passed over";
                self.problems.push(what.to_owned());
            }
            self.value("the document", &plain);
            return;
        }
        if text.len() > MAX_SETTINGS {
            return self.rows(text);
        }
        if let Some(found) = catalogue::read_yaml(text, &self.source) {
            return self.catalogue("the document", found);
        }
        match kind::settings(text) {
            Ok(found) => self.config(found),
            Err(why) if !text.trim_start().starts_with(['{', '[']) => self.problems.push(format!("the document {why}")),
            // One value that is not quite JSON, or a row for each.
            Err(_) => match lenient::mended(text).filter(|(plain, _)| serde_json::from_str::<&RawValue>(plain).is_ok())
            {
                Some((plain, mended)) => {
                    self.note("the document", mended);
                    self.value("the document", &plain);
                }
                None => self.rows(text),
            },
        }
    }

    fn rows(&mut self, text: &str) {
        for (at, line) in text.lines().enumerate() {
            self.line(at + 1, line);
        }
    }

    /// Keeps what was mended or doubtful, so that it is told.
    fn note(&mut self, place: &str, odd: Vec<Oddity>) {
        self.problems.extend(odd.into_iter().map(|odd| format!("{place}{} {}", spaced(&odd.pointer), odd.what)));
    }

    /// Reads one row of JSON lines, counted from 1.
    pub fn line(&mut self, number: usize, line: &str) {
        let line = line.trim_start_matches('\u{feff}').trim();
        if !line.is_empty() {
            self.value(&format!("row {number}"), line);
        }
    }

    /// The tools that stood alone in their rows, one list a server. Call it when there is no more to read.
    pub fn finish(&mut self) {
        for (server, tools) in std::mem::take(&mut self.tools) {
            self.entries.push(Entry::of(self.listing(&server), Some(tools)));
        }
    }

    /// The servers of tools that stood alone in their rows and were not handed on yet.
    pub(super) fn servers_of_lone_tools(&self) -> Vec<String> {
        self.tools.keys().cloned().collect()
    }

    /// Reads a row, counted from 1, that is known to be well-formed and a tool of this server.
    pub(super) fn tool_row(&mut self, number: usize, server: &str, text: &str) {
        let place = format!("row {number}");
        let members = scan::members(text).map(|members| members.found).unwrap_or_default();
        self.note_twice(&place, &members);
        if let Err(why) = self.lone_tool(&place, server.to_owned(), &members) {
            self.problems.push(format!("{place} {why}"));
        }
    }

    /// Tells which keys stand more than once.
    fn note_twice(&mut self, place: &str, members: &[(Cow<'_, str>, &str)]) {
        for key in scan::twice(members) {
            self.problems.push(format!("{place} names `{key}` more than once, and readers differ in which one counts"));
        }
    }

    fn value(&mut self, place: &str, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        // What the strict reader of a value's parts refuses is mended first.
        let mended = match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => None,
            Err(_) => lenient::mended(text).filter(|(plain, _)| serde_json::from_str::<&RawValue>(plain).is_ok()),
        };
        let (text, odd) = mended.as_ref().map_or((text, &[][..]), |(plain, odd)| (plain.as_str(), odd.as_slice()));
        self.note(place, odd.to_vec());
        if let Some(parts) = scan::members(text) {
            self.note_twice(place, &parts.found);
        }
        if let Err(why) = self.read(place, text) {
            self.problems.push(format!("{place} {why}"));
        }
    }

    fn read(&mut self, place: &str, text: &str) -> Result<(), String> {
        if text.trim_start().starts_with('[') {
            return self.array(place, text);
        }
        let parts: Parts<'_> =
            serde_json::from_str(text).map_err(|error| format!("is not a JSON object with text for keys: {error}"))?;
        let is = |key: &str, start: char| parts.get(key).is_some_and(|raw| raw.get().starts_with(start));
        if let Some(page) = directory::read(text, &self.source) {
            self.directory(place, page);
        } else if let Some(found) = well_known::read(text, &self.source, &self.unnamed()) {
            self.well_known(place, found);
        } else if is("servers", '[') && !kind::is_configuration(text) {
            let page = registry::read_saved(text.as_bytes(), &self.source).map_err(|error| error.to_string())?;
            self.superseded += page.superseded;
            self.redacted += page.redacted;
            self.problems.extend(page.problems.into_iter().map(|problem| format!("{place}: {problem}")));
            self.entries.extend(page.listings.into_iter().map(|listing| Entry::of(listing, None)));
        } else if kind::is_wrapped(&parts, text) {
            self.config(client_config::read_text(text, "settings.json").map_err(|why| why.to_string())?);
        } else if let Some(found) = catalogue::read(text, &self.source) {
            self.catalogue(place, found);
        } else if is("tools", '[') || is("result", '{') {
            let tools = read_tools(text)?;
            self.note_tools(place, &tools);
            let server = text_of(&parts, "server").unwrap_or_else(|| self.unnamed());
            self.entries.push(Entry::of(self.listing(&server), Some(tools)));
        } else if client_config::is_one(|key| is(key, '{')) || kind::is_configuration(text) {
            self.config(client_config::read_text(text, "settings.json").map_err(|why| why.to_string())?);
        } else if is("server", '"') || is("inputSchema", '{') {
            self.tool(place, text, &parts)?;
        } else {
            let entry = registry::read_entry(text, &self.source)?;
            if entry.superseded {
                self.superseded += 1;
            } else {
                self.redacted += entry.redacted;
                self.entries.push(Entry::of(entry.listing, None));
            }
        }
        Ok(())
    }

    fn catalogue(&mut self, place: &str, found: catalogue::Catalogue) {
        self.redacted += found.redacted;
        self.problems.extend(found.problems.into_iter().map(|problem| format!("{place}: {problem}")));
        self.entries.extend(found.servers.into_iter().map(|(listing, tools)| Entry::of(listing, tools)));
    }

    /// A card, or a catalogue of them, that was saved; those that stand elsewhere are not here.
    fn well_known(&mut self, place: &str, found: well_known::WellKnown) {
        self.redacted += found.redacted;
        self.problems.extend(found.problems.into_iter().map(|problem| format!("{place}: {problem}")));
        let elsewhere = found.elsewhere.iter().map(|url| given::text(&url.chars().take(200).collect::<String>()));
        self.problems.extend(elsewhere.map(|url| format!("{place} points at the card {url}, which is not in it")));
        self.entries.extend(found.entries);
    }

    /// A page of a directory that was saved; what follows it is not here.
    fn directory(&mut self, place: &str, page: directory::DirectoryPage) {
        self.redacted += page.redacted;
        self.problems.extend(page.remarks().map(|remark| format!("{place}: {remark}")));
        self.entries.extend(page.entries.into_iter().map(|of| Entry::of(of.listing, of.tools)));
    }

    /// A list of values of any kind; tools without a server's name are one list.
    fn array(&mut self, place: &str, text: &str) -> Result<(), String> {
        let items: Vec<&RawValue> =
            serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
        let is_tool = |item: &&RawValue| {
            serde_json::from_str::<Parts<'_>>(item.get()).is_ok_and(|parts| kind::is_definition(&parts))
        };
        if items.first().is_some_and(is_tool) {
            let tools = read_tools(text)?;
            self.note_tools(place, &tools);
            self.entries.push(Entry::of(self.listing(&self.unnamed()), Some(tools)));
            return Ok(());
        }
        for (at, item) in items.iter().enumerate() {
            self.value(&format!("{place}, item {at},"), item.get());
        }
        Ok(())
    }

    /// A tool in a row of its own. What else the row says (where it was seen, labels) is no part of the tool.
    fn tool(&mut self, place: &str, text: &str, parts: &Parts<'_>) -> Result<(), String> {
        // By all its members: of a key that comes twice both values belong to the tool as it came.
        let members = scan::members(text).map(|members| members.found).unwrap_or_default();
        let server = text_of(parts, "server").unwrap_or_else(|| self.unnamed());
        self.lone_tool(place, server, &members)
    }

    fn lone_tool(&mut self, place: &str, server: String, members: &[(Cow<'_, str>, &str)]) -> Result<(), String> {
        let object = kind::lone_definition(members);
        let list = self.tools.entry(server).or_default();
        match Tool::from_json(&object) {
            Ok(tool) => {
                let odd = told(&tool);
                list.tools.push(tool);
                self.note(place, odd);
            }
            Err(error) => {
                list.malformed.push(format!("{place}: {error}"));
                return Err(format!("is no tool: {error}"));
            }
        }
        Ok(())
    }

    /// Tells what was mended in the tools of a list.
    fn note_tools(&mut self, place: &str, list: &ToolList) {
        for tool in &list.tools {
            let named: String = tool.name.chars().take(80).collect();
            self.note(&format!("{place}, tool `{named}`,"), told(tool));
        }
        self.problems.extend(list.notes.iter().map(|note| format!("{place} {note}")));
    }

    fn config(&mut self, found: Configuration) {
        self.redacted += found.servers.iter().map(|server| server.redacted).sum::<usize>();
        self.problems.extend(found.problems);
        for server in found.servers {
            let listing = server.listing(&self.source);
            let stripped = matches!(server.reading.starts, crate::launch::Starts::Address { stripped: true, .. });
            let address = server.url.filter(|_| stripped);
            self.entries.push(Entry { configured: true, address, ..Entry::of(listing, None) });
        }
    }

    fn unnamed(&self) -> String {
        format!("file:{}", self.stem)
    }

    /// A server of which the document says no more than its name.
    pub(super) fn listing(&self, server: &str) -> Listing {
        // A server may be called by its address, with all that its user's has.
        let server = if server.contains("://") { address(server).text } else { server.to_owned() };
        Listing::bare(ServerId(server), &*self.source)
    }
}

/// What is told of a tool: what its text had to be mended for, and keys that come twice.
fn told(tool: &Tool) -> Vec<Oddity> {
    // What is odd about its fields is kept with the tool; few tools have anything odd about them.
    if tool.oddities.is_empty() {
        Vec::new()
    } else {
        lenient::parse(&tool.raw).map(|(_, odd)| odd).unwrap_or_default()
    }
}

fn spaced(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(" {pointer}") }
}

fn text_of(parts: &Parts<'_>, key: &str) -> Option<String> {
    let text: String = serde_json::from_str(parts.get(key)?.get()).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Document {
        let mut document = Document::new("file:kiln.json", "kiln");
        document.text(text);
        document.finish();
        document
    }

    fn servers(document: &Document) -> Vec<(&str, Option<usize>)> {
        let tools = |entry: &Entry| entry.tools.as_ref().map(|list| list.tools.len());
        document.entries.iter().map(|entry| (entry.listing.server.as_str(), tools(entry))).collect()
    }

    #[test]
    fn every_shape_of_a_document_is_read() {
        for (text, expected) in [
            (r#"{"name":"a/b","packages":[]}"#, vec![("a/b", None)]),
            (r#"[{"name":"a/b"},{"server":{"name":"a/c"}}]"#, vec![("a/b", None), ("a/c", None)]),
            (r#"{"servers":[{"server":{"name":"a/b"}}]}"#, vec![("a/b", None)]),
            (r#"{"tools":[{"name":"fire"}]}"#, vec![("file:kiln", Some(1))]),
            (r#"{"server":"a/b","tools":[{"name":"fire"},{"name":"cool"}]}"#, vec![("a/b", Some(2))]),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#, vec![("file:kiln", Some(0))]),
            (r#"[{"name":"fire","inputSchema":{}}]"#, vec![("file:kiln", Some(1))]),
            (r#"{"mcpServers":{"x":{"url":"https://x.example/mcp"}}}"#, vec![("https://x.example/mcp", None)]),
            (
                "// mine\n{\"servers\":{/* one */\"x\":{\"url\":\"https://x.example/mcp\"},}}",
                vec![("https://x.example/mcp", None)],
            ),
            ("[mcp_servers.x]\ncommand = \"npx\"\nargs = [\"kiln\"]\n", vec![("npm:kiln", None)]),
            ("{\"name\":\"a/b\"}\n\n{\"name\":\"a/c\"}\n", vec![("a/b", None), ("a/c", None)]),
        ] {
            let document = read(text);
            assert_eq!((servers(&document), &document.problems), (expected, &vec![]), "{text}");
        }
    }

    #[test]
    fn rows_of_tools_become_one_list_a_server_and_labels_are_no_part_of_a_tool() {
        let document = read(concat!(
            r#"{"server":"a/b","name":"fire","label":"x","description":"Fire."}"#,
            "\n{\"server\":\"a/c\",\"tool\":\"cool\"}\n{broken\n",
            r#"{"server":"a/b","name":"cool"}"#,
            "\n{\"server\":\"a/b\",\"name\":\"\"}\n"
        ));
        assert_eq!(servers(&document), [("a/b", Some(2)), ("a/c", Some(1))]);
        let tools = document.entries[0].tools.as_ref().expect("a list");
        assert_eq!(tools.tools[0].raw, r#"{"name":"fire","description":"Fire."}"#);
        assert_eq!(document.problems.len(), 2, "{:?}", document.problems);
        assert!(document.problems[0].starts_with("row 3 "), "{:?}", document.problems);
    }

    #[test]
    fn what_is_nothing_of_the_kind_says_so() {
        for text in ["", "7", "{}", "[1]", "{\"a\":1}", "name: x", "{\"name\":\"\"}"] {
            let document = read(text);
            assert!(document.entries.is_empty() && document.problems.len() == 1, "{text}: {document:?}");
        }
    }
}
