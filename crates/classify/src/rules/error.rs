//! Why a set of rules cannot be used.

use std::path::PathBuf;

/// Why a set of rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("cannot read rules from {path}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{file} is not a rule file: {message}")]
    Syntax { file: String, message: String },
    #[error("rule `{rule}` in {file}: {message}")]
    Rule { file: String, rule: String, message: String },
    #[error("no rules found in {0}: an empty set would call nothing dangerous")]
    Empty(String),
}
