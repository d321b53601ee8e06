//! Conditions around what is being followed: what a user must set, or what nobody can decide. They stand on a stack while
//! a branch is followed, and whatever is found there carries them.

use super::machine::Machine;
use super::value::{Setting, Text, Value, When};
pub(super) use crate::engine::condition::negated;
use crate::engine::condition::{plain_of_both, plain_of_either};
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
        let text = self.text.to_ascii_lowercase();
        let restricts = text.starts_with("not ") && RESTRICTING.iter().any(|word| text.contains(word));
        self.plain == Some(true) && !restricts
    }

    /// This or another.
    pub(super) fn either(&self, other: &Condition) -> Self {
        let plain = plain_of_either(self.plain, other.plain);
        // Beyond some alternatives more of them tell nothing.
        let text = if self.text.len() + other.text.len() > MAX_CONDITION / 2 || self.text.ends_with(" or otherwise") {
            format!("{} or otherwise", self.text.trim_end_matches(" or otherwise"))
        } else {
            format!("{} or {}", self.text, other.text)
        };
        let mut either = Condition::new(&text, &format!("not ({text})"), plain);
        either.command = self.command && other.command;
        either
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
        let text = distinct.iter().map(|condition| condition.text.as_ref()).collect::<Vec<_>>().join(" and ");
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
        self.conditions.push((condition, false));
        self.uncertain += 1;
        let result = act(self);
        self.lower_conditions(height);
        result
    }

    /// Adds a condition that holds for the rest of what is being followed: some branch left it early.
    pub(super) fn lasting(&mut self, condition: Condition) {
        self.conditions.push((condition, true));
    }

    /// Takes away the conditions above `height`.
    pub(super) fn lower_conditions(&mut self, height: usize) {
        while self.conditions.len() > height {
            if let Some((_, false)) = self.conditions.pop() {
                self.uncertain -= 1;
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
        Condition::all(since.iter().filter(|(_, lasting)| !lasting).map(|(condition, _)| condition))
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
