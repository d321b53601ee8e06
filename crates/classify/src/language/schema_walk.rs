//! A tool's input schema in, every parameter at any depth out: through references, combinations, items, nested objects and
//! names given as patterns. It decides nothing; what it could not follow it says.

use serde_json::{Map, Value};

/// How many parameters of a tool are read.
const MAX_PARAMETERS: usize = 1_000;
/// How deep schemas are followed; references may run in circles.
const MAX_DEPTH: usize = 16;
/// How many schemas are looked at in one tool.
const MAX_SCHEMAS: usize = 6_000;
/// How many descriptions and titles of one parameter are read.
const MAX_TEXTS: usize = 200;

/// One parameter, wherever it stands.
#[derive(Debug, Clone)]
pub(crate) struct FoundParam<'t> {
    pub name: &'t str,
    /// Its schema, behind a reference where it is nothing but one.
    pub schema: &'t Value,
    /// JSON pointer to where it is declared.
    pub pointer: String,
    /// The names that lead to it: `request.action`; its own name for the parameters of the call itself.
    pub path: String,
    pub required: bool,
    /// Descriptions and titles of it and of the values it accepts, each with its pointer.
    pub texts: Vec<(&'t str, String)>,
}

/// What was found in a schema.
#[derive(Debug, Default)]
pub(crate) struct SchemaWalk<'t> {
    pub params: Vec<FoundParam<'t>>,
    /// What was not read.
    pub unread: Vec<String>,
    seen: usize,
    full: bool,
    /// Something stands deeper than is followed.
    deep: bool,
    /// Where the schemas stand that are being read: a reference back to one of them leads nowhere new.
    open: Vec<String>,
}

/// Reads `schema`, the input schema of a tool.
pub(crate) fn walk(schema: &Map<String, Value>) -> SchemaWalk<'_> {
    let mut walk = SchemaWalk::default();
    walk.object(schema, schema, "/inputSchema", "", 0);
    if walk.full {
        walk.unread.push(format!("parameters beyond the first {}", walk.params.len()));
    }
    if walk.deep {
        walk.unread.push(format!("schemas nested deeper than {MAX_DEPTH}"));
    }
    walk
}

/// What `reference` points at in the document `root`.
pub(crate) fn resolve<'t>(root: &'t Map<String, Value>, reference: &str) -> Option<(&'t Value, String)> {
    let path = reference.strip_prefix("#/")?;
    let mut at: Option<&'t Value> = None;
    for part in path.split('/') {
        let part = part.replace("~1", "/").replace("~0", "~");
        at = Some(match at {
            None => root.get(&part)?,
            Some(Value::Object(object)) => object.get(&part)?,
            Some(Value::Array(list)) => list.get(part.parse::<usize>().ok()?)?,
            Some(_) => return None,
        });
    }
    Some((at?, format!("/inputSchema/{path}")))
}

impl<'t> SchemaWalk<'t> {
    fn object(
        &mut self,
        root: &'t Map<String, Value>,
        schema: &'t Map<String, Value>,
        pointer: &str,
        parent: &str,
        level: usize,
    ) {
        if self.open.iter().any(|open| open == pointer) {
            return;
        }
        self.seen += 1;
        if level > MAX_DEPTH || self.seen > MAX_SCHEMAS {
            self.full |= self.seen > MAX_SCHEMAS;
            self.deep |= level > MAX_DEPTH;
            return;
        }
        self.open.push(pointer.to_owned());
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            match resolve(root, reference) {
                Some((Value::Object(target), place)) => self.object(root, target, &place, parent, level + 1),
                Some(_) => {}
                None => self.foreign(reference),
            }
        }
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for key in ["properties", "patternProperties"] {
            for (name, property) in schema.get(key).and_then(Value::as_object).into_iter().flatten() {
                let place = format!("{pointer}/{key}/{}", escape(name));
                self.param(root, name, property, &place, parent, level, required.contains(&name.as_str()));
            }
        }
        for key in ["allOf", "anyOf", "oneOf", "prefixItems"] {
            for (index, part) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                if let Value::Object(part) = part {
                    self.object(root, part, &format!("{pointer}/{key}/{index}"), parent, level + 1);
                }
            }
        }
        for key in ["items", "additionalProperties", "then", "else", "if", "contains"] {
            if let Some(Value::Object(part)) = schema.get(key) {
                self.object(root, part, &format!("{pointer}/{key}"), parent, level + 1);
            }
        }
        self.open.pop();
    }

    #[allow(clippy::too_many_arguments)]
    fn param(
        &mut self,
        root: &'t Map<String, Value>,
        name: &'t str,
        property: &'t Value,
        pointer: &str,
        parent: &str,
        level: usize,
        required: bool,
    ) {
        if self.params.len() >= MAX_PARAMETERS {
            self.full = true;
            return;
        }
        let mut texts = Vec::new();
        let (mut schema, mut place) = (property, pointer.to_owned());
        for _ in 0..MAX_DEPTH {
            self.texts(schema, &place, &mut texts, 0);
            let alone = schema.get("allOf").and_then(Value::as_array).filter(|list| list.len() == 1);
            if let Some(only) = alone.and_then(|list| list.first()) {
                place = format!("{place}/allOf/0");
                schema = only;
                continue;
            }
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            match resolve(root, reference) {
                Some((target, target_place)) => {
                    schema = target;
                    place = target_place;
                }
                None => {
                    self.foreign(reference);
                    break;
                }
            }
        }
        let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
        self.params.push(FoundParam { name, schema, pointer: pointer.to_owned(), path: path.clone(), required, texts });
        if let Value::Object(inner) = schema {
            self.object(root, inner, &place, &path, level + 1);
        }
    }

    /// The description of a schema, and what is said of the values that it lists.
    fn texts(&mut self, schema: &'t Value, place: &str, texts: &mut Vec<(&'t str, String)>, depth: usize) {
        let keys: &[&str] = if depth == 0 { &["description"] } else { &["description", "title"] };
        for key in keys {
            if let Some(text) = schema.get(*key).and_then(Value::as_str)
                && !text.is_empty()
                && texts.iter().all(|(known, _)| *known != text)
            {
                texts.push((text, format!("{place}/{key}")));
            }
        }
        if depth > MAX_DEPTH || texts.len() > MAX_TEXTS {
            self.full |= texts.len() > MAX_TEXTS;
            self.deep |= depth > MAX_DEPTH;
            return;
        }
        if let Some(Value::Object(items)) = schema.get("items")
            && !items.contains_key("properties")
        {
            self.texts(&schema["items"], &format!("{place}/items"), texts, depth + 1);
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for (index, part) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.texts(part, &format!("{place}/{key}/{index}"), texts, depth + 1);
            }
        }
    }

    fn foreign(&mut self, reference: &str) {
        let mut what = format!("a schema that stands elsewhere ({reference})");
        what.truncate(what.char_indices().take(160).last().map_or(0, |(at, letter)| at + letter.len_utf8()));
        if !self.unread.contains(&what) && self.unread.len() < 4 {
            self.unread.push(what);
        }
    }
}

/// A key as a part of a JSON pointer.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(schema: &Value) -> Vec<String> {
        let walk = walk(schema.as_object().expect("an object"));
        walk.params.iter().map(|param| param.name.to_owned()).collect()
    }

    #[test]
    fn parameters_are_found_at_any_depth() {
        let schema = json!({
            "$ref": "#/$defs/P",
            "allOf": [{ "properties": { "b": { "type": "object", "properties": { "c": {} } } } }],
            "properties": { "d": { "type": "array", "items": { "$ref": "#/$defs/Q" } } },
            "patternProperties": { "^e$": {} },
            "$defs": { "P": { "properties": { "a": { "$ref": "#/$defs/P" } } }, "Q": { "properties": { "f": {} } } }
        });
        let found = names(&schema);
        for name in ["a", "b", "c", "d", "^e$", "f"] {
            assert!(found.iter().any(|known| known == name), "{name} in {found:?}");
        }
    }

    #[test]
    fn what_lies_too_deep_is_unread_and_a_circle_is_not() {
        let mut deep = json!({ "properties": { "wipe_everything": {} } });
        for _ in 0..20 {
            deep = json!({ "properties": { "inner": deep } });
        }
        assert_eq!(walk(deep.as_object().expect("an object")).unread, ["schemas nested deeper than 16"]);
        let circle = json!({ "properties": { "node": { "$ref": "#/$defs/N" } },
            "$defs": { "N": { "properties": { "next": { "$ref": "#/$defs/N" }, "name": {} } } } });
        let read = walk(circle.as_object().expect("an object"));
        assert!(read.unread.is_empty() && read.params.len() == 3, "{:?}", read.unread);
    }

    #[test]
    fn a_schema_elsewhere_is_unread() {
        let schema = json!({ "properties": { "a": { "$ref": "https://schemas.example/a.json" } } });
        assert_eq!(walk(schema.as_object().expect("an object")).unread.len(), 1);
    }
}
