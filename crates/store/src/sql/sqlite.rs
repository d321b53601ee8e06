//! Statements on a SQLite file.

use super::value::{Params, ValueRef};
use super::{Result, Rows};
use rusqlite::types::{ToSqlOutput, ValueRef as Sqlite};

/// A statement of a connection.
pub(crate) struct Statement<'c> {
    connection: &'c rusqlite::Connection,
    prepared: Prepared<'c>,
}

enum Prepared<'c> {
    Kept(rusqlite::CachedStatement<'c>),
    Once(rusqlite::Statement<'c>),
}

impl<'c> Statement<'c> {
    pub(super) fn kept(connection: &'c rusqlite::Connection, sql: &str) -> Result<Statement<'c>> {
        Ok(Statement { connection, prepared: Prepared::Kept(connection.prepare_cached(sql)?) })
    }

    pub(super) fn once(connection: &'c rusqlite::Connection, sql: &str) -> Result<Statement<'c>> {
        Ok(Statement { connection, prepared: Prepared::Once(connection.prepare(sql)?) })
    }

    fn bound(&mut self, values: impl Params) -> Result<&mut rusqlite::Statement<'c>> {
        let statement = match &mut self.prepared {
            Prepared::Kept(statement) => &mut **statement,
            Prepared::Once(statement) => statement,
        };
        let mut given = 0;
        values.each(&mut |value| {
            given += 1;
            Ok(statement.raw_bind_parameter(given, ToSqlOutput::Borrowed(bound(value)))?)
        })?;
        let wanted = statement.parameter_count();
        if given != wanted {
            return Err(rusqlite::Error::InvalidParameterCount(given, wanted).into());
        }
        Ok(statement)
    }

    pub(super) fn execute(&mut self, values: impl Params) -> Result<usize> {
        Ok(self.bound(values)?.raw_execute()?)
    }

    pub(super) fn insert(&mut self, values: impl Params) -> Result<i64> {
        self.execute(values)?;
        Ok(self.connection.last_insert_rowid())
    }

    pub(super) fn query(&mut self, values: impl Params) -> Result<Rows<'_>> {
        Ok(Rows::Sqlite(self.bound(values)?.raw_query()))
    }
}

fn bound(value: ValueRef<'_>) -> Sqlite<'_> {
    match value {
        ValueRef::Null => Sqlite::Null,
        ValueRef::Integer(number) => Sqlite::Integer(number),
        ValueRef::Real(number) => Sqlite::Real(number),
        ValueRef::Text(text) | ValueRef::Json(text) => Sqlite::Text(text.as_bytes()),
        ValueRef::Blob(bytes) => Sqlite::Blob(bytes),
    }
}
