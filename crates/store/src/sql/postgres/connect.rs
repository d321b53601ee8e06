//! Opens a connection to the server that an address names. TLS is checked or not there: a connection that would take any
//! certificate protects nobody.

use super::runtime::{run, spawn};
use super::session::Session;
use super::tls::{Tls, asked, tls};
use super::wire;
use crate::sql::Error;
use crate::{DatabasePlace, ServerUrl, StoreError};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

/// The oldest server that understands all statements.
const OLDEST: i64 = 14;

/// Opens a connection.
///
/// # Errors
/// The address is not understood, the server cannot be reached or refuses, or is too old.
pub(crate) fn session(url: &ServerUrl) -> Result<Session, StoreError> {
    let asked = asked(url)?;
    let tls = tls(url, &asked)?;
    let mut config = asked.config;
    config.ssl_mode(if matches!(tls, Tls::None) { SslMode::Disable } else { SslMode::Require });
    let how = tls.clone();
    let opened = run(async move {
        match how {
            Tls::None => config.connect(NoTls).await.map(|(client, connection)| driven(client, connection)),
            Tls::Checked(tls) => config.connect(tls).await.map(|(client, connection)| driven(client, connection)),
        }
    });
    let client = opened
        .map_err(|error| refused(url, "cannot be reached", Error::Io(error)))?
        .map_err(|error| failed(url, error))?;
    let session = Session::new(client, url.clone(), tls);
    let about = "SELECT pg_catalog.current_setting('server_version_num')::bigint / 10000,
                        pg_catalog.current_setting('server_encoding')";
    let fail = |error| refused(url, "cannot be asked", error);
    let rows = session.rows(about, &[]).map_err(fail)?;
    let row = rows.first().ok_or_else(|| fail(Error::NoRow))?;
    let version = wire::column(row, 0).map_err(fail)?;
    if !matches!(version, crate::sql::ValueRef::Integer(version) if version >= OLDEST) {
        return Err(StoreError::OldServer { path: DatabasePlace::Server(url.clone()), oldest: OLDEST });
    }
    match wire::column(row, 1).and_then(crate::sql::ValueRef::as_str).map_err(fail)? {
        "UTF8" => Ok(session),
        _ => Err(refused(url, "must be made with the encoding UTF8 (`createdb --encoding UTF8`)", Error::NoRow)),
    }
}

/// The client of a connection that the other thread drives to its end.
fn driven<S, T>(client: Client, connection: tokio_postgres::Connection<S, T>) -> Client
where
    tokio_postgres::Connection<S, T>: Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static,
{
    spawn(async move {
        // How it ended is told to whoever asks something of the client.
        connection.await.ok();
    });
    client
}

pub(super) fn refused(url: &ServerUrl, what: &'static str, source: Error) -> StoreError {
    StoreError::Server { path: DatabasePlace::Server(url.clone()), what, source }
}

/// Why a server could not be connected to, with the cure.
fn failed(url: &ServerUrl, error: tokio_postgres::Error) -> StoreError {
    let what = match error.code() {
        Some(code) if *code == SqlState::INVALID_PASSWORD || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "refuses this user or password; put the password into PGPASSWORD, or have its owner let the user in"
        }
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
            "does not exist on its server; make it with `createdb --encoding UTF8`"
        }
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            "is closed to this user; have its owner grant CONNECT"
        }
        Some(_) => "cannot be opened",
        None if error.to_string().contains("configuration") || error.to_string().contains("authentication") => {
            "asks for a password; put it into PGPASSWORD"
        }
        None => "cannot be reached; is the server running, and are host and port right?",
    };
    refused(url, what, Error::from(error))
}
