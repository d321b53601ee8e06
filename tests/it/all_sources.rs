//! One crawl over every kind of source at once: every listing is accounted for by its source, a server that several sources
//! list is asked once, and what is malformed or hostile in one source takes nothing from another.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use crate::support::pack::zip;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn write(user: &User, name: &str, text: impl AsRef<[u8]>) {
    let path = user.home().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn one_crawl_over_all_sources_accounts_for_every_listing_and_asks_each_server_once() {
    let (user, mirror) = (User::new(), Mirror::start());
    let github = "https://github.com/clay/kiln";
    let endpoint = mirror.url("/mcp");
    let fire = || json!({"name": "fire", "description": "Fires a pot.", "inputSchema": {"type": "object"}});
    mirror
        .on(
            "/mcp",
            Reply::json(json!({"jsonrpc": "2.0", "id": 1, "result": {"resultType": "complete", "tools": [fire()]}})),
        )
        // Registries: a good entry, one that is malformed, one that is hostile.
        .on(
            "/v0.1/servers*",
            Reply::json(json!({"servers": [
                {"server": {"name": "io.example/kiln", "version": "1", "description": "x",
                            "remotes": [{"type": "streamable-http", "url": endpoint.as_str()}]}},
                {"server": {"description": "nameless"}},
                {"server": {"name": "io.example/sly", "version": "1", "description": "x",
                            "packages": [{"registryType": "npm", "identifier": "../../etc"}]}}], "metadata": {"count": 3}})),
        )
        .on(
            "/glama",
            Reply::json(json!({"pageInfo": {"hasNextPage": false}, "servers": [
                {"id": "k", "namespace": "clay", "slug": "kiln", "name": "Kiln", "repository": {"url": github}, "tools": [fire()]},
                7]})),
        )
        .on(
            "/smithery",
            Reply::json(json!({"servers": [{"qualifiedName": "@clay/kiln"}, {"qualifiedName": ""}],
                               "pagination": {"currentPage": 1, "totalPages": 1}})),
        )
        .on(
            "/pulse",
            Reply::json(json!({"servers": [{"name": "Kiln", "package_registry": "npm", "package_name": "@clay/kiln"}],
                               "next": null, "total_count": 1})),
        )
        .on(
            "/toolsdk.json",
            Reply::json(json!({"@clay/kiln": {"category": "craft", "path": "x", "tools": {"fire": {"name": "fire"}}},
                               "../sly": {"category": "craft", "path": "x"}})),
        )
        .on(
            "/list",
            Reply::of("text/html", format!("<html><a href='{github}'>Kiln</a><a href='javascript:x'>sly</a><code>npx -y @clay/kiln</code>")),
        )
        .on("/list.md", Reply::of("text/markdown", format!("- [Kiln]({github}) - fires\n- [Glaze](https://github.com/clay/glaze)\n")))
        .on(
            "/.well-known/mcp.json",
            Reply::json(json!({"name": "io.example/sly", "endpoint": endpoint.as_str(), "tools": [fire(), 7]})),
        );
    write(
        &user,
        "catalogue.json",
        json!({"servers": {"kiln": {"image": "oci.example/clay/kiln:1", "tools": ["fire"], "tool_definitions": [fire()]}}}).to_string(),
    );
    write(
        &user,
        "search.json",
        json!({"total_count": 1, "incomplete_results": false, "items": [{"full_name": "clay/kiln"}]}).to_string(),
    );
    write(
        &user,
        "mcp.json",
        json!({"mcpServers": {"k": {"command": "npx", "args": ["-y", "@clay/kiln"]}}}).to_string(),
    );
    let manifest = r#"{"manifest_version":"0.3","name":"kiln","version":"1","server":{"entry_point":"x.js"},"tools":[{"name":"fire"}]}"#;
    write(&user, "kiln.mcpb", zip(&[("manifest.json", manifest.as_bytes())]));
    let url = |path: &str| mirror.url(path).to_string();
    let sources: Vec<(String, Vec<&str>)> = vec![
        (format!("registry:{}", url("/v0.1")), vec!["io.example/kiln", "io.example/sly"]),
        (format!("directory:{}", url("/glama")), vec![github]),
        (format!("directory:{}", url("/smithery")), vec!["smithery:@clay/kiln"]),
        (format!("directory:{}", url("/pulse")), vec!["npm:@clay/kiln"]),
        (format!("directory:{}", url("/toolsdk.json")), vec!["npm:@clay/kiln"]),
        (format!("list:{}", url("/list")), vec![github, "npm:@clay/kiln"]),
        (format!("list:{}", url("/list.md")), vec![github, "https://github.com/clay/glaze"]),
        (format!("well-known:{}", url("/")), vec![endpoint.as_str()]),
        ("file:catalogue.json".to_owned(), vec!["oci:oci.example/clay/kiln:1"]),
        ("file:search.json".to_owned(), vec![github]),
        ("file:mcp.json".to_owned(), vec!["npm:@clay/kiln"]),
        ("file:kiln.mcpb".to_owned(), vec!["file:kiln"]),
    ];
    let words: Vec<&str> = ["crawl", "--live", "--json", "--allow-private"]
        .into_iter()
        .chain(sources.iter().map(|(source, _)| source.as_str()))
        .collect();
    let ran = user.run(&words);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base
        .prepare(
            "SELECT l.source, coalesce(l.claimed, s.name) AS name FROM listing l JOIN server s ON s.id = l.server_id
             ORDER BY l.source, name",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let (source, server) = row.unwrap();
        found.entry(source).or_default().push(server);
    }
    let expected: BTreeMap<String, Vec<String>> = sources
        .iter()
        .map(|(source, servers)| {
            let mut servers: Vec<String> = servers.iter().map(|server| (*server).to_owned()).collect();
            servers.sort();
            (source.clone(), servers)
        })
        .collect();
    assert_eq!(found, expected, "{}", ran.err);
    // What could not be read is told, an entry each: of the registry, of three directories, of the card.
    let problems = report["problems"].as_array().unwrap();
    assert!(problems.len() >= 4, "{problems:#?}");
    // Two sources name the endpoint. The one that has no list of its own asks, once; a card that states tools is enough.
    let asked = mirror.targets().iter().filter(|target| *target == "/mcp").count();
    assert_eq!(asked, 1, "{:?}", mirror.targets());
    let sql = "SELECT s.name FROM attempt a JOIN server s ON s.id = a.server_id WHERE a.origin = 'live'";
    let live: String = base.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(live, "io.example/kiln");
}
