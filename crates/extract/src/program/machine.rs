//! Walks a program from where it starts: functions are called, values are carried along, and every call that leaves the
//! package is shown to the language's reader, which knows the libraries that register tools.
//!
//! A walk takes every branch and computes only with what stands in the source; what depends on a condition, on the
//! environment or on a library is [`Value::Unknown`] and never a guess.

use super::ast::{Body, Class, Expr, Init, Name, Stmt, Unit, Var};
use super::draft::Draft;
use super::names::Program;
use super::source::{FileId, Reading, Site, Sources};
use super::value::{Env, Made, Object, Value};
use crate::{Budget, Extraction};
use mcpdex_model::{Partial, PartialReason};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use tree_sitter::Node;

/// What is particular to one language and its MCP libraries.
pub(crate) trait Dialect {
    /// The declarations of one file.
    fn unit<'t>(&self, path: &str, reading: &Reading<'t>, root: Node<'t>) -> Unit<'t>;

    /// The statements of a function's body.
    fn body<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Vec<Stmt<'t>>;

    fn expr<'t>(&self, reading: &Reading<'t>, node: Node<'t>) -> Expr<'t>;

    /// What a call that leaves the package gives or does; `None` when nothing is known of it. Registers tools.
    fn foreign<'t>(&self, machine: &mut Machine<'t>, made: &Rc<Made<'t>>) -> Option<Value<'t>>;

    /// Looks at what a function of the package gave for its arguments.
    fn returned<'t>(&self, _args: &[(Option<Name>, Value<'t>)], _value: &Value<'t>, _site: Site) {}

    /// Looks at a foreign object that is written out.
    fn object<'t>(&self, _machine: &mut Machine<'t>, _object: &Rc<Object<'t>>) {}

    /// Looks at a value that is set as a property of something foreign.
    fn assigned<'t>(&self, _machine: &mut Machine<'t>, _name: &str, _value: &Value<'t>, _site: Site) {}

    /// Whether bare names reach declarations of other packages of the source.
    fn sees_everything(&self) -> bool {
        true
    }
}

/// Steps of one walk.
const MAX_STEPS: u64 = 4_000_000;
/// Calls inside of calls.
pub(super) const MAX_CALLS: u32 = 40;
/// Bytes of one text that is put together.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// Where a statement stands: the names around it, and what `this` is.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'t> {
    pub env: Rc<Env<'t>>,
    pub this: Option<Value<'t>>,
    pub class: Option<Rc<Class<'t>>>,
    pub file: FileId,
}

pub(crate) struct Machine<'t> {
    pub program: Rc<Program<'t>>,
    pub dialect: &'t dyn Dialect,
    pub sources: &'t Sources<'t>,
    budget: &'t Budget,
    steps: u64,
    stopped: bool,
    /// Calls that are under way.
    pub(super) calls: Vec<*const super::ast::Func<'t>>,
    /// Conditions around the statement that is walked.
    pub(super) conditions: u32,
    pub(super) globals: HashMap<*const Var<'t>, Option<Value<'t>>>,
    /// Functions that were handed to something foreign and walked for it.
    pub(crate) ran: HashSet<*const super::ast::Func<'t>>,
    /// Foreign calls of the block that is recorded, innermost last.
    pub(super) recordings: Vec<Vec<Rc<Made<'t>>>>,
    pub tools: Vec<Draft<'t>>,
    /// What the language's reader noted about the whole program before the walk.
    pub(crate) facts: HashSet<String>,
    /// Collections that a server was given, to be looked at again when the walk is over: they may have grown.
    pub(crate) kept: Vec<Value<'t>>,
    known: HashSet<(Rc<str>, Site)>,
    missing: Vec<Partial>,
}

impl<'t> Machine<'t> {
    pub(crate) fn new(sources: &'t Sources<'t>, dialect: &'t dyn Dialect, budget: &'t Budget) -> Self {
        let mut units = Vec::with_capacity(sources.files.len());
        for (at, source) in sources.files.iter().enumerate() {
            let reading = Reading::new(FileId(at), source.text);
            units.push(dialect.unit(source.path, &reading, source.tree.root_node()));
        }
        Machine {
            program: Rc::new(Program::new(units, dialect.sees_everything())),
            dialect,
            sources,
            budget,
            steps: 0,
            stopped: false,
            calls: Vec::new(),
            conditions: 0,
            globals: HashMap::new(),
            ran: HashSet::new(),
            recordings: Vec::new(),
            tools: Vec::new(),
            facts: HashSet::new(),
            kept: Vec::new(),
            known: HashSet::new(),
            missing: Vec::new(),
        }
    }

    /// Counts one step; false when the walk must end.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS || (self.steps.is_multiple_of(1024) && self.budget.expired()) {
            self.stopped = true;
        }
        !self.stopped
    }

    /// How many conditions stand around what is walked.
    pub(crate) fn depth_of_conditions(&self) -> u32 {
        self.conditions
    }

    /// The scope of a file's own names.
    pub(crate) fn file_scope(&self, file: FileId) -> Scope<'t> {
        Scope { env: Env::inside(None), this: None, class: None, file }
    }

    /// The scope in which the marks of a class are read.
    pub(crate) fn class_scope(&self, class: &Rc<Class<'t>>) -> Scope<'t> {
        Scope { class: Some(Rc::clone(class)), ..self.file_scope(class.site.file) }
    }

    pub(crate) fn statements(&mut self, body: &Body<'t>) -> Rc<Vec<Stmt<'t>>> {
        let lower = || {
            let reading = Reading::new(body.file, self.sources.files[body.file.0].text);
            Rc::new(self.dialect.body(&reading, body.node))
        };
        Rc::clone(body.lowered.get_or_init(lower))
    }

    pub(crate) fn lowered(&mut self, init: &Init<'t>) -> Rc<Expr<'t>> {
        let lower = || {
            let reading = Reading::new(init.file, self.sources.files[init.file.0].text);
            Rc::new(self.dialect.expr(&reading, init.node))
        };
        Rc::clone(init.lowered.get_or_init(lower))
    }

    /// The value of a name at the top of a file.
    pub(super) fn global(&mut self, var: &Rc<Var<'t>>) -> Value<'t> {
        let key = Rc::as_ptr(var);
        match self.globals.get(&key) {
            Some(Some(value)) => return value.clone(),
            Some(None) => return Value::Unknown("it is defined by itself"),
            None => {}
        }
        let Some(init) = &var.init else {
            return Value::Unknown("it is set at run time");
        };
        self.globals.insert(key, None);
        let expr = self.lowered(init);
        let scope = self.file_scope(var.file);
        let held = std::mem::replace(&mut self.conditions, 0);
        let mut value = self.eval(&expr, &scope);
        self.conditions = held;
        if let Some(part) = var.part {
            value = match &value {
                Value::Tuple(parts) => parts.get(part).cloned().unwrap_or(Value::Null),
                _ => Value::Unknown("it is a part of a value that is not known"),
            };
        }
        self.globals.insert(key, Some(value.clone()));
        value
    }

    /// Walks statements that stand outside of any function.
    pub(crate) fn run_body(&mut self, body: &Body<'t>, file: FileId) {
        let statements = self.statements(body);
        let scope = self.file_scope(file);
        let mut returns = super::exec::Returns::default();
        self.run(&statements, &scope, &mut returns, 0);
    }

    /// Adds a tool; one that is registered twice in one place counts once.
    pub(crate) fn add(&mut self, draft: Draft<'t>) {
        let Some(name) = draft.name.as_text().filter(|name| !name.trim().is_empty()) else {
            let why = match draft.name {
                Value::Unknown(why) => why,
                Value::Made(_) | Value::Path(_) => "it comes from outside of the package",
                _ => "it is no text",
            };
            self.lacks(format!("a tool's name could not be followed to its value: {why}"), draft.site);
            return;
        };
        if self.known.insert((name, draft.site)) {
            self.tools.push(draft);
        }
    }

    /// Notes that something is missing from the list.
    pub(crate) fn lacks(&mut self, detail: String, site: Site) {
        self.note(PartialReason::UnresolvedValue, detail, Some(site));
    }

    pub(crate) fn note(&mut self, reason: PartialReason, detail: String, site: Option<Site>) {
        let partial = Partial::missing(reason, detail, site.map(|site| self.sources.tool_site(site)));
        if self.missing.len() < 200 && !self.missing.contains(&partial) {
            self.missing.push(partial);
        }
    }

    /// What was found.
    pub(crate) fn finish(mut self) -> Extraction {
        if self.stopped {
            let detail = "the walk of the source was ended at its limit; tools may be missing".to_owned();
            self.note(PartialReason::LimitReached, detail, None);
        }
        let sources = self.sources;
        let tools = std::mem::take(&mut self.tools);
        let tools = tools.into_iter().map(|draft| draft.finish(sources)).collect();
        let mut partial = sources.refused.clone();
        partial.append(&mut self.missing);
        Extraction { tools, partial }
    }
}
