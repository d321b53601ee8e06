//! Schemas that code builds: `JsonSchema(...)`, `ToolSchema(...)`, maps, and Kotlin's `buildJsonObject`.

use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::value::{Made, Value};
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

/// The value of a call that builds JSON.
pub(super) fn built<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    let first = made.at(0).cloned();
    match (made.last(), first) {
        ("buildJsonObject" | "buildMap", Some(Value::Func(closure))) => Some(object(machine, &closure)),
        ("buildJsonArray" | "buildList", Some(Value::Func(closure))) => Some(array(machine, &closure)),
        // Inside of such a block: what the inner block builds belongs to it alone.
        (name @ ("putJsonObject" | "putJsonArray" | "addJsonObject" | "addJsonArray"), Some(_)) => {
            let Some((_, Value::Func(closure))) = made.args.last() else { return None };
            let value = if name.ends_with("Object") { object(machine, closure) } else { array(machine, closure) };
            let mut args: Vec<_> = made.args.iter().take(made.args.len() - 1).cloned().collect();
            args.push((None, value));
            let path = Rc::from(if name.starts_with("put") { "put" } else { "add" });
            machine.note_call(Made { path, on: None, types: Vec::new(), args, site: made.site });
            Some(Value::Null)
        }
        ("JsonPrimitive", Some(value)) => Some(value),
        ("JsonArray" | "JsonObject", Some(value @ (Value::List(_) | Value::Map(_)))) => Some(value),
        ("JsonNull", _) => Some(Value::Null),
        _ => None,
    }
}

/// `{ put("type", "string"); putJsonObject("items") { ... } }`.
fn object<'t>(machine: &mut Machine<'t>, closure: &Rc<crate::program::value::Closure<'t>>) -> Value<'t> {
    let mut pairs = Vec::new();
    for made in recorded(machine, closure) {
        let Some(key) = made.at(0).cloned() else { continue };
        let value = match (made.last(), made.args.last().map(|(_, value)| value.clone())) {
            ("put" | "set", Some(value)) if made.args.len() == 2 => value,
            _ => continue,
        };
        pairs.push((key, value));
    }
    Value::map(pairs)
}

fn array<'t>(machine: &mut Machine<'t>, closure: &Rc<crate::program::value::Closure<'t>>) -> Value<'t> {
    let mut items = Vec::new();
    for made in recorded(machine, closure) {
        match (made.last(), made.args.last().map(|(_, value)| value.clone())) {
            ("add", Some(value)) if made.args.len() == 1 => items.push(value),
            _ => {}
        }
    }
    Value::list(items)
}

fn recorded<'t>(machine: &mut Machine<'t>, closure: &Rc<crate::program::value::Closure<'t>>) -> Vec<Rc<Made<'t>>> {
    machine.record(closure, None, Vec::new()).0
}

/// A value that stands for a schema.
pub(super) fn schema(value: &Value<'_>, holes: &mut Vec<String>) -> Option<Json> {
    let Value::Made(made) = value else { return to_json(value, "", holes) };
    // `JsonSchema("object", properties, required, additionalProperties)`, `Tool.Input(properties = ..., required = ...)`.
    let by_place = made.last() == "JsonSchema";
    if !by_place && !matches!(made.last(), "Input" | "ToolSchema" | "Output") {
        return None;
    }
    let shift = usize::from(by_place);
    let properties = made.arg(shift, "properties");
    let required = made.arg(shift + 1, "required");
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    if let Some(properties) = properties.filter(|value| !matches!(value, Value::Null)) {
        schema.insert("properties".to_owned(), to_json(properties, "/properties", holes)?);
    } else {
        schema.insert("properties".to_owned(), json!({}));
    }
    if let Some(required) = required.filter(|value| !matches!(value, Value::Null)) {
        let required = to_json(required, "/required", holes)?;
        if required.as_array().is_none_or(|list| !list.is_empty()) {
            schema.insert("required".to_owned(), required);
        }
    }
    if by_place && let Some(Value::Bool(more)) = made.at(3) {
        schema.insert("additionalProperties".to_owned(), json!(more));
    }
    Some(Json::Object(schema))
}
