//! The closed vocabularies and the columns of a row stand in the code once; `data/schema/words.schema.json` and
//! `data/schema/tools.schema.json` are written from them, the other schemas refer to the former.
//!
//! With `MCPDEX_REGENERATE=1` in the environment the two are written anew instead of compared.

use mcpdex::model::{
    ApprovalRecommendation, BlastRadius, Category, ClaimEffect, Class, ColumnKind, Confidence, DeedCategory, DeedKind,
    DeedReach, Field, Grade, Outcome, PartialKind, PartialReason, ReadingExtent, Reversibility, Risk, ToolOrigin,
    ToolRow, Trait, Transport,
};
use mcpdex::policy::{CheckDepth, ComparedChange, DecisionDrift, PolicyFault, SettlementKind, Target};
use mcpdex::source::client_config::Flag;
use mcpdex::survey::{ChangeKind, DriftKind, Kind, LegKind, SuppressionState};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The vocabularies by the names that schemas know them by, each with what it is and its words in order.
fn vocabularies() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|one| word(*one)).collect()
    }
    vec![
        ("class", "what calling a tool does", words(Class::ALL, Class::as_str)),
        ("trait", "what else is true of a tool", words(Trait::ALL, Trait::as_str)),
        ("risk", "how bad a call can be", words(Risk::ALL, Risk::as_str)),
        ("confidence", "how sure a verdict is", words(Confidence::ALL, Confidence::as_str)),
        ("category", "the reference taxonomy of five", words(Category::ALL, Category::as_str)),
        ("outcome", "how one attempt to learn a list ended", words(Outcome::ALL, Outcome::as_str)),
        ("origin", "how a list was learnt", words(ToolOrigin::ALL, ToolOrigin::as_str)),
        (
            "partial-kind",
            "what it costs that something could not be read",
            words(PartialKind::ALL, PartialKind::as_str),
        ),
        ("partial-reason", "why a list may not be whole", words(PartialReason::ALL, PartialReason::as_str)),
        ("field", "the part of a definition that evidence was taken from", words(Field::ALL, Field::as_str)),
        ("deed", "what a call in a tool's code does", words(DeedKind::ALL, DeedKind::as_str)),
        ("deed-reach", "who decides what a deed reaches", words(DeedReach::ALL, DeedReach::as_str)),
        ("claim-effect", "what a server's claim did to the verdict", words(ClaimEffect::ALL, ClaimEffect::as_str)),
        ("finding-kind", "what a finding is about", words(Kind::ALL, Kind::as_str)),
        ("suppression-state", "of what use a suppression is", words(SuppressionState::ALL, SuppressionState::as_str)),
        ("reading", "how much of a server was read", words(ReadingExtent::ALL, ReadingExtent::as_str)),
        ("grade", "how much a server can do, in one letter", words(Grade::ALL, Grade::as_str)),
        ("drift-kind", "how something differs from a lockfile", words(DriftKind::ALL, DriftKind::as_str)),
        ("change-kind", "what happened to a tool between two times", words(ChangeKind::ALL, ChangeKind::as_str)),
        ("transport", "how a server is spoken to", words(Transport::ALL, Transport::as_str)),
        ("flag", "what a configuration says about a server", words(Flag::ALL, Flag::as_str)),
        ("enforcement-point", "where a policy is put", words(Target::ALL, Target::as_str)),
        ("leak-part", "one of the three that make a leak", words(LegKind::ALL, LegKind::as_str)),
        ("decision-drift", "what became of a decision", words(DecisionDrift::ALL, DecisionDrift::as_str)),
        ("settlement-kind", "what a person would settle", words(SettlementKind::ALL, SettlementKind::as_str)),
        ("policy-fault", "what is wrong with a written policy", words(PolicyFault::ALL, PolicyFault::as_str)),
        ("check-depth", "how far a policy could be looked at", words(CheckDepth::ALL, CheckDepth::as_str)),
        ("compared-change", "what a decision became", words(ComparedChange::ALL, ComparedChange::as_str)),
        ("deed-category", "SEP-2793: category", words(DeedCategory::ALL, DeedCategory::as_str)),
        ("blast-radius", "SEP-2793: blastRadius", words(BlastRadius::ALL, BlastRadius::as_str)),
        ("reversibility", "SEP-2793: reversibility", words(Reversibility::ALL, Reversibility::as_str)),
        (
            "approval-recommendation",
            "SEP-2793: approvalRecommendation",
            words(ApprovalRecommendation::ALL, ApprovalRecommendation::as_str),
        ),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/schema")
}

fn schemas() -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = std::fs::read_dir(folder())
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

/// Compares a schema with what the code says, or writes it.
fn assert_follows(name: &str, schema: &Value) {
    let path = folder().join(name);
    let text = format!("{}\n", serde_json::to_string_pretty(schema).unwrap());
    if std::env::var_os("MCPDEX_REGENERATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{name} is not what the code says: run this test once with MCPDEX_REGENERATE=1");
}

fn reference(name: &str) -> String {
    format!("urn:mcpdex:words:1#/$defs/{name}")
}

#[test]
fn the_schema_of_words_is_that_of_the_enums() {
    let definitions: Map<String, Value> = vocabularies()
        .into_iter()
        .map(|(name, description, words)| (name.to_owned(), json!({ "description": description, "enum": words })))
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:mcpdex:words:1",
        "title": "The closed vocabularies of mcpdex; the other schemas refer to them",
        "$defs": definitions,
    });
    assert_follows("words.schema.json", &schema);
}

#[test]
fn the_schema_of_rows_is_that_of_their_columns() {
    let names: Vec<&str> = ToolRow::COLUMNS.iter().map(|column| column.name).collect();
    let vocabularies = vocabularies();
    let properties: Map<String, Value> = ToolRow::COLUMNS
        .iter()
        .map(|column| {
            let shape = match column.kind {
                _ if vocabularies.iter().any(|(name, ..)| *name == column.name) => {
                    json!({ "$ref": reference(column.name) })
                }
                ColumnKind::Text if column.name.ends_with("_seen") => {
                    json!({ "type": "string", "format": "date-time" })
                }
                ColumnKind::Text => json!({ "type": "string" }),
                ColumnKind::MaybeText => json!({ "type": ["string", "null"] }),
                ColumnKind::MaybeNumber => json!({ "type": ["integer", "null"] }),
            };
            (column.name.to_owned(), shape)
        })
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:mcpdex:tools:1",
        "title": "What `mcpdex export --format json` prints: the current tools",
        "type": "array",
        "items": {
            "type": "object",
            "required": names,
            "additionalProperties": false,
            "properties": properties,
        },
    });
    assert_follows("tools.schema.json", &schema);
}

/// The lists of accepted words in a schema, and what it refers to, each with its pointer.
fn lists<'a>(value: &'a Value, pointer: String, found: &mut Vec<(String, Vec<&'a str>)>, referred: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            if let Some(words) = object.get("enum").and_then(Value::as_array) {
                found.push((pointer.clone(), words.iter().filter_map(Value::as_str).collect()));
            }
            referred.extend(object.get("$ref").and_then(Value::as_str));
            object.iter().for_each(|(key, below)| lists(below, format!("{pointer}/{key}"), found, referred));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, below)| lists(below, format!("{pointer}/{at}"), found, referred))
        }
        _ => {}
    }
}

/// Why a list should not stand in a schema: it is a vocabulary written out, or resembles one.
fn written_out(words: &[&str]) -> Option<String> {
    let words: BTreeSet<&str> = words.iter().copied().collect();
    vocabularies().into_iter().find_map(|(name, _, all)| {
        let all: BTreeSet<&str> = all.into_iter().collect();
        let shared = all.intersection(&words).count();
        // Two words in common may be chance ("low" and "high" are words of many lists).
        let like = all == words || shared >= 3 && 2 * shared > words.len();
        like.then(|| format!("should be a reference to {}", reference(name)))
    })
}

#[test]
fn a_vocabulary_that_is_written_out_or_nearly_so_is_seen() {
    let mut traits: Vec<&str> = Trait::ALL.iter().map(|word| word.as_str()).collect();
    assert!(written_out(&traits).is_some());
    traits.pop();
    traits.push("new-trait");
    assert!(written_out(&traits).is_some());
    assert_eq!(written_out(&["npm", "pypi"]), None);
}

#[test]
fn schemas_refer_to_the_vocabularies_and_to_ones_that_are_there() {
    let known: BTreeSet<String> = vocabularies().iter().map(|(name, ..)| reference(name)).collect();
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for (name, schema) in schemas().iter().filter(|(name, _)| name != "words.schema.json") {
        let (mut found, mut referred) = (Vec::new(), Vec::new());
        lists(schema, String::new(), &mut found, &mut referred);
        faults
            .extend(found.iter().filter_map(|(at, words)| written_out(words).map(|why| format!("{name}{at}: {why}"))));
        for one in referred.into_iter().filter(|one| one.starts_with("urn:mcpdex:words:")) {
            seen.insert(one.to_owned());
            faults.extend((!known.contains(one)).then(|| format!("{name}: {one} is not there")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(known.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "no schema refers to these");
}
