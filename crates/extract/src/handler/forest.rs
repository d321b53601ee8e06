//! The source of one language in a package, as its reader parsed it or as it is parsed when first asked for.

use crate::javascript::source::{FileId, Sources as JavaScriptSources};
use crate::program::source::{Sources, is_aside};
use crate::{Budget, SourceTree, syntax};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Files with their syntax trees. Behind them stand the parts of large files that are parsed one by one: numbers of their
/// own, with the path and the text of the file that they are parts of.
pub(crate) trait Forest {
    /// How many files and parts there are.
    fn files(&self) -> usize;
    fn path(&self, file: usize) -> &str;
    /// The text of the whole file, by which nodes have their places.
    fn text(&self, file: usize) -> &str;
    /// The roots of the trees of a file or part, and whether all of it could be parsed.
    fn roots(&self, file: usize) -> (Vec<Node<'_>>, bool);
    /// Whether a file is source of the server at all: of the language, and no test.
    fn counts(&self, file: usize) -> bool;

    /// What of the text belongs to a file or part.
    fn ranges(&self, file: usize) -> Cow<'_, [Range<usize>]> {
        let all = 0..self.text(file).len();
        Cow::Owned(vec![all])
    }

    /// The file that a part is a part of; a file itself.
    fn whole(&self, file: usize) -> usize {
        file
    }

    /// A file and its parts.
    fn parts(&self, file: usize) -> Vec<usize> {
        vec![file]
    }

    /// The part that declares a name at the top of the same file.
    fn part(&self, _file: usize, _name: &str) -> Option<usize> {
        None
    }

    /// Whether a word stands in a file or part.
    fn holds(&self, file: usize, word: &str) -> bool {
        let text = self.text(file);
        self.ranges(file).iter().any(|range| text.get(range.clone()).is_some_and(|text| text.contains(word)))
    }
}

fn root(tree: Option<&Tree>) -> (Vec<Node<'_>>, bool) {
    (tree.map(Tree::root_node).into_iter().collect(), tree.is_some())
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

    fn roots(&self, file: usize) -> (Vec<Node<'_>>, bool) {
        root(self.files.get(file).map(|source| &source.tree))
    }

    fn counts(&self, _: usize) -> bool {
        true
    }
}

/// Endings of JavaScript and TypeScript.
const SCRIPTS: [&str; 8] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];

/// The files of the JavaScript reader, which outlive it. Of a large file that is taken apart, the file itself stands for
/// what is followed where it stands; each declaration that is put off is a part.
pub(crate) struct Scripts<'t> {
    sources: &'t JavaScriptSources<'t>,
    /// The file of each part, and which of its pieces it is.
    parts: Vec<(usize, usize)>,
    /// The pieces that belong to each large file or part, and what of the text they are.
    pieces: HashMap<usize, (Vec<usize>, Vec<Range<usize>>)>,
    /// Each large file with its parts.
    of_file: HashMap<usize, Vec<usize>>,
    names: HashMap<(usize, &'t str), usize>,
}

impl<'t> Scripts<'t> {
    pub(crate) fn new(sources: &'t JavaScriptSources<'t>) -> Self {
        let (parts, pieces, of_file, names) = (Vec::new(), HashMap::new(), HashMap::new(), HashMap::new());
        let mut scripts = Scripts { sources, parts, pieces, of_file, names };
        for file in 0..sources.len() {
            let Some(pieces) = scripts.counts(file).then(|| sources.pieces(FileId(file))).flatten() else { continue };
            scripts.pieces.entry(file).or_default();
            let of_file = scripts.of_file.entry(file).or_insert_with(|| vec![file]);
            for (at, piece) in pieces.enumerate() {
                let mut number = file;
                if !piece.names.is_empty() {
                    number = sources.len() + scripts.parts.len();
                    scripts.names.extend(piece.names.iter().map(|name| ((file, *name), number)));
                    scripts.parts.push((file, at));
                    of_file.push(number);
                }
                let (pieces, ranges) = scripts.pieces.entry(number).or_default();
                pieces.push(at);
                ranges.push(piece.range.clone());
            }
        }
        scripts
    }

    /// The part behind the files that `file` is.
    fn part_at(&self, file: usize) -> Option<(usize, usize)> {
        self.parts.get(file.checked_sub(self.sources.len())?).copied()
    }
}

impl Forest for Scripts<'_> {
    fn files(&self) -> usize {
        self.sources.len() + self.parts.len()
    }

    fn path(&self, file: usize) -> &str {
        self.sources.path(FileId(self.whole(file)))
    }

    fn text(&self, file: usize) -> &str {
        self.sources.text(FileId(self.whole(file)))
    }

    fn roots(&self, file: usize) -> (Vec<Node<'_>>, bool) {
        let Some((pieces, _)) = self.pieces.get(&file) else {
            return root(self.sources.tree(FileId(file)).ok());
        };
        let (whole, mut roots, mut is_whole) = (FileId(self.whole(file)), Vec::new(), true);
        for at in pieces {
            match self.sources.piece(whole, *at) {
                Some(Ok(tree)) => roots.push(tree.root_node()),
                _ => is_whole = false,
            }
        }
        (roots, is_whole)
    }

    fn counts(&self, file: usize) -> bool {
        let path = self.path(file);
        let is_script = path.rsplit_once('.').is_some_and(|(_, ending)| SCRIPTS.contains(&ending));
        is_script && !path.ends_with(".d.ts") && !is_aside(path)
    }

    fn ranges(&self, file: usize) -> Cow<'_, [Range<usize>]> {
        match self.pieces.get(&file) {
            Some((_, ranges)) => Cow::Borrowed(ranges),
            None => {
                let all = 0..self.text(file).len();
                Cow::Owned(vec![all])
            }
        }
    }

    fn whole(&self, file: usize) -> usize {
        self.part_at(file).map_or(file, |(whole, _)| whole)
    }

    fn parts(&self, file: usize) -> Vec<usize> {
        let whole = self.whole(file);
        self.of_file.get(&whole).cloned().unwrap_or_else(|| vec![whole])
    }

    fn part(&self, file: usize, name: &str) -> Option<usize> {
        self.names.get(&(self.whole(file), name)).copied()
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

    fn roots(&self, file: usize) -> (Vec<Node<'_>>, bool) {
        let Some((path, bytes, tree)) = self.files.get(file) else { return (Vec::new(), false) };
        root(tree.get_or_init(|| syntax::parse(&self.language, path, bytes, self.budget).ok()).as_ref())
    }

    fn counts(&self, file: usize) -> bool {
        !is_aside(self.path(file))
    }
}
