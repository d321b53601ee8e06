//! `--format` on every command that lists, `--quiet`, `--verbose`, the pager, the line every ten seconds, the help's topics
//! and the grade.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use crate::support::shelf::{monday, package};
use serde_json::Value;
use std::process::{Command, Stdio};

const DROP: &str = r#"{"name":"drop_table","description":"Delete a table for good. This cannot be undone."}"#;
const LOOK: &str = r#"{"name":"list_tables","description":"List tables."}"#;
const ODD: &str = r#"{"name":"=cmd|x","description":"Lists | the <b>rows</b>.\nThen more."}"#;

fn user() -> User {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    package(&user, monday, "tables", "1.0.0", &[DROP, LOOK, ODD]);
    package(&user, monday, "looker", "1.0.0", &[LOOK]);
    let write = |name: &str, text: &str| {
        let path = user.home().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("mcp.json", r#"{"mcpServers":{"tables":{"command":"npx","args":["-y","tables@1.0.0"]}}}"#);
    write(
        "source/server.py",
        "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n\n@mcp.tool()\ndef list_tables() -> str:\n    \"\"\"List tables.\"\"\"\n    return ''\n",
    );
    user.done(&["pin", "mcp.json", "--offline", "-q"]);
    user
}

/// Commands that list, each with the schema of its JSON, where it has one, and how many rows at least it has.
const LISTS: &[(&str, Option<&str>, usize)] = &[
    ("list", Some("list"), 10),
    ("search table", Some("search"), 2),
    ("server npm:tables", Some("server"), 3),
    ("tool list_tables", Some("tool"), 2),
    ("sources", Some("sources"), 9),
    ("stats", Some("stats"), 20),
    ("diff 2020-01-01", Some("diff"), 40),
    ("check mcp.json --offline", Some("check"), 0),
    ("rules list", Some("rules"), 60),
    ("config show", Some("config"), 7),
    ("doctor", Some("doctor"), 5),
    ("crawl sample", Some("crawl"), 8),
    ("extract source", None, 1),
    ("scan mcp.json --offline", Some("scan"), 1),
    ("scan --list-places", Some("places"), 10),
    ("policy --clients mcp.json --budget", Some("budget"), 15),
];

#[test]
fn every_command_that_lists_writes_five_formats() {
    let user = user();
    for (line, schema, least) in LISTS {
        let run = |format: &str| {
            let words: Vec<&str> = line.split(' ').chain(["--format", format]).collect();
            user.done(&words)
        };
        let json = run("json");
        match schema {
            Some(schema) => drop(assert_valid(schema, &json)),
            None => assert!(serde_json::from_str::<Value>(&json).unwrap().is_array(), "{line}"),
        }
        let rows = run("jsonl");
        let count = rows.lines().count();
        assert!(count >= *least, "{line}: {count} rows");
        rows.lines().for_each(|row| assert!(serde_json::from_str::<Value>(row).unwrap().is_object(), "{line}: {row}"));
        let csv = run("csv");
        let mut sheet = csv::Reader::from_reader(csv.as_bytes());
        let width = sheet.headers().unwrap().len();
        let records: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), count, "{line}");
        for cell in records.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '@', '-']), "{line}: a spreadsheet runs {cell}");
        }
        let markdown = run("markdown");
        if !line.starts_with("scan") {
            let lines: Vec<&str> = markdown.lines().collect();
            assert_eq!(lines.len(), count + 2, "{line}: {markdown}");
            let bars = |line: &str| line.replace("\\|", "").matches('|').count();
            assert!(lines.iter().all(|line| bars(line) == width + 1), "{line}: {markdown}");
        }
        assert!(!markdown.contains("<b>"), "{line}");
        assert_ne!(run("table"), json, "{line}");
    }
    assert_eq!(user.run(&["list", "--format", "csv", "--json"]).code, 2);
    assert_eq!(user.run(&["list", "--format", "yaml"]).code, 2);
    assert_eq!(user.run(&["scan", "--list-places", "--format", "sarif"]).code, 2);
    assert_eq!(user.run(&["policy", "--clients", "mcp.json", "--format", "csv"]).code, 2);
}

#[test]
fn quiet_leaves_errors_and_data() {
    let user = user();
    std::fs::write(user.home().join("mcpdex.toml"), "").unwrap();
    std::fs::write(
        user.home().join("accepted.toml"),
        "[[suppress]]\ntool = \"nobody\"\nreason = \"x\"\nexpires = \"2001-01-01\"\n",
    )
    .unwrap();
    for words in [
        &["crawl", "sample"][..],
        &["crawl", "sample", "nothing-there.json"],
        &["pin", "mcp.json", "--offline"],
        &["export", "--out", "all.jsonl"],
        &["policy", "--server", "npm:tables", "--target", "claude-code", "--out", "policies"],
    ] {
        let loud = user.run(words);
        assert!(!loud.err.is_empty() || !loud.out.is_empty() || words[0] == "export", "{words:?} says nothing at all");
        let quiet = user.run(&[words, &["--quiet"]].concat());
        let only_errors = quiet.err.lines().all(|line| line.starts_with("error: "));
        assert!(quiet.out.is_empty() && only_errors, "{words:?} says {}{}", quiet.out, quiet.err);
        assert_eq!(quiet.code, loud.code, "{words:?}");
    }
    for words in [
        &["tool", "drop_table"][..],
        &["scan", "mcp.json", "--offline", "--suppressions", "accepted.toml", "--format", "sarif"],
        &["policy", "drop_table", "--profile", "strict"],
    ] {
        let quiet = user.run(&[words, &["-q"]].concat());
        assert!(!quiet.out.is_empty() && quiet.err.is_empty(), "{words:?} says {}", quiet.err);
    }
    assert!(!user.done(&["crawl", "sample", "-q", "--json"]).is_empty(), "data is asked for");
    assert!(user.run(&["tool", "nobody", "-q"]).err.contains("no tool is named"));
}

#[test]
fn verbose_says_what_is_done_and_shows_nothing_that_a_terminal_obeys() {
    let user = user();
    let row = serde_json::json!({"server": "io.example/\u{1b}[2Jx", "name": "list_x", "description": "List x."});
    std::fs::write(user.home().join("odd.jsonl"), row.to_string()).unwrap();
    let said = |words: &[&str]| user.run(words).err;
    let some = said(&["crawl", "--listed", "odd.jsonl", "-v"]);
    assert!(some.contains("INFO") && some.contains("outcome=ok") && some.contains("tools=1"), "{some}");
    assert!(!some.contains('\u{1b}'), "{some:?}");
    assert!(!some.contains("DEBUG"), "{some}");
    let more = said(&["tool", "drop_table", "-vv"]);
    assert!(more.contains("DEBUG") && more.contains("ruleset="), "{more}");
    assert!(said(&["tool", "drop_table"]).is_empty());
    // Whoever wants both wants nothing that can be had.
    assert_eq!(user.run(&["tool", "drop_table", "-v", "-q"]).code, 2);
    // What is written for programs is the same.
    assert_eq!(user.done(&["tool", "drop_table", "--json", "-vv"]), user.done(&["tool", "drop_table", "--json"]));
}

/// Runs a command at a terminal of so many lines; `None` where there is no program to make one.
fn at_a_terminal(user: &User, line: &str, pager: &str) -> Option<String> {
    let program = user.command(&[]);
    let line = format!("stty rows 20 cols 80; '{}' {line}", program.get_program().to_str().unwrap());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env_clear().env("HOME", user.home()).current_dir(user.home());
    script.env("TERM", "xterm").env("PATH", std::env::var_os("PATH")?).env("MCPDEX_PAGER", pager);
    match script.stdin(Stdio::null()).output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            eprintln!("skipped: script cannot be started: {error}");
            None
        }
    }
}

#[test]
fn long_text_goes_through_the_users_pager_and_short_text_and_data_do_not() {
    let user = user();
    let pager = "sed s/^/paged:/";
    let Some(long) = at_a_terminal(&user, "tool drop_table", pager) else { return };
    assert!(long.contains("paged:"), "{long}");
    for line in ["list --per-page 2", "tool drop_table --no-pager", "tool drop_table --json", "help topics"] {
        let text = at_a_terminal(&user, line, pager).unwrap();
        assert!(!text.contains("paged:") && text.len() > 40, "{line}: {text}");
    }
    for none in ["", "cat", "no-such-pager-here"] {
        assert!(at_a_terminal(&user, "tool drop_table", none).unwrap().contains("drop_table"), "{none}");
    }
    // A pager that lies in the folder that is looked at is somebody else's program.
    std::fs::write(user.home().join("mine"), "#!/bin/sh\necho sprung\n").unwrap();
    let may_run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(user.home().join("mine"), may_run).unwrap();
    assert!(!at_a_terminal(&user, "tool drop_table", "./mine").unwrap().contains("sprung"));
    // In a pipe there is none.
    assert!(!user.done(&["tool", "drop_table"]).contains("paged:"));
}

#[test]
fn help_has_topics_beside_the_commands() {
    let user = User::new();
    let list = user.done(&["help", "topics"]);
    for topic in ["policy", "gates", "sources", "settings", "formats", "grades"] {
        assert!(list.contains(topic), "{topic}");
        assert!(user.done(&["help", "topics", topic]).lines().count() > 5, "{topic}");
    }
    assert!(user.done(&["help", "topics", "gates"]).contains("--diff BASE"));
    // The command of a name comes before the topic of it.
    assert!(user.done(&["help", "policy"]).contains("Usage: mcpdex policy"));
    assert!(user.done(&["help", "rules", "show"]).contains("Usage: mcpdex rules show"));
    assert_eq!(user.done(&["help", "gates"]), user.done(&["help", "topics", "gates"]));
    let unknown = user.run(&["help", "gate"]);
    assert!(unknown.code == 2 && unknown.err.contains("gates"), "{}", unknown.err);
    // Every flag that a topic speaks of is there.
    let all: String =
        ["scan", "crawl", "policy", "list", "check", "diff"].map(|name| user.done(&[name, "--help"])).concat();
    for topic in ["policy", "gates", "sources", "settings", "formats", "grades"] {
        let text = user.done(&["help", "topics", topic]);
        for flag in text.split([' ', ';', ',', '\n', '.', ':', '(', ')']).filter(|word| word.starts_with("--")) {
            assert!(all.contains(flag), "{topic}: {flag} is no flag");
        }
    }
}

#[test]
fn servers_are_graded_and_sorted_by_grade_as_the_documentation_says() {
    let user = user();
    std::fs::write(user.home().join("unread.json"), r#"{"mcpServers":{"u":{"url":"https://unread.example/mcp"}}}"#)
        .unwrap();
    user.done(&["crawl", "--listed", "-q", "unread.json"]);
    let report = assert_valid("list", &user.done(&["list", "--sort", "grade", "--json"]));
    let servers = report["servers"].as_array().unwrap();
    let grades: Vec<&str> = servers.iter().map(|one| one["grade"].as_str().unwrap()).collect();
    let mut sorted = grades.clone();
    sorted.sort_by_key(|grade| "EDCBAU".find(grade));
    assert_eq!(grades, sorted);
    assert!(grades.contains(&"A") && grades.contains(&"E") && grades.contains(&"U"), "{grades:?}");
    for one in servers {
        let shown = assert_valid("server", &user.done(&["server", one["server"].as_str().unwrap(), "--json"]));
        assert_eq!(shown["servers"][0]["grade"], one["grade"], "{one}");
    }
    let scan = assert_valid("scan", &user.done(&["scan", "mcp.json", "--offline", "--json"]));
    assert_eq!(scan["servers"][0]["grade"], "E");
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/grades.md")).unwrap();
    for grade in mcpdex::model::Grade::ALL {
        assert!(text.contains(&format!("| {grade} | {} |", grade.means())), "{grade} is not documented as it is");
    }
}

#[test]
fn a_search_names_servers_whose_own_words_fit() {
    let user = user();
    let report = assert_valid("search", &user.done(&["search", "loom", "--json"]));
    assert_eq!(report["servers"]["servers"][0]["server"], "example.sample/loom");
    let text = user.done(&["search", "loom"]);
    assert!(text.contains("Servers whose own words fit"), "{text}");
    let only_tools = assert_valid("search", &user.done(&["search", "loom", "--risk", "high", "--json"]));
    assert_eq!(only_tools["servers"]["found"], 0);
    let page = user.done(&["search", "--risk", "critical", "--per-page", "2"]);
    assert!(page.contains("next: --page 2"), "{page}");
    let none = user.done(&["search", "zebra", "unicorn"]);
    assert_eq!(none.lines().next(), Some("Nothing found."), "{none}");
}
