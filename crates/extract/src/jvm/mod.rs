//! What the MCP libraries of Java and Kotlin mean: annotated methods (Spring, Spring AI, Quarkus) and the SDKs' own
//! registrations. A program in, its tools into the machine.

mod annotated;
mod json;
pub(super) mod register;
mod setting;
mod standard;
mod types;

use super::program::ast::{Class, Func, last_name, mark};
use super::program::machine::Machine;
use super::program::setting::Setting;
use super::program::source::FileId;
use super::program::value::{Closure, Made, Value};
use std::rc::Rc;

/// Marks of methods that a framework calls when the server starts, or whose result it keeps.
const STARTS: [&str; 8] =
    ["Bean", "PostConstruct", "Singleton", "Produces", "Startup", "EventListener", "Override", "Provides"];

/// Reads the annotated methods, then walks from every place where the program may start.
pub(super) fn walk(machine: &mut Machine<'_>) {
    let unregistered = annotated::read(machine);
    let program = Rc::clone(&machine.program);
    for (at, unit) in program.units.iter().enumerate() {
        for func in unit.funcs.iter().filter(|func| &*func.name == "main") {
            let closure = Closure { func: Rc::clone(func), env: None, this: None, class: None, file: FileId(at) };
            machine.start_with(closure, vec![(None, Setting::arguments())]);
        }
    }
    let mut later = Vec::new();
    for class in program.classes() {
        for func in &class.methods {
            if &*func.name == "main" {
                start(machine, &class, func);
            } else if mark(&func.marks, &STARTS).is_some() || is_observer(func) {
                later.push((Rc::clone(&class), Rc::clone(func)));
            }
        }
    }
    for (class, func) in later {
        start(machine, &class, &func);
    }
    machine.run_later();
    annotated::define(machine, unregistered);
}

fn is_observer(func: &Func<'_>) -> bool {
    func.params.iter().any(|param| mark(&param.marks, &["Observes"]).is_some())
}

fn start<'t>(machine: &mut Machine<'t>, class: &Rc<Class<'t>>, func: &Rc<Func<'t>>) {
    if !machine.ran.insert(Rc::as_ptr(func)) {
        return;
    }
    machine.initialise(class);
    let this = if func.is_static { None } else { Some(machine.instance(class, true)) };
    let file = func.site.file;
    let closure = Closure { func: Rc::clone(func), env: None, this, class: Some(Rc::clone(class)), file };
    let held = machine.guards.len();
    let guards = setting::of_marks(machine, class, &class.marks).into_iter();
    let guards = guards.chain(setting::of_marks(machine, class, &func.marks)).collect::<Vec<_>>();
    machine.guards.extend(guards);
    let args = if &*func.name == "main" { vec![(None, Setting::arguments())] } else { Vec::new() };
    let value = machine.invoke(&Rc::new(closure), args);
    // The frameworks register every bean that is a tool's specification.
    let is_specification = func.result.as_ref().is_some_and(|ty| {
        let inner = ty.args.first().map_or("", |arg| arg.last());
        [ty.last(), inner].iter().any(|name| name.ends_with("ToolSpecification") || *name == "ToolCallback")
    });
    if mark(&func.marks, &["Bean", "Produces", "Provides", "Singleton"]).is_some() && is_specification {
        register::all(machine, &value);
    }
    machine.guards.truncate(held);
}

pub(super) fn foreign<'t>(machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    standard::call(machine, made).or_else(|| register::call(machine, made))
}

/// Words in a function that registers tools.
pub(super) const REGISTERS: [&str; 4] = ["addTool", "toolCall", ".tools(", "newTool"];

/// How calls begin that register tools, whatever they are called on.
pub(super) const CALLS: [&str; 3] = ["addTool(", "addTools(", "toolCall("];

pub(super) fn field_setting<'t>(machine: &mut Machine<'t>, class: &Rc<Class<'t>>, at: usize) -> Option<Value<'t>> {
    setting::of_field(machine, class, at)
}

/// Whether a file imports something whose path has `part` in it.
fn imports(machine: &Machine<'_>, file: FileId, part: &str) -> bool {
    machine.program.units.get(file.0).is_some_and(|unit| unit.imports.iter().any(|(_, path)| path.contains(part)))
}

/// Whether a path's last part is `name`.
fn is_named(path: &str, name: &str) -> bool {
    last_name(path) == name
}
