//! Reads the tools of MCP servers written in JavaScript and TypeScript: a package's files in, tool objects out.
//! Never runs anything, never guesses a value that it cannot follow.
//!
//! The reader follows the program from its entry points as far as values are known without running it: modules in the
//! order of their imports, calls into functions of the package, loops over lists that are known. Where a condition
//! cannot be decided it follows both sides. A call such as `server.registerTool("name", {...}, callback)` that is
//! reached this way is a tool; code that is never reached yields none.
//!
//! ```text
//! package ─▶ module ─▶ exec ─▶ eval ─▶ call ─▶ register ─▶ tool ─▶ finding
//!                (the machine: values, scopes)  │
//!                                         zod ─▶ schema
//! ```
//!
//! Work is bounded (processor time, memory, depth, size) and cycles end by those bounds; what the parts of a program share
//! of it is counted in steps, so that none takes everything.

mod absent;
mod alternative;
mod attach;
mod builtin;
mod bundled;
mod call;
mod callback;
mod candidate;
mod chain;
mod choice;
mod class;
mod condition;
mod declare;
mod defined;
mod dependency;
mod described;
mod escape;
mod eval;
mod exec;
mod export;
mod finding;
mod foreign;
mod framework;
mod hook;
mod invoke;
mod json;
mod kind;
mod leading;
mod limit;
mod list;
mod machine;
mod member;
mod module;
mod operator;
mod option;
mod outline;
mod package;
mod pattern;
mod register;
mod repeat;
mod resolve;
mod runtime;
mod schema;
mod schema_library;
mod setting;
mod setting_call;
pub(crate) mod source;
mod text;
mod through;
mod token;
mod tool;
mod unary;
mod value;
mod zod;

use super::{Budget, Extraction, SourceTree, handler};
use machine::{DEEPER, DEEPER_FOR_NOTHING, FUEL, Machine};
use mcpdex_model::PartialReason;
use package::Package;
use source::{FileId, Sources};
use value::{Shape, Value};

/// The tools that the package's entry points register, in order, each with the file and line of its registration, and a
/// [`mcpdex_model::Partial`] for whatever is known to be missing. Nothing at all for a package of another language that
/// only ships JavaScript as an asset.
///
/// Parses through `super::syntax::parse`, whose refusals go to [`Extraction::partial`] as they are.
pub fn extract(tree: &SourceTree, budget: &Budget) -> Extraction {
    let sources = Sources::new(tree, budget);
    if is_asset(tree) {
        return Extraction::default();
    }
    let package = Package::read(&sources, &tree.package.name);
    // First as a program that is started without options; if that lists nothing, whatever the options may be.
    let mut machine = follow_deeper(&sources, &package, budget, true);
    if machine.findings.tools() == 0 && !machine.exhausted {
        machine = follow_at_first(&sources, &package, budget, false);
    }
    if machine.findings.tools() > 0 {
        machine.note_hooks();
    }
    if machine.findings.tools() == 0 {
        machine.tools_of_documents();
    }
    if machine.findings.tools() == 0 {
        machine.take_definitions();
    }
    let is_over = machine.exhausted;
    machine.add_definitions();
    machine.exhausted = is_over;
    if machine.exhausted {
        let detail = machine.ended_by();
        machine.findings.missing(PartialReason::LimitReached, detail, None);
    } else if machine.findings.is_silent() {
        let (reason, detail) = absent::of_nothing(&machine, &package);
        machine.findings.missing(reason, detail, None);
    }
    let mut found = machine.into_findings().into_extraction();
    handler::observe(&handler::forest::Scripts::new(&sources), "javascript", budget, &mut found.tools);
    found
}

/// Whether the JavaScript of a tree only accompanies a package of another language: there is no manifest of its own, and
/// one of another language.
fn is_asset(tree: &SourceTree) -> bool {
    let has = |name: &str| tree.files.contains_key(name);
    let own = ["package.json", "manifest.json"].iter().any(|name| has(name));
    let foreign = ["pyproject.toml", "setup.py", "setup.cfg", "go.mod", "Cargo.toml", "pom.xml", "build.gradle"];
    let named = tree.package.ecosystem != mcpdex_model::Ecosystem::Npm;
    !own && (named || foreign.iter().any(|name| has(name)))
}

/// Follows the program, and again with more for each of its parts to do, as long as something that registers tools was
/// more work than its share and more work brought more tools. The clock and the memory end it, not a number of steps.
fn follow_deeper<'t>(sources: &'t Sources<'t>, package: &Package, budget: &'t Budget, defaults: bool) -> Machine<'t> {
    let mut fuel = FUEL;
    let mut machine = follow_at_first(sources, package, budget, defaults);
    while machine.short && !machine.exhausted {
        fuel *= DEEPER;
        let mut deeper = follow(sources, package, budget, defaults, fuel);
        let (before, now) = (machine.findings.tools(), deeper.findings.tools());
        if deeper.exhausted && now < before {
            // The clock ended it before it came as far.
            machine.exhausted = true;
            break;
        }
        deeper.short &= now > before;
        machine = deeper;
    }
    machine
}

/// Follows the program with little to do for each part, and with much where that found nothing for want of it.
fn follow_at_first<'t>(sources: &'t Sources<'t>, package: &Package, budget: &'t Budget, defaults: bool) -> Machine<'t> {
    let machine = follow(sources, package, budget, defaults, FUEL);
    if machine.starved_of_all() && !machine.exhausted {
        drop(machine);
        return follow(sources, package, budget, defaults, FUEL * DEEPER_FOR_NOTHING);
    }
    machine
}

/// Follows the entry points, one group after the other, until one leads to a tool.
fn follow<'t>(
    sources: &'t Sources<'t>,
    package: &Package,
    budget: &'t Budget,
    defaults: bool,
    fuel: u64,
) -> Machine<'t> {
    let mut machine = Machine::new(sources, budget, package.dialect, &package.name, fuel);
    machine.defaults = defaults;
    for group in &package.entries {
        for file in group {
            machine.load(*file);
        }
        machine.follow_waiting();
        machine.ask_handlers();
        if machine.findings.tools() == 0
            && let Some(folder) = package.command_folder()
        {
            machine.follow_command_folder(&format!("{folder}/"));
            machine.ask_handlers();
        }
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
    if machine.findings.tools() == 0 && package.dependencies().iter().any(|name| name == "xmcp") {
        machine.modules_of_tools("src/tools/");
    }
    machine
}

impl<'t> Machine<'t> {
    /// What was found, without all that it was found by.
    fn into_findings(self) -> finding::Findings<'t> {
        self.findings
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PackageInfo, ReadLimits};
    use mcpdex_model::Ecosystem;

    /// Modules that start each other, every one with work of its own, before the last of them starts a server.
    fn nested(modules: usize) -> SourceTree {
        let mut text = String::from(
            "const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js');\n\
             function last() { const server = new McpServer({ name: 'oven', version: '1' }); bake(server); }\n\
             function bake(server) { server.tool('light_oven', 'Lights the oven.', {}, () => 1); }\n",
        );
        for module in 0..modules {
            let next = if module + 1 < modules { format!("start{}", module + 1) } else { "last".to_owned() };
            let work = "for (let i = 0; i < 1500; i++) { sum = sum + i; }\n".repeat(2);
            text += &format!("function start{module}() {{ let sum = 0; {work} {next}(); }}\n");
        }
        text += "start0();\n";
        let manifest = r#"{"name": "oven", "version": "1.0.0", "bin": "./cli.js"}"#;
        let files = [("package.json", manifest), ("cli.js", text.as_str())];
        SourceTree {
            package: PackageInfo { ecosystem: Ecosystem::Npm, name: "oven".into(), version: None },
            files: files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into(),
        }
    }

    #[test]
    fn modules_that_start_each_other_get_more_to_do_where_nothing_was_found() {
        let tree = nested(12);
        let budget = Budget::start(ReadLimits::default());
        let sources = Sources::new(&tree, &budget);
        let package = Package::read(&sources, "oven");
        let first = follow(&sources, &package, &budget, true, FUEL);
        assert!(first.findings.tools() == 0 && first.starved_of_all(), "the first share is too large for this case");
        let found = crate::extract(&tree, &budget).expect("a thread is started");
        assert_eq!(found.tools.len(), 1, "{:?}", found.partial);
        assert!(found.tools[0].json.contains("light_oven") && found.is_complete(), "{:?}", found.partial);
    }

    #[test]
    fn what_no_registration_stands_behind_is_not_followed_to_its_end() {
        let filler = |n: usize| format!("function unused{n}() {{ return '{}'; }}\n", "x".repeat(1_000));
        let mut text = String::from("const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js');\n");
        text.extend((0..600).map(filler));
        text += "function heat() { let sum = 0; for (let i = 0; i < 40000; i++) { sum = sum + i; } return sum; }\n\
                 function start() { heat(); const server = new McpServer({ name: 'oven', version: '1' });\n\
                 server.tool('light_oven', 'Lights the oven.', {}, () => heat()); }\nstart();\n";
        assert!(text.len() > outline::LARGE);
        let mut tree = nested(0);
        tree.files.insert("cli.js".to_owned(), text.into_bytes());
        let budget = Budget::start(ReadLimits::default());
        let sources = Sources::new(&tree, &budget);
        let package = Package::read(&sources, "oven");
        let machine = follow(&sources, &package, &budget, true, FUEL);
        assert!(machine.findings.tools() == 1 && !machine.starved);
        let used = FUEL - machine.fuel;
        assert!(used < 2 * machine::FUEL_OF_A_LIBRARY, "{used} steps");
    }

    #[test]
    fn a_handler_that_is_defined_by_itself_is_looked_for_once() {
        let text = "const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js');\n\
                    const server = new McpServer({ name: 'oven', version: '1' });\n\
                    const act = wrap(next), next = wrap(act);\n\
                    server.registerTool('light_oven', { description: 'Lights the oven.' }, act);\n";
        let mut tree = nested(0);
        tree.files.insert("cli.js".to_owned(), text.as_bytes().to_vec());
        let found = crate::extract(&tree, &Budget::start(ReadLimits::default())).expect("a thread is started");
        assert_eq!(found.tools.len(), 1, "{:?}", found.partial);
    }
}
