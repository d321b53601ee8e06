//! Days and times as people write them.

use anyhow::bail;
use jiff::{Timestamp, Unit, civil::Date};

/// A day (its first second, UTC) or a time, as the database writes times.
///
/// # Errors
/// The text is neither.
pub(super) fn parse(text: &str) -> anyhow::Result<String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.round(Unit::Second)?.to_string());
    }
    if text.len() == 10
        && let Ok(day) = text.parse::<Date>()
    {
        return Ok(format!("{day}T00:00:00Z"));
    }
    bail!("`{text}` is neither a day (YYYY-MM-DD) nor a time (RFC 3339)")
}

/// The day and time of now, as the database writes times.
pub(super) fn now() -> String {
    Timestamp::now().round(Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}

/// Today in UTC, as YYYY-MM-DD.
pub(super) fn today() -> String {
    now().chars().take(10).collect()
}

/// Today where the user is, as YYYY-MM-DD.
pub(super) fn local_today() -> String {
    jiff::Zoned::now().date().to_string()
}

/// A time in seconds since 1970 as the database writes times; `None` where it is beyond any.
pub(super) fn of_seconds(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}
