//! Statements: what is known not to run is left out, every other branch is walked, loops over known lists item by item,
//! other loops once.

use super::ast::{Expr, Stmt};
use super::leave::Exit;
use super::machine::{Machine, Scope};
use super::setting::Guard;
use super::value::{Env, MAX_ITEMS, Value, bound};
use std::rc::Rc;

/// What a function gave so far, and how what is walked was left.
#[derive(Debug, Default)]
pub(super) struct Returns<'t> {
    pub(super) values: Vec<Value<'t>>,
    /// How it was left for certain: nothing after it runs.
    pub(super) left: Option<Exit>,
    /// How it may have been left, each with the guard under which it was not.
    pub(super) may: Vec<(Exit, Guard)>,
    /// What is walked is a block that was handed to a function, out of which the function around it can be left.
    pub(super) is_block: bool,
}

impl<'t> Returns<'t> {
    /// The one value that the function gives; where several are possible and only one says something, that one.
    pub(super) fn value(self) -> Value<'t> {
        let mut values = self.without_failures().values.into_iter();
        let Some(first) = values.next() else { return Value::Null };
        values.fold(first, either)
    }

    /// Of several results with an error beside them, those without one: who fails gives nothing else.
    fn without_failures(mut self) -> Self {
        let is_good = |value: &Value<'_>| match value {
            Value::Tuple(parts) => parts.len() > 1 && matches!(parts.last(), Some(Value::Null)),
            _ => false,
        };
        if self.values.iter().any(is_good) && self.values.iter().all(|value| matches!(value, Value::Tuple(_))) {
            self.values.retain(is_good);
        }
        self
    }
}

fn says(value: &Value<'_>) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::Object(_) | Value::Func(_) | Value::Made(_))
}

/// An error path gives nothing, so of nothing and an object the object is meant. Texts are never chosen between.
fn either<'t>(a: Value<'t>, b: Value<'t>) -> Value<'t> {
    match (&a, &b) {
        (Value::Tuple(x), Value::Tuple(y)) if x.len() == y.len() => {
            Value::Tuple(Rc::new(x.iter().zip(y.iter()).map(|(x, y)| either(x.clone(), y.clone())).collect()))
        }
        (a_value, Value::Null | Value::Unknown(_)) if says(a_value) => a,
        (Value::Null | Value::Unknown(_), b_value) if says(b_value) => b,
        _ => a.or(b),
    }
}

impl<'t> Machine<'t> {
    /// Walks statements, each under the guards under which those before it were not left.
    pub(super) fn run(&mut self, body: &[Stmt<'t>], scope: &Scope<'t>, returns: &mut Returns<'t>) {
        let held = self.guards.len();
        for statement in body {
            if returns.left.is_some() || !self.step() {
                break;
            }
            let mark = returns.may.len();
            self.statement(statement, scope, returns);
            self.come_back(returns);
            self.stay(&returns.may[mark..]);
        }
        self.guards.truncate(held);
    }

    fn statement(&mut self, statement: &Stmt<'t>, scope: &Scope<'t>, returns: &mut Returns<'t>) {
        match statement {
            Stmt::If { test, words, then, other } => self.either((test, words), (then, other), scope, returns),
            Stmt::Switch { on, words, cases } => self.cases((on, words), cases, scope, returns),
            Stmt::Loop { label, body } => self.repeated(label.as_ref(), body, scope, returns),
            Stmt::Leave(leave) => returns.left = Some(Exit::of(leave)),
            Stmt::Fail => returns.left = Some(Exit::Failed),
            Stmt::Jump(site) => {
                self.lacks("a jump to another place is not followed".to_owned(), *site);
                returns.left = Some(Exit::Failed);
            }
            Stmt::Label(label, block) => {
                let mark = returns.may.len();
                self.run(block, &inside(scope), returns);
                returns.keep(mark, |exit| !matches!(exit, Exit::Block(left) if left == label));
            }
            Stmt::Try { body, caught, last } => self.attempt(body, caught, last, scope, returns),
            Stmt::Let(names, ty, value) => {
                let is_lookup = matches!(value, Some(Expr::Index(..))) && self.dialect.language() == "Go";
                let value = match value {
                    Some(value) => match self.eval(value, scope) {
                        Value::Unknown(why) => match self.of_type(ty.as_ref(), self.site_of(scope)) {
                            Value::Unknown(_) => Value::Unknown(why),
                            known => known,
                        },
                        known => known,
                    },
                    // An object without more is one whose fields are filled in later.
                    None => match self.of_type(ty.as_ref(), self.site_of(scope)) {
                        Value::Unknown(_) => Value::Null,
                        known => known,
                    },
                };
                let value = match (names.len(), value) {
                    // `value, is_there := map[key]`.
                    (2, Value::Absent) => Value::Tuple(Rc::new(vec![Value::Absent, Value::Bool(false)])),
                    (2, value) if is_lookup && says(&value) => Value::Tuple(Rc::new(vec![value, Value::Bool(true)])),
                    (_, value) => value,
                };
                match (names.as_slice(), &value) {
                    ([name], _) => scope.env.declare(name, value, self.conditions),
                    (names, Value::Tuple(parts)) => {
                        for (at, name) in names.iter().enumerate() {
                            let part = parts.get(at).cloned().unwrap_or(Value::Null);
                            scope.env.declare(name, part, self.conditions);
                        }
                    }
                    (names, value) => {
                        // `value, err := foreign()`: the first is what was made.
                        for (at, name) in names.iter().enumerate() {
                            let part = if at == 0 { value.clone() } else { Value::Unknown("it is given at run time") };
                            scope.env.declare(name, part, self.conditions);
                        }
                    }
                }
            }
            Stmt::Assign(target, value) => {
                let value = self.eval(value, scope);
                self.assign(target, value, scope);
            }
            Stmt::Expr(expr) => {
                self.eval(expr, scope);
            }
            Stmt::Branch(blocks) => {
                for block in blocks {
                    self.aside(block, None, scope, returns);
                }
            }
            Stmt::Block(block) => self.run(block, &inside(scope), returns),
            Stmt::Each { label, names, over, body } => {
                let over = self.eval(over, scope);
                self.each((label.as_ref(), names), &over, body, scope, returns);
            }
            Stmt::Return(values) | Stmt::FarReturn(values) => {
                let value = match values.as_slice() {
                    [] => Value::Null,
                    [one] => self.eval(one, scope),
                    several => Value::Tuple(Rc::new(several.iter().map(|value| self.eval(value, scope)).collect())),
                };
                if returns.values.len() < 64 {
                    returns.values.push(value);
                }
                let is_far = matches!(statement, Stmt::FarReturn(_));
                returns.left = Some(if is_far { Exit::Outer } else { Exit::Function });
            }
            Stmt::Func(func) => {
                let closure = self.eval(&Expr::Lambda(Rc::clone(func)), scope);
                scope.env.declare(&func.name, closure, self.conditions);
            }
        }
    }

    pub(super) fn assign(&mut self, target: &Expr<'t>, value: Value<'t>, scope: &Scope<'t>) {
        match target {
            Expr::Name(name) => {
                if let Some(holder) = scope.env.holder(name) {
                    let mut vars = holder.vars.borrow_mut();
                    if let Some((old, depth)) = vars.get_mut(name) {
                        let old_value = std::mem::replace(old, Value::Null);
                        *old = match self.conditions > *depth {
                            true => old_value.or_under(value, &self.guards),
                            false => value,
                        };
                    }
                } else if let Some(Value::Object(this)) = &scope.this {
                    self.set_field(&Rc::clone(this), name, value);
                } else if let Some(super::names::Decl::Var(var)) = self.program.find(scope.file, name) {
                    let old = self.global(&var);
                    let value = match (&old, self.conditions) {
                        (_, 0) | (Value::Unknown(_), _) if var.init.is_none() => value,
                        _ => old.or(value),
                    };
                    self.globals.insert(Rc::as_ptr(&var), Some(value));
                }
            }
            Expr::Member(base, name) => {
                let base = self.eval(base, scope);
                match base {
                    Value::Object(object) => self.set_field(&object, name, value),
                    // A foreign thing was given a function: it may call it.
                    _ => {
                        let (dialect, site) = (self.dialect, self.site_of(scope));
                        dialect.assigned(self, name, &value, site);
                        self.escape(&value, 0);
                    }
                }
            }
            Expr::Index(base, key) => {
                let (base, key) = (self.eval(base, scope), self.eval(key, scope));
                if let Value::Map(pairs) = base {
                    let mut pairs = pairs.borrow_mut();
                    if pairs.len() <= MAX_ITEMS {
                        pairs.push((key, value));
                        bound(&mut pairs, |why| (Value::Unknown(why), Value::Unknown(why)));
                    }
                }
            }
            _ => {}
        }
    }

    fn set_field(&mut self, object: &Rc<super::value::Object<'t>>, name: &super::ast::Name, value: Value<'t>) {
        let old = object.get(name);
        let value = match old {
            Some(old) if self.conditions > object.born => old.or(value),
            None if self.conditions > object.born && !matches!(value, Value::List(_) | Value::Object(_)) => {
                Value::Unknown("it depends on a condition")
            }
            _ => value,
        };
        if object.class.is_none() {
            let (dialect, site) = (self.dialect, object.site.get());
            dialect.assigned(self, name, &value, site);
            self.escape(&value, 0);
        }
        object.fields.borrow_mut().insert(Rc::clone(name), value);
    }

    pub(super) fn site_of(&self, scope: &Scope<'t>) -> super::source::Site {
        super::source::Site { file: scope.file, line: 1 }
    }
}

pub(super) fn inside<'t>(scope: &Scope<'t>) -> Scope<'t> {
    Scope { env: Env::inside(Some(Rc::clone(&scope.env))), ..scope.clone() }
}
