//! The part of Python's syntax that decides which tools a server has, as plain data.
//!
//! Made by [`super::lower`]. No deeper than [`MAX_DEPTH`], so that everything that walks it may recurse.

use std::rc::Rc;

/// How deep statements and expressions may nest; what lies deeper becomes [`Ex::Opaque`].
pub(super) const MAX_DEPTH: usize = 120;

pub(super) type Name = Rc<str>;
pub(super) type Block = Vec<Stmt>;

#[derive(Debug)]
pub(super) struct Stmt {
    pub kind: St,
}

#[derive(Debug)]
pub(super) enum St {
    Expr(Expr),
    /// `a = b = value`; `AugAssign` is `a = a op value`.
    Assign(Vec<Expr>, Expr),
    /// `target: annotation` with or without a value.
    Declare(Expr, Rc<Expr>, Option<Expr>),
    Augment(Expr, Op, Expr),
    Function(Rc<Function>),
    Class(Rc<Class>),
    If(Vec<(Expr, Block)>, Block),
    /// Target, iterable, body, else.
    For(Expr, Expr, Block, Block),
    While(Expr, Block),
    /// Body, handlers, else, finally.
    Try(Block, Vec<Block>, Block, Block),
    With(Vec<(Expr, Option<Expr>)>, Block),
    /// One block for each case; which of them runs is not followed.
    Match(Vec<Block>),
    Return(Option<Expr>),
    /// `import a.b as c`.
    Import(Vec<(Vec<Name>, Option<Name>)>),
    /// `from ..module import a as b`: dots, module, names (empty for `*`).
    ImportFrom(usize, Vec<Name>, Vec<(Name, Name)>),
    Global(Vec<Name>),
    Delete(Vec<Expr>),
    Break,
    Continue,
    Raise,
    Nothing,
}

#[derive(Debug)]
pub(super) struct Function {
    pub name: Name,
    pub params: Vec<Param>,
    pub body: Block,
    pub decorators: Vec<Expr>,
    pub doc: Option<Rc<str>>,
    pub is_async: bool,
    pub line: u32,
}

#[derive(Debug)]
pub(super) struct Param {
    pub name: Name,
    pub kind: ParamKind,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParamKind {
    Plain,
    KeywordOnly,
    /// `*args`
    Rest,
    /// `**kwargs`
    Keywords,
}

#[derive(Debug)]
pub(super) struct Class {
    pub name: Name,
    pub bases: Vec<Arg>,
    pub body: Block,
    pub decorators: Vec<Expr>,
    pub doc: Option<Rc<str>>,
    pub line: u32,
}

#[derive(Debug)]
pub(super) struct Expr {
    pub line: u32,
    pub kind: Box<Ex>,
}

impl Expr {
    /// Whether it is a name, or a member of what a name stands for.
    pub(super) fn is_plain_name(&self) -> bool {
        match &*self.kind {
            Ex::Name(_) => true,
            Ex::Attribute(object, _) => matches!(&*object.kind, Ex::Name(_)),
            _ => false,
        }
    }
}

#[derive(Debug)]
pub(super) enum Ex {
    Name(Name),
    Attribute(Expr, Name),
    Call(Expr, Vec<Arg>),
    Str(Rc<str>),
    /// An f-string.
    Format(Vec<Piece>),
    Int(i64),
    Float(f64),
    True,
    False,
    None,
    Ellipsis,
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    Set(Vec<Expr>),
    /// A missing key is a `**` spread.
    Dict(Vec<(Option<Expr>, Expr)>),
    Subscript(Expr, Vec<Expr>),
    /// Start and stop; a step makes the whole slice opaque.
    Slice(Option<Expr>, Option<Expr>),
    /// `first op second op third`, grouped from the left.
    Binary(Expr, Vec<(Op, Expr)>),
    Not(Expr),
    Negate(Expr),
    And(Expr, Expr),
    Or(Expr, Expr),
    Compare(Expr, Comparison, Expr),
    /// Value when true, condition, value when false.
    IfElse(Expr, Expr, Expr),
    Lambda(Rc<Function>),
    Comprehension(Collect, Expr, Option<Expr>, Vec<Clause>),
    Await(Expr),
    Starred(Expr),
    Walrus(Name, Expr),
    /// `yield` with or without a value.
    Yield(Option<Expr>),
    /// `yield from value`
    YieldFrom(Expr),
    /// Not followed.
    Opaque,
}

#[derive(Debug)]
pub(super) enum Piece {
    Text(Rc<str>),
    /// A hole that formats its value plainly.
    Hole(Expr),
    /// A hole with a conversion or format that is not followed.
    OpaqueHole,
}

#[derive(Debug)]
pub(super) enum Arg {
    Plain(Expr),
    Named(Name, Expr),
    /// `*value`
    Rest(Expr),
    /// `**value`
    Keywords(Expr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collect {
    List,
    Set,
    Dict,
}

#[derive(Debug)]
pub(super) enum Clause {
    For(Expr, Expr),
    If(Expr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Or,
    Remainder,
    Multiply,
    Subtract,
    Power,
    Divide,
    FloorDivide,
    ShiftLeft,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Is,
    IsNot,
    In,
    NotIn,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Other,
}

impl Expr {
    pub(super) fn new(line: u32, kind: Ex) -> Self {
        Expr { line, kind: Box::new(kind) }
    }
}
