//! The source of one language in a package, as its reader parsed it or as it is parsed when first asked for.

use crate::javascript::source::{FileId, Sources as JavaScriptSources};
use crate::program::source::{Sources, is_aside};
use crate::{Budget, SourceTree, syntax};
use std::cell::OnceCell;
use std::collections::HashMap;
use tree_sitter::Tree;

/// Files with their syntax trees.
pub(crate) trait Forest {
    /// How many files there are.
    fn files(&self) -> usize;
    fn path(&self, file: usize) -> &str;
    fn text(&self, file: usize) -> &str;
    /// `None` for a file that could not be parsed.
    fn tree(&self, file: usize) -> Option<&Tree>;
    /// Whether a file is source of the server at all: of the language, and no test.
    fn counts(&self, file: usize) -> bool;
}

impl Forest for Sources<'_> {
    fn files(&self) -> usize {
        self.files.len()
    }

    fn path(&self, file: usize) -> &str {
        self.files[file].path
    }

    fn text(&self, file: usize) -> &str {
        self.files[file].text
    }

    fn tree(&self, file: usize) -> Option<&Tree> {
        self.files.get(file).map(|source| &source.tree)
    }

    fn counts(&self, _: usize) -> bool {
        true
    }
}

/// Endings of JavaScript and TypeScript.
const SCRIPTS: [&str; 8] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];

/// The files of the JavaScript reader, which outlive it.
pub(crate) struct Scripts<'t>(pub &'t JavaScriptSources<'t>);

impl Forest for Scripts<'_> {
    fn files(&self) -> usize {
        self.0.len()
    }

    fn path(&self, file: usize) -> &str {
        self.0.path(FileId(file))
    }

    fn text(&self, file: usize) -> &str {
        self.0.text(FileId(file))
    }

    fn tree(&self, file: usize) -> Option<&Tree> {
        self.0.tree(FileId(file)).ok()
    }

    fn counts(&self, file: usize) -> bool {
        let path = self.path(file);
        let is_script = path.rsplit_once('.').is_some_and(|(_, ending)| SCRIPTS.contains(&ending));
        is_script && !path.ends_with(".d.ts") && !is_aside(path)
    }
}

/// The path and the bytes of a file, and its tree once that was asked for.
type ParsedFile<'t> = (&'t str, &'t [u8], OnceCell<Option<Tree>>);

/// Files that are parsed here where their reader did not.
pub(crate) struct Parsed<'t> {
    files: Vec<ParsedFile<'t>>,
    language: tree_sitter::Language,
    budget: &'t Budget,
}

impl<'t> Parsed<'t> {
    /// The files of a tree whose names end with `ending`; `known` holds the trees of those that their reader parsed, by path.
    pub(crate) fn new(
        tree: &'t SourceTree,
        ending: &str,
        language: tree_sitter::Language,
        budget: &'t Budget,
        mut known: HashMap<String, Tree>,
    ) -> Parsed<'t> {
        let own = tree.files.iter().filter(|(path, _)| path.ends_with(ending));
        let files = own.map(|(path, bytes)| {
            let parsed = known.remove(path).map_or_else(OnceCell::new, |tree| OnceCell::from(Some(tree)));
            (path.as_str(), bytes.as_slice(), parsed)
        });
        let files = files.collect();
        Parsed { files, language, budget }
    }
}

impl Forest for Parsed<'_> {
    fn files(&self) -> usize {
        self.files.len()
    }

    fn path(&self, file: usize) -> &str {
        self.files[file].0
    }

    fn text(&self, file: usize) -> &str {
        std::str::from_utf8(self.files[file].1).unwrap_or_default()
    }

    fn tree(&self, file: usize) -> Option<&Tree> {
        let (path, bytes, tree) = self.files.get(file)?;
        tree.get_or_init(|| syntax::parse(&self.language, path, bytes, self.budget).ok()).as_ref()
    }

    fn counts(&self, file: usize) -> bool {
        !is_aside(self.path(file))
    }
}
