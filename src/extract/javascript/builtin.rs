//! Methods of lists, maps and sets, and the functions of `Object`, `Array` and `JSON`, on values that are known.

use super::machine::Machine;
use super::value::{Object, ObjectId, Property, Shape, Text, Value};

impl<'t> Machine<'t> {
    /// A built-in method of a list, map, set or function; `None` when the object has no such method.
    pub(super) fn builtin_method(&mut self, id: ObjectId, name: &str, arguments: &[Value]) -> Option<Value> {
        let receiver = Value::Object(id);
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
                "catch" => Some(receiver),
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

    fn each(&mut self, callback: &Value, element: &Value, at: usize, list: &Value) -> Value {
        let arguments = vec![element.clone(), Value::Number(at as f64), list.clone()];
        self.call(callback, Value::Undefined, arguments, None)
    }

    fn list_method(
        &mut self,
        id: ObjectId,
        mut elements: Vec<Value>,
        open: bool,
        name: &str,
        arguments: &[Value],
    ) -> Option<Value> {
        let list = Value::Object(id);
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        // The elements that are not known are seen once.
        if open && matches!(name, "map" | "forEach" | "flatMap") {
            elements.push(Value::Unknown);
        }
        let known = |known: Option<bool>| known.map_or(Value::Unknown, Value::Bool);
        Some(match name {
            "push" | "unshift" => {
                let mut all = elements;
                let at = if name == "push" { all.len() } else { 0 };
                all.splice(at..at, arguments.iter().cloned());
                let fits = all.len() <= super::machine::MAX_LIST;
                let object = self.object_mut(id);
                if fits {
                    object.shape = Shape::List(all);
                } else {
                    object.open = true;
                }
                Value::Unknown
            }
            "pop" | "shift" => {
                let removed = if name == "pop" {
                    elements.pop()
                } else if elements.is_empty() {
                    None
                } else {
                    Some(elements.remove(0))
                };
                self.object_mut(id).shape = Shape::List(elements);
                removed.unwrap_or(if open { Value::Unknown } else { Value::Undefined })
            }
            "map" | "flatMap" => {
                let mut out = Vec::new();
                let mut out_open = open;
                for (at, element) in elements.iter().enumerate() {
                    let mapped = self.each(&first, element, at, &list);
                    match self.elements(&mapped) {
                        Some((more, more_open)) if name == "flatMap" => {
                            out.extend(more);
                            out_open |= more_open;
                        }
                        _ => out.push(mapped),
                    }
                }
                self.list(out, out_open)
            }
            "forEach" => {
                for (at, element) in elements.iter().enumerate() {
                    self.each(&first, element, at, &list);
                }
                Value::Undefined
            }
            "filter" => {
                let mut out = Vec::new();
                for (at, element) in elements.iter().enumerate() {
                    // What cannot be decided is kept: the tool may be listed.
                    if self.each(&first, element, at, &list).truth() != Some(false) {
                        out.push(element.clone());
                    }
                }
                self.list(out, open)
            }
            "find" | "findLast" => {
                for (at, element) in elements.iter().enumerate() {
                    match self.each(&first, element, at, &list).truth() {
                        Some(true) => return Some(element.clone()),
                        Some(false) => {}
                        None => return Some(Value::Unknown),
                    }
                }
                if open { Value::Unknown } else { Value::Undefined }
            }
            "some" | "every" => {
                let stop = name == "some";
                let mut undecided = open;
                for (at, element) in elements.iter().enumerate() {
                    match self.each(&first, element, at, &list).truth() {
                        Some(truth) if truth == stop => return Some(Value::Bool(stop)),
                        Some(_) => {}
                        None => undecided = true,
                    }
                }
                if undecided { Value::Unknown } else { Value::Bool(!stop) }
            }
            "includes" => {
                let mut undecided = open;
                for element in &elements {
                    match super::operator::equal(element, &first, false) {
                        Some(true) => return Some(Value::Bool(true)),
                        Some(false) => {}
                        None => undecided = true,
                    }
                }
                known((!undecided).then_some(false))
            }
            "indexOf" => {
                for (at, element) in elements.iter().enumerate() {
                    match super::operator::equal(element, &first, false) {
                        Some(true) => return Some(Value::Number(at as f64)),
                        Some(false) => {}
                        None => return Some(Value::Unknown),
                    }
                }
                if open { Value::Unknown } else { Value::Number(-1.0) }
            }
            "concat" => {
                let mut out_open = open;
                for argument in arguments {
                    match self.iterate(argument) {
                        Some((more, more_open)) if !matches!(argument, Value::Text(_)) => {
                            elements.extend(more);
                            out_open |= more_open;
                        }
                        _ => elements.push(argument.clone()),
                    }
                }
                self.list(elements, out_open)
            }
            "join" => {
                let separator =
                    if arguments.is_empty() { Some(",".to_owned()) } else { super::operator::to_text(&first) };
                let parts: Option<Vec<String>> = elements
                    .iter()
                    .map(|element| if element.is_nullish() { Some(String::new()) } else { self.as_text(element) })
                    .collect();
                match (separator, parts) {
                    (Some(separator), Some(parts)) if !open => Value::text(&parts.join(&separator)),
                    _ => Value::Unknown,
                }
            }
            "slice" => {
                let bound = |value: Option<&Value>, default: usize| match value {
                    None | Some(Value::Undefined) => Some(default),
                    Some(Value::Number(n)) if *n < 0.0 => Some(elements.len().saturating_sub(n.abs() as usize)),
                    Some(Value::Number(n)) => Some((*n as usize).min(elements.len())),
                    _ => None,
                };
                match (bound(arguments.first(), 0), bound(arguments.get(1), elements.len())) {
                    (Some(from), Some(to)) if !open => {
                        self.list(elements.get(from..to.max(from)).unwrap_or_default().to_vec(), false)
                    }
                    _ => self.list(elements, open),
                }
            }
            "flat" => {
                let (mut out, mut out_open) = (Vec::new(), open);
                for element in elements {
                    match self.elements(&element) {
                        Some((more, more_open)) => {
                            out.extend(more);
                            out_open |= more_open;
                        }
                        None => out.push(element),
                    }
                }
                self.list(out, out_open)
            }
            "reduce" => {
                let mut remaining = elements.into_iter().enumerate();
                let mut value = match arguments.get(1) {
                    Some(initial) => initial.clone(),
                    None => remaining.next().map_or(Value::Undefined, |(_, first)| first),
                };
                for (at, element) in remaining {
                    value = self.call(
                        &first,
                        Value::Undefined,
                        vec![value, element, Value::Number(at as f64), list.clone()],
                        None,
                    );
                }
                value
            }
            "at" => match first {
                Value::Number(n) if n < 0.0 => {
                    elements.len().checked_sub(n.abs() as usize).and_then(|at| elements.get(at).cloned())?
                }
                Value::Number(n) => elements.get(n as usize).cloned().unwrap_or(Value::Undefined),
                _ => Value::Unknown,
            },
            "reverse" | "toReversed" => {
                elements.reverse();
                self.list(elements, open)
            }
            "sort" | "toSorted" => self.sorted(id, elements, open, arguments.is_empty()),
            "values" => self.list(elements, open),
            "keys" => {
                let keys = (0..elements.len()).map(|at| Value::Number(at as f64)).collect();
                self.list(keys, open)
            }
            "entries" => {
                let pairs = elements.into_iter().enumerate();
                let pairs = pairs.map(|(at, element)| self.list(vec![Value::Number(at as f64), element], false));
                let pairs = pairs.collect();
                self.list(pairs, open)
            }
            "then" | "finally" => self.then(&list, name, arguments),
            "catch" => list,
            "splice" | "fill" | "copyWithin" => {
                self.object_mut(id).open = true;
                Value::Unknown
            }
            _ => return None,
        })
    }

    /// Sorts texts by their code units; any other order is not followed, which leaves the elements in place.
    fn sorted(&mut self, id: ObjectId, mut elements: Vec<Value>, open: bool, natural: bool) -> Value {
        if natural && elements.iter().all(|element| element.as_text().is_some()) {
            elements.sort_by(|a, b| {
                let units = |value: &Value| value.as_text().map(|text| text.encode_utf16().collect::<Vec<_>>());
                units(a).cmp(&units(b))
            });
        }
        let object = self.object_mut(id);
        object.shape = Shape::List(elements.clone());
        self.list(elements, open)
    }

    fn set_method(&mut self, id: ObjectId, mut elements: Vec<Value>, name: &str, arguments: &[Value]) -> Option<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        Some(match name {
            "add" => {
                let known = elements.iter().any(|old| super::operator::equal(old, &first, false) == Some(true));
                if !known {
                    elements.push(first);
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
            "delete" | "clear" => Value::Unknown,
            _ => return None,
        })
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
        let position = |entries: &[(Value, Value)], key: &Value| {
            let mut undecided = open;
            for (at, (known, _)) in entries.iter().enumerate() {
                match super::operator::equal(known, key, false) {
                    Some(true) => return Some(Some(at)),
                    Some(false) => {}
                    None => undecided = true,
                }
            }
            (!undecided).then_some(None)
        };
        Some(match name {
            "set" => {
                let value = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                match position(&entries, &first) {
                    Some(Some(at)) => entries[at].1 = value,
                    _ => entries.push((first, value)),
                }
                self.object_mut(id).shape = Shape::Map(entries);
                Value::Object(id)
            }
            "get" => match position(&entries, &first) {
                Some(Some(at)) => entries[at].1.clone(),
                Some(None) => Value::Undefined,
                None => Value::Unknown,
            },
            "has" => position(&entries, &first).map_or(Value::Unknown, |found| Value::Bool(found.is_some())),
            "values" => self.list(entries.into_iter().map(|(_, value)| value).collect(), open),
            "keys" => self.list(entries.into_iter().map(|(key, _)| key).collect(), open),
            "entries" => {
                let pairs = entries.into_iter().map(|(key, value)| self.list(vec![key, value], false)).collect();
                self.list(pairs, open)
            }
            "forEach" => {
                for (key, value) in entries {
                    self.call(&first, Value::Undefined, vec![value, key, Value::Object(id)], None);
                }
                Value::Undefined
            }
            "delete" | "clear" => Value::Unknown,
            _ => return None,
        })
    }

    /// `Object.name(...)`.
    pub(super) fn object_function(&mut self, name: &str, arguments: &[Value]) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match name {
            "keys" | "values" | "entries" | "getOwnPropertyNames" => {
                let Some((members, open)) = self.members(&first) else { return Value::Unknown };
                let parts = members.into_iter().map(|(key, value)| match name {
                    "values" => value,
                    "entries" => self.list(vec![Value::Text(key), value], false),
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
                    match self.elements(&pair).as_ref().map(|(pair, _)| pair.as_slice()) {
                        Some([key, value, ..]) => match self.property_name(key) {
                            Some(name) => members.push((name, value.clone())),
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
                if let Value::Object(id) = &first {
                    let name = arguments.get(1).and_then(|name| self.property_name(name));
                    let descriptor = arguments.get(2).cloned().unwrap_or(Value::Undefined);
                    self.define(*id, name, &descriptor);
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
        let getter = self.member(descriptor, "get");
        let property = if self.is_function(&getter) {
            Property::Getter(getter)
        } else {
            Property::Data(self.member(descriptor, "value"))
        };
        self.object_mut(id).properties.insert(name, property);
    }
}
