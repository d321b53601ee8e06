//! Whether a failed attempt is worth another one, and when. Pure.

use super::{Cause, ConnectionFailure};
use jiff::Timestamp;
use std::time::Duration;

/// The longest pause that a server may ask for; beyond it the fetch fails and says so.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Whether the cause may pass by itself.
pub(super) fn is_transient(cause: &Cause) -> bool {
    match cause {
        Cause::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
        // Names that do not exist and certificates that do not fit will be the same in a second.
        Cause::Unreachable { failed, .. } => matches!(failed, ConnectionFailure::Refused | ConnectionFailure::Broken),
        _ => false,
    }
}

/// The pause before attempt number `attempt` (the first retry is 1).
pub(super) fn pause(attempt: u8) -> Duration {
    Duration::from_millis(400) * 3_u32.pow(u32::from(attempt.clamp(1, 5)) - 1)
}

/// The pause that a `Retry-After` header asks for: seconds, or a date.
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(header).ok()?;
    // A date that has passed asks for no pause.
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().expect("a time");
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Mon, 05 Jan 2026 10:00:09 GMT", now), Some(Duration::from_secs(9)));
        assert_eq!(retry_after("Mon, 05 Jan 2026 09:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }

    #[test]
    fn pauses_grow() {
        assert!(pause(1) < pause(2) && pause(2) < pause(3));
        assert_eq!(pause(0), pause(1));
        assert_eq!(pause(200), pause(5));
    }
}
