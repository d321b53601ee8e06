//! Where a crawl stands: begins a run or continues one that was interrupted, and tells what of it is done.

use super::lists::{content, told_apart};
use super::record::Validator;
use super::writer::json;
use super::{StoreError, migrate};
use mcpdex_model::{Listing, Observation, ServerId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hasher;
use std::path::{Path, PathBuf};

/// What the database knew when a crawl began.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// `None`: nothing is known, and nothing can be asked for later.
    path: Option<PathBuf>,
    run: i64,
    /// The run was begun by an earlier process.
    pub continued: bool,
    /// Server and target of every attempt that this run has made already, and whether it learnt a list.
    done: HashMap<(String, String), bool>,
    /// The same for attempts that are no older than what counts as fresh.
    fresh: HashMap<(String, String), bool>,
    /// Server and target of every list that is kept.
    lists: HashSet<(String, String)>,
    /// The same for lists that a source recorded, with what tells one from another.
    recorded: HashMap<(String, String), String>,
    /// Server and source of every listing, and a hash of what each version names.
    listed: HashMap<(String, String), BTreeMap<String, u64>>,
    sources: BTreeMap<String, SourceState>,
    validators: BTreeMap<String, Validator>,
}

/// How far a source was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// This run has begun to read it.
    pub in_run: bool,
    /// It was begun and not read to its end.
    pub under_way: bool,
    pub since: Option<String>,
    pub next: Option<String>,
    /// When the last complete reading began.
    pub swept: Option<String>,
}

/// Begins a run over `sources`, or continues the newest one over the same that was not finished. What was attempted at
/// or after `fresh_since` (RFC 3339, whole seconds, UTC) counts as fresh.
///
/// # Errors
/// The file cannot be opened or written, is foreign or is newer than this program.
pub fn begin_run(path: &Path, sources: &[String], now: &str, fresh_since: &str) -> Result<Known, StoreError> {
    let fail = StoreError::sqlite("begin a run in", path);
    let mut connection = migrate::open_for_writing(path)?;
    let words = serde_json::to_string(sources).unwrap_or_default();
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&fail)?;
    let open: Option<i64> = transaction
        .query_row(
            "SELECT id FROM run WHERE sources = ?1 AND finished IS NULL ORDER BY id DESC LIMIT 1",
            [&words],
            |row| row.get(0),
        )
        .optional()
        .map_err(&fail)?;
    let run = match open {
        Some(run) => run,
        None => {
            transaction.execute("INSERT INTO run (sources, started) VALUES (?1, ?2)", [&words, now]).map_err(&fail)?;
            transaction.last_insert_rowid()
        }
    };
    transaction.commit().map_err(&fail)?;
    let mut known = Known { path: Some(path.to_owned()), run, continued: open.is_some(), ..Known::default() };
    known.load(&connection, fresh_since).map_err(&fail)?;
    Ok(known)
}

impl Known {
    fn load(&mut self, connection: &Connection, fresh_since: &str) -> rusqlite::Result<()> {
        let pair = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let tried = |row: &Row<'_>| Ok((pair(row)?, row.get(2)?));
        // In the order of ids, so that the newest attempt at a target decides.
        let attempts = |which: &str| {
            format!(
                "SELECT server.name, attempt.target, attempt.outcome IN ('ok', 'not-modified')
                 FROM attempt JOIN server ON server.id = attempt.server_id WHERE {which} ORDER BY attempt.id"
            )
        };
        self.done = connection
            .prepare(&attempts("attempt.run_id = ?1"))?
            .query_map([self.run], tried)?
            .collect::<Result<_, _>>()?;
        self.fresh = connection
            .prepare(&attempts("attempt.at >= ?1"))?
            .query_map([fresh_since], tried)?
            .collect::<Result<_, _>>()?;
        self.lists = connection
            .prepare(
                "SELECT server.name, target FROM observation JOIN server ON server.id = server_id WHERE latest = 1",
            )?
            .query_map([], pair)?
            .collect::<Result<_, _>>()?;
        let recorded = |row: &Row<'_>| {
            let (content, partial): (String, String) = (row.get(2)?, row.get(3)?);
            Ok((pair(row)?, told_apart(&content, &partial)))
        };
        self.recorded = connection
            .prepare(
                "SELECT server.name, target, content_sha256, partial
                 FROM observation JOIN server ON server.id = server_id WHERE latest = 1 AND origin = 'declared'",
            )?
            .query_map([], recorded)?
            .collect::<Result<_, _>>()?;
        let mut statement = connection.prepare(
            "SELECT server.name, source, listing.version, packages, remotes
             FROM listing JOIN server ON server.id = server_id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (packages, remotes): (String, String) = (row.get(3)?, row.get(4)?);
            self.listed.entry(pair(row)?).or_default().insert(row.get(2)?, hash(&packages, &remotes));
        }
        let run = self.run;
        let source = |row: &Row<'_>| {
            let in_run = row.get::<_, Option<i64>>(1)? == Some(run);
            let under_way = row.get::<_, Option<String>>(2)?.is_some();
            let state = SourceState { in_run, under_way, since: row.get(3)?, next: row.get(4)?, swept: row.get(5)? };
            Ok((row.get(0)?, state))
        };
        self.sources = connection
            .prepare("SELECT name, run_id, begun, since, next, swept FROM source")?
            .query_map([], source)?
            .collect::<Result<_, _>>()?;
        let validator = |row: &Row<'_>| {
            let known =
                Validator { url: row.get(0)?, etag: row.get(1)?, last_modified: row.get(2)?, next: row.get(3)? };
            Ok((known.url.clone(), known))
        };
        self.validators = connection
            .prepare("SELECT url, etag, last_modified, next FROM validator")?
            .query_map([], validator)?
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    /// The number of the run.
    pub fn run(&self) -> i64 {
        self.run
    }

    /// Whether this run has tried the target already, and if so whether it learnt a list.
    pub fn done(&self, server: &ServerId, target: &str) -> Option<bool> {
        self.done.get(&key(server, target)).copied()
    }

    /// Whether the target was tried lately, and if so whether that learnt a list.
    pub fn fresh(&self, server: &ServerId, target: &str) -> Option<bool> {
        self.done(server, target).or_else(|| self.fresh.get(&key(server, target)).copied())
    }

    /// Whether a list of the target is kept.
    pub fn has_list(&self, server: &ServerId, target: &str) -> bool {
        self.lists.contains(&key(server, target))
    }

    /// Whether this is another list than the one that is kept of its target, or there is none.
    pub fn is_news(&self, recorded: &Observation) -> bool {
        self.recorded.get(&key(&recorded.server, &recorded.target)) != Some(&content(recorded))
    }

    /// Whether the source is known to list any server.
    pub fn has_listed(&self, source: &str) -> bool {
        self.listed.keys().any(|(_, by)| by == source)
    }

    /// Whether the source listed this server before and says now that it is to be had elsewhere, or in another version.
    pub fn is_changed(&self, listing: &Listing) -> bool {
        let known = self.listed.get(&(listing.server.0.clone(), listing.source.clone()));
        let version = listing.version.as_deref().unwrap_or_default();
        let now = hash(&json(&listing.packages), &json(&listing.remotes));
        known.is_some_and(|versions| versions.get(version) != Some(&now))
    }

    /// How far the source was read.
    pub fn source(&self, name: &str) -> SourceState {
        self.sources.get(name).cloned().unwrap_or_default()
    }

    /// What the last answer of a URL is known by.
    pub fn validator(&self, url: &str) -> Option<&Validator> {
        self.validators.get(url)
    }

    /// What this run has listed of a source and not tried to its end.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn pending(&self, source: &str) -> Result<Vec<Listing>, StoreError> {
        self.listings("listing.source = ?1 AND listing.run_id = ?2 AND listing.pending = 1", source)
    }

    /// What earlier runs have listed of a source and this one has not, unless the source lists it no more.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn listed_before(&self, source: &str) -> Result<Vec<Listing>, StoreError> {
        self.listings(
            "listing.source = ?1 AND listing.run_id IS NOT ?2
             AND coalesce(listing.status, '') NOT IN ('deleted', 'unlisted')",
            source,
        )
    }

    fn listings(&self, which: &str, source: &str) -> Result<Vec<Listing>, StoreError> {
        let Some(path) = &self.path else { return Ok(Vec::new()) };
        let fail = StoreError::sqlite("read", path);
        let connection = migrate::open_for_reading(path)?;
        let sql = format!(
            "SELECT server.name, listing.source, listing.version, listing.status, listing.packages, listing.remotes,
                    listing.problems, server.title, server.description, server.repository, listing.manifest, listing.meta
             FROM listing JOIN server ON server.id = listing.server_id WHERE {which} ORDER BY listing.id"
        );
        let mut statement = connection.prepare(&sql).map_err(&fail)?;
        let mut rows = statement.query(params![source, self.run]).map_err(&fail)?;
        let mut listings = Vec::new();
        while let Some(row) = rows.next().map_err(&fail)? {
            listings.push(listing(path, row)?);
        }
        Ok(listings)
    }
}

fn hash(packages: &str, remotes: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(&(packages, remotes), &mut hasher);
    hasher.finish()
}

fn key(server: &ServerId, target: &str) -> (String, String) {
    (server.0.clone(), target.to_owned())
}

fn listing(path: &Path, row: &Row<'_>) -> Result<Listing, StoreError> {
    let fail = StoreError::sqlite("read", path);
    let text = |at: usize| row.get::<_, String>(at).map_err(&fail);
    let maybe = |at: usize| row.get::<_, Option<String>>(at).map_err(&fail);
    let damaged = |error: serde_json::Error| StoreError::Damaged {
        path: path.to_owned(),
        what: "listing",
        detail: error.to_string(),
    };
    Ok(Listing {
        server: ServerId(text(0)?),
        source: text(1)?,
        version: Some(text(2)?).filter(|version| !version.is_empty()),
        status: maybe(3)?,
        packages: serde_json::from_str(&text(4)?).map_err(damaged)?,
        remotes: serde_json::from_str(&text(5)?).map_err(damaged)?,
        problems: serde_json::from_str(&text(6)?).map_err(damaged)?,
        title: maybe(7)?,
        description: maybe(8)?,
        repository: maybe(9)?,
        manifest: maybe(10)?,
        meta: maybe(11)?,
    })
}
