//! Schemas of a description document as JSON Schema: references to named schemas become `#/$defs/NAME`, with the
//! definitions beside them; what only description documents know is removed or said otherwise.

use super::document::ApiDocument;
use super::naming::Convention;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// How deep a schema may nest.
const MAX_DEPTH: u32 = 40;
/// Definitions that one tool may need.
const MAX_DEFINITIONS: usize = 200;
/// Bytes of all definitions of all tools together; each tool holds those that it needs.
const MAX_BYTES: usize = 12 << 20;

/// Keys that mean nothing in JSON Schema.
const FOREIGN: [&str; 9] = [
    "nullable",
    "discriminator",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "example",
    "deprecated",
    "collectionFormat",
];

/// Keys whose value is a map of schemas, a list of schemas, or one schema.
const MAPS: [&str; 3] = ["properties", "patternProperties", "$defs"];
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE: [&str; 5] = ["items", "additionalProperties", "not", "contains", "propertyNames"];

/// The schemas of one document while tools are made of it.
pub(super) struct Schemas<'d> {
    pub(super) document: &'d ApiDocument,
    /// Written out rather than referred to.
    inline: bool,
    bytes: usize,
    /// Of the tool that is made: the definitions that it needs, and what is not certain.
    needed: BTreeMap<String, Json>,
    pub(super) unsure: Vec<String>,
    /// Names that are being written out.
    open: Vec<String>,
}

impl<'d> Schemas<'d> {
    pub(super) fn new(document: &'d ApiDocument, convention: Convention) -> Self {
        let inline = matches!(convention, Convention::FastApiMcp | Convention::Generator);
        Schemas { document, inline, bytes: 0, needed: BTreeMap::new(), unsure: Vec::new(), open: Vec::new() }
    }

    /// Ends one tool: the definitions that its schema refers to, and what is not certain.
    pub(super) fn finish(&mut self) -> (Map<String, Json>, Vec<String>) {
        let definitions = std::mem::take(&mut self.needed).into_iter().collect();
        let mut unsure = std::mem::take(&mut self.unsure);
        unsure.dedup();
        (definitions, unsure)
    }

    /// A schema as JSON Schema.
    pub(super) fn convert(&mut self, schema: &Json, depth: u32) -> Json {
        let Json::Object(object) = schema else {
            return if schema.is_boolean() { schema.clone() } else { json!({}) };
        };
        if depth > MAX_DEPTH {
            return self.doubt("a schema that nests too deep");
        }
        if let Some(reference) = object.get("$ref").and_then(Json::as_str) {
            return self.referred(reference, object, depth);
        }
        let mut made = Map::new();
        for (key, value) in object {
            let key_str = key.as_str();
            if FOREIGN.contains(&key_str) || key.starts_with("x-") {
                continue;
            }
            let value = match value {
                Json::Object(map) if MAPS.contains(&key_str) => Json::Object(
                    map.iter().map(|(name, inner)| (name.clone(), self.convert(inner, depth + 1))).collect(),
                ),
                Json::Array(list) if LISTS.contains(&key_str) => {
                    Json::Array(list.iter().map(|inner| self.convert(inner, depth + 1)).collect())
                }
                inner @ Json::Object(_) if SINGLE.contains(&key_str) => self.convert(inner, depth + 1),
                value => value.clone(),
            };
            made.insert(key.clone(), value);
        }
        if made.get("type") == Some(&json!("file")) {
            made.insert("type".to_owned(), json!("string"));
        }
        if object.get("nullable") == Some(&Json::Bool(true))
            && let Some(Json::String(kind)) = made.get("type").cloned()
        {
            made.insert("type".to_owned(), json!([kind, "null"]));
        }
        Json::Object(made)
    }

    fn referred(&mut self, reference: &str, beside: &Map<String, Json>, depth: u32) -> Json {
        let Some((name, target)) = self.document.named_schema(reference) else {
            // A place within the document that has no name of its own, or another document.
            let target = self.document.at(reference).cloned();
            return match target {
                Some(target) if !self.open.iter().any(|open| open == reference) => {
                    self.open.push(reference.to_owned());
                    let made = self.convert(&target, depth + 1);
                    self.open.pop();
                    made
                }
                _ => self.doubt(&format!("the schema `{reference}`")),
            };
        };
        if self.inline {
            if self.open.contains(&name) {
                return json!({ "type": "object" });
            }
            self.open.push(name);
            let made = self.convert(target, depth + 1);
            self.open.pop();
            return self.within(made);
        }
        let mut made = json!({ "$ref": format!("#/$defs/{}", name.replace('~', "~0").replace('/', "~1")) });
        if let (Some(about), Json::Object(object)) = (beside.get("description"), &mut made) {
            object.insert("description".to_owned(), about.clone());
        }
        if !self.needed.contains_key(&name) {
            if self.needed.len() >= MAX_DEFINITIONS || self.bytes > MAX_BYTES {
                return self.doubt("a definition beyond the limit");
            }
            // Before what it holds: a schema may hold itself.
            self.needed.insert(name.clone(), json!({}));
            let definition = self.convert(target, depth + 1);
            let definition = self.within(definition);
            self.needed.insert(name, definition);
        }
        made
    }

    /// Counts what a definition costs; beyond the limit it is left out.
    fn within(&mut self, made: Json) -> Json {
        self.bytes += size(&made, 0);
        if self.bytes > MAX_BYTES { self.doubt("a definition beyond the limit") } else { made }
    }

    fn doubt(&mut self, what: &str) -> Json {
        if self.unsure.len() < 10 {
            self.unsure.push(what.to_owned());
        }
        json!({})
    }
}

/// About as many bytes as it has in text.
fn size(value: &Json, depth: u32) -> usize {
    match value {
        _ if depth > MAX_DEPTH * 2 => 0,
        Json::String(text) => text.len() + 2,
        Json::Array(items) => 2 + items.iter().map(|item| size(item, depth + 1) + 1).sum::<usize>(),
        Json::Object(map) => 2 + map.iter().map(|(key, item)| key.len() + 4 + size(item, depth + 1)).sum::<usize>(),
        _ => 5,
    }
}
