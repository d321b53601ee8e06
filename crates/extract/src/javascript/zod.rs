//! Builds schemas: calls such as `z.object({...})` in, [`Schema`] values out. Recognised by the names of the members,
//! which bundlers keep, and in bundles that call zod's functions directly by the definitions they build.

use super::machine::Machine;
use super::schema::{Form, Rest, Schema};
use super::value::{Foreign, Origin, Shape, Text, Value};
use serde_json::{Value as Json, json};
use std::rc::Rc;

/// Makers of a schema that need no argument, with the JSON Schema they stand for.
const SIMPLE: &[(&str, &str, &str)] = &[
    // name, type, format
    ("string", "string", ""),
    ("number", "number", ""),
    ("boolean", "boolean", ""),
    ("int", "integer", ""),
    ("int32", "integer", ""),
    ("uint32", "integer", ""),
    ("float32", "number", ""),
    ("float64", "number", ""),
    ("bigint", "integer", ""),
    ("null", "null", ""),
    ("nan", "number", ""),
    ("stringbool", "string", ""),
    ("stringFormat", "string", ""),
    ("templateLiteral", "string", ""),
    ("email", "string", "email"),
    ("url", "string", "uri"),
    ("httpUrl", "string", "uri"),
    ("uuid", "string", "uuid"),
    ("uuidv4", "string", "uuid"),
    ("guid", "string", "uuid"),
    ("ipv4", "string", "ipv4"),
    ("ipv6", "string", "ipv6"),
    ("base64", "string", "base64"),
    ("cuid", "string", ""),
    ("cuid2", "string", ""),
    ("ulid", "string", ""),
    ("nanoid", "string", ""),
    ("emoji", "string", ""),
    ("jwt", "string", ""),
    ("e164", "string", ""),
    ("hostname", "string", ""),
];

/// Makers that take an argument, or accept anything.
const OTHERS: &[&str] = &[
    "any",
    "unknown",
    "never",
    "undefined",
    "void",
    "date",
    "literal",
    "enum",
    "nativeEnum",
    "array",
    "object",
    "strictObject",
    "looseObject",
    "record",
    "partialRecord",
    "looseRecord",
    "map",
    "set",
    "union",
    "discriminatedUnion",
    "xor",
    "intersection",
    "tuple",
    "optional",
    "nullable",
    "nullish",
    "lazy",
    "preprocess",
    "transform",
    "custom",
    "instanceof",
    "effect",
    "pipe",
    "pipeline",
    "json",
    "file",
    "symbol",
    "promise",
    "function",
    "datetime",
    "time",
    "duration",
    "readonly",
    "_default",
    "prefault",
    "catch",
    "codec",
    "check",
];

/// Makers that no one mistakes for a method of something else.
const UNMISTAKABLE: &[&str] =
    &["string", "number", "boolean", "object", "enum", "array", "literal", "union", "optional", "record"];

pub(super) fn is_maker(name: &str) -> bool {
    SIMPLE.iter().any(|(simple, ..)| *simple == name) || OTHERS.contains(&name)
}

impl<'t> Machine<'t> {
    /// The maker that a call of a foreign value means, if it means one: `string`, `coerce.number`, `iso.date`.
    pub(super) fn zod_maker(&self, foreign: &Foreign, arguments: &[Value]) -> Option<String> {
        let mut parts = foreign.path.rsplit('.');
        let last = parts.next()?;
        let before = parts.next().unwrap_or_default();
        if !is_maker(last) || foreign.is_result() {
            return None;
        }
        let fits = match &foreign.origin {
            Origin::Global => return None,
            Origin::Package(name) => {
                let own = name.as_ref() == "zod" || name.starts_with("zod/") || name.contains("zod");
                own || matches!(before, "z" | "zod" | "coerce" | "iso")
            }
            Origin::Nowhere => {
                let plausible = match last {
                    "object" => matches!(arguments.first(), Some(Value::Object(_))),
                    "array" | "optional" | "record" => matches!(arguments.first(), Some(Value::Schema(_))),
                    "enum" | "union" => arguments.first().is_some_and(|list| self.elements(list).is_some()),
                    "literal" => arguments.len() == 1,
                    _ => !matches!(arguments.first(), Some(Value::Text(_))),
                };
                UNMISTAKABLE.contains(&last) && plausible
            }
        };
        fits.then(|| if matches!(before, "coerce" | "iso") { format!("{before}.{last}") } else { last.to_owned() })
    }

    /// The maker that a call of a method of a bundled zod namespace means.
    pub(super) fn zod_constructor_name(&self, receiver: &Value, name: &str) -> Option<String> {
        if !is_maker(name) {
            return None;
        }
        let Value::Object(id) = receiver else { return None };
        let object = self.object(*id);
        if !matches!(object.shape, Shape::Plain) {
            return None;
        }
        let has = |names: &[&str]| names.iter().all(|name| object.properties.contains_key(*name));
        if has(&["string", "object", "array", "optional", "union"]) {
            Some(name.to_owned())
        } else if has(&["string", "number", "bigint", "date"]) {
            Some(format!("coerce.{name}"))
        } else {
            None
        }
    }

    /// The schema that a maker makes of its arguments.
    pub(super) fn zod_call(&mut self, maker: String, arguments: &[Value]) -> Value {
        let mut schema = self.make(&maker, arguments);
        // zod 4 takes `{description}` or a message as last argument; only the former matters.
        if let Some(parameters @ Value::Object(_)) = arguments.last()
            && (arguments.len() > 1 || SIMPLE.iter().any(|(name, ..)| *name == maker))
            && let Value::Text(description) = self.member(parameters, "description")
        {
            schema.description = Some(description);
        }
        Value::Schema(Rc::new(schema))
    }

    pub(super) fn make(&mut self, maker: &str, arguments: &[Value]) -> Schema {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        if let Some((_, kind, format)) = SIMPLE.iter().find(|(name, ..)| *name == maker) {
            let mut schema = Schema::of_type(kind);
            if !format.is_empty() {
                schema.extra.insert("format".to_owned(), json!(format));
            }
            return schema;
        }
        if let Some(kind) = maker.strip_prefix("coerce.") {
            let mut schema = self.make(kind, &[]);
            schema.lenient = matches!(kind, "string" | "boolean");
            return schema;
        }
        match maker.strip_prefix("iso.").unwrap_or(maker) {
            "date" if maker.starts_with("iso.") => Schema::plain(json!({ "type": "string", "format": "date" })),
            "date" | "datetime" => Schema::plain(json!({ "type": "string", "format": "date-time" })),
            "time" => Schema::plain(json!({ "type": "string", "format": "time" })),
            "duration" => Schema::plain(json!({ "type": "string", "format": "duration" })),
            "literal" => self.choices(&first),
            "enum" | "nativeEnum" => self.choices(&first),
            "array" | "set" => {
                let element = self.schema_of(&first);
                Schema::new(Form::Array(element))
            }
            "object" => self.object_schema(&first, Rest::Unsaid),
            "strictObject" => self.object_schema(&first, Rest::Refused),
            "looseObject" => self.object_schema(&first, Rest::Accepted),
            "record" | "partialRecord" | "looseRecord" => {
                let value = if matches!(second, Value::Schema(_)) { second } else { first };
                let value = self.schema_of(&value);
                Schema::new(Form::Record(Some(value)))
            }
            "map" => Schema::of_type("object"),
            "union" | "xor" => self.union(&first),
            "discriminatedUnion" => self.union(&second),
            "intersection" => {
                let (left, right) = (self.schema_of(&first), self.schema_of(&second));
                Schema::new(Form::Intersection(left, right))
            }
            "tuple" => match self.elements(&first) {
                Some((elements, false)) => {
                    Schema::new(Form::Tuple(elements.iter().map(|element| self.schema_of(element)).collect()))
                }
                _ => Schema::of_type("array"),
            },
            "optional" => Schema { optional: true, ..(*self.schema_of(&first)).clone() },
            "nullable" => Schema { nullable: true, ..(*self.schema_of(&first)).clone() },
            "nullish" => Schema { optional: true, nullable: true, ..(*self.schema_of(&first)).clone() },
            "readonly" | "check" | "promise" => (*self.schema_of(&first)).clone(),
            "pipe" | "pipeline" | "codec" => (*self.schema_of(&first)).clone(),
            "_default" | "prefault" | "catch" => {
                let mut schema = Schema { optional: true, ..(*self.schema_of(&first)).clone() };
                if maker != "catch" {
                    schema.default = self.default_json(&second);
                }
                schema
            }
            "lazy" => {
                let value = self.call(&first, Value::Undefined, Vec::new(), None);
                match value {
                    Value::Schema(schema) => (*schema).clone(),
                    _ => Schema::new(Form::Any),
                }
            }
            "preprocess" => {
                let mut schema = Schema { wrapped: true, ..(*self.schema_of(&second)).clone() };
                // The fourth generation asks the first step, which accepts nothing of itself.
                schema.optional &= self.dialect == super::schema::Dialect::Three;
                schema
            }
            "undefined" | "void" => Schema { optional: true, ..Schema::new(Form::Any) },
            "never" => Schema::plain(json!({ "not": {} })),
            _ => Schema::new(Form::Any),
        }
    }

    /// What a default value is as JSON; a function is called.
    pub(super) fn default_json(&mut self, value: &Value) -> Option<Json> {
        let value =
            if self.is_function(value) { self.call(value, Value::Undefined, Vec::new(), None) } else { value.clone() };
        self.known_json(&value)
    }

    /// A value as the schema it is; an unknown one leaves an unresolved schema.
    pub(super) fn schema_of(&mut self, value: &Value) -> Rc<Schema> {
        match value {
            Value::Schema(schema) => schema.clone(),
            Value::Setting(_) | Value::When(_) if matches!(value.settled(), Value::Schema(_)) => {
                self.schema_of(&value.settled().clone())
            }
            Value::Foreign(foreign) => {
                Rc::new(self.named_schema(foreign).unwrap_or_else(|| Schema::new(Form::Unresolved)))
            }
            _ => Rc::new(Schema::new(Form::Unresolved)),
        }
    }

    pub(super) fn union(&mut self, options: &Value) -> Schema {
        match self.elements(options) {
            Some((options, false)) => {
                Schema::new(Form::Union(options.iter().map(|option| self.schema_of(option)).collect()))
            }
            _ => Schema::new(Form::Unresolved),
        }
    }

    /// `z.enum` of a list or object, `z.literal` of a value or list.
    pub(super) fn choices(&mut self, value: &Value) -> Schema {
        if let Some((elements, open)) = self.elements(value) {
            let values: Option<Vec<Json>> = elements.iter().map(|element| self.known_json(element)).collect();
            return match values {
                Some(values) if !open && !values.is_empty() => Schema::enumeration(values),
                _ => Schema::of_type("string"),
            };
        }
        if let Some((members, open)) = self.members(value) {
            let mut values: Vec<Json> = Vec::new();
            // A compiled numeric enum maps both ways; its numbers are the values.
            let numeric = members.iter().any(|(_, value)| matches!(value, Value::Number(_)));
            for (name, value) in &members {
                if numeric && name.parse::<f64>().is_ok() {
                    continue;
                }
                match self.known_json(value) {
                    Some(value) => values.push(value),
                    None => return Schema::new(Form::Unresolved),
                }
            }
            return if open || values.is_empty() { Schema::new(Form::Unresolved) } else { Schema::enumeration(values) };
        }
        match self.known_json(value) {
            Some(value) => Schema::choice(vec![value]),
            None => Schema::new(Form::Unresolved),
        }
    }

    /// An object schema out of the members that name its properties.
    pub(super) fn object_schema(&mut self, shape: &Value, rest: Rest) -> Schema {
        if matches!(shape, Value::Undefined) {
            return Schema::new(Form::Object { shape: Vec::new(), rest });
        }
        let Some((members, open)) = self.members(shape) else {
            return match shape {
                Value::Schema(schema) => (**schema).clone(),
                _ => Schema::new(Form::Object { shape: Vec::new(), rest: Rest::Unresolved }),
            };
        };
        let shape: Vec<(Text, Rc<Schema>)> = members
            .into_iter()
            .filter(|(_, value)| !matches!(value, Value::Undefined))
            .map(|(name, value)| {
                let schema = self.schema_of(&value);
                (name, schema)
            })
            .collect();
        Schema::new(Form::Object { shape, rest: if open { Rest::Unresolved } else { rest } })
    }
}
