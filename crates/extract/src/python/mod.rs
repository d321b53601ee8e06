//! Reads the tools of MCP servers written in Python: a package's files in, tool objects out.
//! Never runs anything, never guesses a value that it cannot follow.
//!
//! The reader walks the package as Python would start it: from the scripts that its metadata names (else from the usual
//! files), through imports and calls, computing with the values that stand in the source. A tool counts when that walk
//! registers it, so a module that is decorated and never imported yields none, and a table, a loop, a helper or a class
//! that registers tools needs no rule of its own.
//!
//! ```text
//! bytes ─ syntax ─▶ tree ─ lower ─▶ ast ─ machine (exec, eval, call) ─▶ server ─ tool, schema ─▶ SourceTool
//! ```

mod access;
mod ast;
mod branch;
mod builtin;
mod call;
mod class;
mod define;
mod docstring;
mod eval;
mod exec;
mod field;
mod inspect;
mod json;
mod listed;
mod literal;
mod lower;
mod lower_expr;
mod machine;
mod method;
mod model;
mod operate;
mod options;
mod package;
mod parameters;
mod path;
mod schema;
mod server;
mod setting;
mod tool;
mod value;

use super::{Budget, Extraction, SourceTree};
use machine::Machine;
use mcpdex_model::{Partial, PartialReason};
use package::{Entry, Package};
use std::rc::Rc;
use value::{Args, Value};

/// The tools that the package's entry points register, in order, each with the file and line of its registration, and a
/// [`Partial`] for whatever is known to be missing.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let package = Package::new(tree);
    let entries = package.entries(budget);
    // The script named after the package is what clients start; the others count where it leads to no server.
    let (own, others) = entries.split_at(entries.len().min(1));
    let mut best = Extraction::default();
    for group in [own, others] {
        if group.is_empty() {
            continue;
        }
        let found = walk(&package, budget, |machine| group.iter().for_each(|entry| start(machine, entry)));
        if tells(&found) {
            return found;
        }
        best.partial.extend(found.partial);
    }
    for path in package.usual_starts() {
        let found = walk(&package, budget, |machine| {
            machine.load(path, &package.name_of(path), true);
        });
        if tells(&found) {
            return found;
        }
    }
    if !entries.is_empty() {
        let detail = "no MCP server was found from the package's entry points; it may start one of another package";
        best.partial.push(Partial::missing(PartialReason::UnresolvedValue, detail, None));
        return best;
    }
    // Nothing says where the package starts: a server that some file makes at its top level still counts.
    let mut found = walk(&package, budget, |machine| {
        for path in package.all() {
            machine.load(path, &package.name_of(path), true);
        }
    });
    if tells(&found) {
        let detail = "no entry point was found; every module was taken for one".to_owned();
        found.partial.push(Partial::missing(PartialReason::UnresolvedValue, detail, None));
    }
    found
}

/// Whether a walk came upon a server.
fn tells(found: &Extraction) -> bool {
    let is_source = |reason| matches!(reason, PartialReason::MountedServer | PartialReason::GeneratedTools);
    !found.tools.is_empty() || found.partial.iter().any(|partial| is_source(partial.reason))
}

fn walk(package: &Package<'_>, budget: &Budget, from: impl FnOnce(&mut Machine<'_>)) -> Extraction {
    let mut machine = Machine::new(package, budget);
    from(&mut machine);
    machine.finish()
}

fn start(machine: &mut Machine<'_>, entry: &Entry) {
    let Some(Value::Module(module)) = machine.import(&entry.module) else { return };
    let Some(call) = &entry.call else { return };
    let mut value = Value::Module(module);
    for name in call.split('.') {
        value = machine.attribute(&value, &Rc::from(name));
    }
    machine.call(&value, Args::default(), module);
}
