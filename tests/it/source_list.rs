//! The list of sources: what is built in, the user's file on top, and what each gave last.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use serde_json::{Value, json};

fn sources(user: &User, more: &[&str]) -> Vec<Value> {
    let words: Vec<&str> = ["sources", "--json"].into_iter().chain(more.iter().copied()).collect();
    let report: Value = serde_json::from_str(&user.done(&words)).unwrap();
    report["sources"].as_array().unwrap().clone()
}

fn named<'a>(sources: &'a [Value], name: &str) -> &'a Value {
    sources.iter().find(|source| source["source"] == name).unwrap_or_else(|| panic!("{name}: {sources:?}"))
}

#[test]
fn what_each_source_gave_last_is_told_and_no_database_is_made_for_it() {
    let (user, mirror) = (User::new(), Mirror::start());
    let fresh = sources(&user, &[]);
    let official = named(&fresh, "registry:official");
    assert_eq!((&official["default"], &official["by"], official.get("gave")), (&json!(true), &json!("built in"), None));
    assert!(!user.database().exists());
    let page = |servers: Value| json!({"servers": servers, "next": null, "total_count": 2});
    let entry = |name: &str| json!({"name": name, "package_registry": "npm", "package_name": name});
    mirror.on_each(
        "/v0beta/servers",
        vec![Reply::json(page(json!([entry("kiln"), entry("glaze")]))), Reply::json(page(json!([entry("kiln")])))],
    );
    let url = mirror.url("/v0beta/servers");
    let own = format!("[directories.kilns]\nurl = \"{url}\"\nwhat = \"kilns\"\npause = 5\n");
    std::fs::write(user.home().join("mine.toml"), own).unwrap();
    for (gave, servers) in [(2, 2), (1, 2)] {
        user.done(&["crawl", "--listed", "-q", "--refresh", "0s", "--sources", "mine.toml", "directory:kilns"]);
        let listed = sources(&user, &["--sources", "mine.toml"]);
        let kilns = named(&listed, "directory:kilns");
        assert_eq!((&kilns["gave"], &kilns["servers"], &kilns["pause_ms"]), (&json!(gave), &json!(servers), &json!(5)));
        assert_eq!((&kilns["by"], &kilns["address"]), (&json!("mine.toml"), &json!(url.as_str())));
    }
    // Without the file it is a source that somebody named.
    let listed = sources(&user, &[]);
    assert_eq!(named(&listed, &format!("directory:{url}"))["by"], "named");
    let text = user.done(&["sources", "--sources", "mine.toml"]);
    assert!(text.contains("directory:kilns") && text.contains("registry:official *"), "{text}");
}

#[test]
fn a_file_of_the_settings_counts_for_crawl_and_a_faulty_one_ends_the_command() {
    let (user, mirror) = (User::new(), Mirror::start());
    mirror.on("/list.html", Reply::of("text/html", "<html><a href='https://github.com/clay/kiln'>Kiln</a></html>"));
    let own = format!(
        "default = [\"list:kilns\"]\n[lists.kilns]\nurl = \"{}\"\nwhat = \"kilns\"\n",
        mirror.url("/list.html")
    );
    std::fs::write(user.home().join("mine.toml"), own).unwrap();
    std::fs::write(user.home().join("settings.toml"), "source_files = [\"mine.toml\"]\n").unwrap();
    user.done(&["crawl", "--listed", "-q", "--config", "settings.toml"]);
    let listed = sources(&user, &["--config", "settings.toml"]);
    let kilns = named(&listed, "list:kilns");
    assert_eq!((&kilns["gave"], &kilns["default"]), (&json!(1), &json!(true)));
    assert!(user.done(&["config", "show", "--config", "settings.toml"]).contains("mine.toml"));
    for faulty in
        ["[lists.kilns]\nurl = \"file:///etc/passwd\"\nwhat = \"x\"\n", "[list.kilns]\n", "default = [\"nowhere\"]\n"]
    {
        std::fs::write(user.home().join("mine.toml"), faulty).unwrap();
        for words in [&["sources"][..], &["crawl", "sample"]] {
            let ran = user.run(&[words, &["--sources", "mine.toml"]].concat());
            assert!(ran.code == 1 && ran.err.contains("mine.toml"), "{faulty}: {} {}", ran.code, ran.err);
        }
    }
    let missing = user.run(&["sources", "--sources", "nowhere.toml"]);
    assert!(missing.code == 4 || missing.code == 1, "{}", missing.err);
    assert!(missing.err.contains("nowhere.toml"), "{}", missing.err);
}

#[test]
fn a_servers_time_to_live_counts_where_nobody_says_how_fresh_lists_have_to_be() {
    let (user, mirror) = (User::new(), Mirror::start());
    let answer = |ttl: u64| {
        Reply::json(json!({"jsonrpc": "2.0", "id": 1, "result": {"resultType": "complete", "ttlMs": ttl,
            "cacheScope": "public", "tools": [{"name": "fire", "inputSchema": {"type": "object"}}]}}))
    };
    mirror.on("/mcp", answer(86_400_000 * 30));
    let manifest = json!({"name": "io.example/kiln", "description": "x", "version": "1",
        "remotes": [{"type": "streamable-http", "url": mirror.url("/mcp").as_str()}]});
    std::fs::write(user.home().join("server.json"), manifest.to_string()).unwrap();
    let crawl = |more: &[&str]| {
        user.done(&[&["crawl", "-q", "--allow-private", "server.json"], more].concat());
        mirror.targets().len()
    };
    let first = crawl(&[]);
    assert!(first >= 1);
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let key = format!("until:{}", mirror.url("/mcp"));
    let until: String = base.query_row("SELECT etag FROM validator WHERE url = ?1", [&key], |row| row.get(0)).unwrap();
    // A month is not granted: at most a week.
    let after = |text: &str| text.parse::<jiff::Timestamp>().unwrap().duration_since(jiff::Timestamp::now()).as_hours();
    assert!((160..=168).contains(&after(&until)), "{until}");
    // However long ago the list was read, its time has not passed.
    base.execute("UPDATE attempt SET at = '2001-01-01T00:00:00Z'", []).unwrap();
    assert_eq!(crawl(&[]), first);
    assert!(crawl(&["--refresh", "1d"]) > first, "the operator's word counts more");
    // It has passed, however lately the list was read.
    let passed = mirror.targets().len();
    base.execute("UPDATE validator SET etag = '2001-01-01T00:00:00Z' WHERE url = ?1", [&key]).unwrap();
    assert!(crawl(&[]) > passed);
}
