//! How blocks, loops and functions are left before their end, and what that says of what stands behind: what was left for
//! certain goes no further, what may have been left runs under the guard that it was not.

use super::ast::{Leave, Name, Stmt};
use super::exec::{Returns, inside};
use super::machine::{Machine, Scope};
use super::setting::Guard;
use super::value::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exit {
    /// One round of a loop.
    Round(Option<Name>),
    /// A loop, or a block with a label.
    Block(Option<Name>),
    /// By a failure.
    Failed,
    Function,
    /// The function around the block that is walked.
    Outer,
}

impl Exit {
    pub(super) fn of(leave: &Leave) -> Self {
        match leave {
            Leave::Round(label) => Exit::Round(label.clone()),
            Leave::Block(label) => Exit::Block(label.clone()),
        }
    }

    fn is_round_of(&self, label: Option<&Name>) -> bool {
        matches!(self, Exit::Round(left) if left.is_none() || left.as_ref() == label)
    }

    /// How much is left; a label reaches further than none.
    pub(super) fn reach(&self) -> u8 {
        match self {
            Exit::Round(None) => 0,
            Exit::Block(None) => 1,
            Exit::Round(Some(_)) => 2,
            Exit::Block(Some(_)) => 3,
            Exit::Function => 4,
            Exit::Outer => 5,
            Exit::Failed => 6,
        }
    }
}

impl Returns<'_> {
    /// Of the ways out that were met since `mark`, those that lead further; the others end here.
    pub(super) fn keep(&mut self, mark: usize, leads_on: impl Fn(&Exit) -> bool) {
        self.left.take_if(|exit| !leads_on(exit));
        let mut at = 0;
        self.may.retain(|(exit, _)| {
            at += 1;
            at <= mark || leads_on(exit)
        });
    }

    /// One of these ways out was taken for certain; which, only a run tells. Each with the guard under which it was not.
    pub(super) fn left_one_way(&mut self, mut ways: Vec<(Exit, Option<Guard>)>) {
        ways.sort_by_key(|(exit, _)| exit.reach());
        let mut ways = ways.into_iter();
        self.left = ways.next().map(|(exit, _)| exit);
        for (exit, guard) in ways {
            if self.left.as_ref() != Some(&exit) {
                self.may_leave(exit, guard);
            }
        }
    }

    /// Adds a way out that was not taken under `guard`; one whose guard is not known says nothing.
    pub(super) fn may_leave(&mut self, exit: Exit, guard: Option<Guard>) {
        if exit != Exit::Failed
            && let Some(guard) = guard
            && !self.may.iter().any(|(known, its)| *known == exit && its.text == guard.text)
        {
            self.may.push((exit, guard));
        }
    }
}

impl<'t> Machine<'t> {
    /// Goes on under the guards that none of these ways out was taken under.
    pub(super) fn stay(&mut self, may: &[(Exit, Guard)]) {
        for (_, guard) in may {
            self.enter(Some(guard.clone()));
        }
    }

    /// Walks the rounds of a loop over a list: each item where they are known, else what stands for all.
    pub(super) fn each(
        &mut self,
        (label, names): (Option<&Name>, &[Name]),
        over: &Value<'t>,
        body: &[Stmt<'t>],
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
    ) {
        let rounds: Vec<(Value<'t>, Value<'t>)> = match over {
            Value::List(items) => {
                let items = items.borrow();
                let count = |at: usize| Value::Number(serde_json::Number::from(at as u64));
                items.iter().enumerate().map(|(at, item)| (count(at), item.clone())).collect()
            }
            Value::Map(pairs) => pairs.borrow().iter().cloned().collect(),
            // The words of a setting: which ones, whoever starts the server decides.
            Value::Setting(_) => vec![(Value::Unknown("it is counted at run time"), over.clone())],
            _ => {
                let inner = inside(scope);
                for name in names {
                    let item = Value::Unknown("it is an item of a list that is made at run time");
                    inner.env.declare(name, item, self.conditions + 1);
                }
                self.repeated(label, body, &inner, returns);
                return;
            }
        };
        let (start, first) = (self.guards.len(), returns.may.len());
        for (key, value) in rounds {
            if !self.step() {
                break;
            }
            let inner = inside(scope);
            let held = self.guards.len();
            let value = match &value {
                Value::Guarded(guarded) => {
                    guarded.0.iter().for_each(|guard| self.enter(Some(guard.clone())));
                    guarded.1.clone()
                }
                _ => value,
            };
            match names {
                [] => {}
                [name] if matches!(over, Value::Map(_)) => {
                    let pair = Value::Tuple(std::rc::Rc::new(vec![key, value]));
                    inner.env.declare(name, pair, self.conditions);
                }
                [name] => inner.env.declare(name, value, self.conditions),
                [first, second, ..] => {
                    inner.env.declare(first, key, self.conditions);
                    inner.env.declare(second, value, self.conditions);
                }
            }
            let mark = returns.may.len();
            self.run(body, &inner, returns);
            self.guards.truncate(held);
            returns.keep(mark, |exit| !exit.is_round_of(label));
            if returns.left.is_some() {
                break;
            }
            // A loop that may have been left has no further rounds where it was.
            self.stay(&returns.may[mark..]);
        }
        self.guards.truncate(start);
        returns.keep(first, |exit| *exit != Exit::Block(None));
    }

    /// Walks a block that runs any number of times: what it changes is not known in any of them.
    pub(super) fn repeated(
        &mut self,
        label: Option<&Name>,
        body: &[Stmt<'t>],
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
    ) {
        let mut changed = Vec::new();
        super::branch::changes(body, &mut changed, 0);
        for target in changed {
            self.assign(target, Value::Unknown("it changes from round to round"), scope);
        }
        let mark = returns.may.len();
        self.aside(body, None, scope, returns);
        returns.keep(mark, |exit| !exit.is_round_of(label) && *exit != Exit::Block(None));
    }

    /// Walks a block that may fail, what is done then, and what is done in any case.
    pub(super) fn attempt(
        &mut self,
        body: &[Stmt<'t>],
        caught: &[Vec<Stmt<'t>>],
        last: &[Stmt<'t>],
        scope: &Scope<'t>,
        returns: &mut Returns<'t>,
    ) {
        let held = self.guards.len();
        self.run(body, &inside(scope), returns);
        let failed = returns.left.take_if(|exit| *exit == Exit::Failed).is_some();
        let before = returns.left.take();
        for block in caught {
            if failed && caught.len() == 1 {
                self.run(block, &inside(scope), returns);
            } else {
                let guard = Guard::in_words("an error is caught");
                self.aside(block, Some(guard), scope, returns);
            }
        }
        let left = before.or(returns.left.take());
        self.guards.truncate(held);
        self.run(last, &inside(scope), returns);
        if returns.left.is_none() {
            returns.left = left.or((failed && caught.is_empty()).then_some(Exit::Failed));
        }
    }

    /// After a statement: the blocks that it handed to functions may have left the one that is walked.
    pub(super) fn come_back(&mut self, returns: &mut Returns<'t>) {
        let (left, may) = std::mem::take(&mut self.far);
        let exit = if returns.is_block { Exit::Outer } else { Exit::Function };
        if left && returns.left.is_none() {
            returns.left = Some(exit.clone());
        }
        for guard in may {
            returns.may_leave(exit.clone(), Some(guard));
        }
    }

    /// Tells the function around a block that is over how the block left it.
    pub(super) fn hand_on(&mut self, returns: &Returns<'t>) {
        if returns.is_block {
            let may = returns.may.iter().filter(|(exit, _)| *exit == Exit::Outer);
            self.far.1.extend(may.map(|(_, guard)| guard.clone()));
            self.far.0 |= returns.left == Some(Exit::Outer);
        }
    }
}
