//! The tables and functions that crawlers agree by, made where they are missing, a numbered step at a time.

use super::FleetError;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

/// The steps, in order. A released one is never edited.
const STEPS: [&str; 2] = [include_str!("migrations/0001_fleet.sql"), include_str!("migrations/0002_pieces.sql")];

/// The newest step that this program knows.
const KNOWN: i32 = STEPS.len() as i32;

/// Whoever makes tables holds this, so that of several that begin at once one does.
const LOCK: i64 = 0x6d63_7064_6578_0001;

/// Brings the tables to what this program knows.
///
/// # Errors
/// They are newer, or may not be made.
pub(super) async fn prepare(client: &mut Client) -> Result<(), FleetError> {
    let fail = |source: tokio_postgres::Error| {
        let doing = match source.code() {
            Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                "the tables that crawlers agree by are to be made: their owner has to run `mcpdex crawl --join` once"
            }
            _ => "preparing the tables that crawlers agree by",
        };
        FleetError::Database { doing, source }
    };
    let found = version(client).await?;
    if !is_known(found) {
        return Err(newer(found));
    }
    if found == KNOWN {
        return Ok(());
    }
    let transaction = client.transaction().await.map_err(&fail)?;
    transaction.execute_typed("SELECT pg_advisory_xact_lock($1)", &[(&LOCK, Type::INT8)]).await.map_err(&fail)?;
    // One that its owner has made already needs no right to make schemas.
    let there = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'mcpdex_fleet')";
    let there = transaction.query_typed(there, &[]).await.map_err(&fail)?;
    if !there.first().is_some_and(|row| row.get(0)) {
        transaction.batch_execute("CREATE SCHEMA mcpdex_fleet").await.map_err(&fail)?;
    }
    let first = "CREATE TABLE IF NOT EXISTS mcpdex_fleet.version (number integer NOT NULL);
                 INSERT INTO mcpdex_fleet.version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM mcpdex_fleet.version)";
    transaction.batch_execute(first).await.map_err(&fail)?;
    let row = transaction.query_typed("SELECT number FROM mcpdex_fleet.version", &[]).await.map_err(&fail)?;
    let found: i32 = row.first().map_or(0, |row| row.get(0));
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.batch_execute(step).await.map_err(&fail)?;
    }
    let written = "UPDATE mcpdex_fleet.version SET number = greatest(number, $1)";
    transaction.execute_typed(written, &[(&KNOWN, Type::INT4)]).await.map_err(&fail)?;
    transaction.commit().await.map_err(&fail)
}

/// The newest step that was taken; 0 where there is none.
///
/// # Errors
/// The database does not answer.
pub(super) async fn version(client: &Client) -> Result<i32, FleetError> {
    let fail = FleetError::database("reading how crawlers agree");
    let there = "SELECT to_regclass('mcpdex_fleet.version') IS NOT NULL";
    let there = client.query_typed(there, &[]).await.map_err(&fail)?;
    if !there.first().is_some_and(|row| row.get(0)) {
        return Ok(0);
    }
    let row = client.query_typed("SELECT number FROM mcpdex_fleet.version", &[]).await.map_err(&fail)?;
    Ok(row.first().map_or(0, |row| row.get(0)))
}

/// Whether this program knows tables after so many steps.
pub(super) fn is_known(found: i32) -> bool {
    found <= KNOWN
}

pub(super) fn newer(found: i32) -> FleetError {
    FleetError::Newer { found, known: KNOWN }
}
