//! Methods that annotations make tools: Spring's `@McpTool`, Spring AI's `@Tool`, Quarkus' `@Tool`. A method counts when
//! its class is one that the framework finds, or that the code hands to it.

use super::types::JvmTypes;
use super::{imports, setting};
use crate::engine::draft::HINTS;
use crate::program::ast::{Class, Func, Mark, Param, last_name, mark};
use crate::program::machine::Machine;
use crate::program::schema::{Property, Trouble, object};
use crate::program::tool::Draft;
use crate::program::value::Value;
use serde_json::{Value as Json, json};
use std::rc::Rc;

/// Classes with one of these marks are made by the framework.
const BEANS: [&str; 10] = [
    "Component",
    "Service",
    "Controller",
    "RestController",
    "Configuration",
    "Repository",
    "Singleton",
    "ApplicationScoped",
    "SpringBootApplication",
    "Named",
];

/// Parameters that the framework fills in.
const INJECTED: [&str; 24] = [
    "McpSyncRequestContext",
    "McpAsyncRequestContext",
    "McpSyncServerExchange",
    "McpAsyncServerExchange",
    "McpTransportContext",
    "ToolContext",
    "McpMeta",
    "CallToolRequest",
    "McpLog",
    "McpConnection",
    "RequestId",
    "RequestUri",
    "Progress",
    "Cancellation",
    "Sampling",
    "Roots",
    "Elicitation",
    "ToolManager",
    "RawMessage",
    "Meta",
    "ProgressToken",
    "Continuation",
    "HttpServletRequest",
    "ServerWebExchange",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framework {
    SpringMcp,
    SpringAi,
    Quarkus,
    Koog,
}

/// A method whose class nothing was seen to hand to a server.
pub(super) type Unregistered<'t> = (Rc<Class<'t>>, Rc<Func<'t>>, Framework);

/// The tools that nothing was seen to register.
pub(super) fn define<'t>(machine: &mut Machine<'t>, unregistered: Vec<Unregistered<'t>>) {
    machine.defining = true;
    for (class, func, framework) in unregistered {
        if let Some(tool) = mark(&func.marks, &["McpTool", "Tool"]) {
            tool_of(machine, &class, &func, tool, framework);
        }
    }
}

/// Reads the methods of classes that the frameworks find, or that the code hands to them; gives the others.
pub(super) fn read<'t>(machine: &mut Machine<'t>) -> Vec<Unregistered<'t>> {
    let program = Rc::clone(&machine.program);
    let mut unregistered = Vec::new();
    for class in program.classes() {
        for func in &class.methods {
            let Some(tool) = mark(&func.marks, &["McpTool", "Tool"]) else { continue };
            let file = class.site.file;
            let framework = if last_name(&tool.name) == "McpTool" {
                Framework::SpringMcp
            } else if imports(machine, file, "quarkiverse") {
                Framework::Quarkus
            } else if imports(machine, file, "ai.koog") {
                Framework::Koog
            } else if imports(machine, file, "springframework.ai") {
                Framework::SpringAi
            } else {
                // Another library's: an agent's own tool is no server's.
                continue;
            };
            if is_registered(machine, &class, framework) {
                let held = machine.guards.len();
                let guards = setting::of_marks(machine, &class, &class.marks);
                machine.guards.extend(guards);
                tool_of(machine, &class, func, tool, framework);
                machine.guards.truncate(held);
            } else {
                unregistered.push((Rc::clone(&class), Rc::clone(func), framework));
            }
        }
    }
    unregistered
}

fn is_registered(machine: &Machine<'_>, class: &Class<'_>, framework: Framework) -> bool {
    let is_bean = mark(&class.marks, &BEANS).is_some();
    match framework {
        Framework::Quarkus => true,
        Framework::SpringMcp => is_bean || mentioned(machine, class, &[]),
        // A registry that is handed to a server; agents have registries, too.
        Framework::Koog => {
            let starts = ["startStdioMcpServer", "startSseMcpServer", "startMcpServer", "configureServer"];
            let is_served = machine.sources.files.iter().any(|file| starts.iter().any(|word| file.text.contains(word)));
            is_served && mentioned(machine, class, &["ToolRegistry"])
        }
        Framework::SpringAi => mentioned(machine, class, &["toolObjects", "ToolCallbacks", "defaultTools"]),
    }
}

/// Whether a file names the class beside its own declaration, and one of `words`.
fn mentioned(machine: &Machine<'_>, class: &Class<'_>, words: &[&str]) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    machine.sources.files.iter().enumerate().any(|(at, source)| {
        let has_word = words.is_empty() || words.iter().any(|word| source.text.contains(word));
        let own = at == class.site.file.0 && words.is_empty();
        has_word
            && !own
            && source.text.match_indices(&*class.name).any(|(at, found)| {
                let before = source.text[..at].chars().next_back();
                let after = source.text[at + found.len()..].chars().next();
                !before.is_some_and(is_word) && !after.is_some_and(is_word)
            })
    })
}

fn tool_of<'t>(
    machine: &mut Machine<'t>,
    class: &Rc<Class<'t>>,
    func: &Rc<Func<'t>>,
    tool: &Mark<'t>,
    from: Framework,
) {
    let scope = machine.class_scope(class);
    let get = |machine: &mut Machine<'t>, name: &str| match tool.named(name) {
        Some(value) => machine.eval(value, &scope),
        None => Value::Null,
    };
    let is_default = |value: &Value<'_>| match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty() || &**text == "<<element name>>",
        _ => false,
    };
    let mut draft = Draft::new(get(machine, "name"), func.site);
    if from == Framework::Koog
        && let Some(name) = tool.named("customName").or_else(|| tool.positional(0))
    {
        draft.name = machine.eval(name, &scope);
    }
    if is_default(&draft.name) {
        draft.name = Value::Text(Rc::clone(&func.name));
    }
    for (name, field) in [("title", &mut draft.title), ("description", &mut draft.description)] {
        let value = get(machine, name);
        *field = if is_default(&value) { Value::Null } else { value };
    }
    if let Some(about) = mark(&func.marks, &["LLMDescription"]).filter(|_| from == Framework::Koog) {
        let about = about.named("description").or_else(|| about.positional(0));
        draft.description = about.map_or(Value::Null, |about| machine.eval(about, &scope));
    }
    if let Value::Made(annotations) = get(machine, "annotations") {
        for key in ["title"].into_iter().chain(HINTS) {
            let value = annotations.args.iter().find(|(name, _)| name.as_deref() == Some(key));
            draft.annotate(key, value.map(|(_, value)| value.clone()).filter(|value| !is_default(value)));
        }
    }
    let mut properties = Vec::new();
    for param in &func.params {
        properties.extend(property(machine, class, param, from));
    }
    let mut trouble = Trouble::default();
    let mut schema = object(machine, &JvmTypes, properties, &mut trouble, 0);
    if from == Framework::SpringAi {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    draft.input = Some(Json::Object(schema));
    draft.lacks(trouble.what);
    machine.add(draft);
}

fn property<'t>(
    machine: &mut Machine<'t>,
    class: &Rc<Class<'t>>,
    param: &Param<'t>,
    from: Framework,
) -> Option<Property<'t>> {
    let scope = machine.class_scope(class);
    let ty = param.ty.clone()?;
    if INJECTED.contains(&ty.last()) || mark(&param.marks, &["McpProgressToken", "Suspend"]).is_some() {
        return None;
    }
    let told = mark(&param.marks, &["McpToolParam", "ToolParam", "ToolArg", "LLMDescription"]);
    let get = |machine: &mut Machine<'t>, name: &str| match told.and_then(|told| told.named(name)) {
        Some(value) => machine.eval(value, &scope),
        None => Value::Null,
    };
    let name = match get(machine, "name") {
        Value::Text(name) if from == Framework::Quarkus && &*name != "<<element name>>" => name,
        _ => Rc::clone(&param.name),
    };
    let mut property = Property::new(&name, Some(ty.clone()), class.site.file);
    property.description = match get(machine, "description") {
        Value::Null if from == Framework::Koog => match told.and_then(|told| told.positional(0)) {
            Some(about) => machine.eval(about, &scope),
            None => Value::Null,
        },
        Value::Text(text) if text.is_empty() => Value::Null,
        value => value,
    };
    let may_lack = ty.nullable
        || param.default.is_some()
        || ty.last().starts_with("Optional")
        || mark(&param.marks, &["Nullable"]).is_some();
    property.is_required = get(machine, "required").as_bool().unwrap_or(!may_lack);
    if let Value::Text(default) = get(machine, "defaultValue") {
        property.is_required = false;
        let is_text = matches!(ty.last(), "String" | "CharSequence");
        let parsed = serde_json::from_str(&default).ok().filter(|_| !is_text);
        property.default = Some(parsed.unwrap_or_else(|| json!(*default)));
    }
    if let Some(ty) = &mut property.ty {
        ty.nullable = false;
    }
    Some(property)
}
