//! The bodies and expressions of C# in the common language.

use super::declare::{func, marks, params, ty};
use crate::program::ast::{Arg, Body, Call, Case, Expr, Func, Leave, Make, Name, Param, Stmt, Truth, Type, truth};
use crate::program::choice::ternary;
use crate::program::literal::{number, unescape};
use crate::program::source::{Reading, children, field, first_of, may_register, of_kind, operands, words};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn text_or_none(text: &str) -> Option<Rc<str>> {
    (!text.is_empty()).then(|| Rc::from(text))
}

/// A block, the top-level statements of a file, or one expression behind an arrow.
pub(super) fn body<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    match node.kind() {
        "block" | "compilation_unit" | "global_statement" | "switch_section" | "finally_clause" => {
            let read = || {
                let mut all = Vec::new();
                for child in children(node) {
                    match child.kind() {
                        "global_statement" => all.extend(body(reading, child)),
                        _ => statement(reading, child, &mut all),
                    }
                }
                // Local functions may be called before they stand.
                all.sort_by_key(|statement| !matches!(statement, Stmt::Func(_)));
                all
            };
            reading.deeper(read).unwrap_or_default()
        }
        "arrow_expression_clause" => children(node).first().map(|inner| body(reading, *inner)).unwrap_or_default(),
        _ => vec![Stmt::Return(vec![expr(reading, node)])],
    }
}

fn nested<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    let mut all = Vec::new();
    reading.deeper(|| statement(reading, node, &mut all));
    all
}

fn statement<'t>(reading: &Reading<'t>, node: Node<'t>, all: &mut Vec<Stmt<'t>>) {
    match node.kind() {
        "local_declaration_statement" | "variable_declaration" => {
            let list = if node.kind() == "variable_declaration" {
                Some(node)
            } else {
                first_of(node, &["variable_declaration"])
            };
            let Some(list) = list else { return };
            let of = field(list, "type").filter(|of| of.kind() != "implicit_type").map(|of| ty(reading, of));
            for declared in of_kind(list, "variable_declarator") {
                let Some(name) = field(declared, "name") else { continue };
                let value = children(declared).into_iter().next_back().filter(|value| value.id() != name.id());
                let value = value.map(|value| typed(expr(reading, value), of.as_ref()));
                all.push(Stmt::Let(vec![Rc::from(reading.of(name))], of.clone(), value));
            }
        }
        "expression_statement" => {
            for child in children(node) {
                match (child.kind(), field(child, "left"), field(child, "right")) {
                    ("assignment_expression", Some(left), Some(right)) => {
                        let adds = field(child, "operator").is_some_and(|op| reading.of(op) == "+=");
                        let value = expr(reading, right);
                        let value = if adds { Expr::Join(vec![expr(reading, left), value]) } else { value };
                        all.push(Stmt::Assign(expr(reading, left), value));
                    }
                    _ => {
                        all.push(Stmt::Expr(expr(reading, child)));
                        if reading.of(child).starts_with("Environment.Exit") {
                            all.push(Stmt::Fail);
                        }
                    }
                }
            }
        }
        "return_statement" => {
            all.push(Stmt::Return(children(node).into_iter().map(|value| expr(reading, value)).collect()));
        }
        "if_statement" => {
            let test = field(node, "condition");
            let branch = |name: &str| field(node, name).map(|branch| nested(reading, branch)).unwrap_or_default();
            all.push(Stmt::If {
                test: test.map_or(Expr::Null, |test| expr(reading, test)),
                words: words(reading, test),
                then: branch("consequence"),
                other: branch("alternative"),
            });
        }
        "throw_statement" => all.push(Stmt::Fail),
        "continue_statement" => all.push(Stmt::Leave(Leave::Round(None))),
        "break_statement" => all.push(Stmt::Leave(Leave::Block(None))),
        "goto_statement" => all.push(Stmt::Jump(reading.site(node))),
        "labeled_statement" => all.extend(children(node).into_iter().skip(1).flat_map(|inner| nested(reading, inner))),
        "foreach_statement" => {
            let names: Vec<Name> = field(node, "left").map(|name| Rc::from(reading.of(name))).into_iter().collect();
            let over = field(node, "right").map_or(Expr::Null, |over| expr(reading, over));
            let body = field(node, "body").map(|body| nested(reading, body)).unwrap_or_default();
            all.push(Stmt::Each { label: None, names, over, body });
        }
        "for_statement" | "while_statement" | "do_statement" => {
            let body = field(node, "body").map(|body| nested(reading, body)).unwrap_or_default();
            let mut inner = field(node, "initializer").map(|first| nested(reading, first)).unwrap_or_default();
            inner.push(Stmt::Loop { label: None, body });
            all.push(Stmt::Block(inner));
        }
        "using_statement" | "lock_statement" | "fixed_statement" | "checked_statement" => {
            for child in children(node) {
                statement(reading, child, all);
            }
        }
        "try_statement" => {
            let last = first_of(node, &["finally_clause"]).map(|last| body(reading, last)).unwrap_or_default();
            let caught = of_kind(node, "catch_clause").into_iter().filter(|part| may_register(reading.of(*part)));
            let caught = caught.filter_map(|part| field(part, "body")).map(|block| body(reading, block)).collect();
            let tried = field(node, "body").map(|block| body(reading, block)).unwrap_or_default();
            all.push(Stmt::Try { body: tried, caught, last });
        }
        "switch_statement" => {
            let test = field(node, "value");
            let sections = field(node, "body").map(children).unwrap_or_default().into_iter();
            let cases = sections.map(|section| {
                let is_tested = first_of(section, &["when_clause"]).is_some();
                let patterns = children(section).into_iter().filter(|part| part.kind().ends_with("pattern"));
                let value = |pattern: Node<'t>| match children(pattern).first() {
                    Some(value) if pattern.kind() == "constant_pattern" && !is_tested => expr(reading, *value),
                    _ => Expr::Unknown("it is matched at run time"),
                };
                Case { values: patterns.map(value).collect(), body: body(reading, section), falls: false }
            });
            let switch = Stmt::Switch {
                on: test.map_or(Expr::Null, |test| expr(reading, test)),
                words: words(reading, test),
                cases: cases.collect(),
            };
            all.push(Stmt::Label(None, vec![switch]));
        }
        "local_function_statement" => all.extend(func(reading, node, "").map(Stmt::Func)),
        "block" => all.push(Stmt::Block(body(reading, node))),
        _ => {}
    }
}

/// `new() {...}` is of the type that is declared for it.
fn typed<'t>(value: Expr<'t>, of: Option<&Type<'t>>) -> Expr<'t> {
    match (value, of) {
        (Expr::Make(mut make), Some(of)) if make.ty.name.is_empty() => {
            make.ty = of.clone();
            Expr::Make(make)
        }
        (value, _) => value,
    }
}

pub(super) fn expr<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    reading.deeper(|| bare(reading, node)).unwrap_or(Expr::Unknown("it nests too deep"))
}

/// A raw text: the indent of the closing quotes goes, and so do the first and the last line break.
fn raw_text(text: &str) -> String {
    let inner = text.trim_start_matches('$');
    let quotes = inner.len() - inner.trim_start_matches('"').len();
    let inner = inner.get(quotes..inner.len().saturating_sub(quotes)).unwrap_or_default();
    let Some((_, lines)) = inner.split_once('\n').filter(|(first, _)| first.trim().is_empty()) else {
        return inner.to_owned();
    };
    let (lines, indent) = lines.rsplit_once('\n').unwrap_or(("", lines));
    let lines = lines.lines().map(|line| line.strip_prefix(indent.trim_end_matches('\r')).unwrap_or(line.trim_start()));
    lines.collect::<Vec<_>>().join("\n")
}

fn bare<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let unfinished = Expr::Unknown("it is no complete expression");
    let text = reading.of(node);
    match node.kind() {
        "string_literal" => Expr::Text(Rc::from(unescape(text.trim_matches('"').trim_end_matches("\"u8")))),
        "verbatim_string_literal" => {
            let inner = text.trim_start_matches('@');
            let inner = inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(inner);
            Expr::Text(Rc::from(inner.replace("\"\"", "\"")))
        }
        "raw_string_literal" => Expr::Text(Rc::from(raw_text(text))),
        "interpolated_string_expression" => interpolated(reading, node),
        "integer_literal" | "real_literal" => number(text),
        "boolean_literal" => Expr::Bool(text == "true"),
        "null_literal" | "default_expression" => Expr::Null,
        "identifier" | "this" | "this_expression" => Expr::Name(Rc::from(text)),
        "base" | "base_expression" => Expr::Name(Rc::from("this")),
        "member_access_expression" | "qualified_name" => {
            let base = field(node, "expression").or_else(|| field(node, "qualifier"));
            match (base, field(node, "name")) {
                (Some(base), Some(name)) => {
                    let name = first_of(name, &["identifier"]).unwrap_or(name);
                    Expr::Member(Box::new(expr(reading, base)), Rc::from(reading.of(name)))
                }
                _ => unfinished,
            }
        }
        "conditional_access_expression" => {
            // `a?.b` is `a.b` where there is an `a`.
            let parts = children(node);
            match (parts.first(), parts.get(1).and_then(|rest| children(*rest).first().copied())) {
                (Some(base), Some(name)) => Expr::Member(Box::new(expr(reading, *base)), Rc::from(reading.of(name))),
                _ => unfinished,
            }
        }
        "generic_name" => Expr::Name(Rc::from(first_of(node, &["identifier"]).map_or(text, |name| reading.of(name)))),
        "invocation_expression" => call(reading, node),
        "object_creation_expression" | "implicit_object_creation_expression" => creation(reading, node),
        "array_creation_expression" | "implicit_array_creation_expression" => {
            first_of(node, &["initializer_expression"]).map_or(Expr::List(Vec::new()), |list| expr(reading, list))
        }
        "initializer_expression" => Expr::List(children(node).into_iter().map(|item| expr(reading, item)).collect()),
        "collection_expression" => {
            let items = children(node).into_iter().filter_map(|element| children(element).first().copied());
            let item = |node: Node<'t>| {
                let inner = children(node).first().copied();
                match (node.kind(), inner) {
                    ("spread_element", Some(inner)) => Expr::Spread(Box::new(expr(reading, inner))),
                    ("expression_element", Some(inner)) => expr(reading, inner),
                    _ => expr(reading, node),
                }
            };
            Expr::List(items.map(item).collect())
        }
        "lambda_expression" | "anonymous_method_expression" => {
            let list = field(node, "parameters");
            let one = |list: Node<'t>| Param {
                name: Rc::from(reading.of(list)),
                ty: None,
                default: None,
                marks: Vec::new(),
                is_rest: false,
            };
            Expr::Lambda(Rc::new(Func {
                name: Rc::from(""),
                params: match list {
                    Some(list) if list.kind() == "parameter_list" => params(reading, list),
                    Some(list) => vec![one(list)],
                    None => Vec::new(),
                },
                body: field(node, "body").map(|body| Body::new(reading.file, body)),
                result: field(node, "type").map(|of| ty(reading, of)),
                receiver: None,
                marks: marks(reading, node),
                doc: None,
                is_static: false,
                site: reading.site(node),
            }))
        }
        "binary_expression" => {
            let is_sum = |node: Node<'t>| {
                node.kind() == "binary_expression" && field(node, "operator").is_some_and(|op| op.kind() == "+")
            };
            if is_sum(node) {
                return Expr::Join(operands(node, is_sum).into_iter().map(|part| expr(reading, part)).collect());
            }
            match (field(node, "operator").map(|op| op.kind()), field(node, "left"), field(node, "right")) {
                (Some("??"), Some(left), Some(right)) => Expr::Choice(vec![expr(reading, left), expr(reading, right)]),
                (Some(operator), Some(left), Some(right)) => truth(operator, expr(reading, left), expr(reading, right))
                    .unwrap_or(Expr::Unknown("it is computed at run time")),
                _ => Expr::Unknown("it is computed at run time"),
            }
        }
        "parenthesized_expression" | "await_expression" | "checked_expression" => {
            children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner))
        }
        "cast_expression" => field(node, "value").map_or(Expr::Null, |inner| expr(reading, inner)),
        "as_expression" => field(node, "left").map_or(Expr::Null, |inner| expr(reading, inner)),
        "postfix_unary_expression" => children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner)),
        "prefix_unary_expression" if text.starts_with('-') => number(text),
        "prefix_unary_expression" if text.starts_with('!') => {
            let inner = children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner));
            Expr::Truth(Box::new(Truth::Not(inner)))
        }
        // `x is "value"`, `x is not null`.
        "is_pattern_expression" => {
            let (left, pattern) = (field(node, "expression"), field(node, "pattern"));
            let constant = |node: Node<'t>| {
                let inner = if node.kind() == "negated_pattern" { children(node).first().copied() } else { Some(node) };
                inner
                    .filter(|inner| inner.kind() == "constant_pattern")
                    .and_then(|inner| children(inner).first().copied())
            };
            match (left, pattern.and_then(constant)) {
                (Some(left), Some(value)) => {
                    let is = Expr::Truth(Box::new(Truth::Is(expr(reading, left), expr(reading, value))));
                    let negated = pattern.is_some_and(|pattern| pattern.kind() == "negated_pattern");
                    if negated { Expr::Truth(Box::new(Truth::Not(is))) } else { is }
                }
                _ => Expr::Unknown("it is computed at run time"),
            }
        }
        "conditional_expression" => ternary(reading, node, expr),
        "typeof_expression" => field(node, "type").map_or(Expr::Null, |of| Expr::Type(ty(reading, of))),
        "assignment_expression" => field(node, "right").map_or(Expr::Null, |inner| expr(reading, inner)),
        "element_access_expression" => match (field(node, "expression"), field(node, "subscript")) {
            (Some(base), Some(keys)) => {
                let key = children(keys).first().and_then(|key| children(*key).first().copied());
                let key = key.map_or(Expr::Null, |key| expr(reading, key));
                Expr::Index(Box::new(expr(reading, base)), Box::new(key))
            }
            _ => unfinished,
        },
        _ => Expr::Unknown("it is computed at run time"),
    }
}

fn interpolated<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let text = reading.of(node);
    let is_raw = text.trim_start_matches('$').starts_with("\"\"\"");
    let is_verbatim = text.starts_with("$@") || text.starts_with("@$");
    let mut parts = vec![Expr::Text(Rc::from(""))];
    for part in children(node) {
        match part.kind() {
            "interpolation" => {
                let inner = children(part).into_iter().find(|child| child.kind() != "interpolation_brace");
                parts.push(inner.map_or(Expr::Null, |inner| expr(reading, inner)));
            }
            kind if kind.contains("content") || kind.contains("escape") => {
                let raw = reading.of(part);
                let text = if is_raw || is_verbatim { raw.to_owned() } else { unescape(raw) };
                parts.push(Expr::Text(Rc::from(text.replace("{{", "{").replace("}}", "}"))));
            }
            _ => {}
        }
    }
    // Its indent is that of the closing quotes, which is not worth following.
    if is_raw && text.contains('\n') { Expr::Unknown("it is a raw text with parts") } else { Expr::Join(parts) }
}

fn call<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let Some(function) = field(node, "function") else { return Expr::Unknown("it is no complete expression") };
    let name = field(function, "name").unwrap_or(function);
    let types = first_of(name, &["type_argument_list"]).map(children).unwrap_or_default();
    if reading.of(function) == "nameof"
        && let Some(list) = field(node, "arguments")
    {
        let last = reading.of(list).trim_matches(['(', ')']).rsplit('.').next().unwrap_or_default();
        return Expr::Text(Rc::from(last.trim()));
    }
    Expr::Call(Box::new(Call {
        callee: expr(reading, function),
        types: types.into_iter().map(|of| ty(reading, of)).collect(),
        args: args(reading, field(node, "arguments")),
        site: reading.site(name),
    }))
}

fn args<'t>(reading: &Reading<'t>, list: Option<Node<'t>>) -> Vec<Arg<'t>> {
    let mut found = Vec::new();
    for arg in list.map(children).unwrap_or_default() {
        let name = field(arg, "name");
        let value = children(arg).into_iter().rfind(|child| name.is_none_or(|name| name.id() != child.id()));
        let Some(value) = value else { continue };
        let is_place = first_of(arg, &["out", "ref"]).is_some();
        let value = expr(reading, value);
        let value = if is_place { Expr::Refer(Box::new(value)) } else { value };
        found.push(Arg { name: name.map(|name| Rc::from(reading.of(name))), value });
    }
    found
}

fn creation<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let of = field(node, "type").map_or_else(|| Type::named(""), |of| ty(reading, of));
    let initial = first_of(node, &["initializer_expression"]).map(children).unwrap_or_default();
    let is_map = of.last().ends_with("Dictionary") || of.last() == "JsonObject";
    let (mut fields, mut pairs, mut items) = (Vec::new(), Vec::new(), Vec::new());
    for part in initial {
        match (part.kind(), field(part, "left"), field(part, "right")) {
            ("assignment_expression", Some(left), Some(right)) if left.kind() == "element_binding_expression" => {
                let key = children(left).first().and_then(|arg| children(*arg).first().copied());
                pairs.push((key.map_or(Expr::Null, |key| expr(reading, key)), expr(reading, right)));
            }
            ("assignment_expression", Some(left), Some(right)) => {
                fields.push((Rc::from(reading.of(left)), expr(reading, right)));
            }
            ("initializer_expression", ..) => {
                if let [key, value, ..] = children(part).as_slice() {
                    pairs.push((expr(reading, *key), expr(reading, *value)));
                }
            }
            _ => items.push(expr(reading, part)),
        }
    }
    if !pairs.is_empty() || (is_map && fields.is_empty()) {
        return Expr::Map(pairs);
    }
    let is_list = matches!(of.last(), "List" | "Collection" | "HashSet" | "JsonArray")
        || of.last().ends_with("PrimitiveCollection");
    if !items.is_empty() || (is_list && fields.is_empty()) {
        return Expr::List(items);
    }
    let list = field(node, "arguments").or_else(|| first_of(node, &["argument_list"]));
    Expr::Make(Box::new(Make { ty: of, args: args(reading, list), fields, site: reading.site(node) }))
}
