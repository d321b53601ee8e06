//! Where a database file lies: what is no path at all, what may not be written there, and what is left beside it. Looks
//! at names and at what SQLite answered; opens nothing.

use super::sql::Error;
use super::{DatabasePlace, StoreError};
use rusqlite::ErrorCode;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Words before a colon that are no folder or drive, whatever follows: SQLite and other programs take them for more.
const SCHEMES: [&str; 9] = ["file", "sqlite", "sqlite3", "postgres", "postgresql", "mysql", "mariadb", "http", "https"];

/// Refuses what is the address of something else, or a name that SQLite gives a meaning of its own.
///
/// # Errors
/// [`StoreError::NotAPath`]; it never repeats the address, which may hold a password.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let text = path.to_string_lossy();
    if text.is_empty() || text.starts_with(':') {
        return Err(StoreError::NotAPath("the name that SQLite gives to a database in memory"));
    }
    let Some((scheme, rest)) = text.split_once(':') else { return Ok(()) };
    // One letter is a drive.
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if is_scheme && (rest.starts_with("/") || SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())) {
        return Err(StoreError::NotAPath("an address"));
    }
    Ok(())
}

/// The same of a place that may be a server's.
///
/// # Errors
/// As [`check`].
pub fn check_place(place: &DatabasePlace) -> Result<(), StoreError> {
    place.file().map_or(Ok(()), check)
}

/// Whether an error says that this user, or this file system, does not let the file or its folder be written.
pub fn is_denied(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(Error::Sqlite(rusqlite::Error::SqliteFailure(failure, _))) = error.downcast_ref() {
            return matches!(failure.code, ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied);
        }
        #[cfg(feature = "postgres")]
        if error.downcast_ref::<Error>().is_some_and(Error::is_forbidden) {
            return true;
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return matches!(
                error.kind(),
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem
            );
        }
        next = error.source();
    }
    false
}

/// Whether another process has left changes beside the file that are not part of it yet.
pub(super) fn has_changes_beside(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|about| about.len() > 0)
}

/// How SQLite is told that nobody changes a file while it is read; `None` where the path cannot be written as a URI.
pub(super) fn immutable(path: &Path) -> Option<OsString> {
    let whole = std::path::absolute(path).ok()?;
    let mut url = url::Url::from_file_path(whole).ok()?;
    url.set_query(Some("immutable=1"));
    Some(url.as_str().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_no_paths_and_paths_are() {
        for no in [
            "postgres://u:secret@db.example/x",
            "PostgreSQL://x",
            "http://x.example/db",
            "file:x.db",
            "file:///x.db",
            "sqlite:x.db",
            "sqlite::memory:",
            ":memory:",
            "",
            "s3://bucket/x.db",
            "ssh+git://x/y",
        ] {
            let error = check(Path::new(no)).expect_err(no).to_string();
            assert!(error.contains("--db") && !error.contains("secret"), "{error}");
        }
        for yes in
            ["x.db", "/a/b.db", "C:\\x\\y.db", "c:/x.db", "./file:x", "a b:c.db", "2026-01-01T10:00.db", "kiln:1"]
        {
            assert!(check(Path::new(yes)).is_ok(), "{yes}");
        }
    }

    #[test]
    fn a_path_with_signs_of_a_uri_stays_one_path() {
        let uri = immutable(Path::new("/a/b?c#d%e.db")).expect("a URI");
        assert_eq!(uri, "file:///a/b%3Fc%23d%25e.db?immutable=1");
    }
}
