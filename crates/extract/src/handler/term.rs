//! The one small form that functions of every language are lowered to, to see what they call. It keeps names, calls and
//! what they are given, and forgets which branch runs: every branch may.

use std::rc::Rc;

pub(super) type Name = Rc<str>;

/// A function of the package: the file it stands in and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FuncId {
    pub file: usize,
    pub at: usize,
}

/// A class or struct of the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ClassId {
    pub file: usize,
    pub at: usize,
}

#[derive(Debug)]
pub(super) enum Term {
    Text(Name),
    /// A number or a word of the language: `true`, `None`.
    Word(Name),
    /// Text put together of its parts.
    Join(Vec<Term>),
    Name(Name),
    Member(Box<Term>, Name, At),
    Index(Box<Term>, Box<Term>, At),
    Call(Box<Call>),
    Func(FuncId),
    List(Vec<Term>),
    Map(Vec<(Option<Name>, Term)>),
    /// New names, the type that is written for them, and their value.
    Let(Vec<Pattern>, Option<Name>, Box<Term>),
    Assign(Box<Term>, Box<Term>),
    Return(Box<Term>),
    /// One of several.
    Any(Vec<Term>),
    /// One after the other; the last is the value.
    Seq(Vec<Term>),
}

#[derive(Debug)]
pub(super) struct Call {
    pub callee: Term,
    pub args: Vec<(Option<Name>, Term)>,
    pub is_new: bool,
    pub at: At,
}

/// A place in the source, and what stands there.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub file: usize,
    /// Counted from 1.
    pub line: u32,
    /// What is called or read, as it is written.
    pub text: Name,
}

/// A name that is bound to a value, or to a part of it.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub name: Name,
    pub part: Part,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Whole,
    Member(Name),
    /// One of its items.
    Item,
}

impl Term {
    pub(super) fn nothing() -> Term {
        Term::Seq(Vec::new())
    }
}

/// A parameter: the names it binds, and the type that is written for it.
#[derive(Debug)]
pub(super) struct Param {
    pub names: Vec<Pattern>,
    pub ty: Option<Name>,
}
