//! Builds tool objects: from a registered function and its options, or from an object that a list handler returns.

use super::ast::Name;
use super::builtin::takes_self;
use super::docstring::{self, Split};
use super::json::to_json;
use super::literal::cleandoc;
use super::machine::Machine;
use super::parameters;
use super::value::{Args, Function, Value, last};
use crate::SourceTool;
use crate::engine::draft::ToolDraft;
use mcpdex_model::{PartialReason, ToolSite};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// The function that is shown in the place of a wrapper.
pub(super) fn shown(function: &Rc<Function>) -> (Rc<Function>, bool) {
    let (mut at, mut is_bound) = (Rc::clone(function), false);
    for _ in 0..20 {
        let next = match &*at.wraps.borrow() {
            Some(Value::Function(inner)) => Rc::clone(inner),
            Some(Value::Bound(bound)) => {
                is_bound = true;
                Rc::clone(&bound.1)
            }
            _ => break,
        };
        at = next;
    }
    (at, is_bound)
}

/// The attributes by which the frameworks' own marking decorators are known.
pub(super) const MARKS: &[&str] = &["__fastmcp__", "_mcp_tool_registration"];

/// What a marking decorator of a framework put on a function, or on the function that it wraps.
fn mark_of(function: &Rc<Function>) -> Option<Value> {
    let own = function.attributes.borrow().get("__tool__").cloned();
    own.or_else(|| match &*function.wraps.borrow() {
        Some(Value::Function(inner)) => mark_of(inner),
        _ => None,
    })
}

/// Whether a function has an attribute, which is not known of one that was handed to a decorator of another package.
pub(super) fn has_attribute(function: &Rc<Function>, name: &str) -> Option<bool> {
    let mut at = Rc::clone(function);
    let mut is_open = false;
    for _ in 0..20 {
        if at.attributes.borrow().contains_key(name) || (MARKS.contains(&name) && mark_of(&at).is_some()) {
            return Some(true);
        }
        // A mark of a framework is not put there by another's decorator.
        is_open |= at.is_handed_out.get() && !MARKS.contains(&name);
        let inner = match &*at.wraps.borrow() {
            Some(Value::Function(inner)) => Rc::clone(inner),
            Some(Value::Bound(bound)) => Rc::clone(&bound.1),
            Some(_) => return None,
            None => break,
        };
        at = inner;
    }
    if OF_EVERY_FUNCTION.contains(&name) {
        return Some(true);
    }
    (!is_open).then_some(false)
}

/// Attributes of every function.
const OF_EVERY_FUNCTION: &[&str] = &[
    "__name__",
    "__qualname__",
    "__doc__",
    "__module__",
    "__call__",
    "__code__",
    "__defaults__",
    "__dict__",
    "__annotations__",
    "__class__",
    "__globals__",
    "__get__",
    "__kwdefaults__",
    "__closure__",
    "__hash__",
    "__eq__",
];

/// `function.name`, where Python defines the attribute or the package sets it.
pub(super) fn function_attribute(function: &Rc<Function>, name: &str) -> Option<Value> {
    if let Some(value) = function.attributes.borrow().get(name) {
        return Some(value.clone());
    }
    if MARKS.contains(&name) {
        return mark_of(function);
    }
    let inner = shown(function).0;
    if inner.wraps.borrow().is_some() {
        // It took over from something that is not known.
        return matches!(name, "__name__" | "__doc__" | "__qualname__").then_some(Value::Unknown);
    }
    match name {
        "__name__" | "__qualname__" => {
            Some(inner.attributes.borrow().get("__name__").cloned().unwrap_or(Value::Str(Rc::clone(&inner.def.name))))
        }
        "__doc__" => Some(
            inner
                .attributes
                .borrow()
                .get("__doc__")
                .cloned()
                .unwrap_or_else(|| inner.def.doc.clone().map_or(Value::None, Value::Str)),
        ),
        "__wrapped__" => function.wraps.borrow().clone(),
        // What stands in for a function carries the attributes of that function.
        _ => match &*function.wraps.borrow() {
            Some(Value::Function(inner)) => function_attribute(inner, name),
            Some(Value::Bound(bound)) => function_attribute(&bound.1, name),
            _ => None,
        },
    }
}

/// Which value of the walk is which field.
impl ToolDraft {
    fn miss(&mut self, what: &str) {
        self.note(format!("{what} is made at run time"));
    }

    fn text(&mut self, key: &str, value: Option<&Value>) -> bool {
        match value {
            None | Some(Value::None) => false,
            Some(value) => {
                match value.as_text() {
                    Some(text) => {
                        if value.settled().1.is_open() {
                            self.note(format!("its {key} can be set; what stands here is the default"));
                        }
                        self.set(key, Json::from(&*text));
                    }
                    None => self.miss(&format!("its {key}")),
                }
                true
            }
        }
    }

    fn object(&mut self, key: &str, value: Option<&Value>) {
        let Some(value) = value.filter(|value| !matches!(value, Value::None)) else { return };
        let mut holes = Vec::new();
        match to_json(value, &mut holes) {
            Some(json @ Json::Object(_)) => {
                self.set(key, json);
            }
            _ => {
                self.miss(&format!("its {key}"));
                return;
            }
        }
        for hole in holes.iter().take(20) {
            self.miss(&format!("`{key}{hole}`"));
        }
    }

    fn annotations(&mut self, value: Option<&Value>) {
        let pairs: Vec<(Value, Value)> = match value {
            None | Some(Value::None) => return,
            Some(Value::Dict(pairs)) => pairs.borrow().clone(),
            Some(Value::Made(made)) if !made.args.open => {
                made.args.named.iter().map(|(name, value)| (Value::Str(Rc::clone(name)), value.clone())).collect()
            }
            Some(_) => return self.miss("its annotations"),
        };
        for (key, value) in pairs {
            let Some(key) = key.as_text() else {
                self.miss("one of its annotations");
                continue;
            };
            let key = camel(&key);
            match to_json(&value, &mut Vec::new()) {
                Some(Json::Null) => {}
                Some(json) => self.annotate(key, json),
                None => self.miss(&format!("its annotation {key}")),
            }
        }
    }
}

/// `read_only_hint` as `readOnlyHint`.
fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut chars = part.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        out.push_str(chars.as_str());
    }
    out
}

/// The same tool under another name, as a server that it is mounted on shows it.
pub(super) fn renamed(found: &SourceTool, name: &str) -> SourceTool {
    match serde_json::from_str::<Map<String, Json>>(&found.json) {
        Ok(mut tool) => {
            tool.insert("name".to_owned(), Json::String(name.to_owned()));
            SourceTool::new(&tool, found.site.clone(), found.partial.clone())
        }
        Err(_) => found.clone(),
    }
}

/// The tool that registering `function` with `options` makes; `None` when it is switched off or has no name that could
/// be followed (which is noted).
///
/// The docstring is taken apart as `split` says.
pub(super) fn from_function(
    machine: &mut Machine<'_>,
    function: &Value,
    options: &Args,
    module: usize,
    split: Split,
) -> Option<(Name, SourceTool)> {
    let partial = match function {
        Value::Made(made) if made.kind() == "partial" => Some(machine.signature(function, module)),
        _ => None,
    };
    let (outer, bound) = match function {
        Value::Function(function) => (Some(Rc::clone(function)), false),
        Value::Bound(bound) => (Some(Rc::clone(&bound.1)), true),
        Value::Made(made) => match made.args.plain.first() {
            Some(Value::Function(function)) => (Some(Rc::clone(function)), false),
            Some(Value::Bound(bound)) => (Some(Rc::clone(&bound.1)), true),
            _ => (None, false),
        },
        _ => (None, false),
    };
    // What a marking decorator was given counts where the registration itself says nothing.
    let marks = outer.as_ref().and_then(|function| match function.attributes.borrow().get("__tool__") {
        Some(Value::Made(made)) => Some(made.args.clone()),
        _ => None,
    });
    let option = |name: &str| options.named(name).or_else(|| marks.as_ref()?.named(name)).cloned();
    let site = site(machine, outer.as_ref(), options, module);
    if matches!(option("enabled"), Some(Value::Bool(false))) {
        return None;
    }
    let positional =
        |args: &Args| args.plain.iter().find(|value| !matches!(value, Value::Function(_) | Value::Bound(_))).cloned();
    let given = option("name").or_else(|| positional(options)).or_else(|| positional(marks.as_ref()?));
    let name = match given {
        // What some arguments were given to has no name of its own.
        None | Some(Value::None) if partial.is_some() => None,
        None | Some(Value::None) => outer.as_ref().and_then(|function| function_attribute(function, "__name__")),
        given => given,
    };
    let is_set = name.as_ref().is_some_and(|name| name.settled().1.is_open());
    let Some(name) = name.and_then(|name| name.as_text()).filter(|name| is_name(name)) else {
        machine.note(PartialReason::UnresolvedValue, "a tool whose name is made at run time", site);
        return None;
    };
    let mut draft = ToolDraft::new(&name, site);
    if is_set {
        draft.note("its name can be set; what stands here is the default".to_owned());
    }
    if options.open {
        draft.miss("one or more of its options");
    }
    draft.text("title", option("title").as_ref());
    let description = option("description");
    let stated = !matches!(&description, Some(Value::Str(text)) if text.is_empty());
    let is_stated = stated && draft.text("description", description.as_ref());
    let mut documented = Vec::new();
    let documented_by = outer.as_ref().filter(|_| partial.is_none());
    if partial.is_some() && !is_stated {
        draft.miss("its description");
    }
    match documented_by.and_then(|function| function_attribute(function, "__doc__")) {
        Some(Value::Str(doc)) => {
            let doc = cleandoc(&doc);
            let parts = docstring::parts(&doc, split);
            documented = parts.parameters;
            if let Some(description) = parts.description.filter(|_| !is_stated) {
                draft.set("description", Json::String(description));
            }
        }
        None | Some(Value::None) => {}
        Some(_) if is_stated => {}
        Some(_) => draft.miss("its description"),
    }
    let left_out = names(option("exclude_args").as_ref());
    match &outer {
        Some(outer) => {
            let (inner, bound_inside) = shown(outer);
            let skip = usize::from(bound || bound_inside || takes_self(&inner));
            let (mut schema, missed) = parameters::input_schema(machine, outer, &inner, skip, &left_out, partial);
            missed.iter().for_each(|what| draft.miss(what));
            parameters::describe(&mut schema, documented);
            draft.set("inputSchema", Json::Object(schema));
        }
        None => draft.miss("its input schema"),
    }
    draft.object("outputSchema", option("output_schema").filter(|value| matches!(value, Value::Dict(_))).as_ref());
    draft.annotations(option("annotations").as_ref());
    Some((name, draft.finish()))
}

/// The first decorator of a decorated function, else the place of the registration.
fn site(machine: &Machine<'_>, function: Option<&Rc<Function>>, options: &Args, module: usize) -> ToolSite {
    if let Some(function) = function {
        let inner = shown(function).0;
        if let Some(first) = inner.def.decorators.first() {
            return machine.site(inner.env.module, first.line);
        }
    }
    machine.site(module, options.line)
}

/// A name that a tool can have; what a template left open cannot.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 256 && !name.contains(['{', '}', '\n'])
}

fn names(value: Option<&Value>) -> Vec<Name> {
    value.and_then(Value::items).unwrap_or_default().iter().filter_map(Value::as_text).collect()
}

/// Finds the first of several fields that an object has.
type Lookup = dyn Fn(&[&str]) -> Option<Value>;

/// The tool that an object states: `Tool(name=…)`, a dictionary, or an object of a class of the package.
///
/// # Errors
/// The object has no name that could be followed, or is not known at all; the text says which.
pub(super) fn from_object(
    machine: &mut Machine<'_>,
    item: &Value,
    site: &ToolSite,
) -> Result<(Name, SourceTool), &'static str> {
    let mut site = site.clone();
    let mut open = false;
    let get: Box<Lookup> = match item {
        Value::Made(made) => {
            site = machine.site(made.module, made.args.line);
            open = made.args.open;
            let made = Rc::clone(made);
            Box::new(move |keys| keys.iter().find_map(|key| made.args.named(key).cloned()))
        }
        Value::Dict(pairs) => {
            let pairs = Rc::clone(pairs);
            Box::new(move |keys| {
                let pairs = pairs.borrow();
                let has =
                    |key: &str| pairs.iter().find(|(known, _)| known.as_text().is_some_and(|known| &*known == key));
                keys.iter().find_map(|key| has(key)).map(|(_, value)| value.clone())
            })
        }
        Value::Instance(instance) => {
            let instance = Rc::clone(instance);
            Box::new(move |keys| {
                let attributes = instance.attributes.borrow();
                keys.iter().find_map(|key| attributes.get(*key).cloned().or_else(|| instance.class.find(key)))
            })
        }
        // A converter of another framework made a tool of a function.
        Value::Function(_) | Value::Bound(_) => {
            let module = machine.modules.iter().position(|module| module.path == site.file).unwrap_or_default();
            let args = Args { line: site.line, ..Args::default() };
            let found = from_function(machine, item, &args, module, Split::Never);
            return found.ok_or("a tool whose name is made at run time");
        }
        _ => return Err("one or more tools of this list are made at run time"),
    };
    let name = get(&["name"]).and_then(|name| name.as_text()).filter(|name| is_name(name));
    let Some(name) = name else { return Err("a tool whose name is made at run time") };
    let mut draft = ToolDraft::new(&name, site);
    if open {
        draft.miss("one or more of its fields");
    }
    draft.text("title", get(&["title"]).as_ref());
    draft.text("description", get(&["description"]).as_ref());
    let schema = get(&["inputSchema", "input_schema", "parameters"]);
    let schema = match schema {
        Some(Value::Class(class)) => Some(machine.class_schema(&class)),
        Some(Value::Made(made)) if last(&made.path) == "ToolInputSchema" => {
            let pairs = made.args.named.iter().map(|(name, value)| (Value::Str(Rc::clone(name)), value.clone()));
            Some(Value::dict(pairs.collect()))
        }
        other => other,
    };
    draft.object("inputSchema", schema.as_ref());
    draft.object("outputSchema", get(&["outputSchema", "output_schema"]).as_ref());
    draft.annotations(get(&["annotations"]).as_ref());
    Ok((name, draft.finish()))
}
