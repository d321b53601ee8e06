//! The one way in for what a crawl learns: events through a bounded channel to the one thread that writes.

use super::batch::Recorded;
use super::desk::Judging;
use super::writing::Writing;
use super::{NamesDatabase, StoreError, open};
use mcpdex_model::CrawlEvent;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// How many events may wait for the writer before senders have to.
const QUEUE: usize = 256;
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
            .spawn(move || Writing::new(&connection, &place, (run, now), judging)?.all(&queue))
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
