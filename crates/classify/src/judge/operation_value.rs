//! One value that selects an operation, with the place where it stands, and how much of them is read.

use mcpdex_model::{Evidence, Field};

/// How many operations of one parameter are judged.
pub(crate) const MAX_OPERATIONS: usize = 4096;
/// The longest word that can be an operation.
pub(crate) const MAX_WORD: usize = 40;

/// What stands for a rule where none knows an operation.
pub(crate) const UNKNOWN_OPERATION: &str = "unknown-operation";

/// One value, with the place where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub text: String,
    pub pointer: String,
    pub field: Field,
    pub start: usize,
    pub end: usize,
}

impl Value {
    pub(crate) fn evidence(&self, rule: &str) -> Evidence {
        Evidence {
            rule: if rule.is_empty() { UNKNOWN_OPERATION } else { rule }.to_owned(),
            field: self.field,
            pointer: self.pointer.clone(),
            text: self.text.clone(),
            start: self.start,
            end: self.end,
        }
    }

    pub(crate) fn listed(text: &str, pointer: String) -> Value {
        Value { text: text.to_owned(), pointer, field: Field::ParameterValue, start: 0, end: text.len() }
    }
}
