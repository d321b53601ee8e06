//! The source files of one package, parsed at most once each: path in, text and syntax tree out. Never reads a file that
//! is not in the tree it was given.

use crate::{Budget, SourceTree, syntax};
use mcpdex_model::{Partial, ToolSite};
use std::cell::OnceCell;
use tree_sitter::Tree;

pub(super) use crate::engine::site::{FileId, Site};

struct Source<'t> {
    path: &'t str,
    bytes: &'t [u8],
    /// Checked once: asking for the text is the reader's most frequent question.
    text: &'t str,
    tree: OnceCell<Result<Tree, Partial>>,
}

/// Every file of a package, in the order of the paths.
pub(super) struct Sources<'t> {
    files: Vec<Source<'t>>,
    budget: &'t Budget,
}

impl<'t> Sources<'t> {
    pub(super) fn new(tree: &'t SourceTree, budget: &'t Budget) -> Self {
        let files = tree
            .files
            .iter()
            .map(|(path, bytes)| {
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                Source { path: path.as_str(), bytes, text, tree: OnceCell::new() }
            })
            .collect();
        Sources { files, budget }
    }

    /// The file at exactly `path`.
    pub(super) fn find(&self, path: &str) -> Option<FileId> {
        self.files.binary_search_by(|file| file.path.cmp(path)).ok().map(FileId)
    }

    /// The files whose path starts with `prefix`, in order.
    pub(super) fn under<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = FileId> + 's {
        let from = self.files.partition_point(|file| file.path < prefix);
        (from..self.files.len()).take_while(move |at| self.files[*at].path.starts_with(prefix)).map(FileId)
    }

    pub(super) fn path(&self, file: FileId) -> &'t str {
        self.files[file.0].path
    }

    /// The text of a file; empty when it is not UTF-8.
    pub(super) fn text(&self, file: FileId) -> &'t str {
        self.files[file.0].text
    }

    /// The syntax tree of a file, parsed on first use.
    ///
    /// # Errors
    /// The file was refused; the reason is ready to be reported.
    pub(super) fn tree(&'t self, file: FileId) -> Result<&'t Tree, &'t Partial> {
        let source = &self.files[file.0];
        let parsed = source.tree.get_or_init(|| {
            let ending = source.path.rsplit_once('.').map_or("", |(_, ending)| ending);
            let language = match ending {
                "ts" | "mts" | "cts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
                "tsx" => tree_sitter_typescript::LANGUAGE_TSX,
                _ => tree_sitter_javascript::LANGUAGE,
            };
            syntax::parse(&language.into(), source.path, source.bytes, self.budget)
        });
        parsed.as_ref()
    }

    /// A site as people and the database see it.
    pub(super) fn tool_site(&self, site: Site) -> ToolSite {
        site.told(self.path(site.file))
    }
}
