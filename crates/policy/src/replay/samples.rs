//! What is asked of a document: arguments on both sides of every condition, and names that nobody knows.

use super::expression::is_match;
use crate::condition::{Condition, Test};
use crate::fitted::FittedServer;
use serde_json::{Map, Value, json};

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
        Test::Select(_) => Some(json!("SELECT id FROM pots WHERE glaze = 'blue' ORDER BY id LIMIT 3")),
        Test::Inside(starts) | Test::Address(starts) => Some(json!(format!("{}x", starts.first()?))),
        Test::Public => Some(json!("https://www.example.com/glazes?page=2")),
        Test::Command(listed) => Some(json!(listed.commands.first()?)),
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
        Test::Select(_) => all.extend(
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
        Test::Inside(starts) | Test::Address(starts) => {
            for start in starts {
                all.push(json!(start));
                // A prefix that ends a letter earlier, or whose dots mean anything, would let these through.
                let shorter: String = start.chars().take(start.chars().count().saturating_sub(1)).collect();
                all.push(json!(format!("{shorter}.x/{start}")));
                all.push(json!(format!("{}x", start.replace('.', "x"))));
                all.push(json!(format!("{}x", start.to_uppercase())));
                all.push(json!(format!(" {start}x")));
                let climbs =
                    ["../x", "x/../../x", "%2e%2e/x", "..\\x", "x\ny", "x\0", "\u{2024}\u{2024}/x", "x;..", "a/b.txt"];
                all.extend(climbs.map(|rest| json!(format!("{start}{rest}"))));
            }
        }
        Test::Public => all.extend(
            [
                "https://example.com/",
                "http://127.0.0.1/",
                "http://2130706433/",
                "http://0x7f.1/",
                "http://0177.0.0.1/",
                "http://169.254.169.254/latest/",
                "http://[::1]/",
                "http://[::ffff:10.0.0.1]/",
                "http://localhost/",
                "http://kiln/",
                "http://kiln.internal/",
                "http://127.0.0.1.nip.io/",
                "https://example.com./",
                "https://example.com@10.0.0.1/",
                "https://example.com\\@10.0.0.1/",
                "https://example.com\n",
                " https://example.com/",
                "file:///etc/passwd",
                "",
            ]
            .map(|address| json!(address)),
        ),
        Test::Command(listed) => {
            for command in &listed.commands {
                let more = [
                    "",
                    " pots",
                    " pots/blue.txt",
                    "; id",
                    " $(id)",
                    " `id`",
                    " | sh",
                    "\nid",
                    " -x",
                    " > x",
                    " ../x",
                    " /etc/passwd",
                    " ~/x",
                    " http://127.0.0.1/",
                    " kiln:x",
                    "x",
                ];
                all.extend(more.map(|rest| json!(format!("{command}{rest}"))));
                all.push(json!(format!(" {command}")));
                for start in listed.folders.iter().chain(&listed.addresses) {
                    all.extend(["", "blue", "../x", "x/../../x"].map(|rest| json!(format!("{command} {start}{rest}"))));
                }
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

/// Whether `value` passes a test as a document can say it; `None` where targets differ.
pub(crate) fn passes(test: &Test, value: Option<&Value>) -> Option<bool> {
    if matches!((test, value), (Test::FalseOrAbsent | Test::Absent, Some(Value::Null))) {
        return None;
    }
    Some(match test.pattern() {
        Some(pattern) => matches!(value, Some(Value::String(text)) if is_match(&pattern, text)),
        None => test.holds(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::ListedCommands;
    use crate::guard::SqlDialect;

    fn tests() -> Vec<Test> {
        vec![
            Test::OneOf(vec!["blue".to_owned(), "red".to_owned()]),
            Test::FalseOrAbsent,
            Test::Absent,
            Test::True,
            Test::AtMost(3),
            Test::Select(SqlDialect::Generic),
            Test::Inside(vec!["/kiln/".to_owned()]),
            Test::Address(vec!["https://kiln.example/".to_owned()]),
            Test::Public,
            Test::Command(ListedCommands { commands: vec!["ls".to_owned()], ..ListedCommands::default() }),
        ]
    }

    #[test]
    fn every_test_is_asked_with_what_passes_and_with_what_fails() {
        for test in tests() {
            let condition = Condition { argument: "glaze".to_owned(), test: test.clone(), reason: String::new() };
            let asked = arguments(&[condition]);
            let passed: Vec<_> = asked.iter().map(|sample| passes(&test, sample.get("glaze"))).collect();
            assert!(passed.contains(&Some(true)) && passed.contains(&Some(false)), "{test:?}: {passed:?}");
            assert_eq!(passed[0], Some(true), "{test:?}: the first sample passes whole");
        }
    }

    #[test]
    fn where_one_condition_fails_all_others_pass() {
        let of = |argument: &str, test: Test| Condition { argument: argument.to_owned(), test, reason: String::new() };
        let conditions = [of("count", Test::AtMost(3)), of("glaze", Test::OneOf(vec!["blue".to_owned()]))];
        for sample in arguments(&conditions) {
            let failed = conditions.iter().filter(|of| passes(&of.test, sample.get(&of.argument)) != Some(true));
            assert!(failed.count() < 2, "{sample:?}");
        }
    }
}
