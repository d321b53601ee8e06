//! Expressions with one operand: `!a`, `typeof a`, `a++`, `delete a.b`, `yield a`.

use super::kind::{Field, FieldOf, children, has_token};
use super::machine::Machine;
use super::operator;
use super::value::{Property, ScopeId, Shape, Value};
use tree_sitter::Node;

impl<'t> Machine<'t> {
    /// What a generator yields is kept for whoever runs over it.
    pub(super) fn yielded(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let value = match children(node).first() {
            Some(inner) => self.eval(*inner, scope),
            None => Value::Undefined,
        };
        let height = self.frames.last().map_or(0, |frame| frame.height);
        let condition = self.told_since(height);
        let (more, open) = if has_token(node, "*") {
            self.iterate(&value).unwrap_or((Vec::new(), true))
        } else {
            (vec![value.clone()], false)
        };
        if let Some(frame) = self.frames.last_mut()
            && frame.yields.len() < super::machine::MAX_LIST
        {
            frame.yields.extend(more.into_iter().map(|value| value.when(condition.clone())));
            frame.endless |= open;
        }
        value
    }

    pub(super) fn update(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let Some(argument) = node.field(Field::Argument) else { return Value::Unknown };
        let old = self.eval(argument, scope);
        let by = if has_token(node, "--") { -1.0 } else { 1.0 };
        let new = operator::binary("+", &old, &Value::Number(by));
        self.bind(argument, new, scope, super::pattern::Mode::Assign);
        old
    }

    pub(super) fn unary(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let Some(argument) = node.field(Field::Argument) else { return Value::Unknown };
        let operator = node.field(Field::Operator).map_or("", |o| self.text(o));
        if operator == "delete" {
            return self.delete(argument, scope);
        }
        let value = self.eval(argument, scope);
        match operator {
            "!" if matches!(value, Value::Setting(_)) => match &value {
                Value::Setting(setting) => setting.not().value(),
                _ => Value::Unknown,
            },
            "!" => value.truth().map_or(Value::Unknown, |truth| Value::Bool(!truth)),
            "-" => operator::to_number(&value).map_or(Value::Unknown, |n| Value::Number(-n)),
            "+" => operator::to_number(&value).map_or(Value::Unknown, Value::Number),
            "typeof" => match &value {
                Value::Text(_) => Value::text("string"),
                Value::Number(_) => Value::text("number"),
                Value::Bool(_) => Value::text("boolean"),
                Value::Setting(setting) => {
                    let kind = match &setting.plain {
                        Value::Undefined if setting.needed => {
                            let unknown = super::value::Setting { plain: Value::Unknown, ..setting.as_ref().clone() };
                            return unknown.value();
                        }
                        Value::Undefined => "undefined",
                        Value::Text(_) => "string",
                        Value::Number(_) => "number",
                        Value::Bool(_) => "boolean",
                        _ => return Value::Unknown,
                    };
                    setting.derived(Value::text(kind)).value()
                }
                Value::Undefined => Value::text("undefined"),
                Value::Object(id) => match self.object(*id).shape {
                    Shape::Function(_) | Shape::Class(_) => Value::text("function"),
                    _ => Value::text("object"),
                },
                Value::Null | Value::Schema(_) => Value::text("object"),
                _ => Value::Unknown,
            },
            "void" => Value::Undefined,
            _ => Value::Unknown,
        }
    }

    /// `delete object.name`.
    fn delete(&mut self, target: Node<'t>, scope: ScopeId) -> Value {
        let Some(object) = target.field(Field::Object) else { return Value::Bool(true) };
        let receiver = self.eval(object, scope);
        let name = match (target.field(Field::Property), target.field(Field::Index)) {
            (Some(property), _) => Some(self.text(property).into()),
            (None, Some(index)) => {
                let index = self.eval(index, scope);
                self.property_name(&index)
            }
            _ => None,
        };
        if let (Value::Object(id), Some(name)) = (receiver.settled().clone(), name) {
            let born = self.object(id).born;
            match self.entered_since(born) {
                None => drop(self.object_mut(id).properties.shift_remove(&name)),
                Some(condition) => {
                    let stays = (!condition.turned().is_silent()).then(|| condition.turned());
                    if let Some(Property::Data(value)) = self.object(id).properties.get(&name).cloned() {
                        self.object_mut(id).properties.insert(name, Property::Data(value.when(stays)));
                    }
                }
            }
        }
        Value::Bool(true)
    }
}
