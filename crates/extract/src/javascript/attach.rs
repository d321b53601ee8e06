//! Functions that are put on values from outside, bound to arguments, or called through `Proxy` and `Reflect`: what the
//! program itself changes about the objects of its libraries.

use super::call::CallSite;
use super::machine::Machine;
use super::value::{Foreign, Object, Origin, Property, Shape, Text, Value};
use mcpdex_model::PartialReason;

impl<'t> Machine<'t> {
    /// Puts a member on a value from outside.
    pub(super) fn attach(&mut self, target: &Foreign, name: Text, property: Property) {
        let value = match &property {
            Property::Data(value) | Property::Getter(value) => value.clone(),
        };
        let handler = name.starts_with("on") && name.len() > 4;
        let kept = target.origin != Origin::Nowhere && !handler && self.attached.len() < 10_000;
        if kept {
            self.attached.insert(key(target, &name), property);
        }
        if self.is_function(&value) {
            // Whoever is given a handler calls it; a method is called by name, or by nobody who can be seen.
            if kept { self.waiting.push(value) } else { self.force(&value, &Value::Unknown) }
        }
    }

    /// A member that the program put on a value from outside, or on the class that it was made of.
    pub(super) fn attached(&mut self, target: &Foreign, name: &str) -> Option<Value> {
        if self.attached.is_empty() {
            return None;
        }
        let own = self.attached.get(&key(target, name)).cloned();
        let property = own.or_else(|| {
            let class = target.path.strip_suffix(".()")?;
            let prototype =
                Foreign { origin: target.origin.clone(), path: format!("{class}.prototype").into(), given: Vec::new() };
            self.attached.get(&key(&prototype, name)).cloned()
        })?;
        Some(match property {
            Property::Data(value) => value.settled_when().clone(),
            Property::Getter(getter) => self.call(&getter, Value::foreign(target.clone()), Vec::new(), None),
        })
    }

    /// Follows the functions that were put on values from outside and that nothing called.
    pub(super) fn follow_waiting(&mut self) {
        for value in std::mem::take(&mut self.waiting) {
            let called = match &value {
                Value::Object(id) => match self.object(*id).shape {
                    Shape::Function(function) => self.called.contains(&function.node.id()),
                    _ => true,
                },
                _ => true,
            };
            if !called {
                self.force(&value, &Value::Unknown);
            }
        }
    }

    /// `callee.bind(this, ...arguments)`.
    pub(super) fn bound_function(&mut self, callee: &Value, mut arguments: Vec<Value>) -> Value {
        let this = if arguments.is_empty() { Value::Undefined } else { arguments.remove(0) };
        if arguments.is_empty() && matches!(callee, Value::Foreign(_)) {
            return callee.clone();
        }
        Value::Object(self.add(Object::new(Shape::Bound(callee.clone(), this, arguments))))
    }

    /// `new Proxy(target, handler)`.
    pub(super) fn proxy(&mut self, target: Value, handler: &Value, site: Option<CallSite>) -> Value {
        let get = match handler.settled() {
            Value::Object(id) if !self.is_open(*id) => self.member(handler, "get"),
            _ => Value::Unknown,
        };
        if self.is_function(&get) {
            return Value::Object(self.add(Object::new(Shape::Proxy(target, get))));
        }
        let list = self.elements(&target).is_some();
        if !get.is_nullish()
            && (list || self.is_server(&target))
            && let Some(site) = site
        {
            let detail =
                "the server stands behind a proxy that could not be followed and may add, drop or rename tools";
            self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site.site));
        }
        target
    }

    /// `Reflect.name(...)`.
    pub(super) fn reflect(&mut self, name: &str, arguments: &[Value], site: Option<CallSite>) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        let listed = |machine: &Self, value: Option<&Value>| {
            value.and_then(|list| machine.elements(list)).map(|(elements, _)| elements).unwrap_or_default()
        };
        match name {
            "apply" => {
                let passed = listed(self, arguments.get(2));
                self.call(&first, second, passed, site)
            }
            "construct" => {
                let passed = listed(self, Some(&second));
                self.construct_value(&first, passed, site)
            }
            "get" => match self.property_name(&second) {
                Some(name) => self.member(&first, &name),
                None => Value::Unknown,
            },
            "set" => {
                let name = self.property_name(&second);
                self.set_member(&first, name, arguments.get(2).cloned().unwrap_or(Value::Undefined));
                Value::Bool(true)
            }
            "ownKeys" => self.object_function("keys", arguments),
            "defineProperty" | "getPrototypeOf" | "setPrototypeOf" => self.object_function(name, arguments),
            _ => Value::Unknown,
        }
    }
}

fn key(target: &Foreign, name: &str) -> String {
    let origin = match &target.origin {
        Origin::Package(package) => package.as_ref(),
        Origin::Global => "%global",
        Origin::Nowhere => "%nowhere",
    };
    format!("{origin}:{}.{name}", target.path)
}
