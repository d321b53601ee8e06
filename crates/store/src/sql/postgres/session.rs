//! A connection to a PostgreSQL server, and statements on it.
//!
//! Every statement is sent whole each time, without a name on the server, in one round trip, so that a pooler may give
//! each transaction another connection. Values are sent as text, and the server finds out what each of them is. Nothing
//! is set beyond a transaction: a statement outside of one gets one of its own.

use super::runtime::{self, wait};
use super::tls::Tls;
use super::waiting::{Waiting, named};
use super::{dialect, wire};
use crate::ServerUrl;
use crate::sql::bulk::Bulk;
use crate::sql::value::Params;
use crate::sql::{Error, Result};
use crate::stems::Stems;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, Client, Row as PgRow};

/// Rows that are fetched at a time where an answer may hold the whole database.
const FETCHED: usize = 2_000;

/// All writers of one database hold this lock, one at a time, until what they write is whole.
const ONE_WRITER: i64 = 0x6d63_7064_6578;

/// Tables are ours, and nothing that another puts before them is taken for one.
const OURS: &str = "SET LOCAL search_path TO mcpdex, pg_catalog, pg_temp";

/// A statement as the server takes it, and the tables of many rows that it names.
#[derive(Clone)]
struct Told {
    sql: Arc<str>,
    named: u32,
}

/// What a statement that was sent changed, once the server says so.
type Sent = Pin<Box<dyn Future<Output = std::result::Result<u64, tokio_postgres::Error>> + Send>>;

/// A connection to a server.
pub(crate) struct Session {
    client: Arc<Client>,
    /// Statements that were sent and are not answered yet, in their order.
    sent: RefCell<Vec<Sent>>,
    pub(super) url: ServerUrl,
    tls: Tls,
    in_transaction: Cell<bool>,
    /// Statements as this server takes them.
    told: RefCell<HashMap<Box<str>, Told>>,
    waiting: RefCell<Waiting>,
    cursors: Cell<u64>,
    stems: RefCell<Option<Stems>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.url)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.in_transaction.get() {
            // A pooler gives a connection that is left within a transaction to nobody else.
            self.roll_back().ok();
        }
    }
}

/// How a transaction is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Every answer of one moment.
    Read,
    /// Alone among those that write.
    Write,
}

impl Session {
    pub(super) fn new(client: Client, url: ServerUrl, tls: Tls) -> Session {
        Session {
            client: Arc::new(client),
            sent: RefCell::default(),
            url,
            tls,
            in_transaction: Cell::new(false),
            told: RefCell::default(),
            waiting: RefCell::default(),
            cursors: Cell::new(0),
            stems: RefCell::default(),
        }
    }

    fn told(&self, sql: &str) -> Told {
        if let Some(told) = self.told.borrow().get(sql) {
            return told.clone();
        }
        let told = Told { sql: dialect::told(sql).into(), named: named(sql) };
        self.told.borrow_mut().insert(sql.into(), told.clone());
        told
    }

    pub(crate) fn begin(&self, how: Begin) -> Result<()> {
        let sql = match how {
            Begin::Read => format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {OURS}"),
            Begin::Write => {
                format!(
                    "BEGIN ISOLATION LEVEL READ COMMITTED; {OURS}; SELECT pg_catalog.pg_advisory_xact_lock({ONE_WRITER})"
                )
            }
        };
        let begun = self.simple(&sql);
        if begun.is_err() {
            self.simple("ROLLBACK").ok();
        }
        self.in_transaction.set(begun.is_ok());
        begun
    }

    /// Takes a row that may wait until its table is read.
    pub(crate) fn add(&self, bulk: &Bulk, values: impl Params) -> Result<()> {
        let values = wire::owned(&values)?;
        if self.waiting.borrow().meets(bulk, &values) {
            self.send_waiting()?;
        }
        let is_full = self.waiting.borrow_mut().add(bulk, values);
        match (self.in_transaction.get(), is_full) {
            // Outside of a transaction there is no later.
            (false, _) => self.within(|| self.send_waiting().and_then(|()| self.settle())),
            (true, true) => self.send_waiting(),
            (true, false) => Ok(()),
        }
    }

    /// Hands what waits to the server, which is at it while something else is done.
    pub(crate) fn send_waiting(&self) -> Result<()> {
        if self.waiting.borrow().is_empty() {
            return Ok(());
        }
        let mut waiting = self.waiting.borrow_mut();
        let mut texts = waiting.texts();
        if !texts.is_empty() {
            self.stems(|stems| stems.vectors(&mut texts))?;
        }
        let statements = waiting.take()?;
        drop(waiting);
        for (sql, columns) in statements {
            let client = Arc::clone(&self.client);
            let mut sent: Sent = Box::pin(async move {
                let values: Vec<(&(dyn ToSql + Sync), Type)> =
                    columns.iter().map(|column| (column as _, Type::UNKNOWN)).collect();
                client.execute_typed(&sql, &values).await
            });
            // It is sent as it is looked at for the first time, so that the order is kept.
            match sent.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => answer.map(drop)?,
                Poll::Pending => self.sent.borrow_mut().push(sent),
            }
        }
        Ok(())
    }

    /// Waits for the answers to what was sent.
    fn settle(&self) -> Result<()> {
        let sent = std::mem::take(&mut *self.sent.borrow_mut());
        // After the first that is refused the transaction takes nothing.
        sent.into_iter().try_for_each(|sent| Ok(wait(sent).map(drop)?))
    }

    /// Writes what waits where a statement would miss it.
    fn before(&self, told: &Told) -> Result<()> {
        if self.waiting.borrow().concerns(told.named) { self.send_waiting() } else { Ok(()) }
    }

    /// So many numbers of a table's rows that nobody else is given.
    pub(crate) fn numbers(&self, table: &str, many: usize) -> Result<Vec<i64>> {
        // OFFSET 0: the name is looked for once.
        let sql = format!(
            "SELECT nextval(numbers) FROM (
                 SELECT CAST(pg_get_serial_sequence('mcpdex.{table}', 'id') AS regclass) AS numbers OFFSET 0) AS of,
                 generate_series(1, {many})"
        );
        let rows = self.within(|| self.rows(&sql, &[]))?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The rows of definitions by their digests in hexadecimal, as far as they are known and do not wait.
    pub(crate) fn definitions(&self, digests: &[String]) -> Result<HashMap<String, i64>> {
        let sql = "SELECT encode(sha256, 'hex'), id FROM definition
                   WHERE sha256 = ANY(CAST($1 AS bytea[]))
                     AND substr(sha256, 1, 6) = ANY(ARRAY(SELECT substr(one, 1, 6) FROM unnest(CAST($1 AS bytea[])) AS one))";
        let listed: Vec<String> = digests.iter().map(|digest| format!("\"\\\\x{digest}\"")).collect();
        let value = wire::Bound::of(format!("{{{}}}", listed.join(",")));
        let rows = self.within(|| self.rows(sql, std::slice::from_ref(&value)))?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    pub(crate) fn commit(&self) -> Result<()> {
        if let Err(error) = self.send_waiting().and_then(|()| self.settle()) {
            self.roll_back().ok();
            return Err(error);
        }
        self.in_transaction.set(false);
        self.simple("COMMIT")
    }

    pub(crate) fn roll_back(&self) -> Result<()> {
        self.waiting.borrow_mut().forget();
        self.sent.borrow_mut().clear();
        self.in_transaction.set(false);
        self.simple("ROLLBACK")
    }

    /// Runs what needs a transaction in the one that is open, or in one of its own.
    fn within<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.in_transaction.get() {
            return work();
        }
        self.simple(&format!("BEGIN; {OURS}"))?;
        match work() {
            Ok(done) => self.simple("COMMIT").map(|()| done),
            Err(error) => {
                self.simple("ROLLBACK").ok();
                Err(error)
            }
        }
    }

    fn simple(&self, sql: &str) -> Result<()> {
        Ok(wait(self.client.batch_execute(sql))?)
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.send_waiting()?;
        self.settle()?;
        self.within(|| self.simple(sql))
    }

    /// A number that is another one after somebody has written anything on the server.
    pub(crate) fn data_version(&self) -> Result<i64> {
        let sql = "SELECT pg_catalog.hashtextextended(pg_catalog.pg_current_snapshot()::text, 0)";
        let rows = self.rows(sql, &[])?;
        Ok(rows.first().ok_or(Error::NoRow)?.try_get(0)?)
    }

    pub(crate) fn interrupter(&self) -> Interrupter {
        Interrupter { token: self.client.cancel_token(), tls: self.tls.clone() }
    }

    /// Words as the search index holds them.
    pub(crate) fn stems<T>(&self, work: impl FnOnce(&mut Stems) -> rusqlite::Result<T>) -> Result<T> {
        let mut stems = self.stems.borrow_mut();
        let stems = match stems.as_mut() {
            Some(stems) => stems,
            None => stems.insert(Stems::new()?),
        };
        Ok(work(stems)?)
    }

    pub(super) fn rows(&self, sql: &str, values: &[wire::Bound]) -> Result<Vec<PgRow>> {
        self.settle()?;
        let values: Vec<_> = values.iter().map(|value| (wire::as_sql(value), Type::UNKNOWN)).collect();
        Ok(wait(self.client.query_typed(sql, &values))?)
    }

    fn count(&self, sql: &str, values: &[wire::Bound]) -> Result<usize> {
        self.settle()?;
        let values: Vec<_> = values.iter().map(|value| (wire::as_sql(value), Type::UNKNOWN)).collect();
        let changed = wait(self.client.execute_typed(sql, &values))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }
}

/// Stops the statement that a session runs.
pub(crate) struct Interrupter {
    token: CancelToken,
    tls: Tls,
}

impl Interrupter {
    pub(crate) fn interrupt(&self) {
        let (token, tls) = (self.token.clone(), self.tls.clone());
        runtime::spawn(async move {
            // Whoever asked has gone: nobody is there to be told that nothing could be stopped.
            match tls {
                Tls::None => token.cancel_query(tokio_postgres::NoTls).await.ok(),
                Tls::Checked(tls) => token.cancel_query(tls).await.ok(),
            };
        });
    }
}

/// A statement of a session.
pub(crate) struct Statement<'c> {
    session: &'c Session,
    told: Told,
    /// Its answer may hold the whole database.
    is_large: bool,
}

impl<'c> Statement<'c> {
    pub(crate) fn new(session: &'c Session, sql: &str, is_large: bool) -> Statement<'c> {
        Statement { session, told: session.told(sql), is_large }
    }

    pub(crate) fn execute(&mut self, values: impl Params) -> Result<usize> {
        let values = wire::bound(&values)?;
        self.session.before(&self.told)?;
        self.session.within(|| self.session.count(&self.told.sql, &values))
    }

    pub(crate) fn insert(&mut self, values: impl Params) -> Result<i64> {
        let values = wire::bound(&values)?;
        self.session.before(&self.told)?;
        let sql = format!("{} RETURNING id", self.told.sql);
        let rows = self.session.within(|| self.session.rows(&sql, &values))?;
        Ok(rows.first().ok_or(Error::NoRow)?.try_get(0)?)
    }

    pub(crate) fn query(&mut self, values: impl Params) -> Result<Rows<'_>> {
        let values = wire::bound(&values)?;
        self.session.before(&self.told)?;
        if !self.is_large || !self.session.in_transaction.get() {
            let rows = self.session.within(|| self.session.rows(&self.told.sql, &values))?;
            return Ok(Rows { session: self.session, cursor: None, rows: rows.into_iter(), row: None });
        }
        let cursor = self.session.cursors.get() + 1;
        self.session.cursors.set(cursor);
        let declare = format!("DECLARE large_{cursor} NO SCROLL CURSOR FOR {}", self.told.sql);
        self.session.count(&declare, &values)?;
        Ok(Rows { session: self.session, cursor: Some(cursor), rows: Vec::new().into_iter(), row: None })
    }
}

/// The rows of an answer, fetched in parts where it is large.
pub(crate) struct Rows<'s> {
    session: &'s Session,
    cursor: Option<u64>,
    rows: std::vec::IntoIter<PgRow>,
    row: Option<PgRow>,
}

impl Rows<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<&PgRow>> {
        self.row = self.rows.next();
        if let (None, Some(cursor)) = (&self.row, self.cursor) {
            self.rows = self.session.rows(&format!("FETCH FORWARD {FETCHED} FROM large_{cursor}"), &[])?.into_iter();
            self.row = self.rows.next();
        }
        Ok(self.row.as_ref())
    }
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        if let Some(cursor) = self.cursor.filter(|_| self.session.in_transaction.get()) {
            // Where the transaction has failed the cursor is gone with it.
            self.session.simple(&format!("CLOSE large_{cursor}")).ok();
        }
    }
}
