//! Values as JSON and JSON as values, with a note for every part of a value that is not known.

use super::machine::Machine;
use super::schema::Conversion;
use super::value::{Property, Shape, Value};
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
        let mut conversion = Conversion::new(self.dialect);
        let json = self.json(value, &mut conversion)?;
        conversion.unresolved.is_empty().then_some(json)
    }

    /// A value as JSON, as `JSON.stringify` would write it. Parts that are not known are left out and noted; `None` when
    /// the value has no JSON at all.
    pub(super) fn json(&mut self, value: &Value, conversion: &mut Conversion) -> Option<Json> {
        if !self.step() || !conversion.enter() {
            conversion.note();
            return None;
        }
        let json = self.json_kind(value, conversion);
        conversion.exit();
        json
    }

    fn json_kind(&mut self, value: &Value, conversion: &mut Conversion) -> Option<Json> {
        match value {
            Value::Undefined => None,
            Value::Null => Some(Json::Null),
            Value::Bool(value) => Some(Json::Bool(*value)),
            Value::Number(number) => Some(number_json(*number)),
            Value::Text(text) => Some(Json::String(text.to_string())),
            Value::Schema(schema) => Some(schema.to_json(conversion)),
            Value::Setting(setting) if !setting.plain.is_nullish() => self.json(&setting.plain.clone(), conversion),
            Value::When(inner) => self.json(&inner.value.clone(), conversion),
            Value::Unknown | Value::Setting(_) | Value::Foreign(_) => {
                conversion.note();
                None
            }
            Value::Object(id) => match &self.object(*id).shape {
                Shape::Function(_) | Shape::Class(_) | Shape::Bound(..) => None,
                Shape::Proxy(target, _) => {
                    conversion.note();
                    self.json(&target.clone(), conversion)
                }
                Shape::List(elements) => {
                    let elements = elements.clone();
                    if self.object(*id).open {
                        conversion.note();
                    }
                    let mut out = Vec::new();
                    for element in elements {
                        out.extend(self.json(&element, conversion));
                    }
                    Some(Json::Array(out))
                }
                Shape::Map(_) | Shape::Set(_) => Some(Json::Object(Map::new())),
                Shape::Plain | Shape::Module(_) => {
                    let (members, open) = self.members(value)?;
                    if open {
                        conversion.note();
                    }
                    let mut out = Map::new();
                    for (name, member) in members.into_iter().filter(|(name, _)| !super::member::is_symbol(name)) {
                        conversion.push(&name);
                        let member = self.json(&member, conversion);
                        conversion.pop();
                        if let Some(member) = member {
                            out.insert(name.to_string(), member);
                        }
                    }
                    Some(Json::Object(out))
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
