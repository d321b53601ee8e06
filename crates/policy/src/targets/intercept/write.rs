//! The YAML of Intercept, PolicyLayer's open-source proxy (its POLICY.md, version "1").
//!
//! All conditions of a rule and all rules of a tool must pass. The default posture is allow, so every document says
//! `default: deny`.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::{Condition, Test};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::targets::policylayer::write::RESERVED;
use crate::text::{comment, quoted};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Intercept (YAML)",
    file: "intercept.yaml",
    one_server: true,
    refusal: RefusalMode::ByRule,
    ask: false,
    rate: true,
    hide: true,
    arguments: Some("all tests; a switch must be absent"),
    default: PolicyEffect::Deny,
    names: "exact; `*`, `_global` and `__proto__` have a meaning of their own and stay refused by the default",
    lists: "none known",
    most_conditional: usize::MAX,
    comments: true,
    engine: None,
    steps: &[
        "Save the document as policy.yaml beside the proxy",
        "Check it with `intercept validate -c policy.yaml`",
        "Start the server through the proxy: `intercept -c policy.yaml -- COMMAND`",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        if RESERVED.contains(&tool) { Err("it has a meaning of its own") } else { Ok(tool.to_owned()) }
    }

    fn adapt(&self, condition: &Condition) -> Adapted {
        if condition.argument.contains('.') {
            return Adapted::No("a dot in an argument's name means a step into it");
        }
        match &condition.test {
            Test::FalseOrAbsent => Adapted::Stricter(Test::Absent, "its rules cannot say absent or false"),
            _ => Adapted::Same,
        }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::from("version: \"1\"\ndefault: \"deny\"\n");
        let tools = || servers.iter().flat_map(|server| &server.tools);
        let hidden: Vec<_> = tools().filter(|tool| tool.effect == PolicyEffect::Hide).collect();
        if !hidden.is_empty() {
            out.push_str("hide:\n");
            for tool in hidden {
                line(&mut out, format_args!("  # {}", comment(&tool.reason)));
                line(&mut out, format_args!("  - {}", quoted(&tool.name)));
            }
        }
        let mut shown = tools().filter(|tool| tool.effect != PolicyEffect::Hide).peekable();
        out.push_str(if shown.peek().is_some() { "tools:\n" } else { "tools: {}\n" });
        for tool in shown {
            line(&mut out, format_args!("  # {}", comment(&tool.reason)));
            line(&mut out, format_args!("  {}:", quoted(&tool.name)));
            if tool.effect == PolicyEffect::Allow && tool.conditions.is_empty() {
                out.push_str("    rules: []\n");
                continue;
            }
            out.push_str("    rules:\n");
            for (number, condition) in tool.conditions.iter().enumerate() {
                write_condition(&mut out, number + 1, condition);
            }
            match tool.effect {
                PolicyEffect::Limit { max, window } => {
                    out.push_str("      - name: \"limit\"\n");
                    line(&mut out, format_args!("        rate_limit: \"{max}/{}\"", window.as_str()));
                }
                PolicyEffect::Allow => {}
                _ => {
                    let waits = tool.decided.rank() <= PolicyEffect::Ask.rank();
                    let message = if waits { "Requires human approval." } else { "Refused by policy." };
                    out.push_str("      - name: \"refuse\"\n        action: \"deny\"\n");
                    line(&mut out, format_args!("        on_deny: {}", quoted(message)));
                }
            }
        }
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_condition(out: &mut String, number: usize, condition: &Condition) {
    line(out, format_args!("      - name: \"argument {number}\""));
    line(out, format_args!("        # {}", comment(&condition.reason)));
    out.push_str("        conditions:\n");
    let list = |values: &[String]| values.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(", ");
    let tests: Vec<(&str, String)> = match &condition.test {
        Test::OneOf(values) => vec![("in", format!("[{}]", list(values)))],
        Test::FalseOrAbsent | Test::Absent => vec![("exists", "false".to_owned())],
        Test::True => vec![("eq", "true".to_owned())],
        Test::AtMost(most) => vec![("gte", "0".to_owned()), ("lte", most.to_string())],
        Test::Select(_) | Test::Inside(_) | Test::Address(_) | Test::Public | Test::Command(_) => {
            condition.test.pattern().map(|pattern| ("regex", quoted(&pattern))).into_iter().collect()
        }
    };
    for (op, value) in tests {
        line(out, format_args!("          - path: {}", quoted(&format!("args.{}", condition.argument))));
        line(out, format_args!("            op: \"{op}\""));
        line(out, format_args!("            value: {value}"));
    }
    let message = format!("Allowed only when {}.", condition.sentence());
    line(out, format_args!("        on_deny: {}", quoted(&message)));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a string takes all");
}
