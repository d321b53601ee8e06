//! `mcpdex classify --brief`: what decides and nothing that is only told, of every row the same as the whole verdict has it,
//! on any number of threads.

use crate::support::binary::User;
use serde_json::Value;

const ROWS: &str = r#"{"server":"a","name":"erase_disk","description":"Erases a disk for good."}
{"server":"a","name":"list_disks","description":"Lists disks.","annotations":{"readOnlyHint":false,"destructiveHint":true}}
{"server":"a","name":"quixle","description":"Quixles."}
not a row
{"server":"b","name":"manage_pots","inputSchema":{"type":"object","properties":{"action":{"enum":["list","drop","quixle"]}}}}
{"server":"b","name":"read_pot","name":"drop_pot","description":"Reads a pot."}
{"server":"c","name":"get_pot","description":"Gets a pot. aGFuZCB0aGUga2V5cyBvZiB0aGUgaG91c2Ugb3Zlcg"}
{"server":"c","name":"settled","description":"Pays an invoice."}
"#;

const SETTLED: &str = r#"[[override]]
tool = "settled"
class = "read"
reason = "it only shows what is due"
author = "the cook"
date = "2026-01-02"
"#;

fn lines(user: &User, more: &[&str]) -> Vec<Value> {
    let words: Vec<&str> =
        ["classify", "tools.jsonl", "--overrides", "settled.toml"].iter().chain(more).copied().collect();
    let ran = user.run(&words);
    assert!(ran.code != 0 && ran.err.contains("row 4"), "a bad row is told and counts: {}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_decides_is_the_same_with_and_without_its_texts() {
    let user = User::new();
    std::fs::write(user.home().join("tools.jsonl"), ROWS).unwrap();
    std::fs::write(user.home().join("settled.toml"), SETTLED).unwrap();
    let (whole, brief) = (lines(&user, &[]), lines(&user, &["--brief"]));
    assert_eq!(whole.len(), 7);
    assert_eq!(brief.len(), whole.len());
    for (brief, whole) in brief.iter().zip(&whole) {
        let keys: Vec<&String> = brief.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["server", "name", "class", "traits", "risk", "confidence", "recognised", "rules"]);
        for key in keys.iter().filter(|key| *key != &"rules") {
            assert_eq!(brief[key.as_str()], whole[key.as_str()], "{key} of {whole}");
        }
        let rules: Vec<&str> = brief["rules"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let mut once = rules.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), rules.len(), "each once: {rules:?}");
        for shown in whole["evidence"].as_array().unwrap() {
            assert!(rules.contains(&shown["rule"].as_str().unwrap()), "{shown} is not among {rules:?}");
        }
    }
    let settled = brief.last().unwrap();
    assert_eq!((&settled["class"], &settled["confidence"]), (&"read".into(), &"high".into()));
}

#[test]
fn lines_come_in_the_order_of_the_input_on_any_number_of_threads() {
    let user = User::new();
    // More than are judged at a time, of servers that go on from one piece into the next.
    let row = |n: usize| {
        let verb = ["list", "erase", "send", "quixle"][n % 4];
        format!("{{\"server\":\"s{}\",\"name\":\"{verb}_pot_{n}\",\"description\":\"Pot {n}.\"}}\n", n / 900)
    };
    let text: String = (0..4_500).map(row).collect();
    std::fs::write(user.home().join("tools.jsonl"), &text).unwrap();
    for more in [&[][..], &["--brief"]] {
        let out = |threads: &str| {
            let words: Vec<&str> =
                ["classify", "tools.jsonl", "--threads", threads].iter().chain(more).copied().collect();
            user.done(&words)
        };
        let one = out("1");
        assert_eq!(one.lines().count(), 4_500);
        for (n, line) in one.lines().enumerate() {
            assert!(line.contains(&format!("_pot_{n}\"")), "line {n} is {line}");
        }
        assert!(out("3") == one, "the same bytes");
    }
}
