//! What a crawl says while it learns, one event at a time, in the order in which it happens. Plain data between the
//! pipeline and whoever keeps what is learnt: neither knows the other. How an event becomes rows is the keeper's part.

use crate::{Listing, Observation, Outcome, ServerId, ToolOrigin};

/// Something that a crawl has learnt or done.
#[derive(Debug, Clone)]
pub enum CrawlEvent {
    /// A source lists a server; what it offers is yet to be learnt.
    Listing(Box<Listing>),
    Observation(Box<Observation>),
    /// The same attempt was made for another server just now, with this outcome.
    Alias(Box<AliasedAttempt>),
    /// All that a listing names was tried.
    Done {
        server: ServerId,
        source: String,
    },
    /// A source has deleted a version of a server that it lists no more as the newest.
    Deleted {
        server: ServerId,
        source: String,
        version: Option<String>,
    },
    /// How far a source was read.
    Sweep {
        source: String,
        step: Sweep,
    },
    /// What an answer is known by.
    Validator(Box<Validator>),
    /// Any crawler may learn the server of the listing that came just before.
    Queued(Box<QueuedJob>),
    /// No more servers will be queued.
    Planned,
    /// All that came of a job that was taken from the queue. Kept whole, and only where the job is the worker's still.
    Finished {
        worker: i64,
        job: i64,
        events: Vec<CrawlEvent>,
    },
    /// The run came to its end.
    RunEnds,
}

/// A listing of a server whose tools any crawler of the run may learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    /// What tells it from the others of its run.
    pub key: String,
    /// For those who look on.
    pub server: ServerId,
    /// The host that it asks first.
    pub host: String,
    /// How many of the same host come before it.
    pub turn: i64,
    /// What there is to do, as the crawl writes and reads it. Holds no secrets.
    pub payload: String,
}

/// An attempt that is known from another server.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasedAttempt {
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
    /// Something that the source lists could not be read: that a server was not seen says nothing.
    Flawed,
    /// The source gave everything, although it was asked for what changed.
    Whole,
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
