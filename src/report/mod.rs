//! What the commands print: tables for people, JSON for programs. Text from servers is made harmless here.

mod json;
mod probe;
mod text;
mod visible;

pub use json::to_json;
pub use probe::{ProbeReport, ProbedCard, ProbedTool};
pub use visible::visible;
