//! `mcpdex scan`: four kinds of client configuration, the gate, a baseline, suppressions; and SARIF by its own rules.

use crate::support::binary::User;
use crate::support::sarif::{assert_sarif, faults};
use crate::support::schema::assert_valid;
use crate::support::shelf::{failed, monday, package, remote};
use mcpdex::model::Outcome;
use serde_json::{Value, json};

const DROP: &str = r#"{"name":"drop_table","description":"Delete a table for good. This cannot be undone."}"#;
const RUN: &str = r#"{"name":"run_script","description":"Run a shell script.","inputSchema":{"type":"object","properties":{"script":{"type":"string"}}}}"#;
const LOOK: &str = r#"{"name":"list_tables","description":"List tables."}"#;

/// A folder with four clients' configurations, and a database that knows their servers but one.
fn project() -> User {
    let user = User::new();
    package(&user, monday, "tables", "1.0.0", &[DROP, LOOK]);
    package(&user, monday, "runner", "1.0.0", &[RUN]);
    remote(&user, monday, "example.board/look", "https://board.example/mcp", &[LOOK]);
    failed(&user, monday, "closed", Outcome::Refused);
    for (file, text) in [
        (
            ".mcp.json",
            r#"{"mcpServers":{"tables":{"command":"npx","args":["-y","tables"],"env":{"KEY":"planted-1"}}}}"#,
        ),
        (".vscode/mcp.json", r#"{"servers":{"board":{"type":"http","url":"https://board.example/mcp"}}}"#),
        (".codex/config.toml", "[mcp_servers.runner]\ncommand = \"npx\"\nargs = [\"runner\"]\n"),
        (
            ".cursor/mcp.json",
            r#"{"mcpServers":{"closed":{"command":"npx","args":["closed"]},"own":{"command":"node","args":["own.js"]}}}"#,
        ),
    ] {
        let path = user.home().join("work space").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    user
}

fn scan(user: &User, words: &[&str]) -> crate::support::binary::Ran {
    let mut all = vec!["scan", "work space", "--offline"];
    all.extend(words);
    user.run(&all)
}

#[test]
fn four_kinds_of_configuration_are_found_and_their_servers_told_apart_from_the_unread() {
    let user = project();
    let ran = scan(&user, &["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = assert_valid("scan", &ran.out);
    assert_eq!(report["configs"].as_array().unwrap().len(), 4);
    let state = |name: &str| {
        let servers = report["servers"].as_array().unwrap();
        let server = servers.iter().find(|server| server["name"] == name).unwrap();
        (server["tools"].as_u64().unwrap(), server["unread"].as_str().map(str::to_owned))
    };
    assert_eq!(state("tables"), (2, None));
    assert_eq!(state("board"), (1, None));
    assert_eq!(state("runner"), (1, None));
    assert!(state("closed").1.unwrap().contains("refused"));
    assert!(state("own").1.is_some());
    assert!(!ran.out.contains("planted"));
    let text = scan(&user, &[]).out;
    assert!(text.contains("drop_table") && text.contains("! not read: closed"), "{text}");
    // The places of the project are searched when none is named.
    let here = user.command(&["scan", "--offline", "--json"]).current_dir(user.home().join("work space")).output();
    let report = assert_valid("scan", &String::from_utf8(here.unwrap().stdout).unwrap());
    assert_eq!(report["configs"].as_array().unwrap().len(), 4);
}

#[test]
fn the_gate_closes_at_its_severity_and_on_what_was_not_read() {
    let user = project();
    assert_eq!(scan(&user, &["--fail-on", "critical"]).code, 3);
    assert_eq!(scan(&user, &["--fail-on", "high", "--fail-on-unread"]).code, 3);
    assert_eq!(scan(&user, &["--fail-on-unread"]).code, 4);
    let calm = user.run(&["scan", "work space/.vscode/mcp.json", "--offline", "--fail-on", "low", "--fail-on-unread"]);
    assert_eq!(calm.code, 0, "{}{}", calm.out, calm.err);
    assert_eq!(user.run(&["scan", "nowhere.json", "--offline"]).code, 4);
    assert_eq!(scan(&user, &["--fail-on", "huge"]).code, 2);
    std::fs::write(user.home().join("broken.json"), "{").unwrap();
    let broken = user.run(&["scan", "broken.json", "--offline", "--fail-on-unread"]);
    assert_eq!(broken.code, 4, "{}", broken.err);
}

#[test]
fn a_baseline_lets_pass_what_was_there_and_nothing_that_is_new() {
    let user = project();
    std::fs::write(user.home().join("baseline.json"), scan(&user, &["--json"]).out).unwrap();
    let with = ["--baseline", "baseline.json", "--fail-on", "low"];
    assert_eq!(scan(&user, &with).code, 0);
    package(&user, monday, "runner", "1.0.0", &[RUN, DROP]);
    let ran = scan(&user, &with);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("drop_table"), "{}", ran.out);
    std::fs::write(user.home().join("other.json"), "{}").unwrap();
    assert_eq!(scan(&user, &["--baseline", "other.json"]).code, 1);
}

#[test]
fn a_suppression_needs_a_reason_and_an_end_and_ends() {
    let user = project();
    let write = |text: &str| std::fs::write(user.home().join("accepted.toml"), text).unwrap();
    let with = ["--suppressions", "accepted.toml", "--fail-on", "critical"];
    let entry = |expires: &str| {
        format!(
            "[[suppress]]\nkind = \"risk\"\nserver = \"npm:tables\"\ntool = \"drop_table\"\nreason = \"a sandbox\"\nexpires = \"{expires}\"\n\
             [[suppress]]\nkind = \"risk\"\nserver = \"npm:runner\"\ntool = \"run_script\"\nreason = \"a sandbox\"\nexpires = \"2999-12-31\"\n"
        )
    };
    write(&entry("2999-12-31"));
    let ran = scan(&user, &with);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("2 are accepted"), "{}", ran.out);
    write(&entry("2001-01-01"));
    let ran = scan(&user, &with);
    assert_eq!(ran.code, 3);
    assert!(ran.out.replace("\n", " ").contains("2001-01-01"), "{}", ran.out);
    for wrong in [
        entry("2999-12-31").replace("a sandbox", " "),
        entry("soon"),
        "[[suppress]]\nreason = \"all\"\nexpires = \"2999-12-31\"\n".to_owned(),
        "[[suppress]]\nkind = \"risk\"\nreason = \"x\"\n".to_owned(),
        entry("2999-12-31").replace("tool =", "tol ="),
    ] {
        write(&wrong);
        assert_eq!(scan(&user, &with).code, 1, "{wrong}");
    }
}

#[test]
fn every_format_says_the_same() {
    let user = project();
    let report: Value = serde_json::from_str(&scan(&user, &["--json"]).out).unwrap();
    let count = report["findings"].as_array().unwrap().len();
    assert!(count >= 4);
    let lines = scan(&user, &["--format", "jsonl"]).out;
    lines.lines().for_each(|line| {
        assert_valid("finding", line);
    });
    assert_eq!(lines.lines().count(), count);
    let csv = scan(&user, &["--format", "csv"]).out;
    assert_eq!(csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).count(), count);
    let markdown = scan(&user, &["--format", "markdown"]).out;
    assert!(markdown.contains("| critical | risk | tables | drop\\_table |"), "{markdown}");
    let sarif: Value = serde_json::from_str(&scan(&user, &["--format", "sarif"]).out).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), count);
    assert_eq!(scan(&user, &["--format", "json"]).out, scan(&user, &["--json"]).out);
}

#[test]
fn sarif_follows_the_rules_of_its_schema() {
    let user = project();
    std::fs::write(
        user.home().join("accepted.toml"),
        "[[suppress]]\nserver = \"npm:tables\"\nreason = \"a sandbox\"\nexpires = \"2999-12-31\"\n",
    )
    .unwrap();
    let log: Value =
        serde_json::from_str(&scan(&user, &["--format", "sarif", "--suppressions", "accepted.toml"]).out).unwrap();
    assert_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|result| result["suppressions"].is_array()));
    assert!(results.iter().any(|result| result["level"] == "error"));
    assert!(
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .starts_with("work%20space/")
    );
    assert_eq!(log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 2);
    assert!(log["runs"][0]["taxonomies"].as_array().unwrap().iter().any(|one| one["organization"] == "MITRE"));
    assert!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().iter().all(|rule| rule["helpUri"].is_null()));
}

#[test]
fn rules_lead_to_the_page_that_was_named() {
    let user = project();
    let page = "https://pages.example/mcpdex/findings.html";
    let log: Value = serde_json::from_str(&scan(&user, &["--format", "sarif", "--help-url", page]).out).unwrap();
    assert_sarif(&log);
    let documented = include_str!("../../docs/findings.md");
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        assert_eq!(rule["helpUri"], format!("{page}#{id}"));
        assert!(documented.lines().any(|line| line.strip_prefix("## ") == Some(id)), "{id} has no heading");
    }
    for wrong in ["findings.md", "file:///etc/passwd", "javascript:alert(1)", "https://pages.example/#x"] {
        assert_eq!(scan(&user, &["--format", "sarif", "--help-url", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn a_log_that_breaks_the_schema_or_points_nowhere_is_refused() {
    let user = project();
    let log: Value = serde_json::from_str(&scan(&user, &["--format", "sarif"]).out).unwrap();
    assert_eq!(faults(&log), Vec::<String>::new());
    for (pointer, wrong) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/tool/driver/name", Value::Null),
        ("/runs/0/results/0/level", json!("grave")),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", json!("a b")),
        ("/runs/0/results/0/ruleId", json!("other")),
        ("/runs/0/results/0/ruleIndex", json!(9_999)),
        ("/runs/0/results/0/more", json!(1)),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/index", json!(99)),
    ] {
        let mut broken = log.clone();
        match broken.pointer_mut(pointer) {
            Some(place) => *place = wrong,
            None => {
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                broken.pointer_mut(parent).unwrap()[key] = wrong;
            }
        }
        assert!(!faults(&broken).is_empty(), "{pointer}");
    }
}

#[test]
fn tools_that_a_clients_own_lists_leave_out_are_told_and_count_for_no_gate_where_the_client_keeps_to_them() {
    let user = project();
    let entry = |lists: &str| format!(r#"{{"mcpServers":{{"tables":{{"command":"npx","args":["tables"]{lists}}}}}}}"#);
    let codex = |list: &str| format!("[mcp_servers.tables]\ncommand = \"npx\"\nargs = [\"tables\"]\n{list}\n");
    let scanned = |file: &str, text: &str| {
        let path = user.home().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        let ran = user.run(&["scan", file, "--offline", "--json", "--fail-on", "critical"]);
        let server = assert_valid("scan", &ran.out)["servers"][0].clone();
        (ran.code, server["tools"].as_u64().unwrap(), server["withheld"].as_u64().unwrap())
    };
    for (file, text, expected) in [
        ("g/.gemini/settings.json", entry(r#","includeTools":["list_tables"]"#), (0, 1, 1)),
        ("g/.gemini/settings.json", entry(r#","excludeTools":["drop_table"]"#), (0, 1, 1)),
        ("g/.gemini/settings.json", entry(r#","includeTools":["drop_table"]"#), (3, 1, 1)),
        ("g/.gemini/settings.json", entry(r#","includeTools":["list_"]"#), (0, 0, 2)),
        ("g/.gemini/settings.json", entry(""), (3, 2, 0)),
        ("c/.codex/config.toml", codex(r#"enabled_tools = ["list_tables"]"#), (0, 1, 1)),
        ("c/.codex/config.toml", codex(r#"disabled_tools = ["drop_table"]"#), (0, 1, 1)),
        ("c/.codex/config.toml", codex(""), (3, 2, 0)),
        // Lists that the client of the file does not know leave nothing out.
        ("g/.gemini/settings.json", entry(r#","enabled_tools":["list_tables"]"#), (3, 2, 0)),
        ("g/.gemini/settings.json", entry(r#","includeTools":["drop_table(x)"]"#), (3, 1, 1)),
        ("c/.codex/config.toml", codex("includeTools = []\nallowed_tools = []"), (3, 2, 0)),
        (".mcp.json", entry(r#","includeTools":["list_tables"]"#), (3, 2, 0)),
        ("settings.json", entry(r#","includeTools":["list_tables"]"#), (3, 2, 0)),
    ] {
        assert_eq!(scanned(file, &text), expected, "{file}: {text}");
    }
    scanned("g/.gemini/settings.json", &entry(""));
    let screen = user.run(&["scan", "g/.gemini/settings.json", "--offline"]).out;
    assert!(!screen.contains("switched off"), "{screen}");
    scanned("g/.gemini/settings.json", &entry(r#","excludeTools":["drop_table"]"#));
    let screen = user.run(&["scan", "g/.gemini/settings.json", "--offline"]).out;
    assert!(screen.contains("1 tool: 1 low  (1 more switched off by its entry)"), "{screen}");
}
