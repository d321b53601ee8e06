//! Reads the tools of MCP servers written in Go: a module's files in, tool objects out. Never runs anything, never guesses
//! a value that it cannot follow.
//!
//! The walk starts at each `main` and at every `init`, and follows calls through the module's packages. A tool counts when
//! that walk hands it to a server of `mark3labs/mcp-go` or of the official SDK. A module without a `main` is a library:
//! its exported functions are taken for starting points, and the list says so.

mod declare;
mod lower;
mod register;
mod setting;
mod standard;
mod tool_option;
mod types;

use super::program::ast::{Class, Expr, Func, Stmt, Unit, last_name};
use super::program::machine::{Dialect, Machine};
use super::program::source::{FileId, Reading, Site, Sources};
use super::program::value::{Closure, Made, Object, Value};
use super::{Budget, Extraction, SourceTree};
use mcpdex_model::PartialReason;
use std::rc::Rc;
use tree_sitter::Node;

/// The tools that the module's programs register, in order.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let counts = |path: &str| path.ends_with(".go") && !path.ends_with("_test.go");
    let sources = Sources::parse(tree, budget, &tree_sitter_go::LANGUAGE.into(), counts);
    let go = Go { modules: modules(tree) };
    let mut machine = Machine::new(&sources, &go, budget);
    let program = Rc::clone(&machine.program);
    let funcs: Vec<(FileId, Rc<Func<'_>>)> = program
        .units
        .iter()
        .enumerate()
        .flat_map(|(at, unit)| unit.funcs.iter().map(move |func| (FileId(at), Rc::clone(func))))
        .filter(|(_, func)| func.receiver.is_none())
        .collect();
    let is_main = |file: &FileId| program.units[file.0].impls.iter().any(|block| &*block.ty == "main");
    // Variables of a package are given their values before `init`, those that nobody names among them.
    for var in program.units.iter().flat_map(|unit| &unit.vars) {
        let text = var.init.as_ref().and_then(|init| sources.files[var.file.0].text.get(init.node.byte_range()));
        if text.is_some_and(|text| go.registers().iter().any(|word| text.contains(word))) {
            machine.global(var);
        }
    }
    for (file, func) in funcs.iter().filter(|(_, func)| &*func.name == "init") {
        machine.start(closure(func, *file));
    }
    let mains: Vec<_> = funcs.iter().filter(|(file, func)| &*func.name == "main" && is_main(file)).collect();
    for (file, func) in &mains {
        machine.start(closure(func, *file));
    }
    machine.run_later();
    if mains.is_empty() {
        for (file, func) in funcs.iter().filter(|(_, func)| func.name.starts_with(char::is_uppercase)) {
            machine.start(closure(func, *file));
        }
        if !machine.tools.is_empty() {
            let detail = "the module has no `main`; its exported functions were taken for starting points".to_owned();
            machine.note(PartialReason::UnresolvedValue, detail, None);
        }
    }
    if machine.is_short() {
        // What is defined in functions that were not reached.
        machine.defining = true;
        let methods = program.units.iter().flat_map(|unit| &unit.funcs);
        for func in methods {
            let this = func.receiver.as_ref().and_then(|(_, ty)| program.class(func.site.file, ty));
            let this = this.map(|class| machine.instance(&class, true));
            machine.start(Closure { this, ..closure(func, func.site.file) });
        }
        machine.run_later();
    }
    machine.finish()
}

fn closure<'t>(func: &Rc<Func<'t>>, file: FileId) -> Closure<'t> {
    Closure { func: Rc::clone(func), env: None, this: None, class: None, file }
}

/// The folders of the modules, with a slash at the end, and their paths.
fn modules(tree: &SourceTree) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, bytes) in &tree.files {
        let Some(folder) = path.strip_suffix("go.mod").filter(|folder| folder.is_empty() || folder.ends_with('/'))
        else {
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        let name = text.lines().find_map(|line| line.trim().strip_prefix("module "));
        if let Some(name) = name {
            found.push((folder.to_owned(), name.trim().trim_matches('"').to_owned()));
        }
    }
    found
}

struct Go {
    modules: Vec<(String, String)>,
}

impl Dialect for Go {
    fn unit<'t>(&self, path: &str, reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
        declare::unit(&self.modules, path, reading, root)
    }

    fn body<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>> {
        lower::block(reading, node)
    }

    fn expr<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
        lower::expr(reading, node)
    }

    fn foreign<'t>(&self, machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
        standard::call(made).or_else(|| register::call(machine, made))
    }

    fn holds_tools(&self, value: &Value<'_>) -> bool {
        register::is_server(value)
    }

    fn returned<'t>(&self, args: &[(Option<Rc<str>>, Value<'t>)], value: &Value<'t>, site: Site) {
        register::remember_handler(args, value, site);
    }

    fn field_setting<'t>(&self, _: &mut Machine<'t>, class: &Rc<Class<'t>>, at: usize) -> Option<Value<'t>> {
        setting::of_field(class, at)
    }

    fn bound<'t>(&self, path: &str, args: &[(Option<Rc<str>>, Value<'t>)]) -> Option<(usize, Value<'t>)> {
        setting::bound(path, args)
    }

    fn defined<'t>(&self, machine: &mut Machine<'t>, object: &Rc<Object<'t>>) {
        register::defined(machine, object);
    }

    fn given<'t>(&self, path: &str) -> Option<Value<'t>> {
        setting::of_name(path)
    }

    fn language(&self) -> &'static str {
        "Go"
    }

    fn registers(&self) -> &'static [&'static str] {
        &["AddTool", "RegisterTool", "SetTools", "NewTool"]
    }

    fn calls_that_register(&self) -> &'static [&'static str] {
        &["AddTool(", "AddTools("]
    }

    fn sees_everything(&self) -> bool {
        false
    }
}

/// Whether a path names something of an MCP library.
fn is_mcp(path: &str) -> bool {
    let package = &path[..path.len() - last_name(path).len()];
    package.split(['/', '.', '-']).any(|part| part == "mcp")
}
