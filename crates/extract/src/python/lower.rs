//! Turns tree-sitter's syntax tree of a Python file into [`super::ast`]: statements here, expressions in
//! [`super::lower_expr`]. What it does not know, or what nests too deep, becomes `Nothing` or `Opaque`, never an error.

use super::ast::{Arg, Block, Class, Ex, Expr, Function, MAX_DEPTH, Name, Param, ParamKind, St, Stmt};
use std::rc::Rc;
use tree_sitter::Node;

/// A file that is being lowered.
pub(super) struct Lower<'s> {
    pub source: &'s str,
}

/// The statements of a whole file.
pub(super) fn module(root: Node<'_>, source: &str) -> Block {
    Lower { source }.block(root, 0)
}

/// The first expression of a file; for annotations that are written as text.
pub(super) fn expression(root: Node<'_>, source: &str) -> Option<Expr> {
    let statement = root.named_child(0).filter(|node| node.kind() == "expression_statement")?;
    Some(Lower { source }.expr(statement.named_child(0)?, 0))
}

pub(super) fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row).unwrap_or(u32::MAX - 1) + 1
}

/// The named children that are not comments.
pub(super) fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

impl<'s> Lower<'s> {
    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn name(&self, node: Node<'_>) -> Name {
        Rc::from(self.text(node))
    }

    fn block(&self, node: Node<'_>, depth: usize) -> Block {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let mut out = Vec::new();
        for child in parts(node) {
            // An error node holds the statements that could still be made out.
            if child.kind() == "ERROR" {
                out.extend(self.block(child, depth + 1));
            } else if let Some(kind) = self.statement(child, depth + 1) {
                out.push(Stmt { kind });
            }
        }
        out
    }

    pub(super) fn field_block(&self, node: Node<'_>, field: &str, depth: usize) -> Block {
        node.child_by_field_name(field).map(|body| self.block(body, depth)).unwrap_or_default()
    }

    /// The block of a clause that has no field for it (`except`, `finally`).
    fn last_block(&self, node: Node<'_>, depth: usize) -> Block {
        parts(node)
            .into_iter()
            .rev()
            .find(|child| child.kind() == "block")
            .map(|body| self.block(body, depth))
            .unwrap_or_default()
    }

    pub(super) fn field_expr(&self, node: Node<'_>, field: &str, depth: usize) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expr(child, depth),
            None => Expr::new(line(node), Ex::Opaque),
        }
    }

    fn statement(&self, node: Node<'_>, depth: usize) -> Option<St> {
        Some(match node.kind() {
            "expression_statement" => self.expression_statement(node, depth),
            "function_definition" => St::Function(Rc::new(self.function(node, Vec::new(), depth))),
            "class_definition" => St::Class(Rc::new(self.class(node, Vec::new(), depth))),
            "decorated_definition" => self.decorated(node, depth)?,
            "if_statement" => self.if_statement(node, depth),
            "for_statement" => St::For(
                self.field_expr(node, "left", depth),
                self.field_expr(node, "right", depth),
                self.field_block(node, "body", depth),
                self.alternative(node, depth),
            ),
            "while_statement" => {
                St::While(self.field_expr(node, "condition", depth), self.field_block(node, "body", depth))
            }
            "try_statement" => self.try_statement(node, depth),
            "with_statement" => self.with_statement(node, depth),
            "match_statement" => self.match_statement(node, depth),
            "return_statement" => St::Return(parts(node).first().map(|value| self.expr(*value, depth))),
            "import_statement" => St::Import(self.import(node)),
            "import_from_statement" => self.import_from(node)?,
            "global_statement" | "nonlocal_statement" => {
                St::Global(parts(node).into_iter().map(|name| self.name(name)).collect())
            }
            "delete_statement" => St::Delete(parts(node).into_iter().map(|target| self.expr(target, depth)).collect()),
            "type_alias_statement" => {
                let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
                St::Assign(vec![self.expr(left, depth)], self.expr(right, depth))
            }
            "break_statement" => St::Break,
            "continue_statement" => St::Continue,
            "raise_statement" => St::Raise,
            _ => St::Nothing,
        })
    }

    fn expression_statement(&self, node: Node<'_>, depth: usize) -> St {
        let children = parts(node);
        let Some(first) = children.first().copied() else { return St::Nothing };
        match first.kind() {
            "assignment" => self.assignment(first, depth),
            "augmented_assignment" => {
                let op = first.child_by_field_name("operator").map_or("", |op| self.text(op));
                St::Augment(
                    self.field_expr(first, "left", depth),
                    super::lower_expr::operator(op.trim_end_matches('=')),
                    self.field_expr(first, "right", depth),
                )
            }
            _ => St::Expr(self.expr(first, depth)),
        }
    }

    fn assignment(&self, node: Node<'_>, depth: usize) -> St {
        let target = self.field_expr(node, "left", depth);
        let annotation = node.child_by_field_name("type").map(|kind| self.expr(kind, depth));
        let mut value = node.child_by_field_name("right");
        if let Some(annotation) = annotation {
            return St::Declare(target, Rc::new(annotation), value.map(|value| self.expr(value, depth)));
        }
        let mut targets = vec![target];
        // `a = b = value` nests to the right, as deep as its author likes.
        while let Some(inner) = value.filter(|value| value.kind() == "assignment") {
            targets.push(self.field_expr(inner, "left", depth));
            value = inner.child_by_field_name("right");
        }
        match value {
            Some(value) => St::Assign(targets, self.expr(value, depth)),
            None => St::Nothing,
        }
    }

    fn if_statement(&self, node: Node<'_>, depth: usize) -> St {
        let mut branches =
            vec![(self.field_expr(node, "condition", depth), self.field_block(node, "consequence", depth))];
        let mut otherwise = Vec::new();
        let mut cursor = node.walk();
        for clause in node.children_by_field_name("alternative", &mut cursor) {
            if clause.kind() == "elif_clause" {
                let condition = self.field_expr(clause, "condition", depth);
                branches.push((condition, self.field_block(clause, "consequence", depth)));
            } else {
                otherwise = self.field_block(clause, "body", depth);
            }
        }
        St::If(branches, otherwise)
    }

    fn alternative(&self, node: Node<'_>, depth: usize) -> Block {
        node.child_by_field_name("alternative").map(|other| self.field_block(other, "body", depth)).unwrap_or_default()
    }

    fn try_statement(&self, node: Node<'_>, depth: usize) -> St {
        let (mut handlers, mut otherwise, mut at_last) = (Vec::new(), Vec::new(), Vec::new());
        for clause in parts(node) {
            match clause.kind() {
                "except_clause" | "except_group_clause" => handlers.push(self.last_block(clause, depth)),
                "else_clause" => otherwise = self.field_block(clause, "body", depth),
                "finally_clause" => at_last = self.last_block(clause, depth),
                _ => {}
            }
        }
        St::Try(self.field_block(node, "body", depth), handlers, otherwise, at_last)
    }

    fn with_statement(&self, node: Node<'_>, depth: usize) -> St {
        let mut items = Vec::new();
        let clauses = parts(node).into_iter().filter(|child| child.kind() == "with_clause");
        for item in clauses.flat_map(parts).filter(|item| item.kind() == "with_item") {
            let Some(value) = item.child_by_field_name("value") else { continue };
            let target = value
                .child_by_field_name("alias")
                .filter(|_| value.kind() == "as_pattern")
                .and_then(|alias| alias.named_child(0))
                .map(|target| self.expr(target, depth));
            let value = if value.kind() == "as_pattern" { value.named_child(0).unwrap_or(value) } else { value };
            items.push((self.expr(value, depth), target));
        }
        St::With(items, self.field_block(node, "body", depth))
    }

    fn decorated(&self, node: Node<'_>, depth: usize) -> Option<St> {
        let definition = node.child_by_field_name("definition")?;
        let decorators = parts(node)
            .into_iter()
            .filter(|child| child.kind() == "decorator")
            .filter_map(|decorator| Some(self.expr(*parts(decorator).first()?, depth)))
            .collect();
        Some(match definition.kind() {
            "class_definition" => St::Class(Rc::new(self.class(definition, decorators, depth))),
            _ => St::Function(Rc::new(self.function(definition, decorators, depth))),
        })
    }

    fn function(&self, node: Node<'_>, decorators: Vec<Expr>, depth: usize) -> Function {
        let body = self.field_block(node, "body", depth);
        Function {
            line: line(node),
            name: node.child_by_field_name("name").map_or_else(|| Rc::from(""), |name| self.name(name)),
            params: node.child_by_field_name("parameters").map(|list| self.params(list, depth)).unwrap_or_default(),
            doc: docstring(&body),
            is_async: self.text(node).starts_with("async"),
            body,
            decorators,
        }
    }

    pub(super) fn params(&self, list: Node<'_>, depth: usize) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut kind = ParamKind::Plain;
        for node in parts(list) {
            let mut param = Param { name: Rc::from(""), kind, annotation: None, default: None };
            let mut named = node;
            match node.kind() {
                "keyword_separator" => {
                    kind = ParamKind::KeywordOnly;
                    continue;
                }
                "typed_parameter" => {
                    param.annotation = node.child_by_field_name("type").map(|kind| self.expr(kind, depth));
                    let Some(inner) = node.named_child(0) else { continue };
                    named = inner;
                }
                "default_parameter" | "typed_default_parameter" => {
                    param.annotation = node.child_by_field_name("type").map(|kind| self.expr(kind, depth));
                    param.default = node.child_by_field_name("value").map(|value| self.expr(value, depth));
                    let Some(inner) = node.child_by_field_name("name") else { continue };
                    named = inner;
                }
                _ => {}
            }
            match named.kind() {
                "identifier" => param.name = self.name(named),
                "list_splat_pattern" => {
                    param.kind = ParamKind::Rest;
                    kind = ParamKind::KeywordOnly;
                    let Some(inner) = named.named_child(0) else { continue };
                    param.name = self.name(inner);
                }
                "dictionary_splat_pattern" => {
                    param.kind = ParamKind::Keywords;
                    let Some(inner) = named.named_child(0) else { continue };
                    param.name = self.name(inner);
                }
                _ => continue,
            }
            params.push(param);
        }
        params
    }

    fn class(&self, node: Node<'_>, decorators: Vec<Expr>, depth: usize) -> Class {
        let body = self.field_block(node, "body", depth);
        let bases: Vec<Arg> =
            node.child_by_field_name("superclasses").map(|list| self.args(list, depth)).unwrap_or_default();
        Class {
            name: node.child_by_field_name("name").map_or_else(|| Rc::from(""), |name| self.name(name)),
            bases,
            doc: docstring(&body),
            body,
            decorators,
            line: line(node),
        }
    }

    fn dotted(&self, node: Node<'_>) -> Vec<Name> {
        parts(node).into_iter().map(|part| self.name(part)).collect()
    }

    fn import(&self, node: Node<'_>) -> Vec<(Vec<Name>, Option<Name>)> {
        let mut out = Vec::new();
        for item in parts(node) {
            match item.kind() {
                "dotted_name" => out.push((self.dotted(item), None)),
                "aliased_import" => {
                    let Some(name) = item.child_by_field_name("name") else { continue };
                    out.push((self.dotted(name), item.child_by_field_name("alias").map(|alias| self.name(alias))));
                }
                _ => {}
            }
        }
        out
    }

    fn import_from(&self, node: Node<'_>) -> Option<St> {
        let module = node.child_by_field_name("module_name")?;
        let (mut dots, mut path) = (0, Vec::new());
        if module.kind() == "relative_import" {
            for part in parts(module) {
                match part.kind() {
                    "import_prefix" => dots = self.text(part).bytes().filter(|byte| *byte == b'.').count(),
                    _ => path = self.dotted(part),
                }
            }
        } else {
            path = self.dotted(module);
        }
        let mut names = Vec::new();
        let mut cursor = node.walk();
        for item in node.children_by_field_name("name", &mut cursor) {
            let name = item.child_by_field_name("name").unwrap_or(item);
            let alias = item.child_by_field_name("alias").unwrap_or(name);
            names.push((self.name(name), self.name(alias)));
        }
        Some(St::ImportFrom(dots, path, names))
    }
}

fn docstring(body: &Block) -> Option<Rc<str>> {
    match &body.first()?.kind {
        St::Expr(expr) => match &*expr.kind {
            Ex::Str(text) => Some(Rc::clone(text)),
            _ => None,
        },
        _ => None,
    }
}
