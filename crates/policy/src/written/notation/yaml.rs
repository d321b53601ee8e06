//! YAML, one tree for each document of the file. An alias is a copy of what it refers to, as far as that stays small.

use super::super::node::{Node, NodeEntry, NodeValue, Unparsed};
use granit_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Number;
use std::collections::BTreeMap;
use std::ops::Range;

/// How deep a document may nest; policies nest to about ten.
const DEEPEST: usize = 100;

/// How many nodes a file may have, copies by aliases included.
const MOST_NODES: usize = 1_000_000;

/// # Errors
/// The text is no YAML, or its references make it too large.
pub(crate) fn yaml(text: &str) -> Result<Vec<Node>, Unparsed> {
    let mut tree = Tree { text, open: Vec::new(), done: Vec::new(), anchors: BTreeMap::new(), nodes: 0 };
    for next in Parser::new_from_str(text) {
        match next {
            Ok((event, span)) => tree.take(event, &span)?,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len());
                return Err(Unparsed::new(text, at..at, error.info()));
            }
        }
    }
    Ok(tree.done)
}

/// A list or map that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<(String, Range<usize>)>,
}

struct Tree<'t> {
    text: &'t str,
    open: Vec<Open>,
    done: Vec<Node>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
}

impl Tree<'_> {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Unparsed> {
        let range = span.byte_range().unwrap_or(0..0);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let value = if style == ScalarStyle::Plain { plain(&text) } else { NodeValue::Text(text.into_owned()) };
                self.put(Node { span: range, value }, anchor, 1)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(NodeValue::List(Vec::new()), range, anchor),
            Event::MappingStart(_, anchor, _) => self.begin(NodeValue::Map(Vec::new()), range, anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { mut node, anchor, .. }) = self.open.pop() else { return Ok(()) };
                node.span.end = range.end.max(node.span.start);
                let size = count(&node);
                self.put(node, anchor, size)
            }
            Event::Alias(id) => match self.anchors.get(&id).cloned() {
                Some((mut node, size)) => {
                    node.span = range;
                    self.put(node, 0, size)
                }
                None => Err(Unparsed::new(self.text, range, "it refers to something that is not there")),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: NodeValue, span: Range<usize>, anchor: usize) -> Result<(), Unparsed> {
        if self.open.len() >= DEEPEST {
            return Err(Unparsed::new(self.text, span, "it nests too deep"));
        }
        self.open.push(Open { node: Node { span, value }, anchor, key: None });
        Ok(())
    }

    fn put(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Unparsed> {
        self.nodes += size;
        if self.nodes > MOST_NODES {
            return Err(Unparsed::new(self.text, node.span, "its references make it too large"));
        }
        if anchor != 0 {
            // Kept for its aliases, it takes the same room once more.
            self.nodes += size;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.done.push(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (NodeValue::List(items), _) => items.push(node),
            (NodeValue::Map(entries), Some((key, at))) => entries.push(NodeEntry { key, at, node }),
            (NodeValue::Map(_), None) => {
                let key = match &node.value {
                    NodeValue::Text(text) => text.clone(),
                    // A plain `true`, `1` or `null` is a key of that spelling.
                    NodeValue::List(_) | NodeValue::Map(_) => {
                        return Err(Unparsed::new(self.text, node.span, "a key is a text"));
                    }
                    _ => self.text.get(node.span.clone()).unwrap_or_default().to_owned(),
                };
                open.key = Some((key, node.span));
            }
            _ => {}
        }
        Ok(())
    }
}

fn count(node: &Node) -> usize {
    1 + node.items().iter().map(count).sum::<usize>() + node.entries().iter().map(|e| count(&e.node)).sum::<usize>()
}

/// A plain scalar by the core schema.
fn plain(text: &str) -> NodeValue {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return NodeValue::Null,
        "true" | "True" | "TRUE" => return NodeValue::Bool(true),
        "false" | "False" | "FALSE" => return NodeValue::Bool(false),
        _ => {}
    }
    let digits = text.trim_start_matches(['-', '+']);
    if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        if let Ok(whole) = text.parse::<i64>() {
            return NodeValue::Number(whole.into());
        }
        let written = digits.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
        if let (true, Some(number)) = (written, text.parse::<f64>().ok().and_then(Number::from_f64)) {
            return NodeValue::Number(number);
        }
    }
    NodeValue::Text(text.to_owned())
}
