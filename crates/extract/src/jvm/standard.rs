//! Functions of the standard libraries of Java and Kotlin that tool definitions are put together with.

use crate::program::ast::last_name;
use crate::program::builtin::fill;
use crate::program::machine::Machine;
use crate::program::value::{Made, Value};
use std::rc::Rc;

pub(super) fn call<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    let args: Vec<Value<'t>> = made.args.iter().map(|(_, value)| value.clone()).collect();
    let last = made.last();
    if let Some(setting) = super::setting::of_call(made) {
        return Some(setting);
    }
    if let Some(on) = &made.on {
        return on_value(machine, on, last, &args);
    }
    let owner = made.path.rsplit_once('.').map_or("", |(owner, _)| last_name(owner));
    match (owner, last) {
        ("List" | "Set" | "Stream" | "Arrays" | "ImmutableList", "of" | "asList")
        | (_, "listOf" | "mutableListOf" | "setOf" | "arrayOf" | "listOfNotNull" | "arrayListOf") => {
            Some(match args.as_slice() {
                [list @ Value::List(_)] if owner == "Arrays" => list.clone(),
                _ => Value::list(args),
            })
        }
        ("Collections", "emptyList") => Some(Value::list(Vec::new())),
        ("Collections", "emptyMap") => Some(Value::map(Vec::new())),
        (_, "emptyList" | "emptyMap" | "mutableMapOf" | "hashMapOf" | "linkedMapOf" | "mapOf" | "ofEntries") => {
            if last == "emptyList" {
                return Some(Value::list(Vec::new()));
            }
            let pairs: Option<Vec<_>> = args.iter().map(pair).collect();
            Some(pairs.map_or(Value::Unknown("it is a map that is not written out"), Value::map))
        }
        ("Map" | "ImmutableMap", "of") => {
            let pairs = args.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
            Some(Value::map(pairs.collect()))
        }
        ("Map", "entry") => Some(Value::Tuple(Rc::new(args))),
        (_, "Pair") if args.len() == 2 => Some(Value::Tuple(Rc::new(args))),
        (
            "Map" | "List" | "Set" | "Collections",
            "copyOf" | "unmodifiableList" | "unmodifiableMap" | "singletonList",
        ) => match args.first() {
            Some(Value::List(_) | Value::Map(_)) => args.first().cloned(),
            _ => Some(Value::list(args)),
        },
        ("String", "format") => {
            let texts: Option<Vec<Rc<str>>> = args.iter().map(Value::as_text).collect();
            let texts = texts?;
            let (format, values) = texts.split_first()?;
            fill(format, values).map(|text| Value::text(&text))
        }
        ("String", "join") => {
            let texts = match args.get(1) {
                Some(list @ Value::List(_)) => list.items()?,
                _ => args.get(1..)?.to_vec(),
            };
            let texts: Option<Vec<Rc<str>>> = texts.iter().map(Value::as_text).collect();
            Some(Value::text(&texts?.join(&*args.first()?.as_text()?)))
        }
        _ => None,
    }
}

fn pair<'t>(value: &Value<'t>) -> Option<(Value<'t>, Value<'t>)> {
    match value {
        Value::Tuple(parts) if parts.len() == 2 => Some((parts[0].clone(), parts[1].clone())),
        _ => None,
    }
}

/// Kotlin's scope functions, and `a to b`.
fn on_value<'t>(machine: &mut Machine<'t>, on: &Value<'t>, name: &str, args: &[Value<'t>]) -> Option<Value<'t>> {
    match (name, args) {
        ("to", [value]) => Some(Value::Tuple(Rc::new(vec![on.clone(), value.clone()]))),
        ("apply" | "also" | "let" | "run" | "with", [Value::Func(closure)]) => {
            let this = matches!(name, "apply" | "run").then(|| on.clone());
            let value = match this {
                Some(this) => machine.with_this(closure, this, Vec::new()),
                None => machine.invoke(closure, vec![(None, on.clone())]),
            };
            Some(if matches!(name, "apply" | "also") { on.clone() } else { value })
        }
        ("asList" | "toList" | "toMap" | "toMutableList", []) => match on {
            Value::List(_) | Value::Map(_) => Some(on.clone()),
            _ => None,
        },
        ("forEach" | "onEach", [Value::Func(closure)]) => match on {
            Value::Map(pairs) => {
                let pairs = pairs.borrow().clone();
                for (key, value) in pairs {
                    machine.invoke(closure, vec![(None, key), (None, value)]);
                }
                Some(Value::Null)
            }
            _ => None,
        },
        _ => None,
    }
}
