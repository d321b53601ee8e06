//! The state of one walk through a package: its modules, its servers, and how much work is left.
//!
//! The walk computes what the package's own start-up code would: from the entry points, through imports and calls, with
//! [`Value::Unknown`] for everything that only a run could tell. Where a condition is not known, both ways are walked.
//! Nothing outside of the package is looked at, and nothing is ever run.

use super::ast::Name;
use super::condition::{Gate, Guards};
use super::package::Package;
use super::register::Server;
use super::route::Route;
use super::value::{Args, Class, Env, Made, Value, last};
use super::{lower, schema};
use crate::engine::budget::Work;
use crate::engine::notes::Notes;
use crate::engine::site;
use crate::{Budget, syntax};
use mcpdex_model::{PartialReason, ToolSite};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How deep evaluation may nest, calls included.
const MAX_DEPTH: usize = 2_500;

/// How deep calls may nest.
const MAX_CALLS: usize = 120;

pub(super) struct Machine<'t> {
    pub package: &'t Package<'t>,
    pub work: Work<'t>,
    pub modules: Vec<Module>,
    by_path: BTreeMap<String, usize>,
    pub servers: Vec<Server>,
    pub notes: Notes,
    /// Functions that something else will call: commands, callbacks, lifespans.
    pub later: Vec<(Value, Args)>,
    /// What `argparse` would give for each option.
    pub options: BTreeMap<Name, Value>,
    /// How many conditions that are not known the walk is inside of.
    pub doubt: usize,
    /// How many ways the walk is inside of that are not taken where nothing is set.
    pub unusual: usize,
    /// What must hold for the walk to be where it is.
    pub gates: Vec<Gate>,
    /// What held when things were put into lists.
    pub guards: Guards,
    /// What else functions may be that were chosen by a condition.
    pub alternates: BTreeMap<usize, super::choice::Alternate>,
    /// Attributes that the package sets on objects of other packages.
    pub patched: BTreeMap<(usize, Name), Value>,
    /// How many handlers of `try` statements the walk is inside of.
    pub handlers: usize,
    /// Functions that web frameworks serve.
    pub routes: Vec<Route>,
    /// Programs that the package starts, and functions of other packages that may be the true server.
    pub programs: Vec<(String, ToolSite)>,
    pub starts: Vec<(String, ToolSite)>,
    /// Where tools were registered, those among them that were taken away again.
    pub registered: BTreeSet<(String, u32)>,
    /// Something of a framework for MCP servers that is imported.
    pub framework: Option<String>,
    /// What the generators that the walk is inside of have given so far.
    pub yields: Vec<Vec<Value>>,
    /// The functions that the walk is inside of, and how much was in doubt when each was entered.
    pub calls: Vec<(*const super::ast::Function, usize)>,
    pub depth: usize,
    /// Classes of which there are objects.
    pub hooked: Vec<Rc<Class>>,
    /// Functions that code of other packages was given, with the module that they stand in.
    pub handed: Vec<(Rc<super::ast::Function>, usize)>,
    next_id: usize,
}

/// One file of the package.
pub(super) struct Module {
    pub path: String,
    /// The package that relative imports start from.
    pub parents: Vec<Name>,
    pub env: Rc<Env>,
}

impl<'t> Machine<'t> {
    pub(super) fn new(package: &'t Package<'t>, budget: &'t Budget) -> Self {
        Machine {
            package,
            work: Work::new(budget),
            modules: Vec::new(),
            by_path: BTreeMap::new(),
            servers: Vec::new(),
            notes: Notes::default(),
            later: Vec::new(),
            options: BTreeMap::new(),
            doubt: 0,
            unusual: 0,
            gates: Vec::new(),
            guards: Guards::new(),
            alternates: BTreeMap::new(),
            patched: BTreeMap::new(),
            handlers: 0,
            routes: Vec::new(),
            programs: Vec::new(),
            starts: Vec::new(),
            registered: BTreeSet::new(),
            framework: None,
            yields: Vec::new(),
            calls: Vec::new(),
            depth: 0,
            hooked: Vec::new(),
            handed: Vec::new(),
            next_id: 0,
        }
    }

    pub(super) fn new_id(&mut self) -> usize {
        self.next_id += 1;
        self.next_id
    }

    /// Takes one step; `false` when there are none left, which is noted once.
    pub(super) fn step(&mut self) -> bool {
        let goes_on = self.work.step();
        if !goes_on {
            let detail = format!("{} before its start-up code was followed to its end", self.work.budget.told());
            self.notes.missing(PartialReason::LimitReached, detail, None);
        }
        goes_on
    }

    pub(super) fn too_deep(&self) -> bool {
        self.depth > MAX_DEPTH
    }

    pub(super) fn too_many_calls(&self) -> bool {
        self.calls.len() > MAX_CALLS
    }

    pub(super) fn site(&self, module: usize, line: u32) -> ToolSite {
        site::told(self.modules.get(module).map_or("", |module| &module.path), line)
    }

    /// Notes that something is missing from the list as a whole; once for each place.
    pub(super) fn note(&mut self, reason: PartialReason, detail: &str, site: ToolSite) {
        self.notes.missing(reason, detail, Some(site));
    }

    /// The result of calling something external.
    pub(super) fn made(&mut self, path: &str, args: Args, module: usize) -> Value {
        let id = self.new_id();
        let made = Value::Made(Rc::new(Made { path: Rc::from(path), args, id, module }));
        if !self.gates.is_empty() {
            self.guard(&made);
        }
        made
    }

    /// The module at `path`, walked at its first mention; `None` when the file cannot be parsed.
    pub(super) fn load(&mut self, path: &str, name: &[Name], as_main: bool) -> Option<usize> {
        if let Some(known) = self.by_path.get(path) {
            return Some(*known);
        }
        let number = self.modules.len();
        let is_package = path.ends_with("__init__.py");
        let mut parents = name.to_vec();
        if !is_package {
            parents.pop();
        }
        let env = Env::new(None, number, false);
        let full = if as_main { "__main__".to_owned() } else { name.join(".") };
        env.set(&Rc::from("__name__"), Value::text(full));
        env.set(&Rc::from("__file__"), super::path::path_value(&format!("/{path}")));
        env.set(&Rc::from("__package__"), Value::text(parents.join(".")));
        if let Some(folder) = path.strip_suffix("/__init__.py") {
            env.set(&Rc::from("__path__"), Value::list(vec![super::path::path_value(&format!("/{folder}"))]));
        }
        self.modules.push(Module { path: path.to_owned(), parents, env: Rc::clone(&env) });
        // Entered before the walk: a cycle of imports sees the module half done, as Python does.
        self.by_path.insert(path.to_owned(), number);
        let body = match self.package.parse(path, self.work.budget) {
            Ok(body) => body,
            Err(partial) => {
                self.notes.keep(partial);
                return Some(number);
            }
        };
        if let Some(super::ast::St::Expr(first)) = body.first().map(|first| &first.kind)
            && let super::ast::Ex::Str(text) = &*first.kind
        {
            env.set(&Rc::from("__doc__"), Value::Str(Rc::clone(text)));
        }
        let (doubt, outside) = (std::mem::take(&mut self.doubt), self.gates.len());
        let (handlers, unusual) = (std::mem::take(&mut self.handlers), std::mem::take(&mut self.unusual));
        self.run_block(&body, &env);
        (self.doubt, self.handlers, self.unusual) = (doubt, handlers, unusual);
        self.gates.truncate(outside);
        Some(number)
    }

    /// The module called `name`, if the package has it; its parents are walked first.
    pub(super) fn import(&mut self, name: &[Name]) -> Option<Value> {
        let path = self.package.find(name)?;
        if let Some(framework) = self.package.vendored(name) {
            return Some(Value::External(Rc::from(framework)));
        }
        if self.too_deep() {
            return None;
        }
        self.depth += 20;
        for end in 1..name.len() {
            if let Some(parent) = self.package.find(&name[..end]) {
                self.load(&parent, &name[..end], false);
            }
        }
        let number = self.load(&path, name, false);
        self.depth -= 20;
        let number = number?;
        if let Some((own, parents)) = name.split_last()
            && let Some(parent) = self.package.find(parents).and_then(|path| self.by_path.get(&path).copied())
        {
            let env = Rc::clone(&self.modules[parent].env);
            let bound = env.vars.borrow().contains_key(own);
            if !bound {
                env.set(own, Value::Module(number));
            }
        }
        Some(Value::Module(number))
    }

    /// An attribute of a module: a name in it, or a module below it.
    pub(super) fn module_attribute(&mut self, number: usize, name: &Name) -> Option<Value> {
        let env = Rc::clone(&self.modules.get(number)?.env);
        let known = env.vars.borrow().get(name).cloned();
        if known.is_some() {
            return known;
        }
        if !self.modules[number].path.ends_with("__init__.py") {
            return self.lazy_attribute(&env, name);
        }
        let mut below = self.modules[number].parents.clone();
        below.push(Rc::clone(name));
        self.import(&below).or_else(|| self.lazy_attribute(&env, name))
    }

    /// A module may answer for names that it does not hold (`__getattr__`).
    fn lazy_attribute(&mut self, env: &Rc<Env>, name: &Name) -> Option<Value> {
        let getter = env.vars.borrow().get("__getattr__").cloned()?;
        let args = Args { plain: vec![Value::Str(Rc::clone(name))], ..Args::default() };
        Some(self.call(&getter, args, env.module))
    }

    /// The value of an annotation that may be written as text, in the names of `env`.
    pub(super) fn annotation(&mut self, expr: &super::ast::Expr, env: &Rc<Env>) -> Value {
        let value = self.eval(expr, env);
        self.resolve_forward(value, env)
    }

    /// Reads an annotation that is text.
    pub(super) fn resolve_forward(&mut self, value: Value, env: &Rc<Env>) -> Value {
        let Value::Str(text) = &value else { return value };
        if text.len() > 1_000 {
            return Value::Unknown;
        }
        let language = tree_sitter_python::LANGUAGE.into();
        let Ok(tree) = syntax::parse(&language, "", text.as_bytes(), self.work.budget) else { return Value::Unknown };
        match lower::expression(tree.root_node(), text) {
            Some(expr) => match self.eval(&expr, env) {
                // Text within text is not followed.
                Value::Str(_) => Value::Unknown,
                value => value,
            },
            None => Value::Unknown,
        }
    }

    /// The JSON Schema of a class of the package, as its framework would give it.
    pub(super) fn class_schema(&mut self, class: &Rc<Class>) -> Value {
        let mut trouble = Vec::new();
        let schema = schema::of_class(self, class, &mut trouble, 0);
        if trouble.is_empty() { super::json::to_value(&serde_json::Value::Object(schema)) } else { Value::Unknown }
    }
}

/// Whether something external belongs to a framework for MCP servers.
pub(super) fn is_mcp(path: &str) -> bool {
    path.to_ascii_lowercase().contains("mcp")
}

/// Whether calling `path` makes a server that tools are registered on.
pub(super) fn is_server(path: &str) -> bool {
    is_mcp(path) && matches!(last(path), "FastMCP" | "MCPServer" | "Server" | "FastMCPApp" | "LowLevelServer")
        || is_mcp(last(path)) && !path.contains("client") && !path.contains("Client") && starts_upper(last(path))
}

fn starts_upper(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
}
