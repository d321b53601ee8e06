//! Statements that may or may not run: each is walked under the guard that its test makes, and what follows a block that
//! is left under the guard that it was not entered.

use super::ast::{Case, Expr, Stmt, Truth};
use super::exec::{Returns, inside};
use super::leave::Exit;
use super::machine::{Machine, Scope};
use super::setting::Guard;
use super::value::Value;
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// Guards of one place; more are not told apart.
const MAX_GUARDS: usize = 12;

impl<'t> Machine<'t> {
    /// The value of a test.
    pub(super) fn truth(&mut self, truth: &Truth<Expr<'t>>, scope: &Scope<'t>) -> Value<'t> {
        let made = match truth {
            Truth::Not(inner) => return negated(self.eval(inner, scope)),
            Truth::Is(a, b) => Truth::Is(self.eval(a, scope), self.eval(b, scope)),
            Truth::Has(a, b) => return has(self.eval(a, scope), self.eval(b, scope)),
            Truth::Less(a, b) => return less(&self.eval(a, scope), &self.eval(b, scope)),
            // What stands behind `&&` and `||` runs only where the side before it lets it.
            Truth::All(a, b) => match self.eval(a, scope) {
                Value::Bool(false) => return Value::Bool(false),
                a => {
                    let b = self.arm(b, Guard::of(&a, true, ""), scope);
                    Truth::All(a, b)
                }
            },
            Truth::Any(a, b) => match self.eval(a, scope) {
                Value::Bool(true) => return Value::Bool(true),
                a => {
                    let b = self.arm(b, Guard::of(&a, false, ""), scope);
                    Truth::Any(a, b)
                }
            },
        };
        match made {
            Truth::Is(a, b) => self.same(a, b),
            Truth::All(a, b) => all(a, b),
            Truth::Any(a, b) => any(a, b),
            other => Value::Truth(Rc::new(other)),
        }
    }

    /// Whether two values are the same, where that is known.
    fn same(&self, a: Value<'t>, b: Value<'t>) -> Value<'t> {
        match (a, b) {
            (Value::Bool(true), other) | (other, Value::Bool(true)) => other,
            (Value::Bool(false), other) | (other, Value::Bool(false)) => negated(other),
            (a, b) if is_plain(&a) && is_plain(&b) => Value::Bool(a.same(&b)),
            (Value::Absent, Value::Null) | (Value::Null, Value::Absent) => Value::Bool(true),
            (Value::Absent | Value::Null, other) | (other, Value::Absent | Value::Null) if says(&other) => {
                Value::Bool(false)
            }
            (a, b) => Value::Truth(Rc::new(Truth::Is(a, b))),
        }
    }

    /// Walks what runs where a test holds, and what where it does not; of what is known only the one.
    pub(super) fn either(
        &mut self,
        (test, words): (&Expr<'t>, &str),
        (then, other): (&[Stmt<'t>], &[Stmt<'t>]),
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
    ) {
        let value = self.eval(test, scope);
        if let Value::Bool(_) | Value::Absent = value {
            let block = if matches!(value, Value::Bool(true)) { then } else { other };
            return self.run(block, &inside(scope), returns);
        }
        // Nothing where a truth should stand: a field that nobody was seen to set.
        let value = if let Value::Null = value { Value::Unknown("it is not set") } else { value };
        let (holds, fails) = (Guard::of(&value, true, words), Guard::of(&value, false, words));
        let one = self.aside(then, holds.clone(), scope, returns).filter(|_| !is_failure(then));
        let two = self.aside(other, fails.clone(), scope, returns).filter(|_| !is_failure(other));
        let jumps = |exit: &Exit| matches!(exit, Exit::Round(_) | Exit::Block(_));
        match (one, two) {
            (Some(one), Some(two)) => returns.left_one_way(vec![(one, fails), (two, holds)]),
            (Some(exit), None) => {
                let fails = fails.or_else(|| Guard::of_jump(&value, false, words).filter(|_| jumps(&exit)));
                returns.may_leave(exit, fails);
            }
            (None, Some(exit)) => {
                let holds = holds.or_else(|| Guard::of_jump(&value, true, words).filter(|_| jumps(&exit)));
                returns.may_leave(exit, holds);
            }
            (None, None) => {}
        }
    }

    /// Walks the cases of a switch: the one that is known to be meant, or each under its guard.
    pub(super) fn cases(
        &mut self,
        (on, words): (&Expr<'t>, &str),
        cases: &[Case<'t>],
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
    ) {
        let on = self.eval(on, scope);
        let is = |machine: &Self, value| match &on {
            Value::Bool(true) => value,
            on => machine.same(on.clone(), value),
        };
        let mut tests = Vec::with_capacity(cases.len());
        for case in cases {
            let mut test = None;
            for value in &case.values {
                let value = self.eval(value, scope);
                let value = is(self, value);
                test = Some(match test {
                    None => value,
                    Some(before) => any(before, value),
                });
            }
            tests.push(test);
        }
        // Everything else: none of the others.
        let others = tests.iter().flatten().cloned().map(negated).reduce(all);
        let others = others.unwrap_or(Value::Bool(true));
        let has_rest = tests.iter().any(Option::is_none);
        let certain = tests.iter().position(|test| matches!(test, Some(Value::Bool(true))));
        let is_known = |test: &Option<Value<'t>>| matches!(test, None | Some(Value::Bool(false)));
        let meant = match certain {
            Some(at) if tests[..at].iter().all(is_known) => Some(at),
            None if tests.iter().all(is_known) => tests.iter().position(Option::is_none).or(Some(cases.len())),
            _ => None,
        };
        if let Some(meant) = meant {
            for case in &cases[meant..] {
                self.run(&case.body, &inside(scope), returns);
                if !case.falls || returns.left.is_some() {
                    break;
                }
            }
            return;
        }
        let (mut fallen, mut ways) = (Value::Bool(false), Vec::new());
        for (case, test) in cases.iter().zip(tests) {
            let test = any(std::mem::replace(&mut fallen, Value::Bool(false)), test.unwrap_or_else(|| others.clone()));
            if let Value::Bool(false) = test {
                continue;
            }
            let (guard, outside) = (Guard::of(&test, true, words), Guard::of(&test, false, words));
            let left = self.aside(&case.body, guard, scope, returns);
            if case.falls && left.is_none() {
                fallen = test;
            }
            ways.push((left, outside));
        }
        if has_rest && ways.iter().all(|(left, _)| left.is_some()) {
            let ways = ways.into_iter().filter_map(|(left, outside)| Some((left?, outside)));
            return returns.left_one_way(ways.collect());
        }
        for (left, outside) in ways {
            if let Some(exit) = left {
                returns.may_leave(exit, outside);
            }
        }
    }

    /// Walks a block that may run, under a guard; gives how it was left where it was walked to its end.
    pub(super) fn aside(
        &mut self,
        block: &[Stmt<'t>],
        guard: Option<Guard>,
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
    ) -> Option<Exit> {
        if block.is_empty() {
            return None;
        }
        let (held, mark) = (self.guards.len(), returns.may.len());
        let outside = guard.as_ref().and_then(Guard::opposite);
        self.enter(guard);
        self.conditions += 1;
        let before = returns.left.take();
        self.run(block, &inside(scope), returns);
        let left = std::mem::replace(&mut returns.left, before);
        self.conditions -= 1;
        self.guards.truncate(held);
        // Behind the block, a way out of it was not taken where the block was not entered, either.
        if let Some(outside) = outside {
            for (_, guard) in &mut returns.may[mark..] {
                *guard = outside.or(guard);
            }
        }
        left
    }

    /// Adds a guard to those that stand around what is walked.
    pub(super) fn enter(&mut self, guard: Option<Guard>) {
        let Some(guard) = guard.filter(|guard| !self.guards.iter().any(|known| known.text == guard.text)) else {
            return;
        };
        if self.guards.len() < MAX_GUARDS {
            self.guards.push(guard);
        } else {
            let detail = format!("more than {MAX_GUARDS} conditions stand around one place");
            self.note(PartialReason::LimitReached, detail, None);
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

/// Whether a value is something, rather than nothing or not known.
fn says(value: &Value<'_>) -> bool {
    is_plain(value) || matches!(value, Value::List(_) | Value::Map(_) | Value::Func(_) | Value::Class(_))
}

/// Whether a list or a text that is known holds something.
pub(crate) fn has<'t>(whole: Value<'t>, part: Value<'t>) -> Value<'t> {
    match (&whole, &part) {
        (Value::Text(whole), Value::Text(part)) => Value::Bool(whole.contains(&**part)),
        (Value::List(items), part) if is_plain(part) && items.borrow().iter().all(is_plain) => {
            Value::Bool(items.borrow().iter().any(|item| item.same(part)))
        }
        (Value::Map(pairs), part) if is_plain(part) && pairs.borrow().iter().all(|(key, _)| is_plain(key)) => {
            Value::Bool(pairs.borrow().iter().any(|(key, _)| key.same(part)))
        }
        _ => Value::Truth(Rc::new(Truth::Has(whole, part))),
    }
}

fn less<'t>(a: &Value<'t>, b: &Value<'t>) -> Value<'t> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => Value::Bool(a < b),
            _ => Value::Unknown("it is computed at run time"),
        },
        _ => Value::Unknown("it is computed at run time"),
    }
}

fn any<'t>(a: Value<'t>, b: Value<'t>) -> Value<'t> {
    match (a, b) {
        (Value::Bool(true), _) | (_, Value::Bool(true)) => Value::Bool(true),
        (Value::Bool(false), other) | (other, Value::Bool(false)) => other,
        (a, b) => Value::Truth(Rc::new(Truth::Any(a, b))),
    }
}

fn all<'t>(a: Value<'t>, b: Value<'t>) -> Value<'t> {
    match (a, b) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), other) | (other, Value::Bool(true)) => other,
        (a, b) => Value::Truth(Rc::new(Truth::All(a, b))),
    }
}

fn negated<'t>(value: Value<'t>) -> Value<'t> {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        Value::Absent => Value::Bool(true),
        value => Value::Truth(Rc::new(Truth::Not(value))),
    }
}

/// Whether a block ends the program, or gives an error.
fn is_failure(block: &[Stmt<'_>]) -> bool {
    match block.last() {
        Some(Stmt::Fail | Stmt::Jump(_)) => true,
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
pub(super) fn changes<'a, 't>(block: &'a [Stmt<'t>], found: &mut Vec<&'a Expr<'t>>, depth: u32) {
    if depth > 20 {
        return;
    }
    for statement in block {
        match statement {
            Stmt::Assign(target @ (Expr::Name(_) | Expr::Member(..)), _) => found.push(target),
            Stmt::Branch(blocks) => blocks.iter().for_each(|block| changes(block, found, depth + 1)),
            Stmt::If { then, other, .. } => {
                changes(then, found, depth + 1);
                changes(other, found, depth + 1);
            }
            Stmt::Switch { cases, .. } => cases.iter().for_each(|case| changes(&case.body, found, depth + 1)),
            Stmt::Block(body) | Stmt::Label(_, body) | Stmt::Loop { body, .. } | Stmt::Each { body, .. } => {
                changes(body, found, depth + 1);
            }
            Stmt::Try { body, caught, last } => {
                changes(body, found, depth + 1);
                caught.iter().for_each(|block| changes(block, found, depth + 1));
                changes(last, found, depth + 1);
            }
            _ => {}
        }
    }
}
