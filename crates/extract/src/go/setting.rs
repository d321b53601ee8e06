//! What Go programs take from whoever starts them: variables, flags of the libraries that are in use, the platform, and
//! fields of configurations that a library fills in.

use super::types::tag;
use crate::program::ast::{Class, last_name};
use crate::program::setting::Setting;
use crate::program::value::{Made, Value};
use std::rc::Rc;

type Args<'t> = [(Option<Rc<str>>, Value<'t>)];

/// The setting that a call gives.
pub(super) fn of_call<'t>(made: &Made<'t>) -> Option<Value<'t>> {
    let text = |at: usize| made.at(at).and_then(Value::as_text);
    match &*made.path {
        "os.Getenv" | "syscall.Getenv" => return Some(Setting::variable(&text(0)?)),
        "os.LookupEnv" => {
            let variable = Setting::variable(&text(0)?);
            return Some(Value::Tuple(Rc::new(vec![variable.clone(), variable])));
        }
        _ => {}
    }
    let package = made.path.rsplit_once('.').map_or("", |(package, _)| last_name(package));
    let last = made.last();
    if package == "viper" && last.starts_with("Get") {
        return Some(Setting::named(&text(0)?, None));
    }
    let kind = kind_of(last)?;
    if kind.is_bound {
        return None;
    }
    // `flag.Bool(name, default, usage)`; `GetBool(name)` of a set of flags and `Bool(name)` of a command's context.
    let is_flags = made.on.is_some() || matches!(package, "flag" | "pflag");
    match (is_flags, made.args.len()) {
        (true, 3 | 4) if !last.starts_with("Get") => {
            Some(Setting::option(&text(0)?, made.at(made.args.len() - 2).cloned().filter(is_known)))
        }
        (true, 1) if made.on.is_some() && matches!(last, "Bool" | "GetBool" | "GetString" | "GetStringSlice") => {
            Some(Setting::option(&text(0)?, None))
        }
        _ => None,
    }
}

/// The setting that a name of the standard library is.
pub(super) fn of_name<'t>(path: &str) -> Option<Value<'t>> {
    match path {
        "os.Args" => Some(Setting::arguments()),
        "runtime.GOOS" => Some(Setting::platform()),
        _ => None,
    }
}

/// The argument that a call sets, and the setting that it is then: `BoolVar(&value, name, default, usage)`.
pub(super) fn bound<'t>(path: &str, args: &Args<'t>) -> Option<(usize, Value<'t>)> {
    if !kind_of(last_name(path))?.is_bound || !matches!(args.len(), 4 | 5) {
        return None;
    }
    let name = args.get(1)?.1.as_text()?;
    let default = args.get(args.len() - 2).map(|(_, value)| value.clone()).filter(is_known);
    Some((0, Setting::option(&name, default)))
}

struct Kind {
    is_bound: bool,
}

fn kind_of(name: &str) -> Option<Kind> {
    let bare = name.trim_start_matches("Get").trim_end_matches('P');
    let (bare, is_bound) = bare.strip_suffix("Var").map_or((bare, false), |bare| (bare, true));
    matches!(bare, "Bool" | "String" | "StringSlice" | "StringArray" | "Int" | "Duration").then_some(Kind { is_bound })
}

fn is_known(value: &Value<'_>) -> bool {
    matches!(value, Value::Bool(_) | Value::Text(_) | Value::Number(_) | Value::Null | Value::List(_))
}

/// The setting that fills in a field, by its tags: a variable, a flag, or a key of a configuration.
pub(super) fn of_field<'t>(class: &Class<'t>, at: usize) -> Option<Value<'t>> {
    let field = class.fields.get(at)?;
    let first = |key: &str| {
        let word = tag(field, key)?.split([',', ';']).next()?.trim_start_matches("name=").trim();
        (!word.is_empty() && word != "-").then_some(word)
    };
    let default = ["envDefault", "default", "env-default"].iter().find_map(|key| tag(field, key));
    let is_truth = field.ty.as_ref().is_some_and(|ty| &*ty.name == "bool");
    let default = match default {
        Some(text) if is_truth => Some(Value::Bool(text == "true")),
        Some(text) => Some(Value::text(text)),
        None => None,
    };
    let unset = || default.clone().or(Some(if is_truth { Value::Bool(false) } else { Value::Null }));
    if let Some(name) = ["env", "envconfig"].iter().find_map(|key| first(key)) {
        return Some(Setting::named(name, unset()));
    }
    if let Some(name) = ["long", "flag", "arg"].iter().find_map(|key| first(key)) {
        return Some(Setting::option(name.trim_start_matches('-'), unset()));
    }
    let is_settings = ["Config", "Options", "Opts", "Settings", "Flags", "Args"]
        .iter()
        .any(|end| class.name.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase()));
    let name = ["mapstructure", "koanf", "yaml", "toml", "json"].iter().find_map(|key| first(key));
    is_settings.then(|| Setting::named(name.unwrap_or(&field.name), default))
}
