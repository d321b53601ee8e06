//! Calls on, of and with values that depend on what the user sets: what they give depends on it too.

use super::call::CallSite;
use super::machine::Machine;
use super::operator;
use super::value::{Foreign, Origin, Setting, Shape, Text, Value};
use std::rc::Rc;

impl<'t> Machine<'t> {
    /// `setting.name(...arguments)`.
    pub(super) fn setting_method(
        &mut self,
        setting: &Rc<Setting>,
        name: &str,
        arguments: Vec<Value>,
        site: Option<CallSite>,
    ) -> Value {
        let when = match arguments.first() {
            Some(Value::Text(text)) if matches!(name, "includes" | "has" | "startsWith" | "indexOf" | "test") => {
                Some(setting.equals(text))
            }
            _ => None,
        };
        if setting.is_absent() && setting.others.is_empty() {
            if setting.command || matches!(name, "then" | "catch" | "finally") {
                self.follow_callbacks(&arguments);
            }
            let plain = match name {
                "includes" | "has" | "startsWith" | "endsWith" | "some" | "every" => Value::Bool(false),
                "then" | "catch" | "finally" => Value::Unknown,
                _ => Value::Undefined,
            };
            return self.lifted(&setting.clone(), plain, when.as_deref());
        }
        let searched = matches!(name, "some" | "find" | "filter" | "findIndex" | "every");
        let when = when.or_else(|| if searched { self.searched_for(setting, arguments.first()) } else { None });
        let plain = if setting.is_absent() {
            Value::Undefined
        } else {
            self.call_method(&setting.plain, name, arguments.clone(), site)
        };
        let mut result = self.lifted(setting, plain, when.as_deref());
        for (other, condition) in setting.others.clone() {
            let value =
                self.under(condition.clone(), |machine| machine.call_method(&other, name, arguments.clone(), site));
            result = self.alternative(result, value, condition);
        }
        result
    }

    /// A built-in method whose first argument may depend on a setting: so does what it gives.
    pub(super) fn builtin_of_setting(
        &mut self,
        id: super::value::ObjectId,
        name: &str,
        arguments: &[Value],
    ) -> Option<Value> {
        let Some(Value::Setting(setting)) = arguments.first() else { return self.builtin_method(id, name, arguments) };
        let setting = setting.clone();
        let table = Value::Object(id);
        match (name, &self.object(id).shape) {
            ("get", Shape::Map(entries)) => {
                let members: Vec<(Text, Value)> = entries
                    .clone()
                    .into_iter()
                    .filter_map(|(key, value)| Some((self.property_name(&key)?, value)))
                    .collect();
                let members = self.object_of(members);
                Some(self.selected_member(&members, &setting))
            }
            ("at", Shape::List(_)) => Some(self.selected_member(&table, &setting)),
            ("includes" | "has" | "indexOf", Shape::List(elements) | Shape::Set(elements)) => {
                let words: Vec<String> = elements.iter().filter_map(operator::to_text).take(4).collect();
                let mut settled = arguments.to_vec();
                settled[0] = setting.plain.clone();
                let plain = self.builtin_method(id, name, &settled)?;
                let when = words.iter().map(|word| setting.equals(word)).collect::<Vec<_>>().join(" or ");
                let found = setting.derived(plain);
                Some(if when.is_empty() { found } else { found.told(&when) }.value())
            }
            _ => self.builtin_method(id, name, arguments),
        }
    }

    /// A conversion by the runtime of a value that depends on a setting: so does what it gives.
    pub(super) fn of_setting(
        &mut self,
        callee: &Foreign,
        arguments: &[Value],
        site: Option<CallSite>,
    ) -> Option<Value> {
        let Some(Value::Setting(setting)) = arguments.first() else { return None };
        let converts = [
            "String",
            "Number",
            "parseInt",
            "parseFloat",
            "Boolean",
            "Array.from",
            "JSON.parse",
            "Number.parseInt",
            "structuredClone",
            "Array.isArray",
            "Number.isInteger",
            "isNaN",
        ];
        if callee.origin != Origin::Global || !converts.contains(&callee.path.as_ref()) {
            return None;
        }
        let setting = setting.clone();
        if callee.path.as_ref() == "Boolean" {
            let plain = setting.truth().map_or(Value::Unknown, Value::Bool);
            return Some(Setting { exact: setting.exact, ..setting.derived(plain) }.value());
        }
        if setting.is_absent() {
            let plain = if callee.path.as_ref() == "Array.isArray" { Value::Bool(false) } else { Value::Undefined };
            return Some(if matches!(plain, Value::Bool(_)) { plain } else { setting.derived(plain).value() });
        }
        let mut settled = arguments.to_vec();
        settled[0] = setting.plain.clone();
        let plain = self.call_foreign(callee, settled, site);
        Some(self.lifted(&setting, plain, None))
    }

    /// What a callback over a list of words looks for.
    fn searched_for(&mut self, setting: &Setting, callback: Option<&Value>) -> Option<String> {
        let callback = callback.filter(|callback| self.is_function(callback))?.clone();
        let word = setting.derived(Value::Undefined).value();
        match self.call(&callback, Value::Undefined, vec![word], None) {
            Value::Setting(found) if found.when != setting.when => Some(found.when.to_string()),
            _ => None,
        }
    }

    /// Calls a value that depends on a setting: whatever it may be.
    pub(super) fn setting_call(
        &mut self,
        setting: &Rc<Setting>,
        this: Value,
        arguments: Vec<Value>,
        site: Option<CallSite>,
    ) -> Value {
        let mut result = if setting.is_absent() {
            Value::Setting(setting.derived(Value::Undefined).into())
        } else {
            self.call(&setting.plain, this.clone(), arguments.clone(), site)
        };
        for (other, condition) in setting.others.clone() {
            let value =
                self.under(condition.clone(), |machine| machine.call(&other, this.clone(), arguments.clone(), site));
            result = self.alternative(result, value, condition);
        }
        result
    }
}
