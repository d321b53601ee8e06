//! The parameters of a tool, read out of its `inputSchema`.

use serde::Serialize;
use serde_json::{Map, Value};

/// One top-level parameter of a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    pub name: String,
    /// The JSON type or types, joined by ` | ` (`string`, `array of string`, `string | null`); `any` when unstated.
    #[serde(rename = "type")]
    pub kind: String,
    pub required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The values that are accepted, where the schema lists them as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// How many parameters of one tool are looked at; a schema with more is read up to here.
const MAX_PARAMETERS: usize = 1_000;

/// The top-level parameters of `input_schema`, in the order in which the schema names them.
pub fn parameters(input_schema: Option<&Map<String, Value>>) -> Vec<Parameter> {
    let Some(schema) = input_schema else { return Vec::new() };
    let Some(Value::Object(properties)) = schema.get("properties") else { return Vec::new() };
    let required: Vec<&str> = match schema.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    properties
        .iter()
        .take(MAX_PARAMETERS)
        .map(|(name, property)| Parameter {
            name: name.clone(),
            kind: kind(property, 0),
            required: required.contains(&name.as_str()),
            description: property.get("description").and_then(Value::as_str).map(str::to_owned),
            default: property.get("default").filter(|v| !v.is_null()).cloned(),
            choices: choices(property, 0),
        })
        .collect()
}

/// Schemas of servers may nest without end; no one needs to read a type deeper than this.
const MAX_DEPTH: usize = 4;

fn kind(property: &Value, depth: usize) -> String {
    if depth > MAX_DEPTH {
        return "any".to_owned();
    }
    let one = |name: &str| match (name, property.get("items")) {
        ("array", Some(items)) if items.is_object() => format!("array of {}", kind(items, depth + 1)),
        (name, _) => name.to_owned(),
    };
    match property.get("type") {
        Some(Value::String(name)) => one(name),
        Some(Value::Array(names)) => join(names.iter().filter_map(Value::as_str).map(one)),
        _ => {
            let variants = ["anyOf", "oneOf"].iter().find_map(|key| property.get(*key)?.as_array());
            match variants {
                Some(variants) => join(variants.iter().map(|v| kind(v, depth + 1))),
                None if property.get("enum").is_some() => "string".to_owned(),
                None => "any".to_owned(),
            }
        }
    }
}

fn join(kinds: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for kind in kinds {
        if !seen.contains(&kind) {
            seen.push(kind);
        }
    }
    if seen.is_empty() { "any".to_owned() } else { seen.join(" | ") }
}

fn choices(property: &Value, depth: usize) -> Vec<String> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    if let Some(Value::Array(values)) = property.get("enum") {
        return values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    if let Some(Value::String(only)) = property.get("const") {
        return vec![only.clone()];
    }
    if let Some(items) = property.get("items") {
        return choices(items, depth + 1);
    }
    ["anyOf", "oneOf"]
        .iter()
        .filter_map(|key| property.get(*key)?.as_array())
        .flatten()
        .flat_map(|variant| choices(variant, depth + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_the_order_of_the_schema_and_say_what_they_take() {
        let schema: Value = serde_json::from_str(
            r#"{"type":"object","required":["zone"],"properties":{
                "zone":{"type":"string","description":"where"},
                "mode":{"anyOf":[{"type":"string","enum":["on","off"]},{"type":"null"}],"default":null},
                "tags":{"type":"array","items":{"type":"string"}}}}"#,
        )
        .expect("valid");
        let found = parameters(schema.as_object());
        let kinds: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.kind.as_str(), p.required)).collect();
        assert_eq!(
            kinds,
            [("zone", "string", true), ("mode", "string | null", false), ("tags", "array of string", false)]
        );
        assert_eq!(found[1].choices, ["on", "off"]);
    }

    #[test]
    fn a_schema_that_nests_without_end_is_read_to_a_bounded_depth() {
        let mut text = String::from(r#"{"type":"string"}"#);
        for _ in 0..40 {
            text = format!(r#"{{"type":"array","items":{text}}}"#);
        }
        let schema = format!(r#"{{"properties":{{"deep":{text}}}}}"#);
        let schema: Value = serde_json::from_str(&schema).expect("valid");
        assert!(parameters(schema.as_object())[0].kind.ends_with("any"));
    }
}
