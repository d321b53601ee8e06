//! What the database knew when a crawl began: read once into memory, but for the listings, which are read a page at a
//! time when they are asked for.

use super::claims::server_called;
use super::compact_json::json;
use super::from_row::FromRow;
use super::lists::{content, told_apart};
use super::sql::{self, Connection, Row, params};
use super::{DatabasePlace, StoreError, open};
use mcpdex_model::identity::ClaimedServer;
use mcpdex_model::{
    History, HistoryError, KeptListings, Listing, ListingPage, Observation, ServerId, SourceState, Validator,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Listings read at a time.
const PAGE: usize = 1_000;

/// Server and target of an attempt.
type Key = (String, String);

/// What the database knew when a crawl began.
#[derive(Debug)]
pub struct Known {
    place: DatabasePlace,
    run: i64,
    continued: bool,
    /// Every attempt that this run has made already, and whether it learnt a list.
    done: HashMap<Key, bool>,
    /// The same for attempts that are no older than what counts as fresh.
    fresh: HashMap<Key, bool>,
    /// Every list that is kept.
    lists: HashSet<Key>,
    /// The same for lists that a source recorded, with what tells one from another.
    recorded: HashMap<Key, String>,
    /// Server and source of every listing, and what each version names.
    listed: HashMap<Key, BTreeMap<String, u64>>,
    sources: BTreeMap<String, SourceState>,
    validators: BTreeMap<String, Validator>,
    /// Names that were given up, and the server that took each in.
    same: HashMap<String, String>,
    /// Names that are listed, and by whom where it is one source.
    listers: HashMap<String, Option<String>>,
}

impl Known {
    pub(super) fn load(
        place: &DatabasePlace,
        connection: &Connection,
        run: i64,
        continued: bool,
        fresh_since: Option<&str>,
    ) -> sql::Result<Known> {
        let target = |row: &Row<'_>| -> sql::Result<Key> { Ok((row.get("server")?, row.get("target")?)) };
        let recorded = |row: &Row<'_>| {
            let (content, partial): (String, String) = (row.get("content_sha256")?, row.get("partial")?);
            Ok((target(row)?, told_apart(&content, &partial)))
        };
        let source = |row: &Row<'_>| {
            let state = SourceState {
                in_run: row.get::<Option<i64>>("run_id")? == Some(run),
                under_way: row.get::<Option<String>>("begun")?.is_some(),
                since: row.get("since")?,
                next: row.get("next")?,
                swept: row.get("swept")?,
            };
            Ok((row.get("name")?, state))
        };
        let validator = |row: &Row<'_>| Validator::from_row(row).map(|known| (known.url.clone(), known));
        Ok(Known {
            place: place.clone(),
            run,
            continued,
            done: attempts(connection, "attempt.run_id = ?1", run)?,
            fresh: match fresh_since {
                Some(since) => attempts(connection, "attempt.at >= ?1", since)?,
                None => HashMap::new(),
            },
            lists: connection
                .prepare(
                    "SELECT server.name AS server, target
                     FROM observation JOIN server ON server.id = server_id WHERE latest = 1",
                )?
                .query_map((), target)?
                .collect::<Result<_, _>>()?,
            recorded: connection
                .prepare(
                    "SELECT server.name AS server, target, content_sha256, partial
                     FROM observation JOIN server ON server.id = server_id WHERE latest = 1 AND origin = 'declared'",
                )?
                .query_map((), recorded)?
                .collect::<Result<_, _>>()?,
            listed: listed(connection)?,
            sources: connection
                .prepare("SELECT name, run_id, begun, since, next, swept FROM source")?
                .query_map((), source)?
                .collect::<Result<_, _>>()?,
            validators: connection
                .prepare("SELECT url, etag, last_modified, next FROM validator")?
                .query_map((), validator)?
                .collect::<Result<_, _>>()?,
            listers: connection
                .prepare(
                    "SELECT server.name, CASE WHEN min(source) = max(source) THEN min(source) END
                     FROM listing JOIN server ON server.id = server_id GROUP BY server.id",
                )?
                .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?,
            same: connection
                .prepare("SELECT same.name, server.name FROM same JOIN server ON server.id = same.server_id")?
                .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?,
        })
    }

    /// What is kept of a target, by the server that goes by this name today.
    fn key(&self, server: &ServerId, target: &str) -> Key {
        (self.same.get(&server.0).unwrap_or(&server.0).clone(), target.to_owned())
    }

    /// The number of the run.
    pub fn run(&self) -> i64 {
        self.run
    }

    /// Whether the source is known to list any server.
    pub fn has_listed(&self, source: &str) -> bool {
        self.listed.keys().any(|(_, by)| by == source)
    }

    fn page(&self, which: KeptListings, source: &str, from: Option<i64>) -> Result<ListingPage, StoreError> {
        let fail = StoreError::sql("read", &self.place);
        let connection = open::for_reading(&self.place)?;
        let which = match which {
            KeptListings::Pending => "listing.run_id = ?2 AND listing.pending = 1",
            KeptListings::Before => {
                "listing.run_id IS DISTINCT FROM ?2 AND coalesce(listing.status, '') NOT IN ('deleted', 'unlisted')"
            }
        };
        let sql = format!(
            "SELECT listing.id AS listing, server.name AS server, listing.source AS source, listing.version AS version,
                    listing.status AS status, listing.packages AS packages, listing.remotes AS remotes,
                    listing.problems AS problems, server.title AS title, server.description AS description,
                    coalesce(listing.repository, server.repository) AS repository, listing.manifest AS manifest,
                    listing.meta AS meta, listing.claimed AS claimed
             FROM listing JOIN server ON server.id = listing.server_id
             WHERE listing.source = ?1 AND {which} AND listing.id > ?3 ORDER BY listing.id LIMIT ?4"
        );
        let mut page = ListingPage::default();
        let mut statement = connection.prepare(&sql).map_err(&fail)?;
        let asked = params![source, self.run, from.unwrap_or(0), PAGE as i64];
        let mut rows = statement.query(asked).map_err(&fail)?;
        let mut last = 0;
        while let Some(row) = rows.next().map_err(&fail)? {
            last = row.get("listing").map_err(&fail)?;
            page.listings.push(Listing::from_row(&row).map_err(&fail)?);
        }
        page.next = (page.listings.len() == PAGE).then_some(last);
        Ok(page)
    }
}

impl History for Known {
    fn continued(&self) -> bool {
        self.continued
    }

    fn done(&self, server: &ServerId, target: &str) -> Option<bool> {
        self.done.get(&self.key(server, target)).copied()
    }

    fn fresh(&self, server: &ServerId, target: &str) -> Option<bool> {
        self.done(server, target).or_else(|| self.fresh.get(&self.key(server, target)).copied())
    }

    fn has_list(&self, server: &ServerId, target: &str) -> bool {
        self.lists.contains(&self.key(server, target))
    }

    fn is_news(&self, recorded: &Observation) -> bool {
        self.recorded.get(&self.key(&recorded.server, &recorded.target)) != Some(&content(recorded))
    }

    fn is_changed(&self, listing: &Listing) -> bool {
        let name = listing.claimed.as_ref().unwrap_or(&listing.server);
        let known = self.listed.get(&(name.0.clone(), listing.source.clone()));
        let version = listing.version.as_deref().unwrap_or_default();
        let now = hash(&json(&listing.packages), &json(&listing.remotes));
        known.is_some_and(|versions| versions.get(version) != Some(&now))
    }

    fn source(&self, name: &str) -> SourceState {
        self.sources.get(name).cloned().unwrap_or_default()
    }

    fn validator(&self, url: &str) -> Option<Validator> {
        self.validators.get(url).cloned()
    }

    fn listings(&self, which: KeptListings, source: &str, from: Option<i64>) -> Result<ListingPage, HistoryError> {
        Ok(self.page(which, source, from)?)
    }

    fn server_called(&self, name: &str, source: &str) -> Result<Option<ClaimedServer>, HistoryError> {
        let is_its = |by: &Option<String>| by.as_deref() == Some(source);
        if !self.same.contains_key(name) && self.listers.get(name).is_none_or(is_its) {
            return Ok(None);
        }
        let connection = open::for_reading(&self.place)?;
        Ok(server_called(&connection, name, &self.place)?)
    }
}

/// Attempts by server and target. In the order of ids, so that the newest attempt at a target decides.
fn attempts(connection: &Connection, which: &str, value: impl sql::ToSql) -> sql::Result<HashMap<Key, bool>> {
    let sql = format!(
        "SELECT server.name AS server, attempt.target AS target,
                attempt.outcome IN ('ok', 'not-modified') AS is_read
         FROM attempt JOIN server ON server.id = attempt.server_id WHERE {which} ORDER BY attempt.id"
    );
    let tried = |row: &Row<'_>| Ok(((row.get("server")?, row.get("target")?), row.get("is_read")?));
    connection.prepare(&sql)?.query_map([value], tried)?.collect()
}

fn listed(connection: &Connection) -> sql::Result<HashMap<Key, BTreeMap<String, u64>>> {
    let mut listed: HashMap<Key, BTreeMap<String, u64>> = HashMap::new();
    let mut statement = connection.prepare(
        "SELECT coalesce(listing.claimed, server.name) AS server, source, listing.version AS version, packages, remotes
         FROM listing JOIN server ON server.id = server_id",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (packages, remotes): (String, String) = (row.get("packages")?, row.get("remotes")?);
        let by = (row.get("server")?, row.get("source")?);
        listed.entry(by).or_default().insert(row.get("version")?, hash(&packages, &remotes));
    }
    Ok(listed)
}

fn hash(packages: &str, remotes: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(&(packages, remotes), &mut hasher);
    hasher.finish()
}
