//! Expressions that choose between values: binary operators, short circuits and ternaries. Where the choice cannot be
//! decided both sides are followed.

use super::kind::Kind;
use super::machine::Machine;
use super::operator;
use super::value::{Origin, ScopeId, Shape, Value};
use tree_sitter::Node;

impl<'t> Machine<'t> {
    pub(super) fn binary(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        // A long sum of texts is a deep tree to the left: walk it instead of recursing.
        let mut pending = Vec::new();
        let mut at = node;
        loop {
            let (Some(left), Some(right)) = (at.child_by_field_name("left"), at.child_by_field_name("right")) else {
                return Value::Unknown;
            };
            let operator = at.child_by_field_name("operator").map_or("", |o| self.text(o));
            pending.push((operator, right));
            if Kind::of(left) == Kind::Binary {
                at = left;
            } else {
                at = left;
                break;
            }
        }
        let mut value = self.eval(at, scope);
        while let Some((operator, right)) = pending.pop() {
            value = match operator {
                "&&" | "||" | "??" => self.short_circuit(operator, value, right, scope),
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

    fn operate(&mut self, operator: &str, left: Value, right: Value) -> Value {
        match operator {
            "in" => match (&left, &right) {
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

    /// `left && right`, `left || right` or `left ?? right`, with `left` evaluated.
    pub(super) fn short_circuit(&mut self, operator: &str, left: Value, right: Node<'t>, scope: ScopeId) -> Value {
        if operator != "&&"
            && let Value::Unset(setting) = left
        {
            let right = self.eval(right, scope);
            // An empty default is still "not set": whoever asks for it tests whether the user set it.
            return if right.truth() == Some(false) { Value::Unset(setting) } else { right };
        }
        let decided = match operator {
            "&&" => left.truth(),
            "||" => left.truth().map(|truth| !truth),
            _ => match &left {
                Value::Unknown | Value::Unset(_) => None,
                Value::Foreign(foreign) if foreign.is_result() || foreign.origin == Origin::Nowhere => None,
                known => Some(known.is_nullish()),
            },
        };
        match decided {
            Some(true) => self.eval(right, scope),
            Some(false) => left,
            None => {
                self.uncertain += 1;
                let right = self.eval(right, scope);
                self.uncertain -= 1;
                self.join(left, right)
            }
        }
    }

    pub(super) fn ternary(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(condition), Some(yes), Some(no)) = (
            node.child_by_field_name("condition"),
            node.child_by_field_name("consequence"),
            node.child_by_field_name("alternative"),
        ) else {
            return Value::Unknown;
        };
        let condition = self.eval(condition, scope);
        match condition.truth() {
            Some(true) => self.eval(yes, scope),
            Some(false) => self.eval(no, scope),
            None => {
                self.uncertain += 1;
                let yes = self.eval(yes, scope);
                let no = self.eval(no, scope);
                self.uncertain -= 1;
                let structure = |value: &Value| matches!(value, Value::Object(_) | Value::Schema(_));
                if matches!(condition, Value::Unset(_)) && !structure(&yes) && !structure(&no) {
                    return no;
                }
                self.join(yes, no)
            }
        }
    }
}
