//! Expressions that choose between two values by a test. What is made or registered in one arm is there under its guard.

use super::ast::Expr;
use super::machine::{Machine, Scope};
use super::setting::Guard;
use super::source::{Reading, field, words};
use super::value::Value;
use std::rc::Rc;
use tree_sitter::Node;

/// A value that a test decides on.
#[derive(Debug)]
pub(crate) struct Pick<'t> {
    pub test: Expr<'t>,
    /// The test as it is written.
    pub words: Rc<str>,
    pub then: Expr<'t>,
    pub other: Expr<'t>,
}

/// `test ? then : other`, each read by `expr`.
pub(crate) fn ternary<'t>(
    reading: &Reading<'t>,
    node: Node<'t>,
    expr: impl Fn(&Reading<'t>, Node<'t>) -> Expr<'t>,
) -> Expr<'t> {
    let side = |name: &str| field(node, name).map_or(Expr::Null, |side| expr(reading, side));
    let words = words(reading, field(node, "condition"));
    let (test, then, other) = (side("condition"), side("consequence"), side("alternative"));
    Expr::Pick(Box::new(Pick { test, words, then, other }))
}

impl<'t> Machine<'t> {
    /// One of two values: of what is known only the one, else both, each under the guard that its test makes.
    pub(super) fn pick(&mut self, pick: &Pick<'t>, scope: &Scope<'t>) -> Value<'t> {
        let test = match self.eval(&pick.test, scope) {
            Value::Bool(true) => return self.eval(&pick.then, scope),
            Value::Bool(false) | Value::Absent => return self.eval(&pick.other, scope),
            Value::Null => Value::Unknown("it is not set"),
            test => test,
        };
        let (holds, fails) = (Guard::of(&test, true, &pick.words), Guard::of(&test, false, &pick.words));
        let then = self.arm(&pick.then, holds.clone(), scope);
        let other = self.arm(&pick.other, fails.clone(), scope);
        then.or_else(other, holds.as_slice(), fails.as_slice())
    }

    /// What is computed only under a guard.
    pub(super) fn arm(&mut self, arm: &Expr<'t>, guard: Option<Guard>, scope: &Scope<'t>) -> Value<'t> {
        let held = self.guards.len();
        self.enter(guard);
        self.conditions += 1;
        let value = self.eval(arm, scope);
        self.conditions -= 1;
        self.guards.truncate(held);
        value
    }
}

impl<'t> Value<'t> {
    /// One of two values, the first under one guard and the second under the other: the items of lists are told apart by
    /// it.
    fn or_else(self, other: Value<'t>, holds: &[Guard], fails: &[Guard]) -> Value<'t> {
        let is_thing = |value: &Value<'t>| matches!(value, Value::Made(_) | Value::Object(_) | Value::Func(_));
        let only = |items: &[Value<'t>], others: &[Value<'t>], guards: &[Guard]| -> Vec<Value<'t>> {
            let is_known = |item: &Value<'t>| others.iter().any(|other| other.same(item));
            items.iter().map(|item| if is_known(item) { item.clone() } else { item.clone().under(guards) }).collect()
        };
        match (&self, &other) {
            (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.borrow(), b.borrow());
                let mut items = only(&a, &b, holds);
                items.extend(only(&b, &a, fails).into_iter().filter(|item| !a.iter().any(|known| known.same(item))));
                Value::list(items)
            }
            (Value::List(a), Value::Null) => Value::list(only(&a.borrow(), &[], holds)),
            (Value::Null, Value::List(b)) => Value::list(only(&b.borrow(), &[], fails)),
            (thing, Value::Null) if is_thing(thing) => self.under(holds),
            (Value::Null, thing) if is_thing(thing) => other.under(fails),
            _ => self.or(other),
        }
    }
}
