//! The servers of the database as a registry answers them: each manifest in today's spelling, what the registry notes beside
//! it, and what is known of its tools. Only servers that a registry lists are there; a package or address alone has no
//! manifest, and none is made up for it.

mod looked;
mod standing;

pub use standing::{RegistryStanding, ShownOrNot, registry_standing};

use super::approval::Approval;
use super::error::QueryError;
use crate::store::{Reader, RegistryQuery, ToolsKnown};
use jiff::Timestamp;
use jiff::civil::Date;
use looked::{Looked, version_key};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The key under which mcpdex says what it knows of an entry's tools: a name, and no address.
pub const VERDICTS_KEY: &str = "dev.mcpdex/verdicts";

/// Servers that are read from the database at a time.
const BATCH: usize = 100;

/// Which versions are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WantedVersion {
    #[default]
    All,
    /// Of each server the one that was listed last.
    Latest,
    Exact(String),
}

/// Which entries are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistryQuestion {
    /// Entries after this one: where the page before ended.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: usize,
    /// Part of the name.
    pub search: Option<String>,
    pub updated_since: Option<Timestamp>,
    pub version: WantedVersion,
    pub include_deleted: bool,
}

/// By what entries are looked at.
#[derive(Debug, Clone, Copy)]
pub struct RegistryView<'a> {
    /// The rules in force.
    pub ruleset: &'a str,
    /// What may be shown; everything without it.
    pub approval: Option<&'a Approval>,
    pub today: Date,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegistryPage {
    pub servers: Vec<RegistryItem>,
    pub metadata: PageMetadata,
}

/// About a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageMetadata {
    #[serde(rename = "nextCursor", skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Entries on this page.
    pub count: usize,
}

/// One version of one server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegistryItem {
    pub server: Value,
    #[serde(rename = "_meta")]
    pub meta: Value,
}

/// Where the page before ended, by name and version.
fn place(cursor: &str) -> (&str, &str) {
    cursor.split_once(':').unwrap_or((cursor, ""))
}

/// Goes along the entries that a question asks for, by name and version, until `each` says that it has enough.
fn walk(
    reader: &Reader,
    question: &RegistryQuestion,
    name: Option<&str>,
    view: RegistryView<'_>,
    mut each: impl FnMut(Looked, &ToolsKnown) -> bool,
) -> Result<(), QueryError> {
    let cursor = question.cursor.as_deref().map(place);
    let (after, version) = cursor.unwrap_or_default();
    let latest = question.version == WantedVersion::Latest;
    let mut query = RegistryQuery {
        after: after.to_owned(),
        // The rest of its versions; of the latest ones there was one.
        inclusive: cursor.is_some() && !latest,
        name: name.map(str::to_owned),
        search: question.search.clone(),
        gone: question.include_deleted,
        take: BATCH,
    };
    loop {
        let servers = reader.registry_servers(&query)?;
        let Some((_, last)) = servers.last() else { return Ok(()) };
        (query.after, query.inclusive) = (last.clone(), false);
        let ids: Vec<i64> = servers.iter().map(|(id, _)| *id).collect();
        let by_name: BTreeMap<&str, i64> = servers.iter().map(|(id, name)| (name.as_str(), *id)).collect();
        let (entries, known) = (reader.registry_entries(&ids)?, reader.tools_known(&ids)?);
        // The entry that ended the page before, by its key; where it has gone, those before its place.
        let ended = entries.iter().position(|one| one.server == after && version_key(&one.version) == version);
        for (at, entry) in entries.into_iter().enumerate() {
            let is_before = cursor.is_some()
                && match ended {
                    Some(ended) => at <= ended,
                    None => (entry.server.as_str(), entry.version.as_str()) <= (after, version),
                };
            if is_before || (latest && !entry.is_latest) || (entry.is_deleted() && !question.include_deleted) {
                continue;
            }
            let Some(known) = by_name.get(entry.server.as_str()).and_then(|id| known.get(id)) else { continue };
            let looked = Looked::of(entry, known, view);
            if matches!(&question.version, WantedVersion::Exact(wanted) if wanted != looked.version())
                || question.updated_since.is_some_and(|since| looked.updated < since)
            {
                continue;
            }
            if !each(looked, known) {
                return Ok(());
            }
        }
        if servers.len() < BATCH {
            return Ok(());
        }
    }
}

/// A page of the entries that a question asks for and that may be shown, by name and version. Whoever follows the cursors
/// sees every entry that was there all the time exactly once, whatever is written meanwhile.
///
/// # Errors
/// The database cannot be read.
pub fn registry_page(
    reader: &Reader,
    question: &RegistryQuestion,
    view: RegistryView<'_>,
) -> Result<RegistryPage, QueryError> {
    let (mut servers, mut last, mut next_cursor) = (Vec::new(), None, None);
    walk(reader, question, None, view, |looked, known| {
        if !looked.is_shown() {
            return true;
        }
        if servers.len() == question.limit {
            next_cursor = last.take();
            return false;
        }
        servers.extend(looked.item(known, view));
        last = Some(looked.cursor());
        true
    })?;
    let count = servers.len();
    Ok(RegistryPage { servers, metadata: PageMetadata { next_cursor, count } })
}

/// Every version of a server that may be shown, the one that was listed last first; `None` where there is none.
///
/// # Errors
/// The database cannot be read.
pub fn registry_versions(
    reader: &Reader,
    name: &str,
    version: WantedVersion,
    include_deleted: bool,
    view: RegistryView<'_>,
) -> Result<Option<RegistryPage>, QueryError> {
    let question = RegistryQuestion { version, include_deleted, ..RegistryQuestion::default() };
    let mut found = Vec::new();
    walk(reader, &question, Some(name), view, |looked, known| {
        if looked.is_shown() {
            let key = (looked.entry.is_latest, looked.entry.last_seen.clone());
            found.extend(looked.item(known, view).map(|item| (key, item)));
        }
        true
    })?;
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    let servers: Vec<RegistryItem> = found.into_iter().map(|(_, item)| item).collect();
    let metadata = PageMetadata { next_cursor: None, count: servers.len() };
    Ok((!servers.is_empty()).then_some(RegistryPage { servers, metadata }))
}
