//! What people see: the layout of each command's text at several widths, in a pipe and in colour, under reviewed snapshots
//! (`cargo insta review`, or `INSTA_UPDATE=always` and a look at the difference).

use crate::support::binary::User;
use crate::support::shelf::{monday, package};
use serde_json::json;

/// Invented servers, one with names in Chinese and with emoji.
fn shelf() -> User {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    let tool = |name: &str, description: &str| {
        json!({"name": name, "description": description, "inputSchema": {"type": "object",
            "properties": {"目录": {"type": "string", "description": "要删除的文件夹的路径，必须是绝对路径，而且不能包含其他人正在使用的任何文件"}}}})
        .to_string()
    };
    let tools = [
        tool(
            "删除文件夹",
            "永久删除文件夹及其中的所有文件。此操作无法撤销。请在删除之前与所有者确认，因为备份只保留七天。",
        ),
        tool("🚀launch_rocket🚀", "Launches the rocket 🚀 from pad 39 and tells everyone on the public channel."),
        tool("list_👨‍👩‍👧‍👦_families", "Lists families 👨‍👩‍👧‍👦 of the block."),
    ];
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    package(&user, monday, "rocket-desk", "1.0.0", &tools);
    let servers = json!({"mcpServers": {
        "rockets": {"command": "npx", "args": ["-y", "rocket-desk@1.0.0"]},
        "gone": {"command": "npx", "args": ["-y", "no-such-desk@1.0.0"]},
    }});
    let write = |name: &str, text: &str| {
        let path = user.home().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("mcp.json", &servers.to_string());
    let rows = |more: serde_json::Value| {
        let row = |tool: &&str| {
            let mut row: serde_json::Value = serde_json::from_str(tool).unwrap();
            row["server"] = json!("npm:rocket-desk");
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            format!("{row}\n")
        };
        tools.iter().map(row).collect::<String>()
    };
    write("tools.jsonl", &rows(json!({})));
    // Labels that are wrong for two of three.
    write("labelled.jsonl", &rows(json!({"class": "read", "risk": "low"})));
    write("one.jsonl", &(rows(json!({"class": "read", "risk": "low"})).lines().next().unwrap().to_owned() + "\n"));
    let permissions = |rules: serde_json::Value| json!({"permissions": rules}).to_string();
    write(
        "settings.json",
        &permissions(json!({"allow": ["mcp__rockets__*"], "ask": ["mcp__rockets__no_such_tool_of_theirs"]})),
    );
    write(
        "stricter.json",
        &permissions(json!({"allow": ["mcp__rockets__list_👨‍👩‍👧‍👦_families"], "deny": ["mcp__rockets__删除文件夹"]})),
    );
    write(
        "calls.jsonl",
        "{\"server\":\"rockets\",\"tool\":\"删除文件夹\"}\n{\"server\":\"rockets\",\"tool\":\"🚀launch_rocket🚀\"}\n",
    );
    // One name on many servers.
    let horns: String = (0..15)
        .map(|at| {
            let text = if at % 5 == 0 {
                format!("Deletes horn {at} for good.")
            } else {
                format!("Lists the horns of pier {at}.")
            };
            json!({"server": format!("harbour/pier-{at:02}"), "name": "sound_horn", "description": text}).to_string()
                + "\n"
        })
        .collect();
    write("horns.jsonl", &horns);
    user.done(&["crawl", "--listed", "horns.jsonl", "-q"]);
    write("source/server.py", SOURCE);
    write("mine/lamps.toml", LAMPS);
    // One of the servers cannot be pinned.
    assert_eq!(user.run(&["pin", "mcp.json", "--offline", "-q"]).code, 4);
    user
}

const SOURCE: &str = r#"from mcp.server.fastmcp import FastMCP
mcp = FastMCP("desk")

@mcp.tool()
def launch_rocket(pad: str) -> str:
    """Launches the rocket 🚀 from a pad and tells everyone on the public channel of the harbour, of the town and of the whole country at once."""
    return ""

@mcp.tool(name="删除文件夹")
def delete_folder(path: str) -> str:
    """永久删除文件夹及其中的所有文件。此操作无法撤销。请在删除之前与所有者确认，因为备份只保留七天。"""
    return ""

for name in load_names():
    mcp.add_tool(name)
"#;

const LAMPS: &str = r#"[[rule]]
id = "lights-a-lamp"
class = "execute"
confidence = "high"
because = "it lights a lamp in a house where somebody may sleep"
when = [{ verb = ["kindle"], object = ["lamp"] }]
fires = [{ name = "kindle_lamp", description = "Kindles a lamp on the pier, in the harbour and on every boat that lies there, before the night falls." }]
quiet = [{ name = "list_lamps" }]
"#;

/// What the command prints; times and places that differ from run to run are taken out.
fn shown(user: &User, words: &[&str], columns: Option<&str>) -> String {
    let _ = std::fs::remove_file(user.home().join("fresh.db"));
    let mut command = user.command(words);
    if words[0] == "doctor" {
        // Which clients of package registries a machine has is no matter of layout.
        command.env("PATH", user.home());
    }
    match columns {
        Some(columns) => command.env("COLUMNS", columns),
        None => command.env_remove("COLUMNS"),
    };
    let output = command.output().unwrap();
    // What refuses, and what writes files, speaks on stderr.
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    let text = String::from_utf8(text).unwrap().replace(env!("CARGO_BIN_EXE_mcpdex"), "MCPDEX");
    text.replace(&user.home().display().to_string(), "HOME")
}

fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"\d{4}-\d{2}-\d{2}", "[a day---]");
    settings.add_filter(r"\b[0-9a-f]{16}\b", "[digest]");
    // As wide as the number is.
    settings.add_filter(r"\b\d{3} (rules|pages)\b", "[n] $1");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Commands that print what is known, each with the name of its snapshots.
const COMMANDS: &[(&str, &[&str])] = &[
    ("tool", &["tool", "purge_folder"]),
    ("tool-emoji", &["tool", "🚀launch_rocket🚀"]),
    ("server", &["server", "npm:rocket-desk"]),
    ("list", &["list"]),
    ("search", &["search", "delete"]),
    ("scan", &["scan", "--offline", "mcp.json"]),
    ("stats", &["stats"]),
    ("search-server", &["search", "rocket"]),
    ("scan-details", &["scan", "--offline", "mcp.json", "--details"]),
    ("diff", &["diff", "2020-01-01", "now", "--server", "npm:rocket-desk"]),
    ("explain", &["explain", "npm:rocket-desk", "删除文件夹"]),
    ("config", &["config", "show", "--db", "kept.db"]),
    ("policy", &["policy", "删除文件夹"]),
    ("budget", &["policy", "--server", "npm:rocket-desk", "--target", "claude-code,codex", "--budget"]),
    ("topics", &["help", "topics", "gates"]),
    ("crawl", &["crawl", "--listed", "tools.jsonl", "--db", "fresh.db"]),
    ("check", &["check", "mcp.json", "--offline"]),
    ("extract", &["extract", "source"]),
    ("probe", &["probe", "http://127.0.0.1:9/mcp", "--timeout", "5"]),
    ("rules-show", &["rules", "show", "lights-a-lamp", "--rules", "mine"]),
    ("eval", &["eval", "labelled.jsonl"]),
    ("eval-list", &["eval", "labelled.jsonl", "--list"]),
    ("eval-one", &["eval", "one.jsonl"]),
    ("rules-check", &["rules", "check", "--rules", "mine"]),
    ("policy-check", &["policy", "check", "settings.json", "--server", "rockets=npm:rocket-desk"]),
    ("policy-test", &["policy", "test", "settings.json", "--calls", "calls.jsonl"]),
    ("policy-diff", &["policy", "diff", "settings.json", "stricter.json", "--server", "rockets=npm:rocket-desk"]),
    ("policy-convert", &["policy", "convert", "settings.json", "--to", "gemini"]),
    ("policy-explain", &["policy", "explain", "settings.json", "rockets:🚀launch_rocket🚀"]),
    (
        "policy-leak",
        &["policy", "--server", "npm:rocket-desk", "--target", "claude-code", "--cut-leak", "--out", "cut"],
    ),
    ("policy-drift", &["policy", "--drift", "2020-01-01", "--clients", "mcp.json", "--markdown"]),
    ("site", &["site", "--out", "pages"]),
    ("guard", &["guard"]),
    ("mcp-install", &["mcp", "--install", "claude-code"]),
    ("serve", &["serve", "--token-file", "nothing-there"]),
    ("doctor", &["doctor"]),
    ("list-nothing", &["list", "no-server-has-this-word"]),
    ("list-unread", &["list", "--unread"]),
    ("search-nothing", &["search", "no-tool-has-this-word"]),
    (
        "policy-test-one",
        &["policy", "test", "settings.json", "--call", r#"{"server":"rockets","tool":"🚀launch_rocket🚀"}"#],
    ),
    ("tool-namesakes", &["tool", "sound_horn"]),
    ("unknown-tool", &["tool", "launch_rockets"]),
    ("unknown-server", &["server", "npm:rocket-desks"]),
];

#[test]
fn every_command_keeps_its_layout_at_every_width() {
    let user = shelf();
    for (name, words) in COMMANDS.iter().copied() {
        for columns in ["60", "80", "120", "200"] {
            check(&format!("{name}@{columns}"), &shown(&user, words, Some(columns)));
        }
    }
}

#[test]
fn a_pipe_is_given_whole_lines_and_colour_only_when_asked_for() {
    let user = shelf();
    for (name, words) in COMMANDS.iter().copied() {
        let piped = shown(&user, words, None);
        assert!(!piped.contains('\u{1b}'), "{name}");
        check(&format!("{name}@pipe"), &piped);
        let coloured = shown(&user, &[words, &["--color", "always"]].concat(), Some("80"));
        let plain = shown(&user, words, Some("80"));
        let bare = ["0", "1", "2", "31", "32", "33", "91", "94"]
            .iter()
            .fold(coloured.clone(), |text, style| text.replace(&format!("\u{1b}[{style}m"), ""));
        assert_eq!(bare, plain, "{name}: colours move nothing");
        if name == "scan" {
            check("scan@colour", &coloured.replace('\u{1b}', "␛"));
        }
    }
}

#[test]
fn what_programs_read_is_the_same_at_every_width() {
    let user = shelf();
    let rows = ["classify", "tools.jsonl"];
    let piped = shown(&user, &rows, None);
    assert_eq!(piped.lines().count(), 3, "{piped}");
    assert!(piped.contains("🚀launch_rocket🚀") && piped.contains("删除文件夹"), "{piped}");
    assert_eq!(shown(&user, &rows, Some("60")), piped);
    assert_eq!(shown(&user, &["classify", "tools.jsonl", "--color", "always"], Some("200")), piped);
}

#[test]
fn no_line_is_wider_than_the_terminal_unless_one_word_is() {
    let user = shelf();
    // Rules, commands and documents that are to be copied stay in one piece, and so does a line that is pointed at.
    // The last three speak on stderr, where a line is one of a log.
    let copied = [
        "policy-check",
        "budget",
        "policy",
        "policy-convert",
        "policy-drift",
        "mcp-install",
        "rules-show",
        "policy-leak",
        "serve",
        "unknown-server",
    ];
    for (name, words) in COMMANDS.iter().copied().filter(|(name, _)| !copied.contains(name)) {
        for columns in [60_usize, 80, 120] {
            for line in shown(&user, words, Some(&columns.to_string())).lines() {
                let longest = line.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
                // Letters that take two columns are counted once here.
                assert!(line.chars().count() <= columns || longest > columns / 2, "{name} at {columns}: {line}");
            }
        }
    }
}

#[test]
fn a_scan_of_ten_servers_fits_a_screen_and_names_every_grave_tool() {
    const DEEDS: [(&str, &str); 7] = [
        ("delete", "Deletes the {} for good."),
        ("run_on", "Runs any shell command that is given on the {}."),
        ("pay_for", "Pays for the {} out of the user's account."),
        ("mail", "Sends the {} by mail to any recipient."),
        ("rename", "Renames the {}."),
        ("list", "Lists the {}."),
        ("get", "Returns the {}."),
    ];
    const THINGS: [&str; 6] = ["orders", "tickets", "pages", "branches", "volumes", "machines"];
    let user = User::new();
    let mut servers = serde_json::Map::new();
    let mut grave = Vec::new();
    for server in 0..10 {
        let mut tools = Vec::new();
        for at in 0..20 {
            // Three servers only read.
            let (verb, says) = DEEDS[if server < 3 { 5 + at % 2 } else { (at * 3 + server) % DEEDS.len() }];
            let thing = THINGS[(at / 2 + server) % THINGS.len()];
            let name = format!("{verb}_{thing}_{at}");
            if matches!(verb, "delete" | "run_on" | "pay_for" | "mail") {
                grave.push(name.clone());
            }
            tools.push(json!({"name": name, "description": says.replace("{}", thing)}).to_string());
        }
        let name = format!("desk-{server}");
        package(&user, monday, &name, "1.0.0", &tools.iter().map(String::as_str).collect::<Vec<_>>());
        servers.insert(name.clone(), json!({"command": "npx", "args": ["-y", format!("{name}@1.0.0")]}));
    }
    std::fs::write(user.home().join("mcp.json"), json!({ "mcpServers": servers }).to_string()).unwrap();
    let screen = shown(&user, &["scan", "--offline", "mcp.json"], Some("80"));
    assert!(grave.len() > 60, "the example is grave: {}", grave.len());
    assert!(screen.lines().count() <= 60, "{} lines:\n{screen}", screen.lines().count());
    for name in grave {
        assert!(screen.contains(&name), "{name} is not named:\n{screen}");
    }
}
