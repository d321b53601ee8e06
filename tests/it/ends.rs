//! How a crawl ends: with 4 when a registry was not read to its end or a source that was named gave nothing; and that a
//! named file is read again whenever its bytes differ.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use serde_json::{Value, json};
use std::path::Path;

const FIRST: &str = "/v0.1/servers?limit=100&version=latest";

fn page(names: &[&str], next: Value) -> Reply {
    let servers: Vec<Value> = names.iter().map(|name| json!({"server": {"name": name, "version": "1"}})).collect();
    Reply::json(json!({"servers": servers, "metadata": {"nextCursor": next}}))
}

fn crawl(mirror: &Mirror, more: &[&str]) -> (i32, Value, String) {
    let source = format!("registry:{}", mirror.url("").as_str().trim_end_matches('/'));
    let user = User::new();
    let mut words = vec!["crawl", "--listed", "--json", &source];
    words.extend(more);
    let ran = user.run(&words);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_default(), ran.err)
}

#[test]
fn a_registry_that_is_not_read_to_its_end_ends_with_4_and_what_it_gave_is_kept() {
    let cut = br#"{"servers":[{"server":{"name":"clay/slip"#.to_vec();
    let many: Vec<Value> =
        (0..1_001).map(|n| json!({"server": {"name": format!("clay/k{n}"), "version": "1"}})).collect();
    for (what, second) in [
        ("a cursor that leads to itself", page(&["clay/slip"], json!("second"))),
        ("a cursor that is no text", page(&["clay/slip"], json!({"after": "slip"}))),
        ("an error", Reply::status(500)),
        ("a page for people", Reply::of("text/html", "<html>Too many requests</html>")),
        ("a document that is cut", Reply::of("application/json", cut)),
        ("a document of another kind", Reply::json(json!({"error": "rate limit exceeded"}))),
        ("refusal", Reply::status(403)),
        ("more entries than are read", Reply::json(json!({"servers": many, "metadata": {}}))),
        ("a broken connection", Reply::Raw(b"HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n{".to_vec())),
    ] {
        let mirror = Mirror::start();
        mirror.on(FIRST, page(&["clay/kiln"], json!("second"))).on(&format!("{FIRST}&cursor=second"), second);
        let (code, report, said) = crawl(&mirror, &[]);
        assert_eq!(code, 4, "{what}: {said}");
        assert!(report["servers"].as_u64().unwrap() >= 1, "{what}: {report}");
        assert!(said.contains("not read to its end"), "{what}: {said}");
    }
    // A loop of two, and a bound of the operator's own.
    let mirror = Mirror::start();
    mirror.on(FIRST, page(&["clay/a"], json!("b"))).on(&format!("{FIRST}&cursor=b"), page(&["clay/b"], json!("c")));
    mirror.on(&format!("{FIRST}&cursor=c"), page(&["clay/c"], json!("b")));
    assert_eq!(crawl(&mirror, &[]).0, 4);
    assert_eq!(crawl(&mirror, &["--max-pages", "2"]).0, 4);
}

#[test]
fn a_registry_that_is_read_to_its_end_ends_with_0() {
    for last in [Value::Null, json!("")] {
        let mirror = Mirror::start();
        mirror
            .on(FIRST, page(&["clay/kiln"], json!("second")))
            .on(&format!("{FIRST}&cursor=second"), page(&["clay/slip"], last));
        let (code, report, said) = crawl(&mirror, &[]);
        assert_eq!((code, &report["servers"]), (0, &2.into()), "{said}");
    }
    let mirror = Mirror::start();
    mirror.on(FIRST, page(&["clay/kiln"], json!(7))).on(&format!("{FIRST}&cursor=7"), page(&[], Value::Null));
    assert_eq!(crawl(&mirror, &[]).0, 0);
}

#[test]
fn a_named_source_that_gives_nothing_ends_with_4() {
    let user = User::new();
    let home = user.home();
    std::fs::write(home.join("good.jsonl"), r#"{"server":"clay/kiln","name":"fire_kiln","description":"Fire."}"#)
        .unwrap();
    std::fs::write(home.join("cut.json"), r#"{"tools":[{"name":"#).unwrap();
    std::fs::write(home.join("words.txt"), "no list of anything").unwrap();
    std::fs::write(home.join("empty.json"), r#"{"servers":[]}"#).unwrap();
    std::fs::create_dir(home.join("folder")).unwrap();
    for word in ["./cut.json", "./words.txt", "./empty.json", "./missing.json", "./folder"] {
        assert_eq!(user.run(&["crawl", "--listed", word]).code, 4, "{word}");
        // One good source beside it makes it no better.
        assert_eq!(user.run(&["crawl", "--listed", "./good.jsonl", word]).code, 4, "{word}");
    }
    assert_eq!(user.run(&["crawl", "--listed", "./good.jsonl"]).code, 0);
    let mirror = Mirror::start();
    mirror.on(FIRST, page(&[], Value::Null));
    assert_eq!(crawl(&mirror, &[]).0, 4);
}

/// Writes a file and gives it a time of its own.
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_900_000_000)).unwrap();
}

#[test]
fn a_named_file_is_read_again_when_its_bytes_differ_and_only_then() {
    let user = User::new();
    let file = user.home().join("tools.json");
    let list = |verb: &str| format!(r#"{{"tools":[{{"name":"{verb}_kiln","description":"{verb} the kiln."}}]}}"#);
    let names = |user: &User| {
        let connection = rusqlite::Connection::open(user.database()).unwrap();
        let mut statement = connection.prepare("SELECT tool FROM tools_current ORDER BY 1").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>().unwrap()
    };
    for (verb, more) in
        [("heat", &[][..]), ("cool", &[]), ("fire", &["--refresh", "365d"]), ("wipe", &["--listed"]), ("heat", &[])]
    {
        // The same size and the same time.
        write(&file, &list(verb));
        let mut words = vec!["crawl", "--json", "./tools.json"];
        words.extend(more);
        let report: Value = serde_json::from_str(&user.done(&words)).unwrap();
        assert_eq!(names(&user), [format!("{verb}_kiln")], "{more:?}");
        assert_eq!(report["run"]["attempts"], 1, "{verb}: {report}");
    }
    let report: Value = serde_json::from_str(&user.done(&["crawl", "--json", "./tools.json"])).unwrap();
    assert_eq!((&report["run"]["attempts"], &report["run"]["skipped"]), (&0.into(), &1.into()), "{report}");
    // What is missing of a list is news as well.
    write(&file, r#"{"tools":[{"name":"heat_kiln","description":"heat the kiln."},{"description":"no name"}]}"#);
    let ran = user.run(&["crawl", "--json", "./tools.json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(report["run"]["attempts"] == 1 || !report["problems"].as_array().unwrap().is_empty(), "{report}");
}

#[test]
fn a_manifest_that_names_something_else_than_before_is_followed() {
    let user = User::new();
    let file = user.home().join("server.json");
    let manifest = |version: &str| {
        let package = json!({"registryType": "npm", "identifier": "kiln", "version": version});
        json!({"name": "clay/kiln", "version": version, "packages": [package]}).to_string()
    };
    let registry = Mirror::start();
    let base = registry.url("/").to_string();
    let attempts = |text: &str| {
        write(&file, text);
        let ran = user.run(&["crawl", "--json", "./server.json", "--npm-registry", &base]);
        let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        report["run"]["attempts"].as_u64().unwrap()
    };
    assert_eq!(attempts(&manifest("1.0.0")), 1);
    assert_eq!(attempts(&manifest("1.0.0")), 0);
    assert_eq!(attempts(&manifest("2.0.0")), 1);
    assert_eq!(attempts(&manifest("2.0.0")), 0);
}
