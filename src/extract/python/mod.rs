//! Reads the tools of MCP servers written in Python: a package's files in, tool objects out.
//! Never runs anything, never guesses a value that it cannot follow.

use super::{Budget, Extraction, SourceTree};

/// The tools that the package's entry points register.
pub fn extract(_tree: &SourceTree, _budget: &Budget) -> Extraction {
    Extraction::default()
}
