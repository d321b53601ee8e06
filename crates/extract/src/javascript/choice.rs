//! Expressions that choose between values: binary operators, short circuits and ternaries. Where the choice cannot be
//! decided both sides are followed.

use super::condition::{Condition, Gate};
use super::kind::{Field, FieldOf, Kind};
use super::machine::Machine;
use super::operator;
use super::value::{Origin, ScopeId, Setting, Shape, Value};
use std::rc::Rc;
use tree_sitter::Node;

impl<'t> Machine<'t> {
    pub(super) fn binary(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        // A long sum of texts is a deep tree to the left: walk it instead of recursing.
        let mut pending = Vec::new();
        let mut at = node;
        loop {
            let (Some(left), Some(right)) = (at.field(Field::Left), at.field(Field::Right)) else {
                return Value::Unknown;
            };
            let operator = at.field(Field::Operator).map_or("", |o| self.text(o));
            pending.push((operator, left, right));
            if Kind::of(left) == Kind::Binary {
                at = left;
            } else {
                at = left;
                break;
            }
        }
        let mut value = self.eval(at, scope);
        while let Some((operator, left, right)) = pending.pop() {
            value = match operator {
                "&&" | "||" | "??" => self.short_circuit(operator, value, (left, right), scope),
                _ => {
                    let right = self.eval(right, scope);
                    self.operate(operator, value, right)
                }
            };
            if !self.step() {
                return Value::Unknown;
            }
        }
        value
    }

    pub(super) fn operate(&mut self, operator: &str, left: Value, right: Value) -> Value {
        let (left, right) = (left.settled_when().clone(), right.settled_when().clone());
        if let "===" | "!==" | "==" | "!=" = operator
            && let Some(value) = super::setting::compared(operator, &left, &right)
        {
            return value;
        }
        if let Value::Setting(setting) = &left {
            let plain = self.operate(operator, setting.plain.clone(), right);
            return self.lifted(setting, plain, None);
        }
        if let Value::Setting(setting) = &right {
            let plain = self.operate(operator, left, setting.plain.clone());
            return self.lifted(setting, plain, None);
        }
        match operator {
            "in" => match (&left, &right) {
                (Value::Text(name), Value::Object(id)) if let Some(option) = self.option_of_bag(*id, name) => {
                    super::setting::compared("!==", &option, &Value::Undefined).unwrap_or(Value::Unknown)
                }
                (Value::Text(name), Value::Object(id)) => {
                    let found = self.find_property(*id, name, &right).is_some();
                    if !found && self.is_open(*id) { Value::Unknown } else { Value::Bool(found) }
                }
                _ => Value::Unknown,
            },
            "instanceof" => self.instance_of(&left, &right),
            "+" => {
                // Lists become text when added to text.
                if matches!(left, Value::Text(_)) && self.elements(&right).is_some() {
                    return match self.as_text(&right) {
                        Some(text) => operator::binary("+", &left, &Value::text(&text)),
                        None => Value::Unknown,
                    };
                }
                operator::binary("+", &left, &right)
            }
            _ => operator::binary(operator, &left, &right),
        }
    }

    fn instance_of(&self, left: &Value, right: &Value) -> Value {
        let (Value::Object(object), Value::Object(class)) = (left, right) else {
            return match (left, right) {
                (Value::Object(id), Value::Foreign(foreign)) if foreign.origin == Origin::Global => {
                    let kinds: &[&str] = match self.object(*id).shape {
                        Shape::List(_) => &["Array"],
                        Shape::Map(_) => &["Map", "WeakMap"],
                        Shape::Set(_) => &["Set", "WeakSet"],
                        _ => return Value::Unknown,
                    };
                    Value::Bool(kinds.contains(&foreign.path.as_ref()))
                }
                _ => Value::Unknown,
            };
        };
        let Shape::Class(class) = &self.object(*class).shape else { return Value::Unknown };
        let mut at = *object;
        for _ in 0..24 {
            match self.object(at).parent {
                Value::Object(parent) if parent == class.prototype => return Value::Bool(true),
                Value::Object(parent) => at = parent,
                Value::Undefined | Value::Null => return Value::Bool(false),
                _ => return Value::Unknown,
            }
        }
        Value::Unknown
    }

    /// `left && right`, `left || right` or `left ?? right`, with `left` evaluated; `before` is where it stands.
    pub(super) fn short_circuit(
        &mut self,
        operator: &str,
        left: Value,
        (before, right): (Node<'t>, Node<'t>),
        scope: ScopeId,
    ) -> Value {
        if let Value::Setting(setting) = &left {
            return self.short_circuit_setting(operator, &setting.clone(), right, scope);
        }
        let decided = match operator {
            "&&" => left.truth(),
            "||" => left.truth().map(|truth| !truth),
            _ => match &left {
                Value::Unknown => None,
                Value::Foreign(foreign) if foreign.is_result() || foreign.origin == Origin::Nowhere => None,
                known => Some(known.is_nullish()),
            },
        };
        match decided {
            Some(true) => self.eval(right, scope),
            Some(false) => left,
            None => {
                let mut condition = Condition::quoted(&self.quote(before));
                if operator != "&&" {
                    condition = condition.turned();
                }
                let right = self.under(condition.clone(), |machine| machine.eval(right, scope));
                if operator == "&&" && !right.is_nullish() && !right.is_unknown() {
                    return right.when(Some(condition));
                }
                self.join(left, right)
            }
        }
    }

    /// The same where `left` depends on what the user sets.
    fn short_circuit_setting(&mut self, operator: &str, left: &Rc<Setting>, right: Node<'t>, scope: ScopeId) -> Value {
        let truth = left.truth();
        if operator == "??" {
            if !left.plain.is_nullish() && !left.plain.is_unknown() {
                return Value::Setting(left.clone());
            }
            let right = self.eval(right, scope);
            return match right {
                // A default that is nothing leaves the setting unset.
                right if right.is_nullish() => Value::Setting(left.clone()),
                Value::Setting(_) => self.both_settings("||", left, right),
                right if !left.others.is_empty() => {
                    let mut value = right;
                    for (other, condition) in left.others.clone() {
                        value = self.alternative(value, other, condition);
                    }
                    value
                }
                right => self.lifted(left, right, None),
            };
        }
        let condition = left.condition();
        let takes_right = if operator == "&&" { condition.clone() } else { condition.turned() };
        let value = self.under(takes_right.clone(), |machine| machine.eval(right, scope));
        match (operator, truth) {
            ("&&", Some(false)) => {
                let both = self.both_settings("&&", left, value.clone());
                let (when, unless) = match &both {
                    Value::Setting(both) => (both.when.clone(), both.unless.clone()),
                    _ => (left.when.clone(), left.unless.clone()),
                };
                let mut result = left.derived(left.plain.clone());
                (result.when, result.unless) = (when, unless);
                if !matches!(value, Value::Setting(_)) && !value.is_nullish() && value.truth() != Some(false) {
                    result = result.or(value, takes_right);
                }
                result.value()
            }
            ("&&", Some(true)) => self.both_settings("&&", left, value),
            ("&&", None) => match value {
                Value::Setting(_) => self.both_settings("&&", left, value),
                value => value.when(Some(takes_right)),
            },
            (_, Some(true)) => Value::Setting(left.clone()),
            _ if !left.others.is_empty() => {
                let mut value = value;
                for (other, condition) in left.others.clone() {
                    value = self.alternative(value, other, condition);
                }
                value
            }
            // An empty default is still "not set": whoever asks for it tests whether the user set it.
            _ if value.truth() == Some(false) && !matches!(value, Value::Setting(_) | Value::Text(_)) => {
                Value::Setting(left.clone())
            }
            _ => self.both_settings("||", left, value),
        }
    }

    pub(super) fn ternary(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(condition), Some(yes), Some(no)) =
            (node.field(Field::Condition), node.field(Field::Consequence), node.field(Field::Alternative))
        else {
            return Value::Unknown;
        };
        let value = self.eval(condition, scope);
        match self.gate(&value, condition) {
            Gate::Decided(true) => self.eval(yes, scope),
            Gate::Decided(false) => self.eval(no, scope),
            Gate::Open(when, unless) => {
                let yes = self.under(when.clone(), |machine| machine.eval(yes, scope));
                let no = self.under(unless.clone(), |machine| machine.eval(no, scope));
                let (base, other, condition) = match when.plain {
                    Some(true) => (yes, no, unless),
                    Some(false) => (no, yes, when),
                    None if yes.is_nullish() => (no, yes, when),
                    // Whoever uses the server sets its keys: texts that tell that they are missing say nothing of it.
                    // As a name it may be either.
                    None if matches!(value, Value::Setting(_)) && yes.as_text().is_some() => {
                        if no.as_text().is_none() || no.as_text() == yes.as_text() {
                            return no;
                        }
                        let mut setting = Setting::named(&when.text, no);
                        setting.needed = false;
                        return setting.or(yes, when).value();
                    }
                    None => (yes, no, unless),
                };
                self.alternative(base, other, condition)
            }
        }
    }
}
