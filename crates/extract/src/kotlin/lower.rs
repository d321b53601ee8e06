//! The bodies and expressions of Kotlin in the common language.

use super::declare::{params, property, ty, value_of};
use super::jump::{block_around, if_present, jump, label_of, under_label, unless_absent};
use crate::program::ast::{Arg, Body, Call, Case, Expr, Func, Mark, Name, Stmt, Truth, truth};
use crate::program::choice::Pick;
use crate::program::literal::{number, unescape};
use crate::program::source::{Reading, children, field, first_of, may_register, of_kind, operands, words};
use std::rc::Rc;
use tree_sitter::Node;

/// A block, a lambda, or the one expression of a function.
pub(super) fn body<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    match node.kind() {
        "block" | "lambda_literal" => {
            let read = || {
                let mut all = Vec::new();
                let parts = children(node);
                let parts = parts.into_iter().filter(|part| part.kind() != "lambda_parameters");
                parts.for_each(|child| statement(reading, child, &mut all));
                // A lambda gives its last expression.
                if node.kind() == "lambda_literal"
                    && let Some(Stmt::Expr(_)) = all.last()
                    && let Some(Stmt::Expr(last)) = all.pop()
                {
                    all.push(Stmt::Return(vec![last]));
                }
                all
            };
            reading.deeper(read).unwrap_or_default()
        }
        _ => vec![Stmt::Return(vec![expr(reading, node)])],
    }
}

pub(super) fn nested<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    let mut all = Vec::new();
    reading.deeper(|| statement(reading, node, &mut all));
    all
}

fn statement<'t>(reading: &Reading<'t>, node: Node<'t>, all: &mut Vec<Stmt<'t>>) {
    match node.kind() {
        "property_declaration" => {
            if let Some(several) = first_of(node, &["multi_variable_declaration"]) {
                let names = of_kind(several, "variable_declaration").into_iter();
                let names: Vec<Name> = names.map(|name| Rc::from(reading.of(name))).collect();
                let value = value_of(reading, node).map(|value| expr(reading, value));
                all.push(Stmt::Let(names, None, value));
            } else if let Some((name, ty, value)) = property(reading, node) {
                let value = value.map(|value| unless_absent(reading, value, all));
                all.push(Stmt::Let(vec![Rc::from(name)], ty, value));
            }
        }
        "assignment" => {
            if let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) {
                let adds = field(node, "operator").is_some_and(|op| op.kind() == "+=");
                let value = expr(reading, right);
                let value = if adds { Expr::Join(vec![expr(reading, left), value]) } else { value };
                all.push(Stmt::Assign(expr(reading, left), value));
            }
        }
        "return_expression" => {
            let label = label_of(reading, node);
            let mut parts = children(node).into_iter();
            let value = parts.rfind(|child| child.kind() != "label" && reading.of(*child) != label.unwrap_or_default());
            let values = value.map(|value| expr(reading, value)).into_iter().collect();
            all.push(match (label, block_around(reading, node)) {
                (None, Some(_)) => Stmt::FarReturn(values),
                (Some(label), Some(name)) if name != label => Stmt::Jump(reading.site(node)),
                _ => Stmt::Return(values),
            });
        }
        "if_expression" => {
            let test = field(node, "condition");
            let mut branches = children(node).into_iter().filter(|child| test.is_none_or(|c| c.id() != child.id()));
            let mut branch = || branches.next().map(|branch| nested(reading, branch)).unwrap_or_default();
            all.push(Stmt::If {
                test: test.map_or(Expr::Null, |test| expr(reading, test)),
                words: words(reading, test),
                then: branch(),
                other: branch(),
            });
        }
        "when_expression" => all.push(when(reading, node)),
        "throw_expression" => all.push(Stmt::Fail),
        "identifier" | "labeled_expression" if jump(reading, node).is_some() => all.extend(jump(reading, node)),
        "for_statement" => {
            let parts: Vec<_> = children(node).into_iter().filter(|part| part.kind() != "label").collect();
            let names: Vec<Name> = match parts.first() {
                Some(one) if one.kind() == "multi_variable_declaration" => {
                    of_kind(*one, "variable_declaration").into_iter().map(|name| Rc::from(reading.of(name))).collect()
                }
                Some(one) => vec![Rc::from(first_of(*one, &["identifier"]).map_or("_", |name| reading.of(name)))],
                None => Vec::new(),
            };
            let over = parts.get(1).map_or(Expr::Null, |over| expr(reading, *over));
            let body = parts.get(2).map(|body| nested(reading, *body)).unwrap_or_default();
            all.push(under_label(reading, node, Stmt::Each { label: None, names, over, body }));
        }
        "while_statement" | "do_while_statement" => {
            let last = children(node).into_iter().filter(|child| child.kind() == "block");
            let body = last.flat_map(|body| nested(reading, body)).collect();
            all.push(under_label(reading, node, Stmt::Loop { label: None, body }));
        }
        "try_expression" => {
            let (mut tried, mut caught, mut last) = (Vec::new(), Vec::new(), Vec::new());
            for part in children(node) {
                let block = || children(part).last().map(|block| body(reading, *block)).unwrap_or_default();
                match part.kind() {
                    "block" => tried = body(reading, part),
                    "catch_block" if may_register(reading.of(part)) => caught.push(block()),
                    "finally_block" => last = block(),
                    _ => {}
                }
            }
            all.push(Stmt::Try { body: tried, caught, last });
        }
        "block" => all.push(Stmt::Block(body(reading, node))),
        "function_declaration" => {}
        _ => {
            let value = unless_absent(reading, node, all);
            all.push(Stmt::Expr(value));
            if reading.of(node).starts_with("exitProcess") {
                all.push(Stmt::Fail);
            }
        }
    }
}

fn when<'t>(reading: &Reading<'t>, node: Node<'t>) -> Stmt<'t> {
    let on = first_of(node, &["when_subject"]).and_then(|subject| children(subject).last().copied());
    let cases = of_kind(node, "when_entry").into_iter().map(|entry| {
        let parts = children(entry);
        let values = parts.iter().take(parts.len().saturating_sub(1));
        // A value may stand in a node of its own for the condition.
        let values = values.map(|value| match value.kind() {
            "when_condition" => children(*value).first().map_or(Expr::Null, |inner| expr(reading, *inner)),
            _ => expr(reading, *value),
        });
        let body = parts.last().map(|branch| nested(reading, *branch)).unwrap_or_default();
        Case { values: values.collect(), body, falls: false }
    });
    Stmt::Switch {
        on: on.map_or(Expr::Bool(true), |on| expr(reading, on)),
        words: words(reading, on),
        cases: cases.collect(),
    }
}

pub(super) fn expr<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    reading.deeper(|| bare(reading, node)).unwrap_or(Expr::Unknown("it nests too deep"))
}

/// The last expression of a branch.
fn branch<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    match node.kind() {
        "block" => children(node).last().map_or(Expr::Null, |last| expr(reading, *last)),
        _ => expr(reading, node),
    }
}

fn bare<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let unfinished = Expr::Unknown("it is no complete expression");
    let text = reading.of(node);
    match node.kind() {
        "string_literal" | "multiline_string_literal" => {
            let is_raw = node.kind() == "multiline_string_literal";
            let mut parts = Vec::new();
            let mut plain: Option<std::ops::Range<usize>> = None;
            for part in children(node) {
                if part.kind() == "interpolation" {
                    content(reading.text.get(plain.take().unwrap_or_default()).unwrap_or_default(), is_raw, &mut parts);
                    parts.push(children(part).first().map_or(Expr::Null, |inner| expr(reading, *inner)));
                } else {
                    plain = Some(plain.map_or(part.start_byte(), |plain| plain.start)..part.end_byte());
                }
            }
            content(reading.text.get(plain.unwrap_or_default()).unwrap_or_default(), is_raw, &mut parts);
            match parts.len() {
                0 => Expr::Text(Rc::from("")),
                1 if matches!(parts.first(), Some(Expr::Text(_))) => parts.remove(0),
                _ => {
                    parts.insert(0, Expr::Text(Rc::from("")));
                    Expr::Join(parts)
                }
            }
        }
        "number_literal" | "float_literal" => number(text),
        "identifier" => match text {
            "true" => Expr::Bool(true),
            "false" => Expr::Bool(false),
            "null" => Expr::Null,
            name => Expr::Name(Rc::from(name.trim_matches('`'))),
        },
        "null" => Expr::Null,
        "this_expression" => Expr::Name(Rc::from("this")),
        "navigation_expression" => {
            let parts = children(node);
            match (parts.first(), parts.last()) {
                (Some(base), Some(name)) if parts.len() > 1 => {
                    let name = reading.of(*name);
                    if matches!(name, "java" | "javaObjectType") {
                        expr(reading, *base)
                    } else {
                        Expr::Member(Box::new(expr(reading, *base)), Rc::from(name))
                    }
                }
                _ => unfinished,
            }
        }
        "call_expression" => call(reading, node),
        "infix_expression" => {
            let parts = children(node);
            match parts.as_slice() {
                [left, name, right] if reading.of(*name) == "until" => {
                    Expr::Range(Box::new(expr(reading, *left)), Box::new(expr(reading, *right)))
                }
                [left, name, right] => Expr::Call(Box::new(Call {
                    callee: Expr::Member(Box::new(expr(reading, *left)), Rc::from(reading.of(*name))),
                    types: Vec::new(),
                    args: vec![Arg { name: None, value: expr(reading, *right) }],
                    site: reading.site(node),
                })),
                _ => unfinished,
            }
        }
        "binary_expression" => {
            let is_sum = |node: Node<'t>| {
                node.kind() == "binary_expression" && field(node, "operator").is_some_and(|op| op.kind() == "+")
            };
            if is_sum(node) {
                return Expr::Join(operands(node, is_sum).into_iter().map(|part| expr(reading, part)).collect());
            }
            match (field(node, "operator").map(|op| op.kind()), field(node, "left"), field(node, "right")) {
                (Some("?:"), Some(left), Some(right)) => Expr::Choice(vec![expr(reading, left), expr(reading, right)]),
                (Some(operator), Some(left), Some(right)) => truth(operator, expr(reading, left), expr(reading, right))
                    .unwrap_or(Expr::Unknown("it is computed at run time")),
                _ => Expr::Unknown("it is computed at run time"),
            }
        }
        "parenthesized_expression" => children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner)),
        "unary_expression" => match (field(node, "operator").map(|op| op.kind()), field(node, "argument")) {
            (Some("!!"), Some(inner)) => expr(reading, inner),
            (Some("-"), Some(inner)) => number(&format!("-{}", reading.of(inner))),
            (Some("!"), Some(inner)) => Expr::Truth(Box::new(Truth::Not(expr(reading, inner)))),
            _ => Expr::Unknown("it is computed at run time"),
        },
        "in_expression" => match children(node).as_slice() {
            [part, whole] => Expr::Truth(Box::new(Truth::Has(expr(reading, *whole), expr(reading, *part)))),
            _ => unfinished,
        },
        "range_expression" => match children(node).as_slice() {
            [from, to] => {
                let to = Expr::Join(vec![expr(reading, *to), Expr::Number(1.into())]);
                Expr::Range(Box::new(expr(reading, *from)), Box::new(to))
            }
            _ => unfinished,
        },
        "as_expression" => children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner)),
        "if_expression" => {
            let condition = field(node, "condition");
            let mut branches =
                children(node).into_iter().filter(|child| condition.is_none_or(|c| c.id() != child.id()));
            let mut arm = || branches.next().map_or(Expr::Null, |node| branch(reading, node));
            let test = condition.map_or(Expr::Null, |test| expr(reading, test));
            Expr::Pick(Box::new(Pick { test, words: words(reading, condition), then: arm(), other: arm() }))
        }
        "when_expression" => {
            let entries = of_kind(node, "when_entry").into_iter();
            Expr::Choice(
                entries.filter_map(|entry| children(entry).last().map(|node| branch(reading, *node))).collect(),
            )
        }
        "lambda_literal" | "annotated_lambda" | "anonymous_function" => lambda(reading, node),
        "callable_reference" => {
            let parts = children(node);
            match (parts.first(), parts.last()) {
                (Some(base), Some(name)) if parts.len() > 1 => {
                    Expr::Member(Box::new(expr(reading, *base)), Rc::from(reading.of(*name)))
                }
                (Some(name), _) => Expr::Name(Rc::from(reading.of(*name))),
                _ => unfinished,
            }
        }
        "collection_literal" => Expr::List(children(node).into_iter().map(|item| expr(reading, item)).collect()),
        "index_expression" => match children(node).as_slice() {
            [base, key, ..] => Expr::Index(Box::new(expr(reading, *base)), Box::new(expr(reading, *key))),
            _ => unfinished,
        },
        "user_type" => Expr::Type(ty(reading, node)),
        "spread_expression" => {
            let inner = children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner));
            Expr::Spread(Box::new(inner))
        }
        _ => Expr::Unknown("it is computed at run time"),
    }
}

/// The text between the interpolations that the grammar sees; it takes some `$name` for text.
fn content<'t>(raw: &str, is_raw: bool, parts: &mut Vec<Expr<'t>>) {
    let text = |raw: &str| Expr::Text(if is_raw { Rc::from(raw) } else { Rc::from(unescape(raw)) });
    let (mut from, mut at) = (0, 0);
    let bytes = raw.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !is_raw => at += 2,
            b'$' if bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') => {
                let word =
                    bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                parts.push(text(&raw[from..at]));
                parts.push(Expr::Name(Rc::from(&raw[at + 1..at + 1 + word])));
                at += 1 + word;
                from = at;
            }
            _ => at += 1,
        }
    }
    if from < raw.len() {
        parts.push(text(&raw[from..]));
    }
}

fn lambda<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let literal = if node.kind() == "annotated_lambda" { first_of(node, &["lambda_literal"]) } else { Some(node) };
    let Some(literal) = literal else { return Expr::Unknown("it is no complete expression") };
    let list = first_of(literal, &["lambda_parameters", "function_value_parameters"]);
    let body = match first_of(literal, &["function_body"]) {
        Some(body) => children(body).first().copied(),
        None => Some(literal),
    };
    Expr::Lambda(Rc::new(Func {
        name: Rc::from("lambda"),
        params: list.map(|list| params(reading, list)).unwrap_or_default(),
        body: body.map(|body| Body::new(reading.file, body)),
        result: None,
        receiver: None,
        marks: vec![Mark { name: Rc::from("$it"), args: Vec::new() }],
        doc: None,
        is_static: false,
        site: reading.site(node),
    }))
}

fn call<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let parts = children(node);
    let Some(callee) = parts.first() else { return Expr::Unknown("it is no complete expression") };
    // A lambda behind the parentheses is one argument more.
    if let Some(last) = parts.last()
        && last.kind() == "annotated_lambda"
        && callee.kind() == "call_expression"
    {
        if let Expr::Call(mut inner) = expr(reading, *callee) {
            inner.args.push(Arg { name: None, value: lambda(reading, *last) });
            return Expr::Call(inner);
        }
        return Expr::Unknown("it is computed at run time");
    }
    let mut args = Vec::new();
    let mut types = Vec::new();
    for part in &parts[1..] {
        match part.kind() {
            "value_arguments" => args.extend(self::args(reading, *part)),
            "annotated_lambda" | "lambda_literal" => args.push(Arg { name: None, value: lambda(reading, *part) }),
            "type_arguments" => {
                types.extend(children(*part).into_iter().filter_map(|arg| Some(ty(reading, *children(arg).last()?))));
            }
            _ => {}
        }
    }
    let site = match callee.kind() {
        "navigation_expression" => children(*callee).last().map_or(reading.site(node), |name| reading.site(*name)),
        _ => reading.site(node),
    };
    let call = Expr::Call(Box::new(Call { callee: expr(reading, *callee), types, args, site }));
    if_present(reading, *callee, call)
}

/// The arguments of a call or an annotation.
pub(super) fn args<'t>(reading: &Reading<'t>, list: Node<'t>) -> Vec<Arg<'t>> {
    let mut found = Vec::new();
    for arg in children(list) {
        let parts = children(arg);
        let Some(value) = parts.last() else { continue };
        let name = parts.first().filter(|_| parts.len() > 1 && !of_kind(arg, "=").is_empty());
        let value = expr(reading, *value);
        let value = if of_kind(arg, "*").is_empty() { value } else { Expr::Spread(Box::new(value)) };
        found.push(Arg { name: name.map(|name| Rc::from(reading.of(*name))), value });
    }
    found
}
