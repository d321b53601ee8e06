//! The thread that writes: events from a channel in, committed batches out, each with the verdicts on the tools that it
//! brought. What the database refuses is told, and takes nothing else along.

use super::ahead::takes_over;
use super::batch::{Batch, Recorded, target};
use super::desk::{Desk, Judging};
use super::judged::JudgeError;
use super::sql::{Connection, Transaction};
use super::{DatabasePlace, StoreError};
use mcpdex_model::{CrawlEvent, Outcome, ServerId, Sweep, ToolOrigin};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// A batch is committed when it holds this many events, or tools…
const BATCH: usize = 4_096;
/// …or this many bytes, where it is gathered before it is written…
const BATCH_BYTES: usize = 32 << 20;
/// …or when its first event has waited this long: what is lost when the process is killed.
const BATCH_AGE: Duration = Duration::from_millis(250);
/// Entries of a batch after which a database that took none of it is held to refuse all.
const MOST_REFUSED: usize = 64;
/// Refusals that are told one by one.
const TOLD: usize = 1_000;
/// Letters of a name or an address in what is told of a refusal.
const SHOWN: usize = 120;

/// What the writing thread holds.
pub(super) struct Writing<'a> {
    connection: &'a Connection,
    place: &'a DatabasePlace,
    run: Option<i64>,
    now: fn() -> String,
    desk: Desk,
    recorded: Recorded,
}

impl<'a> Writing<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        place: &'a DatabasePlace,
        (run, now): (Option<i64>, fn() -> String),
        judging: Option<Box<dyn Judging>>,
    ) -> Result<Writing<'a>, StoreError> {
        let desk = Desk::new(connection, judging).map_err(StoreError::sql("write to", place))?;
        Ok(Writing { connection, place, run, now, desk, recorded: Recorded::default() })
    }

    /// Writes all that comes.
    pub(super) fn all(mut self, queue: &Receiver<CrawlEvent>) -> Result<Recorded, StoreError> {
        while let Ok(first) = queue.recv() {
            let started = Instant::now();
            // Others write to a server, too, and wait while this one does: what is to be written is there before it begins.
            match self.connection.is_server() {
                false => self.as_they_come(first, queue, started)?,
                true => self.at_once(gathered(first, queue, started))?,
            }
        }
        Ok(self.recorded)
    }

    fn begin(&self) -> Result<Transaction<'a>, StoreError> {
        self.connection.transaction().map_err(StoreError::sql("write to", self.place))
    }

    /// Writes a batch to a file while it comes.
    fn as_they_come(
        &mut self,
        first: CrawlEvent,
        queue: &Receiver<CrawlEvent>,
        started: Instant,
    ) -> Result<(), StoreError> {
        let transaction = self.begin()?;
        let batch = Batch::new(&transaction, (self.now)(), self.place, self.run);
        let (tools, mut next) = (self.recorded.tools, Some(first));
        let (mut kept, mut refused) = (0, 0);
        for written in 1.. {
            let Some(event) = next.take() else { break };
            match self.entry(&batch, event)? {
                None => kept += 1,
                Some(why) => {
                    refused += 1;
                    self.takes_any(kept, refused, &why)?;
                }
            }
            // What is taken from the queue is written: nothing is asked for that this batch has no room for.
            if written == BATCH || self.recorded.tools - tools >= BATCH as u64 {
                break;
            }
            next = queue.recv_timeout(BATCH_AGE.saturating_sub(started.elapsed())).ok();
        }
        self.recorded.judged += judge(&mut self.desk, &transaction, batch)?;
        transaction.commit().map_err(StoreError::sql("write to", self.place))
    }

    /// Writes one event of a batch; why it is refused, where it is: what was written of it is taken back then.
    fn entry(&mut self, batch: &Batch<'_>, event: CrawlEvent) -> Result<Option<String>, StoreError> {
        let entry = Entry::of(&event);
        let mut refused = None;
        batch.execute("SAVEPOINT entry", ())?;
        if let Err(error) = batch.keep(event, &mut self.recorded) {
            let why = error.refusal().ok_or(error)?;
            batch.execute("ROLLBACK TO entry", ())?;
            batch.forget();
            if let Err(error) = batch.note(&entry, &why) {
                error.refusal().ok_or(error)?;
                batch.execute("ROLLBACK TO entry", ())?;
                batch.forget();
            }
            self.tell(&entry, &why);
            refused = Some(why);
        }
        batch.execute("RELEASE entry", ())?;
        Ok(refused)
    }

    /// That a database which took none of many entries refuses whatever is written.
    fn takes_any(&self, kept: usize, refused: usize, why: &str) -> Result<(), StoreError> {
        match kept == 0 && refused >= MOST_REFUSED {
            true => Err(StoreError::Refused { path: self.place.clone(), why: why.to_owned() }),
            false => Ok(()),
        }
    }

    fn tell(&mut self, entry: &Entry, why: &str) {
        match self.recorded.refused.len() {
            ..TOLD => self.recorded.refused.push(format!("{}: the database refuses it: {why}", entry.at)),
            TOLD => self.recorded.refused.push("the database refuses more than is told".to_owned()),
            _ => {}
        }
    }

    /// Writes a batch to a server. One that is refused is written in halves, and they in theirs, until what is refused
    /// stands by itself.
    fn at_once(&mut self, events: Vec<CrawlEvent>) -> Result<(), StoreError> {
        let (mut pieces, mut kept, mut refused) = (vec![events], 0, 0);
        while let Some(mut piece) = pieces.pop() {
            let error = match self.piece(&piece) {
                Ok(()) => {
                    kept += piece.len();
                    continue;
                }
                Err(error) => error,
            };
            // Texts and their numbers were taken back with the rest.
            self.desk.forget();
            let why = error.refusal().ok_or(error)?;
            if piece.len() > 1 {
                let later = piece.split_off(piece.len() / 2);
                pieces.extend([later, piece]);
                continue;
            }
            refused += 1;
            self.takes_any(kept, refused, &why)?;
            for event in &piece {
                self.refuse(&Entry::of(event), &why)?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, events: &[CrawlEvent]) -> Result<(), StoreError> {
        let transaction = self.begin()?;
        let batch = Batch::new(&transaction, (self.now)(), self.place, self.run);
        let mut recorded = Recorded::default();
        // What is taken over from another list gets its numbers as it is written, after those that came before it.
        for part in events.split_inclusive(takes_over) {
            batch.look_ahead(part)?;
            for event in part {
                batch.keep(event.clone(), &mut recorded)?;
            }
        }
        recorded.judged = judge(&mut self.desk, &transaction, batch)?;
        transaction.commit().map_err(StoreError::sql("write to", self.place))?;
        self.recorded.listings += recorded.listings;
        self.recorded.attempts += recorded.attempts;
        self.recorded.tools += recorded.tools;
        self.recorded.judged += recorded.judged;
        Ok(())
    }

    /// Notes in a transaction of its own that a server refused an entry.
    fn refuse(&mut self, entry: &Entry, why: &str) -> Result<(), StoreError> {
        let transaction = self.begin()?;
        let batch = Batch::new(&transaction, (self.now)(), self.place, self.run);
        let noted = batch.note(entry, why);
        drop(batch);
        let noted = noted.and_then(|()| transaction.commit().map_err(StoreError::sql("write to", self.place)));
        if let Err(error) = noted {
            error.refusal().ok_or(error)?;
        }
        self.tell(entry, why);
        Ok(())
    }
}

fn judge(desk: &mut Desk, transaction: &Transaction<'_>, batch: Batch<'_>) -> Result<u64, StoreError> {
    desk.judge(transaction, batch.place, batch.fresh.into_inner()).map_err(|error| match error {
        JudgeError::Store(error) => error,
        other => StoreError::Judge(other.to_string()),
    })
}

/// A batch that begins with an event: what comes until it is full or old enough.
fn gathered(first: CrawlEvent, queue: &Receiver<CrawlEvent>, started: Instant) -> Vec<CrawlEvent> {
    let weight = |event: &CrawlEvent| match event {
        CrawlEvent::Observation(seen) => {
            (seen.tools.len(), seen.tools.iter().map(|(tool, _)| tool.raw.len()).sum::<usize>())
        }
        CrawlEvent::Listing(listing) => (0, listing.manifest.as_ref().map_or(0, String::len)),
        CrawlEvent::Queued(job) => (0, job.payload.len()),
        _ => (0, 0),
    };
    let weight = |event: &CrawlEvent| match event {
        CrawlEvent::Finished { events, .. } => {
            events.iter().map(weight).fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
        }
        event => weight(event),
    };
    let (mut tools, mut bytes) = weight(&first);
    let mut batch = vec![first];
    while batch.len() < BATCH && tools < BATCH && bytes < BATCH_BYTES {
        let Ok(event) = queue.recv_timeout(BATCH_AGE.saturating_sub(started.elapsed())) else { break };
        let more = weight(&event);
        (tools, bytes) = (tools + more.0, bytes + more.1);
        batch.push(event);
    }
    batch
}

/// What an event is about, for what is told where it is refused.
#[derive(Default)]
struct Entry {
    /// Where it stands, or what it is.
    at: String,
    /// The source that lists it.
    source: Option<String>,
    /// The servers of attempts, with their origins and targets.
    attempts: Vec<(String, ToolOrigin, String)>,
    /// The worker and the job that all of it came of.
    job: Option<(i64, i64)>,
}

impl Entry {
    fn of(event: &CrawlEvent) -> Entry {
        let about = |at: &str, target: &str| format!("{}: {}", short(at), short(target));
        let attempt = |server: &ServerId, origin: ToolOrigin, target: String| Entry {
            at: about(server.as_str(), &target),
            attempts: vec![(server.0.clone(), origin, target)],
            ..Entry::default()
        };
        let listed = |server: &ServerId, source: &str| Entry {
            at: about(source, server.as_str()),
            source: Some(source.to_owned()),
            ..Entry::default()
        };
        match event {
            CrawlEvent::Listing(listing) => Entry {
                // As of a listing that names no place.
                attempts: vec![(listing.server.0.clone(), ToolOrigin::Declared, listing.server.0.clone())],
                ..listed(&listing.server, &listing.source)
            },
            CrawlEvent::Observation(seen) => attempt(&seen.server, seen.origin, target(seen)),
            CrawlEvent::Alias(same) => attempt(&same.server, same.origin, same.target.clone()),
            CrawlEvent::Done { server, source } | CrawlEvent::Deleted { server, source, .. } => listed(server, source),
            CrawlEvent::Sweep { source, .. } => {
                Entry { at: short(source), source: Some(source.clone()), ..Entry::default() }
            }
            CrawlEvent::Finished { worker, job, events } => {
                let entries: Vec<Entry> = events.iter().map(Entry::of).collect();
                Entry {
                    at: entries.first().map_or_else(String::new, |entry| entry.at.clone()),
                    attempts: entries.into_iter().flat_map(|entry| entry.attempts).collect(),
                    job: Some((*worker, *job)),
                    ..Entry::default()
                }
            }
            CrawlEvent::Queued(job) => attempt(&job.server, ToolOrigin::Declared, job.server.0.clone()),
            CrawlEvent::Validator(known) => Entry { at: short(&known.url), ..Entry::default() },
            CrawlEvent::Planned => Entry { at: "the end of the plan".to_owned(), ..Entry::default() },
            CrawlEvent::RunEnds => Entry { at: "the end of the run".to_owned(), ..Entry::default() },
        }
    }
}

/// As much of a text as is told.
fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

impl Batch<'_> {
    /// Keeps that an entry was refused: attempts that failed, and a source of which not everything was kept.
    fn note(&self, entry: &Entry, why: &str) -> Result<(), StoreError> {
        if let Some((worker, job)) = entry.job
            && !self.ends(worker, job)?
        {
            return Ok(());
        }
        if let Some(source) = &entry.source {
            self.sweep(source, Sweep::Flawed)?;
        }
        let detail = format!("the database refuses it: {why}");
        for (server, origin, target) in &entry.attempts {
            let server = self.server(server)?;
            self.attempt(server, *origin, target, Outcome::Unreadable, Some(&detail), None)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH, Writing};
    use crate::{DatabasePlace, open};
    use mcpdex_model::{CrawlEvent, Observation, Outcome, ServerId, ToolOrigin};
    use std::sync::mpsc::channel;

    #[test]
    fn nothing_is_lost_between_two_full_batches() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = DatabasePlace::File(folder.path().join("mcpdex.db"));
        let connection = open::for_writing(&place).expect("a new database");
        let (events, queue) = channel();
        let many = 2 * BATCH + 2;
        for number in 0..many {
            let (server, at) = (ServerId("io.example/kiln".to_owned()), format!("https://kiln.example/{number}"));
            let seen = Observation::failed(server, ToolOrigin::Live, at, Outcome::Timeout, "it thinks");
            events.send(CrawlEvent::Observation(Box::new(seen))).expect("the queue takes it");
        }
        drop(events);
        let writing =
            Writing::new(&connection, &place, (None, || "2031-02-03T04:05:06Z".to_owned()), None).expect("a writer");
        assert_eq!(writing.all(&queue).expect("it writes").attempts, many as u64);
    }
}
