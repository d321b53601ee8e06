//! The source files of one language in a package: paths and bytes in, text and syntax trees out. Leaves out what is not
//! part of the server (tests, examples, documentation, vendored libraries) and says which files could not be parsed.

use crate::engine::site::line_of;
use crate::{Budget, SourceTree, syntax};
use mcpdex_model::{Partial, ToolSite};
use std::rc::Rc;
use tree_sitter::{Node, Tree};

pub(crate) use crate::engine::aside::is_aside;
pub(crate) use crate::engine::site::{FileId, Site};

pub(crate) struct Source<'t> {
    pub path: &'t str,
    pub text: &'t str,
    pub tree: Tree,
}

/// A file that was not parsed.
pub(crate) struct Refused<'t> {
    pub text: &'t [u8],
    pub why: Partial,
}

/// The files of one language, in the order of their paths.
pub(crate) struct Sources<'t> {
    pub files: Vec<Source<'t>>,
    pub refused: Vec<Refused<'t>>,
}

impl<'t> Sources<'t> {
    /// Parses every file that `counts` and is not aside.
    pub(crate) fn parse(
        tree: &'t SourceTree,
        budget: &Budget,
        language: &tree_sitter::Language,
        counts: impl Fn(&str) -> bool,
    ) -> Self {
        let mut sources = Sources { files: Vec::new(), refused: Vec::new() };
        for (path, bytes) in &tree.files {
            if !counts(path) || is_aside(path) {
                continue;
            }
            match syntax::parse(language, path, bytes, budget) {
                Ok(tree) => {
                    let text = std::str::from_utf8(bytes).unwrap_or_default();
                    sources.files.push(Source { path, text, tree });
                }
                Err(why) => sources.refused.push(Refused { text: bytes, why }),
            }
        }
        sources
    }

    /// A site as people and the database see it.
    pub(crate) fn tool_site(&self, site: Site) -> ToolSite {
        site.told(self.files[site.file.0].path)
    }
}

/// The lines of statements that the grammar could not read and that hold one of `words`.
pub(crate) fn unread(source: &Source<'_>, words: &[&str]) -> Vec<u32> {
    let mut lines = Vec::new();
    let root = source.tree.root_node();
    if !root.has_error() {
        return lines;
    }
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if node.is_error() {
            let text = source.text.get(node.byte_range()).unwrap_or_default();
            if words.iter().any(|word| text.contains(word)) && lines.len() < 20 {
                lines.push(line_of(node));
            }
        } else if node.has_error() {
            let mut cursor = node.walk();
            pending.extend(node.children(&mut cursor));
        }
    }
    lines.sort_unstable();
    lines
}

/// One file while it is lowered: its text, and how deep the lowering is.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    pub file: FileId,
    pub text: &'t str,
    depth: std::cell::Cell<u32>,
    left_out: std::cell::Cell<bool>,
}

/// How deep expressions and declarations are followed. Every level costs stack in the lowering, in the walk and when the
/// lowered form is dropped.
const MAX_DEPTH: u32 = 200;

impl<'t> Reading<'t> {
    pub(crate) fn new(file: FileId, text: &'t str) -> Self {
        Reading { file, text, depth: std::cell::Cell::new(0), left_out: std::cell::Cell::new(false) }
    }

    pub(crate) fn of(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(crate) fn site(&self, node: Node<'t>) -> Site {
        Site::of(self.file, node)
    }

    /// Runs `read` one level deeper; `None` when that is too deep.
    pub(crate) fn deeper<T>(&self, read: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= MAX_DEPTH {
            self.left_out.set(true);
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = read();
        self.depth.set(self.depth.get() - 1);
        Some(result)
    }

    /// Whether something was left out since it nests too deep.
    pub(crate) fn has_left_out(&self) -> bool {
        self.left_out.get()
    }
}

/// The named children of a node, comments left out.
pub(crate) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() && !child.kind().contains("comment")).collect()
}

/// The children of a node that have this kind, named or not.
pub(crate) fn of_kind<'t>(node: Node<'t>, kind: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| child.kind() == kind).collect()
}

pub(crate) fn first_of<'t>(node: Node<'t>, kinds: &[&str]) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| kinds.contains(&child.kind()))
}

/// The words of a test, without the parentheses around it.
pub(crate) fn words<'t>(reading: &Reading<'t>, test: Option<Node<'t>>) -> Rc<str> {
    let text = test.map_or("", |test| reading.of(test)).trim();
    Rc::from(text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text))
}

/// Whether the text of a block names something that registers tools, in any of the libraries.
pub(crate) fn may_register(text: &str) -> bool {
    ["ddTool", "ools.Add", "ools.add", "ithTools", "registerTool", "McpServerTool"]
        .iter()
        .any(|word| text.contains(word))
}

pub(crate) fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

/// The operands of a chain `a + b + c`, which the grammar nests to the left as deep as it is long.
pub(crate) fn operands<'t>(node: Node<'t>, is_link: impl Fn(Node<'t>) -> bool) -> Vec<Node<'t>> {
    let (mut found, mut at) = (Vec::new(), node);
    while is_link(at) {
        let parts = children(at);
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { break };
        if parts.len() < 2 {
            break;
        }
        found.push(*last);
        at = *first;
    }
    found.push(at);
    found.reverse();
    found
}
