//! Definitions that stand in the package's own source and that the walk did not come to register: a tier below what a server
//! lists. The calls that register tools in functions and files that were never followed; what is known of their arguments
//! by the names of the module alone.

use super::call::CallSite;
use super::kind::{Field, FieldOf, Kind, children};
use super::limit::mentions_registration;
use super::machine::{FUEL, Machine};
use super::outline::LARGE;
use super::source::{FileId, Site};
use super::value::{ScopeId, Value};
use crate::engine::aside::is_aside;
use crate::engine::site::line;
use std::collections::HashSet;
use tree_sitter::Node;

/// Files of one package that are looked through.
const MOST_FILES: usize = 600;
/// Methods of servers that register one tool.
const REGISTERS: [&str; 3] = ["registerTool", "tool", "addTool"];
/// Endings of source files; declarations of types are none.
const ENDINGS: [&str; 8] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];

impl<'t> Machine<'t> {
    /// Adds the definitions that were not reached to what was found.
    pub(super) fn add_definitions(&mut self) {
        self.findings.defining = true;
        self.fuel = FUEL;
        let sources = self.sources;
        let is_own = |file: &FileId| {
            let (path, text) = (sources.path(*file), sources.text(*file));
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
            ENDINGS.contains(&ending)
                && !path.ends_with(".d.ts")
                && !is_aside(path)
                && text.len() < LARGE
                && mentions_registration(text)
        };
        for file in sources.under("").filter(is_own).take(MOST_FILES) {
            if self.exhausted {
                break;
            }
            // What a file that was never loaded registers at its top level is not reached, either.
            let Some(module) = self.load(file) else { continue };
            let Ok(tree) = sources.tree(file) else { continue };
            for call in unreached(tree.root_node(), &self.called) {
                self.define_call(call, file, module.scope);
            }
        }
        self.findings.defining = false;
    }

    /// What one call would register.
    fn define_call(&mut self, call: Node<'t>, file: FileId, scope: ScopeId) {
        let (Some(callee), Some(arguments)) = (call.field(Field::Function), call.field(Field::Arguments)) else {
            return;
        };
        let Some(method) = callee.field(Field::Property) else { return };
        self.enter(file, (0, scope));
        let method = self.text(method);
        if REGISTERS.contains(&method) {
            let values: Vec<Value> = children(arguments)
                .into_iter()
                .map(|argument| match Kind::of(argument) {
                    Kind::Function | Kind::Arrow => Value::Unknown,
                    _ => self.eval(argument, scope),
                })
                .collect();
            let site = CallSite { site: Site::of(file, call), last_line: line(call.end_position().row) };
            self.define_tool(method, &values, site);
        }
        self.leave();
    }
}

/// The calls of methods in functions that were never followed.
fn unreached<'t>(root: Node<'t>, called: &HashSet<usize>) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    let mut pending = vec![(root, true)];
    while let Some((node, mut is_reached)) = pending.pop() {
        match Kind::of(node) {
            Kind::Function | Kind::Arrow | Kind::Generator | Kind::FunctionDeclaration | Kind::Method => {
                is_reached = called.contains(&node.id());
            }
            Kind::Call if !is_reached && node.field(Field::Function).map(Kind::of) == Some(Kind::Member) => {
                found.push(node);
            }
            _ => {}
        }
        pending.extend(children(node).into_iter().rev().map(|child| (child, is_reached)));
    }
    found
}
