//! Methods that Python calls without being asked by name: when a class is made, when an object is indexed, added to,
//! compared. Those that can be told from the syntax are walked; of the others it is said where they may register tools.

use super::ast::{self, Ex, Expr, Name, St};
use super::limit::is_telling;
use super::machine::Machine;
use super::value::{Args, Class, Value};
use super::visit::{Seen, visit};
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// Methods of which the walk itself decides whether they are called.
const WALKED: [&str; 5] = ["__init__", "__post_init__", "__init_subclass__", "__del__", "__main__"];

impl Machine<'_> {
    /// Takes note of a class of which there is an object: Python may call its hooks.
    pub(super) fn note_object_of(&mut self, class: &Rc<Class>) {
        if !self.hooked.iter().any(|known| Rc::ptr_eq(&known.def, &class.def)) {
            self.hooked.push(Rc::clone(class));
            for base in &class.bases {
                if let Value::Class(base) = base {
                    self.note_object_of(base);
                }
            }
        }
    }

    /// Tells the objects in the body of a class which names they were given there (`__set_name__`).
    pub(super) fn name_members(&mut self, class: &Rc<Class>) {
        let mut members: Vec<Name> = Vec::new();
        for statement in &class.def.body {
            let target = match &statement.kind {
                St::Assign(targets, _) => targets.first(),
                St::Declare(target, _, Some(_)) => Some(target),
                _ => None,
            };
            if let Some(Ex::Name(name)) = target.map(|target: &Expr| &*target.kind) {
                members.push(Rc::clone(name));
            }
        }
        for name in members {
            let held = class.env.vars.borrow().get(&name).cloned();
            if let Some(member @ Value::Instance(_)) = held {
                let args = vec![Value::Class(Rc::clone(class)), Value::Str(name)];
                self.call_hook(&member, "__set_name__", args, class.def.line);
            }
        }
    }

    /// `object[key]` of an object of the package.
    pub(super) fn item_of_object(&mut self, object: &Value, key: &Value, line: u32) -> Option<Value> {
        self.call_hook(object, "__getitem__", vec![key.clone()], line)
            .or_else(|| self.call_hook(object, "__missing__", vec![key.clone()], line))
    }

    /// Calls the method of an object's class by which Python asks it for something; `None` where there is none.
    pub(super) fn call_hook(&mut self, object: &Value, name: &str, plain: Vec<Value>, line: u32) -> Option<Value> {
        let Value::Instance(instance) = object else { return None };
        let Some(Value::Function(function)) = instance.class.find(name) else { return None };
        let module = function.env.module;
        let hook = Value::Bound(Rc::new((object.clone(), function)));
        Some(self.call(&hook, Args { plain, line, ..Args::default() }, module))
    }

    /// Takes note of functions that are handed to code which is not followed: it may call them.
    pub(super) fn note_handed(&mut self, args: &Args) {
        for value in args.plain.iter().chain(args.named.iter().map(|(_, value)| value)) {
            let function = match value {
                Value::Function(function) => function,
                Value::Bound(bound) => &bound.1,
                _ => continue,
            };
            self.handed.push((Rc::clone(&function.def), function.env.module));
        }
    }

    /// Says of the hooks that were not walked where they may register tools.
    pub(super) fn note_hooks(&mut self) {
        for class in std::mem::take(&mut self.hooked) {
            for function in hooks(&class.def) {
                if self.work.was_visited(Rc::as_ptr(function) as usize) || !registers(function, is_telling) {
                    continue;
                }
                let detail =
                    format!("`{}` is called where the walk does not see it, and it may register tools", function.name);
                let site = self.site(class.env.module, function.line);
                self.note(PartialReason::UnresolvedValue, &detail, site);
            }
        }
        for (function, module) in std::mem::take(&mut self.handed) {
            let is_known = self.work.was_visited(Rc::as_ptr(&function) as usize);
            if !is_known && registers(&function, |name| matches!(name, "add_tool" | "tool")) {
                let detail =
                    format!("`{}` is handed to code that is not followed, and it registers tools", function.name);
                let site = self.site(module, function.line);
                self.note(PartialReason::UnresolvedValue, &detail, site);
            }
        }
    }
}

/// The methods of a class that Python may call by itself, setters among them.
fn hooks(class: &ast::Class) -> impl Iterator<Item = &Rc<ast::Function>> {
    class
        .body
        .iter()
        .filter_map(|statement| match &statement.kind {
            St::Function(function) => Some(function),
            _ => None,
        })
        .filter(|function| {
            let name = &*function.name;
            let is_hook = name.starts_with("__") && name.ends_with("__") && !WALKED.contains(&name);
            let is_setter =
                |expr: &Expr| matches!(&*expr.kind, Ex::Attribute(_, name) if matches!(&**name, "setter" | "deleter"));
            is_hook || function.decorators.iter().any(is_setter)
        })
}

/// Whether a function calls something by a name that `tells` of a registration.
fn registers(function: &ast::Function, tells_of_one: impl Fn(&str) -> bool) -> bool {
    let mut tells = false;
    visit(&function.body, &mut |seen| {
        if let Seen::Expr(expr) = seen
            && let Ex::Call(callee, _) = &*expr.kind
            && let Ex::Name(name) | Ex::Attribute(_, name) = &*callee.kind
        {
            tells |= tells_of_one(name);
        }
    });
    tells
}
