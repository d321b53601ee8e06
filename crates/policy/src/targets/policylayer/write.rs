//! PolicyLayer's policy.json, version "1", in the shapes that its catalogue publishes.
//!
//! The vendor publishes no schema: the shapes are observed, and `data/schema/policylayer-policy.schema.json` states
//! them. A tool that is not named in a document is refused, because every document says `"default": "deny"`.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::{Condition, Test};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "PolicyLayer policy.json",
    file: "policy.json",
    one_server: true,
    refusal: RefusalMode::ByRule,
    ask: false,
    rate: true,
    hide: true,
    arguments: Some("all tests; arguments whose name has a dot cannot be addressed"),
    default: PolicyEffect::Deny,
    names: "exact; `*`, `_global` and `__proto__` have a meaning of their own and stay refused by the default",
    lists: "none known",
    most_conditional: usize::MAX,
    comments: false,
    engine: None,
    steps: &[
        "Create a grant for the server, or open the one that the agent uses",
        "Paste the document into the grant's policy editor (JSON view) and save",
        "The next call is decided by it; agents need not reconnect",
    ],
};

/// Names that the format or its engine gives a meaning of their own: a rule for such a tool would govern others.
pub(in crate::targets) const RESERVED: [&str; 3] = ["*", "_global", "__proto__"];

/// One policy.json. Keys are written in this order.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Document {
    version: &'static str,
    default: &'static str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    tools: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hide: Vec<String>,
    #[serde(skip)]
    counters: BTreeSet<String>,
}

#[derive(Serialize)]
struct Rule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    require: Vec<Predicate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deny_if: Vec<Predicate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<Limit>,
}

#[derive(Serialize)]
struct Limit {
    counter: String,
    window: &'static str,
    max: u32,
    scope: &'static str,
}

/// A refusal without conditions always holds.
#[derive(Serialize)]
struct Predicate {
    conditions: Vec<Value>,
    on_deny: String,
}

impl Document {
    fn empty() -> Document {
        let counters = BTreeSet::new();
        Document { version: "1", default: "deny", tools: Map::new(), hide: Vec::new(), counters }
    }

    /// Adds the rule of one tool; `effect` may be ask, which the format can only refuse with a message that says so.
    fn add(&mut self, tool: &str, effect: PolicyEffect, conditions: &[Condition]) {
        let refuse = |message: &str| vec![Predicate { conditions: Vec::new(), on_deny: message.to_owned() }];
        let mut rule = Rule { require: Vec::new(), deny_if: Vec::new(), limits: Vec::new() };
        match effect {
            PolicyEffect::Hide => return self.hide.push(tool.to_owned()),
            PolicyEffect::Allow => {}
            PolicyEffect::Limit { max, window } => {
                let counter = self.counter(tool);
                rule.limits.push(Limit { counter, window: window.as_str(), max, scope: "grant" });
            }
            PolicyEffect::Ask => rule.deny_if = refuse("Requires human approval."),
            PolicyEffect::Deny => rule.deny_if = refuse("Refused by policy."),
        }
        for condition in conditions {
            condition_rules(condition, &mut rule);
        }
        self.tools.insert(tool.to_owned(), value(&rule));
    }

    /// A counter of the tool's own: names that differ only in letter case must not share one.
    fn counter(&mut self, tool: &str) -> String {
        let plain = format!("{}_rate", tool.to_lowercase());
        let mut counter = plain.clone();
        let mut number = 2;
        while !self.counters.insert(counter.clone()) {
            counter = format!("{plain}_{number}");
            number += 1;
        }
        counter
    }

    /// The text of the file: two spaces of indentation, a line feed at the end.
    fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers always serialise");
        text.push('\n');
        text
    }
}

/// A test that must hold is a requirement; where its opposite can be said too, that is a refusal with a message.
fn condition_rules(condition: &Condition, rule: &mut Rule) {
    let path = format!("args.{}", condition.argument);
    let holds = |op: &str, value: Value| json!({"path": path, "op": op, "value": value});
    let on_deny = || format!("Allowed only when {}.", condition.sentence());
    let mut deny = |conditions: Vec<Value>| rule.deny_if.push(Predicate { conditions, on_deny: on_deny() });
    let mut require = |conditions: Vec<Value>| rule.require.push(Predicate { conditions, on_deny: on_deny() });
    match &condition.test {
        Test::OneOf(values) => {
            deny(vec![holds("exists", json!(false))]);
            deny(vec![holds("not_in", json!(values))]);
        }
        Test::FalseOrAbsent => deny(vec![holds("exists", json!(true)), holds("neq", json!(false))]),
        Test::Absent => deny(vec![holds("exists", json!(true))]),
        Test::True => require(vec![holds("eq", json!(true))]),
        Test::AtMost(most) => require(vec![holds("gte", json!(0)), holds("lte", json!(most))]),
        Test::Select(_) | Test::Inside(_) | Test::Address(_) | Test::Public | Test::Command(_) => {
            require(condition.test.pattern().map(|pattern| holds("regex", json!(pattern))).into_iter().collect());
        }
    }
}

fn value<T: Serialize>(rule: &T) -> Value {
    serde_json::to_value(rule).expect("strings and numbers always serialise")
}

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
        Adapted::Same
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut document = Document::empty();
        for tool in servers.iter().flat_map(|server| &server.tools) {
            document.add(&tool.name, shown(tool), &tool.conditions);
        }
        vec![PolicyFile::main(&CAPABILITY, document.to_text())]
    }
}

/// A tool that would wait for a person is refused with words that say so.
fn shown(tool: &FittedTool<'_>) -> PolicyEffect {
    if tool.effect == PolicyEffect::Deny && tool.decided.rank() <= PolicyEffect::Ask.rank() {
        PolicyEffect::Ask
    } else {
        tool.effect
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Window;

    fn text(tool: &str, effect: PolicyEffect) -> String {
        let mut document = Document::empty();
        document.add(tool, effect, &[]);
        document.to_text()
    }

    #[test]
    fn a_limited_tool_is_written_byte_for_byte_as_the_reference_does() {
        let expected = r#"{
  "version": "1",
  "default": "deny",
  "tools": {
    "rotate_sensor": {
      "limits": [
        {
          "counter": "rotate_sensor_rate",
          "window": "minute",
          "max": 10,
          "scope": "grant"
        }
      ]
    }
  }
}
"#;
        assert_eq!(text("rotate_sensor", PolicyEffect::Limit { max: 10, window: Window::Minute }), expected);
    }

    #[test]
    fn the_other_effects_have_their_own_shapes() {
        assert_eq!(
            text("peek", PolicyEffect::Allow),
            "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {\n    \"peek\": {}\n  }\n}\n"
        );
        assert_eq!(
            text("wipe", PolicyEffect::Hide),
            "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"hide\": [\n    \"wipe\"\n  ]\n}\n"
        );
        let ask = text("pay", PolicyEffect::Ask);
        assert!(ask.contains("\"conditions\": [],"), "{ask}");
        assert!(ask.contains("\"on_deny\": \"Requires human approval.\""), "{ask}");
    }

    #[test]
    fn a_name_that_means_more_than_one_tool_is_refused() {
        for name in RESERVED {
            assert!(Writer.name("", name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_hostile_name_stays_one_string() {
        let written = text("a\"},\"default\":\"allow", PolicyEffect::Allow);
        let read: Value = serde_json::from_str(&written).expect("valid JSON");
        assert_eq!(read["default"], "deny");
        assert_eq!(read["tools"].as_object().map(Map::len), Some(1));
    }

    #[test]
    fn names_that_differ_in_letter_case_do_not_share_a_counter() {
        let mut document = Document::empty();
        for tool in ["Send", "send"] {
            document.add(tool, PolicyEffect::Limit { max: 1, window: Window::Hour }, &[]);
        }
        let text = document.to_text();
        assert!(text.contains("\"send_rate\"") && text.contains("\"send_rate_2\""), "{text}");
    }
}
