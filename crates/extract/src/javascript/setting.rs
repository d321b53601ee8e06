//! Values that depend on what the user sets: variables, options, arguments, the platform. They are followed as a plain
//! start has them, and what else they may be is kept with its condition.

use super::condition::{Condition, negated};
use super::machine::Machine;
use super::operator;
use super::value::{Setting, Shape, Text, Value, When};
use std::rc::Rc;

/// The subject of all options together.
pub(super) const ALL_OPTIONS: &str = "--";
/// What one value may be beside what it is at a plain start.
const MAX_OTHERS: usize = 64;
/// Words in the names of settings that a server cannot do without.
const NEEDED: [&str; 12] =
    ["key", "token", "secret", "pass", "credential", "auth", "url", "uri", "host", "endpoint", "conn", "dsn"];

impl Setting {
    /// A setting as the user names it: `ALLOW_WRITE`, `--write`.
    pub(super) fn named(subject: &str, plain: Value) -> Self {
        let lower = subject.to_ascii_lowercase();
        let needed = !subject.starts_with('-') && NEEDED.iter().any(|word| lower.contains(word));
        Setting {
            subject: subject.into(),
            when: subject.into(),
            unless: negated(subject).into(),
            exact: true,
            needed: needed && plain.is_nullish(),
            plain,
            others: Vec::new(),
            command: false,
        }
    }

    /// Whether the value counts as true at a plain start; `None` where that is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        if self.needed && self.plain.is_nullish() { None } else { self.plain.truth() }
    }

    /// Something that was computed of this setting.
    pub(super) fn derived(&self, plain: Value) -> Self {
        let needed = self.needed && plain.is_nullish();
        Setting { plain, others: Vec::new(), needed, exact: false, ..self.clone() }
    }

    /// Whether nothing is there at a plain start, as far as is known.
    pub(super) fn is_absent(&self) -> bool {
        self.plain.is_nullish() || (matches!(self.plain, Value::Unknown) && !self.others.is_empty())
    }

    /// The setting where it has the value `text`.
    pub(super) fn equals(&self, text: &str) -> String {
        if self.command {
            if text.is_empty() { self.when.to_string() } else { text.to_owned() }
        } else if self.subject.contains(' ') || text.is_empty() {
            self.subject.to_string()
        } else {
            format!("{}={text}", self.subject)
        }
    }

    pub(super) fn value(self) -> Value {
        Value::Setting(Rc::new(self))
    }

    /// Adds what the value may be under a condition.
    pub(super) fn or(mut self, other: Value, condition: Condition) -> Self {
        if self.others.len() < MAX_OTHERS {
            self.others.push((other, condition));
        }
        self
    }

    /// The same with other words for when it is true.
    pub(super) fn told(mut self, when: &str) -> Self {
        self.when = when.into();
        self.unless = negated(when).into();
        self
    }
}

/// Whether two known values are equal, as a value that tells on which setting that depends.
pub(super) fn compared(operator: &str, left: &Value, right: &Value) -> Option<Value> {
    let (setting, other) = match (left, right) {
        (Value::Setting(a), b) => (a, b),
        (a, Value::Setting(b)) => (b, a),
        _ => return None,
    };
    let loose = operator.len() == 2;
    let turned = operator.starts_with('!');
    let plain = |value: &Value| match value {
        Value::Setting(setting) => setting.plain.clone(),
        other => other.clone(),
    };
    let absent = other.is_nullish() || matches!(other, Value::Text(text) if text.as_ref() == "undefined");
    let same = if setting.needed && setting.plain.is_nullish() && absent {
        None
    } else {
        operator::equal(&plain(left), &plain(right), loose)
    };
    let truth = |known: Option<bool>| known.map_or(Value::Unknown, Value::Bool);
    let mut result = setting.derived(truth(same));
    result.exact = setting.exact && !matches!(other, Value::Object(_) | Value::Foreign(_) | Value::Unknown);
    let alternative = setting.others.iter().find(|(value, _)| operator::equal(value, other, loose) == Some(true));
    match (other, alternative) {
        (_, Some((_, condition))) if same != Some(true) => {
            (result.when, result.unless) = (condition.text.clone(), condition.negation.clone());
        }
        (Value::Bool(true), _) => {}
        (Value::Bool(false), _) => std::mem::swap(&mut result.when, &mut result.unless),
        (Value::Text(text), _) if text.as_ref() == "string" => result.exact = false,
        _ if absent => std::mem::swap(&mut result.when, &mut result.unless),
        (Value::Text(text), _) => result = result.told(&setting.equals(text)),
        (Value::Number(number), _) => result = result.told(&setting.equals(&operator::number_text(*number))),
        _ => {}
    }
    if turned {
        result = result.not();
    }
    Some(result.value())
}

impl Setting {
    /// The opposite truth.
    pub(super) fn not(&self) -> Self {
        let mut result = self.derived(self.truth().map_or(Value::Unknown, |truth| Value::Bool(!truth)));
        result.needed = false;
        result.exact = self.exact;
        result.when = self.unless.clone();
        result.unless = self.when.clone();
        result
    }
}

impl When {
    /// What reads a value that is there only under a condition: nothing at a plain start that does not have it.
    pub(super) fn read(&self) -> Value {
        if self.condition.plain == Some(true) {
            return self.value.clone();
        }
        let nothing = if self.condition.plain.is_some() { Value::Undefined } else { Value::Unknown };
        let mut setting = Setting::named(&self.condition.text, nothing);
        setting.needed = false;
        setting.command = self.condition.command;
        setting.unless = self.condition.negation.clone();
        setting.or(self.value.clone(), self.condition.clone()).value()
    }
}

impl<'t> Machine<'t> {
    /// An environment variable or option by name, as it is when nobody has set anything.
    pub(super) fn setting(&self, name: &str) -> Value {
        Setting::named(name, if self.defaults { Value::Undefined } else { Value::Unknown }).value()
    }

    /// What the user sets, with the value that it has at a plain start.
    pub(super) fn setting_of(&self, name: &str, plain: Value) -> Value {
        Setting::named(name, if self.defaults { plain } else { Value::Unknown }).value()
    }

    /// The arguments after the program's name.
    pub(super) fn command_line(&mut self) -> Value {
        let words = vec![Value::text("node"), Value::text("/server")];
        let plain = if self.defaults { self.list(words, false) } else { Value::Unknown };
        let mut setting = Setting::named("", plain);
        setting.needed = false;
        setting.command = true;
        (setting.when, setting.unless) = ("an argument".into(), "no argument".into());
        setting.value()
    }

    /// A member of a value that depends on a setting.
    pub(super) fn setting_member(&mut self, setting: &Rc<Setting>, name: &str) -> Value {
        if setting.is_absent() && setting.others.is_empty() {
            // A bag of options, such as a command's callback is given.
            if setting.subject.as_ref() == ALL_OPTIONS {
                return self.option(name);
            }
            return setting.derived(Value::Undefined).value();
        }
        let plain = if setting.is_absent() { Value::Undefined } else { self.member(&setting.plain, name) };
        let mut result = self.lifted(setting, plain, None);
        for (other, condition) in setting.others.clone() {
            let member = self.member(&other, name);
            if !member.is_nullish() {
                result = self.alternative(result, member, condition);
            }
        }
        result
    }

    /// What was computed of a setting, which still depends on it; structures that hold their own are left as they are.
    pub(super) fn lifted(&self, setting: &Setting, plain: Value, when: Option<&str>) -> Value {
        let keeps = match &plain {
            Value::Object(id) => matches!(self.object(*id).shape, Shape::List(_) | Shape::Set(_) | Shape::Map(_)),
            Value::Foreign(_) | Value::Schema(_) | Value::Setting(_) | Value::When(_) => false,
            _ => true,
        };
        if !keeps {
            return plain;
        }
        let derived = setting.derived(plain);
        match when {
            Some(when) => derived.told(when).value(),
            None => derived.value(),
        }
    }

    /// The member of a table that a setting names: any, each where the setting says so.
    pub(super) fn selected_member(&mut self, table: &Value, setting: &Rc<Setting>) -> Value {
        let plain = match self.property_name(&setting.plain) {
            Some(name) if !setting.is_absent() => self.member(table, &name),
            _ => Value::Undefined,
        };
        let Some((members, _)) = self.members(table) else { return plain };
        let mut result = setting.derived(plain);
        let known = self.property_name(&setting.plain);
        for (name, member) in members {
            if Some(&name) == known.as_ref() || member.is_nullish() {
                continue;
            }
            let when = setting.equals(&name);
            let mut condition = Condition::new(&when, &negated(&when), self.defaults.then_some(false));
            condition.command = setting.command;
            result = result.or(member, condition);
        }
        result.value()
    }

    /// Two conditions in one: `left && right` or `left || right` where the left side depends on a setting.
    pub(super) fn both_settings(&self, operator: &str, left: &Setting, right: Value) -> Value {
        let (word, turned) = if operator == "&&" { ("and", "or") } else { ("or", "and") };
        let Value::Setting(other) = &right else {
            // `set && known`: true when the setting is, and the value itself then.
            return match (operator, right.truth()) {
                ("&&", Some(true)) => match self.lifted(left, right, None) {
                    Value::Setting(both) => Setting { exact: left.exact, ..both.as_ref().clone() }.value(),
                    other => other,
                },
                ("&&", _) => right,
                (_, Some(false)) => left.derived(right).value(),
                _ => self.lifted(left, right, None),
            };
        };
        if left.when == other.when {
            return right;
        }
        let mut result = other.as_ref().clone();
        result.exact &= left.exact;
        let join = |a: &Text, b: &Text, word: &str| -> Text { format!("{a} {word} {b}").into() };
        result.when = join(&left.when, &other.when, word);
        result.unless = join(&left.unless, &other.unless, turned);
        result.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(operator: &str, setting: Setting, other: &Value) -> (Option<bool>, String) {
        match compared(operator, &setting.value(), other) {
            Some(Value::Setting(result)) => (result.truth(), result.when.to_string()),
            _ => (None, String::new()),
        }
    }

    #[test]
    fn a_comparison_tells_what_must_be_set() {
        let write = Setting::named("ALLOW_WRITE", Value::Undefined);
        assert_eq!(text("===", write.clone(), &Value::text("true")), (Some(false), "ALLOW_WRITE=true".into()));
        assert_eq!(text("!==", write.clone(), &Value::text("0")), (Some(true), "not ALLOW_WRITE=0".into()));
        assert_eq!(text("!==", write, &Value::Undefined), (Some(false), "ALLOW_WRITE".into()));
        let mode = Setting::named("MODE", Value::text("safe"));
        assert_eq!(text("===", mode, &Value::text("safe")), (Some(true), "MODE=safe".into()));
    }

    #[test]
    fn the_presence_of_a_key_stays_open() {
        let key = Setting::named("SHOP_API_KEY", Value::Undefined);
        assert_eq!(key.truth(), None);
        assert_eq!(text("!==", key, &Value::Undefined).0, None);
        assert_eq!(Setting::named("READ_ONLY", Value::Undefined).truth(), Some(false));
    }
}
