//! Opens database files: makes new ones, brings old ones up to date, refuses foreign and newer ones.

use super::sql::Error;
use super::{DatabasePlace, StoreError};
use mcpdex_model::Outcome;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

/// Marks a SQLite file as ours (`PRAGMA application_id`): "mcpd" in ASCII.
pub const APPLICATION_ID: i32 = 0x6d63_7064;

/// The steps from an empty file to the present schema, out of the folder `migrations`; the file 000N leads to version N.
/// Never edit one that was released: add the next. A view that changes is dropped and made again in a step of its own.
const STEPS: &[&str] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// Pages that a writer keeps in memory, in KiB.
const CACHE_KIB: i64 = 64 << 10;

/// How long to wait for another process that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// Opens `path` for writing, creating the file and its folder where they are missing.
///
/// # Errors
/// The file is foreign or newer, or cannot be opened; a failing migration leaves the file as it was.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    super::place::check(path)?;
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
    }
    let place = DatabasePlace::File(path.to_owned());
    let fail = failing("open", &place);
    let mut connection = Connection::open(path).map_err(&fail)?;
    connection.busy_timeout(BUSY).map_err(&fail)?;
    let found = version(&connection, path)?;
    if found == 0 {
        connection.pragma_update(None, "page_size", 8192).map_err(&fail)?;
    }
    connection.pragma_update(None, "journal_mode", "wal").map_err(&fail)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(&fail)?;
    // The log is cut back to this after whatever was large; the cache holds the indexes that rows of any order go into.
    connection.pragma_update(None, "journal_size_limit", 16 << 20).map_err(&fail)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(&fail)?;
    connection.set_prepared_statement_cache_capacity(96);
    // Steps make tables anew that others refer to.
    connection.pragma_update(None, "foreign_keys", false).map_err(&fail)?;
    migrate(&mut connection, path)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(&fail)?;
    Ok(connection)
}

/// Opens `path` for reading only, by a user who may not even write beside it.
///
/// # Errors
/// The file is missing, foreign, newer or older, or cannot be opened.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    super::place::check(path)?;
    if !path.exists() {
        return Err(StoreError::Missing(DatabasePlace::File(path.to_owned())));
    }
    let (connection, found) = open_somehow(path)?;
    let known = STEPS.len() as i64;
    if found < known {
        return Err(StoreError::Older { path: DatabasePlace::File(path.to_owned()), found, known });
    }
    Ok(connection)
}

/// A connection that reads, whatever may be written beside the file, and the version of the file.
fn open_somehow(path: &Path) -> Result<(Connection, i64), StoreError> {
    match open_to_read(path, path.as_os_str()) {
        // In WAL mode even a reader writes beside the file, unless it is told that nobody changes it. That may be said
        // only where no other process has left changes beside it, which would be passed over.
        Err(error) if super::place::is_denied(&error) => match super::place::immutable(path) {
            _ if super::place::has_changes_beside(path) => Err(StoreError::Unmerged(path.to_owned())),
            Some(name) => open_to_read(path, &name),
            None => Err(error),
        },
        opened => opened,
    }
}

/// A connection that reads, in one transaction from its opening to its end, so that every answer is of one moment and the
/// file is locked once; and the version of the file. `name` is what SQLite is given for `path`.
fn open_to_read(path: &Path, name: &OsStr) -> Result<(Connection, i64), StoreError> {
    let place = DatabasePlace::File(path.to_owned());
    let fail = failing("open", &place);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(name, flags).map_err(&fail)?;
    connection.busy_timeout(BUSY).map_err(&fail)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(&fail)?;
    connection.execute_batch("BEGIN").map_err(&fail)?;
    let found = version(&connection, path)?;
    Ok((connection, found))
}

/// Writes a copy of the database at `from` to the new file `to`, without writing beside `from`.
///
/// # Errors
/// `from` cannot be read as a database of ours, or `to` cannot be written.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let place = DatabasePlace::File(from.to_owned());
    let fail = failing("copy", &place);
    let (connection, _) = open_somehow(from)?;
    // Which SQLite copies outside of any transaction.
    connection.execute_batch("COMMIT").map_err(&fail)?;
    let target = to.to_str().ok_or_else(|| StoreError::Missing(DatabasePlace::File(to.to_owned())))?;
    connection.execute("VACUUM INTO ?1", [target]).map_err(&fail).map(drop)
}

/// The schema version of a file of ours; 0 for an empty file.
fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let place = DatabasePlace::File(path.to_owned());
    let fail = failing("read", &place);
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let id = pragma("application_id").map_err(&fail)?;
    let found = pragma("user_version").map_err(&fail)?;
    if id != i64::from(APPLICATION_ID) {
        let empty = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
        let empty: bool = connection.query_row(empty, [], |row| row.get(0)).map_err(&fail)?;
        if id != 0 || found != 0 || !empty {
            return Err(StoreError::Foreign(DatabasePlace::File(path.to_owned())));
        }
    }
    let known = STEPS.len() as i64;
    if found > known {
        return Err(StoreError::Newer { path: DatabasePlace::File(path.to_owned()), found, known });
    }
    Ok(found)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let place = DatabasePlace::File(path.to_owned());
    let fail = failing("migrate", &place);
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&fail)?;
    // NOTE: read again under the lock; another process may have migrated meanwhile.
    let found = version(&transaction, path)?;
    for (from, step) in STEPS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(step).map_err(&fail)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(&fail)?;
        transaction.pragma_update(None, "user_version", from as i64 + 1).map_err(&fail)?;
    }
    // A new word needs no step.
    for outcome in Outcome::ALL {
        transaction.execute("INSERT OR IGNORE INTO outcome (word) VALUES (?1)", [outcome.as_str()]).map_err(&fail)?;
    }
    transaction.commit().map_err(&fail)
}

/// SQLite's own error as that of the file.
fn failing(doing: &'static str, place: &DatabasePlace) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| StoreError::sql(doing, place)(Error::from(error))
}

/// The version that files have today.
pub(super) fn present_version() -> i64 {
    STEPS.len() as i64
}
