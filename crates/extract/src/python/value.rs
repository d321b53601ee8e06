//! What an expression of the package is known to be: the values that [`super::machine`] computes with.
//!
//! `Unknown` is always allowed and always safe; a value is never guessed.

use super::ast::{self, Expr, Name};
use super::setting::Setting;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a module that was found in a folder is made by: a tuple with names.
pub(super) const MODULE_INFO: &str = "pkgutil.ModuleInfo";

pub(super) type Shared<T> = Rc<RefCell<T>>;

#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    #[default]
    Unknown,
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Rc<str>),
    /// A list or a set; sets keep the order of their source.
    List(Shared<Vec<Value>>),
    Tuple(Rc<[Value]>),
    Dict(Shared<Vec<(Value, Value)>>),
    Function(Rc<Function>),
    /// A function with its first argument.
    Bound(Rc<(Value, Rc<Function>)>),
    Class(Rc<Class>),
    Instance(Rc<Instance>),
    /// A module of the package, by its number.
    Module(usize),
    /// Something that another package or Python itself defines, by its dotted path (`builtins.str`, `mcp.types.Tool`).
    External(Rc<str>),
    /// What a call of something external gave.
    Made(Rc<Made>),
    /// An attribute of a value that has no such attribute that is known: a method of a built-in type, of an external
    /// object, or anything at all.
    Method(Rc<(Value, Name)>),
    /// `base[args]`, for types.
    Generic(Rc<(Value, Vec<Value>)>),
    /// `A | B`, for types.
    Union(Rc<[Value]>),
    /// `server.tool(…)` that waits for its function.
    Registrar(Rc<Registrar>),
    /// What a setting is where its user sets nothing: good enough for a text, never for a condition.
    Usual(Rc<(Value, Setting)>),
}

/// Names and what they are bound to.
#[derive(Debug)]
pub(super) struct Env {
    pub vars: RefCell<BTreeMap<Name, Value>>,
    pub parent: Option<Rc<Env>>,
    /// Names that a `global` or `nonlocal` statement sends outwards.
    pub outward: RefCell<Vec<Name>>,
    pub module: usize,
    /// A class body: its names are not seen by functions inside of it.
    pub is_class: bool,
    /// The fields that a class body declares, in order.
    pub fields: RefCell<Vec<(Name, Rc<Expr>)>>,
}

impl Env {
    pub(super) fn new(parent: Option<Rc<Env>>, module: usize, is_class: bool) -> Rc<Self> {
        Rc::new(Env {
            vars: RefCell::default(),
            parent,
            outward: RefCell::default(),
            module,
            is_class,
            fields: RefCell::default(),
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<Value> {
        let mut at = Some(self);
        while let Some(env) = at {
            if let Some(value) = env.vars.borrow().get(name) {
                return Some(value.clone());
            }
            at = env.parent.as_deref();
        }
        None
    }

    pub(super) fn set(&self, name: &Name, value: Value) {
        if self.outward.borrow().contains(name) {
            let mut at = self.parent.as_deref();
            while let Some(env) = at {
                if env.parent.is_none() || env.vars.borrow().contains_key(name) {
                    env.vars.borrow_mut().insert(Rc::clone(name), value);
                    return;
                }
                at = env.parent.as_deref();
            }
            return;
        }
        self.vars.borrow_mut().insert(Rc::clone(name), value);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Plain,
    Static,
    Class,
    Property,
}

#[derive(Debug)]
pub(super) struct Function {
    pub def: Rc<ast::Function>,
    pub env: Rc<Env>,
    /// One for each parameter.
    pub defaults: Vec<Option<Value>>,
    pub binding: Cell<Binding>,
    /// The function whose name, text and signature this one took over (`functools.wraps`).
    pub wraps: RefCell<Option<Value>>,
    pub attributes: RefCell<BTreeMap<Name, Value>>,
    /// Defined in the body of a class.
    pub in_class: bool,
    /// Handed to a decorator of another package, which may have put attributes on it.
    pub is_handed_out: Cell<bool>,
}

#[derive(Debug)]
pub(super) struct Class {
    pub def: Rc<ast::Class>,
    pub env: Rc<Env>,
    pub bases: Vec<Value>,
    pub is_dataclass: Cell<bool>,
}

#[derive(Debug)]
pub(super) struct Instance {
    pub class: Rc<Class>,
    pub attributes: RefCell<BTreeMap<Name, Value>>,
    pub id: usize,
}

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Args {
    pub plain: Vec<Value>,
    pub named: Vec<(Name, Value)>,
    /// Some arguments came out of a value that is not known.
    pub open: bool,
    pub line: u32,
    /// The program starts here: what is not given may be given by its user.
    pub is_entry: bool,
}

impl Args {
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(n, _)| &**n == name).map(|(_, value)| value)
    }

    /// The argument at `position` or called `name`.
    pub(super) fn get(&self, position: usize, name: &str) -> Option<&Value> {
        self.named(name).or_else(|| self.plain.get(position))
    }
}

#[derive(Debug)]
pub(super) struct Made {
    pub path: Rc<str>,
    pub args: Args,
    pub id: usize,
    pub module: usize,
}

impl Made {
    /// The last part of the path of what was called.
    pub(super) fn kind(&self) -> &str {
        last(&self.path)
    }
}

#[derive(Debug)]
pub(super) struct Registrar {
    /// The number of the server; `None` when the decorator only marks the function.
    pub server: Option<usize>,
    pub args: Args,
    pub role: Role,
    pub module: usize,
}

/// What a decorator of a server does with its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Tool,
    ListTools,
}

pub(super) fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

impl Value {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Value::Str(text.into())
    }

    pub(super) fn list(values: Vec<Value>) -> Self {
        Value::List(Rc::new(RefCell::new(values)))
    }

    pub(super) fn dict(pairs: Vec<(Value, Value)>) -> Self {
        Value::Dict(Rc::new(RefCell::new(pairs)))
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown | Value::Method(_))
    }

    /// The text of a string, or of a member of a string enumeration.
    pub(super) fn as_text(&self) -> Option<Rc<str>> {
        match self {
            Value::Str(text) => Some(Rc::clone(text)),
            Value::Instance(member) => match member.attributes.borrow().get("_value_") {
                Some(Value::Str(text)) => Some(Rc::clone(text)),
                _ => None,
            },
            Value::Usual(held) => held.0.as_text(),
            _ => None,
        }
    }

    /// The path of an external thing.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Value::External(path) => Some(path),
            _ => None,
        }
    }

    /// Whether the value counts as true; `None` when that is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match self {
            Value::None => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::List(items) => !items.borrow().is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::Dict(pairs) => !pairs.borrow().is_empty(),
            Value::Function(_) | Value::Bound(_) | Value::Class(_) | Value::Module(_) => true,
            _ => return None,
        })
    }

    /// Whether two values are equal; `None` when that is not known.
    pub(super) fn equals(&self, other: &Value) -> Option<bool> {
        if matches!(self, Value::Usual(_)) || matches!(other, Value::Usual(_)) {
            return None;
        }
        if let (Some(a), Some(b)) = (self.as_text(), other.as_text()) {
            return Some(a == b);
        }
        Some(match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::External(a), Value::External(b)) => a == b || (is_empty_mark(a) && is_empty_mark(b)),
            (Value::External(mark), _) | (_, Value::External(mark)) if is_empty_mark(mark) => {
                if self.is_unknown() || other.is_unknown() {
                    return None;
                }
                false
            }
            (Value::None, Value::External(_) | Value::Generic(_) | Value::Union(_) | Value::Made(_))
            | (Value::External(_) | Value::Generic(_) | Value::Union(_) | Value::Made(_), Value::None) => false,
            (Value::Generic(_), Value::External(_)) | (Value::External(_), Value::Generic(_)) => false,
            (Value::Tuple(a), Value::Tuple(b)) if a.len() == b.len() => {
                for (a, b) in a.iter().zip(b.iter()) {
                    if !a.equals(b)? {
                        return Some(false);
                    }
                }
                true
            }
            (Value::Class(a), Value::Class(b)) => Rc::ptr_eq(a, b),
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Instance(a), Value::Instance(b)) if Rc::ptr_eq(a, b) => true,
            // A function is no member of an enumeration.
            (Value::Function(_) | Value::Bound(_), Value::Instance(one))
            | (Value::Instance(one), Value::Function(_) | Value::Bound(_))
                if one.class.is_enum() =>
            {
                false
            }
            (
                Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_),
                Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_),
            ) => false,
            (Value::None, Value::List(_) | Value::Dict(_) | Value::Tuple(_) | Value::Function(_) | Value::Class(_))
            | (Value::List(_) | Value::Dict(_) | Value::Tuple(_) | Value::Function(_) | Value::Class(_), Value::None) => {
                false
            }
            _ => return None,
        })
    }

    /// Whether both are one and the same object or equal plain values.
    pub(super) fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
            (Value::Dict(a), Value::Dict(b)) => Rc::ptr_eq(a, b),
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Made(a), Value::Made(b)) => Rc::ptr_eq(a, b),
            (Value::Module(a), Value::Module(b)) => a == b,
            (Value::Usual(a), Value::Usual(b)) => a.0.is_same(&b.0),
            _ => self.equals(other) == Some(true),
        }
    }

    /// What a name holds that one of two ways through the program bound to `self` and the other to `other`.
    ///
    /// Plain values that differ become unknown. A thing beats its absence: code that says `server = None` first and
    /// makes the server in a branch means the server.
    pub(super) fn join(self, other: Value) -> Value {
        if self.is_same(&other) {
            return self;
        }
        match (&self, &other) {
            (Value::List(a), Value::List(b)) => {
                let mut all = a.borrow().clone();
                for item in b.borrow().iter() {
                    if !all.iter().any(|known| known.is_same(item)) {
                        all.push(item.clone());
                    }
                }
                Value::list(all)
            }
            (a, Value::None | Value::Unknown | Value::Method(_)) if a.is_thing() => self,
            (Value::None | Value::Unknown | Value::Method(_), b) if b.is_thing() => other,
            (a, b) if a.is_thing() && b.is_thing() => self,
            _ => Value::Unknown,
        }
    }

    /// Whether it can be called and what it does is known.
    pub(super) fn is_thing_to_call(&self) -> bool {
        matches!(self, Value::Function(_) | Value::Bound(_) | Value::Method(_))
    }

    /// Not a plain value that a description or a name could be made of.
    pub(super) fn is_thing(&self) -> bool {
        matches!(
            self,
            Value::Function(_)
                | Value::Bound(_)
                | Value::Class(_)
                | Value::Instance(_)
                | Value::Module(_)
                | Value::External(_)
                | Value::Made(_)
                | Value::List(_)
                | Value::Registrar(_)
                | Value::Generic(_)
        )
    }

    /// The items of a value that can be looped over; `None` when they are not known.
    pub(super) fn items(&self) -> Option<Vec<Value>> {
        Some(match self {
            Value::List(items) => items.borrow().clone(),
            Value::Tuple(items) => items.to_vec(),
            Value::Dict(pairs) => pairs.borrow().iter().map(|(key, _)| key.clone()).collect(),
            Value::Str(text) => text.chars().take(10_000).map(|c| Value::text(c.to_string())).collect(),
            Value::Class(class) if class.is_enum() => class.members(),
            Value::Usual(held) => return held.0.items(),
            Value::Made(made) if &*made.path == MODULE_INFO => {
                made.args.named.iter().map(|(_, value)| value.clone()).collect()
            }
            _ => return None,
        })
    }
}

/// One of the names that `inspect` has for what is not there.
fn is_empty_mark(path: &str) -> bool {
    path.starts_with("inspect.") && matches!(last(path), "empty" | "_empty")
}
