//! What earlier crawls have left, as a crawl asks for it. Whoever keeps what is learnt answers; a crawl without a past
//! has [`NoHistory`].

use crate::identity::ClaimedServer;
use crate::{Listing, Observation, ServerId, Validator};

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

/// Which of the listings that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptListings {
    /// What this run has listed and not tried to its end.
    Pending,
    /// What earlier runs have listed and this one has not, unless the source lists it no more.
    Before,
}

/// Some of the listings that are kept, and where the next ones begin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListingPage {
    pub listings: Vec<Listing>,
    /// What to ask for next; `None`: these are the last.
    pub next: Option<i64>,
}

/// Why kept listings cannot be had; says what was read and where.
pub type HistoryError = Box<dyn std::error::Error + Send + Sync>;

/// What earlier crawls have left. Everything but [`History::listings`] and [`History::server_called`]
/// answers from memory.
pub trait History: std::fmt::Debug + Send + Sync {
    /// The run was begun by an earlier process.
    fn continued(&self) -> bool;
    /// Whether this run has tried the target already, and if so whether it learnt a list.
    fn done(&self, server: &ServerId, target: &str) -> Option<bool>;
    /// Whether the target was tried lately, and if so whether that learnt a list.
    fn fresh(&self, server: &ServerId, target: &str) -> Option<bool>;
    /// Whether a list of the target is kept.
    fn has_list(&self, server: &ServerId, target: &str) -> bool;
    /// Whether this is another list than the one that is kept of its target, or there is none.
    fn is_news(&self, recorded: &Observation) -> bool;
    /// Whether the source listed this server before and says now that it is to be had elsewhere, or in another version.
    fn is_changed(&self, listing: &Listing) -> bool;
    /// How far the source was read.
    fn source(&self, name: &str) -> SourceState;
    /// What the last answer of a URL is known by.
    fn validator(&self, url: &str) -> Option<Validator>;
    /// Listings of a source, some at a time: from the beginning, or from where the last page says. Blocks while it
    /// reads, so that it is never called on a thread that drives tasks.
    ///
    /// # Errors
    /// What is kept cannot be read.
    fn listings(&self, which: KeptListings, source: &str, from: Option<i64>) -> Result<ListingPage, HistoryError>;
    /// The server that held this name when the run began, or that had taken it in, with what its sources say of who it
    /// is; `None` where none did, or `source` alone had listed it. Blocks while it reads.
    ///
    /// # Errors
    /// What is kept cannot be read.
    fn server_called(&self, name: &str, source: &str) -> Result<Option<ClaimedServer>, HistoryError>;
}

/// Nothing came before: everything is to be tried.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn continued(&self) -> bool {
        false
    }

    fn done(&self, _: &ServerId, _: &str) -> Option<bool> {
        None
    }

    fn fresh(&self, _: &ServerId, _: &str) -> Option<bool> {
        None
    }

    fn has_list(&self, _: &ServerId, _: &str) -> bool {
        false
    }

    fn is_news(&self, _: &Observation) -> bool {
        true
    }

    fn is_changed(&self, _: &Listing) -> bool {
        false
    }

    fn source(&self, _: &str) -> SourceState {
        SourceState::default()
    }

    fn validator(&self, _: &str) -> Option<Validator> {
        None
    }

    fn listings(&self, _: KeptListings, _: &str, _: Option<i64>) -> Result<ListingPage, HistoryError> {
        Ok(ListingPage::default())
    }

    fn server_called(&self, _: &str, _: &str) -> Result<Option<ClaimedServer>, HistoryError> {
        Ok(None)
    }
}
