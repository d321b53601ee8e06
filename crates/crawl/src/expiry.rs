//! How long a list counts that a server gave with a time to live: the time in, until when it counts out.

use jiff::Timestamp;
use mcpdex_model::Validator;
use std::time::Duration;

/// The longest time that a server's word counts: nobody keeps mcpdex from looking again.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);
/// The shortest: a list that counts for no time at all is asked for once an hour at most.
const SHORTEST: Duration = Duration::from_secs(3_600);

/// What the time of an address is remembered by.
pub(super) fn key(address: &str) -> String {
    format!("until:{address}")
}

/// Until when the list of an address counts, from now on.
pub(super) fn of(address: &str, ttl: Duration) -> Validator {
    let ttl = ttl.clamp(SHORTEST, LONGEST);
    let until = Timestamp::now().checked_add(ttl).unwrap_or(Timestamp::MIN);
    Validator { url: key(address), etag: Some(until.to_string()), ..Validator::default() }
}

/// Whether it still counts. What cannot be read does not.
pub(super) fn holds(kept: &Validator) -> bool {
    let until = kept.etag.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    until.is_some_and(|until| {
        let now = Timestamp::now();
        // A clock that was set back, or a file of another machine, lengthens nothing.
        until > now && until.duration_since(now).unsigned_abs() <= LONGEST
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_word_counts_within_bounds() {
        let kept = |ttl: u64| of("https://kiln.example/mcp", Duration::from_secs(ttl));
        assert!(holds(&kept(0)) && holds(&kept(3_600)) && holds(&kept(u64::MAX)));
        let until = |text: &str| holds(&Validator { etag: Some(text.to_owned()), ..Validator::default() });
        assert!(!until("2001-01-01T00:00:00Z") && !until("2999-01-01T00:00:00Z") && !until("soon"));
        assert!(!holds(&Validator::default()));
    }
}
