//! The state of one reading: heap, scopes, fuel, and what was found. A small machine that follows a program's values as
//! far as they are known. It computes; it never touches a file, the network or the clock beyond its deadline.

use super::condition::{Condition, Span};
use super::finding::Findings;
use super::module::Module;
use super::schema::Dialect;
use super::source::{FileId, Site, Sources};
use super::value::{Binding, Object, ObjectId, Property, Scope, ScopeId, Shape, Text, Value};
use crate::Budget;
use crate::engine::budget::Work;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use tree_sitter::Node;

/// What the parts of a program share in a first reading, in steps: each expression and statement is one. About half a
/// second. A reading is never ended by it: what falls short of its share and registers tools is read again with more.
pub(super) const FUEL: u64 = 4_000_000;
/// How much more there is to share in every further reading.
pub(super) const DEEPER: u64 = 10;
/// How much more there is to share where the first reading found no tool before some part ran out: a program that starts
/// its modules one out of the other hands each of them a share of a share.
pub(super) const DEEPER_FOR_NOTHING: u64 = 25;
/// Steps that every tool adds: where tools are found the reading goes on.
pub(super) const FUEL_OF_A_TOOL: u64 = 200_000;
/// Steps for a call into a part of a bundle that no registration stands behind: it is followed for what it gives.
pub(super) const FUEL_OF_A_LIBRARY: u64 = 20_000;
/// Steps that the top level of a module may use whatever is left of shares: modules that load each other in a long chain
/// are each begun.
pub(super) const FUEL_OF_A_MODULE: u64 = 20_000;
/// How deep expressions, statements and calls may nest in each other.
pub(super) const MAX_DEPTH: u32 = 1_200;
/// How often one function may be active at a time.
pub(super) const MAX_RECURSION: usize = 5;
/// Elements of one list; a longer one stays open.
pub(super) const MAX_LIST: usize = 50_000;
/// Bytes of one text; a longer one is not known.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// One active function, or the top level of a module.
pub(super) struct Frame {
    pub(super) file: FileId,
    /// The node and scope of the function, to count recursion.
    pub(super) function: (usize, ScopeId),
    /// What it may return, and when.
    pub(super) returns: Vec<(Value, Option<Condition>)>,
    /// What a generator yields, and whether there may be more.
    pub(super) yields: Vec<Value>,
    pub(super) endless: bool,
    /// How many conditions surrounded the call.
    pub(super) height: usize,
    /// Where the text of the function stands in its file; `None` at the top level of a module.
    pub(super) body: Option<(usize, usize)>,
}

impl Frame {
    /// What is left where there is none.
    pub(super) fn nothing() -> Self {
        Frame {
            file: FileId(0),
            function: (0, ScopeId(0)),
            returns: Vec::new(),
            yields: Vec::new(),
            endless: false,
            height: 0,
            body: None,
        }
    }
}

/// What a function body declares before it runs.
pub(super) struct Hoisted<'t> {
    pub(super) variables: Vec<&'t str>,
    /// Mentions `arguments`.
    pub(super) arguments: bool,
}

pub(super) struct Machine<'t> {
    pub(super) sources: &'t Sources<'t>,
    pub(super) work: Work<'t>,
    pub(super) dialect: Dialect,
    pub(super) package: Text,
    heap: Vec<Object<'t>>,
    scopes: Vec<Scope<'t>>,
    pub(super) modules: HashMap<FileId, Rc<Module>>,
    pub(super) frames: Vec<Frame>,
    pub(super) hoisted: HashMap<usize, Rc<Hoisted<'t>>>,
    /// Functions that were handed to foreign code and followed once.
    pub(super) forced: HashSet<usize>,
    /// Where the text of a tool's name was written, by the address of the text (which is kept alive here).
    pub(super) name_sites: HashMap<usize, (Text, Site)>,
    pub(super) findings: Findings<'t>,
    /// Members that the program put on values from outside.
    pub(super) attached: HashMap<String, Property>,
    /// The functions among them, until something calls them.
    pub(super) waiting: Vec<Value>,
    /// Functions that were followed at least once.
    pub(super) called: HashSet<usize>,
    pub(super) fuel: u64,
    /// While code is followed that no registration stands behind: what is kept back from it.
    pub(super) withheld: Option<u64>,
    pub(super) depth: u32,
    /// Conditions around the current statement that could not be decided.
    pub(super) uncertain: u32,
    /// The conditions around what is being followed, the outermost first, and how long each stays.
    pub(super) conditions: Vec<(Condition, Span)>,
    /// The label that was left for, and whether its loop goes on, while [`Flow::Far`](super::exec::Flow) is on its way.
    pub(super) far: Option<(String, bool)>,
    /// Labels of the loop that is about to be walked.
    pub(super) labels: Vec<String>,
    /// Whether the program is followed as if started without options and settings.
    pub(super) defaults: bool,
    /// The defaults that the program declared for its options.
    pub(super) option_defaults: BTreeMap<Text, Value>,
    /// Functions that were seen to convert a schema into JSON Schema.
    pub(super) converters: HashSet<usize>,
    /// How often the program looked inside a schema.
    pub(super) looks_inside: u32,
    /// Whether a limit ended the reading.
    pub(super) exhausted: bool,
    /// Whether something that may register tools was more work than it was given.
    pub(super) short: bool,
    /// Whether anything at all was more work than it was given.
    pub(super) starved: bool,
    /// Functions and statements that were looked through for registrations after they ran out of work.
    pub(super) looked: HashSet<usize>,
    /// Files in which a module was not loaded.
    pub(super) unloaded: HashSet<FileId>,
}

impl<'t> Machine<'t> {
    pub(super) fn new(
        sources: &'t Sources<'t>,
        budget: &'t Budget,
        dialect: Dialect,
        package: &str,
        fuel: u64,
    ) -> Self {
        Machine {
            sources,
            work: Work::new(budget),
            dialect,
            package: package.into(),
            heap: Vec::new(),
            scopes: Vec::new(),
            modules: HashMap::new(),
            frames: Vec::new(),
            hoisted: HashMap::new(),
            forced: HashSet::new(),
            name_sites: HashMap::new(),
            findings: Findings::new(sources),
            attached: HashMap::new(),
            waiting: Vec::new(),
            called: HashSet::new(),
            fuel,
            withheld: None,
            short: false,
            starved: false,
            looked: HashSet::new(),
            unloaded: HashSet::new(),
            depth: 0,
            uncertain: 0,
            conditions: Vec::new(),
            far: None,
            labels: Vec::new(),
            defaults: true,
            option_defaults: BTreeMap::new(),
            converters: HashSet::new(),
            looks_inside: 0,
            exhausted: false,
        }
    }

    /// Uses one step. False when there is none left: the caller must give up.
    pub(super) fn step(&mut self) -> bool {
        if self.fuel == 0 || self.exhausted {
            return false;
        }
        self.fuel -= 1;
        self.exhausted = !self.work.step();
        !self.exhausted
    }

    /// Uses steps for work that grows with a value's size.
    pub(super) fn spend(&mut self, steps: usize) {
        self.fuel = self.fuel.saturating_sub(steps as u64);
    }

    /// The file that is being followed.
    pub(super) fn file(&self) -> FileId {
        self.frames.last().map_or(FileId(0), |frame| frame.file)
    }

    pub(super) fn site(&self, node: Node<'_>) -> Site {
        Site::of(self.file(), node)
    }

    /// The source text of a node in the file that is being followed.
    pub(super) fn text(&self, node: Node<'_>) -> &'t str {
        self.sources.text(self.file()).get(node.byte_range()).unwrap_or_default()
    }

    // ---- heap -------------------------------------------------------------------------------------------------

    pub(super) fn add(&mut self, mut object: Object<'t>) -> ObjectId {
        object.born = self.conditions.len();
        let id = u32::try_from(self.heap.len()).unwrap_or(u32::MAX);
        self.heap.push(object);
        ObjectId(id)
    }

    pub(super) fn plain(&mut self) -> ObjectId {
        self.add(Object::new(Shape::Plain))
    }

    pub(super) fn list(&mut self, mut elements: Vec<Value>, open: bool) -> Value {
        self.spend(elements.len() / 8);
        let cut = elements.len() > MAX_LIST;
        elements.truncate(MAX_LIST);
        let mut object = Object::new(Shape::List(elements));
        object.open = open || cut;
        Value::Object(self.add(object))
    }

    pub(super) fn object(&self, id: ObjectId) -> &Object<'t> {
        &self.heap[id.0 as usize]
    }

    pub(super) fn object_mut(&mut self, id: ObjectId) -> &mut Object<'t> {
        &mut self.heap[id.0 as usize]
    }

    /// The elements of a list or set and whether there may be more, when the value is one.
    pub(super) fn elements(&self, value: &Value) -> Option<(Vec<Value>, bool)> {
        let Value::Object(id) = value.settled() else { return None };
        let object = self.object(*id);
        match &object.shape {
            Shape::List(elements) | Shape::Set(elements) => Some((elements.clone(), object.open)),
            _ => None,
        }
    }

    pub(super) fn is_function(&self, value: &Value) -> bool {
        matches!(value.settled_when(), Value::Object(id) if matches!(self.object(*id).shape, Shape::Function(_) | Shape::Bound(..)))
    }

    pub(super) fn set(&mut self, id: ObjectId, name: Text, value: Value) {
        let born = self.object(id).born;
        let old = match self.object(id).properties.get(&name) {
            Some(Property::Data(old)) => Some(old.clone()),
            Some(Property::Getter(_)) => None,
            None => self.option_of_bag(id, &name),
        };
        let value = match (old, self.entered_since(born)) {
            (Some(old), Some(condition)) => self.replaced(old, value, condition),
            _ => value.when(self.told_since(born)),
        };
        let object = self.object_mut(id);
        if object.properties.len() < MAX_LIST {
            object.properties.insert(name, Property::Data(value));
        } else {
            object.open = true;
        }
    }

    /// Every object that was made, in order.
    pub(super) fn objects(&self) -> impl Iterator<Item = ObjectId> + use<> {
        (0..u32::try_from(self.heap.len()).unwrap_or(u32::MAX)).map(ObjectId)
    }

    // ---- scopes -----------------------------------------------------------------------------------------------

    /// The names that a scope itself declares.
    pub(super) fn names(&self, scope: ScopeId) -> Option<&HashMap<&'t str, Binding>> {
        self.scopes.get(scope.0 as usize).map(|scope| &scope.names)
    }

    pub(super) fn open_scope(&mut self, parent: Option<ScopeId>) -> ScopeId {
        let id = u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
        self.scopes.push(Scope { parent, names: HashMap::new(), born: self.conditions.len() });
        ScopeId(id)
    }

    pub(super) fn declare(&mut self, scope: ScopeId, name: &'t str, value: Value) {
        self.scopes[scope.0 as usize].names.insert(name, Binding::Value(value));
    }

    pub(super) fn bind_import(&mut self, scope: ScopeId, name: &'t str, file: FileId, export: &str) {
        self.scopes[scope.0 as usize].names.insert(name, Binding::Import { file, name: export.into() });
    }

    /// Declares what a part of a large file declares, to be followed when it is used.
    pub(super) fn declare_piece(&mut self, scope: ScopeId, name: &'t str, file: FileId, at: usize) {
        self.scopes[scope.0 as usize].names.insert(name, Binding::Piece { file, at });
    }

    /// Declares `name` without a value, unless it has one.
    pub(super) fn declare_empty(&mut self, scope: ScopeId, name: &'t str) {
        self.scopes[scope.0 as usize].names.entry(name).or_insert(Binding::Value(Value::Undefined));
    }

    /// The scope that declares `name`, searched from the inside out.
    pub(super) fn declaring(&self, from: ScopeId, name: &str) -> Option<ScopeId> {
        let mut at = Some(from);
        while let Some(scope) = at {
            let found = &self.scopes[scope.0 as usize];
            if found.names.contains_key(name) {
                return Some(scope);
            }
            at = found.parent;
        }
        None
    }

    /// The value of a name as one scope declares it.
    pub(super) fn bound(&mut self, scope: ScopeId, name: &str) -> Value {
        match self.scopes[scope.0 as usize].names.get(name) {
            Some(Binding::Value(value)) => value.clone(),
            Some(Binding::Import { file, name }) => {
                let (file, name) = (*file, name.clone());
                self.export(file, &name, 0)
            }
            Some(Binding::Piece { file, at }) => {
                let (file, at) = (*file, *at);
                if self.follow_piece(scope, file, at) { self.bound(scope, name) } else { Value::Unknown }
            }
            None => Value::Undefined,
        }
    }

    /// Gives a declared name a new value. Under an undecided condition the old value stays possible.
    pub(super) fn assign(&mut self, scope: ScopeId, name: &'t str, value: Value) {
        let born = self.scopes[scope.0 as usize].born;
        let value = match self.entered_since(born) {
            Some(condition) => {
                let old = self.bound(scope, name);
                self.replaced(old, value, condition)
            }
            None => value,
        };
        self.declare(scope, name, value);
    }

    // ---- knowledge --------------------------------------------------------------------------------------------

    /// What is known when a value is one of two.
    ///
    /// Two different texts or numbers leave nothing known. Where one side is absent or unknown and the other a structure,
    /// the structure is kept: a list of tools that may be empty is still the list of tools.
    pub(super) fn join(&mut self, one: Value, two: Value) -> Value {
        match (&one, &two) {
            (a, _) if a.is_nullish() => two,
            (_, b) if b.is_nullish() => one,
            (Value::Text(a), Value::Text(b)) if a == b => one,
            (Value::Number(a), Value::Number(b)) if a == b => one,
            (Value::Bool(a), Value::Bool(b)) if a == b => one,
            (Value::Object(_), Value::Object(_)) => {
                let condition = Condition::quoted("what is known at run time");
                self.alternative(one, two, condition)
            }
            (Value::Object(_) | Value::Schema(_), b) if b.is_unknown() => one,
            (a, Value::Object(_) | Value::Schema(_)) if a.is_unknown() => two,
            (Value::Foreign(_), Value::Unknown) => one,
            (_, Value::Foreign(_)) if one.is_unknown() => two,
            (Value::Setting(_), Value::Setting(_)) => one,
            (Value::Setting(setting), _) if matches!(setting.plain, Value::Object(_)) => one,
            (_, Value::Setting(setting)) if matches!(setting.plain, Value::Object(_)) => two,
            _ => Value::Unknown,
        }
    }
}
