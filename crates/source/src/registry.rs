//! The official MCP registry's API, and whoever else speaks it: which page to ask, and the servers on a page.

use super::manifest;
use super::redact::redact;
use mcpdex_model::{DELETED, Listing, ServerId, status};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use url::Url;

/// The `Accept` header of a page.
pub const ACCEPT: &str = "application/json";

/// What the API allows at most.
const PAGE_SIZE: &str = "100";

/// Entries of one page that are read; the API's own limit is a tenth of this.
const MAX_ENTRIES: usize = 1_000;
/// Entries of a document that are read; the official registry has some ten thousand.
const MAX_SAVED: usize = 1_000_000;

/// The key of the registry's own notes on an entry.
const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// The page after `cursor` (the first one without). `base` may be the registry's root, its version prefix (`/v0.1`) or
/// the list itself (`/v0.1/servers`); what its query already says is left as it is. With `since` (RFC
/// 3339) only what changed then or later is asked for, deleted servers included.
pub fn page_url(base: &Url, since: Option<&str>, cursor: Option<&str>) -> Url {
    let mut url = base.clone();
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_version = last.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    match last {
        "servers" => url.set_path(&path),
        _ if is_version => url.set_path(&format!("{path}/servers")),
        _ => url.set_path(&format!("{path}/v0.1/servers")),
    }
    let asked: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != "cursor").collect();
    let mut query = url.query_pairs_mut();
    query.clear().extend_pairs(&asked);
    for (key, value) in [("limit", PAGE_SIZE), ("version", "latest")] {
        if !asked.iter().any(|(known, _)| known == key) {
            query.append_pair(key, value);
        }
    }
    if let Some(since) = since {
        query.append_pair("updated_since", since);
    }
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    }
    drop(query);
    url
}

/// One page, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The servers of the page, in its order.
    pub listings: Vec<Listing>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
    /// Entries that the registry itself marks as older versions of a server; they are not listed.
    pub superseded: usize,
    /// Those of them that it has deleted.
    pub deleted: Vec<(ServerId, Option<String>)>,
    /// Entries beyond those that are read of one page.
    pub left_out: usize,
    /// When each entry was changed, as the registry says (RFC 3339), where it does.
    pub updated: Vec<String>,
    /// Secrets that were taken out of manifests.
    pub redacted: usize,
    /// Entries that could not be read, one sentence each.
    pub problems: Vec<String>,
}

/// A page that could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the registry's page cannot be read: {0}")]
pub struct PageUnreadable(pub String);

#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    servers: Vec<&'a RawValue>,
    #[serde(default)]
    metadata: Option<Value>,
}

/// One entry, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) listing: Listing,
    /// The registry marks it as an older version of a server.
    pub(super) superseded: bool,
    updated: Option<String>,
    /// Secrets that were taken out of the manifest.
    pub(super) redacted: usize,
}

/// Reads one entry of a page: a manifest in its envelope or, as before the envelope of 2025-09-29, alone. What the
/// registry itself says may stand under any key beside it: exports rename `_meta`.
pub(super) fn read_entry(text: &str, source: &str) -> Result<Entry, String> {
    let parts: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_str(text);
    let envelope = parts.as_ref().ok().and_then(|parts| Some((parts, parts.get("server")?)));
    let Some((parts, server)) = envelope.filter(|(_, server)| server.get().starts_with('{')) else {
        let read = manifest::read(text, source)?;
        return Ok(Entry { listing: read.listing, superseded: false, updated: None, redacted: read.redacted });
    };
    let meta = parts.iter().filter(|(key, raw)| *key != "server" && raw.get().contains(OFFICIAL));
    let mut meta = meta.filter_map(|(_, raw)| serde_json::from_str::<Value>(raw.get()).ok()).next();
    let hidden = meta.as_mut().map_or(0, redact);
    let notes = official(meta.as_ref());
    let beside = parts.get("status").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let beside = beside.map(|word| status(&word).to_owned());
    let read = manifest::read(server.get(), source)?;
    let (status, meta) = (notes.status.or(beside).or(read.listing.status), meta.map(|meta| meta.to_string()));
    let listing = Listing { status, meta, ..read.listing };
    Ok(Entry { listing, superseded: notes.superseded, updated: notes.updated, redacted: read.redacted + hidden })
}

/// Reads a page. `source` is how the listings remember where they came from. One malformed entry is reported and hides
/// no other.
///
/// # Errors
/// The whole is not a page of this API.
pub fn read_page(bytes: &[u8], source: &str) -> Result<Page, PageUnreadable> {
    read_entries(bytes, source, MAX_ENTRIES)
}

/// Reads a document of the same shape: a page that was saved, or all that a registry lists. What is not in it is among
/// its problems.
///
/// # Errors
/// The whole is no document of this shape.
pub fn read_saved(bytes: &[u8], source: &str) -> Result<Page, PageUnreadable> {
    let mut page = read_entries(bytes, source, MAX_SAVED)?;
    if page.next_cursor.is_some() {
        page.problems.push("it is one page of several; those that follow are not in it".to_owned());
    }
    if page.left_out > 0 {
        page.problems.push(format!("{} entries more than are read of one document", page.left_out));
    }
    Ok(page)
}

fn read_entries(bytes: &[u8], source: &str, most: usize) -> Result<Page, PageUnreadable> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| PageUnreadable(error.to_string()))?;
    let mut page = Page { next_cursor: next_cursor(envelope.metadata.as_ref())?, ..Page::default() };
    page.left_out = envelope.servers.len().saturating_sub(most);
    for (at, raw) in envelope.servers.iter().take(most).enumerate() {
        match read_entry(raw.get(), source) {
            Ok(Entry { superseded: true, listing, .. }) => {
                page.superseded += 1;
                if listing.status.as_deref() == Some(DELETED) {
                    page.deleted.push((listing.server, listing.version));
                }
            }
            Ok(entry) => {
                page.updated.extend(entry.updated);
                page.redacted += entry.redacted;
                page.listings.push(entry.listing);
            }
            Err(why) => page.problems.push(format!("entry {at}{} {why}", hint(raw.get()))),
        }
    }
    Ok(page)
}

/// The name of an entry that could not be read, where its text shows one.
fn hint(text: &str) -> String {
    let name = || {
        let value =
            text[text.find("\"name\"")? + 6..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        Some(value.chars().take_while(|c| !matches!(c, '"' | '\\')).take(200).collect::<String>())
    };
    name().map_or_else(String::new, |name| format!(" (`{name}`)"))
}

struct Notes {
    status: Option<String>,
    superseded: bool,
    updated: Option<String>,
}

fn official(meta: Option<&Value>) -> Notes {
    let official = meta.and_then(|meta| meta.get(OFFICIAL));
    let get = |keys: &[&str]| keys.iter().find_map(|key| official?.get(*key));
    let text = |keys: &[&str]| get(keys).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let is_deleted = get(&["isDeleted", "is_deleted", "deleted"]).and_then(Value::as_bool) == Some(true)
        || text(&["deletedAt", "deleted_at"]).is_some();
    let told = text(&["status"]).map(|word| status(&word).to_owned());
    Notes {
        status: if is_deleted { Some(DELETED.to_owned()) } else { told },
        superseded: get(&["isLatest", "is_latest"]).and_then(Value::as_bool) == Some(false),
        updated: text(&["updatedAt", "updated_at"]),
    }
}

/// Unlike a tool list's, an empty cursor of this API ends the list. One that is no text ends nothing: what comes after it
/// cannot be had.
fn next_cursor(metadata: Option<&Value>) -> Result<Option<String>, PageUnreadable> {
    let cursor = metadata.and_then(|metadata| metadata.get("nextCursor").or_else(|| metadata.get("next_cursor")));
    match cursor {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(cursor)) => Ok(Some(cursor.clone()).filter(|cursor| !cursor.is_empty())),
        Some(Value::Number(cursor)) => Ok(Some(cursor.to_string())),
        Some(_) => Err(PageUnreadable("its cursor is no text, so what comes after it cannot be asked for".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(base: &str, cursor: Option<&str>) -> String {
        page_url(&Url::parse(base).expect("a URL"), None, cursor).to_string()
    }

    #[test]
    fn any_form_of_the_address_leads_to_the_list() {
        let first = "https://r.example/v0.1/servers?limit=100&version=latest";
        assert_eq!(asked("https://r.example", None), first);
        assert_eq!(asked("https://r.example/v0.1/", None), first);
        assert_eq!(asked("https://r.example/v0.1/servers", None), first);
        assert_eq!(
            asked("https://r.example/sub/v0", None),
            "https://r.example/sub/v0/servers?limit=100&version=latest"
        );
        assert_eq!(
            asked("https://r.example/?search=kiln&limit=5&cursor=old", Some("a/b:1 0")),
            "https://r.example/v0.1/servers?search=kiln&limit=5&version=latest&cursor=a%2Fb%3A1+0"
        );
    }

    #[test]
    fn one_malformed_entry_is_reported_and_hides_no_other() {
        let page = read_page(
            br#"{"servers":[
                {"server":{"name":"a/one"},"_meta":{"io.modelcontextprotocol.registry/official":{"status":"deprecated","isLatest":true}}},
                {"server":{"name":"a/odd","version":1e999}},
                {"server":{"name":"a/old"},"_meta":{"io.modelcontextprotocol.registry/official":{"isLatest":false}}},
                7,
                {"name":"a/flat","status":"active"}
            ],"metadata":{"nextCursor":"a/flat:1","count":5}}"#,
            "registry:https://r.example",
        )
        .expect("a page");
        let meta = page.listings[0].meta.as_deref().unwrap_or_default();
        assert_eq!(meta, r#"{"io.modelcontextprotocol.registry/official":{"status":"deprecated","isLatest":true}}"#);
        let names: Vec<_> = page.listings.iter().map(|l| (l.server.as_str(), l.status.as_deref())).collect();
        assert_eq!(names, [("a/one", Some("deprecated")), ("a/flat", Some("active"))]);
        assert_eq!((page.superseded, page.next_cursor.as_deref()), (1, Some("a/flat:1")));
        assert_eq!(page.problems.len(), 2, "{:?}", page.problems);
        assert!(page.problems[0].starts_with("entry 1 (`a/odd`) is not valid JSON"), "{:?}", page.problems);
    }

    #[test]
    fn the_last_page_has_no_cursor_and_a_byte_order_mark_does_no_harm() {
        for metadata in ["{}", "{\"nextCursor\":\"\"}", "null"] {
            let text = format!("\u{feff}{{\"servers\":[],\"metadata\":{metadata}}}");
            assert_eq!(read_page(text.as_bytes(), "x").expect("a page").next_cursor, None);
        }
        for broken in [&b"<html>"[..], br#"{"servers":[{"server""#, br#"{"servers":[],"metadata":{"nextCursor":{}}}"#] {
            assert!(read_page(broken, "x").is_err());
        }
    }

    #[test]
    fn a_page_has_a_limit_and_what_was_saved_is_read_whole_and_says_what_is_not_in_it() {
        let entry = |at| format!(r#"{{"server":{{"name":"a/b{at}"}}}}"#);
        let entries: Vec<String> = (0..1_002).map(entry).collect();
        let text = |next: &str| format!(r#"{{"servers":[{}],"metadata":{{"nextCursor":{next}}}}}"#, entries.join(","));
        let page = read_page(text("null").as_bytes(), "x").expect("a page");
        assert_eq!((page.listings.len(), page.left_out), (1_000, 2));
        let saved = read_saved(text("null").as_bytes(), "x").expect("a document");
        assert_eq!((saved.listings.len(), saved.left_out, saved.problems.len()), (1_002, 0, 0));
        let saved = read_saved(text("\"c\"").as_bytes(), "x").expect("a document");
        assert_eq!(saved.problems, ["it is one page of several; those that follow are not in it"]);
    }

    #[test]
    fn what_a_registry_deleted_is_known_however_it_says_so() {
        let entry = |official: &str| {
            let text = format!(r#"{{"servers":[{{"server":{{"name":"a/b"}},"_meta":{{"{OFFICIAL}":{official}}}}}]}}"#);
            let page = read_page(text.as_bytes(), "x").expect("a page");
            page.listings.first().map(|listing| listing.status.clone().unwrap_or_default())
        };
        for deleted in [
            r#"{"status":"Deleted"}"#,
            r#"{"status":" REMOVED"}"#,
            r#"{"isDeleted":true}"#,
            r#"{"deletedAt":"2030-01-01"}"#,
        ] {
            assert_eq!(entry(deleted).as_deref(), Some(DELETED), "{deleted}");
        }
        for kept in [r#"{"status":"deprecated"}"#, r#"{"status":"active","deletedAt":null,"isDeleted":false}"#] {
            assert_ne!(entry(kept).as_deref(), Some(DELETED), "{kept}");
        }
        assert_eq!(entry(r#"{"status":"deleted","isLatest":false}"#), None);
    }
}
