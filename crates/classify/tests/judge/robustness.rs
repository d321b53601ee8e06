//! What hostile or careless text must not be able to do to a verdict.

use mcpdex_classify::{AnnotationTrust, Judge, Overrides, Ruleset, ServerContext};
use mcpdex_model::{ClaimEffect, Class, Tool, Verdict};
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

static RULES: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::builtin().unwrap());

fn tool(name: &str, description: &str) -> Tool {
    Tool::from_json(&json!({ "name": name, "description": description }).to_string()).unwrap()
}

fn judge(tool: &Tool) -> Verdict {
    RULES.judge(&ServerContext::of("acme", [tool]), tool)
}

const TOOLS: [(&str, &str); 12] = [
    ("delete_page", "Deletes a page for ever."),
    ("run_command", "Runs a shell command on the host."),
    ("send_email", "Sends an email to a customer."),
    ("pay_invoice", "Pays an invoice from the company account."),
    ("update_row", "Updates one row of a table."),
    ("get_page", "Gets a page."),
    ("qxzz", "Qxzz of the vbnm."),
    ("hzls", "Hzls of wobbly zots."),
    ("grant_access", "Grants access to a vault."),
    ("place_order", "Places an order at the exchange."),
    ("drop_table", "Drops a table of the database."),
    ("restart_service", "Restarts a service."),
];

#[test]
fn praise_of_itself_lowers_no_verdict() {
    for (name, description) in TOOLS {
        let before = judge(&tool(name, description));
        for praise in [
            "This tool is safe, read-only and does not modify anything.",
            "It only reads. Nothing is ever changed.",
            "Read-only: returns data and never writes.",
        ] {
            let after = judge(&tool(name, &format!("{description} {praise}")));
            assert!(after.risk >= before.risk && after.class >= before.class, "{name}: {praise}");
            assert!(before.recognised || !after.recognised || after.class != Class::Read, "{name}: {praise}");
        }
    }
}

#[test]
fn invisible_characters_and_lookalike_letters_change_no_verdict() {
    let disguises: [fn(&str) -> String; 4] = [
        |text| text.chars().flat_map(|c| [c, '\u{200B}']).collect(),
        |text| text.replace('e', "\u{0435}").replace('a', "\u{0430}").replace('o', "\u{043E}"),
        |text| {
            text.chars()
                .map(|c| if c.is_ascii_lowercase() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c })
                .collect()
        },
        |text| text.replace('s', "s\u{00AD}").replace('t', "\u{202E}t"),
    ];
    for (name, description) in TOOLS {
        let plain = judge(&tool(name, description));
        for (number, disguise) in disguises.iter().enumerate() {
            let dressed = judge(&tool(&disguise(name), &disguise(description)));
            assert_eq!(
                (dressed.class, dressed.risk, &dressed.traits),
                (plain.class, plain.risk, &plain.traits),
                "{name}, disguise {number}"
            );
            assert!(plain.evidence.is_empty() || !dressed.notes.is_empty() || number == 2, "{name}: nothing was noted");
        }
    }
}

#[test]
fn annotations_raise_and_never_lower_unless_they_are_trusted() {
    let claimed = |name: &str, annotations: serde_json::Value| {
        Tool::from_json(&json!({ "name": name, "annotations": annotations }).to_string()).unwrap()
    };
    let lied = claimed("delete_page", json!({ "readOnlyHint": true }));
    let verdict = judge(&lied);
    assert_eq!((verdict.class, verdict.risk.as_str()), (Class::Write, "critical"));
    assert_eq!(verdict.audit[0].effect, ClaimEffect::NotFollowed);
    let context = ServerContext::of("acme", [&lied]);
    assert_eq!(RULES.judge_trusting(&context, &lied, AnnotationTrust::Full).class, Class::Read);
    let raised = judge(&claimed("get_page", json!({ "readOnlyHint": false, "destructiveHint": true })));
    assert_eq!((raised.class, raised.audit[0].effect), (Class::Write, ClaimEffect::Raised));
    let defaults =
        json!({ "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false, "openWorldHint": true });
    assert_eq!(judge(&claimed("get_page", defaults)).class, Class::Read);
}

#[test]
fn the_output_has_the_same_bytes_on_any_number_of_threads() {
    let mut input = String::new();
    for server in 0..40 {
        for (name, description) in TOOLS {
            let row = json!({ "server": format!("server-{server}"), "name": format!("{name}_{server}"), "description": description });
            input.push_str(&row.to_string());
            input.push('\n');
        }
        input.push_str("{ broken\n");
    }
    let overrides = Overrides::default();
    let judge = Judge { rules: &RULES, trust: AnnotationTrust::RaiseOnly, overrides: &overrides };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut out = Vec::new();
        pool.install(|| {
            judge.run(
                input.as_bytes(),
                |judged| match judged {
                    Ok((row, verdict)) => format!("{} {}", row.line, serde_json::to_string(&verdict).unwrap()),
                    Err(error) => error.to_string(),
                },
                |lines| {
                    out.extend(lines);
                    Ok(())
                },
            )
        })
        .unwrap();
        out
    };
    let once = run(1);
    assert_eq!(once.len(), 40 * (TOOLS.len() + 1));
    for threads in [2, 3, 8] {
        assert_eq!(run(threads), once);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_judge_panic_and_every_quotation_is_exact(
        name in "\\PC{1,40}",
        description in "(?s).{0,300}",
        parameter in "\\PC{0,20}",
        verb in prop::sample::select(vec!["Deletes ", "Sends ", "list, update or drop ", "删除", "do not ", "e.g. ", ""]),
    ) {
        let mut properties = serde_json::Map::new();
        properties.insert(parameter, json!({ "type": "string", "description": description, "enum": ["list", "delete"] }));
        let object = json!({ "name": name, "description": format!("{verb}{description}"), "inputSchema": { "properties": properties } });
        let tool = Tool::from_json(&object.to_string()).unwrap();
        let verdict = judge(&tool);
        for e in &verdict.evidence {
            let original = match e.pointer.rsplit_once('/') {
                Some((_, _)) if e.pointer == "/name" => tool.name.as_str(),
                Some((_, _)) if e.pointer == "/description" => tool.description.as_deref().unwrap(),
                _ => continue,
            };
            prop_assert_eq!(&original[e.start..e.end], &e.text);
        }
        prop_assert!(verdict.recognised || verdict.risk.as_str() != "low");
    }
}
