//! How old what is told is.

use jiff::Timestamp;
use serde::Serialize;

/// When lists were last seen as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataAge {
    /// RFC 3339.
    pub oldest: String,
    pub newest: String,
    /// Whole days since the oldest.
    pub days: i64,
}

/// Lists that are older than this should be learnt anew before somebody relies on them.
const OLD: i64 = 30;

impl DataAge {
    /// The age at `now` of what was seen at these times (RFC 3339); `None` where there is none.
    pub fn of<'a>(seen: impl Iterator<Item = &'a str>, now: &str) -> Option<DataAge> {
        let (oldest, newest) = seen.fold(None, |ends: Option<(&str, &str)>, at| match ends {
            Some((oldest, newest)) => Some((oldest.min(at), newest.max(at))),
            None => Some((at, at)),
        })?;
        let days = match (oldest.parse::<Timestamp>(), now.parse::<Timestamp>()) {
            (Ok(then), Ok(now)) => (now.duration_since(then).as_hours() / 24).max(0),
            _ => 0,
        };
        Some(DataAge { oldest: oldest.to_owned(), newest: newest.to_owned(), days })
    }

    /// The age in a clause, with the cure where it is great.
    pub fn sentence(&self) -> String {
        let day = |time: &str| time.chars().take(10).collect::<String>();
        let (oldest, newest) = (day(&self.oldest), day(&self.newest));
        let days = match self.days {
            0 => "today".to_owned(),
            1 => "1 day old".to_owned(),
            days => format!("{days} days old"),
        };
        let cure = if self.days > OLD { "; --refresh learns them anew" } else { "" };
        if oldest == newest {
            return format!("lists of {oldest}, {days}{cure}");
        }
        format!("lists of {oldest} to {newest}, the oldest {days}{cure}")
    }
}

#[cfg(test)]
mod tests {
    use super::DataAge;

    #[test]
    fn the_oldest_list_tells_the_age() {
        let seen = ["2026-11-20T10:00:00Z", "2026-11-01T10:00:00Z"];
        let age = DataAge::of(seen.into_iter(), "2026-11-21T09:00:00Z").expect("some");
        assert_eq!(age.days, 19);
        assert_eq!(age.sentence(), "lists of 2026-11-01 to 2026-11-20, the oldest 19 days old");
        assert_eq!(DataAge::of([].into_iter(), "2026-11-21T09:00:00Z"), None);
        let old = DataAge::of(["2026-01-01T00:00:00Z"].into_iter(), "2026-11-21T09:00:00Z").expect("some");
        assert!(old.sentence().ends_with("--refresh learns them anew"));
    }
}
