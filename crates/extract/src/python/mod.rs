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

mod absent;
mod ast;
mod attempt;
mod branch;
mod builtin;
mod call;
mod change;
mod choice;
mod class;
mod condition;
mod declare;
mod defined;
mod described;
mod docstring;
mod escape;
mod eval;
mod exec;
mod field;
mod hook;
mod inspect;
mod iterate;
mod json;
mod limit;
mod listed;
mod literal;
mod lower;
mod lower_expr;
mod lower_match;
mod machine;
mod member;
mod method;
mod mixin;
mod model;
mod operator;
mod option;
mod package;
mod parameters;
mod path;
mod register;
mod render;
mod route;
mod schema;
mod sequence;
mod setting;
mod signature;
mod tool;
mod transform;
mod value;
mod vendored;
mod visit;

use super::handler::forest::Parsed;
use super::{Budget, Extraction, SourceTree, handler};
use absent::Clues;
use machine::Machine;
use mcpdex_model::{Partial, PartialReason};
use package::{Entry, Package};
use std::collections::BTreeSet;
use std::rc::Rc;
use value::{Args, Value};

/// The tools that the package's entry points register, in order, each with the file and line of its registration; what
/// is only defined, after them; and a [`Partial`] for whatever may be missing. Where there are none, the reason why.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let package = Package::new(tree);
    let (mut found, sites) = registered(&package, budget);
    let mut names: BTreeSet<String> = BTreeSet::new();
    for tool in &found.tools {
        let object: Option<serde_json::Value> = serde_json::from_str(&tool.json).ok();
        names.extend(object.and_then(|object| Some(object.get("name")?.as_str()?.to_owned())));
    }
    found.tools.extend(defined::definitions(&package, budget, &names, &sites));
    let forest = Parsed::new(tree, ".py", tree_sitter_python::LANGUAGE.into(), budget, package.into_trees());
    handler::observe(&forest, "python", budget, &mut found.tools);
    found
}

/// What the walks find, and every place where they registered a tool.
fn registered(package: &Package<'_>, budget: &Budget) -> (Extraction, BTreeSet<(String, u32)>) {
    let entries = package.entries(budget);
    // The script named after the package is what clients start; the others count where it leads to no server.
    let (own, others) = entries.split_at(entries.len().min(1));
    let mut partial: Vec<Partial> = Vec::new();
    let mut clues = Vec::new();
    for group in [own, others] {
        if group.is_empty() {
            continue;
        }
        let (found, clue) = walk(package, budget, |machine| group.iter().for_each(|entry| start(machine, entry)));
        if tells(&found, &clue) {
            return (found, clue.registered);
        }
        partial.extend(found.partial);
        clues.push(clue);
    }
    for path in package.usual_starts() {
        let (found, clue) = walk(package, budget, |machine| {
            machine.load(path, &package.name_of(path), true);
        });
        if tells(&found, &clue) {
            return (found, clue.registered);
        }
        // Where metadata says what starts, what other files do is no news.
        if entries.is_empty() {
            partial.extend(found.partial);
        }
        clues.push(clue);
    }
    if entries.is_empty() {
        // Nothing says where the package starts: a server that some file makes at its top level still counts.
        let (mut found, clue) = walk(package, budget, |machine| {
            for path in package.all() {
                machine.load(path, &package.name_of(path), true);
            }
        });
        if tells(&found, &clue) {
            let detail = "no entry point was found; every module was taken for one".to_owned();
            found.partial.push(Partial::missing(PartialReason::UnresolvedValue, detail, None));
            return (found, clue.registered);
        }
        partial.extend(found.partial);
        clues.push(clue);
    }
    let mut distinct: Vec<Partial> = Vec::new();
    distinct.push(absent::reason(package, &entries, &clues));
    for one in partial {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    (Extraction { tools: Vec::new(), partial: distinct }, BTreeSet::new())
}

/// Whether a walk came upon a server.
fn tells(found: &Extraction, clues: &Clues) -> bool {
    !found.tools.is_empty() || clues.has_source
}

fn walk(package: &Package<'_>, budget: &Budget, from: impl FnOnce(&mut Machine<'_>)) -> (Extraction, Clues) {
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
    machine.call(&value, Args { is_entry: true, ..Args::default() }, module);
}
