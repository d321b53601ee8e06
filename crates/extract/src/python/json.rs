//! Between the values of a walk and JSON.

use super::value::Value;
use crate::engine::json::{self, Holes, Part, Values};
use serde_json::{Number, Value as Json};
use std::rc::Rc;

/// `value` as JSON. What is not known is left out, and `holes` gets the JSON pointer of where it was.
pub(super) fn to_json(value: &Value, holes: &mut Vec<String>) -> Option<Json> {
    let mut found = Holes::default();
    let json = json::write(&mut Python, value, &mut found);
    holes.extend(found.pointers());
    json
}

struct Python;

impl Values for Python {
    type Value = Value;

    fn part(&mut self, value: &Value, _: &mut Holes) -> Part<Value> {
        match value {
            Value::Usual(held) => Part::Is(held.0.clone()),
            Value::None => Part::Json(Json::Null),
            Value::Bool(value) => Part::Json(Json::Bool(*value)),
            Value::Int(value) => Part::Json(Json::from(*value)),
            Value::Float(value) => Number::from_f64(*value).map_or(Part::Nothing, |number| Part::Json(number.into())),
            Value::Str(text) => Part::Json(Json::from(&**text)),
            Value::List(items) => Part::Items { items: items.borrow().clone(), is_open: false },
            Value::Tuple(items) => Part::Items { items: items.to_vec(), is_open: false },
            Value::Dict(pairs) => {
                let members = pairs.borrow().iter().map(|(key, value)| (key_text(key), value.clone())).collect();
                Part::Members { members, is_open: false }
            }
            // A member of an enumeration stands for its value; an object of a model for its fields.
            Value::Instance(instance) => match instance.attributes.borrow().get("_value_") {
                Some(value) => Part::Is(value.clone()),
                None => Part::Hole,
            },
            _ => Part::Hole,
        }
    }
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
