//! Reads the tools of MCP servers written in JavaScript and TypeScript: a package's files in, tool objects out.
//! Never runs anything, never guesses a value that it cannot follow.
//!
//! The reader follows the program from its entry points as far as values are known without running it: modules in the
//! order of their imports, calls into functions of the package, loops over lists that are known. Where a condition
//! cannot be decided it follows both sides. A call such as `server.registerTool("name", {...}, callback)` that is
//! reached this way is a tool; code that is never reached yields none.
//!
//! ```text
//! package ─▶ module ─▶ statement ─▶ expression ─▶ call ─▶ idiom ─▶ tool ─▶ finding
//!                          (the machine: values, scopes)    │
//!                                                         zod ─▶ schema
//! ```
//!
//! Work is bounded (steps, depth, size, deadline) and cycles end by those bounds.

mod builtin;
mod call;
mod chain;
mod choice;
mod class;
mod expression;
mod finding;
mod foreign;
mod idiom;
mod json;
mod kind;
mod machine;
mod module;
mod operator;
mod package;
mod pattern;
mod property;
mod resolve;
mod schema;
mod source;
mod statement;
mod text;
mod tool;
mod value;
mod zod;

use super::{Budget, Extraction, SourceTree};
use crate::model::{Partial, PartialReason};
use machine::Machine;
use package::Package;
use source::{FileId, Sources};
use value::{Shape, Value};

/// Bytes of stack of the thread that parses and follows: deep programs need room, and only what is used is taken.
const STACK: usize = 256 << 20;

/// The tools that the package's entry points register, in order, each with the file and line of its registration, and a
/// [`crate::model::Partial`] for whatever is known to be missing.
///
/// Parses through `super::syntax::parse`, whose refusals go to [`Extraction::partial`] as they are.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let failed = |detail: &str| Extraction {
        tools: Vec::new(),
        partial: vec![Partial { reason: PartialReason::LimitReached, detail: detail.to_owned(), site: None }],
    };
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().name("javascript".to_owned()).stack_size(STACK);
        match reader.spawn_scoped(scope, || read(tree, budget)) {
            Ok(handle) => handle.join().unwrap_or_else(|_| failed("reading the package failed")),
            Err(_) => failed("no room for the stack that reading JavaScript takes"),
        }
    })
}

fn read(tree: &SourceTree, budget: &Budget) -> Extraction {
    let sources = Sources::new(tree, budget);
    let package = Package::read(&sources, &tree.package.name);
    let mut machine = Machine::new(&sources, budget, package.dialect, &package.name);
    for group in &package.entries {
        for file in group {
            machine.load(*file);
        }
        machine.ask_handlers();
        if machine.findings.tools() == 0 {
            // A library: someone else calls what it exports.
            for file in group {
                machine.follow_exports(*file);
            }
            machine.ask_handlers();
        }
        if machine.findings.tools() == 0 {
            machine.findings.accept_doubtful();
        }
        if machine.findings.tools() > 0 || machine.exhausted {
            break;
        }
    }
    if machine.exhausted {
        machine.findings.missing(
            PartialReason::LimitReached,
            "the package was too much work to follow to its end",
            None,
        );
    } else if machine.findings.tools() == 0 {
        let detail = if package.entries.is_empty() {
            "the package names no entry point that is in it"
        } else {
            "no registration of a tool was reached from the entry points"
        };
        machine.findings.missing(PartialReason::UnresolvedValue, detail, None);
    }
    machine.findings.into_extraction(&sources)
}

impl<'t> Machine<'t> {
    /// Follows the functions and classes that a module exports, with arguments of which nothing is known.
    fn follow_exports(&mut self, file: FileId) {
        for name in self.export_names(file, 0) {
            let value = self.export(file, &name, 0);
            self.force(&value);
            let Value::Object(id) = value else { continue };
            if let Shape::Class(class) = self.object(id).shape.clone() {
                let instance = self.instantiate(&class, Vec::new());
                let methods: Vec<Value> = match self.members(&Value::Object(class.prototype)) {
                    Some((members, _)) => members.into_iter().map(|(_, value)| value).collect(),
                    None => Vec::new(),
                };
                for method in methods {
                    if self.is_function(&method) {
                        self.call(&method, instance.clone(), vec![Value::Unknown; 3], None);
                    }
                }
            }
        }
    }
}
