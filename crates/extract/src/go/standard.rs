//! Go's built-in functions and those of its standard library that tool definitions are put together with.

use crate::program::ast::last_name;
use crate::program::branch::has;
use crate::program::builtin::fill;
use crate::program::value::{Made, Value};
use std::rc::Rc;

/// Longest text that is put together here, in bytes.
const MAX_TEXT: usize = 1 << 20;

pub(super) fn call<'t>(made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    if let Some(setting) = super::setting::of_call(made) {
        return Some(setting);
    }
    if made.on.is_some() {
        return None;
    }
    let args: Vec<&Value<'t>> = made.args.iter().map(|(_, value)| value).collect();
    let text = |at: usize| args.get(at).and_then(|value| value.as_text());
    let of = |text: String| (text.len() <= MAX_TEXT).then(|| Value::text(&text));
    match &*made.path {
        "append" => {
            let mut items = match args.first()? {
                Value::Null => Vec::new(),
                Value::List(items) => items.borrow().clone(),
                _ => return None,
            };
            items.extend(args.iter().skip(1).map(|value| (*value).clone()));
            Some(Value::list(items))
        }
        "make" => match args.first()? {
            Value::Type(ty) if &*ty.name == "map" => Some(Value::map(Vec::new())),
            Value::Type(ty) if &*ty.name == "[]" => Some(Value::list(Vec::new())),
            Value::Class(class) if class.alias.as_ref().is_some_and(|of| &*of.name == "map") => {
                Some(Value::map(Vec::new()))
            }
            Value::Class(_) => Some(Value::list(Vec::new())),
            _ => Some(Value::Unknown("it is received at run time")),
        },
        // A pointer to a value.
        "new" if matches!(args.first(), Some(Value::Bool(_) | Value::Text(_) | Value::Number(_))) => {
            args.first().map(|value| (*value).clone())
        }
        "new" => Some(Value::Unknown("it is filled in at run time")),
        "string" | "byte" | "any" | "int" | "int64" | "float64" | "bool" if args.len() == 1 => Some(args[0].clone()),
        "encoding/json.RawMessage" | "html/template.HTML" if args.len() == 1 => Some(args[0].clone()),
        "fmt.Sprintf" => {
            let texts: Option<Vec<Rc<str>>> = args.iter().skip(1).map(|value| shown(value)).collect();
            of(fill(&text(0)?, &texts?)?)
        }
        "fmt.Sprint" => {
            let texts: Option<Vec<Rc<str>>> = args.iter().map(|value| shown(value)).collect();
            of(texts?.concat())
        }
        "strings.Join" => {
            let items = args.first()?.items()?;
            let texts: Option<Vec<Rc<str>>> = items.iter().map(Value::as_text).collect();
            let (texts, between) = (texts?, text(1)?);
            let size = texts.iter().map(|text| text.len() + between.len()).sum::<usize>();
            (size <= MAX_TEXT).then(|| Value::text(&texts.join(&between)))
        }
        "slices.Contains" | "strings.Contains" if args.len() == 2 => Some(has(args[0].clone(), args[1].clone())),
        "strings.HasPrefix" => Some(Value::Bool(text(0)?.starts_with(&*text(1)?))),
        "strings.HasSuffix" => Some(Value::Bool(text(0)?.ends_with(&*text(1)?))),
        "strings.EqualFold" => Some(Value::Bool(text(0)?.to_lowercase() == text(1)?.to_lowercase())),
        "len" => match args.first()? {
            Value::Text(text) => Some(Value::Number(text.len().into())),
            Value::List(items) if !items.borrow().iter().any(|item| matches!(item, Value::Guarded(_))) => {
                Some(Value::Number(items.borrow().len().into()))
            }
            _ => None,
        },
        "$slice" => Some(slice(&args)),
        "strings.TrimSpace" => of(text(0)?.trim().to_owned()),
        "strings.ToLower" => of(text(0)?.to_lowercase()),
        "strings.ToUpper" => of(text(0)?.to_uppercase()),
        "strings.TrimPrefix" => of(text(0)?.strip_prefix(&*text(1)?).unwrap_or(&text(0)?).to_owned()),
        // `ptr(true)` of one library or another: a pointer to what it is given.
        path if args.len() == 1 && (is_pointer(last_name(path)) || is_of_pointers(path)) => Some(args[0].clone()),
        _ => None,
    }
}

/// `x[from:to]`: the part of a list whose bounds are known; of anything else what it is a part of, save of texts.
fn slice<'t>(args: &[&Value<'t>]) -> Value<'t> {
    let unknown = Value::Unknown("it is a part that is cut at run time");
    let [whole, from, to] = args else { return unknown };
    let bound = |value: &Value<'t>, unset: usize| match value {
        Value::Null => Some(unset),
        Value::Number(number) => number.as_u64().and_then(|at| usize::try_from(at).ok()),
        _ => None,
    };
    match whole {
        Value::List(items) => {
            let items = items.borrow();
            let part = bound(from, 0).zip(bound(to, items.len()));
            part.and_then(|(from, to)| items.get(from..to)).map_or(unknown, |part| Value::list(part.to_vec()))
        }
        Value::Text(text) => {
            let part = bound(from, 0).zip(bound(to, text.len()));
            part.and_then(|(from, to)| text.get(from..to)).map_or(unknown, Value::text)
        }
        _ => (*whole).clone(),
    }
}

fn is_pointer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "ptr" || name.ends_with("ptr") || name.ends_with("pointer") || (name.starts_with("ptr") && name != "ptrto")
}

/// `ptr.To(true)`, `pointer.Bool(true)`, `to.Ptr(true)`.
fn is_of_pointers(path: &str) -> bool {
    let Some((package, name)) = path.rsplit_once('.') else { return false };
    matches!(last_name(package), "ptr" | "pointer" | "pointers" | "pointy" | "to")
        && matches!(name, "To" | "Of" | "Bool" | "String" | "Int" | "Int64" | "Float64" | "From")
}

fn shown(value: &Value<'_>) -> Option<Rc<str>> {
    match value {
        Value::Text(text) => Some(Rc::clone(text)),
        Value::Number(number) => Some(Rc::from(number.to_string())),
        Value::Bool(value) => Some(Rc::from(value.to_string())),
        _ => None,
    }
}
