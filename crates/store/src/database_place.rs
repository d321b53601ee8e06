//! Where a database is: a path, or the address of a server.

use super::ServerUrl;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a database is. Shows as a path or as an address without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabasePlace {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Server(ServerUrl),
}

impl DatabasePlace {
    /// The file; `None` where the database is a server's.
    pub fn file(&self) -> Option<&Path> {
        match self {
            DatabasePlace::File(path) => Some(path),
            DatabasePlace::Server(_) => None,
        }
    }

    /// The same place, however the working folder changes.
    ///
    /// # Errors
    /// The working folder is not known.
    pub fn absolute(&self) -> std::io::Result<DatabasePlace> {
        match self {
            DatabasePlace::File(path) => Ok(DatabasePlace::File(std::path::absolute(path)?)),
            DatabasePlace::Server(url) => Ok(DatabasePlace::Server(url.clone())),
        }
    }

    /// What names it to another program, with whatever password it holds: for the environment of that program, where
    /// nobody else looks.
    pub fn secret(&self) -> std::ffi::OsString {
        match self {
            DatabasePlace::File(path) => path.into(),
            DatabasePlace::Server(url) => url.secret().into(),
        }
    }
}

impl fmt::Display for DatabasePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabasePlace::File(path) => write!(f, "{}", path.display()),
            DatabasePlace::Server(url) => write!(f, "{url}"),
        }
    }
}

impl fmt::Debug for DatabasePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a database may be named by: a path, the path that is the text of an address, or a place.
pub trait NamesDatabase {
    /// The place that it names.
    fn database(&self) -> DatabasePlace;
}

impl NamesDatabase for Path {
    fn database(&self) -> DatabasePlace {
        match self.to_str().and_then(ServerUrl::of) {
            Some(url) => DatabasePlace::Server(url),
            None => DatabasePlace::File(self.to_owned()),
        }
    }
}

impl NamesDatabase for PathBuf {
    fn database(&self) -> DatabasePlace {
        self.as_path().database()
    }
}

impl NamesDatabase for DatabasePlace {
    fn database(&self) -> DatabasePlace {
        self.clone()
    }
}

impl<T: NamesDatabase + ?Sized> NamesDatabase for &T {
    fn database(&self) -> DatabasePlace {
        (**self).database()
    }
}

impl From<PathBuf> for DatabasePlace {
    fn from(path: PathBuf) -> DatabasePlace {
        path.database()
    }
}
