//! What leaves a loop, a function or the block that is handed to one, in Kotlin: statements in, those of the common
//! language out.

use super::lower::{expr, nested};
use crate::program::ast::{Expr, Leave, Stmt, Truth, labelled};
use crate::program::choice::Pick;
use crate::program::source::{Reading, children, field, first_of, of_kind};
use std::rc::Rc;
use tree_sitter::Node;

/// `value ?: continue`: the value, behind a statement that leaves where there is none.
pub(super) fn unless_absent<'t>(reading: &Reading<'t>, node: Node<'t>, all: &mut Vec<Stmt<'t>>) -> Expr<'t> {
    let is_default = field(node, "operator").is_some_and(|operator| operator.kind() == "?:");
    if let (true, Some(value), Some(right)) = (is_default, field(node, "left"), field(node, "right"))
        && (matches!(right.kind(), "return_expression" | "throw_expression") || jump(reading, right).is_some())
    {
        let is_absent = Truth::Is(expr(reading, value), Expr::Null);
        all.push(Stmt::If {
            test: Expr::Truth(Box::new(Truth::Not(Expr::Truth(Box::new(is_absent))))),
            words: Rc::from(reading.of(value)),
            then: Vec::new(),
            other: nested(reading, right),
        });
        return expr(reading, value);
    }
    expr(reading, node)
}

/// `value?.let { ... }`: the block runs only where there is a value.
pub(super) fn if_present<'t>(reading: &Reading<'t>, callee: Node<'t>, call: Expr<'t>) -> Expr<'t> {
    let parts = children(callee);
    let is_safe = callee.kind() == "navigation_expression" && !of_kind(callee, "?.").is_empty();
    match parts.as_slice() {
        [value, name] if is_safe && matches!(reading.of(*name), "let" | "run" | "apply" | "also") => {
            let is_absent = Truth::Is(expr(reading, *value), Expr::Null);
            let test = Truth::Not(Expr::Truth(Box::new(is_absent)));
            Expr::Pick(Box::new(Pick {
                test: Expr::Truth(Box::new(test)),
                words: Rc::from(format!("{} != null", reading.of(*value))),
                then: call,
                other: Expr::Null,
            }))
        }
        _ => call,
    }
}

/// The label of a jump, or of a statement.
pub(super) fn label_of<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<&'t str> {
    let label = first_of(node, &["label"]).or_else(|| field(node, "label"))?;
    Some(reading.of(label).trim_matches(['@', ' ']))
}

pub(super) fn under_label<'t>(reading: &Reading<'t>, node: Node<'t>, statement: Stmt<'t>) -> Stmt<'t> {
    match label_of(reading, node) {
        Some(label) => labelled(label, vec![statement]),
        None => statement,
    }
}

/// `continue` and `break`, which the grammar takes for names, and for labels where they have one.
pub(super) fn jump<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Stmt<'t>> {
    let parts = children(node);
    let (word, label) = match (node.kind(), parts.as_slice()) {
        ("identifier", _) => (reading.of(node), None),
        ("labeled_expression", [word, label]) => (reading.of(*word).trim_end_matches('@'), Some(reading.of(*label))),
        _ => return None,
    };
    match word {
        "continue" => Some(Stmt::Leave(Leave::Round(label.map(Rc::from)))),
        "break" => Some(Stmt::Leave(Leave::Block(label.map(Rc::from)))),
        _ => None,
    }
}

/// The function that the block around a node is handed to, or the block's own label; `None` outside of such a block.
pub(super) fn block_around<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<&'t str> {
    let mut at = node.parent();
    while let Some(around) = at {
        match around.kind() {
            "lambda_literal" => {
                let mut call = around.parent()?;
                while matches!(call.kind(), "annotated_lambda" | "value_argument" | "value_arguments") {
                    if let Some(label) = label_of(reading, call) {
                        return Some(label);
                    }
                    call = call.parent()?;
                }
                let callee = children(call).first().copied().filter(|_| call.kind() == "call_expression");
                let text = callee.map_or("", |callee| reading.of(callee));
                return Some(text.rsplit(['.', '?']).next().unwrap_or_default().trim());
            }
            "function_declaration" | "anonymous_function" => return None,
            _ => at = around.parent(),
        }
    }
    None
}
