//! `mcpdex policy --cut-leak`: what runs unasked holds no leak any more, and no smaller choice would do.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An office: three tools that read what is private, two that bring text of strangers, two ways out, one of them counted.
fn office() -> User {
    let user = User::new();
    let tool = |server: &str, name: &str, description: &str, properties: Value| {
        json!({"server": server, "name": name, "description": description,
            "inputSchema": {"type": "object", "properties": properties}})
        .to_string()
    };
    let text = json!({"id": {"type": "string"}});
    let lines = [
        tool("npm:@clay/diary", "get_contact", "Get the address and phone number of a contact.", text.clone()),
        tool("npm:@clay/diary", "get_salary", "Get the salary of an employee.", text.clone()),
        tool("npm:@clay/diary", "get_health_record", "Get the health record of a patient.", text.clone()),
        tool("npm:@clay/diary", "list_shelves", "List all shelves.", json!({})),
        tool("pypi:clay-web", "fetch_page", "Fetch a web page.", json!({"url": {"type": "string", "format": "uri"}})),
        tool("pypi:clay-web", "search_web", "Search the web.", json!({"query": {"type": "string"}})),
        tool("pypi:clay-web", "send_mail", "Send a mail to a customer.", json!({"to": {"type": "string"}})),
    ];
    std::fs::write(user.home().join("tools.jsonl"), lines.join("\n")).unwrap();
    let config = json!({"mcpServers": {
        "diary": {"command": "npx", "args": ["-y", "@clay/diary"]},
        "web": {"command": "uvx", "args": ["clay-web"]},
        "attic": {"command": "uvx", "args": ["clay-attic"]},
    }});
    std::fs::write(user.home().join("mcp.json"), config.to_string()).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    user
}

fn each(user: &User, target: &str) -> Vec<Value> {
    let words = ["policy", "--clients", "mcp.json", "--budget", "--json", "-q", "--target", target];
    let report: Value = serde_json::from_str(&user.done(&words)).unwrap();
    report["budgets"][0]["each"].as_array().unwrap().clone()
}

/// Whether tools that run unasked, but for those taken, make a leak: told from their traits alone.
fn leaks(each: &[Value], taken: &BTreeSet<String>) -> bool {
    let runs = |tool: &&Value| {
        let effect = tool["effect"].as_str().unwrap();
        (effect == "allow" || effect.contains('/')) && !taken.contains(tool["tool"].as_str().unwrap())
    };
    let any = |traits: &[&str], but_reads: bool| {
        each.iter().filter(runs).any(|tool| {
            let has = |one: &&str| tool["traits"].as_array().unwrap().iter().any(|found| found == one);
            traits.iter().any(has) && !(but_reads && tool["class"] == "read")
        })
    };
    any(&["private-data", "credential-access", "file-access", "code-execution"], false)
        && any(&["untrusted-content"], false)
        && (any(&["network-egress", "code-execution"], false) || any(&["external-communication"], true))
}

#[test]
fn at_every_target_the_cut_is_enough_and_none_is_smaller() {
    let user = office();
    let words = ["policy", "--clients", "mcp.json", "--cut-leak", "--json", "-q", "--target", "all"];
    let report = assert_valid("leak", &user.done(&words));
    assert_eq!(report["unread"], json!(["attic"]));
    let mut sizes = BTreeSet::new();
    for cut in report["cuts"].as_array().unwrap() {
        let target = cut["target"].as_str().unwrap();
        let each = each(&user, target);
        let tools = cut["tools"].as_array().unwrap();
        let taken: BTreeSet<String> = tools.iter().map(|tool| tool["tool"].as_str().unwrap().to_owned()).collect();
        assert!(leaks(&each, &BTreeSet::new()), "{target}: there is nothing to cut");
        assert!(!leaks(&each, &taken), "{target}: {cut} leaves a leak");
        let names: Vec<&str> = each.iter().map(|tool| tool["tool"].as_str().unwrap()).collect();
        for set in 0_u32..1 << names.len() {
            let subset = names.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
            let subset: BTreeSet<String> = subset.map(|(_, name)| (*name).to_owned()).collect();
            assert!(subset.len() >= taken.len() || leaks(&each, &subset), "{target}: {subset:?} would do");
        }
        sizes.insert(taken.len());
    }
    // Where sending a mail asks or is refused anyway, one way out is left to cut.
    assert_eq!(sizes, BTreeSet::from([1, 2]), "{report}");
}

#[test]
fn the_policy_asks_or_hides_what_is_cut_and_says_what_it_costs() {
    let user = office();
    let words = ["policy", "--clients", "mcp.json", "--target", "claude-code"];
    let lists = |out: &str, list: &str| -> Vec<String> {
        let document: Value = serde_json::from_str(out).unwrap();
        serde_json::from_value(document["permissions"][list].clone()).unwrap()
    };
    let page = "mcp__web__fetch_page".to_owned();
    assert!(lists(&user.run(&words).out, "allow").contains(&page));
    let asks = user.run(&[&words[..], &["--cut-leak"]].concat());
    assert_eq!(asks.code, 0, "{}", asks.err);
    assert!(lists(&asks.out, "ask").contains(&page), "{}", asks.out);
    assert!(lists(&asks.out, "allow").contains(&"mcp__web__search_web".to_owned()), "{}", asks.out);
    let said = asks.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("without a way out nothing leaks; 1 of 6 tools that ran wait for a person now"), "{said}");
    assert!(said.contains("web/fetch_page") && said.contains("attic"), "{said}");
    let hides = user.run(&[&words[..], &["--cut-leak=hide"]].concat());
    assert!(lists(&hides.out, "deny").contains(&page), "{}", hides.out);
    assert_eq!(user.run(&[&words[..], &["--cut-leak=perhaps"]].concat()).code, 2);
}

#[test]
fn where_nothing_meets_nothing_is_cut() {
    let user = office();
    let words = ["policy", "--server", "npm:@clay/diary", "--target", "codex"];
    let plain = user.run(&words);
    let cut = user.run(&[&words[..], &["--cut-leak"]].concat());
    assert_eq!((cut.code, &cut.out), (0, &plain.out), "{}", cut.err);
    assert!(cut.err.contains("do not meet"), "{}", cut.err);
}

#[test]
fn every_target_gets_a_document_of_its_own_cut() {
    let user = office();
    let words =
        ["policy", "--clients", "mcp.json", "--target", "claude-code,docker,rego", "--cut-leak", "--out", "cut"];
    let ran = user.run(&words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let read = |place: &str| std::fs::read_to_string(user.home().join("cut").join(place)).unwrap();
    assert!(!read("docker/profile.yaml").contains("fetch_page"), "{}", read("docker/profile.yaml"));
    assert!(read("docker/profile.yaml").contains("search_web"));
    assert!(read("rego/mcp.rego").contains("at the word of a stranger"), "{}", read("rego/mcp.rego"));
}
