//! What the whole program costs at every size: `cargo bench --bench scale`.
//!
//! Lists of tools (those of `MCPDEX_CORPUS`, or invented ones, repeated under varied names on as many servers as that
//! takes) are crawled, crawled again unchanged, judged again by other rules, looked up, searched, counted and compared; a
//! loopback registry with its servers is crawled. At 1 %, 10 % and 100 % of `MCPDEX_BENCH_TOOLS` (1,000,000) and of
//! `MCPDEX_BENCH_SERVERS` (43,000); `MCPDEX_BENCH_SHARES=1,10` leaves the largest out, `MCPDEX_BENCH_PROGRAM` measures
//! another mcpdex. Every figure is of whole processes; CPU seconds are user and system time, which a busy machine changes
//! less than it does the wall clock. Needs python3, which tells what a child took, and the sqlite3 shell to compare with.
#![allow(clippy::unwrap_used, reason = "the world that is served stops where it cannot go on")]

mod corpus;
mod measured;
#[path = "../../tests/it/support/world.rs"]
mod world;

use measured::{Run, Runs, mcpdex, median, percentile};
use std::path::Path;
use std::process::Command;

/// Turns of a lookup.
const TURNS: usize = 30;
/// Words that are searched for: common and rare ones, one and several.
const WORDS: [&str; 25] = [
    "get",
    "list",
    "create",
    "the",
    "a",
    "of",
    "data",
    "delete file",
    "search",
    "user",
    "update",
    "server",
    "send message",
    "id",
    "kubernetes",
    "invoice",
    "get list",
    "run query",
    "zebra",
    "file",
    "api key",
    "workflow status",
    "name",
    "read email",
    "deploy",
];
const FILTERS: [&[&str]; 3] = [&[], &["--risk", "critical"], &["--class", "write"]];

fn main() {
    let number = |name: &str, usual: usize| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (tools, servers) = (number("MCPDEX_BENCH_TOOLS", 1_000_000), number("MCPDEX_BENCH_SERVERS", 43_000));
    let shares = std::env::var("MCPDEX_BENCH_SHARES").unwrap_or_else(|_| "1,10,100".to_owned());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut table = Vec::new();
    for share in shares.split(',').filter_map(|share| share.trim().parse::<usize>().ok()) {
        let place = folder.path().join(format!("{share}"));
        std::fs::create_dir_all(&place).expect("a folder");
        let mut column = Column { share, rows: Vec::new() };
        column.lists(&place, tools * share / 100);
        column.world(&place, servers * share / 100);
        for (what, figure) in &column.rows {
            println!("{share:>4} %  {what:<34} {figure}");
        }
        table.push(column);
        std::fs::remove_dir_all(&place).ok();
    }
    print(&table);
}

/// What one size took.
struct Column {
    share: usize,
    rows: Vec<(&'static str, String)>,
}

impl Column {
    fn row(&mut self, what: &'static str, figure: String) {
        self.rows.push((what, figure));
    }

    fn run(&mut self, what: &'static str, items: usize, run: &Run) {
        self.row(what, run.told(items));
    }

    /// Tools that a file lists.
    fn lists(&mut self, place: &Path, tools: usize) {
        let (file, database) = (place.join("tools.jsonl"), place.join("tools.db"));
        let written = corpus::write(&file, tools).expect("the list is written");
        let file = file.to_str().expect("a plain path");
        let raw = std::fs::metadata(file).map_or(0, |meta| meta.len());
        self.row("tools, servers, list", format!("{}, {}, {} MB", written.tools, written.servers, raw / 1_000_000));
        let crawl = ["--quiet", "crawl", "--listed", file, "--refresh", "0h"];
        self.run("crawl a list, judge, index", tools, &mcpdex(&database, place, &crawl).measured());
        let size = std::fs::metadata(&database).map_or(0, |meta| meta.len());
        let definitions = sqlite(&database, "SELECT sum(length(raw)) FROM definition").parse::<u64>().unwrap_or(1);
        let times = size as f64 / definitions as f64;
        self.row("database, per byte of definitions", format!("{} MB, {times:.2}", size / 1_000_000));
        self.run("crawl it again, unchanged", tools, &mcpdex(&database, place, &crawl).measured());
        self.answers(place, &database);
        // Overrides are part of what verdicts are known by.
        std::fs::create_dir_all(place.join("mcpdex")).expect("a folder");
        let other = "[[override]]\ntool = \"no_such_tool\"\nclass = \"read\"\nreason = \"none\"\nauthor = \"bench\"\ndate = \"2026-01-01\"\n";
        std::fs::write(place.join("mcpdex/overrides.toml"), other).expect("the overrides are written");
        self.run("judge again by other rules", tools, &mcpdex(&database, place, &["--quiet", "stats"]).measured());
        std::fs::remove_file(place.join("mcpdex/overrides.toml")).ok();
        let out = place.join("policies");
        let export =
            ["--quiet", "policy", "--all", "--target", "policylayer", "--out", out.to_str().expect("a plain path")];
        let run = mcpdex(&database, place, &export).measured();
        self.run("judge back, export all policies", tools, &run);
    }

    fn answers(&mut self, place: &Path, database: &Path) {
        let names = sqlite(database, "SELECT name FROM tool WHERE current = 1 AND id % 97 = 17 LIMIT 30");
        let names: Vec<&str> = names.lines().collect();
        let ask = |words: &[&str]| mcpdex(database, place, words).measured();
        let mut ours = Runs::default();
        let (mut theirs, mut unknown, mut absent) = (Runs::default(), Runs::default(), Runs::default());
        for turn in 0..TURNS {
            let name = names[turn % names.len()];
            ours.add(ask(&["tool", name]));
            let mut shell = Command::new("sqlite3");
            shell.arg("-readonly").arg(database).arg(joined(name));
            theirs.add(measured::measured(shell));
            unknown.add(ask(&["tool", &format!("{}x", name.replacen('e', "", 1))]));
            absent.add(ask(&["server", "no-such-server"]));
        }
        let shell = median(&theirs.cpu);
        let ratio = |runs: &Runs| {
            format!("{:.2} ms CPU, {:.2} x the sqlite3 shell", median(&runs.cpu), median(&runs.cpu) / shell)
        };
        self.row("tool NAME", ratio(&ours));
        self.row("tool NAME, not there", ratio(&unknown));
        self.row("server, not there", ratio(&absent));
        let mut searches = Runs::default();
        for word in WORDS {
            for filter in FILTERS {
                searches.add(ask(&[&["search", word], filter].concat()));
            }
        }
        let (p50, p95) = (percentile(&searches.cpu, 0.5), percentile(&searches.cpu, 0.95));
        self.row("search, 25 questions, 3 filters", format!("p50 {p50:.1} ms, p95 {p95:.1} ms CPU"));
        self.run("stats", 1, &ask(&["stats"]));
        self.run("diff, nothing changed", 1, &ask(&["diff", &after()]));
        self.run("doctor", 1, &ask(&["doctor"]));
    }

    /// A registry on loopback, and its servers.
    fn world(&mut self, place: &Path, servers: usize) {
        let plan = world::Plan { servers, faulty: 0, ..world::Plan::default() };
        let world = world::World::start(plan, 0);
        let registry = world.registry();
        let crawl = ["--quiet", "crawl", &registry, "--allow-private", "--interval", "0", "--per-host", "64"];
        let run = mcpdex(&place.join("world.db"), place, &crawl).measured();
        self.run("crawl a registry and its servers", servers, &run);
    }
}

/// A time at which nothing has changed since.
fn after() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}

/// What `mcpdex tool` asks, as one statement.
fn joined(name: &str) -> String {
    format!(
        "SELECT server.name, server.title, observation.origin, observation.target, observation.version, tool.file,
                tool.line, observation.partial, observation.last_seen, definition.raw, judgement.*, phrase.text,
                judged.quoted, judged.rest
         FROM tool JOIN server ON server.id = tool.server_id JOIN observation ON observation.id = tool.observation_id
         JOIN definition ON definition.id = tool.definition_id JOIN judged ON judged.tool_id = tool.id
         JOIN judgement ON judgement.id = judged.judgement_id JOIN phrase ON phrase.id = judged.rationale_id
         WHERE tool.current = 1 AND tool.name = '{}' ORDER BY server.name",
        name.replace('\'', "''")
    )
}

fn sqlite(database: &Path, sql: &str) -> String {
    let output = Command::new("sqlite3").arg("-readonly").arg(database).arg(sql).output().expect("sqlite3 starts");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// All sizes beside each other.
fn print(table: &[Column]) {
    println!();
    let shares: Vec<String> = table.iter().map(|column| format!("{} %", column.share)).collect();
    println!("| | {} |", shares.join(" | "));
    println!("|---|{}", "---|".repeat(table.len()));
    let Some(first) = table.first() else { return };
    for (at, (what, _)) in first.rows.iter().enumerate() {
        let figures: Vec<&str> =
            table.iter().map(|column| column.rows.get(at).map_or("", |(_, figure)| figure.as_str())).collect();
        println!("| {what} | {} |", figures.join(" | "));
    }
}
