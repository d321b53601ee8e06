//! How a host behaved: one request at a time for its lane, and all of them for the report.

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
    /// For how long the lane was closed because the host asked for it or failed.
    pub paused: Duration,
}

/// How one request went, for the lane it went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    Well,
    /// 429 or 503, with the pause that the host asked for.
    Busy(Option<Duration>),
    /// Another 5xx, or the connection broke.
    Badly,
    /// No answer for other reasons: they say nothing about the next request.
    Nowhere,
}

impl Went {
    pub(super) fn of_status(status: u16, asked: Option<Duration>) -> Went {
        match status {
            429 | 503 => Went::Busy(asked),
            500.. => Went::Badly,
            _ => Went::Well,
        }
    }

    pub(super) fn of_cause(cause: &Cause) -> Went {
        match cause {
            Cause::Unreachable(_) if retry::is_transient(cause) => Went::Badly,
            Cause::Blocked(_) | Cause::Timeout(_) | Cause::NoConnection | Cause::Unreachable(_) => Went::Nowhere,
            Cause::Status { status, .. } | Cause::Busy { status, .. } => Went::of_status(*status, None),
            Cause::TooLarge { .. } | Cause::Unpacks(_) | Cause::Redirects(_) | Cause::Unreadable(_) => Went::Well,
        }
    }
}
