//! Between the values of a walk and JSON.

use super::value::Value;
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// How deep a value may nest to be written as JSON.
const MAX_DEPTH: usize = 60;

/// `value` as JSON. What is not known is left out, and `holes` gets the JSON pointer of where it was.
pub(super) fn to_json(value: &Value, pointer: &str, holes: &mut Vec<String>) -> Option<Json> {
    write(value, pointer, holes, 0)
}

fn write(value: &Value, pointer: &str, holes: &mut Vec<String>, depth: usize) -> Option<Json> {
    if depth > MAX_DEPTH {
        holes.push(pointer.to_owned());
        return None;
    }
    Some(match value {
        Value::Usual(held) => return write(&held.0, pointer, holes, depth + 1),
        Value::None => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => serde_json::Number::from_f64(*value).map(Json::Number)?,
        Value::Str(text) => Json::String(text.to_string()),
        Value::List(items) => write_items(&items.borrow(), pointer, holes, depth),
        Value::Tuple(items) => write_items(items, pointer, holes, depth),
        Value::Dict(pairs) => {
            let mut object = Map::new();
            for (key, value) in pairs.borrow().iter() {
                let Some(key) = key_text(key) else {
                    holes.push(pointer.to_owned());
                    continue;
                };
                let below = mcpdex_model::text::pointer_to(pointer, &key);
                if let Some(value) = write(value, &below, holes, depth + 1) {
                    object.insert(key, value);
                }
            }
            Json::Object(object)
        }
        // A member of an enumeration stands for its value; an object of a model for its fields.
        Value::Instance(instance) => {
            let attributes = instance.attributes.borrow();
            match attributes.get("_value_") {
                Some(value) => return write(value, pointer, holes, depth + 1),
                None => {
                    holes.push(pointer.to_owned());
                    return None;
                }
            }
        }
        _ => {
            holes.push(pointer.to_owned());
            return None;
        }
    })
}

fn write_items(items: &[Value], pointer: &str, holes: &mut Vec<String>, depth: usize) -> Json {
    let write_one = |(at, item): (usize, &Value)| write(item, &format!("{pointer}/{at}"), holes, depth + 1);
    Json::Array(items.iter().enumerate().filter_map(write_one).collect())
}

fn key_text(key: &Value) -> Option<String> {
    match key {
        Value::Int(value) => Some(value.to_string()),
        key => key.as_text().map(|text| text.to_string()),
    }
}

/// JSON as a value.
pub(super) fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Value::Int(value),
            (None, Some(value)) => Value::Float(value),
            (None, None) => Value::Unknown,
        },
        Json::String(text) => Value::Str(Rc::from(text.as_str())),
        Json::Array(items) => Value::list(items.iter().map(to_value).collect()),
        Json::Object(object) => {
            Value::dict(object.iter().map(|(key, value)| (Value::text(key.as_str()), to_value(value))).collect())
        }
    }
}
