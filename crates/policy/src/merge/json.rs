//! A file of JSON, with comments or without, of which single values are changed and every other byte stays.

use super::error::MergeError;
use crate::written::source::{Notation, parse};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::Value;

pub(super) struct JsonFile {
    root: CstRootNode,
    object: CstObject,
}

impl JsonFile {
    pub(super) fn open(text: &str) -> Result<JsonFile, MergeError> {
        // The byte order mark is no part of the document, and none is written.
        let parsed = CstRootNode::parse(text, &ParseOptions::default());
        let root = parsed.map_err(|error| MergeError::Unreadable(error.to_string()))?;
        let object = root.object_value_or_create().ok_or_else(|| MergeError::OtherShape("{}".to_owned()))?;
        Ok(JsonFile { root, object })
    }

    pub(super) fn text(&self) -> String {
        self.root.to_string()
    }

    /// The object at a path, made where it is not there.
    fn object(&self, path: &[&str]) -> Result<CstObject, MergeError> {
        path.iter().try_fold(self.object.clone(), |object, key| {
            object.object_value_or_create(key).ok_or_else(|| MergeError::OtherShape((*key).to_owned()))
        })
    }

    /// The object at a path, where it is there.
    fn find(&self, path: &[&str]) -> Option<CstObject> {
        path.iter().try_fold(self.object.clone(), |object, key| object.object_value(key))
    }

    fn list(&self, path: &[&str]) -> Option<CstArray> {
        let (last, path) = path.split_last()?;
        self.find(path)?.array_value(last)
    }

    /// Puts a text at the end of a list, unless it is in it.
    pub(super) fn add(&self, path: &[&str], text: &str) -> Result<(), MergeError> {
        let Some((last, above)) = path.split_last() else { return Ok(()) };
        let list = self
            .object(above)?
            .array_value_or_create(last)
            .ok_or_else(|| MergeError::OtherShape((*last).to_owned()))?;
        if !list.elements().iter().any(|element| is_text(element, text)) {
            list.append(CstInputValue::String(text.to_owned()));
        }
        Ok(())
    }

    /// Takes a text out of a list, as often as it is in it.
    pub(super) fn take(&self, path: &[&str], text: &str) {
        for element in self.list(path).into_iter().flat_map(|list| list.elements()) {
            if is_text(&element, text) {
                element.remove();
            }
        }
    }

    /// Sets a key of an object, unless it has that value.
    pub(super) fn set(&self, path: &[&str], key: &str, value: &Value) -> Result<(), MergeError> {
        let object = self.object(path)?;
        // Of a key that stands twice the last is in force, and one is enough.
        let mut found: Vec<_> =
            object.properties().into_iter().filter(|p| p.decoded_name().as_deref() == Some(key)).collect();
        let Some(last) = found.pop() else {
            object.append(key, input(value));
            return Ok(());
        };
        for other in found {
            other.remove();
        }
        let same = last.value().and_then(|node| plain(&node)).is_some_and(|old| old == *value);
        if !same {
            last.set_value(input(value));
        }
        Ok(())
    }

    /// Sets a key at the top, where it is not there.
    pub(super) fn default(&self, path: &[&str], value: &Value) {
        if let [key] = path
            && self.object.get(key).is_none()
        {
            self.object.append(key, input(value));
        }
    }

    /// Takes a key out of an object.
    pub(super) fn remove(&self, path: &[&str], key: &str) {
        for property in self.find(path).into_iter().flat_map(|object| object.properties()) {
            if property.decoded_name().as_deref() == Some(key) {
                property.remove();
            }
        }
    }
}

fn is_text(node: &CstNode, text: &str) -> bool {
    node.as_string_lit().and_then(|literal| literal.decoded_value().ok()).is_some_and(|value| value == text)
}

/// The value of a node, by the same reader as everywhere.
fn plain(node: &CstNode) -> Option<Value> {
    let roots = parse(&node.to_string(), Notation::Json, true).ok()?;
    roots.first().map(crate::written::node::Node::json)
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(truth) => CstInputValue::Bool(*truth),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(list) => CstInputValue::Array(list.iter().map(input).collect()),
        Value::Object(map) => {
            CstInputValue::Object(map.iter().map(|(key, value)| (key.clone(), input(value))).collect())
        }
    }
}
