//! How fast policies are exported and how much memory that takes: `cargo bench --bench policy`.
//!
//! Two databases of invented servers, 4,000 and 40,000, are exported for one target each in a process of its own, so that
//! the peak memory is that of the export alone. Memory is read from /proc, so the figures come from Linux only.

use mcpdex::model::{CrawlEvent, Listing, Observation, Outcome, Package, ServerId, Sighting, Tool, ToolOrigin};
use mcpdex::store::Writer;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const SIZES: [usize; 2] = [4_000, 40_000];
/// Peak memory may grow by this factor from the small database to the large one.
const MOST_GROWTH: f64 = 1.2;

/// What the tools of an invented server look like: name, description, properties.
const TOOLS: [(&str, &str, &str); 6] = [
    ("list_shelves", "List all shelves.", "{}"),
    ("read_label", "Return the text of a label.", r#"{"label":{"type":"string"}}"#),
    ("rename_shelf", "Change the name of a shelf.", r#"{"shelf":{"type":"string"},"force":{"type":"boolean"}}"#),
    ("run_inventory", "Start the inventory job.", r#"{"depth":{"type":"integer"}}"#),
    ("delete_shelf", "Delete a shelf for good. This cannot be undone.", r#"{"shelf":{"type":"string"}}"#),
    ("pay_invoice", "Pay an invoice from the account.", r#"{"amount":{"type":"number"}}"#),
];

fn fill(path: &Path, servers: usize) {
    let writer = Writer::spawn(path, || "2026-01-01T00:00:00Z".to_owned()).expect("a new database");
    for i in 0..servers {
        let server = ServerId(format!("io.github.example/shelf-{i:06}"));
        let package = Package::named(mcpdex::model::Ecosystem::Npm, format!("shelf-{i}"), None);
        let listing = Listing { server: server.clone(), ..Listing::of_package(package, "bench") };
        writer.send(CrawlEvent::Listing(Box::new(listing))).expect("the writer runs");
        let tools = TOOLS.iter().map(|(name, description, properties)| {
            let raw = format!(
                r#"{{"name":"{name}_{i}","description":"{description}","inputSchema":{{"properties":{properties}}}}}"#
            );
            (Tool::from_json(&raw).expect("a tool"), Sighting::default())
        });
        let observation = Observation {
            server,
            origin: ToolOrigin::Static,
            outcome: Outcome::Ok,
            target: format!("npm:shelf-{i}"),
            package: None,
            artifact_sha256: None,
            detail: None,
            tools: tools.collect(),
            partial: Vec::new(),
            remarks: Vec::new(),
        };
        writer.send(CrawlEvent::Observation(Box::new(observation))).expect("the writer runs");
    }
    writer.finish().expect("written");
}

fn mcpdex(database: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcpdex"));
    command.args(words).env("MCPDEX_DB", database).arg("--quiet");
    command
}

/// Runs a command to its end; seconds, and the highest resident memory seen on the way, in kilobytes.
fn measured(mut command: Command) -> (f64, u64) {
    let start = Instant::now();
    let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("mcpdex starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
            peak = peak.max(kilobytes.unwrap_or(0));
        }
        if let Some(ended) = child.try_wait().expect("the child is ours") {
            break ended;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(ended.success(), "mcpdex failed");
    (start.elapsed().as_secs_f64(), peak)
}

fn main() {
    let target = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_else(|| "policylayer".into());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut peaks = Vec::new();
    for servers in SIZES {
        let database = folder.path().join(format!("{servers}.db"));
        fill(&database, servers);
        // Judging is another command's work: done before the clock starts.
        assert!(mcpdex(&database, &["policy", "list_shelves_0"]).output().expect("mcpdex runs").status.success());
        let out = folder.path().join(format!("out-{servers}"));
        let words = ["policy", "--all", "--target", &target, "--out", out.to_str().expect("a plain path")];
        let (seconds, peak) = measured(mcpdex(&database, &words));
        let documents = std::fs::read_to_string(out.join("documents.jsonl")).expect("written").lines().count();
        assert_eq!(documents, servers, "every server has a document");
        let rate = documents as f64 / seconds;
        println!("{target}: {documents} documents in {seconds:.2} s, {rate:.0} documents/s, peak {peak} kB");
        peaks.push(peak as f64);
    }
    let growth = peaks[1] / peaks[0];
    println!("peak memory at {} servers is {growth:.2} times that at {}", SIZES[1], SIZES[0]);
    assert!(growth <= MOST_GROWTH, "peak memory grows with the number of servers");
}
