//! Conditions around what is being followed: what a user must set, or what nobody can decide. They stand on a stack while
//! a branch is followed, and whatever is found there carries them.

use super::machine::Machine;
use super::value::{Setting, Text, Value, When};
pub(super) use crate::engine::condition::negated;
use crate::engine::condition::{is_one_group, plain_of_both, plain_of_either};
use std::rc::Rc;
use tree_sitter::Node;

/// What must hold for a branch to be taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    /// As a user would set it (`ALLOW_WRITE=true`, `--write`), or the words of the source where nobody sets it.
    pub(super) text: Text,
    /// The same turned round.
    pub(super) negation: Text,
    /// Whether it holds when the program is started with nothing set; `None` where that is not known.
    pub(super) plain: Option<bool>,
    /// A word on the command line that chooses what the program does.
    pub(super) command: bool,
}

/// How long a condition stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Span {
    /// For the branch that was entered.
    Branch,
    /// For the rest of a round: some branch went on with the next one.
    Round,
    /// For the rest of a loop or switch: some branch left it.
    Loop,
    /// For the rest of the function: some branch left it.
    Function,
}

/// Conditions of one kind that outlast their branch or round; beyond them nothing is told.
const MAX_LASTING: usize = 24;
/// Characters of a condition that is quoted from the source.
const MAX_QUOTE: usize = 80;
/// Characters of one condition altogether.
const MAX_CONDITION: usize = 200;
/// Words of settings that take tools away when they are set.
const RESTRICTING: [&str; 9] = ["read", "safe", "disable", "exclude", "restrict", "limit", "deny", "block", "minimal"];

impl Condition {
    pub(super) fn new(text: &str, negation: &str, plain: Option<bool>) -> Self {
        Condition { text: shortened(text), negation: shortened(negation), plain, command: false }
    }

    /// A condition in the words of the source.
    pub(super) fn quoted(text: &str) -> Self {
        Condition::new(text, &negated(text), None)
    }

    /// Whether it is not worth telling: what a plain start does anyway.
    pub(super) fn is_silent(&self) -> bool {
        self.plain == Some(true) && !self.restricts()
    }

    /// Whether it is that nothing is set which takes tools away.
    fn restricts(&self) -> bool {
        let is_negated = self.text.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("not "));
        is_negated && {
            let text = self.text.to_ascii_lowercase();
            RESTRICTING.iter().any(|word| text.contains(word))
        }
    }

    /// This or another.
    pub(super) fn either(&self, other: &Condition) -> Self {
        if !self.text.contains(['(', '…']) && self.text.split(" or ").any(|known| known == other.text.as_ref()) {
            return self.clone();
        }
        let plain = plain_of_either(self.plain, other.plain);
        // Beyond some alternatives more of them tell nothing.
        let text = if self.text.len() + other.text.len() > MAX_CONDITION / 2 || self.text.ends_with(" or otherwise") {
            format!("{} or otherwise", self.text.trim_end_matches(" or otherwise"))
        } else {
            format!("{} or {}", self.text, other.text)
        };
        let simple = |negation: &str| !negation.contains(['(', '…']) && !negation.contains(" or ");
        let negation = if simple(&self.negation) && simple(&other.negation) && text.ends_with(other.text.as_ref()) {
            format!("{} and {}", self.negation, other.negation)
        } else {
            format!("not ({text})")
        };
        let mut either = Condition::new(&text, &negation, plain);
        either.command = self.command && other.command;
        either
    }

    /// Whether it says `text`, alone or beside other things that must hold too.
    fn implies(&self, text: &str) -> bool {
        let all_of = || !self.text.contains(['(', '…']) && !self.text.contains(" or ");
        self.text.as_ref() == text || (all_of() && self.text.split(" and ").any(|part| part == text))
    }

    pub(super) fn turned(&self) -> Self {
        Condition {
            text: self.negation.clone(),
            negation: self.text.clone(),
            plain: self.plain.map(|holds| !holds),
            command: self.command,
        }
    }

    /// All of some conditions at once; `None` for none.
    pub(super) fn all<'c>(conditions: impl IntoIterator<Item = &'c Condition>) -> Option<Condition> {
        let mut distinct: Vec<&Condition> = Vec::new();
        for condition in conditions {
            if !distinct.iter().any(|known| known.text == condition.text) {
                distinct.push(condition);
            }
        }
        let (first, rest) = distinct.split_first()?;
        if rest.is_empty() {
            return Some((*first).clone());
        }
        let part = |condition: &&Condition| match condition.text.contains(" or ") && !is_one_group(&condition.text) {
            true => format!("({})", condition.text),
            false => condition.text.to_string(),
        };
        let text = distinct.iter().map(part).collect::<Vec<_>>().join(" and ");
        let mut whole = Condition::new(&text, &format!("not ({text})"), Some(true));
        whole.command = distinct.iter().all(|condition| condition.command);
        for condition in distinct {
            whole.plain = plain_of_both(whole.plain, condition.plain);
        }
        Some(whole)
    }
}

impl From<Condition> for mcpdex_model::ToolCondition {
    fn from(condition: Condition) -> Self {
        // Words turned round more than once say nothing to people.
        let tangled = condition.text.matches("not (").count() > 2;
        let text = if tangled { "what the source decides at run time".into() } else { condition.text };
        mcpdex_model::ToolCondition { text: text.to_string(), plain_start: condition.plain }
    }
}

fn shortened(text: &str) -> Text {
    match text.char_indices().nth(MAX_CONDITION) {
        Some((at, _)) => format!("{}…", &text[..at]).into(),
        None => text.into(),
    }
}

/// What a condition of the program comes to.
pub(super) enum Gate {
    Decided(bool),
    /// It depends: the conditions of its two sides.
    Open(Condition, Condition),
}

impl<'t> Machine<'t> {
    /// What the value of a condition comes to; `node` is where it stands in the source.
    pub(super) fn gate(&self, value: &Value, node: Node<'t>) -> Gate {
        if let Value::Setting(setting) = value {
            if let Some(holds) = self.assumed(setting) {
                return Gate::Decided(holds);
            }
            let yes = setting.condition();
            let no = yes.turned();
            return Gate::Open(yes, no);
        }
        if let (Value::When(inner), None) = (value, value.truth())
            && inner.value.truth() == Some(true)
        {
            return Gate::Open(inner.condition.clone(), inner.condition.turned());
        }
        match value.truth() {
            Some(truth) => Gate::Decided(truth),
            None => {
                let yes = Condition::quoted(&self.quote(node));
                let no = yes.turned();
                Gate::Open(yes, no)
            }
        }
    }

    /// What the conditions around this place say of a value that a setting decides: where `--write` is asked for a second
    /// time inside of its own branch, it is there.
    fn assumed(&self, setting: &Setting) -> Option<bool> {
        if !setting.exact || setting.command || setting.truth().is_none() {
            return None;
        }
        self.conditions.iter().filter(|(condition, _)| condition.plain.is_some()).find_map(|(condition, _)| {
            if condition.implies(&setting.when) {
                Some(true)
            } else {
                condition.implies(&setting.unless).then_some(false)
            }
        })
    }

    /// The words of the source at a node, on one line and not too long.
    pub(super) fn quote(&self, node: Node<'t>) -> String {
        let mut node = node;
        while node.kind() == "parenthesized_expression"
            && let Some(inner) = node.named_child(0)
        {
            node = inner;
        }
        quoted(self.text(node))
    }

    /// Does something under a condition.
    pub(super) fn under<R>(&mut self, condition: Condition, act: impl FnOnce(&mut Self) -> R) -> R {
        let height = self.conditions.len();
        self.enter_branch(condition);
        let result = act(self);
        self.lower_conditions(height);
        result
    }

    /// Puts a condition around what follows.
    pub(super) fn enter_branch(&mut self, condition: Condition) {
        self.conditions.push((condition, Span::Branch));
        self.uncertain += 1;
    }

    /// Adds a condition that holds for the rest of what is being followed: some branch left it early.
    pub(super) fn lasting(&mut self, condition: Condition, span: Span) {
        self.conditions.push((condition, span));
    }

    /// Takes away the conditions above `height`.
    pub(super) fn lower_conditions(&mut self, height: usize) {
        self.leave_span(height, None);
    }

    /// Takes away the conditions above `height` but those that last longer than `ended`, which are given back.
    fn leave_span(&mut self, height: usize, ended: Option<Span>) -> Vec<(Condition, Span)> {
        let above = self.conditions.split_off(height.min(self.conditions.len()));
        self.uncertain -= above.iter().filter(|(_, span)| *span == Span::Branch).count() as u32;
        let outlasts = |span: Span| ended.is_some_and(|ended| span > ended);
        let mut kept = above;
        kept.retain(|(_, span)| outlasts(*span));
        kept.truncate(MAX_LASTING);
        kept
    }

    /// Ends a round, loop or switch: conditions that last longer stay.
    pub(super) fn end_span(&mut self, height: usize, ended: Span) {
        for (condition, span) in self.leave_span(height, Some(ended)) {
            if !self.conditions.iter().any(|(known, _)| known.text == condition.text) {
                self.lasting(condition, span);
            }
        }
    }

    /// Ends a branch that may not have been entered: what lasts from inside of it holds where it was.
    pub(super) fn end_branch(&mut self, height: usize, went_on: bool, entered: &Condition) {
        let lasting = self.leave_span(height, Some(Span::Branch));
        if went_on {
            let otherwise = entered.turned();
            for (condition, span) in lasting {
                self.lasting(otherwise.either(&condition), span);
            }
        }
    }

    /// The conditions that are worth telling since the stack had `height` entries.
    pub(super) fn told_since(&self, height: usize) -> Option<Condition> {
        let since = self.conditions.get(height..).unwrap_or_default();
        Condition::all(since.iter().map(|(condition, _)| condition).filter(|condition| !condition.is_silent()))
    }

    /// The branches that were entered since the stack had `height` entries, as one condition.
    pub(super) fn entered_since(&self, height: usize) -> Option<Condition> {
        let since = self.conditions.get(height..).unwrap_or_default();
        Condition::all(since.iter().filter(|(_, span)| *span == Span::Branch).map(|(condition, _)| condition))
    }
}

/// Source text on one line and not too long.
pub(super) fn quoted(text: &str) -> String {
    let words = text.split_whitespace().take(40).collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MAX_QUOTE) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}

impl Value {
    /// The value where `condition` holds, if there is one.
    pub(super) fn when(self, condition: Option<Condition>) -> Value {
        match condition {
            Some(condition) if !matches!(self, Value::When(_)) => Value::When(Rc::new(When { value: self, condition })),
            Some(condition) => match self {
                Value::When(inner) => {
                    let both = Condition::all([&inner.condition, &condition]).unwrap_or(condition.clone());
                    Value::When(Rc::new(When { value: inner.value.clone(), condition: both }))
                }
                other => other,
            },
            None => self,
        }
    }
}

impl Setting {
    /// The condition that the user sets it at all, beside what it is by default.
    pub(super) fn condition_of_presence(&self) -> Condition {
        let subject = if self.subject.is_empty() { "an argument" } else { self.subject.as_ref() };
        Condition::new(subject, &negated(subject), Some(false))
    }

    /// The condition under which the value counts as true once it is `other` where `condition` holds; `None` where the
    /// words of the setting do not tell its truth.
    pub(super) fn true_where(&self, other: &Value, condition: &Condition) -> Option<Condition> {
        if !self.exact || !matches!(self.plain, Value::Bool(_) | Value::Undefined | Value::Null) {
            return None;
        }
        let own = self.condition();
        match other.truth()? {
            true if own.text == condition.text => Some(own),
            true => Some(own.either(condition)),
            false => Condition::all([&own, &condition.turned()]),
        }
    }

    /// The condition under which the value counts as true.
    pub(super) fn condition(&self) -> Condition {
        let mut condition = Condition::new(&self.when, &self.unless, self.truth());
        condition.command = self.command;
        condition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_and_turned_round() {
        let write = Condition::new("ALLOW_WRITE=true", "not ALLOW_WRITE=true", Some(false));
        let other = Condition::quoted("client.may(x)");
        let both = Condition::all([&write, &other, &write]).unwrap_or_else(|| write.clone());
        assert_eq!(both.text.as_ref(), "ALLOW_WRITE=true and client.may(x)");
        assert_eq!(both.plain, Some(false));
        assert_eq!(write.turned().plain, Some(true));
        assert!(write.turned().is_silent());
        assert!(!Condition::new("not READ_ONLY", "READ_ONLY", Some(true)).is_silent());
    }
}
