//! Turns tree-sitter's expression nodes into [`super::ast::Expr`].

use super::ast::{Arg, Clause, Collect, Comparison, Ex, Expr, Function, MAX_DEPTH, Op, Piece, St, Stmt};
use super::literal::{integer, unescape};
use super::lower::{Lower, line, parts};
use std::rc::Rc;
use tree_sitter::Node;

/// The operator that `text` spells.
pub(super) fn operator(text: &str) -> Op {
    match text {
        "+" => Op::Add,
        "-" => Op::Subtract,
        "*" => Op::Multiply,
        "**" => Op::Power,
        "/" => Op::Divide,
        "//" => Op::FloorDivide,
        "<<" => Op::ShiftLeft,
        "%" => Op::Remainder,
        "|" => Op::Or,
        _ => Op::Other,
    }
}

impl Lower<'_> {
    pub(super) fn expr(&self, node: Node<'_>, depth: usize) -> Expr {
        let kind = if depth > MAX_DEPTH { Ex::Opaque } else { self.ex(node, depth + 1).unwrap_or(Ex::Opaque) };
        Expr::new(line(node), kind)
    }

    fn field(&self, node: Node<'_>, name: &str, depth: usize) -> Option<Expr> {
        Some(self.expr(node.child_by_field_name(name)?, depth))
    }

    fn all(&self, node: Node<'_>, depth: usize) -> Vec<Expr> {
        parts(node).into_iter().map(|child| self.expr(child, depth)).collect()
    }

    fn first(&self, node: Node<'_>, depth: usize) -> Option<Expr> {
        Some(self.expr(*parts(node).first()?, depth))
    }

    fn ex(&self, node: Node<'_>, depth: usize) -> Option<Ex> {
        Some(match node.kind() {
            "identifier" | "keyword_identifier" => Ex::Name(self.name(node)),
            "dotted_name" => return self.dotted_expr(node),
            "string" => string(self.string(node, depth)?),
            "concatenated_string" => {
                let mut pieces = Vec::new();
                for part in parts(node) {
                    pieces.extend(self.string(part, depth)?);
                }
                string(pieces)
            }
            "integer" => Ex::Int(integer(self.text(node))?),
            "float" => Ex::Float(self.text(node).replace('_', "").parse().ok()?),
            "true" => Ex::True,
            "false" => Ex::False,
            "none" => Ex::None,
            "ellipsis" => Ex::Ellipsis,
            "type" | "parenthesized_expression" | "as_pattern_target" => return Some(*self.first(node, depth)?.kind),
            "attribute" => {
                Ex::Attribute(self.field(node, "object", depth)?, self.name(node.child_by_field_name("attribute")?))
            }
            "member_type" => {
                let children = parts(node);
                Ex::Attribute(self.expr(*children.first()?, depth), self.name(*children.get(1)?))
            }
            "subscript" => {
                let mut cursor = node.walk();
                let keys = node.children_by_field_name("subscript", &mut cursor);
                let keys = keys.map(|key| self.expr(key, depth)).collect();
                Ex::Subscript(self.field(node, "value", depth)?, keys)
            }
            "generic_type" => {
                let children = parts(node);
                Ex::Subscript(self.expr(*children.first()?, depth), self.all(*children.get(1)?, depth))
            }
            "slice" => self.slice(node, depth)?,
            "union_type" => {
                let children = self.all(node, depth);
                let mut children = children.into_iter();
                Ex::Binary(children.next()?, children.map(|other| (Op::Or, other)).collect())
            }
            "call" => {
                Ex::Call(self.field(node, "function", depth)?, self.args(node.child_by_field_name("arguments")?, depth))
            }
            "list" | "list_pattern" => Ex::List(self.all(node, depth)),
            "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" => Ex::Tuple(self.all(node, depth)),
            "set" => Ex::Set(self.all(node, depth)),
            "dictionary" => self.dictionary(node, depth)?,
            "binary_operator" => self.binary(node, depth)?,
            "unary_operator" => {
                let argument = self.field(node, "argument", depth)?;
                match self.text(node.child_by_field_name("operator")?) {
                    "-" => Ex::Negate(argument),
                    "+" => return Some(*argument.kind),
                    _ => Ex::Opaque,
                }
            }
            "not_operator" => Ex::Not(self.field(node, "argument", depth)?),
            "boolean_operator" => {
                let (left, right) = (self.field(node, "left", depth)?, self.field(node, "right", depth)?);
                match self.text(node.child_by_field_name("operator")?) {
                    "and" => Ex::And(left, right),
                    _ => Ex::Or(left, right),
                }
            }
            "comparison_operator" => self.comparison(node, depth)?,
            "conditional_expression" => {
                let mut children = self.all(node, depth).into_iter();
                Ex::IfElse(children.next()?, children.next()?, children.next()?)
            }
            "lambda" => self.lambda(node, depth)?,
            "list_comprehension" | "generator_expression" => self.comprehension(Collect::List, node, depth)?,
            "set_comprehension" => self.comprehension(Collect::Set, node, depth)?,
            "dictionary_comprehension" => self.comprehension(Collect::Dict, node, depth)?,
            "await" => Ex::Await(self.first(node, depth)?),
            "list_splat" | "list_splat_pattern" => Ex::Starred(self.first(node, depth)?),
            "named_expression" => {
                Ex::Walrus(self.name(node.child_by_field_name("name")?), self.field(node, "value", depth)?)
            }
            "yield" => {
                let from = node.child(1).is_some_and(|second| second.kind() == "from");
                match self.first(node, depth) {
                    Some(value) if from => Ex::YieldFrom(value),
                    value => Ex::Yield(value),
                }
            }
            _ => Ex::Opaque,
        })
    }

    fn dotted_expr(&self, node: Node<'_>) -> Option<Ex> {
        let mut names = parts(node).into_iter();
        let mut ex = Ex::Name(self.name(names.next()?));
        for name in names.take(MAX_DEPTH) {
            ex = Ex::Attribute(Expr::new(line(node), ex), self.name(name));
        }
        Some(ex)
    }

    /// Flattens `a + b + c`, whose tree is as deep as its author likes.
    fn binary(&self, node: Node<'_>, depth: usize) -> Option<Ex> {
        let mut rest = Vec::new();
        let mut at = node;
        while at.kind() == "binary_operator" {
            let op = operator(self.text(at.child_by_field_name("operator")?));
            rest.push((op, self.field(at, "right", depth)?));
            at = at.child_by_field_name("left")?;
        }
        rest.reverse();
        Some(Ex::Binary(self.expr(at, depth), rest))
    }

    fn comparison(&self, node: Node<'_>, depth: usize) -> Option<Ex> {
        let children = parts(node);
        let [left, right] = children.as_slice() else { return None };
        let comparison = match self.text(node.child_by_field_name("operators")?) {
            "==" => Comparison::Equal,
            "!=" => Comparison::Unequal,
            "is" => Comparison::Is,
            "in" => Comparison::In,
            text if text.starts_with("is") => Comparison::IsNot,
            text if text.starts_with("not") => Comparison::NotIn,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::Greater,
            ">=" => Comparison::AtLeast,
            _ => Comparison::Other,
        };
        Some(Ex::Compare(self.expr(*left, depth), comparison, self.expr(*right, depth)))
    }

    fn slice(&self, node: Node<'_>, depth: usize) -> Option<Ex> {
        let (mut bounds, mut colons) = ([None, None], 0);
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.kind() == ":" {
                colons += 1;
            } else if child.is_named() {
                *bounds.get_mut(colons)? = Some(self.expr(child, depth));
            }
        }
        let [start, stop] = bounds;
        Some(Ex::Slice(start, stop))
    }

    fn dictionary(&self, node: Node<'_>, depth: usize) -> Option<Ex> {
        let mut pairs = Vec::new();
        for child in parts(node) {
            match child.kind() {
                "pair" => pairs.push((self.field(child, "key", depth), self.field(child, "value", depth)?)),
                "dictionary_splat" => pairs.push((None, self.first(child, depth)?)),
                _ => return None,
            }
        }
        Some(Ex::Dict(pairs))
    }

    fn lambda(&self, node: Node<'_>, depth: usize) -> Option<Ex> {
        let body = self.field(node, "body", depth)?;
        Some(Ex::Lambda(Rc::new(Function {
            line: line(node),
            name: Rc::from("<lambda>"),
            params: node.child_by_field_name("parameters").map(|list| self.params(list, depth)).unwrap_or_default(),
            body: vec![Stmt { kind: St::Return(Some(body)) }],
            decorators: Vec::new(),
            doc: None,
            is_async: false,
        })))
    }

    fn comprehension(&self, collect: Collect, node: Node<'_>, depth: usize) -> Option<Ex> {
        let body = node.child_by_field_name("body")?;
        let (element, value) = match body.kind() {
            "pair" => (self.field(body, "key", depth)?, self.field(body, "value", depth)),
            _ => (self.expr(body, depth), None),
        };
        let mut clauses = Vec::new();
        for child in parts(node).into_iter().skip(1) {
            match child.kind() {
                "for_in_clause" => {
                    clauses.push(Clause::For(self.field(child, "left", depth)?, self.field(child, "right", depth)?));
                }
                "if_clause" => clauses.push(Clause::If(self.first(child, depth)?)),
                _ => return None,
            }
        }
        Some(Ex::Comprehension(collect, element, value, clauses))
    }

    pub(super) fn args(&self, list: Node<'_>, depth: usize) -> Vec<Arg> {
        if list.kind() == "generator_expression" {
            return vec![Arg::Plain(self.expr(list, depth))];
        }
        let mut args = Vec::new();
        for child in parts(list) {
            args.push(match child.kind() {
                "keyword_argument" => {
                    let Some(name) = child.child_by_field_name("name") else { continue };
                    let value = self.field(child, "value", depth);
                    Arg::Named(self.name(name), value.unwrap_or_else(|| Expr::new(line(child), Ex::Opaque)))
                }
                "list_splat" => match self.first(child, depth) {
                    Some(value) => Arg::Rest(value),
                    None => continue,
                },
                "dictionary_splat" => match self.first(child, depth) {
                    Some(value) => Arg::Keywords(value),
                    None => continue,
                },
                _ => Arg::Plain(self.expr(child, depth)),
            });
        }
        args
    }

    fn string(&self, node: Node<'_>, depth: usize) -> Option<Vec<Piece>> {
        let start = self.text(parts(node).first().copied().filter(|first| first.kind() == "string_start")?);
        let prefix = start.trim_end_matches(['"', '\'']).to_ascii_lowercase();
        if prefix.contains('b') {
            return Some(vec![Piece::OpaqueHole]);
        }
        let (raw, format) = (prefix.contains('r'), prefix.contains(['f', 't']));
        let mut pieces = Vec::new();
        for part in parts(node).into_iter().skip(1) {
            match part.kind() {
                "string_content" => {
                    let mut text = self.text(part).to_owned();
                    if format {
                        text = text.replace("{{", "{").replace("}}", "}");
                    }
                    text = if raw { text.replace("\r\n", "\n") } else { unescape(&text) };
                    pieces.push(Piece::Text(Rc::from(text)));
                }
                "interpolation" => pieces.push(self.hole(part, depth)),
                _ => {}
            }
        }
        Some(pieces)
    }

    fn hole(&self, node: Node<'_>, depth: usize) -> Piece {
        let formatted = ["type_conversion", "format_specifier"].iter().any(|f| node.child_by_field_name(f).is_some());
        let shows_source = self.text(node).trim_end_matches('}').trim_end().ends_with('=');
        match self.field(node, "expression", depth) {
            Some(value) if !formatted && !shows_source => Piece::Hole(value),
            _ => Piece::OpaqueHole,
        }
    }
}

/// A string without holes is a plain one.
fn string(pieces: Vec<Piece>) -> Ex {
    let mut whole = String::new();
    for piece in &pieces {
        match piece {
            Piece::Text(text) => whole.push_str(text),
            _ => return Ex::Format(pieces),
        }
    }
    Ex::Str(Rc::from(whole))
}
