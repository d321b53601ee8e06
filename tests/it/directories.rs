//! Directories with an API of their own: every page to the last, the page of each server whose tools the list leaves out,
//! and nothing that stops early passes for the whole.

use crate::support::binary::{Ran, User};
use crate::support::database::known;
use crate::support::mirror::{Mirror, Reply};
use serde_json::{Value, json};

fn crawl(user: &User, mirror: &Mirror, path: &str) -> Ran {
    user.run(&["crawl", "--listed", &format!("directory:{}", mirror.url(path))])
}

fn server(name: &str, tools: Value) -> Value {
    json!({"id": name, "namespace": "clay", "slug": name, "name": name, "tools": tools,
           "repository": {"url": format!("https://github.com/clay/{name}")}})
}

fn fire() -> Value {
    json!({"name": "fire", "description": "Fires a pot.", "inputSchema": {"type": "object"}})
}

#[test]
fn three_pages_behind_cursors_are_read_with_the_pages_of_their_servers() {
    let (user, mirror) = (User::new(), Mirror::start());
    let page = |servers: Value, next: Option<&str>| {
        Reply::json(json!({"pageInfo": {"hasNextPage": next.is_some(), "endCursor": next}, "servers": servers}))
    };
    mirror
        .on("/v1/servers?first=2", page(json!([server("kiln", json!([fire()])), 7]), Some("a b")))
        .on("/v1/servers?first=2&after=a+b", page(json!([server("glaze", json!([]))]), Some("c")))
        .on("/v1/servers?first=2&after=c", page(json!([server("slip", json!([]))]), None))
        .on("/v1/servers/glaze", Reply::json(json!({"id": "glaze", "tools": [fire(), {"nome": "x"}]})))
        .on("/v1/servers/slip", Reply::status(404));
    let ran = crawl(&user, &mirror, "/v1/servers?first=2");
    let tools: Vec<(String, Option<String>)> = vec![
        ("https://github.com/clay/glaze".into(), Some("fire declared".into())),
        ("https://github.com/clay/kiln".into(), Some("fire declared".into())),
        ("https://github.com/clay/slip".into(), None),
    ];
    assert_eq!(known(&user), tools, "{}", ran.err);
    let told = [&*ran.out, &*ran.err].concat();
    for what in ["entry 1 is not an object", "the page of https://github.com/clay/slip cannot be read"] {
        assert!(told.contains(what), "{what}: {told}");
    }
    // A server that the directory says more of is asked for once; one whose tools stand in the list is not.
    let asked = mirror.targets();
    assert_eq!(asked.iter().filter(|target| target.starts_with("/v1/servers/glaze")).count(), 1, "{asked:?}");
    assert!(!asked.iter().any(|target| target.starts_with("/v1/servers/kiln")), "{asked:?}");
}

#[test]
fn a_directory_that_ends_before_its_last_page_fails_and_keeps_what_it_gave() {
    let list = |at: u64, names: &[&str]| {
        let servers: Vec<Value> = names.iter().map(|name| json!({"qualifiedName": name})).collect();
        Reply::json(json!({"servers": servers, "pagination": {"currentPage": at, "totalPages": 3}}))
    };
    let first = || list(1, &["@clay/kiln"]);
    for (second, why) in [
        (list(2, &[]), "page 2 of 3 is empty"),
        (list(1, &["@clay/kiln"]), "leads back to an earlier page"),
        (Reply::status(500), "500"),
        (Reply::of("text/html", "<h1>Sorry</h1>"), "page 2 is none of a directory that is known"),
    ] {
        let (user, mirror) = (User::new(), Mirror::start());
        mirror.on("/servers", first()).on("/servers?page=2", second);
        let ran = crawl(&user, &mirror, "/servers");
        let told = [&*ran.out, &*ran.err].concat();
        assert!(told.contains(why), "{why}: {told}");
        assert_ne!(ran.code, 0, "{why}");
        assert_eq!(known(&user), [("smithery:@clay/kiln".to_owned(), None)], "{why}");
    }
}

#[test]
fn an_empty_directory_is_no_success_and_an_unknown_name_is_told_those_that_are_known() {
    let (user, mirror) = (User::new(), Mirror::start());
    mirror.on("/v0beta/servers", Reply::json(json!({"servers": [], "next": null, "total_count": 0})));
    let ran = crawl(&user, &mirror, "/v0beta/servers");
    assert_ne!(ran.code, 0, "{}", ran.out);
    let unknown = user.run(&["crawl", "directory:nowhere"]);
    assert!(unknown.err.contains("glama, pulsemcp, smithery, toolsdk"), "{}", unknown.err);
}

#[test]
fn offsets_and_an_index_in_one_file_are_read_and_one_server_in_two_directories_is_one() {
    let (user, mirror) = (User::new(), Mirror::start());
    let pulse = |name: &str, next: Value| {
        let entry = json!({"name": name, "package_registry": "npm", "package_name": format!("@clay/{name}")});
        Reply::json(json!({"servers": [entry], "next": next, "total_count": 3}))
    };
    let next = |offset: u64| json!(format!("https://elsewhere.example/v0beta/servers?offset={offset}"));
    mirror
        .on("/v0beta/servers", pulse("kiln", next(1)))
        .on("/v0beta/servers?offset=1", pulse("glaze", next(2)))
        .on("/v0beta/servers?offset=2", pulse("slip", Value::Null))
        .on(
            "/packages-list.json",
            Reply::json(json!({"@clay/kiln": {"category": "craft", "path": "craft/kiln.json",
                "tools": {"fire": {"name": "fire", "description": "Fires a pot."}}}})),
        );
    for path in ["/v0beta/servers", "/packages-list.json"] {
        let ran = crawl(&user, &mirror, path);
        assert!(ran.code == 0 || path.ends_with(".json"), "{path}: {}{}", ran.out, ran.err);
    }
    let tools: Vec<(String, Option<String>)> = vec![
        ("npm:@clay/glaze".into(), None),
        ("npm:@clay/kiln".into(), Some("fire declared".into())),
        ("npm:@clay/slip".into(), None),
    ];
    assert_eq!(known(&user), tools);
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let listings = "SELECT count(*) FROM listing l JOIN server s ON s.id = l.server_id WHERE s.name = 'npm:@clay/kiln'";
    let both: i64 = base.query_row(listings, [], |row| row.get(0)).unwrap();
    assert_eq!(both, 2, "one listing of each directory");
}
