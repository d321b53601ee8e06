//! Registrations with the two MCP libraries of Go: which calls hand a tool to a server, and the tool that they hand over.

use super::types::{GoTypes, jsonschema_value};
use super::{is_mcp, tool_option};
use crate::program::ast::{Type, last_name};
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::schema::{self, Trouble};
use crate::program::source::Site;
use crate::program::tool::{Draft, schema_text};
use crate::program::value::{Made, Object, Value};
use mcpdex_model::PartialReason;
use serde_json::{Value as Json, json};
use std::rc::Rc;

/// Where options that are applied to a tool as functions are kept, and the function that handles it.
pub(super) const OPTIONS: &str = "$options";
const HANDLER: &str = "$handler";

pub(super) fn call<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    let last = made.last();
    doubts(machine, made);
    // An option that is called with the tool it is to change.
    if last == "()" {
        let tool = made.at(0)?;
        let option = made.on.clone()?;
        if let Value::Object(object) = tool {
            let mut fields = object.fields.borrow_mut();
            let options = fields.entry(Rc::from(OPTIONS)).or_insert_with(|| Value::list(Vec::new()));
            if let Value::List(options) = options {
                options.borrow_mut().push(option);
            }
            return Some(Value::Null);
        }
        return None;
    }
    let registers = last.contains("Tool") || last.contains("tool") || matches!(last, "Add" | "Register");
    if machine.defining && is_tool_maker(made) {
        from_call(machine, made);
        return None;
    }
    if !registers || is_tool_maker(made) {
        return None;
    }
    let mut found = false;
    let handler = made.args.iter().rev().map(|(_, value)| value).find(|value| matches!(value, Value::Func(_)));
    for (_, value) in &made.args {
        found |= register(machine, made, value, handler, 0);
    }
    if matches!(last, "DeleteTools" | "RemoveTools" | "DeleteTool" | "RemoveTool") {
        machine.lacks(format!("tools may be removed again (`{last}`)"), made.site);
        return Some(Value::Null);
    }
    // Tools that cannot be followed are told of only where a server takes them.
    if !found && matches!(last, "AddTool" | "AddTools" | "SetTools") && !made.args.is_empty() {
        let why =
            made.args.iter().find_map(|(_, value)| if let Value::Unknown(why) = value { Some(*why) } else { None });
        let detail =
            format!("what `{last}` registers could not be followed: {}", why.unwrap_or("it is made at run time"));
        machine.lacks(detail, made.site);
        found = true;
    }
    found.then_some(Value::Null)
}

/// Notes what may add or drop tools in ways that are not followed.
fn doubts<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) {
    let last = made.last();
    if &*made.path == "plugin.Open" {
        machine.lacks("a plugin that is loaded at run time may register tools (`plugin.Open`)".to_owned(), made.site);
    }
    if is_mcp(&made.path) && matches!(last, "WithToolFilter" | "WithHooks" | "AddReceivingMiddleware") {
        let detail = format!("a filter decides at run time which tools are listed (`{last}`)");
        machine.lacks(detail, made.site);
    }
    if last == "AddReceivingMiddleware" && made.on.is_some() {
        machine.lacks(
            "a filter may decide at run time which tools are listed (`AddReceivingMiddleware`)".to_owned(),
            made.site,
        );
    }
    // A server that is handed to another module, or to a function that is not known.
    let first = made.path.split('/').next().unwrap_or_default();
    let is_module = first.contains('.') && made.path.contains('/') && !is_mcp(&made.path);
    let is_foreign = is_module || last == "()" || made.path.starts_with("reflect.");
    if is_foreign && made.args.iter().any(|(_, value)| is_server(value)) {
        let shown = if last == "()" { "a function that is made at run time" } else { &*made.path };
        let detail = format!("the server is handed to `{shown}`, which may register more tools");
        machine.note(PartialReason::MountedServer, detail, Some(made.site));
    }
}

pub(super) fn is_server(value: &Value<'_>) -> bool {
    value.as_made().is_some_and(|made| is_mcp(&made.path) && matches!(made.last(), "NewMCPServer" | "NewServer"))
}

fn is_tool_maker(made: &Made<'_>) -> bool {
    is_mcp(&made.path) && matches!(made.last(), "NewTool" | "NewToolWithRawSchema")
}

fn is_tool_type(path: &str) -> bool {
    last_name(path) == "Tool" && is_mcp(path)
}

/// Registers the tools inside of a value that was handed to a server.
fn register<'t>(
    machine: &mut Machine<'t>,
    made: &Rc<Made<'t>>,
    value: &Value<'t>,
    handler: Option<&Value<'t>>,
    depth: u32,
) -> bool {
    if depth > 4 {
        return false;
    }
    match value {
        Value::Guarded(_) => {
            machine.unguarded(value, |machine, item| register(machine, made, item, handler, depth + 1))
        }
        Value::Made(tool) if is_tool_maker(tool) => {
            from_call(machine, tool);
            true
        }
        Value::Object(object) if is_tool_type(&object.ty) => {
            from_object(machine, made, object, handler);
            true
        }
        Value::Object(object) => {
            let fields: Vec<Value<'t>> = object.fields.borrow().values().cloned().collect();
            let own = object.get("Handler").filter(|handler| matches!(handler, Value::Func(_)));
            let own = own.as_ref().or(handler);
            fields.iter().fold(false, |found, field| register(machine, made, field, own, depth + 1) | found)
        }
        Value::List(items) => {
            let items = items.borrow().clone();
            items.iter().fold(false, |found, item| register(machine, made, item, handler, depth + 1) | found)
        }
        Value::Tuple(parts) => {
            parts.iter().fold(false, |found, part| register(machine, made, part, handler, depth + 1) | found)
        }
        _ => false,
    }
}

/// `mcp.NewTool(name, options...)`, `mcp.NewToolWithRawSchema(name, description, schema)`.
fn from_call<'t>(machine: &mut Machine<'t>, tool: &Rc<Made<'t>>) {
    let mut draft = Draft::new(tool.at(0).cloned().unwrap_or(Value::Null), tool.site);
    if tool.last() == "NewToolWithRawSchema" {
        draft.description = tool.at(1).cloned().unwrap_or(Value::Null);
        match tool.at(2) {
            Some(Value::Text(text)) => draft.input = schema_text(text, &mut draft.missing),
            _ => draft.missing.push("the input schema".to_owned()),
        }
    } else {
        let options: Vec<Value<'t>> = tool.args.iter().skip(1).map(|(_, value)| value.clone()).collect();
        let mut schema = tool_option::Schema::default();
        tool_option::apply(machine, &mut draft, &mut schema, &options, 0);
        draft.input = Some(schema.finish());
    }
    machine.add(draft);
}

/// `mcp.Tool{Name: ...}`, whichever library it is of.
fn from_object<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>, tool: &Rc<Object<'t>>, handler: Option<&Value<'t>>) {
    let get = |name: &str| tool.get(name).unwrap_or(Value::Null);
    let mut draft = Draft::new(get("Name"), tool.site.get());
    draft.title = get("Title");
    draft.description = get("Description");
    if let Value::Object(annotations) = get("Annotations") {
        tool_option::annotate(&mut draft, &annotations);
    } else if !matches!(get("Annotations"), Value::Null) {
        draft.missing.push("the annotations".to_owned());
    }
    let handler = tool.get(HANDLER).or_else(|| handler.cloned());
    let schema = match (get("InputSchema"), get("RawInputSchema")) {
        (Value::Null, Value::Null) => None,
        (Value::Null, raw) | (raw, _) => Some(raw),
    };
    match schema {
        None | Some(Value::Unknown(_) | Value::Made(_)) if schema.is_none() || handler.is_some() => {
            let (input, output) = handler_types(made, handler.as_ref());
            match input {
                Some((ty, file)) => {
                    let mut trouble = Trouble::default();
                    draft.input = Some(GoTypes::schema(machine, &ty, file, &mut trouble));
                    draft.lacks(trouble.what);
                }
                None if schema.is_some() => draft.missing.push("the input schema".to_owned()),
                None => {}
            }
            if let Some((ty, file)) =
                output.filter(|(ty, _)| !matches!(&*ty.name, "any" | "error") && get("OutputSchema").same(&Value::Null))
            {
                let mut trouble = Trouble::default();
                let schema = schema::of_type(machine, &GoTypes, &Type { nullable: false, ..ty }, file, &mut trouble, 0);
                if schema["type"] == "object" {
                    draft.output = Some(schema);
                }
            }
        }
        None => {}
        Some(Value::Text(text)) => draft.input = schema_text(&text, &mut draft.missing),
        Some(value) => {
            let mut holes = Vec::new();
            draft.input = jsonschema_value(&value, &mut holes, 0).or_else(|| to_json(&value, "", &mut holes));
            if !holes.is_empty() || draft.input.is_none() {
                draft.missing.push("a part of the input schema".to_owned());
            }
            draft.input = draft.input.take().filter(Json::is_object);
        }
    }
    if let Some(options) = tool.get(OPTIONS).and_then(|options| options.items()) {
        let mut schema = tool_option::Schema::default();
        tool_option::apply(machine, &mut draft, &mut schema, &options, 0);
    }
    machine.add(draft);
}

/// A definition that nothing was seen to register: `Tool{Name: ..., Description: ...}` of a library or the module's own.
pub(super) fn defined<'t>(machine: &mut Machine<'t>, object: &Rc<Object<'t>>) {
    let has = |name: &str| object.get(name).is_some_and(|value| !matches!(value, Value::Null));
    let is_tool = matches!(last_name(&object.ty), "Tool" | "ToolDefinition" | "ToolDef" | "ToolSpec");
    if is_tool && has("Name") && (has("Description") || has("InputSchema")) {
        let none = Made { path: Rc::from(""), on: None, types: Vec::new(), args: Vec::new(), site: object.site.get() };
        from_object(machine, &Rc::new(none), object, None);
    }
}

/// The types of what a handler takes and gives: `func(ctx, request, In) (result, Out, error)`, or as they are written at
/// the call, `AddTool[In, Out]`.
#[expect(clippy::type_complexity, reason = "two types, each with the file it is written in")]
fn handler_types<'t>(
    made: &Rc<Made<'t>>,
    handler: Option<&Value<'t>>,
) -> (Option<(Type<'t>, crate::program::source::FileId)>, Option<(Type<'t>, crate::program::source::FileId)>) {
    let written = |at: usize| made.types.get(at).map(|ty| (ty.clone(), made.site.file));
    if written(0).is_some() {
        return (written(0), written(1));
    }
    let Some(Value::Func(closure)) = handler else { return (None, None) };
    let file = closure.func.site.file;
    let is_known =
        |ty: &Type<'_>| matches!(ty.last(), "Context" | "CallToolRequest" | "CallToolParams" | "ServerSession");
    let mut inputs = closure.func.params.iter().filter_map(|param| param.ty.clone()).filter(|ty| !is_known(ty));
    let input = inputs.next().map(|ty| match ty.last() {
        // Earlier versions of the official SDK wrap the type that counts.
        "CallToolParamsFor" | "ServerRequest" if !ty.args.is_empty() => ty.args[0].clone(),
        _ => ty,
    });
    // `(result, Out, error)`: only the official SDK's handlers give three things.
    let output = match &closure.func.result {
        Some(results) if &*results.name == "()" && results.args.len() == 3 => results.args.get(1).cloned(),
        _ => None,
    };
    (input.map(|ty| (ty, file)), output.map(|ty| (ty, file)))
}

/// A helper that is given a handler and gives a tool without a schema makes the schema of the handler's parameters.
pub(super) fn remember_handler<'t>(args: &[(Option<Rc<str>>, Value<'t>)], value: &Value<'t>, site: Site) {
    let handlers: Vec<_> = args.iter().filter(|(_, value)| matches!(value, Value::Func(_))).collect();
    let [(_, handler)] = handlers.as_slice() else { return };
    let mut pending = vec![(value.clone(), 0)];
    while let Some((value, depth)) = pending.pop() {
        match &value {
            Value::Object(object) if is_tool_type(&object.ty) => {
                let schema = object.get("InputSchema");
                let is_known = matches!(schema, Some(Value::Object(_) | Value::Map(_) | Value::Text(_)));
                if !is_known && object.get(HANDLER).is_none() {
                    object.fields.borrow_mut().insert(Rc::from(HANDLER), handler.clone());
                }
                // The tool is declared where the helper is called from, not inside of it.
                object.site.set(site);
            }
            Value::Object(object) if depth < 2 => {
                pending.extend(object.fields.borrow().values().map(|field| (field.clone(), depth + 1)));
            }
            Value::Tuple(parts) if depth < 2 => pending.extend(parts.iter().map(|part| (part.clone(), depth + 1))),
            _ => {}
        }
    }
}

/// An object without any parameter.
pub(super) fn no_parameters() -> Json {
    json!({ "type": "object" })
}
