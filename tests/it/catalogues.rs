//! Sources that carry definitions: a folder for each server, catalogue files, lists of one name in several folders. No
//! server and no tool is lost, and none is made up.

use crate::support::binary::User;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// The tools of each server that has some, and how many servers there are.
fn known(user: &User) -> (BTreeMap<String, usize>, usize) {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut tools = BTreeMap::new();
    let mut statement = base.prepare("SELECT server FROM tools_current").unwrap();
    for server in statement.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        *tools.entry(server.unwrap()).or_insert(0) += 1;
    }
    let servers: i64 = base.query_row("SELECT count(*) FROM server", [], |row| row.get(0)).unwrap();
    (tools, servers as usize)
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn crawled(files: &[(&str, String)]) -> (BTreeMap<String, usize>, usize) {
    let user = User::new();
    for (file, text) in files {
        write(&user.home().join("tree").join(file), text);
    }
    user.done(&["crawl", "--listed", "-q", "./tree"]);
    known(&user)
}

#[test]
fn a_tree_of_28_servers_and_755_tools_keeps_them_all_in_each_shape() {
    // 755 = 27 × 27 + 26; a server without tools has an empty list, as most folders of such a tree do.
    let shapes: [fn(Vec<serde_json::Value>) -> serde_json::Value; 3] = [
        |tools| json!(tools),
        |tools| json!({"tools": tools}),
        |tools| json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": tools}}),
    ];
    for (shape, wrap) in shapes.into_iter().enumerate() {
        let user = User::new();
        let mut expected = BTreeMap::new();
        for server in 0..28 {
            let count = if server < 27 { 27 } else { 26 };
            let tool = |at: usize| match at % 3 {
                0 => json!({"name": format!("get_pot_{at}"), "description": "Get a pot.", "arguments": []}),
                1 => {
                    json!({"name": format!("set_pot_{at}"), "description": "Set a pot.", "arguments": [{"name": "pot", "type": "string", "desc": "Which"}]})
                }
                _ => {
                    json!({"name": format!("list_pots_{at}"), "description": "List pots.", "inputSchema": {"type": "object"}})
                }
            };
            let folder = user.home().join(format!("servers/server-{server:02}"));
            write(&folder.join("tools.json"), &wrap((0..count).map(tool).collect()).to_string());
            expected.insert(format!("file:server-{server:02}"), count);
        }
        user.done(&["crawl", "--listed", "-q", "./servers"]);
        let (tools, servers) = known(&user);
        assert_eq!((servers, tools.values().sum::<usize>()), (28, 755), "shape {shape}");
        assert_eq!(tools, expected, "shape {shape}");
    }
}

#[test]
fn the_entry_beside_a_list_says_whose_it_is() {
    let user = User::new();
    write(&user.home().join("servers/kiln/tools.json"), r#"[{"name":"fire","description":"Fire."}]"#);
    write(
        &user.home().join("servers/kiln/server.yaml"),
        "name: kiln\nimage: oci.example/clay/kiln\nabout:\n  title: Kiln\n",
    );
    user.done(&["crawl", "--listed", "-q", "./servers"]);
    assert_eq!(known(&user), (BTreeMap::from([("file:kiln".to_owned(), 1)]), 1));
    // A client that starts the image is told of those tools.
    write(
        &user.home().join("mcp.json"),
        r#"{"mcpServers":{"k":{"command":"docker","args":["run","-i","oci.example/clay/kiln"]}}}"#,
    );
    let report: serde_json::Value =
        serde_json::from_str(&user.run(&["scan", "--offline", "--json", "mcp.json"]).out).unwrap();
    assert_eq!(report["servers"][0]["server"], "file:kiln");
}

#[test]
fn lists_of_one_name_in_several_folders_and_in_one_file_stay_apart() {
    let list = |name: &str| format!(r#"{{"tools":[{{"name":"{name}","description":"Get it."}}]}}"#);
    let (tools, servers) = crawled(&[("a/x.json", list("one")), ("b/x.json", list("two")), ("x.json", list("three"))]);
    assert_eq!((tools.len(), servers), (3, 3), "{tools:?}");
    let rows =
        ["a/b", "a/c"].map(|server| format!(r#"{{"server":"{server}","tools":[{{"name":"get_it"}}]}}"#)).join("\n");
    let (tools, servers) = crawled(&[("all.jsonl", rows)]);
    assert_eq!((tools.len(), servers), (2, 2), "{tools:?}");
}

#[test]
fn catalogue_files_give_their_servers_their_definitions_and_what_is_missing() {
    let toolhive = json!({"servers": {"fetch": {"image": "oci.example/fetch:1.0.0", "tools": ["fetch", "peek"],
            "tool_definitions": [{"name": "fetch", "description": "Fetch a page."}]}},
        "remote_servers": {"glaze": {"url": "https://glaze.example/mcp", "transport": "streamable-http", "tools": ["paint"]}}});
    let (tools, servers) = crawled(&[("registry.json", toolhive.to_string())]);
    assert_eq!(servers, 2);
    assert_eq!(tools, BTreeMap::from([("oci:oci.example/fetch:1.0.0".to_owned(), 1)]));
    let docker = json!({"registry": {"kiln": {"image": "oci.example/kiln", "tools": [{"name": "fire", "description": "Fire.", "arguments": []}]},
        "glaze": {"type": "remote", "remote": {"url": "https://glaze.example/mcp", "transport_type": "sse"}}}});
    let (tools, servers) = crawled(&[("catalog.json", docker.to_string())]);
    assert_eq!((tools.len(), servers), (1, 2), "{tools:?}");
}

/// One checkout of each kind: what each gives, what is malformed and what is hostile in it, and nothing besides.
#[test]
fn checkouts_of_every_kind_of_catalogue_give_their_servers_and_tell_what_cannot_be_read() {
    let user = User::new();
    let files = [
        (
            "obot/kiln.yaml",
            "name: Kiln\nruntime: npx\nnpxConfig:\n  package: '@clay/kiln@1.0.0'\ntoolPreview:\n- name: fire\n  description: Fires a pot.\n  params: {pot: Which one}\n- nome: x\n",
        ),
        ("obot/sly.yaml", "name: Sly\nruntime: npx\nnpxConfig:\n  package: '--registry=https://evil.example'\n"),
        ("obot/deployment.yaml", "kind: Deployment\nspec:\n  replicas: 2\n"),
        (
            "metorial/catalog/clay/glaze/glaze/server.yaml",
            "identifier: clay/glaze/glaze\nrepo:\n  url: https://github.com/clay/glaze\nserver:\n  name: Glaze\n",
        ),
        (
            "metorial/catalog/clay/glaze/glaze/tools.yaml",
            "tools:\n  - name: mix\n    description: Mixes a glaze.\n    inputSchema: {type: object}\n  - 7\n",
        ),
        ("metorial/catalog/clay/glaze/glaze/listing.yaml", "description: About glazes.\n"),
        (
            "mcpm/slip.json",
            r#"{"name":"slip","installations":{"uvx":{"command":"uvx","args":["slip-server"]}},"tools":[{"name":"pour","description":"Pours slip.","inputSchema":{}}]}"#,
        ),
        (
            "plugins/.claude-plugin/marketplace.json",
            r#"{"name":"m","owner":{"name":"Clay"},"plugins":[{"name":"wheel","source":"./wheel","mcpServers":{"w":{"command":"npx","args":["wheel"]}}},{"name":"nowhere"}]}"#,
        ),
        (
            "gemini/gemini-extension.json",
            r#"{"name":"oven","version":"1.0.0","mcpServers":{"oven":{"command":"npx","args":["-y","oven"]},"own":{"command":"node","args":["${extensionPath}/x.js"]}}}"#,
        ),
        (
            "vscode/package.json",
            r#"{"name":"kiln","publisher":"clay","contributes":{"languageModelTools":[{"name":"kiln_state","modelDescription":"Shows the state of the kiln.","inputSchema":{"type":"object"}}]}}"#,
        ),
    ];
    for (file, text) in files {
        write(&user.home().join("tree").join(file), text);
    }
    let run = user.run(&["crawl", "--listed", "./tree"]);
    let (tools, servers) = known(&user);
    let expected = [
        ("file:metorial/catalog/clay/glaze/glaze", 1),
        ("npm:@clay/kiln", 1),
        ("pypi:slip-server", 1),
        ("vscode:clay.kiln", 1),
    ];
    assert_eq!(tools, expected.map(|(server, count)| (server.to_owned(), count)).into(), "{}", run.err);
    // And sly, the wheel, the oven and its program, which are unread.
    assert_eq!(servers, 8, "{}", run.err);
    let told = "marketplace.json: the document: plugin 1 `nowhere` does not say where it comes from";
    assert!(run.err.contains(told), "{}", run.err);
    assert!(!run.err.contains("deployment.yaml") && !run.err.contains("listing.yaml"), "{}", run.err);
    // The same file, named, is no list of servers and says so.
    let named = user.run(&["crawl", "--listed", "./tree/obot/deployment.yaml"]);
    assert_eq!(named.code, 4, "{}", named.err);
}
