//! Records in JSON: those of a server with its tools, rows of tools, policies. Values in, claims out.

use super::{Claim, Published, Treatment, category, is_tool, risk};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Reads a document.
///
/// # Errors
/// Why it is none.
pub(super) fn read(text: &str) -> Result<Published, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    let mut found = Published::default();
    document(&value, &mut found);
    Ok(found)
}

fn document(value: &Value, found: &mut Published) {
    match value {
        Value::Array(rows) => {
            rows.iter().enumerate().for_each(|(at, row)| tool(&format!("row {at}"), row, None, found))
        }
        Value::Object(object) => {
            let server = ["server", "slug", "name"].iter().find_map(|key| said(object, key));
            if let Some(tools) = object.get("tools").and_then(Value::as_array) {
                for (at, one) in tools.iter().enumerate() {
                    tool(&format!("tool {at}"), one, server, found);
                }
            } else if object.contains_key("tool") {
                tool("the record", value, None, found);
            } else {
                let claims = treatments(value).into_iter().filter(|(tool, _)| tool != "*");
                found.claims.extend(claims.map(|(tool, treatment)| Claim {
                    tool,
                    treatment: Some(treatment),
                    ..Claim::default()
                }));
            }
        }
        _ => {}
    }
}

fn tool(place: &str, value: &Value, server: Option<&str>, found: &mut Published) {
    let Some(object) = value.as_object() else {
        found.problems.push(format!("{place} is not an object"));
        return;
    };
    let Some(name) = ["tool", "name"].iter().find_map(|key| said(object, key)).filter(|name| is_tool(name)) else {
        found.problems.push(format!("{place} names no tool"));
        return;
    };
    let of = |keys: &[&str]| keys.iter().find_map(|key| said(object, key));
    found.claims.push(Claim {
        server: said(object, "server").or(server).map(str::to_owned),
        tool: name.to_owned(),
        description: said(object, "description").map(str::to_owned),
        category: of(&["category", "class"]).and_then(category),
        risk: of(&["severity", "risk", "riskClass", "risk_class"]).and_then(risk),
        treatment: ["recommendedPolicy", "policy"]
            .iter()
            .find_map(|key| object.get(*key))
            .and_then(|policy| treatment(name, policy)),
    });
}

/// What a recommended policy does with a tool: an action in a word, or a whole document.
fn treatment(tool: &str, policy: &Value) -> Option<Treatment> {
    let action = policy.as_str().or_else(|| policy.get("action")?.as_str());
    match action.map(str::to_ascii_lowercase).as_deref() {
        Some("allow") => Some(Treatment::Allow),
        Some("deny" | "block" | "restrict") => Some(Treatment::Deny),
        Some("hide") => Some(Treatment::Hide),
        Some("ask" | "approve" | "require_approval" | "gate") => Some(Treatment::Ask),
        Some(_) => None,
        None => treatments(policy).get(tool).copied(),
    }
}

/// What a `policy.json` does with each tool that it names; `*` stands for all others.
pub(super) fn treatments(policy: &Value) -> BTreeMap<String, Treatment> {
    let mut found = BTreeMap::new();
    let Some(object) = policy.as_object() else { return found };
    if !object.contains_key("default") && !object.contains_key("hide") {
        return found;
    }
    for (name, rule) in object.get("tools").and_then(Value::as_object).into_iter().flatten() {
        found.insert(name.clone(), of_rule(rule));
    }
    let hidden: Vec<&str> =
        object.get("hide").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if hidden.contains(&"*") {
        found.values_mut().for_each(|treatment| *treatment = Treatment::Hide);
    }
    found.extend(hidden.into_iter().map(|name| (name.to_owned(), Treatment::Hide)));
    found
}

fn of_rule(rule: &Value) -> Treatment {
    let list = |key: &str| rule.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let denials = list("deny_if");
    // Without a condition it always holds.
    let always = |denial: &Value| denial.get("conditions").and_then(Value::as_array).is_none_or(Vec::is_empty);
    if denials.iter().any(always) {
        return Treatment::Deny;
    }
    let limits = list("limits");
    let limit = limits.iter().filter_map(|limit| {
        let seconds = match limit.get("window")?.as_str()? {
            "second" => 1,
            "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            _ => return None,
        };
        Some((limit.get("max")?.as_u64()?, seconds))
    });
    // The tightest counts: calls for each second, compared without dividing.
    let tightest = limit.min_by(|a, b| (a.0 as u128 * b.1 as u128).cmp(&(b.0 as u128 * a.1 as u128)));
    match (tightest, denials.is_empty() && list("require").is_empty()) {
        (Some((max, seconds)), _) => Treatment::Limit { max, seconds },
        (None, true) => Treatment::Allow,
        (None, false) => Treatment::Guard,
    }
}

fn said<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}
