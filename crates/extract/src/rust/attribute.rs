//! Attributes of Rust items. Their arguments are bare tokens for the grammar: they are put together here, as far as
//! `name = value`, `name(...)` and single words go.

use super::lower::{literal, text_of};
use crate::program::ast::{Arg, Expr, Make, Mark, Type};
use crate::program::source::{Reading, children, field, first_of};
use std::rc::Rc;
use tree_sitter::Node;

/// What stands in front of an item.
#[derive(Debug, Default)]
pub(super) struct Front<'t> {
    pub marks: Vec<Mark<'t>>,
    pub docs: Vec<String>,
    /// Only built for tests.
    pub is_test: bool,
}

impl<'t> Front<'t> {
    /// Takes a node that stands in front of an item; false when it is none.
    pub(super) fn take(&mut self, reading: &Reading<'t>, node: Node<'t>) -> bool {
        match node.kind() {
            "line_comment" | "block_comment" => {
                if field(node, "outer").is_some()
                    && let Some(doc) = field(node, "doc")
                {
                    let text = reading.of(doc);
                    let lines = text.trim_end_matches('\n').lines();
                    self.docs.extend(lines.map(|line| line.trim().trim_start_matches("* ").to_owned()));
                }
                true
            }
            "attribute_item" => {
                for attribute in children(node) {
                    self.attribute(reading, attribute);
                }
                true
            }
            _ => false,
        }
    }

    fn attribute(&mut self, reading: &Reading<'t>, node: Node<'t>) {
        let Some(path) = children(node).first().copied() else { return };
        let name = reading.of(path).replace("::", ".");
        let list = field(node, "arguments");
        if name == "cfg" && list.is_some_and(|list| reading.of(list).replace(' ', "") == "(test)") {
            self.is_test = true;
        }
        if name == "doc"
            && let Some(value) = field(node, "value")
        {
            self.docs.push(text_of(reading, value).trim().to_owned());
        }
        let mut args = list.map(|list| tokens(reading, list, 0)).unwrap_or_default();
        // `#[tool(tool_box)]` is a mark of its own.
        let is_box =
            name == "tool" && args.iter().any(|arg| matches!(&arg.value, Expr::Name(word) if &**word == "tool_box"));
        let name = if is_box { "tool_box" } else { &name };
        if name == "cfg_attr" {
            args.clear();
        }
        if name == "cfg"
            && let Some(list) = list
        {
            // As it is written: what is built depends on all of it.
            let words = reading.of(list);
            let words = words.strip_prefix('(').and_then(|words| words.strip_suffix(')')).unwrap_or(words);
            args = vec![Arg { name: None, value: Expr::Text(Rc::from(words)) }];
        }
        self.marks.push(Mark { name: Rc::from(name), args });
    }

    /// The documentation, and an empty front for the next item.
    pub(super) fn finish(&mut self) -> (Vec<Mark<'t>>, Option<Rc<str>>) {
        let front = std::mem::take(self);
        let text = front.docs.join("\n");
        let text = text.trim();
        (front.marks, (!text.is_empty()).then(|| Rc::from(text)))
    }
}

/// The arguments between a pair of parentheses.
fn tokens<'t>(reading: &Reading<'t>, list: Node<'t>, depth: u32) -> Vec<Arg<'t>> {
    let mut cursor = list.walk();
    let all: Vec<Node<'t>> = list.children(&mut cursor).collect();
    let inner = all.get(1..all.len().saturating_sub(1)).unwrap_or_default();
    let mut args = Vec::new();
    for part in inner.split(|token| reading.of(*token) == ",") {
        let Some(first) = part.first() else { continue };
        let rest = &part[1..];
        let name: Rc<str> = Rc::from(reading.of(*first));
        match rest.first().map(|token| reading.of(*token)) {
            Some("=") => args.push(Arg { name: Some(name), value: value(reading, &rest[1..]) }),
            _ if rest.len() == 1 && rest[0].kind() == "token_tree" && depth < 4 => {
                let fields = tokens(reading, rest[0], depth + 1).into_iter();
                let fields = fields.map(|arg| match (arg.name, arg.value) {
                    (Some(name), value) => (name, value),
                    (None, Expr::Name(word)) => (word, Expr::Bool(true)),
                    (None, value) => (Rc::from(""), value),
                });
                let make = Make {
                    ty: Type::named(&name),
                    args: Vec::new(),
                    fields: fields.collect(),
                    site: reading.site(*first),
                };
                args.push(Arg { name: Some(name), value: Expr::Make(Box::new(make)) });
            }
            _ => args.push(Arg { name: None, value: value(reading, part) }),
        }
    }
    args
}

fn value<'t>(reading: &Reading<'t>, tokens: &[Node<'t>]) -> Expr<'t> {
    match tokens {
        [one] => match literal(reading, *one) {
            Some(value) => value,
            // Keywords such as `default` are words here.
            None if reading.of(*one).chars().all(|c| c.is_alphanumeric() || c == '_') => {
                Expr::Name(Rc::from(reading.of(*one)))
            }
            None => Expr::Unknown("it is computed when the crate is built"),
        },
        [name, bang, list] if reading.of(*bang) == "!" && reading.of(*name) == "concat" => {
            let parts = children(*list).into_iter();
            Expr::Join(
                parts
                    .map(|part| literal(reading, part).unwrap_or(Expr::Unknown("it is a part of `concat!`")))
                    .collect(),
            )
        }
        // A path: the last name of it, in the type before that.
        [.., owner, _, last] if last.kind() == "identifier" && reading.of(tokens[tokens.len() - 2]) == "::" => {
            let owner = reading.of(*owner);
            let last = Rc::from(reading.of(*last));
            if owner.starts_with(char::is_uppercase) {
                Expr::Member(Box::new(Expr::Name(Rc::from(owner))), last)
            } else {
                Expr::Name(last)
            }
        }
        _ => Expr::Unknown("it is computed when the crate is built"),
    }
}

/// Whether an item's node has a body that is worth looking into.
pub(super) fn list_of<'t>(node: Node<'t>) -> Option<Node<'t>> {
    field(node, "body").or_else(|| first_of(node, &["declaration_list", "field_declaration_list"]))
}
