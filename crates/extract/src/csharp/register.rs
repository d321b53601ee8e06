//! Registrations with the C# SDK: what hands classes, whole assemblies or single tools to a server.

use super::annotated;
use crate::program::ast::{last_name, mark};
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::source::Site;
use crate::program::tool::{Draft, schema_text};
use crate::program::value::{Made, Object, Value};
use mcpdex_model::PartialReason;
use serde_json::Value as Json;
use std::rc::Rc;

pub(super) fn call<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    let on = || made.on.clone().unwrap_or(Value::Null);
    match made.last() {
        "WithToolsFromAssembly" => {
            // Its own assembly, unless another one is handed over.
            let is_own = |value: &Value<'t>| value.as_made().is_none_or(|made| made.last().starts_with("Get"));
            if made.args.iter().all(|(_, value)| is_own(value) && !value.is_unknown()) {
                annotated::all(machine);
            } else {
                let detail = "the tools of an assembly that is loaded at run time are not part of the source";
                machine.lacks(detail.to_owned(), made.site);
            }
            Some(Value::Made(Rc::clone(made)))
        }
        "WithTools" => {
            let program = Rc::clone(&machine.program);
            for ty in &made.types {
                match program.class(made.site.file, &ty.name) {
                    Some(class) => annotated::of_class(machine, &class),
                    None => machine.lacks(format!("the tools of `{}` are not part of the source", ty.name), made.site),
                }
            }
            for (_, value) in &made.args {
                if !register(machine, value, 0) && made.types.is_empty() {
                    machine.lacks("what `WithTools` registers could not be followed".to_owned(), made.site);
                }
            }
            Some(Value::Made(Rc::clone(made)))
        }
        "AddListToolsFilter" | "WithListToolsFilter" | "AddIncomingMessageFilter" => {
            let detail = format!("a filter decides at run time which tools are listed (`{}`)", made.last());
            machine.lacks(detail, made.site);
            None
        }
        "Remove" | "Clear" | "TryRemove" if shows_tools(&on()) => {
            machine.lacks(format!("tools may be removed again (`{}`)", made.last()), made.site);
            None
        }
        // `options.ToolCollection.Add(tool)`, `tools.TryAdd(tool)`.
        "Add" | "TryAdd" | "AddSingleton" if made.args.iter().any(|(_, value)| is_tool(value)) => {
            made.args.iter().for_each(|(_, value)| {
                register(machine, value, 0);
            });
            Some(on())
        }
        // `services.AddSingleton<McpServerTool>(provider => ...)`: the SDK lists every service of that kind.
        "AddSingleton" | "AddScoped" | "AddTransient" | "TryAddSingleton" | "AddKeyedSingleton" | "Singleton"
            if made.types.first().is_some_and(|ty| ty.last() == "McpServerTool") =>
        {
            service(machine, made);
            Some(on())
        }
        // A tool that is made is not a server's yet; what it is made of must not be walked as if it were called.
        "Create" if is_create(made) => Some(Value::Made(Rc::clone(made))),
        name if is_builder(&on()) && !HARMLESS.iter().any(|word| name.contains(word)) => {
            let detail = format!("`{name}` of the server's builder is not in the source and may register more tools");
            machine.note(PartialReason::MountedServer, detail, Some(made.site));
            None
        }
        _ => None,
    }
}

/// Words in the names of the SDK's own methods of a server's builder that register no tool.
const HARMLESS: [&str; 9] =
    ["Transport", "Prompt", "Resource", "Complet", "Logging", "Auth", "Handler", "Filter", "AddMcpServer"];

/// Whether a value is what `AddMcpServer` gave, or a method that was called on it.
fn is_builder(value: &Value<'_>) -> bool {
    let mut at = value.as_made();
    for _ in 0..40 {
        match at {
            Some(made) if made.last() == "AddMcpServer" => return true,
            Some(made) => at = made.on.as_ref().and_then(Value::as_made),
            None => return false,
        }
    }
    false
}

/// A service that is a tool: what it is made by is walked.
fn service<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) {
    let given = made.args.iter().map(|(_, value)| value.clone()).next_back();
    let tool = match given {
        Some(Value::Func(closure)) => machine.invoke(&closure, Vec::new()),
        Some(value) => value,
        None => Value::Null,
    };
    if !register(machine, &tool, 0) {
        machine.lacks("a tool that is registered as a service could not be followed".to_owned(), made.site);
    }
}

/// Whether a value is, or comes from, a collection of tools.
fn shows_tools(value: &Value<'_>) -> bool {
    match value {
        Value::Path(path) => path.contains("ToolCollection"),
        Value::List(items) => items.borrow().iter().any(is_tool),
        _ => false,
    }
}

fn is_create(made: &Made<'_>) -> bool {
    let owner = made.path.rsplit_once('.').map_or("", |(owner, _)| last_name(owner));
    made.last() == "Create" && owner == "McpServerTool"
}

/// `McpServer.Create(transport, options)`.
pub(super) fn is_server(value: &Value<'_>) -> bool {
    value.as_made().is_some_and(|made| made.path.ends_with("McpServer.Create"))
}

pub(super) fn is_tool(value: &Value<'_>) -> bool {
    match value {
        Value::Made(made) => is_create(made),
        _ => false,
    }
}

/// A tool collection is set as a property.
pub(super) fn assigned<'t>(machine: &mut Machine<'t>, name: &str, value: &Value<'t>, site: Site) {
    if name == "ToolCollection" {
        machine.kept.push(value.clone());
    }
    if name == "ToolCollection" && !register(machine, value, 0) && value.is_unknown() {
        machine.lacks("the tool collection could not be followed".to_owned(), site);
    }
}

/// `new ListToolsResult { Tools = [...] }` of a handler, and options that hold a collection of tools.
pub(super) fn object<'t>(machine: &mut Machine<'t>, object: &Rc<Object<'t>>) {
    let key = match last_name(&object.ty) {
        "ListToolsResult" => "Tools",
        _ => "ToolCollection",
    };
    if let Some(tools) = object.get(key) {
        machine.kept.push(tools);
    }
    if let Some(tools) = object.get(key)
        && !register(machine, &tools, 0)
    {
        machine.lacks("the list of tools could not be followed".to_owned(), object.site.get());
    }
}

/// Registers what the collections that servers were given hold in the end.
pub(super) fn collections(machine: &mut Machine<'_>) {
    for value in std::mem::take(&mut machine.kept) {
        register(machine, &value, 0);
    }
}

fn register<'t>(machine: &mut Machine<'t>, value: &Value<'t>, depth: u32) -> bool {
    if depth > 4 {
        return false;
    }
    match value {
        Value::Guarded(_) => machine.unguarded(value, |machine, item| register(machine, item, depth + 1)),
        Value::List(items) => {
            let items = items.borrow().clone();
            items.iter().fold(items.is_empty(), |found, item| {
                let is_tool = register(machine, item, depth + 1);
                if let (false, Value::Made(made)) = (is_tool, item) {
                    machine.lacks("a part of the tool collection could not be followed".to_owned(), made.site);
                }
                is_tool | found
            })
        }
        Value::Class(class) => {
            annotated::of_class(machine, class);
            true
        }
        Value::Made(made) if is_create(made) => {
            created(machine, made);
            true
        }
        Value::Object(object) if matches!(last_name(&object.ty), "Tool" | "") && object.get("Name").is_some() => {
            listed(machine, object);
            true
        }
        Value::Object(object) => match &object.class {
            // An instance whose methods are tools.
            Some(class) if class.methods.iter().any(|func| mark(&func.marks, &["McpServerTool"]).is_some()) => {
                annotated::of_class(machine, class);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// `McpServerTool.Create(function, options)`.
fn created<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) {
    let Some(Value::Func(closure)) = made.at(0) else {
        let mut draft = Draft::new(Value::Null, made.site);
        options(&mut draft, made);
        draft.missing.push("the input schema".to_owned());
        machine.add(draft);
        return;
    };
    let scope = match &closure.class {
        Some(class) => machine.class_scope(class),
        None => machine.file_scope(closure.file),
    };
    let tool = mark(&closure.func.marks, &["McpServerTool"]);
    let mut draft = annotated::draft(machine, &closure.func, tool, &scope);
    draft.site = made.site;
    options(&mut draft, made);
    machine.add(draft);
}

fn options<'t>(draft: &mut Draft<'t>, made: &Rc<Made<'t>>) {
    let given = made.args.iter().map(|(_, value)| value).skip(1);
    for value in given {
        let Value::Object(options) = value else { continue };
        let set = |name: &str, field: &mut Value<'t>| {
            if let Some(value) = options.get(name) {
                *field = value;
            }
        };
        set("Name", &mut draft.name);
        set("Description", &mut draft.description);
        set("Title", &mut draft.title);
        draft.annotate("title", options.get("Title"));
        for (name, key) in [
            ("ReadOnly", "readOnlyHint"),
            ("Destructive", "destructiveHint"),
            ("Idempotent", "idempotentHint"),
            ("OpenWorld", "openWorldHint"),
        ] {
            draft.annotate(key, options.get(name));
        }
    }
}

/// `new Tool { Name = ..., InputSchema = ... }`.
fn listed<'t>(machine: &mut Machine<'t>, tool: &Rc<Object<'t>>) {
    let get = |name: &str| tool.get(name).unwrap_or(Value::Null);
    let mut draft = Draft::new(get("Name"), tool.site.get());
    draft.title = get("Title");
    draft.description = get("Description");
    match get("InputSchema") {
        Value::Null => {}
        Value::Text(text) => draft.input = schema_text(&text, &mut draft.missing),
        value => {
            let mut holes = Vec::new();
            draft.input = to_json(&value, "", &mut holes).filter(Json::is_object);
            if draft.input.is_none() || !holes.is_empty() {
                draft.missing.push("the input schema".to_owned());
            }
        }
    }
    if let Value::Object(annotations) = get("Annotations") {
        for (name, key) in [
            ("Title", "title"),
            ("ReadOnlyHint", "readOnlyHint"),
            ("DestructiveHint", "destructiveHint"),
            ("IdempotentHint", "idempotentHint"),
            ("OpenWorldHint", "openWorldHint"),
        ] {
            draft.annotate(key, annotations.get(name));
        }
    }
    machine.add(draft);
}
