//! Methods of texts, lists and maps that the languages have in common under one name or another, and those that hand a
//! value on unchanged.

use super::call::Args;
use super::machine::{MAX_TEXT, Machine};
use super::value::{MAX_ITEMS, Value, bound};
use std::rc::Rc;

/// Methods that give what they are called on, as far as a tool's definition goes.
const SAME: [&str; 26] = [
    "to_string",
    "toString",
    "ToString",
    "to_owned",
    "into",
    "clone",
    "as_str",
    "String",
    "intern",
    "stripIndent",
    "build",
    "Build",
    "as_ref",
    "unwrap",
    "toList",
    "ToList",
    "ToArray",
    "toTypedArray",
    "stream",
    "collect",
    "into_iter",
    "iter",
    "to_vec",
    "orElseThrow",
    "expect",
    "asList",
];

impl<'t> Machine<'t> {
    /// What a method of a plain value gives; `None` when it is not known here.
    pub(super) fn method_of_value(&mut self, on: &Value<'t>, name: &str, args: &Args<'t>) -> Option<Value<'t>> {
        match on {
            Value::Text(text) => self.method_of_text(text, name, args),
            Value::List(items) => {
                let given = args.first().map(|(_, value)| value.clone());
                match (name, given) {
                    ("add" | "Add" | "push" | "append" | "addLast", Some(value)) if args.len() == 1 => {
                        let mut items = items.borrow_mut();
                        if items.len() <= MAX_ITEMS {
                            items.push(value.under(&self.guards));
                            bound(&mut items, Value::Unknown);
                        }
                        Some(Value::Bool(true))
                    }
                    ("addAll" | "AddRange" | "extend", Some(Value::List(more))) => {
                        let more = more.borrow().clone();
                        let mut items = items.borrow_mut();
                        items.extend(more.into_iter().map(|item| item.under(&self.guards)));
                        bound(&mut items, Value::Unknown);
                        Some(Value::Bool(true))
                    }
                    // What is added is not known: something is, and who reads the list says so.
                    ("addAll" | "AddRange" | "extend", Some(more @ (Value::Made(_) | Value::Unknown(_)))) => {
                        items.borrow_mut().push(more);
                        Some(Value::Bool(true))
                    }
                    ("forEach" | "ForEach" | "map" | "Select", Some(Value::Func(closure))) => {
                        let held = items.borrow().clone();
                        let mut results = Vec::new();
                        let guards = self.guards.len();
                        for item in held {
                            if !self.step() || self.far.0 {
                                break;
                            }
                            let (guarded, item) = match item {
                                Value::Guarded(guarded) => (guarded.0.clone(), guarded.1.clone()),
                                item => (Vec::new(), item),
                            };
                            let round = self.guards.len();
                            guarded.into_iter().for_each(|guard| self.enter(Some(guard)));
                            results.push(self.invoke(&closure, vec![(None, item)]));
                            self.guards.truncate(round);
                            // Where the block may have left the function around it, the next item follows under that guard.
                            self.far.1.clone().into_iter().for_each(|guard| self.enter(Some(guard)));
                        }
                        self.guards.truncate(guards);
                        Some(Value::list(results))
                    }
                    ("contains" | "Contains" | "includes", Some(part)) if args.len() == 1 => {
                        Some(super::branch::has(on.clone(), part))
                    }
                    ("get" | "elementAt", Some(Value::Number(at))) => {
                        let at = usize::try_from(at.as_u64()?).ok()?;
                        items.borrow().get(at).cloned()
                    }
                    _ if SAME.contains(&name) => Some(Value::List(Rc::clone(items))),
                    _ => None,
                }
            }
            Value::Map(pairs) => {
                let given = args.first().map(|(_, value)| value.clone());
                match (name, given) {
                    ("put" | "insert" | "Add" | "set", Some(key)) if args.len() == 2 => {
                        let mut pairs = pairs.borrow_mut();
                        if pairs.len() <= MAX_ITEMS {
                            pairs.push((key, args[1].1.clone()));
                            bound(&mut pairs, |why| (Value::Unknown(why), Value::Unknown(why)));
                        }
                        Some(Value::Null)
                    }
                    ("containsKey" | "ContainsKey" | "contains", Some(part)) if args.len() == 1 => {
                        Some(super::branch::has(on.clone(), part))
                    }
                    ("get" | "getValue", Some(key)) => Some(super::eval::looked_up(&pairs.borrow(), &key)),
                    _ if SAME.contains(&name) => Some(Value::Map(Rc::clone(pairs))),
                    _ => None,
                }
            }
            Value::Object(object) if object.class.is_some() => match name {
                // The constant of an enumeration.
                "name" | "toString" | "ToString" | "to_string" => object.get("$name"),
                _ => None,
            },
            _ => None,
        }
    }

    fn method_of_text(&mut self, text: &Rc<str>, name: &str, args: &Args<'t>) -> Option<Value<'t>> {
        let texts: Vec<Rc<str>> = args.iter().filter_map(|(_, value)| value.as_text()).collect();
        if let Some(is) = asked_of_text(text, name, &texts, args.len()) {
            return Some(Value::Bool(is));
        }
        let made = match (name, texts.as_slice()) {
            ("trim" | "Trim" | "strip", []) => text.trim().to_owned(),
            ("trimIndent", []) => trim_indent(text),
            ("trimMargin", []) => {
                let lines = text.lines().map(|line| line.trim_start().strip_prefix('|').unwrap_or(line));
                lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
            }
            ("toLowerCase" | "lowercase" | "ToLower" | "ToLowerInvariant" | "to_lowercase", _) => text.to_lowercase(),
            ("toUpperCase" | "uppercase" | "ToUpper" | "ToUpperInvariant" | "to_uppercase", _) => text.to_uppercase(),
            ("concat" | "plus", [more]) if args.len() == 1 => format!("{text}{more}"),
            ("replace" | "Replace", [from, to]) if args.len() == 2 && !from.is_empty() => {
                // Bounded before it is made: a long text of short matches can grow without end.
                let grows = text.matches(&**from).count().saturating_mul(to.len());
                if grows > MAX_TEXT {
                    return None;
                }
                text.replace(&**from, to)
            }
            ("formatted", _) if texts.len() == args.len() => fill(text, &texts)?,
            _ if SAME.contains(&name) && args.is_empty() => return Some(Value::Text(Rc::clone(text))),
            _ => return None,
        };
        (made.len() <= MAX_TEXT).then(|| Value::text(&made))
    }
}

/// What a text answers of itself; comparisons with more than a text are not followed.
fn asked_of_text(text: &str, name: &str, texts: &[Rc<str>], count: usize) -> Option<bool> {
    let other = match (texts, count) {
        ([], 0) => "",
        ([other], 1) => other,
        _ => return None,
    };
    Some(match (name, count) {
        ("isEmpty", 0) => text.is_empty(),
        ("isBlank", 0) => text.trim().is_empty(),
        ("isNotEmpty", 0) => !text.is_empty(),
        ("isNotBlank", 0) => !text.trim().is_empty(),
        ("equals" | "Equals" | "contentEquals", 1) => text == other,
        ("equalsIgnoreCase", 1) => text.to_lowercase() == other.to_lowercase(),
        ("startsWith" | "StartsWith" | "starts_with", 1) => text.starts_with(other),
        ("endsWith" | "EndsWith" | "ends_with", 1) => text.ends_with(other),
        ("contains" | "Contains", 1) => text.contains(other),
        _ => return None,
    })
}

/// Kotlin's `trimIndent`, which is also how the others treat text blocks: the common indent and the blank first and last
/// line are removed.
pub(crate) fn trim_indent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let mut cut: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or("").trim_end_matches('\r')).collect();
    if cut.first().is_some_and(|line| line.trim().is_empty()) {
        cut.remove(0);
    }
    if cut.last().is_some_and(|line| line.trim().is_empty()) {
        cut.pop();
    }
    cut.join("\n")
}

/// A format text with `%s`, `%q`, `%v` and `%d` filled in; `None` for anything more.
pub(crate) fn fill(format: &str, values: &[Rc<str>]) -> Option<String> {
    let mut made = String::new();
    let mut values = values.iter();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        made.push_str(&rest[..at]);
        let mark = rest[at + 1..].chars().next()?;
        match mark {
            '%' => made.push('%'),
            's' | 'v' | 'd' => made.push_str(values.next()?),
            'q' => made.push_str(&format!("{:?}", values.next()?)),
            'n' => made.push('\n'),
            _ => return None,
        }
        if made.len() > MAX_TEXT {
            return None;
        }
        rest = &rest[at + 2..];
    }
    made.push_str(rest);
    values.next().is_none().then_some(made)
}
