//! A Rego module for Open Policy Agent: a table of tools as data, and a few rules that read it.
//!
//! The enforcement point asks `data.mcp.authz.decision` with `{server, tool, arguments, calls}`; `calls` is how often
//! the tool was called in the running window, for instance `{"minute": 3}`. Without it a limited tool is refused.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::Condition;
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::text::{comment, json_quoted};
use serde_json::{Value, json};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Open Policy Agent (Rego)",
    file: "mcp.rego",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: true,
    hide: true,
    arguments: Some("all tests"),
    default: PolicyEffect::Hide,
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
rule := object.get(tools, [input.server, input.tool], {})

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

decision := "ask" if {
    rule.otherwise == "ask"
    not passes
}

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
    check.must == "match"
    text := input.arguments[check.argument]
    is_string(text)
    regex.match(patterns[check.value], text)
}
"#;

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn adapt(&self, _condition: &Condition) -> Adapted {
        Adapted::Same
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::from("package mcp.authz\n\nimport rego.v1\n\ntools := {\n");
        let mut patterns = Vec::new();
        for server in servers {
            writeln!(out, "    {}: {{", json_quoted(&server.alias)).expect("a string takes all");
            for tool in &server.tools {
                writeln!(out, "        # {}", comment(&tool.reason)).expect("a string takes all");
                let row = row(tool, &mut patterns);
                writeln!(out, "        {}: {},", json_quoted(&tool.name), shown(&row)).expect("a string takes all");
            }
            out.push_str("    },\n");
        }
        out.push_str("}\n\npatterns := [\n");
        for pattern in &patterns {
            let parts: Vec<char> = pattern.chars().collect();
            out.push_str("    concat(\"\", [\n");
            for part in parts.chunks(MOST_OF_A_PATTERN) {
                writeln!(out, "        {},", json_quoted(&part.iter().collect::<String>()))
                    .expect("a string takes all");
            }
            out.push_str("    ]),\n");
        }
        out.push_str("]\n");
        out.push_str(RULES);
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

/// How many characters of a pattern stand in one line, and how many of a row: an engine takes 1,024.
const MOST_OF_A_PATTERN: usize = 300;
const LONGEST_ROW: usize = 700;

/// A row of the table, in several lines where it is long.
fn shown(row: &Value) -> String {
    let line = row.to_string();
    if line.len() > LONGEST_ROW { format!("{row:#}") } else { line }
}

/// What is decided on a tool; a pattern stands in a list of its own, and the row says which it is.
fn row(tool: &FittedTool<'_>, patterns: &mut Vec<String>) -> Value {
    let mut check = |condition: &Condition| {
        let mut check = json!({ "argument": condition.argument });
        let test = match condition.test.pattern() {
            Some(pattern) => {
                let known = patterns.iter().position(|other| *other == pattern);
                let place = known.unwrap_or_else(|| {
                    patterns.push(pattern);
                    patterns.len() - 1
                });
                json!({ "must": "match", "value": place })
            }
            None => serde_json::to_value(&condition.test).expect("strings and numbers always serialise"),
        };
        if let (Value::Object(check), Value::Object(test)) = (&mut check, test) {
            check.extend(test);
        }
        check
    };
    let checks: Vec<Value> = tool.conditions.iter().map(&mut check).collect();
    let mut row = match tool.effect {
        PolicyEffect::Allow => json!({ "effect": "allow", "checks": checks }),
        PolicyEffect::Limit { max, window } => {
            json!({ "effect": "limit", "max": max, "window": window.as_str(), "checks": checks })
        }
        PolicyEffect::Ask => json!({ "effect": "ask" }),
        PolicyEffect::Deny => json!({ "effect": "deny" }),
        PolicyEffect::Hide => json!({ "effect": "hide" }),
    };
    if !tool.conditions.is_empty() && tool.failing == PolicyEffect::Ask {
        row["otherwise"] = json!("ask");
    }
    row
}
