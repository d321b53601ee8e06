//! The one thread that writes: records come in through a bounded channel and are committed in batches.

use super::{StoreError, migrate, sha256_hex};
use crate::model::{Listing, Observation, Outcome, Package, ServerId, Tool, ToolOrigin, ToolSite};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How many records may wait for the writer before senders have to.
const QUEUE: usize = 256;
/// A batch is committed when it holds this many records…
const BATCH: usize = 500;
/// …or when its first record has waited this long: what is lost when the process is killed.
const BATCH_AGE: Duration = Duration::from_secs(1);

/// Something to keep.
#[derive(Debug)]
pub enum Record {
    /// What follows belongs to this run.
    Run(i64),
    /// A source lists a server; what it offers is yet to be learnt.
    Listing(Box<Listing>),
    Observation(Box<Observation>),
    /// The same attempt was made for another server just now, with this outcome.
    Same(Box<Same>),
    /// All that a listing names was tried.
    Done {
        server: ServerId,
        source: String,
    },
    /// How far a source was read.
    Sweep {
        source: String,
        step: Sweep,
    },
    /// What an answer is known by.
    Validator(Box<Validator>),
    /// The run came to its end.
    RunEnds,
}

/// An attempt that is known from another server.
#[derive(Debug, Clone, PartialEq)]
pub struct Same {
    pub server: ServerId,
    /// The server for which the attempt was made.
    pub other: ServerId,
    pub origin: ToolOrigin,
    /// What was asked, as observations name it.
    pub target: String,
    pub outcome: Outcome,
    pub detail: Option<String>,
}

/// A step of reading a source page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sweep {
    /// Reading begins, of everything or of what changed since a time.
    Begins { since: Option<String> },
    /// Everything before this cursor was listed.
    Next(String),
    /// The source was read to its end.
    Ends,
}

/// What an answer is known by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validator {
    pub url: String,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// Where the page led to.
    pub next: Option<String>,
}

/// How much was written by one [`Writer`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    pub listings: u64,
    pub attempts: u64,
    pub tools: u64,
}

/// The only way to write what a crawl learns. Cheap to share by reference between threads.
#[derive(Debug)]
pub struct Writer {
    records: SyncSender<Record>,
    thread: JoinHandle<Result<Recorded, StoreError>>,
}

impl Writer {
    /// Opens (or makes) the database at `path` and starts the writing thread. `now` is the time to stamp on what is
    /// written, as RFC 3339.
    ///
    /// # Errors
    /// The file cannot be opened, is foreign or is newer than this program.
    pub fn spawn(path: &Path, now: fn() -> String) -> Result<Writer, StoreError> {
        let connection = migrate::open_for_writing(path)?;
        let (records, queue) = sync_channel(QUEUE);
        let path = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("mcpdex-writer".to_owned())
            .spawn(move || run(connection, &path, &queue, now))
            .map_err(|_| StoreError::WriterStopped)?;
        Ok(Writer { records, thread })
    }

    /// Hands over one record; waits while the queue is full.
    ///
    /// # Errors
    /// The writing thread has stopped; [`Writer::finish`] says why.
    pub fn send(&self, record: Record) -> Result<(), StoreError> {
        self.records.send(record).map_err(|_| StoreError::WriterStopped)
    }

    /// Waits until all that was sent is committed.
    ///
    /// # Errors
    /// The first error the writing thread met.
    pub fn finish(self) -> Result<Recorded, StoreError> {
        drop(self.records);
        self.thread.join().unwrap_or(Err(StoreError::WriterStopped))
    }
}

fn run(
    mut connection: Connection,
    path: &Path,
    queue: &Receiver<Record>,
    now: fn() -> String,
) -> Result<Recorded, StoreError> {
    let fail = StoreError::sqlite("write to", path);
    let mut recorded = Recorded::default();
    let run_id = Cell::new(None);
    while let Ok(first) = queue.recv() {
        let started = Instant::now();
        let transaction = connection.transaction().map_err(&fail)?;
        let batch = Batch { transaction: &transaction, now: now(), path, run: &run_id };
        batch.record(first, &mut recorded)?;
        for _ in 1..BATCH {
            match queue.recv_timeout(BATCH_AGE.saturating_sub(started.elapsed())) {
                Ok(record) => batch.record(record, &mut recorded)?,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        transaction.commit().map_err(&fail)?;
    }
    Ok(recorded)
}

/// One transaction's worth of records, all stamped with one time.
struct Batch<'a> {
    transaction: &'a Transaction<'a>,
    now: String,
    path: &'a Path,
    run: &'a Cell<Option<i64>>,
}

impl Batch<'_> {
    fn record(&self, record: Record, recorded: &mut Recorded) -> Result<(), StoreError> {
        match record {
            Record::Listing(listing) => {
                self.listing(&listing)?;
                recorded.listings += 1;
            }
            Record::Observation(observation) => {
                recorded.tools += observation.tools.len() as u64;
                self.observation(&observation)?;
                recorded.attempts += 1;
            }
            Record::Run(run) => self.run.set(Some(run)),
            Record::Same(same) => {
                self.same(&same)?;
                recorded.attempts += 1;
            }
            Record::Done { server, source } => {
                self.execute(
                    "UPDATE listing SET pending = 0 WHERE pending = 1 AND source = ?2
                       AND server_id = (SELECT id FROM server WHERE name = ?1)",
                    params![server.as_str(), source],
                )?;
            }
            Record::Sweep { source, step } => self.sweep(&source, step)?,
            Record::Validator(known) => {
                self.execute(
                    "INSERT INTO validator (url, etag, last_modified, next) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
                         next = excluded.next",
                    params![known.url, known.etag, known.last_modified, known.next],
                )?;
            }
            Record::RunEnds => {
                self.execute("UPDATE run SET finished = ?2 WHERE id = ?1", params![self.run.get(), self.now])?;
            }
        }
        Ok(())
    }

    fn sweep(&self, source: &str, step: Sweep) -> Result<(), StoreError> {
        match step {
            Sweep::Begins { since } => self.execute(
                "INSERT INTO source (name, run_id, begun, since) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE SET run_id = excluded.run_id, begun = excluded.begun,
                     since = excluded.since, next = NULL",
                params![source, self.run.get(), self.now, since],
            ),
            Sweep::Next(next) => self.execute("UPDATE source SET next = ?2 WHERE name = ?1", params![source, next]),
            Sweep::Ends => self.execute(
                "UPDATE source SET swept = begun, begun = NULL, since = NULL, next = NULL WHERE name = ?1",
                params![source],
            ),
        }
        .map(drop)
    }

    /// Writes an attempt with the list of the other server's, where that has one.
    fn same(&self, same: &Same) -> Result<(), StoreError> {
        let server = self.server(same.server.as_str())?;
        let list = if same.outcome.is_read() { self.copy(server, same)? } else { None };
        self.attempt(server, same.origin, &same.target, same.outcome, same.detail.as_deref(), list)
    }

    fn copy(&self, server: i64, same: &Same) -> Result<Option<i64>, StoreError> {
        let latest = "SELECT observation.id FROM observation JOIN server ON server.id = observation.server_id
                      WHERE server.name = ?1 AND origin = ?2 AND target = ?3 AND latest = 1";
        let (origin, target) = (same.origin.as_str(), &same.target);
        let Some(other) = self.id(latest, params![same.other.as_str(), origin, target])? else { return Ok(None) };
        let known = "SELECT mine.id FROM observation AS mine JOIN observation AS other
                     ON other.content_sha256 = mine.content_sha256 AND other.origin = mine.origin
                        AND other.target = mine.target
                     WHERE mine.server_id = ?1 AND other.id = ?2";
        let known = self.id(known, params![server, other])?;
        self.execute(
            "UPDATE observation SET latest = 0 WHERE server_id = ?1 AND origin = ?2 AND target = ?3",
            params![server, origin, target],
        )?;
        let id = if let Some(id) = known {
            self.execute("UPDATE observation SET latest = 1, last_seen = ?2 WHERE id = ?1", params![id, self.now])?;
            id
        } else {
            self.execute(
                "INSERT INTO observation (server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                          latest, first_seen, last_seen)
                 SELECT ?1, origin, target, version, artifact_sha256, content_sha256, partial, 1, ?3, ?3
                 FROM observation WHERE id = ?2",
                params![server, other, self.now],
            )?;
            let id = self.transaction.last_insert_rowid();
            self.execute(
                "INSERT INTO tool (observation_id, server_id, position, definition_id, name, file, line, current)
                 SELECT ?1, ?2, position, definition_id, name, file, line, 0 FROM tool
                 WHERE observation_id = ?3 ORDER BY position",
                params![id, server, other],
            )?;
            id
        };
        self.settle(server)?;
        Ok(Some(id))
    }

    fn attempt(
        &self,
        server: i64,
        origin: ToolOrigin,
        target: &str,
        outcome: Outcome,
        detail: Option<&str>,
        list: Option<i64>,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO attempt (server_id, origin, target, outcome, detail, observation_id, run_id, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![server, origin.as_str(), target, outcome.as_str(), detail, list, self.run.get(), self.now],
        )
        .map(drop)
    }

    /// The list that a target is known to have, seen once more.
    fn still(&self, server: i64, observation: &Observation) -> Result<Option<i64>, StoreError> {
        let key = params![server, observation.origin.as_str(), target(observation)];
        let latest = "SELECT id FROM observation WHERE server_id = ?1 AND origin = ?2 AND target = ?3 AND latest = 1";
        let id = self.id(latest, key)?;
        if let Some(id) = id {
            self.execute("UPDATE observation SET last_seen = ?2 WHERE id = ?1", params![id, self.now])?;
        }
        Ok(id)
    }

    fn fail(&self) -> impl Fn(rusqlite::Error) -> StoreError {
        let path: PathBuf = self.path.to_owned();
        move |e| StoreError::sqlite("write to", &path)(e)
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, StoreError> {
        self.transaction.prepare_cached(sql).and_then(|mut s| s.execute(params)).map_err(self.fail())
    }

    fn id(&self, sql: &str, params: impl rusqlite::Params) -> Result<Option<i64>, StoreError> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row(params, |row| row.get(0)).optional())
            .map_err(self.fail())
    }

    /// The row of a server, made when it is new.
    fn server(&self, name: &str) -> Result<i64, StoreError> {
        self.execute(
            "INSERT INTO server (name, first_seen, last_seen) VALUES (?1, ?2, ?2)
             ON CONFLICT (name) DO UPDATE SET last_seen = excluded.last_seen",
            params![name, self.now],
        )?;
        self.id("SELECT id FROM server WHERE name = ?1", [name])?.ok_or_else(|| self.lost("server"))
    }

    fn lost(&self, what: &'static str) -> StoreError {
        StoreError::Damaged { path: self.path.to_owned(), what, detail: "a row just written is gone".to_owned() }
    }

    fn listing(&self, listing: &Listing) -> Result<(), StoreError> {
        let server = self.server(listing.server.as_str())?;
        self.execute(
            "UPDATE server SET title = coalesce(?2, title), description = coalesce(?3, description),
                    version = coalesce(?4, version), repository = coalesce(?5, repository)
             WHERE id = ?1",
            params![server, listing.title, listing.description, listing.version, listing.repository],
        )?;
        self.execute(
            "INSERT INTO listing (server_id, source, version, status, packages, remotes, manifest, problems,
                                  pending, run_id, first_seen, last_seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?10, ?9, ?9)
             ON CONFLICT (server_id, source, version) DO UPDATE SET
                 status = excluded.status, packages = excluded.packages, remotes = excluded.remotes,
                 manifest = excluded.manifest, problems = excluded.problems, pending = 1, run_id = excluded.run_id,
                 last_seen = excluded.last_seen",
            params![
                server,
                listing.source,
                listing.version.as_deref().unwrap_or_default(),
                listing.status,
                json(&listing.packages),
                json(&listing.remotes),
                listing.manifest,
                json(&listing.problems),
                self.now,
                self.run.get()
            ],
        )?;
        Ok(())
    }

    fn observation(&self, observation: &Observation) -> Result<(), StoreError> {
        let server = self.server(observation.server.as_str())?;
        let list = match observation.outcome {
            Outcome::Ok => Some(self.list(server, observation)?),
            Outcome::NotModified => self.still(server, observation)?,
            _ => None,
        };
        let (origin, outcome, detail) = (observation.origin, observation.outcome, observation.detail.as_deref());
        self.attempt(server, origin, &target(observation), outcome, detail, list)
    }

    /// Keeps a tool list: a new one as rows, a known one by moving its `last_seen`.
    fn list(&self, server: i64, observation: &Observation) -> Result<i64, StoreError> {
        let content = content_digest(&observation.tools);
        let target = target(observation);
        let key = params![server, observation.origin.as_str(), target, content];
        let known = self.id(
            "SELECT id FROM observation WHERE server_id = ?1 AND origin = ?2 AND target = ?3 AND content_sha256 = ?4",
            key,
        )?;
        self.execute(
            "UPDATE observation SET latest = 0 WHERE server_id = ?1 AND origin = ?2 AND target = ?3",
            params![server, observation.origin.as_str(), target],
        )?;
        let version = observation.package.as_ref().and_then(|p| p.version.clone());
        let id = if let Some(id) = known {
            self.execute(
                "UPDATE observation SET latest = 1, last_seen = ?2, version = ?3, artifact_sha256 = ?4, partial = ?5
                 WHERE id = ?1",
                params![id, self.now, version, observation.artifact_sha256, json(&observation.partial)],
            )?;
            id
        } else {
            self.execute(
                "INSERT INTO observation (server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                          latest, first_seen, last_seen)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8)",
                params![
                    server,
                    observation.origin.as_str(),
                    target,
                    version,
                    observation.artifact_sha256,
                    content,
                    json(&observation.partial),
                    self.now
                ],
            )?;
            let id = self.transaction.last_insert_rowid();
            for (position, (tool, site)) in observation.tools.iter().enumerate() {
                self.tool(server, id, position, tool, site.as_ref())?;
            }
            id
        };
        self.settle(server)?;
        Ok(id)
    }

    fn tool(
        &self,
        server: i64,
        observation: i64,
        position: usize,
        tool: &Tool,
        site: Option<&ToolSite>,
    ) -> Result<(), StoreError> {
        let digest = sha256_hex(tool.raw.as_bytes());
        self.execute(
            "INSERT INTO definition (sha256, raw) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING",
            params![digest, tool.raw],
        )?;
        let definition = self
            .id("SELECT id FROM definition WHERE sha256 = ?1", [&digest])?
            .ok_or_else(|| self.lost("definition"))?;
        self.execute(
            "INSERT INTO tool (observation_id, server_id, position, definition_id, name, file, line, current)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
            params![
                observation,
                server,
                position as i64,
                definition,
                tool.name,
                site.map(|s| &s.file),
                site.map(|s| s.line)
            ],
        )?;
        Ok(())
    }

    /// Decides anew which tools the server is held to offer today: those of the latest lists of its best origin, each
    /// name once (two packages of one server usually carry the same tools).
    fn settle(&self, server: i64) -> Result<(), StoreError> {
        self.execute("UPDATE tool SET current = 0 WHERE server_id = ?1 AND current = 1", [server])?;
        self.execute(
            "UPDATE tool SET current = 1 WHERE id IN (
                 SELECT min(tool.id) FROM tool JOIN observation ON observation.id = tool.observation_id
                 WHERE observation.server_id = ?1 AND observation.latest = 1
                   AND observation.origin = (
                       SELECT origin FROM observation WHERE server_id = ?1 AND latest = 1
                       ORDER BY CASE origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END
                       LIMIT 1)
                 GROUP BY tool.name)",
            [server],
        )?;
        self.execute("INSERT INTO unjudged (server_id) VALUES (?1) ON CONFLICT DO NOTHING", [server])?;
        Ok(())
    }
}

/// What an observation is about, whatever the version: a package by name, else what was asked. A newer version's list
/// takes the place of the older one's.
fn target(observation: &Observation) -> String {
    observation.package.as_ref().map_or_else(|| observation.target.clone(), Package::key)
}

/// The digest of a tool list: of the raw bytes of its tools, in order.
fn content_digest(tools: &[(Tool, Option<ToolSite>)]) -> String {
    let mut digest = Sha256::new();
    for (tool, _) in tools {
        digest.update((tool.raw.len() as u64).to_be_bytes());
        digest.update(tool.raw.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("model types have string keys and no failing serializer")
}
