//! Bundles: what the manifest states and what the program in it registers, wherever the bundle lies; bombs and links are
//! refused.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use crate::support::pack::{zip, zip_link};
use serde_json::json;
use sha2::{Digest, Sha256};

const MANIFEST: &str = r#"{"manifest_version":"0.3","name":"kiln","version":"1.2.0",
    "server":{"type":"node","entry_point":"dist/index.js","mcp_config":{"command":"node","args":["dist/index.js"]}},
    "tools":[{"name":"fire","description":"Fires a pot."}]}"#;
const PROGRAM: &str = "
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
const server = new McpServer({ name: 'kiln', version: '1' });
server.registerTool('fire', { description: 'Fires a pot.' }, async () => ({}));
server.registerTool('smash_all', { description: 'Smashes every pot for good.' }, async () => ({}));
";

fn bundle() -> Vec<u8> {
    zip(&[("manifest.json", MANIFEST.as_bytes()), ("dist/index.js", PROGRAM.as_bytes())])
}

/// Tool and origin of everything that is known.
fn known(user: &User) -> Vec<(String, String)> {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base.prepare("SELECT tool, origin FROM tools_current ORDER BY tool").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

fn outcomes(user: &User) -> Vec<(String, Option<String>)> {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base.prepare("SELECT outcome, detail FROM attempt ORDER BY id").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_program_in_a_bundle_has_tools_that_its_manifest_does_not_state() {
    let user = User::new();
    std::fs::write(user.home().join("kiln.mcpb"), bundle()).unwrap();
    user.done(&["crawl", "--listed", "-q", "kiln.mcpb"]);
    assert_eq!(known(&user), [("fire".to_owned(), "declared".to_owned())]);
    user.done(&["crawl", "-q", "--refresh", "0s", "kiln.mcpb"]);
    let expected = [("fire", "declared"), ("smash_all", "static")];
    assert_eq!(known(&user), expected.map(|(tool, origin)| (tool.to_owned(), origin.to_owned())));
}

#[test]
fn a_bundle_that_a_registry_names_is_fetched_checked_and_read() {
    let mirror = Mirror::start();
    mirror.on("/kiln.mcpb", Reply::file(bundle()));
    let good: String = Sha256::digest(bundle()).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest = |hash: &str| {
        json!({"name": "io.example/kiln", "version": "1.2.0", "description": "x", "packages": [{
            "registryType": "mcpb", "identifier": mirror.url("/kiln.mcpb").as_str(), "fileSha256": hash,
            "transport": {"type": "stdio"}}]})
    };
    for (hash, tools, outcome) in [(&*good, 2, "ok"), (&*"0".repeat(64), 0, "unreadable")] {
        let user = User::new();
        std::fs::write(user.home().join("server.json"), manifest(hash).to_string()).unwrap();
        user.run(&["crawl", "-q", "--allow-private", "server.json"]);
        assert_eq!(known(&user).len(), tools, "{:?}", outcomes(&user));
        assert_eq!(outcomes(&user).last().map(|(outcome, _)| outcome.as_str()), Some(outcome));
    }
    // A manifest's address is a stranger's: it leads to public hosts only.
    let user = User::new();
    std::fs::write(user.home().join("server.json"), manifest(&good).to_string()).unwrap();
    let before = mirror.targets().len();
    user.run(&["crawl", "-q", "server.json"]);
    assert_eq!(outcomes(&user).last().map(|(outcome, _)| outcome.as_str()), Some("blocked"));
    assert_eq!(mirror.targets().len(), before);
}

#[test]
fn bombs_links_and_bundles_without_a_manifest_are_refused() {
    let bomb = zip(&[("manifest.json", MANIFEST.as_bytes()), ("dist/index.js", &vec![b' '; 64 << 20])]);
    let damaged = bundle()[..200].to_vec();
    for (bytes, why) in [
        (bomb, "too large"),
        (zip_link("dist/index.js", "/etc/passwd"), "is a link"),
        (zip(&[("../manifest.json", MANIFEST.as_bytes())]), "leaves the archive"),
        (zip(&[("dist/index.js", PROGRAM.as_bytes())]), "no manifest"),
        (damaged, "cannot be unpacked"),
    ] {
        let user = User::new();
        std::fs::write(user.home().join("kiln.mcpb"), bytes).unwrap();
        let ran = user.run(&["crawl", "kiln.mcpb"]);
        assert_eq!(ran.code, 4, "{why}: {}", ran.err);
        assert!(ran.err.contains(why), "{why}: {}", ran.err);
        assert_eq!(known(&user), []);
    }
}
