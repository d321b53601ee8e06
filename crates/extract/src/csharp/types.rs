//! JSON Schema of C# types, as the SDK's exporter makes it: camel case, enumerations by name, null beside what may be null.

use crate::engine::schema::with_null;
use crate::program::ast::{Class, Type, mark};
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::schema::{Property, Shape, Types};
use crate::program::value::Value;
use serde_json::{Value as Json, json};
use std::rc::Rc;

#[derive(Debug)]
pub(super) struct CSharpTypes;

impl Types for CSharpTypes {
    fn shape<'t>(&self, ty: &Type<'t>) -> Option<Shape<'t>> {
        let arg = |at: usize| ty.args.get(at).cloned().unwrap_or_else(|| Type::named("object"));
        Some(match ty.last() {
            "string" | "String" | "char" => Shape::Plain(json!({ "type": "string" })),
            "int" | "Int32" | "long" | "Int64" | "short" | "byte" | "uint" | "ulong" | "ushort" | "sbyte" => {
                Shape::Plain(json!({ "type": "integer" }))
            }
            "double" | "Double" | "float" | "Single" | "decimal" | "Decimal" => {
                Shape::Plain(json!({ "type": "number" }))
            }
            "bool" | "Boolean" => Shape::Plain(json!({ "type": "boolean" })),
            "Guid" => Shape::Plain(json!({ "type": "string", "format": "uuid" })),
            "DateTime" | "DateTimeOffset" => Shape::Plain(json!({ "type": "string", "format": "date-time" })),
            "DateOnly" => Shape::Plain(json!({ "type": "string", "format": "date" })),
            "TimeOnly" => Shape::Plain(json!({ "type": "string", "format": "time" })),
            "TimeSpan" => Shape::Plain(json!({ "type": "string" })),
            "Uri" => Shape::Plain(json!({ "type": "string", "format": "uri" })),
            "object" | "Object" | "JsonElement" | "JsonNode" | "dynamic" => Shape::Plain(json!({})),
            "JsonObject" => Shape::Plain(json!({ "type": "object" })),
            "Nullable" => Shape::Optional(arg(0)),
            "[]"
            | "List"
            | "IList"
            | "IEnumerable"
            | "IReadOnlyList"
            | "ICollection"
            | "IReadOnlyCollection"
            | "HashSet"
            | "ISet"
            | "Collection"
            | "ImmutableArray"
            | "ImmutableList" => Shape::List(arg(0)),
            "Dictionary" | "IDictionary" | "IReadOnlyDictionary" => Shape::Map(arg(1)),
            _ => return None,
        })
    }

    fn properties<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Vec<Property<'t>> {
        let scope = machine.class_scope(class);
        let mut properties = Vec::new();
        let is_record = mark(&class.marks, &["$record"]).is_some();
        let params = class.params.iter().filter(|_| is_record);
        let params = params.map(|p| (&p.name, &p.ty, &p.marks, p.default.is_none(), p.default.clone()));
        let fields = class.fields.iter().filter(|field| field.is_public && !field.is_static);
        let fields = fields.map(|f| (&f.name, &f.ty, &f.marks, mark(&f.marks, &["$required"]).is_some(), None));
        for (name, ty, marks, is_required, default) in params.chain(fields) {
            if mark(marks, &["JsonIgnore"]).is_some() {
                continue;
            }
            let renamed = mark(marks, &["JsonPropertyName"]).and_then(|mark| mark.positional(0));
            let renamed = renamed.map(|value| machine.eval(value, &scope)).and_then(|value| value.as_text());
            let name = renamed.map_or_else(|| camel(name), |name| name.to_string());
            let mut property = Property::new(&name, ty.clone(), class.site.file);
            let about = mark(marks, &["Description"]).and_then(|mark| mark.positional(0));
            property.description = about.map_or(Value::Null, |about| machine.eval(about, &scope));
            property.is_required = is_required || mark(marks, &["JsonRequired"]).is_some();
            if let Some(default) = default {
                let value = machine.eval(&default, &scope);
                property.default = to_json(&value, "", &mut Vec::new());
            }
            properties.push(property);
        }
        properties
    }

    fn choices<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Json {
        let scope = machine.class_scope(class);
        let mut values = Vec::new();
        for variant in &class.variants {
            let renamed = mark(&variant.marks, &["JsonStringEnumMemberName"]).and_then(|mark| mark.positional(0));
            let renamed = renamed.map(|value| machine.eval(value, &scope)).and_then(|value| value.as_text());
            values.push(json!(renamed.as_deref().unwrap_or(&variant.name)));
        }
        json!({ "type": "string", "enum": values })
    }

    fn nullable(&self, schema: Json) -> Json {
        with_null(schema)
    }
}

/// `LampId` as `lampId`, the way .NET's serialiser does it: capitals up to the last one before a small letter.
fn camel(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut made = String::with_capacity(name.len());
    for (at, c) in chars.iter().enumerate() {
        let is_last_capital = at > 0 && chars.get(at + 1).is_some_and(|next| !next.is_uppercase());
        if !c.is_uppercase() || is_last_capital {
            made.extend(&chars[at..]);
            return made;
        }
        made.extend(c.to_lowercase());
    }
    made
}

/// `GetLampList` as `get_lamp_list`, the way .NET's serialiser does it.
pub(super) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut made = String::with_capacity(name.len() + 4);
    for (at, c) in chars.iter().enumerate() {
        if c.is_uppercase() {
            let after_small = at > 0 && (chars[at - 1].is_lowercase() || chars[at - 1].is_ascii_digit());
            let before_small =
                at > 0 && chars[at - 1].is_uppercase() && chars.get(at + 1).is_some_and(|n| n.is_lowercase());
            if after_small || before_small {
                made.push('_');
            }
            made.extend(c.to_lowercase());
        } else {
            made.push(*c);
        }
    }
    made
}
