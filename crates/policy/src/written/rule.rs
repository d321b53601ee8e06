//! A document as rules: of which calls each speaks, what it does with them, and which of two is stronger.
//!
//! The strongest rank among the rules that speak of a call decides; of several of that rank the strictest. What only
//! tightens (a limit) holds beside, where the call is allowed at all.

use super::finding::PolicyFinding;
pub(crate) use super::selector::{Name, Selector};
use crate::decision::PolicyEffect;
use crate::format::Format;
use crate::replay::evaluator::{Call, Evaluator};
use crate::replay::operator::OperatorCondition;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// What must hold of a call beside for a rule to speak of it.
#[derive(Clone)]
pub(crate) enum RuleTest {
    Always,
    /// All of these hold, or, negated, not all of them.
    Operators {
        all: Rc<Vec<OperatorCondition>>,
        negated: bool,
    },
    Engine(Rc<dyn Fn(&Call<'_>) -> bool>),
}

impl RuleTest {
    fn holds(&self, call: &Call<'_>) -> bool {
        match self {
            RuleTest::Always => true,
            RuleTest::Operators { all, negated } => all.iter().all(|c| c.holds(call.arguments)) != *negated,
            RuleTest::Engine(asks) => asks(call),
        }
    }

    pub(crate) fn is_always(&self) -> bool {
        matches!(self, RuleTest::Always)
    }
}

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Decides,
    /// Names tools as existing; what happens to them, other rules may say.
    Lists,
    /// Makes stricter what is allowed.
    Tightens,
    /// What happens to that of which no rule speaks.
    Default,
}

/// One rule of a document.
#[derive(Clone)]
pub(crate) struct WrittenRule {
    pub(crate) span: Range<usize>,
    /// How the document says it, for messages: ``permissions.deny``.
    pub(crate) label: String,
    pub(crate) selector: Selector,
    pub(crate) test: RuleTest,
    pub(crate) effect: PolicyEffect,
    pub(crate) rank: i64,
    pub(crate) role: Role,
    /// The list or table that it stands in: rules of one entry are reported once.
    pub(crate) group: usize,
    /// The argument whose value each call counts, instead of one.
    pub(crate) counts: Option<String>,
    /// Whether it stands in a file beside the document, of whose faults nothing is said.
    pub(crate) elsewhere: bool,
}

impl WrittenRule {
    pub(crate) fn new(
        span: Range<usize>,
        label: impl Into<String>,
        selector: Selector,
        effect: PolicyEffect,
    ) -> WrittenRule {
        WrittenRule {
            span,
            label: label.into(),
            selector,
            test: RuleTest::Always,
            effect,
            rank: 1,
            role: Role::Decides,
            group: usize::MAX,
            counts: None,
            elsewhere: false,
        }
    }

    pub(crate) fn rank(mut self, rank: i64) -> WrittenRule {
        self.rank = rank;
        self
    }

    pub(crate) fn role(mut self, role: Role) -> WrittenRule {
        self.role = role;
        self
    }

    pub(crate) fn test(mut self, test: RuleTest) -> WrittenRule {
        self.test = test;
        self
    }

    pub(crate) fn group(mut self, group: usize) -> WrittenRule {
        self.group = group;
        self
    }

    /// The one tool that it names, with its server where it names one.
    pub(crate) fn names(&self) -> Option<(Option<&str>, &str)> {
        match &self.selector {
            Selector::Tool { server, tool: Name::Is(tool) } => Some((server.as_deref(), tool)),
            _ => None,
        }
    }

    /// Whether it names one tool, however the client spells it.
    pub(crate) fn is_for_one(&self) -> bool {
        matches!(&self.selector, Selector::Tool { tool: Name::Is(_), .. } | Selector::Full(Name::Is(_)))
    }

    /// Whether it surely speaks of every tool of which `other` speaks; tests are not looked at.
    pub(crate) fn covers(&self, other: &WrittenRule) -> bool {
        match (&self.selector, &other.selector) {
            (Selector::Tool { server, tool }, Selector::Tool { server: of, tool: name }) => {
                (server.is_none() || server == of) && tool.covers(name)
            }
            (Selector::Full(name), Selector::Full(other)) => name.covers(other),
            (Selector::Tool { server: None, tool: Name::Any }, _) | (Selector::Full(Name::Any), _) => true,
            _ => false,
        }
    }

    /// Whether both speak of the same by the same words.
    pub(crate) fn same_selector(&self, other: &WrittenRule) -> bool {
        match (&self.selector, &other.selector) {
            (Selector::Tool { server, tool: Name::Is(a) }, Selector::Tool { server: of, tool: Name::Is(b) }) => {
                server == of && a == b
            }
            (Selector::Tool { server, tool: Name::Glob(a) }, Selector::Tool { server: of, tool: Name::Glob(b) }) => {
                server == of && a == b
            }
            (Selector::Tool { server, tool: Name::Any }, Selector::Tool { server: of, tool: Name::Any }) => {
                server == of
            }
            (Selector::Full(Name::Is(a) | Name::Glob(a)), Selector::Full(Name::Is(b) | Name::Glob(b))) => a == b,
            (Selector::Full(Name::Any), Selector::Full(Name::Any)) => true,
            _ => false,
        }
    }
}

/// A tool that an expression names, which is no rule of its own.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) server: Option<String>,
    pub(crate) tool: String,
    pub(crate) span: Range<usize>,
}

/// How a client spells a tool: the target, and what it makes of a server and a tool in one name.
pub(crate) type Joined = fn(alias: &str, tool: &str) -> String;

/// A document that was read.
pub(crate) struct RuleBook {
    pub(crate) format: &'static dyn Format,
    pub(crate) rules: Vec<WrittenRule>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) finds: Vec<PolicyFinding>,
    /// Whether the document holds only a part of what decides, so that nothing follows from what it does not say.
    pub(crate) partial: bool,
    /// Whether rules name servers by identity instead of the client's name.
    pub(crate) by_identity: bool,
    pub(crate) joined: Joined,
    /// Whether what decides looks at arguments, though no rule shows it.
    pub(crate) looks_at_arguments: bool,
    /// What decides instead of the rules, which are then only for showing.
    pub(crate) engine: Option<Box<dyn Evaluator>>,
    exact: HashMap<String, Vec<usize>>,
    broad: Vec<usize>,
}

/// What a document does with a call, and which rule says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruling {
    pub(crate) effect: PolicyEffect,
    /// The rule that decides.
    pub(crate) rule: Option<usize>,
    /// The limits that hold beside; all must have room.
    pub(crate) limits: Vec<usize>,
}

impl RuleBook {
    pub(crate) fn new(format: &'static dyn Format) -> RuleBook {
        RuleBook {
            format,
            rules: Vec::new(),
            mentions: Vec::new(),
            finds: Vec::new(),
            partial: false,
            by_identity: false,
            joined: |alias, tool| format!("{alias}/{tool}"),
            looks_at_arguments: false,
            engine: None,
            exact: HashMap::new(),
            broad: Vec::new(),
        }
    }

    /// Makes the rules ready to be asked.
    pub(crate) fn seal(&mut self) {
        for (at, rule) in self.rules.iter().enumerate() {
            match &rule.selector {
                Selector::Tool { tool: Name::Is(name), .. } => self.exact.entry(name.clone()).or_default().push(at),
                Selector::Full(Name::Is(name)) => self.exact.entry(format!("\0{name}")).or_default().push(at),
                _ => self.broad.push(at),
            }
        }
    }

    /// The rules that name a tool exactly.
    pub(crate) fn exactly(&self, rule: &WrittenRule) -> &[usize] {
        let key = match &rule.selector {
            Selector::Tool { tool: Name::Is(name), .. } => name.clone(),
            Selector::Full(Name::Is(name)) => format!("\0{name}"),
            _ => return &[],
        };
        self.exact.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The rules that speak of many tools.
    pub(crate) fn broadly(&self) -> &[usize] {
        &self.broad
    }

    /// A server and a tool as the document would spell them.
    pub(crate) fn spelled(&self, call: &Call<'_>) -> (String, String) {
        if self.by_identity {
            return (call.server.to_owned(), call.tool.to_owned());
        }
        let format = self.format;
        let alias = format.alias(call.alias).unwrap_or_else(|_| call.alias.to_owned());
        let tool = format.name(&alias, call.tool).unwrap_or_else(|_| call.tool.to_owned());
        (alias, tool)
    }

    /// The rules that speak of a call, in the order of the document.
    fn speaking(&self, call: &Call<'_>) -> Vec<usize> {
        let (alias, tool) = self.spelled(call);
        let full = (self.joined)(&alias, &tool);
        let named = self.exact.get(&tool).into_iter().chain(self.exact.get(&format!("\0{full}"))).flatten();
        let mut all: Vec<usize> = named.chain(&self.broad).copied().collect();
        all.retain(|at| {
            let rule = &self.rules[*at];
            rule.selector.has(&alias, &tool, &full) && rule.test.holds(call)
        });
        all.sort_unstable();
        all
    }

    /// What the document does with a call. What no rule speaks of, the target's default governs.
    pub(crate) fn ruling(&self, call: &Call<'_>) -> Ruling {
        let speaking = self.speaking(call);
        if let Some(engine) = &self.engine {
            let effect = engine.answer(call);
            let rule = speaking.iter().copied().max_by_key(|at| self.rules[*at].rank);
            let limits = match effect {
                PolicyEffect::Limit { .. } => rule.into_iter().collect(),
                _ => Vec::new(),
            };
            return Ruling { effect, rule, limits };
        }
        let mut decided: Option<usize> = None;
        for at in speaking.iter().copied().filter(|at| self.rules[*at].role != Role::Tightens) {
            let rule = &self.rules[at];
            let stronger = decided.is_none_or(|best| {
                let best = &self.rules[best];
                rule.rank > best.rank || (rule.rank == best.rank && rule.effect.rank() > best.effect.rank())
            });
            if stronger {
                decided = Some(at);
            }
        }
        let mut effect = decided.map_or(self.format.capability().default, |at| self.rules[at].effect);
        let mut limits = Vec::new();
        if effect.is_allowed() {
            limits.extend(decided.filter(|at| matches!(self.rules[*at].effect, PolicyEffect::Limit { .. })));
            for at in speaking.into_iter().filter(|at| self.rules[*at].role == Role::Tightens) {
                effect = effect.stricter(self.rules[at].effect);
                limits.push(at);
            }
        }
        Ruling { effect, rule: decided, limits }
    }

    /// The rules that speak of a tool, whatever its arguments.
    pub(crate) fn speaking_of(&self, call: &Call<'_>) -> Vec<&WrittenRule> {
        let (alias, tool) = self.spelled(call);
        let full = (self.joined)(&alias, &tool);
        let named = self.exact.get(&tool).into_iter().chain(self.exact.get(&format!("\0{full}"))).flatten();
        let rules = named.chain(&self.broad).map(|at| &self.rules[*at]);
        rules.filter(|rule| rule.selector.has(&alias, &tool, &full)).collect()
    }

    /// Whether a rule with a test speaks of the tool.
    pub(crate) fn is_conditional(&self, call: &Call<'_>) -> bool {
        self.looks_at_arguments || self.speaking_of(call).iter().any(|rule| !rule.test.is_always())
    }
}
