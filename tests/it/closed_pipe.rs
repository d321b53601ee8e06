//! A reader that went away (`mcpdex … | true`) is no error and no panic, in no command and no format: neither behind
//! stdout nor behind stderr.

use crate::support::binary::User;
use std::io::Read;
use std::process::Stdio;

/// Every command in every format; the first word is the command.
const COMMANDS: &[&str] = &[
    "--help",
    "help",
    "help crawl",
    "--version",
    "help topics",
    "help topics policy",
    "help gates",
    "crawl sample",
    "crawl sample --format jsonl",
    "crawl sample -vv",
    "crawl sample --json",
    "crawl nothing-there.json",
    "tool roll_dice",
    "tool list_tables --json",
    "tool list_tables",
    "server npm:tables",
    "server npm:tables --json",
    "server nobody",
    "search tables",
    "search tables --json",
    "search tables --format csv",
    "list",
    "list --format markdown",
    "list --sort grade --json",
    "config show",
    "config show --json",
    "tool list_tables --format jsonl",
    "server npm:tables --format csv",
    "stats --format csv",
    "diff 2020-01-01 --format jsonl",
    "doctor --format markdown",
    "rules list --format csv",
    "extract source --format csv",
    "scan mcp.json --offline --details",
    "scan --list-places",
    "stats",
    "stats --json",
    "diff 2020-01-01",
    "diff 2020-01-01 --json",
    "pin mcp.json --offline --lock pipe.lock",
    "pin mcp.json --offline --lock pipe.lock --json",
    "check mcp.json --offline --lock kept.lock",
    "check mcp.json --offline --lock kept.lock --json",
    "scan mcp.json --offline",
    "scan mcp.json --offline --json",
    "scan mcp.json --offline --format jsonl",
    "scan mcp.json --offline --format csv",
    "scan mcp.json --offline --format sarif",
    "scan mcp.json --offline --format markdown",
    "scan mcp.json --offline --format github",
    "scan mcp.json --offline --format gitlab",
    "scan mcp.json --offline --format junit",
    "export",
    "export --format json",
    "export --format csv",
    "export --format markdown",
    "publish snapshot --unsigned",
    "sources",
    "sources --json",
    "workers --db postgres://nobody@127.0.0.1:9/nothing",
    "compare tools.jsonl",
    "compare tools.jsonl --format csv",
    "export --format csv --risk critical --server npm:tables",
    "--db new.db import kept.jsonl",
    "--db new.db merge kept.jsonl",
    "doctor",
    "doctor --json",
    "completions bash",
    "completions zsh",
    "completions fish",
    "man",
    "policy list_tables",
    "policy list_tables --json",
    "policy list_tables --target claude-code",
    "policy --server npm:tables --target claude-code",
    "policy --clients mcp.json --target claude-code",
    "policy --all --target claude-code --out documents",
    "policy --clients mcp.json --budget",
    "policy --clients mcp.json --budget --json",
    "policy check settings.json",
    "policy check settings.json --json",
    "policy check settings.json --format sarif",
    "policy test settings.json --calls calls.jsonl",
    "policy test settings.json --calls calls.jsonl --json",
    "policy explain settings.json list_tables_1",
    "policy diff settings.json stricter.json",
    "policy diff settings.json stricter.json --json",
    "policy convert settings.json --to rego",
    "guard",
    "site --out pages",
    "mcp",
    // It never ends by itself where it can begin.
    "serve --token-file nothing-there",
    "mcp --install claude-code",
    "scan --list-places",
    "classify tools.jsonl",
    "classify broken.jsonl",
    "rules list",
    "rules list --json",
    "rules check",
    "rules coverage tools.jsonl",
    "rules coverage tools.jsonl --json",
    "eval labelled.jsonl",
    "eval labelled.jsonl --list",
    "eval labelled.jsonl --json",
    "explain npm:tables list_tables",
    "explain npm:tables list_tables --json",
    "explain npm:tables nothing",
    "probe http://127.0.0.1:9/mcp --timeout 2",
    "probe http://127.0.0.1:9/mcp --timeout 2 --json",
    "extract source",
    "extract source --json",
];

/// A user with a database, a configuration and files of every kind.
fn user() -> User {
    let user = User::new();
    let tool = |name: &str| {
        format!(
            r#"{{"server":"npm:tables","name":"{name}","description":"List tables.","inputSchema":{{"type":"object"}},"annotations":{{"readOnlyHint":true}}}}"#
        )
    };
    // More than any pipe holds.
    let many: String = (0..2_000).map(|number| tool(&format!("list_tables_{number}")) + "\n").collect();
    let permissions = |strict: bool| {
        let rules: Vec<String> = (0..2_000).map(|number| format!("mcp__tables__list_tables_{number}")).collect();
        let (allow, deny) = if strict { (&rules[..1], &rules[1..]) } else { (&rules[..], &rules[..0]) };
        serde_json::json!({ "permissions": { "allow": allow, "deny": deny, "ask": ["mcp__tables__no_such_tool"] } })
            .to_string()
    };
    let calls: String =
        (0..2_000).map(|number| format!("{{\"server\":\"tables\",\"tool\":\"list_tables_{number}\"}}\n")).collect();
    for (file, text) in [
        ("tools.jsonl", format!("{}\n{many}", tool("list_tables"))),
        ("labelled.jsonl", format!("{}\n{many}", tool("list_tables"))),
        ("broken.jsonl", "{broken\n".repeat(2_000)),
        ("settings.json", permissions(false)),
        ("stricter.json", permissions(true)),
        ("calls.jsonl", calls),
        ("mcp.json", r#"{"mcpServers":{"tables":{"command":"npx","args":["-y","tables"]}}}"#.to_owned()),
        ("source/server.py", "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n\n@mcp.tool()\ndef list_tables() -> str:\n    \"\"\"List tables.\"\"\"\n    return ''\n".to_owned()),
    ] {
        let path = user.home().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    user.done(&["crawl", "--listed", "tools.jsonl", "--quiet"]);
    user.run(&["pin", "mcp.json", "--offline", "--lock", "kept.lock"]);
    user.done(&["export", "--out", "kept.jsonl"]);
    user
}

/// A pipe that nobody reads.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_reader_that_went_away_is_no_error_in_any_command() {
    let user = user();
    let mut wrong = Vec::new();
    for line in COMMANDS {
        let words: Vec<&str> = line.split(' ').collect();
        let run = |out: Stdio, err: Stdio| {
            let _ = std::fs::remove_file(user.home().join("new.db"));
            let mut child = user.command(&words).stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
            let mut said = String::new();
            if let Some(mut err) = child.stderr.take() {
                err.read_to_string(&mut said).unwrap();
            }
            (child.wait().unwrap().code(), said)
        };
        let (read, _) = run(Stdio::null(), Stdio::piped());
        // A hook that was given nothing blocks, which clients read from a 2.
        assert!(read != Some(2) || *line == "guard", "`{line}` is no command");
        let (unread_out, said) = run(unread(), Stdio::piped());
        // Rows that cannot be read are not even looked for when nobody reads those that can.
        if unread_out != read && unread_out != Some(0) {
            wrong.push(format!("`{line}` ends with {unread_out:?}, read with {read:?}: {said}"));
        }
        if said.contains("panicked") || said.to_lowercase().contains("broken pipe") || said.contains("stdout") {
            wrong.push(format!("`{line}` says: {said}"));
        }
        let (unread_err, _) = run(unread(), unread());
        if unread_err != read && unread_err != Some(0) {
            wrong.push(format!("`{line}` with stderr unread ends with {unread_err:?}, read with {read:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_command_is_left_out() {
    let help = User::new().done(&["--help"]);
    let listed = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<&str> = listed
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let is_here = |line: &&&str| line.split(' ').any(|word| word == command);
        assert!(COMMANDS.iter().any(|line| is_here(&line)), "`{command}` is not held against a closed pipe");
    }
}
