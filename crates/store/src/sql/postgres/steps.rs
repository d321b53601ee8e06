//! The tables on a server: made where there are none, brought up to date where they are old, refused where they are
//! another's or newer. They lie in a schema of their own, `mcpdex`.

use super::connect::{refused, session};
use super::session::{Begin, Session};
use super::wire;
use crate::sql::Error;
use crate::{DatabasePlace, ServerUrl, StoreError};
use mcpdex_model::Outcome;
use tokio_postgres::error::SqlState;

/// The steps from an empty schema to the present one; the file 000N leads to version N. Never edit one that was released.
const STEPS: &[&str] = include!(concat!(env!("OUT_DIR"), "/migrations_postgres.rs"));

/// What is there: no table of ours, tables of another, or ours of this version.
enum Found {
    Nothing,
    Foreign,
    Version(i64),
}

/// Opens a database for reading, in one transaction from its opening to its end.
///
/// # Errors
/// It cannot be opened, or holds nothing of ours, something foreign, or a newer or older version.
pub(crate) fn open_for_reading(url: &ServerUrl) -> Result<Session, StoreError> {
    let (session, place) = (session(url)?, DatabasePlace::Server(url.clone()));
    session.begin(Begin::Read).map_err(|error| refused(url, "cannot be read", error))?;
    let known = STEPS.len() as i64;
    match found(&session)? {
        Found::Nothing => Err(StoreError::Missing(place)),
        Found::Foreign => Err(StoreError::Foreign(place)),
        Found::Version(found) if found > known => Err(StoreError::Newer { path: place, found, known }),
        Found::Version(found) if found < known => Err(StoreError::Older { path: place, found, known }),
        Found::Version(_) => Ok(session),
    }
}

/// Opens a database for writing, making its tables or bringing them up to date.
///
/// # Errors
/// It cannot be opened, holds something foreign or newer, or this user may not make tables where some must be made.
pub(crate) fn open_for_writing(url: &ServerUrl) -> Result<Session, StoreError> {
    let (session, known) = (session(url)?, STEPS.len() as i64);
    // Most often there is nothing to do, and whoever only crawls may not do it.
    let is_present = matches!(found(&session)?, Found::Version(found) if found == known) && has_words(&session, url)?;
    if !is_present {
        migrate(&session, url)?;
    }
    Ok(session)
}

fn migrate(session: &Session, url: &ServerUrl) -> Result<(), StoreError> {
    let place = DatabasePlace::Server(url.clone());
    let fail = |error: Error| match error.code() {
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            refused(url, "must be brought up to date by a user who may make tables in it", error)
        }
        _ => refused(url, "cannot be brought up to date", error),
    };
    let known = STEPS.len() as i64;
    // Under the lock of all writers: another process may have done it meanwhile.
    session.begin(Begin::Write).map_err(fail)?;
    let found = match found(session)? {
        Found::Foreign => return Err(StoreError::Foreign(place)),
        Found::Version(found) if found > known => return Err(StoreError::Newer { path: place, found, known }),
        Found::Version(found) => found,
        Found::Nothing => {
            // One that its owner has made already needs no right to make schemas.
            let there = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'mcpdex')";
            if number(session, there)? == 0 {
                session.batch("CREATE SCHEMA mcpdex").map_err(fail)?;
            }
            session.batch("CREATE TABLE schema_version (version bigint NOT NULL)").map_err(fail)?;
            session.batch("INSERT INTO schema_version VALUES (0)").map_err(fail)?;
            0
        }
    };
    for (from, step) in STEPS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        session.batch(step).map_err(fail)?;
        session.batch(&format!("UPDATE schema_version SET version = {}", from + 1)).map_err(fail)?;
    }
    // A new word needs no step.
    for outcome in Outcome::ALL {
        let sql = format!("INSERT INTO outcome (word) VALUES ('{}') ON CONFLICT DO NOTHING", outcome.as_str());
        session.batch(&sql).map_err(fail)?;
    }
    session.commit().map_err(fail)
}

fn found(session: &Session) -> Result<Found, StoreError> {
    let tables =
        "SELECT count(*) FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
                  WHERE nspname = 'mcpdex' AND relkind IN ('r', 'p', 'v')";
    if number(session, tables)? == 0 {
        return Ok(Found::Nothing);
    }
    if number(session, &format!("{tables} AND relname = 'schema_version'"))? == 0 {
        return Ok(Found::Foreign);
    }
    number(session, "SELECT coalesce(max(version), 0) FROM mcpdex.schema_version").map(Found::Version)
}

/// Whether every outcome of today's vocabulary is known.
fn has_words(session: &Session, url: &ServerUrl) -> Result<bool, StoreError> {
    let rows = session.rows("SELECT word FROM mcpdex.outcome", &[]);
    let rows = rows.map_err(|error| refused(url, "cannot be read by this user", error))?;
    Ok(Outcome::ALL
        .iter()
        .all(|outcome| rows.iter().any(|row| row.try_get::<_, &str>(0).is_ok_and(|word| word == outcome.as_str()))))
}

fn number(session: &Session, sql: &str) -> Result<i64, StoreError> {
    let fail = |error| refused(&session.url, "cannot be read by this user", error);
    let rows = session.rows(sql, &[]).map_err(fail)?;
    let value = rows.first().ok_or(Error::NoRow).and_then(|row| wire::column(row, 0)).map_err(fail)?;
    match value {
        crate::sql::ValueRef::Integer(number) => Ok(number),
        _ => Ok(0),
    }
}
