//! The pairs of listings through the whole: each is crawled from two sources into a database, in either order, and is one
//! server with two listings or two servers with one each, as the pair says.

use crate::pairs::pairs;
use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// An entry of a registry or of a document of manifests.
fn entry(said: &Value) -> Value {
    let texts = |key: &str| -> Vec<String> {
        said[key].as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let package = |said: &String| {
        let (ecosystem, identifier) = said.split_once(':').unwrap();
        json!({"registryType": ecosystem, "identifier": identifier, "transport": {"type": "stdio"}})
    };
    let packages: Vec<Value> = texts("packages").iter().map(package).collect();
    let remotes: Vec<Value> =
        texts("remotes").iter().map(|url| json!({"type": "streamable-http", "url": url})).collect();
    let mut server = json!({"name": said["server"], "description": "Fires a kiln.", "version": "1.0.0",
        "packages": packages, "remotes": remotes});
    if let Some(url) = said["repository"].as_str() {
        server["repository"] = json!({"url": url, "source": "git", "subfolder": said["folder"]});
    }
    let status = said["status"].as_str().unwrap_or("active");
    json!({"server": server, "_meta": {OFFICIAL: {"status": status, "statusMessage": said["note"], "isLatest": true}}})
}

/// Puts the entries of a pair where its sources are; the sources in the order of the pair.
fn put(user: &User, mirror: &Mirror, at: usize, pair: &Value) -> Vec<String> {
    let mut sources: Vec<(String, Vec<Value>)> = Vec::new();
    for side in ["a", "b"] {
        let source = pair[side]["source"].as_str().unwrap().to_owned();
        match sources.iter_mut().find(|(known, _)| *known == source) {
            Some((_, entries)) => entries.push(entry(&pair[side])),
            None => sources.push((source, vec![entry(&pair[side])])),
        }
    }
    let mut words = Vec::new();
    for (nth, (source, entries)) in sources.iter().enumerate() {
        let page = json!({"servers": entries, "metadata": {"count": entries.len()}});
        if source.starts_with("registry:") {
            mirror.on(&format!("/{at}/{nth}/v0.1/servers*"), Reply::json(page));
            words.push(format!("registry:{}", mirror.url(&format!("/{at}/{nth}"))));
        } else {
            let file = format!("{at}-{nth}.json");
            std::fs::write(user.home().join(&file), page.to_string()).unwrap();
            words.push(file);
        }
    }
    words
}

/// The servers of a database, each with how many listings it has, and why names were given up.
fn found(user: &User, file: &str) -> (Vec<(String, i64)>, BTreeSet<String>) {
    let base = rusqlite::Connection::open(user.home().join(file)).unwrap();
    let mut servers = base
        .prepare("SELECT name, (SELECT count(*) FROM listing WHERE server_id = server.id) FROM server ORDER BY name")
        .unwrap();
    let servers = servers.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let mut reasons = base.prepare("SELECT json_extract(reason, '$.because') FROM same").unwrap();
    let reasons = reasons.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (servers, reasons)
}

/// What is wrong with one pair.
fn wrong(user: &User, mirror: &Mirror, at: usize, pair: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let id = pair["id"].as_str().unwrap();
    let said = pair["why"].as_str().unwrap();
    let mut sources = put(user, mirror, at, pair);
    for turn in ["there", "back"] {
        let file = format!("{at}-{turn}.db");
        let words = ["--db", &file, "crawl", "--listed", "-q"];
        let ran = user.run(&words.into_iter().chain(sources.iter().map(String::as_str)).collect::<Vec<_>>());
        let (servers, reasons) = found(user, &file);
        let listings: Vec<i64> = servers.iter().map(|(_, listings)| *listings).collect();
        let is_right = match pair["same"] == true {
            true => listings == [2] && (reasons.is_empty() || reasons.contains(said)),
            false => listings == [1, 1] && reasons.is_empty(),
        };
        if !is_right {
            wrong.push(format!("{id} ({turn}): {said}; {servers:?} {reasons:?} {}{}", ran.code, ran.err));
        }
        sources.reverse();
    }
    wrong
}

#[test]
fn every_pair_is_right_through_the_whole_in_either_order() {
    let (user, mirror) = (User::new(), Mirror::start());
    let pairs: Vec<(usize, Value)> = pairs().into_iter().enumerate().collect();
    // What a crawl waits for is mostly the disk.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let (user, mirror) = (&user, &mirror);
        let parts = pairs.chunks(pairs.len().div_ceil(4));
        let threads: Vec<_> = parts
            .map(|part| {
                scope.spawn(move || part.iter().flat_map(|(at, pair)| wrong(user, mirror, *at, pair)).collect())
            })
            .collect();
        threads.into_iter().flat_map(|thread| -> Vec<String> { thread.join().unwrap() }).collect()
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
