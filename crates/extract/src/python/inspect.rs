//! What a package may ask about its own functions and types at start: signatures, annotations, parts of a type.

use super::ast::Name;
use super::machine::Machine;
use super::tool::{MARKS, has_attribute, shown};
use super::value::{Args, Class, Function, Value, last};
use mcpdex_model::PartialReason;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Functions of `inspect` (and `asyncio`) that say what a value is.
pub(super) fn is_predicate(path: &str) -> bool {
    matches!(
        path.split_once('.'),
        Some(("inspect" | "asyncio", "isroutine" | "isfunction" | "ismethod" | "isclass" | "iscoroutinefunction"))
    )
}

/// Whether the predicate at `path` holds for a value; `None` when that is not known.
pub(super) fn holds(path: &str, value: &Value) -> Option<bool> {
    let is_plain = matches!(value, Value::None | Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::Dict(_));
    let function = match value {
        Value::Function(function) => Some(function),
        Value::Bound(bound) => Some(&bound.1),
        _ => None,
    };
    match (last(path), function) {
        (_, None) if is_plain => Some(false),
        ("isroutine", Some(_)) => Some(true),
        ("isfunction", Some(_)) => Some(matches!(value, Value::Function(_))),
        ("ismethod", Some(_)) => Some(matches!(value, Value::Bound(_))),
        ("iscoroutinefunction", Some(function)) => Some(function.def.is_async),
        ("isclass", Some(_)) => Some(false),
        (predicate, None) if matches!(value, Value::Class(_)) => Some(predicate == "isclass"),
        _ => None,
    }
}

/// The names that an object has, sorted, those of its bases in the package included.
pub(super) fn names(object: &Value) -> Vec<Name> {
    let mut names = BTreeSet::new();
    let mut classes: Vec<Rc<Class>> = Vec::new();
    match object {
        Value::Class(class) => classes.push(Rc::clone(class)),
        Value::Instance(instance) => {
            names.extend(instance.attributes.borrow().keys().cloned());
            classes.push(Rc::clone(&instance.class));
        }
        _ => {}
    }
    let mut at = 0;
    while let Some(class) = classes.get(at).cloned().filter(|_| at < 50) {
        names.extend(class.env.vars.borrow().keys().cloned());
        classes.extend(class.bases.iter().filter_map(|base| match base {
            Value::Class(base) => Some(Rc::clone(base)),
            _ => None,
        }));
        at += 1;
    }
    names.into_iter().collect()
}

/// The attribute of an object that was given attributes whose names are not known.
pub(super) const DICTIONARY: &str = "__dict__";

/// Takes note that an object may have attributes that nothing here shows.
pub(super) fn open(object: &Value) {
    if let Value::Instance(instance) = object {
        instance.attributes.borrow_mut().insert(Rc::from(DICTIONARY), Value::Unknown);
    }
}

/// `hasattr(object, name)`; `None` when that is not known.
pub(super) fn has(object: &Value, name: &str) -> Option<bool> {
    // Every object has some of these; a mark is not one.
    let is_special = name.starts_with("__") && !MARKS.contains(&name);
    match object {
        Value::Function(function) => has_attribute(function, name),
        // A method passes on what its function has, and has two attributes of its own.
        Value::Bound(bound) if !matches!(name, "__self__" | "__func__") => has_attribute(&bound.1, name),
        Value::Bound(_) => Some(true),
        Value::Instance(instance) => {
            let own = instance.attributes.borrow();
            if own.contains_key(name) || instance.class.find(name).is_some() {
                return Some(true);
            }
            (instance.class.is_closed() && !own.contains_key(DICTIONARY) && !is_special).then_some(false)
        }
        Value::Class(class) => {
            let found = class.find(name).is_some();
            (found || class.is_closed() && !is_special).then_some(found)
        }
        _ => None,
    }
}

impl Machine<'_> {
    /// `hasattr(object, name)`, and a note where a tool may depend on what another package's decorator did.
    pub(super) fn has_attribute(&mut self, object: &Value, name: &str, module: usize, line: u32) -> Value {
        let found = has(object, name);
        if found.is_none() && matches!(object, Value::Function(_) | Value::Bound(_)) {
            let detail = format!("whether a function has `{name}` is decided by a decorator of another package");
            let site = self.site(module, line);
            self.note(PartialReason::GeneratedTools, &detail, site);
        }
        found.map_or(Value::Unknown, Value::Bool)
    }

    /// `inspect.getmembers(object, predicate)`
    pub(super) fn members(&mut self, object: &Value, predicate: Option<&Value>, module: usize) -> Value {
        let names = match object {
            Value::Instance(_) | Value::Class(_) => names(object),
            Value::Module(number) => {
                let Some(module) = self.modules.get(*number) else { return Value::Unknown };
                module.env.vars.borrow().keys().cloned().collect()
            }
            _ => return Value::Unknown,
        };
        let mut found = Vec::new();
        for name in names {
            let value = self.attribute(object, &name);
            let fits = match predicate {
                None | Some(Value::None) => Some(true),
                Some(predicate) => {
                    let args = Args { plain: vec![value.clone()], ..Args::default() };
                    self.call(predicate, args, module).truth()
                }
            };
            if fits != Some(false) {
                found.push(Value::Tuple(Rc::new([Value::Str(name), value])));
            }
        }
        Value::list(found)
    }

    /// `typing.get_type_hints(function)`
    pub(super) fn type_hints(&mut self, function: &Rc<Function>) -> Value {
        let function = shown(function).0;
        let mut hints = Vec::new();
        for param in &function.def.params {
            if let Some(annotation) = &param.annotation {
                hints.push((Value::Str(Rc::clone(&param.name)), self.annotation(annotation, &function.env)));
            }
        }
        // What the function returns is not read; nothing that tools show depends on it.
        hints.push((Value::text("return"), Value::Unknown));
        Value::dict(hints)
    }
}

/// `typing.get_origin(kind)`
pub(super) fn origin(kind: &Value) -> Value {
    match kind {
        Value::Union(_) => Value::External(Rc::from("typing.Union")),
        Value::Generic(generic) => match generic.0.path().map(last) {
            Some("Optional") => Value::External(Rc::from("typing.Union")),
            Some("List") => Value::External(Rc::from("builtins.list")),
            Some("Dict") => Value::External(Rc::from("builtins.dict")),
            Some("Tuple") => Value::External(Rc::from("builtins.tuple")),
            Some("Set") => Value::External(Rc::from("builtins.set")),
            _ => generic.0.clone(),
        },
        Value::External(_) | Value::Class(_) | Value::None => Value::None,
        _ => Value::Unknown,
    }
}

/// `typing.get_args(kind)`
pub(super) fn arguments(kind: &Value) -> Value {
    // `type(None)` is what Python gives for `None` among the arguments.
    match kind {
        Value::Union(members) => Value::Tuple(Rc::clone(members)),
        Value::Generic(generic) => {
            let mut args = generic.1.clone();
            if generic.0.path().map(last) == Some("Optional") {
                args.push(Value::None);
            }
            Value::Tuple(args.into())
        }
        Value::External(_) | Value::Class(_) => Value::Tuple(Rc::new([])),
        _ => Value::Unknown,
    }
}
