//! What was not looked at closes the gate: each command, each way in which nothing or a part was read, and the same gates
//! open where all was read.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::Value;

const LOOK: &str = r#"{"server":"https://pots.example/mcp","name":"list_pots","description":"List pots."}"#;
const KNOWN: &str = r#"{"mcpServers":{"pots":{"url":"https://pots.example/mcp"}}}"#;

/// A user whose database knows one server, with these files.
fn user(files: &[(&str, &str)]) -> User {
    let user = User::new();
    std::fs::write(user.home().join("known.jsonl"), LOOK).unwrap();
    user.done(&["crawl", "--listed", "-q", "known.jsonl"]);
    for (name, text) in files {
        let place = user.home().join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    }
    user
}

#[test]
fn a_gate_that_had_nothing_to_look_at_is_not_open() {
    let user = user(&[
        ("known.json", KNOWN),
        ("theme.json", r#"{"theme":"dark","editor":{"tabSize":2}}"#),
        ("empty.json", r#"{"mcpServers":{}}"#),
        ("cut.json", r#"{"mcpServers":{"pots":"#),
        ("words.yaml", "just words"),
        ("local.json", r#"{"mcpServers":{"own":{"command":"node","args":["own.js"]}}}"#),
        ("odd.json", r#"{"mcpServers":{"pots":{"url":"https://pots.example/mcp"},"odd":7}}"#),
        ("off.json", r#"{"mcpServers":{"pots":{"url":"https://pots.example/mcp","disabled":true}}}"#),
        (
            "half-off.json",
            r#"{"mcpServers":{"pots":{"url":"https://pots.example/mcp"},"own":{"command":"./own","disabled":true}}}"#,
        ),
        ("folder/readme.txt", "nothing"),
    ]);
    for (file, plain, unread, grave) in [
        ("known.json", 0, 0, 0),
        ("half-off.json", 0, 0, 0),
        ("theme.json", 4, 4, 4),
        ("empty.json", 4, 4, 4),
        ("cut.json", 4, 4, 4),
        ("words.yaml", 4, 4, 4),
        ("nowhere.json", 4, 4, 4),
        ("folder", 4, 4, 4),
        ("local.json", 0, 4, 4),
        ("odd.json", 0, 4, 0),
        ("off.json", 0, 4, 4),
    ] {
        let scan = |more: &[&str]| user.run(&[&["scan", "--offline", file][..], more].concat()).code;
        let codes = (scan(&[]), scan(&["--fail-on-unread"]), scan(&["--fail-on", "critical"]));
        assert_eq!(codes, (plain, unread, grave), "{file}");
        let (sarif, _) = sarif(&user, file);
        assert_eq!(sarif, unread == 0, "{file}: SARIF says that it was successful");
    }
    std::fs::create_dir_all(user.home().join("bare")).unwrap();
    let bare = |words: &[&str]| {
        let output = user.command(words).current_dir(user.home().join("bare")).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = bare(&["scan", "--offline"]);
    assert!(code == 0 && said.contains("no client configuration was found"), "{code}: {said}");
    assert_eq!(bare(&["scan", "--offline", "--fail-on-unread"]).0, 4);
    assert_eq!(bare(&["scan", "--offline", "--fail-on", "low"]).0, 4);
}

/// Whether a scan in SARIF says that it was successful, and where its results are.
fn sarif(user: &User, file: &str) -> (bool, Vec<String>) {
    let log: Value = serde_json::from_str(&user.run(&["scan", "--offline", "--format", "sarif", file]).out).unwrap();
    let run = &log["runs"][0];
    let place = |result: &Value| {
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        format!("{} {}", result["ruleId"].as_str().unwrap(), location.as_str().unwrap())
    };
    let successful = run["invocations"][0]["executionSuccessful"].as_bool().unwrap();
    (successful, run["results"].as_array().unwrap().iter().map(place).collect())
}

#[test]
fn what_was_not_read_is_a_result_for_code_scanning_at_its_file() {
    let user = user(&[
        ("cut.json", "{"),
        ("theme.json", "{\"theme\":1}"),
        ("local.json", r#"{"mcpServers":{"own":{"command":"./own"}}}"#),
        ("known.json", KNOWN),
    ]);
    for file in ["cut.json", "theme.json", "local.json"] {
        assert_eq!(sarif(&user, file), (false, vec![format!("unread {file}")]));
    }
    assert_eq!(sarif(&user, "known.json"), (true, vec![]));
}

#[test]
fn a_partial_list_is_shown_everywhere_and_closes_the_gates_for_what_is_unread() {
    let user = user(&[
        ("known.json", KNOWN),
        (
            "page.json",
            r#"{"server":"https://pots.example/mcp","tools":[{"name":"list_pots","description":"List pots."}],"nextCursor":"2"}"#,
        ),
    ]);
    let crawl = |more: &[&str]| user.run(&[&["crawl", "--listed", "-q", "page.json"][..], more].concat());
    assert_eq!(crawl(&[]).code, 0);
    assert_eq!(crawl(&["--fail-on-unread"]).code, 4);
    let ran = user.run(&["scan", "--offline", "--json", "known.json"]);
    let report = assert_valid("scan", &ran.out);
    assert_eq!((ran.code, &report["servers"][0]["partial"]), (0, &Value::Bool(true)));
    assert!(report["findings"].as_array().unwrap().iter().any(|finding| finding["kind"] == "partial"));
    assert_eq!(user.run(&["scan", "--offline", "--fail-on-unread", "known.json"]).code, 4);
    assert!(!sarif(&user, "known.json").0);
    assert!(user.run(&["pin", "--offline", "known.json"]).err.contains("pinned in part"));
}

#[test]
fn a_lockfile_of_nothing_is_neither_written_nor_passed() {
    let user = user(&[
        ("known.json", KNOWN),
        ("theme.json", "{\"theme\":1}"),
        ("empty.lock", r#"{"schema":"mcpdex/lock/1","servers":[]}"#),
    ]);
    assert_eq!(user.run(&["pin", "--offline", "--lock", "a.lock", "theme.json"]).code, 4);
    assert!(!user.home().join("a.lock").exists());
    assert_eq!(user.run(&["check", "--offline", "--lock", "empty.lock", "theme.json"]).code, 4);
    assert_eq!(user.run(&["pin", "--offline", "--lock", "a.lock", "known.json"]).code, 0);
    assert_eq!(user.run(&["check", "--offline", "--lock", "a.lock", "known.json"]).code, 0);
    let policy = |file: &str| user.run(&["policy", "--target", "claude-code", "--clients", file]).code;
    assert_eq!((policy("known.json"), policy("theme.json"), policy("nowhere.json")), (0, 4, 4));
}

#[test]
fn a_source_that_was_named_and_gave_nothing_is_no_success() {
    let user = user(&[
        ("cut.json", "{\"mcpServers\":{"),
        ("words.txt", "just words"),
        ("theme.json", "{\"theme\":1}"),
        ("known.json", KNOWN),
    ]);
    for (file, code) in
        [("./cut.json", 4), ("./words.txt", 4), ("./theme.json", 4), ("./known.json", 0), ("./known.jsonl", 0)]
    {
        assert_eq!(user.run(&["crawl", "--listed", "-q", file]).code, code, "{file}");
    }
    // A server without a list is unread, which matters where that is asked for.
    assert_eq!(user.run(&["crawl", "--listed", "-q", "./known.jsonl", "--fail-on-unread"]).code, 0);
    std::fs::write(user.home().join("other.json"), r#"{"mcpServers":{"o":{"url":"https://other.example/mcp"}}}"#)
        .unwrap();
    assert_eq!(user.run(&["crawl", "--listed", "-q", "./other.json"]).code, 0);
    assert_eq!(user.run(&["crawl", "--listed", "-q", "./other.json", "--fail-on-unread"]).code, 4);
}
