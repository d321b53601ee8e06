//! Servers beside the tools that a search found: by any part of their own words, a bounded number of them.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};

const READS: &str = "Lists the shelves of a room.";
const ENDS: &str = "Deletes every shelf of the room for good.";

/// A user whose database has servers, each with one tool, from a list with their titles and descriptions.
fn listed(servers: &[(String, &str, &str, &str)]) -> User {
    let user = User::new();
    let rows = servers.iter().map(|(name, title, description, does)| {
        let manifest = json!({ "name": name, "title": title, "description": description, "version": "1.0.0",
            "remotes": [{ "type": "streamable-http", "url": format!("https://{}.example/mcp", name.replace('/', ".")) }] });
        (manifest, json!({ "server": name, "name": "tend_shelf", "description": does }).to_string() + "\n")
    });
    let (manifests, tools): (Vec<Value>, Vec<String>) = rows.unzip();
    let page = json!({ "servers": manifests.into_iter().map(|one| json!({ "server": one })).collect::<Vec<_>>() });
    std::fs::write(user.home().join("page.json"), page.to_string()).unwrap();
    std::fs::write(user.home().join("tools.jsonl"), tools.concat()).unwrap();
    user.run(&["crawl", "--listed", "page.json"]);
    user.done(&["crawl", "--listed", "tools.jsonl"]);
    user
}

fn about(user: &User, words: &[&str]) -> (u64, bool, Vec<String>) {
    let report = assert_valid("search", &user.done(&[&["search", "--json"], words].concat()));
    let servers = &report["servers"];
    let names = servers["servers"].as_array().unwrap().iter().map(|one| one["server"].as_str().unwrap().to_owned());
    (servers["found"].as_u64().unwrap(), servers["bounded"] == true, names.collect())
}

#[test]
fn any_part_of_a_servers_words_finds_it_worst_first() {
    let user = listed(&[
        ("example.one/lamps".into(), "Lamps of a house", "Tends what shines (qz)", READS),
        ("example.two/Candles".into(), "Kerzen", "蝋燭を灯す", ENDS),
        ("example.three/torch".into(), "Torches", "For the cellar's \"dark\"", READS),
    ]);
    let of = |words: &[&str]| about(&user, words).2;
    assert_eq!(of(&["LAMP"]), ["example.one/lamps"]);
    assert_eq!(of(&["kerzen"]), ["example.two/Candles"]);
    assert_eq!(of(&["蝋燭"]), ["example.two/Candles"]);
    assert_eq!(of(&["\"dark\""]), ["example.three/torch"]);
    // Words of fewer letters than the index has are looked for too.
    assert_eq!(of(&["of", "lamp"]), ["example.one/lamps"]);
    assert_eq!(of(&["QZ"]), ["example.one/lamps"]);
    assert_eq!(of(&["example"]), ["example.two/Candles", "example.one/lamps", "example.three/torch"]);
    assert!(of(&["lamps", "cellar"]).is_empty());
}

#[test]
fn more_servers_than_are_looked_at_are_told_as_more() {
    let many: Vec<(String, &str, &str, &str)> =
        (0..130).map(|at| (format!("example.row/shelf-{at:03}"), "Shelf", "One of many", READS)).collect();
    let user = listed(&many);
    let (found, bounded, names) = about(&user, &["shelf-"]);
    assert!(bounded && found < 130 && names.len() == 5, "{found} {names:?}");
    let text = user.done(&["search", "shelf-"]);
    assert!(text.contains(&format!("Servers whose own words fit (more than {found})")), "{text}");
    let (found, bounded, _) = about(&user, &["shelf-12"]);
    assert!(!bounded && found == 10, "{found}");
}

#[test]
fn words_that_a_server_has_no_more_find_it_no_more() {
    let user = listed(&[("example.one/lamps".into(), "Lamps of a house", "Tends what shines", READS)]);
    let page = std::fs::read_to_string(user.home().join("page.json")).unwrap();
    std::fs::write(
        user.home().join("page.json"),
        page.replace("Lamps of a house", "Chandeliers").replace("1.0.0", "1.1.0"),
    )
    .unwrap();
    user.run(&["crawl", "--listed", "page.json"]);
    assert!(about(&user, &["house"]).2.is_empty());
    assert_eq!(about(&user, &["chandelier"]).2, ["example.one/lamps"]);
}
