//! Computes expressions.

use super::ast::{Arg, Collect, Ex, Expr, Name, Piece};
use super::machine::Machine;
use super::operator::{MAX_TEXT, binary, compare, show};
use super::setting::Setting;
use super::value::{Args, Env, Value};
use std::rc::Rc;

/// Names that Python itself binds and that a walk can do something with.
const BUILTINS: &[&str] = &[
    "str",
    "int",
    "float",
    "bool",
    "dict",
    "list",
    "tuple",
    "set",
    "frozenset",
    "bytes",
    "object",
    "type",
    "len",
    "range",
    "enumerate",
    "zip",
    "getattr",
    "setattr",
    "hasattr",
    "isinstance",
    "issubclass",
    "callable",
    "print",
    "sorted",
    "reversed",
    "map",
    "filter",
    "min",
    "max",
    "sum",
    "any",
    "all",
    "super",
    "property",
    "staticmethod",
    "classmethod",
    "exit",
    "quit",
    "vars",
    "dir",
    "repr",
    "iter",
    "next",
    "open",
    "id",
    "complex",
    "globals",
    "locals",
    "Exception",
    "exec",
    "eval",
    "compile",
    "__import__",
];

impl Machine<'_> {
    pub(super) fn eval(&mut self, expr: &Expr, env: &Rc<Env>) -> Value {
        if !self.step() || self.too_deep() {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.compute(expr, env);
        self.depth -= 1;
        value
    }

    fn compute(&mut self, expr: &Expr, env: &Rc<Env>) -> Value {
        match &*expr.kind {
            Ex::Name(name) => self.name(name, env),
            Ex::Attribute(object, name) => {
                let object = self.eval(object, env);
                self.attribute(&object, name)
            }
            Ex::Call(function, args) => {
                let function = match &*function.kind {
                    Ex::Name(name) if &**name == "super" => return self.parent(env),
                    _ => self.eval(function, env),
                };
                let args = self.args(args, env, expr.line);
                match function.path() {
                    Some("builtins.exec" | "builtins.eval") => self.run_text(&function, &args, env),
                    Some("builtins.globals" | "builtins.locals" | "builtins.vars") if args.plain.is_empty() => {
                        self.names_in(&function, env)
                    }
                    _ => self.call(&function, args, env.module),
                }
            }
            Ex::Str(text) => Value::Str(Rc::clone(text)),
            Ex::Format(pieces) => self.format(pieces, env),
            Ex::Int(value) => Value::Int(*value),
            Ex::Float(value) => Value::Float(*value),
            Ex::True => Value::Bool(true),
            Ex::False => Value::Bool(false),
            Ex::None => Value::None,
            Ex::Ellipsis => Value::Ellipsis,
            Ex::List(items) | Ex::Set(items) => self.sequence(items, env).map_or(Value::Unknown, Value::list),
            Ex::Tuple(items) => self.sequence(items, env).map_or(Value::Unknown, |items| Value::Tuple(items.into())),
            Ex::Dict(pairs) => self.dictionary(pairs, env),
            Ex::Subscript(object, keys) => {
                let object = self.eval(object, env);
                self.subscript(&object, keys, env)
            }
            Ex::Binary(first, rest) => {
                let mut value = self.eval(first, env);
                for (op, other) in rest {
                    let other = self.eval(other, env);
                    value = binary(&value, *op, &other);
                }
                value
            }
            Ex::Not(value) => {
                let value = self.eval(value, env);
                let (inner, set) = value.settled();
                match inner.truth() {
                    None => Value::Unknown,
                    Some(truth) => Value::Bool(!truth).set_by(set.negated()),
                }
            }
            Ex::Negate(value) => match self.eval(value, env) {
                Value::Int(value) => value.checked_neg().map_or(Value::Unknown, Value::Int),
                Value::Float(value) => Value::Float(-value),
                _ => Value::Unknown,
            },
            Ex::And(left, right) => self.and(left, right, env),
            Ex::Or(left, right) => self.or(left, right, env),
            Ex::Compare(left, comparison, right) => {
                let (left, right) = (self.eval(left, env), self.eval(right, env));
                compare(&left, *comparison, &right)
            }
            Ex::IfElse(yes, condition, no) => self.if_else(yes, condition, no, env),
            Ex::Lambda(def) => self.function(def, env),
            Ex::Comprehension(collect, element, value, clauses) => {
                self.comprehension(*collect, element, value.as_ref(), clauses, env)
            }
            Ex::Await(value) | Ex::Starred(value) => self.eval(value, env),
            Ex::Walrus(name, value) => {
                let value = self.eval(value, env);
                env.set(name, value.clone());
                value
            }
            Ex::Yield(value) => {
                let value = value.as_ref().map_or(Value::None, |value| self.eval(value, env));
                self.give(vec![value]);
                Value::Unknown
            }
            Ex::YieldFrom(value) => {
                let value = self.eval(value, env);
                let items = self.items_of(&value, env.module).unwrap_or_else(|| vec![Value::Unknown]);
                self.give(items);
                Value::Unknown
            }
            Ex::Slice(..) | Ex::Opaque => Value::Unknown,
        }
    }

    fn name(&mut self, name: &Name, env: &Rc<Env>) -> Value {
        env.get(name).unwrap_or_else(|| {
            if BUILTINS.contains(&&**name) {
                Value::External(Rc::from(format!("builtins.{name}")))
            } else {
                Value::Unknown
            }
        })
    }

    /// `super()`: the object that the method was called on, seen as its parent class.
    fn parent(&mut self, env: &Rc<Env>) -> Value {
        let owner = env.get("__class__");
        match (owner, env.get("self").or_else(|| env.get("cls"))) {
            (Some(Value::Class(class)), Some(own)) => {
                let base = class.bases.iter().find(|base| matches!(base, Value::Class(_)));
                match base {
                    Some(base) => {
                        Value::Method(Rc::new((Value::Tuple(Rc::new([base.clone(), own])), Rc::from("super"))))
                    }
                    None => Value::Method(Rc::new((own, Rc::from("super")))),
                }
            }
            _ => Value::Unknown,
        }
    }

    fn format(&mut self, pieces: &[Piece], env: &Rc<Env>) -> Value {
        let mut text = String::new();
        let (mut known, mut set) = (true, Setting::None);
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Hole(value) => {
                    let value = self.eval(value, env);
                    set = set.max(value.settled().1);
                    match show(&value) {
                        Some(shown) => text.push_str(&shown),
                        None => known = false,
                    }
                }
                Piece::OpaqueHole => known = false,
            }
        }
        if !known || text.len() > MAX_TEXT {
            return Value::Unknown;
        }
        Value::text(text).set_by(set)
    }

    fn sequence(&mut self, items: &[Expr], env: &Rc<Env>) -> Option<Vec<Value>> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if let Ex::Starred(spread) = &*item.kind {
                match self.eval(spread, env).items() {
                    Some(items) => out.extend(items),
                    // One item stands for all that are not known.
                    None => out.push(Value::Unknown),
                }
            } else {
                out.push(self.eval(item, env));
            }
        }
        Some(out)
    }

    fn dictionary(&mut self, pairs: &[(Option<Expr>, Expr)], env: &Rc<Env>) -> Value {
        let mut out: Vec<(Value, Value)> = Vec::with_capacity(pairs.len());
        let mut put = |key: Value, value: Value| match out.iter_mut().find(|(k, _)| k.equals(&key) == Some(true)) {
            Some((_, held)) => *held = value,
            None => out.push((key, value)),
        };
        for (key, value) in pairs {
            let value = self.eval(value, env);
            match key {
                Some(key) => put(self.eval(key, env), value),
                None => match value {
                    Value::Dict(inner) => {
                        for (key, value) in inner.borrow().iter() {
                            put(key.clone(), value.clone());
                        }
                    }
                    _ => put(Value::Unknown, Value::Unknown),
                },
            }
        }
        Value::dict(out)
    }

    fn comprehension(
        &mut self,
        collect: Collect,
        element: &Expr,
        value: Option<&Expr>,
        clauses: &[super::ast::Clause],
        env: &Rc<Env>,
    ) -> Value {
        let inside = Env::new(Some(Rc::clone(env)), env.module, false);
        let (mut items, mut pairs) = (Vec::new(), Vec::new());
        let known = self.turns(clauses, &inside, &mut |machine| {
            let first = machine.eval(element, &inside);
            match value {
                Some(value) => pairs.push((first, machine.eval(value, &inside))),
                None => {
                    if !machine.gates.is_empty() {
                        machine.guard(&first);
                    }
                    items.push(first);
                }
            }
        });
        match collect {
            _ if !known => Value::Unknown,
            Collect::Dict => Value::dict(pairs),
            Collect::List | Collect::Set => Value::list(items),
        }
    }

    pub(super) fn args(&mut self, args: &[Arg], env: &Rc<Env>, line: u32) -> Args {
        let mut out = Args { line, ..Args::default() };
        for arg in args {
            match arg {
                Arg::Plain(value) => out.plain.push(self.eval(value, env)),
                Arg::Named(name, value) => out.named.push((Rc::clone(name), self.eval(value, env))),
                Arg::Rest(value) => {
                    let value = self.eval(value, env);
                    match self.items_of(&value, env.module) {
                        Some(items) => out.plain.extend(items),
                        None => out.open = true,
                    }
                }
                Arg::Keywords(value) => match self.eval(value, env) {
                    Value::Dict(pairs) => {
                        for (key, value) in pairs.borrow().iter() {
                            match key.as_text() {
                                Some(name) => out.named.push((name, value.clone())),
                                None => out.open = true,
                            }
                        }
                    }
                    _ => out.open = true,
                },
            }
        }
        out
    }
}

/// The setting that a test of two settings depends on, named by both.
fn both(left: Setting, right: Setting) -> Setting {
    let names = left.name().cloned().zip(right.name().cloned());
    let both = left.max(right);
    match names {
        Some((left, right)) if left != right => both.tested(|_| format!("{left} and {right}")),
        _ => both,
    }
}

/// `left and right`, where `left` is a setting: false by default when either is.
pub(super) fn and_setting(left: &Value, right: Value) -> Value {
    let ((left, left_set), (inner, right_set)) = (left.settled(), right.settled());
    match left.truth() {
        Some(true) => inner.clone().set_by(both(left_set, right_set)),
        Some(false) => Value::Bool(false).set_by(both(left_set, right_set)),
        None => Value::Unknown,
    }
}
