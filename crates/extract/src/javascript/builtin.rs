//! Methods of lists, maps and sets, and the functions of `Object`, `Array` and `JSON`, on values that are known.

use super::condition::{Condition, negated};
use super::machine::Machine;
use super::value::{Object, ObjectId, Property, Shape, Text, Value};

impl<'t> Machine<'t> {
    /// A built-in method of a list, map, set or function; `None` when the object has no such method.
    pub(super) fn builtin_method(&mut self, id: ObjectId, name: &str, arguments: &[Value]) -> Option<Value> {
        let receiver = Value::Object(id);
        let told = self.told_since(self.object(id).born);
        if name == "push"
            && let Object { shape: Shape::List(elements), open, .. } = self.object_mut(id)
        {
            // In place: a list is often built one element at a time.
            if elements.len() + arguments.len() <= super::machine::MAX_LIST {
                elements.extend(arguments.iter().map(|element| element.clone().when(told.clone())));
            } else {
                *open = true;
            }
            return Some(Value::Unknown);
        }
        let length = match &self.object(id).shape {
            Shape::List(elements) | Shape::Set(elements) => elements.len(),
            Shape::Map(entries) => entries.len(),
            _ => 0,
        };
        self.spend(length / 8);
        match &self.object(id).shape {
            Shape::List(elements) => {
                let elements = elements.clone();
                let open = self.object(id).open;
                self.list_method(id, elements, open, name, arguments)
            }
            Shape::Set(elements) => {
                let elements = elements.clone();
                self.set_method(id, elements, name, arguments)
            }
            Shape::Map(entries) if matches!(name, "get" | "has") => {
                let first = arguments.first().unwrap_or(&Value::Undefined);
                let found = position(entries, first, self.object(id).open);
                Some(match found {
                    Some(_) if name == "has" => Value::Bool(found.flatten().is_some()),
                    Some(Some(at)) => entries[at].1.read(),
                    Some(None) => Value::Undefined,
                    None => Value::Unknown,
                })
            }
            Shape::Map(_) if name == "set" => Some(self.set_entry(id, arguments)),
            Shape::Map(entries) => {
                let entries = entries.clone();
                self.map_method(id, entries, name, arguments)
            }
            _ => match name {
                "hasOwnProperty" => {
                    let name = arguments.first().and_then(|name| self.property_name(name))?;
                    Some(self.has_own(&receiver, &name).map_or(Value::Unknown, Value::Bool))
                }
                "then" | "finally" => Some(self.then(&receiver, name, arguments)),
                "catch" => {
                    self.rejected(arguments);
                    Some(receiver)
                }
                "toString" => Some(Value::Unknown),
                _ => None,
            },
        }
    }

    /// `value.then(callback)`: promises are followed as the values they hold.
    pub(super) fn then(&mut self, value: &Value, name: &str, arguments: &[Value]) -> Value {
        let passed = if name == "then" { vec![value.clone()] } else { Vec::new() };
        match arguments.first() {
            Some(callback) => {
                let result = self.call(callback, Value::Undefined, passed, None);
                if name == "then" { result } else { value.clone() }
            }
            None => value.clone(),
        }
    }

    /// What is called when a promise fails.
    pub(super) fn rejected(&mut self, arguments: &[Value]) {
        let failed = "what is waited for fails";
        let condition = Condition::new(failed, &negated(failed), Some(false));
        self.under(condition, |machine| machine.follow_callbacks(arguments));
    }

    fn set_method(&mut self, id: ObjectId, mut elements: Vec<Value>, name: &str, arguments: &[Value]) -> Option<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        Some(match name {
            "add" => {
                let known = elements.iter().any(|old| super::operator::equal(old, &first, false) == Some(true));
                if !known {
                    elements.push(first.when(self.told_since(self.object(id).born)));
                    self.object_mut(id).shape = Shape::Set(elements);
                }
                Value::Object(id)
            }
            "has" => return self.list_method(id, elements, self.object(id).open, "includes", arguments),
            "forEach" | "values" | "keys" | "entries" => {
                return self.list_method(
                    id,
                    elements,
                    self.object(id).open,
                    if name == "keys" { "values" } else { name },
                    arguments,
                );
            }
            "delete" | "clear" => {
                let stays = self.stays(id);
                let gone =
                    |value: &Value| name == "clear" || super::operator::equal(value, &first, false) == Some(true);
                match stays {
                    None => elements.retain(|value| !gone(value)),
                    Some(condition) => {
                        for value in elements.iter_mut().filter(|value| gone(value)) {
                            *value = value.clone().when(condition.clone());
                        }
                    }
                }
                self.object_mut(id).shape = Shape::Set(elements);
                Value::Unknown
            }
            _ => return None,
        })
    }

    /// `map.set(key, value)`, in place: a map is often built one entry at a time.
    fn set_entry(&mut self, id: ObjectId, arguments: &[Value]) -> Value {
        let key = arguments.first().cloned().unwrap_or(Value::Undefined);
        let value = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        let object = self.object(id);
        let (born, open) = (object.born, object.open);
        let known = match &object.shape {
            Shape::Map(entries) => position(entries, &key, open).flatten().map(|at| (at, entries[at].1.clone())),
            _ => None,
        };
        let value = match (&known, self.entered_since(born)) {
            (Some((_, old)), Some(condition)) => self.replaced(old.clone(), value, condition),
            (Some(_), None) => value,
            (None, _) => value.when(self.told_since(born)),
        };
        if let Shape::Map(entries) = &mut self.object_mut(id).shape {
            match known {
                Some((at, _)) => entries[at].1 = value,
                None => entries.push((key, value)),
            }
        }
        Value::Object(id)
    }

    fn map_method(
        &mut self,
        id: ObjectId,
        mut entries: Vec<(Value, Value)>,
        name: &str,
        arguments: &[Value],
    ) -> Option<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let open = self.object(id).open;
        Some(match name {
            "values" => self.list(entries.into_iter().map(|(_, value)| value).collect(), open),
            "keys" => self.list(entries.into_iter().map(|(key, _)| key).collect(), open),
            "entries" => {
                let pairs = entries.into_iter().map(|(key, value)| self.pair(key, value)).collect();
                self.list(pairs, open)
            }
            "forEach" => {
                for (key, value) in entries {
                    match value {
                        Value::When(inner) => self.under(inner.condition.clone(), |machine| {
                            let arguments = vec![inner.value.clone(), key, Value::Object(id)];
                            machine.call(&first, Value::Undefined, arguments, None)
                        }),
                        value => self.call(&first, Value::Undefined, vec![value, key, Value::Object(id)], None),
                    };
                }
                Value::Undefined
            }
            "delete" | "clear" => {
                let stays = self.stays(id);
                let gone = |key: &Value| name == "clear" || super::operator::equal(key, &first, false) == Some(true);
                match stays {
                    None => entries.retain(|(key, _)| !gone(key)),
                    Some(condition) => {
                        for (_, value) in entries.iter_mut().filter(|(key, _)| gone(key)) {
                            *value = value.clone().when(condition.clone());
                        }
                    }
                }
                self.object_mut(id).shape = Shape::Map(entries);
                Value::Unknown
            }
            _ => return None,
        })
    }

    /// `Object.name(...)`.
    pub(super) fn object_function(&mut self, name: &str, arguments: &[Value]) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match name {
            "keys" | "values" | "entries" | "getOwnPropertyNames" => {
                let Some((members, open)) = self.members(&first) else { return Value::Unknown };
                let members = members.into_iter().filter(|(key, _)| !super::member::is_symbol(key));
                let parts = members.map(|(key, value)| match name {
                    "values" => value,
                    "entries" => self.pair(Value::Text(key), value),
                    _ => Value::Text(key),
                });
                let parts = parts.collect();
                self.list(parts, open)
            }
            "assign" => {
                if let Value::Object(id) = first {
                    for from in &arguments[1..] {
                        self.copy_members(id, from);
                    }
                }
                first
            }
            "freeze" | "seal" | "preventExtensions" | "setPrototypeOf" => first,
            "fromEntries" => {
                let Some((pairs, mut open)) = self.iterate(&first) else { return Value::Unknown };
                let mut members: Vec<(Text, Value)> = Vec::new();
                for pair in pairs {
                    let condition = match &pair {
                        Value::When(inner) => Some(inner.condition.clone()),
                        _ => None,
                    };
                    match self.elements(&pair).as_ref().map(|(pair, _)| pair.as_slice()) {
                        Some([key, value, ..]) => match self.property_name(key) {
                            Some(name) => members.push((name, value.clone().when(condition))),
                            None => open = true,
                        },
                        _ => open = true,
                    }
                }
                let object = self.object_of(members);
                if let Value::Object(id) = object {
                    self.object_mut(id).open = open;
                }
                object
            }
            "create" => {
                let mut object = Object::new(Shape::Plain);
                if !first.is_nullish() {
                    object.parent = first;
                }
                Value::Object(self.add(object))
            }
            "getPrototypeOf" => match &first {
                Value::Object(id) => self.object(*id).parent.clone(),
                // So that an object made after it still leads to it.
                other => other.clone(),
            },
            "defineProperty" => {
                let name = arguments.get(1).and_then(|name| self.property_name(name));
                let descriptor = arguments.get(2).cloned().unwrap_or(Value::Undefined);
                match (&first, name) {
                    (Value::Object(id), name) => self.define(*id, name, &descriptor),
                    (Value::Foreign(foreign), Some(name)) => {
                        let property = self.described(&descriptor);
                        self.attach(&foreign.clone(), name, property);
                    }
                    _ => {}
                }
                first
            }
            "defineProperties" => {
                if let (Value::Object(id), Some(all)) = (&first, arguments.get(1))
                    && let Some((members, _)) = self.members(all)
                {
                    for (name, descriptor) in members {
                        self.define(*id, Some(name), &descriptor);
                    }
                }
                first
            }
            _ => Value::Unknown,
        }
    }

    fn define(&mut self, id: ObjectId, name: Option<Text>, descriptor: &Value) {
        let Some(name) = name else {
            self.object_mut(id).open = true;
            return;
        };
        let property = self.described(descriptor);
        self.object_mut(id).properties.insert(name, property);
    }

    /// The property that a descriptor describes.
    fn described(&mut self, descriptor: &Value) -> Property {
        let getter = self.member(descriptor, "get");
        if self.is_function(&getter) {
            Property::Getter(getter)
        } else {
            Property::Data(self.member(descriptor, "value"))
        }
    }
}

/// Where a map holds a key: `None` where that is not known, nothing inside where it does not hold it.
fn position(entries: &[(Value, Value)], key: &Value, open: bool) -> Option<Option<usize>> {
    let mut undecided = open;
    for (at, (known, _)) in entries.iter().enumerate() {
        match super::operator::equal(known, key, false) {
            Some(true) => return Some(Some(at)),
            Some(false) => {}
            None => undecided = true,
        }
    }
    (!undecided).then_some(None)
}
