//! PolicyLayer's policy.json, version "1", in the shapes that its catalogue publishes.
//!
//! The vendor publishes no schema: the shapes are observed, and `data/schema/policylayer-policy.schema.json` states
//! them. A tool that is not named in a document is refused, because every document says `"default": "deny"`.

use super::{Decision, Effect};
use serde::Serialize;
use serde_json::{Map, Value};

/// One policy.json. Keys are written in this order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    version: &'static str,
    default: &'static str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    tools: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hide: Vec<String>,
}

#[derive(Serialize)]
struct Limited {
    limits: [Limit; 1],
}

#[derive(Serialize)]
struct Limit {
    counter: String,
    window: &'static str,
    max: u32,
    scope: &'static str,
}

#[derive(Serialize)]
struct Refused {
    deny_if: [DenyIf; 1],
}

/// A refusal without conditions always holds.
#[derive(Serialize)]
struct DenyIf {
    conditions: [Value; 0],
    on_deny: &'static str,
}

/// Names that the format or its engine gives a meaning of their own: a rule for such a tool would govern others.
const RESERVED: [&str; 2] = ["*", "_global"];

/// A tool that this format cannot name without changing the meaning of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tool name `{0}` has a meaning of its own in policy.json; it stays refused by the document's default")]
pub struct ReservedName(pub String);

/// The document that applies each decision to its tool.
///
/// # Errors
/// A tool's name is reserved by the format.
pub fn document<'a>(decisions: impl IntoIterator<Item = (&'a str, &'a Decision)>) -> Result<Document, ReservedName> {
    let mut document = Document { version: "1", default: "deny", tools: Map::new(), hide: Vec::new() };
    for (tool, decision) in decisions {
        if RESERVED.contains(&tool) {
            return Err(ReservedName(tool.to_owned()));
        }
        let rule = match decision.effect {
            Effect::Hide => {
                document.hide.push(tool.to_owned());
                continue;
            }
            Effect::Allow => Value::Object(Map::new()),
            Effect::Limit { max, window } => {
                let counter = format!("{}_rate", tool.to_lowercase());
                value(&Limited { limits: [Limit { counter, window: window.as_str(), max, scope: "grant" }] })
            }
            Effect::Ask => {
                value(&Refused { deny_if: [DenyIf { conditions: [], on_deny: "Requires human approval." }] })
            }
        };
        document.tools.insert(tool.to_owned(), rule);
    }
    Ok(document)
}

impl Document {
    /// The document as a JSON value.
    pub fn to_value(&self) -> Value {
        value(self)
    }

    /// The text of the file: two spaces of indentation, a line feed at the end.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers always serialise");
        text.push('\n');
        text
    }
}

fn value<T: Serialize>(rule: &T) -> Value {
    serde_json::to_value(rule).expect("strings and numbers always serialise")
}

#[cfg(test)]
mod tests {
    use super::super::Window;
    use super::*;

    fn text(tool: &str, effect: Effect) -> String {
        let decision = Decision { effect, reason: String::new() };
        document([(tool, &decision)]).expect("not reserved").to_text()
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
        assert_eq!(text("rotate_sensor", Effect::Limit { max: 10, window: Window::Minute }), expected);
    }

    #[test]
    fn the_other_effects_have_their_own_shapes() {
        assert_eq!(
            text("peek", Effect::Allow),
            "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {\n    \"peek\": {}\n  }\n}\n"
        );
        assert_eq!(
            text("wipe", Effect::Hide),
            "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"hide\": [\n    \"wipe\"\n  ]\n}\n"
        );
        let ask = text("pay", Effect::Ask);
        assert!(ask.contains("\"conditions\": [],"), "{ask}");
        assert!(ask.contains("\"on_deny\": \"Requires human approval.\""), "{ask}");
    }

    #[test]
    fn a_name_that_means_more_than_one_tool_is_refused() {
        let decision = Decision { effect: Effect::Allow, reason: String::new() };
        assert_eq!(document([("*", &decision)]), Err(ReservedName("*".to_owned())));
    }

    #[test]
    fn a_hostile_name_stays_one_string() {
        let written = text("a\"},\"default\":\"allow", Effect::Allow);
        let read: Value = serde_json::from_str(&written).expect("valid JSON");
        assert_eq!(read["default"], "deny");
        assert_eq!(read["tools"].as_object().map(Map::len), Some(1));
    }
}
