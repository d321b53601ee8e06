//! What can go wrong with a database, and SQLite's own errors as that.

use super::sql::{DamagedText, Error};
use super::{DatabasePlace, ServerUrl};
use std::path::PathBuf;

/// What can go wrong between mcpdex and its database file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is not there; usually nothing was crawled yet.
    #[error("there is no database at {0}; run `mcpdex crawl` first, or name another file with --db")]
    Missing(DatabasePlace),
    /// The file is some other program's, or not a database at all.
    #[error("{0} is not a mcpdex database; name another file with --db")]
    Foreign(DatabasePlace),
    /// What was named is no file; never repeats it, as an address may hold a password.
    #[error(
        "what --db or MCPDEX_DB names is {0}, not a file; mcpdex keeps its database in one SQLite file, whose path to name, or on \
         PostgreSQL (postgres://USER@HOST/NAME)"
    )]
    NotAPath(&'static str),
    /// The file was written by a newer mcpdex.
    #[error("{path} has schema version {found}, and this mcpdex knows versions up to {known}; use a newer mcpdex")]
    Newer { path: DatabasePlace, found: i64, known: i64 },
    /// The file was written by an older mcpdex and could not be brought up to date by a reader.
    #[error(
        "{path} has schema version {found} and must be migrated to {known}; run `mcpdex crawl` once with this file"
    )]
    Older { path: DatabasePlace, found: i64, known: i64 },
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
    /// The database refused.
    #[error("cannot {doing} {path}")]
    Sql { doing: &'static str, path: DatabasePlace, source: Error },
    /// Nothing of what was to be written was taken.
    #[error("{path} refuses whatever is written: {why}")]
    Refused { path: DatabasePlace, why: String },
    /// A stored document is not what this room wrote; the file was edited or damaged.
    #[error("{path} holds a damaged {what}: {detail}")]
    Damaged { path: DatabasePlace, what: &'static str, detail: String },
    /// What was to judge did not; a bug in the caller.
    #[error("{0}")]
    Judge(String),
    /// A server's database could not be opened, or not used as it has to be.
    #[error("{path} {what}")]
    Server { path: DatabasePlace, what: &'static str, source: Error },
    /// The address of a server's database asks for something that is not there.
    #[error("{path} {what}")]
    OddServer { path: DatabasePlace, what: &'static str },
    /// The server does not understand what is asked of it.
    #[error("{path} lies on a server that is too old; mcpdex needs PostgreSQL {oldest} or newer")]
    OldServer { path: DatabasePlace, oldest: i64 },
    /// What was named is a server's database, and this program was built without PostgreSQL.
    #[error(
        "{0} is a PostgreSQL database, and this mcpdex was built without the feature `postgres`; name a file with --db"
    )]
    NoServers(ServerUrl),
    /// The writing thread is gone; the first error it met was reported when it ended.
    #[error("the database writer has stopped")]
    WriterStopped,
}

impl StoreError {
    /// Why the database does not take what was to be written, where it is that which it refuses; `None`: anything else
    /// would fail as well.
    pub(super) fn refusal(&self) -> Option<String> {
        match self {
            StoreError::Sql { source, .. } if source.is_refusal() => Some(source.to_string()),
            _ => None,
        }
    }

    /// Whether a server was not to be reached, rather than refused: it may be back in a moment.
    #[cfg(feature = "postgres")]
    pub fn is_away(&self) -> bool {
        match self {
            StoreError::Sql { source, .. } | StoreError::Server { source, .. } => source.is_away(),
            _ => false,
        }
    }

    pub(super) fn sql(doing: &'static str, place: &DatabasePlace) -> impl Fn(Error) -> StoreError {
        move |source| match source {
            Error::Sqlite(rusqlite::Error::SqliteFailure(e, _)) if e.code == rusqlite::ErrorCode::NotADatabase => {
                StoreError::Foreign(place.clone())
            }
            Error::Damaged(DamagedText { what, detail }) => StoreError::Damaged { path: place.clone(), what, detail },
            source => StoreError::Sql { doing, path: place.clone(), source },
        }
    }
}
