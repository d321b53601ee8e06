//! Several databases put together into one: files in, a file out; the same whatever their order.
//!
//! Every server, listing, list, attempt and run of each is kept once. Where two tell of the same thing the newer reading
//! counts; a list that is known to be incomplete never takes the place of a whole one of the same version. Numbers of rows
//! are given anew. What is derived, verdicts included, is made again by the next command that needs it. Until the last step
//! nothing is written but a folder of its own beside the file, so that a merge that ends early leaves all as it was.

mod gather;
mod install;
mod names;
mod write;

use super::batch::Batch;
use super::{DatabasePlace, StoreError, migrate, open};
use crate::sql::{self, Connection};
use names::final_names;
use std::path::{Path, PathBuf};

/// What a merge has put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merged {
    pub servers: u64,
    pub listings: u64,
    pub lists: u64,
    pub attempts: u64,
    /// Servers that were found to be another one.
    pub united: usize,
}

/// Merges the databases `inputs`, and what the file `into` holds already, into `into`. `go_on` is asked between steps.
///
/// # Errors
/// A file is missing, foreign or newer than this program, `into` cannot be written, or `go_on` says no; then `into` is as
/// it was.
pub fn merge<E: From<StoreError>>(
    inputs: &[PathBuf],
    into: &Path,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Result<Merged, E> {
    super::place::check(into)?;
    for input in inputs {
        if !input.exists() {
            return Err(StoreError::Missing(DatabasePlace::File(input.clone())).into());
        }
    }
    let is_there = into.exists();
    let work = working_folder(into)?;
    let mut parts = Vec::new();
    for (at, input) in inputs.iter().map(PathBuf::as_path).chain(is_there.then_some(into)).enumerate() {
        go_on()?;
        let part = work.path().join(format!("{at}.db"));
        migrate::copy(input, &part)?;
        open::for_writing(&DatabasePlace::File(part.clone()))?;
        parts.push(part);
    }
    go_on()?;
    let whole = work.path().join("merged.db");
    let merged = put_together(&parts, &whole, &mut go_on)?;
    go_on()?;
    match is_there {
        true => install::replace(into, &whole)?,
        false => install::put(into, &whole)?,
    }
    Ok(merged)
}

/// A folder beside the file, on the same disk, that goes with the merge.
fn working_folder(into: &Path) -> Result<tempfile::TempDir, StoreError> {
    let folder = into.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fail = |source| StoreError::Folder { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(fail)?;
    tempfile::Builder::new().prefix(".mcpdex-merge-").tempdir_in(folder).map_err(fail)
}

fn put_together<E: From<StoreError>>(
    parts: &[PathBuf],
    whole: &Path,
    go_on: &mut impl FnMut() -> Result<(), E>,
) -> Result<Merged, E> {
    let place = DatabasePlace::File(whole.to_owned());
    let fail = StoreError::sql("merge into", &place);
    let connection = open::for_writing(&place)?;
    let names = final_names(parts)?;
    gather::prepare(&connection).map_err(&fail)?;
    for (at, part) in parts.iter().enumerate() {
        go_on()?;
        gather::take(&connection, at, part, &names[at])?;
    }
    let transaction = connection.transaction().map_err(&fail)?;
    for step in write::STEPS {
        go_on()?;
        transaction.execute_batch(step).map_err(&fail)?;
    }
    let newest: Option<String> =
        transaction.query_row("SELECT max(last_seen) FROM server", (), |row| row.get(0)).map_err(&fail)?;
    let batch = Batch::new(&transaction, newest.unwrap_or_default(), &place, None);
    let servers: Vec<i64> = transaction
        .prepare("SELECT id FROM server ORDER BY id")
        .and_then(|mut s| s.query_map((), |row| row.get(0))?.collect())
        .map_err(&fail)?;
    for server in servers {
        batch.regard(server)?;
        batch.settle(server)?;
    }
    go_on()?;
    let united = batch.unite(&place)?;
    drop(batch);
    let merged = counted(&transaction, united).map_err(&fail)?;
    transaction.commit().map_err(&fail)?;
    Ok(merged)
}

fn counted(connection: &Connection, united: usize) -> sql::Result<Merged> {
    let count = |table: &str| {
        connection
            .query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get::<i64>(0))
            .map(i64::unsigned_abs)
    };
    Ok(Merged {
        servers: count("server")?,
        listings: count("listing")?,
        lists: count("observation")?,
        attempts: count("attempt")?,
        united,
    })
}
