//! What was found about one tool, as everybody shares it who weighs it, tells it or examines it. Data alone: nothing is
//! settled here.

use crate::language::action::Action;
use crate::language::span::Span;
use crate::language::tool_text::ToolText;
use mcpdex_model::{Class, Evidence, Field, OperationVerdict, Risk, Trait};
use std::collections::BTreeSet;

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
    pub operations: Vec<OperationVerdict>,
    /// The operation that made the tool as grave as it is, with its evidence.
    pub gravest_operation: Option<Evidence>,
}

/// The words at `span`, as they stand in the original.
pub(crate) fn evidence_of(reading: &ToolText<'_>, rule: &str, span: Span) -> Evidence {
    let segment = &reading.segments[reading.segment_at(span.0)];
    let (start, end) = segment.original_span(span.0, span.1);
    let text = segment.original.get(start..end).unwrap_or_default().to_owned();
    let pointer = match segment.field {
        Field::Name => "/name".to_owned(),
        Field::Title => reading.title_pointer.to_owned(),
        Field::Parameter => parameter_pointer(reading, segment.parameter),
        Field::ParameterDescription => format!("{}/description", parameter_pointer(reading, segment.parameter)),
        _ => "/description".to_owned(),
    };
    Evidence { rule: rule.to_owned(), field: segment.field, pointer, text, start, end }
}

/// JSON pointer to a parameter's schema.
pub(crate) fn parameter_pointer(reading: &ToolText<'_>, parameter: u32) -> String {
    let name = reading.params.get(parameter as usize).map_or("", |param| param.name);
    format!("/inputSchema/properties/{}", name.replace('~', "~0").replace('/', "~1"))
}
