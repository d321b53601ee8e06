//! The options of mark3labs' `NewTool`: what they say about the tool, its parameters and its hints. Hints that the
//! library adds by itself are not stated here, so they never show.

use super::register::OPTIONS;
use super::types::{GoTypes, jsonschema_value};
use crate::engine::schema::ObjectSchema;
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::schema::Trouble;
use crate::program::tool::{Draft, schema_text};
use crate::program::value::{Made, Object, Value};
use serde_json::{Map, Value as Json, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The schema that the options build up.
#[derive(Debug, Default)]
pub(super) struct Schema {
    object: ObjectSchema,
    extra: Map<String, Json>,
    whole: Option<Json>,
}

impl Schema {
    pub(super) fn finish(self) -> Json {
        if let Some(whole) = self.whole {
            return whole;
        }
        let mut schema = self.object.into_map();
        schema.extend(self.extra);
        Json::Object(schema)
    }
}

pub(super) fn apply<'t>(
    machine: &mut Machine<'t>,
    draft: &mut Draft<'t>,
    schema: &mut Schema,
    options: &[Value<'t>],
    depth: u32,
) {
    for option in options {
        match option {
            Value::Made(made) => one(machine, draft, schema, made),
            Value::Func(closure) if depth < 4 => {
                // An option of the package's own: it is shown a tool, and what it does to it is looked at.
                let tool = Rc::new(Object {
                    class: None,
                    ty: Rc::from("mcp.Tool"),
                    fields: RefCell::new(BTreeMap::new()),
                    is_open: true,
                    born: machine.depth_of_conditions(),
                    site: Cell::new(closure.func.site),
                });
                machine.invoke(closure, vec![(None, Value::Object(Rc::clone(&tool)))]);
                if let Some(Value::Object(annotations)) = tool.get("Annotations") {
                    annotate(draft, &annotations);
                }
                for (name, field) in [("Title", &mut draft.title), ("Description", &mut draft.description)] {
                    if let Some(value) = tool.get(name) {
                        *field = value;
                    }
                }
                let inner = tool.get(OPTIONS).and_then(|options| options.items()).unwrap_or_default();
                apply(machine, draft, schema, &inner, depth + 1);
            }
            Value::List(items) if depth < 4 => {
                let items = items.borrow().clone();
                apply(machine, draft, schema, &items, depth + 1);
            }
            _ => draft.missing.push("an option".to_owned()),
        }
    }
}

fn one<'t>(machine: &mut Machine<'t>, draft: &mut Draft<'t>, schema: &mut Schema, made: &Rc<Made<'t>>) {
    let first = || made.at(0).cloned().unwrap_or(Value::Null);
    match made.last() {
        "WithDescription" => draft.description = first(),
        "WithTitleAnnotation" => draft.annotate("title", Some(first())),
        "WithReadOnlyHintAnnotation" => draft.annotate("readOnlyHint", Some(first())),
        "WithDestructiveHintAnnotation" => draft.annotate("destructiveHint", Some(first())),
        "WithIdempotentHintAnnotation" => draft.annotate("idempotentHint", Some(first())),
        "WithOpenWorldHintAnnotation" => draft.annotate("openWorldHint", Some(first())),
        "WithToolAnnotation" => match first() {
            Value::Object(annotations) => annotate(draft, &annotations),
            _ => draft.missing.push("the annotations".to_owned()),
        },
        "WithRawInputSchema" => match first() {
            Value::Text(text) => schema.whole = schema_text(&text, &mut draft.missing),
            _ => draft.missing.push("the input schema".to_owned()),
        },
        "WithInputSchema" => match made.types.first() {
            Some(ty) => {
                let mut trouble = Trouble::default();
                schema.whole = Some(GoTypes::schema(machine, ty, made.site.file, &mut trouble));
                draft.lacks(trouble.what);
            }
            None => draft.missing.push("the input schema".to_owned()),
        },
        "WithSchemaAdditionalProperties" => {
            if let Some(value) = to_json(&first(), "", &mut Vec::new()) {
                schema.extra.insert("additionalProperties".to_owned(), value);
            }
        }
        name => {
            let Some(base) = base(name) else {
                // Output schemas, deferred loading, icons: nothing of them is part of what is read.
                if !name.starts_with("With") {
                    draft.missing.push(format!("the option `{name}`"));
                }
                return;
            };
            property(draft, schema, made, base);
        }
    }
}

/// The schema that a parameter starts with.
fn base(option: &str) -> Option<Json> {
    Some(match option {
        "WithString" => json!({ "type": "string" }),
        "WithNumber" => json!({ "type": "number" }),
        "WithInteger" => json!({ "type": "integer" }),
        "WithBoolean" => json!({ "type": "boolean" }),
        "WithObject" => json!({ "type": "object", "properties": {} }),
        "WithArray" => json!({ "type": "array" }),
        "WithAny" => json!({}),
        _ => return None,
    })
}

fn property<'t>(draft: &mut Draft<'t>, schema: &mut Schema, made: &Rc<Made<'t>>, base: Json) {
    let Some(name) = made.at(0).and_then(Value::as_text) else {
        draft.missing.push("the name of a parameter".to_owned());
        return;
    };
    let mut is_required = false;
    let mut property = base.as_object().cloned().unwrap_or_default();
    let mut pending: Vec<Value<'t>> = made.args.iter().skip(1).rev().map(|(_, value)| value.clone()).collect();
    while let Some(option) = pending.pop() {
        match &option {
            Value::Made(option) if option.last() == "Required" => is_required = true,
            Value::Made(option) => keyword(draft, &mut property, option, &name),
            Value::List(items) => pending.extend(items.borrow().iter().rev().cloned()),
            _ => draft.missing.push(format!("an option of parameter `{name}`")),
        }
        if draft.missing.len() > 50 {
            break;
        }
    }
    schema.object.property(&*name, Json::Object(property), is_required);
}

/// One option of a parameter.
fn keyword<'t>(draft: &mut Draft<'t>, property: &mut Map<String, Json>, option: &Rc<Made<'t>>, name: &str) {
    let mut holes = Vec::new();
    let value = match option.last() {
        "Enum" => {
            let values: Vec<Value<'t>> = option.args.iter().map(|(_, value)| value.clone()).collect();
            let values = match values.as_slice() {
                [list @ Value::List(_)] => list.clone(),
                _ => Value::list(values),
            };
            to_json(&values, "", &mut holes)
        }
        "WithStringItems" => Some(items(json!("string"), option, &mut holes)),
        "WithNumberItems" => Some(items(json!("number"), option, &mut holes)),
        "WithBooleanItems" => Some(items(json!("boolean"), option, &mut holes)),
        "WithIntegerItems" => Some(items(json!("integer"), option, &mut holes)),
        "WithStringEnumItems" => {
            let values = option.at(0).and_then(|values| to_json(values, "", &mut holes));
            values.map(|values| json!({ "type": "string", "enum": values }))
        }
        _ => option
            .at(0)
            .and_then(|value| jsonschema_value(value, &mut holes, 0).or_else(|| to_json(value, "", &mut holes))),
    };
    let key = match option.last() {
        "Description" => "description",
        "Title" => "title",
        "Enum" => "enum",
        "DefaultString" | "DefaultNumber" | "DefaultBool" | "DefaultArray" | "DefaultInteger" => "default",
        "Min" => "minimum",
        "Max" => "maximum",
        "MultipleOf" => "multipleOf",
        "MinLength" => "minLength",
        "MaxLength" => "maxLength",
        "MinItems" => "minItems",
        "MaxItems" => "maxItems",
        "UniqueItems" => "uniqueItems",
        "Pattern" => "pattern",
        "Properties" => "properties",
        "AdditionalProperties" => "additionalProperties",
        "Items"
        | "WithStringItems"
        | "WithNumberItems"
        | "WithBooleanItems"
        | "WithIntegerItems"
        | "WithStringEnumItems" => "items",
        _ => {
            draft.missing.push(format!("an option of parameter `{name}`"));
            return;
        }
    };
    match value.filter(|_| holes.is_empty()) {
        Some(value) => drop(property.insert(key.to_owned(), value)),
        None => draft.missing.push(format!("the {key} of parameter `{name}`")),
    }
}

fn items(kind: Json, option: &Rc<Made<'_>>, holes: &mut Vec<String>) -> Json {
    let mut items = Map::new();
    items.insert("type".to_owned(), kind);
    for (_, value) in &option.args {
        if let Value::Made(inner) = value
            && inner.last() == "Description"
            && let Some(text) = inner.at(0).and_then(|text| to_json(text, "", holes))
        {
            items.insert("description".to_owned(), text);
        }
    }
    Json::Object(items)
}

/// `ToolAnnotation{...}` and `ToolAnnotations{...}`: what is not written states nothing.
pub(super) fn annotate<'t>(draft: &mut Draft<'t>, annotations: &Rc<Object<'t>>) {
    for (field, key) in [
        ("Title", "title"),
        ("ReadOnlyHint", "readOnlyHint"),
        ("DestructiveHint", "destructiveHint"),
        ("IdempotentHint", "idempotentHint"),
        ("OpenWorldHint", "openWorldHint"),
    ] {
        draft.annotate(key, annotations.get(field));
    }
}
