//! Reads the tools of MCP servers written in C#: a project's files in, tool objects out. Never runs anything, never
//! guesses a value that it cannot follow.
//!
//! The walk starts at the top-level statements and at every `Main`. An attributed method counts when that walk hands its
//! class, or the whole assembly, to a server; a tool that is made by `McpServerTool.Create` when it is handed over.

mod annotated;
mod declare;
mod lower;
mod register;
mod standard;
mod types;

use super::program::ast::{Expr, Stmt, Unit};
use super::program::machine::{Dialect, Machine};
use super::program::setting::Setting;
use super::program::source::{FileId, Reading, Site, Sources};
use super::program::value::{Closure, Made, Object, Value};
use super::{Budget, Extraction, SourceTree};
use mcpdex_model::PartialReason;
use std::rc::Rc;
use tree_sitter::Node;

/// The tools that the project's programs register, in order.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let counts = |path: &str| {
        let is_built = path.split('/').any(|part| matches!(part, "obj" | "bin"));
        path.ends_with(".cs") && !is_built && !path.ends_with(".Designer.cs")
    };
    let sources = Sources::parse(tree, budget, &tree_sitter_c_sharp::LANGUAGE.into(), counts);
    let mut machine = Machine::new(&sources, &CSharp, budget);
    annotated::note_services(&mut machine);
    let program = Rc::clone(&machine.program);
    for (at, unit) in program.units.iter().enumerate() {
        if let Some(body) = &unit.main {
            machine.run_body(body, FileId(at));
        }
    }
    for class in program.classes() {
        // What a host is configured by counts as a start, too: `Startup.ConfigureServices`.
        let starts =
            class.methods.iter().filter(|func| matches!(&*func.name, "Main" | "ConfigureServices" | "Configure"));
        for func in starts {
            machine.initialise(&class);
            let this = if func.is_static { None } else { Some(machine.instance(&class, true)) };
            let (func, file) = (Rc::clone(func), func.site.file);
            machine.start(Closure { func, env: None, this, class: Some(Rc::clone(&class)), file });
        }
    }
    machine.run_later();
    register::collections(&mut machine);
    if machine.tools.is_empty() {
        let declared = program.classes().iter().filter(|class| annotated::is_tool_type(class)).count();
        if declared > 0 {
            let detail = format!("{declared} classes declare tools, and nothing in the source registers them");
            machine.note(PartialReason::UnresolvedValue, detail, None);
        }
    }
    machine.defining = true;
    annotated::all(&mut machine);
    machine.finish()
}

struct CSharp;

impl Dialect for CSharp {
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
        standard::call(made).or_else(|| register::call(machine, made))
    }

    fn holds_tools(&self, value: &Value<'_>) -> bool {
        register::is_tool(value) || register::is_server(value)
    }

    fn given<'t>(&self, path: &str) -> Option<Value<'t>> {
        // The words of the command line, in top-level statements.
        (path == "args").then(Setting::arguments)
    }

    fn language(&self) -> &'static str {
        "C#"
    }

    fn registers(&self) -> &'static [&'static str] {
        &["WithTools", "McpServerTool", "ToolCollection"]
    }

    fn calls_that_register(&self) -> &'static [&'static str] {
        &["WithTools", "McpServerTool.Create(", "AddMcpServer("]
    }

    fn object<'t>(&self, machine: &mut Machine<'t>, object: &Rc<Object<'t>>) {
        register::object(machine, object);
    }

    fn assigned<'t>(&self, machine: &mut Machine<'t>, name: &str, value: &Value<'t>, site: Site) {
        register::assigned(machine, name, value, site);
    }
}
