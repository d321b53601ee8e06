//! Schemas of a zod that a bundle carries along: its constructors are given definitions, which bundlers leave readable
//! even where every name of the library is gone.

use super::kind::Kind;
use super::machine::Machine;
use super::schema::{Form, Rest, Schema};
use super::value::Value;
use super::zod::is_maker;
use serde_json::json;
use std::rc::Rc;
use tree_sitter::Node;

impl<'t> Machine<'t> {
    /// The schema that `new Class(definition)` makes inside of a bundled zod 3: its definitions name their type.
    pub(super) fn zod_instance(&mut self, arguments: &[Value]) -> Option<Value> {
        let definition = arguments.first()?;
        if !matches!(definition, Value::Object(_)) {
            return None;
        }
        let Value::Text(name) = self.member(definition, "typeName") else { return None };
        let name = name.strip_prefix("Zod")?.to_owned();
        Some(self.defined(&name, definition))
    }

    /// The schema that `new Constructor(definition)` makes inside of a bundled zod 4.
    pub(super) fn zod_four_instance(&mut self, constructor: Node<'t>, arguments: &[Value]) -> Option<Value> {
        let definition = arguments.first()?;
        if !matches!(definition, Value::Object(_)) || Kind::of(constructor) == Kind::Arrow {
            return None;
        }
        let Value::Text(name) = self.member(definition, "type") else { return None };
        Some(self.defined(&name, definition))
    }

    fn defined(&mut self, name: &str, definition: &Value) -> Value {
        let mut kind = name.to_owned();
        if let Some(first) = kind.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        macro_rules! field {
            ($name:literal) => {
                self.definition(definition, $name)
            };
        }
        let inner = field!("innerType").or_else(|| field!("schema"));
        let arguments: Vec<Value> = match kind.as_str() {
            "object" => field!("shape").into_iter().collect(),
            "array" => field!("element")
                .or_else(|| field!("type").filter(|t| !matches!(t, Value::Text(_))))
                .into_iter()
                .collect(),
            "enum" | "nativeEnum" => field!("entries").or_else(|| field!("values")).into_iter().collect(),
            "literal" => field!("values").or_else(|| field!("value")).into_iter().collect(),
            "union" | "discriminatedUnion" => field!("options").into_iter().collect(),
            "record" => field!("valueType").into_iter().collect(),
            "tuple" => field!("items").into_iter().collect(),
            "intersection" => field!("left").into_iter().chain(field!("right")).collect(),
            "lazy" => field!("getter").into_iter().collect(),
            "pipe" | "pipeline" => field!("in").into_iter().collect(),
            "effects" => inner.into_iter().collect(),
            _ => inner.into_iter().chain(field!("defaultValue")).collect(),
        };
        let description = field!("description");
        let coerced = field!("coerce").is_some_and(|coerce| coerce.truth() == Some(true));
        let format = field!("format");
        let mut schema = match kind.as_str() {
            "object" => {
                let shape = arguments.first().cloned().unwrap_or(Value::Undefined);
                let shape = if self.is_function(&shape) {
                    self.call(&shape, Value::Undefined, Vec::new(), None)
                } else {
                    shape
                };
                self.object_schema(&shape, Rest::Unsaid)
            }
            "literal" => match arguments.first().map(|values| (self.elements(values), values.clone())) {
                Some((Some((values, _)), _)) if values.len() == 1 => self.choices(&values[0]),
                Some((_, values)) => self.choices(&values),
                None => Schema::new(Form::Unresolved),
            },
            "discriminatedUnion" => self.union(arguments.first().unwrap_or(&Value::Undefined)),
            "default" => self.make("_default", &arguments),
            "effects" => {
                let inner = self.schema_of(arguments.first().unwrap_or(&Value::Undefined));
                Schema { wrapped: true, ..(*inner).clone() }
            }
            "nonoptional" | "success" => self.make("readonly", &arguments),
            known if is_maker(known) || known == "prefault" => self.make(known, &arguments),
            _ => Schema::new(Form::Any),
        };
        schema.lenient |= coerced && matches!(kind.as_str(), "string" | "boolean");
        if let (Some(Value::Text(format)), "string") = (&format, kind.as_str()) {
            let format = if format.as_ref() == "url" { "uri" } else { format };
            schema.extra.insert("format".to_owned(), json!(format));
        }
        if let (Some(Value::Text(format)), "number") = (&format, kind.as_str())
            && (format.contains("int"))
        {
            schema = Schema::of_type("integer");
        }
        if let Some(Value::Text(description)) = description {
            schema.description = Some(description);
        }
        Value::Schema(Rc::new(schema))
    }

    fn definition(&mut self, definition: &Value, name: &str) -> Option<Value> {
        Some(self.member(definition, name)).filter(|value| !value.is_nullish())
    }
}
