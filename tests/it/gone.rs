//! What a registry deleted is in no view, count, search, lookup, policy or export of what is current, only in its own
//! history; and it comes back when it is listed again.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use serde_json::{Value, json};

const FIRST: &str = "/v0.1/servers?limit=100&version=latest";
const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// A registry on loopback, and the endpoints of its servers.
struct Registry {
    mirror: Mirror,
}

impl Registry {
    fn start() -> Registry {
        Registry { mirror: Mirror::start() }
    }

    fn source(&self) -> String {
        format!("registry:{}", self.mirror.url("").as_str().trim_end_matches('/'))
    }

    /// Lists these, each with what the registry notes of it.
    fn lists(&self, servers: &[(&str, Value)]) {
        self.answers(FIRST, servers);
    }

    fn answers(&self, target: &str, servers: &[(&str, Value)]) {
        let entries: Vec<Value> = servers.iter().map(|(name, notes)| entry(name, "1.0.0", notes)).collect();
        self.mirror.on(target, Reply::json(json!({"servers": entries, "metadata": {}})));
    }
}

fn entry(name: &str, version: &str, notes: &Value) -> Value {
    json!({"server": {"name": name, "version": version}, "_meta": {OFFICIAL: notes}})
}

fn active() -> Value {
    json!({"status": "active", "isLatest": true})
}

fn deleted() -> Value {
    json!({"status": "deleted", "isLatest": true})
}

/// A user whose database holds tools of `clay/kiln` and `clay/wheel`, which a registry lists.
fn user(registry: &Registry) -> User {
    let user = User::new();
    registry.lists(&[("clay/kiln", active()), ("clay/wheel", active())]);
    crawl(&user, registry);
    let tool = |server: &str, name: &str| {
        format!(r#"{{"server":"{server}","name":"{name}","description":"Delete a glaze for good."}}"#)
    };
    let tools = [tool("clay/kiln", "drop_glaze"), tool("clay/wheel", "drop_slip")].join("\n");
    learn(&user, &tools);
    assert_eq!(current(&user), ["clay/kiln drop_glaze", "clay/wheel drop_slip"]);
    user
}

/// Puts tools into the database as a recording of theirs does, and takes the recording out of what lists the servers.
fn learn(user: &User, tools: &str) {
    std::fs::write(user.home().join("tools.jsonl"), tools).unwrap();
    user.done(&["crawl", "--listed", "tools.jsonl", "--quiet"]);
    change(user, "DELETE FROM listing WHERE source LIKE '%tools.jsonl'");
}

/// Crawls a registry whose servers name nothing that could be read.
fn crawl(user: &User, registry: &Registry) -> Value {
    crawl_with(user, registry, &[])
}

fn crawl_with(user: &User, registry: &Registry, more: &[&str]) -> Value {
    let source = registry.source();
    let mut words = vec!["crawl", "--listed", "--json", &source];
    words.extend(more);
    let ran = user.run(&words);
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err))
}

fn change(user: &User, sql: &str) {
    rusqlite::Connection::open(user.database()).unwrap().execute_batch(sql).unwrap();
}

fn rows(user: &User, sql: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn current(user: &User) -> Vec<String> {
    user.done(&["search", "drop", "--json"]);
    rows(user, "SELECT server || ' ' || tool FROM verdicts_current ORDER BY 1")
}

/// The registry is asked for what changed the next time: since a time that is known.
fn since(user: &User) -> String {
    change(user, "UPDATE source SET swept = '2030-01-01T00:10:00Z' WHERE name LIKE 'registry:%'");
    format!("{FIRST}&updated_since=2030-01-01T00%3A00%3A00Z")
}

#[test]
fn a_deleted_server_is_nowhere_but_in_its_history_and_comes_back_when_it_is_listed_again() {
    let registry = Registry::start();
    let user = user(&registry);
    let changed = since(&user);
    registry.answers(&changed, &[("clay/kiln", deleted())]);
    let report = crawl(&user, &registry);
    assert_eq!((&report["servers"], &report["tools"]), (&1.into(), &1.into()), "{report}");
    assert_eq!(current(&user), ["clay/wheel drop_slip"]);
    for view in ["tools_current", "verdicts_current", "server_risk", "server_outcome"] {
        let sql = format!("SELECT server FROM {view} WHERE server = 'clay/kiln'");
        assert_eq!(rows(&user, &sql), Vec::<String>::new(), "{view}");
    }
    // Said to be gone, wherever it is asked for by name.
    for words in [
        &["server", "clay/kiln"][..],
        &["tool", "drop_glaze", "--server", "clay/kiln"],
        &["policy", "--server", "clay/kiln", "--target", "cursor"],
        &["explain", "clay/kiln", "drop_glaze"],
    ] {
        let ran = user.run(words);
        assert!(
            ran.code == 4 && ran.err.contains("is gone") && ran.out.is_empty(),
            "{words:?}: {} {}",
            ran.err,
            ran.out
        );
    }
    for words in [["tool", "drop_glaze"], ["policy", "drop_glaze"]] {
        let ran = user.run(&words);
        assert!(ran.code == 4 && ran.err.contains("`clay/kiln` had it and is gone"), "{words:?}: {}", ran.err);
    }
    let near = user.run(&["tool", "drop_glazes"]);
    assert!(!near.err.contains("drop_glaze\n") && !near.err.contains("drop_glaze,"), "{}", near.err);
    // In nothing that tells of what is current.
    user.done(&["policy", "--all", "--target", "cursor", "--out", "out"]);
    for words in [
        &["stats", "--json"][..],
        &["search", "glaze", "--json"],
        &["export", "--format", "csv"],
        &["export", "--format", "json"],
    ] {
        let out = user.done(words);
        assert!(!out.contains("kiln") && !out.contains("drop_glaze"), "{words:?}: {out}");
    }
    let stats: Value = serde_json::from_str(&user.done(&["stats", "--json"])).unwrap();
    assert!(stats.to_string().contains(r#""servers":1"#), "{stats}");
    for file in ["documents.jsonl", "refused.jsonl", "losses.jsonl"] {
        assert!(!std::fs::read_to_string(user.home().join("out").join(file)).unwrap().contains("kiln"), "{file}");
    }
    // Its history is kept.
    let diff = user.done(&["diff", "#1", "#1", "--server", "clay/kiln"]);
    assert!(!diff.is_empty());
    assert_eq!(
        rows(
            &user,
            "SELECT server.name FROM observation JOIN server ON server.id = server_id WHERE name = 'clay/kiln'"
        )
        .len(),
        1
    );
    let copy = user.done(&["export"]);
    assert!(copy.contains("drop_glaze"));
    // And back.
    let changed = since(&user);
    registry.answers(&changed, &[("clay/kiln", active())]);
    let report = crawl(&user, &registry);
    assert_eq!(report["servers"], 2, "{report}");
    assert_eq!(current(&user), ["clay/kiln drop_glaze", "clay/wheel drop_slip"]);
    assert_eq!(user.run(&["tool", "drop_glaze"]).code, 0);
    let unread = report["unread"].as_array().unwrap();
    assert!(!unread.iter().any(|one| one["outcome"] == "gone"), "{unread:?}");
}

#[test]
fn a_registry_with_deletions_crawled_twice_says_the_same_as_one_crawled_once() {
    let registry = Registry::start();
    let user = user(&registry);
    let changed = since(&user);
    registry.answers(&changed, &[("clay/kiln", deleted())]);
    crawl(&user, &registry);
    let first = (current(&user), user.done(&["stats", "--json"]));
    let changed = since(&user);
    registry.answers(&changed, &[("clay/kiln", deleted())]);
    crawl(&user, &registry);
    assert_eq!(first, (current(&user), user.done(&["stats", "--json"])));
    // Nothing of it is tried again.
    registry.answers(&since(&user), &[]);
    let report = crawl_with(&user, &registry, &["--refresh", "0h"]);
    assert!(!report.to_string().contains("kiln"), "{report}");
}

#[test]
fn a_server_is_gone_when_no_source_lists_it_any_more() {
    let (registry, other) = (Registry::start(), Registry::start());
    let user = user(&registry);
    other.lists(&[("clay/kiln", active())]);
    crawl(&user, &other);
    registry.lists(&[("clay/kiln", deleted()), ("clay/wheel", active())]);
    crawl_with(&user, &registry, &["--full"]);
    assert_eq!(current(&user), ["clay/kiln drop_glaze", "clay/wheel drop_slip"]);
    let sources = user.done(&["server", "clay/kiln", "--json"]);
    assert!(sources.contains(&other.source()) && !sources.contains(&registry.source()), "{sources}");
    other.lists(&[("clay/kiln", json!({"status": "Removed", "isLatest": true}))]);
    crawl_with(&user, &other, &["--full"]);
    assert_eq!(current(&user), ["clay/wheel drop_slip"]);
}

#[test]
fn what_a_registry_lists_no_more_when_it_is_read_whole_is_gone() {
    let registry = Registry::start();
    let user = user(&registry);
    // One that cannot be read may be the one that is missed.
    let broken = json!({"servers": [entry("clay/wheel", "1.0.0", &active()), {"server": {"name": 7}}], "metadata": {}});
    registry.mirror.on(FIRST, Reply::json(broken));
    crawl_with(&user, &registry, &["--full"]);
    assert_eq!(current(&user).len(), 2);
    // An empty answer is that of a registry that is ill.
    registry.lists(&[]);
    let source = registry.source();
    assert_eq!(user.run(&["crawl", "--listed", "--full", &source]).code, 4);
    assert_eq!(current(&user).len(), 2);
    // Neither is a reading that did not get to its end.
    let cut = json!({"servers": [entry("clay/wheel", "1.0.0", &active())], "metadata": {"nextCursor": "gone"}});
    registry.mirror.on(FIRST, Reply::json(cut));
    assert_eq!(user.run(&["crawl", "--listed", "--full", &source]).code, 4);
    assert_eq!(current(&user).len(), 2);
    registry.lists(&[("clay/wheel", active())]);
    crawl_with(&user, &registry, &["--full"]);
    assert_eq!(current(&user), ["clay/wheel drop_slip"]);
    registry.lists(&[("clay/wheel", active()), ("clay/kiln", active())]);
    crawl_with(&user, &registry, &["--full"]);
    assert_eq!(current(&user).len(), 2);
}

#[test]
fn a_registry_that_answers_a_question_for_changes_with_everything_was_read_whole() {
    let registry = Registry::start();
    let user = user(&registry);
    let old = json!({"status": "active", "isLatest": true, "updatedAt": "2029-01-01T00:00:00Z"});
    registry.answers(&since(&user), &[("clay/wheel", old)]);
    crawl(&user, &registry);
    assert_eq!(current(&user), ["clay/wheel drop_slip"]);
}

#[test]
fn the_deletion_of_an_older_version_deletes_no_server() {
    let registry = Registry::start();
    let user = user(&registry);
    let old = json!({"status": "deleted", "isLatest": false});
    let page = |entries: Vec<Value>| Reply::json(json!({"servers": entries, "metadata": {}}));
    let wheel = || entry("clay/wheel", "1.0.0", &active());
    registry
        .mirror
        .on(FIRST, page(vec![wheel(), entry("clay/kiln", "1.0.0", &old), entry("clay/kiln", "2.0.0", &active())]));
    crawl_with(&user, &registry, &["--full"]);
    assert_eq!(current(&user).len(), 2);
    // The newest one does, whatever older ones are.
    let kept = json!({"status": "active", "isLatest": false});
    registry
        .mirror
        .on(FIRST, page(vec![wheel(), entry("clay/kiln", "1.0.0", &kept), entry("clay/kiln", "2.0.0", &deleted())]));
    crawl_with(&user, &registry, &["--full"]);
    assert_eq!(current(&user), ["clay/wheel drop_slip"]);
}
