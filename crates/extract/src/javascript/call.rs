//! Calls: functions of the package are followed, foreign ones are recognised or their callbacks are followed.

use super::kind::{Field, FieldOf, Kind, children};
use super::machine::Machine;
use super::source::Site;
use super::value::{Foreign, Function, Origin, ScopeId, Shape, Value};
use tree_sitter::Node;

/// One call, as those who recognise idioms see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallSite {
    pub(super) site: Site,
    /// The line on which the call ends.
    pub(super) last_line: u32,
}

impl<'t> Machine<'t> {
    pub(super) fn call_expression(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(function), Some(arguments)) = (node.field(Field::Function), node.field(Field::Arguments)) else {
            return Value::Unknown;
        };
        let site = Some(self.call_site(node));
        let mut function = function;
        while Kind::of(function) == Kind::Wrapped
            && let Some(inner) = children(function).first()
        {
            function = *inner;
        }
        if Kind::of(arguments) == Kind::Template {
            return self.tagged(function, arguments, scope);
        }
        match Kind::of(function) {
            Kind::Import => {
                let (arguments, _) = self.eval_all(arguments, scope);
                return self.import_value(arguments.first(), site);
            }
            Kind::Super => {
                let (arguments, _) = self.eval_all(arguments, scope);
                return self.super_call(arguments, scope);
            }
            Kind::Member | Kind::Subscript => {
                let Some(object) = function.field(Field::Object) else { return Value::Unknown };
                let name = match function.field(Field::Property) {
                    Some(property) => Some(self.text(property).into()),
                    None => match function.field(Field::Index) {
                        Some(index) => {
                            let index = self.eval(index, scope);
                            self.property_name(&index)
                        }
                        None => None,
                    },
                };
                if Kind::of(object) == Kind::Super {
                    let this = self.lookup("this", scope);
                    let method = self.super_member(name.as_deref().unwrap_or_default(), scope);
                    let arguments = self.arguments(arguments, scope);
                    return self.call(&method, this, arguments, site);
                }
                let receiver = self.eval(object, scope);
                if receiver.is_nullish() && function.field(Field::OptionalChain).is_some() {
                    return Value::Undefined;
                }
                let arguments = self.arguments(arguments, scope);
                return match name {
                    Some(name) => self.call_method(&receiver, &name, arguments, site),
                    None => {
                        self.computed_method(&receiver, site);
                        self.follow_callbacks(&arguments);
                        Value::Unknown
                    }
                };
            }
            _ => {}
        }
        let callee = self.eval(function, scope);
        let arguments = self.arguments(arguments, scope);
        if let Some(value) = self.named_conversion(function, &arguments) {
            return value;
        }
        self.call(&callee, Value::Undefined, arguments, site)
    }

    pub(super) fn call_site(&self, node: Node<'t>) -> CallSite {
        let site = self.site(node);
        let lines = node.end_position().row - node.start_position().row;
        CallSite { site, last_line: site.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)) }
    }

    pub(super) fn arguments(&mut self, node: Node<'t>, scope: ScopeId) -> Vec<Value> {
        let (arguments, _) = self.eval_all(node, scope);
        if let Some(first) = arguments.first()
            && let Some(node) = children(node).first()
            && Kind::of(*node) == Kind::Text
        {
            let site = self.site(*node);
            self.remember_name(first, site);
        }
        arguments
    }

    /// `receiver.name(...arguments)`.
    pub(super) fn call_method(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: Vec<Value>,
        site: Option<CallSite>,
    ) -> Value {
        if let ("deref", true, Value::Foreign(_)) = (name, arguments.is_empty(), receiver)
            && self.is_server(receiver)
        {
            return receiver.clone();
        }
        match receiver {
            Value::When(inner) => self.call_method(&inner.value.clone(), name, arguments, site),
            Value::Setting(setting) => self.setting_method(&setting.clone(), name, arguments, site),
            Value::Foreign(foreign) => {
                let reflected = foreign.origin == Origin::Global && foreign.path.as_ref() == "Reflect";
                if let ("call" | "apply" | "bind", false) = (name, reflected) {
                    return self.call_indirectly(receiver, name, arguments, site);
                }
                if let Some(method) = self.attached(foreign, name) {
                    return self.call(&method, receiver.clone(), arguments, site);
                }
                let method = foreign.member(name);
                let method = match (&foreign.origin, self.member(receiver, name)) {
                    (Origin::Global, Value::Foreign(method)) => (*method).clone(),
                    _ => method,
                };
                self.call_foreign(&method, arguments, site)
            }
            Value::Schema(schema) => self.schema_method(schema, name, &arguments),
            Value::Text(text) => self.text_method(text, name, &arguments),
            Value::Number(number) => match name {
                "toString" | "toLocaleString" | "toFixed" if arguments.is_empty() => {
                    Value::text(&super::operator::number_text(*number))
                }
                _ => Value::Unknown,
            },
            Value::Unknown => self.call_foreign(&Foreign::nowhere(name), arguments, site),
            Value::Object(id) => {
                if let "call" | "apply" | "bind" = name
                    && matches!(self.object(*id).shape, Shape::Function(_) | Shape::Class(_) | Shape::Bound(..))
                {
                    return self.call_indirectly(receiver, name, arguments, site);
                }
                match self.find_property(*id, name, receiver) {
                    Some(method @ Value::Object(_)) => {
                        let known = self.findings.count();
                        let sample: Vec<Value> = arguments.clone();
                        let value = if let Some(converted) = self.conversion_by_name(name, &sample) {
                            converted
                        } else if let Some(constructor) = self.zod_constructor_name(receiver, name) {
                            self.zod_call(constructor, &sample)
                        } else {
                            self.call(&method, receiver.clone(), arguments, site)
                        };
                        if self.findings.count() == known {
                            self.wrapped_registration(name, &sample, site);
                        }
                        value
                    }
                    Some(Value::Foreign(method)) => {
                        // A method that the object takes from outside, its own name first.
                        let method = if method.last() == name { (*method).clone() } else { method.member(name) };
                        self.call_foreign(&method, arguments, site)
                    }
                    None if self.is_effect_tool(*id) => receiver.clone(),
                    Some(_) | None => match self.builtin_of_setting(*id, name, &arguments) {
                        Some(value) => value,
                        None => self.call_foreign(&Foreign::nowhere(name), arguments, site),
                    },
                }
            }
            Value::Undefined | Value::Null | Value::Bool(_) => {
                // What nothing was promised to: `Promise.resolve().then(() => require("./late"))`.
                if let "then" | "finally" = name {
                    return self.then(receiver, name, &arguments);
                }
                if receiver.is_nullish() {
                    return self.call_foreign(&Foreign::nowhere(name), arguments, site);
                }
                Value::Unknown
            }
        }
    }

    fn call_indirectly(
        &mut self,
        callee: &Value,
        how: &str,
        mut arguments: Vec<Value>,
        site: Option<CallSite>,
    ) -> Value {
        if how == "bind" {
            return self.bound_function(callee, arguments);
        }
        let this = if arguments.is_empty() { Value::Undefined } else { arguments.remove(0) };
        if how == "apply" {
            arguments = match arguments.first().and_then(|list| self.elements(list)) {
                Some((elements, _)) => elements,
                None => Vec::new(),
            };
        }
        if let Value::Foreign(foreign) = callee
            && foreign.origin == Origin::Global
            && let Some(how @ ("call" | "apply")) = foreign.path.strip_prefix("Function.prototype.")
        {
            // `Function.prototype.call.call(f, this, ...)`
            return self.call_indirectly(&this, how, arguments, site);
        }
        if let Value::Foreign(foreign) = callee
            && foreign.origin == Origin::Global
            && foreign.path.ends_with("hasOwnProperty")
        {
            let known = arguments.first().and_then(|name| self.property_name(name));
            return match known.and_then(|name| self.has_own(&this, &name)) {
                Some(found) => Value::Bool(found),
                None => Value::Unknown,
            };
        }
        self.call(callee, this, arguments, site)
    }

    /// Calls a value.
    pub(super) fn call(&mut self, callee: &Value, this: Value, arguments: Vec<Value>, site: Option<CallSite>) -> Value {
        match callee {
            Value::Object(id) => match self.object(*id).shape.called() {
                Shape::Bound(callee, this, mut given) => {
                    given.extend(arguments);
                    self.call(&callee, this, given, site)
                }
                Shape::Function(function) => {
                    if let Some(value) = self.asynchronous(&arguments) {
                        return value;
                    }
                    match arguments.first() {
                        Some(Value::Schema(_)) => self.call_with_schema(function, this, arguments),
                        _ => self.invoke(function, this, arguments),
                    }
                }
                _ => {
                    self.follow_callbacks(&arguments);
                    Value::Unknown
                }
            },
            Value::Foreign(foreign) => self.call_foreign(&foreign.clone(), arguments, site),
            Value::Setting(setting) => self.setting_call(&setting.clone(), this, arguments, site),
            Value::When(inner) => self.call(&inner.value.clone(), this, arguments, site),
            _ => {
                self.escapes(&Foreign::nowhere(""), &arguments, site);
                self.follow_callbacks(&arguments);
                Value::Unknown
            }
        }
    }

    /// Calls a function of a schema. One of which nothing is known, and one that looks inside and gives back JSON Schema
    /// (as a converter in a bundle does, whatever its name), is a conversion of the schema.
    fn call_with_schema(&mut self, function: Function<'t>, this: Value, arguments: Vec<Value>) -> Value {
        let schema = arguments.first().cloned().unwrap_or(Value::Unknown);
        if self.converters.contains(&function.node.id()) {
            return schema;
        }
        let before = self.looks_inside;
        let value = self.invoke(function, this, arguments);
        let looked = std::mem::replace(&mut self.looks_inside, before) != before;
        if looked && self.is_json_schema(&value) {
            // Known once, it need not be followed again.
            self.converters.insert(function.node.id());
            return schema;
        }
        if value.is_unknown() { schema } else { value }
    }

    /// What compilers make of `async` functions: a helper that is given `this` and a generator to run to its end.
    fn asynchronous(&mut self, arguments: &[Value]) -> Option<Value> {
        let (Some(Value::Object(id)), 3..=4) = (arguments.last(), arguments.len()) else { return None };
        let Shape::Function(function) = self.object(*id).shape else { return None };
        if Kind::of(function.node) != Kind::Generator {
            return None;
        }
        let passed = self.elements(&arguments[1]).map(|(elements, _)| elements).unwrap_or_default();
        Some(self.run(function, arguments[0].clone(), passed).0)
    }
}
