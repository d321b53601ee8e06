//! Random databases, merged in every order: the same rows, and nothing of either lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use mcpdex_model::{
    CrawlEvent, DELETED, Ecosystem, Listing, Observation, Outcome, Package, Partial, PartialReason, Remote, ServerId,
    Sighting, Tool, ToolOrigin, Transport,
};
use mcpdex_store::{Reader, StoreError, Writer, begin_run, merge};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One thing that somebody learnt: what, of whom, when.
#[derive(Debug, Clone)]
enum Learnt {
    Listing { server: usize, source: usize, package: usize, status: usize, owner: usize },
    List { server: usize, origin: usize, version: usize, tools: Vec<usize>, partial: bool },
    Failure { server: usize, outcome: usize },
}

/// What the clock says; one test writes at a time.
static CLOCK: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());

fn now() -> String {
    CLOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}

const NAMES: [&str; 6] = [
    "io.github.clay/kiln",
    "com.clay/kiln",
    "npm:@clay/kiln",
    "npm:kiln-mcp",
    "https://github.com/clay/kiln",
    "clay/wheel",
];
const SOURCES: [&str; 4] =
    ["registry:https://one.example", "file:list.json", "config:mcp.json", "list:https://l.example"];
const PACKAGES: [&str; 3] = ["@clay/kiln", "kiln-mcp", "wheel"];

fn event(learnt: &Learnt) -> CrawlEvent {
    let package = |at: usize, version: usize| {
        Package::named(Ecosystem::Npm, PACKAGES[at % 3], Some(format!("1.{}.0", version % 2)))
    };
    match learnt {
        Learnt::Listing { server, source, package: at, status, owner } => {
            let mut listing = Listing::bare(ServerId(NAMES[server % 6].to_owned()), SOURCES[source % 4]);
            if at % 4 < 3 {
                listing.packages.push(package(*at, 0));
            } else {
                let url = "https://mcp.clay.com/mcp".to_owned();
                listing.remotes.push(Remote { transport: Transport::StreamableHttp, url });
            }
            listing.title = (at % 2 == 0).then(|| format!("Title {source}"));
            listing.status = [None, Some("active"), Some(DELETED), Some("deprecated")][status % 4].map(str::to_owned);
            listing.repository = match owner % 3 {
                0 => Some("https://github.com/clay/kiln".to_owned()),
                1 => Some("https://github.com/mallory/kiln".to_owned()),
                _ => None,
            };
            CrawlEvent::Listing(Box::new(listing))
        }
        Learnt::List { server, origin, version, tools, partial } => {
            let server = ServerId(NAMES[server % 6].to_owned());
            let origin = [ToolOrigin::Static, ToolOrigin::Declared, ToolOrigin::Live][origin % 3];
            let mut seen = Observation::failed(server, origin, "target", Outcome::Ok, "");
            seen.detail = None;
            seen.package = (origin == ToolOrigin::Static).then(|| package(0, *version));
            let tool = |at: &usize| {
                let raw = format!(r#"{{"name":"tool_{}","description":"Deletes file {at}."}}"#, at % 3);
                (Tool::from_json(&raw).unwrap(), Sighting::default())
            };
            seen.tools = tools.iter().map(tool).collect();
            let missing = || Partial::missing(PartialReason::MalformedTool, "one is missing".to_owned(), None);
            seen.partial = partial.then(missing).into_iter().collect();
            CrawlEvent::Observation(Box::new(seen))
        }
        Learnt::Failure { server, outcome } => {
            let outcome = [Outcome::Timeout, Outcome::Unreachable, Outcome::Gone][outcome % 3];
            let server = ServerId(NAMES[server % 6].to_owned());
            CrawlEvent::Observation(Box::new(Observation::failed(
                server,
                ToolOrigin::Static,
                "npm:@clay/kiln",
                outcome,
                "no",
            )))
        }
    }
}

/// Writes a database: runs of some events, each run on a day of its own.
fn database(path: &Path, runs: &[(u8, Vec<Learnt>)]) {
    for (day, learnt) in runs {
        let at = format!("2031-01-{:02}T00:00:00Z", 1 + day % 28);
        *CLOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at.clone();
        let known = begin_run(path, &["all".to_owned()], &at, None).unwrap();
        let writer = Writer::spawn_for(path, Some(known.run()), None, now).unwrap();
        learnt.iter().for_each(|one| writer.send(event(one)).unwrap());
        writer.send(CrawlEvent::RunEnds).unwrap();
        writer.finish().unwrap();
    }
}

fn dump(path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let each = |line: &serde_json::Value| {
        lines.push(line.to_string());
        Ok::<_, StoreError>(())
    };
    Reader::open(path).unwrap().dump(each).unwrap();
    lines
}

fn column(path: &Path, sql: &str) -> BTreeSet<String> {
    let base = rusqlite::Connection::open(path).unwrap();
    let mut statement = base.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn learnt() -> impl Strategy<Value = Learnt> {
    let n = || 0..12_usize;
    prop_oneof![
        3 => (n(), n(), n(), n(), n())
            .prop_map(|(server, source, package, status, owner)| Learnt::Listing { server, source, package, status, owner }),
        3 => (n(), n(), n(), proptest::collection::vec(n(), 0..4), any::<bool>())
            .prop_map(|(server, origin, version, tools, partial)| Learnt::List { server, origin, version, tools, partial }),
        1 => (n(), n()).prop_map(|(server, outcome)| Learnt::Failure { server, outcome }),
    ]
}

fn runs() -> impl Strategy<Value = Vec<(u8, Vec<Learnt>)>> {
    proptest::collection::vec((any::<u8>(), proptest::collection::vec(learnt(), 0..8)), 1..4).prop_map(|mut runs| {
        runs.sort_by_key(|(day, _)| day % 28);
        runs
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_databases_merge_to_the_same_in_any_order(one in runs(), two in runs()) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        database(&at("a.db"), &one);
        database(&at("b.db"), &two);
        let go = |files: &[PathBuf], out: &str| {
            merge(files, &at(out), || Ok::<_, StoreError>(())).unwrap();
            dump(&at(out))
        };
        let (a, b) = (at("a.db"), at("b.db"));
        let whole = go(&[a.clone(), b.clone()], "ab.db");
        prop_assert_eq!(&whole, &go(&[b.clone(), a.clone()], "ba.db"));
        prop_assert_eq!(&whole, &go(&[b.clone(), a.clone(), b.clone()], "bab.db"));
        // Every list, every attempt that says anything and every listing of both is there.
        for sql in [
            "SELECT DISTINCT content_sha256 FROM observation",
            "SELECT outcome || ' ' || at || ' ' || target FROM attempt WHERE outcome != 'unreadable'",
            "SELECT source || ' ' || listing.version FROM listing",
            "SELECT hex(sha256) FROM definition WHERE id IN (SELECT definition_id FROM tool)",
        ] {
            let both = &column(&a, sql) | &column(&b, sql);
            prop_assert_eq!(column(&at("ab.db"), sql), both, "{}", sql);
        }
        prop_assert!(column(&at("ab.db"), "SELECT 'wrong' FROM pragma_foreign_key_check").is_empty());
    }
}
