//! Verdict in, decision out, then one file per enforcement point that writes the decision down.
//!
//! A decision is made once, in `decision` and `arguments`, and never in a target: a target that cannot express one takes
//! the stricter side (`fit`), and every document is read back and replayed before anyone sees it (`verify`).

mod arguments;
mod decision;
mod document;
mod fit;
mod plan;
mod profile;
mod recommend;
#[cfg(test)]
mod specimen;
mod target;
mod text;
mod verify;

pub use arguments::decide_with_arguments;
pub use decision::{Condition, Decision, Effect, Test, UnknownEffect, Window, decide_by};
pub use document::{Advice, Document, advise, answer, document, table};
pub use fit::{Change, Loss, Refused};
pub use plan::{Launch, PlannedServer, PlannedTool, alias_of};
pub use profile::{Arguments, Profile, ProfileError, Uncounted};
pub use recommend::{decide_found, recommend};
pub use target::{Features, Options, Output, Refusal, Target, targets};
