//! `mcpdex policy --drift`: the patch of a policy when tools change, from two lockfiles and from the database.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

fn tool(name: &str, description: &str) -> String {
    json!({"server": "npm:@clay/kiln", "name": name, "description": description,
        "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}})
    .to_string()
}

/// A server that is pinned (`old.lock`), changes in every way that it can, and is pinned again (`new.lock`).
fn changed() -> User {
    let user = User::new();
    let config = json!({"mcpServers": {"kiln": {"command": "npx", "args": ["-y", "@clay/kiln"]}}});
    std::fs::write(user.home().join("mcp.json"), config.to_string()).unwrap();
    let offer = |lock: &str, tools: &[String]| {
        std::fs::write(user.home().join("tools.jsonl"), tools.join("\n")).unwrap();
        user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
        user.done(&["pin", "--offline", "-q", "--lock", lock, "mcp.json"]);
    };
    let stays = tool("list_pots", "List all pots.");
    offer(
        "old.lock",
        &[
            stays.clone(),
            tool("graver", "Get a pot by its number."),
            tool("milder", "Permanently delete every pot."),
            tool("gone_read", "Get a shard by its number."),
            tool("gone_loss", "Permanently delete every shard."),
            tool("get_glaze", "Get a glaze by its number."),
        ],
    );
    offer(
        "new.lock",
        &[
            stays,
            tool("graver", "Permanently delete every pot."),
            tool("milder", "Get a pot by its number."),
            tool("get_glaze", "Get one glaze by its number."),
            tool("get_secret_plan", "Get a plan by its number."),
        ],
    );
    user
}

fn drift<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [&["policy", "--drift", "old.lock", "--to", "new.lock"], words].concat()
}

/// What the report says of each tool.
fn rows(user: &User, words: &[&str]) -> BTreeMap<String, [String; 2]> {
    let report = assert_valid("policy-drift", &user.done(words));
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let row = |one: &Value| (text(&one["tool"]), [text(&one["drift"]), text(&one["now"])]);
    report["tools"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn every_kind_of_change_keeps_or_tightens_the_decision() {
    let user = changed();
    let found = rows(&user, &drift(&["--target", "claude-code", "--json"]));
    let wanted = [
        ("get_glaze", ["same", "allow"]),
        ("get_secret_plan", ["undecided", "ask"]),
        ("gone_loss", ["removed", "–"]),
        ("gone_read", ["removed", "–"]),
        ("graver", ["stricter", "hide"]),
        ("milder", ["kept", "hide"]),
    ];
    let wanted: BTreeMap<String, [String; 2]> =
        wanted.into_iter().map(|(name, row)| (name.to_owned(), row.map(str::to_owned))).collect();
    assert_eq!(found, wanted);
    // The same from the database: the first list of the server against what it offers today.
    let by_list = ["policy", "--drift", "#1", "--server", "npm:@clay/kiln", "--target", "claude-code", "--json"];
    assert_eq!(rows(&user, &by_list), wanted);
    let mixed = ["policy", "--drift", "old.lock", "--clients", "mcp.json", "--target", "claude-code", "--json", "-q"];
    assert_eq!(rows(&user, &mixed), wanted);
}

#[test]
fn the_patch_turns_the_document_in_place_into_one_that_is_as_strict() {
    let user = changed();
    for target in ["claude-code", "codex", "vscode", "rego"] {
        let file = mcpdex::policy::targets(target).unwrap()[0].capability().file;
        let place = user.home().join("in-place");
        std::fs::create_dir_all(&place).unwrap();
        // What was written before the server changed: the same as from its first list.
        let none =
            user.run(&["policy", "--drift", "#1", "--to", "#1", "--server", "npm:@clay/kiln", "--target", target]);
        assert_eq!((none.code, none.out.as_str()), (0, ""), "{}", none.err);
        let ran = user.run(&drift(&["--target", target, "-q", "--out", "out"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let out = user.home().join("out");
        let wanted = std::fs::read_to_string(out.join(target).join(file)).unwrap();
        let patch = out.join(format!("{target}.patch"));
        // Backwards it leads to the document of before, forwards to that of now.
        std::fs::write(place.join(file), &wanted).unwrap();
        let apply = |words: &[&str]| {
            let done = Command::new("git")
                .env("GIT_CEILING_DIRECTORIES", user.home())
                .current_dir(&place)
                .arg("apply")
                .args(words)
                .arg(&patch)
                .output()
                .unwrap();
            assert!(done.status.success(), "{target}: {}", String::from_utf8_lossy(&done.stderr));
        };
        let include = format!("--include={file}");
        apply(&["-R", &include]);
        let before = std::fs::read_to_string(place.join(file)).unwrap();
        assert!(before.contains("gone_read") && !before.contains("get_secret_plan"), "{target}: {before}");
        apply(&[&include]);
        assert_eq!(std::fs::read_to_string(place.join(file)).unwrap(), wanted, "{target}");
    }
    let claude = user.done(&drift(&["--target", "claude-code", "-q"]));
    for line in
        ["-      \"mcp__kiln__gone_read\"", "+      \"mcp__kiln__graver\"", "+      \"mcp__kiln__get_secret_plan\""]
    {
        assert!(claude.lines().any(|found| found.trim_end_matches(',') == line), "{line}:\n{claude}");
    }
    // It may come back, and a client that asks about what it does not know would then only ask.
    let allow: Value =
        serde_json::from_str(&std::fs::read_to_string(user.home().join("out/claude-code/settings.json")).unwrap())
            .unwrap();
    let deny = allow["permissions"]["deny"].to_string();
    assert!(deny.contains("gone_loss") && deny.contains("milder"), "{deny}");
}

#[test]
fn markdown_says_what_a_reviewer_has_to_look_at_and_strangers_text_is_text() {
    let user = changed();
    let markdown = user.done(&drift(&["--markdown", "-q"]));
    for text in ["1 new and undecided", "| stricter | kiln | graver |", "- [ ] 1 new tools", "2 removed"] {
        assert!(markdown.contains(text), "{text}:\n{markdown}");
    }
    let odd = tool("<img src=x>|[a](http://x.example)", "Get a pot by its number.");
    std::fs::write(user.home().join("tools.jsonl"), [tool("list_pots", "List all pots."), odd].join("\n")).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let markdown = user.done(&["policy", "--drift", "new.lock", "--markdown", "-q"]);
    assert!(!markdown.contains("<img") && !markdown.contains("](http"), "{markdown}");
}

#[test]
fn what_is_not_known_any_more_is_taken_for_the_strictest_it_can_have_been() {
    let user = changed();
    // Another database, as on a machine that never read the earlier lists.
    let fresh = user.home().join("fresh.db");
    let fresh = fresh.to_str().unwrap();
    user.done(&["--db", fresh, "crawl", "--listed", "-q", "tools.jsonl"]);
    let words = [&["--db", fresh][..], &drift(&["--target", "claude-code", "--json"])].concat();
    let found = rows(&user, &words);
    assert_eq!(found["get_glaze"], ["kept", "ask"]);
    assert_eq!(found["milder"], ["kept", "hide"]);
    assert!(!found.contains_key("list_pots"), "{found:?}");
    let report: Value = serde_json::from_str(&user.done(&words)).unwrap();
    assert!(report["unknown"].as_array().unwrap().contains(&json!("kiln/get_glaze")), "{report}");
}

#[test]
fn another_package_under_the_name_and_a_server_that_is_gone_let_nothing_run() {
    let user = changed();
    let text = std::fs::read_to_string(user.home().join("new.lock")).unwrap();
    let mut lock: Value = serde_json::from_str(&text).unwrap();
    lock["servers"][0]["identity"] = json!("npm:@evil/kiln");
    std::fs::write(user.home().join("other.lock"), lock.to_string()).unwrap();
    let words = ["policy", "--drift", "old.lock", "--to", "other.lock", "--json"];
    let found = rows(&user, &words);
    assert!(found.values().all(|[drift, now]| drift == "removed" || now == "ask" || now == "hide"), "{found:?}");
    assert_eq!(found["list_pots"], ["undecided", "ask"]);
    lock["servers"] = json!([]);
    std::fs::write(user.home().join("empty.lock"), lock.to_string()).unwrap();
    let gone = user.done(&["policy", "--drift", "old.lock", "--to", "empty.lock", "--json"]);
    let gone: Value = serde_json::from_str(&gone).unwrap();
    assert_eq!(gone["absent"], json!(["kiln"]));
    assert!(gone["tools"].as_array().unwrap().iter().all(|one| one["drift"] == "removed"), "{gone}");
}

#[test]
fn a_state_that_is_none_and_a_drift_of_nothing_are_refused() {
    let user = changed();
    assert_eq!(user.run(&["policy", "--drift", "nowhere.lock"]).code, 4);
    assert_eq!(user.run(&["policy", "--drift", "now"]).code, 1);
    assert_eq!(user.run(&["policy", "--drift", "old.lock", "--budget"]).code, 2);
    assert_eq!(user.run(&drift(&["--target", "codex,rego"])).code, 1);
    std::fs::write(user.home().join("bad.lock"), "{\"schema\": \"mcpdex/lock/9\", \"servers\": []}").unwrap();
    assert_eq!(user.run(&["policy", "--drift", "bad.lock"]).code, 1);
}
