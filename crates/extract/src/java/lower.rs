//! The bodies and expressions of Java in the common language.

use super::declare::{members, nested_mark, params, ty};
use crate::program::ast::{
    Arg, Body, Call, Case, Class, ClassKind, Expr, Func, Leave, Make, Name, Stmt, Truth, labelled, truth,
};
use crate::program::builtin::trim_indent;
use crate::program::choice::ternary;
use crate::program::literal::{number, unescape};
use crate::program::source::{Reading, children, field, first_of, may_register, operands, words};
use std::rc::Rc;
use tree_sitter::Node;

/// A block, or the one expression of a lambda.
pub(super) fn body<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
    match node.kind() {
        "block" | "constructor_body" | "switch_block_statement_group" | "switch_rule" | "finally_clause" => {
            let read = || {
                let mut all = Vec::new();
                children(node).into_iter().for_each(|child| statement(reading, child, &mut all));
                all
            };
            reading.deeper(read).unwrap_or_default()
        }
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
        "local_variable_declaration" => {
            let of = field(node, "type").map(|node| ty(reading, node));
            let mut cursor = node.walk();
            for declared in node.children_by_field_name("declarator", &mut cursor) {
                let Some(name) = field(declared, "name") else { continue };
                let value = field(declared, "value").map(|value| expr(reading, value));
                all.push(Stmt::Let(vec![Rc::from(reading.of(name))], of.clone(), value));
            }
        }
        "resource" => {
            if let (Some(name), Some(value)) = (field(node, "name"), field(node, "value")) {
                all.push(Stmt::Let(vec![Rc::from(reading.of(name))], None, Some(expr(reading, value))));
            }
        }
        "expression_statement" => {
            for child in children(node) {
                match (child.kind(), field(child, "left"), field(child, "right")) {
                    ("assignment_expression", Some(left), Some(right)) => {
                        let adds = field(child, "operator").is_some_and(|op| op.kind() == "+=");
                        let value = expr(reading, right);
                        let target = expr(reading, left);
                        let value = if adds { Expr::Join(vec![expr(reading, left), value]) } else { value };
                        all.push(Stmt::Assign(target, value));
                    }
                    ("switch_expression", ..) => statement(reading, child, all),
                    _ => {
                        all.push(Stmt::Expr(expr(reading, child)));
                        if reading.of(child).starts_with("System.exit") {
                            all.push(Stmt::Fail);
                        }
                    }
                }
            }
        }
        "return_statement" | "yield_statement" => {
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
        "continue_statement" | "break_statement" => {
            let label = children(node).first().map(|label| Rc::from(reading.of(*label)));
            let leave = if node.kind() == "continue_statement" { Leave::Round(label) } else { Leave::Block(label) };
            all.push(Stmt::Leave(leave));
        }
        "enhanced_for_statement" => {
            let names = field(node, "name").map(|name| Rc::from(reading.of(name))).into_iter().collect();
            let over = field(node, "value").map_or(Expr::Null, |over| expr(reading, over));
            let body = field(node, "body").map(|body| nested(reading, body)).unwrap_or_default();
            all.push(Stmt::Each { label: None, names, over, body });
        }
        "for_statement" | "while_statement" | "do_statement" => {
            let body = field(node, "body").map(|body| nested(reading, body)).unwrap_or_default();
            if let Some((name, over)) = counted(reading, node) {
                all.push(Stmt::Each { label: None, names: vec![name], over, body });
            } else {
                let mut inner = field(node, "init").map(|init| nested(reading, init)).unwrap_or_default();
                inner.push(Stmt::Loop { label: None, body });
                all.push(Stmt::Block(inner));
            }
        }
        "try_statement" | "try_with_resources_statement" => {
            let mut inner = Vec::new();
            for resource in field(node, "resources").map(children).unwrap_or_default() {
                statement(reading, resource, &mut inner);
            }
            inner.extend(field(node, "body").map(|block| body(reading, block)).unwrap_or_default());
            let last = first_of(node, &["finally_clause"]).map(|last| body(reading, last)).unwrap_or_default();
            let caught = children(node).into_iter().filter(|part| part.kind() == "catch_clause");
            let caught = caught.filter(|part| may_register(reading.of(*part))).filter_map(|part| field(part, "body"));
            let caught = caught.map(|block| body(reading, block)).collect();
            all.push(Stmt::Try { body: inner, caught, last });
        }
        "switch_expression" | "switch_statement" => {
            let test = field(node, "condition");
            let groups = field(node, "body").map(children).unwrap_or_default().into_iter();
            let cases = groups.map(|group| {
                let labels = children(group).into_iter().filter(|part| part.kind() == "switch_label");
                let values = labels.flat_map(children).map(|value| expr(reading, value)).collect();
                Case { values, body: body(reading, group), falls: group.kind() == "switch_block_statement_group" }
            });
            let switch = Stmt::Switch {
                on: test.map_or(Expr::Null, |test| expr(reading, test)),
                words: words(reading, test),
                cases: cases.collect(),
            };
            all.push(Stmt::Label(None, vec![switch]));
        }
        "block" => all.push(Stmt::Block(body(reading, node))),
        "labeled_statement" => {
            if let [label, inner] = children(node).as_slice() {
                let inner = nested(reading, *inner);
                all.push(labelled(reading.of(*label), inner));
            }
        }
        "synchronized_statement" | "finally_clause" => {
            all.extend(children(node).into_iter().flat_map(|child| nested(reading, child)));
        }
        _ => {}
    }
}

/// `for (int i = 0; i < 3; i++)`: the name and the numbers that it takes.
fn counted<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<(Name, Expr<'t>)> {
    let first = field(field(node, "init")?, "declarator")?;
    let (test, step) = (field(node, "condition")?, field(node, "update")?);
    let name = reading.of(field(first, "name")?);
    let operator = field(test, "operator")?.kind();
    let counts =
        [format!("{name}++"), format!("++{name}"), format!("{name} += 1")].contains(&reading.of(step).to_owned());
    if !counts || reading.of(field(test, "left")?) != name || !matches!(operator, "<" | "<=") {
        return None;
    }
    let to = expr(reading, field(test, "right")?);
    let to = if operator == "<" { to } else { Expr::Join(vec![to, Expr::Number(1.into())]) };
    Some((Rc::from(name), Expr::Range(Box::new(expr(reading, field(first, "value")?)), Box::new(to))))
}

pub(super) fn expr<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    reading.deeper(|| bare(reading, node)).unwrap_or(Expr::Unknown("it nests too deep"))
}

fn text_of(raw: &str) -> String {
    match raw.strip_prefix("\"\"\"") {
        Some(block) => {
            let block = block.strip_suffix("\"\"\"").unwrap_or(block);
            let closing_apart = block.rsplit('\n').next().is_some_and(|last| last.trim().is_empty());
            // The line of the closing quotes counts for the indent, and ends the text with a line break.
            let marked = if closing_apart { format!("{block}\u{0}") } else { block.to_owned() };
            let cut = trim_indent(&marked);
            let lines: Vec<&str> = cut.lines().map(|line| line.trim_end_matches([' ', '\t'])).collect();
            unescape(&lines.join("\n").replace('\u{0}', ""))
        }
        None => unescape(raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw)),
    }
}

fn bare<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let unfinished = Expr::Unknown("it is no complete expression");
    let text = reading.of(node);
    match node.kind() {
        "string_literal" => Expr::Text(Rc::from(text_of(text))),
        "decimal_integer_literal" | "hex_integer_literal" | "decimal_floating_point_literal" => number(text),
        "true" => Expr::Bool(true),
        "false" => Expr::Bool(false),
        "null_literal" => Expr::Null,
        "identifier" | "this" | "type_identifier" => Expr::Name(Rc::from(text)),
        "field_access" | "scoped_identifier" | "scoped_type_identifier" => {
            let parts = children(node);
            match (parts.first(), parts.last()) {
                (Some(base), Some(name)) if parts.len() > 1 => {
                    Expr::Member(Box::new(expr(reading, *base)), Rc::from(reading.of(*name)))
                }
                _ => unfinished,
            }
        }
        "method_invocation" => {
            let Some(name) = field(node, "name") else { return unfinished };
            let name = Rc::from(reading.of(name));
            let callee = match field(node, "object") {
                Some(object) => Expr::Member(Box::new(expr(reading, object)), name),
                None => Expr::Name(name),
            };
            let types = field(node, "type_arguments").map(children).unwrap_or_default();
            Expr::Call(Box::new(Call {
                callee,
                types: types.into_iter().map(|node| ty(reading, node)).collect(),
                args: args(reading, node),
                site: reading.site(field(node, "name").unwrap_or(node)),
            }))
        }
        "object_creation_expression" => {
            let Some(of) = field(node, "type") else { return unfinished };
            if let Some(body) = first_of(node, &["class_body"]) {
                return anonymous(reading, node, of, body);
            }
            let (ty, args, site) = (ty(reading, of), args(reading, node), reading.site(node));
            if args.is_empty() && matches!(ty.last(), "ArrayList" | "LinkedList" | "CopyOnWriteArrayList") {
                return Expr::List(Vec::new());
            }
            if args.is_empty() && ty.last().ends_with("Map") {
                return Expr::Map(Vec::new());
            }
            Expr::Make(Box::new(Make { ty, args, fields: Vec::new(), site }))
        }
        "array_creation_expression" => {
            field(node, "value").map_or(Expr::List(Vec::new()), |value| expr(reading, value))
        }
        "array_initializer" | "element_value_array_initializer" => {
            Expr::List(children(node).into_iter().map(|item| expr(reading, item)).collect())
        }
        "annotation" | "marker_annotation" => nested_mark(reading, node),
        "lambda_expression" => {
            let list = field(node, "parameters");
            let params = match list {
                Some(list) if list.kind() == "identifier" => {
                    let name = Rc::from(reading.of(list));
                    vec![crate::program::ast::Param {
                        name,
                        ty: None,
                        default: None,
                        marks: Vec::new(),
                        is_rest: false,
                    }]
                }
                Some(list) => params(reading, list),
                None => Vec::new(),
            };
            Expr::Lambda(Rc::new(Func {
                name: Rc::from("lambda"),
                params,
                body: field(node, "body").map(|body| Body::new(reading.file, body)),
                result: None,
                receiver: None,
                marks: Vec::new(),
                doc: None,
                is_static: false,
                site: reading.site(node),
            }))
        }
        "method_reference" => {
            let parts = children(node);
            match (parts.first(), parts.last()) {
                (Some(base), Some(name)) if parts.len() > 1 => {
                    Expr::Member(Box::new(expr(reading, *base)), Rc::from(reading.of(*name)))
                }
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
            let side = |name: &str| field(node, name).map_or(Expr::Null, |side| expr(reading, side));
            let operator = field(node, "operator").map_or("", |operator| operator.kind());
            truth(operator, side("left"), side("right")).unwrap_or(Expr::Unknown("it is computed at run time"))
        }
        "parenthesized_expression" => children(node).first().map_or(Expr::Null, |inner| expr(reading, *inner)),
        "cast_expression" => field(node, "value").map_or(Expr::Null, |inner| expr(reading, inner)),
        "ternary_expression" => ternary(reading, node, expr),
        "class_literal" => children(node).first().map_or(Expr::Null, |of| Expr::Type(ty(reading, *of))),
        "unary_expression" => match (field(node, "operator").map(|op| op.kind()), field(node, "operand")) {
            (Some("-"), Some(inner)) => number(&format!("-{}", reading.of(inner))),
            (Some("!"), Some(inner)) => Expr::Truth(Box::new(Truth::Not(expr(reading, inner)))),
            _ => Expr::Unknown("it is computed at run time"),
        },
        "assignment_expression" => field(node, "right").map_or(Expr::Null, |inner| expr(reading, inner)),
        _ => Expr::Unknown("it is computed at run time"),
    }
}

fn args<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Arg<'t>> {
    let args = field(node, "arguments").map(children).unwrap_or_default();
    args.into_iter().map(|arg| Arg { name: None, value: expr(reading, arg) }).collect()
}

/// `new HashMap<>() {{ put("a", 1); }}` is a map that is written out; any other anonymous class is not looked into.
fn anonymous<'t>(reading: &Reading<'t>, node: Node<'t>, of: Node<'t>, body: Node<'t>) -> Expr<'t> {
    let of = ty(reading, of);
    if of.last().ends_with("Map")
        && let Some(block) = first_of(body, &["block"])
    {
        let mut pairs = Vec::new();
        for statement in children(block) {
            let Some(Expr::Call(call)) = children(statement).first().map(|call| expr(reading, *call)) else { continue };
            let mut args = call.args.into_iter().map(|arg| arg.value);
            if let (Expr::Name(name), Some(key), Some(value)) = (&call.callee, args.next(), args.next())
                && &**name == "put"
            {
                pairs.push((key, value));
            }
        }
        return Expr::Map(pairs);
    }
    let mut class = Class::new(of.last(), ClassKind::Record, reading.site(node));
    members(reading, &mut class, children(body), "");
    Expr::Unknown("it is an object of a class without a name")
}
