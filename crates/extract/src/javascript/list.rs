//! Methods of lists on values that are known.

use super::machine::Machine;
use super::value::{ObjectId, Shape, Value};

impl<'t> Machine<'t> {
    fn each(&mut self, callback: &Value, element: &Value, at: usize, list: &Value) -> Value {
        let arguments = vec![element.clone(), Value::Number(at as f64), list.clone()];
        self.call(callback, Value::Undefined, arguments, None)
    }

    pub(super) fn list_method(
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
            "unshift" => {
                let mut all = elements;
                all.splice(0..0, arguments.iter().cloned());
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
}
