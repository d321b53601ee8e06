//! The values that the reader can know about a program without running it, and the heap that holds its objects. Plain
//! data: no syntax is looked at here.

use super::schema::Schema;
use super::source::{FileId, Site};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::rc::Rc;
use tree_sitter::Node;

/// Text of the program: a name or a string value.
pub(super) type Text = Rc<str>;

/// An object of the program, by its place in the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ObjectId(pub(super) u32);

/// A scope of the program, by its place in the list of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScopeId(pub(super) u32);

/// What is known of one value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Could be anything.
    Unknown,
    /// Comes from an environment variable or option that nobody has set: absent by default.
    Unset(Setting),
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    /// Something that another package or the JavaScript runtime provides.
    Foreign(Rc<Foreign>),
    Object(ObjectId),
    /// A schema built with zod or a library of the same shape.
    Schema(Rc<Schema>),
}

/// What an environment variable or option is for, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// Switches something on: by default it is off.
    Switch,
    /// Credentials, addresses and the like: whoever uses the server sets it, so its absence decides nothing.
    Needed,
}

/// Words in the names of settings that a server cannot do without.
const NEEDED: [&str; 12] =
    ["key", "token", "secret", "pass", "credential", "auth", "url", "uri", "host", "endpoint", "conn", "dsn"];

impl Setting {
    /// Judges a setting by its name.
    pub(super) fn named(name: &str) -> Setting {
        let name = name.to_ascii_lowercase();
        if NEEDED.iter().any(|word| name.contains(word)) { Setting::Needed } else { Setting::Switch }
    }
}

/// A value from outside the package, known by where it came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Foreign {
    pub(super) origin: Origin,
    /// The members and calls that lead from the origin to the value, joined by dots: `z.string`, `Client.().listTools`.
    pub(super) path: Text,
}

/// Where a foreign value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Unknown: a parameter that nobody passed, or a member of an unknown value.
    Nowhere,
    /// A global of the runtime.
    Global,
    /// A package or built-in module, by the name it is imported under.
    Package(Text),
}

/// Paths of foreign values longer than this say nothing more.
const MAX_PATH: usize = 160;

impl Foreign {
    pub(super) fn global(path: &str) -> Value {
        Value::Foreign(Rc::new(Foreign { origin: Origin::Global, path: path.into() }))
    }

    pub(super) fn package(name: &str, path: &str) -> Value {
        Value::Foreign(Rc::new(Foreign { origin: Origin::Package(name.into()), path: path.into() }))
    }

    /// A member of something that is not known.
    pub(super) fn nowhere(path: &str) -> Foreign {
        Foreign { origin: Origin::Nowhere, path: path.into() }
    }

    pub(super) fn member(&self, name: &str) -> Foreign {
        let path: Text = match self.path.as_ref() {
            "" => name.into(),
            path if path.len() > MAX_PATH => path.into(),
            path => format!("{path}.{name}").into(),
        };
        Foreign { origin: self.origin.clone(), path }
    }

    /// What a call of this value gives.
    pub(super) fn called(&self) -> Foreign {
        self.member("()")
    }

    /// Whether a call lies on the path: such a value may be anything, even absent.
    pub(super) fn is_result(&self) -> bool {
        self.path.contains("()")
    }

    /// The last member on the path.
    pub(super) fn last(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The name of the package it came from.
    pub(super) fn package_name(&self) -> Option<&str> {
        match &self.origin {
            Origin::Package(name) => Some(name),
            _ => None,
        }
    }
}

impl Value {
    pub(super) fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    pub(super) fn foreign(foreign: Foreign) -> Value {
        Value::Foreign(Rc::new(foreign))
    }

    /// The text, when the value is text.
    pub(super) fn as_text(&self) -> Option<&Text> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing usable is known of the value.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown | Value::Unset(_) | Value::Foreign(_))
    }

    pub(super) fn is_nullish(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null)
    }

    /// Whether the value counts as true; `None` where that is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Value::Unknown | Value::Unset(Setting::Needed) => None,
            Value::Undefined | Value::Null | Value::Unset(Setting::Switch) => Some(false),
            Value::Bool(value) => Some(*value),
            Value::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Foreign(foreign) => (foreign.origin != Origin::Nowhere && !foreign.is_result()).then_some(true),
            Value::Object(_) | Value::Schema(_) => Some(true),
        }
    }
}

/// A property: a value, or the function that computes it.
#[derive(Debug, Clone)]
pub(super) enum Property {
    Data(Value),
    Getter(Value),
}

/// A function of the package.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function<'t> {
    pub(super) node: Node<'t>,
    pub(super) scope: ScopeId,
    pub(super) file: FileId,
    /// Takes `this` from where it stands.
    pub(super) arrow: bool,
}

/// A class of the package.
#[derive(Debug, Clone)]
pub(super) struct Class<'t> {
    pub(super) scope: ScopeId,
    pub(super) file: FileId,
    pub(super) parent: Value,
    pub(super) prototype: ObjectId,
    pub(super) constructor: Option<Node<'t>>,
    pub(super) fields: Vec<Node<'t>>,
}

/// What an object is beside its properties.
#[derive(Debug, Clone)]
pub(super) enum Shape<'t> {
    Plain,
    List(Vec<Value>),
    Function(Function<'t>),
    Class(Rc<Class<'t>>),
    Map(Vec<(Value, Value)>),
    Set(Vec<Value>),
    /// The exports of a module of the package.
    Module(FileId),
}

/// An object of the program.
#[derive(Debug, Clone)]
pub(super) struct Object<'t> {
    pub(super) shape: Shape<'t>,
    pub(super) properties: IndexMap<Text, Property>,
    /// Where missing properties are looked for; [`Value::Undefined`] for nowhere.
    pub(super) parent: Value,
    /// There may be properties or elements that are not known.
    pub(super) open: bool,
    pub(super) site: Option<Site>,
}

impl<'t> Object<'t> {
    pub(super) fn new(shape: Shape<'t>) -> Self {
        Object { shape, properties: IndexMap::new(), parent: Value::Undefined, open: false, site: None }
    }
}

/// What a name of a scope stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    Value(Value),
    /// An export of another module, looked up when it is used.
    Import {
        file: FileId,
        name: Text,
    },
}

/// The names of one block, function or module.
#[derive(Debug, Default)]
pub(super) struct Scope<'t> {
    pub(super) parent: Option<ScopeId>,
    pub(super) names: HashMap<&'t str, Binding>,
    /// How many undecided conditions surrounded the scope when it was opened.
    pub(super) born: u32,
}
