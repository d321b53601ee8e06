//! One tool as several origins state it: the best statement and the others in, one tool out, field by field, with a note
//! of what was taken from where and of what the origins disagree on.

use super::{Tool, ToolOrigin};
use serde::{Deserialize, Serialize};

/// A statement about a field by another origin than the best one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherStatement {
    /// The field, as the protocol spells it.
    pub field: String,
    pub origin: ToolOrigin,
    /// What the other list was learnt from.
    pub target: String,
}

/// What came of looking at the other origins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Fields that the best origin does not state, and where they were taken from.
    pub taken: Vec<OtherStatement>,
    /// Fields that another origin states differently; the best one counts.
    pub differs: Vec<OtherStatement>,
}

/// Completes `tool` from the same tool of other origins, given best first.
pub fn merge(tool: &mut Tool, others: Vec<(ToolOrigin, String, Tool)>) -> Merge {
    let mut merge = Merge::default();
    for (origin, target, mut other) in others {
        // Only a list that was read from source knows of code.
        tool.code = tool.code.take().or(other.code.take());
        let mut note = |field: &str, met: Met| {
            let statement = || OtherStatement { field: field.to_owned(), origin, target: target.clone() };
            match met {
                Met::Taken => merge.taken.push(statement()),
                Met::Differs => merge.differs.push(statement()),
                Met::Same => {}
            }
        };
        note("title", meet(&mut tool.title, other.title));
        note("description", meet(&mut tool.description, other.description));
        note("inputSchema", meet(&mut tool.input_schema, other.input_schema));
        note("outputSchema", meet(&mut tool.output_schema, other.output_schema));
        let stated = |annotations: super::Annotations| (!annotations.is_empty()).then_some(annotations);
        let mut own = stated(std::mem::take(&mut tool.annotations));
        note("annotations", meet(&mut own, stated(other.annotations)));
        tool.annotations = own.unwrap_or_default();
    }
    merge
}

enum Met {
    Same,
    Taken,
    Differs,
}

fn meet<T: PartialEq>(own: &mut Option<T>, other: Option<T>) -> Met {
    match (&own, other) {
        (_, None) => Met::Same,
        (Some(own), Some(other)) if *own == other => Met::Same,
        (Some(_), Some(_)) => Met::Differs,
        (None, other) => {
            *own = other;
            Met::Taken
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_fields_come_from_the_next_best_and_other_words_are_noted() {
        let tool = |text: &str| Tool::from_json(text).expect("a tool");
        let mut best = tool(r#"{"name":"copy_row","description":"Copies"}"#);
        let others = vec![
            (ToolOrigin::Card, "card".to_owned(), tool(r#"{"name":"copy_row","description":"Copies a row"}"#)),
            (
                ToolOrigin::Static,
                "source".to_owned(),
                tool(
                    r#"{"name":"copy_row","description":"Copies","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":false}}"#,
                ),
            ),
        ];
        let merged = merge(&mut best, others);
        let shown =
            |all: &[OtherStatement]| all.iter().map(|s| format!("{} {}", s.field, s.target)).collect::<Vec<_>>();
        assert_eq!(shown(&merged.taken), ["inputSchema source", "annotations source"]);
        assert_eq!(shown(&merged.differs), ["description card"]);
        assert_eq!(best.description.as_deref(), Some("Copies"));
        assert!(best.input_schema.is_some() && best.annotations.read_only_hint == Some(false));
    }
}
