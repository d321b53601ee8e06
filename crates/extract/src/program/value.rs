//! What a walk computes with: the values that stand in the source, objects of the package's own types, and terms that say
//! which foreign function was called with what.

use super::ast::{Class, Func, Name, Truth, Type, last_name};
use super::setting::{Guard, Setting};
use super::source::{FileId, Site};
use serde_json::Number;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Debug, Clone)]
pub(crate) enum Value<'t> {
    /// Not known, and why: completes "could not be followed: ...".
    Unknown(&'static str),
    Null,
    /// What a map that is known does not hold.
    Absent,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    List(Rc<RefCell<Vec<Value<'t>>>>),
    Map(Rc<RefCell<Vec<(Value<'t>, Value<'t>)>>>),
    Tuple(Rc<Vec<Value<'t>>>),
    Object(Rc<Object<'t>>),
    Func(Rc<Closure<'t>>),
    /// What a foreign function gave.
    Made(Rc<Made<'t>>),
    /// A foreign name, with dots between its parts.
    Path(Name),
    Class(Rc<Class<'t>>),
    /// Another package of the same source.
    Package(Name),
    Type(Rc<Type<'t>>),
    /// What whoever starts the server decides.
    Setting(Rc<Setting<'t>>),
    /// A test that depends on what is not known.
    Truth(Rc<Truth<Value<'t>>>),
    /// An item that is only there under a guard.
    Guarded(Rc<(Vec<Guard>, Value<'t>)>),
}

/// An instance of a class of the package, or of a foreign one that is written out field by field.
#[derive(Debug)]
pub(crate) struct Object<'t> {
    /// The class, where the package declares it.
    pub class: Option<Rc<Class<'t>>>,
    /// The name of the type, for foreign ones its full path.
    pub ty: Name,
    pub fields: RefCell<BTreeMap<Name, Value<'t>>>,
    /// Whether fields that were never set may hold anything; else they hold nothing.
    pub is_open: bool,
    /// The depth of conditions under which it was made.
    pub born: u32,
    pub site: Cell<Site>,
}

impl<'t> Object<'t> {
    pub(crate) fn get(&self, name: &str) -> Option<Value<'t>> {
        self.fields.borrow().get(name).cloned()
    }
}

/// A call that leaves the package.
#[derive(Debug)]
pub(crate) struct Made<'t> {
    /// The full path of the function, or the name of the method.
    pub path: Name,
    pub on: Option<Value<'t>>,
    pub types: Vec<Type<'t>>,
    pub args: Vec<(Option<Name>, Value<'t>)>,
    pub site: Site,
}

impl<'t> Made<'t> {
    /// The last part of the path.
    pub(crate) fn last(&self) -> &str {
        last_name(&self.path)
    }

    /// The argument called `name`, or else the one at `at` among those without a name.
    pub(crate) fn arg(&self, at: usize, name: &str) -> Option<&Value<'t>> {
        let named = self.args.iter().find(|(key, _)| key.as_deref() == Some(name));
        named.map(|(_, value)| value).or_else(|| self.at(at))
    }

    pub(crate) fn at(&self, at: usize) -> Option<&Value<'t>> {
        self.args.iter().filter(|(key, _)| key.is_none()).nth(at).map(|(_, value)| value)
    }
}

/// A function with the names that it sees.
#[derive(Debug)]
pub(crate) struct Closure<'t> {
    pub func: Rc<Func<'t>>,
    pub env: Option<Rc<Env<'t>>>,
    pub this: Option<Value<'t>>,
    pub class: Option<Rc<Class<'t>>>,
    pub file: FileId,
}

/// The names of one block and those around it.
#[derive(Debug, Default)]
pub(crate) struct Env<'t> {
    /// Values with the depth of conditions under which the name was declared.
    pub vars: RefCell<BTreeMap<Name, (Value<'t>, u32)>>,
    pub parent: Option<Rc<Env<'t>>>,
}

impl<'t> Env<'t> {
    pub(crate) fn inside(parent: Option<Rc<Env<'t>>>) -> Rc<Self> {
        Rc::new(Env { vars: RefCell::default(), parent })
    }

    /// The block that declares `name`.
    pub(crate) fn holder(self: &Rc<Self>, name: &str) -> Option<Rc<Self>> {
        let mut at = Some(Rc::clone(self));
        while let Some(env) = at {
            if env.vars.borrow().contains_key(name) {
                return Some(env);
            }
            at = env.parent.clone();
        }
        None
    }

    pub(crate) fn get(self: &Rc<Self>, name: &str) -> Option<Value<'t>> {
        let holder = self.holder(name)?;
        let vars = holder.vars.borrow();
        vars.get(name).map(|(value, _)| value.clone())
    }

    pub(crate) fn declare(&self, name: &Name, value: Value<'t>, depth: u32) {
        if &**name != "_" {
            self.vars.borrow_mut().insert(Rc::clone(name), (value, depth));
        }
    }
}

impl<'t> Value<'t> {
    pub(crate) fn text(text: &str) -> Self {
        Value::Text(Rc::from(text))
    }

    pub(crate) fn list(mut items: Vec<Value<'t>>) -> Self {
        bound(&mut items, Value::Unknown);
        Value::List(Rc::new(RefCell::new(items)))
    }

    pub(crate) fn map(mut pairs: Vec<(Value<'t>, Value<'t>)>) -> Self {
        bound(&mut pairs, |why| (Value::Unknown(why), Value::Unknown(why)));
        Value::Map(Rc::new(RefCell::new(pairs)))
    }

    pub(crate) fn as_text(&self) -> Option<Rc<str>> {
        match self {
            Value::Text(text) => Some(Rc::clone(text)),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    pub(crate) fn as_made(&self) -> Option<&Rc<Made<'t>>> {
        match self {
            Value::Made(made) => Some(made),
            _ => None,
        }
    }

    /// The items of a list that is known.
    pub(crate) fn items(&self) -> Option<Vec<Value<'t>>> {
        match self {
            Value::List(items) => Some(items.borrow().clone()),
            _ => None,
        }
    }

    /// The name of an object's type or of the foreign function that made it.
    pub(crate) fn type_name(&self) -> Option<Name> {
        match self {
            Value::Object(object) => Some(Rc::clone(&object.ty)),
            Value::Made(made) => Some(Rc::clone(&made.path)),
            _ => None,
        }
    }

    /// Whether two values are known to be the same.
    pub(crate) fn same(&self, other: &Value<'t>) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) | (Value::Absent, Value::Absent) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
            (Value::Map(a), Value::Map(b)) => Rc::ptr_eq(a, b),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            (Value::Made(a), Value::Made(b)) => Rc::ptr_eq(a, b),
            (Value::Class(a), Value::Class(b)) => Rc::ptr_eq(a, b),
            (Value::Path(a), Value::Path(b)) => a == b,
            (Value::Guarded(a), Value::Guarded(b)) => Rc::ptr_eq(a, b) || a.1.same(&b.1),
            (Value::Guarded(a), b) | (b, Value::Guarded(a)) => a.1.same(b),
            (Value::Setting(a), Value::Setting(b)) => a.name == b.name,
            (Value::Func(a), Value::Func(b)) => Rc::ptr_eq(&a.func, &b.func),
            _ => false,
        }
    }

    /// What is known of a value that is one of two, depending on what only a run could tell. Items that only the second
    /// list holds are there under `guards`.
    pub(crate) fn or_under(self, other: Value<'t>, guards: &[Guard]) -> Value<'t> {
        match (&self, &other) {
            (Value::List(a), Value::List(b)) if !guards.is_empty() => {
                let mut items = a.borrow().clone();
                for item in b.borrow().iter() {
                    if items.len() <= MAX_ITEMS && !items.iter().any(|known| known.same(item)) {
                        items.push(item.clone().under(guards));
                    }
                }
                Value::list(items)
            }
            (Value::Null, Value::List(b)) if !guards.is_empty() => {
                Value::list(b.borrow().iter().map(|item| item.clone().under(guards)).collect())
            }
            _ => self.or(other),
        }
    }

    /// The same item where `guards` must hold for it to be there.
    pub(crate) fn under(self, guards: &[Guard]) -> Value<'t> {
        match &self {
            _ if guards.is_empty() => self,
            Value::Guarded(_) => self,
            _ => Value::Guarded(Rc::new((guards.to_vec(), self))),
        }
    }

    /// What is known of a value that is one of two, depending on what only a run could tell.
    pub(crate) fn or(self, other: Value<'t>) -> Value<'t> {
        if self.same(&other) {
            return self;
        }
        match (&self, &other) {
            (Value::List(a), Value::List(b)) => {
                // A list that grew under a condition: everything it may hold counts.
                let mut items = a.borrow().clone();
                for item in b.borrow().iter() {
                    if items.len() <= MAX_ITEMS && !items.iter().any(|known| known.same(item)) {
                        items.push(item.clone());
                    }
                }
                Value::list(items)
            }
            (Value::Null, Value::List(_)) => other,
            (Value::List(_), Value::Null) => self,
            _ => Value::Unknown("it depends on a condition"),
        }
    }
}

/// Items of one list that are looked at. One more stands for all that follow.
pub(crate) const MAX_ITEMS: usize = 2_000;

/// Cuts what is longer than what is looked at. What takes the place of the rest is not known, which whoever reads the list
/// says.
pub(crate) fn bound<T>(items: &mut Vec<T>, unknown: impl Fn(&'static str) -> T) {
    if items.len() > MAX_ITEMS {
        items.truncate(MAX_ITEMS);
        items.push(unknown("it stands past the items of one list that are looked at"));
    }
}
