//! What it costs to keep tools on a server, beside what the bare rows cost: `cargo test -p mcpdex-store --features postgres
//! --test ingest -- --ignored --nocapture`, with `MCPDEX_INGEST` tools (20,000).

#![cfg(all(unix, feature = "postgres"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;
#[allow(dead_code, reason = "only its verdicts are needed")]
#[path = "support/world.rs"]
mod world;

use mcpdex_model::{CrawlEvent, Observation, Outcome, ServerId, Sighting, Tool, ToolOrigin, Verdict};
use mcpdex_store::{DatabasePlace, Judging, ServerTools, Writer, bring_up_to_date};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::PostgresServer;

/// Tables whose rows are most of what is kept, each after those it refers to.
const TABLES: [&str; 11] = [
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
];

struct Rules;

impl Judging for Rules {
    fn ruleset(&self) -> &str {
        "rules"
    }

    fn judge(&self, servers: &[ServerTools]) -> Vec<Vec<Verdict>> {
        world::verdicts(servers, "rules")
    }

    fn tokeniser(&self) -> &str {
        "letters"
    }

    fn tokens(&self, raws: &[&str]) -> Vec<u64> {
        raws.iter().map(|raw| raw.len() as u64).collect()
    }
}

fn crawl(place: &DatabasePlace, tools: usize) -> Duration {
    let began = Instant::now();
    let now = || "2031-02-03T04:05:06Z".to_owned();
    let writer = Writer::spawn_for(place, None, Some(Box::new(Rules)), now).unwrap();
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
    let place = |url: &str| DatabasePlace::from(PathBuf::from(url));
    let own = place(&server.database("own"));
    bring_up_to_date(&own).unwrap();
    let kept = crawl(&own, tools);
    let folder = tempfile::tempdir().unwrap();
    let file = crawl(&DatabasePlace::File(folder.path().join("mcpdex.db")), tools);
    bring_up_to_date(&place(&server.database("bare"))).unwrap();
    let path = |table: &str| server.folder().join(format!("{table}.copy")).display().to_string();
    for table in TABLES {
        server.sql("own", &format!("COPY (SELECT * FROM mcpdex.{table}) TO '{}' (FORMAT binary)", path(table)));
    }
    // Triggers are of the rows as well, and ids come with them.
    let copies: Vec<String> =
        TABLES.iter().map(|table| format!("COPY mcpdex.{table} FROM '{}' (FORMAT binary);", path(table))).collect();
    server.sql("bare", "TRUNCATE mcpdex.outcome CASCADE; INSERT INTO mcpdex.outcome VALUES ('ok')");
    let began = Instant::now();
    server.sql("bare", &format!("BEGIN; {} COMMIT", copies.join(" ")));
    let copied = began.elapsed();
    let each = |time: Duration| time.as_micros() / tools as u128;
    println!(
        "{tools} tools: kept on a server {} µs each, in a file {} µs, their bare rows by COPY {} µs; ratio {:.2}",
        each(kept),
        each(file),
        each(copied),
        copied.as_secs_f64() / kept.as_secs_f64()
    );
}
