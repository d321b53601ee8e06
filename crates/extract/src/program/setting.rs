//! What is decided when a server is started: variables, options, the platform. A value that depends on one is kept as what
//! it depends on, so that a tool behind it can be told with the condition under which it is there.

use super::ast::{Name, Truth};
use super::value::Value;
use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SettingKind {
    /// A variable of the environment, an option or a key of a configuration; a flag's name begins with its dashes.
    Named,
    /// The words of the command line.
    Arguments,
    /// The system that the program runs on.
    Platform,
}

/// One thing that whoever starts the server decides.
#[derive(Debug)]
pub(crate) struct Setting<'t> {
    /// As a user would write it: `ALLOW_WRITE`, `--write`, `server.write`.
    pub name: Name,
    pub kind: SettingKind,
    /// What it is where nothing is set; `None` where the source does not tell.
    pub default: Option<Value<'t>>,
}

impl<'t> Setting<'t> {
    /// A variable of the environment, which is empty or missing where nobody sets it.
    pub(crate) fn variable(name: &str) -> Value<'t> {
        Setting::named(name, Some(Value::Null))
    }

    pub(crate) fn named(name: &str, default: Option<Value<'t>>) -> Value<'t> {
        Value::Setting(Rc::new(Setting { name: Rc::from(name), kind: SettingKind::Named, default }))
    }

    /// An option of the command line, by its name without dashes.
    pub(crate) fn option(name: &str, default: Option<Value<'t>>) -> Value<'t> {
        Setting::named(&format!("--{name}"), default)
    }

    pub(crate) fn arguments() -> Value<'t> {
        let default = Some(Value::list(Vec::new()));
        Value::Setting(Rc::new(Setting { name: Rc::from("arguments"), kind: SettingKind::Arguments, default }))
    }

    pub(crate) fn platform() -> Value<'t> {
        Value::Setting(Rc::new(Setting { name: Rc::from("the platform"), kind: SettingKind::Platform, default: None }))
    }
}

/// What guards a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guard {
    /// For people: `ALLOW_WRITE=true`, `not READ_ONLY`.
    pub text: Rc<str>,
    /// Whether it holds where nothing is set.
    pub plain: Option<bool>,
    /// It is about settings alone, rather than the words of a test that could not be followed.
    pub is_setting: bool,
}

/// Longest words of a test that are repeated, in characters.
const MAX_WORDS: usize = 80;

/// Names of errors and of nothing in tests: they decide whether the program works at all, not what it offers.
const OF_ERRORS: [&str; 9] = ["err", "error", "errors", "nil", "null", "ex", "exception", "failure", "failed"];

/// More names of that kind, where a whole function is left by them.
const OF_FAILURE: [&str; 7] = ["ok", "found", "exists", "args", "argc", "isEmpty", "len"];

impl Guard {
    /// The guard of what stands under a test: that `value` is true, or that it is not. `words` are the test's own, for a
    /// test that depends on something else. `None` where it tells nothing about what the server offers.
    pub(crate) fn of(value: &Value<'_>, holds: bool, words: &str) -> Option<Guard> {
        if matches!(value, Value::Bool(_) | Value::Null | Value::Number(_) | Value::Text(_)) {
            return None;
        }
        if let Some(text) = describe(value, holds, 0) {
            let plain = at_start(value, 0).map(|is| is == holds);
            return Some(Guard { text: Rc::from(text), plain, is_setting: true });
        }
        let mut parts = words.split(|c: char| !c.is_alphanumeric() && c != '_');
        let is_failure = parts.any(|word| OF_ERRORS.contains(&word) || OF_FAILURE.contains(&word) || is_error(word));
        (!words.is_empty() && !is_failure).then(|| Guard::as_written(words, holds))
    }

    /// The guard of what stands behind a jump that is taken, or not, by a test that tells nothing of itself: rounds that
    /// are passed over are a choice, save where they are by an error.
    pub(crate) fn of_jump(value: &Value<'_>, holds: bool, words: &str) -> Option<Guard> {
        if matches!(value, Value::Bool(_) | Value::Null | Value::Number(_) | Value::Text(_)) {
            return None;
        }
        let mut parts = words.split(|c: char| !c.is_alphanumeric() && c != '_');
        let is_failure = parts.any(|word| OF_ERRORS.contains(&word) || is_error(word));
        (!words.is_empty() && !is_failure).then(|| Guard::as_written(words, holds))
    }

    fn as_written(words: &str, holds: bool) -> Guard {
        let mut text: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > MAX_WORDS {
            text = text.chars().take(MAX_WORDS).collect::<String>() + "…";
        }
        match holds {
            true => Guard::in_words(&text),
            false => Guard::in_words(&negated(&text)),
        }
    }

    /// A guard of which no more is known than its words.
    pub(crate) fn in_words(text: &str) -> Guard {
        Guard { text: Rc::from(text), plain: None, is_setting: false }
    }

    /// That this one does not hold.
    pub(crate) fn opposite(&self) -> Option<Guard> {
        let is_compound = self.text.contains(" and ") || self.text.contains(" or ");
        let text = match self.text.strip_prefix("not ") {
            Some(rest) if !is_compound && self.is_setting => rest.to_owned(),
            None if !is_compound && self.is_setting => format!("not {}", self.text),
            _ if self.is_setting => format!("not ({})", self.text),
            _ => negated(&self.text),
        };
        Some(Guard { text: Rc::from(text), plain: self.plain.map(|is| !is), is_setting: self.is_setting })
    }

    /// That this one or another holds.
    pub(crate) fn or(&self, other: &Guard) -> Guard {
        let plain = match (self.plain, other.plain) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        if self.text == other.text {
            return self.clone();
        }
        let text = format!("{} or {}", self.text, other.text);
        Guard { text: Rc::from(text), plain, is_setting: self.is_setting && other.is_setting }
    }
}

/// A test that is repeated as it is written, turned around.
fn negated(text: &str) -> String {
    let inner = text.strip_prefix("not (").and_then(|inner| inner.strip_suffix(')'));
    let bare = text.strip_prefix('!').filter(|rest| !rest.contains([' ', '=']));
    inner.or(bare).map_or_else(|| format!("not ({text})"), str::to_owned)
}

fn is_error(word: &str) -> bool {
    word.ends_with("Err") || word.ends_with("Error")
}

/// What must be set for a value to be true (or not); `None` where that depends on more than settings.
fn describe(value: &Value<'_>, holds: bool, depth: u32) -> Option<String> {
    if depth > 8 {
        return None;
    }
    let not = |text: String, holds: bool| if holds { text } else { format!("not {text}") };
    match value {
        Value::Setting(setting) if setting.kind == SettingKind::Named => Some(not(setting.name.to_string(), holds)),
        Value::Truth(truth) => match &**truth {
            Truth::Not(inner) => describe(inner, !holds, depth + 1),
            Truth::Is(a, b) => match (a, b) {
                (Value::Setting(setting), known) | (known, Value::Setting(setting)) => match known {
                    // Empty and missing mean: not set.
                    Value::Null => Some(not(setting.name.to_string(), !holds)),
                    Value::Text(text) if text.is_empty() => Some(not(setting.name.to_string(), !holds)),
                    Value::Text(text) if setting.kind == SettingKind::Platform => {
                        Some(format!("the platform is {}{text}", if holds { "" } else { "not " }))
                    }
                    Value::Text(text) => Some(not(format!("{}={text}", setting.name), holds)),
                    Value::Number(number) => Some(not(format!("{}={number}", setting.name), holds)),
                    Value::Bool(wanted) => describe(&Value::Setting(Rc::clone(setting)), *wanted == holds, depth + 1),
                    _ => None,
                },
                _ => None,
            },
            Truth::Has(whole, part) => {
                let part = part.as_text()?;
                match (whole, holder(whole)) {
                    (_, Some(setting)) => match setting.kind {
                        SettingKind::Arguments => Some(not(part.to_string(), holds)),
                        SettingKind::Platform => {
                            Some(format!("the platform is {}{part}", if holds { "" } else { "not " }))
                        }
                        SettingKind::Named => Some(not(format!("{}={part}", setting.name), holds)),
                    },
                    _ => None,
                }
            }
            Truth::Less(..) => None,
            Truth::All(a, b) | Truth::Any(a, b) => {
                let joins = if matches!(**truth, Truth::All(..)) == holds { "and" } else { "or" };
                let wrapped = |text: String| {
                    if joins == "and" && text.contains(" or ") { format!("({text})") } else { text }
                };
                let of = |side| describe(side, holds, depth + 1).map(wrapped);
                match (of(a), of(b)) {
                    (Some(a), Some(b)) if a == b => Some(a),
                    (Some(a), Some(b)) => Some(format!("{a} {joins} {b}")),
                    // Both must hold, and of one it is known what that takes.
                    (Some(one), None) | (None, Some(one)) if joins == "and" => Some(one),
                    _ => None,
                }
            }
        },
        _ => None,
    }
}

/// The setting that a text or list is made of.
fn holder<'t>(value: &Value<'t>) -> Option<Rc<Setting<'t>>> {
    match value {
        Value::Setting(setting) => Some(Rc::clone(setting)),
        Value::List(items) => match items.borrow().as_slice() {
            [Value::Setting(setting)] => Some(Rc::clone(setting)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a value is true where nothing is set.
fn at_start(value: &Value<'_>, depth: u32) -> Option<bool> {
    if depth > 8 {
        return None;
    }
    match value {
        Value::Bool(value) => Some(*value),
        Value::Null => Some(false),
        Value::Text(text) => Some(!matches!(&**text, "" | "0" | "false" | "False" | "no" | "off")),
        Value::Setting(setting) => at_start(setting.default.as_ref()?, depth + 1),
        Value::Truth(truth) => match &**truth {
            Truth::Not(inner) => at_start(inner, depth + 1).map(|is| !is),
            Truth::Is(Value::Setting(setting), known) | Truth::Is(known, Value::Setting(setting)) => {
                let default = setting.default.as_ref()?;
                match (default, known) {
                    (Value::Null, Value::Text(text)) => Some(text.is_empty()),
                    (Value::Text(text), Value::Null) => Some(text.is_empty()),
                    (Value::Null, Value::Bool(wanted)) => Some(!wanted),
                    // Words with commas are a list, of which one is meant.
                    (Value::Text(list), Value::Text(one)) => Some(list.split(',').any(|word| word.trim() == &**one)),
                    _ => Some(default.same(known)),
                }
            }
            Truth::Has(whole, part) => match holder(whole)?.default.as_ref()? {
                Value::Null => Some(false),
                Value::Text(list) => Some(list.contains(&*part.as_text()?)),
                Value::List(items) => Some(items.borrow().iter().any(|item| item.same(part))),
                _ => None,
            },
            Truth::All(a, b) => match (at_start(a, depth + 1), at_start(b, depth + 1)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Truth::Any(a, b) => match (at_start(a, depth + 1), at_start(b, depth + 1)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Truth::Is(..) | Truth::Less(..) => None,
        },
        _ => None,
    }
}

/// What a method or function that asks about a value gives, where that value is a setting: `equals`, `contains`,
/// `isBlank`; methods that only write it otherwise give it back.
pub(crate) fn asked<'t>(on: &Value<'t>, name: &str, args: &[Value<'t>]) -> Option<Value<'t>> {
    // A function of a package asks about its first argument.
    let (on, args) = match (on, args) {
        (Value::Null, [first, rest @ ..]) if !rest.is_empty() => (first, rest),
        both => both,
    };
    let about = |value: &Value<'t>| {
        matches!(value, Value::Setting(_)) || holder(value).is_some() || matches!(value, Value::Truth(_))
    };
    let is_about = about(on) || args.iter().any(about);
    if !is_about {
        return None;
    }
    let truth = |truth| Some(Value::Truth(Rc::new(truth)));
    let name = name.to_ascii_lowercase();
    match (name.as_str(), args) {
        ("equals" | "equalsignorecase" | "contentequals" | "eq" | "equalfold", [other, ..]) => {
            truth(Truth::Is(on.clone(), other.clone()))
        }
        ("contains" | "containsignorecase" | "containskey" | "hasprefix" | "startswith" | "includes", [part, ..]) => {
            truth(Truth::Has(on.clone(), part.clone()))
        }
        ("isempty" | "isblank" | "isnullorempty" | "isnullorblank" | "isnullorwhitespace", _) => {
            let asked = args.first().filter(|_| !about(on)).unwrap_or(on);
            truth(Truth::Not(asked.clone()))
        }
        (
            "isnotempty"
            | "isnotblank"
            | "ispresent"
            | "any"
            | "toboolean"
            | "tobooleanstrict"
            | "parseboolean"
            | "tobooleanstrictornull"
            | "lowercase"
            | "uppercase"
            | "tolower"
            | "toupper"
            | "tolowercase"
            | "touppercase"
            | "tolowerinvariant"
            | "toupperinvariant"
            | "trim"
            | "trimspace"
            | "split"
            | "strip"
            | "parsebool"
            | "parse"
            | "valueof"
            | "tostring"
            | "fields"
            | "tolist"
            | "toset"
            | "stream"
            | "get"
            | "booleanvalue"
            | "orelse"
            | "getorelse"
            | "tryparse"
            | "todatatype"
            | "aslist",
            _,
        ) => {
            let asked = args.first().filter(|_| !about(on)).unwrap_or(on);
            match (name.as_str(), asked, args) {
                ("orelse" | "getorelse", Value::Setting(setting), [default, ..]) => {
                    Some(Setting::named(&setting.name, Some(default.clone())))
                }
                _ => Some(asked.clone()),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is<'t>(a: Value<'t>, b: Value<'t>) -> Value<'t> {
        Value::Truth(Rc::new(Truth::Is(a, b)))
    }

    fn told(value: &Value<'_>, holds: bool) -> (String, Option<bool>) {
        let guard = Guard::of(value, holds, "kiln.isHot()").expect("a guard");
        (guard.text.to_string(), guard.plain)
    }

    #[test]
    fn a_guard_says_what_to_set_and_whether_a_plain_start_does() {
        let write = || Setting::variable("ALLOW_WRITE");
        let flag = || Setting::option("write", Some(Value::Bool(false)));
        let sets = || Setting::option("toolsets", Some(Value::text("pots,kilns")));
        let not = |value| Value::Truth(Rc::new(Truth::Not(value)));
        let has = |value, part: &str| Value::Truth(Rc::new(Truth::Has(value, Value::text(part))));
        for (value, text, plain) in [
            (is(write(), Value::text("true")), "ALLOW_WRITE=true", Some(false)),
            (is(Value::text(""), write()), "not ALLOW_WRITE", Some(true)),
            (not(is(write(), Value::Null)), "ALLOW_WRITE", Some(false)),
            (flag(), "--write", Some(false)),
            (not(flag()), "not --write", Some(true)),
            (has(sets(), "pots"), "--toolsets=pots", Some(true)),
            (has(Setting::arguments(), "--all"), "--all", Some(false)),
            (is(Setting::platform(), Value::text("darwin")), "the platform is darwin", None),
            (Value::Truth(Rc::new(Truth::Any(flag(), write()))), "--write or ALLOW_WRITE", Some(false)),
            (Value::Unknown("so"), "kiln.isHot()", None),
        ] {
            assert_eq!(told(&value, true), (text.to_owned(), plain));
        }
        assert_eq!(told(&flag(), false), ("not --write".to_owned(), Some(true)));
        assert_eq!(Guard::of(&Value::Unknown("so"), true, "err != nil"), None);
        assert_eq!(Guard::of(&Value::Bool(true), true, "yes"), None);
    }
}
