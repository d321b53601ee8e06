//! How a host behaved: one request at a time for its queue, and all of them for the report.

use super::{Cause, retry};
use std::time::Duration;

/// What is known of a host at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostRecord {
    pub requests: u64,
    /// Requests that ended in no answer.
    pub failed: u64,
    /// Answers that asked for patience: 429 and 503.
    pub busy: u64,
    /// Bytes of bodies, after decompression, as far as they were counted.
    pub bytes: u64,
    /// From the start of requests to the heads of their answers, summed.
    pub waited: Duration,
    /// For how long the queue was closed because the host asked for it or failed.
    pub paused: Duration,
}

/// How one request went, for the queue it went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestOutcome {
    Well,
    /// 429 or 503, with the pause that the host asked for.
    Busy(Option<Duration>),
    /// Another 5xx, or the connection broke.
    Badly,
    /// No answer for other reasons: they say nothing about the next request.
    Nowhere,
}

impl RequestOutcome {
    pub(super) fn of_status(status: u16, asked: Option<Duration>) -> RequestOutcome {
        match status {
            429 | 503 => RequestOutcome::Busy(asked),
            500.. => RequestOutcome::Badly,
            _ => RequestOutcome::Well,
        }
    }

    pub(super) fn of_cause(cause: &Cause) -> RequestOutcome {
        match cause {
            Cause::Unreachable { .. } if retry::is_transient(cause) => RequestOutcome::Badly,
            Cause::Blocked(_) | Cause::Timeout(_) | Cause::NoConnection | Cause::Unreachable { .. } => {
                RequestOutcome::Nowhere
            }
            Cause::Status { status, .. } | Cause::Busy { status, .. } => RequestOutcome::of_status(*status, None),
            Cause::TooLarge { .. } | Cause::Unpacks(_) | Cause::Redirects(_) | Cause::Unreadable(_) => {
                RequestOutcome::Well
            }
        }
    }
}
