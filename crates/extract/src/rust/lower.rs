//! The constants and simple functions of Rust in the common language.

use crate::program::ast::{Arg, Call, Expr, Stmt};
use crate::program::literal::{number, unescape};
use crate::program::source::{Reading, children, field, first_of};
use std::rc::Rc;
use tree_sitter::Node;

/// The text of a literal.
pub(super) fn text_of(reading: &Reading<'_>, node: Node<'_>) -> String {
    let raw = reading.text.get(node.byte_range()).unwrap_or_default();
    match raw.strip_prefix('r') {
        Some(inner) => {
            let inner = inner.trim_matches('#');
            inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(inner).to_owned()
        }
        None => unescape(raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw)),
    }
}

pub(super) fn literal<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Expr<'t>> {
    Some(match node.kind() {
        "string_literal" | "raw_string_literal" => Expr::Text(Rc::from(text_of(reading, node))),
        "integer_literal" | "float_literal" => number(reading.of(node)),
        "boolean_literal" => Expr::Bool(reading.of(node) == "true"),
        _ => return None,
    })
}

pub(super) fn body<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    let parts = children(node);
    let mut all = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        match part.kind() {
            "let_declaration" => {
                let name = field(*part, "pattern").map_or("_", |pattern| reading.of(pattern));
                let value = field(*part, "value").map(|value| expr(reading, value));
                all.push(Stmt::Let(vec![Rc::from(name)], None, value));
            }
            "expression_statement" => match children(*part).first() {
                Some(inner) if inner.kind() == "return_expression" => all.push(returned(reading, *inner)),
                // What a statement does beside giving a value is not followed: the value may not be what it was.
                Some(inner) => all.push(Stmt::Branch(vec![vec![Stmt::Return(vec![expr(reading, *inner)])]])),
                None => {}
            },
            "return_expression" => all.push(returned(reading, *part)),
            _ if at + 1 == parts.len() => all.push(Stmt::Return(vec![expr(reading, *part)])),
            _ => {}
        }
    }
    all
}

fn returned<'t>(reading: &Reading<'t>, node: Node<'t>) -> Stmt<'t> {
    Stmt::Return(children(node).into_iter().map(|value| expr(reading, value)).collect())
}

pub(super) fn expr<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    reading.deeper(|| bare(reading, node)).unwrap_or(Expr::Unknown("it nests too deep"))
}

fn bare<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    if let Some(value) = literal(reading, node) {
        return value;
    }
    match node.kind() {
        "identifier" | "self" => Expr::Name(Rc::from(reading.of(node))),
        "scoped_identifier" => match (field(node, "path"), field(node, "name")) {
            (Some(path), Some(name)) => {
                let (path, name) = (reading.of(path), Rc::from(reading.of(name)));
                let owner = path.rsplit("::").next().unwrap_or(path);
                if owner.starts_with(char::is_uppercase) {
                    Expr::Member(Box::new(Expr::Name(Rc::from(owner))), name)
                } else {
                    Expr::Name(name)
                }
            }
            _ => Expr::Unknown("it is no complete expression"),
        },
        "call_expression" => {
            let Some(function) = field(node, "function") else { return Expr::Null };
            let callee = match (field(function, "value"), field(function, "field")) {
                (Some(base), Some(name)) if function.kind() == "field_expression" => {
                    Expr::Member(Box::new(expr(reading, base)), Rc::from(reading.of(name)))
                }
                _ => expr(reading, function),
            };
            let args = field(node, "arguments").map(children).unwrap_or_default();
            let args = args.into_iter().map(|arg| Arg { name: None, value: expr(reading, arg) });
            Expr::Call(Box::new(Call { callee, types: Vec::new(), args: args.collect(), site: reading.site(node) }))
        }
        "macro_invocation" if field(node, "macro").is_some_and(|name| reading.of(name) == "concat") => {
            let parts = first_of(node, &["token_tree"]).map(children).unwrap_or_default();
            let part = |node: Node<'t>| literal(reading, node).unwrap_or(Expr::Unknown("it is a part of `concat!`"));
            Expr::Join(parts.into_iter().map(part).collect())
        }
        "reference_expression" => field(node, "value").map_or(Expr::Null, |inner| expr(reading, inner)),
        "parenthesized_expression" | "array_expression" if node.kind() == "parenthesized_expression" => {
            children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner))
        }
        "array_expression" => Expr::List(children(node).into_iter().map(|item| expr(reading, item)).collect()),
        "unary_expression" if reading.of(node).starts_with('-') => number(reading.of(node)),
        "block" => children(node).last().map_or(Expr::Null, |last| expr(reading, *last)),
        _ => Expr::Unknown("it is computed at run time"),
    }
}
