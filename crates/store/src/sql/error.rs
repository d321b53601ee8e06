//! What a database, or a row that it gave, can be refused for.

use std::fmt::Display;

pub(crate) type Error = SqlError;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// What went wrong with a statement.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// SQLite refused.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// The server refused, or is not there any more.
    #[cfg(feature = "postgres")]
    #[error("{message}")]
    Postgres { message: String, code: Option<tokio_postgres::error::SqlState> },
    /// This machine could not.
    #[error(transparent)]
    Io(std::io::Error),
    /// A row was asked for, and there is none.
    #[error("query returned no rows")]
    NoRow,
    /// A column holds something else than it should, or is not there.
    #[error("column {column} {what}")]
    Column { column: String, what: &'static str },
    /// A stored text is not what this room wrote.
    #[error(transparent)]
    Damaged(#[from] DamagedText),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Error::NoRow,
            error => Error::Sqlite(error),
        }
    }
}

#[cfg(feature = "postgres")]
impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Error {
        use std::error::Error as _;
        let message = match error.as_db_error() {
            Some(said) => said.message().to_owned(),
            None => {
                let (mut message, mut cause) = (error.to_string(), error.source());
                while let Some(below) = cause {
                    message = format!("{message}: {below}");
                    cause = below.source();
                }
                message
            }
        };
        Error::Postgres { message, code: error.code().cloned() }
    }
}

impl Error {
    /// Whether it is what was written that the database refuses, so that it would take something else.
    pub(crate) fn is_refusal(&self) -> bool {
        use rusqlite::ErrorCode;
        match self {
            Error::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => {
                matches!(failure.code, ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch)
            }
            #[cfg(feature = "postgres")]
            Error::Postgres { code: Some(code), .. } => !ELSEWHERE.iter().any(|class| code.code().starts_with(class)),
            _ => false,
        }
    }
}

/// Classes of what a server may say that have nothing to do with what is written: connections, transactions, users, statements
/// that it does not understand, room, locks, its end, its machine.
#[cfg(feature = "postgres")]
const ELSEWHERE: [&str; 10] = ["08", "25", "28", "3D", "40", "42", "53", "55", "57", "58"];

#[cfg(feature = "postgres")]
impl Error {
    /// What the server's refusal is known by.
    pub(crate) fn code(&self) -> Option<&tokio_postgres::error::SqlState> {
        match self {
            Error::Postgres { code, .. } => code.as_ref(),
            _ => None,
        }
    }

    /// Whether the server was not to be reached, or is about to go: it may be back in a moment.
    pub(crate) fn is_away(&self) -> bool {
        use tokio_postgres::error::SqlState;
        let going = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
        match self {
            Error::Postgres { code: None, .. } => true,
            Error::Postgres { code: Some(code), .. } => going.contains(code) || code.code().starts_with("08"),
            _ => false,
        }
    }

    /// Whether a user may not do what was asked for.
    pub(crate) fn is_forbidden(&self) -> bool {
        use tokio_postgres::error::SqlState;
        let forbidden = [SqlState::INSUFFICIENT_PRIVILEGE, SqlState::READ_ONLY_SQL_TRANSACTION];
        self.code().is_some_and(|code| forbidden.contains(code))
    }
}

/// A stored text is not what this room wrote.
#[derive(Debug, thiserror::Error)]
#[error("damaged {what}: {detail}")]
pub struct DamagedText {
    pub what: &'static str,
    pub detail: String,
}

/// That a stored text is not what it should be.
pub(crate) fn damaged(what: &'static str, detail: &dyn Display) -> Error {
    Error::Damaged(DamagedText { what, detail: detail.to_string() })
}

/// An answer that may have no row.
pub(crate) trait Optional<T> {
    /// `None` where there is no row.
    fn optional(self) -> Result<Option<T>>;
}

impl<T> Optional<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
