//! What is asked of a document: arguments on both sides of every condition, and names that nobody knows.

use crate::decision::{Condition, PLAIN_SELECT, Test};
use crate::fitted::FittedServer;
use regex::Regex;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Argument objects: for each condition values that pass and values that fail, all others passing.
pub(crate) fn arguments(conditions: &[Condition]) -> Vec<Map<String, Value>> {
    let mut good = Map::new();
    for condition in conditions {
        if let Some(value) = passing(&condition.test) {
            good.insert(condition.argument.clone(), value);
        }
    }
    let mut samples = vec![good.clone()];
    if conditions.is_empty() {
        samples.push(Map::from_iter([("mcpdex_unknown".to_owned(), json!("x"))]));
        return samples;
    }
    for condition in conditions {
        let mut without = good.clone();
        without.shift_remove(&condition.argument);
        samples.push(without);
        for value in values(&condition.test) {
            let mut with = good.clone();
            with.insert(condition.argument.clone(), value);
            samples.push(with);
        }
    }
    samples
}

fn passing(test: &Test) -> Option<Value> {
    match test {
        Test::OneOf(values) => Some(json!(values.first()?)),
        Test::FalseOrAbsent | Test::Absent => None,
        Test::True => Some(json!(true)),
        Test::AtMost(most) => Some(json!(most)),
        Test::Select => Some(json!("SELECT id FROM pots WHERE glaze = 'blue' ORDER BY id LIMIT 3")),
        Test::Text { starts_with, .. } => Some(json!(format!("{}x", starts_with.first()?))),
    }
}

fn values(test: &Test) -> Vec<Value> {
    let mut all = vec![json!(null), json!(true), json!(false), json!("true"), json!(1), json!([true]), json!({"a": 1})];
    match test {
        Test::OneOf(values) => {
            for value in values {
                all.push(json!(value));
                all.push(json!(format!("{value} ")));
                all.push(json!(format!("x{value}")));
                all.push(json!(value.to_uppercase()));
                all.push(json!([value]));
            }
            all.push(json!(""));
        }
        Test::FalseOrAbsent | Test::Absent | Test::True => {}
        Test::AtMost(most) => {
            all.extend([
                json!(0),
                json!(-1),
                json!(f64::from(*most) + 0.5),
                json!(u64::from(*most) + 1),
                json!(most.to_string()),
            ]);
        }
        Test::Select => all.extend(
            [
                "select * from kiln.pots",
                "SELECT id FROM pots; DROP TABLE pots",
                "SELECT id FROM pots\nFOR UPDATE",
                "SELECT id INTO shards FROM pots",
                "SELECT burn(id) FROM pots",
                "SELECT id FROM pots -- x",
                "SELECT id FROM pots\n",
                "DELETE FROM pots",
                "",
            ]
            .map(|statement| json!(statement)),
        ),
        Test::Text { starts_with, without } => {
            for start in starts_with {
                all.push(json!(start));
                all.push(json!(format!(" {start}x")));
                all.push(json!(format!("{start}x\ny")));
                // A prefix that ends a letter earlier, or whose dots mean anything, would let these through.
                let shorter: String = start.chars().take(start.chars().count().saturating_sub(1)).collect();
                all.push(json!(format!("{shorter}.x/{start}")));
                all.push(json!(format!("{}x", start.replace('.', "x"))));
                all.push(json!(format!("{}x", start.to_uppercase())));
                all.extend(without.iter().map(|not| json!(format!("{start}x{not}y"))));
            }
        }
    }
    all
}

/// Names that the server does not have, near those that it has and of shapes that parsers trip over.
pub(crate) fn invented(server: &FittedServer<'_>) -> Vec<String> {
    let mut names: Vec<String> = [
        "mcpdex_invented_tool",
        "*",
        "_global",
        "__proto__",
        "constructor",
        ".*",
        "mcp_*",
        "a.b",
        "",
        " ",
        "\n",
        "\"",
        "'",
        "\\",
        "${x}",
        "Tool::\"x\"",
        "漢字",
    ]
    .map(str::to_owned)
    .to_vec();
    for tool in server.tools.iter().filter(|tool| !tool.effect.is_refused()).take(3) {
        let name = tool.stands_for.first().copied().unwrap_or_default();
        names.push(format!("{name}x"));
        names.push(format!("{name} "));
        names.push(format!("x{name}"));
        names.push(name.to_uppercase());
        names.push(format!("{}-{name}", server.alias));
        names.push(name.chars().skip(1).collect());
    }
    let known = |name: &String| {
        server.tools.iter().any(|tool| tool.stands_for.contains(&name.as_str()))
            || server.unnamed.contains(&name.as_str())
    };
    names.retain(|name| !known(name));
    names
}

/// Whether `value` passes a test; `None` where targets differ.
pub(crate) fn passes(test: &Test, value: Option<&Value>) -> Option<bool> {
    Some(match (test, value) {
        (Test::FalseOrAbsent | Test::Absent, Some(Value::Null)) => return None,
        (Test::FalseOrAbsent, value) => matches!(value, None | Some(Value::Bool(false))),
        (Test::Absent, value) => value.is_none(),
        (Test::OneOf(values), Some(Value::String(text))) => values.contains(text),
        (Test::True, Some(value)) => *value == Value::Bool(true),
        (Test::AtMost(most), Some(Value::Number(n))) => n.as_f64().is_some_and(|n| n >= 0.0 && n <= f64::from(*most)),
        (Test::Select, Some(Value::String(text))) => plain_select().is_some_and(|pattern| pattern.is_match(text)),
        (Test::Text { starts_with, without }, Some(Value::String(text))) => {
            starts_with.iter().any(|start| text.starts_with(start)) && !without.iter().any(|not| text.contains(not))
        }
        _ => false,
    })
}

fn plain_select() -> Option<&'static Regex> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PLAIN_SELECT).ok());
    PATTERN.as_ref()
}
