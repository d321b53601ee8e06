//! Operators on values that are known, and the text that Python shows for them. Only plain functions.

use super::ast::{Comparison, Op};
use super::path::{below, is_path};
use super::setting::Setting;
use super::value::{Value, last};
use std::cell::RefCell;
use std::rc::Rc;

/// Text longer than this is not followed any further; no description is.
pub(super) const MAX_TEXT: usize = 1 << 20;

pub(super) fn index(items: &[Value], at: i64) -> Option<Value> {
    let at = if at < 0 {
        items.len().checked_sub(usize::try_from(at.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(at).ok()?
    };
    items.get(at).cloned()
}

pub(super) fn slice(object: &Value, start: Option<Value>, stop: Option<Value>) -> Option<Value> {
    let items = match object {
        Value::List(items) => items.borrow().clone(),
        Value::Str(text) => text.chars().map(|c| Value::text(c.to_string())).collect(),
        _ => return None,
    };
    let bound = |value: Option<Value>, otherwise: usize| match value {
        None | Some(Value::None) => Some(otherwise),
        Some(Value::Int(at)) if at >= 0 => Some(usize::try_from(at).ok()?.min(items.len())),
        Some(Value::Int(at)) => Some(items.len().saturating_sub(usize::try_from(at.unsigned_abs()).ok()?)),
        _ => None,
    };
    let (start, stop) = (bound(start, 0)?, bound(stop, items.len())?);
    let part = items.get(start..stop).unwrap_or_default();
    Some(match object {
        Value::Str(_) => Value::text(part.iter().filter_map(Value::as_text).collect::<Vec<_>>().concat()),
        _ => Value::list(part.to_vec()),
    })
}

/// The text that `str()` gives for a plain value.
pub(super) fn show(value: &Value) -> Option<String> {
    Some(match value.settled().0 {
        Value::Str(text) => text.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::None => "None".to_owned(),
        Value::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.1}"),
        Value::Float(value) => value.to_string(),
        // An enumeration shows its value only where it is an `enum.StrEnum`.
        Value::Instance(member) if member.class.has_external_base(&|path| last(path) == "StrEnum") => {
            value.as_text()?.to_string()
        }
        Value::List(items) => show_items(&items.borrow()).map(|inner| format!("[{inner}]"))?,
        Value::Tuple(items) if items.len() != 1 => show_items(items).map(|inner| format!("({inner})"))?,
        _ => return None,
    })
}

/// The items of a list as `repr()` shows them; only text that needs no escapes.
fn show_items(items: &[Value]) -> Option<String> {
    let mut shown = Vec::with_capacity(items.len());
    for item in items {
        shown.push(match item {
            Value::Str(text) if text.chars().all(|c| !c.is_control() && c != '\'' && c != '\\') => format!("'{text}'"),
            Value::Int(_) | Value::Bool(_) | Value::None | Value::Float(_) => show(item)?,
            _ => return None,
        });
    }
    Some(shown.join(", "))
}

pub(super) fn binary(left: &Value, op: Op, right: &Value) -> Value {
    let ((left, left_set), (right, right_set)) = (left.settled(), right.settled());
    let set = left_set.max(right_set);
    if set != Setting::None {
        return binary(left, op, right).set_by(set);
    }
    match (left, op, right) {
        (_, Op::Add, _) if left.as_text().is_some() => match (left.as_text(), right.as_text()) {
            (Some(a), Some(b)) if a.len() + b.len() <= MAX_TEXT => Value::text(format!("{a}{b}")),
            _ => Value::Unknown,
        },
        (left, Op::Divide, right) if is_path(left) => below(left, right).unwrap_or_default(),
        (Value::Int(a), op, Value::Int(b)) => arithmetic(*a, op, *b),
        (Value::Float(a), Op::Multiply, Value::Float(b)) => Value::Float(a * b),
        (Value::Float(a), Op::Multiply, Value::Int(b)) | (Value::Int(b), Op::Multiply, Value::Float(a)) => {
            Value::Float(a * *b as f64)
        }
        (Value::List(a), Op::Add, Value::List(b)) => {
            let mut all = a.borrow().clone();
            all.extend(b.borrow().iter().cloned());
            Value::list(all)
        }
        // What is known of a list that has an unknown part is worth keeping.
        (Value::List(a), Op::Add, _) => {
            let mut all = a.borrow().clone();
            all.push(Value::Unknown);
            Value::list(all)
        }
        (_, Op::Add, Value::List(b)) => {
            let mut all = vec![Value::Unknown];
            all.extend(b.borrow().iter().cloned());
            Value::list(all)
        }
        (Value::Tuple(a), Op::Add, Value::Tuple(b)) => Value::Tuple(a.iter().chain(b.iter()).cloned().collect()),
        (Value::Str(text), Op::Multiply, Value::Int(times)) => match usize::try_from(*times) {
            Ok(times) if text.len().saturating_mul(times) <= 10_000 => Value::text(text.repeat(times)),
            _ => Value::Unknown,
        },
        (Value::Str(text), Op::Remainder, value) => percent(text, value).map_or(Value::Unknown, Value::text),
        (Value::Dict(a), Op::Or, Value::Dict(b)) => {
            let mut all = a.borrow().clone();
            all.retain(|(key, _)| !b.borrow().iter().any(|(other, _)| other.equals(key) == Some(true)));
            all.extend(b.borrow().iter().cloned());
            Value::Dict(Rc::new(RefCell::new(all)))
        }
        (a, Op::Or, b) if is_type(a) && is_type(b) => {
            let mut members = Vec::new();
            for side in [a, b] {
                match side {
                    Value::Union(inner) => members.extend(inner.iter().cloned()),
                    other => members.push(other.clone()),
                }
            }
            Value::Union(members.into())
        }
        _ => Value::Unknown,
    }
}

fn is_type(value: &Value) -> bool {
    matches!(
        value,
        Value::External(_)
            | Value::Class(_)
            | Value::Generic(_)
            | Value::Union(_)
            | Value::None
            | Value::Str(_)
            | Value::Made(_)
            | Value::Unknown
    )
}

fn arithmetic(a: i64, op: Op, b: i64) -> Value {
    let result = match op {
        Op::Add => a.checked_add(b),
        Op::Subtract => a.checked_sub(b),
        Op::Multiply => a.checked_mul(b),
        Op::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        Op::ShiftLeft => u32::try_from(b).ok().filter(|b| *b < 62).and_then(|b| a.checked_mul(1 << b)),
        Op::FloorDivide if b > 0 => Some(a.div_euclid(b)),
        Op::Remainder if b > 0 => Some(a.rem_euclid(b)),
        Op::Divide if b != 0 => return Value::Float(a as f64 / b as f64),
        _ => None,
    };
    result.map_or(Value::Unknown, Value::Int)
}

/// `text % value` where only `%s` and `%d` stand in the text.
fn percent(text: &str, value: &Value) -> Option<String> {
    let values = match value {
        Value::Tuple(items) => items.to_vec(),
        value => vec![value.clone()],
    };
    let mut values = values.iter();
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => match rest.next()? {
                '%' => out.push('%'),
                's' | 'd' => out.push_str(&show(values.next()?)?),
                _ => return None,
            },
            c => out.push(c),
        }
    }
    Some(out)
}

pub(super) fn compare(left: &Value, comparison: Comparison, right: &Value) -> Value {
    let ((left, left_set), (right, right_set)) = (left.settled(), right.settled());
    match known_comparison(left, comparison, right) {
        None => Value::Unknown,
        Some(result) => {
            let set = if left_set == Setting::None { right_set.clone() } else { left_set.clone() };
            let other = if left_set == Setting::None { left } else { right };
            let value = Value::Bool(result);
            value.set_by(set.tested(|name| test(name, comparison, other)))
        }
    }
}

/// A comparison of the setting `name` with something else, as a user would set it.
fn test(name: &str, comparison: Comparison, other: &Value) -> String {
    let shown = match other {
        Value::None | Value::Bool(true) => None,
        Value::Str(text) if text.is_empty() => None,
        other => match other.items() {
            Some(items) if !matches!(other, Value::Str(_)) => {
                Some(items.iter().filter_map(show).take(5).collect::<Vec<_>>().join("|"))
            }
            _ => show(other),
        },
    };
    let is_nothing = matches!(other, Value::None) || matches!(other, Value::Str(text) if text.is_empty());
    let equal = match (&shown, is_nothing) {
        (None, true) => super::setting::negated(name),
        (None, false) => name.to_owned(),
        (Some(shown), _) => format!("{name}={shown}"),
    };
    match comparison {
        Comparison::Equal | Comparison::Is | Comparison::In => equal,
        Comparison::Unequal | Comparison::IsNot | Comparison::NotIn => super::setting::negated(&equal),
        Comparison::Less => format!("{name} < {}", shown.unwrap_or_default()),
        Comparison::AtMost => format!("{name} <= {}", shown.unwrap_or_default()),
        Comparison::Greater => format!("{name} > {}", shown.unwrap_or_default()),
        Comparison::AtLeast => format!("{name} >= {}", shown.unwrap_or_default()),
        Comparison::Other => name.to_owned(),
    }
}

fn known_comparison(left: &Value, comparison: Comparison, right: &Value) -> Option<bool> {
    match comparison {
        Comparison::Equal | Comparison::Is => left.equals(right),
        Comparison::Unequal | Comparison::IsNot => left.equals(right).map(|equal| !equal),
        Comparison::In | Comparison::NotIn => {
            let found = match (left, right) {
                (Value::Str(part), Value::Str(whole)) => whole.contains(&**part),
                (left, right) => {
                    let mut found = false;
                    for item in right.items()? {
                        found |= left.equals(&item)?;
                    }
                    found
                }
            };
            Some(found == (comparison == Comparison::In))
        }
        Comparison::Less => order(left, right).map(|order| order.is_lt()),
        Comparison::AtMost => order(left, right).map(|order| order.is_le()),
        Comparison::Greater => order(left, right).map(|order| order.is_gt()),
        Comparison::AtLeast => order(left, right).map(|order| order.is_ge()),
        Comparison::Other => None,
    }
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
