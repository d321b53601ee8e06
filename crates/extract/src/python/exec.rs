//! Walks statements. A condition that is not known is walked both ways, and what the ways disagree on is joined.

use super::ast::{Block, Clause, Ex, Expr, Name, Op, St, Stmt};
use super::condition::Lasts;
use super::limit::Reach;
use super::machine::Machine;
use super::value::{Args, Env, Value};
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Return,
    Break,
    Continue,
    /// An error is raised, or the program ends.
    Exit,
}

/// How often the body of one loop is walked.
const MAX_TURNS: usize = 20_000;

impl Machine<'_> {
    /// Walks the statements of a module or class.
    pub(super) fn run_block(&mut self, body: &Block, env: &Rc<Env>) {
        self.block(body, env, &mut Vec::new());
    }

    /// Walks `body`; what its `return` statements give is added to `returns`.
    pub(super) fn block(&mut self, body: &Block, env: &Rc<Env>, returns: &mut Vec<Value>) -> Flow {
        for statement in body {
            if !self.step() || self.too_deep() {
                return Flow::Next;
            }
            self.depth += 1;
            let flow = self.statement(statement, env, returns);
            self.depth -= 1;
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &Stmt, env: &Rc<Env>, returns: &mut Vec<Value>) -> Flow {
        match &statement.kind {
            St::Expr(expr) => {
                if let Ex::Call(function, _) = &*expr.kind
                    && function.is_plain_name()
                    && let Value::External(path) = self.eval(function, env)
                    && matches!(&*path, "sys.exit" | "os._exit" | "builtins.exit" | "builtins.quit")
                {
                    return Flow::Exit;
                }
                self.eval(expr, env);
            }
            St::Assign(targets, value) => {
                let value = self.eval(value, env);
                for target in targets {
                    self.assign(target, value.clone(), env);
                }
            }
            St::Declare(target, annotation, value) => self.declare(target, annotation, value.as_ref(), env),
            St::Augment(target, op, value) => {
                let (before, value) = (self.eval(target, env), self.eval(value, env));
                self.augment(target, *op, before, value, env);
            }
            St::Function(def) => self.define(def, env),
            St::Class(def) => self.define_class(def, env),
            St::If(branches, otherwise) => return self.branches(branches, otherwise, env, returns),
            St::For(target, iterable, body, otherwise) => {
                let iterable = self.eval(iterable, env);
                return self.loop_over(target, &iterable, body, otherwise, env, returns);
            }
            St::While(condition, body) => return self.loop_while(condition, body, env, returns),
            St::Try(body, handlers, otherwise, at_last) => {
                return self.attempt(body, handlers, otherwise, at_last, env, returns);
            }
            St::With(items, body) => {
                let mut entered = Vec::new();
                for (value, target) in items {
                    let value = self.eval(value, env);
                    let exit = match &value {
                        Value::Instance(instance) => {
                            instance.class.find("__exit__").or_else(|| instance.class.find("__aexit__"))
                        }
                        _ => None,
                    };
                    if let Some(Value::Function(exit)) = exit {
                        entered.push(Value::Bound(Rc::new((value.clone(), exit))));
                    }
                    if let Some(target) = target {
                        // What a context manager gives is not known, save that many give themselves.
                        let gives_itself = matches!(value, Value::Instance(_)) || super::path::is_file(&value);
                        let given = if gives_itself { value } else { Value::Unknown };
                        self.assign(target, given, env);
                    }
                }
                let flow = self.block(body, env, returns);
                for exit in entered.into_iter().rev() {
                    self.call(&exit, Args { plain: vec![Value::None; 3], ..Args::default() }, env.module);
                }
                return flow;
            }
            St::Match(cases) => {
                for case in cases {
                    self.in_doubt(env, |machine| machine.block(case, env, returns));
                }
            }
            St::Return(value) => {
                let value = value.as_ref().map_or(Value::None, |value| self.eval(value, env));
                if !self.gates.is_empty() {
                    self.guard_items(&value);
                }
                returns.push(value);
                return Flow::Return;
            }
            St::Import(items) => {
                for (path, alias) in items {
                    self.import_statement(path, alias.as_ref(), env);
                }
            }
            St::ImportFrom(dots, path, names) => self.import_from(*dots, path, names, env),
            St::Global(names) => env.outward.borrow_mut().extend(names.iter().cloned()),
            St::Delete(targets) => {
                for target in targets {
                    self.delete(target, env);
                }
            }
            St::Break => return Flow::Break,
            St::Continue => return Flow::Continue,
            St::Raise => return Flow::Exit,
            St::Nothing => {}
        }
        Flow::Next
    }

    fn loop_over(
        &mut self,
        target: &Expr,
        iterable: &Value,
        body: &Block,
        otherwise: &Block,
        env: &Rc<Env>,
        returns: &mut Vec<Value>,
    ) -> Flow {
        let outside = self.gates.len();
        match self.items_of(iterable, env.module) {
            Some(items) => {
                if items.len() > MAX_TURNS {
                    self.cut(
                        &Reach::Block(body),
                        "a loop goes on for longer than is followed",
                        env.module,
                        target.line,
                    );
                }
                for item in items.into_iter().take(MAX_TURNS) {
                    self.assign(target, item, env);
                    let flow = self.block(body, env, returns);
                    // What one turn was left for says nothing of the next, unless the loop was left.
                    self.end_gates(outside, Lasts::Turn);
                    match flow {
                        Flow::Return | Flow::Exit => return flow,
                        Flow::Break => {
                            self.end_gates(outside, Lasts::Loop);
                            return Flow::Next;
                        }
                        Flow::Next | Flow::Continue => {}
                    }
                    if !self.step() {
                        break;
                    }
                }
            }
            None => {
                self.in_doubt(env, |machine| {
                    machine.assign(target, Value::Unknown, env);
                    machine.block(body, env, returns)
                });
            }
        }
        self.end_gates(outside, Lasts::Loop);
        self.block(otherwise, env, returns)
    }

    fn loop_while(&mut self, condition: &Expr, body: &Block, env: &Rc<Env>, returns: &mut Vec<Value>) -> Flow {
        let outside = self.gates.len();
        // `while True` waits for something; one turn shows what it does.
        let most = if matches!(*condition.kind, Ex::True) { 1 } else { MAX_TURNS };
        for turn in 0..=most {
            match self.eval(condition, env).truth() {
                Some(false) => return Flow::Next,
                Some(true) if turn == most => {
                    if most > 1 {
                        let what = "a loop goes on for longer than is followed";
                        self.cut(&Reach::Block(body), what, env.module, condition.line);
                    }
                    return Flow::Next;
                }
                Some(true) => {
                    let flow = self.block(body, env, returns);
                    self.end_gates(outside, Lasts::Loop);
                    match flow {
                        Flow::Return | Flow::Exit => return flow,
                        Flow::Break => return Flow::Next,
                        Flow::Next | Flow::Continue => {}
                    }
                    if !self.step() {
                        return Flow::Next;
                    }
                }
                None => {
                    let what = "how often a loop runs is decided at run time";
                    if turn > 0 {
                        self.cut(&Reach::Block(body), what, env.module, condition.line);
                    }
                    self.in_doubt(env, |machine| machine.block(body, env, returns));
                    self.end_gates(outside, Lasts::Loop);
                    return Flow::Next;
                }
            }
        }
        Flow::Next
    }

    fn augment(&mut self, target: &Expr, op: Op, before: Value, value: Value, env: &Rc<Env>) {
        if op == Op::Add
            && let (Value::List(list), Some(items)) = (&before, value.items())
        {
            if !self.gates.is_empty() {
                items.iter().for_each(|item| self.guard(item));
            }
            list.borrow_mut().extend(items);
            return;
        }
        let after = super::operator::binary(&before, op, &value);
        self.assign(target, after, env);
    }

    fn declare(&mut self, target: &Expr, annotation: &Rc<Expr>, value: Option<&Expr>, env: &Rc<Env>) {
        if env.is_class
            && let Ex::Name(name) = &*target.kind
        {
            let mut fields = env.fields.borrow_mut();
            fields.retain(|(known, _)| known != name);
            fields.push((Rc::clone(name), Rc::clone(annotation)));
        }
        if let Some(value) = value {
            let value = self.eval(value, env);
            self.assign(target, value, env);
        }
    }

    pub(super) fn assign(&mut self, target: &Expr, value: Value, env: &Rc<Env>) {
        match &*target.kind {
            Ex::Name(name) => env.set(name, value),
            Ex::Tuple(targets) | Ex::List(targets) => {
                let items = match &value {
                    Value::Str(_) | Value::Dict(_) => None,
                    value => value.items().filter(|items| items.len() == targets.len()),
                };
                for (at, target) in targets.iter().enumerate() {
                    let item = items.as_ref().map_or(Value::Unknown, |items| items[at].clone());
                    self.assign(target, item, env);
                }
            }
            Ex::Starred(target) => self.assign(target, Value::Unknown, env),
            Ex::Attribute(object, name) => {
                let object = self.eval(object, env);
                self.set_attribute(&object, name, value);
            }
            Ex::Subscript(object, keys) => {
                let object = self.eval(object, env);
                let [key] = keys.as_slice() else { return };
                let key = self.eval(key, env);
                self.set_item(&object, key, value, target.line, env.module);
            }
            _ => {}
        }
    }

    pub(super) fn set_attribute(&mut self, object: &Value, name: &Name, value: Value) {
        // What a handler puts in the place of what the body put there is not what a run sees.
        if self.handlers > 0 && self.holds(object, name) {
            return;
        }
        match object {
            // An option that takes its value from elsewhere, where something is set, is as it was where nothing is.
            Value::Made(made) if self.unusual > 0 && self.is_usual_option(made, name) => {}
            Value::Made(made) => {
                self.patched.insert((made.id, Rc::clone(name)), value);
            }
            Value::Instance(instance) => {
                instance.attributes.borrow_mut().insert(Rc::clone(name), value);
            }
            Value::Function(function) => {
                function.attributes.borrow_mut().insert(Rc::clone(name), value);
            }
            Value::Class(class) => class.env.set(name, value),
            Value::Module(number) => {
                if let Some(module) = self.modules.get(*number) {
                    let env = Rc::clone(&module.env);
                    // Wrapping a function in place does not change what it is called with.
                    let wraps = matches!(env.vars.borrow().get(name), Some(Value::Function(_)));
                    if !(wraps && value.is_unknown()) {
                        env.set(name, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn set_item(&mut self, object: &Value, key: Value, value: Value, line: u32, module: usize) {
        if !self.gates.is_empty() {
            self.guard(&value);
        }
        match object {
            Value::Dict(pairs) => {
                let mut pairs = pairs.borrow_mut();
                // What may be put there at run time, by a setting, is not there by default.
                if self.doubt > 0 && value.is_unknown() && !key.is_unknown() {
                    return;
                }
                match pairs.iter_mut().find(|(known, _)| known.equals(&key) == Some(true)) {
                    Some((_, held)) if self.handlers > 0 && !held.is_unknown() => {}
                    Some((_, held)) => *held = value,
                    None => pairs.push((key, value)),
                }
            }
            Value::List(items) => {
                let mut items = items.borrow_mut();
                if let Value::Int(at) = key
                    && let Some(item) = usize::try_from(at).ok().and_then(|at| items.get_mut(at))
                {
                    *item = value;
                }
            }
            Value::Instance(_) => drop(self.call_hook(object, "__setitem__", vec![key, value], line)),
            Value::Method(method) if &*method.1 == "request_handlers" => {
                self.set_request_handler(&method.0, &key, value, line, module);
            }
            Value::Method(method) if &*method.1 == "_tools" => {
                self.set_tool(&method.0, &key, &value, line, module);
            }
            _ => {}
        }
    }

    /// Walks the clauses of a comprehension and calls `each` for every turn that is known to happen.
    pub(super) fn turns(&mut self, clauses: &[Clause], env: &Rc<Env>, each: &mut dyn FnMut(&mut Self)) -> bool {
        let Some((first, rest)) = clauses.split_first() else {
            each(self);
            return true;
        };
        match first {
            Clause::If(expr) => {
                let condition = self.eval(expr, env);
                if condition.truth() == Some(false) {
                    return true;
                }
                // Kept: a list with one item too many shows more than a list with one too few.
                let gate = self.gate(&condition, expr, true, env);
                let outside = self.gates.len();
                self.gates.extend(gate);
                let known = self.turns(rest, env, each);
                self.gates.truncate(outside);
                known
            }
            Clause::For(target, iterable) => {
                let line = iterable.line;
                let iterable = self.eval(iterable, env);
                let Some(items) = self.items_of(&iterable, env.module) else { return false };
                let mut known = items.len() <= MAX_TURNS;
                if !known {
                    let what = "a list is longer than is followed";
                    self.note(PartialReason::LimitReached, what, self.site(env.module, line));
                }
                for item in items.into_iter().take(MAX_TURNS) {
                    if !self.step() {
                        return false;
                    }
                    self.assign(target, item, env);
                    known &= self.turns(rest, env, each);
                }
                known
            }
        }
    }
}
