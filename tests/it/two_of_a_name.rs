//! Two tools of one name on one server: both are kept and judged, the graver decides, and that is a finding.

use crate::support::binary::User;
use serde_json::{Value, json};

fn tool(name: &str, description: &str) -> Value {
    json!({"server": "npm:@clay/kiln", "name": name, "description": description, "inputSchema": {"type": "object"}})
}

/// What scan says of a configuration that starts the server, once its tools are known.
fn scanned(tools: &[Value]) -> (i32, Value) {
    let user = User::new();
    let lines: Vec<String> = tools.iter().map(Value::to_string).collect();
    std::fs::write(user.home().join("tools.jsonl"), lines.join("\n")).unwrap();
    let config = json!({"mcpServers": {"kiln": {"command": "npx", "args": ["-y", "@clay/kiln"]}}});
    std::fs::write(user.home().join("mcp.json"), config.to_string()).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let scan = user.run(&["scan", "--offline", "--json", "--fail-on", "critical", "mcp.json"]);
    (scan.code, serde_json::from_str(&scan.out).unwrap())
}

#[test]
fn the_graver_decides_wherever_it_stands() {
    let (mild, grave) = (tool("get_pot", "Get a pot."), tool("get_pot", "Delete every pot for good."));
    let other = tool("list_pots", "List the pots.");
    for tools in [
        vec![mild.clone(), grave.clone()],
        vec![grave.clone(), mild.clone()],
        vec![mild.clone(), other.clone(), grave.clone(), mild.clone()],
        vec![other.clone(), grave.clone(), grave.clone(), mild.clone()],
    ] {
        let (code, report) = scanned(&tools);
        assert_eq!(code, 3, "{tools:?}: {report}");
        assert_eq!(report["servers"][0]["risks"]["critical"], 1, "{tools:?}: {report}");
    }
}

#[test]
fn two_mild_ones_are_a_finding_and_no_alarm() {
    let (code, report) = scanned(&[tool("get_pot", "Get a pot."), tool("get_pot", "Get a pot by its number.")]);
    assert_eq!(code, 0, "{report}");
    let told = report["findings"].as_array().unwrap().iter().any(|finding| finding["kind"] == "duplicate-name");
    assert!(told, "nobody is told that the name comes twice: {report}");
}

#[test]
fn one_definition_told_twice_is_one_tool() {
    let (code, report) = scanned(&[tool("get_pot", "Get a pot."), tool("get_pot", "Get a pot.")]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["servers"][0]["risks"]["critical"], 0, "{report}");
}

#[test]
fn the_strictest_decision_governs_in_every_form() {
    let user = User::new();
    let by_action = json!({"server": "npm:@clay/kiln", "name": "pot", "description": "Start a firing, or stop one.",
        "inputSchema": {"type": "object", "properties": {"action": {"type": "string", "enum": ["start", "stop"]}}}});
    let unknown = tool("pot", "Zwirbel.");
    for tools in [[&by_action, &unknown], [&unknown, &by_action]] {
        let lines: Vec<String> = tools.iter().map(|tool| tool.to_string()).collect();
        std::fs::write(user.home().join("tools.jsonl"), lines.join("\n")).unwrap();
        user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
        let plain = user.done(&["policy", "pot"]);
        assert!(plain.contains("approval"), "the uncertain one asks: {plain}");
        assert_eq!(user.done(&["policy", "-q", "pot", "--target", "policylayer"]), plain);
        let shown: Value = serde_json::from_str(&user.done(&["tool", "pot", "--json"])).unwrap();
        for view in shown["servers"].as_array().unwrap() {
            assert_eq!(format!("{:#}\n", view["policy"]["document"]), plain);
        }
    }
}
