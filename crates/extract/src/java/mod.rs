//! Reads the tools of MCP servers written in Java: a project's files in, tool objects out. Never runs anything, never
//! guesses a value that it cannot follow. What the libraries mean is in `jvm`, for Kotlin as well.

mod declare;
mod lower;

use super::jvm;
use super::program::ast::{Class, Expr, Stmt, Unit};
use super::program::machine::{Dialect, Machine};
use super::program::source::{Reading, Sources};
use super::program::value::{Made, Value};
use super::{Budget, Extraction, SourceTree};
use std::rc::Rc;
use tree_sitter::Node;

/// The tools that the project's annotated methods declare and its code registers, in order.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let language = tree_sitter_java::LANGUAGE.into();
    let sources = Sources::parse(tree, budget, &language, |path| path.ends_with(".java"));
    let mut machine = Machine::new(&sources, &Java, budget);
    jvm::walk(&mut machine);
    machine.finish()
}

struct Java;

impl Dialect for Java {
    fn unit<'t>(&self, _: &str, reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
        declare::unit(reading, root)
    }

    fn body<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
        lower::body(reading, node)
    }

    fn expr<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
        lower::expr(reading, node)
    }

    fn foreign<'t>(&self, machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
        jvm::foreign(machine, made)
    }

    fn holds_tools(&self, value: &Value<'_>) -> bool {
        jvm::register::is_server(value)
    }

    fn field_setting<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>, at: usize) -> Option<Value<'t>> {
        jvm::field_setting(machine, class, at)
    }

    fn language(&self) -> &'static str {
        "Java"
    }

    fn registers(&self) -> &'static [&'static str] {
        &jvm::REGISTERS
    }

    fn calls_that_register(&self) -> &'static [&'static str] {
        &jvm::CALLS
    }
}
