//! Goes through the syntax of a block, whatever a run would do with it.

use super::ast::{Arg, Block, Clause, Ex, Expr, Function, MAX_DEPTH, Piece, St, Stmt};
use std::rc::Rc;

/// What is come upon.
pub(super) enum Seen<'b> {
    Expr(&'b Expr),
    /// A definition, and whether it stands in the body of a class.
    Function(&'b Rc<Function>, bool),
}

/// Shows `each` every function and every expression in `block`, those inside of functions and classes too.
pub(super) fn visit(block: &Block, each: &mut dyn FnMut(Seen<'_>)) {
    in_block(block, false, 0, each);
}

fn in_block(block: &Block, in_class: bool, depth: usize, each: &mut dyn FnMut(Seen<'_>)) {
    if depth <= MAX_DEPTH {
        block.iter().for_each(|statement| in_statement(statement, in_class, depth + 1, each));
    }
}

fn in_statement(statement: &Stmt, in_class: bool, depth: usize, each: &mut dyn FnMut(Seen<'_>)) {
    match &statement.kind {
        St::Expr(value) => in_expr(value, depth, each),
        St::Assign(targets, value) => {
            targets.iter().chain([value]).for_each(|expr| in_expr(expr, depth, each));
        }
        St::Declare(_, _, value) => value.iter().for_each(|value| in_expr(value, depth, each)),
        St::Augment(target, _, value) => [target, value].into_iter().for_each(|expr| in_expr(expr, depth, each)),
        St::Function(function) => {
            each(Seen::Function(function, in_class));
            function.decorators.iter().for_each(|decorator| in_expr(decorator, depth, each));
            in_block(&function.body, false, depth, each);
        }
        St::Class(class) => {
            class.decorators.iter().for_each(|decorator| in_expr(decorator, depth, each));
            in_block(&class.body, true, depth, each);
        }
        St::If(branches, otherwise) => {
            for (condition, body) in branches {
                in_expr(condition, depth, each);
                in_block(body, in_class, depth, each);
            }
            in_block(otherwise, in_class, depth, each);
        }
        St::For(_, iterable, body, otherwise) => {
            in_expr(iterable, depth, each);
            in_block(body, in_class, depth, each);
            in_block(otherwise, in_class, depth, each);
        }
        St::While(condition, body) => {
            in_expr(condition, depth, each);
            in_block(body, in_class, depth, each);
        }
        St::Try(body, handlers, otherwise, at_last) => {
            for block in [body].into_iter().chain(handlers).chain([otherwise, at_last]) {
                in_block(block, in_class, depth, each);
            }
        }
        St::With(items, body) => {
            items.iter().for_each(|(value, _)| in_expr(value, depth, each));
            in_block(body, in_class, depth, each);
        }
        St::Match(cases) => cases.iter().for_each(|case| in_block(case, in_class, depth, each)),
        St::Return(value) => value.iter().for_each(|value| in_expr(value, depth, each)),
        _ => {}
    }
}

fn in_expr(expr: &Expr, depth: usize, each: &mut dyn FnMut(Seen<'_>)) {
    if depth > 2 * MAX_DEPTH {
        return;
    }
    each(Seen::Expr(expr));
    let depth = depth + 1;
    let mut go = |expr: &Expr| in_expr(expr, depth, each);
    match &*expr.kind {
        Ex::Attribute(object, _) => go(object),
        Ex::Call(function, args) => {
            go(function);
            for arg in args {
                match arg {
                    Arg::Plain(value) | Arg::Named(_, value) | Arg::Rest(value) | Arg::Keywords(value) => go(value),
                }
            }
        }
        Ex::Subscript(object, keys) => {
            go(object);
            keys.iter().for_each(go);
        }
        Ex::List(items) | Ex::Tuple(items) | Ex::Set(items) => items.iter().for_each(go),
        Ex::Dict(pairs) => {
            for (key, value) in pairs {
                key.iter().for_each(&mut go);
                go(value);
            }
        }
        Ex::Format(pieces) => {
            for piece in pieces {
                if let Piece::Hole(value) = piece {
                    go(value);
                }
            }
        }
        Ex::Binary(first, rest) => {
            go(first);
            rest.iter().for_each(|(_, other)| go(other));
        }
        Ex::And(left, right) | Ex::Or(left, right) | Ex::Compare(left, _, right) => {
            go(left);
            go(right);
        }
        Ex::IfElse(yes, condition, no) => [yes, condition, no].into_iter().for_each(go),
        Ex::Lambda(function) => in_block(&function.body, false, depth, each),
        Ex::Comprehension(_, element, value, clauses) => {
            go(element);
            value.iter().for_each(&mut go);
            for clause in clauses {
                match clause {
                    Clause::For(_, iterable) => go(iterable),
                    Clause::If(condition) => go(condition),
                }
            }
        }
        Ex::Not(value) | Ex::Negate(value) | Ex::Await(value) | Ex::Starred(value) | Ex::Walrus(_, value) => go(value),
        Ex::YieldFrom(value) | Ex::Yield(Some(value)) => go(value),
        _ => {}
    }
}
