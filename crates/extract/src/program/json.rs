//! What the values of a walk are in JSON.

use super::value::Value;
use crate::engine::json::{self, Holes, Part, Values};
use serde_json::Value as Json;
use std::marker::PhantomData;

struct Program<'t>(PhantomData<Value<'t>>);

impl<'t> Values for Program<'t> {
    type Value = Value<'t>;

    fn part(&mut self, value: &Value<'t>, _: &mut Holes) -> Part<Value<'t>> {
        match value {
            Value::Null => Part::Json(Json::Null),
            Value::Bool(value) => Part::Json(Json::Bool(*value)),
            Value::Number(number) => Part::Json(Json::Number(number.clone())),
            Value::Text(text) => Part::Json(Json::from(&**text)),
            Value::List(items) => Part::Items { items: items.borrow().clone(), is_open: false },
            Value::Map(pairs) => {
                let member =
                    |(key, value): &(Value<'t>, Value<'t>)| (key.as_text().map(|key| key.to_string()), value.clone());
                Part::Members { members: pairs.borrow().iter().map(member).collect(), is_open: false }
            }
            // A constant of an enumeration is its name.
            Value::Object(object) => match object.get("$name") {
                Some(name @ Value::Text(_)) => Part::Is(name.clone()),
                _ => Part::Hole,
            },
            _ => Part::Hole,
        }
    }
}

/// `value` as JSON, where `at` is its place. What is not known is left out, and `holes` gets the place where it was.
pub(crate) fn to_json(value: &Value<'_>, at: &str, holes: &mut Vec<String>) -> Option<Json> {
    let mut found = Holes::default();
    let json = json::write(&mut Program(PhantomData), value, &mut found);
    holes.extend(found.pointers().map(|place| format!("{at}{place}")));
    json
}
