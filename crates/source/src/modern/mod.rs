//! A manifest of any era in the spelling of today (schema of 2025-12-11), for whoever serves it on: a document in, the same
//! document out where it already holds to the rules, else with as little altered as they ask for, and every alteration told.
//!
//! What the rules ask for and nobody stated is never guessed but where one era's default is known (a package without a
//! transport was started as a program). What cannot be kept to the rules is left out, with its place.

mod rule;

pub use rule::is_registry_name;

use super::manifest::text_of;
use rule::{
    SHORT, are_sizes, are_texts, is_address, is_format, is_image, is_package_version, is_repository, is_sha256,
    is_short, is_template, is_theme, is_version,
};
use serde_json::{Map, Value, json};

/// The format that an altered manifest is in.
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// The one key of a manifest's own `_meta` that registries keep.
const PUBLISHED: &str = "io.modelcontextprotocol.registry/publisher-provided";

/// Alterations that are told one by one.
const TOLD: usize = 20;

/// The version of a manifest that states none.
pub const NO_VERSION: &str = "unknown";

/// A manifest that holds to the rules of the official registry's API.
#[derive(Debug, Clone, PartialEq)]
pub struct ModernManifest {
    pub document: Value,
    /// What was altered, one sentence each; empty where the document is as it was stated.
    pub altered: Vec<String>,
}

/// Brings a manifest into the spelling of today.
///
/// # Errors
/// Why it cannot be: it is no object, or its name is none that the API can carry. A name is never altered.
pub fn modern_manifest(manifest: &Value) -> Result<ModernManifest, String> {
    let Value::Object(stated) = manifest else { return Err("the manifest is not an object".to_owned()) };
    let name = stated.get("name").and_then(Value::as_str).unwrap_or_default();
    if !is_registry_name(name) {
        return Err("its name is not of the form `namespace/name`".to_owned());
    }
    let mut notes = Notes::default();
    let mut server = stated.clone();
    describe(&mut server, &mut notes);
    optional(&mut server, &[("title", is_short), ("websiteUrl", is_address), ("$schema", is_address)], "", &mut notes);
    if server.get("version").is_none_or(|version| !is_version(version)) {
        let seed = server.get("version_detail").and_then(|detail| detail.get("version")).filter(|v| is_version(v));
        let version = seed.cloned().unwrap_or_else(|| json!(NO_VERSION));
        notes.note("/version", "is missing or not usable");
        server.insert("version".to_owned(), version);
    }
    if let Some(found) = server.get("repository")
        && !is_repository(found)
    {
        let mended = mended_repository(found);
        notes.note("/repository", "lacks its address or its host's name");
        put(&mut server, "repository", mended);
    }
    each(&mut server, "icons", "", &mut notes, |icon, at, notes| {
        optional(icon, &[("mimeType", is_image), ("sizes", are_sizes), ("theme", is_theme)], at, notes);
        icon.get("src").is_some_and(|src| is_address(src) && src.as_str().is_some_and(|src| src.len() <= 255))
    });
    each(&mut server, "packages", "", &mut notes, package);
    each(&mut server, "remotes", "", &mut notes, |remote, at, notes| transport(remote, false, at, notes));
    if let Some(meta) = server.get("_meta") {
        let kept = meta.get(PUBLISHED).filter(|own| own.is_object());
        // Nothing that a publisher says may look like a word of the registry.
        if meta.as_object().is_none_or(|meta| meta.len() != usize::from(kept.is_some())) {
            let kept = kept.map(|own| json!({ PUBLISHED: own }));
            notes.note("/_meta", "holds more than what registries keep");
            put(&mut server, "_meta", kept);
        }
    }
    if notes.respelt {
        server.insert("$schema".to_owned(), json!(SCHEMA));
    }
    Ok(ModernManifest { document: Value::Object(server), altered: notes.end() })
}

/// What was altered so far.
#[derive(Default)]
struct Notes {
    told: Vec<String>,
    more: usize,
    /// Keys were spelt as in an older format.
    respelt: bool,
}

impl Notes {
    fn note(&mut self, place: &str, what: &str) {
        if self.told.len() < TOLD {
            self.told.push(format!("{} {what}", place.chars().take(120).collect::<String>()));
        } else {
            self.more += 1;
        }
    }

    fn end(mut self) -> Vec<String> {
        if self.more > 0 {
            self.told.push(format!("and {} more", self.more));
        }
        self.told
    }
}

fn put(object: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(object.insert(key.to_owned(), value)),
        None => drop(object.shift_remove(key)),
    }
}

fn describe(server: &mut Map<String, Value>, notes: &mut Notes) {
    let stated = server.get("description").and_then(Value::as_str).unwrap_or_default();
    if stated.is_empty() {
        notes.note("/description", "is missing");
        server.insert("description".to_owned(), json!("No description is given."));
    } else if stated.chars().count() > SHORT {
        let cut: String = stated.chars().take(SHORT - 1).chain(['…']).collect();
        notes.note("/description", "is longer than 100 characters and was cut");
        server.insert("description".to_owned(), json!(cut));
    }
}

/// A key, and whether what stands there is as it has to be.
type Rule = (&'static str, fn(&Value) -> bool);

/// Takes out what is there and not as it has to be.
fn optional(object: &mut Map<String, Value>, rules: &[Rule], at: &str, notes: &mut Notes) {
    for (key, fits) in rules {
        if object.get(*key).is_some_and(|value| !fits(value)) {
            object.shift_remove(*key);
            notes.note(&format!("{at}/{key}"), "is not as it has to be and was left out");
        }
    }
}

/// Renames keys of older eras; one that stands in both spellings keeps the newer.
fn respell(object: &mut Map<String, Value>, names: &[(&str, &str)], at: &str, notes: &mut Notes) {
    let is_old = |key: &String| names.iter().any(|(old, _)| old == key);
    if !object.keys().any(is_old) {
        return;
    }
    let mut renamed = Map::new();
    for (key, value) in std::mem::take(object) {
        match names.iter().find(|(old, _)| *old == key) {
            Some((_, new)) => drop(renamed.entry(*new).or_insert(value)),
            None => drop(renamed.insert(key, value)),
        }
    }
    *object = renamed;
    notes.respelt = true;
    notes.note(at, "is spelt as in an older format");
}

/// Goes through a list of objects; an item for which `keep` says no is left out.
fn each(
    object: &mut Map<String, Value>,
    key: &str,
    at: &str,
    notes: &mut Notes,
    mut keep: impl FnMut(&mut Map<String, Value>, &str, &mut Notes) -> bool,
) {
    let Some(found) = object.get_mut(key) else { return };
    let place = format!("{at}/{key}");
    let Value::Array(items) = found else {
        object.shift_remove(key);
        return notes.note(&place, "is not a list and was left out");
    };
    let mut number = 0;
    items.retain_mut(|item| {
        let at = format!("{place}/{number}");
        number += 1;
        let kept = item.as_object_mut().is_some_and(|item| keep(item, &at, notes));
        if !kept {
            notes.note(&at, "is not as it has to be and was left out");
        }
        kept
    });
}

const PACKAGE: &[(&str, &str)] = &[
    ("registry_type", "registryType"),
    ("registry_name", "registryType"),
    ("registryName", "registryType"),
    ("registry_base_url", "registryBaseUrl"),
    ("file_sha256", "fileSha256"),
    ("runtime_hint", "runtimeHint"),
    ("runtime_arguments", "runtimeArguments"),
    ("package_arguments", "packageArguments"),
    ("environment_variables", "environmentVariables"),
];

fn package(package: &mut Map<String, Value>, at: &str, notes: &mut Notes) -> bool {
    respell(package, PACKAGE, at, notes);
    if !package.contains_key("identifier") {
        respell(package, &[("name", "identifier")], at, notes);
    }
    let rules: &[Rule] = &[
        ("registryBaseUrl", is_address),
        ("version", is_package_version),
        ("fileSha256", is_sha256),
        ("runtimeHint", Value::is_string),
    ];
    optional(package, rules, at, notes);
    match package.get_mut("transport") {
        Some(Value::Object(inner)) => {
            if !transport(inner, true, &format!("{at}/transport"), notes) {
                return false;
            }
        }
        Some(Value::String(word)) if word == "stdio" => {
            package.insert("transport".to_owned(), json!({ "type": "stdio" }));
            notes.respelt = true;
            notes.note(at, "is spelt as in an older format");
        }
        Some(_) => return false,
        None => {
            package.insert("transport".to_owned(), json!({ "type": "stdio" }));
            notes.note(at, "names no transport, as packages that are started as programs did not");
        }
    }
    each(package, "runtimeArguments", at, notes, argument);
    each(package, "packageArguments", at, notes, argument);
    each(package, "environmentVariables", at, notes, named_input);
    ["registryType", "identifier"].iter().all(|key| text_of(package, &[key]).is_some())
}

/// How a package or a remote is spoken to; only a package may be a program.
fn transport(object: &mut Map<String, Value>, may_be_program: bool, at: &str, notes: &mut Notes) -> bool {
    respell(object, &[("transport_type", "type"), ("transportType", "type")], at, notes);
    each(object, "headers", at, notes, named_input);
    variables(object, at, notes);
    match object.get("type").and_then(Value::as_str) {
        Some("stdio") => may_be_program,
        Some("streamable-http" | "sse") => object.get("url").and_then(Value::as_str).is_some_and(is_template),
        _ => false,
    }
}

const INPUT: &[(&str, &str)] = &[("is_required", "isRequired"), ("is_secret", "isSecret")];

fn input(object: &mut Map<String, Value>, at: &str, notes: &mut Notes) -> bool {
    respell(object, INPUT, at, notes);
    for key in ["value", "default", "placeholder"] {
        if let Some(Value::Bool(_) | Value::Number(_)) = object.get(key) {
            let text = object[key].to_string();
            object.insert(key.to_owned(), json!(text));
            notes.note(&format!("{at}/{key}"), "is no text and was written as one");
        }
    }
    let rules: &[Rule] = &[
        ("description", Value::is_string),
        ("isRequired", Value::is_boolean),
        ("isSecret", Value::is_boolean),
        ("isRepeated", Value::is_boolean),
        ("format", is_format),
        ("value", Value::is_string),
        ("default", Value::is_string),
        ("placeholder", Value::is_string),
        ("choices", are_texts),
    ];
    optional(object, rules, at, notes);
    true
}

fn variables(object: &mut Map<String, Value>, at: &str, notes: &mut Notes) {
    let Some(found) = object.get_mut("variables") else { return };
    let place = format!("{at}/variables");
    let Value::Object(all) = found else {
        object.shift_remove("variables");
        return notes.note(&place, "is not as it has to be and was left out");
    };
    all.retain(|name, inner| {
        let place = format!("{place}/{name}");
        let kept = inner.as_object_mut().is_some_and(|inner| input(inner, &place, notes));
        if !kept {
            notes.note(&place, "is not as it has to be and was left out");
        }
        kept
    });
}

fn named_input(object: &mut Map<String, Value>, at: &str, notes: &mut Notes) -> bool {
    input(object, at, notes);
    variables(object, at, notes);
    object.get("name").is_some_and(Value::is_string)
}

fn argument(object: &mut Map<String, Value>, at: &str, notes: &mut Notes) -> bool {
    respell(object, &[("value_hint", "valueHint"), ("is_repeated", "isRepeated")], at, notes);
    input(object, at, notes);
    variables(object, at, notes);
    optional(object, &[("valueHint", Value::is_string)], at, notes);
    match object.get("type").and_then(Value::as_str) {
        Some("named") => object.get("name").is_some_and(Value::is_string),
        Some("positional") => object.contains_key("valueHint") || object.contains_key("value"),
        _ => false,
    }
}

/// What of a repository can be told: its address, and the host that the address names.
fn mended_repository(found: &Value) -> Option<Value> {
    let url = found.as_str().or_else(|| found.get("url")?.as_str())?;
    let parsed = url::Url::parse(url).ok()?;
    let host = parsed.host_str()?;
    let source = match host.trim_start_matches("www.") {
        "github.com" => "github",
        "gitlab.com" => "gitlab",
        other => other,
    };
    Some(json!({ "url": url, "source": source }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_to_the_rules_is_left_as_it_is() {
        let stated = json!({
            "$schema": SCHEMA, "name": "io.example/kiln", "description": "Fires clay.", "version": "1.0.0",
            "repository": {"url": "https://git.example/kiln", "source": "git.example"},
            "packages": [{"registryType": "npm", "identifier": "kiln", "version": "1.0.0", "transport": {"type": "stdio"},
                "packageArguments": [{"type": "positional", "valueHint": "folder", "format": "filepath"}]}],
            "remotes": [{"type": "sse", "url": "https://{tenant}.kiln.example/sse", "variables": {"tenant": {"isRequired": true}}}],
            "_meta": {PUBLISHED: {"by": "hand"}}, "odd": 1,
        });
        let modern = modern_manifest(&stated).expect("a manifest");
        assert_eq!((modern.document, modern.altered.as_slice()), (stated, [].as_slice()));
    }

    #[test]
    fn an_older_spelling_is_told_and_brought_up_to_date() {
        let stated = json!({
            "name": "io.example/kiln", "version_detail": {"version": "0.2.0"}, "repository": {},
            "packages": [{"registry_name": "npm", "name": "kiln", "version": "latest",
                "environment_variables": [{"name": "KEY", "is_secret": true, "default": 4}],
                "package_arguments": [{"type": "positional", "value_hint": "folder"}, {"type": "positional"}]}],
            "remotes": [{"transport_type": "sse", "url": "https://kiln.example/sse"}, {"url": "https://kiln.example"}],
        });
        let modern = modern_manifest(&stated).expect("a manifest");
        assert_eq!(
            modern.document,
            json!({
                "name": "io.example/kiln", "version_detail": {"version": "0.2.0"},
                "packages": [{"registryType": "npm", "identifier": "kiln",
                    "environmentVariables": [{"name": "KEY", "isSecret": true, "default": "4"}],
                    "packageArguments": [{"type": "positional", "valueHint": "folder"}], "transport": {"type": "stdio"}}],
                "remotes": [{"type": "sse", "url": "https://kiln.example/sse"}],
                "description": "No description is given.", "version": "0.2.0", "$schema": SCHEMA,
            })
        );
        assert!(modern.altered.iter().any(|note| note.starts_with("/remotes/1 ")), "{:?}", modern.altered);
        assert!(modern.altered.iter().any(|note| note.starts_with("/packages/0/version ")), "{:?}", modern.altered);
    }

    #[test]
    fn a_manifest_cannot_speak_for_the_registry_and_its_name_is_never_altered() {
        let stated = json!({"name": "a/b", "description": "d", "version": "1",
            "_meta": {"other.example/verdicts": {"risk": "low"}, PUBLISHED: {"x": 1}}});
        let modern = modern_manifest(&stated).expect("a manifest");
        assert_eq!(modern.document["_meta"], json!({PUBLISHED: {"x": 1}}));
        for name in ["npm:kiln", "kiln", "a/b/c", "a b/c", "a/", "/b", "io.<owner>/x", "ä/b"] {
            assert!(modern_manifest(&json!({"name": name})).is_err(), "{name}");
        }
    }
}
