//! What a host says of its servers: cards at every known path and beside the endpoint, catalogues of cards, saved documents.
//! A card speaks for its own host, whatever it calls itself.

use crate::support::binary::User;
use crate::support::database::known;
use crate::support::mirror::{Mirror, Reply};
use serde_json::{Value, json};

fn card(tools: Value) -> Value {
    json!({"serverInfo": {"name": "io.github.somebody/else", "version": "1.0.0"}, "authentication": {"required": true},
           "tools": tools})
}

fn fire() -> Value {
    json!({"name": "fire", "description": "Fires a pot.", "inputSchema": {"type": "object"}})
}

#[test]
fn every_document_of_a_host_is_read_and_names_identify_nothing() {
    let (user, mirror) = (User::new(), Mirror::start());
    let endpoint = mirror.url("/mcp");
    mirror
        .on("/.well-known/mcp/server-card.json", Reply::json(card(json!([fire(), {"nome": "x"}]))))
        .on(
            "/.well-known/mcp.json",
            Reply::json(json!({"name": "Kiln", "endpoint": endpoint.as_str(), "tools": [fire()]})),
        )
        .on("/.well-known/mcp", Reply::of("text/html", "<!doctype html><p>Welcome"))
        .on(
            "/.well-known/ai-catalog.json",
            Reply::json(json!({"specVersion": "1.0", "entries": [
                {"type": "application/mcp-server-card+json", "url": "/cards/glaze.json"},
                {"type": "application/mcp-server-card+json", "url": "http://10.0.0.1/card.json"},
                {"type": "application/mcp-server-card+json"},
                {"type": "application/a2a-agent-card+json", "url": "/cards/agent.json"}]})),
        )
        .on(
            "/cards/glaze.json",
            Reply::json(
                json!({"$schema": "https://schemas.example/v1/server-card.schema.json", "name": "io.example/glaze",
                "version": "1", "remotes": [{"type": "streamable-http", "url": mirror.url("/glaze").as_str()}]}),
            ),
        );
    let host = mirror.url("/");
    let ran = user.run(&["crawl", "--listed", &format!("well-known:{host}")]);
    let origin = host.as_str().trim_end_matches('/').to_owned();
    let mut expected = vec![
        (origin, Some("fire card".to_owned())),
        (mirror.url("/glaze").to_string(), None),
        (endpoint.to_string(), Some("fire card".to_owned())),
    ];
    expected.sort();
    assert_eq!(known(&user), expected, "{}", ran.err);
    for what in ["entry 2 has neither a card nor the address of one", "10.0.0.1"] {
        assert!(ran.err.contains(what), "{what}: {}", ran.err);
    }
    assert!(!mirror.targets().iter().any(|target| target.contains("agent")), "{:?}", mirror.targets());
}

#[test]
fn one_document_is_read_alone_and_one_that_is_none_says_so() {
    let (user, mirror) = (User::new(), Mirror::start());
    mirror
        .on("/.well-known/mcp.json", Reply::json(card(json!([fire()]))))
        .on("/.well-known/mcp", Reply::of("text/html", "<p>Welcome"));
    let document = mirror.url("/.well-known/mcp.json");
    user.done(&["crawl", "--listed", "-q", document.as_str()]);
    assert_eq!(mirror.targets(), ["/.well-known/mcp.json"]);
    let origin = document.origin().ascii_serialization();
    assert_eq!(known(&user), [(origin, Some("fire card".to_owned()))]);
    let ran = user.run(&["crawl", "--listed", mirror.url("/.well-known/mcp").as_str()]);
    assert!(ran.code == 4 && ran.err.contains("is no card of a server"), "{}", ran.err);
    let nothing = Mirror::start();
    let ran = user.run(&["crawl", "--listed", &format!("well-known:{}", nothing.url("/"))]);
    assert!(ran.code == 4 && ran.err.contains("no document about its servers"), "{}", ran.err);
    assert_eq!(nothing.targets().len(), 6, "{:?}", nothing.targets());
}

#[test]
fn saved_cards_are_read_and_those_elsewhere_are_told() {
    let user = User::new();
    let folder = user.home().join("cards");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("kiln.json"), card(json!([fire()])).to_string()).unwrap();
    let catalogue = json!({"entries": [
        {"type": "application/mcp-server-card+json", "data": {"name": "g", "remotes": [{"type": "sse", "url": "https://g.example/sse"}]}},
        {"type": "application/mcp-server-card+json", "url": "https://elsewhere.example/card.json?key=planted"}]});
    std::fs::write(folder.join("ai-catalog.json"), catalogue.to_string()).unwrap();
    let ran = user.run(&["crawl", "--listed", "./cards"]);
    let expected = [("file:kiln", Some("fire card")), ("https://g.example/sse", None)];
    assert_eq!(
        known(&user),
        expected.map(|(server, tool)| (server.to_owned(), tool.map(str::to_owned))),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("points at the card https://elsewhere.example/card.json"), "{}", ran.err);
    assert!(!ran.err.contains("planted"), "{}", ran.err);
}
