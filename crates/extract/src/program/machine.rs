//! Walks a program from where it starts: functions are called, values are carried along, and every call that leaves the
//! package is shown to the language's reader, which knows the libraries that register tools.
//!
//! A walk takes every branch and computes only with what stands in the source; what depends on a condition, on the
//! environment or on a library is [`Value::Unknown`] and never a guess.

use super::ast::{Body, Class, Expr, Init, Name, Stmt, Unit, Var};
use super::names::Program;
use super::setting::Guard;
use super::source::{FileId, Reading, Site, Sources, unread};
use super::tool::Draft;
use super::unwalked::Trail;
use super::value::{Env, Made, Object, Value};
use crate::engine::budget::Work;
use crate::engine::notes::Notes;
use crate::engine::site::line as line_at;
use crate::{Budget, Extraction, handler};
use mcpdex_model::PartialReason;
use std::cell::OnceCell;
use std::collections::hash_map::Entry;
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

    /// Looks at an object that may define a tool which nothing was seen to register.
    fn defined<'t>(&self, _machine: &mut Machine<'t>, _object: &Rc<Object<'t>>) {}

    /// Looks at a value that is set as a property of something foreign.
    fn assigned<'t>(&self, _machine: &mut Machine<'t>, _name: &str, _value: &Value<'t>, _site: Site) {}

    /// What a field that the program fills in at run time is set by, where the source tells.
    fn field_setting<'t>(&self, _machine: &mut Machine<'t>, _class: &Rc<Class<'t>>, _at: usize) -> Option<Value<'t>> {
        None
    }

    /// The argument of a foreign call that the call sets, and the setting that it is then.
    fn bound<'t>(&self, _path: &str, _args: &[(Option<Name>, Value<'t>)]) -> Option<(usize, Value<'t>)> {
        None
    }

    /// What a foreign name stands for, where it is something that whoever starts the server decides.
    fn given<'t>(&self, _path: &str) -> Option<Value<'t>> {
        None
    }

    /// Whether a value is a server, or tools that a server is to get.
    fn holds_tools(&self, _value: &Value<'_>) -> bool {
        false
    }

    /// What the language is called.
    fn language(&self) -> &'static str;

    /// Whether a line of source names a library for MCP servers.
    fn names_mcp(&self, line: &str) -> bool {
        let line = line.trim_start();
        let is_import = ["import", "use ", "using", "\"", "require", "extern", "global using"];
        is_import.iter().any(|word| line.starts_with(word)) && {
            let line = line.to_ascii_lowercase();
            ["mcp", "modelcontextprotocol", "springframework.ai.tool", "ai.koog"].iter().any(|word| line.contains(word))
        }
    }

    /// Words in a function that registers tools.
    fn registers(&self) -> &'static [&'static str];

    /// How the calls begin that register tools, where a walk has to come to them.
    fn calls_that_register(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether bare names reach declarations of other packages of the source.
    fn sees_everything(&self) -> bool {
        true
    }
}

/// Calls inside of calls.
pub(super) const MAX_CALLS: u32 = 40;
/// Places in which one cause is told.
const TOLD_PLACES: usize = 3;
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
    pub(super) work: Work<'t>,
    /// Calls that are under way.
    pub(super) calls: Vec<*const super::ast::Func<'t>>,
    /// Conditions around the statement that is walked.
    pub(super) conditions: u32,
    /// What is known of those, outermost first.
    pub(crate) guards: Vec<Guard>,
    /// What blocks that were handed to functions left of the function around them: it for certain, or unless a guard held.
    pub(super) far: (bool, Vec<Guard>),
    /// Objects that something foreign was given, and may have changed.
    pub(super) foreign_hands: HashMap<*const Object<'t>, Rc<Object<'t>>>,
    /// Where names are assigned to, once that was asked.
    pub(super) assigned: Option<super::assigned::Assigned<'t>>,
    /// Functions inside of foreign objects, to be walked when the rest is, with the guards around them.
    pub(super) later: Vec<(Value<'t>, Vec<Guard>)>,
    pub(super) trail: Trail<'t>,
    /// Functions that were walked under a guard only.
    pub(super) ran_guarded: HashSet<*const super::ast::Func<'t>>,
    pub(super) globals: HashMap<*const Var<'t>, Option<Value<'t>>>,
    /// Functions that were handed to something foreign and walked for it.
    pub(crate) ran: HashSet<*const super::ast::Func<'t>>,
    /// Foreign calls of the block that is recorded, innermost last.
    pub(super) recordings: Vec<Vec<Rc<Made<'t>>>>,
    pub tools: Vec<Draft<'t>>,
    /// Definitions are looked for, wherever they stand: their registration was not reached.
    pub(crate) defining: bool,
    /// What the language's reader noted about the whole program before the walk.
    pub(crate) facts: HashSet<String>,
    /// Collections that a server was given, to be looked at again when the walk is over: they may have grown.
    pub(crate) kept: Vec<Value<'t>>,
    /// Tools by name and place, with their number.
    known: HashMap<(Rc<str>, Site), usize>,
    notes: Notes,
}

impl<'t> Machine<'t> {
    pub(crate) fn new(sources: &'t Sources<'t>, dialect: &'t dyn Dialect, budget: &'t Budget) -> Self {
        let mut units = Vec::with_capacity(sources.files.len());
        let mut left_out = Vec::new();
        for (at, source) in sources.files.iter().enumerate() {
            let reading = Reading::new(FileId(at), source.text);
            units.push(dialect.unit(source.path, &reading, source.tree.root_node()));
            if reading.has_left_out() {
                left_out.push((FileId(at), source.tree.root_node()));
            }
        }
        let mut machine = Machine {
            program: Rc::new(Program::new(units, dialect.sees_everything())),
            dialect,
            sources,
            work: Work::new(budget),
            calls: Vec::new(),
            conditions: 0,
            guards: Vec::new(),
            far: (false, Vec::new()),
            foreign_hands: HashMap::new(),
            assigned: None,
            later: Vec::new(),
            trail: Trail::default(),
            ran_guarded: HashSet::new(),
            globals: HashMap::new(),
            ran: HashSet::new(),
            recordings: Vec::new(),
            tools: Vec::new(),
            defining: false,
            facts: HashSet::new(),
            kept: Vec::new(),
            known: HashMap::new(),
            notes: Notes::first_of_a_kind(TOLD_PLACES),
        };
        left_out.into_iter().for_each(|(file, node)| machine.note_left_out(file, node));
        machine
    }

    /// Takes one step; false when the walk must end.
    pub(super) fn step(&mut self) -> bool {
        self.work.step()
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
        let dialect = self.dialect;
        self.lower_once(&body.lowered, body.file, body.node, |reading| dialect.body(reading, body.node))
    }

    pub(crate) fn lowered(&mut self, init: &Init<'t>) -> Rc<Expr<'t>> {
        let dialect = self.dialect;
        self.lower_once(&init.lowered, init.file, init.node, |reading| dialect.expr(reading, init.node))
    }

    /// Lowers a node when it is first asked for, and notes what nests too deep in it.
    fn lower_once<T>(
        &mut self,
        kept: &OnceCell<Rc<T>>,
        file: FileId,
        node: Node<'t>,
        lower: impl FnOnce(&Reading<'t>) -> T,
    ) -> Rc<T> {
        if let Some(lowered) = kept.get() {
            return Rc::clone(lowered);
        }
        self.trail.walked.insert(node.id());
        let reading = Reading::new(file, self.sources.files[file.0].text);
        let lowered = Rc::clone(kept.get_or_init(|| Rc::new(lower(&reading))));
        if reading.has_left_out() {
            self.note_left_out(file, node);
        }
        lowered
    }

    /// The value of a name at the top of a file.
    pub(crate) fn global(&mut self, var: &Rc<Var<'t>>) -> Value<'t> {
        let key = Rc::as_ptr(var);
        match self.globals.get(&key) {
            Some(Some(value)) => return value.clone(),
            Some(None) => return Value::Unknown("it is defined by itself"),
            None => {}
        }
        let Some(init) = &var.init else {
            let value = self.of_type(var.ty.as_ref(), Site { file: var.file, line: 1 });
            self.globals.insert(key, Some(value.clone()));
            return value;
        };
        self.globals.insert(key, None);
        let expr = self.lowered(init);
        let scope = self.file_scope(var.file);
        let held = std::mem::replace(&mut self.conditions, 0);
        let guards = std::mem::take(&mut self.guards);
        let mut value = self.eval(&expr, &scope);
        (self.conditions, self.guards) = (held, guards);
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
        self.run(&statements, &scope, &mut returns);
    }

    /// Whether a tool may be missing from what was found so far.
    pub(crate) fn is_short(&self) -> bool {
        self.tools.is_empty() || !self.notes.is_empty()
    }

    /// Walks the functions that foreign objects hold; they run once everything is set up.
    pub(crate) fn run_later(&mut self) {
        for _ in 0..MAX_CALLS {
            let later = std::mem::take(&mut self.later);
            if later.is_empty() {
                return;
            }
            for (value, guards) in later {
                let held = std::mem::replace(&mut self.guards, guards);
                self.escape(&value, 0);
                self.guards = held;
            }
        }
    }

    /// Adds a tool; one that is registered twice in one place counts once, and stands under the guards of neither where
    /// they differ.
    pub(crate) fn add(&mut self, mut draft: Draft<'t>) {
        // A setting that names a tool has its default where nobody sets it.
        if let Value::Setting(setting) = &draft.name
            && let Some(default @ Value::Text(_)) = &setting.default
        {
            draft.name = default.clone();
        }
        draft.guards.clone_from(&self.guards);
        let Some(name) = draft.name.as_text().filter(|name| !name.trim().is_empty()) else {
            let why = match draft.name {
                Value::Unknown(why) => why,
                Value::Made(_) | Value::Path(_) | Value::Setting(_) => "it comes from outside of the package",
                _ => "it is no text",
            };
            self.lacks(format!("a tool's name could not be followed to its value: {why}"), draft.site);
            return;
        };
        draft.is_defined = self.defining;
        if self.defining && self.tools.iter().any(|tool| tool.name.as_text().as_ref() == Some(&name)) {
            return;
        }
        match self.known.entry((name, draft.site)) {
            Entry::Occupied(known) => {
                let known = &mut self.tools[*known.get()];
                if known.guards.is_empty() || draft.guards.is_empty() {
                    known.guards.clear();
                } else if known.guards != draft.guards && !known.others.contains(&draft.guards) {
                    known.others.push(draft.guards);
                }
            }
            Entry::Vacant(place) => {
                place.insert(self.tools.len());
                self.tools.push(draft);
            }
        }
    }

    /// Notes that something is missing from the list.
    pub(crate) fn lacks(&mut self, detail: String, site: Site) {
        self.note(PartialReason::UnresolvedValue, detail, Some(site));
    }

    pub(crate) fn note(&mut self, reason: PartialReason, detail: String, site: Option<Site>) {
        if self.defining {
            return;
        }
        self.notes.missing(reason, detail, site.map(|site| self.sources.tool_site(site)));
    }

    /// Says why there is no tool; false where the source has nothing to do with MCP, so that nothing is missing from it.
    fn explain(&mut self) -> bool {
        let place = self.sources.files.iter().enumerate().find_map(|(at, source)| {
            let line = source.text.lines().position(|line| self.dialect.names_mcp(line))?;
            Some(Site { file: FileId(at), line: line_at(line) })
        });
        let Some(place) = place else { return false };
        if self.notes.is_empty() {
            let detail = format!("the {} source uses an MCP library, and no tool was reached", self.dialect.language());
            self.note(PartialReason::UnresolvedValue, detail, Some(place));
        }
        true
    }

    /// Whether a file that was refused may be the server: its text names an MCP library.
    fn is_unread(&self) -> bool {
        let names_mcp = |text: &[u8]| String::from_utf8_lossy(text).lines().any(|line| self.dialect.names_mcp(line));
        self.sources.refused.iter().any(|refused| names_mcp(refused.text))
    }

    /// What was found.
    pub(crate) fn finish(mut self) -> Extraction {
        self.run_later();
        // What is said about the list holds, whatever was looked for last.
        self.defining = false;
        self.note_unwalked();
        let words = self.dialect.registers();
        for at in 0..self.sources.files.len() {
            for line in unread(&self.sources.files[at], words) {
                let detail = "a part of the file could not be parsed, and it may register tools".to_owned();
                self.note(PartialReason::UnparsedFile, detail, Some(Site { file: FileId(at), line }));
            }
        }
        if self.work.is_over() {
            let detail = format!("{}: the source was not followed to its end", self.work.budget.told());
            self.note(PartialReason::LimitReached, detail, None);
        }
        if self.tools.iter().all(|tool| tool.is_defined) && !self.explain() && !self.is_unread() {
            return Extraction::default();
        }
        let sources = self.sources;
        let tools = std::mem::take(&mut self.tools);
        let mut tools: Vec<_> = tools.into_iter().map(|draft| draft.finish(sources)).collect();
        let language = if self.dialect.language() == "C#" { "csharp" } else { self.dialect.language() };
        handler::observe(sources, &language.to_lowercase(), self.work.budget, &mut tools);
        let mut partial: Vec<_> = sources.refused.iter().map(|refused| refused.why.clone()).collect();
        partial.extend(self.notes.into_vec());
        Extraction { tools, partial }
    }
}
