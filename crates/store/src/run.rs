//! Begins a run of the crawl, or continues one that was interrupted.

use super::known::Known;
use super::sql::Optional as _;
use super::{NamesDatabase, StoreError, open};

/// Begins a run over `sources`, or continues the newest one over the same that was not finished. What was attempted at
/// or after `fresh_since` (RFC 3339, whole seconds, UTC) counts as fresh; `None`: nothing does.
///
/// # Errors
/// The file cannot be opened or written, is foreign or is newer than this program.
pub fn begin_run(
    place: &(impl NamesDatabase + ?Sized),
    sources: &[String],
    now: &str,
    fresh_since: Option<&str>,
) -> Result<Known, StoreError> {
    let place = &place.database();
    let fail = StoreError::sql("begin a run in", place);
    let connection = open::for_writing(place)?;
    let words = serde_json::to_string(sources).unwrap_or_default();
    let transaction = connection.exclusive().map_err(&fail)?;
    let open: Option<i64> = transaction
        .query_row(
            "SELECT id FROM run WHERE sources = ?1 AND finished IS NULL ORDER BY id DESC LIMIT 1",
            [&words],
            |row| row.get("id"),
        )
        .optional()
        .map_err(&fail)?;
    let run = match open {
        Some(run) => run,
        None => {
            let insert = "INSERT INTO run (sources, started) VALUES (?1, ?2)";
            transaction.prepare(insert).and_then(|mut s| s.insert([&words, now])).map_err(&fail)?
        }
    };
    transaction.commit().map_err(&fail)?;
    Known::load(place, &connection, run, open.is_some(), fresh_since).map_err(&fail)
}

/// Joins a run that another process has begun: what is known of it now.
///
/// # Errors
/// As [`begin_run`].
pub fn join_run(
    place: &(impl NamesDatabase + ?Sized),
    run: i64,
    fresh_since: Option<&str>,
) -> Result<Known, StoreError> {
    let place = &place.database();
    let connection = open::for_writing(place)?;
    Known::load(place, &connection, run, true, fresh_since).map_err(StoreError::sql("join a run in", place))
}
