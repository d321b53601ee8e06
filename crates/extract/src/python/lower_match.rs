//! Turns `match` statements into branches, where every case is a plain value.

use super::ast::{Block, Comparison, Ex, Expr, St};
use super::lower::{Lower, line, parts};
use tree_sitter::Node;

impl Lower<'_> {
    /// `match subject: case "a": … case _: …` as `if subject == "a": … else: …`; anything finer keeps its blocks only.
    pub(super) fn match_statement(&self, node: Node<'_>, depth: usize) -> St {
        let cases = node.child_by_field_name("body").map(parts).unwrap_or_default();
        let cases: Vec<Node<'_>> = cases.into_iter().filter(|case| case.kind() == "case_clause").collect();
        self.as_branches(node, &cases, depth).unwrap_or_else(|| {
            St::Match(cases.iter().map(|case| self.field_block(*case, "consequence", depth)).collect())
        })
    }

    fn as_branches(&self, node: Node<'_>, cases: &[Node<'_>], depth: usize) -> Option<St> {
        let mut branches: Vec<(Expr, Block)> = Vec::new();
        let mut otherwise = Block::new();
        for (at, case) in cases.iter().enumerate() {
            let body = self.field_block(*case, "consequence", depth);
            let patterns: Vec<Node<'_>> =
                parts(*case).into_iter().filter(|part| part.kind() == "case_pattern").collect();
            let [pattern] = patterns.as_slice() else { return None };
            if case.child_by_field_name("guard").is_some() {
                return None;
            }
            if self.text(*pattern).trim() == "_" {
                if at + 1 < cases.len() {
                    return None;
                }
                otherwise = body;
                continue;
            }
            branches.push((self.fits(node, *pattern, depth)?, body));
        }
        (!branches.is_empty()).then_some(St::If(branches, otherwise))
    }

    /// Whether the subject is the value of a pattern, or one of several.
    fn fits(&self, node: Node<'_>, pattern: Node<'_>, depth: usize) -> Option<Expr> {
        if depth > super::ast::MAX_DEPTH {
            return None;
        }
        let inner = *parts(pattern).first()?;
        match inner.kind() {
            "union_pattern" => {
                let mut any: Option<Expr> = None;
                for part in parts(inner) {
                    let one = self.is_value(node, part, depth)?;
                    any = Some(match any {
                        Some(before) => Expr::new(line(part), Ex::Or(before, one)),
                        None => one,
                    });
                }
                any
            }
            _ => self.is_value(node, inner, depth),
        }
    }

    fn is_value(&self, node: Node<'_>, value: Node<'_>, depth: usize) -> Option<Expr> {
        let is_dotted = value.kind() == "dotted_name" && self.text(value).contains('.');
        let is_literal = matches!(value.kind(), "string" | "integer" | "none" | "true" | "false");
        let subject = self.field_expr(node, "subject", depth);
        (is_dotted || is_literal)
            .then(|| Expr::new(line(value), Ex::Compare(subject, Comparison::Equal, self.expr(value, depth + 1))))
    }
}
