//! Operations that stand inside of a request, in variants or in words are listed with a class and a risk of their own, the
//! tool is never below its gravest one, and one that nothing recognises is a write of low confidence.

use crate::judged::judge;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn judged(rows: &[Value]) -> Vec<Value> {
    judge(rows).iter().map(|verdict| serde_json::to_value(verdict).unwrap()).collect()
}

fn tool(name: &str, description: &str, properties: Value) -> Value {
    json!({"name": name, "description": description,
        "inputSchema": {"type": "object", "properties": properties}})
}

/// `parameter=value` to `class risk`, of a verdict.
fn operations(verdict: &Value) -> BTreeMap<String, String> {
    let told = |one: &Value| {
        let word = |key: &str| one[key].as_str().unwrap().to_owned();
        (format!("{}={}", word("parameter"), word("value")), format!("{} {}", word("class"), word("risk")))
    };
    verdict["operations"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn operations_inside_of_a_request_are_operations() {
    let inside = json!({"request": {"type": "object", "properties": {
        "action": {"type": "string", "enum": ["list", "create", "delete"]}}}});
    let variant = |value: &str| json!({"type": "object", "properties": {"action": {"const": value}}});
    let variants = json!({"request": {"oneOf": [variant("list"), variant("create"), variant("delete")]}});
    let items = json!({"steps": {"type": "array", "items": {"type": "object", "properties": {
        "action": {"enum": ["list", "create", "delete"]}}}}});
    for (properties, parameter) in [(inside, "request.action"), (variants, "request.action"), (items, "steps.action")] {
        let verdict = &judged(&[tool("shelf", "Work with shelves.", properties)])[0];
        assert_eq!(verdict["risk"], "critical", "{verdict}");
        let found = operations(verdict);
        let expected = [("list", "read low"), ("create", "write medium"), ("delete", "write critical")];
        for (value, told) in expected {
            assert_eq!(found.get(&format!("{parameter}={value}")).map(String::as_str), Some(told), "{found:?}");
        }
    }
}

#[test]
fn a_value_that_tells_variants_apart_is_an_operation_whatever_it_is_called() {
    let variant = |value: &str| json!({"type": "object", "properties": {"kind": {"const": value}}});
    let properties = json!({"request": {"oneOf": [variant("get_shelf"), variant("wipe_shelf")]}});
    let verdict = &judged(&[tool("shelf", "Work with shelves.", properties)])[0];
    assert_eq!(verdict["risk"], "critical", "{verdict}");
    assert_eq!(operations(verdict).len(), 2);
    // Shapes of an answer are none.
    let shape = |value: &str| json!({"type": "object", "properties": {"kind": {"const": value}}});
    let properties = json!({"area": {"oneOf": [shape("circle"), shape("square")]}});
    let verdict = &judged(&[tool("find_shelves", "Finds shelves in an area.", properties)])[0];
    assert_eq!((&verdict["risk"], operations(verdict).len()), (&json!("low"), 0), "{verdict}");
}

#[test]
fn an_unknown_operation_inside_is_a_write_of_low_confidence() {
    let properties = json!({"request": {"type": "object", "properties": {
        "action": {"type": "string", "enum": ["list", "get", "frobnicate"]}}}});
    let verdict = &judged(&[tool("shelf", "Work with shelves.", properties)])[0];
    assert_eq!((&verdict["class"], &verdict["confidence"]), (&json!("write"), &json!("low")), "{verdict}");
    assert_eq!(operations(verdict)["request.action=frobnicate"], "write medium");
}

#[test]
fn operations_in_words_are_listed() {
    let properties = json!({"action": {"type": "string", "description": "One of: list, create, delete"}});
    let verdict = &judged(&[tool("shelf", "Work with shelves.", properties)])[0];
    assert_eq!(operations(verdict)["action=delete"], "write critical");
    let properties = json!({"request": {"type": "object", "properties": {
        "action": {"type": "string", "description": "One of: list, create, delete"}}}});
    let verdict = &judged(&[tool("shelf", "Work with shelves.", properties)])[0];
    assert_eq!(operations(verdict)["request.action=delete"], "write critical");
}
