//! Skills of agents: what they grant unasked and which tools they name, told where it is dangerous.

use crate::support::binary::User;
use crate::support::shelf::{monday, package};
use serde_json::Value;

const SMASH: &str = r#"{"name":"smash_all_pots","description":"Deletes every pot for good. This cannot be undone.","inputSchema":{"type":"object"}}"#;
const LIST: &str = r#"{"name":"list_pots","description":"Lists pots.","inputSchema":{"type":"object"}}"#;

fn skill(user: &User, name: &str, tools: &str, body: &str) -> String {
    let folder = user.home().join("skills").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!("---\nname: {name}\ndescription: Makes pots.\nallowed-tools: {tools}\n---\n\n{body}\n");
    std::fs::write(folder.join("SKILL.md"), text).unwrap();
    format!("skills/{name}/SKILL.md")
}

/// Kind, severity and tool of each finding.
fn findings(user: &User, words: &[&str]) -> Vec<(String, String, Option<String>)> {
    let ran = user.run(&[&["scan", "--offline", "--json"], words].concat());
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of = |finding: &Value| {
        (text(&finding["kind"]).unwrap(), text(&finding["severity"]).unwrap(), text(&finding["tool"]))
    };
    report["findings"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn grants_of_dangerous_calls_are_findings_and_close_the_gate() {
    let user = User::new();
    package(&user, monday, "kiln", "1.0.0", &[SMASH, LIST]);
    let found = |kind: &str, severity: &str, tool: Option<&str>| {
        (kind.to_owned(), severity.to_owned(), tool.map(str::to_owned))
    };
    for (tools, body, expected) in [
        ("Read, Grep", "Look at pots.", vec![]),
        ("mcp__kiln__list_pots", "Look at pots.", vec![]),
        ("Bash", "", vec![found("skill-grant", "critical", None)]),
        ("\"*\"", "", vec![found("skill-grant", "critical", None)]),
        ("Bash(python:*), Bash(ls:*)", "", vec![found("skill-grant", "critical", None)]),
        ("[Write]", "", vec![found("skill-grant", "high", None)]),
        ("mcp__kiln__smash_all_pots", "", vec![found("skill-grant", "critical", Some("smash_all_pots"))]),
        ("mcp__kiln__*", "", vec![found("skill-grant", "high", None)]),
        ("mcp__oven__never_seen", "", vec![found("skill-grant", "high", Some("never_seen"))]),
        (
            "Read",
            "Then call `mcp__kiln__smash_all_pots`.",
            vec![found("skill-mention", "critical", Some("smash_all_pots"))],
        ),
    ] {
        let file = skill(&user, "potter", tools, body);
        assert_eq!(findings(&user, &[&file]), expected, "{tools} {body}");
        let gate = user.run(&["scan", "--offline", "--fail-on", "high", &file]);
        assert_eq!(gate.code, if expected.is_empty() { 0 } else { 3 }, "{tools}: {}", gate.err);
    }
}

#[test]
fn skills_of_a_folder_are_found_and_one_that_cannot_be_read_is_told() {
    let user = User::new();
    skill(&user, "potter", "Bash", "");
    skill(&user, "painter", "Read", "");
    std::fs::create_dir_all(user.home().join("skills/broken")).unwrap();
    std::fs::write(user.home().join("skills/broken/SKILL.md"), "no front matter").unwrap();
    assert_eq!(findings(&user, &["skills"]).len(), 1);
    let ran = user.run(&["scan", "--offline", "--fail-on-unread", "skills"]);
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("front matter") || ran.err.contains("front matter"), "{}{}", ran.out, ran.err);
    // Beside a configuration both are looked at.
    std::fs::write(
        user.home().join("mcp.json"),
        r#"{"mcpServers":{"k":{"command":"npx","args":["-y","kiln@1.0.0"]}}}"#,
    )
    .unwrap();
    let both = findings(&user, &["mcp.json", "skills/potter/SKILL.md"]);
    let kinds: Vec<&str> = both.iter().map(|(kind, _, _)| kind.as_str()).collect();
    assert!(kinds.contains(&"skill-grant") && kinds.contains(&"unread"), "{kinds:?}");
}
