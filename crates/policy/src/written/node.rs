//! JSON, YAML and TOML as one tree whose every node knows where it stands, with keys that come twice kept.

use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use std::ops::Range;

/// A value and the bytes of the file that it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) value: NodeValue,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeValue {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<NodeEntry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeEntry {
    pub(crate) key: String,
    pub(crate) at: Range<usize>,
    pub(crate) node: Node,
}

impl Node {
    /// The entries of a map; none of what is no map.
    pub(crate) fn entries(&self) -> &[NodeEntry] {
        if let NodeValue::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The entries that a parser keeps: of a key that comes twice the last.
    pub(crate) fn kept(&self) -> Vec<&NodeEntry> {
        let last: HashMap<&str, usize> =
            self.entries().iter().map(|entry| (entry.key.as_str(), entry.at.start)).collect();
        self.entries().iter().filter(|entry| last.get(entry.key.as_str()) == Some(&entry.at.start)).collect()
    }

    /// The items of a list; none of what is no list.
    pub(crate) fn items(&self) -> &[Node] {
        if let NodeValue::List(items) = &self.value { items } else { &[] }
    }

    /// The entry of a key; of several the last, which parsers keep.
    pub(crate) fn entry(&self, key: &str) -> Option<&NodeEntry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value below several keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let NodeValue::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        if let NodeValue::Bool(truth) = self.value { Some(truth) } else { None }
    }

    pub(crate) fn whole(&self) -> Option<u64> {
        if let NodeValue::Number(number) = &self.value { number.as_u64() } else { None }
    }

    /// The texts of a list with the places where they stand.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &Range<usize>)> {
        self.items().iter().filter_map(|item| Some((item.text()?, &item.span)))
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, NodeValue::Map(_))
    }

    /// The same without places; of keys that come twice the last.
    pub(crate) fn json(&self) -> Value {
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(truth) => Value::Bool(*truth),
            NodeValue::Number(number) => Value::Number(number.clone()),
            NodeValue::Text(text) => Value::String(text.clone()),
            NodeValue::List(items) => items.iter().map(Node::json).collect(),
            NodeValue::Map(entries) => {
                let all: Map<String, Value> = entries.iter().map(|e| (e.key.clone(), e.node.json())).collect();
                Value::Object(all)
            }
        }
    }

    /// What it is, for a message: shortened, on one line.
    pub(crate) fn shown(&self) -> String {
        match &self.value {
            NodeValue::List(_) => "a list".to_owned(),
            NodeValue::Map(_) => "a table".to_owned(),
            NodeValue::Text(text) => format!("\"{}\"", text.chars().take(40).collect::<String>()),
            other => Node { span: 0..0, value: other.clone() }.json().to_string(),
        }
    }
}

/// Text that is not of its notation: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unparsed {
    pub(crate) at: Range<usize>,
    pub(crate) why: String,
}

impl Unparsed {
    /// What a notation says of a place; an empty place becomes the sign that stands there.
    pub(crate) fn new(text: &str, at: Range<usize>, why: impl Into<String>) -> Unparsed {
        let mut start = at.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let next = text[start..].chars().next().map_or(0, char::len_utf8);
        let mut end = at.end.clamp(start, text.len()).max(start + next);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Unparsed { at: start..end, why: why.into() }
    }
}
