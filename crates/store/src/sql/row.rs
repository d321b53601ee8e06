//! What comes out of a database: rows, of which each column is read as what is asked for.

use super::value::ValueRef;
use super::{Error, Result};

/// The rows of an answer.
pub(crate) enum Rows<'s> {
    Sqlite(rusqlite::Rows<'s>),
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::Rows<'s>),
}

impl Rows<'_> {
    /// The next row; `None` after the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>> {
        match self {
            Rows::Sqlite(rows) => Ok(rows.next()?.map(Row::Sqlite)),
            #[cfg(feature = "postgres")]
            Rows::Postgres(rows) => Ok(rows.next()?.map(Row::Postgres)),
        }
    }
}

/// One row.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    #[cfg(feature = "postgres")]
    Postgres(&'r tokio_postgres::Row),
}

/// A column, by its place or by its name.
pub(crate) trait Column: Copy + std::fmt::Display {
    fn of_sqlite<'r>(self, row: &'r rusqlite::Row<'r>) -> rusqlite::Result<rusqlite::types::ValueRef<'r>>;
    #[cfg(feature = "postgres")]
    fn of_postgres(self, row: &tokio_postgres::Row) -> Result<usize>;
}

impl Column for usize {
    fn of_sqlite<'r>(self, row: &'r rusqlite::Row<'r>) -> rusqlite::Result<rusqlite::types::ValueRef<'r>> {
        row.get_ref(self)
    }

    #[cfg(feature = "postgres")]
    fn of_postgres(self, _: &tokio_postgres::Row) -> Result<usize> {
        Ok(self)
    }
}

impl Column for &str {
    fn of_sqlite<'r>(self, row: &'r rusqlite::Row<'r>) -> rusqlite::Result<rusqlite::types::ValueRef<'r>> {
        row.get_ref(self)
    }

    #[cfg(feature = "postgres")]
    fn of_postgres(self, row: &tokio_postgres::Row) -> Result<usize> {
        super::postgres::place_of(row, self)
    }
}

impl Row<'_> {
    /// A column as what is asked for.
    pub(crate) fn get<T: FromColumn>(&self, column: impl Column) -> Result<T> {
        T::from_column(self.get_ref(column)?)
            .ok_or_else(|| Error::Column { column: column.to_string(), what: "holds something else" })
    }

    /// A column where it lies.
    pub(crate) fn get_ref(&self, column: impl Column) -> Result<ValueRef<'_>> {
        use rusqlite::types::ValueRef as Sqlite;
        match self {
            Row::Sqlite(row) => Ok(match column.of_sqlite(row)? {
                Sqlite::Null => ValueRef::Null,
                Sqlite::Integer(number) => ValueRef::Integer(number),
                Sqlite::Real(number) => ValueRef::Real(number),
                Sqlite::Text(bytes) => ValueRef::Text(
                    std::str::from_utf8(bytes)
                        .map_err(|_| Error::Column { column: column.to_string(), what: "is not UTF-8" })?,
                ),
                Sqlite::Blob(bytes) => ValueRef::Blob(bytes),
            }),
            #[cfg(feature = "postgres")]
            Row::Postgres(row) => super::postgres::column(row, column.of_postgres(row)?),
        }
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        match self {
            Row::Sqlite(row) => row.as_ref().column_count(),
            #[cfg(feature = "postgres")]
            Row::Postgres(row) => row.len(),
        }
    }
}

impl<'v> ValueRef<'v> {
    /// The text that a column holds, where it lies.
    pub(crate) fn as_str(self) -> Result<&'v str> {
        match self {
            ValueRef::Text(text) => Ok(text),
            _ => Err(Error::Column { column: "of text".to_owned(), what: "holds something else" }),
        }
    }

    /// The same, where there may be none.
    pub(crate) fn as_str_or_null(self) -> Result<Option<&'v str>> {
        if self == ValueRef::Null { Ok(None) } else { self.as_str().map(Some) }
    }
}

/// What a column can be read as.
pub(crate) trait FromColumn: Sized {
    /// `None` where it holds something else.
    fn from_column(value: ValueRef<'_>) -> Option<Self>;
}

impl FromColumn for i64 {
    fn from_column(value: ValueRef<'_>) -> Option<i64> {
        match value {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        }
    }
}

impl FromColumn for u32 {
    fn from_column(value: ValueRef<'_>) -> Option<u32> {
        i64::from_column(value)?.try_into().ok()
    }
}

impl FromColumn for u64 {
    fn from_column(value: ValueRef<'_>) -> Option<u64> {
        i64::from_column(value)?.try_into().ok()
    }
}

impl FromColumn for bool {
    fn from_column(value: ValueRef<'_>) -> Option<bool> {
        i64::from_column(value).map(|number| number != 0)
    }
}

impl FromColumn for String {
    fn from_column(value: ValueRef<'_>) -> Option<String> {
        match value {
            ValueRef::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(value: ValueRef<'_>) -> Option<Option<T>> {
        match value {
            ValueRef::Null => Some(None),
            value => T::from_column(value).map(Some),
        }
    }
}
