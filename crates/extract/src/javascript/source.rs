//! The source files of one package, parsed at most once each: path in, text and syntax tree out. Never reads a file that
//! is not in the tree it was given.

use super::leading::leading;
use super::outline::{self, LARGE, Piece};
use crate::{Budget, SourceTree, syntax};
use mcpdex_model::{Partial, ToolSite};
use std::cell::OnceCell;
use tree_sitter::Tree;

pub(crate) use crate::engine::site::{FileId, Site};

/// A syntax tree, once it was asked for.
type Parsed = OnceCell<Result<Tree, Partial>>;

struct Source<'t> {
    path: &'t str,
    bytes: &'t [u8],
    /// Checked once: asking for the text is the reader's most frequent question.
    text: &'t str,
    tree: Parsed,
    /// What a large file is taken apart into, and their trees.
    pieces: OnceCell<Option<Vec<(Piece<'t>, Parsed)>>>,
    /// Which of those may lead to a registration.
    leading: OnceCell<Vec<bool>>,
}

impl Source<'_> {
    fn ending(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    fn language(&self) -> tree_sitter::Language {
        let language = match self.ending() {
            "ts" | "mts" | "cts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
            "tsx" => tree_sitter_typescript::LANGUAGE_TSX,
            _ => tree_sitter_javascript::LANGUAGE,
        };
        language.into()
    }
}

/// Every file of a package, in the order of the paths.
pub(crate) struct Sources<'t> {
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
                let (tree, pieces, leading) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
                Source { path: path.as_str(), bytes, text, tree, pieces, leading }
            })
            .collect();
        Sources { files, budget }
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
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

    pub(crate) fn path(&self, file: FileId) -> &'t str {
        self.files[file.0].path
    }

    /// The text of a file; empty when it is not UTF-8.
    pub(crate) fn text(&self, file: FileId) -> &'t str {
        self.files[file.0].text
    }

    /// The syntax tree of a file, parsed on first use.
    ///
    /// # Errors
    /// The file was refused; the reason is ready to be reported.
    pub(crate) fn tree(&'t self, file: FileId) -> Result<&'t Tree, &'t Partial> {
        let source = &self.files[file.0];
        let parse = || syntax::parse(&source.language(), source.path, source.bytes, self.budget);
        source.tree.get_or_init(parse).as_ref()
    }

    /// The parts of a large file that are parsed one by one; `None` where the file is parsed as a whole.
    pub(crate) fn pieces(&'t self, file: FileId) -> Option<impl ExactSizeIterator<Item = &'t Piece<'t>>> {
        let source = &self.files[file.0];
        let is_plain = ["js", "mjs", "cjs"].contains(&source.ending());
        let apart = || {
            let pieces = (is_plain && source.text.len() >= LARGE).then(|| outline::pieces(source.text)).flatten()?;
            Some(pieces.into_iter().map(|piece| (piece, OnceCell::new())).collect())
        };
        Some(source.pieces.get_or_init(apart).as_ref()?.iter().map(|(piece, _)| piece))
    }

    /// The syntax tree of one part of a large file, parsed on first use.
    ///
    /// # Errors
    /// The part was refused; the reason is ready to be reported.
    pub(crate) fn piece(&'t self, file: FileId, at: usize) -> Option<Result<&'t Tree, &'t Partial>> {
        let source = &self.files[file.0];
        let (piece, tree) = source.pieces.get()?.as_ref()?.get(at)?;
        let parse = || {
            let (language, range) = (source.language(), piece.range.clone());
            syntax::parse_part(&language, source.path, source.bytes, range, piece.row, self.budget)
        };
        Some(tree.get_or_init(parse).as_ref())
    }

    /// Whether code that stands at byte `at` of a file may lead to a registration. Only of large files is that asked.
    pub(super) fn may_register(&self, file: FileId, at: usize) -> bool {
        let source = &self.files[file.0];
        let Some(Some(pieces)) = source.pieces.get() else { return true };
        let all = || pieces.iter().map(|(piece, _)| piece).collect::<Vec<_>>();
        let leading = source.leading.get_or_init(|| leading(source.text, &all()));
        let number = pieces.partition_point(|(piece, _)| piece.range.end <= at);
        leading.get(number).copied().unwrap_or(true)
    }

    /// A site as people and the database see it.
    pub(super) fn tool_site(&self, site: Site) -> ToolSite {
        site.told(self.path(site.file))
    }
}
