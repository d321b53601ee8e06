//! The database: what is kept, what counts as current, and which files are refused.

use mcpdex::model::{
    Class, Confidence, CrawlEvent, Ecosystem, Listing, Observation, Outcome, Package, ServerId, Sighting, Tool,
    ToolOrigin, Verdict,
};
use mcpdex::model::{History, KeptListings};
use mcpdex::store::{Reader, ServerTools, StoreError, Writer, begin_run, judge_stale};
use std::path::Path;

fn now() -> String {
    "2031-02-03T04:05:06Z".to_owned()
}

fn tool(name: &str) -> Tool {
    Tool::from_json(&format!(r#"{{"name":"{name}","description":"Waters plants."}}"#)).unwrap()
}

fn seen(server: &str, origin: ToolOrigin, names: &[&str]) -> Observation {
    let mut observation = Observation::failed(ServerId(server.to_owned()), origin, "npm:garden", Outcome::Ok, "");
    observation.detail = None;
    observation.package = Some(Package::named(Ecosystem::Npm, "garden", Some("1.2.0".to_owned())));
    observation.tools = names.iter().map(|name| (tool(name), Sighting::default())).collect();
    observation
}

fn write(path: &Path, records: Vec<CrawlEvent>) {
    let writer = Writer::spawn(path, now).unwrap();
    for record in records {
        writer.send(record).unwrap();
    }
    writer.finish().unwrap();
}

fn observe(path: &Path, observation: Observation) {
    write(path, vec![CrawlEvent::Observation(Box::new(observation))]);
}

/// A judge that finds everything to be a write, and marks its verdicts with a digest.
fn judge(path: &Path, digest: &str) -> u64 {
    let verdict = |server: &ServerTools, tool: &Tool| Verdict {
        server: server.server.clone(),
        rationale: "It waters plants.".to_owned(),
        ruleset: digest.to_owned(),
        confidence: Confidence::Medium,
        ..Verdict::bare(&tool.name, Class::Write, &[])
    };
    let all = |servers: &[ServerTools]| {
        servers.iter().map(|server| server.tools.iter().map(|tool| verdict(server, tool)).collect()).collect()
    };
    judge_stale(path, digest, all).unwrap().tools
}

fn names(path: &Path, server: &str) -> Vec<String> {
    let reader = Reader::open(path).unwrap();
    reader.tools_of(server).unwrap().into_iter().map(|found| found.tool.name).collect()
}

#[test]
fn a_list_that_changes_and_changes_back_is_kept_twice_and_the_newest_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/catalogue.db");
    for list in [&["water"][..], &["water", "prune"], &["water"]] {
        observe(&path, seen("garden", ToolOrigin::Static, list));
        judge(&path, "d1");
        assert_eq!(names(&path, "garden"), list);
    }
    let summary = Reader::open(&path).unwrap().summary().unwrap();
    assert_eq!((summary.servers, summary.servers_read, summary.tools), (1, 1, 1));
}

#[test]
fn a_live_list_outranks_one_read_from_source_whichever_came_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    observe(&path, seen("garden", ToolOrigin::Live, &["water", "harvest"]));
    observe(&path, seen("garden", ToolOrigin::Static, &["water", "prune"]));
    judge(&path, "d1");
    assert_eq!(names(&path, "garden"), ["water", "harvest"]);
}

#[test]
fn a_failed_attempt_is_a_row_and_hides_no_list_that_was_learnt_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    observe(&path, seen("garden", ToolOrigin::Static, &["water"]));
    let server = ServerId("garden".to_owned());
    observe(&path, Observation::failed(server, ToolOrigin::Static, "npm:garden", Outcome::Timeout, "no answer in 5 s"));
    judge(&path, "d1");
    let reader = Reader::open(&path).unwrap();
    let unread = reader.unread().unwrap();
    assert_eq!((unread[0].outcome, unread[0].detail.as_deref()), (Outcome::Timeout, Some("no answer in 5 s")));
    assert_eq!(names(&path, "garden"), ["water"]);
    observe(&path, seen("garden", ToolOrigin::Static, &["water"]));
    assert_eq!(Reader::open(&path).unwrap().unread().unwrap(), []);
}

#[test]
fn a_server_that_was_never_read_is_counted_as_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    let listing = Listing::of_package(Package::named(Ecosystem::Oci, "garden", None), "registry:https://x.example");
    write(&path, vec![CrawlEvent::Listing(Box::new(listing))]);
    let summary = Reader::open(&path).unwrap().summary().unwrap();
    assert_eq!((summary.servers, summary.servers_read), (1, 0));
}

#[test]
fn new_rules_make_every_verdict_stale_and_new_tools_only_their_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    observe(&path, seen("garden", ToolOrigin::Static, &["water", "prune"]));
    observe(&path, seen("kitchen", ToolOrigin::Static, &["boil"]));
    assert!(!Reader::open(&path).unwrap().standing("d1").unwrap().judged);
    assert_eq!(judge(&path, "d1"), 3);
    assert!(Reader::open(&path).unwrap().standing("d1").unwrap().judged);
    assert_eq!(judge(&path, "d1"), 0);
    observe(&path, seen("kitchen", ToolOrigin::Static, &["boil", "fry"]));
    assert_eq!(judge(&path, "d1"), 2);
    assert_eq!(judge(&path, "d2"), 4);
}

#[test]
fn a_judge_out_of_step_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    observe(&path, seen("garden", ToolOrigin::Static, &["water"]));
    assert!(judge_stale(&path, "d1", |servers| servers.iter().map(|_| Vec::new()).collect()).is_err());
    assert!(!Reader::open(&path).unwrap().standing("d1").unwrap().judged);
}

#[test]
fn missing_foreign_newer_and_older_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(matches!(Reader::open(&path("none.db")), Err(StoreError::Missing(_))));

    std::fs::write(
        path("text.db"),
        "this is a letter, and a rather long one so that it looks like a page of something",
    )
    .unwrap();
    assert!(matches!(Writer::spawn(&path("text.db"), now), Err(StoreError::Foreign(_))));
    assert!(matches!(Reader::open(&path("text.db")), Err(StoreError::Foreign(_))));

    let foreign = rusqlite::Connection::open(path("other.db")).unwrap();
    foreign.execute_batch("CREATE TABLE recipe (name TEXT)").unwrap();
    drop(foreign);
    assert!(matches!(Writer::spawn(&path("other.db"), now), Err(StoreError::Foreign(_))));

    write(&path("newer.db"), Vec::new());
    rusqlite::Connection::open(path("newer.db")).unwrap().execute_batch("PRAGMA user_version = 999").unwrap();
    assert!(matches!(Reader::open(&path("newer.db")), Err(StoreError::Newer { found: 999, .. })));
    assert!(matches!(Writer::spawn(&path("newer.db"), now), Err(StoreError::Newer { found: 999, .. })));

    std::fs::write(path("empty.db"), "").unwrap();
    assert!(matches!(Reader::open(&path("empty.db")), Err(StoreError::Older { found: 0, .. })));
    write(&path("empty.db"), Vec::new());
    assert!(Reader::open(&path("empty.db")).is_ok());
}

#[test]
fn a_file_of_the_first_version_is_brought_up_to_date_with_all_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("first.db");
    let first = rusqlite::Connection::open(&path).unwrap();
    first.execute_batch(include_str!("../../crates/store/src/migrations/0001_base.sql")).unwrap();
    first.pragma_update(None, "application_id", mcpdex::store::APPLICATION_ID).unwrap();
    first.pragma_update(None, "user_version", 1).unwrap();
    first
        .execute_batch(
            "INSERT INTO server (id, name, first_seen, last_seen) VALUES (7, 'clay/kiln', 'then', 'then');
             INSERT INTO listing (server_id, source, version, packages, remotes, problems, first_seen, last_seen)
                 VALUES (7, 'registry:x', '1', '[]', '[]', '[]', 'then', 'then');
             INSERT INTO attempt (server_id, origin, target, outcome, at) VALUES (7, 'live', 'u', 'timeout', 'then');",
        )
        .unwrap();
    drop(first);
    assert!(matches!(Reader::open(&path), Err(StoreError::Older { found: 1, .. })));
    observe(&path, seen("clay/kiln", ToolOrigin::Static, &["water"]));
    judge(&path, "rules");
    assert_eq!(names(&path, "clay/kiln"), ["water"]);
    let database = rusqlite::Connection::open(&path).unwrap();
    let (pending, meta): (i64, Option<String>) =
        database.query_row("SELECT pending, meta FROM listing", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((pending, meta), (0, None));
    let attempts: i64 = database.query_row("SELECT count(*) FROM attempt", [], |row| row.get(0)).unwrap();
    assert_eq!(attempts, 2);
    let wrong: i64 = database.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(wrong, 0);
}

#[test]
fn how_an_attempt_may_end_is_the_vocabulary_and_a_new_word_needs_no_new_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    observe(&path, seen("garden", ToolOrigin::Static, &["water"]));
    let database = rusqlite::Connection::open(&path).unwrap();
    database.pragma_update(None, "foreign_keys", true).unwrap();
    let words: Vec<String> = database
        .prepare("SELECT word FROM outcome ORDER BY word")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut known: Vec<&str> = Outcome::ALL.iter().map(|word| word.as_str()).collect();
    known.sort_unstable();
    assert_eq!(words, known);
    let lost = "UPDATE attempt SET outcome = 'lost'";
    assert!(database.execute(lost, []).is_err(), "a word of no vocabulary was taken");
    database.execute("INSERT INTO outcome VALUES ('lost')", []).unwrap();
    assert_eq!(database.execute(lost, []).unwrap(), 1);
    // A word that went missing comes back with the next writer.
    database.execute("DELETE FROM outcome WHERE word = 'timeout'", []).unwrap();
    write(&path, Vec::new());
    let back: i64 =
        database.query_row("SELECT count(*) FROM outcome WHERE word = 'timeout'", [], |row| row.get(0)).unwrap();
    assert_eq!(back, 1);
}

#[test]
fn a_crawl_that_goes_on_is_handed_every_listing_once_a_page_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.db");
    let sources = ["registry:x".to_owned()];
    let first = begin_run(&path, &sources, &now(), None).unwrap();
    assert!(!first.continued());
    let writer = Writer::spawn_for(&path, Some(first.run()), None, now).unwrap();
    for number in 0..2_500 {
        let package = Package::named(Ecosystem::Npm, format!("pot-{number}"), None);
        writer.send(CrawlEvent::Listing(Box::new(Listing::of_package(package, "registry:x")))).unwrap();
    }
    let tried = ServerId::of_package(Ecosystem::Npm, "pot-7");
    writer.send(CrawlEvent::Done { server: tried, source: "registry:x".to_owned() }).unwrap();
    writer.finish().unwrap();

    let again = begin_run(&path, &sources, &now(), None).unwrap();
    assert!(again.continued() && again.has_listed("registry:x") && !again.has_listed("registry:y"));
    let all = |which| {
        let (mut from, mut names, mut pages) = (None, std::collections::BTreeSet::new(), 0);
        loop {
            let page = again.listings(which, "registry:x", from).unwrap();
            pages += 1;
            for listing in page.listings {
                assert!(names.insert(listing.server.0), "a server was listed twice");
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return (names.len(), pages),
            }
        }
    };
    let (pending, pages) = all(KeptListings::Pending);
    assert_eq!(pending, 2_499);
    assert!(pages > 1, "all of them were read at once");
    assert_eq!(all(KeptListings::Before), (0, 1));
}
