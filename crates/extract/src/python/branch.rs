//! Walks several ways on from a condition that is not known, and joins what they bind.

use super::ast::{Block, Expr, Name};
use super::condition::{Gate, Lasts};
use super::exec::Flow;
use super::machine::Machine;
use super::setting::Setting;
use super::value::{Env, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// One of several ways on from a condition.
struct Way {
    flow: Flow,
    names: BTreeMap<Name, Value>,
    returns: Vec<Value>,
    /// The way that is taken where nothing is set.
    is_usual: bool,
    /// What must hold for it to be taken.
    gates: Vec<Gate>,
    /// What holds behind it, as something inside of it was left.
    left: Vec<Gate>,
}

impl Machine<'_> {
    /// Walks something that may not happen; afterwards each name holds what both outcomes agree on.
    pub(super) fn in_doubt<T>(&mut self, env: &Rc<Env>, walk: impl FnOnce(&mut Self) -> T) -> T {
        let before = env.vars.borrow().clone();
        self.doubt += 1;
        let result = walk(self);
        self.doubt -= 1;
        let after = std::mem::take(&mut *env.vars.borrow_mut());
        *env.vars.borrow_mut() = join_names(before, after, Value::join);
        result
    }

    pub(super) fn branches(
        &mut self,
        branches: &[(Expr, Block)],
        otherwise: &Block,
        env: &Rc<Env>,
        returns: &mut Vec<Value>,
    ) -> Flow {
        let mut ways: Vec<Way> = Vec::new();
        let mut certain = false;
        // Whether every condition so far is false where nothing is set.
        let mut none_usual = true;
        // What must hold for every condition so far to be false.
        let mut passed: Vec<Gate> = Vec::new();
        for (expr, body) in branches {
            let condition = self.eval(expr, env);
            match condition.truth() {
                Some(false) => continue,
                Some(true) if ways.is_empty() => return self.block(body, env, returns),
                truth => {
                    let is_usual = none_usual && (truth.is_some() || condition.usual_truth() == Some(true));
                    none_usual &= condition.usual_truth() == Some(false);
                    let mut gates = passed.clone();
                    gates.extend(self.gate(&condition, expr, true, env));
                    passed.extend(self.gate(&condition, expr, false, env));
                    ways.push(self.way(body, env, is_usual, gates));
                    if truth.is_some() {
                        certain = true;
                        break;
                    }
                }
            }
        }
        if !certain {
            if ways.is_empty() {
                return self.block(otherwise, env, returns);
            }
            ways.push(self.way(otherwise, env, none_usual, passed));
        }
        self.join_ways(ways, env, returns)
    }

    fn join_ways(&mut self, mut ways: Vec<Way>, env: &Rc<Env>, returns: &mut Vec<Value>) -> Flow {
        let flow = ways[0].flow;
        let all_agree = ways.iter().all(|way| way.flow == flow);
        let usual = ways.iter().position(|way| way.is_usual);
        if let Some(usual) = usual {
            ways.swap(0, usual);
        }
        for way in &mut ways {
            // What the usual way gives stands for what the others would give; only things are kept of those.
            let keep = |value: &Value| usual.is_none() || way.is_usual || value.is_thing();
            returns.extend(std::mem::take(&mut way.returns).into_iter().filter(keep));
        }
        // Where one way goes on and the others leave, all that follows depends on what leads to it. A program that
        // stops with an error is none that shows fewer tools.
        let mut going_on = ways.iter().filter(|way| way.flow == Flow::Next);
        let left = ways.iter().any(|way| !matches!(way.flow, Flow::Next | Flow::Exit));
        let lasts = ways.iter().map(|way| match way.flow {
            Flow::Return => Lasts::Function,
            Flow::Break => Lasts::Loop,
            Flow::Continue => Lasts::Turn,
            Flow::Next | Flow::Exit => Lasts::Block,
        });
        let lasts = lasts.max().unwrap_or(Lasts::Block);
        let mut rest: Vec<Gate> = match (going_on.next(), going_on.next()) {
            (Some(only), None) if left => only.gates.iter().map(|gate| Gate { lasts, ..gate.clone() }).collect(),
            _ => Vec::new(),
        };
        rest.extend(ways.iter_mut().flat_map(|way| std::mem::take(&mut way.left)));
        // Ways that leave the function have no say in what the names hold after it.
        let staying = ways.into_iter().filter(|way| all_agree || way.flow == Flow::Next);
        let joined = staying.reduce(|a, b| Way {
            names: if a.is_usual {
                join_names(a.names, b.names, Value::join_usual)
            } else {
                join_names(a.names, b.names, Value::join)
            },
            ..a
        });
        if let Some(joined) = joined {
            *env.vars.borrow_mut() = joined.names;
        }
        if all_agree && flow != Flow::Next {
            return flow;
        }
        // The end of the function, of the loop or of its turn takes them away again.
        rest.into_iter().for_each(|gate| self.stay(gate));
        Flow::Next
    }

    /// Walks one of several ways from here.
    fn way(&mut self, body: &Block, env: &Rc<Env>, is_usual: bool, gates: Vec<Gate>) -> Way {
        let before = env.vars.borrow().clone();
        let mut returns = Vec::new();
        let outside = self.gates.len();
        self.gates.extend(gates.iter().cloned());
        self.doubt += 1;
        self.unusual += usize::from(!is_usual);
        let flow = self.block(body, env, &mut returns);
        self.doubt -= 1;
        self.unusual -= usize::from(!is_usual);
        let left = self.end_way(outside, &gates);
        let names = std::mem::replace(&mut *env.vars.borrow_mut(), before);
        if is_usual {
            returns = returns
                .into_iter()
                .map(|value| if value.is_thing() { value } else { value.set_by(Setting::Free(Rc::from(""))) })
                .collect();
        }
        Way { flow, names, returns, is_usual, gates, left }
    }
}

/// The names after two ways met. A name that only one of them bound is kept as it is.
fn join_names(
    a: BTreeMap<Name, Value>,
    mut b: BTreeMap<Name, Value>,
    join: fn(Value, Value) -> Value,
) -> BTreeMap<Name, Value> {
    let mut joined = BTreeMap::new();
    for (name, value) in a {
        let value = match b.remove(&name) {
            Some(other) => join(value, other),
            None => value,
        };
        joined.insert(name, value);
    }
    joined.extend(b);
    joined
}
