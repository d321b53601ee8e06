//! The one way to a database: statements and values in, rows out, whichever database answers. Nothing else in this room
//! speaks to SQLite or PostgreSQL.
//!
//! A statement is written once, in the SQL that both understand, with `?1`, `?2` … for its values. What only one of them
//! needs (`INDEXED BY`, the order in `CROSS JOIN`) is written for SQLite and left out for the other.

pub(crate) mod bulk;
pub(crate) mod editions;
mod error;
#[cfg(feature = "postgres")]
mod in_order;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
mod sqlite;
mod value;

pub(crate) use error::{DamagedText, Error, Optional, Result, damaged};
#[cfg(feature = "postgres")]
pub use postgres::reach;
#[cfg(feature = "postgres")]
pub(crate) use postgres::{open_for_reading, open_for_writing};
pub(crate) use row::{Row, Rows};
pub(crate) use value::{AsJson, Params, ToSql, Value, ValueRef, params};

use bulk::Bulk;
use rusqlite::config::DbConfig;
use std::collections::HashMap;
use std::ops::Deref;

/// An open database.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(rusqlite::Connection),
    #[cfg(feature = "postgres")]
    Postgres(Box<postgres::Session>),
}

/// Stops the statement that a connection runs.
pub(crate) enum Interrupter {
    Sqlite(rusqlite::InterruptHandle),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Interrupter),
}

impl Interrupter {
    pub(crate) fn interrupt(&self) {
        match self {
            Interrupter::Sqlite(handle) => handle.interrupt(),
            #[cfg(feature = "postgres")]
            Interrupter::Postgres(handle) => handle.interrupt(),
        }
    }
}

/// A statement that is ready to be run with values.
pub(crate) enum Statement<'c> {
    Sqlite(sqlite::Statement<'c>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Statement<'c>),
}

impl Connection {
    /// A statement whose plan is kept for the next time.
    pub(crate) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        match self {
            Connection::Sqlite(file) => Ok(Statement::Sqlite(sqlite::Statement::kept(file, sql)?)),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => Ok(Statement::Postgres(postgres::Statement::new(session, sql, false))),
        }
    }

    /// A statement that is run once.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement<'_>> {
        match self {
            Connection::Sqlite(file) => Ok(Statement::Sqlite(sqlite::Statement::once(file, sql)?)),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => Ok(Statement::Postgres(postgres::Statement::new(session, sql, true))),
        }
    }

    /// A statement that is run once, and of whose answer little is wanted.
    fn at_once(&self, sql: &str) -> Result<Statement<'_>> {
        match self {
            Connection::Sqlite(_) => self.prepare(sql),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => self.prepare_cached(sql),
        }
    }

    /// Whether the database is a server's, for what has to be asked in words of its own.
    pub(crate) fn is_server(&self) -> bool {
        !matches!(self, Connection::Sqlite(_))
    }

    /// A question to full text, which is in SQLite's words, as this database takes it.
    pub(crate) fn asked<'q>(&self, question: &'q str) -> Result<std::borrow::Cow<'q, str>> {
        match self {
            Connection::Sqlite(_) => Ok(question.into()),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => Ok(session.stems(|stems| stems.question(question))?.into()),
        }
    }

    /// A text as this database keeps it.
    pub(crate) fn kept<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        match self {
            Connection::Sqlite(_) => text.into(),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => postgres::kept(text),
        }
    }

    /// Runs a statement that answers with nothing; how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: impl Params) -> Result<usize> {
        self.at_once(sql)?.execute(values)
    }

    /// Runs statements without values, one after another.
    pub(crate) fn execute_batch(&self, sql: &str) -> Result<()> {
        match self {
            Connection::Sqlite(file) => Ok(file.execute_batch(sql)?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.batch(sql),
        }
    }

    /// The first row of an answer.
    pub(crate) fn query_row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.at_once(sql)?.query_row(values, read)
    }

    /// Reads from now on what was written until now; only for a connection that reads.
    pub(crate) fn renew(&self) -> Result<()> {
        match self {
            Connection::Sqlite(file) => Ok(file.execute_batch("COMMIT; BEGIN")?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.commit().and_then(|()| session.begin(postgres::Begin::Read)),
        }
    }

    /// A number that is another one after somebody else has written.
    pub(crate) fn data_version(&self) -> Result<i64> {
        match self {
            Connection::Sqlite(file) => Ok(file.pragma_query_value(None, "data_version", |row| row.get(0))?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.data_version(),
        }
    }

    /// Plans each statement once, whatever its values are, and keeps the plans of many.
    pub(crate) fn plan_once(&self) -> Result<()> {
        match self {
            Connection::Sqlite(file) => {
                file.set_prepared_statement_cache_capacity(64);
                file.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Ok(()),
        }
    }

    /// What stops the statement that is run, from any thread.
    pub(crate) fn interrupter(&self) -> Interrupter {
        match self {
            Connection::Sqlite(file) => Interrupter::Sqlite(file.get_interrupt_handle()),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => Interrupter::Postgres(session.interrupter()),
        }
    }

    /// Writes a row as many are written.
    pub(crate) fn add(&self, bulk: &Bulk, values: impl Params) -> Result<()> {
        match self {
            Connection::Sqlite(_) => self.prepare_cached(bulk.one)?.execute(values).map(drop),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.add(bulk, values),
        }
    }

    /// Lets a server begin with what waits, while something else is done.
    pub(crate) fn hand_over(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.send_waiting(),
        }
    }

    /// Numbers for so many new rows of a table; none where each row is given its number as it is added.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables, reason = "only a server is asked"))]
    pub(crate) fn numbers(&self, bulk: &Bulk, many: usize) -> Result<Vec<Option<i64>>> {
        match self {
            Connection::Sqlite(_) => Ok(vec![None; many]),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => Ok(session.numbers(bulk.table, many)?.into_iter().map(Some).collect()),
        }
    }

    /// The rows of definitions by their digests, as far as a server knows them; of a file each is asked for by itself.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables, reason = "only a server is asked"))]
    pub(crate) fn definitions(&self, digests: &[String]) -> Result<HashMap<String, i64>> {
        match self {
            Connection::Sqlite(_) => Ok(HashMap::new()),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.definitions(digests),
        }
    }

    /// Begins what is written whole or not at all. Waits for others who write only when something is written.
    pub(crate) fn transaction(&self) -> Result<Transaction<'_>> {
        Transaction::begin(self, "BEGIN")
    }

    /// The same, waiting for others who write before anything is read.
    pub(crate) fn exclusive(&self) -> Result<Transaction<'_>> {
        Transaction::begin(self, "BEGIN IMMEDIATE")
    }
}

impl Statement<'_> {
    /// Runs it; how many rows it changed.
    pub(crate) fn execute(&mut self, values: impl Params) -> Result<usize> {
        match self {
            Statement::Sqlite(statement) => statement.execute(values),
            #[cfg(feature = "postgres")]
            Statement::Postgres(statement) => statement.execute(values),
        }
    }

    /// Adds one row; the number that it was given in the column `id`.
    pub(crate) fn insert(&mut self, values: impl Params) -> Result<i64> {
        match self {
            Statement::Sqlite(statement) => statement.insert(values),
            #[cfg(feature = "postgres")]
            Statement::Postgres(statement) => statement.insert(values),
        }
    }

    /// The rows of the answer, one by one.
    pub(crate) fn query(&mut self, values: impl Params) -> Result<Rows<'_>> {
        match self {
            Statement::Sqlite(statement) => statement.query(values),
            #[cfg(feature = "postgres")]
            Statement::Postgres(statement) => statement.query(values).map(Rows::Postgres),
        }
    }

    /// What `read` makes of each row.
    pub(crate) fn query_map<T, F: FnMut(&Row<'_>) -> Result<T>>(
        &mut self,
        values: impl Params,
        read: F,
    ) -> Result<Mapped<'_, F>> {
        Ok(Mapped { rows: self.query(values)?, read })
    }

    /// The first row of the answer.
    pub(crate) fn query_row<T>(&mut self, values: impl Params, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        match self.query(values)?.next()? {
            Some(row) => read(&row),
            None => Err(Error::NoRow),
        }
    }
}

/// What is made of each row of an answer.
pub(crate) struct Mapped<'s, F> {
    rows: Rows<'s>,
    read: F,
}

impl<T, F: FnMut(&Row<'_>) -> Result<T>> Iterator for Mapped<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        match self.rows.next() {
            Ok(Some(row)) => Some((self.read)(&row)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

/// What is written whole or not at all: undone unless it is committed.
#[derive(Debug)]
pub(crate) struct Transaction<'c> {
    connection: &'c Connection,
    open: bool,
}

impl<'c> Transaction<'c> {
    fn begin(connection: &'c Connection, how: &str) -> Result<Transaction<'c>> {
        match connection {
            Connection::Sqlite(file) => file.execute_batch(how)?,
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.begin(postgres::Begin::Write)?,
        }
        Ok(Transaction { connection, open: true })
    }

    pub(crate) fn commit(mut self) -> Result<()> {
        match self.connection {
            Connection::Sqlite(file) => file.execute_batch("COMMIT")?,
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => {
                self.open = false;
                session.commit()?;
            }
        }
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // What cannot be undone is undone by the database when the connection ends.
            match self.connection {
                Connection::Sqlite(file) => file.execute_batch("ROLLBACK").ok(),
                #[cfg(feature = "postgres")]
                Connection::Postgres(session) => session.roll_back().ok(),
            };
        }
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
