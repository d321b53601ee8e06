//! Crawlers that agree over a real PostgreSQL. Where there is none the tests say that they are skipped.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hosts;
mod pieces;
#[path = "../../../store/tests/support/proxy.rs"]
mod proxy;
#[path = "../../../store/tests/support/mod.rs"]
mod servers;
mod work;

use tokio_postgres::Config;

/// How to reach a new database of a server, which keeps what it says that it has kept.
fn database(server: &servers::PostgresServer) -> Config {
    let mut config: Config = server.database("crawl").parse().expect("an address");
    config.options("-c synchronous_commit=on");
    config
}
