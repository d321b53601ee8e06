//! Every document is read back and asked: each tool of its scope with arguments that pass and that fail, and tools that
//! nobody knows. A document whose answers differ from what was meant is not written.
//!
//! The evaluators (`targets/NAME/replay.rs`) are written from the published behaviour of each target and share nothing with
//! the files that write the documents. Cedar, CEL and Rego are decided by their own engines.

#[cfg(feature = "verify")]
pub(crate) mod cedar;
#[cfg(feature = "verify")]
pub(crate) mod cel;
pub(crate) mod evaluator;
pub(crate) mod expression;
pub(crate) mod operator;
pub(crate) mod samples;
pub(crate) mod verify;
