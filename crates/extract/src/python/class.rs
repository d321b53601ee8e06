//! What the classes of a package hold and extend.

use super::ast::{self, Name};
use super::machine::Machine;
use super::value::{Class, Instance, Value};
use std::cell::RefCell;
use std::rc::Rc;

impl Class {
    /// Whether a base outside of the package has one of `names` as the last part of its path, at any remove.
    pub(super) fn has_external_base(&self, test: &dyn Fn(&str) -> bool) -> bool {
        self.find_base(test, 0)
    }

    fn find_base(&self, test: &dyn Fn(&str) -> bool, depth: usize) -> bool {
        depth < 20
            && self.bases.iter().any(|base| match base {
                Value::External(path) => test(path),
                Value::Class(class) => class.find_base(test, depth + 1),
                Value::Generic(generic) => match &generic.0 {
                    Value::External(path) => test(path),
                    Value::Class(class) => class.find_base(test, depth + 1),
                    _ => false,
                },
                _ => false,
            })
    }

    /// Whether all that the class holds stands in the package: no base, decorator or metaclass from elsewhere, and no method
    /// that answers for names which it does not hold.
    pub(super) fn is_closed(&self) -> bool {
        let answers = ["__getattr__", "__getattribute__"].iter().any(|name| self.find(name).is_some());
        !answers && self.is_own(0)
    }

    fn is_own(&self, depth: usize) -> bool {
        const PLAIN: [&str; 4] = ["builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"];
        let is_own = |base: &Value| match base {
            Value::Class(class) => class.is_own(depth + 1),
            Value::External(path) => PLAIN.contains(&&**path),
            _ => false,
        };
        let is_dataclass = self.is_dataclass.get() && self.def.decorators.len() == 1;
        depth < 20
            && (self.def.decorators.is_empty() || is_dataclass)
            && self.def.bases.iter().all(|base| matches!(base, ast::Arg::Plain(_)))
            && self.bases.iter().all(is_own)
    }

    pub(super) fn is_enum(&self) -> bool {
        self.has_external_base(&|path| matches!(path, "enum.Enum" | "enum.StrEnum" | "enum.IntEnum"))
    }

    /// The members of an enumeration, in order.
    pub(super) fn members(&self) -> Vec<Value> {
        let vars = self.env.vars.borrow();
        let mut members: Vec<Value> = Vec::new();
        for statement in &self.def.body {
            let ast::St::Assign(targets, _) = &statement.kind else { continue };
            for target in targets {
                if let ast::Ex::Name(name) = &*target.kind
                    && let Some(member @ Value::Instance(_)) = vars.get(name)
                {
                    members.push(member.clone());
                }
            }
        }
        members
    }

    /// A name in the class or its bases in the package.
    pub(super) fn find(&self, name: &str) -> Option<Value> {
        self.find_deep(name, 0)
    }

    fn find_deep(&self, name: &str, depth: usize) -> Option<Value> {
        if let Some(value) = self.env.vars.borrow().get(name) {
            return Some(value.clone());
        }
        if depth > 20 {
            return None;
        }
        self.bases.iter().find_map(|base| match base {
            Value::Class(class) => class.find_deep(name, depth + 1),
            Value::Generic(generic) => match &generic.0 {
                Value::Class(class) => class.find_deep(name, depth + 1),
                _ => None,
            },
            _ => None,
        })
    }
}

impl Machine<'_> {
    /// Another object like `instance`, with other values for some attributes (`dataclasses.replace`).
    pub(super) fn replaced(&mut self, instance: &Rc<Instance>, changes: &[(Name, Value)]) -> Value {
        let mut attributes = instance.attributes.borrow().clone();
        attributes.extend(changes.iter().cloned());
        let id = self.new_id();
        Value::Instance(Rc::new(Instance {
            class: Rc::clone(&instance.class),
            attributes: RefCell::new(attributes),
            id,
        }))
    }
}
