//! `object[key]` and `object.name`.

use super::ast::{Ex, Expr, Name};
use super::machine::{Machine, is_server};
use super::operator::{index, slice};
use super::value::{Args, Binding, Env, Value};
use std::rc::Rc;

impl Machine<'_> {
    pub(super) fn subscript(&mut self, object: &Value, keys: &[Expr], env: &Rc<Env>) -> Value {
        if let Value::External(_) | Value::Class(_) = object {
            if object.path() == Some("os.environ") {
                return Value::Unknown;
            }
            if let Value::Class(class) = object
                && class.is_enum()
            {
                let Some(key) = keys.first() else { return Value::Unknown };
                let Value::Str(name) = self.eval(key, env) else { return Value::Unknown };
                return class.find(&name).unwrap_or_default();
            }
            let mut args = Vec::new();
            for key in keys {
                match self.eval(key, env) {
                    Value::Tuple(items) => args.extend(items.iter().cloned()),
                    value => args.push(value),
                }
            }
            return Value::Generic(Rc::new((object.clone(), args)));
        }
        let [key] = keys else { return Value::Unknown };
        if let Ex::Slice(start, stop) = &*key.kind {
            let start = start.as_ref().map(|start| self.eval(start, env));
            let stop = stop.as_ref().map(|stop| self.eval(stop, env));
            return slice(object, start, stop).unwrap_or_default();
        }
        let line = key.line;
        let key = self.eval(key, env).settled().0.clone();
        let object = object.settled().0;
        match (object, &key) {
            (Value::Dict(pairs), key) => {
                let pairs = pairs.borrow();
                pairs.iter().find(|(known, _)| known.equals(key) == Some(true)).map(|(_, value)| value.clone())
            }
            (Value::List(items), Value::Int(at)) => index(&items.borrow(), *at),
            (Value::Tuple(items), Value::Int(at)) => index(items, *at),
            (Value::Instance(_), key) => self.item_of_object(object, key, line),
            _ => None,
        }
        .unwrap_or_default()
    }

    pub(super) fn attribute(&mut self, object: &Value, name: &Name) -> Value {
        let found = match object {
            Value::Module(number) => {
                return self.module_attribute(*number, name).unwrap_or_default();
            }
            Value::External(path) if path.starts_with("builtins.") => None,
            Value::External(path) if path.len() < 400 => {
                return Value::External(Rc::from(format!("{path}.{name}")));
            }
            Value::Instance(instance) => {
                if &**name == super::inspect::DICTIONARY {
                    super::inspect::open(object);
                }
                let own = instance.attributes.borrow().get(name).cloned();
                own.or_else(|| match &**name {
                    "__class__" => Some(Value::Class(Rc::clone(&instance.class))),
                    _ => instance.class.find(name).map(|found| self.bind(object, found)),
                })
                .or_else(|| self.inner_server(object, name))
                .or_else(|| self.answered(object, name))
            }
            Value::Class(class) => match &**name {
                "__name__" => Some(Value::Str(Rc::clone(&class.def.name))),
                "__doc__" => Some(class.def.doc.clone().map_or(Value::None, Value::Str)),
                _ => class.find(name).map(|found| match found {
                    Value::Function(function) if function.binding.get() == Binding::Class => {
                        Value::Bound(Rc::new((object.clone(), function)))
                    }
                    found => found,
                }),
            },
            Value::Function(function) => super::tool::function_attribute(function, name),
            Value::Bound(bound) => super::tool::function_attribute(&bound.1, name),
            Value::Made(made) if self.patched.contains_key(&(made.id, Rc::clone(name))) => {
                self.patched.get(&(made.id, Rc::clone(name))).cloned()
            }
            Value::Made(made) if is_server(&made.path) => self.inner_server(object, name),
            Value::Made(made) if &*made.path == "argparse.Namespace" => self.options.get(name).cloned(),
            Value::Made(made) if &*made.path == "inspect.Signature" && &**name == "parameters" => {
                made.args.get(0, name).map(super::signature::by_name)
            }
            Value::Made(made) => made.args.named(name).cloned().or_else(|| super::path::attribute(object, name)),
            Value::Method(method) if &*method.1 == "super" => {
                if let Value::Tuple(pair) = &method.0
                    && let [Value::Class(base), own] = &**pair
                {
                    base.find(name).map(|found| self.bind(own, found))
                } else {
                    Some(Value::Method(Rc::new((method.0.clone(), Rc::clone(name)))))
                }
            }
            _ => None,
        };
        found.unwrap_or_else(|| {
            // A chain of what is not known is as unknown as its first link.
            let receiver = if object.is_unknown() { Value::Unknown } else { object.clone() };
            Value::Method(Rc::new((receiver, Rc::clone(name))))
        })
    }

    /// The low-level server inside of a high-level one, the other way round, and what keeps the tools of either.
    fn inner_server(&self, object: &Value, name: &str) -> Option<Value> {
        let is_inner = matches!(name, "_mcp_server" | "server" | "_server" | "_tool_manager" | "_local_provider");
        (is_inner && self.is_server_value(object)).then(|| object.clone())
    }

    /// What `__getattr__` of an object answers for a name that it does not hold.
    fn answered(&mut self, object: &Value, name: &Name) -> Option<Value> {
        let Value::Instance(instance) = object else { return None };
        let Some(Value::Function(getter)) = instance.class.find("__getattr__") else { return None };
        let args = Args { plain: vec![object.clone(), Value::Str(Rc::clone(name))], ..Args::default() };
        let module = getter.env.module;
        Some(self.call(&Value::Function(getter), args, module)).filter(|value| !matches!(value, Value::Unknown))
    }

    /// What an instance gives for a name that its class holds.
    fn bind(&mut self, object: &Value, found: Value) -> Value {
        let Value::Function(function) = &found else { return found };
        match function.binding.get() {
            Binding::Static => found,
            Binding::Plain | Binding::Class => Value::Bound(Rc::new((object.clone(), Rc::clone(function)))),
            Binding::Property => {
                let bound = Value::Bound(Rc::new((object.clone(), Rc::clone(function))));
                self.call(&bound, Args::default(), function.env.module)
            }
        }
    }
}
