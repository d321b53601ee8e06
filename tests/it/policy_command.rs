//! `mcpdex policy` as a user runs it, on the bundled sample.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use mcpdex::policy::Target;
use serde_json::{Value, json};
use std::path::Path;

fn crawled() -> User {
    let user = User::new();
    user.done(&["crawl", "sample"]);
    user
}

fn rows(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_tools_name_alone_and_the_same_tool_by_target_give_one_document() {
    let user = crawled();
    let plain = user.done(&["policy", "list_folder"]);
    assert_eq!(user.done(&["policy", "list_folder", "--target", "policylayer"]), plain);
    assert!(plain.starts_with("{\n  \"version\": \"1\",\n  \"default\": \"deny\","), "{plain}");
}

#[test]
fn a_tool_can_be_blocked_or_counted_instead() {
    let user = crawled();
    let block = user.done(&["policy", "list_folder", "--block"]);
    assert!(block.contains("\"hide\": [\n    \"list_folder\"\n  ]"), "{block}");
    let limit = user.done(&["policy", "list_folder", "--limit", "5/hour"]);
    assert!(limit.contains("\"window\": \"hour\",\n          \"max\": 5"), "{limit}");
    assert_eq!(user.run(&["policy", "list_folder", "--limit", "often"]).code, 2);
}

#[test]
fn advice_in_json_has_the_effect_the_steps_and_both_changes() {
    let user = crawled();
    let advice = user.done(&["policy", "purge_folder", "--target", "claude-code,codex", "--json"]);
    let report = assert_valid("policy", &advice);
    assert_eq!(report["servers"][0]["decisions"]["purge_folder"]["effect"], "hide", "{report}");
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 2);
    for one in targets {
        assert!(!one["steps"].as_array().unwrap().is_empty());
        let texts = [&one["documents"][0]["text"], &one["block"]["text"], &one["limit"]["text"]];
        assert!(texts.iter().all(|text| text.is_string()), "{one}");
    }
    // Without a target it is the same shape, and the document is the one that is printed as it is.
    let report = assert_valid("policy", &user.done(&["policy", "purge_folder", "--json"]));
    let document = &report["targets"][0]["documents"][0]["text"];
    assert_eq!(document.as_str(), Some(user.done(&["policy", "purge_folder"]).as_str()));
}

#[test]
fn every_server_is_written_for_every_target_or_refused_with_the_reason() {
    let user = crawled();
    let out = user.home().join("policies");
    let ran = user.run(&["policy", "--all", "--target", "all", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (written, refused) = (rows(&out.join("documents.jsonl")), rows(&out.join("refused.jsonl")));
    assert_eq!(written.len() + refused.len(), 8 * Target::ALL.len());
    for row in &written {
        assert!(out.join(row["file"].as_str().unwrap()).is_file(), "{row}");
    }
    for row in &refused {
        let target: Target = row["target"].as_str().unwrap().parse().unwrap();
        assert!(target.capability().engine.is_some() && cfg!(not(feature = "verify")), "{row}");
    }
    // Calls may go uncounted where a target cannot count; nothing that is to be refused or asked about runs by itself.
    for row in rows(&out.join("losses.jsonl")).iter().filter(|row| row["change"] == "looser") {
        assert!(row["decided"].as_str().unwrap().contains("/minute"), "{row}");
    }
    let again = user.home().join("again");
    user.done(&["policy", "--all", "--target", "all", "--out", again.to_str().unwrap()]);
    let read = |folder: &Path| std::fs::read_to_string(folder.join("losses.jsonl")).unwrap();
    assert_eq!(read(&out), read(&again));
}

#[test]
fn a_clients_configuration_keeps_its_own_names_and_an_unknown_server_gets_nothing() {
    let user = crawled();
    let config = user.home().join("mcp.json");
    let entries = r#"{"mcpServers":{
        "my-cabinet":{"url":"https://nobody.example/mcp"},
        "other":{"command":"npx","args":["-y","nobody-knows"],"env":{"TOKEN":"very-secret"}}}}"#;
    std::fs::write(&config, entries).unwrap();
    let ran = user.run(&["policy", "--clients", config.to_str().unwrap(), "--target", "codex"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("[mcp_servers.\"my-cabinet\"]") && ran.out.contains("[mcp_servers.\"other\"]"));
    assert!(ran.out.contains("enabled_tools = []"), "{}", ran.out);
    assert!(!ran.out.contains("very-secret"));
    assert!(ran.err.contains("no tool is known of `other`"), "{}", ran.err);
}

#[test]
fn a_client_that_cannot_refuse_gets_a_file_and_the_person_the_names_of_what_it_will_ask_about() {
    let user = crawled();
    for (target, text, allowed) in
        [("vscode", "\"cabinet/purge_folder\": false", true), ("cursor", "cabinet:purge_folder", false)]
    {
        let ran = user.run(&["policy", "--server", "example.sample/cabinet", "--target", target]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(ran.out.contains(text), allowed, "{}", ran.out);
        let warned = ran.err.lines().find(|line| line.starts_with("warning: ")).expect("a warning");
        assert!(warned.contains("`purge_folder`") && warned.contains("it cannot refuse"), "{warned}");
    }
}

#[test]
fn several_servers_go_into_one_file_and_under_one_name_into_none() {
    let user = crawled();
    let servers = ["--server", "example.sample/cabinet", "--server", "example.sample/till"];
    let ran = user.run(&[&["policy", "--target", "claude-code"], &servers[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("mcp__cabinet__purge_folder") && ran.out.contains("mcp__till__"), "{}", ran.out);
    let alias = user.run(&[&["policy", "--target", "claude-code", "--alias", "mine"], &servers[..]].concat());
    assert_eq!((alias.code, alias.out.as_str()), (1, ""));
    let tool = user.run(&[&["policy", "purge_folder"], &servers[..]].concat());
    assert_eq!((tool.code, tool.out.as_str()), (1, ""));
    let unknown = user.run(&["policy", "--server", "example.sample/cabinet", "--server", "nobody"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (4, ""));
}

#[test]
fn a_profile_of_ones_own_decides_and_a_broken_one_stops_the_command() {
    let user = crawled();
    let path = user.home().join("mine.toml");
    let text = "about = 'nothing runs by itself'\n[[rule]]\neffect = 'deny'\nbecause = 'it is Sunday'\n";
    std::fs::write(&path, text).unwrap();
    let document = user.done(&["policy", "list_folder", "--profile", path.to_str().unwrap()]);
    assert!(document.contains("Refused by policy."), "{document}");
    std::fs::write(&path, text.replace("deny", "perhaps")).unwrap();
    let ran = user.run(&["policy", "list_folder", "--profile", path.to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("perhaps"), "{}", ran.err);
}

#[test]
fn words_that_are_no_target_and_scopes_that_clash_are_usage_errors() {
    let user = crawled();
    assert_eq!(user.run(&["policy"]).code, 2);
    assert_eq!(user.run(&["policy", "--all"]).code, 2);
    assert_eq!(user.run(&["policy", "list_folder", "--all", "--out", "x"]).code, 2);
    let ran = user.run(&["policy", "list_folder", "--target", "moon"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("moon") && ran.err.contains("toolhive"), "{}", ran.err);
}

#[test]
fn no_policy_frees_a_tool_by_an_operation_that_it_cannot_reach() {
    let user = User::new();
    let inside = json!({"request": {"type": "object", "properties": {
        "action": {"type": "string", "enum": ["list", "delete"]}}}});
    let row = json!({"server": "npm:@clay/shelf", "name": "shelf", "description": "Work with shelves.",
        "inputSchema": {"type": "object", "properties": inside}});
    std::fs::write(user.home().join("tools.jsonl"), row.to_string()).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let policy: Value = serde_json::from_str(&user.done(&["policy", "shelf", "--target", "policylayer"])).unwrap();
    assert_eq!(policy["hide"], json!(["shelf"]), "{policy}");
}

#[test]
fn of_all_targets_one_that_cannot_say_it_is_told_and_fails_nothing() {
    let user = User::new();
    // A name that one target reads as a pattern, of a tool that must be refused.
    let rows_of = [("smash*pot", "Deletes a pot for good. This cannot be undone."), ("list_pots", "Lists pots.")];
    let tools =
        rows_of.map(|(name, description)| json!({"server": "npm:pots", "name": name, "description": description}));
    std::fs::write(user.home().join("tools.jsonl"), tools.map(|tool| tool.to_string()).join("\n")).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let out = user.home().join("policies");
    let server = ["policy", "--server", "pots", "--out", out.to_str().unwrap()];
    let server = |more: &[&'static str]| user.run(&[&server[..], more].concat());
    let all = server(&["--target", "all"]);
    assert_eq!(all.code, 0, "{}", all.err);
    let refused = rows(&user.home().join("policies/refused.jsonl"));
    assert!(!refused.is_empty() && refused.len() < Target::ALL.len() / 2, "{refused:?}");
    for row in &refused {
        let target = row["target"].as_str().unwrap();
        assert!(all.err.contains(target), "{target} is told: {}", all.err);
    }
    // Whoever names a target wants its document.
    let one: &'static str = refused[0]["target"].as_str().unwrap().to_owned().leak();
    assert_eq!(server(&["--target", one]).code, 1);
}

#[test]
fn decisions_in_json_come_with_reasons_and_what_each_target_loses() {
    let user = crawled();
    let words = ["policy", "--server", "example.sample/cabinet", "--target", "cursor,rego,policylayer", "--json"];
    let report = assert_valid("policy", &user.done(&words));
    let tools = report["servers"][0]["decisions"].as_object().unwrap();
    assert!(tools.len() > 1 && tools.values().all(|tool| !tool["reason"].as_str().unwrap().is_empty()), "{report}");
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 3);
    let lost = |target: &Value| {
        let document = &target["documents"][0];
        !document["losses"].as_array().unwrap().is_empty() || document["refused"].is_string()
    };
    assert!(lost(&targets[0]), "cursor allows and does no more: {report}");
}
