//! Reads the tools of MCP servers written in Rust with `rmcp` or `rust-mcp-sdk`: a crate's files in, tool objects out. Never runs anything,
//! never guesses a value that it cannot follow.
//!
//! The library's macros decide at compile time, so no walk is needed: a method with `#[tool]` counts when its `impl` is a
//! router that the handler of its type uses, and when the type is made somewhere (in a library: when it is a handler).

mod annotated;
mod attribute;
mod condition;
mod declare;
mod lower;
mod register;
mod types;

use super::program::ast::{Expr, Stmt, Unit, mark};
use super::program::machine::{Dialect, Machine};
use super::program::source::{FileId, Reading, Sources};
use super::program::value::{Made, Value};
use super::{Budget, Extraction, SourceTree};
use mcpdex_model::PartialReason;
use std::rc::Rc;
use tree_sitter::Node;

/// The tools of the crate's routers, in order.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let counts = |path: &str| path.ends_with(".rs") && !path.ends_with("build.rs");
    let sources = Sources::parse(tree, budget, &tree_sitter_rust::LANGUAGE.into(), counts);
    let mut machine = Machine::new(&sources, &Rust, budget);
    if let Some(manifest) = tree.files.get("Cargo.toml") {
        condition::note_features(&mut machine, &String::from_utf8_lossy(manifest));
    }
    let program = Rc::clone(&machine.program);
    let is_program = program.units.iter().flat_map(|unit| &unit.funcs).any(|func| &*func.name == "main");
    let mut left_out = Vec::new();
    for (at, unit) in program.units.iter().enumerate() {
        for block in &unit.impls {
            let has_tools = block.methods.iter().any(|func| mark(&func.marks, &["tool"]).is_some());
            if !has_tools {
                continue;
            }
            if annotated::is_registered(&machine, block, is_program) {
                annotated::router(&mut machine, block, FileId(at));
            } else {
                left_out.push((block, FileId(at)));
            }
        }
    }
    register::structs(&mut machine);
    register::by_hand(&mut machine);
    register::doubts(&mut machine);
    if machine.tools.is_empty() && !left_out.is_empty() {
        let detail =
            format!("{} `impl` blocks declare tools, and nothing in the source registers them", left_out.len());
        machine.note(PartialReason::UnresolvedValue, detail, None);
    }
    machine.defining = true;
    for (block, file) in left_out {
        annotated::router(&mut machine, block, file);
    }
    machine.finish()
}

struct Rust;

impl Dialect for Rust {
    fn unit<'t>(&self, _: &str, reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
        declare::unit(reading, root)
    }

    fn body<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
        lower::body(reading, node)
    }

    fn expr<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
        lower::expr(reading, node)
    }

    fn language(&self) -> &'static str {
        "Rust"
    }

    fn registers(&self) -> &'static [&'static str] {
        &["#[tool", "#[mcp_tool", "Tool::new"]
    }

    fn foreign<'t>(&self, _: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
        // `String::from("x")`, `Cow::Borrowed("x")`: the text itself.
        let hands_on =
            matches!(made.last(), "from" | "Borrowed" | "Some" | "Ok" | "new" | "Owned") && made.args.len() == 1;
        if hands_on { made.at(0).filter(|value| matches!(value, Value::Text(_))).cloned() } else { None }
    }
}
