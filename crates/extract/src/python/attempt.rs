//! Walks `try` statements: the body is taken to succeed, and what a handler does instead never wins.

use super::ast::{Block, Expr, Name, St};
use super::condition::Gate;
use super::exec::Flow;
use super::machine::Machine;
use super::setting::Setting;
use super::value::{Env, Value};
use std::rc::Rc;

impl Machine<'_> {
    /// A handler adds the names that the body could not bind. A tool that it registers is there where the body fails.
    pub(super) fn attempt(
        &mut self,
        body: &Block,
        handlers: &[Block],
        otherwise: &Block,
        at_last: &Block,
        env: &Rc<Env>,
        returns: &mut Vec<Value>,
    ) -> Flow {
        let needed = self.foreign_import(body, env);
        let height = self.gates.len();
        let mut flow = self.block(body, env, returns);
        for handler in handlers {
            let after = env.vars.borrow().clone();
            let text = match &needed {
                Some(package) => format!("not {package} installed"),
                None => "a failure that is caught".to_owned(),
            };
            let outside = self.gates.len();
            self.gates.push(Gate::in_words(Rc::from(text)));
            self.doubt += 1;
            self.handlers += 1;
            // A handler's own return is what happens on failure.
            let mut failures = Vec::new();
            self.block(handler, env, &mut failures);
            self.handlers -= 1;
            self.doubt -= 1;
            self.gates.truncate(outside);
            let mut vars = env.vars.borrow_mut();
            for (name, value) in after {
                let other = vars.get(&name).cloned();
                if value.is_unknown() && other.is_some() {
                    continue;
                }
                // `HAS_X = True` here and `False` there says whether the package that is imported is installed.
                let tells = match (&value, &other, &needed) {
                    (Value::Bool(a), Some(Value::Bool(b)), Some(package)) if a != b => {
                        let installed = format!("{package} installed");
                        Some(if *a { installed } else { format!("not {installed}") })
                    }
                    _ => None,
                };
                let value = match tells {
                    Some(text) => value.set_by(Setting::Switch(Rc::from(text))),
                    None => value,
                };
                vars.insert(name, value);
            }
        }
        if flow == Flow::Next {
            flow = self.block(otherwise, env, returns);
        }
        // Whatever was left before, this runs.
        let left = self.gates.split_off(height.min(self.gates.len()));
        let last = self.block(at_last, env, returns);
        left.into_iter().for_each(|gate| self.stay(gate));
        if last == Flow::Next { flow } else { last }
    }

    /// The package of somebody else that a block begins by importing.
    fn foreign_import(&self, body: &Block, env: &Rc<Env>) -> Option<Name> {
        body.iter()
            .find_map(|statement| match &statement.kind {
                St::Import(items) => items.iter().find_map(|(path, _)| self.foreign(path)),
                St::ImportFrom(0, path, _) => self.foreign(path),
                _ => None,
            })
            .filter(|_| env.module < self.modules.len())
    }

    fn foreign(&self, path: &[Name]) -> Option<Name> {
        let first = path.first()?;
        self.package.find(std::slice::from_ref(first)).is_none().then(|| Rc::clone(first))
    }

    /// Whether an object is known to have a value of its own under `name`.
    pub(super) fn holds(&self, object: &Value, name: &Name) -> bool {
        let known = match object {
            Value::Instance(instance) => instance.attributes.borrow().get(name).cloned(),
            Value::Function(function) => function.attributes.borrow().get(name).cloned(),
            Value::Class(class) => class.env.vars.borrow().get(name).cloned(),
            Value::Module(number) => {
                self.modules.get(*number).and_then(|module| module.env.vars.borrow().get(name).cloned())
            }
            Value::Made(made) => self.patched.get(&(made.id, Rc::clone(name))).cloned(),
            _ => None,
        };
        known.is_some_and(|value| !value.is_unknown())
    }

    /// `del target`
    pub(super) fn delete(&mut self, target: &Expr, env: &Rc<Env>) {
        match &*target.kind {
            super::ast::Ex::Name(name) => drop(env.vars.borrow_mut().remove(name)),
            super::ast::Ex::Subscript(object, keys) => {
                let object = self.eval(object, env);
                let [key] = keys.as_slice() else { return };
                let key = self.eval(key, env);
                match &object {
                    Value::Dict(pairs) => pairs.borrow_mut().retain(|(known, _)| known.equals(&key) != Some(true)),
                    Value::Method(method) if &*method.1 == "_tools" => {
                        self.remove_tool(&method.0, Some(&key), target.line, env.module);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
