//! `mcpdex pin`, `check` and `diff`: what a rug pull looks like, and how each ends.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use crate::support::shelf::{friday, monday, package};
use serde_json::Value;

const WATER: &str = r#"{"name":"water","title":"Water","description":"Get the water level.","inputSchema":{"type":"object","properties":{"bed":{"type":"string"}}},"annotations":{"readOnlyHint":true}}"#;
const PRUNE: &str = r#"{"name":"prune","description":"Cut a plant back.","inputSchema":{"type":"object"}}"#;

fn garden() -> User {
    let user = User::new();
    package(&user, monday, "garden", "1.0.0", &[WATER, PRUNE]);
    let config = r#"{"mcpServers":{"beds":{"command":"npx","args":["-y","garden"],"env":{"TOKEN":"planted-secret"}}}}"#;
    std::fs::write(user.home().join("mcp.json"), config).unwrap();
    user.done(&["pin", "mcp.json", "--offline", "--quiet"]);
    user
}

fn checked(user: &User, code: i32) -> Value {
    let ran = user.run(&["check", "mcp.json", "--offline", "--json"]);
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert_valid("check", &ran.out)
}

#[test]
fn a_lockfile_holds_hashes_and_no_secrets_and_the_same_again() {
    let user = garden();
    let read = || std::fs::read_to_string(user.home().join("mcpdex.lock")).unwrap();
    let first = read();
    assert_valid("lock", &first);
    assert!(!first.contains("planted-secret"));
    user.done(&["pin", "mcp.json", "--offline", "--quiet"]);
    assert_eq!(first, read());
    let report = checked(&user, 0);
    assert_eq!(report["drift"], Value::Array(Vec::new()));
}

#[test]
fn every_kind_of_change_is_caught_and_named() {
    let cases: [(&str, Vec<String>, &str, &str, &str); 9] = [
        (
            "description",
            vec![WATER.replace("Get the", "Set the"), PRUNE.into()],
            "tool-changed",
            "water",
            "description",
        ),
        (
            "schema",
            vec![WATER.replace("\"bed\"", "\"shell_command\""), PRUNE.into()],
            "tool-changed",
            "water",
            "inputSchema",
        ),
        ("annotation", vec![WATER.replace("true", "false"), PRUNE.into()], "tool-changed", "water", "annotations"),
        ("title", vec![WATER.replace("\"Water\"", "\"Flood\""), PRUNE.into()], "tool-changed", "water", "title"),
        (
            "a field that nobody knows",
            vec![WATER.replace("\"annotations\"", "\"_meta\":{\"a\":1},\"annotations\""), PRUNE.into()],
            "tool-changed",
            "water",
            "_meta",
        ),
        (
            "a field that is gone",
            vec![WATER.replace("\"title\":\"Water\",", ""), PRUNE.into()],
            "tool-changed",
            "water",
            "title",
        ),
        ("removed", vec![WATER.into()], "tool-removed", "prune", ""),
        (
            "added",
            vec![
                WATER.into(),
                PRUNE.into(),
                r#"{"name":"burn","description":"Delete the whole garden for good. This cannot be undone."}"#.into(),
            ],
            "tool-added",
            "burn",
            "",
        ),
        ("renamed", vec![WATER.into(), PRUNE.replace("prune", "trim")], "tool-added", "trim", ""),
    ];
    for (what, tools, kind, tool, field) in cases {
        let user = garden();
        let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
        package(&user, friday, "garden", "1.0.0", &tools);
        let report = checked(&user, 3);
        let drift = report["drift"].as_array().unwrap();
        let found = drift.iter().find(|one| one["kind"] == kind && one["tool"] == tool);
        let found = found.unwrap_or_else(|| panic!("{what}: {report:#}"));
        if !field.is_empty() {
            assert_eq!(found["fields"], serde_json::json!([field]), "{what}");
        }
        if what == "added" {
            assert_eq!((&drift[0]["tool"], &drift[0]["raises_risk"]), (&"burn".into(), &true.into()));
        }
    }
}

#[test]
fn other_bytes_of_the_same_meaning_are_told_and_count_only_when_asked() {
    let user = garden();
    let respelled = PRUNE.replace("\",\"", "\", \"");
    assert_ne!(respelled, PRUNE);
    package(&user, friday, "garden", "1.0.0", &[WATER, &respelled]);
    let report = checked(&user, 0);
    assert_eq!(report["drift"][0]["kind"], "respelled");
    assert_eq!(user.run(&["check", "mcp.json", "--offline", "--strict"]).code, 3);
}

#[test]
fn what_cannot_be_read_ends_with_4_and_what_makes_no_sense_with_1() {
    let user = garden();
    let config =
        r#"{"mcpServers":{"beds":{"command":"npx","args":["garden"]},"pond":{"command":"npx","args":["pond"]}}}"#;
    std::fs::write(user.home().join("mcp.json"), config).unwrap();
    let report = checked(&user, 4);
    assert!(report["unread"]["pond"].as_str().unwrap().contains("does not know"), "{report:#}");
    assert_eq!(user.run(&["pin", "mcp.json", "--offline", "--lock", "two.lock"]).code, 4);

    std::fs::write(user.home().join("mcp.json"), r#"{"mcpServers":{}}"#).unwrap();
    let report = checked(&user, 3);
    assert_eq!(report["drift"][0]["kind"], "server-removed");

    assert_eq!(user.run(&["check", "nothing.json", "--offline"]).code, 4);
    assert_eq!(user.run(&["check", "mcp.json", "--offline", "--lock", "nothing.lock"]).code, 4);
    std::fs::write(user.home().join("bad.lock"), "{}").unwrap();
    assert_eq!(user.run(&["check", "mcp.json", "--offline", "--lock", "bad.lock"]).code, 1);
    let lock = std::fs::read_to_string(user.home().join("mcpdex.lock")).unwrap();
    std::fs::write(user.home().join("new.lock"), lock.replace("lock/1", "lock/7")).unwrap();
    let ran = user.run(&["check", "mcp.json", "--offline", "--lock", "new.lock"]);
    assert!(ran.code == 1 && ran.err.contains("mcpdex pin"), "{}", ran.err);
}

#[test]
fn a_server_that_comes_and_a_version_that_changes_are_drift() {
    let user = garden();
    package(&user, monday, "pond", "2.0.0", &[PRUNE]);
    let config =
        r#"{"mcpServers":{"beds":{"command":"npx","args":["garden@1.0.0"]},"pond":{"command":"npx","args":["pond"]}}}"#;
    std::fs::write(user.home().join("mcp.json"), config).unwrap();
    let report = checked(&user, 3);
    let kinds: Vec<&str> =
        report["drift"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"server-added") && kinds.contains(&"server-changed"), "{kinds:?}");
    // A version that was never read is unread, whatever is known of another.
    std::fs::write(
        user.home().join("mcp.json"),
        r#"{"mcpServers":{"beds":{"command":"npx","args":["garden@3.0.0"]}}}"#,
    )
    .unwrap();
    let report = checked(&user, 4);
    assert!(report["unread"]["beds"].as_str().unwrap().contains("3.0.0"), "{report:#}");
}

#[test]
fn the_difference_of_two_days_two_lists_and_two_databases_is_the_same_and_the_grave_comes_first() {
    let user = User::new();
    let calm = r#"{"name":"archive","description":"List archived plants."}"#;
    package(&user, monday, "garden", "1.0.0", &[calm, WATER, PRUNE]);
    std::fs::copy(user.database(), user.home().join("old.db")).unwrap();
    let grave = r#"{"name":"water","description":"Delete every plant for good. This cannot be undone."}"#;
    let also = r#"{"name":"archive","description":"List plants that were archived."}"#;
    package(&user, friday, "garden", "1.1.0", &[also, grave]);
    let lists = assert_valid("server", &user.done(&["server", "garden", "--json"]));
    let number = |latest: bool| {
        let lists = lists["servers"][0]["lists"].as_array().unwrap();
        format!("#{}", lists.iter().find(|list| list["latest"] == latest).unwrap()["observation"])
    };
    let (old, new) = (number(false), number(true));
    let changes = |before: &str, after: &str| {
        let report = assert_valid("diff", &user.done(&["diff", before, after, "--json"]));
        report["changes"].clone()
    };
    let by_day = changes("2031-03-03", "2031-03-07");
    assert_eq!(by_day, changes("2031-03-05", "now"));
    assert_eq!(by_day, changes(&old, &new));
    assert_eq!(by_day, changes("old.db", "now"));
    let told: Vec<_> = by_day.as_array().unwrap().iter().map(|c| (c["kind"].as_str(), c["tool"].as_str())).collect();
    assert_eq!(
        told,
        [(Some("changed"), Some("water")), (Some("changed"), Some("archive")), (Some("removed"), Some("prune"))]
    );
    assert_eq!(
        (&by_day[0]["risk_after"], by_day[0]["raises"].as_array().unwrap().is_empty()),
        (&"critical".into(), false)
    );
    assert_eq!(user.run(&["diff", "2031-03-05", "--fail-on-raise"]).code, 3);
    assert_eq!(user.run(&["diff", "2031-03-07", "--fail-on-raise"]).code, 0);
    let text = user.done(&["diff", "2031-03-05", "--raising"]);
    assert!(text.contains("risk low → critical") && !text.contains("archive"), "{text}");
    let added = changes("2031-03-01", "2031-03-03");
    assert!(added.as_array().unwrap().iter().all(|change| change["kind"] == "added"));
    for (wrong, code) in [("#999", 4), ("last week", 2)] {
        assert_eq!(user.run(&["diff", wrong]).code, code, "{wrong}");
    }
}
