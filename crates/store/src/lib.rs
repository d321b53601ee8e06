//! The database: the only SQL of the project.
//!
//! In go listings and observations through one [`Writer`], which alone owns the connection that writes; out come tools
//! with their verdicts through any number of [`Reader`]s. A verdict is data here: this room never judges, and a path is
//! all it knows of the world.

mod about;
mod dump;
mod figures;
mod gone;
mod index;
mod judged;
mod lists;
mod lookup;
mod migrate;
mod place;
mod price;
mod reader;
mod record;
mod rows;
mod run;
mod search;
mod state;
mod writer;

pub use about::Tokens;
pub use dump::{LoadError, load};
pub use gone::Gone;
pub use index::index_stale;
pub use judged::{JudgeError, Judged, ServerTools, judge_stale};
pub use lookup::Namesakes;
pub use migrate::{APPLICATION_ID, bring_up_to_date};
pub use place::{check as check_place, is_denied};
pub use price::price_stale;
pub use reader::{Reader, Standing};
pub use record::{Record, Same, Sweep, Validator};
pub use run::{Known, SourceState, begin_run};
pub use search::{Filters, Search};
pub use state::State;
pub use writer::{Recorded, Writer};

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
    /// SQLite refused.
    #[error("cannot {doing} {path}")]
    Sqlite { doing: &'static str, path: PathBuf, source: rusqlite::Error },
    /// A stored document is not what this room wrote; the file was edited or damaged.
    #[error("{path} holds a damaged {what}: {detail}")]
    Damaged { path: PathBuf, what: &'static str, detail: String },
    /// The writing thread is gone; the first error it met was reported when it ended.
    #[error("the database writer has stopped")]
    WriterStopped,
}

impl StoreError {
    fn sqlite(doing: &'static str, path: &Path) -> impl Fn(rusqlite::Error) -> StoreError {
        move |source| match source {
            rusqlite::Error::SqliteFailure(e, _) if e.code == rusqlite::ErrorCode::NotADatabase => {
                StoreError::Foreign(path.to_owned())
            }
            source => StoreError::Sqlite { doing, path: path.to_owned(), source },
        }
    }
}

/// SHA-256 in lower-case hexadecimal.
fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
