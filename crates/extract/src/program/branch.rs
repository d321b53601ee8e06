//! Statements that may or may not run: each is walked under the guard that its test makes, and what follows a block that
//! is left under the guard that it was not entered.

use super::ast::{Case, Expr, Stmt, Truth};
use super::exec::{Returns, inside};
use super::machine::{Machine, Scope};
use super::setting::Guard;
use super::value::Value;
use std::rc::Rc;

/// Guards of one place; more are not told apart.
const MAX_GUARDS: usize = 12;

impl<'t> Machine<'t> {
    /// The value of a test.
    pub(super) fn truth(&mut self, truth: &Truth<Expr<'t>>, scope: &Scope<'t>) -> Value<'t> {
        let made = match truth {
            Truth::Not(inner) => return negated(self.eval(inner, scope)),
            Truth::Is(a, b) => Truth::Is(self.eval(a, scope), self.eval(b, scope)),
            Truth::Has(a, b) => Truth::Has(self.eval(a, scope), self.eval(b, scope)),
            Truth::All(a, b) => Truth::All(self.eval(a, scope), self.eval(b, scope)),
            Truth::Any(a, b) => Truth::Any(self.eval(a, scope), self.eval(b, scope)),
        };
        match made {
            Truth::Is(Value::Bool(true), other) | Truth::Is(other, Value::Bool(true)) => other,
            Truth::Is(Value::Bool(false), other) | Truth::Is(other, Value::Bool(false)) => negated(other),
            Truth::Is(a, b) if is_plain(&a) && is_plain(&b) => Value::Bool(a.same(&b)),
            Truth::All(Value::Bool(false), _) | Truth::All(_, Value::Bool(false)) => Value::Bool(false),
            Truth::All(Value::Bool(true), other) | Truth::All(other, Value::Bool(true)) => other,
            Truth::Any(Value::Bool(true), _) | Truth::Any(_, Value::Bool(true)) => Value::Bool(true),
            Truth::Any(Value::Bool(false), other) | Truth::Any(other, Value::Bool(false)) => other,
            other => Value::Truth(Rc::new(other)),
        }
    }

    /// Walks what may run where a test holds, and what where it does not; gives the guard under which what follows runs.
    pub(super) fn either(
        &mut self,
        (test, words): (&Expr<'t>, &str),
        (then, other): (&[Stmt<'t>], &[Stmt<'t>]),
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
        floor: u32,
    ) -> Option<Guard> {
        let value = self.eval(test, scope);
        let (holds, fails) = (Guard::of(&value, true, words), Guard::of(&value, false, words));
        self.guarded_block(then, holds.clone(), scope, returns, floor);
        if !other.is_empty() {
            self.guarded_block(other, fails.clone(), scope, returns, floor);
        }
        // An early end that no setting decides, or that is a failure, says that something is wrong, not what is offered.
        let passes = if leaves(then) && !leaves(other) && !is_failure(then) {
            fails
        } else if leaves(other) && !leaves(then) && !is_failure(other) {
            holds
        } else {
            None
        };
        passes.filter(|guard| guard.is_setting)
    }

    /// Walks the cases of a switch.
    pub(super) fn cases(
        &mut self,
        (on, words): (&Expr<'t>, &str),
        cases: &[Case<'t>],
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
        floor: u32,
    ) {
        let on = self.eval(on, scope);
        for case in cases {
            let values: Vec<Value<'t>> = case.values.iter().map(|value| self.eval(value, scope)).collect();
            let tests = values.into_iter().map(|value| match &on {
                Value::Bool(true) => value,
                on => Value::Truth(Rc::new(Truth::Is(on.clone(), value))),
            });
            let test = tests.reduce(|a, b| Value::Truth(Rc::new(Truth::Any(a, b))));
            let guard = test.and_then(|test| Guard::of(&test, true, words));
            self.guarded_block(&case.body, guard, scope, returns, floor);
        }
    }

    /// Walks a block that runs several times: what it changes is not known in any of them.
    pub(super) fn repeated(&mut self, body: &[Stmt<'t>], scope: &Scope<'t>, returns: &mut Returns<'t>, floor: u32) {
        let mut changed = Vec::new();
        changes(body, &mut changed, 0);
        for target in changed {
            self.assign(target, Value::Unknown("it changes from round to round"), scope);
        }
        self.guarded_block(body, None, scope, returns, floor);
    }

    fn guarded_block(
        &mut self,
        block: &[Stmt<'t>],
        guard: Option<Guard>,
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
        floor: u32,
    ) {
        let held = self.guards.len();
        self.enter(guard);
        self.conditions += 1;
        self.run(block, &inside(scope), returns, floor);
        self.conditions -= 1;
        self.guards.truncate(held);
    }

    /// Adds a guard to those that stand around what is walked.
    pub(super) fn enter(&mut self, guard: Option<Guard>) {
        if let Some(guard) = guard
            && self.guards.len() < MAX_GUARDS
            && !self.guards.iter().any(|known| known.text == guard.text)
        {
            self.guards.push(guard);
        }
    }

    /// Looks at an item under the guards that it is there under.
    pub(crate) fn unguarded<T>(&mut self, item: &Value<'t>, look: impl FnOnce(&mut Self, &Value<'t>) -> T) -> T {
        let Value::Guarded(guarded) = item else { return look(self, item) };
        let held = self.guards.len();
        for guard in &guarded.0 {
            self.enter(Some(guard.clone()));
        }
        let result = look(self, &guarded.1);
        self.guards.truncate(held);
        result
    }
}

fn is_plain(value: &Value<'_>) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_))
}

fn negated<'t>(value: Value<'t>) -> Value<'t> {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        value => Value::Truth(Rc::new(Truth::Not(value))),
    }
}

/// Whether a block always ends what stands around it.
fn leaves(block: &[Stmt<'_>]) -> bool {
    match block.last() {
        Some(Stmt::Return(_) | Stmt::Leave | Stmt::Fail) => true,
        Some(Stmt::Block(inner)) => leaves(inner),
        Some(Stmt::If { then, other, .. }) => leaves(then) && leaves(other),
        _ => false,
    }
}

/// Whether a block ends the program, or gives an error.
fn is_failure(block: &[Stmt<'_>]) -> bool {
    match block.last() {
        Some(Stmt::Fail) => true,
        Some(Stmt::Block(inner)) => is_failure(inner),
        Some(Stmt::Return(values)) => values.iter().any(is_error),
        _ => false,
    }
}

/// Whether an expression makes an error, passes one on, or is an exit code that tells of one.
fn is_error(value: &Expr<'_>) -> bool {
    let is_name = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "err" || name.contains("error") || name.ends_with("err") || name.contains("exception")
    };
    match value {
        Expr::Name(name) => is_name(name),
        Expr::Number(number) => number.as_i64().is_some_and(|code| code != 0),
        Expr::Call(call) => match &call.callee {
            Expr::Name(name) => is_name(name),
            Expr::Member(base, name) => {
                is_name(name) || matches!(&**base, Expr::Name(package) if matches!(&**package, "errors" | "status"))
            }
            _ => false,
        },
        _ => false,
    }
}

/// What a block assigns to.
fn changes<'a, 't>(block: &'a [Stmt<'t>], found: &mut Vec<&'a Expr<'t>>, depth: u32) {
    if depth > 20 {
        return;
    }
    for statement in block {
        match statement {
            Stmt::Assign(target @ Expr::Name(_), _) => found.push(target),
            Stmt::Branch(blocks) => blocks.iter().for_each(|block| changes(block, found, depth + 1)),
            Stmt::If { then, other, .. } => {
                changes(then, found, depth + 1);
                changes(other, found, depth + 1);
            }
            Stmt::Switch { cases, .. } => cases.iter().for_each(|case| changes(&case.body, found, depth + 1)),
            Stmt::Block(body) | Stmt::Loop(body) | Stmt::Each { body, .. } => changes(body, found, depth + 1),
            _ => {}
        }
    }
}
