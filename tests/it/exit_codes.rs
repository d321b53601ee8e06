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
    "diff no-such-file.db now",
    "diff 2020-01-01 no-such-file.db",
    "policy --drift no-such-file.lock",
    "policy --drift 2020-01-01 --to no-such-file.lock --server example.sample/cabinet",
    "export --format csv --server npm:no-such-desk",
    "crawl sample ./no-such-file.json",
];

/// Command lines that need a database; each is run with one that is not there.
const NO_DATABASE: &[&str] = &[
    "tool list_folder",
    "server example.sample/cabinet",
    "search folder",
    "list",
    "stats",
    "diff 2020-01-01 now",
    "export",
    "site --out pages",
    "explain example.sample/cabinet list_folder",
    "policy list_folder",
    "policy --server example.sample/cabinet",
    "policy --all --out policies",
    "policy --drift 2020-01-01 --server example.sample/cabinet",
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

#[test]
fn a_database_that_is_not_there_ends_every_command_with_4_and_is_told() {
    let user = User::new();
    for line in NO_DATABASE {
        let words: Vec<&str> = ["--db", "no-such-file.db"].into_iter().chain(line.split(' ')).collect();
        let ran = user.run(&words);
        assert_eq!(ran.code, 4, "{line}: {}", ran.err);
        assert!(ran.err.contains("no database at no-such-file.db") && ran.out.is_empty(), "{line}: {}", ran.err);
    }
    // Nothing was named, and nothing is there.
    let ran = user.run(&["list"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("`mcpdex crawl` first"), "{}", ran.err);
}

#[test]
fn a_name_that_means_several_ends_with_4_and_a_word_that_means_nothing_with_2() {
    let user = User::new();
    let rows = [
        r#"{"server":"npm:kiln","name":"fire","description":"Deletes the kiln for good."}"#,
        r#"{"server":"pypi:kiln","name":"fire","description":"Lists kilns."}"#,
    ];
    std::fs::write(user.home().join("tools.jsonl"), rows.join("\n")).unwrap();
    user.done(&["crawl", "--listed", "tools.jsonl", "-q"]);
    for (line, told) in [
        ("policy fire", "servers differ"),
        ("policy --server kiln", "several servers"),
        ("explain kiln fire", "several servers"),
    ] {
        let ran = user.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 4, "{line}: {}", ran.err);
        assert!(ran.err.contains(told) && ran.err.contains("pypi:kiln"), "{line}: {}", ran.err);
    }
    for line in [
        "diff yesterday now",
        "policy --drift yesterday --server npm:kiln",
        "policy fire --limit 5",
        "export --out tools.xlsx",
        "export --risk critical",
        "search --risk grave",
    ] {
        let ran = user.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 2, "{line}: {}", ran.err);
    }
    assert!(!user.home().join("tools.xlsx").exists());
}

#[test]
fn a_server_that_was_named_and_gave_no_list_ends_a_crawl_with_4_whatever_else_was_read() {
    let user = User::new();
    // Nothing listens there.
    for line in ["crawl http://127.0.0.1:9/mcp", "crawl sample http://127.0.0.1:9/mcp"] {
        let ran = user.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 4, "{line}: {}", ran.err);
        assert!(ran.out.contains("Not read (1)"), "{line}: {}", ran.out);
    }
    assert_eq!(user.run(&["crawl", "sample"]).code, 0);
    // What a server was asked in vain is apart from servers of which nothing is known.
    let row = r#"{"server":"http://127.0.0.1:9/mcp","name":"fire_kiln","description":"Fires a kiln."}"#;
    std::fs::write(user.home().join("rows.jsonl"), row).unwrap();
    user.done(&["crawl", "rows.jsonl", "-q"]);
    let ran = user.run(&["crawl", "http://127.0.0.1:9/mcp"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.out.contains("Asked in vain, and read otherwise (1)") && !ran.out.contains("Not read"), "{}", ran.out);
}

#[test]
fn what_is_neither_a_profile_nor_a_file_is_a_command_line_that_makes_no_sense() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    for line in ["policy list_folder", "policy --server example.sample/cabinet", "policy --all --out policies"] {
        let words: Vec<&str> = line.split(' ').chain(["--profile", "lenient"]).collect();
        let ran = user.run(&words);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}: {}", ran.err);
        assert!(ran.err.contains("`lenient` is no profile"), "{line}: {}", ran.err);
    }
    assert!(!user.home().join("policies").exists());
}
