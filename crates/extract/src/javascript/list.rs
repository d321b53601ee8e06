//! Methods of lists on values that are known.

use super::condition::Condition;
use super::kind::{Field, FieldOf};
use super::machine::Machine;
use super::value::{ObjectId, Shape, Value};

impl<'t> Machine<'t> {
    fn each(&mut self, callback: &Value, element: &Value, at: usize, list: &Value) -> Value {
        if let Value::When(inner) = element {
            return self.under(inner.condition.clone(), |machine| machine.each(callback, &inner.value, at, list));
        }
        let arguments = vec![element.clone(), Value::Number(at as f64), list.clone()];
        self.call(callback, Value::Undefined, arguments, None)
    }

    /// The elements that a filter may keep, with the condition of what it does not keep for certain.
    fn kept(&mut self, callback: &Value, elements: &[Value], list: &Value) -> Vec<Value> {
        let mut out = Vec::new();
        for (at, element) in elements.iter().enumerate() {
            let verdict = self.each(callback, element, at, list);
            let condition = match &verdict {
                Value::Setting(setting) => setting.condition(),
                verdict => match verdict.truth() {
                    Some(true) => {
                        out.push(element.clone());
                        continue;
                    }
                    Some(false) => continue,
                    // What cannot be decided is kept: the tool may be listed.
                    None => Condition::quoted(&self.words_of(callback)),
                },
            };
            let told = !condition.is_silent() && !element.is_unknown();
            out.push(element.clone().when(told.then_some(condition)));
        }
        out
    }

    /// The words of a function's body.
    fn words_of(&self, callback: &Value) -> String {
        let Value::Object(id) = callback else { return "a filter that could not be followed".to_owned() };
        let Shape::Function(function) = self.object(*id).shape else { return "a filter".to_owned() };
        let text = |node: tree_sitter::Node<'_>| {
            self.sources.text(function.file).get(node.byte_range()).unwrap_or_default().to_owned()
        };
        let body = function.node.field(Field::Body).map(text).unwrap_or_default();
        let body = body.trim_start_matches('{').trim_end_matches('}').trim();
        super::condition::quoted(body.strip_prefix("return ").unwrap_or(body).trim_end_matches(';'))
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
                removed.map(|value| value.read()).unwrap_or(if open { Value::Unknown } else { Value::Undefined })
            }
            "map" | "flatMap" => {
                let mut out = Vec::new();
                let mut out_open = open;
                for (at, element) in elements.iter().enumerate() {
                    let mapped = self.each(&first, element, at, &list);
                    match self.elements(&mapped) {
                        Some((more, more_open)) if name == "flatMap" => {
                            let condition = match element {
                                Value::When(inner) => Some(inner.condition.clone()),
                                _ => None,
                            };
                            out.extend(more.into_iter().map(|value| value.when(condition.clone())));
                            out_open |= more_open;
                        }
                        _ => out.push(match element {
                            Value::When(inner) => mapped.when(Some(inner.condition.clone())),
                            _ => mapped,
                        }),
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
                let out = self.kept(&first, &elements, &list);
                self.list(out, open)
            }
            "find" | "findLast" => {
                for (at, element) in elements.iter().enumerate() {
                    match self.each(&first, element, at, &list).truth() {
                        Some(true) => return Some(element.read()),
                        Some(false) => {}
                        None => return Some(Value::Unknown),
                    }
                }
                if open { Value::Unknown } else { Value::Undefined }
            }
            "some" | "every" => {
                let stop = name == "some";
                let mut undecided = open;
                let mut depends: Option<Value> = None;
                for (at, element) in elements.iter().enumerate() {
                    let verdict = self.each(&first, element, at, &list);
                    if matches!(verdict, Value::Setting(_)) {
                        let operator = if stop { "||" } else { "&&" };
                        depends = Some(match depends {
                            Some(Value::Setting(first)) => self.both_settings(operator, &first, verdict),
                            _ => verdict,
                        });
                        continue;
                    }
                    match verdict.truth() {
                        Some(truth) if truth == stop => return Some(Value::Bool(stop)),
                        Some(_) => {}
                        None => undecided = true,
                    }
                }
                match depends {
                    Some(depends) => depends,
                    None if undecided => Value::Unknown,
                    None => Value::Bool(!stop),
                }
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
                Value::Number(n) => elements.get(n as usize).map_or(Value::Undefined, Value::read),
                Value::Setting(setting) => return Some(self.selected_member(&list, &setting)),
                _ => Value::Unknown,
            },
            "reverse" | "toReversed" => {
                elements.reverse();
                self.list(elements, open)
            }
            "sort" | "toSorted" => {
                // Which two elements are compared, and how often, is the runtime's affair.
                self.follow_callbacks(arguments);
                self.sorted(id, elements, open, arguments.is_empty())
            }
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
            "splice" => {
                let at = |value: Option<&Value>, default: usize| match value {
                    None => Some(default),
                    Some(Value::Number(n)) if *n < 0.0 => Some(elements.len().saturating_sub(n.abs() as usize)),
                    Some(Value::Number(n)) => Some((*n as usize).min(elements.len())),
                    _ => None,
                };
                let (Some(from), Some(count)) = (at(arguments.first(), 0), at(arguments.get(1), elements.len())) else {
                    self.object_mut(id).open = true;
                    return Some(Value::Unknown);
                };
                let to = (from + count).min(elements.len());
                let stays = self.stays(id);
                let more = arguments.iter().skip(2).cloned();
                let removed: Vec<Value> = match stays {
                    None => elements.splice(from..to, more).collect(),
                    Some(condition) => {
                        // Removed under a condition: each stays where that does not hold.
                        let gone = elements[from..to].to_vec();
                        for element in &mut elements[from..to] {
                            *element = element.clone().when(condition.clone());
                        }
                        elements.splice(to..to, more);
                        gone
                    }
                };
                self.object_mut(id).shape = Shape::List(elements);
                self.list(removed, open)
            }
            "fill" | "copyWithin" => {
                self.object_mut(id).open = true;
                Value::Unknown
            }
            _ => return None,
        })
    }

    /// Under which condition something of an object stays that is taken away here: `None` where it is gone for certain.
    pub(super) fn stays(&self, id: ObjectId) -> Option<Option<Condition>> {
        let turned = self.entered_since(self.object(id).born)?.turned();
        Some((!turned.is_silent()).then_some(turned))
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
