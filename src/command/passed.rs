//! What a crawl learns, counted as it passes on to the writer: which servers were listed, tried and read.

use crate::model::{CrawlEvent, Outcome, ServerId, ToolOrigin};
use std::collections::{BTreeMap, BTreeSet};

/// What has passed so far.
#[derive(Debug, Default)]
pub(super) struct Passed {
    attempts: usize,
    read: usize,
    /// The servers that each source listed.
    pub(super) listed: BTreeMap<String, BTreeSet<String>>,
    /// Whether any attempt at a server learnt a list.
    tried: BTreeMap<String, bool>,
}

impl Passed {
    /// Counts an event.
    pub(super) fn note(&mut self, event: &CrawlEvent) {
        match event {
            CrawlEvent::Listing(listing) => {
                self.listed.entry(listing.source.clone()).or_default().insert(listing.server.0.clone());
            }
            // That a source deleted a server is no attempt at it.
            CrawlEvent::Observation(seen) if (seen.origin, seen.outcome) == (ToolOrigin::Declared, Outcome::Gone) => {}
            CrawlEvent::Observation(observation) => self.attempt(&observation.server, observation.outcome),
            CrawlEvent::Alias(attempt) => self.attempt(&attempt.server, attempt.outcome),
            CrawlEvent::Finished { events, .. } => events.iter().for_each(|event| self.note(event)),
            _ => {}
        }
    }

    fn attempt(&mut self, server: &ServerId, outcome: Outcome) {
        self.attempts += 1;
        self.read += usize::from(outcome.is_read());
        *self.tried.entry(server.0.clone()).or_default() |= outcome.is_read();
    }

    /// There were attempts, and none of them learnt a list.
    pub(super) fn is_all_failed(&self) -> bool {
        self.attempts > 0 && self.read == 0
    }

    /// The servers that were asked or whose packages were read, all in vain.
    pub(super) fn failed(&self) -> BTreeSet<String> {
        self.tried.iter().filter(|(_, read)| !**read).map(|(server, _)| server.clone()).collect()
    }
}
