//! Under which conditions a place in Rust source is reached: the `if`s around it, read as settings where they ask for
//! variables, features or arguments, and the `cfg` attributes of what it stands in.

use crate::program::ast::{Class, Expr, Mark, last_name};
use crate::program::machine::Machine;
use crate::program::setting::{Guard, Setting};
use crate::program::source::{FileId, field};
use crate::program::value::Value;
use std::rc::Rc;

/// The guards around a place, outermost first.
pub(super) fn around(machine: &Machine<'_>, file: FileId, at: usize) -> Vec<Guard> {
    let source = &machine.sources.files[file.0];
    let mut guards = Vec::new();
    let mut node = source.tree.root_node().descendant_for_byte_range(at, at);
    while let Some(inner) = node {
        let outer = inner.parent();
        if let Some(outer) = outer.filter(|outer| outer.kind() == "if_expression") {
            let is = |name: &str| field(outer, name).is_some_and(|part| part.id() == inner.id());
            let test = field(outer, "condition").and_then(|test| source.text.get(test.byte_range()));
            if is("consequence") || is("alternative") {
                guards.extend(of_test(machine, test.unwrap_or_default(), is("consequence")));
            }
        }
        node = outer;
    }
    guards.reverse();
    guards
}

/// The guard that a test is.
fn of_test(machine: &Machine<'_>, test: &str, holds: bool) -> Option<Guard> {
    let (test, holds) = match test.trim().strip_prefix('!') {
        Some(inner) => (inner.trim().trim_matches(['(', ')']), !holds),
        None => (test.trim(), holds),
    };
    let quoted = |text: &str| text.split('"').nth(1).map(str::to_owned);
    let told = |value: Value<'_>| Guard::of(&value, holds, test);
    let is = |setting: Value<'static>, value: Option<String>| match value {
        Some(value) => Value::Truth(Rc::new(crate::program::ast::Truth::Is(setting, Value::text(&value)))),
        None => setting,
    };
    for call in ["env::var(", "env::var_os(", "option_env!("] {
        if let Some((_, rest)) = test.split_once(call)
            && let Some(name) = quoted(rest)
        {
            let value = rest.split_once(')').and_then(|(_, rest)| quoted(rest)).filter(|value| !value.is_empty());
            let negated = test.contains("is_err()") || test.contains("is_none()");
            return Guard::of(&is(Setting::variable(&name), value), holds != negated, test);
        }
    }
    if test.starts_with("cfg!(") {
        let (text, plain) = of_cfg(machine, test.strip_prefix("cfg!(").and_then(|t| t.strip_suffix(')'))?);
        let text = if holds { text } else { format!("not {text}") };
        return Some(Guard { text: Rc::from(text), plain: plain.map(|is| is == holds), is_setting: true });
    }
    // `args.allow_write`, `self.config.mode == "full"`.
    let path = test.split([' ', '=', '!']).next().unwrap_or_default();
    let name = last_name(path);
    if path.contains('.')
        && path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        && let Some(option) = option(machine, name)
    {
        return told(is(option, quoted(test)));
    }
    told(Value::Unknown("it is computed at run time"))
}

/// The option of the command line, or the field of a configuration, that a field is.
fn option(machine: &Machine<'_>, name: &str) -> Option<Value<'static>> {
    let holders = machine.program.classes();
    let held = |class: &Rc<Class<'_>>| class.fields.iter().position(|field| &*field.name == name);
    let (class, at) = holders.iter().find_map(|class| Some((class, held(class)?)))?;
    let field = &class.fields[at];
    let marked = field.marks.iter().filter(|mark| matches!(&*mark.name, "arg" | "clap" | "structopt"));
    let long = marked.flat_map(|mark| &mark.args).find_map(|arg| match (arg.name.as_deref(), &arg.value) {
        (Some("long"), Expr::Text(text)) => Some(text.to_string()),
        (None, Expr::Name(word)) if &**word == "long" => Some(name.replace('_', "-")),
        _ => None,
    });
    let is_truth = field.ty.as_ref().is_some_and(|ty| &*ty.name == "bool");
    let default = is_truth.then_some(Value::Bool(false));
    Some(match long {
        Some(long) => Setting::option(&long, default),
        None => Setting::named(name, None),
    })
}

/// The guards of `#[cfg(...)]` in front of an item.
pub(super) fn of_marks(machine: &Machine<'_>, marks: &[Mark<'_>]) -> Vec<Guard> {
    let words = marks.iter().filter(|mark| &*mark.name == "cfg").filter_map(|mark| match mark.positional(0) {
        Some(Expr::Text(words)) => Some(Rc::clone(words)),
        _ => None,
    });
    let guard = |words: Rc<str>| {
        let (text, plain) = of_cfg(machine, &words);
        Guard { text: Rc::from(text), plain, is_setting: true }
    };
    words.map(guard).collect()
}

/// `feature = "x"`, `not(...)`, `target_os = "x"`, and anything else as it is written; with whether a plain build has it.
fn of_cfg(machine: &Machine<'_>, words: &str) -> (String, Option<bool>) {
    let words = words.trim().trim_matches(['(', ')']).trim();
    let value = words.split('"').nth(1);
    if let Some(inner) = words.strip_prefix("not(") {
        let (text, plain) = of_cfg(machine, inner);
        return (format!("not {text}"), plain.map(|is| !is));
    }
    match (words.split([' ', '=']).next(), value) {
        (Some("feature"), Some(name)) => {
            let plain = machine.facts.contains("manifest").then(|| machine.facts.contains(&format!("feature {name}")));
            (format!("feature {name}"), plain)
        }
        (Some("target_os"), Some(name)) => (format!("the platform is {name}"), None),
        _ => (words.to_owned(), None),
    }
}

/// Notes the features that a plain build has: `default` of the manifest, and what it leads to.
pub(super) fn note_features(machine: &mut Machine<'_>, manifest: &str) {
    let Ok(table) = manifest.parse::<toml::Table>() else { return };
    machine.facts.insert("manifest".to_owned());
    let features = table.get("features").and_then(toml::Value::as_table);
    let mut pending = vec!["default".to_owned()];
    while let Some(name) = pending.pop() {
        if !machine.facts.insert(format!("feature {name}")) {
            continue;
        }
        let leads = features.and_then(|features| features.get(&name)?.as_array()).into_iter().flatten();
        pending.extend(leads.filter_map(toml::Value::as_str).map(str::to_owned));
    }
}

/// Every place where a file of the crate says `word`, that of its own definition left out.
pub(super) fn mentions<'t>(machine: &Machine<'t>, word: &str) -> Vec<(FileId, usize)> {
    let mut found = Vec::new();
    for (at, source) in machine.sources.files.iter().enumerate() {
        for (place, _) in source.text.match_indices(word) {
            let before = &source.text[..place];
            let is_part = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
            let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
            let is_code = !before.trim_end().ends_with("fn") && !line.starts_with("//");
            if !is_part && is_code && found.len() < 200 {
                found.push((FileId(at), place));
            }
        }
    }
    found
}

/// The guards of a word that must be reached: none where one of its places has none; `None` where there is no place.
pub(super) fn of_mentions(machine: &Machine<'_>, word: &str) -> Option<Vec<Guard>> {
    let places = mentions(machine, word);
    let all: Vec<Vec<Guard>> = places.iter().map(|(file, at)| around(machine, *file, *at)).collect();
    let joined =
        all.iter().enumerate().flat_map(|(at, one)| all[at + 1..].iter().filter_map(|two| in_either(one, two)));
    joined.min_by_key(Vec::len).or_else(|| all.into_iter().min_by_key(Vec::len))
}

/// The guards that are left of two places, where one of them stands in one arm of a choice and the other in the other.
fn in_either(one: &[Guard], two: &[Guard]) -> Option<Vec<Guard>> {
    let differs = |at: &usize| one[*at].text != two[*at].text;
    let mut differing = (0..one.len()).filter(|_| one.len() == two.len()).filter(differs);
    let (Some(at), None) = (differing.next(), differing.next()) else { return None };
    let is_opposite = |a: &Guard, b: &Guard| a.opposite().is_some_and(|opposite| opposite.text == b.text);
    (is_opposite(&one[at], &two[at]) || is_opposite(&two[at], &one[at])).then(|| {
        let rest = one.iter().enumerate().filter(|(other, _)| *other != at);
        rest.map(|(_, guard)| guard.clone()).collect()
    })
}
