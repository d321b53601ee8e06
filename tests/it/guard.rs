//! The hook, driven by what each client documents that it writes to a hook's stdin, with each decision in that client's own
//! words; and what goes wrong, which blocks.

use crate::support::binary::{Ran, User, ran};
use crate::support::shelf::{failed, friday, monday, package, remote};
use mcpdex::model::Outcome;
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

const LIST: &str = r#"{"name":"list_pots","description":"Lists the pots on the shelf.","inputSchema":{"type":"object","properties":{}}}"#;
const DROP: &str = r#"{"name":"drop.shelf","description":"Deletes the shelf and every pot on it for good.","inputSchema":{"type":"object","properties":{"shelf":{"type":"string"}}}}"#;
const MAIL: &str = r#"{"name":"pay_potter","description":"Pays the potter's invoice from the account.","inputSchema":{"type":"object","properties":{"sum":{"type":"number"}}}}"#;

/// A user whose database knows a package, an address and a package that could not be read.
fn user() -> User {
    let user = User::new();
    package(&user, monday, "kiln-desk", "1.0.0", &[LIST, DROP, MAIL]);
    package(&user, monday, "calm-desk", "1.0.0", &[LIST]);
    remote(&user, monday, "io.example/clay", "https://clay.example/mcp", &[LIST]);
    failed(&user, friday, "mute-desk", Outcome::Unreadable);
    user.done(&["stats"]);
    let servers = json!({"mcpServers": {
        "my.kiln": {"command": "npx", "args": ["-y", "kiln-desk@1.0.0"]},
        "mute": {"command": "npx", "args": ["-y", "mute-desk"]},
        "here": {"command": "./serve.sh"},
        "clay": {"type": "http", "url": "https://clay.example/mcp"},
    }});
    write(&user, "work/.mcp.json", &servers.to_string());
    write(&user, "work/.gemini/settings.json", &servers.to_string());
    write(&user, ".codex/config.toml", "[mcp_servers.kiln]\ncommand = \"npx\"\nargs = [\"-y\", \"kiln-desk@1.0.0\"]\n");
    user
}

fn write(user: &User, path: &str, text: &str) {
    let path = user.home().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn hook(user: &User, words: &[&str], input: &str) -> Ran {
    let mut command = user.command(&[&["guard"], words].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A hook that has decided already need not read on.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    ran(child.wait_with_output().unwrap())
}

/// What Claude Code writes before a tool runs.
fn claude(user: &User, tool: &str, input: Value) -> String {
    let cwd = user.home().join("work");
    json!({"session_id": "s-1", "transcript_path": "/t.jsonl", "cwd": cwd, "permission_mode": "default",
        "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "tool_use_id": "toolu_1"})
    .to_string()
}

/// What Codex writes before a tool runs.
fn codex(user: &User, tool: &str) -> String {
    json!({"session_id": "s-1", "turn_id": "t-1", "transcript_path": null, "cwd": user.home().join("work"),
        "hook_event_name": "PreToolUse", "model": "m", "permission_mode": "default", "tool_name": tool,
        "tool_input": {}, "tool_use_id": "call_1"})
    .to_string()
}

/// What Gemini CLI writes before a tool runs.
fn gemini(user: &User, server: &str, tool: &str) -> String {
    json!({"session_id": "s-1", "transcript_path": "/t.json", "cwd": user.home().join("work"),
        "hook_event_name": "BeforeTool", "timestamp": "2031-03-03T08:00:00Z", "tool_name": format!("mcp_{server}_{tool}"),
        "tool_input": {}, "mcp_context": {"server_name": server, "tool_name": tool}})
    .to_string()
}

/// What Cursor writes before a tool of a server runs.
fn cursor(tool: &str, server: (&str, &str)) -> String {
    json!({"conversation_id": "c-1", "generation_id": "g-1", "model": "m", "cursor_version": "3.1.0",
        "hook_event_name": "beforeMCPExecution", "workspace_roots": ["/srv/work"], "user_email": "u@example.com",
        "tool_name": tool, "tool_input": "{\"shelf\": \"top\"}", server.0: server.1})
    .to_string()
}

fn document(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
}

/// The permission in Claude Code's words, and the reason.
fn permission(ran: &Ran) -> (String, String) {
    let said = &document(ran)["hookSpecificOutput"];
    assert_eq!(said["hookEventName"], "PreToolUse");
    let text = |key: &str| said[key].as_str().unwrap().to_owned();
    (text("permissionDecision"), text("permissionDecisionReason"))
}

#[test]
fn claude_code_is_told_allow_ask_and_deny_with_the_reason() {
    let user = user();
    let said = |tool: &str| permission(&hook(&user, &[], &claude(&user, tool, json!({}))));
    for (tool, wanted, why) in [
        ("mcp__my_kiln__list_pots", "allow", "risk low"),
        ("mcp__clay__list_pots", "allow", "io.example/clay"),
        ("mcp__my_kiln__drop_shelf", "deny", "destructive"),
        ("mcp__my_kiln__pay_potter", "ask", "financial"),
        ("mcp__my_kiln__no_such_tool", "ask", "no tool"),
        ("mcp__mute__list_pots", "ask", "no tool"),
        ("mcp__here__list_pots", "ask", "nothing is known"),
        ("mcp__elsewhere__list_pots", "ask", "no configuration"),
        ("mcp__", "ask", "no configuration"),
    ] {
        let (decision, reason) = said(tool);
        assert_eq!(decision, wanted, "{tool}: {reason}");
        assert!(reason.contains(why), "{tool}: {reason}");
        // No words of a server reach the model or the prompt.
        assert!(!reason.contains("every pot on it"), "{reason}");
    }
}

#[test]
fn a_tool_of_the_clients_own_is_left_to_the_client() {
    let user = user();
    for (tool, input) in [("Read", json!({"file_path": "/x"})), ("Bash", json!({"command": "ls"}))] {
        let ran = hook(&user, &[], &claude(&user, tool, input));
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    }
    let shell = json!({"hook_event_name": "beforeShellExecution", "command": "ls", "cwd": "/srv/work"}).to_string();
    assert_eq!(document(&hook(&user, &[], &shell)), json!({"permission": "allow"}));
}

#[test]
fn codex_hears_nothing_or_deny_for_it_lets_run_what_it_calls_unsupported() {
    let user = user();
    let ran = hook(&user, &["--client", "codex"], &codex(&user, "mcp__kiln__list_pots"));
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    for (tool, why) in [("drop_shelf", "destructive"), ("pay_potter", "cannot be told to ask")] {
        let (decision, reason) = permission(&hook(&user, &[], &codex(&user, &format!("mcp__kiln__{tool}"))));
        assert_eq!(decision, "deny", "{reason}");
        assert!(reason.contains(why), "{reason}");
    }
}

#[test]
fn gemini_is_told_allow_or_deny() {
    let user = user();
    let said = |server: &str, tool: &str| document(&hook(&user, &[], &gemini(&user, server, tool)));
    assert_eq!(said("clay", "list_pots"), json!({"decision": "allow"}));
    for (server, tool, why) in [("my.kiln", "drop.shelf", "destructive"), ("mute", "x", "cannot be told to ask")] {
        let said = said(server, tool);
        assert_eq!(said["decision"], "deny");
        assert!(said["reason"].as_str().unwrap().contains(why), "{said}");
    }
}

#[test]
fn cursor_names_the_server_by_its_command_or_address() {
    let user = user();
    let said = |tool: &str, server| document(&hook(&user, &[], &cursor(tool, server)));
    assert_eq!(said("list_pots", ("url", "https://clay.example/mcp")), json!({"permission": "allow"}));
    let kiln = ("command", "npx -y kiln-desk@1.0.0");
    assert_eq!(said("list_pots", kiln), json!({"permission": "allow"}));
    assert_eq!(said("MCP:kiln:drop.shelf", kiln)["permission"], "deny");
    assert_eq!(said("pay_potter", kiln)["permission"], "ask");
    assert_eq!(said("list_pots", ("command", "npx other-desk"))["permission"], "ask");
    let ran = hook(&user, &["--no-ask"], &cursor("pay_potter", kiln));
    assert_eq!(document(&ran)["permission"], "deny");
}

#[test]
fn a_server_that_is_about_to_be_added_is_looked_at_whole() {
    let user = user();
    let added = |tool: &str, input| permission(&hook(&user, &[], &claude(&user, tool, input)));
    let line = |line: &str| added("Bash", json!({ "command": line }));
    assert_eq!(line("claude mcp add calm -- npx -y calm-desk").0, "allow");
    let (decision, reason) = line("claude mcp add kiln -- npx -y kiln-desk");
    assert!(decision == "ask" && reason.contains("2 of 3 tools") && reason.contains("drop.shelf"), "{reason}");
    for unread in ["npx -y mute-desk", "npx -y stranger-desk", "./serve.sh", "npx -y kiln-desk@9.0.0"] {
        let (decision, reason) = line(&format!("claude mcp add x -- {unread}"));
        assert_eq!(decision, "ask", "{unread}: {reason}");
    }
    let calm = json!({"mcpServers": {"calm": {"command": "npx", "args": ["calm-desk"]}}}).to_string();
    assert_eq!(added("Write", json!({"file_path": "/srv/.mcp.json", "content": calm})).0, "allow");
    assert_eq!(added("Edit", json!({"file_path": "/srv/.mcp.json", "old_string": "a", "new_string": "b"})).0, "ask");
}

#[test]
fn a_change_of_settings_that_brings_servers_is_blocked_where_it_would_ask() {
    let user = user();
    let changed = |settings: Value| {
        let file = user.home().join("work/.claude/settings.local.json");
        write(&user, "work/.claude/settings.local.json", &settings.to_string());
        let input = json!({"session_id": "s-1", "transcript_path": "/t.jsonl", "cwd": user.home().join("work"),
            "hook_event_name": "ConfigChange", "source": "local_settings", "file_path": file});
        hook(&user, &["--client", "claude-code"], &input.to_string())
    };
    for quiet in [json!({"theme": "dark"}), json!({"enabledMcpjsonServers": ["clay"]})] {
        let ran = changed(quiet);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    }
    for loud in [json!({"enableAllProjectMcpServers": true}), json!({"enabledMcpjsonServers": ["clay", "mute"]})] {
        let said = document(&changed(loud));
        assert_eq!(said["decision"], "block", "{said}");
    }
    let gone = json!({"hook_event_name": "ConfigChange", "source": "user_settings", "file_path": "/no/such.json"});
    assert_eq!(hook(&user, &[], &gone.to_string()).code, 2);
}

#[test]
fn whatever_goes_wrong_blocks_by_the_code_that_every_client_takes_for_a_refusal() {
    let user = user();
    let fine = claude(&user, "mcp__my_kiln__list_pots", json!({}));
    let blocked = |ran: Ran, why: &str| {
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{why}");
        assert!(ran.err.contains("mcpdex blocks this") && ran.err.contains(why), "{why}: {}", ran.err);
    };
    for (input, why) in [
        ("", "no JSON object"),
        (&fine[..fine.len() - 1], "no JSON object"),
        ("{\"hook_event_name\": \"PostToolUse\"}", "PostToolUse"),
        ("{\"hook_event_name\": \"PreToolUse\"}", "tool_name"),
    ] {
        blocked(hook(&user, &[], input), why);
    }
    blocked(hook(&user, &["--client", "gemini"], &fine), "PreToolUse");
    blocked(hook(&user, &["--profile", "/no/such.toml"], &fine), "profile");
    blocked(hook(&User::new(), &[], &fine), "no database");
    let damaged = user.home().join("damaged.db");
    std::fs::write(&damaged, "SQLite format 3\0 and no more").unwrap();
    blocked(hook(&user, &["--db", damaged.to_str().unwrap()], &fine), "damaged.db");
    let newer = user.home().join("newer.db");
    std::fs::copy(user.database(), &newer).unwrap();
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    blocked(hook(&user, &["--db", newer.to_str().unwrap()], &fine), "9999");
    let bad = user.home().join("bad.toml");
    std::fs::write(&bad, "profil = 1").unwrap();
    assert_eq!(hook(&user, &["--config", bad.to_str().unwrap()], &fine).code, 2);
    assert_eq!(hook(&user, &["--no-such-flag"], &fine).code, 2);
}

#[test]
fn verdicts_of_other_rules_let_nothing_through_and_still_refuse() {
    let user = user();
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    connection.execute("UPDATE fact SET value = 'older rules' WHERE key = 'ruleset'", []).unwrap();
    drop(connection);
    let said = |tool: &str| permission(&hook(&user, &[], &claude(&user, tool, json!({}))));
    let (decision, reason) = said("mcp__my_kiln__list_pots");
    assert!(decision == "ask" && reason.contains("mcpdex stats"), "{reason}");
    assert_eq!(said("mcp__my_kiln__drop_shelf").0, "deny");
    user.done(&["stats"]);
    assert_eq!(said("mcp__my_kiln__list_pots").0, "allow");
}

/// The bound is generous: this is an unoptimised build on a machine that does other things as well. The figure of a release
/// stands in `docs/performance.md`.
#[test]
fn an_answer_takes_no_rules_and_no_time() {
    let user = user();
    let input = claude(&user, "mcp__my_kiln__list_pots", json!({}));
    let times = (0..9).map(|_| {
        let begun = Instant::now();
        assert_eq!(hook(&user, &[], &input).code, 0);
        begun.elapsed()
    });
    let best = times.min().unwrap();
    assert!(best < Duration::from_millis(100), "{best:?}");
}
