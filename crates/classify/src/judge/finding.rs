//! What was found about one tool, as everybody shares it who weighs it, tells it or examines it. Data alone: nothing is
//! settled here.

use crate::language::action::Action;
use crate::language::span::Span;
use crate::language::tool_text::ToolText;
use mcpdex_model::{Class, Evidence, OperationVerdict, Risk, Trait};
use std::collections::BTreeSet;

/// The id under which sentences that hide from people are evidence.
pub(crate) const HIDDEN_TEXT: &str = "hidden-text";

/// Traits of deeds that no look outweighs and no word of another sentence excuses.
pub(crate) const GRAVE: [Trait; 7] = [
    Trait::Destructive,
    Trait::Financial,
    Trait::CodeExecution,
    Trait::ExternalCommunication,
    Trait::Privileged,
    Trait::CredentialAccess,
    Trait::Bulk,
];

/// A rule that fired.
#[derive(Debug, Clone)]
pub(crate) struct Fired {
    pub rule: u32,
    pub clause: u32,
    /// The action that it fired on; `None` for the tool as a whole.
    pub action: Option<u32>,
    pub spans: Vec<Span>,
    /// 3 high, 2 medium, 1 low, 0 still less.
    pub strength: u8,
    pub fate: Fate,
}

/// What became of a rule that fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is part of the verdict.
    Won,
    /// Its own `unless` held.
    Cancelled,
    /// The rule of this number overrules it.
    Overruled(u32),
    /// Evidence for a lighter class was stronger.
    Weaker,
    /// It is only for tools of another class.
    OtherClass,
}

/// Everything that was found about one tool, before it is put into words.
pub(crate) struct Finding<'t> {
    pub reading: ToolText<'t>,
    pub actions: Vec<Action>,
    pub fired: Vec<Fired>,
    pub class: Class,
    pub traits: BTreeSet<Trait>,
    pub floor: Option<Risk>,
    pub recognised: bool,
    /// Whether only words too weak for it speak of reading, so that it is held to be a write.
    pub unearned: bool,
    /// Whether a loss was found that is neither small nor waits for an optional parameter.
    pub full_loss: bool,
    /// Whether it sets something going that changes more than the caller's own session.
    pub full_act: bool,
    /// What of the definition could not be read, in a few words each.
    pub unread: Vec<String>,
    /// Sentences that hide from people, as evidence.
    pub hidden: Vec<Evidence>,
    /// Whether an operation was not recognised.
    pub unknown_operation: bool,
    pub operations: Vec<OperationVerdict>,
    /// The operation that made the tool as grave as it is, with its evidence.
    pub gravest_operation: Option<Evidence>,
}

/// The words at `span`, as they stand in the original.
pub(crate) fn evidence_of(reading: &ToolText<'_>, rule: &str, span: Span) -> Evidence {
    let segment = &reading.segments[reading.segment_at(span.0)];
    let (start, end) = segment.original_span(span.0, span.1);
    let text = segment.original.get(start..end).unwrap_or_default().to_owned();
    let pointer = segment.pointer.to_string();
    let (start, end) = (segment.base + start, segment.base + end);
    Evidence { rule: rule.to_owned(), field: segment.field, pointer, text, start, end }
}

impl Finding<'_> {
    /// The risk of a tool of this class with these traits and what was found of losses and acts.
    pub(crate) fn risk(&self, class: Class, traits: &BTreeSet<Trait>) -> Risk {
        risk_of(class, traits, !self.full_loss, !self.full_act).max(self.floor.unwrap_or(Risk::Low))
    }
}

/// Derives the risk, small losses and light acts told apart: a small loss is high, with bulk critical; an act that changes
/// no more than the caller's own session is medium.
pub(crate) fn risk_of(class: Class, traits: &BTreeSet<Trait>, light_loss: bool, light_act: bool) -> Risk {
    let small = light_loss && class != Class::Read && traits.contains(&Trait::Destructive);
    let mut risk = if small {
        let others = traits.iter().copied().filter(|of| *of != Trait::Destructive).collect();
        Risk::of(class, &others).max(if traits.contains(&Trait::Bulk) { Risk::Critical } else { Risk::High })
    } else {
        Risk::of(class, traits)
    };
    if class == Class::Execute && light_act && risk == Risk::High && !small {
        risk = Risk::Medium;
    }
    risk
}
