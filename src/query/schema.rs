//! The published JSON Schemas as one document: references to the others become references within.

use serde_json::{Map, Value};

/// Every schema that an answer is described by, by its name.
const SCHEMAS: [(&str, &str); 16] = [
    ("classified", include_str!("../../data/schema/classified.schema.json")),
    ("diff", include_str!("../../data/schema/diff.schema.json")),
    ("explain", include_str!("../../data/schema/explain.schema.json")),
    ("finding", include_str!("../../data/schema/finding.schema.json")),
    ("list", include_str!("../../data/schema/list.schema.json")),
    ("policy", include_str!("../../data/schema/policy.schema.json")),
    ("policy-check", include_str!("../../data/schema/policy-check.schema.json")),
    ("policylayer-policy", include_str!("../../data/schema/policylayer-policy.schema.json")),
    ("registry", include_str!("../../data/schema/registry.schema.json")),
    ("registry-standing", include_str!("../../data/schema/registry-standing.schema.json")),
    ("scan", include_str!("../../data/schema/scan.schema.json")),
    ("search", include_str!("../../data/schema/search.schema.json")),
    ("server", include_str!("../../data/schema/server.schema.json")),
    ("stats", include_str!("../../data/schema/stats.schema.json")),
    ("tool", include_str!("../../data/schema/tool.schema.json")),
    ("verdict", include_str!("../../data/schema/verdict.schema.json")),
];

const WORDS: (&str, &str) = ("words", include_str!("../../data/schema/words.schema.json"));

fn read(name: &str) -> Option<Value> {
    let (_, text) = SCHEMAS.iter().chain([&WORDS]).find(|(other, _)| *other == name)?;
    serde_json::from_str(text).ok()
}

/// A schema that refers to nothing outside of itself: what it refers to stands in its `$defs`, by name. `None`: there is no
/// schema of this name.
pub fn bundled_schema(name: &str) -> Option<Map<String, Value>> {
    let mut root = read(name)?;
    let mut others = Vec::new();
    turn(&mut root, name, name, "#/$defs/", &mut others);
    let mut defs = Map::new();
    let mut at = 0;
    while let Some(other) = others.get(at).cloned() {
        at += 1;
        let mut schema = read(&other)?;
        turn(&mut schema, &other, name, "#/$defs/", &mut others);
        defs.insert(other, schema);
    }
    let Value::Object(mut root) = root else { return None };
    match root.get_mut("$defs").and_then(Value::as_object_mut) {
        Some(own) => own.extend(defs),
        None if defs.is_empty() => {}
        None => drop(root.insert("$defs".to_owned(), Value::Object(defs))),
    }
    Some(root)
}

/// Every schema, each under its name, with references that begin with `base`.
pub fn schema_components(base: &str) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, _) in SCHEMAS.iter().chain([&WORDS]) {
        if let Some(mut schema) = read(name) {
            turn(&mut schema, name, "", base, &mut Vec::new());
            all.insert((*name).to_owned(), schema);
        }
    }
    all
}

/// Turns the references of the schema `own` into ones below `base`, except those within `root`; notes the others' names.
fn turn(value: &mut Value, own: &str, root: &str, base: &str, others: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for key in ["$id", "$schema"] {
                if object.get(key).is_some_and(Value::is_string) {
                    object.shift_remove(key);
                }
            }
            if let Some(Value::String(target)) = object.get_mut("$ref") {
                let (name, rest) = match target.strip_prefix("urn:mcpdex:") {
                    Some(urn) => {
                        let (urn, fragment) = urn.split_once('#').unwrap_or((urn, ""));
                        (urn.split(':').next().unwrap_or(urn).to_owned(), fragment.to_owned())
                    }
                    None => (own.to_owned(), target.trim_start_matches('#').to_owned()),
                };
                if name == root {
                    *target = format!("#{rest}");
                } else {
                    *target = format!("{base}{name}{rest}");
                    if !others.contains(&name) {
                        others.push(name);
                    }
                }
            }
            for (_, inner) in object.iter_mut() {
                turn(inner, own, root, base, others);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|inner| turn(inner, own, root, base, others)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|inner| references(inner, found));
            }
            Value::Array(all) => all.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_to_something_within() {
        for (name, _) in SCHEMAS {
            let schema = Value::Object(bundled_schema(name).expect("the schema is there"));
            let mut found = Vec::new();
            references(&schema, &mut found);
            for reference in found {
                let pointer = reference.strip_prefix('#').expect("a reference within");
                assert!(schema.pointer(pointer).is_some(), "{name}: {reference}");
            }
        }
        let all = Value::Object(schema_components("#/components/schemas/"));
        let mut found = Vec::new();
        references(&all, &mut found);
        assert!(found.len() > 50, "the references were not found");
        for reference in found {
            let pointer = reference.strip_prefix("#/components/schemas").expect("below the base");
            assert!(all.pointer(pointer).is_some(), "{reference}");
        }
    }
}
