//! Registrations with the SDKs of Java and Kotlin: `addTool`, `tools`, `toolCall`, and the tools that they are given, made
//! by a builder, a constructor or arguments by name.

use super::is_named;
use super::json;
use super::types::JvmTypes;
use crate::engine::draft::HINTS;
use crate::program::ast::last_name;
use crate::program::machine::Machine;
use crate::program::schema::{Trouble, of_class};
use crate::program::source::Site;
use crate::program::tool::{Draft, schema_text};
use crate::program::value::{Made, Value};
use serde_json::Value as Json;
use std::rc::Rc;

pub(super) fn call<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    if let Some(json) = json::built(machine, made) {
        return Some(json);
    }
    doubts(machine, made);
    if made.last() == "register"
        && let Some(parts) = managed(made)
    {
        from_builder(machine, &parts, made.site);
        return Some(Value::Null);
    }
    let registers = match made.last() {
        "addTool" | "addTools" | "tools" | "toolCall" => true,
        // `tool(tool, handler)` of a server's builder; with one argument it is a specification's.
        "tool" => made.args.len() == 2,
        _ => false,
    };
    if !registers {
        return None;
    }
    let named = |name: &str| made.args.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value);
    let text_first = matches!(made.at(0), Some(Value::Text(_))) && made.last() == "addTool";
    if named("name").is_some() || text_first {
        by_name(machine, made);
        return Some(made.on.clone().unwrap_or(Value::Null));
    }
    let mut found = false;
    for (_, value) in &made.args {
        found |= register(machine, value, 0);
    }
    if !found && made.last().starts_with("addTool") && !made.args.is_empty() {
        let detail = format!("what `{}` registers could not be followed", made.last());
        machine.lacks(detail, made.site);
        found = true;
    }
    found.then(|| made.on.clone().unwrap_or(Value::Null))
}

/// `McpServer.sync(...)....build()`, Kotlin's `Server(info, options)`.
pub(crate) fn is_server(value: &Value<'_>) -> bool {
    let Value::Made(made) = value else { return false };
    if made.on.is_none() {
        return made.path.contains("modelcontextprotocol") && made.last() == "Server";
    }
    if made.last() != "build" {
        return false;
    }
    let mut at = made;
    for _ in 0..40 {
        match &at.on {
            Some(Value::Made(on)) => at = on,
            _ => break,
        }
    }
    let owner = at.path.rsplit_once('.').map_or("", |(owner, _)| owner);
    is_named(owner, "McpServer")
}

/// Notes what may add or drop tools in ways that are not followed.
fn doubts<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) {
    if matches!(made.last(), "removeTool" | "removeTools") {
        machine.lacks(format!("tools may be removed again (`{}`)", made.last()), made.site);
    }
    if made.path.ends_with("ServiceLoader.load") {
        let detail = "what `ServiceLoader` finds at run time may register tools".to_owned();
        machine.lacks(detail, made.site);
    }
}

/// The calls of Quarkus' `tools.newTool(name).setDescription(...).register()`, the first one first.
fn managed<'t>(made: &Rc<Made<'t>>) -> Option<Vec<Rc<Made<'t>>>> {
    let mut chain = Vec::new();
    let mut at = made.on.as_ref().and_then(Value::as_made).cloned();
    while let Some(part) = at.filter(|_| chain.len() < 40) {
        at = part.on.as_ref().and_then(Value::as_made).cloned();
        let is_first = part.last() == "newTool";
        chain.push(part);
        if is_first {
            chain.reverse();
            return Some(chain);
        }
    }
    None
}

/// Registers every tool inside of a value.
pub(super) fn all<'t>(machine: &mut Machine<'t>, value: &Value<'t>) {
    register(machine, value, 0);
}

/// `FunctionToolCallback.builder(name, function).description(...).inputType(T.class).build()`.
fn from_function<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> bool {
    let mut chain = vec![Rc::clone(made)];
    while let Some(Value::Made(on)) = chain.last().and_then(|part| part.on.clone()).filter(|_| chain.len() < 40) {
        chain.push(on);
    }
    let Some(first) = chain.last().filter(|first| {
        first.path.strip_suffix(".builder").is_some_and(|owner| is_named(owner, "FunctionToolCallback"))
    }) else {
        return false;
    };
    let mut draft = Draft::new(first.at(0).cloned().unwrap_or(Value::Null), first.site);
    for part in &chain {
        match (part.last(), part.at(0)) {
            ("description", Some(about)) => draft.description = about.clone(),
            ("inputSchema", Some(value)) => schema(&mut draft, value),
            ("inputType", Some(Value::Class(class))) if draft.input.is_none() => {
                let mut trouble = Trouble::default();
                draft.input = Some(of_class(machine, &JvmTypes, class, &mut trouble, 0));
                draft.lacks(trouble.what);
            }
            _ => {}
        }
    }
    if draft.input.is_none() {
        draft.missing.push("the input schema".to_owned());
    }
    machine.add(draft);
    true
}

fn register<'t>(machine: &mut Machine<'t>, value: &Value<'t>, depth: u32) -> bool {
    if depth > 8 {
        return false;
    }
    match value {
        Value::Guarded(_) => machine.unguarded(value, |machine, item| register(machine, item, depth + 1)),
        Value::Made(made) => {
            if from_function(machine, made) {
                return true;
            }
            if let Some(parts) = builder(made) {
                from_builder(machine, &parts, made.site);
                return true;
            }
            if is_tool(&made.path) && made.args.len() > 1 {
                from_constructor(machine, made);
                return true;
            }
            let inner = made.args.iter().map(|(_, value)| value).chain(&made.on);
            inner.fold(false, |found, value| register(machine, value, depth + 1) | found)
        }
        Value::List(items) => {
            let items = items.borrow().clone();
            items.iter().fold(false, |found, item| {
                let is_tool = register(machine, item, depth + 1);
                if let (false, Value::Made(made)) = (is_tool, item) {
                    machine.lacks("a part of a list of tools could not be followed".to_owned(), made.site);
                }
                is_tool | found
            })
        }
        Value::Object(object) => {
            let fields: Vec<_> = object.fields.borrow().values().cloned().collect();
            fields.iter().fold(false, |found, field| register(machine, field, depth + 1) | found)
        }
        _ => false,
    }
}

fn is_tool(path: &str) -> bool {
    is_named(path, "Tool") && !path.contains("langchain4j")
}

/// The calls of `Tool.builder()....build()`, the first one first.
fn builder<'t>(made: &Rc<Made<'t>>) -> Option<Vec<Rc<Made<'t>>>> {
    let mut chain = Vec::new();
    let mut at = Rc::clone(made);
    for _ in 0..40 {
        match at.on.clone() {
            Some(Value::Made(on)) => {
                chain.push(at);
                at = on;
            }
            _ => break,
        }
    }
    let owner = at.path.strip_suffix(".builder")?;
    is_tool(owner).then(|| {
        chain.push(at);
        chain.reverse();
        chain
    })
}

fn from_builder<'t>(machine: &mut Machine<'t>, parts: &[Rc<Made<'t>>], site: Site) {
    let site = parts.first().map_or(site, |first| first.site);
    let mut draft = Draft::new(Value::Null, site);
    // `Tool.builder("name", schema)` of newer versions.
    if let Some(first) = parts.first() {
        draft.name = first.at(0).cloned().unwrap_or(Value::Null);
        if let Some(value) = first.at(1) {
            schema(&mut draft, value);
        }
    }
    for part in parts.iter().skip(1) {
        let value = part.at(0).cloned().unwrap_or(Value::Null);
        match part.last() {
            "name" => draft.name = value,
            "title" => draft.title = value,
            "description" | "setDescription" => draft.description = value,
            "setName" => draft.name = value,
            // With a mapper in front, the text of the schema comes second.
            "inputSchema" => schema(&mut draft, part.at(1).unwrap_or(&value)),
            "annotations" => annotations(&mut draft, &value),
            _ => {}
        }
    }
    machine.add(draft);
}

/// `new Tool(name, description, schema)`, with a title in second place in newer versions.
fn from_constructor<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) {
    let named = |name: &str| made.args.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, v)| v.clone());
    let mut draft = Draft::new(named("name").or_else(|| made.at(0).cloned()).unwrap_or(Value::Null), made.site);
    if made.args.iter().any(|(key, _)| key.is_some()) {
        fill(&mut draft, made);
        machine.add(draft);
        return;
    }
    let is_titled = made.args.len() > 4
        || (made.args.len() == 4
            && matches!(made.at(2), Some(Value::Text(text)) if !text.trim_start().starts_with('{')));
    let at = if is_titled { 2 } else { 1 };
    if is_titled {
        draft.title = made.at(1).cloned().unwrap_or(Value::Null);
    }
    draft.description = made.at(at).cloned().unwrap_or(Value::Null);
    match made.at(at + 1) {
        Some(value) => schema(&mut draft, value),
        None => draft.missing.push("the input schema".to_owned()),
    }
    for (_, value) in made.args.iter().skip(at + 2) {
        if value.type_name().is_some_and(|name| is_named(&name, "ToolAnnotations")) {
            annotations(&mut draft, value);
        }
    }
    machine.add(draft);
}

/// Kotlin's `addTool(name = ..., description = ..., inputSchema = ...)`.
fn by_name<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) {
    let mut draft = Draft::new(made.arg(0, "name").cloned().unwrap_or(Value::Null), made.site);
    fill(&mut draft, made);
    if matches!(draft.description, Value::Null)
        && let Some(text @ Value::Text(_)) = made.at(1)
    {
        draft.description = text.clone();
    }
    machine.add(draft);
}

fn fill<'t>(draft: &mut Draft<'t>, made: &Rc<Made<'t>>) {
    for (key, value) in &made.args {
        match key.as_deref() {
            Some("title") => draft.title = value.clone(),
            Some("description") => draft.description = value.clone(),
            Some("inputSchema") => schema(draft, value),
            Some("outputSchema") => {
                if let Some(schema @ Json::Object(_)) = json::schema(value, &mut Vec::new()) {
                    draft.output = Some(schema);
                }
            }
            Some("toolAnnotations" | "annotations") => annotations(draft, value),
            _ => {}
        }
    }
    // The SDK's default is an object without properties.
    if draft.input.is_none()
        && draft.missing.is_empty()
        && !made.args.iter().any(|(key, _)| key.as_deref() == Some("inputSchema"))
    {
        let third = made.at(2).filter(|value| !matches!(value, Value::Func(_)));
        match third {
            Some(value) => schema(draft, value),
            None => draft.input = Some(serde_json::json!({ "type": "object", "properties": {} })),
        }
    }
}

fn schema<'t>(draft: &mut Draft<'t>, value: &Value<'t>) {
    match value {
        Value::Text(text) => draft.input = schema_text(text, &mut draft.missing),
        value => {
            let mut holes = Vec::new();
            draft.input = json::schema(value, &mut holes).filter(Json::is_object);
            if draft.input.is_none() {
                draft.missing.push("the input schema".to_owned());
            } else if !holes.is_empty() {
                draft.missing.push("a part of the input schema".to_owned());
            }
        }
    }
}

/// `new ToolAnnotations(title, readOnly, destructive, idempotent, openWorld, ...)`, by place, by name or by a builder.
fn annotations<'t>(draft: &mut Draft<'t>, value: &Value<'t>) {
    let Value::Made(made) = value else {
        if !matches!(value, Value::Null) {
            draft.missing.push("the annotations".to_owned());
        }
        return;
    };
    let keys: Vec<&'static str> = ["title"].into_iter().chain(HINTS).collect();
    if last_name(&made.path) == "ToolAnnotations" {
        for (at, key) in keys.into_iter().enumerate() {
            let named = made.args.iter().any(|(name, _)| name.is_some());
            let value = if named {
                made.args.iter().find(|(n, _)| n.as_deref() == Some(key)).map(|(_, v)| v)
            } else {
                made.at(at)
            };
            draft.annotate(key, value.cloned());
        }
        return;
    }
    let mut at = Some(Rc::clone(made));
    for _ in 0..20 {
        let Some(part) = at else { break };
        if let Some(key) = keys.iter().find(|key| **key == part.last()) {
            draft.annotate(key, part.at(0).cloned());
        }
        at = part.on.as_ref().and_then(Value::as_made).cloned();
    }
}
