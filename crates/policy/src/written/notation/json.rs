//! JSON, with comments and spare commas where the client reads them.

use super::super::node::{Node, NodeEntry, NodeValue, Unparsed};
use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Number;

/// # Errors
/// The text is no JSON.
pub(crate) fn json(text: &str, comments: bool) -> Result<Node, Unparsed> {
    let options = ParseOptions {
        allow_comments: comments,
        allow_trailing_commas: comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    // A byte order mark is no part of the document.
    let skipped = text.len() - text.trim_start_matches('\u{feff}').len();
    let body = &text[skipped..];
    let parsed = parse_to_ast(body, &CollectOptions::default(), &options).map_err(|error| {
        let range = error.range();
        let why = error.kind().to_string();
        let mut letters = why.chars();
        let why: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
        Unparsed::new(text, range.start + skipped..range.end + skipped, why)
    })?;
    match parsed.value {
        Some(value) => Ok(node(&value, skipped)),
        None => Err(Unparsed::new(text, 0..text.len(), "it holds no value")),
    }
}

fn node(value: &Value<'_>, skipped: usize) -> Node {
    let range = value.range();
    let span = range.start + skipped..range.end + skipped;
    let value = match value {
        Value::NullKeyword(_) => NodeValue::Null,
        Value::BooleanLit(literal) => NodeValue::Bool(literal.value),
        Value::StringLit(literal) => NodeValue::Text(literal.value.to_string()),
        Value::NumberLit(literal) => literal
            .value
            .parse::<Number>()
            .map_or_else(|_| NodeValue::Text(literal.value.to_owned()), NodeValue::Number),
        Value::Array(list) => NodeValue::List(list.elements.iter().map(|item| node(item, skipped)).collect()),
        Value::Object(object) => {
            let entry = |property: &jsonc_parser::ast::ObjectProp<'_>| {
                let range = property.name.range();
                let key = match &property.name {
                    ObjectPropName::String(literal) => literal.value.to_string(),
                    ObjectPropName::Word(word) => word.value.to_owned(),
                };
                let at = range.start + skipped..range.end + skipped;
                NodeEntry { key, at, node: node(&property.value, skipped) }
            };
            NodeValue::Map(object.properties.iter().map(entry).collect())
        }
    };
    Node { span, value }
}
