//! What must hold for the walk to be where it is: the conditions it is inside of, in the words of a user, and what was
//! put into a list or made while they held.

use super::ast::Expr;
use super::machine::Machine;
use super::render;
use super::setting::negated;
use super::value::{Env, Value};
use crate::engine::condition::plain_of_either;
use mcpdex_model::ToolCondition;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gate {
    pub text: Rc<str>,
    /// Whether it holds where nothing is set.
    pub plain: Option<bool>,
    /// A setting decides it, or something that is spelled like one.
    pub is_setting: bool,
    /// For how long it stands around what is walked.
    pub lasts: Lasts,
}

/// For how long a condition holds: where one way left what it stood in, the rest of that depends on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lasts {
    Block,
    Turn,
    Loop,
    Function,
}

/// Conditions that are told of one tool at most; more say no more.
const MOST: usize = 4;

/// What guards a value that was put somewhere: nothing, or a condition.
pub(super) type Guards = BTreeMap<usize, Option<ToolCondition>>;

impl Gate {
    /// A condition of which no more is known than its words.
    pub(super) fn in_words(text: Rc<str>) -> Gate {
        Gate { text, plain: None, is_setting: false, lasts: Lasts::Block }
    }

    /// That none of `entered` held, or else this: what was left inside of a block says that much of what follows it.
    fn outside_of(self, entered: &[Gate]) -> Gate {
        entered.iter().fold(self, |gate, entered| {
            let entered = entered.negated();
            let plain = plain_of_either(entered.plain, gate.plain);
            let text =
                if entered.text == gate.text { gate.text } else { format!("{} or {}", entered.text, gate.text).into() };
            Gate { text, plain, ..gate }
        })
    }

    fn negated(&self) -> Gate {
        Gate { text: Rc::from(negated(&self.text)), plain: self.plain.map(|plain| !plain), ..self.clone() }
    }
}

/// Conditions that must all hold; `None` where there are none.
pub(super) fn all_of(gates: &[Gate]) -> Option<ToolCondition> {
    let mut seen: Vec<&Gate> = Vec::new();
    for gate in gates {
        if !seen.iter().any(|known| known.text == gate.text) {
            seen.push(gate);
        }
    }
    let told =
        seen.iter().take(MOST).map(|gate| ToolCondition { text: gate.text.to_string(), plain_start: gate.plain });
    told.fold(None, |all, one| ToolCondition::and(all, Some(one)))
}

/// Either condition; `None` where one way or the other always holds.
pub(super) fn either(a: Option<ToolCondition>, b: Option<ToolCondition>) -> Option<ToolCondition> {
    let (a, b) = (a?, b?);
    if a.text == b.text {
        return Some(a);
    }
    if negated(&a.text) == b.text || negated(&b.text) == a.text {
        return None;
    }
    let plain_start = plain_of_either(a.plain_start, b.plain_start);
    let text = if a.text.len() + b.text.len() > 300 { a.text } else { format!("{} or {}", a.text, b.text) };
    Some(ToolCondition { text, plain_start })
}

impl Machine<'_> {
    /// The condition that `value`, which `expr` gave, is true (`wanted`) or false; `None` where that is certain, or
    /// says nothing that a user could set.
    pub(super) fn gate(&mut self, value: &Value, expr: &Expr, wanted: bool, env: &Rc<Env>) -> Option<Gate> {
        let gate = match value {
            Value::Usual(held) => {
                let name = held.1.name()?;
                let bare = !name.contains(['=', ' ']) && !name.starts_with("--");
                let text = if bare { format!("{name}=…") } else { name.to_string() };
                // Whether another package is there cannot be told from here.
                let plain = if name.ends_with(" installed") { None } else { held.0.truth() };
                Gate { is_setting: true, plain, ..Gate::in_words(Rc::from(text)) }
            }
            value if value.truth().is_some() => return None,
            _ => {
                let (text, is_setting) = render::condition(self, expr, env)?;
                Gate { is_setting, ..Gate::in_words(Rc::from(text)) }
            }
        };
        Some(if wanted { gate } else { gate.negated() })
    }

    /// Ends what `ended` lasts for: conditions above `height` go that last no longer.
    pub(super) fn end_gates(&mut self, height: usize, ended: Lasts) {
        let above = self.gates.split_off(height.min(self.gates.len()));
        for gate in above.into_iter().filter(|gate| gate.lasts > ended) {
            self.stay(gate);
        }
    }

    /// The same of a block that is walked under `entered` alone.
    pub(super) fn end_way(&mut self, height: usize, entered: &[Gate]) -> Vec<Gate> {
        let above = self.gates.split_off(height.min(self.gates.len()));
        let lasting = above.into_iter().filter(|gate| gate.lasts > Lasts::Block);
        lasting.map(|gate| gate.outside_of(entered)).collect()
    }

    /// Goes on under a condition.
    pub(super) fn stay(&mut self, gate: Gate) {
        if !self.gates.iter().any(|known| known.text == gate.text) {
            self.gates.push(gate);
        }
    }

    /// Whether the conditions around exclude each other, so that no run comes here.
    pub(super) fn is_shut(&self) -> bool {
        self.gates.iter().any(|gate| {
            let opposite = negated(&gate.text);
            self.gates.iter().any(|other| *other.text == *opposite)
        })
    }

    /// Takes note of what holds while `value` is put into a list, or is returned.
    pub(super) fn guard(&mut self, value: &Value) {
        let Some(key) = key_of(value) else { return };
        let now = all_of(&self.gates);
        let joined = match self.guards.remove(&key) {
            Some(before) => either(before, now),
            None => now,
        };
        self.guards.insert(key, joined);
    }

    /// The same of every item of a list.
    pub(super) fn guard_items(&mut self, value: &Value) {
        if let Value::List(_) | Value::Tuple(_) = value {
            value.items().unwrap_or_default().iter().for_each(|item| self.guard(item));
        }
    }

    /// What guards `value`, and the place where it is registered.
    pub(super) fn condition_of(&self, value: &Value) -> Option<ToolCondition> {
        let own = key_of(value).and_then(|key| self.guards.get(&key).cloned()).flatten();
        let around = all_of(&self.gates);
        match (&own, &around) {
            (Some(own), Some(around)) if around.text.contains(&own.text) => Some(around.clone()),
            _ => ToolCondition::and(own, around),
        }
    }
}

/// What tells a thing from others; plain values have nothing.
pub(super) fn key_of(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Function(function) => Rc::as_ptr(function).addr(),
        Value::Bound(bound) => Rc::as_ptr(&bound.1).addr() ^ Rc::as_ptr(bound).addr(),
        Value::Class(class) => Rc::as_ptr(class).addr(),
        Value::Instance(instance) => Rc::as_ptr(instance).addr(),
        Value::Made(made) => Rc::as_ptr(made).addr(),
        Value::Dict(pairs) => Rc::as_ptr(pairs).addr(),
        _ => return None,
    })
}
