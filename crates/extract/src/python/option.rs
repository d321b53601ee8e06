//! Command line options of a package's start-up code: what `click`, `typer` and `argparse` would give a server that is
//! started without any. All of it is marked as a setting, so that it decides no condition.

use super::ast::Name;
use super::machine::Machine;
use super::setting::{Setting, is_gate};
use super::value::{Args, Class, Function, Made, Value};
use std::rc::Rc;

/// The name under which an option is read, from its flags (`--read-only`, `-r`) or its plain name.
fn name_of(args: &Args) -> Option<Rc<str>> {
    let texts: Vec<Rc<str>> = args.plain.iter().filter_map(Value::as_text).collect();
    let stated = args.named("dest").and_then(Value::as_text);
    let plain = texts.iter().find(|text| !text.starts_with('-')).cloned();
    let long = texts.iter().find(|text| text.starts_with("--")).or_else(|| texts.first());
    let long = long.map(|flag| flag.split('/').next().unwrap_or(flag).trim_start_matches('-').replace('-', "_").into());
    stated.or(plain).or(long)
}

/// What the option holds when it is not given; unknown for those that must be.
fn default_of(name: &str, args: &Args) -> Value {
    let action = args.named("action").and_then(Value::as_text);
    let is_required = args.named("required").and_then(Value::truth) == Some(true);
    let is_flag = args.named("is_flag").and_then(Value::truth) == Some(true)
        || args.plain.iter().filter_map(Value::as_text).any(|flag| flag.starts_with("--") && flag.contains('/'));
    let default = match (args.named("default"), action.as_deref()) {
        (Some(default), _) => default.settled().0.clone(),
        (None, Some("store_true")) => Value::Bool(false),
        (None, Some("store_false")) => Value::Bool(true),
        (None, _) if is_flag => Value::Bool(false),
        (None, _) if is_required => Value::Unknown,
        (None, _) => Value::None,
    };
    let setting = Setting::of(name, &flag_of(name, args), &default);
    default.set_by(setting)
}

/// How a user spells the option: its long flag, else `--name`.
fn flag_of(name: &str, args: &Args) -> String {
    let mut flags = args.plain.iter().filter_map(Value::as_text);
    let long = flags.find(|flag| flag.starts_with("--"));
    let long = long.map(|flag| flag.split('/').next().unwrap_or(&flag).to_owned());
    long.unwrap_or_else(|| format!("--{}", name.replace('_', "-")))
}

/// What the variables of a settings class begin with (`env_prefix`).
pub(super) fn variable_prefix(class: &Class) -> String {
    let stated = |value: &Value| match value {
        Value::Made(made) => made.args.named("env_prefix").and_then(Value::as_text),
        Value::Dict(pairs) => {
            let pairs = pairs.borrow();
            pairs.iter().find(|(key, _)| key.as_text().is_some_and(|key| &*key == "env_prefix"))?.1.as_text()
        }
        Value::Class(config) => config.find("env_prefix")?.as_text(),
        _ => None,
    };
    let found = ["model_config", "Config"].iter().find_map(|name| stated(&class.find(name)?));
    found.map(|prefix| prefix.to_string()).unwrap_or_default()
}

/// Takes note of `@click.option(…)` on a function.
pub(super) fn add_click(function: &Function, option: &Made) {
    if let Some(name) = name_of(&option.args) {
        let key = Rc::from(format!("--{name}"));
        function.attributes.borrow_mut().insert(key, default_of(&name, &option.args));
    }
}

/// What a parameter holds when the command line gives nothing: what `@click.option` or `typer.Option` says.
pub(super) fn of_parameter(function: &Function, name: &str, default: Option<&Value>, is_entry: bool) -> Option<Value> {
    if let Some(value) = function.attributes.borrow().get(&*format!("--{name}")) {
        return Some(value.clone());
    }
    match default {
        Some(Value::Made(made)) if matches!(made.kind(), "Option" | "Argument") => {
            let default = made.args.get(0, "default").cloned().unwrap_or_default();
            let setting = Setting::of(name, &flag_of(name, &made.args), &default);
            Some(if matches!(default, Value::Ellipsis) { Value::Unknown } else { default.set_by(setting) })
        }
        // A function that a program starts with is given its parameters by the command line; elsewhere a parameter that
        // is called like a gate may be given by whoever uses the package.
        Some(default @ (Value::Bool(_) | Value::Str(_))) if is_entry || is_gate(name) => {
            let shown = if is_entry { format!("--{}", name.replace('_', "-")) } else { name.to_owned() };
            let setting = match default {
                Value::Bool(_) if is_entry => Setting::of(name, &shown, default),
                _ => Setting::Default(Rc::from(shown)),
            };
            Some(default.clone().set_by(setting))
        }
        default => default.cloned(),
    }
}

impl Machine<'_> {
    /// `parser.add_argument(…)`
    pub(super) fn add_argument(&mut self, args: &Args) {
        if let Some(name) = name_of(args) {
            self.options.entry(Rc::clone(&name)).or_insert_with(|| default_of(&name, args));
        }
    }

    /// Whether an object is what a parser of options gave, and one of its options is known as it is where nothing is set.
    pub(super) fn is_usual_option(&self, made: &Made, name: &Name) -> bool {
        let known = || self.patched.get(&(made.id, Rc::clone(name))).or_else(|| self.options.get(name));
        &*made.path == "argparse.Namespace" && known().is_some_and(|value| !value.is_unknown())
    }
}
