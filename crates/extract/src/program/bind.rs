//! What a call gives the names of a function: arguments, defaults, and what is known by type alone; constructors likewise.

use super::ast::{Class, Func};
use super::block::BLOCK;
use super::call::Args;
use super::machine::{MAX_CALLS, Machine, Scope};
use super::value::{Closure, Env, Value};
use std::rc::Rc;

impl<'t> Machine<'t> {
    pub(super) fn bind(&mut self, func: &Rc<Func<'t>>, args: Args<'t>, env: &Rc<Env<'t>>, closure: &Closure<'t>) {
        let depth = self.conditions;
        if let (Some((name, _)), Some(this)) = (&func.receiver, &closure.this) {
            env.declare(name, this.clone(), depth);
        }
        let mut unnamed = args.iter().filter(|(name, _)| name.is_none()).map(|(_, value)| value);
        for param in &func.params {
            let named =
                args.iter().find(|(name, _)| name.as_ref() == Some(&param.name)).map(|(_, value)| value.clone());
            let value = if param.is_rest {
                let rest: Vec<_> = unnamed.by_ref().cloned().collect();
                // A list that is handed over whole is the list itself.
                match rest.as_slice() {
                    [only @ Value::List(_)] => only.clone(),
                    [only @ Value::Unknown(_)] => only.clone(),
                    _ => Value::list(rest),
                }
            } else {
                named
                    .or_else(|| unnamed.next().cloned())
                    .unwrap_or(Value::Unknown("it is a parameter that is not given"))
            };
            let value = match (value, &param.default) {
                (Value::Unknown(_), Some(default)) if args.len() < func.params.len() => {
                    let scope = Scope {
                        env: Rc::clone(env),
                        this: closure.this.clone(),
                        class: closure.class.clone(),
                        file: closure.file,
                    };
                    self.eval(default, &scope)
                }
                (Value::Unknown(why), _) => match self.of_type(param.ty.as_ref(), func.site) {
                    Value::Unknown(_) => Value::Unknown(why),
                    known => known,
                },
                (value, _) => value,
            };
            env.declare(&param.name, value, depth);
        }
        if func.params.is_empty() && func.marks.iter().any(|mark| &*mark.name == "$it") {
            let it = args.first().map_or(Value::Unknown("it is given at run time"), |(_, value)| value.clone());
            env.declare(&Rc::from("it"), it, depth);
        }
    }

    /// Runs the constructor of a class of the package on a new object.
    pub(super) fn construct(&mut self, class: &Rc<Class<'t>>, value: &Value<'t>, args: Args<'t>) {
        let Value::Object(object) = value else { return };
        self.initialise(class);
        let program = Rc::clone(&self.program);
        if !class.params.is_empty() {
            let mut unnamed = args.iter().filter(|(name, _)| name.is_none()).map(|(_, value)| value);
            for param in &class.params {
                let named = args.iter().find(|(name, _)| name.as_ref() == Some(&param.name)).map(|(_, v)| v.clone());
                let given = named.or_else(|| unnamed.next().cloned());
                let value = match (given, &param.default) {
                    (Some(given), _) => given,
                    (None, Some(default)) => {
                        let scope = Scope { this: Some(value.clone()), ..self.class_scope(class) };
                        self.eval(default, &scope)
                    }
                    (None, None) => Value::Unknown("it is a parameter that is not given"),
                };
                object.fields.borrow_mut().insert(Rc::clone(&param.name), value);
            }
        }
        // What a parent is given stands beside its name.
        for parent in &class.supers {
            if let Some(inline) = &parent.inline
                && let Some(parent) = program.class(class.site.file, &parent.name)
                && self.calls.len() < MAX_CALLS as usize
            {
                let scope = Scope { this: Some(value.clone()), ..self.class_scope(class) };
                let given = inline.variants.first().map(|variant| variant.args.as_slice()).unwrap_or_default();
                let given = given.iter().map(|arg| (arg.name.clone(), self.eval(&arg.value, &scope))).collect();
                self.calls.push(std::ptr::null());
                self.construct(&parent, value, given);
                self.calls.pop();
            }
        }
        self.run_parents(class, value, 0);
        self.run_blocks(class, Some(value), BLOCK);
        if let Some(func) = program.method(class, "<init>", args.len()).filter(|func| func.site.file == class.site.file)
        {
            let this = Some(value.clone());
            let file = func.site.file;
            let closure = Closure { func, env: None, this, class: Some(Rc::clone(class)), file };
            self.invoke(&Rc::new(closure), args);
        }
    }
}
