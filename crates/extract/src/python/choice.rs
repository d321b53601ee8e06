//! Expressions of which only a part runs: `a and b`, `a or b`, `a if b else c`. What is registered in such a part is there
//! under its condition.

use super::ast::Expr;
use super::condition::{Gate, Lasts};
use super::eval::and_setting;
use super::machine::Machine;
use super::setting::Setting;
use super::value::{Env, Value};
use std::rc::Rc;

/// What else a thing may be that one of two arms gave, and what holds where it is.
#[derive(Debug, Clone)]
pub(super) struct Alternate {
    pub value: Value,
    pub gates: Vec<Gate>,
}

impl Machine<'_> {
    pub(super) fn and(&mut self, left: &Expr, right: &Expr, env: &Rc<Env>) -> Value {
        let first = self.eval(left, env);
        match first.truth() {
            Some(false) => return first,
            Some(true) => return self.eval(right, env),
            None => {}
        }
        let gate = self.gate(&first, left, true, env);
        let is_usual = first.usual_truth() != Some(false);
        match self.arm(right, gate.as_slice(), is_usual, env) {
            right if right.truth() == Some(false) => Value::Bool(false),
            _ if first.is_unknown() => Value::Unknown,
            right if first.settled().1 != Setting::None => and_setting(&first, right),
            right => right,
        }
    }

    pub(super) fn or(&mut self, left: &Expr, right: &Expr, env: &Rc<Env>) -> Value {
        let first = self.eval(left, env);
        match first.truth() {
            Some(true) => return first,
            Some(false) => return self.eval(right, env),
            None => {}
        }
        if let Value::Made(_) | Value::Instance(_) = first {
            return first;
        }
        let gate = self.gate(&first, left, false, env);
        let right = self.arm(right, gate.as_slice(), first.usual_truth() != Some(true), env);
        match first {
            Value::Usual(held) => match held.0.truth() {
                Some(true) => Value::Usual(held),
                Some(false) => {
                    let setting = held.1.clone().max(right.settled().1);
                    right.settled().0.clone().set_by(setting)
                }
                None => Value::Unknown,
            },
            // `given or Server()`: the part that is known stands for both.
            _ => match right {
                right @ (Value::Made(_) | Value::Instance(_)) => right,
                right if right.truth() == Some(true) && matches!(right, Value::Bool(_)) => right,
                _ => Value::Unknown,
            },
        }
    }

    pub(super) fn if_else(&mut self, yes: &Expr, test: &Expr, no: &Expr, env: &Rc<Env>) -> Value {
        let condition = self.eval(test, env);
        match condition.truth() {
            Some(true) => return self.eval(yes, env),
            Some(false) => return self.eval(no, env),
            None => {}
        }
        let (holds, fails) = (self.gate(&condition, test, true, env), self.gate(&condition, test, false, env));
        let usual = condition.usual_truth();
        let yes = self.arm(yes, holds.as_slice(), usual != Some(false), env);
        let no = self.arm(no, fails.as_slice(), usual != Some(true), env);
        if let (Value::Function(_) | Value::Bound(_), Value::Function(_) | Value::Bound(_)) = (&yes, &no)
            && !yes.is_same(&no)
        {
            let (first, second) =
                if usual == Some(false) { ((no, fails), (yes, holds)) } else { ((yes, holds), (no, fails)) };
            let gates = second.1.into_iter().collect();
            return self.one_of(first.0, first.1, Alternate { value: second.0, gates });
        }
        match usual {
            None => yes.join(no),
            Some(true) => yes.join_usual(no),
            Some(false) => no.join_usual(yes),
        }
    }

    /// What is computed only under `gates`.
    fn arm(&mut self, arm: &Expr, gates: &[Gate], is_usual: bool, env: &Rc<Env>) -> Value {
        let outside = self.gates.len();
        self.gates.extend(gates.iter().cloned());
        self.unusual += usize::from(!is_usual);
        let value = self.eval(arm, env);
        self.unusual -= usize::from(!is_usual);
        if !gates.is_empty() {
            self.guard_items(&value);
        }
        self.end_gates(outside, Lasts::Block);
        value
    }

    /// The first of two functions, which is kept together with the other: whoever registers it registers either.
    fn one_of(&mut self, first: Value, gate: Option<Gate>, other: Alternate) -> Value {
        let outside = self.gates.len();
        self.gates.extend(gate);
        self.guard(&first);
        self.end_gates(outside, Lasts::Block);
        if let Some(key) = super::condition::key_of(&first) {
            self.alternates.insert(key, other);
        }
        first
    }

    /// Registers what a function that is registered may be instead.
    pub(super) fn register_alternate(&mut self, function: &Value, register: impl FnOnce(&mut Self, &Value)) {
        let known = super::condition::key_of(function).and_then(|key| self.alternates.remove(&key));
        let Some(Alternate { value, gates }) = known else { return };
        let outside = self.gates.len();
        self.gates.extend(gates);
        register(self, &value);
        self.end_gates(outside, Lasts::Block);
    }
}
