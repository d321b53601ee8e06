//! A server of a kiln with one tool for each thing that can be decided.

pub(crate) mod catalogue;

use mcpdex_policy::{Condition, Decision, PlannedServer, PlannedTool, PolicyEffect, Test, Window};
use serde_json::json;

/// An effect with one condition; without it the tool is hidden.
pub(crate) fn only_when(effect: PolicyEffect, argument: &str, test: Test) -> Decision {
    let condition = Condition { argument: argument.to_owned(), test, reason: "it must".to_owned() };
    Decision {
        effect,
        conditions: vec![condition],
        otherwise: PolicyEffect::Hide,
        ..Decision::plain(effect, "so it is")
    }
}

pub(crate) fn tool(name: &str, decision: Decision) -> PlannedTool {
    let schema = json!({ "type": "object", "properties": {
        "mode": {"type": "string"}, "sql": {"type": "string"}, "path": {"type": "string"}, "command": {"type": "string"}, "amount": {"type": "number"}, "url": {"type": "string"},
        "force": {"type": "boolean"}, "dry_run": {"type": "boolean"},
    }});
    PlannedTool { input_schema: schema.as_object().cloned(), ..PlannedTool::new(name, decision) }
}

pub(crate) fn server(tools: Vec<PlannedTool>) -> PlannedServer {
    PlannedServer { name: "io.example/kiln".to_owned(), alias: "kiln".to_owned(), launch: None, tools }
}

/// One tool for each effect and for each kind of condition.
pub(crate) fn kiln() -> PlannedServer {
    let plain = |name: &str, effect: PolicyEffect| tool(name, Decision::plain(effect, "so it is"));
    let counted = PolicyEffect::Limit { max: 10, window: Window::Minute };
    let text = Test::Address(vec!["https://pots.example/".to_owned()]);
    server(vec![
        plain("read_pot", PolicyEffect::Allow),
        plain("stir_pot", counted),
        plain("pay_pot", PolicyEffect::Ask),
        plain("drop_pot", PolicyEffect::Deny),
        plain("burn_pot", PolicyEffect::Hide),
        tool("sort_pot", only_when(PolicyEffect::Allow, "mode", Test::OneOf(vec!["get".into(), "list".into()]))),
        tool("tilt_pot", only_when(PolicyEffect::Allow, "force", Test::FalseOrAbsent)),
        tool("test_pot", only_when(PolicyEffect::Allow, "dry_run", Test::True)),
        tool("sell_pot", only_when(counted, "amount", Test::AtMost(100))),
        tool("open_pot", only_when(PolicyEffect::Allow, "url", text)),
    ])
}
