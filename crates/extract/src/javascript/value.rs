//! The values that the reader can know about a program without running it, and the heap that holds its objects. Plain
//! data: no syntax is looked at here.

use super::condition::Condition;
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
    /// Depends on what the user sets.
    Setting(Rc<Setting>),
    /// There only under a condition.
    When(Rc<When>),
}

/// A value that an environment variable, an option, an argument or the platform decides.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// As the user names it: `ALLOW_WRITE`, `--write`; `--` stands for all options, nothing for the arguments.
    pub(super) subject: Text,
    /// What it is when the program is started with nothing set.
    pub(super) plain: Value,
    /// What else it may be, and when.
    pub(super) others: Vec<(Value, Condition)>,
    /// What must be set for it to count as true, and as false.
    pub(super) when: Text,
    pub(super) unless: Text,
    /// Whether those words say all of it: the value is true exactly where `when` holds.
    pub(super) exact: bool,
    /// Credentials, addresses and the like: whoever uses the server sets it, so its absence decides nothing.
    pub(super) needed: bool,
    /// A word on the command line.
    pub(super) command: bool,
}

/// A value and the condition under which it is there.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub(super) value: Value,
    pub(super) condition: Condition,
}

/// A value from outside the package, known by where it came from.
#[derive(Debug, Clone)]
pub(super) struct Foreign {
    pub(super) origin: Origin,
    /// The members and calls that lead from the origin to the value, joined by dots: `z.string`, `Client.().listTools`.
    pub(super) path: Text,
    /// What was handed to the call that gave it, as far as it holds structure.
    pub(super) given: Vec<Value>,
}

impl PartialEq for Foreign {
    fn eq(&self, other: &Self) -> bool {
        self.origin == other.origin && self.path == other.path
    }
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
        Value::Foreign(Rc::new(Foreign { origin: Origin::Global, path: path.into(), given: Vec::new() }))
    }

    pub(super) fn package(name: &str, path: &str) -> Value {
        Value::Foreign(Rc::new(Foreign { origin: Origin::Package(name.into()), path: path.into(), given: Vec::new() }))
    }

    /// A member of something that is not known.
    pub(super) fn nowhere(path: &str) -> Foreign {
        Foreign { origin: Origin::Nowhere, path: path.into(), given: Vec::new() }
    }

    pub(super) fn member(&self, name: &str) -> Foreign {
        let path: Text = match self.path.as_ref() {
            "" => name.into(),
            path if path.len() > MAX_PATH => path.into(),
            path => format!("{path}.{name}").into(),
        };
        Foreign { origin: self.origin.clone(), path, given: Vec::new() }
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
        match self {
            Value::Unknown | Value::Foreign(_) => true,
            Value::Setting(setting) => {
                setting.plain.is_unknown() || (setting.plain.is_nullish() && setting.others.is_empty())
            }
            Value::When(inner) => inner.value.is_unknown(),
            _ => false,
        }
    }

    /// The value as it is read: where it is there only under a condition, it may be absent.
    pub(super) fn read(&self) -> Value {
        match self {
            Value::When(inner) => inner.read(),
            other => other.clone(),
        }
    }

    /// The value itself where it is there.
    pub(super) fn settled_when(&self) -> &Value {
        match self {
            Value::When(inner) => &inner.value,
            other => other,
        }
    }

    /// The value itself where it is there, and as a plain start has it.
    pub(super) fn settled(&self) -> &Value {
        let mut at = self;
        for _ in 0..8 {
            at = match at {
                Value::When(inner) => &inner.value,
                Value::Setting(setting) => match setting.others.first() {
                    Some((other, _)) if setting.is_absent() => other,
                    _ if setting.is_absent() => return at,
                    _ => &setting.plain,
                },
                _ => return at,
            };
        }
        at
    }

    pub(super) fn is_nullish(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null)
    }

    /// Whether the value counts as true; `None` where that is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Value::Unknown => None,
            Value::Setting(setting) => setting.truth(),
            Value::When(inner) => match inner.value.truth() {
                Some(true) if inner.condition.plain != Some(true) => None,
                known => known,
            },
            Value::Undefined | Value::Null => Some(false),
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
    /// A function with its `this` and first arguments given.
    Bound(Value, Value, Vec<Value>),
    /// A value behind a function that is asked for each member.
    Proxy(Value, Value),
}

impl<'t> Shape<'t> {
    /// The shape as far as a call looks at it: without the elements of collections.
    pub(super) fn called(&self) -> Shape<'t> {
        match self {
            Shape::Function(_) | Shape::Bound(..) | Shape::Class(_) => self.clone(),
            _ => Shape::Plain,
        }
    }
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
    /// How many conditions surrounded the object when it was made.
    pub(super) born: usize,
}

impl<'t> Object<'t> {
    pub(super) fn new(shape: Shape<'t>) -> Self {
        Object { shape, properties: IndexMap::new(), parent: Value::Undefined, open: false, site: None, born: 0 }
    }
}

/// What a name of a scope stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    Value(Value),
    /// A part of a large file that does nothing until it is used, by its place among the parts.
    Piece {
        file: FileId,
        at: usize,
    },
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
    /// How many conditions surrounded the scope when it was opened.
    pub(super) born: usize,
}
