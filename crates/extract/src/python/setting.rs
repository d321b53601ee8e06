//! Values that a user can set: what they are where nothing is set, and what may be concluded from that.

use super::value::Value;
use std::rc::Rc;

/// What a value that is known depends on all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Setting {
    None,
    /// A switch that its user may turn: what it guards is there or not, by default.
    Switch,
    /// Any other setting, such as a key or an address that users are expected to give.
    Free,
}

impl Setting {
    /// What the setting `name` with this default is.
    pub(super) fn of(name: &str, default: &Value) -> Self {
        let is_switch = match default {
            Value::Bool(_) => true,
            Value::Str(text) => {
                let text = text.to_ascii_lowercase();
                matches!(&*text, "true" | "false" | "0" | "1" | "yes" | "no" | "on" | "off")
            }
            _ => false,
        };
        let mut words = name.split('_');
        let says_so = words.any(|word| {
            let word = word.to_ascii_lowercase();
            matches!(&*word, "enable" | "enabled" | "disable" | "disabled" | "allow")
        });
        if is_switch || says_so { Setting::Switch } else { Setting::Free }
    }
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
            Value::Usual(held) => (&held.0, held.1),
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

    /// Whether a switch is on by default; `None` for everything that is no switch.
    pub(super) fn switch(&self) -> Option<bool> {
        match self {
            Value::Usual(held) if held.1 == Setting::Switch => held.0.truth(),
            _ => None,
        }
    }

    /// As [`Value::join`], where `self` is what holds as long as nothing is set.
    pub(super) fn join_usual(self, other: Value) -> Value {
        if self.is_same(&other) || self.is_thing() || other.is_thing() {
            self.join(other)
        } else {
            self.set_by(Setting::Free)
        }
    }
}
