//! Which keys and values a format has. A document is held against its shape; what is not of it is a finding with the place
//! and, where it is known, what should stand there.

use super::finding::{PolicyFault, PolicyFinding};
use super::nearest::nearest;
use super::node::{Node, NodeEntry, NodeValue};
use std::ops::Range;

/// What may stand at a place.
#[derive(Debug)]
pub(crate) enum Shape {
    Any,
    Text,
    /// A text that is not empty.
    Filled,
    OneOf(&'static [&'static str]),
    Bool,
    /// A whole number from .. to.
    Whole(u64, u64),
    /// A list of texts that are not empty.
    Names,
    List(&'static Shape),
    /// A map whose keys are free.
    Keyed(&'static Shape),
    Table(&'static Fields),
    /// The first one that is of the same kind as the value.
    Either(&'static [Shape]),
}

/// The keys of a table.
#[derive(Debug)]
pub(crate) struct Fields {
    /// What the table is, for messages: "a limit".
    pub(crate) what: &'static str,
    pub(crate) known: &'static [Field],
    /// Keys that people write here and what is right: the first is the wrong one.
    pub(crate) wrong: &'static [(&'static str, &'static str)],
    /// Whether other keys are the client's own; they are then only looked at for being nearly one of the known.
    pub(crate) open: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) needed: bool,
}

pub(crate) const fn needed(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: true }
}

pub(crate) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: false }
}

/// Holds a node against its shape. `at` is where a table is reported that lacks a key.
pub(crate) fn hold(node: &Node, shape: &Shape, at: &Range<usize>, name: &str, finds: &mut Vec<PolicyFinding>) {
    let mut wrong = |wanted: &str| {
        let message = format!("`{}` takes {wanted}, not {}", shortened(name), node.shown());
        finds.push(PolicyFinding::new(PolicyFault::WrongValue, node.span.clone(), message));
    };
    match shape {
        Shape::Any => twice(node, finds),
        Shape::Text if node.text().is_none() => wrong("a text"),
        Shape::Text => {}
        Shape::Filled => match node.text() {
            Some("") => wrong("a text that is not empty"),
            Some(_) => {}
            None => wrong("a text"),
        },
        Shape::OneOf(words) => {
            if !node.text().is_some_and(|text| words.contains(&text)) {
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                wrong(&quoted.join(" or "));
            }
        }
        Shape::Bool if node.boolean().is_none() => wrong("true or false"),
        Shape::Bool => {}
        Shape::Whole(least, most) => {
            if !node.whole().is_some_and(|number| (*least..=*most).contains(&number)) {
                let wanted = match *most {
                    u64::MAX => format!("a whole number from {least}"),
                    most => format!("a whole number from {least} to {most}"),
                };
                wrong(&wanted);
            }
        }
        Shape::Names => {
            if !matches!(node.value, NodeValue::List(_)) {
                return wrong("a list of names");
            }
            for item in node.items() {
                hold(item, &Shape::Filled, &item.span, name, finds);
            }
        }
        Shape::List(of) => {
            if !matches!(node.value, NodeValue::List(_)) {
                return wrong("a list");
            }
            for item in node.items() {
                hold(item, of, &item.span, name, finds);
            }
        }
        Shape::Keyed(of) => {
            if !node.is_map() {
                return wrong("a table");
            }
            twice(node, finds);
            for entry in node.entries() {
                hold(&entry.node, of, &entry.at, &entry.key, finds);
            }
        }
        Shape::Table(fields) => {
            if !node.is_map() {
                return wrong("a table");
            }
            table(node, fields, at, finds);
        }
        Shape::Either(shapes) => {
            let fits = |shape: &&Shape| match shape {
                Shape::Names | Shape::List(_) => matches!(node.value, NodeValue::List(_)),
                Shape::Table(_) | Shape::Keyed(_) => node.is_map(),
                Shape::Text | Shape::Filled | Shape::OneOf(_) => node.text().is_some(),
                Shape::Bool => node.boolean().is_some(),
                _ => true,
            };
            if let Some(shape) = shapes.iter().find(fits).or_else(|| shapes.first()) {
                hold(node, shape, at, name, finds);
            }
        }
    }
}

fn table(node: &Node, fields: &Fields, at: &Range<usize>, finds: &mut Vec<PolicyFinding>) {
    twice(node, finds);
    let mut meant: Vec<&str> = Vec::new();
    for entry in node.entries() {
        if let Some(field) = fields.known.iter().find(|field| field.name == entry.key) {
            hold(&entry.node, &field.shape, &entry.at, &entry.key, finds);
            continue;
        }
        if let Some(right) = right_one(entry, fields) {
            meant.push(right);
            let message = format!("`{}` is no key of {}", shortened(&entry.key), fields.what);
            let finding = PolicyFinding::new(PolicyFault::UnknownKey, entry.at.clone(), message);
            finds.push(finding.help(format!("write {right}")));
        } else if !fields.open {
            let known: Vec<String> = fields.known.iter().map(|field| format!("`{}`", field.name)).collect();
            let message = format!("`{}` is no key of {}", shortened(&entry.key), fields.what);
            let finding = PolicyFinding::new(PolicyFault::UnknownKey, entry.at.clone(), message);
            finds.push(finding.help(format!("it has {}", known.join(", "))));
        }
    }
    for field in fields.known.iter().filter(|field| field.needed && node.entry(field.name).is_none()) {
        let message = format!("{} needs `{}`", fields.what, field.name);
        finds.push(PolicyFinding::new(PolicyFault::MissingKey, at.clone(), message));
    }
}

/// What should stand instead of a key, where it is known or near.
fn right_one<'f>(entry: &NodeEntry, fields: &'f Fields) -> Option<&'f str> {
    if let Some((_, right)) = fields.wrong.iter().find(|(wrong, _)| *wrong == entry.key) {
        return Some(right);
    }
    nearest(&entry.key, fields.known.iter().map(|field| field.name)).first().copied()
}

/// Keys that come twice in a map.
fn twice(node: &Node, finds: &mut Vec<PolicyFinding>) {
    let mut seen = std::collections::BTreeSet::new();
    for entry in node.entries() {
        if !seen.insert(entry.key.as_str()) {
            let message = format!("`{}` stands here a second time", shortened(&entry.key));
            finds.push(PolicyFinding::new(PolicyFault::DuplicateKey, entry.at.clone(), message));
        }
    }
}

/// A name of a document in a message.
pub(crate) fn shortened(name: &str) -> String {
    match name.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
