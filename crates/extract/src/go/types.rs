//! JSON Schema of Go types: struct tags (`json`, `jsonschema`, `jsonschema_description`), and schemas that are written
//! out as values of a schema library.

use super::register::no_parameters;
use crate::program::ast::{Class, Field, Type};
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::schema::{self, Property, Shape, Trouble, Types};
use crate::program::source::FileId;
use crate::program::value::Value;
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

#[derive(Debug, Default)]
pub(super) struct GoTypes;

impl GoTypes {
    /// The schema of a handler's input.
    pub(super) fn schema<'t>(machine: &mut Machine<'t>, ty: &Type<'t>, file: FileId, trouble: &mut Trouble) -> Json {
        if matches!(&*ty.name, "any" | "map" | "interface{}") {
            return no_parameters();
        }
        schema::of_type(machine, &GoTypes, &Type { nullable: false, ..ty.clone() }, file, trouble, 0)
    }
}

impl Types for GoTypes {
    fn shape<'t>(&self, ty: &Type<'t>) -> Option<Shape<'t>> {
        let first = || ty.args.first().cloned().unwrap_or_else(|| Type::named("any"));
        Some(match &*ty.name {
            "string" | "error" => Shape::Plain(json!({ "type": "string" })),
            "bool" => Shape::Plain(json!({ "type": "boolean" })),
            "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64"
            | "byte" | "rune" | "uintptr" | "time.Duration" => Shape::Plain(json!({ "type": "integer" })),
            "float32" | "float64" => Shape::Plain(json!({ "type": "number" })),
            "time.Time" => Shape::Plain(json!({ "type": "string" })),
            "any" | "json.RawMessage" => Shape::Plain(json!({})),
            "[]" if ty.args.first().is_some_and(|item| &*item.name == "byte") => {
                Shape::Plain(json!({ "type": "string" }))
            }
            "[]" => Shape::List(first()),
            "map" => Shape::Map(ty.args.get(1).cloned().unwrap_or_else(|| Type::named("any"))),
            _ => return None,
        })
    }

    fn properties<'t>(&self, _: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Vec<Property<'t>> {
        let texts: Vec<Option<String>> =
            class.fields.iter().map(|field| tag(field, "jsonschema").map(unquote)).collect();
        let tags: Vec<Option<Vec<&str>>> =
            texts.iter().map(|text| text.as_ref().map(|text| text.split(',').collect())).collect();
        // Two libraries read the same tag: one takes all of it for the description, the other takes it for pairs.
        let is_pairs = |parts: &Vec<&str>| parts.iter().any(|part| *part == "required" || part.contains('='));
        let pairs = tags.iter().flatten().any(is_pairs)
            || class.fields.iter().any(|f| tag(f, "jsonschema_description").is_some());
        let mut properties = Vec::new();
        for (field, own) in class.fields.iter().zip(&tags) {
            let written = tag(field, "json").unwrap_or_default();
            let (name, options) = written.split_once(',').unwrap_or((written, ""));
            if !field.is_public || written == "-" || own.as_ref().is_some_and(|parts| parts.as_slice() == ["-"]) {
                continue;
            }
            let is_flat = field.name.is_empty() && name.is_empty();
            let name = if name.is_empty() { &field.name } else { name };
            let mut property = Property::new(name, field.ty.clone(), class.site.file);
            property.is_flat = is_flat;
            let is_optional = options.split(',').any(|option| matches!(option, "omitempty" | "omitzero"));
            property.is_required = !is_optional;
            if let Some(ty) = property.ty.as_mut().filter(|_| is_flat || pairs || is_optional) {
                // The libraries differ on pointers; what may be left out is not said to be null as well.
                ty.nullable = false;
            }
            if pairs {
                let parts = own.clone().unwrap_or_default();
                let says_required = tags.iter().flatten().flatten().any(|part| *part == "required");
                if says_required {
                    property.is_required = parts.contains(&"required");
                }
                read_pairs(&mut property, field, &parts);
            } else if let Some(text) = tag(field, "jsonschema").filter(|text| !text.is_empty()) {
                property.description = Value::text(&unquote(text));
            }
            properties.push(property);
        }
        properties
    }

    fn choices<'t>(&self, _: &mut Machine<'t>, _: &Rc<Class<'t>>) -> Json {
        json!({})
    }

    fn finish_class(&self, _: &Class<'_>, schema: &mut Map<String, Json>) {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }

    fn nullable(&self, schema: Json) -> Json {
        match schema {
            Json::Object(mut object) => {
                if let Some(Json::String(kind)) = object.get("type").cloned() {
                    object.insert("type".to_owned(), json!(["null", kind]));
                }
                Json::Object(object)
            }
            other => other,
        }
    }
}

/// `required,description=...,enum=a,enum=b,default=...`.
fn read_pairs(property: &mut Property<'_>, field: &Field<'_>, parts: &[&str]) {
    let mut choices = Vec::new();
    let mut open: Option<String> = None;
    for part in parts {
        match part.split_once('=') {
            Some(("description", text)) => {
                // A comma inside of the text is written `\,` and was taken for a separator.
                open = text.strip_suffix('\\').map(|text| format!("{text},"));
                property.description = Value::text(open.as_deref().unwrap_or(text));
            }
            Some(("enum", value)) => choices.push(json!(value)),
            Some(("default", value)) => {
                let numeric = field.ty.as_ref().is_some_and(|ty| !matches!(&*ty.name, "string"));
                let parsed = serde_json::from_str(value).ok().filter(|_| numeric);
                property.default = Some(parsed.unwrap_or_else(|| json!(value)));
            }
            Some((key @ ("minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems"), value)) => {
                let key = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"]
                    .into_iter()
                    .find(|k| *k == key);
                if let (Some(key), Ok(number)) = (key, serde_json::from_str::<serde_json::Number>(value)) {
                    property.extra.push((key, Json::Number(number)));
                }
            }
            None if open.is_some() => {
                let text = format!("{}{part}", open.take().unwrap_or_default());
                open = text.strip_suffix('\\').map(|text| format!("{text},"));
                property.description = Value::text(open.as_deref().unwrap_or(&text));
            }
            _ => {}
        }
    }
    if let Some(text) = tag(field, "jsonschema_description") {
        property.description = Value::text(&unquote(text));
    }
    if !choices.is_empty() {
        property.extra.push(("enum", Json::Array(choices)));
    }
}

/// The part of a field's tag that is meant for `key`.
pub(super) fn tag<'a>(field: &'a Field<'_>, key: &str) -> Option<&'a str> {
    let mut rest = field.tag.as_deref()?;
    while let Some((name, after)) = rest.trim_start().split_once(":\"") {
        let mut end = None;
        let mut escaped = false;
        for (at, byte) in after.bytes().enumerate() {
            match byte {
                b'\\' if !escaped => escaped = true,
                b'"' if !escaped => {
                    end = Some(at);
                    break;
                }
                _ => escaped = false,
            }
        }
        let end = end?;
        if name == key {
            return Some(&after[..end]);
        }
        rest = &after[end + 1..];
    }
    None
}

fn unquote(text: &str) -> String {
    crate::program::literal::unescape(text)
}

/// A value of a schema library's type (`&jsonschema.Schema{Type: "object"}`, `mcp.ToolInputSchema{...}`) as the schema
/// that it stands for.
pub(super) fn jsonschema_value(value: &Value<'_>, holes: &mut Vec<String>, depth: u32) -> Option<Json> {
    if depth > 20 {
        holes.push("depth".to_owned());
        return None;
    }
    match value {
        Value::Object(object) if object.class.is_none() => {
            let mut schema = Map::new();
            for (name, value) in object.fields.borrow().iter() {
                let key = match &**name {
                    "ReadOnly" => "readOnly".to_owned(),
                    "ID" => "$id".to_owned(),
                    "Ref" => "$ref".to_owned(),
                    "Defs" => "$defs".to_owned(),
                    name => {
                        name.chars().next().map(|first| first.to_lowercase().chain(name.chars().skip(1)).collect())?
                    }
                };
                if let Some(value) = jsonschema_value(value, holes, depth + 1) {
                    schema.insert(key, value);
                }
            }
            // The order in which the author wrote them is lost; `type` reads best in front.
            let kind = schema.shift_remove("type");
            let mut ordered = Map::new();
            ordered.extend(kind.map(|kind| ("type".to_owned(), kind)));
            ordered.extend(schema);
            Some(Json::Object(ordered))
        }
        Value::Map(pairs) => {
            let mut object = Map::new();
            for (key, value) in pairs.borrow().iter() {
                match (key.as_text(), jsonschema_value(value, holes, depth + 1)) {
                    (Some(key), Some(value)) => drop(object.insert(key.to_string(), value)),
                    _ => holes.push("key".to_owned()),
                }
            }
            Some(Json::Object(object))
        }
        Value::List(items) => Some(Json::Array(
            items.borrow().iter().filter_map(|item| jsonschema_value(item, holes, depth + 1)).collect(),
        )),
        // `mcp.Raw(...)` and the like hand their text on.
        Value::Made(made) if made.args.len() == 1 => jsonschema_value(&made.args[0].1, holes, depth + 1),
        other => to_json(other, "", holes),
    }
}
