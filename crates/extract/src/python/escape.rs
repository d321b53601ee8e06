//! What the walk cannot see into: text that is run as code, servers that are handed to other packages, modules that are
//! looked for at run time. Each leaves a note, unless it can do no harm.

use super::ast::Name;
use super::lower;
use super::machine::{Machine, is_mcp, is_server};
use super::value::{Args, Env, Value, last};
use crate::syntax;
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// The longest text that is read as code.
const LONGEST_CODE: usize = 100_000;

/// Packages whose functions register no tools on a server that they are given: Python's own, loops, web servers.
const HARMLESS: &[&str] = &[
    "builtins",
    "asyncio",
    "anyio",
    "trio",
    "logging",
    "typing",
    "contextlib",
    "functools",
    "inspect",
    "uvicorn",
    "starlette",
    "hypercorn",
    "threading",
    "multiprocessing",
    "weakref",
    "atexit",
    "signal",
    "copy",
    "json",
    "os",
    "sys",
    "itertools",
    "operator",
    "types",
    "dataclasses",
    "pydantic",
    "typer",
    "click",
    "fire",
    "rich",
    "structlog",
    "loguru",
    "concurrent",
    "unittest",
    "pytest",
    "warnings",
    "time",
    "collections",
    "abc",
    "uvloop",
    "gc",
    "traceback",
    "pprint",
];

impl Machine<'_> {
    /// `exec(text)` or `eval(text)`: run where the text is known, noted where it is not.
    pub(super) fn run_text(&mut self, function: &Value, args: &Args, env: &Rc<Env>) -> Value {
        let name = last(function.path().unwrap_or_default()).to_owned();
        let given = args.plain.first();
        let code = match given {
            Some(Value::Str(text)) if text.len() <= LONGEST_CODE => Some(Rc::clone(text)),
            Some(Value::Made(made)) if &*made.path == "builtins.compile" => match made.args.plain.first() {
                Some(Value::Str(text)) if text.len() <= LONGEST_CODE => Some(Rc::clone(text)),
                _ => None,
            },
            _ => None,
        };
        let language = tree_sitter_python::LANGUAGE.into();
        let parsed = code.as_ref().and_then(|code| {
            let text = if name == "eval" { code.trim() } else { code };
            let tree = syntax::parse(&language, "", text.as_bytes(), self.work.budget).ok()?;
            (!tree.root_node().has_error()).then_some((tree, text.to_owned()))
        });
        let Some((tree, text)) = parsed else {
            let detail = format!("`{name}` runs code that is made at run time");
            let site = self.site(env.module, args.line);
            self.note(PartialReason::GeneratedTools, &detail, site);
            return Value::Unknown;
        };
        let inside = Env::new(Some(Rc::clone(env)), env.module, false);
        if let Some(Value::Dict(names)) = args.get(1, "globals") {
            for (key, value) in names.borrow().iter() {
                key.as_text().into_iter().for_each(|key| inside.set(&key, value.clone()));
            }
        }
        if self.calls.len() > 20 || self.too_deep() {
            return Value::Unknown;
        }
        self.depth += 20;
        let value = if name == "eval" {
            lower::expression(tree.root_node(), &text).map_or(Value::Unknown, |expr| self.eval(&expr, &inside))
        } else {
            let body = lower::module(tree.root_node(), &text);
            self.run_block(&body, &inside);
            // What the code binds is seen by what follows it, or by the names that it was given.
            let bound = inside.vars.borrow().clone();
            match args.get(1, "globals") {
                Some(Value::Dict(names)) => {
                    let mut names = names.borrow_mut();
                    for (name, value) in bound {
                        let key = Value::Str(name);
                        names.retain(|(known, _)| known.equals(&key) != Some(true));
                        names.push((key, value));
                    }
                }
                _ => bound.into_iter().for_each(|(name, value)| env.set(&name, value)),
            }
            Value::None
        };
        self.depth -= 20;
        value
    }

    /// `globals()`, `locals()` and `vars()`: the names as they stand now.
    pub(super) fn names_in(&mut self, function: &Value, env: &Rc<Env>) -> Value {
        let is_global = function.path() == Some("builtins.globals");
        let module = self.modules.get(env.module).map(|module| Rc::clone(&module.env));
        let of = if is_global { module.unwrap_or_else(|| Rc::clone(env)) } else { Rc::clone(env) };
        let vars = of.vars.borrow();
        // In the order in which the source binds them; what is bound elsewhere comes last.
        let mut pairs: Vec<(Name, Value)> = vars.iter().map(|(name, value)| (Rc::clone(name), value.clone())).collect();
        pairs.sort_by_key(|(_, value)| match value {
            Value::Function(function) => function.def.line,
            _ => u32::MAX,
        });
        Value::dict(pairs.into_iter().map(|(name, value)| (Value::Str(name), value)).collect())
    }

    /// Whether a value is an object of a server.
    pub(super) fn is_server_value(&self, value: &Value) -> bool {
        match value {
            Value::Made(made) => is_server(&made.path) || super::register::makes_server(made.kind()),
            Value::Instance(instance) => instance.class.has_external_base(&is_server),
            _ => false,
        }
    }

    /// Notes that a server is given to code that is not looked at, which may register tools on it.
    pub(super) fn hand_over(&mut self, to: &str, args: &Args, module: usize) {
        let root = to.split('.').next().unwrap_or_default();
        if HARMLESS.contains(&root) || is_mcp(to) && !to.contains("plugin") {
            return;
        }
        let given = args.plain.iter().chain(args.named.iter().map(|(_, value)| value));
        let mut given = given.filter(|value| self.is_server_value(value));
        if given.next().is_none() {
            return;
        }
        let detail = match to {
            "" => "a server is handed to a function that is found at run time, which may register tools".to_owned(),
            to => format!("a server is handed to `{to}`, which is not part of the package and may register tools"),
        };
        let site = self.site(module, args.line);
        self.note(PartialReason::GeneratedTools, &detail, site);
    }

    /// Whether a value is a method by which a server takes tools.
    pub(super) fn is_registering(&self, value: Option<&Value>) -> bool {
        let Some(Value::Method(method)) = value else { return false };
        matches!(&*method.1, "tool" | "add_tool" | "mount" | "import_server") && self.is_server_value(&method.0)
    }

    /// Notes that a server's method is given to code that is not looked at: whoever has it can register tools, whatever
    /// package that code is of.
    pub(super) fn hand_over_method(&mut self, args: &Args, module: usize) {
        let mut given = args.plain.iter().chain(args.named.iter().map(|(_, value)| value));
        if given.any(|value| self.is_registering(Some(value))) {
            let detail = "the method that registers tools is handed to a function that is not followed";
            let site = self.site(module, args.line);
            self.note(PartialReason::GeneratedTools, detail, site);
        }
    }

    /// Notes what functions of other packages do that the walk cannot follow.
    pub(super) fn note_foreign(&mut self, path: &str, args: &Args, module: usize) {
        let first = args.plain.first().or_else(|| args.named("name"));
        let detail = match path {
            "importlib.metadata.entry_points"
            | "importlib_metadata.entry_points"
            | "pkg_resources.iter_entry_points" => "plugins are looked for among the entry points of other packages",
            "stevedore.ExtensionManager" | "stevedore.extension.ExtensionManager" | "pluggy.PluginManager" => {
                "plugins are looked for among other packages"
            }
            "runpy.run_path" | "runpy.run_module" => "a program is run whose name is made at run time",
            "importlib.import_module" | "builtins.__import__" if first.is_none_or(|name| name.as_text().is_none()) => {
                "a module is imported whose name is made at run time"
            }
            "types.FunctionType" | "types.CodeType" => "a function is made out of code at run time",
            _ => return,
        };
        let site = self.site(module, args.line);
        self.note(PartialReason::GeneratedTools, detail, site);
    }

    /// Takes note of what could be the true server where none is found: programs and functions of other packages.
    pub(super) fn note_start(&mut self, path: &str, args: &Args, module: usize) {
        let root = path.split('.').next().unwrap_or_default();
        let is_program = matches!(root, "subprocess")
            || path.starts_with("os.exec")
            || path.starts_with("os.spawn")
            || matches!(path, "os.system" | "asyncio.create_subprocess_exec");
        if is_program {
            self.programs.push((path.to_owned(), self.site(module, args.line)));
        } else if !HARMLESS.contains(&root) && !is_server(path) {
            let kind = last(path);
            let starts = matches!(kind, "main" | "run" | "serve" | "cli" | "start" | "app" | "create_server");
            if starts && self.calls.len() < 6 && self.starts.len() < 8 {
                self.starts.push((path.to_owned(), self.site(module, args.line)));
            }
        }
    }
}
