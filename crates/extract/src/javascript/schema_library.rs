//! Schemas of libraries that are not built like zod: TypeBox, valibot, arktype and Effect. Calls in, [`Schema`] values out.

use super::machine::Machine;
use super::schema::{Form, Rest, Schema};
use super::value::{Foreign, Origin, Property, Text, Value};
use serde_json::{Value as Json, json};
use std::rc::Rc;

/// Under these names a pipe of valibot keeps what one of its steps says. No program can write them.
const STEP: &str = "\0step";
const STEP_VALUE: &str = "\0value";

impl<'t> Machine<'t> {
    /// The schema that a call of one of these libraries makes, or the step of a pipe.
    pub(super) fn library_schema(&mut self, callee: &Foreign, arguments: &[Value]) -> Option<Value> {
        let Origin::Package(package) = &callee.origin else { return None };
        let schema = match package.as_ref() {
            "@sinclair/typebox" | "typebox" => self.typebox(callee.last(), arguments)?,
            "valibot" => return self.valibot(callee.last(), arguments),
            "arktype" => self.arktype(callee, arguments)?,
            "effect" | "effect/Schema" | "@effect/schema" | "@effect/schema/Schema" => {
                self.effect(callee, arguments)?
            }
            _ => return None,
        };
        Some(Value::Schema(Rc::new(schema)))
    }

    /// The schema that a value of one of these libraries is without being called: `Schema.String`.
    pub(super) fn named_schema(&self, foreign: &Foreign) -> Option<Schema> {
        let Origin::Package(package) = &foreign.origin else { return None };
        if !package.starts_with("effect") && !package.starts_with("@effect/schema") {
            return None;
        }
        Some(match foreign.last() {
            "String" | "NonEmptyString" | "Trim" | "NonEmptyTrimmedString" => Schema::of_type("string"),
            "Number" | "Finite" | "Positive" | "NonNegative" => Schema::of_type("number"),
            "Int" => Schema::of_type("integer"),
            "Boolean" => Schema::of_type("boolean"),
            "Null" => Schema::of_type("null"),
            "Unknown" | "Any" => Schema::new(Form::Any),
            "Date" | "DateFromString" => Schema::plain(json!({ "type": "string", "format": "date-time" })),
            "UUID" => Schema::plain(json!({ "type": "string", "format": "uuid" })),
            _ => return None,
        })
    }

    fn typebox(&mut self, name: &str, arguments: &[Value]) -> Option<Schema> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        let mut options = second.clone();
        let mut schema = match name {
            "String" | "Number" | "Integer" | "Boolean" | "Null" => {
                options = first;
                Schema::of_type(&name.to_ascii_lowercase())
            }
            "Any" | "Unknown" => {
                options = first;
                Schema::new(Form::Any)
            }
            "Object" => self.object_schema(&first, Rest::Unsaid),
            "Array" => Schema::new(Form::Array(self.schema_of(&first))),
            "Optional" => Schema { optional: true, ..(*self.schema_of(&first)).clone() },
            "Readonly" => (*self.schema_of(&first)).clone(),
            "Literal" => self.choices(&first),
            "Enum" => self.choices(&first),
            "Union" => self.union(&first),
            "Record" => {
                options = arguments.get(2).cloned().unwrap_or(Value::Undefined);
                Schema::new(Form::Record(Some(self.schema_of(&second))))
            }
            "Tuple" => match self.elements(&first) {
                Some((elements, false)) => {
                    Schema::new(Form::Tuple(elements.iter().map(|element| self.schema_of(element)).collect()))
                }
                _ => return None,
            },
            "Partial" | "Required" | "Pick" | "Omit" | "Composite" | "Intersect" => Schema::new(Form::Unresolved),
            "Unsafe" => match self.known_json(&first) {
                Some(fragment) => Schema::plain(fragment),
                None => Schema::new(Form::Unresolved),
            },
            _ => return None,
        };
        if let Some((members, _)) = self.members(&options) {
            for (keyword, value) in members {
                match (keyword.as_ref(), self.known_json(&value)) {
                    ("description", Some(Json::String(text))) => schema.description = Some(text.as_str().into()),
                    ("default", Some(value)) => schema.default = Some(value),
                    (keyword, Some(value)) => drop(schema.extra.insert(keyword.to_owned(), value)),
                    (_, None) => {}
                }
            }
        }
        Some(schema)
    }

    fn valibot(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        let schema = match name {
            "string" | "number" | "boolean" | "any" | "unknown" | "date" | "null" | "null_" | "bigint" | "never" => {
                self.make(name.trim_end_matches('_'), &[])
            }
            "literal" | "picklist" | "enum" | "enum_" => self.choices(&first),
            "object" => self.object_schema(&first, Rest::Unsaid),
            "strictObject" => self.object_schema(&first, Rest::Refused),
            "looseObject" | "objectWithRest" => self.object_schema(&first, Rest::Accepted),
            "array" | "record" | "union" | "tuple" | "lazy" => self.make(name, arguments),
            "variant" => self.union(&second),
            "intersect" => match self.elements(&first).map(|(parts, _)| parts) {
                Some(parts) if parts.len() == 2 => self.make("intersection", &parts),
                _ => Schema::new(Form::Unresolved),
            },
            "optional" | "exactOptional" | "undefinedable" | "nullish" | "nullable" => {
                let mut schema = (*self.schema_of(&first)).clone();
                schema.optional |= name != "nullable";
                schema.nullable |= name.starts_with("null");
                schema.default = self.default_json(&second).or(schema.default);
                schema
            }
            "pipe" => {
                let mut schema = self.schema_of(&first);
                for step in &arguments[1..] {
                    schema = self.valibot_step(schema, step);
                }
                (*schema).clone()
            }
            // A step of a pipe: kept until the pipe is made.
            _ => {
                let step = self.object_of(vec![(STEP.into(), Value::text(name)), (STEP_VALUE.into(), first)]);
                return Some(step);
            }
        };
        Some(Value::Schema(Rc::new(schema)))
    }

    fn valibot_step(&mut self, schema: Rc<Schema>, step: &Value) -> Rc<Schema> {
        let Value::Object(id) = step else { return schema };
        let property = |name: &str| match self.object(*id).properties.get(name) {
            Some(Property::Data(value)) => Some(value.clone()),
            _ => None,
        };
        let (Some(Value::Text(name)), Some(value)) = (property(STEP), property(STEP_VALUE)) else { return schema };
        let method = match name.as_ref() {
            "description" => "describe",
            "minValue" => "min",
            "maxValue" => "max",
            "integer" => "int",
            "isoDateTime" | "isoTimestamp" => "datetime",
            "isoDate" => "date",
            "metadata" => "meta",
            other => other,
        };
        if matches!(method, "transform" | "check" | "rawCheck" | "trim" | "title" | "regex" | "brand") {
            return schema;
        }
        match self.schema_method(&schema, method, &[value]) {
            Value::Schema(changed) => changed,
            _ => schema,
        }
    }

    fn arktype(&mut self, callee: &Foreign, arguments: &[Value]) -> Option<Schema> {
        match callee.path.as_ref() {
            "type" => Some((*self.ark(arguments.first()?)).clone()),
            "type.enumerated" => {
                let values = arguments.iter().filter_map(|value| self.known_json(value)).collect();
                Some(Schema::enumeration(values))
            }
            _ => None,
        }
    }

    /// A definition of arktype: a text, an object of definitions, or a schema.
    fn ark(&mut self, definition: &Value) -> Rc<Schema> {
        if !self.step() {
            return Rc::new(Schema::new(Form::Unresolved));
        }
        match definition {
            Value::Schema(schema) => schema.clone(),
            Value::Text(text) => Rc::new(ark_text(text)),
            Value::Object(_) => {
                let Some((members, open)) = self.members(definition) else {
                    return Rc::new(Schema::new(Form::Unresolved));
                };
                let mut shape: Vec<(Text, Rc<Schema>)> = Vec::new();
                for (name, value) in members {
                    let schema = self.ark(&value);
                    match name.strip_suffix('?') {
                        Some(name) => {
                            shape.push((name.into(), Rc::new(Schema { optional: true, ..(*schema).clone() })));
                        }
                        None => shape.push((name, schema)),
                    }
                }
                let rest = if open { Rest::Unresolved } else { Rest::Unsaid };
                Rc::new(Schema::new(Form::Object { shape, rest }))
            }
            _ => Rc::new(Schema::new(Form::Unresolved)),
        }
    }

    fn effect(&mut self, callee: &Foreign, arguments: &[Value]) -> Option<Schema> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        Some(match callee.last() {
            "Struct" => self.object_schema(&first, Rest::Refused),
            "Array" | "NonEmptyArray" => Schema::new(Form::Array(self.schema_of(&first))),
            "optional" | "optionalWith" | "optionalKey" => {
                Schema { optional: true, ..(*self.schema_of(&first)).clone() }
            }
            "NullOr" => Schema { nullable: true, ..(*self.schema_of(&first)).clone() },
            "Literal" | "Literals" => {
                let values = match self.elements(&first) {
                    Some((values, _)) => values,
                    None => arguments.to_vec(),
                };
                let values = values.iter().map(|value| self.known_json(value)).collect::<Option<Vec<Json>>>();
                values.map_or(Schema::new(Form::Unresolved), Schema::enumeration)
            }
            "Union" => {
                let options = match self.elements(&first) {
                    Some((options, _)) => options,
                    None => arguments.to_vec(),
                };
                Schema::new(Form::Union(options.iter().map(|option| self.schema_of(option)).collect()))
            }
            "Record" => {
                let value = self.member(&first, "value");
                Schema::new(Form::Record(Some(self.schema_of(&value))))
            }
            "annotations" | "annotate" => {
                let path = callee.path.rsplit_once('.').map_or("", |(path, _)| path);
                let of = Foreign { origin: callee.origin.clone(), path: path.into(), given: Vec::new() };
                let mut schema = self.named_schema(&of)?;
                if let Value::Text(text) = self.member(&first, "description") {
                    schema.description = Some(text);
                }
                schema
            }
            _ => return None,
        })
    }
}

/// What a text of arktype accepts.
fn ark_text(text: &str) -> Schema {
    let text = text.trim();
    let parts: Vec<&str> = text.split('|').map(str::trim).collect();
    let quoted = |part: &str| {
        let inner = part.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
        Some(Json::String(inner.to_owned()))
    };
    if let Some(values) = parts.iter().map(|part| quoted(part)).collect::<Option<Vec<Json>>>() {
        return Schema::enumeration(values);
    }
    if parts.len() > 1 {
        let mut schema = Schema::new(Form::Union(Vec::new()));
        let kept: Vec<&&str> = parts.iter().filter(|part| !matches!(**part, "undefined")).collect();
        schema.optional = kept.len() < parts.len();
        return match kept.as_slice() {
            [only] => Schema { optional: schema.optional, ..ark_text(only) },
            several => {
                Schema { form: Form::Union(several.iter().map(|part| Rc::new(ark_text(part))).collect()), ..schema }
            }
        };
    }
    if let Some(inner) = text.strip_suffix("[]") {
        return Schema::new(Form::Array(Rc::new(ark_text(inner.trim_matches(['(', ')'])))));
    }
    let word = text.split([' ', '<', '>', '=', '%']).find(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    match word.unwrap_or_default() {
        "number.integer" => Schema::of_type("integer"),
        "string.email" => Schema::plain(json!({ "type": "string", "format": "email" })),
        "string.url" => Schema::plain(json!({ "type": "string", "format": "uri" })),
        "string.uuid" => Schema::plain(json!({ "type": "string", "format": "uuid" })),
        "unknown" | "any" => Schema::new(Form::Any),
        word => match word.split('.').next().unwrap_or_default() {
            kind @ ("string" | "number" | "boolean" | "null" | "object") => Schema::of_type(kind),
            _ => Schema::new(Form::Unresolved),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::javascript::schema::{Dialect, holes};

    #[test]
    fn texts_of_arktype_are_read() {
        let json = |text: &str| ark_text(text).to_json(Dialect::Four, &mut holes()).to_string();
        assert_eq!(json("'a' | 'b'"), r#"{"type":"string","enum":["a","b"]}"#);
        assert_eq!(json("string[]"), r#"{"type":"array","items":{"type":"string"}}"#);
        assert_eq!(json("number > 0"), r#"{"type":"number"}"#);
        assert!(ark_text("string | undefined").optional);
    }
}
