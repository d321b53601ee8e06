//! Puts a merged database where it belongs: as a new file in one step, or in the place of what a file holds in one
//! transaction, so that whoever reads sees the old or the new and nothing between.

use crate::{DatabasePlace, StoreError, open};
use std::path::Path;

/// What is written down of a database, each after those it refers to.
const TABLES: [&str; 9] =
    ["run", "source", "validator", "server", "listing", "same", "observation", "definition", "tool"];

/// Moves the file `whole` to the new file `into`.
pub(super) fn put(into: &Path, whole: &Path) -> Result<(), StoreError> {
    let fail = |source| StoreError::Put { path: into.to_owned(), source };
    let whole = tempfile::TempPath::try_from_path(whole).map_err(fail)?;
    // Never over a file that came into being meanwhile.
    whole.persist_noclobber(into).map_err(|error| fail(error.error))
}

/// Puts what the file `whole` holds into the place of what the database `into` holds.
pub(super) fn replace(into: &Path, whole: &Path) -> Result<(), StoreError> {
    let place = DatabasePlace::File(into.to_owned());
    let fail = StoreError::sql("merge into", &place);
    let connection = open::for_writing(&place)?;
    let text = whole.to_str().ok_or_else(|| StoreError::Missing(DatabasePlace::File(whole.to_owned())))?;
    connection.execute("ATTACH ?1 AS whole", [text]).map_err(&fail)?;
    let transaction = connection.exclusive().map_err(&fail)?;
    transaction
        .execute_batch(
            "PRAGMA defer_foreign_keys = ON;
             INSERT INTO search (search) VALUES ('delete-all');
             DELETE FROM mention; DELETE FROM tool_name; DELETE FROM fact; DELETE FROM attempt;",
        )
        .map_err(&fail)?;
    for table in TABLES.iter().rev() {
        transaction.execute(&format!("DELETE FROM main.{table}"), ()).map_err(&fail)?;
    }
    for table in TABLES.iter().chain(&["attempt"]) {
        let columns: Vec<String> = transaction
            .prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")
            .and_then(|mut s| s.query_map([table], |row| row.get(0))?.collect())
            .map_err(&fail)?;
        let columns = columns.join(", ");
        let sql = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM whole.{table} ORDER BY 1");
        transaction.execute(&sql, ()).map_err(&fail)?;
    }
    transaction
        .execute_batch(
            "INSERT OR IGNORE INTO main.server_alias SELECT alias, server_id FROM whole.server_alias;
             INSERT OR IGNORE INTO main.unindexed (server_id) SELECT id FROM main.server;
             INSERT OR IGNORE INTO main.unjudged (server_id) SELECT id FROM main.server;",
        )
        .map_err(&fail)?;
    transaction.commit().map_err(&fail)
}
