//! The one small language that Go, Rust, C#, Java and Kotlin are lowered to: declarations at once, bodies when they are
//! first walked. Holds only what can carry a tool's definition; everything else is [`Expr::Unknown`].

use super::choice::Pick;
use super::source::{FileId, Site};
use serde_json::Number;
use std::cell::OnceCell;
use std::rc::Rc;
use tree_sitter::Node;

pub(crate) type Name = Rc<str>;

#[derive(Debug)]
pub(crate) enum Expr<'t> {
    Text(Rc<str>),
    Number(Number),
    Bool(bool),
    Null,
    Name(Name),
    Member(Box<Expr<'t>>, Name),
    Index(Box<Expr<'t>>, Box<Expr<'t>>),
    Call(Box<Call<'t>>),
    /// An object that is written out: `T{...}`, `new T(...) {...}`.
    Make(Box<Make<'t>>),
    List(Vec<Expr<'t>>),
    Map(Vec<(Expr<'t>, Expr<'t>)>),
    /// Concatenation, or a template with its parts.
    Join(Vec<Expr<'t>>),
    /// One of several, decided at run time.
    Choice(Vec<Expr<'t>>),
    /// One of two, by a test.
    Pick(Box<Pick<'t>>),
    Lambda(Rc<Func<'t>>),
    /// A type that is used as a value: `T.class`, `typeof(T)`.
    Type(Type<'t>),
    /// A list whose items are handed over one by one.
    Spread(Box<Expr<'t>>),
    /// The place of a value, by which whoever gets it can set it: `&x`, `ref x`, `out x`.
    Refer(Box<Expr<'t>>),
    /// A comparison, or truths put together.
    Truth(Box<Truth<Expr<'t>>>),
    /// The whole numbers from the first to before the second.
    Range(Box<Expr<'t>>, Box<Expr<'t>>),
    /// What the reader does not follow, in words that complete "... could not be followed".
    Unknown(&'static str),
}

/// What is true or not.
#[derive(Debug)]
pub(crate) enum Truth<T> {
    Is(T, T),
    /// The first holds the second: a list an item, a text a word.
    Has(T, T),
    /// The first number is smaller than the second.
    Less(T, T),
    Not(T),
    All(T, T),
    Any(T, T),
}

/// The expression of an operator between two truths or values; `None` for one that gives neither.
pub(crate) fn truth<'t>(operator: &str, left: Expr<'t>, right: Expr<'t>) -> Option<Expr<'t>> {
    let truth = |truth| Expr::Truth(Box::new(truth));
    Some(match operator {
        "==" | "===" => truth(Truth::Is(left, right)),
        "!=" | "!==" => truth(Truth::Not(truth(Truth::Is(left, right)))),
        "<" => truth(Truth::Less(left, right)),
        ">" => truth(Truth::Less(right, left)),
        "<=" => truth(Truth::Not(truth(Truth::Less(right, left)))),
        ">=" => truth(Truth::Not(truth(Truth::Less(left, right)))),
        "&&" => truth(Truth::All(left, right)),
        "||" => truth(Truth::Any(left, right)),
        _ => return None,
    })
}

#[derive(Debug)]
pub(crate) struct Call<'t> {
    pub callee: Expr<'t>,
    pub types: Vec<Type<'t>>,
    pub args: Vec<Arg<'t>>,
    pub site: Site,
}

#[derive(Debug)]
pub(crate) struct Arg<'t> {
    pub name: Option<Name>,
    pub value: Expr<'t>,
}

#[derive(Debug)]
pub(crate) struct Make<'t> {
    pub ty: Type<'t>,
    pub args: Vec<Arg<'t>>,
    pub fields: Vec<(Name, Expr<'t>)>,
    pub site: Site,
}

#[derive(Debug)]
pub(crate) enum Stmt<'t> {
    /// New names for a value; several take its parts.
    Let(Vec<Name>, Option<Type<'t>>, Option<Expr<'t>>),
    Assign(Expr<'t>, Expr<'t>),
    Expr(Expr<'t>),
    /// Blocks of which it is not known which run.
    Branch(Vec<Vec<Stmt<'t>>>),
    If {
        test: Expr<'t>,
        /// The test as it is written.
        words: Rc<str>,
        then: Vec<Stmt<'t>>,
        other: Vec<Stmt<'t>>,
    },
    Switch {
        on: Expr<'t>,
        words: Rc<str>,
        cases: Vec<Case<'t>>,
    },
    /// A block that runs until a test says otherwise.
    Loop {
        label: Option<Name>,
        body: Vec<Stmt<'t>>,
    },
    Leave(Leave),
    /// Nothing goes on: an exception, the end of the program.
    Fail,
    /// A jump to another place, which is not followed.
    Jump(Site),
    Block(Vec<Stmt<'t>>),
    /// A block that [`Leave::Block`] of this name ends.
    Label(Option<Name>, Vec<Stmt<'t>>),
    Each {
        label: Option<Name>,
        names: Vec<Name>,
        over: Expr<'t>,
        body: Vec<Stmt<'t>>,
    },
    /// A block, what runs where it fails as far as that may register something, and what runs in any case.
    Try {
        body: Vec<Stmt<'t>>,
        caught: Vec<Vec<Stmt<'t>>>,
        last: Vec<Stmt<'t>>,
    },
    Return(Vec<Expr<'t>>),
    /// A return out of a block that is handed to a function: the function around the block is left.
    FarReturn(Vec<Expr<'t>>),
    Func(Rc<Func<'t>>),
}

/// What is left, by its label where it has one.
#[derive(Debug, Clone)]
pub(crate) enum Leave {
    /// One round of a loop: the next follows.
    Round(Option<Name>),
    /// A loop, or a block with a label.
    Block(Option<Name>),
}

/// One case of a switch; without values it is the one for everything else.
#[derive(Debug)]
pub(crate) struct Case<'t> {
    pub values: Vec<Expr<'t>>,
    pub body: Vec<Stmt<'t>>,
    /// What follows its last statement is the next case.
    pub falls: bool,
}

/// A statement with a label: a loop whose rounds can be told by it, and a block that can be left by it.
pub(crate) fn labelled<'t>(name: &str, mut statements: Vec<Stmt<'t>>) -> Stmt<'t> {
    fn mark(statements: &mut [Stmt<'_>], name: &Name) {
        for statement in statements {
            match statement {
                Stmt::Each { label, .. } | Stmt::Loop { label, .. } => *label = Some(Rc::clone(name)),
                Stmt::Block(inner) | Stmt::Label(None, inner) => mark(inner, name),
                _ => {}
            }
        }
    }
    let name: Name = Rc::from(name);
    mark(&mut statements, &name);
    Stmt::Label(Some(name), statements)
}

/// A type as it is written, its name with dots between the parts.
#[derive(Debug, Clone)]
pub(crate) struct Type<'t> {
    pub name: Name,
    pub args: Vec<Type<'t>>,
    pub nullable: bool,
    /// The members of a type without a name.
    pub inline: Option<Rc<Class<'t>>>,
}

impl<'t> Type<'t> {
    pub(crate) fn named(name: &str) -> Self {
        Type { name: Rc::from(name), args: Vec::new(), nullable: false, inline: None }
    }

    pub(crate) fn of(name: &str, args: Vec<Type<'t>>) -> Self {
        Type { name: Rc::from(name), args, nullable: false, inline: None }
    }

    /// The last part of the name.
    pub(crate) fn last(&self) -> &str {
        last_name(&self.name)
    }
}

/// The last part of a dotted name.
pub(crate) fn last_name(name: &str) -> &str {
    name.rsplit(['.', '/', ':']).next().unwrap_or(name)
}

/// Code that is lowered when it is first walked.
#[derive(Debug)]
pub(crate) struct Body<'t> {
    pub node: Node<'t>,
    pub file: FileId,
    pub lowered: OnceCell<Rc<Vec<Stmt<'t>>>>,
}

impl<'t> Body<'t> {
    pub(crate) fn new(file: FileId, node: Node<'t>) -> Self {
        Body { node, file, lowered: OnceCell::new() }
    }
}

/// A value that is lowered when it is first asked for.
#[derive(Debug)]
pub(crate) struct Init<'t> {
    pub node: Node<'t>,
    pub file: FileId,
    pub lowered: OnceCell<Rc<Expr<'t>>>,
}

impl<'t> Init<'t> {
    pub(crate) fn new(file: FileId, node: Node<'t>) -> Self {
        Init { node, file, lowered: OnceCell::new() }
    }
}

/// `@Name(args)`, `[Name(args)]`, `#[name(args)]`.
#[derive(Debug)]
pub(crate) struct Mark<'t> {
    pub name: Name,
    pub args: Vec<Arg<'t>>,
}

impl<'t> Mark<'t> {
    /// The argument called `name`.
    pub(crate) fn named(&self, name: &str) -> Option<&Expr<'t>> {
        self.args.iter().find(|arg| arg.name.as_deref() == Some(name)).map(|arg| &arg.value)
    }

    /// The argument at `at` among those without a name.
    pub(crate) fn positional(&self, at: usize) -> Option<&Expr<'t>> {
        self.args.iter().filter(|arg| arg.name.is_none()).nth(at).map(|arg| &arg.value)
    }
}

/// The first mark of one of these names, whatever package it comes from.
pub(crate) fn mark<'a, 't>(marks: &'a [Mark<'t>], names: &[&str]) -> Option<&'a Mark<'t>> {
    marks.iter().find(|mark| names.contains(&last_name(&mark.name)) || names.contains(&&*mark.name))
}

#[derive(Debug)]
pub(crate) struct Param<'t> {
    pub name: Name,
    pub ty: Option<Type<'t>>,
    pub default: Option<Rc<Expr<'t>>>,
    pub marks: Vec<Mark<'t>>,
    pub is_rest: bool,
}

#[derive(Debug)]
pub(crate) struct Func<'t> {
    pub name: Name,
    pub params: Vec<Param<'t>>,
    pub body: Option<Body<'t>>,
    pub result: Option<Type<'t>>,
    /// The name and type that a method is declared on outside of its type.
    pub receiver: Option<(Name, Name)>,
    pub marks: Vec<Mark<'t>>,
    pub doc: Option<Rc<str>>,
    pub is_static: bool,
    pub site: Site,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClassKind {
    /// Anything with fields: struct, class, record.
    Record,
    Enum,
    Interface,
}

#[derive(Debug)]
pub(crate) struct Field<'t> {
    pub name: Name,
    pub ty: Option<Type<'t>>,
    pub init: Option<Init<'t>>,
    pub marks: Vec<Mark<'t>>,
    pub doc: Option<Rc<str>>,
    /// Go's tag, as it stands between the quotes.
    pub tag: Option<Rc<str>>,
    pub is_static: bool,
    /// Whether serialisers see it.
    pub is_public: bool,
}

/// One constant of an enumeration.
#[derive(Debug)]
pub(crate) struct Variant<'t> {
    pub name: Name,
    pub args: Vec<Arg<'t>>,
    pub marks: Vec<Mark<'t>>,
    pub doc: Option<Rc<str>>,
    /// Whether it carries data of its own.
    pub is_plain: bool,
}

#[derive(Debug)]
pub(crate) struct Class<'t> {
    pub name: Name,
    pub kind: ClassKind,
    pub marks: Vec<Mark<'t>>,
    pub supers: Vec<Type<'t>>,
    /// Parameters of the primary constructor; they are fields, too, where the language says so.
    pub params: Vec<Param<'t>>,
    pub fields: Vec<Field<'t>>,
    pub variants: Vec<Variant<'t>>,
    pub methods: Vec<Rc<Func<'t>>>,
    /// Classes declared inside.
    pub inner: Vec<Rc<Class<'t>>>,
    /// The type that this is another name for.
    pub alias: Option<Type<'t>>,
    pub doc: Option<Rc<str>>,
    /// The name is that of the one instance (Kotlin's `object`).
    pub is_single: bool,
    pub site: Site,
}

impl<'t> Class<'t> {
    pub(crate) fn new(name: &str, kind: ClassKind, site: Site) -> Self {
        Class {
            name: Rc::from(name),
            kind,
            marks: Vec::new(),
            supers: Vec::new(),
            params: Vec::new(),
            fields: Vec::new(),
            variants: Vec::new(),
            methods: Vec::new(),
            inner: Vec::new(),
            alias: None,
            doc: None,
            is_single: false,
            site,
        }
    }
}

/// A name at the top of a file, or in Go's package, with its value.
#[derive(Debug)]
pub(crate) struct Var<'t> {
    pub name: Name,
    pub ty: Option<Type<'t>>,
    pub init: Option<Init<'t>>,
    /// Several names share one value and take its parts.
    pub part: Option<usize>,
    pub file: FileId,
}

/// What one file declares.
#[derive(Debug, Default)]
pub(crate) struct Unit<'t> {
    /// The package, namespace or folder whose names the file shares.
    pub package: String,
    /// Names of other packages in this file, with their full paths.
    pub imports: Vec<(Name, Name)>,
    pub classes: Vec<Rc<Class<'t>>>,
    pub funcs: Vec<Rc<Func<'t>>>,
    pub vars: Vec<Rc<Var<'t>>>,
    /// Statements outside of any function.
    pub main: Option<Body<'t>>,
    /// Implementations that stand apart from their type (Rust).
    pub impls: Vec<Impl<'t>>,
}

/// The methods of one `impl` block.
#[derive(Debug)]
pub(crate) struct Impl<'t> {
    pub ty: Name,
    pub of: Option<Name>,
    pub marks: Vec<Mark<'t>>,
    pub methods: Vec<Rc<Func<'t>>>,
    pub vars: Vec<Rc<Var<'t>>>,
}
