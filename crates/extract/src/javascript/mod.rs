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

mod alternative;
mod attach;
mod builtin;
mod bundled;
mod call;
mod callback;
mod chain;
mod choice;
mod class;
mod condition;
mod declare;
mod dependency;
mod escape;
mod export;
mod expression;
mod finding;
mod foreign;
mod framework;
mod idiom;
mod json;
mod kind;
mod limit;
mod list;
mod machine;
mod module;
mod operator;
mod option;
mod package;
mod pattern;
mod property;
mod repeat;
mod resolve;
mod schema;
mod setting;
mod source;
mod statement;
mod text;
mod through;
mod tool;
mod value;
mod zod;

use super::{Budget, Extraction, SourceTree};
use machine::Machine;
use mcpdex_model::PartialReason;
use package::Package;
use source::{FileId, Sources};
use value::{Shape, Value};

/// The tools that the package's entry points register, in order, each with the file and line of its registration, and a
/// [`mcpdex_model::Partial`] for whatever is known to be missing.
///
/// Parses through `super::syntax::parse`, whose refusals go to [`Extraction::partial`] as they are.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let sources = Sources::new(tree, budget);
    let package = Package::read(&sources, &tree.package.name);
    // First as a program that is started without options; if that lists nothing, whatever the options may be.
    let mut machine = follow(&sources, &package, budget, true);
    if machine.findings.tools() == 0 && !machine.exhausted {
        machine = follow(&sources, &package, budget, false);
    }
    if machine.findings.tools() == 0 {
        machine.take_definitions();
    }
    if machine.exhausted {
        let detail = "the package was too much work to follow to its end";
        machine.findings.missing(PartialReason::LimitReached, detail, None);
    } else if machine.findings.is_silent() {
        let packages = machine.findings.packages();
        let detail = match (package.entries.is_empty(), packages.as_str()) {
            (true, _) => "the package names no entry point that is in it".to_owned(),
            (_, "") => "no registration of a tool was reached from the entry points".to_owned(),
            (_, packages) => {
                format!("the tools are registered by other packages, which are not part of this one: {packages}")
            }
        };
        machine.findings.missing(PartialReason::UnresolvedValue, detail, None);
    }
    machine.findings.into_extraction(&sources)
}

/// Follows the entry points, one group after the other, until one leads to a tool.
fn follow<'t>(sources: &'t Sources<'t>, package: &Package, budget: &'t Budget, defaults: bool) -> Machine<'t> {
    let mut machine = Machine::new(sources, budget, package.dialect, &package.name);
    machine.defaults = defaults;
    for group in &package.entries {
        for file in group {
            machine.load(*file);
        }
        machine.follow_waiting();
        machine.ask_handlers();
        if machine.findings.tools() == 0 {
            // A library: someone else calls what it exports.
            for file in group {
                machine.follow_exports(*file);
            }
            machine.ask_handlers();
        }
        if machine.findings.tools() == 0 {
            for file in group {
                machine.follow_commands(*file);
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
    machine
}

impl<'t> Machine<'t> {
    /// Follows the functions and classes that a module exports, with arguments of which nothing is known.
    fn follow_exports(&mut self, file: FileId) {
        for name in self.export_names(file, 0) {
            let value = self.export(file, &name, 0);
            self.force(&value, &Value::Unknown);
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
