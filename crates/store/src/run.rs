//! Begins a run of the crawl, or continues one that was interrupted.

use super::known::Known;
use super::{StoreError, migrate};
use rusqlite::OptionalExtension;
use std::path::Path;

/// Begins a run over `sources`, or continues the newest one over the same that was not finished. What was attempted at
/// or after `fresh_since` (RFC 3339, whole seconds, UTC) counts as fresh; `None`: nothing does.
///
/// # Errors
/// The file cannot be opened or written, is foreign or is newer than this program.
pub fn begin_run(path: &Path, sources: &[String], now: &str, fresh_since: Option<&str>) -> Result<Known, StoreError> {
    let fail = StoreError::sqlite("begin a run in", path);
    let mut connection = migrate::open_for_writing(path)?;
    let words = serde_json::to_string(sources).unwrap_or_default();
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&fail)?;
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
            transaction.execute("INSERT INTO run (sources, started) VALUES (?1, ?2)", [&words, now]).map_err(&fail)?;
            transaction.last_insert_rowid()
        }
    };
    transaction.commit().map_err(&fail)?;
    Known::load(path, &connection, run, open.is_some(), fresh_since).map_err(&fail)
}
