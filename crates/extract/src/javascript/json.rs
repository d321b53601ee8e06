//! Values as JSON and JSON as values, with a note for every part of a value that is not known.

use super::machine::Machine;
use super::schema;
use super::value::{Property, Shape, Value};
use crate::engine::json::{self, Holes, Part, Values};
use serde_json::{Map, Number, Value as Json};

/// Whole numbers up to this are exact in a double.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

impl<'t> Machine<'t> {
    /// The value of a JSON text; unknown when it is not JSON.
    pub(super) fn parse_json(&mut self, text: &str) -> Value {
        match serde_json::from_str::<Json>(text) {
            Ok(json) => self.imported(&json),
            Err(_) => Value::Unknown,
        }
    }

    /// A JSON value as a value of the program.
    pub(super) fn imported(&mut self, json: &Json) -> Value {
        if !self.step() {
            return Value::Unknown;
        }
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => Value::text(text),
            Json::Array(elements) => {
                let elements = elements.iter().map(|element| self.imported(element)).collect();
                self.list(elements, false)
            }
            Json::Object(members) => {
                let id = self.plain();
                for (name, member) in members {
                    let value = self.imported(member);
                    self.object_mut(id).properties.insert(name.as_str().into(), Property::Data(value));
                }
                Value::Object(id)
            }
        }
    }

    /// A value as JSON when every part of it is known.
    pub(super) fn known_json(&mut self, value: &Value) -> Option<Json> {
        let mut holes = schema::holes();
        let json = self.json(value, &mut holes)?;
        holes.is_empty().then_some(json)
    }

    /// A value as JSON, as `JSON.stringify` would write it. Parts that are not known are left out and noted; `None` when
    /// the value has no JSON at all.
    pub(super) fn json(&mut self, value: &Value, holes: &mut Holes) -> Option<Json> {
        json::write(self, value, holes)
    }
}

impl Values for Machine<'_> {
    type Value = Value;

    fn part(&mut self, value: &Value, holes: &mut Holes) -> Part<Value> {
        if !self.step() {
            return Part::Hole;
        }
        match value {
            Value::Undefined => Part::Nothing,
            Value::Null => Part::Json(Json::Null),
            Value::Bool(value) => Part::Json(Json::Bool(*value)),
            Value::Number(number) => Part::Json(number_json(*number)),
            Value::Text(text) => Part::Json(Json::from(&**text)),
            Value::Schema(schema) => Part::Json(schema.to_json(self.dialect, holes)),
            Value::Setting(setting) if !setting.plain.is_nullish() => Part::Is(setting.plain.clone()),
            Value::When(inner) => Part::Is(inner.value.clone()),
            Value::Unknown | Value::Setting(_) | Value::Foreign(_) => Part::Hole,
            Value::Object(id) => match &self.object(*id).shape {
                Shape::Function(_) | Shape::Class(_) | Shape::Bound(..) => Part::Nothing,
                Shape::Proxy(target, _) => {
                    holes.note();
                    Part::Is(target.clone())
                }
                Shape::List(items) => Part::Items { items: items.clone(), is_open: self.object(*id).open },
                Shape::Map(_) | Shape::Set(_) => Part::Json(Json::Object(Map::new())),
                Shape::Plain | Shape::Module(_) => {
                    let Some((members, is_open)) = self.members(value) else { return Part::Nothing };
                    let named = members.into_iter().filter(|(name, _)| !super::member::is_symbol(name));
                    let members = named.map(|(name, member)| (Some(name.to_string()), member)).collect();
                    Part::Members { members, is_open }
                }
            },
        }
    }
}

fn number_json(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() <= MAX_EXACT {
        // Exact: whole and within the range of integers.
        Json::Number(Number::from(number as i64))
    } else {
        Number::from_f64(number).map_or(Json::Null, Json::Number)
    }
}
