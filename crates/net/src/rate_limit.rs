//! How much is asked of hosts at once: numbers that the operator may change, and what follows from them.

use std::time::Duration;

/// How much of one host is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests at one domain at once. One address may have four times as many, because domains share it.
    pub per_host: usize,
    /// Requests at once over all hosts, and three times as many that are kept waiting.
    pub concurrency: usize,
    /// The least time between the starts of two requests at one domain.
    pub interval: Duration,
}

impl RateLimit {
    /// What a crawl asks of hosts that it does not know: the one place where these numbers stand.
    pub const DEFAULT: RateLimit = RateLimit { per_host: 4, concurrency: 64, interval: Duration::from_millis(20) };

    /// Requests at one address at once.
    pub(super) fn per_address(self) -> usize {
        self.per_host.saturating_mul(4)
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        RateLimit::DEFAULT
    }
}
