//! Calls: those of the package are walked with their arguments, those that leave it become terms and are shown to the
//! language's reader.

use super::ast::{Call, Class, Expr, Func, Name};
use super::machine::{MAX_CALLS, Machine, Scope};
use super::value::{Closure, Env, Made, Value};
use std::rc::Rc;

/// The name under which the object around a block with a receiver of its own is kept.
pub(super) const OUTER: &str = "$outer";

pub(super) type Args<'t> = Vec<(Option<Name>, Value<'t>)>;

impl<'t> Func<'t> {
    /// Whether the function is read like a field.
    pub(super) fn is_property(&self) -> bool {
        self.marks.iter().any(|mark| &*mark.name == "$property")
    }
}

impl<'t> Machine<'t> {
    pub(super) fn call_expr(&mut self, call: &Call<'t>, scope: &Scope<'t>) -> Value<'t> {
        let (on, name) = match &call.callee {
            Expr::Member(base, name) => (Some(self.eval(base, scope)), Rc::clone(name)),
            Expr::Name(name) => (None, Rc::clone(name)),
            other => {
                let callee = self.eval(other, scope);
                let args = self.args(call, scope);
                return match callee {
                    Value::Func(closure) => self.invoke(&closure, args),
                    Value::Unknown(why) => Value::Unknown(why),
                    Value::Made(_) => self.call_term(callee, call, args),
                    _ => Value::Unknown("it is the result of a call that is not known"),
                };
            }
        };
        let count = call.args.len();
        let callee = match &on {
            Some(on @ (Value::Object(_) | Value::Class(_) | Value::Package(_) | Value::Path(_))) => {
                match self.member(on, &name, Some(count)) {
                    // A foreign object's methods are foreign; so are those of a class that it inherits.
                    Value::Unknown(_) | Value::Null => None,
                    Value::Path(_) if matches!(on, Value::Object(_)) => None,
                    found => Some(found),
                }
            }
            Some(_) => None,
            None => Some(self.bare(&name, count, scope)),
        };
        let args = self.args(call, scope);
        match callee {
            Some(Value::Func(closure)) => {
                let value = self.invoke(&closure, args.clone());
                let dialect = self.dialect;
                dialect.returned(&args, &value, call.site);
                if says_nothing(&value) { translated(&args).unwrap_or(value) } else { value }
            }
            Some(made @ Value::Made(_)) if on.is_none() => self.call_term(made, call, args),
            Some(Value::Class(class)) => {
                // A conversion of one value, or a construction.
                if let (Some(_), [(None, value)]) = (&class.alias, args.as_slice()) {
                    return value.clone();
                }
                let value = self.instance(&class, false);
                self.construct(&class, &value, args);
                value
            }
            Some(Value::Path(path)) => {
                let made = Made { path, on: None, types: call.types.clone(), args, site: call.site };
                self.foreign(made)
            }
            Some(Value::Unknown(why)) if on.is_none() => translated(&args).unwrap_or(Value::Unknown(why)),
            // What a record or an object holds, asked for as if it were a method.
            Some(held) if args.is_empty() && matches!(on, Some(Value::Object(_))) => held,
            _ => {
                let on = on.unwrap_or(Value::Null);
                if let Some(value) = self.method_of_value(&on, &name, &args) {
                    return value;
                }
                let program = Rc::clone(&self.program);
                if let Some(super::names::Decl::Func(func, file)) = program.find(scope.file, &name)
                    && func.marks.iter().any(|mark| &*mark.name == "$extension")
                {
                    let closure = Closure { func, env: None, this: Some(on), class: None, file };
                    return self.invoke(&Rc::new(closure), args);
                }
                if let Some((class, func)) = program.extension(&name) {
                    let file = func.site.file;
                    // C#'s take what they are called on as their first argument, Kotlin's members as `this`.
                    let takes_first = func.params.len() > args.len() && func.is_static;
                    let (this, mut all) = if takes_first { (None, vec![(None, on)]) } else { (Some(on), Vec::new()) };
                    all.extend(args);
                    return self.invoke(&Rc::new(Closure { func, env: None, this, class: Some(class), file }), all);
                }
                let made = Made { path: name, on: Some(on), types: call.types.clone(), args, site: call.site };
                self.foreign(made)
            }
        }
    }

    /// The call of what a foreign function gave.
    fn call_term(&mut self, callee: Value<'t>, call: &Call<'t>, args: Args<'t>) -> Value<'t> {
        if let Some(text) = translated(&args) {
            return text;
        }
        let path = Rc::from("()");
        self.foreign(Made { path, on: Some(callee), types: call.types.clone(), args, site: call.site })
    }

    /// The callee that a bare name means, of overloads the one with as many parameters as arguments.
    fn bare(&mut self, name: &Name, count: usize, scope: &Scope<'t>) -> Value<'t> {
        if scope.env.holder(name).is_none() {
            if let Some(Value::Object(object)) = &scope.this
                && let Some(method @ Value::Func(_)) = self.object_member(object, name, Some(count))
            {
                return method;
            }
            if let Some(Value::Object(outer)) = scope.env.get(super::call::OUTER)
                && let Some(method @ Value::Func(_)) = self.object_member(&outer, name, Some(count))
            {
                return method;
            }
            if let Some(class) = scope.class.clone()
                && let Some(method @ Value::Func(_)) = self.static_member(&class, name, Some(count))
            {
                return method;
            }
            let program = Rc::clone(&self.program);
            let overloads = program.overloads(scope.file, name);
            if overloads.len() > 1
                && let Some(func) = overloads.iter().find(|func| func.params.len() == count)
            {
                let file = func.site.file;
                return Value::Func(Rc::new(Closure {
                    func: Rc::clone(func),
                    env: None,
                    this: None,
                    class: None,
                    file,
                }));
            }
        }
        self.name(name, scope)
    }

    fn args(&mut self, call: &Call<'t>, scope: &Scope<'t>) -> Args<'t> {
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            let value = self.eval(&arg.value, scope);
            match (&arg.value, value.items()) {
                (Expr::Spread(_), Some(items)) => args.extend(items.into_iter().map(|item| (None, item))),
                _ => args.push((arg.name.clone(), value)),
            }
        }
        args
    }

    /// Walks a function of the package.
    pub(crate) fn invoke(&mut self, closure: &Rc<Closure<'t>>, args: Args<'t>) -> Value<'t> {
        let func = Rc::clone(&closure.func);
        let Some(body) = &func.body else { return Value::Unknown("it is the result of a function without a body") };
        let key = Rc::as_ptr(&func);
        let again = self.calls.iter().filter(|active| **active == key).count();
        if again > 1 || self.calls.len() as u32 >= MAX_CALLS || !self.step() {
            return Value::Unknown("it is the result of calls that nest too deep");
        }
        let env = Env::inside(closure.env.clone());
        self.bind(&func, args, &env, closure);
        let scope = Scope { env, this: closure.this.clone(), class: closure.class.clone(), file: closure.file };
        self.calls.push(key);
        let statements = self.statements(body);
        let mut returns = super::exec::Returns::default();
        let floor = self.conditions;
        self.run(&statements, &scope, &mut returns, floor);
        self.calls.pop();
        returns.value()
    }

    fn bind(&mut self, func: &Rc<Func<'t>>, args: Args<'t>, env: &Rc<Env<'t>>, closure: &Closure<'t>) {
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
        if let Some(func) = program.method(class, "<init>", args.len()).filter(|func| func.site.file == class.site.file)
        {
            let this = Some(value.clone());
            let file = func.site.file;
            let closure = Closure { func, env: None, this, class: Some(Rc::clone(class)), file };
            self.invoke(&Rc::new(closure), args);
        }
    }

    /// Shows a call to the language's reader; what it knows nothing of may run the functions that it is given.
    pub(super) fn foreign(&mut self, made: Made<'t>) -> Value<'t> {
        let made = Rc::new(made);
        let dialect = self.dialect;
        if let Some(value) = dialect.foreign(self, &made) {
            return value;
        }
        if let Some(recording) = self.recordings.last_mut() {
            recording.push(Rc::clone(&made));
        }
        for (_, value) in &made.args {
            self.escape(value, 0);
        }
        Value::Made(made)
    }

    /// Walks the functions inside of a value that was handed to something foreign, each once: it may call them.
    pub(crate) fn escape(&mut self, value: &Value<'t>, depth: u32) {
        if depth > 3 {
            return;
        }
        match value {
            Value::Func(closure) if self.ran.insert(Rc::as_ptr(&closure.func)) => {
                self.invoke(closure, Vec::new());
            }
            Value::List(items) => {
                let items = items.borrow().clone();
                items.iter().for_each(|item| self.escape(item, depth + 1));
            }
            _ => {}
        }
    }

    /// Walks a function once for what it registers, its parameters known by their types alone.
    pub(crate) fn start(&mut self, closure: Closure<'t>) {
        if self.ran.insert(Rc::as_ptr(&closure.func)) {
            self.invoke(&Rc::new(closure), Vec::new());
        }
    }

    /// The foreign calls that a function makes when `this` is what it is called on, and what it gives.
    pub(crate) fn record(
        &mut self,
        closure: &Rc<Closure<'t>>,
        this: Option<Value<'t>>,
        args: Args<'t>,
    ) -> (Vec<Rc<Made<'t>>>, Value<'t>) {
        self.recordings.push(Vec::new());
        let value = match this {
            Some(this) => self.with_this(closure, this, args),
            None => self.invoke(closure, args),
        };
        (self.recordings.pop().unwrap_or_default(), value)
    }

    /// Adds a call to the block that is recorded.
    pub(crate) fn note_call(&mut self, made: Made<'t>) {
        if let Some(recording) = self.recordings.last_mut() {
            recording.push(Rc::new(made));
        }
    }

    /// Walks a function as one that is called on `this`.
    pub(crate) fn with_this(&mut self, closure: &Rc<Closure<'t>>, this: Value<'t>, args: Args<'t>) -> Value<'t> {
        let env = Env::inside(closure.env.clone());
        // What the code around it is a member of can still be named.
        if let Some(outer) = &closure.this {
            env.declare(&Rc::from(OUTER), outer.clone(), 0);
        }
        let (func, env, class) = (Rc::clone(&closure.func), Some(env), closure.class.clone());
        self.invoke(&Rc::new(Closure { func, env, this: Some(this), class, file: closure.file }), args)
    }
}

fn says_nothing(value: &Value<'_>) -> bool {
    matches!(value, Value::Unknown(_) | Value::Null | Value::Made(_))
}

/// `t("KEY_OF_THE_TEXT", "the text")`: where the words can be translated, those in the source are the ones meant.
fn translated<'t>(args: &Args<'t>) -> Option<Value<'t>> {
    let [(None, Value::Text(key)), (None, text @ Value::Text(_))] = args.as_slice() else { return None };
    let is_key = key.len() > 2
        && key.contains(|c: char| c.is_ascii_uppercase())
        && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '-'));
    is_key.then(|| text.clone())
}
