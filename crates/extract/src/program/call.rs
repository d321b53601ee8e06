//! Calls: those of the package are walked with their arguments, those that leave it become terms and are shown to the
//! language's reader.

use super::ast::{Call, Expr, Func, Name, last_name};
use super::machine::{MAX_CALLS, Machine, Scope};
use super::setting;
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
                let bound = self.bind_settings(&path, &args, call, scope);
                if let Some(value) = setting::asked(&Value::Null, last_name(&path), &values(&args)) {
                    return value;
                }
                let made = Made { path, on: None, types: call.types.clone(), args, site: call.site };
                self.foreign_call(made, call, bound, scope)
            }
            Some(Value::Unknown(why)) if on.is_none() => translated(&args).unwrap_or(Value::Unknown(why)),
            // What a record or an object holds, asked for as if it were a method.
            Some(held) if args.is_empty() && matches!(on, Some(Value::Object(_))) => held,
            _ => {
                let on = on.unwrap_or(Value::Null);
                let bound = self.bind_settings(&name, &args, call, scope);
                if let Some(value) = setting::asked(&on, &name, &values(&args)) {
                    return value;
                }
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
                self.foreign_call(made, call, bound, scope)
            }
        }
    }

    /// A call that leaves the package; what it knows the place of may be anything afterwards, where nothing is known of
    /// the call.
    fn foreign_call(&mut self, made: Made<'t>, call: &Call<'t>, bound: Option<usize>, scope: &Scope<'t>) -> Value<'t> {
        let (path, site) = (Rc::clone(&made.path), made.site);
        let value = self.foreign(made);
        let is_unknown = matches!(&value, Value::Made(made) if made.path == path && made.site == site);
        for (at, arg) in call.args.iter().enumerate() {
            if let Expr::Refer(place) = &arg.value
                && let Expr::Name(_) = &**place
                && is_unknown
                && bound != Some(at)
                && !matches!(
                    self.eval(place, scope),
                    Value::Object(_) | Value::Made(_) | Value::Func(_) | Value::Class(_)
                )
            {
                self.assign(place, Value::Unknown("it is filled in by a call"), scope);
            }
        }
        value
    }

    /// Sets what a foreign call is given to fill in by a setting, and says which argument that is.
    fn bind_settings(&mut self, path: &str, args: &Args<'t>, call: &Call<'t>, scope: &Scope<'t>) -> Option<usize> {
        let dialect = self.dialect;
        if let Some((at, setting)) = dialect.bound(path, args)
            && let Some(arg) = call.args.get(at)
        {
            let place = if let Expr::Refer(place) = &arg.value { place } else { &arg.value };
            let held = std::mem::replace(&mut self.conditions, 0);
            self.assign(place, setting, scope);
            self.conditions = held;
            return Some(at);
        }
        None
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
        let Some(body) = &func.body else {
            self.note_given(&args, &func.name, func.site);
            return Value::Unknown("it is the result of a function without a body");
        };
        let key = Rc::as_ptr(&func);
        let again = self.calls.iter().filter(|active| **active == key).count();
        if again > 1 || self.calls.len() as u32 >= MAX_CALLS || !self.work.visit(key as usize) {
            self.note_depth(&func);
            return Value::Unknown("it is the result of calls that nest too deep");
        }
        if !self.step() {
            return Value::Unknown("the walk was ended at its limit");
        }
        let env = Env::inside(closure.env.clone());
        self.bind(&func, args, &env, closure);
        let scope = Scope { env, this: closure.this.clone(), class: closure.class.clone(), file: closure.file };
        self.calls.push(key);
        let statements = self.statements(body);
        let is_block = body.node.kind() == "lambda_literal";
        let mut returns = super::exec::Returns { is_block, ..Default::default() };
        let far = std::mem::take(&mut self.far);
        self.run(&statements, &scope, &mut returns);
        self.far = far;
        self.hand_on(&returns);
        self.calls.pop();
        returns.value()
    }

    /// Shows a call to the language's reader; what it knows nothing of may run the functions that it is given.
    pub(super) fn foreign(&mut self, made: Made<'t>) -> Value<'t> {
        let made = Rc::new(made);
        self.trail.seen_calls.insert(made.site);
        let dialect = self.dialect;
        if let Some(value) = dialect.foreign(self, &made) {
            return value;
        }
        if let Some(recording) = self.recordings.last_mut() {
            recording.push(Rc::clone(&made));
        }
        self.note_handing(&made);
        for (_, value) in &made.args {
            self.escape(value, 0);
            if let Value::Object(object) = value
                && object.class.is_some()
            {
                self.foreign_hands.insert(Rc::as_ptr(object), Rc::clone(object));
            }
        }
        Value::Made(made)
    }

    /// Walks the functions inside of a value that was handed to something foreign, each once: it may call them.
    pub(crate) fn escape(&mut self, value: &Value<'t>, depth: u32) {
        if depth > 3 {
            return;
        }
        match value {
            Value::Func(closure) if self.is_news(Rc::as_ptr(&closure.func)) => {
                let far = std::mem::take(&mut self.far);
                self.invoke(closure, Vec::new());
                self.far = far;
            }
            Value::Guarded(_) => self.unguarded(value, |machine, item| machine.escape(item, depth + 1)),
            Value::List(items) => {
                let items = items.borrow().clone();
                items.iter().for_each(|item| self.escape(item, depth + 1));
            }
            _ => {}
        }
    }

    /// Whether a function is to be walked: for the first time, or for the first time without a guard around it.
    fn is_news(&mut self, func: *const Func<'t>) -> bool {
        match (self.ran.insert(func), self.guards.is_empty()) {
            (true, true) => true,
            (true, false) => self.ran_guarded.insert(func),
            (false, true) => self.ran_guarded.remove(&func),
            (false, false) => false,
        }
    }

    /// Notes that a function that may register tools was not walked again.
    fn note_depth(&mut self, func: &Rc<Func<'t>>) {
        let Some(body) = &func.body else { return };
        let text = self.sources.files[body.file.0].text.get(body.node.byte_range()).unwrap_or_default();
        if self.dialect.registers().iter().any(|word| text.contains(word)) {
            let detail = format!("calls of `{}` nest too deep to be followed; it may register more tools", func.name);
            self.lacks(detail, func.site);
        }
    }

    /// Walks a function once for what it registers, its parameters known by their types alone.
    pub(crate) fn start(&mut self, closure: Closure<'t>) {
        self.start_with(closure, Vec::new());
    }

    /// The same with arguments.
    pub(crate) fn start_with(&mut self, closure: Closure<'t>, args: Args<'t>) {
        if self.ran.insert(Rc::as_ptr(&closure.func)) {
            self.invoke(&Rc::new(closure), args);
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

fn values<'t>(args: &Args<'t>) -> Vec<Value<'t>> {
    args.iter().map(|(_, value)| value.clone()).collect()
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
