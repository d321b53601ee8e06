//! The rule pack: files in, compiled rules out, each held against what a tool states. It judges no tool.

pub(crate) mod attacks;
pub(crate) mod builtin;
pub(crate) mod clause;
pub(crate) mod clause_index;
pub(crate) mod clause_match;
pub(crate) mod compile;
pub(crate) mod digest;
pub(crate) mod error;
pub(crate) mod kept;
pub(crate) mod pack;
pub(crate) mod praise_words;
pub(crate) mod risk_factor;
pub(crate) mod ruleset;
pub(crate) mod self_praise;
pub(crate) mod source_file;
pub mod syntax;
pub(crate) mod taxonomy;
