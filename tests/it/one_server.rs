//! One server in many sources: every listing is kept and told of, each package is read once, nothing of others joins, and
//! what keeps listings apart is said.

use crate::fetch::{npm, npm_dist};
use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A loopback world in which every kind of source lists the same server, and some list what passes for it.
struct World {
    user: User,
    mirror: Mirror,
}

const KILN: &str = "io.github.clay/kiln";

fn manifest(name: &str, packages: Value, repository: &str) -> Value {
    json!({"name": name, "description": "Fires a kiln.", "version": "1.2.0", "packages": packages,
           "repository": {"url": repository, "source": "github"}})
}

fn package(name: &str) -> Value {
    json!([{"registryType": "npm", "identifier": name, "version": "1.2.0", "transport": {"type": "stdio"}}])
}

impl World {
    fn start() -> World {
        let (user, mirror) = (User::new(), Mirror::start());
        npm(&mirror, "@clay/kiln", npm_dist(&mirror));
        npm(&mirror, "kiln-tools", npm_dist(&mirror));
        let own = "https://github.com/clay/kiln";
        let listed = [manifest(KILN, package("@clay/kiln"), own)];
        let servers: Vec<Value> = listed.iter().map(|server| json!({"server": server, "_meta": {}})).collect();
        let page = json!({"servers": servers, "metadata": {}});
        // With what a second crawl asks for: what changed since the first.
        mirror.on("/v0.1/servers?limit=100&version=latest*", Reply::json(page));
        let entry = json!({"id": "kiln", "namespace": "clay", "slug": "kiln", "name": "kiln", "repository": {"url": own},
                           "tools": [{"name": "fire_kiln", "description": "Fires the kiln."}]});
        let directory = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "servers": [entry]});
        mirror.on("/v1/servers?first=100", Reply::json(directory));
        let document = json!({"servers": [manifest(KILN, package("@clay/kiln"), own)]});
        mirror.on("/servers.json", Reply::json(document));
        let list = "# Servers\n\n- [Kiln](https://github.com/clay/kiln) - fires; run `npx -y @clay/kiln`\n";
        mirror.on("/list.md", Reply::of("text/markdown", list));
        let write = |file: &str, text: String| std::fs::write(user.home().join(file), text).unwrap();
        write(
            "mcp.json",
            json!({"mcpServers": {"oven": {"command": "npx", "args": ["-y", "@clay/kiln@1.2.0"]}}}).to_string(),
        );
        write(
            "tools.jsonl",
            r#"{"server":"npm:@clay/kiln","name":"fire_kiln","description":"Fires the kiln."}"#.to_owned(),
        );
        // What is not the server: its name with another package, its package under another's name, its repository claimed.
        let sly = [
            manifest(KILN, package("kiln-tools"), "https://github.com/mallory/kiln"),
            manifest("io.github.mallory/kiln", package("@clay/kiln"), own),
        ];
        write("sly.json", json!({"servers": sly}).to_string());
        World { user, mirror }
    }

    fn sources(&self) -> Vec<String> {
        let at = |path: &str| self.mirror.url(path).to_string();
        vec![
            format!("registry:{}", at("").trim_end_matches('/')),
            format!("directory:{}", at("/v1/servers?first=100")),
            at("/servers.json"),
            format!("list:{}", at("/list.md")),
            "mcp.json".to_owned(),
            "tools.jsonl".to_owned(),
            "sly.json".to_owned(),
            "npm:@clay/kiln".to_owned(),
            "sample".to_owned(),
        ]
    }

    fn crawl(&self, sources: &[String]) -> Value {
        let npm = self.mirror.url("/").to_string();
        let mut words = vec!["crawl", "--static", "--json", "--npm-registry", &npm];
        words.extend(sources.iter().map(String::as_str));
        let ran = self.user.run(&words);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_valid("crawl", &ran.out)
    }

    fn server(&self, name: &str) -> Value {
        let report = assert_valid("server", &self.user.done(&["server", name, "--why", "--json"]));
        assert_eq!(report["servers"].as_array().map(Vec::len), Some(1), "{name}: {report}");
        report["servers"][0].clone()
    }
}

fn names(user: &User) -> BTreeSet<String> {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base.prepare("SELECT name FROM server WHERE name NOT LIKE 'example.%'").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn kinds(server: &Value) -> BTreeSet<String> {
    let about = ["impostor", "look-alike", "bridge"];
    let kinds = server["findings"].as_array().unwrap().iter().map(|finding| finding["kind"].as_str().unwrap());
    kinds.filter(|kind| about.contains(kind)).map(str::to_owned).collect()
}

#[test]
fn one_crawl_over_all_sources_plans_the_server_once_and_keeps_every_listing() {
    let world = World::start();
    let report = world.crawl(&world.sources());
    let found: BTreeSet<String> =
        names(&world.user).into_iter().filter(|name| name.contains("kiln") || name.contains("clay")).collect();
    let sly = ["io.github.mallory/kiln", "npm:kiln-tools"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from_iter([KILN.to_owned()].into_iter().chain(sly)), "{report}");

    let kiln = world.server(KILN);
    let listings = kiln["why"]["listings"].as_array().unwrap();
    let by_source = |word: &str| listings.iter().filter(|one| one["source"].as_str().unwrap().contains(word)).count();
    for (source, count) in [
        ("registry:", 1),
        ("directory:", 1),
        ("servers.json", 1),
        ("list:", 2),
        ("mcp.json", 1),
        ("tools.jsonl", 1),
        ("sly.json", 0),
    ] {
        assert_eq!(by_source(source), count, "{source}: {listings:#?}");
    }
    let because: BTreeSet<&str> = listings.iter().filter_map(|one| one["reason"]["because"].as_str()).collect();
    assert_eq!(because, BTreeSet::from(["package", "repository"]), "{listings:#?}");
    assert!(kinds(&kiln).is_empty(), "{kiln:#?}");

    // The package was fetched once for all who name it, and once more since its name was typed.
    let fetched = world.mirror.targets().iter().filter(|target| target.ends_with("kiln-1.2.0.tgz")).count();
    assert!((1..=3).contains(&fetched), "{fetched}");
    let base = rusqlite::Connection::open(world.user.database()).unwrap();
    let count = |sql: &str| base.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM listing WHERE pending = 1"), 0);
    assert!(report["run"]["shared"].as_u64().unwrap() >= 2, "{report}");
    assert_eq!(
        count(
            "SELECT count(*) FROM attempt WHERE outcome NOT IN ('ok', 'not-modified') AND server_id IN
                   (SELECT id FROM server WHERE name = 'io.github.clay/kiln')"
        ),
        0
    );
    // Every listing that sources gave is in the database.
    let kept = count("SELECT count(*) FROM listing");
    assert_eq!(kept, report["run"]["listings"].as_i64().unwrap(), "{report}");
}

#[test]
fn what_passes_for_the_server_is_another_one_and_a_finding() {
    let world = World::start();
    world.crawl(&world.sources());
    for (name, because) in [("io.github.mallory/kiln", "other-owner"), ("npm:kiln-tools", "other-code")] {
        let sly = world.server(name);
        assert_eq!(kinds(&sly), BTreeSet::from(["impostor".to_owned()]), "{name}: {sly:#?}");
        let apart = sly["why"]["apart"].as_array().unwrap();
        assert!(apart.iter().any(|one| one["server"] == KILN && one["because"] == because), "{name}: {apart:?}");
    }
    let text = world.user.done(&["server", "npm:kiln-tools", "--why"]);
    for said in ["it claims the name io.github.clay/kiln, which is another server's", "! impostor:", "kept apart from"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let text = world.user.done(&["server", "npm:@clay/kiln", "--why"]);
    assert!(text.starts_with(&format!("server      {KILN}\n")), "{text}");
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("is {KILN}")) && said.contains("both name the package npm:@clay/kiln"), "{text}");
}

#[test]
fn the_order_of_sources_changes_nothing_of_who_is_who() {
    let there = World::start();
    there.crawl(&there.sources());
    let back = World::start();
    let mut sources = back.sources();
    sources.reverse();
    back.crawl(&sources);
    assert_eq!(names(&there.user), names(&back.user));
    let who = |world: &World| {
        let kiln = world.server(KILN);
        let listings = kiln["why"]["listings"].as_array().unwrap();
        listings.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(who(&there)), sorted(who(&back)));
}

#[test]
fn a_second_crawl_finds_everything_where_the_first_has_put_it() {
    let world = World::start();
    world.crawl(&world.sources());
    let first = names(&world.user);
    let again = world.crawl(&world.sources());
    assert_eq!(first, names(&world.user));
    let base = rusqlite::Connection::open(world.user.database()).unwrap();
    let kept: i64 = base.query_row("SELECT count(*) FROM listing", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, again["run"]["listings"].as_i64().unwrap());
    let wrong: i64 = base.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(wrong, 0);
}

#[test]
fn scan_tells_of_look_alikes_in_every_format() {
    let world = World::start();
    world.crawl(&world.sources());
    let config = json!({"mcpServers": {"oven": {"command": "npx", "args": ["-y", "@clayy/kiln@1.0.0"]}}});
    std::fs::write(world.user.home().join("other.json"), config.to_string()).unwrap();
    let scan = |format: &str| world.user.run(&["scan", "--offline", "--format", format, "other.json"]).out;
    for format in ["json", "sarif", "github", "gitlab", "junit", "markdown", "csv", "jsonl"] {
        assert!(scan(format).contains("can be taken for"), "{format}: {}", scan(format));
    }
    let gated = world.user.run(&["scan", "--offline", "--fail-on", "medium", "other.json"]);
    assert_eq!(gated.code, 3, "{}", gated.out);
}
