//! What can go wrong with a database, and SQLite's own errors as that.

use super::from_row::DamagedText;
use std::path::{Path, PathBuf};

/// What can go wrong between mcpdex and its database file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is not there; usually nothing was crawled yet.
    #[error("there is no database at {0}; run `mcpdex crawl` first, or name another file with --db")]
    Missing(PathBuf),
    /// The file is some other program's, or not a database at all.
    #[error("{0} is not a mcpdex database; name another file with --db")]
    Foreign(PathBuf),
    /// What was named is no file; never repeats it, as an address may hold a password.
    #[error(
        "what --db or MCPDEX_DB names is {0}, not a file; mcpdex keeps its database in one SQLite file: name its path"
    )]
    NotAPath(&'static str),
    /// The file was written by a newer mcpdex.
    #[error("{path} has schema version {found}, and this mcpdex knows versions up to {known}; use a newer mcpdex")]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// The file was written by an older mcpdex and could not be brought up to date by a reader.
    #[error(
        "{path} has schema version {found} and must be migrated to {known}; run `mcpdex crawl` once with this file"
    )]
    Older { path: PathBuf, found: i64, known: i64 },
    /// Another process left changes beside a file that this user may not write.
    #[error(
        "{0} cannot be read whole: changes that are not merged yet lie in {0}-wal, and its folder cannot be written; \
         copy both files to a folder of your own, or have its owner run `mcpdex stats` once"
    )]
    Unmerged(PathBuf),
    /// The folder of the file could not be made.
    #[error("cannot create the folder {path}")]
    Folder { path: PathBuf, source: std::io::Error },
    /// A file that was made elsewhere could not be put in its place.
    #[error("cannot write {path}")]
    Put { path: PathBuf, source: std::io::Error },
    /// SQLite refused.
    #[error("cannot {doing} {path}")]
    Sqlite { doing: &'static str, path: PathBuf, source: rusqlite::Error },
    /// A stored document is not what this room wrote; the file was edited or damaged.
    #[error("{path} holds a damaged {what}: {detail}")]
    Damaged { path: PathBuf, what: &'static str, detail: String },
    /// What was to judge did not; a bug in the caller.
    #[error("{0}")]
    Judge(String),
    /// The writing thread is gone; the first error it met was reported when it ended.
    #[error("the database writer has stopped")]
    WriterStopped,
}

impl StoreError {
    pub(super) fn sqlite(doing: &'static str, path: &Path) -> impl Fn(rusqlite::Error) -> StoreError {
        move |source| match source {
            rusqlite::Error::SqliteFailure(e, _) if e.code == rusqlite::ErrorCode::NotADatabase => {
                StoreError::Foreign(path.to_owned())
            }
            rusqlite::Error::FromSqlConversionFailure(at, kind, inner) => match inner.downcast::<DamagedText>() {
                Ok(text) => StoreError::Damaged { path: path.to_owned(), what: text.what, detail: text.detail },
                Err(inner) => {
                    let source = rusqlite::Error::FromSqlConversionFailure(at, kind, inner);
                    StoreError::Sqlite { doing, path: path.to_owned(), source }
                }
            },
            source => StoreError::Sqlite { doing, path: path.to_owned(), source },
        }
    }
}
