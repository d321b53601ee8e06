//! Methods of built-in types and of objects that other packages define.

use super::call::same_function;
use super::machine::Machine;
use super::operator::{MAX_TEXT, show};
use super::setting::Setting;
use super::value::{Args, Class, Value};
use std::rc::Rc;

impl Machine<'_> {
    pub(super) fn call_method(&mut self, receiver: &Value, name: &str, args: Args, module: usize) -> Value {
        let set = args.plain.iter().map(|arg| arg.settled().1).fold(receiver.settled().1, Setting::max);
        if set != Setting::None && matches!(receiver.settled().0, Value::Str(_) | Value::List(_) | Value::Dict(_)) {
            let plain = args.plain.iter().map(|arg| arg.settled().0.clone()).collect();
            let receiver = receiver.settled().0.clone();
            return self.call_method(&receiver, name, Args { plain, ..args }, module).set_by(set);
        }
        if let Some(value) = self.path_method(receiver, name, &args) {
            return value;
        }
        let known = match receiver {
            Value::Str(text) => text_method(text, name, &args),
            Value::List(items) => {
                if !self.gates.is_empty() {
                    args.plain.iter().for_each(|arg| {
                        self.guard(arg);
                        self.guard_items(arg);
                    });
                }
                list_method(items, name, &args)
            }
            Value::Dict(pairs) => dict_method(pairs, name, &args),
            Value::Method(method) if &*method.1 == "_tools" && name == "pop" => {
                self.remove_tool(&method.0, args.plain.first(), args.line, module);
                Some(Value::Unknown)
            }
            Value::Class(class) => self.class_method(class, name),
            Value::Function(_) if matches!(name, "command" | "callback" | "group") => {
                return self.made("later", args, module);
            }
            Value::Made(made) if made.path.starts_with("fastapi.") || made.path.starts_with("gradio.") => {
                self.route_method(made, name, &args, module)
            }
            Value::Made(made) if matches!(name, "json_schema" | "model_json_schema" | "schema") => {
                match made.args.plain.first().cloned() {
                    Some(kind) if made.kind() == "TypeAdapter" => Some(self.type_schema(&kind)),
                    _ => None,
                }
            }
            Value::Made(made) if name == "replace" && made.path.starts_with("inspect.") => {
                self.replaced_part(&Rc::clone(made), &args, module)
            }
            Value::Instance(instance) if name.starts_with("register_") => {
                self.register_marked(&Rc::clone(instance), name, &args, module)
            }
            Value::Instance(instance) if matches!(name, "_replace" | "model_copy") => {
                let changes = match args.named("update") {
                    Some(Value::Dict(pairs)) if name == "model_copy" => {
                        let pairs = pairs.borrow();
                        pairs.iter().filter_map(|(key, value)| Some((key.as_text()?, value.clone()))).collect()
                    }
                    _ if name == "model_copy" => Vec::new(),
                    _ => args.named.clone(),
                };
                Some(self.replaced(&Rc::clone(instance), &changes))
            }
            Value::Instance(instance) if matches!(name, "model_dump" | "dict") => {
                let attributes = instance.attributes.borrow();
                Some(Value::dict(
                    attributes.iter().map(|(name, value)| (Value::Str(Rc::clone(name)), value.clone())).collect(),
                ))
            }
            _ => None,
        };
        if let Some(value) = known {
            return value;
        }
        if let Some(value) = self.server_method(receiver, name, &args, module) {
            return value;
        }
        match name {
            "command" | "callback" | "group" | "on_event" => return self.made("later", args, module),
            "add_argument" => self.add_argument(&args),
            "parse_args" => return self.made("argparse.Namespace", Args::default(), module),
            "parse_known_args" => {
                let known = self.made("argparse.Namespace", Args::default(), module);
                return Value::Tuple(Rc::new([known, Value::Unknown]));
            }
            // `parser.set_defaults(func=start)`: whoever reads the arguments calls it.
            "set_defaults" => {
                for (_, value) in args.named.iter().filter(|(_, value)| matches!(value, Value::Function(_))) {
                    self.later.push((value.clone(), Args::default()));
                }
            }
            // `pool.map(function, items)`
            "map" if args.plain.len() == 2 && args.plain[0].is_thing_to_call() => {
                return self.mapped(&args.plain[0].clone(), &args, module);
            }
            "run" | "run_until_complete" | "start_soon" | "create_task" | "submit" | "add_task" => {
                self.run_given(&args, module);
            }
            _ => {}
        }
        if !self.is_server_value(receiver) {
            if !matches!(name, "run" | "submit" | "add_task" | "start_soon" | "create_task") {
                self.hand_over_method(&args, module);
            }
            let to = match receiver {
                Value::Made(made) => format!("{}.{name}", made.path),
                _ => String::new(),
            };
            self.hand_over(&to, &args, module);
        }
        same_function(&args)
    }

    fn class_method(&mut self, class: &Rc<Class>, name: &str) -> Option<Value> {
        match name {
            "model_json_schema" | "schema" => Some(self.class_schema(class)),
            _ => None,
        }
    }
}

fn text_method(text: &Rc<str>, name: &str, args: &Args) -> Option<Value> {
    let texts: Vec<Rc<str>> = args.plain.iter().filter_map(Value::as_text).collect();
    let pattern = |set: &Rc<str>| set.chars().collect::<Vec<_>>();
    let plain = args.plain.is_empty() && args.named.is_empty();
    let result: String = match (name, texts.as_slice()) {
        ("strip", []) if plain => text.trim().to_owned(),
        ("lstrip", []) if plain => text.trim_start().to_owned(),
        ("rstrip", []) if plain => text.trim_end().to_owned(),
        ("strip", [set]) => text.trim_matches(&*pattern(set)).to_owned(),
        ("lstrip", [set]) => text.trim_start_matches(&*pattern(set)).to_owned(),
        ("rstrip", [set]) => text.trim_end_matches(&*pattern(set)).to_owned(),
        ("lower", []) => text.to_lowercase(),
        ("upper", []) => text.to_uppercase(),
        ("capitalize", []) => {
            let mut chars = text.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect())?
        }
        ("replace", [from, to]) => text.replace(&**from, to),
        ("removeprefix", [prefix]) => text.strip_prefix(&**prefix).unwrap_or(text).to_owned(),
        ("removesuffix", [suffix]) => text.strip_suffix(&**suffix).unwrap_or(text).to_owned(),
        ("startswith", [prefix]) => return Some(Value::Bool(text.starts_with(&**prefix))),
        ("endswith", [suffix]) => return Some(Value::Bool(text.ends_with(&**suffix))),
        ("split", [separator]) if !separator.is_empty() && args.plain.len() == 1 => {
            return Some(Value::list(text.split(&**separator).map(Value::text).collect()));
        }
        ("split", [separator]) if !separator.is_empty() => {
            let Some(Value::Int(times)) = args.get(1, "maxsplit") else { return Some(Value::Unknown) };
            let times = usize::try_from(*times).ok()?.checked_add(1)?;
            return Some(Value::list(text.splitn(times, &**separator).map(Value::text).collect()));
        }
        ("partition", [separator]) if !separator.is_empty() => {
            let (before, after) = text.split_once(&**separator).unwrap_or((text, ""));
            let between = if before.len() < text.len() { &**separator } else { "" };
            return Some(Value::Tuple(Rc::new([before, between, after].map(Value::text))));
        }
        ("find", [part]) => {
            let at = text.find(&**part).map(|at| text[..at].chars().count());
            return Some(Value::Int(at.map_or(Some(-1), |at| i64::try_from(at).ok())?));
        }
        ("split", []) if plain => return Some(Value::list(text.split_whitespace().map(Value::text).collect())),
        ("splitlines", []) => return Some(Value::list(text.lines().map(Value::text).collect())),
        ("join", _) => {
            let items = args.plain.first()?.items()?;
            let parts: Option<Vec<Rc<str>>> = items.iter().map(Value::as_text).collect();
            let parts = parts?;
            if parts.iter().map(|part| part.len() + text.len()).sum::<usize>() > MAX_TEXT {
                return Some(Value::Unknown);
            }
            parts.join(&**text)
        }
        ("format", _) => format(text, args)?,
        _ => return Some(Value::Unknown),
    };
    Some(if result.len() <= MAX_TEXT { Value::text(result) } else { Value::Unknown })
}

/// `text.format(…)` where every hole is plain: `{}`, `{0}` or `{name}`.
fn format(text: &str, args: &Args) -> Option<String> {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let end = rest.find('}').filter(|_| brace == "{")?;
        let hole = &rest[..end];
        rest = &rest[end + 1..];
        let value = if hole.is_empty() {
            next += 1;
            args.plain.get(next - 1)
        } else if let Ok(at) = hole.parse::<usize>() {
            args.plain.get(at)
        } else {
            args.named(hole)
        };
        out.push_str(&show(value?)?);
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    out.push_str(rest);
    Some(out)
}

fn list_method(items: &super::value::Shared<Vec<Value>>, name: &str, args: &Args) -> Option<Value> {
    let first = args.plain.first();
    match (name, first) {
        ("append" | "add" | "appendleft", Some(value)) => items.borrow_mut().push(value.clone()),
        ("extend" | "update" | "extendleft", Some(value)) => {
            let more = value.items().unwrap_or_else(|| vec![Value::Unknown]);
            items.borrow_mut().extend(more);
        }
        ("insert", Some(_)) => items.borrow_mut().insert(0, args.plain.get(1).cloned().unwrap_or_default()),
        ("copy", _) => return Some(Value::list(items.borrow().clone())),
        ("clear", _) => items.borrow_mut().clear(),
        ("pop" | "popleft", first) => {
            let mut items = items.borrow_mut();
            let at = match first {
                None if name == "popleft" => 0,
                None => items.len().saturating_sub(1),
                Some(Value::Int(at)) if *at >= 0 => usize::try_from(*at).ok()?,
                Some(Value::Int(at)) => items.len().checked_sub(usize::try_from(at.unsigned_abs()).ok()?)?,
                Some(_) => return Some(Value::Unknown),
            };
            return Some(if at < items.len() { items.remove(at) } else { Value::Unknown });
        }
        ("remove" | "discard", Some(value)) => {
            let at = items.borrow().iter().position(|item| item.equals(value) == Some(true));
            if let Some(at) = at {
                items.borrow_mut().remove(at);
            }
        }
        ("reverse", _) => items.borrow_mut().reverse(),
        ("union", Some(other)) => {
            let mut all = items.borrow().clone();
            all.extend(other.items()?);
            return Some(Value::list(all));
        }
        _ => return Some(Value::Unknown),
    }
    Some(Value::None)
}

fn dict_method(pairs: &super::value::Shared<Vec<(Value, Value)>>, name: &str, args: &Args) -> Option<Value> {
    let find = |key: &Value| {
        let pairs = pairs.borrow();
        pairs.iter().find(|(known, _)| known.equals(key) == Some(true)).map(|(_, value)| value.clone())
    };
    let first = args.plain.first();
    Some(match (name, first) {
        ("get", Some(key)) => match find(key) {
            Some(value) => value,
            None if key.is_unknown() => Value::Unknown,
            None => args.plain.get(1).cloned().unwrap_or(Value::None),
        },
        ("items", _) => Value::list(
            pairs.borrow().iter().map(|(key, value)| Value::Tuple(Rc::new([key.clone(), value.clone()]))).collect(),
        ),
        ("keys", _) => Value::list(pairs.borrow().iter().map(|(key, _)| key.clone()).collect()),
        ("values", _) => Value::list(pairs.borrow().iter().map(|(_, value)| value.clone()).collect()),
        ("copy", _) => Value::dict(pairs.borrow().clone()),
        ("pop", Some(key)) => {
            let found = find(key);
            pairs.borrow_mut().retain(|(known, _)| known.equals(key) != Some(true));
            found.or_else(|| args.plain.get(1).cloned()).unwrap_or_default()
        }
        ("setdefault", Some(key)) => find(key).unwrap_or_else(|| {
            let value = args.plain.get(1).cloned().unwrap_or(Value::None);
            pairs.borrow_mut().push((key.clone(), value.clone()));
            value
        }),
        ("update", _) => {
            let mut more: Vec<(Value, Value)> = match first {
                Some(Value::Dict(other)) => other.borrow().clone(),
                None => Vec::new(),
                Some(_) => vec![(Value::Unknown, Value::Unknown)],
            };
            more.extend(args.named.iter().map(|(name, value)| (Value::Str(Rc::clone(name)), value.clone())));
            let mut pairs = pairs.borrow_mut();
            for (key, value) in more {
                pairs.retain(|(known, _)| known.equals(&key) != Some(true));
                pairs.push((key, value));
            }
            Value::None
        }
        _ => Value::Unknown,
    })
}
