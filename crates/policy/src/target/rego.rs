//! A Rego module for Open Policy Agent: a table of tools as data, and a few rules that read it.
//!
//! The enforcement point asks `data.mcp.authz.decision` with `{server, tool, arguments, calls}`; `calls` is how often
//! the tool was called in the running window, for instance `{"minute": 3}`. Without it a limited tool is refused.

use super::{Adapted, Features, Format, Options, Output, Refusal};
use crate::decision::{Condition, Effect};
use crate::fit::{FittedServer, FittedTool};
use crate::text::{comment, json_quoted};
use serde_json::{Value, json};
use std::fmt::Write;

pub(super) struct Rego;

const FEATURES: Features = Features {
    title: "Open Policy Agent (Rego)",
    file: "mcp.rego",
    one_server: false,
    refusal: Refusal::ByRule,
    ask: true,
    rate: true,
    hide: true,
    arguments: Some("all tests"),
    default: Effect::Hide,
    names: "exact",
    lists: "none known",
    most_conditional: usize::MAX,
    comments: true,
    engine: Some("regorus"),
    steps: &[
        "Load the module: `opa run --server mcp.rego`",
        "Let the enforcement point post `{server, tool, arguments, calls}` to /v1/data/mcp/authz",
        "Act on `decision` (allow, ask, deny) and list only tools that are `visible`",
    ],
};

const RULES: &str = r#"
rule := tools[input.server][input.tool]

default decision := "deny"

decision := "allow" if {
    rule.effect == "allow"
    passes
}

decision := "allow" if {
    rule.effect == "limit"
    passes
    input.calls[rule.window] < rule.max
}

decision := "ask" if rule.effect == "ask"

default visible := false

visible if rule.effect in {"allow", "limit", "ask", "deny"}

passes if {
    every check in rule.checks {
        holds(check)
    }
}

given(name) if name in object.keys(input.arguments)

holds(check) if {
    check.must == "one-of"
    input.arguments[check.argument] in check.value
}

holds(check) if {
    check.must in {"false-or-absent", "absent"}
    not given(check.argument)
}

holds(check) if {
    check.must == "false-or-absent"
    input.arguments[check.argument] == false
}

holds(check) if {
    check.must == "true"
    input.arguments[check.argument] == true
}

holds(check) if {
    check.must == "at-most"
    is_number(input.arguments[check.argument])
    input.arguments[check.argument] >= 0
    input.arguments[check.argument] <= check.value
}

holds(check) if {
    check.must == "text"
    text := input.arguments[check.argument]
    is_string(text)
    some start in check.value.starts_with
    startswith(text, start)
    every part in check.value.without {
        not contains(text, part)
    }
}
"#;

impl Format for Rego {
    fn features(&self) -> &'static Features {
        &FEATURES
    }

    fn adapt(&self, _condition: &Condition) -> Adapted {
        Adapted::Same
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &Options) -> Vec<Output> {
        let mut out = String::from("package mcp.authz\n\nimport rego.v1\n\ntools := {\n");
        for server in servers {
            writeln!(out, "    {}: {{", json_quoted(&server.alias)).expect("a string takes all");
            for tool in &server.tools {
                writeln!(out, "        # {}", comment(&tool.reason)).expect("a string takes all");
                writeln!(out, "        {}: {},", json_quoted(&tool.name), row(tool)).expect("a string takes all");
            }
            out.push_str("    },\n");
        }
        out.push_str("}\n");
        out.push_str(RULES);
        vec![Output::main(&FEATURES, out)]
    }
}

fn row(tool: &FittedTool<'_>) -> Value {
    let check = |condition: &Condition| {
        let mut check = json!({ "argument": condition.argument });
        let test = serde_json::to_value(&condition.test).expect("strings and numbers always serialise");
        if let (Value::Object(check), Value::Object(test)) = (&mut check, test) {
            check.extend(test);
        }
        check
    };
    let checks: Vec<Value> = tool.conditions.iter().map(check).collect();
    match tool.effect {
        Effect::Allow => json!({ "effect": "allow", "checks": checks }),
        Effect::Limit { max, window } => {
            json!({ "effect": "limit", "max": max, "window": window.as_str(), "checks": checks })
        }
        Effect::Ask => json!({ "effect": "ask" }),
        Effect::Deny => json!({ "effect": "deny" }),
        Effect::Hide => json!({ "effect": "hide" }),
    }
}
