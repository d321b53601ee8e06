//! Values that a user can set: what they are where nothing is set, and what may be concluded from that.

use super::ast::Name;
use super::value::Value;
use std::rc::Rc;

/// What a value that is known depends on all the same, by the name under which a user sets it (`ORCHARD_MODE`,
/// `--mode`); once it was tested, by the test (`--mode=full`, `not ORCHARD_MODE`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Setting {
    None,
    /// The default of a parameter that the program itself does not give: it may be given, and texts made of it are
    /// certain all the same.
    Default(Name),
    /// A switch that its user may turn: what it guards is there or not, by default.
    Switch(Name),
    /// Any other setting, such as a key or an address that users are expected to give.
    Free(Name),
}

impl Setting {
    /// What the setting `name` with this default is; `shown` is how a user spells it.
    pub(super) fn of(name: &str, shown: &str, default: &Value) -> Self {
        let is_switch = match default {
            Value::Bool(_) => true,
            Value::Str(text) => {
                let text = text.to_ascii_lowercase();
                matches!(&*text, "true" | "false" | "0" | "1" | "yes" | "no" | "on" | "off")
            }
            _ => false,
        };
        let mut words = name.split(['_', '-']);
        let says_so = words.any(|word| {
            let word = word.to_ascii_lowercase();
            matches!(&*word, "enable" | "enabled" | "disable" | "disabled" | "allow")
        });
        let shown = Rc::from(shown);
        if is_switch || says_so { Setting::Switch(shown) } else { Setting::Free(shown) }
    }

    /// How a user spells it; `None` where that is not known.
    pub(super) fn name(&self) -> Option<&Name> {
        match self {
            Setting::None => None,
            Setting::Default(name) | Setting::Switch(name) | Setting::Free(name) => {
                Some(name).filter(|n| !n.is_empty())
            }
        }
    }

    /// Whether text that depends on it is not certain.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Setting::Switch(_) | Setting::Free(_))
    }

    /// The same after a test that turns its name into another.
    pub(super) fn tested(self, test: impl FnOnce(&str) -> String) -> Self {
        let changed =
            |name: Name| -> Name { if name.is_empty() || name.len() > 200 { name } else { Rc::from(test(&name)) } };
        match self {
            Setting::None => Setting::None,
            Setting::Default(name) => Setting::Default(changed(name)),
            Setting::Switch(name) => Setting::Switch(changed(name)),
            Setting::Free(name) => Setting::Free(changed(name)),
        }
    }

    /// The same after `not`.
    pub(super) fn negated(self) -> Self {
        self.tested(negated)
    }
}

/// What holds where `test` does not.
pub(super) fn negated(test: &str) -> String {
    match test.strip_prefix("not ") {
        Some(rest) => rest.to_owned(),
        None => format!("not {test}"),
    }
}

/// Whether a parameter of this name is likely to decide which tools there are.
pub(super) fn is_gate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.trim_matches('_').split('_').collect();
    let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    any(&["mode", "profile", "toolset", "toolsets", "scope", "scopes", "readonly", "permission", "permissions"])
        || any(&["allow", "allowed", "enable", "enabled", "disable", "disabled", "unsafe", "dangerous", "destructive"])
        || name.contains("read_only")
        || matches!(&*words, ["write" | "writes" | "tier" | "tools" | "access" | "admin"] | [.., "write" | "writes"])
}

impl Value {
    /// The value as one that a setting may change.
    pub(super) fn set_by(self, setting: Setting) -> Self {
        match self {
            Value::Unknown | Value::Method(_) | Value::Usual(_) => self,
            known if setting == Setting::None => known,
            known => Value::Usual(Rc::new((known, setting))),
        }
    }

    /// The value without the mark of a setting, and the mark.
    pub(super) fn settled(&self) -> (&Value, Setting) {
        match self {
            Value::Usual(held) => (&held.0, held.1.clone()),
            value => (value, Setting::None),
        }
    }

    /// Whether the value counts as true where its user sets nothing.
    pub(super) fn usual_truth(&self) -> Option<bool> {
        match self {
            Value::Usual(held) => held.0.truth(),
            _ => None,
        }
    }

    /// As [`Value::join`], where `self` is what holds as long as nothing is set.
    pub(super) fn join_usual(self, other: Value) -> Value {
        if self.is_thing() && !other.is_thing() {
            return self;
        }
        if self.is_same(&other) || self.is_thing() || other.is_thing() {
            self.join(other)
        } else {
            self.set_by(Setting::Free(Rc::from("")))
        }
    }
}
