//! Methods with `[McpServerTool]`: their attributes and signature in, tools out.

use super::types::{CSharpTypes, snake};
use crate::program::ast::{Class, Func, Mark, Param, last_name, mark};
use crate::program::json::to_json;
use crate::program::machine::{Machine, Scope};
use crate::program::schema::{Property, Trouble, object, of_type};
use crate::program::tool::Draft;
use crate::program::value::Value;
use serde_json::Value as Json;
use std::rc::Rc;

/// Parameters that the SDK fills in.
const INJECTED: [&str; 13] = [
    "CancellationToken",
    "IServiceProvider",
    "McpServer",
    "IMcpServer",
    "RequestContext",
    "IProgress",
    "ClaimsPrincipal",
    "HttpClient",
    "ILogger",
    "ILoggerFactory",
    "IHttpClientFactory",
    "IConfiguration",
    "IMemoryCache",
];

/// Interfaces that hold data rather than do something.
const DATA: [&str; 9] = [
    "IEnumerable",
    "IList",
    "ICollection",
    "IDictionary",
    "IReadOnlyList",
    "IReadOnlyCollection",
    "IReadOnlyDictionary",
    "ISet",
    "IAsyncEnumerable",
];

pub(super) fn is_tool_type(class: &Class<'_>) -> bool {
    mark(&class.marks, &["McpServerToolType"]).is_some()
}

/// The tools of every class that is marked as a holder of tools.
pub(super) fn all(machine: &mut Machine<'_>) {
    let program = Rc::clone(&machine.program);
    for class in program.classes().iter().filter(|class| is_tool_type(class)) {
        of_class(machine, class);
    }
}

/// The tools of one class.
pub(super) fn of_class<'t>(machine: &mut Machine<'t>, class: &Rc<Class<'t>>) {
    for func in &class.methods {
        if let Some(tool) = mark(&func.marks, &["McpServerTool"]) {
            let scope = machine.class_scope(class);
            let draft = draft(machine, func, Some(tool), &scope);
            machine.add(draft);
        }
    }
}

/// A tool out of a method's signature and attributes.
pub(super) fn draft<'t>(
    machine: &mut Machine<'t>,
    func: &Rc<Func<'t>>,
    tool: Option<&Mark<'t>>,
    scope: &Scope<'t>,
) -> Draft<'t> {
    let get = |machine: &mut Machine<'t>, name: &str| match tool.and_then(|tool| tool.named(name)) {
        Some(value) => machine.eval(value, scope),
        None => Value::Null,
    };
    let mut draft = Draft::new(get(machine, "Name"), func.site);
    if matches!(draft.name, Value::Null) {
        draft.name = if func.name.is_empty() {
            Value::Unknown("it is a function without a name")
        } else {
            Value::text(&default_name(func))
        };
    }
    draft.title = get(machine, "Title");
    if !matches!(draft.title, Value::Null) {
        draft.annotate("title", Some(draft.title.clone()));
    }
    draft.description = match mark(&func.marks, &["Description"]).and_then(|mark| mark.positional(0)) {
        Some(about) => machine.eval(about, scope),
        None => Value::Null,
    };
    for (name, key) in [
        ("ReadOnly", "readOnlyHint"),
        ("Destructive", "destructiveHint"),
        ("Idempotent", "idempotentHint"),
        ("OpenWorld", "openWorldHint"),
    ] {
        let value = get(machine, name);
        draft.annotate(key, Some(value));
    }
    let mut properties = Vec::new();
    for param in &func.params {
        properties.extend(property(machine, param, scope, &mut draft));
    }
    let mut trouble = Trouble::default();
    draft.input = Some(Json::Object(object(machine, &CSharpTypes, properties, &mut trouble, 0)));
    if get(machine, "UseStructuredContent").as_bool() == Some(true)
        && let Some(result) = &func.result
    {
        let inner = match result.last() {
            "Task" | "ValueTask" => result.args.first(),
            _ => Some(result),
        };
        let schema = inner.map(|ty| of_type(machine, &CSharpTypes, ty, func.site.file, &mut trouble, 0));
        draft.output = schema.filter(|schema| schema["type"] == "object");
    }
    draft.lacks(trouble.what);
    draft
}

/// The name that the SDK gives a method: without `Async` where it gives a task, and in snake case.
fn default_name(func: &Func<'_>) -> String {
    let is_task = func.result.as_ref().is_some_and(|ty| matches!(ty.last(), "Task" | "ValueTask" | "IAsyncEnumerable"));
    let bare = func.name.strip_suffix("Async").filter(|bare| is_task && !bare.is_empty());
    snake(bare.unwrap_or(&func.name))
}

fn property<'t>(
    machine: &mut Machine<'t>,
    param: &Param<'t>,
    scope: &Scope<'t>,
    draft: &mut Draft<'t>,
) -> Option<Property<'t>> {
    let Some(ty) = &param.ty else {
        draft.missing.push(format!("the type of parameter `{}`", param.name));
        return None;
    };
    let last = ty.last();
    let mut second = last.chars().skip(1);
    let is_service = last.starts_with('I') && second.next().is_some_and(char::is_uppercase) && !DATA.contains(&last);
    let is_injected = INJECTED.contains(&last) || mark(&param.marks, &["FromServices", "FromKeyedServices"]).is_some();
    let about = mark(&param.marks, &["Description"]).and_then(|mark| mark.positional(0));
    if is_injected || (about.is_none() && (is_service || machine.facts.contains(last))) {
        return None;
    }
    let mut property = Property::new(&param.name, Some(ty.clone()), scope.file);
    property.description = about.map_or(Value::Null, |about| machine.eval(about, scope));
    if let Some(default) = &param.default {
        property.is_required = false;
        let value = machine.eval(default, scope);
        let mut holes = Vec::new();
        property.default = to_json(&value, "", &mut holes);
        if !holes.is_empty() {
            draft.missing.push(format!("the default of parameter `{}`", param.name));
        }
    }
    Some(property)
}

/// Notes the classes whose objects the program hands to whoever asks for them: `AddSingleton<T>` and its like.
pub(super) fn note_services(machine: &mut Machine<'_>) {
    const KINDS: [&str; 5] = ["AddSingleton<", "AddScoped<", "AddTransient<", "AddHttpClient<", "AddDbContext<"];
    let sources = machine.sources;
    for source in &sources.files {
        for kind in KINDS {
            for (at, found) in source.text.match_indices(kind) {
                let rest = &source.text[at + found.len()..];
                let Some((list, _)) = rest.split_once('>').filter(|(list, _)| list.len() < 400) else { continue };
                machine.facts.extend(list.split(',').map(|name| last_name(name.trim()).to_owned()));
            }
        }
    }
}
