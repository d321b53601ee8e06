//! `mcpdex policy check`, `test`, `explain`, `diff`, `convert` and `--merge` as a user runs them.

use crate::support::binary::{Ran, User};
use crate::support::sarif::assert_sarif;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};

/// A kiln with a harmless, a plain, a paying and a deleting tool.
fn kiln() -> User {
    let user = User::new();
    let tool = |name: &str, description: &str, properties: Value| {
        json!({"server": "npm:@clay/kiln", "name": name, "description": description,
            "inputSchema": {"type": "object", "properties": properties}})
        .to_string()
    };
    let lines = [
        tool("list_pots", "List all pots.", json!({})),
        tool("rename_pot", "Change the name of a pot.", json!({"pot": {"type": "string"}})),
        tool("pay_invoice", "Pay an invoice from the account.", json!({"amount": {"type": "number"}})),
        tool("delete_pot", "Delete a pot for good. This cannot be undone.", json!({"pot": {"type": "string"}})),
    ];
    std::fs::write(user.home().join("tools.jsonl"), lines.join("\n")).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    user
}

fn put(user: &User, name: &str, text: &str) {
    std::fs::write(user.home().join(name), text).unwrap();
}

fn check(user: &User, words: &[&str]) -> Ran {
    user.run(&[&["policy", "check", "-q"], words].concat())
}

const GOOD: &str = r#"{
  "permissions": {
    "allow": ["mcp__kiln__list_pots", "mcp__kiln__rename_pot"],
    "ask": ["mcp__kiln__pay_invoice"],
    "deny": ["mcp__kiln__delete_pot"]
  }
}
"#;

#[test]
fn a_good_policy_is_silent_and_ends_with_0() {
    let user = kiln();
    put(&user, "settings.json", GOOD);
    let ran = check(&user, &["settings.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("nothing found") && ran.out.contains("npm:@clay/kiln"), "{}", ran.out);
}

#[test]
fn a_fault_is_shown_at_its_line_with_a_caret_and_ends_with_3() {
    let user = kiln();
    put(
        &user,
        "policy.json",
        "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {\n    \"list_pots\": { \"rate_limit\": 10 }\n  }\n}\n",
    );
    let ran = check(&user, &["policy.json", "--alone"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in ["error[unknown-key]", "policy.json:5:20", "^^^^^^^^^^^^", "help: write `limits`"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}

#[test]
fn dangerous_tools_that_run_and_unknown_ones_are_found_by_the_database() {
    let user = kiln();
    put(
        &user,
        "settings.json",
        &GOOD
            .replace("\"deny\": [\"mcp__kiln__delete_pot\"]", "\"deny\": [\"mcp__kiln__delete_pots\"]")
            .replace("\"mcp__kiln__rename_pot\"", "\"mcp__kiln__delete_pot\""),
    );
    let ran = check(&user, &["settings.json", "--json"]);
    assert_eq!(ran.code, 3);
    let report = assert_valid("policy-check", &ran.out);
    let faults: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|f| f["fault"].as_str().unwrap()).collect();
    assert!(faults.contains(&"dangerous-allowed") && faults.contains(&"unknown-tool"), "{faults:?}");
    assert_eq!(report["depth"], "whole");
}

#[test]
fn what_was_not_looked_at_is_not_green() {
    let user = kiln();
    put(&user, "other.json", &GOOD.replace("kiln", "oven"));
    let ran = user.run(&["policy", "check", "other.json"]);
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("by itself") && ran.out.contains("oven"), "{}{}", ran.out, ran.err);
    assert_eq!(check(&user, &["other.json", "--alone"]).code, 0);
    assert_eq!(check(&user, &["other.json", "--server", "npm:nobody"]).code, 4);
    assert_eq!(check(&user, &["other.json", "--server", "oven=npm:@clay/kiln"]).code, 0);
    // Without a database, too.
    let empty = User::new();
    put(&empty, "settings.json", GOOD);
    assert_eq!(check(&empty, &["settings.json"]).code, 4);
    assert_eq!(check(&empty, &["settings.json", "--alone"]).code, 0);
    assert_eq!(check(&empty, &["missing.json"]).code, 4);
    put(&empty, "notes.txt", "nothing of the kind");
    let ran = check(&empty, &["notes.txt"]);
    assert!(ran.code == 1 && ran.err.contains("--target"), "{}", ran.err);
}

#[test]
fn a_tool_that_became_riskier_since_the_policy_was_written_is_found() {
    let user = User::new();
    let line = |description: &str| {
        json!({"server": "npm:@clay/kiln", "name": "tidy_pots", "description": description}).to_string()
    };
    put(&user, "tools.jsonl", &line("List all pots."));
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    put(&user, "settings.json", r#"{"permissions": {"allow": ["mcp__kiln__tidy_pots"]}}"#);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    put(&user, "tools.jsonl", &line("Delete all pots for good. This cannot be undone."));
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let ran = check(&user, &["settings.json"]);
    assert!(ran.code == 3 && ran.out.contains("riskier-tool"), "{}{}", ran.out, ran.err);
}

#[test]
fn sarif_points_at_the_places_and_says_what_was_not_looked_at() {
    let user = kiln();
    put(&user, "settings.json", &GOOD.replace("mcp__kiln__list_pots", "mcp__*"));
    let ran = check(&user, &["settings.json", "--format", "sarif"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_sarif(&log);
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let result = run["results"].as_array().unwrap().iter().find(|r| r["ruleId"] == "ignored-rule").unwrap();
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 3);
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "ignored-rule");
    let alone: Value =
        serde_json::from_str(&check(&user, &["settings.json", "--alone", "--format", "sarif"]).out).unwrap();
    assert_eq!(alone["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert_sarif(&alone);
    let page = "https://pages.example/findings.html";
    let linked = check(&user, &["settings.json", "--format", "sarif", "--help-url", page]);
    let linked: Value = serde_json::from_str(&linked.out).unwrap();
    assert_sarif(&linked);
    let rules = linked["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| rule["helpUri"] == format!("{page}#{}", rule["id"].as_str().unwrap())));
}

/// Text of a policy is text: it neither moves the cursor nor turns the line round.
#[test]
fn a_hostile_policy_reaches_no_terminal() {
    let user = kiln();
    put(
        &user,
        "settings.json",
        "{\"permissions\": {\"allow\": [\"mcp__kiln__\u{1b}[2Jx\u{202e}\", \"mcp__k\u{7}(x)\"], \"\u{1b}]0;x\": []}}",
    );
    for words in [&["settings.json"][..], &["settings.json", "--color", "always"]] {
        let ran = check(&user, words);
        assert_eq!(ran.code, 3, "{}", ran.err);
        let plain = ran.out.replace("\u{1b}[", "");
        let codes = ran.out.matches('\u{1b}').count();
        assert!(!plain.contains(['\u{7}', '\u{202e}', '\u{1b}']) && !ran.out.contains("\u{1b}[2J"), "{:?}", ran.out);
        assert!(words.len() > 1 || codes == 0, "{:?}", ran.out);
    }
}

#[test]
fn a_call_is_decided_with_the_rule_that_says_so() {
    let user = kiln();
    put(
        &user,
        "policy.json",
        r#"{
  "version": "1",
  "default": "deny",
  "tools": {
    "pay_invoice": {
      "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 100 }], "on_deny": "Too much." }],
      "limits": [{ "counter": "pay", "window": "day", "max": 3, "scope": "grant" }]
    }
  }
}"#,
    );
    let test = |amount: u32| {
        let call = json!({"tool": "pay_invoice", "arguments": {"amount": amount}}).to_string();
        let report =
            assert_valid("policy-ruling", &user.done(&["policy", "test", "policy.json", "--call", &call, "--json"]));
        report["servers"][0].clone()
    };
    assert_eq!(test(50)["decision"], "3/day");
    let refused = test(500);
    assert_eq!((refused["decision"].as_str(), refused["rule"]["line"].as_u64()), (Some("deny"), Some(6)));
    let text = user.done(&["policy", "explain", "policy.json", "pay_invoice"]);
    for part in ["3/day", "policy.json:6:19", "for some calls"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(user.run(&["policy", "test", "policy.json", "--call", "{}"]).code, 1);
    assert_eq!(user.run(&["policy", "test", "policy.json"]).code, 2);
    put(&user, "broken.json", "{");
    assert_eq!(user.run(&["policy", "explain", "broken.json", "x", "--target", "policylayer"]).code, 1);
}

#[test]
fn calls_are_replayed_with_the_decisions_that_would_save_most() {
    let user = kiln();
    put(&user, "settings.json", r#"{"permissions": {"allow": ["mcp__kiln__list_pots"]}}"#);
    let line =
        |tool: &str| json!({"at": "2026-01-31T12:00:00Z", "server": "kiln", "tool": tool, "arguments": {}}).to_string();
    let lines: Vec<String> = ["list_pots", "rename_pot", "rename_pot", "pay_invoice", "delete_pot"].map(line).to_vec();
    put(&user, "calls.jsonl", &format!("{}\nno json\n", lines.join("\n")));
    let ran = user.run(&["policy", "test", "settings.json", "--calls", "calls.jsonl", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = assert_valid("policy-replay", &ran.out);
    assert_eq!((report["total"]["allowed"].as_u64(), report["total"]["asked"].as_u64()), (Some(1), Some(4)));
    assert_eq!(report["savings"][0]["tool"], "rename_pot");
    assert_eq!(report["savings"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!((report["never"].as_u64(), report["unread"].as_u64()), (Some(2), Some(1)));
    assert!(
        user.done(&["policy", "test", "settings.json", "--calls", "calls.jsonl"])
            .contains("5 calls: 1 allowed, 4 asked")
    );
    put(&user, "none.jsonl", "{\"type\": \"summary\"}\n");
    assert_eq!(user.run(&["policy", "test", "settings.json", "--calls", "none.jsonl"]).code, 4);
}

#[test]
fn two_policies_are_compared_and_one_is_converted() {
    let user = kiln();
    put(&user, "settings.json", GOOD);
    let kiro = user.done(&["policy", "convert", "settings.json", "--to", "kiro", "-q"]);
    put(&user, "kiro.json", &kiro);
    let report = assert_valid(
        "policy-comparison",
        &user.done(&["policy", "diff", "settings.json", "kiro.json", "--json", "-q"]),
    );
    assert_eq!((report["compared"].as_u64(), report["differing"].as_array().map(Vec::len)), (Some(4), Some(0)));
    put(&user, "milder.json", &kiro.replace("\"list_pots\"", "\"list_pots\", \"pay_invoice\""));
    let text = user.done(&["policy", "diff", "settings.json", "milder.json", "-q"]);
    assert!(text.contains("1 milder") && text.contains("kiln/pay_invoice"), "{text}");
    let lossy = user.run(&["policy", "convert", "settings.json", "--to", "docker"]);
    assert!(lossy.code == 0 && lossy.err.contains("pay_invoice"), "{}", lossy.err);
}

#[test]
fn recommendations_are_merged_into_a_file_and_a_second_time_nothing_changes() {
    let user = kiln();
    let mine = "{\n  // mine\n  \"model\": \"x\",\n  \"permissions\": { \"deny\": [\"mcp__kiln__list_pots\"] }\n}\n";
    put(&user, "settings.json", mine);
    let words = ["policy", "--server", "npm:@clay/kiln", "--target", "claude-code", "--merge", "settings.json"];
    let ran = user.run(&words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("decided more strictly") && ran.err.contains("list_pots"), "{}", ran.err);
    let merged = std::fs::read_to_string(user.home().join("settings.json")).unwrap();
    for part in
        ["// mine", "\"model\": \"x\"", "mcp__kiln__list_pots", "mcp__kiln__delete_pot", "mcp__kiln__pay_invoice"]
    {
        assert!(merged.contains(part), "{part}: {merged}");
    }
    let again = user.run(&words);
    assert!(again.code == 0 && !again.err.contains("put in"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(user.home().join("settings.json")).unwrap(), merged);
    // A file that cannot be read stays as it is.
    put(&user, "settings.json", "{ \"permissions\": ");
    assert_eq!(user.run(&words).code, 1);
    assert_eq!(std::fs::read_to_string(user.home().join("settings.json")).unwrap(), "{ \"permissions\": ");
    // What is not there is written.
    std::fs::remove_file(user.home().join("settings.json")).unwrap();
    user.done(&words);
    assert_eq!(check(&user, &["settings.json"]).code, 0);
}

#[test]
fn every_command_on_written_policies_has_examples_that_parse() {
    let user = User::new();
    for action in ["check", "test", "explain", "diff", "convert"] {
        let help = user.done(&["policy", action, "--help"]);
        let examples = help.lines().filter(|line| line.trim().starts_with("mcpdex policy ")).count();
        assert!(examples >= 2, "{help}");
    }
    // A tool of such a name is asked for behind `--`.
    let ran = user.run(&["policy", "--", "check"]);
    assert!(ran.code == 4 && !ran.err.contains("required"), "{}", ran.err);
}
