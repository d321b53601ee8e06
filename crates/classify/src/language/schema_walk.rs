//! A tool's input schema in, every parameter at any depth out: through references, combinations, items, nested objects and
//! names given as patterns. It decides nothing; what it could not follow it says.

use crate::language::shared_text::SharedText;
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
    pub pointer: SharedText<'t>,
    /// The names that lead to it: `request.action`; its own name for the parameters of the call itself.
    pub path: SharedText<'t>,
    pub required: bool,
    /// Descriptions and titles of it and of the values it accepts, each with its pointer.
    pub texts: Vec<(&'t str, SharedText<'t>)>,
}

/// What was found in a schema.
#[derive(Debug)]
pub(crate) struct SchemaWalk<'t> {
    pub params: Vec<FoundParam<'t>>,
    /// What was not read.
    pub unread: Vec<String>,
    root: &'t Map<String, Value>,
    seen: usize,
    full: bool,
    /// Something stands deeper than is followed.
    deep: bool,
    /// The schemas that are being read: a reference back to one of them leads nowhere new.
    open: Vec<&'t Map<String, Value>>,
}

/// The keys of a schema under which schemas of parameters stand, looked up in one pass.
#[derive(Debug, Default)]
struct Keys<'t> {
    reference: Option<&'t str>,
    required: &'t [Value],
    properties: [Option<&'t Map<String, Value>>; 2],
    lists: [&'t [Value]; 4],
    parts: [Option<&'t Map<String, Value>>; 6],
}

const PROPERTIES: [&str; 2] = ["properties", "patternProperties"];
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const PARTS: [&str; 6] = ["items", "additionalProperties", "then", "else", "if", "contains"];

impl<'t> Keys<'t> {
    fn of(schema: &'t Map<String, Value>) -> Keys<'t> {
        let mut keys = Keys::default();
        for (key, value) in schema {
            match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => keys.reference = Some(reference),
                ("required", Value::Array(names)) => keys.required = names,
                (key, Value::Object(object)) => {
                    if let Some(at) = PROPERTIES.iter().position(|known| *known == key) {
                        keys.properties[at] = Some(object);
                    } else if let Some(at) = PARTS.iter().position(|known| *known == key) {
                        keys.parts[at] = Some(object);
                    }
                }
                (key, Value::Array(list)) => {
                    if let Some(at) = LISTS.iter().position(|known| *known == key) {
                        keys.lists[at] = list;
                    }
                }
                _ => {}
            }
        }
        keys
    }
}

/// The value of a key; most schemas have so few that looking at each is quicker than reckoning where it stands.
pub(crate) fn member<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    const FEW: usize = 8;
    if object.len() > FEW {
        return object.get(key);
    }
    object.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
}

/// The same of a value that may be an object.
pub(crate) fn member_of<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    member(value.as_object()?, key)
}

/// Reads `schema`, the input schema of a tool.
pub(crate) fn walk(schema: &Map<String, Value>) -> SchemaWalk<'_> {
    let mut walk = SchemaWalk {
        params: Vec::new(),
        unread: Vec::new(),
        root: schema,
        seen: 0,
        full: false,
        deep: false,
        open: Vec::new(),
    };
    let mut pointer = String::with_capacity(128);
    pointer.push_str("/inputSchema");
    walk.object(schema, &mut pointer, "", 0);
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

/// Does something with `pointer` led on by `key`, or by an index; afterwards it is what it was.
fn led_on<T>(pointer: &mut String, key: &str, index: Option<usize>, act: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    pointer.push('/');
    if key.contains(['~', '/']) {
        pointer.push_str(&escape(key));
    } else {
        pointer.push_str(key);
    }
    if let Some(index) = index {
        pointer.push('/');
        pointer.push_str(&index.to_string());
    }
    let done = act(pointer);
    pointer.truncate(length);
    done
}

impl<'t> SchemaWalk<'t> {
    fn object(&mut self, schema: &'t Map<String, Value>, pointer: &mut String, parent: &str, level: usize) {
        if self.open.iter().any(|open| std::ptr::eq(*open, schema)) {
            return;
        }
        self.seen += 1;
        if level > MAX_DEPTH || self.seen > MAX_SCHEMAS {
            self.full |= self.seen > MAX_SCHEMAS;
            self.deep |= level > MAX_DEPTH;
            return;
        }
        self.open.push(schema);
        let keys = Keys::of(schema);
        if let Some(reference) = keys.reference {
            match resolve(self.root, reference) {
                Some((Value::Object(target), mut place)) => self.object(target, &mut place, parent, level + 1),
                Some(_) => {}
                None => self.foreign(reference),
            }
        }
        for (key, properties) in PROPERTIES.iter().zip(keys.properties) {
            for (name, property) in properties.into_iter().flatten() {
                let required = keys.required.iter().any(|one| one.as_str() == Some(name));
                led_on(pointer, key, None, |pointer| {
                    led_on(pointer, name, None, |pointer| {
                        self.param(name, property, pointer, parent, level, required);
                    });
                });
            }
        }
        for (key, list) in LISTS.iter().zip(keys.lists) {
            for (index, part) in list.iter().enumerate() {
                if let Value::Object(part) = part {
                    led_on(pointer, key, Some(index), |pointer| self.object(part, pointer, parent, level + 1));
                }
            }
        }
        for (key, part) in PARTS.iter().zip(keys.parts) {
            if let Some(part) = part {
                led_on(pointer, key, None, |pointer| self.object(part, pointer, parent, level + 1));
            }
        }
        self.open.pop();
    }

    fn param(
        &mut self,
        name: &'t str,
        property: &'t Value,
        pointer: &mut String,
        parent: &str,
        level: usize,
        required: bool,
    ) {
        if self.params.len() >= MAX_PARAMETERS {
            self.full = true;
            return;
        }
        let declared = SharedText::made(pointer);
        let mut texts = Vec::new();
        let mut schema = property;
        // Where the schema stands, once it is another one.
        let mut moved: Option<String> = None;
        for _ in 0..MAX_DEPTH {
            self.texts(schema, moved.as_mut().unwrap_or(pointer), &mut texts, 0);
            let alone = member_of(schema, "allOf").and_then(Value::as_array).filter(|list| list.len() == 1);
            if let Some(only) = alone.and_then(|list| list.first()) {
                moved = Some(format!("{}/allOf/0", moved.as_ref().unwrap_or(pointer)));
                schema = only;
                continue;
            }
            let Some(reference) = member_of(schema, "$ref").and_then(Value::as_str) else { break };
            match resolve(self.root, reference) {
                Some((target, place)) => {
                    schema = target;
                    moved = Some(place);
                }
                None => {
                    self.foreign(reference);
                    break;
                }
            }
        }
        let path = if parent.is_empty() {
            SharedText::Borrowed(name)
        } else {
            SharedText::made(&[parent, ".", name].concat())
        };
        self.params.push(FoundParam { name, schema, pointer: declared, path: path.clone(), required, texts });
        if let Value::Object(inner) = schema {
            self.object(inner, moved.as_mut().unwrap_or(pointer), &path, level + 1);
        }
    }

    /// The description of a schema, and what is said of the values that it lists.
    fn texts(
        &mut self,
        schema: &'t Value,
        place: &mut String,
        texts: &mut Vec<(&'t str, SharedText<'t>)>,
        depth: usize,
    ) {
        let keys: &[&str] = if depth == 0 { &["description"] } else { &["description", "title"] };
        for key in keys {
            if let Some(text) = member_of(schema, key).and_then(Value::as_str)
                && !text.is_empty()
                && texts.iter().all(|(known, _)| *known != text)
            {
                texts.push((text, led_on(place, key, None, |place| SharedText::made(place))));
            }
        }
        if depth > MAX_DEPTH || texts.len() > MAX_TEXTS {
            self.full |= texts.len() > MAX_TEXTS;
            self.deep |= depth > MAX_DEPTH;
            return;
        }
        let Value::Object(object) = schema else { return };
        if let Some(part @ Value::Object(items)) = member(object, "items")
            && !items.contains_key("properties")
        {
            led_on(place, "items", None, |place| self.texts(part, place, texts, depth + 1));
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for (index, part) in member(object, key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                led_on(place, key, Some(index), |place| self.texts(part, place, texts, depth + 1));
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
