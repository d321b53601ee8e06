//! What a crawl learns as rows: events in, statements of one transaction out, all stamped with one time.

use super::asked::Ahead;
use super::claims::holder;
use super::compact_json::json;
use super::judged::FreshTool;
use super::sql::bulk::{ATTEMPT, Bulk, LISTING, LISTING_DONE, SERVER, SERVER_FILLED, SERVER_SAID, SERVER_SEEN};
use super::sql::{self, AsJson, Optional as _, Params, Transaction, params};
use super::{DatabasePlace, StoreError};
use mcpdex_model::{CrawlEvent, Listing, Observation, Outcome, Package, ServerId, ToolOrigin};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// How much was written by one [`Writer`](super::Writer).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    pub listings: u64,
    pub attempts: u64,
    pub tools: u64,
    /// Tools that were judged as they came.
    pub judged: u64,
    /// What the database would not take, a sentence each, of which there are at most a thousand and one. All else is kept.
    pub refused: Vec<String>,
}

/// One transaction's worth of events, all stamped with one time.
pub(super) struct Batch<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) now: String,
    pub(super) place: &'a DatabasePlace,
    run: Option<i64>,
    /// Rows of servers that were seen in this batch.
    known: RefCell<HashMap<String, i64>>,
    /// What was asked for before it is written.
    pub(super) ahead: RefCell<Ahead>,
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
            ahead: RefCell::default(),
            defined: RefCell::default(),
            fresh: RefCell::default(),
        }
    }
}

impl Batch<'_> {
    /// Writes an event, and counts it once it is written.
    pub(super) fn keep(&self, event: CrawlEvent, recorded: &mut Recorded) -> Result<(), StoreError> {
        match event {
            CrawlEvent::Listing(listing) => {
                self.listing(&listing)?;
                recorded.listings += 1;
            }
            CrawlEvent::Observation(observation) => {
                let tools = observation.tools.len() as u64;
                self.observation(*observation)?;
                recorded.tools += tools;
                recorded.attempts += 1;
            }
            CrawlEvent::Alias(attempt) => {
                self.alias(&attempt)?;
                recorded.attempts += 1;
            }
            CrawlEvent::Done { server, source } => {
                let holder = match self.called(server.as_str()) {
                    Some(None) => None,
                    Some(Some(called)) if called.is_own => Some((called.id, true)),
                    _ => holder(self.transaction, server.as_str())
                        .map_err(self.fail())?
                        .map(|(id, called)| (id, called == server.as_str())),
                };
                // Of a server that took in others all that the source lists, else what it lists by this name.
                if let Some((id, is_own)) = holder {
                    self.add(&LISTING_DONE, params![id, source, is_own, server.as_str()])?;
                }
            }
            CrawlEvent::Deleted { server, source, version } => {
                self.deleted(server.as_str(), &source, version.as_deref())?;
            }
            CrawlEvent::Queued(job) => self.queued(&job)?,
            CrawlEvent::Planned => self.planned()?,
            CrawlEvent::Finished { worker, job, events } => {
                if self.ends(worker, job)? {
                    for event in events {
                        self.keep(event, recorded)?;
                    }
                }
            }
            CrawlEvent::Sweep { source, step } => self.sweep(&source, step)?,
            CrawlEvent::Validator(known) => {
                self.put(
                    "UPDATE validator SET etag = ?2, last_modified = ?3, next = ?4 WHERE url = ?1",
                    "INSERT INTO validator (url, etag, last_modified, next) VALUES (?1, ?2, ?3, ?4)",
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
        self.add(&ATTEMPT, row)
    }

    pub(super) fn fail(&self) -> impl Fn(sql::Error) -> StoreError {
        StoreError::sql("write to", self.place)
    }

    /// Writes a row as many are written.
    pub(super) fn add(&self, bulk: &Bulk, row: impl Params) -> Result<(), StoreError> {
        self.transaction.add(bulk, row).map_err(self.fail())
    }

    /// Adds a row by its number, or without one where it is given one as it is added; its number. The first value is that.
    pub(super) fn add_numbered(
        &self,
        bulk: &Bulk,
        number: Option<i64>,
        row: &[&dyn sql::ToSql],
    ) -> Result<i64, StoreError> {
        match number {
            None => self.insert(bulk.one, row),
            Some(number) => self.add(bulk, row).map(|()| number),
        }
    }

    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.transaction.prepare_cached(sql).and_then(|mut s| s.execute(params)).map_err(self.fail())
    }

    /// Changes the row that a text names, or adds it, with the same values: a server's index of texts is none by which an
    /// `INSERT` finds what to change.
    pub(super) fn put(&self, update: &str, insert: &str, values: &[&dyn sql::ToSql]) -> Result<usize, StoreError> {
        match self.execute(update, values)? {
            0 => self.execute(insert, values),
            changed => Ok(changed),
        }
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
        let id = match self.called(name) {
            Some(Some(called)) => {
                self.add(&SERVER_SEEN, params![called.id, self.now])?;
                called.id
            }
            Some(None) => {
                let id = self.new_server(name)?;
                self.begins(name, id);
                id
            }
            None => self.server_asked(name)?,
        };
        self.known.borrow_mut().insert(name.to_owned(), id);
        Ok(id)
    }

    fn new_server(&self, name: &str) -> Result<i64, StoreError> {
        let number = self.numbers(&SERVER, 1)?.first().copied().flatten();
        self.add_numbered(&SERVER, number, params![number, name, self.now])
    }

    fn server_asked(&self, name: &str) -> Result<i64, StoreError> {
        let known = "UPDATE server SET last_seen = ?2
                     WHERE id = coalesce((SELECT server_id FROM same WHERE name = ?1), (SELECT id FROM server WHERE name = ?1))
                     RETURNING id";
        match self.id(known, params![name, self.now])? {
            Some(id) => Ok(id),
            None => self.new_server(name),
        }
    }

    pub(super) fn lost(&self, what: &'static str) -> StoreError {
        StoreError::Damaged { path: self.place.clone(), what, detail: "a row just written is gone".to_owned() }
    }

    /// Forgets which rows there are, after some were taken back.
    pub(super) fn forget(&self) {
        self.known.borrow_mut().clear();
        self.forget_ahead();
        self.defined.borrow_mut().clear();
    }

    /// Forgets what was asked for before it was written.
    pub(super) fn forget_ahead(&self) {
        *self.ahead.borrow_mut() = Ahead::default();
    }

    /// Forgets which row goes by a name.
    pub(super) fn forget_row(&self, name: &str) {
        self.known.borrow_mut().remove(name);
    }

    fn listing(&self, listing: &Listing) -> Result<(), StoreError> {
        let server = self.server(listing.server.as_str())?;
        let Listing { title, description, version, repository, .. } = listing;
        // The name that its source gives, where the server is called otherwise.
        let is_own = match self.called(listing.server.as_str()).flatten() {
            Some(called) => called.is_own,
            None => {
                let own = "SELECT 1 FROM server WHERE id = ?1 AND name = ?2";
                self.id(own, params![server, listing.server.as_str()])?.is_some()
            }
        };
        let claimed = listing.claimed.as_ref().or((!is_own).then_some(&listing.server)).map(ServerId::as_str);
        // What another name says only fills what is missing, and is no title.
        if claimed.is_none() && [title, description, version, repository].into_iter().any(Option::is_some) {
            self.add(&SERVER_SAID, params![server, title, description, version, repository])?;
        } else if claimed.is_some() && [description, version, repository].into_iter().any(Option::is_some) {
            self.add(&SERVER_FILLED, params![server, description, version, repository])?;
        }
        let row = params![
            server,
            listing.source,
            listing.version.as_deref().unwrap_or_default(),
            claimed,
            listing.status,
            AsJson(&json(&listing.packages)),
            AsJson(&json(&listing.remotes)),
            listing.manifest,
            listing.meta.as_deref().map(AsJson),
            AsJson(&json(&listing.problems)),
            self.run,
            self.now,
            repository
        ];
        self.add(&LISTING, row)?;
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
