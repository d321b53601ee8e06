//! Policies that people wrote: text in, rules and findings out, each with its place in the file.
//!
//! Unlike `replay`, which takes only what mcpdex itself would write, this reads whatever is there, says what is wrong with it,
//! and answers calls as the target would. What a format means is in `targets/NAME/check.rs`.

#[cfg(feature = "verify")]
pub(crate) mod cedar;
#[cfg(feature = "verify")]
pub(crate) mod cel;
pub(crate) mod conditions;
pub(crate) mod finding;
pub(crate) mod nearest;
pub(crate) mod node;
mod notation;
mod policy;
mod recognise;
pub(crate) mod rule;
pub(crate) mod selector;
pub(crate) mod shape;
pub(crate) mod source;
mod spelling;

pub use finding::{PolicyFault, PolicyFinding};
pub use policy::{CallRuling, RuleOnTool, WrittenError, WrittenPolicy};
