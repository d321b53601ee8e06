//! Directories of servers with an API or an index of their own, one file each: the text of a page in, servers with what the
//! directory says of their tools out, and where the next page is. A page is known by its shape, wherever it came from.
//!
//! What a directory says is its own word: the tools are *declared*, packages and repositories are candidates.

mod github_search;
mod glama;
mod pulsemcp;
mod smithery;
mod toolsdk;

use super::page;
use super::recorded::{ToolList, read_tools};
use super::redact::redact;
use mcpdex_model::{Listing, PartialReason, ServerId, scan};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use url::Url;

/// The `Accept` header of a page.
pub const ACCEPT: &str = "application/json";

/// Entries of one page that are read; the largest page that a directory documents has half of this.
const MAX_ENTRIES: usize = 10_000;

type Parts<'a> = BTreeMap<String, &'a RawValue>;

/// A server of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectoryEntry {
    pub listing: Listing,
    /// What the page says of its tools.
    pub tools: Option<ToolList>,
    /// Where the directory says more of it, its tools among that: below the address of the list.
    pub detail: Option<String>,
}

/// One page, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DirectoryPage {
    pub entries: Vec<DirectoryEntry>,
    /// `None` on the last one, and where `cut` says why it is not known.
    pub next: Option<NextPage>,
    /// Why more follows than can be read.
    pub cut: Option<String>,
    /// Secrets that were taken out.
    pub redacted: usize,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
}

impl DirectoryPage {
    /// What is missing of a page that was saved alone, one sentence each.
    pub(super) fn remarks(&self) -> impl Iterator<Item = &str> {
        let more = self.next.as_ref().map(|_| "it is one page of several; those that follow are not in it");
        self.problems.iter().map(String::as_str).chain(self.cut.as_deref().or(more))
    }
}

/// How a directory names the page that follows, by a part of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextPage {
    /// `page=`
    Number(u64),
    /// `after=`
    After(String),
    /// `offset=`
    Offset(u64),
}

impl NextPage {
    /// The address of that page. It stays on the host and the path of the page before, whatever the page says.
    pub fn url(&self, before: &Url) -> Url {
        let (name, value) = match self {
            NextPage::Number(number) => ("page", number.to_string()),
            NextPage::After(cursor) => ("after", cursor.clone()),
            NextPage::Offset(offset) => ("offset", offset.to_string()),
        };
        let mut url = before.clone();
        let kept: Vec<(String, String)> = before.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, &value);
        url
    }
}

/// What the reader of one directory knows.
struct Shape {
    /// Whether an object is a page of it.
    is: fn(&Parts<'_>) -> bool,
    /// The entries of a page: their key, or the members of the page itself.
    entries: Option<&'static str>,
    next: fn(&Parts<'_>) -> Result<Option<NextPage>, String>,
    /// The server of an entry, called as its key where entries are members.
    listing: fn(&str, &Map<String, Value>, &str) -> Option<Listing>,
    detail: fn(&Map<String, Value>) -> Option<String>,
    /// Why its definitions are none in full.
    lacks: Option<&'static str>,
}

const SHAPES: [&Shape; 5] = [&github_search::SHAPE, &glama::SHAPE, &pulsemcp::SHAPE, &smithery::SHAPE, &toolsdk::SHAPE];

/// Reads a page; `None`: the text is none of a directory that is known.
pub fn read(text: &str, source: &str) -> Option<DirectoryPage> {
    let text = text.trim_start_matches('\u{feff}');
    let parts: Parts<'_> = serde_json::from_str(text).ok()?;
    let shape = SHAPES.iter().find(|shape| (shape.is)(&parts))?;
    let mut page = DirectoryPage::default();
    match (shape.next)(&parts) {
        Ok(next) => page.next = next,
        Err(why) => page.cut = Some(why),
    }
    let items: Vec<(Cow<'_, str>, &str)> = match shape.entries {
        Some(key) => {
            let list = parts.get(key).and_then(|raw| scan::elements(raw.get()));
            let named = |item| (Cow::Borrowed(""), item);
            list.map(|list| list.found.into_iter().map(named).collect()).unwrap_or_default()
        }
        None => scan::members(text).map(|members| members.found).unwrap_or_default(),
    };
    if items.len() > MAX_ENTRIES {
        page.cut = Some(format!("the page holds {} entries more than are read of one", items.len() - MAX_ENTRIES));
    }
    for (at, (key, item)) in items.into_iter().take(MAX_ENTRIES).enumerate() {
        match entry(shape, &key, item, source, &mut page.redacted) {
            Ok(entry) => page.entries.push(entry),
            Err(why) => page.problems.push(format!("entry {at} {why}")),
        }
    }
    Some(page)
}

/// The tools of the page that says more of one server; `None` where it says nothing of them.
///
/// # Errors
/// Why it is no such page.
pub fn read_detail(text: &str) -> Result<Option<ToolList>, String> {
    let parts: Parts<'_> = serde_json::from_str(text).map_err(|error| format!("is not a JSON object: {error}"))?;
    declared(parts.get("tools").map(|raw| raw.get()))
}

fn entry(shape: &Shape, key: &str, text: &str, source: &str, redacted: &mut usize) -> Result<DirectoryEntry, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    *redacted += redact(&mut value);
    let Value::Object(object) = &value else { return Err("is not an object".to_owned()) };
    let listing = (shape.listing)(key, object, source).ok_or("names no server, package, repository or address")?;
    let parts: Parts<'_> = serde_json::from_str(text).unwrap_or_default();
    let mut tools = declared(parts.get("tools").map(|raw| raw.get()))?;
    if let (Some(list), Some(why)) = (&mut tools, shape.lacks) {
        list.lacks(PartialReason::NamesOnly, why);
    }
    Ok(DirectoryEntry { listing, tools, detail: (shape.detail)(object) })
}

/// A list of definitions, or an object of them; an empty one says nothing.
fn declared(tools: Option<&str>) -> Result<Option<ToolList>, String> {
    let Some(text) = tools else { return Ok(None) };
    let list = match text.as_bytes().first() {
        Some(b'[') => read_tools(text)?,
        Some(b'{') => {
            let members = scan::members(text).map(|members| members.found).unwrap_or_default();
            let items: Vec<&str> = members.into_iter().map(|(_, item)| item).collect();
            read_tools(&format!("[{}]", items.join(",")))?
        }
        _ => return Ok(None),
    };
    Ok(Some(list).filter(|list| !list.tools.is_empty() || !list.malformed.is_empty()))
}

/// A text of an entry that is not empty.
fn said<'a>(entry: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    entry.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The server at an address of the web: that of a package, of a repository, or an endpoint.
fn at_address(address: &str, title: Option<&str>, source: &str) -> Option<Listing> {
    page::of_address(address, title.unwrap_or_default(), source)
}

/// A server that only the directory knows.
fn unlinked(directory: &str, name: &str, source: &str) -> Listing {
    let name: String = name.chars().take(200).collect();
    Listing::bare(ServerId(format!("{directory}:{name}")), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_never_elsewhere() {
        let base = Url::parse("https://list.example/servers?key=1&page=3").expect("a URL");
        assert_eq!(NextPage::Number(4).url(&base).as_str(), "https://list.example/servers?key=1&page=4");
        let sly = NextPage::After("x&page=9#https://evil.example".to_owned()).url(&base);
        assert_eq!(sly.host_str(), Some("list.example"));
        assert_eq!(
            sly.query_pairs().find(|(key, _)| key == "page").map(|(_, value)| value.into_owned()).as_deref(),
            Some("3")
        );
    }

    #[test]
    fn what_is_no_page_of_a_directory_is_none() {
        for text in [
            r#"{"servers":[]}"#,
            r#"{"servers":[{"server":{"name":"a/b"}}],"metadata":{"count":1}}"#,
            r#"{"mcpServers":{"a":{"command":"npx"}}}"#,
            r#"{"tools":[]}"#,
            "[]",
            "no JSON",
        ] {
            assert_eq!(read(text, "x"), None, "{text}");
        }
    }

    #[test]
    fn a_list_of_tools_that_is_empty_says_nothing_of_them() {
        assert_eq!(read_detail(r#"{"tools":[]}"#), Ok(None));
        assert_eq!(read_detail(r#"{"tools":null}"#), Ok(None));
        assert_eq!(read_detail(r#"{"name":"a"}"#), Ok(None));
        let told = read_detail(r#"{"tools":[{"name":"fire","inputSchema":{}},{"nome":"x"}]}"#).expect("a page");
        assert_eq!(told.map(|list| (list.tools.len(), list.malformed.len())), Some((1, 1)));
        assert!(read_detail("[1").is_err());
    }
}
