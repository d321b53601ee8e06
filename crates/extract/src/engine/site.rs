//! Places in a package's source: a file by its number while a reader works, its path once the place is told.

use mcpdex_model::ToolSite;
use tree_sitter::Node;

/// One file of the package, by its place among those that the reader looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub usize);

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    pub file: FileId,
    /// Line, counted from 1.
    pub line: u32,
}

impl Site {
    /// Where a node begins.
    pub(crate) fn of(file: FileId, node: Node<'_>) -> Self {
        Site { file, line: line_of(node) }
    }

    /// The site as people and the database see it, in the file at `path`.
    pub(crate) fn told(self, path: &str) -> ToolSite {
        told(path, self.line)
    }
}

/// The line of a node's beginning, counted from 1.
pub(crate) fn line_of(node: Node<'_>) -> u32 {
    line(node.start_position().row)
}

/// A row that is counted from 0 as a line.
pub(crate) fn line(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
}

/// A line of the file at `path` as people and the database see it. What begins a program stands in no line; it is told as
/// the first.
pub(crate) fn told(path: &str, line: u32) -> ToolSite {
    ToolSite { file: path.to_owned(), line: line.max(1) }
}
