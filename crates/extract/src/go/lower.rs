//! The bodies and expressions of Go in the common language.

use super::declare::ty;
use crate::program::ast::{
    Arg, Body, Call, Case, Expr, Func, Leave, Make, Name, Param, Stmt, Truth, Type, labelled, truth,
};
use crate::program::source::{Reading, children, field, first_of, operands};
use std::rc::Rc;
use tree_sitter::Node;

/// The parameters of a function, each name with its type.
pub(super) fn params<'t>(reading: &Reading<'t>, list: Node<'t>) -> Vec<Param<'t>> {
    let mut found = Vec::new();
    for declared in children(list) {
        let mut cursor = declared.walk();
        let names: Vec<_> = declared.children_by_field_name("name", &mut cursor).map(|name| reading.of(name)).collect();
        let of = field(declared, "type").map(|node| ty(reading, node));
        let is_rest = declared.kind() == "variadic_parameter_declaration";
        for name in if names.is_empty() { vec!["_"] } else { names } {
            found.push(Param { name: Rc::from(name), ty: of.clone(), default: None, marks: Vec::new(), is_rest });
        }
    }
    found
}

pub(super) fn block<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    let read = || {
        let mut all = Vec::new();
        for child in children(node) {
            match child.kind() {
                "statement_list" => all.extend(block(reading, child)),
                _ => statement(reading, child, &mut all),
            }
        }
        all
    };
    reading.deeper(read).unwrap_or_default()
}

fn statement<'t>(reading: &Reading<'t>, node: Node<'t>, all: &mut Vec<Stmt<'t>>) {
    match node.kind() {
        "short_var_declaration" => {
            if let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) {
                declare(reading, &children(left), &children(right), None, all);
            }
        }
        "var_declaration" | "const_declaration" | "var_spec_list" => {
            children(node).into_iter().for_each(|spec| statement(reading, spec, all));
        }
        "var_spec" | "const_spec" => {
            let mut cursor = node.walk();
            let names: Vec<_> = node.children_by_field_name("name", &mut cursor).filter(Node::is_named).collect();
            let values = field(node, "value").map(children).unwrap_or_default();
            let of = field(node, "type").map(|node| ty(reading, node));
            declare(reading, &names, &values, of, all);
        }
        "assignment_statement" => {
            let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return };
            let (left, right) = (children(left), children(right));
            let operator = field(node, "operator").map_or("=", |operator| reading.of(operator));
            let adds = operator == "+=";
            for (at, target) in left.iter().enumerate() {
                let Some(value) = right.get(at).map(|value| expr(reading, *value)) else { continue };
                let value = match operator {
                    _ if adds => Expr::Join(vec![expr(reading, *target), value]),
                    "=" | ":=" => value,
                    _ => Expr::Unknown("it is computed at run time"),
                };
                all.push(Stmt::Assign(expr(reading, *target), value));
            }
        }
        "expression_statement" | "go_statement" | "defer_statement" => {
            for child in children(node) {
                all.push(Stmt::Expr(expr(reading, child)));
                let callee = field(child, "function").map_or("", |function| reading.of(function));
                let ends = callee == "panic" || matches!(callee, "os.Exit" | "runtime.Goexit");
                let last = callee.rsplit('.').next().unwrap_or_default();
                let fails = ["Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"].contains(&last);
                if node.kind() == "expression_statement" && (ends || fails) {
                    all.push(Stmt::Fail);
                }
            }
        }
        "if_statement" => {
            let mut inner = Vec::new();
            if let Some(first) = field(node, "initializer") {
                statement(reading, first, &mut inner);
            }
            let condition = field(node, "condition");
            let mut other = Vec::new();
            if let Some(alternative) = field(node, "alternative") {
                reading.deeper(|| statement(reading, alternative, &mut other));
            }
            inner.push(Stmt::If {
                test: condition.map_or(Expr::Null, |condition| expr(reading, condition)),
                words: Rc::from(condition.map_or("", |condition| reading.of(condition))),
                then: field(node, "consequence").map(|b| block(reading, b)).unwrap_or_default(),
                other,
            });
            match inner.len() {
                1 => all.extend(inner),
                _ => all.push(Stmt::Block(inner)),
            }
        }
        "inc_statement" | "dec_statement" => {
            let target = children(node).first().map(|target| expr(reading, *target));
            all.extend(target.map(|target| Stmt::Assign(target, Expr::Unknown("it is counted at run time"))));
        }
        "continue_statement" | "break_statement" => {
            let label = first_of(node, &["label_name"]).map(|label| Rc::from(reading.of(label)));
            let leave = if node.kind() == "continue_statement" { Leave::Round(label) } else { Leave::Block(label) };
            all.push(Stmt::Leave(leave));
        }
        "goto_statement" => all.push(Stmt::Jump(reading.site(node))),
        "for_statement" => {
            let body = field(node, "body").map(|body| block(reading, body)).unwrap_or_default();
            if let Some(range) = first_of(node, &["range_clause"]) {
                let names = field(range, "left").map(children).unwrap_or_default();
                let names = names.iter().map(|name| Rc::from(reading.of(*name))).collect::<Vec<Name>>();
                // One name is the index.
                let names = if names.len() == 1 { vec![Rc::clone(&names[0]), Rc::from("_")] } else { names };
                let over = field(range, "right").map_or(Expr::Null, |over| expr(reading, over));
                all.push(Stmt::Each { label: None, names, over, body });
            } else if let Some(counted) = counted(reading, node) {
                let names = vec![Rc::from("_"), counted.0];
                all.push(Stmt::Each { label: None, names, over: counted.1, body });
            } else {
                let mut inner = Vec::new();
                if let Some(first) = first_of(node, &["for_clause"]).and_then(|clause| field(clause, "initializer")) {
                    statement(reading, first, &mut inner);
                }
                inner.push(Stmt::Loop { label: None, body });
                all.push(Stmt::Block(inner));
            }
        }
        "expression_switch_statement" => {
            let on = field(node, "value");
            let cases = children(node).into_iter().filter(|child| child.kind().ends_with("_case")).map(|case| Case {
                values: field(case, "value")
                    .map(|list| children(list).into_iter().map(|value| expr(reading, value)).collect())
                    .unwrap_or_default(),
                body: block(reading, case),
                falls: falls(case),
            });
            let switch = Stmt::Switch {
                on: on.map_or(Expr::Bool(true), |on| expr(reading, on)),
                words: Rc::from(on.map_or("", |on| reading.of(on))),
                cases: cases.collect(),
            };
            let mut inner = Vec::new();
            if let Some(first) = field(node, "initializer") {
                statement(reading, first, &mut inner);
            }
            inner.push(switch);
            all.push(Stmt::Label(None, inner));
        }
        "type_switch_statement" | "select_statement" => {
            let cases = children(node).into_iter().filter(|child| child.kind().ends_with("_case"));
            let cases = Stmt::Branch(cases.map(|case| block(reading, case)).collect());
            all.push(Stmt::Label(None, vec![cases]));
        }
        "return_statement" => {
            let values = first_of(node, &["expression_list"]).map(children).unwrap_or_default();
            all.push(Stmt::Return(values.into_iter().map(|value| expr(reading, value)).collect()));
        }
        "block" => all.push(Stmt::Block(block(reading, node))),
        "labeled_statement" => {
            let mut inner = Vec::new();
            for part in children(node).into_iter().skip(1) {
                reading.deeper(|| statement(reading, part, &mut inner));
            }
            let label = field(node, "label").map_or("", |label| reading.of(label));
            all.push(labelled(label, inner));
        }
        _ => {}
    }
}

/// Whether the last statement of a case is `fallthrough`.
fn falls(case: Node<'_>) -> bool {
    let parts = children(case);
    let list = parts.iter().find(|part| part.kind() == "statement_list").map(|list| children(*list));
    list.unwrap_or(parts).last().is_some_and(|last| last.kind() == "fallthrough_statement")
}

/// `for i := 0; i < 3; i++`: the name and the numbers that it takes.
fn counted<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<(Name, Expr<'t>)> {
    let clause = first_of(node, &["for_clause"])?;
    let (first, test, step) = (field(clause, "initializer")?, field(clause, "condition")?, field(clause, "update")?);
    let name = reading.of(*children(field(first, "left")?).first()?);
    let from = expr(reading, *children(field(first, "right")?).first()?);
    let operator = field(test, "operator")?.kind();
    if step.kind() != "inc_statement" || reading.of(field(test, "left")?) != name || !matches!(operator, "<" | "<=") {
        return None;
    }
    let to = expr(reading, field(test, "right")?);
    let to = if operator == "<" { to } else { Expr::Join(vec![to, Expr::Number(1.into())]) };
    Some((Rc::from(name), Expr::Range(Box::new(from), Box::new(to))))
}

fn declare<'t>(
    reading: &Reading<'t>,
    names: &[Node<'t>],
    values: &[Node<'t>],
    of: Option<Type<'t>>,
    all: &mut Vec<Stmt<'t>>,
) {
    let name = |node: &Node<'t>| Rc::from(reading.of(*node));
    if values.len() == 1 && names.len() > 1 {
        all.push(Stmt::Let(names.iter().map(name).collect(), of, Some(expr(reading, values[0]))));
        return;
    }
    for (at, declared) in names.iter().enumerate() {
        let value = values.get(at).map(|value| expr(reading, *value));
        all.push(Stmt::Let(vec![name(declared)], of.clone(), value));
    }
}

/// The text of a literal.
pub(super) fn text_of(reading: &Reading<'_>, node: Node<'_>) -> String {
    let raw = reading.text.get(node.byte_range()).unwrap_or_default();
    if let Some(raw) = raw.strip_prefix('`') {
        return raw.strip_suffix('`').unwrap_or(raw).replace('\r', "");
    }
    crate::program::literal::unescape(raw.trim_matches('"'))
}

pub(super) fn expr<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    reading.deeper(|| bare(reading, node)).unwrap_or(Expr::Unknown("it nests too deep"))
}

fn bare<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let text = reading.of(node);
    match node.kind() {
        "interpreted_string_literal" | "raw_string_literal" => Expr::Text(Rc::from(text_of(reading, node))),
        "int_literal" | "float_literal" => crate::program::literal::number(text),
        "true" => Expr::Bool(true),
        "false" => Expr::Bool(false),
        "nil" => Expr::Null,
        "identifier" | "field_identifier" => match text {
            "true" => Expr::Bool(true),
            "false" => Expr::Bool(false),
            "nil" => Expr::Null,
            name => Expr::Name(Rc::from(name)),
        },
        "selector_expression" => match (field(node, "operand"), field(node, "field")) {
            (Some(base), Some(name)) => Expr::Member(Box::new(expr(reading, base)), Rc::from(reading.of(name))),
            _ => Expr::Unknown("it is no complete expression"),
        },
        "parenthesized_expression" => children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner)),
        "unary_expression" => match (node.child(0).map(|op| op.kind()), field(node, "operand")) {
            (Some("&"), Some(inner)) if inner.kind() == "identifier" => Expr::Refer(Box::new(expr(reading, inner))),
            (Some("&" | "*" | "+"), Some(inner)) => expr(reading, inner),
            (Some("-"), Some(inner)) => crate::program::literal::number(&format!("-{}", reading.of(inner))),
            (Some("!"), Some(inner)) => Expr::Truth(Box::new(Truth::Not(expr(reading, inner)))),
            (Some("<-"), _) => Expr::Unknown("it is received from a channel"),
            _ => Expr::Unknown("it is computed at run time"),
        },
        "binary_expression" => {
            let is_sum = |node: Node<'t>| {
                node.kind() == "binary_expression" && field(node, "operator").is_some_and(|op| op.kind() == "+")
            };
            if is_sum(node) {
                return Expr::Join(operands(node, is_sum).into_iter().map(|part| expr(reading, part)).collect());
            }
            let side = |name: &str| field(node, name).map_or(Expr::Null, |side| expr(reading, side));
            let operator = field(node, "operator").map_or("", |operator| operator.kind());
            truth(operator, side("left"), side("right")).unwrap_or(Expr::Unknown("it is computed at run time"))
        }
        "call_expression" => call(reading, node),
        "type_conversion_expression" => field(node, "operand").map_or(Expr::Null, |inner| expr(reading, inner)),
        "composite_literal" => composite(reading, field(node, "type"), field(node, "body"), node),
        "func_literal" => Expr::Lambda(Rc::new(Func {
            name: Rc::from("func"),
            params: field(node, "parameters").map(|list| params(reading, list)).unwrap_or_default(),
            body: field(node, "body").map(|body| Body::new(reading.file, body)),
            result: field(node, "result").map(|result| ty(reading, result)),
            receiver: None,
            marks: Vec::new(),
            doc: None,
            is_static: false,
            site: reading.site(node),
        })),
        "index_expression" => match (field(node, "operand"), field(node, "index")) {
            (Some(base), Some(key)) => Expr::Index(Box::new(expr(reading, base)), Box::new(expr(reading, key))),
            _ => Expr::Unknown("it is no complete expression"),
        },
        "slice_expression" => {
            let part = |name: &str| field(node, name).map_or(Expr::Null, |part| expr(reading, part));
            let parts = ["operand", "start", "end"].map(|name| Arg { name: None, value: part(name) });
            let callee = Expr::Name(Rc::from("$slice"));
            Expr::Call(Box::new(Call { callee, types: Vec::new(), args: parts.into(), site: reading.site(node) }))
        }
        // A generic function whose types are written out.
        "type_instantiation_expression" => field(node, "type").map_or(Expr::Null, |inner| expr(reading, inner)),
        "type_assertion_expression" => field(node, "operand").map_or(Expr::Null, |inner| expr(reading, inner)),
        "slice_type" | "map_type" | "pointer_type" | "struct_type" | "qualified_type" | "generic_type"
        | "type_identifier" => Expr::Type(ty(reading, node)),
        _ => Expr::Unknown("it is computed at run time"),
    }
}

fn call<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let Some(function) = field(node, "function") else { return Expr::Unknown("it is no complete expression") };
    let mut types = field(node, "type_arguments").map(children).unwrap_or_default();
    // `f[T](x)` reads as an index where the grammar cannot tell.
    let mut callee = function;
    if function.kind() == "type_instantiation_expression" || function.kind() == "index_expression" {
        let parts = children(function);
        if let Some((first, rest)) = parts.split_first() {
            callee = *first;
            types.extend(rest);
        }
    }
    let types = types.into_iter().map(|node| match node.kind() {
        "type_elem" => children(node).first().map_or(Type::named("any"), |inner| ty(reading, *inner)),
        _ => ty(reading, node),
    });
    let mut args = Vec::new();
    for arg in field(node, "arguments").map(children).unwrap_or_default() {
        let value = match arg.kind() {
            "variadic_argument" => {
                let inner = children(arg).first().map_or(Expr::Null, |inner| expr(reading, *inner));
                Expr::Spread(Box::new(inner))
            }
            _ => {
                let value = expr(reading, arg);
                let spreads = arg.next_sibling().is_some_and(|next| next.kind() == "...");
                if spreads { Expr::Spread(Box::new(value)) } else { value }
            }
        };
        args.push(Arg { name: None, value });
    }
    let types = types.collect();
    if callee.kind() == "parenthesized_type" || callee.kind() == "slice_type" {
        return args.into_iter().next().map_or(Expr::Null, |arg| arg.value);
    }
    Expr::Call(Box::new(Call { callee: expr(reading, callee), types, args, site: reading.site(node) }))
}

/// `T{...}`, `[]T{...}`, `map[K]V{...}`; inside of the last two the type may be left out.
fn composite<'t>(reading: &Reading<'t>, of: Option<Node<'t>>, body: Option<Node<'t>>, at: Node<'t>) -> Expr<'t> {
    let Some(body) = body else { return Expr::Null };
    let element =
        |node: Node<'t>| if node.kind() == "literal_element" { children(node).first().copied() } else { Some(node) };
    let item = |node: Node<'t>, of: Option<Node<'t>>| match element(node) {
        Some(inner) if inner.kind() == "literal_value" => {
            reading.deeper(|| composite(reading, of, Some(inner), inner)).unwrap_or(Expr::Unknown("it nests too deep"))
        }
        Some(inner) => expr(reading, inner),
        None => Expr::Null,
    };
    let pairs: Vec<(Option<Node<'t>>, Node<'t>)> = children(body)
        .into_iter()
        .filter_map(|child| match child.kind() {
            "keyed_element" => {
                let parts = children(child);
                Some((Some(*parts.first()?), *parts.get(1)?))
            }
            _ => Some((None, child)),
        })
        .collect();
    let strip = |of: Node<'t>| if of.kind() == "pointer_type" { children(of).first().copied() } else { Some(of) };
    match of.and_then(strip) {
        Some(list) if matches!(list.kind(), "slice_type" | "array_type" | "implicit_length_array_type") => {
            let of = field(list, "element");
            Expr::List(pairs.into_iter().map(|(_, value)| item(value, of)).collect())
        }
        Some(map) if map.kind() == "map_type" => {
            let (keys, values) = (field(map, "key"), field(map, "value"));
            let pairs = pairs.into_iter().filter_map(|(key, value)| Some((item(key?, keys), item(value, values))));
            Expr::Map(pairs.collect())
        }
        named => {
            let of = named.map_or(Type::named(""), |named| ty(reading, named));
            let name = |key: Option<Node<'t>>| key.map_or("", |key| reading.of(key));
            // The type of a field's literal must be written, so none is handed on.
            let fields = pairs.into_iter().map(|(key, value)| (Rc::from(name(key)), item(value, None)));
            Expr::Make(Box::new(Make { ty: of, args: Vec::new(), fields: fields.collect(), site: reading.site(at) }))
        }
    }
}
