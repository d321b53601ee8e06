//! What a command ends with where something that was named is not there: 4, in every command.

use crate::support::binary::User;

/// Command lines that name a server, a tool, a rule, a list or a file that there is not.
const NAMED_NOTHING: &[&str] = &[
    "tool no_such_tool",
    "tool list_folder --server npm:no-such-desk",
    "server npm:no-such-desk",
    "search folder --server npm:no-such-desk",
    "search folder --server example.sample/cabinet --server npm:no-such-desk",
    "explain npm:no-such-desk list_folder",
    "explain example.sample/cabinet no_such_tool",
    "explain example.sample/cabinet list_folder --file no-such-file.jsonl",
    "policy no_such_tool",
    "policy list_folder --server npm:no-such-desk",
    "policy --server npm:no-such-desk",
    "policy --clients no-such-file.json",
    "policy check no-such-file.json",
    "policy check settings.json --server npm:no-such-desk",
    "policy test no-such-file.json --call {}",
    "policy diff no-such-file.json settings.json",
    "policy convert no-such-file.json --to codex",
    "policy explain no-such-file.json list_folder",
    "rules show no-such-rule",
    "rules coverage no-such-file.jsonl",
    "classify no-such-file.jsonl",
    "eval no-such-file.jsonl",
    "--db other.db import no-such-file.jsonl",
    "extract no-such-folder",
    "diff #999 now",
    "diff 2020-01-01 now --server npm:no-such-desk",
    "crawl ./no-such-file.json",
    "scan no-such-file.json --offline",
    "pin no-such-file.json --offline",
    "check settings.json --offline --lock no-such-file.lock",
];

#[test]
fn what_was_named_and_is_not_there_ends_every_command_with_4_and_is_told() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    std::fs::write(user.home().join("settings.json"), r#"{"permissions": {"allow": ["mcp__cabinet__list_folder"]}}"#)
        .unwrap();
    for line in NAMED_NOTHING {
        let ran = user.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 4, "{line}: {}", ran.err);
        // What a scan could not read stands in its report.
        let said = ran.err + &ran.out;
        assert!(["no-such", "no_such", "#999"].iter().any(|name| said.contains(name)), "{line}: {said}");
    }
}
