//! The database: what is kept, what counts as current, and which files are refused.

use mcpdex::model::{
    Category, Class, Confidence, Ecosystem, Listing, Observation, Outcome, Package, Risk, Sep2793, ServerId, Tool,
    ToolOrigin, Verdict,
};
use mcpdex::store::{Reader, Record, ServerTools, StoreError, Writer, judge_stale};
use std::collections::BTreeSet;
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
    observation.tools = names.iter().map(|name| (tool(name), None)).collect();
    observation
}

fn write(path: &Path, records: Vec<Record>) {
    let writer = Writer::spawn(path, now).unwrap();
    for record in records {
        writer.send(record).unwrap();
    }
    writer.finish().unwrap();
}

fn observe(path: &Path, observation: Observation) {
    write(path, vec![Record::Observation(Box::new(observation))]);
}

/// A judge that finds everything to be a write, and marks its verdicts with a digest.
fn judge(path: &Path, digest: &str) -> u64 {
    let verdict = |server: &ServerTools, tool: &Tool| Verdict {
        server: server.server.clone(),
        name: tool.name.clone(),
        class: Class::Write,
        traits: BTreeSet::new(),
        risk: Risk::Medium,
        confidence: Confidence::Medium,
        category: Category::Write,
        rationale: "It waters plants.".to_owned(),
        evidence: Vec::new(),
        overruled: Vec::new(),
        operations: Vec::new(),
        frameworks: Vec::new(),
        sep2793: Sep2793 {
            risk_level: Risk::Medium,
            category: "mutate".to_owned(),
            blast_radius: "item".to_owned(),
            reversibility: "manual".to_owned(),
            side_effects: Vec::new(),
            approval_recommendation: "none".to_owned(),
            min_trust_level: 2,
        },
        audit: Vec::new(),
        notes: Vec::new(),
        recognised: true,
        ruleset: digest.to_owned(),
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
    write(&path, vec![Record::Listing(Box::new(listing))]);
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
    first.execute_batch(include_str!("../../crates/store/src/schema.sql")).unwrap();
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
