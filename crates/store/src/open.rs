//! Opens the database at a place: a SQLite file, or a PostgreSQL server.

use super::sql::Connection;
use super::{DatabasePlace, NamesDatabase, StoreError, migrate};

/// Opens a database for writing; made where it is missing, brought up to date where it is old.
///
/// # Errors
/// It is foreign or newer, or cannot be opened; a failing migration leaves it as it was.
pub(super) fn for_writing(place: &DatabasePlace) -> Result<Connection, StoreError> {
    match place {
        DatabasePlace::File(path) => migrate::open_for_writing(path).map(Connection::Sqlite),
        #[cfg(feature = "postgres")]
        DatabasePlace::Server(url) => {
            super::sql::open_for_writing(url).map(|session| Connection::Postgres(Box::new(session)))
        }
        #[cfg(not(feature = "postgres"))]
        DatabasePlace::Server(url) => Err(StoreError::NoServers(url.clone())),
    }
}

/// Opens a database for reading only, in one transaction from its opening to its end, so that every answer is of one
/// moment.
///
/// # Errors
/// It is missing, foreign, newer or older, or cannot be opened.
pub(super) fn for_reading(place: &DatabasePlace) -> Result<Connection, StoreError> {
    match place {
        DatabasePlace::File(path) => migrate::open_for_reading(path).map(Connection::Sqlite),
        #[cfg(feature = "postgres")]
        DatabasePlace::Server(url) => {
            super::sql::open_for_reading(url).map(|session| Connection::Postgres(Box::new(session)))
        }
        #[cfg(not(feature = "postgres"))]
        DatabasePlace::Server(url) => Err(StoreError::NoServers(url.clone())),
    }
}

/// Whether a database may be there: a file of that name, or a server that has our tables or says why it does not answer.
pub fn is_there(place: &DatabasePlace) -> bool {
    match place {
        DatabasePlace::File(path) => path.exists(),
        DatabasePlace::Server(_) => !matches!(for_reading(place), Err(StoreError::Missing(_))),
    }
}

/// Brings a database of an older mcpdex up to date, so that it can be read.
///
/// # Errors
/// It is foreign, newer, or cannot be written.
pub fn bring_up_to_date(place: &(impl NamesDatabase + ?Sized)) -> Result<(), StoreError> {
    for_writing(&place.database()).map(drop)
}
