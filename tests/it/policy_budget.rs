//! `mcpdex policy --budget` on invented servers whose tools are mixed as those of public packages are (`tests/budget/run`
//! reads ten configurations of them).

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};

/// Two servers of a pottery: 34 tools, of which about half read.
fn tools() -> Vec<Value> {
    let tool = |server: &str, name: &str, description: &str, properties: Value| {
        json!({"server": server, "name": name, "description": description,
            "inputSchema": {"type": "object", "properties": properties}})
    };
    let mut all = Vec::new();
    for thing in ["pot", "glaze", "shelf", "kiln", "recipe", "batch"] {
        let id = json!({"id": {"type": "string"}});
        all.push(tool(
            "npm:@clay/works",
            &format!("get_{thing}"),
            &format!("Get a {thing} by its number."),
            id.clone(),
        ));
        all.push(tool("npm:@clay/works", &format!("list_{thing}s"), &format!("List all {thing}s."), json!({})));
        all.push(tool("npm:@clay/works", &format!("create_{thing}"), &format!("Create a {thing}."), id.clone()));
        all.push(tool("npm:@clay/works", &format!("update_{thing}"), &format!("Update a {thing}."), id));
    }
    let one = |name, description, properties| tool("pypi:clay-office", name, description, properties);
    all.extend([
        one("delete_order", "Permanently delete an order.", json!({"id": {"type": "string"}})),
        one("send_mail", "Send a mail to a customer.", json!({"to": {"type": "string"}, "text": {"type": "string"}})),
        one("read_mail", "Read the body of a mail in the inbox.", json!({"id": {"type": "string"}})),
        one("pay_invoice", "Pay an invoice.", json!({"invoice": {"type": "string"}})),
        one("get_api_key", "Return the secret API key of the account.", json!({})),
        one("run_script", "Run a shell command on the machine.", json!({"command": {"type": "string"}})),
        one("start_firing", "Start a deployment of the firing plan.", json!({})),
        one("restart_service", "Restart the service.", json!({})),
        one("zwirbel", "Zwirbel.", json!({})),
        one("list_orders", "List all orders.", json!({})),
    ]);
    all
}

fn pottery() -> User {
    let user = User::new();
    let lines: Vec<String> = tools().iter().map(Value::to_string).collect();
    std::fs::write(user.home().join("tools.jsonl"), lines.join("\n")).unwrap();
    let config = json!({"mcpServers": {
        "works": {"command": "npx", "args": ["-y", "@clay/works"]},
        "office": {"command": "uvx", "args": ["clay-office"]},
        "attic": {"command": "uvx", "args": ["clay-attic"]},
    }});
    std::fs::write(user.home().join("mcp.json"), config.to_string()).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    user
}

fn budgets(user: &User, words: &[&str]) -> Value {
    let words = [&["policy", "--clients", "mcp.json", "--budget", "--json", "-q"], words].concat();
    assert_valid("budget", &user.done(&words))
}

/// Why a tool that runs unasked should not; told from its verdict alone.
fn grave(tool: &Value) -> Option<&'static str> {
    let has = |key: &str, word: &str| tool[key] == word;
    let counted = tool["effect"].as_str().unwrap().contains('/');
    let guarded = tool["guarded"] == true;
    match () {
        () if has("risk", "critical") && !guarded => Some("critical"),
        () if has("confidence", "low") || tool["recognised"] == false => Some("in doubt"),
        () if has("class", "read") && has("risk", "high") => Some("a read of secrets"),
        () if has("class", "execute") && has("risk", "high") && !counted && !guarded => Some("uncounted"),
        () => None,
    }
}

#[test]
fn nothing_grave_runs_unasked_at_any_target_and_the_rest_seldom_asks() {
    let report = budgets(&pottery(), &[]);
    assert_eq!(report["unread"], json!(["attic"]));
    let all = report["budgets"].as_array().unwrap();
    let number = |budget: &Value, key: &str| budget[key].as_u64().unwrap();
    for budget in all {
        assert_eq!(budget["each"].as_array().unwrap().len(), 34);
        for tool in budget["each"].as_array().unwrap() {
            let effect = tool["effect"].as_str().unwrap();
            if effect == "allow" || effect.contains('/') {
                assert_eq!(grave(tool), None, "{}: {tool}", budget["target"]);
            }
        }
        let waits = 100 * (number(budget, "asked") + number(budget, "refused")) / number(budget, "tools");
        let most = if number(budget, "counted") > 0 { 20 } else { 30 };
        assert!(waits <= most, "{}: {waits} of a hundred tools ask or are refused", budget["target"]);
    }
    assert!(all.len() >= 16 || cfg!(not(feature = "verify")), "{}", all.len());
}

#[test]
fn the_bounds_are_seen_to_be_broken_where_a_profile_breaks_them() {
    let user = pottery();
    let mild = "about = 'all runs'\n[[rule]]\neffect = 'allow'\nbecause = 'why not'\n";
    std::fs::write(user.home().join("mild.toml"), mild).unwrap();
    let report = budgets(&user, &["--target", "rego", "--profile", "mild.toml"]);
    let found: Vec<&str> = report["budgets"][0]["each"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|tool| tool["effect"] == "allow")
        .filter_map(grave)
        .collect();
    for why in ["critical", "a read of secrets", "uncounted"] {
        assert!(found.contains(&why), "{why}: {found:?}");
    }
    // Even there: what is in doubt asks.
    assert!(!found.contains(&"in doubt"), "{found:?}");
}

#[test]
fn a_proposed_rule_in_a_profile_of_ones_own_saves_what_was_promised() {
    let user = pottery();
    let before = budgets(&user, &["--target", "claude-code"]);
    let proposals = before["budgets"][0]["settlements"].as_array().unwrap();
    let first = proposals.iter().find(|one| one["rule"].is_string()).expect("a proposal with a rule");
    let own = format!("about = 'ours'\nbase = 'balanced'\n\n{}", first["rule"].as_str().unwrap());
    std::fs::write(user.home().join("ours.toml"), own).unwrap();
    let after = budgets(&user, &["--target", "claude-code", "--profile", "ours.toml"]);
    let asked = |report: &Value| report["budgets"][0]["asked"].as_u64().unwrap();
    assert_eq!(asked(&before) - asked(&after), first["saves"].as_u64().unwrap(), "{first}");
}

#[test]
fn people_see_the_shares_the_proposals_and_what_nothing_is_known_of() {
    let user = pottery();
    let all = user.done(&["policy", "--clients", "mcp.json", "--budget", "-q"]);
    assert!(all.contains("claude-code") && all.contains(" %)") && all.contains("attic"), "{all}");
    let one = user.done(&["policy", "--server", "pypi:clay-office", "--budget", "--target", "codex", "-q"]);
    assert!(one.contains("allow uncounted") && one.contains("zwirbel") && one.contains("overrides.toml"), "{one}");
    assert!(one.contains("are never"), "{one}");
    assert_eq!(user.run(&["policy", "--clients", "mcp.json", "--budget", "--out", "x"]).code, 2);
}
