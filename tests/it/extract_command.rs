//! `mcpdex extract` as a user runs it: every kind of input, what is printed, and the comparison with a recording.

use crate::support::binary::{User, ran};
use crate::support::pack::{tar_gz_files, zip};
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const SERVER: &str = r#"from mcp.server.fastmcp import FastMCP

mcp = FastMCP("lighthouse")


@mcp.tool()
def dim_lamp(level: int, room: str = "hall") -> str:
    """Dims the lamp."""
    return room


def main():
    mcp.run()
"#;
const PROJECT: &str = "[project]\nname = 'lighthouse'\nversion = '1.2.0'\n\
    [project.scripts]\nlighthouse = 'lighthouse.server:main'\n";
const MODULE: &str = r#"import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
const server = new McpServer({ name: 'kiln', version: '1' });
server.registerTool('fire_kiln', { description: 'Fires the kiln.' }, async () => ({ content: [] }));
"#;
const MANIFEST: &str = r#"{"name":"kiln","version":"2.0.0","bin":{"kiln":"dist/index.js"}}"#;

/// The lines of JSON, each checked against the published schema.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| assert_valid("extract", line)).collect()
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn a_tool_is_printed_as_its_server_would_list_it_with_its_place_in_the_source() {
    let user = User::new();
    write(user.home(), &[("code/pyproject.toml", PROJECT), ("code/lighthouse/server.py", SERVER)]);
    let found = lines(&user.done(&["extract", "code", "--json"]));
    let expected = json!({
        "name": "dim_lamp",
        "description": "Dims the lamp.",
        "inputSchema": {
            "type": "object",
            "properties": { "level": { "type": "integer" }, "room": { "type": "string", "default": "hall" } },
            "required": ["level"],
        },
        "package": "pypi:lighthouse@1.2.0",
        "unverified": true,
        "file": "lighthouse/server.py",
        "line": 6,
        "origin": "static",
        "condition": null,
        "plain_start": true,
        "exact": true,
        "partial": [],
        "code": { "handler": { "file": "lighthouse/server.py", "line": 7 }, "whole": true, "deeds": [] },
        "complete": true,
        "list_partial": [],
    });
    assert_eq!(found, [expected]);
    let text = user.done(&["extract", "code"]);
    assert!(
        text.contains("pypi:lighthouse@1.2.0 (unverified): 1 tool") && text.contains("lighthouse/server.py:6"),
        "{text}"
    );
}

#[test]
fn sdists_wheels_npm_tarballs_and_bundles_are_read_as_they_are_published() {
    let user = User::new();
    let scripts = "[console_scripts]\nlighthouse = lighthouse.server:main\n";
    let metadata = "Metadata-Version: 2.1\nName: lighthouse\nVersion: 1.2.0\n";
    let bundle = r#"{"manifest_version":"0.3","name":"kiln","version":"2.0.0","author":{"name":"A"},
        "server":{"type":"node","entry_point":"dist/index.js","mcp_config":{"command":"node","args":[]}}}"#;
    let archives: [(&str, Vec<u8>, &str, &str); 4] = [
        (
            "lighthouse-1.2.0.tar.gz",
            tar_gz_files(&[
                ("lighthouse-1.2.0/PKG-INFO", metadata.as_bytes()),
                ("lighthouse-1.2.0/pyproject.toml", PROJECT.as_bytes()),
                ("lighthouse-1.2.0/src/lighthouse/server.py", SERVER.as_bytes()),
                ("lighthouse-1.2.0/src/lighthouse.egg-info/PKG-INFO", metadata.as_bytes()),
            ]),
            "pypi:lighthouse@1.2.0",
            "src/lighthouse/server.py",
        ),
        (
            "lighthouse-1.2.0-py3-none-any.whl",
            zip(&[
                ("lighthouse/server.py", SERVER.as_bytes()),
                ("lighthouse-1.2.0.dist-info/METADATA", metadata.as_bytes()),
                ("lighthouse-1.2.0.dist-info/entry_points.txt", scripts.as_bytes()),
            ]),
            "pypi:lighthouse@1.2.0",
            "lighthouse/server.py",
        ),
        (
            "kiln-2.0.0.tgz",
            tar_gz_files(&[
                ("package/package.json", MANIFEST.as_bytes()),
                ("package/dist/index.js", MODULE.as_bytes()),
            ]),
            "npm:kiln@2.0.0",
            "dist/index.js",
        ),
        (
            "kiln.mcpb",
            zip(&[("manifest.json", bundle.as_bytes()), ("dist/index.js", MODULE.as_bytes())]),
            "mcpb:kiln@2.0.0",
            "dist/index.js",
        ),
    ];
    for (name, bytes, package, file) in archives {
        std::fs::write(user.home().join(name), bytes).unwrap();
        let found = lines(&user.done(&["extract", name, "--json"]));
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!((&found[0]["package"], &found[0]["file"]), (&json!(package), &json!(file)), "{name}");
    }
}

#[test]
fn what_cannot_be_read_says_so_and_is_no_success() {
    let user = User::new();
    write(user.home(), &[("empty/readme.md", "# Tools\n\n`server.tool('ghost')`\n"), ("notes.txt", "x")]);
    let ran = user.run(&["extract", "empty", "--json"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    let ran = user.run(&["extract", "nowhere"]);
    assert!(ran.code == 4 && ran.err.contains("npm:NAME"), "{}", ran.err);
    let ran = user.run(&["extract", "notes.txt"]);
    assert!(ran.code == 1 && ran.err.contains("no archive that can be read"), "{}", ran.err);
    for word in ["github:clay", "github:-x/y", "crate:--config=x"] {
        assert_eq!(user.run(&["extract", word]).code, 1, "{word}");
    }
}

#[test]
fn a_recording_is_held_against_what_the_source_says() {
    let user = User::new();
    let recorded = r#"{"tools":[
        {"name":"dim_lamp","description":"Dims  the\nlamp.","inputSchema":{"type":"object","properties":{"level":{},"room":{}}}},
        {"name":"sound_horn","inputSchema":{"type":"object"}}]}"#;
    write(
        user.home(),
        &[("code/pyproject.toml", PROJECT), ("code/lighthouse/server.py", SERVER), ("recorded.json", recorded)],
    );
    let words = ["extract", "code", "--against", "recorded.json"];
    let document = assert_valid("extract-measure", &user.done(&[words.as_slice(), &["--json"]].concat()));
    assert_eq!(
        document,
        json!({
            "schema": "mcpdex/extract-measure/1",
            "tools": 2, "found": 1, "names": 1, "descriptions": 1, "required": 0, "parameters": 1,
            "missing": ["sound_horn"], "extra": [], "conditional": [], "defined": [], "differing": { "dim_lamp": ["required"] },
        })
    );
    let text = user.done(&words);
    assert!(text.contains("names recalled        1  50.0 %") && text.contains("missing    sound_horn"), "{text}");
}

#[test]
fn a_repository_is_fetched_by_the_users_own_git_and_its_hooks_and_links_stay_unused() {
    let user = User::new();
    let origin = user.home().join("origin/clay/kiln");
    write(&origin, &[("package.json", MANIFEST), ("dist/index.js", MODULE)]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", origin.join("outside")).unwrap();
    for words in [
        &["init", "--quiet", "-b", "main"][..],
        &["add", "."],
        &["-c", "user.name=A", "-c", "user.email=a@a.example", "commit", "--quiet", "-m", "x"],
    ] {
        let status = Command::new("git").args(words).current_dir(&origin).env("HOME", user.home()).status().unwrap();
        assert!(status.success(), "git {words:?}");
    }
    // The user's configuration decides where the address leads.
    std::fs::rename(&origin, user.home().join("origin/clay/kiln.git")).unwrap();
    let place = format!("url.file://{}/origin/.insteadOf", user.home().display());
    let output = user
        .command(&["extract", "github:clay/kiln", "--json"])
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", place)
        .env("GIT_CONFIG_VALUE_0", "https://github.com/")
        .output()
        .unwrap();
    let ran = ran(output);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = lines(&ran.out);
    assert_eq!((&found[0]["name"], &found[0]["package"]), (&json!("fire_kiln"), &json!("npm:kiln@2.0.0")));
}
