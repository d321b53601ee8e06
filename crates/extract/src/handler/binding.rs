//! What binds names: assignments, declarations, loops, patterns of a match. Syntax in, terms out.

use super::lower::{Lowering, named};
use super::pattern::{names, path_text};
use super::term::{Name, Part, Pattern, Term};
use std::rc::Rc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// What binds names: assignments, declarations, loops, patterns.
    pub(super) fn binding(&self, node: Node<'_>) -> Option<Term> {
        let field = |name: &str| node.child_by_field_name(name);
        let ty = |node: Option<Node<'_>>| node.map(|node| Rc::from(path_text(self.of(node))));
        Some(match node.kind() {
            "assignment"
            | "assignment_expression"
            | "augmented_assignment"
            | "augmented_assignment_expression"
            | "compound_assignment_expr"
            | "short_var_declaration"
            | "assignment_statement" => self.assign(field("left")?, field("right"), ty(field("type"))),
            "named_expression" => self.assign(field("name")?, field("value"), None),
            "as_pattern" => {
                let parts = named(node);
                Term::Let(names(self.text, *parts.last()?), None, Box::new(self.maybe(parts.first().copied())))
            }
            "variable_declarator" => {
                let declared = node.parent().and_then(|parent| parent.child_by_field_name("type"));
                let value = field("value").or_else(|| {
                    let last = named(node).pop();
                    last.filter(|last| Some(last.id()) != field("name").map(|name| name.id()))
                });
                let ty = ty(field("type").or(declared)).filter(|ty: &Name| &**ty != "var");
                Term::Let(names(self.text, field("name")?), ty, Box::new(self.maybe(value)))
            }
            "var_spec" | "const_spec" => {
                let mut cursor = node.walk();
                let all: Vec<Pattern> =
                    node.children_by_field_name("name", &mut cursor).flat_map(|name| names(self.text, name)).collect();
                Term::Let(all, ty(field("type")), Box::new(self.maybe(field("value"))))
            }
            "const_item" | "static_item" => {
                Term::Let(names(self.text, field("name")?), ty(field("type")), Box::new(self.maybe(field("value"))))
            }
            "let_declaration" | "let_condition" => {
                let value = self.maybe(field("value"));
                let bound = Term::Let(names(self.text, field("pattern")?), ty(field("type")), Box::new(value));
                Term::Seq(vec![bound, self.maybe(field("alternative"))])
            }
            "for_statement"
            | "for_in_statement"
            | "for_expression"
            | "foreach_statement"
            | "enhanced_for_statement"
            | "for_in_clause"
            | "range_clause" => {
                let over = field("right").or_else(|| field("value"))?;
                let left = field("left").or_else(|| field("pattern")).or_else(|| field("name"))?;
                let mut bound = names(self.text, left);
                bound.iter_mut().for_each(|pattern| pattern.part = Part::Item);
                let each = Term::Let(bound, None, Box::new(self.lower(over)));
                Term::Seq(vec![each, self.maybe(field("body"))])
            }
            _ => return None,
        })
    }

    fn assign(&self, left: Node<'_>, right: Option<Node<'_>>, ty: Option<Name>) -> Term {
        if let (Some(left), Some(right)) = (lists(left), right.and_then(lists))
            && left.len() == right.len()
        {
            return Term::Seq(
                left.into_iter().zip(right).map(|(left, right)| self.assign(left, Some(right), None)).collect(),
            );
        }
        let left = match lists(left) {
            Some(one) if one.len() == 1 => one[0],
            _ => left,
        };
        let value = Box::new(self.maybe(right));
        match left.kind() {
            "attribute"
            | "member_expression"
            | "selector_expression"
            | "field_expression"
            | "subscript"
            | "member_access_expression"
            | "field_access"
            | "navigation_expression"
            | "subscript_expression"
            | "index_expression"
            | "element_access_expression"
            | "array_access" => Term::Assign(Box::new(self.lower(left)), value),
            _ => Term::Let(names(self.text, left), ty, value),
        }
    }

    pub(super) fn branches(&self, node: Node<'_>) -> Vec<Term> {
        if node.kind() != "match_expression" {
            return self.all(named(node));
        }
        let mut out = Vec::new();
        let arms = node.child_by_field_name("body").map(named).unwrap_or_default();
        for arm in arms {
            if let (Some(pattern), Some(on)) = (arm.child_by_field_name("pattern"), node.child_by_field_name("value")) {
                let mut bound = names(self.text, pattern);
                bound.iter_mut().for_each(|pattern| pattern.part = Part::Whole);
                out.push(Term::Let(bound, None, Box::new(self.lower(on))));
            }
            out.push(self.maybe(arm.child_by_field_name("value")));
        }
        out
    }
}

/// The parts of `a, b`.
fn lists(node: Node<'_>) -> Option<Vec<Node<'_>>> {
    matches!(node.kind(), "expression_list" | "pattern_list").then(|| named(node))
}
