//! Definitions that stand in the package's own source and that no walk came to register: a tier below what a server is
//! known to list.

use super::ast::{Arg, Block, Ex, Expr, Function};
use super::machine::{Machine, is_mcp};
use super::package::Package;
use super::tool;
use super::value::{Args, Env, Value};
use super::visit::{Seen, visit};
use crate::{Budget, SourceTool};
use mcpdex_model::ToolOrigin;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Files of one package that are looked through.
const MOST_FILES: usize = 600;

/// The tools that are defined in the package, by no name that is `known` and at none of the `sites`.
pub(super) fn definitions(
    package: &Package<'_>,
    budget: &Budget,
    known: &BTreeSet<String>,
    sites: &BTreeSet<(String, u32)>,
) -> Vec<SourceTool> {
    let mut machine = Machine::new(package, budget);
    let mut found: Vec<SourceTool> = Vec::new();
    let mut names = known.clone();
    let files: Vec<&str> = package.all().filter(|path| package.is_likely(path)).take(MOST_FILES).collect();
    for path in files {
        if budget.expired() {
            break;
        }
        let Some(number) = machine.load(path, &package.name_of(path), false) else { continue };
        let Ok(body) = package.parse(path, budget) else { continue };
        let env = Rc::clone(&machine.modules[number].env);
        for (name, tool) in machine.definitions_in(&body, &env) {
            let is_known = sites.contains(&(tool.site.file.clone(), tool.site.line));
            if !is_known && names.insert(name) && found.len() < budget.limits.tools {
                found.push(SourceTool { origin: ToolOrigin::Defined, condition: None, ..tool });
            }
        }
    }
    found
}

impl Machine<'_> {
    fn definitions_in(&mut self, body: &Block, env: &Rc<Env>) -> Vec<(String, SourceTool)> {
        let mut found = Vec::new();
        visit(body, &mut |seen| match seen {
            Seen::Function(def, in_class) => {
                for decorator in &def.decorators {
                    if let Some((function, args)) = called(decorator)
                        && self.marks_tool(function, env)
                    {
                        found.extend(self.decorated(def, args, in_class, env));
                    }
                }
            }
            Seen::Expr(expr) => {
                if let Ex::Call(function, _) = &*expr.kind
                    && is_named(function, &["Tool"])
                    && self.eval(function, env).path().is_some_and(is_mcp)
                {
                    let value = self.eval(expr, env);
                    let site = self.site(env.module, expr.line);
                    found.extend(tool::from_object(self, &value, &site).ok());
                }
            }
        });
        found.into_iter().map(|(name, tool)| (name.to_string(), tool)).collect()
    }

    /// Whether a decorator is one by which a framework for MCP servers makes tools.
    fn marks_tool(&mut self, function: &Expr, env: &Rc<Env>) -> bool {
        if !is_named(function, &["tool", "mcp_tool"]) {
            return false;
        }
        match &*function.kind {
            // A server that a function is given, by its name.
            Ex::Attribute(object, _) => {
                let called_so = matches!(&*object.kind, Ex::Name(name) | Ex::Attribute(_, name)
                    if matches!(&**name, "mcp" | "server" | "app" | "self.mcp") || name.contains("mcp"));
                match self.eval(object, env) {
                    Value::External(path) => is_mcp(&path),
                    Value::Made(made) => is_mcp(&made.path),
                    value => self.is_server_value(&value) || called_so,
                }
            }
            _ => self.eval(function, env).path().is_some_and(is_mcp),
        }
    }

    fn decorated(
        &mut self,
        def: &Rc<Function>,
        args: &[Arg],
        in_class: bool,
        env: &Rc<Env>,
    ) -> Option<(Rc<str>, SourceTool)> {
        let inside = if in_class { Env::new(Some(Rc::clone(env)), env.module, true) } else { Rc::clone(env) };
        let options: Args = self.args(args, env, def.line);
        let function = self.function(def, &inside);
        tool::from_function(self, &function, &options, env.module, self.package.split())
    }
}

/// What a decorator calls, and with what; one that is not called is given nothing.
fn called(decorator: &Expr) -> Option<(&Expr, &[Arg])> {
    match &*decorator.kind {
        Ex::Call(function, args) => Some((function, args)),
        Ex::Name(_) | Ex::Attribute(..) => Some((decorator, &[])),
        _ => None,
    }
}

fn is_named(expr: &Expr, wanted: &[&str]) -> bool {
    match &*expr.kind {
        Ex::Name(name) | Ex::Attribute(_, name) => wanted.contains(&&**name),
        _ => false,
    }
}
