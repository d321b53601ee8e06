//! Verdict in, decision out, then one file per enforcement point that writes the decision down.
//!
//! A decision is made once, here, and never in a target: a target that cannot express one takes the stricter side.

mod decision;
pub mod policylayer;

pub use decision::{Decision, Effect, Window, decide};
