//! The one thread that writes: events come in through a bounded channel and are committed in batches, with the verdicts on
//! the tools that they brought.

use super::claims::holder;
use super::compact_json::json;
use super::desk::{Desk, Judging};
use super::judged::{FreshTool, JudgeError};
use super::sql::bulk::ATTEMPT;
use super::sql::{self, Connection, Optional as _, Params, Transaction, params};
use super::{DatabasePlace, NamesDatabase, StoreError, open};
use mcpdex_model::{CrawlEvent, Listing, Observation, Outcome, Package, ServerId, ToolOrigin};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How many events may wait for the writer before senders have to.
const QUEUE: usize = 256;
/// A batch is committed when it holds this many events, or tools…
const BATCH: usize = 4_096;
/// …or when its first event has waited this long: what is lost when the process is killed.
const BATCH_AGE: Duration = Duration::from_millis(250);

/// How much was written by one [`Writer`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    pub listings: u64,
    pub attempts: u64,
    pub tools: u64,
    /// Tools that were judged as they came.
    pub judged: u64,
}

/// The only way to write what a crawl learns. Cheap to share by reference between threads.
#[derive(Debug)]
pub struct Writer {
    events: SyncSender<CrawlEvent>,
    thread: JoinHandle<Result<Recorded, StoreError>>,
}

impl Writer {
    /// Opens (or makes) the database at `path` and starts the writing thread. `now` is the time to stamp on what is
    /// written, as RFC 3339.
    ///
    /// # Errors
    /// The file cannot be opened, is foreign or is newer than this program.
    pub fn spawn(place: &(impl NamesDatabase + ?Sized), now: fn() -> String) -> Result<Writer, StoreError> {
        Writer::spawn_for(place, None, None, now)
    }

    /// The same, where what is written belongs to the run of this number, and where tools are judged as they come: those
    /// of servers that were not known before. All others, and all where other rules have judged before, are left to
    /// [`judge_stale`](super::judge_stale).
    ///
    /// # Errors
    /// As [`Writer::spawn`].
    pub fn spawn_for(
        place: &(impl NamesDatabase + ?Sized),
        run: Option<i64>,
        judging: Option<Box<dyn Judging>>,
        now: fn() -> String,
    ) -> Result<Writer, StoreError> {
        let place = place.database();
        let connection = open::for_writing(&place)?;
        let (events, queue) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("mcpdex-writer".to_owned())
            .spawn(move || write(connection, &place, &queue, (run, now), judging))
            .map_err(|_| StoreError::WriterStopped)?;
        Ok(Writer { events, thread })
    }

    /// Hands over one event; waits while the queue is full.
    ///
    /// # Errors
    /// The writing thread has stopped; [`Writer::finish`] says why.
    pub fn send(&self, event: CrawlEvent) -> Result<(), StoreError> {
        self.events.send(event).map_err(|_| StoreError::WriterStopped)
    }

    /// Waits until all that was sent is committed.
    ///
    /// # Errors
    /// The first error the writing thread met.
    pub fn finish(self) -> Result<Recorded, StoreError> {
        drop(self.events);
        self.thread.join().unwrap_or(Err(StoreError::WriterStopped))
    }
}

fn write(
    connection: Connection,
    place: &DatabasePlace,
    queue: &Receiver<CrawlEvent>,
    (run, now): (Option<i64>, fn() -> String),
    judging: Option<Box<dyn Judging>>,
) -> Result<Recorded, StoreError> {
    let fail = StoreError::sql("write to", place);
    let mut recorded = Recorded::default();
    let mut desk = Desk::new(&connection, judging).map_err(&fail)?;
    while let Ok(first) = queue.recv() {
        let started = Instant::now();
        let (mut early, mut events) = (vec![first], 1);
        // Others write to a server, too, and wait while this one does: what is to be written is there before it begins.
        if connection.is_server() {
            gather(queue, started, &mut early);
            events = BATCH;
        }
        let transaction = connection.transaction().map_err(&fail)?;
        let batch = Batch::new(&transaction, now(), place, run);
        let tools = recorded.tools;
        for event in early {
            batch.keep(event, &mut recorded)?;
        }
        for _ in events..BATCH {
            if recorded.tools - tools >= BATCH as u64 {
                break;
            }
            match queue.recv_timeout(BATCH_AGE.saturating_sub(started.elapsed())) {
                Ok(event) => batch.keep(event, &mut recorded)?,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        recorded.judged += desk.judge(&transaction, place, batch.fresh.into_inner()).map_err(|error| match error {
            JudgeError::Store(error) => error,
            other => StoreError::Judge(other.to_string()),
        })?;
        transaction.commit().map_err(&fail)?;
    }
    Ok(recorded)
}

/// Adds to a batch until it is full or old enough.
fn gather(queue: &Receiver<CrawlEvent>, started: Instant, batch: &mut Vec<CrawlEvent>) {
    let tools = |event: &CrawlEvent| match event {
        CrawlEvent::Observation(seen) => seen.tools.len(),
        _ => 0,
    };
    let mut held: usize = batch.iter().map(tools).sum();
    while batch.len() < BATCH && held < BATCH {
        let Ok(event) = queue.recv_timeout(BATCH_AGE.saturating_sub(started.elapsed())) else { return };
        held += tools(&event);
        batch.push(event);
    }
}

/// One transaction's worth of events, all stamped with one time.
pub(super) struct Batch<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) now: String,
    place: &'a DatabasePlace,
    run: Option<i64>,
    /// Rows of servers that were seen in this batch.
    known: RefCell<HashMap<String, i64>>,
    /// Rows of definitions that are new in this batch, by their digests.
    pub(super) defined: RefCell<HashMap<String, i64>>,
    /// The current tools of servers whose first list came in this batch, and all that they are known to have.
    pub(super) fresh: RefCell<BTreeMap<i64, (String, Vec<FreshTool>)>>,
}

impl<'a> Batch<'a> {
    /// What is written in a transaction, stamped with a time.
    pub(super) fn new(
        transaction: &'a Transaction<'a>,
        now: String,
        place: &'a DatabasePlace,
        run: Option<i64>,
    ) -> Batch<'a> {
        Batch {
            transaction,
            now,
            place,
            run,
            known: RefCell::default(),
            defined: RefCell::default(),
            fresh: RefCell::default(),
        }
    }
}

impl Batch<'_> {
    fn keep(&self, event: CrawlEvent, recorded: &mut Recorded) -> Result<(), StoreError> {
        match event {
            CrawlEvent::Listing(listing) => {
                self.listing(&listing)?;
                recorded.listings += 1;
            }
            CrawlEvent::Observation(observation) => {
                recorded.tools += observation.tools.len() as u64;
                self.observation(*observation)?;
                recorded.attempts += 1;
            }
            CrawlEvent::Alias(attempt) => {
                self.alias(&attempt)?;
                recorded.attempts += 1;
            }
            CrawlEvent::Done { server, source } => {
                // Of a server that took in others all that the source lists, else what it lists by this name.
                if let Some((id, called)) = holder(self.transaction, server.as_str()).map_err(self.fail())? {
                    self.execute(
                        "UPDATE listing SET pending = 0 WHERE pending = 1 AND source = ?2 AND server_id = ?1
                           AND (?3 OR claimed = ?4)",
                        params![id, source, called == server.as_str(), server.as_str()],
                    )?;
                }
            }
            CrawlEvent::Deleted { server, source, version } => {
                self.deleted(server.as_str(), &source, version.as_deref())?;
            }
            CrawlEvent::Sweep { source, step } => self.sweep(&source, step)?,
            CrawlEvent::Validator(known) => {
                self.execute(
                    "INSERT INTO validator (url, etag, last_modified, next) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
                         next = excluded.next",
                    params![known.url, known.etag, known.last_modified, known.next],
                )?;
            }
            CrawlEvent::RunEnds => {
                self.unite(self.place)?;
                self.execute("UPDATE run SET finished = ?2 WHERE id = ?1", params![self.run, self.now])?;
            }
        }
        Ok(())
    }

    /// The run that is under way.
    pub(super) fn run(&self) -> Option<i64> {
        self.run
    }

    pub(super) fn attempt(
        &self,
        server: i64,
        origin: ToolOrigin,
        target: &str,
        outcome: Outcome,
        detail: Option<&str>,
        list: Option<i64>,
    ) -> Result<(), StoreError> {
        let row = params![server, origin.as_str(), target, outcome.as_str(), detail, list, self.run, self.now];
        self.transaction.add(&ATTEMPT, row).map_err(self.fail())
    }

    pub(super) fn fail(&self) -> impl Fn(sql::Error) -> StoreError {
        StoreError::sql("write to", self.place)
    }

    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.transaction.prepare_cached(sql).and_then(|mut s| s.execute(params)).map_err(self.fail())
    }

    /// Adds a row; its number.
    pub(super) fn insert(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        self.transaction.prepare_cached(sql).and_then(|mut s| s.insert(params)).map_err(self.fail())
    }

    pub(super) fn id(&self, sql: &str, params: impl Params) -> Result<Option<i64>, StoreError> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row(params, |row| row.get(0)).optional())
            .map_err(self.fail())
    }

    /// The row of a server, made when it is new; of a name that was given up that of the server that took it in.
    pub(super) fn server(&self, name: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.known.borrow().get(name) {
            return Ok(*id);
        }
        let taken_in = "UPDATE server SET last_seen = ?2 WHERE id = (SELECT server_id FROM same WHERE name = ?1)
                        RETURNING id";
        if let Some(id) = self.id(taken_in, params![name, self.now])? {
            self.known.borrow_mut().insert(name.to_owned(), id);
            return Ok(id);
        }
        self.execute(
            "INSERT INTO server (name, first_seen, last_seen) VALUES (?1, ?2, ?2)
             ON CONFLICT (name) DO UPDATE SET last_seen = excluded.last_seen",
            params![name, self.now],
        )?;
        let id = self.id("SELECT id FROM server WHERE name = ?1", [name])?.ok_or_else(|| self.lost("server"))?;
        self.known.borrow_mut().insert(name.to_owned(), id);
        Ok(id)
    }

    pub(super) fn lost(&self, what: &'static str) -> StoreError {
        StoreError::Damaged { path: self.place.clone(), what, detail: "a row just written is gone".to_owned() }
    }

    /// Forgets which row goes by a name.
    pub(super) fn forget_row(&self, name: &str) {
        self.known.borrow_mut().remove(name);
    }

    fn listing(&self, listing: &Listing) -> Result<(), StoreError> {
        let server = self.server(listing.server.as_str())?;
        let Listing { title, description, version, repository, .. } = listing;
        // The name that its source gives, where the server is called otherwise.
        let is_own =
            self.id("SELECT 1 FROM server WHERE id = ?1 AND name = ?2", params![server, listing.server.as_str()])?;
        let claimed = listing.claimed.as_ref().or(is_own.is_none().then_some(&listing.server)).map(ServerId::as_str);
        // What another name says only fills what is missing, and is no title.
        if claimed.is_none() && [title, description, version, repository].into_iter().any(Option::is_some) {
            self.execute(
                "UPDATE server SET title = coalesce(?2, title), description = coalesce(?3, description),
                        version = coalesce(?4, version), repository = coalesce(?5, repository)
                 WHERE id = ?1",
                params![server, title, description, version, repository],
            )?;
        } else if claimed.is_some() && [description, version, repository].into_iter().any(Option::is_some) {
            self.execute(
                "UPDATE server SET description = coalesce(description, ?2),
                        version = coalesce(version, ?3), repository = coalesce(repository, ?4)
                 WHERE id = ?1",
                params![server, description, version, repository],
            )?;
        }
        self.execute(
            "INSERT INTO listing (server_id, source, version, status, packages, remotes, manifest, meta,
                                  problems, pending, run_id, first_seen, last_seen, claimed, repository)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?11, ?8, 1, ?10, ?9, ?9, ?12, ?13)
             ON CONFLICT (server_id, source, version, coalesce(claimed, '')) DO UPDATE SET
                 status = excluded.status, packages = excluded.packages, remotes = excluded.remotes,
                 manifest = excluded.manifest, meta = excluded.meta, problems = excluded.problems, pending = 1, run_id = excluded.run_id,
                 last_seen = excluded.last_seen, repository = excluded.repository",
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
                self.run,
                listing.meta,
                claimed,
                repository
            ],
        )?;
        // A live listing of this run, which is the newest, keeps its server.
        match self.run.is_some() && !matches!(listing.status.as_deref(), Some("deleted" | "unlisted")) {
            true => self.stand(server),
            false => self.regard(server),
        }
    }

    fn observation(&self, mut observation: Observation) -> Result<(), StoreError> {
        let server = self.server(observation.server.as_str())?;
        let mut fresh = None;
        let list = match observation.outcome {
            Outcome::Ok => {
                let listed = self.list(server, &observation)?;
                fresh = listed.fresh;
                Some(listed.id)
            }
            Outcome::NotModified => self.still(server, &observation)?,
            _ => None,
        };
        let (origin, outcome, detail) = (observation.origin, observation.outcome, observation.detail.as_deref());
        self.attempt(server, origin, &target(&observation), outcome, detail, list)?;
        if let Some(ids) = fresh {
            let tools = std::mem::take(&mut observation.tools).into_iter().zip(ids);
            let tools = tools.filter_map(|((tool, sighting), id)| {
                id.map(|(id, definition)| FreshTool { id, definition, origin: sighting.origin.unwrap_or(origin), tool })
            });
            let tools = (observation.server.0, tools.collect());
            self.fresh.borrow_mut().insert(server, tools);
        }
        Ok(())
    }
}

/// What an observation is about, whatever the version: a package by name, else what was asked. A newer version's list
/// takes the place of the older one's.
pub(super) fn target(observation: &Observation) -> String {
    observation.package.as_ref().map_or_else(|| observation.target.clone(), Package::key)
}
