//! TOML. A table stands where its header does; one that no header names, where its first key does.

use super::super::node::{Node, NodeEntry, NodeValue, Unparsed};
use serde_json::Number;
use std::ops::Range;
use toml_edit::{Document, Item, Key, TableLike, Value};

/// # Errors
/// The text is no TOML.
pub(crate) fn toml(text: &str) -> Result<Node, Unparsed> {
    let document = Document::parse(text).map_err(|error| {
        let why = error.message().lines().next().unwrap_or_default().to_owned();
        Unparsed::new(text, error.span().unwrap_or(0..0), why)
    })?;
    Ok(table(document.as_table(), 0..text.len()))
}

fn table(of: &dyn TableLike, span: Range<usize>) -> Node {
    let mut entries: Vec<NodeEntry> = Vec::new();
    for (key, _) in of.iter() {
        let Some((key, item)) = of.get_key_value(key) else { continue };
        entries.push(entry(key, item));
    }
    // In the order of the file: a table may be taken up again below another.
    entries.sort_by_key(|entry| entry.at.start);
    Node { span, value: NodeValue::Map(entries) }
}

fn entry(key: &Key, item: &Item) -> NodeEntry {
    let mut node = item_node(item);
    let at = key.span().unwrap_or_else(|| first(&node));
    if node.span.is_empty() {
        node.span = at.clone();
    }
    NodeEntry { key: key.get().to_owned(), at, node }
}

/// Where the first key of a table stands that has no place of its own.
fn first(node: &Node) -> Range<usize> {
    if !node.span.is_empty() {
        return node.span.clone();
    }
    node.entries().first().map_or(0..0, |entry| entry.at.clone())
}

fn item_node(item: &Item) -> Node {
    match item {
        Item::None => Node { span: 0..0, value: NodeValue::Null },
        Item::Value(value) => value_node(value),
        Item::Table(one) => table(one, one.span().unwrap_or(0..0)),
        Item::ArrayOfTables(many) => {
            let items: Vec<Node> = many.iter().map(|one| table(one, one.span().unwrap_or(0..0))).collect();
            let span = items.first().map_or(0..0, |item| item.span.clone());
            Node { span, value: NodeValue::List(items) }
        }
    }
}

fn value_node(value: &Value) -> Node {
    let span = value.span().unwrap_or(0..0);
    let value = match value {
        Value::String(text) => NodeValue::Text(text.value().clone()),
        Value::Integer(number) => NodeValue::Number((*number.value()).into()),
        Value::Float(number) => match Number::from_f64(*number.value()) {
            Some(number) => NodeValue::Number(number),
            None => NodeValue::Text(number.value().to_string()),
        },
        Value::Boolean(truth) => NodeValue::Bool(*truth.value()),
        Value::Datetime(time) => NodeValue::Text(time.value().to_string()),
        Value::Array(list) => NodeValue::List(list.iter().map(value_node).collect()),
        Value::InlineTable(one) => return table(one, span),
    };
    Node { span, value }
}
