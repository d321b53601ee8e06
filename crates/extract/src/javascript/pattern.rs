//! Destructuring: a pattern and a value in, names declared or assigned.

use super::kind::{Field, FieldOf, Kind, children};
use super::machine::{MAX_DEPTH, Machine};
use super::value::{Foreign, Object, Property, ScopeId, Shape, Text, Value};
use tree_sitter::Node;

/// What happens to the names of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// They are declared in the scope (`let`, `const`, parameters).
    Declare,
    /// They are declared in the scope that hoisted them (`var`).
    Hoisted,
    /// They exist already.
    Assign,
}

impl<'t> Machine<'t> {
    /// Gives the names in `pattern` the parts of `value`.
    pub(super) fn bind(&mut self, pattern: Node<'t>, value: Value, scope: ScopeId, mode: Mode) {
        let value = match value {
            Value::When(inner) => inner.read(),
            other => other,
        };
        if self.depth >= MAX_DEPTH || !self.step() {
            return;
        }
        self.depth += 1;
        self.bind_kind(pattern, value, scope, mode);
        self.depth -= 1;
    }

    fn bind_kind(&mut self, pattern: Node<'t>, value: Value, scope: ScopeId, mode: Mode) {
        match Kind::of(pattern) {
            Kind::Identifier | Kind::ShorthandPattern => {
                let name = self.text(pattern);
                match mode {
                    Mode::Declare => self.declare(scope, name, value),
                    Mode::Hoisted | Mode::Assign => {
                        if let Some(owner) = self.declaring(scope, name) {
                            self.assign(owner, name, value);
                        } else if mode == Mode::Hoisted {
                            self.declare(scope, name, value);
                        }
                    }
                }
            }
            Kind::Member | Kind::Subscript => self.bind_member(pattern, value, scope),
            Kind::Wrapped => {
                if let Some(inner) = children(pattern).first() {
                    self.bind(*inner, value, scope, mode);
                }
            }
            Kind::Parameter => {
                let Some(inner) = pattern.field(Field::Pattern) else { return };
                let value = match pattern.field(Field::Value) {
                    Some(default) => self.defaulted(value, default, scope),
                    None => value,
                };
                self.bind(inner, value, scope, mode);
            }
            Kind::AssignmentPattern | Kind::Assignment => {
                let (Some(left), Some(right)) = (pattern.field(Field::Left), pattern.field(Field::Right)) else {
                    return;
                };
                let value = self.defaulted(value, right, scope);
                self.bind(left, value, scope, mode);
            }
            Kind::ObjectPattern | Kind::Object => self.bind_object(pattern, &value, scope, mode),
            Kind::ArrayPattern | Kind::Array => self.bind_array(pattern, &value, scope, mode),
            Kind::RestPattern | Kind::Spread => {
                if let Some(inner) = children(pattern).first() {
                    self.bind(*inner, value, scope, mode);
                }
            }
            _ => {}
        }
    }

    /// `value`, or the default where it is absent.
    fn defaulted(&mut self, value: Value, default: Node<'t>, scope: ScopeId) -> Value {
        match value {
            Value::Undefined => self.eval(default, scope),
            Value::Setting(setting) if matches!(setting.plain, Value::Undefined) && setting.others.is_empty() => {
                let default = self.eval(default, scope);
                self.lifted(&setting, default, None)
            }
            Value::Unknown | Value::Foreign(_) => {
                let default = self.eval(default, scope);
                match &default {
                    // An empty object as default says that there are options, not that there are none.
                    Value::Object(id) if self.object(*id).properties.is_empty() => match self.object(*id).shape {
                        Shape::Plain => value,
                        _ => self.join(value, default),
                    },
                    _ => self.join(value, default),
                }
            }
            known => known,
        }
    }

    fn bind_member(&mut self, target: Node<'t>, value: Value, scope: ScopeId) {
        let Some(object) = target.field(Field::Object) else { return };
        let receiver = self.eval(object, scope);
        let name: Option<Text> = match target.field(Field::Property) {
            Some(property) => Some(self.text(property).into()),
            None => match target.field(Field::Index) {
                Some(index) => {
                    let index = self.eval(index, scope);
                    self.property_name(&index)
                }
                None => return,
            },
        };
        self.set_member(&receiver, name, value);
    }

    fn bind_object(&mut self, pattern: Node<'t>, value: &Value, scope: ScopeId, mode: Mode) {
        let mut taken: Vec<Text> = Vec::new();
        for part in children(pattern) {
            match Kind::of(part) {
                Kind::ShorthandPattern | Kind::Identifier => {
                    let name = self.text(part);
                    taken.push(name.into());
                    let member = self.part(value, name);
                    self.bind(part, member, scope, mode);
                }
                Kind::AssignmentPattern | Kind::Assignment => {
                    let Some(left) = part.field(Field::Left) else { continue };
                    let name = self.text(left);
                    taken.push(name.into());
                    let member = self.part(value, name);
                    self.bind(part, member, scope, mode);
                }
                Kind::PairPattern | Kind::Pair => {
                    let (Some(key), Some(inner)) = (part.field(Field::Key), part.field(Field::Value)) else {
                        continue;
                    };
                    let member = match self.key(key, scope) {
                        Some(name) => {
                            let member = self.part(value, &name);
                            taken.push(name);
                            member
                        }
                        None => Value::Unknown,
                    };
                    self.bind(inner, member, scope, mode);
                }
                Kind::RestPattern | Kind::Spread => {
                    let id = self.plain();
                    self.copy_members(id, value);
                    let rest = self.object_mut(id);
                    rest.properties.retain(|name, _| !taken.contains(name));
                    self.bind(part, Value::Object(id), scope, mode);
                }
                _ => {}
            }
        }
    }

    fn part(&mut self, value: &Value, name: &str) -> Value {
        match value {
            Value::Unknown => Value::foreign(Foreign::nowhere(name)),
            known => self.member(known, name),
        }
    }

    fn bind_array(&mut self, pattern: Node<'t>, value: &Value, scope: ScopeId, mode: Mode) {
        let elements = self.iterate(value);
        let mut at = 0;
        let mut cursor = pattern.walk();
        let parts: Vec<Node<'t>> = pattern.children(&mut cursor).collect();
        for part in parts {
            match part.kind() {
                "," => {
                    at += 1;
                    continue;
                }
                "[" | "]" => continue,
                _ => {}
            }
            if matches!(Kind::of(part), Kind::RestPattern | Kind::Spread) {
                let rest = match &elements {
                    Some((elements, open)) => self.list(elements.get(at..).unwrap_or_default().to_vec(), *open),
                    None => Value::Unknown,
                };
                self.bind(part, rest, scope, mode);
                continue;
            }
            let element = match &elements {
                Some((elements, open)) => match elements.get(at) {
                    Some(element) => element.clone(),
                    None if *open => Value::Unknown,
                    None => Value::Undefined,
                },
                None => Value::Unknown,
            };
            self.bind(part, element, scope, mode);
        }
    }

    /// What a loop or spread over `value` sees, and whether there may be more; `None` when that is not known.
    pub(super) fn iterate(&mut self, value: &Value) -> Option<(Vec<Value>, bool)> {
        if let Value::Text(text) = value {
            return Some((text.chars().map(|c| Value::text(c.encode_utf8(&mut [0; 4]))).collect(), false));
        }
        match value {
            Value::When(inner) => {
                let (elements, open) = self.iterate(&inner.value.clone())?;
                let condition = Some(inner.condition.clone());
                return Some((elements.into_iter().map(|element| element.when(condition.clone())).collect(), open));
            }
            Value::Setting(setting) => return self.iterate_setting(&setting.clone()),
            _ => {}
        }
        if let Some(elements) = self.elements(value) {
            return Some(elements);
        }
        let Value::Object(id) = value else { return None };
        let Object { shape: Shape::Map(entries), open, .. } = self.object(*id) else { return None };
        let (entries, open) = (entries.clone(), *open);
        let pairs = entries.into_iter().map(|(key, value)| self.pair(key, value)).collect();
        Some((pairs, open))
    }

    /// A key and a value as a list; the condition of the value is that of the pair.
    pub(super) fn pair(&mut self, key: Value, value: Value) -> Value {
        match value {
            Value::When(inner) => {
                let pair = self.list(vec![key, inner.value.clone()], false);
                pair.when(Some(inner.condition.clone()))
            }
            value => self.list(vec![key, value], false),
        }
    }

    /// What a plain start sees, and then whatever else the setting may give.
    fn iterate_setting(&mut self, setting: &super::value::Setting) -> Option<(Vec<Value>, bool)> {
        let (mut elements, open) = match &setting.plain {
            _ if setting.is_absent() => (Vec::new(), false),
            plain => self.iterate(plain)?,
        };
        for (other, condition) in &setting.others {
            let (more, _) = self.iterate(other)?;
            elements.extend(more.into_iter().map(|element| element.when(Some(condition.clone()))));
        }
        Some((elements, open))
    }

    /// Whether an object has a property of its own with this name.
    pub(super) fn has_own(&self, value: &Value, name: &str) -> Option<bool> {
        let Value::Object(id) = value else { return None };
        let object = self.object(*id);
        match object.properties.get(name) {
            Some(Property::Data(_) | Property::Getter(_)) => Some(true),
            None if object.open || !matches!(object.shape, Shape::Plain) => None,
            None => Some(false),
        }
    }
}
