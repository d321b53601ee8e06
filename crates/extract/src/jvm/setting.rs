//! What Java and Kotlin programs take from whoever starts them: variables, properties, and the annotations by which the
//! frameworks bind fields and beans to them.

use crate::program::ast::{Class, Mark, last_name, mark};
use crate::program::machine::Machine;
use crate::program::setting::{Guard, Setting};
use crate::program::value::{Made, Value};
use std::rc::Rc;

/// The setting that a call gives.
pub(super) fn of_call<'t>(made: &Made<'t>) -> Option<Value<'t>> {
    let text = |at: usize| made.at(at).and_then(Value::as_text);
    let default = |at: usize| made.at(at).cloned().or(Some(Value::Null));
    let owner = made.path.rsplit_once('.').map_or("", |(owner, _)| last_name(owner));
    match (owner, made.last()) {
        ("System", "getenv") if made.args.len() == 1 => Some(Setting::variable(&text(0)?)),
        // `System.getenv().getOrDefault(name, default)`.
        (_, "get" | "getOrDefault" | "containsKey" | "getValue") if is_variables(made.on.as_ref()) => {
            Some(Setting::named(&text(0)?, default(1)))
        }
        ("System", "getProperty") => match &*text(0)? {
            "os.name" => Some(Setting::platform()),
            name => Some(Setting::named(name, default(1))),
        },
        ("Boolean", "getBoolean") | ("Integer", "getInteger") => Some(Setting::named(&text(0)?, default(1))),
        (_, "getProperty" | "getRequiredProperty" | "getOptionalValue" | "getConfigValue") if made.on.is_some() => {
            Some(Setting::named(&text(0)?, made.args.last().map(|(_, value)| value.clone()).filter(is_known)))
        }
        _ => None,
    }
}

fn is_known(value: &Value<'_>) -> bool {
    matches!(value, Value::Bool(_) | Value::Text(_) | Value::Number(_))
}

fn is_variables(on: Option<&Value<'_>>) -> bool {
    on.and_then(Value::as_made).is_some_and(|made| made.last() == "getenv" && made.args.is_empty())
}

/// The setting that a field is filled in by: `@Value("${tools.write:false}")`, `@ConfigProperty(name = "tools.write")`.
pub(super) fn of_field<'t>(machine: &mut Machine<'t>, class: &Rc<Class<'t>>, at: usize) -> Option<Value<'t>> {
    let scope = machine.class_scope(class);
    let field = class.fields.get(at)?;
    let text = |machine: &mut Machine<'t>, told: &Mark<'t>, name: &str| {
        let value = told.named(name).or_else(|| told.positional(0))?;
        machine.eval(value, &scope).as_text()
    };
    if let Some(told) = mark(&field.marks, &["Value"]) {
        let written = text(machine, told, "value")?;
        let inner = written.split_once("${").and_then(|(_, rest)| rest.split_once('}')).map(|(inner, _)| inner)?;
        let (name, default) = inner.split_once(':').map_or((inner, None), |(name, default)| (name, Some(default)));
        return Some(Setting::named(name, default.map(known).or(Some(Value::Null))));
    }
    let told = mark(&field.marks, &["ConfigProperty"])?;
    let default = told.named("defaultValue").map(|value| machine.eval(value, &scope)).and_then(|value| value.as_text());
    let name = text(machine, told, "name")?;
    Some(Setting::named(&name, default.map(|text| known(&text)).or(Some(Value::Null))))
}

fn known<'t>(text: &str) -> Value<'t> {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::text(text),
    }
}

/// What must be set for the framework to make objects of a class, or to call a method that makes some.
pub(super) fn of_marks<'t>(machine: &mut Machine<'t>, class: &Rc<Class<'t>>, marks: &[Mark<'t>]) -> Vec<Guard> {
    let scope = machine.class_scope(class);
    let mut guards = Vec::new();
    for told in marks {
        let mut get = |name: &str| told.named(name).map(|value| machine.eval(value, &scope));
        let (texts, value) = match last_name(&told.name) {
            "ConditionalOnProperty" | "IfBuildProperty" | "LookupIfProperty" | "Requires" => {
                let names = get("name").or_else(|| get("value")).or_else(|| get("property"));
                let names = names.or_else(|| told.positional(0).map(|value| machine.eval(value, &scope)));
                let mut get = |name: &str| told.named(name).map(|value| machine.eval(value, &scope));
                let prefix = get("prefix").and_then(|prefix| prefix.as_text());
                let value = get("havingValue").or_else(|| get("stringValue")).and_then(|value| value.as_text());
                let is_default = get("matchIfMissing").and_then(|value| value.as_bool()).unwrap_or(false);
                let named = words(names).into_iter().map(|name| match &prefix {
                    Some(prefix) => format!("{}.{name}", prefix.trim_end_matches('.')),
                    None => name.to_string(),
                });
                let suffix = value.map(|value| format!("={value}")).unwrap_or_default();
                (named.map(|name| format!("{name}{suffix}")).collect::<Vec<_>>(), Some(is_default))
            }
            "Profile" | "IfBuildProfile" => {
                let names = get("value").or_else(|| told.positional(0).map(|value| machine.eval(value, &scope)));
                let texts = words(names).into_iter().map(|name| match name.strip_prefix('!') {
                    Some(name) => format!("not profile {name}"),
                    None => format!("profile {name}"),
                });
                (vec![texts.collect::<Vec<_>>().join(" or ")], None)
            }
            "ConditionalOnExpression" | "ConditionalOnBean" | "ConditionalOnClass" | "Conditional" => {
                (vec![last_name(&told.name).to_owned()], None)
            }
            _ => continue,
        };
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            let plain = value.or_else(|| Some(text.starts_with("not "))).filter(|_| !text.starts_with("Conditional"));
            guards.push(Guard { text: Rc::from(text), plain, is_setting: true });
        }
    }
    guards
}

/// The texts of a value that is one or a list of them.
fn words(value: Option<Value<'_>>) -> Vec<Rc<str>> {
    match value {
        Some(Value::Text(text)) => vec![text],
        Some(list @ Value::List(_)) => list.items().unwrap_or_default().iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}
