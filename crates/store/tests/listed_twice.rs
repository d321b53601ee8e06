//! A listing that one crawl writes more than once, each time saying something else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use mcpdex_model::{CrawlEvent, Ecosystem, Listing, Package, Remote, ServerId, Transport};
use mcpdex_store::Writer;
use std::path::Path;

fn now() -> String {
    "2031-02-03T04:05:06Z".to_owned()
}

fn write(path: &Path, listings: Vec<Listing>) {
    let writer = Writer::spawn(path, now).unwrap();
    for listing in listings {
        writer.send(CrawlEvent::Listing(Box::new(listing))).unwrap();
    }
    writer.finish().unwrap();
}

fn kiln() -> Listing {
    Listing {
        status: Some("active".to_owned()),
        ..Listing::bare(ServerId("io.example/kiln".to_owned()), "registry:https://registry.example")
    }
}

fn rows(path: &Path, sql: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_last_that_is_said_of_a_listing_holds_and_nothing_stops_the_crawl() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mcpdex.db");
    let package = |name: &str| Package::named(Ecosystem::Npm, name, None);
    let remote = |url: &str| Remote { transport: Transport::StreamableHttp, url: url.to_owned() };
    write(
        &path,
        vec![
            kiln(),
            Listing { status: Some("deprecated".to_owned()), packages: vec![package("kiln")], ..kiln() },
            // The same package twice, and what was known before.
            Listing {
                status: Some("deleted".to_owned()),
                packages: vec![package("kiln"), package("kiln"), package("kiln-mcp")],
                remotes: vec![remote("https://kiln.example/mcp"), remote("https://kiln.example/mcp")],
                ..kiln()
            },
            kiln(),
        ],
    );
    assert_eq!(rows(&path, "SELECT status FROM listing"), ["active"]);
    assert_eq!(
        rows(&path, "SELECT alias FROM server_alias ORDER BY alias"),
        ["https://kiln.example/mcp", "npm:kiln", "npm:kiln-mcp"]
    );
    // Once more, before anything was indexed.
    write(&path, vec![Listing { status: Some("deprecated".to_owned()), packages: vec![package("kiln")], ..kiln() }]);
    assert_eq!(rows(&path, "SELECT status FROM listing"), ["deprecated"]);
}
