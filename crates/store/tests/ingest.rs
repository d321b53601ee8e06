//! What it costs to keep tools on a server, beside what the bare rows cost: `cargo test -p mcpdex-store --features postgres
//! --test ingest -- --ignored --nocapture`, with `MCPDEX_INGEST` tools (20,000). Of three rounds the quickest of each counts,
//! which is what a machine gives that others use as well.

#![cfg(all(unix, feature = "postgres"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;
#[allow(dead_code, reason = "only its verdicts are needed")]
#[path = "support/world.rs"]
mod world;

use mcpdex_model::{CrawlEvent, Observation, Outcome, ServerId, Sighting, Tool, ToolOrigin};
use mcpdex_store::{DatabasePlace, Writer, bring_up_to_date};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::PostgresServer;

/// Tables whose rows are kept of lists, each after those it refers to; names of servers come by a trigger.
const TABLES: [&str; 16] = [
    "server",
    "observation",
    "attempt",
    "definition",
    "tool",
    "phrase",
    "judgement",
    "judged",
    "search",
    "tool_name",
    "mention",
    "ground",
    "cost",
    "judged_by",
    "server_word",
    "server_mark",
];

fn crawl(place: &DatabasePlace, tools: usize) -> Duration {
    let began = Instant::now();
    let now = || "2031-02-03T04:05:06Z".to_owned();
    let writer = Writer::spawn_for(place, None, Some(Box::new(world::Rules)), now).unwrap();
    for at in 0..tools / 10 {
        let (server, target) = (ServerId(format!("io.example/kiln-{at}")), format!("https://kiln-{at}.example/mcp"));
        let mut seen = Observation::failed(server, ToolOrigin::Live, target, Outcome::Ok, "");
        let tool = |nth: usize| {
            let text = format!(
                r#"{{"name":"fire_pot_{at}_{nth}","description":"Fires pot {nth} of kiln {at} with glaze_{} and waits until it is done.","inputSchema":{{"type":"object","properties":{{"pot":{{"type":"string","description":"The pot"}},"heat":{{"type":"integer"}}}}}}}}"#,
                at % 97
            );
            (Tool::from_json(&text).unwrap(), Sighting::default())
        };
        (seen.detail, seen.tools) = (None, (0..10).map(tool).collect());
        writer.send(CrawlEvent::Observation(Box::new(seen))).unwrap();
    }
    assert_eq!(writer.finish().unwrap().judged as usize, tools / 10 * 10);
    began.elapsed()
}

#[test]
#[ignore = "takes a minute and prints figures"]
fn keeping_tools_beside_copying_their_rows() {
    let Some(server) = PostgresServer::start() else { return };
    let tools = std::env::var("MCPDEX_INGEST").ok().and_then(|tools| tools.parse().ok()).unwrap_or(20_000);
    let rounds: Vec<[Duration; 3]> = (0..3).map(|round| measured(&server, round, tools)).collect();
    let least = |of: usize| rounds.iter().map(|times| times[of]).min().unwrap();
    let each = |of: usize| least(of).as_micros() / tools as u128;
    println!(
        "{tools} tools: kept on a server {} µs each, in a file {} µs, their bare rows by COPY {} µs; ratio {:.2}",
        each(0),
        each(1),
        each(2),
        least(2).as_secs_f64() / least(0).as_secs_f64()
    );
}

/// How long it takes to keep tools on a server, to keep them in a file, and to copy the rows.
fn measured(server: &PostgresServer, round: usize, tools: usize) -> [Duration; 3] {
    let place = |url: &str| DatabasePlace::from(PathBuf::from(url));
    let (own, bare) = (format!("own_{round}"), format!("bare_{round}"));
    let at = place(&server.database(&own));
    bring_up_to_date(&at).unwrap();
    let kept = crawl(&at, tools);
    let folder = tempfile::tempdir().unwrap();
    let file = crawl(&DatabasePlace::File(folder.path().join("mcpdex.db")), tools);
    bring_up_to_date(&place(&server.database(&bare))).unwrap();
    let path = |table: &str| server.folder().join(format!("{table}_{round}.copy")).display().to_string();
    for table in TABLES {
        server.sql(&own, &format!("COPY (SELECT * FROM mcpdex.{table}) TO '{}' (FORMAT binary)", path(table)));
    }
    // Triggers are of the rows as well, and ids come with them.
    let copies: Vec<String> =
        TABLES.iter().map(|table| format!("COPY mcpdex.{table} FROM '{}' (FORMAT binary);", path(table))).collect();
    server.sql(&bare, "TRUNCATE mcpdex.outcome CASCADE; INSERT INTO mcpdex.outcome VALUES ('ok')");
    let began = Instant::now();
    server.sql(&bare, &format!("BEGIN; {} COMMIT", copies.join(" ")));
    [kept, file, began.elapsed()]
}
