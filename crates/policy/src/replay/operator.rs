//! The eleven operators of PolicyLayer's documents, as its open-source proxy evaluates them.
//!
//! A missing argument fails every operator but `exists`; `null` counts as missing; an argument that is not an object ends
//! the walk.

use super::expression::is_match;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One condition of a document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorCondition {
    path: String,
    op: Operator,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    NotIn,
    Exists,
    Regex,
    Contains,
}

impl OperatorCondition {
    /// Whether the condition is one that the target accepts.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !self.path.starts_with("args.") {
            return Err(format!("path `{}` does not start with args.", self.path));
        }
        let fits = match self.op {
            Operator::In | Operator::NotIn => self.value.is_array(),
            Operator::Lt | Operator::Lte | Operator::Gt | Operator::Gte => self.value.is_number(),
            Operator::Exists => self.value.is_boolean(),
            Operator::Regex => self.value.as_str().is_some_and(|pattern| Regex::new(pattern).is_ok()),
            Operator::Eq | Operator::Neq | Operator::Contains => true,
        };
        if fits { Ok(()) } else { Err(format!("{:?} does not take {}", self.op, self.value)) }
    }

    /// What it compares with.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// The names on the way to the argument.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &str> {
        self.path.strip_prefix("args.").unwrap_or(&self.path).split('.')
    }

    /// The operator's word and the top-level argument; `None` where it looks deeper.
    pub(crate) fn plain(&self) -> Option<(&'static str, &str)> {
        let argument = self.path.strip_prefix("args.").filter(|rest| !rest.contains('.'))?;
        let word = match self.op {
            Operator::Eq => "eq",
            Operator::Neq => "neq",
            Operator::Lt => "lt",
            Operator::Lte => "lte",
            Operator::Gt => "gt",
            Operator::Gte => "gte",
            Operator::In => "in",
            Operator::NotIn => "not_in",
            Operator::Exists => "exists",
            Operator::Regex => "regex",
            Operator::Contains => "contains",
        };
        Some((word, argument))
    }

    /// Whether the condition holds of the arguments.
    pub(crate) fn holds(&self, arguments: &Map<String, Value>) -> bool {
        let found = self.find(arguments);
        if self.op == Operator::Exists {
            return found.is_some() == (self.value == Value::Bool(true));
        }
        let Some(found) = found else { return false };
        let listed = || self.value.as_array().is_some_and(|list| list.iter().any(|value| equal(value, found)));
        let numbers = || Some((found.as_f64()?, self.value.as_f64()?));
        match self.op {
            Operator::Eq => equal(found, &self.value),
            Operator::Neq => !equal(found, &self.value),
            Operator::Lt => numbers().is_some_and(|(a, b)| a < b),
            Operator::Lte => numbers().is_some_and(|(a, b)| a <= b),
            Operator::Gt => numbers().is_some_and(|(a, b)| a > b),
            Operator::Gte => numbers().is_some_and(|(a, b)| a >= b),
            Operator::In => listed(),
            Operator::NotIn => !listed(),
            Operator::Exists => false,
            Operator::Regex => match (found, &self.value) {
                (Value::String(text), Value::String(pattern)) => is_match(pattern, text),
                _ => false,
            },
            Operator::Contains => match (found, &self.value) {
                (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
                (Value::Array(list), part) => list.iter().any(|value| equal(value, part)),
                _ => false,
            },
        }
    }

    fn find<'a>(&self, arguments: &'a Map<String, Value>) -> Option<&'a Value> {
        let mut steps = self.path.strip_prefix("args.")?.split('.');
        let mut found = arguments.get(steps.next()?)?;
        for step in steps {
            found = found.as_object()?.get(step)?;
        }
        Some(found).filter(|value| !value.is_null())
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn condition(path: &str, op: &str, value: &Value) -> OperatorCondition {
        serde_json::from_value(json!({"path": path, "op": op, "value": value})).expect("a condition")
    }

    #[test]
    fn each_operator_holds_of_what_it_means_and_of_nothing_else() {
        let nothing = json!(null);
        for (op, value, holds, fails) in [
            ("eq", json!(1), vec![json!(1), json!(1.0)], vec![json!(2), json!("1"), json!(true)]),
            ("eq", json!("a"), vec![json!("a")], vec![json!("A"), json!("b"), json!(["a"])]),
            ("neq", json!(1), vec![json!(2), json!("1")], vec![json!(1), json!(1.0)]),
            ("lt", json!(3), vec![json!(2), json!(2.9), json!(-1)], vec![json!(3), json!(3.1), json!("2")]),
            ("lte", json!(3), vec![json!(2), json!(3)], vec![json!(3.1), json!("3")]),
            ("gt", json!(3), vec![json!(3.1), json!(4)], vec![json!(3), json!(2), json!("4")]),
            ("gte", json!(3), vec![json!(3), json!(4)], vec![json!(2.9), json!("4")]),
            ("in", json!(["a", 1]), vec![json!("a"), json!(1)], vec![json!("b"), json!("1"), json!(["a"])]),
            ("not_in", json!(["a", 1]), vec![json!("b"), json!(2)], vec![json!("a"), json!(1)]),
            ("exists", json!(true), vec![json!("x"), json!(false), json!(0)], vec![]),
            ("exists", json!(false), vec![], vec![json!("x"), json!(false), json!(0)]),
            ("regex", json!("^a+$"), vec![json!("aa")], vec![json!("ab"), json!(1), json!(["a"])]),
            (
                "contains",
                json!("lu"),
                vec![json!("blue"), json!(["lu"])],
                vec![json!("red"), json!(["blue"]), json!(1)],
            ),
            ("contains", json!(2), vec![json!([1, 2])], vec![json!([1]), json!("2"), json!(2)]),
        ] {
            let of = |argument: &Value| {
                condition("args.glaze", op, &value).holds(&Map::from_iter([("glaze".to_owned(), argument.clone())]))
            };
            holds.iter().for_each(|argument| assert!(of(argument), "{argument} {op} {value}"));
            fails.iter().for_each(|argument| assert!(!of(argument), "{argument} {op} {value}"));
            // What is missing fails every operator but the one that asks for it, and null is missing.
            let asks_for_none = op == "exists" && value == json!(false);
            assert_eq!(of(&nothing), asks_for_none, "null {op} {value}");
            assert_eq!(condition("args.glaze", op, &value).holds(&Map::new()), asks_for_none, "{op} {value}");
        }
    }

    #[test]
    fn the_way_goes_through_objects_alone() {
        let arguments = json!({"pot": {"glaze": "blue"}, "list": [{"glaze": "blue"}]});
        let arguments = arguments.as_object().expect("an object");
        let of = |path: &str| condition(path, "eq", &json!("blue")).holds(arguments);
        assert!(of("args.pot.glaze"));
        for path in ["args.pot", "args.pot.clay", "args.list.glaze", "args.list.0.glaze", "pot.glaze"] {
            assert!(!of(path), "{path}");
        }
    }

    #[test]
    fn what_the_target_does_not_accept_is_refused() {
        for (path, op, value, accepted) in [
            ("args.a", "eq", json!("x"), true),
            ("a", "eq", json!("x"), false),
            ("args.a", "in", json!(["x"]), true),
            ("args.a", "in", json!("x"), false),
            ("args.a", "not_in", json!({}), false),
            ("args.a", "lt", json!(3), true),
            ("args.a", "lt", json!("3"), false),
            ("args.a", "gte", json!([3]), false),
            ("args.a", "exists", json!(true), true),
            ("args.a", "exists", json!("true"), false),
            ("args.a", "regex", json!("^a$"), true),
            ("args.a", "regex", json!("("), false),
            ("args.a", "regex", json!(1), false),
        ] {
            assert_eq!(condition(path, op, &value).check().is_ok(), accepted, "{path} {op} {value}");
        }
    }
}
