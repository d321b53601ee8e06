//! What asking a database of a million tools costs: `cargo bench --bench catalogue`.
//!
//! The tools of `MCPDEX_CORPUS` (or invented ones) are repeated under varied names on as many servers as that takes;
//! `MCPDEX_BENCH_TOOLS` makes the database smaller, `MCPDEX_BENCH_DB` keeps it. Every figure is of whole processes, from
//! their start to the end of their output, in turns with what it is compared with. Memory is read from /proc: Linux only.

use flate2::read::MultiGzDecoder;
use mcpdex::model::{
    CrawlEvent, Ecosystem, Listing, Observation, Outcome, Package, ServerId, Sighting, Tool, ToolOrigin,
};
use mcpdex::store::Writer;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const TURNS: usize = 60;

/// Name, and the rest of a tool's object.
fn patterns() -> Vec<(String, serde_json::Map<String, serde_json::Value>)> {
    let invented = || {
        let verbs = ["list", "get", "create", "delete", "update", "run", "search", "send"];
        let things = ["shelf", "label", "invoice", "plant", "room", "ticket", "file", "page"];
        let both = verbs.iter().flat_map(|verb| things.iter().map(move |thing| (verb, thing)));
        both.map(|(verb, thing)| {
            let text = format!(r#"{{"description":"{verb} a {thing} of the caller's choice."}}"#);
            (format!("{verb}_{thing}"), serde_json::from_str(&text).expect("an object"))
        })
        .collect()
    };
    let Some(corpus) = std::env::var_os("MCPDEX_CORPUS") else { return invented() };
    let Ok(file) = std::fs::File::open(PathBuf::from(corpus).join("tools-dev.jsonl.gz")) else { return invented() };
    let mut all = Vec::new();
    for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
        let mut row: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&line.expect("the corpus is text")).expect("a row");
        let name = row.remove("name").and_then(|name| name.as_str().map(str::to_owned)).expect("a name");
        for key in ["server", "provenance", "source"] {
            row.remove(key);
        }
        row.retain(|_, value| !value.is_null());
        all.push((name, row));
    }
    all
}

fn fill(path: &Path, tools: usize) {
    let patterns = patterns();
    let writer = Writer::spawn(path, || "2031-01-01T00:00:00Z".to_owned()).expect("a new database");
    let mut made = 0;
    let mut number = 0;
    while made < tools {
        let package = Package::named(Ecosystem::Npm, format!("bench-{number}"), Some("1.0.0".to_owned()));
        let server = ServerId(format!("io.github.bench/server-{number:06}"));
        let listing = Listing { server: server.clone(), ..Listing::of_package(package.clone(), "bench") };
        writer.send(CrawlEvent::Listing(Box::new(listing))).expect("the writer runs");
        let mut list = Vec::new();
        for _ in 0..12.min(tools - made) {
            let (name, rest) = &patterns[made % patterns.len()];
            let round = made / patterns.len();
            let mut object = serde_json::Map::new();
            // Every tenth round keeps the names, so that names meet on several servers.
            let name = if round.is_multiple_of(10) { name.clone() } else { format!("{name}_{round}") };
            object.insert("name".to_owned(), name.into());
            object.extend(rest.clone());
            let raw = serde_json::Value::Object(object).to_string();
            list.push((Tool::from_json(&raw).expect("a tool"), Sighting::default()));
            made += 1;
        }
        let observation = Observation {
            server,
            origin: ToolOrigin::Static,
            outcome: Outcome::Ok,
            target: format!("npm:bench-{number}"),
            package: Some(package),
            artifact_sha256: None,
            detail: None,
            tools: list,
            partial: Vec::new(),
            remarks: Vec::new(),
        };
        writer.send(CrawlEvent::Observation(Box::new(observation))).expect("the writer runs");
        number += 1;
    }
    writer.finish().expect("written");
}

fn mcpdex(database: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcpdex"));
    command.args(words).env("MCPDEX_DB", database).stdin(Stdio::null());
    command
}

/// Milliseconds from the start of a process to the end of its output.
fn run(mut command: Command) -> f64 {
    let start = Instant::now();
    let output = command.output().expect("the program starts");
    let took = start.elapsed().as_secs_f64() * 1e3;
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(!output.stdout.is_empty(), "{command:?} printed nothing");
    took
}

fn at(mut times: Vec<f64>, share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share).round() as usize]
}

/// The highest resident memory of a run, in MiB, as GNU time or the kernel's accounting of children tells it.
fn peak(command: &mut Command) -> f64 {
    let script = "import resource, subprocess, sys\n\
                  subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n\
                  print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let mut python = Command::new("python3");
    python.arg("-c").arg(script).arg(command.get_program()).args(command.get_args());
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            python.env(key, value);
        }
    }
    let output = python.output().expect("python3 starts");
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    text.parse::<f64>().expect("kilobytes") / 1024.0
}

fn main() {
    let tools: usize = std::env::var("MCPDEX_BENCH_TOOLS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kept = std::env::var_os("MCPDEX_BENCH_DB").map(PathBuf::from);
    let database = kept.unwrap_or_else(|| folder.path().join("catalogue.db"));
    if !database.exists() {
        let start = Instant::now();
        fill(&database, tools);
        println!("{tools} tools written in {:.0} s", start.elapsed().as_secs_f64());
        let start = Instant::now();
        run(mcpdex(&database, &["--quiet", "search", "shelf"]));
        println!("judged and indexed in {:.0} s", start.elapsed().as_secs_f64());
    }
    let size = std::fs::metadata(&database).map(|meta| meta.len() >> 20).unwrap_or(0);
    println!("{size} MiB");

    let connection = rusqlite::Connection::open(&database).expect("the database opens");
    let names: Vec<String> = connection
        .prepare("SELECT name FROM tool WHERE current = 1 AND id % 9973 = 17 LIMIT 60")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .expect("names");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let name = &names[turn % names.len()];
        ours.push(run(mcpdex(&database, &["tool", name])));
        let sql = format!(
            "SELECT server.name, server.title, observation.origin, observation.target, observation.version, tool.file,
                    tool.line, observation.partial, observation.last_seen, definition.raw, verdict.document
             FROM tool JOIN server ON server.id = tool.server_id
             JOIN observation ON observation.id = tool.observation_id
             JOIN definition ON definition.id = tool.definition_id JOIN verdict ON verdict.tool_id = tool.id
             WHERE tool.current = 1 AND tool.name = '{}' ORDER BY server.name",
            name.replace('\'', "''")
        );
        let mut shell = Command::new("sqlite3");
        shell.arg("-readonly").arg(&database).arg(sql).stdin(Stdio::null());
        theirs.push(run(shell));
    }
    let (mine, shell) = (at(ours.clone(), 0.5), at(theirs.clone(), 0.5));
    println!("lookup by name   {mine:.2} ms, sqlite3 {shell:.2} ms, ratio {:.2} (median of {TURNS})", mine / shell);
    println!("                 p95 {:.2} ms, sqlite3 {:.2} ms", at(ours, 0.95), at(theirs, 0.95));

    let words = [
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
    ];
    let mut times = Vec::new();
    for word in words {
        let mine: Vec<f64> = (0..9).map(|_| run(mcpdex(&database, &["search", word]))).collect();
        let filtered: Vec<f64> =
            (0..3).map(|_| run(mcpdex(&database, &["search", word, "--risk", "critical"]))).collect();
        println!(
            "search {word:<16} {:>6.2} ms, critical only {:>6.2} ms",
            at(mine.clone(), 0.5),
            at(filtered.clone(), 0.5)
        );
        times.extend(mine);
        times.extend(filtered);
    }
    println!("search           median {:.2} ms, p95 {:.2} ms", at(times.clone(), 0.5), at(times, 0.95));

    let servers: Vec<String> = (0..30).map(|i| format!("npm:bench-{}", i * 97)).collect();
    let mine: Vec<f64> = servers.iter().map(|server| run(mcpdex(&database, &["server", server]))).collect();
    println!("server           median {:.2} ms, p95 {:.2} ms", at(mine.clone(), 0.5), at(mine, 0.95));
    println!("memory           lookup {:.1} MiB", peak(&mut mcpdex(&database, &["tool", &names[0]])));
    println!("                 search {:.1} MiB", peak(&mut mcpdex(&database, &["search", "get"])));
}
