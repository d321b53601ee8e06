//! What a tool states, as clauses are held against it: its text, its actions, and where phrases of rules stand in it. Data
//! alone: it finds nothing and decides nothing.

use crate::language::action::Action;
use crate::language::lexicon::Literal;
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::language::tool_text::ToolText;
use mcpdex_model::Field;

/// A phrase of a rule, found in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PhraseHit {
    pub literal: Literal,
    pub span: Span,
    pub segment: u32,
    /// The field of the segment.
    pub field: Field,
    /// Whether it stands in a statement of the description or title.
    pub stated: bool,
    /// Whether it stands in the first statement of the description.
    pub opening: bool,
    /// Whether a word of negation stands right before it; looked at where a rule asks.
    pub denied: bool,
}

/// What a clause is held against.
pub(crate) struct Statements<'s, 't> {
    pub reading: &'s ToolText<'t>,
    pub context: &'s ServerContext,
    pub phrases: &'s [PhraseHit],
    pub actions: &'s [Action],
    /// Every sentence of the description.
    pub sentences: &'s [Span],
}
