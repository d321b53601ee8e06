//! What is written out: text with its holes, lists, objects, things of a type, and what is put together of them.

use super::lower::{Lowering, line, named};
use super::term::{At, Call, Name, Term};
use std::rc::Rc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Macros are tokens to the grammar: a template with what it names, or only the names.
    pub(super) fn macro_call(&self, node: Node<'_>) -> Term {
        let Some(tokens) = named(node).into_iter().find(|child| child.kind() == "token_tree") else {
            return Term::nothing();
        };
        let (mut text, mut parts, mut pending) = (None, Vec::new(), vec![tokens]);
        while let Some(token) = pending.pop() {
            match token.kind() {
                "string_literal" | "raw_string_literal" if text.is_none() => text = Some(token),
                "identifier" | "self" => parts.push(Term::Name(self.name(token))),
                _ => pending.extend(named(token).into_iter().rev()),
            }
            if parts.len() > 60 {
                break;
            }
        }
        let Some(literal) = text.map(|text| self.of(text).trim_matches(['"', 'r', '#']).to_owned()) else {
            return Term::List(parts);
        };
        let mut given = parts.into_iter();
        let mut joined = Vec::new();
        let mut rest = literal.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((hole, next)) = after.split_once('}') else { break };
            joined.push(Term::Text(Rc::from(before)));
            let name = hole.split(':').next().unwrap_or_default();
            let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
            joined.extend(if is_name { Some(Term::Name(Rc::from(name))) } else { given.next() });
            rest = next;
        }
        joined.push(Term::Text(Rc::from(rest)));
        joined.extend(given);
        Term::Join(joined)
    }

    /// `T{...}`: what is made of a type, its fields named.
    pub(super) fn made(&self, node: Node<'_>) -> Term {
        let callee = node.child_by_field_name("type").or_else(|| node.child_by_field_name("name"));
        let body = node.child_by_field_name("body").map(named).unwrap_or_default();
        let args = body.into_iter().map(|part| self.entry(part)).collect();
        let at = At { file: self.file, line: line(node), text: self.shown(callee.unwrap_or(node)) };
        let callee = self.maybe(callee);
        Term::Call(Box::new(Call { callee, args, is_new: true, at }))
    }

    pub(super) fn binary(&self, node: Node<'_>) -> Term {
        let kind = node.kind();
        let (mut at, mut parts, mut joins) = (node, Vec::new(), true);
        // Chains nest to the left as deep as they are long.
        while at.kind() == kind {
            let sides = named(at);
            let (Some(left), Some(right)) = (sides.first(), sides.last()) else { break };
            let between = self.text.get(left.end_byte()..right.start_byte()).unwrap_or_default().trim();
            joins &= matches!(between, "+" | "/" | "%" | "+=");
            parts.push(self.lower(*right));
            if sides.len() < 2 {
                break;
            }
            at = *left;
        }
        parts.push(self.lower(at));
        parts.reverse();
        if joins { Term::Join(parts) } else { Term::Any(parts) }
    }

    pub(super) fn list(&self, node: Node<'_>) -> Term {
        let entries = named(node);
        if entries.iter().any(|entry| entry.kind() == "keyed_element") {
            return Term::Map(entries.into_iter().map(|entry| self.entry(entry)).collect());
        }
        Term::List(self.all(entries))
    }

    /// One entry of an object, a dictionary or a literal of a type.
    pub(super) fn entry(&self, entry: Node<'_>) -> (Option<Name>, Term) {
        let field = |name: &str| entry.child_by_field_name(name);
        match entry.kind() {
            "pair" | "field_initializer" => {
                let key = field("key").or_else(|| field("field")).or_else(|| field("name"));
                let value = field("value");
                (key.map(|key| Rc::from(self.of(key).trim_matches(['"', '\'']))), self.maybe(value))
            }
            "keyed_element" => {
                let parts = named(entry);
                let key = parts.first().map(|key| Rc::from(self.of(*key).trim_matches('"')));
                (key, self.maybe(parts.last().copied()))
            }
            "shorthand_property_identifier" | "shorthand_field_initializer" => {
                let name = self.name(entry);
                (Some(Rc::clone(&name)), Term::Name(name))
            }
            "method_definition" => (field("name").map(|name| self.name(name)), self.lower(entry)),
            _ => (None, self.lower(entry)),
        }
    }

    pub(super) fn string(&self, node: Node<'_>) -> Term {
        let mut parts = Vec::new();
        for child in named(node) {
            match child.kind() {
                "interpolation" | "template_substitution" => {
                    let held = named(child).into_iter().find(|held| held.kind() != "interpolation_brace");
                    parts.push(self.maybe(held));
                }
                "string" | "string_literal" => parts.push(self.string(child)),
                kind if kind.contains("content")
                    || kind.contains("fragment")
                    || kind.contains("escape")
                    || kind.ends_with("_text") =>
                {
                    parts.push(Term::Text(Rc::from(self.of(child))));
                }
                _ => {}
            }
        }
        match parts.len() {
            0 => {
                let text = self.of(node).trim_start_matches(|c: char| c.is_alphabetic() || c == '@' || c == '$');
                Term::Text(Rc::from(text.trim_matches(['"', '\'', '`', '#'])))
            }
            1 => parts.pop().unwrap_or_else(Term::nothing),
            _ => Term::Join(parts),
        }
    }
}
