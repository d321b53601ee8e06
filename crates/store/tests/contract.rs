//! What a database has to do, whichever it is: the same calls to a SQLite file and to a PostgreSQL server, and equal answers.

#![cfg(all(unix, feature = "postgres"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/batches.rs"]
mod batches;
#[path = "support/hostile.rs"]
mod hostile;
mod support;
#[path = "support/world.rs"]
mod world;

use mcpdex_model::{CrawlEvent, Observation, Outcome, ServerId, Sighting, Tool, ToolOrigin};
use mcpdex_store::{DatabasePlace, Reader, Search, StoreError, Writer, judge_stale, load};
use std::path::PathBuf;
use support::{Pooler, PostgresServer};

fn place(url: &str) -> DatabasePlace {
    DatabasePlace::from(PathBuf::from(url))
}

/// That two databases answer alike; `seen` says which is asked.
fn alike(file: &DatabasePlace, server: &DatabasePlace) {
    let (wanted, found) = (world::answers(file), world::answers(server));
    let mut wrong = Vec::new();
    for (what, answer) in &wanted {
        if found.get(what) != Some(answer) {
            wrong.push(format!("{what}\n  file   {answer}\n  server {}", found[what]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} answers differ\n{}", wrong.len(), wanted.len(), wrong.join("\n"));
}

/// That two dumps are the same but for the sign that a server keeps none of.
fn same_rows(wanted: &[String], found: &[String]) {
    // A definition is kept as it came, where the sign is told by letters.
    let kept = |line: &String| match line.starts_with(r#"{"table":"definition""#) {
        true => line.clone(),
        false => line.replace("u0000", "u0001"),
    };
    assert_eq!(wanted.len(), found.len());
    for (wanted, found) in wanted.iter().zip(found) {
        assert_eq!(kept(wanted), kept(found));
    }
}

#[test]
fn a_file_and_a_server_give_equal_answers() {
    let Some(server) = PostgresServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let own = place(&server.database("own"));
    for place in [&file, &own] {
        world::write(place).unwrap();
    }
    alike(&file, &own);

    // The whole of it, row by row, and back into the other one.
    let (of_file, of_server) = (world::dumped(&file), world::dumped(&own));
    assert_eq!(of_file.len(), of_server.len());
    let other_file = DatabasePlace::File(folder.path().join("other.db"));
    let other = place(&server.database("other"));
    load(&other, of_file.join("\n").as_bytes()).unwrap();
    load(&other_file, of_server.join("\n").as_bytes()).unwrap();
    same_rows(&of_file, &world::dumped(&other));
    same_rows(&of_server, &world::dumped(&other_file));
    // New rows after those that came with numbers.
    world::write(&other).unwrap();

    // The views that people ask.
    let views = "SELECT count(*) FROM mcpdex.tools_current; SELECT count(*) FROM mcpdex.verdicts_current;
                 SELECT count(*) FROM mcpdex.server_risk; SELECT count(*) FROM mcpdex.server_outcome;
                 SELECT count(*) FROM mcpdex.verdict WHERE document::json IS NOT NULL";
    let connection = rusqlite::Connection::open(file.file().unwrap()).unwrap();
    for (at, view) in
        ["tools_current", "verdicts_current", "server_risk", "server_outcome", "verdict"].iter().enumerate()
    {
        let count: i64 = connection.query_row(&format!("SELECT count(*) FROM {view}"), [], |row| row.get(0)).unwrap();
        let told = server.sql("own", views.split(';').nth(at).unwrap());
        assert_eq!(told.trim(), count.to_string(), "{view}");
    }
}

#[test]
fn a_pooler_may_give_each_transaction_another_connection() {
    let Some(server) = PostgresServer::start() else { return };
    let Some(pooler) = Pooler::start(&server, 3) else { return };
    server.database("pooled");
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let pooled = place(&pooler.url("pooled"));
    world::write(&file).unwrap();
    world::write(&pooled).unwrap();
    alike(&file, &pooled);
    // Many at a time over few connections: each asks in transactions of its own and lets go between them.
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let search = Search { text: "pot".to_owned(), take: 5, ..Search::default() };
                    assert!(!Reader::open(&pooled).unwrap().search(&search).unwrap().hits.is_empty());
                }
            });
        }
    });
}

#[test]
fn what_is_not_ours_or_not_there_is_refused_with_the_cure_and_without_the_password() {
    let Some(server) = PostgresServer::start() else { return };
    let refused = |url: &str| {
        let error = Reader::open(&place(url)).map(drop).unwrap_err();
        let mut told = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(below) = cause {
            told = format!("{told}: {below}");
            cause = below.source();
        }
        assert!(!told.contains("s3cret") && !format!("{error:?}").contains("s3cret"), "{told}");
        (error, told)
    };
    server.database("empty");
    assert!(matches!(refused(&server.url("owner", "empty")).0, StoreError::Missing(_)));
    server.database("others");
    server.sql("others", "CREATE SCHEMA mcpdex; CREATE TABLE mcpdex.server (id bigint)");
    assert!(matches!(refused(&server.url("owner", "others")).0, StoreError::Foreign(_)));
    let foreign = mcpdex_store::bring_up_to_date(&place(&server.url("owner", "others")));
    assert!(matches!(foreign, Err(StoreError::Foreign(_))), "{foreign:?}");
    let newer = server.database("newer");
    mcpdex_store::bring_up_to_date(&place(&newer)).unwrap();
    server.sql("newer", "UPDATE mcpdex.schema_version SET version = 999");
    assert!(matches!(refused(&newer).0, StoreError::Newer { found: 999, .. }));
    let written = mcpdex_store::bring_up_to_date(&place(&newer));
    assert!(matches!(written, Err(StoreError::Newer { found: 999, .. })), "{written:?}");
    server.sql("newer", "UPDATE mcpdex.schema_version SET version = 0");
    assert!(matches!(refused(&newer).0, StoreError::Older { found: 0, .. }));

    let folder = server.folder().display().to_string();
    let (_, told) = refused(&format!("postgres://guarded:s3cret@/empty?host={folder}"));
    assert!(told.contains("PGPASSWORD"), "{told}");
    let (_, told) = refused(&format!("postgres://guarded@/empty?host={folder}"));
    assert!(told.contains("PGPASSWORD"), "{told}");
    let (_, told) = refused(&format!("postgres://owner:s3cret@/nowhere?host={folder}"));
    assert!(told.contains("createdb"), "{told}");
    let (_, told) = refused("postgres://owner:s3cret@/empty?host=/nowhere");
    assert!(told.contains("is the server running"), "{told}");
    let (_, told) = refused("postgres://owner:s3cret@127.0.0.1:1/empty");
    assert!(told.contains("is the server running"), "{told}");
    let (_, told) = refused(&format!("postgres://owner:s3cret@/empty?host={folder}&sslmode=prefer"));
    assert!(told.contains("sslmode"), "{told}");
    let (_, told) = refused(&format!("postgres://owner:s3cret@/empty?host={folder}&sslmode=require"));
    assert!(told.contains("cannot be reached"), "{told}");
    let (_, told) = refused("postgres://owner:s3cret@[bad/empty");
    assert!(told.contains("no address"), "{told}");
}

fn crawl(place: &DatabasePlace, named: &str, servers: usize) {
    let writer = Writer::spawn(place, || "2031-02-03T04:05:06Z".to_owned()).unwrap();
    for at in 0..servers {
        let (server, target) =
            (ServerId(format!("io.example/{named}-{at}")), format!("https://{named}-{at}.example/mcp"));
        let mut seen = Observation::failed(server, ToolOrigin::Live, target, Outcome::Ok, "");
        let tool = |name: &str| Tool::from_json(&format!(r#"{{"name":"{name}","description":"Fires."}}"#)).unwrap();
        seen.detail = None;
        seen.tools = vec![(tool("fire_pot"), Sighting::default()), (tool(&format!("only_{at}")), Sighting::default())];
        writer.send(CrawlEvent::Observation(Box::new(seen))).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn whoever_reads_while_other_rules_judge_sees_the_old_verdicts_until_all_are_new() {
    let Some(server) = PostgresServer::start() else { return };
    let own = place(&server.database("own"));
    crawl(&own, "one", 300);
    let rulesets = || server.sql("own", "SELECT string_agg(DISTINCT ruleset, ' ') FROM mcpdex.verdicts_current");
    judge_stale(&own, "first", |servers| world::verdicts(servers, "first")).unwrap();
    assert_eq!(rulesets().trim(), "first");
    let (mut pieces, reader) = (0, Reader::open(&own).unwrap());
    judge_stale(&own, "second", |servers| {
        pieces += 1;
        assert_eq!(rulesets().trim(), "first");
        assert_eq!(Reader::open(&own).unwrap().ruleset().unwrap(), "first");
        world::verdicts(servers, "second")
    })
    .unwrap();
    assert!(pieces > 2, "{pieces}");
    assert_eq!(rulesets().trim(), "second");
    // One that was open all the time sees the moment of its opening until it is renewed, and can tell that there is news.
    assert_eq!(reader.ruleset().unwrap(), "first");
    let before = reader.data_version().unwrap();
    assert_eq!(reader.ruleset().unwrap(), "second");
    assert_eq!(reader.data_version().unwrap(), before);
    crawl(&own, "one", 1);
    assert_ne!(reader.data_version().unwrap(), before);
}

#[test]
fn several_write_at_once_and_nothing_is_lost() {
    let Some(mut server) = PostgresServer::start() else { return };
    let own = place(&server.database("own"));
    std::thread::scope(|scope| {
        for at in 0..4 {
            let own = &own;
            // The first to come makes the tables. Each has servers of its own, and all have some in common.
            scope.spawn(move || {
                crawl(own, &format!("own-{at}"), 40);
                crawl(own, "common", 40);
                judge_stale(own, "rules", |servers| world::verdicts(servers, "rules")).unwrap();
            });
        }
    });
    let counted = |server: &PostgresServer| {
        server.sql("own", "SELECT (SELECT count(*) FROM mcpdex.server), (SELECT count(*) FROM mcpdex.verdicts_current)")
    };
    assert_eq!(counted(&server).trim(), "200|400");
    let twice = "SELECT (SELECT count(*) - count(DISTINCT sha256) FROM mcpdex.definition),
                        (SELECT count(*) - count(DISTINCT text) FROM mcpdex.phrase)";
    assert_eq!(server.sql("own", twice).trim(), "0|0");
    // A power cut, and on.
    server.restart();
    crawl(&own, "after", 1);
    assert_eq!(server.sql("own", "SELECT count(*) FROM mcpdex.server").trim(), "201");
}
