//! Registrations in code that the walk never came to, though a run may: blocks, accessors, operators and callbacks that
//! nothing calls by name, and functions whose name stands elsewhere. Text, trees and what was walked in; notes out.
//!
//! What only a name leads to that stands nowhere else is dead, and nothing is said of it.

use super::ast::Class;
use super::machine::Machine;
use super::source::{FileId, Site, field};
use mcpdex_model::PartialReason;
use std::collections::{HashMap, HashSet};
use tree_sitter::Node;

/// Parts of the names that grammars give to what is called: a function by its name, and what the language calls by itself.
const CALLABLES: [&str; 16] = [
    "function",
    "method",
    "func_literal",
    "constructor",
    "lambda",
    "initializer",
    "accessor",
    "getter",
    "setter",
    "operator_declaration",
    "destructor",
    "indexer",
    "finalizer",
    "property_declaration",
    "field_declaration",
    "property_delegate",
];
/// Those among them that only sound like it.
const NOT: [&str; 7] = [
    "function_type",
    "method_invocation",
    "method_reference",
    "constructor_invocation",
    "initializer_expression",
    "array_initializer",
    "lambda_parameters",
];
/// Methods that the languages' own libraries call: when something is shown, compared, sorted, started or closed.
const CALLED_BY_LIBRARIES: [&str; 36] = [
    "String",
    "Error",
    "Less",
    "Len",
    "Swap",
    "ServeHTTP",
    "Write",
    "Read",
    "Close",
    "MarshalJSON",
    "UnmarshalJSON",
    "MarshalText",
    "UnmarshalText",
    "Format",
    "Scan",
    "run",
    "call",
    "close",
    "get",
    "accept",
    "apply",
    "test",
    "compareTo",
    "compare",
    "toString",
    "hashCode",
    "equals",
    "iterator",
    "Dispose",
    "DisposeAsync",
    "ToString",
    "Equals",
    "GetHashCode",
    "StartAsync",
    "ExecuteAsync",
    "Invoke",
];
/// Mentions of one word in one file that are looked at.
const MAX_MENTIONS: usize = 500;

/// Whether names stand only once in the source, as far as that was asked.
type Said<'t> = HashMap<&'t str, bool>;

/// Where a walk came by.
#[derive(Debug, Default)]
pub(super) struct Trail<'t> {
    /// The syntax of code that was walked, by its number.
    pub(super) walked: HashSet<usize>,
    /// Where calls that leave the package were come upon.
    pub(super) seen_calls: HashSet<Site>,
    /// Classes whose own blocks were run.
    pub(super) initialised: HashSet<*const Class<'t>>,
}

impl<'t> Machine<'t> {
    /// Notes that something in a node nests too deep to be followed, where it may register tools.
    pub(super) fn note_left_out(&mut self, file: FileId, node: Node<'t>) {
        let text = self.sources.files[file.0].text.get(node.byte_range()).unwrap_or_default();
        if self.dialect.registers().iter().any(|word| text.contains(word)) {
            let detail = "what nests too deep is not followed, and it may register tools".to_owned();
            self.note(PartialReason::LimitReached, detail, Some(Site::of(file, node)));
        }
    }

    /// Notes where registrations stand that the walk did not come to and that are not dead.
    pub(super) fn note_unwalked(&mut self) {
        let words = self.dialect.calls_that_register();
        let mut found: Vec<Site> = Vec::new();
        let mut said = Said::new();
        let sources = self.sources;
        for (at, source) in sources.files.iter().enumerate() {
            for word in words {
                for (place, _) in source.text.match_indices(word).take(MAX_MENTIONS) {
                    if !self.work.goes_on() {
                        break;
                    }
                    let file = FileId(at);
                    // The name stands where the call is, a dot in front of it left out.
                    let place = place + usize::from(word.starts_with('.'));
                    let node = source.tree.root_node().descendant_for_byte_range(place, place);
                    let is_seen = |node: &Node<'t>| self.trail.seen_calls.contains(&Site::of(file, *node));
                    if let Some(node) = node.filter(|node| !is_seen(node) && self.is_left(file, *node, &mut said)) {
                        found.push(Site::of(file, node));
                    }
                }
            }
        }
        found.sort_by_key(|site| (site.file.0, site.line));
        for site in found {
            let detail = "a registration stands in code that is called in ways that are not followed".to_owned();
            self.lacks(detail, site);
        }
    }

    /// Whether what stands at a node was not walked, and may run all the same.
    fn is_left(&self, file: FileId, node: Node<'t>, said: &mut Said<'t>) -> bool {
        let mut left = None;
        let mut at = Some(node);
        while let Some(inner) = at {
            let kind = inner.kind();
            if self.trail.walked.contains(&inner.id()) {
                break;
            }
            if ["comment", "import", "string", "annotation", "attribute"].iter().any(|word| kind.contains(word)) {
                return false;
            }
            let outer = inner.parent();
            if is_callable(kind, outer.map_or("", |outer| outer.kind())) {
                left = Some(inner);
            }
            at = outer;
        }
        left.is_some_and(|callable| !self.is_dead(file, callable, said))
    }

    /// Whether nothing leads to what can be called: neither its name nor that of the class around it stands elsewhere.
    fn is_dead(&self, file: FileId, callable: Node<'t>, said: &mut Said<'t>) -> bool {
        let text: &'t str = self.sources.files[file.0].text;
        let of = |node: Node<'t>| text.get(node.byte_range()).unwrap_or_default();
        let name = field(callable, "name").map(of);
        let is_function = callable.kind().contains("function") || callable.kind().contains("method");
        let head = of(callable).split(['(', '{']).next().unwrap_or_default();
        let is_called_by_others = ["override", "Override", "operator", "init"].iter().any(|word| has_word(head, word))
            || name.is_some_and(|name| CALLED_BY_LIBRARIES.contains(&name));
        if is_function && !is_called_by_others && name.is_some_and(|name| self.is_said_once(name, said)) {
            return true;
        }
        let mut at = callable.parent();
        while let Some(outer) = at {
            let is_class = ["class_declaration", "object_declaration", "record_declaration", "struct_declaration"];
            if is_class.contains(&outer.kind())
                && let Some(name) = field(outer, "name")
            {
                return self.is_said_once(of(name), said);
            }
            at = outer.parent();
        }
        false
    }

    /// Whether a name stands only where it is declared.
    fn is_said_once(&self, name: &'t str, said: &mut Said<'t>) -> bool {
        if let Some(is_once) = said.get(name) {
            return *is_once;
        }
        let count = |text: &str| {
            let bytes = text.as_bytes();
            let is_word = |at: Option<usize>| {
                at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            };
            let whole = |at: &usize| !is_word(at.checked_sub(1)) && !is_word(Some(at + name.len()));
            text.match_indices(name).map(|(at, _)| at).filter(whole).take(2).count()
        };
        let places = self.sources.files.iter().map(|source| count(source.text)).sum::<usize>();
        *said.entry(name).or_insert(!name.is_empty() && places < 2)
    }
}

/// Whether a node of this kind, in one of the other kind, is code that runs when something calls it or makes an object.
fn is_callable(kind: &str, outer: &str) -> bool {
    let is_member = outer.ends_with("body") || matches!(outer, "source_file" | "declaration_list");
    let is_value = kind == "property_declaration" || kind == "field_declaration";
    CALLABLES.iter().any(|word| kind.contains(word))
        && !NOT.iter().any(|word| kind.contains(word))
        && (is_member || !is_value)
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}
