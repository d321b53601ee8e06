//! JSON Schema of the types of Java and Kotlin, as the generators of the frameworks make it.

use crate::program::ast::{Class, Type, mark};
use crate::program::machine::Machine;
use crate::program::schema::{Property, Shape, Types};
use crate::program::value::Value;
use serde_json::{Value as Json, json};
use std::rc::Rc;

#[derive(Debug)]
pub(super) struct JvmTypes;

impl Types for JvmTypes {
    fn shape<'t>(&self, ty: &Type<'t>) -> Option<Shape<'t>> {
        let arg = |at: usize| ty.args.get(at).cloned().unwrap_or_else(|| Type::named("Object"));
        Some(match ty.last() {
            "String" | "CharSequence" | "char" | "Character" | "Char" => Shape::Plain(json!({ "type": "string" })),
            "int" | "Integer" | "Int" | "short" | "Short" | "byte" | "Byte" => {
                Shape::Plain(json!({ "type": "integer", "format": "int32" }))
            }
            "long" | "Long" => Shape::Plain(json!({ "type": "integer", "format": "int64" })),
            "BigInteger" => Shape::Plain(json!({ "type": "integer" })),
            "float" | "Float" => Shape::Plain(json!({ "type": "number", "format": "float" })),
            "double" | "Double" => Shape::Plain(json!({ "type": "number", "format": "double" })),
            "BigDecimal" | "Number" => Shape::Plain(json!({ "type": "number" })),
            "boolean" | "Boolean" => Shape::Plain(json!({ "type": "boolean" })),
            "LocalDate" => Shape::Plain(json!({ "type": "string", "format": "date" })),
            "Instant" | "LocalDateTime" | "ZonedDateTime" | "OffsetDateTime" | "Date" => {
                Shape::Plain(json!({ "type": "string", "format": "date-time" }))
            }
            "UUID" => Shape::Plain(json!({ "type": "string", "format": "uuid" })),
            "URI" | "URL" => Shape::Plain(json!({ "type": "string", "format": "uri" })),
            "Object" | "Any" | "JsonNode" | "?" => Shape::Plain(json!({})),
            "JsonObject" | "ObjectNode" => Shape::Plain(json!({ "type": "object" })),
            "[]" | "List" | "Collection" | "Iterable" | "ArrayList" | "MutableList" | "Array" => Shape::List(arg(0)),
            "Set" | "MutableSet" => Shape::Set(arg(0)),
            "Map" | "HashMap" | "MutableMap" => Shape::Map(arg(1)),
            "Optional" => Shape::Same(arg(0)),
            _ => return None,
        })
    }

    fn properties<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Vec<Property<'t>> {
        let mut properties = Vec::new();
        let scope = machine.class_scope(class);
        let fields = class.fields.iter().filter(|field| !field.is_static && field.is_public);
        let params = class.params.iter().map(|param| (&param.name, &param.ty, &param.marks, param.default.is_some()));
        for (name, ty, marks, has_default) in params.chain(fields.map(|f| (&f.name, &f.ty, &f.marks, f.init.is_some())))
        {
            if mark(marks, &["JsonIgnore", "Transient"]).is_some() {
                continue;
            }
            let renamed = mark(marks, &["JsonProperty", "SerialName"]);
            let value = renamed.and_then(|mark| mark.named("value").or_else(|| mark.positional(0)));
            let renamed_to = value.map(|value| machine.eval(value, &scope)).and_then(|value| value.as_text());
            let mut property = Property::new(renamed_to.as_deref().unwrap_or(name), ty.clone(), class.site.file);
            let about =
                mark(marks, &["JsonPropertyDescription", "McpToolParam", "ToolParam", "Schema", "LLMDescription"]);
            let about = about.and_then(|mark| mark.named("description").or_else(|| mark.positional(0)));
            property.description = about.map_or(Value::Null, |about| machine.eval(about, &scope));
            let may_lack = ty.as_ref().is_some_and(|ty| ty.nullable || ty.last() == "Optional") || has_default;
            let stated =
                mark(marks, &["JsonProperty", "McpToolParam", "ToolParam"]).and_then(|mark| mark.named("required"));
            let stated = stated.map(|value| machine.eval(value, &scope)).and_then(|value| value.as_bool());
            property.is_required = stated.unwrap_or(!may_lack && mark(marks, &["Nullable"]).is_none());
            if let Some(ty) = &mut property.ty {
                ty.nullable = false;
            }
            properties.push(property);
        }
        properties
    }

    fn choices<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Json {
        let scope = machine.class_scope(class);
        let mut values = Vec::new();
        for variant in &class.variants {
            let renamed = mark(&variant.marks, &["JsonProperty", "SerialName"]).and_then(|mark| mark.positional(0));
            let renamed = renamed.map(|value| machine.eval(value, &scope)).and_then(|value| value.as_text());
            values.push(json!(renamed.as_deref().unwrap_or(&variant.name)));
        }
        json!({ "type": "string", "enum": values })
    }
}
