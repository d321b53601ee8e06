//! A package's source in one language, indexed file by file as it is asked for: which name stands for what, where a
//! method is found. It evaluates nothing.

use super::forest::Forest;
use super::index::{self, Field, File, Func};
use super::lower::{Lowering, body_of};
use super::module::Modules;
use super::table::{Shared, Table};
use super::term::{ClassId, FuncId, Name, Term};
use crate::Budget;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Where a name is looked for that its own file does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scoping {
    Python,
    JavaScript,
    /// Go: all files of a folder.
    Folders,
    Rust,
    /// C#, Java, Kotlin: all files of the package.
    Everywhere,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Func(FuncId),
    Class(ClassId),
    /// A name at the top of a file: the file, the statement, the name among several.
    Global(usize, usize, usize),
    Module(usize),
    /// Something of a library, as a dotted path.
    Path(String),
}

pub(super) struct Program<'t> {
    pub forest: &'t dyn Forest,
    pub scoping: Scoping,
    pub table: &'static Table,
    pub shared: &'static Shared,
    pub modules: Modules,
    budget: &'t Budget,
    files: Vec<OnceCell<Option<File<'t>>>>,
    everywhere: OnceCell<Everywhere>,
    /// Methods that were asked for by file and name, as they were found.
    pub(super) only_methods: RefCell<HashMap<(usize, Name), Option<FuncId>>>,
    /// Whether a file was left out or a part of one lies too deep.
    pub is_cut: Cell<bool>,
}

/// Declarations by their names, of all files.
#[derive(Default)]
pub(super) struct Everywhere {
    pub(super) classes: HashMap<Name, Vec<ClassId>>,
    pub(super) funcs: HashMap<Name, Vec<FuncId>>,
}

impl<'t> Program<'t> {
    pub(super) fn new(
        forest: &'t dyn Forest,
        scoping: Scoping,
        table: &'static Table,
        shared: &'static Shared,
        budget: &'t Budget,
    ) -> Self {
        let files = (0..forest.files()).map(|_| OnceCell::new()).collect();
        let modules = Modules::of(forest);
        let everywhere = OnceCell::new();
        let (only_methods, is_cut) = (RefCell::default(), Cell::new(false));
        Program { forest, scoping, table, shared, modules, budget, files, everywhere, only_methods, is_cut }
    }

    /// The node at a place of a file or of one of its parts, where that counts.
    pub(super) fn node_at(&self, at: usize, range: std::ops::Range<usize>) -> Option<tree_sitter::Node<'t>> {
        let roots = &self.file(at)?.roots;
        let behind = roots.partition_point(|root| root.start_byte() <= range.start);
        let root = roots.get(behind.checked_sub(1)?).filter(|root| range.end <= root.end_byte())?;
        root.named_descendant_for_byte_range(range.start, range.end)
    }

    /// The declarations of a file.
    pub(super) fn file(&self, at: usize) -> Option<&File<'t>> {
        let cell = self.files.get(at)?;
        let read = || {
            if self.budget.expired() {
                self.is_cut.set(true);
                return None;
            }
            if !self.forest.counts(at) {
                return None;
            }
            let (roots, is_whole) = self.forest.roots(at);
            if !is_whole {
                self.is_cut.set(true);
            }
            (is_whole || !roots.is_empty()).then(|| index::read(at, self.forest.text(at), &roots))
        };
        cell.get_or_init(read).as_ref()
    }

    pub(super) fn func(&self, id: FuncId) -> Option<&Func<'t>> {
        self.file(id.file)?.funcs.get(id.at)
    }

    pub(super) fn class(&self, id: ClassId) -> Option<&index::Class<'t>> {
        self.file(id.file)?.classes.get(id.at)
    }

    /// What a function does.
    pub(super) fn body(&self, id: FuncId) -> Option<Rc<Term>> {
        let func = self.func(id)?;
        let lower = || {
            let node = body_of(func.node).unwrap_or(func.node);
            Rc::new(self.lowered(id.file, |lowering| lowering.body(node)))
        };
        Some(Rc::clone(func.body.get_or_init(lower)))
    }

    pub(super) fn lower(&self, file: usize, node: tree_sitter::Node<'t>) -> Term {
        self.lowered(file, |lowering| lowering.lower(node))
    }

    fn lowered(&self, file: usize, lower: impl FnOnce(&Lowering<'_>) -> Term) -> Term {
        let Some(own) = self.file(file) else { return Term::nothing() };
        let text = self.forest.text(file);
        let lowering = Lowering { file, text, funcs: &own.by_node, depth: Cell::new(0), is_cut: Cell::new(false) };
        let term = lower(&lowering);
        self.is_cut.set(self.is_cut.get() || lowering.is_cut.get() || own.is_cut.get());
        term
    }

    pub(super) fn everywhere(&self) -> &Everywhere {
        self.everywhere.get_or_init(|| {
            let mut all = Everywhere::default();
            for at in 0..self.files.len() {
                let Some(file) = self.file(at) else { continue };
                for (number, class) in file.classes.iter().enumerate() {
                    all.classes.entry(Rc::clone(&class.name)).or_default().push(ClassId { file: at, at: number });
                }
                for (number, func) in file.funcs.iter().enumerate().filter(|(_, func)| !func.name.is_empty()) {
                    all.funcs.entry(Rc::clone(&func.name)).or_default().push(FuncId { file: at, at: number });
                }
            }
            all
        })
    }

    /// Whether a name of one file is known in another without an import.
    fn shares(&self, one: usize, other: usize) -> bool {
        match self.scoping {
            Scoping::Rust | Scoping::Everywhere => true,
            Scoping::Folders => folder(self.forest.path(one)) == folder(self.forest.path(other)),
            Scoping::Python | Scoping::JavaScript => one == other,
        }
    }

    /// What `name` stands for in a file.
    pub(super) fn lookup(&self, file: usize, name: &str) -> Option<Found> {
        self.look(file, name, 0)
    }

    pub(super) fn look(&self, at: usize, name: &str, depth: u32) -> Option<Found> {
        if depth > 8 {
            return None;
        }
        let file = self.file(at)?;
        if let Some(found) = self.declared(at, file, name) {
            return Some(found);
        }
        if let Some(import) = file.imports.iter().find(|import| &*import.name == name) {
            return self.imported(at, &import.module, import.item.as_deref(), depth);
        }
        if let Some(found) = global(at, file, name) {
            return Some(found);
        }
        // What another part of the same file declares.
        let whole = self.forest.whole(at);
        if let Some(part) = self.forest.part(at, name).filter(|part| *part != at) {
            return self.look(part, name, depth + 1);
        }
        if whole != at {
            return self.look(whole, name, depth + 1);
        }
        for star in &file.stars {
            let Some(module) = self.modules.find(self.scoping, self.forest, at, star) else { continue };
            if let Some(found) = self.look(module, name, depth + 1) {
                return Some(found);
            }
        }
        if matches!(self.scoping, Scoping::Python | Scoping::JavaScript) {
            return None;
        }
        let all = self.everywhere();
        let near = |other: &usize| self.shares(at, *other);
        let class = all.classes.get(name).and_then(|all| all.iter().find(|id| near(&id.file)));
        if let Some(class) = class {
            return Some(Found::Class(*class));
        }
        let is_free = |id: &&FuncId| {
            near(&id.file)
                && self.func(**id).is_some_and(|f| f.class.is_none() && f.parent.is_none() && f.receiver.is_none())
        };
        if let Some(func) = all.funcs.get(name).and_then(|all| all.iter().find(is_free)) {
            return Some(Found::Func(*func));
        }
        (0..self.files.len())
            .filter(|other| *other != at && near(other))
            .find_map(|other| global(other, self.file(other)?, name))
    }

    fn declared(&self, at: usize, file: &File<'t>, name: &str) -> Option<Found> {
        let is_free = |func: &&(usize, &Func<'t>)| {
            &*func.1.name == name && func.1.class.is_none() && func.1.parent.is_none() && func.1.receiver.is_none()
        };
        if let Some((number, _)) = file.funcs.iter().enumerate().filter(|f| is_free(&f)).last() {
            return Some(Found::Func(FuncId { file: at, at: number }));
        }
        if let Some(number) = file.classes.iter().position(|class| &*class.name == name) {
            return Some(Found::Class(ClassId { file: at, at: number }));
        }
        None
    }

    fn imported(&self, at: usize, module: &str, item: Option<&str>, depth: u32) -> Option<Found> {
        if module.is_empty() {
            return self.look(at, item?, depth + 1);
        }
        if self.scoping == Scoping::Rust {
            return Some(self.crate_path(module).unwrap_or_else(|| Found::Path(module.to_owned())));
        }
        let found = self.modules.find(self.scoping, self.forest, at, module);
        match (found, item) {
            (Some(file), None) => Some(Found::Module(file)),
            (Some(file), Some(item)) => {
                let below = || {
                    let path = format!("{}.{item}", module.trim_end_matches('.'));
                    let path = if module.ends_with('.') { format!("{module}{item}") } else { path };
                    self.modules.find(self.scoping, self.forest, at, &path).map(Found::Module)
                };
                self.look(file, item, depth + 1).or_else(below).or_else(|| {
                    // `import x from`: what a module gives as a whole.
                    (item == "default").then_some(Found::Module(file))
                })
            }
            (None, item) => {
                let module = module.trim_start_matches("node:");
                let module = if self.scoping == Scoping::JavaScript { js_path(module) } else { module.to_owned() };
                Some(Found::Path(match item {
                    None | Some("default") => module,
                    Some(item) => format!("{module}.{item}"),
                }))
            }
        }
    }

    /// What a path inside of the crate stands for: the last name counts, near the module that stands before it.
    pub(super) fn crate_path(&self, path: &str) -> Option<Found> {
        let mut parts = path.rsplit('.');
        let (last, before) = (parts.next()?, parts.next());
        let root = path.split('.').next()?;
        let is_stem = |name: &str| self.modules.stem(name).is_some();
        if !matches!(root, "crate" | "self" | "super") && !is_stem(root) {
            return None;
        }
        let all = self.everywhere();
        if let Some(class) = before.and_then(|name| all.classes.get(name)).and_then(|classes| classes.first()) {
            return self.method(*class, last).map(Found::Func);
        }
        let stem = before.and_then(|name| self.modules.stem(name));
        let free = |id: &&FuncId| self.func(**id).is_some_and(|func| func.class.is_none() && func.parent.is_none());
        let funcs: Vec<&FuncId> = all.funcs.get(last).into_iter().flatten().filter(free).collect();
        let func = funcs.iter().find(|id| Some(id.file) == stem).or(funcs.first());
        if let Some(func) = func {
            return Some(Found::Func(**func));
        }
        if let Some(class) = all.classes.get(last).and_then(|classes| classes.first()) {
            return Some(Found::Class(*class));
        }
        let constant = (0..self.files.len()).find_map(|other| global(other, self.file(other)?, last));
        constant.or_else(|| self.modules.stem(last).map(Found::Module))
    }

    /// A class and what else is written of it elsewhere: implementations, other parts.
    fn parts(&self, id: ClassId) -> Vec<ClassId> {
        let Some(class) = self.class(id) else { return Vec::new() };
        if matches!(self.scoping, Scoping::Python | Scoping::JavaScript) {
            return vec![id];
        }
        let same = self.everywhere().classes.get(&class.name);
        same.into_iter().flatten().copied().filter(|other| self.shares(id.file, other.file)).collect()
    }

    /// The method of a class or of what it extends; of an interface that of a class which implements it.
    pub(super) fn method(&self, class: ClassId, name: &str) -> Option<FuncId> {
        self.method_at(class, name, 0)
    }

    fn method_at(&self, class: ClassId, name: &str, depth: u32) -> Option<FuncId> {
        if depth > 5 {
            return None;
        }
        let has_body = |id: &FuncId| self.func(*id).is_some_and(|f| body_of(f.node).is_some());
        let parts = self.parts(class);
        let is_named = |id: &FuncId| self.func(*id).is_some_and(|func| &*func.name == name);
        for part in &parts {
            let own = self.class(*part)?.methods.iter().copied().find(|id| is_named(id) && has_body(id));
            if own.is_some() {
                return own;
            }
        }
        let own = self.class(class)?;
        if self.scoping == Scoping::Folders {
            let of_type = |id: &&FuncId| {
                self.shares(class.file, id.file)
                    && self.func(**id).and_then(|f| f.receiver.as_ref()).is_some_and(|(_, ty)| *ty == own.name)
            };
            if let Some(id) = self.everywhere().funcs.get(name).and_then(|all| all.iter().find(of_type)) {
                return Some(*id);
            }
        }
        for base in parts.iter().filter_map(|part| self.class(*part)).flat_map(|class| &class.bases) {
            if let Some(Found::Class(base)) = self.lookup(class.file, base)
                && base != class
                && let Some(id) = self.method_at(base, name, depth + 1)
            {
                return Some(id);
            }
        }
        if matches!(self.scoping, Scoping::Rust | Scoping::Everywhere) && depth == 0 {
            let all = self.everywhere();
            let implements = |id: &&FuncId| {
                let owner = self.func(**id).and_then(|func| func.class).and_then(|owner| self.class(owner));
                has_body(id) && owner.is_some_and(|owner| owner.bases.contains(&own.name))
            };
            return all.funcs.get(name).and_then(|all| all.iter().find(implements)).copied();
        }
        None
    }

    /// The field of a class or of what it extends, with the file it stands in.
    pub(super) fn field(&self, class: ClassId, name: &str, depth: u32) -> Option<(&Field<'t>, usize)> {
        for part in self.parts(class) {
            let mut fields = self.class(part)?.fields.iter().filter(|field| &*field.name == name);
            let first = fields.next();
            let told = first.filter(|field| field.init.is_some()).or_else(|| fields.find(|f| f.init.is_some()));
            let typed = first.filter(|field| field.ty.is_some());
            if let Some(field) = typed.or(told).or(first) {
                return Some((field, part.file));
            }
        }
        let bases = &self.class(class)?.bases;
        bases.iter().filter(|_| depth < 5).find_map(|base| match self.lookup(class.file, base) {
            Some(Found::Class(base)) if base != class => self.field(base, name, depth + 1),
            _ => None,
        })
    }

    /// The module `name` of a package's folder.
    pub(super) fn submodule(&self, package: usize, name: &str) -> Option<usize> {
        let below = format!("{}/{name}", folder(self.forest.path(package)));
        let below = below.trim_start_matches('/');
        self.modules.at(&format!("{below}.py")).or_else(|| self.modules.at(&format!("{below}/__init__.py")))
    }

    /// Whether a call of this path makes a thing of that name: where types are called as functions are.
    pub(super) fn makes(&self, path: &str) -> bool {
        matches!(self.scoping, Scoping::Python | Scoping::JavaScript)
            && path.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase))
    }
}

fn global(at: usize, file: &File<'_>, name: &str) -> Option<Found> {
    file.globals.iter().enumerate().rev().find_map(|(number, global)| {
        let part = global.names.iter().position(|pattern| &*pattern.name == name)?;
        Some(Found::Global(at, number, part))
    })
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `fs/promises` as `fs.promises`; a scope keeps its slash.
fn js_path(module: &str) -> String {
    match module.split_once('/') {
        Some((scope, rest)) if scope.starts_with('@') => format!("{scope}/{}", rest.replace('/', ".")),
        _ => module.replace('/', "."),
    }
}
