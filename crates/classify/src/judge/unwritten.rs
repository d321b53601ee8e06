//! What evidence is called by where no rule of a file is concerned.

use crate::judge::finding::HIDDEN_TEXT;
use crate::judge::operation_value::UNKNOWN_OPERATION;

/// Ids that evidence bears beside those of rules, and when, as the end of "it fires where …".
pub const UNWRITTEN: &[(&str, &str)] = &[
    (HIDDEN_TEXT, "a definition holds text that people do not see and a model reads"),
    (UNKNOWN_OPERATION, "a parameter selects an operation that no rule knows, so that it counts as a change"),
];
