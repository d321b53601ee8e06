//! Words that are written down more than once (schemas, documentation) are those of the enums, each of them and no other.

use mcpdex::model::{Category, Class, Confidence, Field, Outcome, PartialReason, Risk, ToolOrigin, ToolRow, Trait};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The vocabularies that are closed, by name; a list in a schema must be one of them, or a part that is named here.
fn vocabularies() -> Vec<(&'static str, BTreeSet<&'static str>)> {
    fn set<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> BTreeSet<&'static str> {
        all.iter().map(|one| word(*one)).collect()
    }
    vec![
        ("class", set(Class::ALL, Class::as_str)),
        ("risk", set(Risk::ALL, Risk::as_str)),
        ("category", set(Category::ALL, Category::as_str)),
        ("confidence", set(Confidence::ALL, Confidence::as_str)),
        ("trait", set(Trait::ALL, Trait::as_str)),
        ("outcome", set(Outcome::ALL, Outcome::as_str)),
        ("origin", set(ToolOrigin::ALL, ToolOrigin::as_str)),
        ("reason", set(PartialReason::ALL, PartialReason::as_str)),
        ("field", set(Field::ALL, Field::as_str)),
    ]
}

fn schemas() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/schema");
    let mut all: Vec<(String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(all.len() > 10, "the schemas were not found");
    all
}

/// Every list of accepted words in a schema, with its pointer.
fn lists<'a>(value: &'a Value, pointer: String, found: &mut Vec<(String, Vec<&'a str>)>) {
    match value {
        Value::Object(object) => {
            if let Some(words) = object.get("enum").and_then(Value::as_array) {
                found.push((pointer.clone(), words.iter().filter_map(Value::as_str).collect()));
            }
            object.iter().for_each(|(key, below)| lists(below, format!("{pointer}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, below)| lists(below, format!("{pointer}/{at}"), found));
        }
        _ => {}
    }
}

/// What is wrong with a list: it holds most of a vocabulary's words, and not all, or others beside them.
fn wrong(words: &[&str]) -> Option<String> {
    let words: BTreeSet<&str> = words.iter().copied().collect();
    let vocabularies = vocabularies();
    if vocabularies.iter().any(|(_, all)| *all == words) {
        return None;
    }
    let near = vocabularies.iter().find(|(_, all)| {
        let shared = all.intersection(&words).count();
        // Two words in common may be chance ("low" and "high" are words of many lists).
        shared >= 3 && 2 * shared > words.len()
    });
    near.map(|(name, all)| {
        let missing: Vec<_> = all.difference(&words).collect();
        let strange: Vec<_> = words.difference(all).collect();
        format!("like {name}, without {missing:?} and with {strange:?}")
    })
}

#[test]
fn a_list_that_lacks_a_word_or_has_one_too_many_is_seen() {
    let mut traits: Vec<&str> = Trait::ALL.iter().map(|word| word.as_str()).collect();
    assert_eq!(wrong(&traits), None);
    let last = traits.pop();
    assert!(wrong(&traits).is_some());
    traits.extend(last.into_iter().chain(["new-trait"]));
    assert!(wrong(&traits).is_some());
    assert_eq!(wrong(&["npm", "pypi"]), None);
}

#[test]
fn every_list_of_words_in_a_schema_is_the_whole_vocabulary() {
    let (mut seen, mut faults) = (0, Vec::new());
    for (name, schema) in &schemas() {
        let mut found = Vec::new();
        lists(schema, String::new(), &mut found);
        for (pointer, words) in found {
            seen += 1;
            faults.extend(wrong(&words).map(|why| format!("{name}{pointer}: {why}")));
        }
    }
    assert!(seen > 20, "only {seen} lists were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_schema_of_tables_has_the_columns_of_a_row() {
    let schemas = schemas();
    let (_, tools) = schemas.iter().find(|(name, _)| name == "tools.schema.json").unwrap();
    let columns: Vec<&str> = ToolRow::COLUMNS.iter().map(|column| column.name).collect();
    let required: Vec<&str> = tools["items"]["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(required, columns);
    let described: Vec<&str> = tools["items"]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(described, columns);
}

#[test]
fn documentation_names_every_outcome() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/database.md")).unwrap();
    for outcome in Outcome::ALL {
        assert!(page.contains(&format!("`{outcome}`")), "docs/database.md does not name `{outcome}`");
    }
}
