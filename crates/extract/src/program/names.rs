//! Which declaration a name means: the package's declarations in, one of them out. A name that could mean several is
//! none, so that nothing is guessed.

use super::ast::{Class, ClassKind, Func, Name, Unit, Var, last_name};
use super::source::FileId;
use std::collections::HashMap;
use std::rc::Rc;

/// Something that has a name of its own.
#[derive(Debug, Clone)]
pub(crate) enum Decl<'t> {
    Class(Rc<Class<'t>>),
    Func(Rc<Func<'t>>, FileId),
    Var(Rc<Var<'t>>),
}

impl Decl<'_> {
    fn file(&self) -> FileId {
        match self {
            Decl::Class(class) => class.site.file,
            Decl::Func(_, file) => *file,
            Decl::Var(var) => var.file,
        }
    }
}

/// Everything that the files of one language declare.
#[derive(Debug, Default)]
pub(crate) struct Program<'t> {
    /// By the number of the file.
    pub units: Vec<Unit<'t>>,
    packages: HashMap<Rc<str>, HashMap<Name, Vec<Decl<'t>>>>,
    everywhere: HashMap<Name, Vec<Decl<'t>>>,
    /// Methods that are declared outside of their type, by package and type.
    methods: HashMap<(Rc<str>, Name), Vec<Rc<Func<'t>>>>,
    /// Values that belong to a type and are declared outside of it.
    constants: HashMap<(Name, Name), Rc<Var<'t>>>,
    /// Classes by the types that they extend or implement.
    kinds: HashMap<Name, Vec<Rc<Class<'t>>>>,
    /// Methods that are called as if they were members of their first parameter, with the class that holds them.
    extensions: HashMap<Name, (Rc<Class<'t>>, Rc<Func<'t>>)>,
    /// Bare names reach declarations of other packages, too.
    sees_everything: bool,
}

impl<'t> Program<'t> {
    pub(crate) fn new(units: Vec<Unit<'t>>, sees_everything: bool) -> Self {
        let mut program = Program { sees_everything, ..Program::default() };
        for (at, unit) in units.iter().enumerate() {
            let file = FileId(at);
            let package: Rc<str> = Rc::from(unit.package.as_str());
            for class in &unit.classes {
                program.declare_class(&package, class, 0);
            }
            for func in &unit.funcs {
                match &func.receiver {
                    Some((_, ty)) => {
                        let key = (Rc::clone(&package), Rc::clone(ty));
                        program.methods.entry(key).or_default().push(Rc::clone(func));
                    }
                    None => program.declare(&package, &func.name, Decl::Func(Rc::clone(func), file)),
                }
            }
            for var in &unit.vars {
                program.declare(&package, &var.name, Decl::Var(Rc::clone(var)));
            }
            for block in &unit.impls {
                let key = (Rc::clone(&package), Rc::clone(&block.ty));
                program.methods.entry(key).or_default().extend(block.methods.iter().cloned());
                for var in &block.vars {
                    program.constants.insert((Rc::clone(&block.ty), Rc::clone(&var.name)), Rc::clone(var));
                }
            }
        }
        program.units = units;
        program
    }

    fn declare_class(&mut self, package: &Rc<str>, class: &Rc<Class<'t>>, depth: u32) {
        self.declare(package, &class.name, Decl::Class(Rc::clone(class)));
        for func in class.methods.iter().filter(|func| func.marks.iter().any(|mark| &*mark.name == "$extension")) {
            self.extensions.insert(Rc::clone(&func.name), (Rc::clone(class), Rc::clone(func)));
        }
        for parent in &class.supers {
            self.kinds.entry(Rc::from(parent.last())).or_default().push(Rc::clone(class));
        }
        if depth < 20 {
            for inner in &class.inner {
                self.declare_class(package, inner, depth + 1);
            }
        }
    }

    fn declare(&mut self, package: &Rc<str>, name: &Name, decl: Decl<'t>) {
        self.everywhere.entry(Rc::clone(name)).or_default().push(decl.clone());
        let names = self.packages.entry(Rc::clone(package)).or_default();
        names.entry(Rc::clone(name)).or_default().push(decl);
    }

    /// What `name` means in `file`.
    pub(crate) fn find(&self, file: FileId, name: &str) -> Option<Decl<'t>> {
        let unit = self.units.get(file.0)?;
        if let Some(decl) = self.in_package(&unit.package, name, Some(file)) {
            return Some(decl);
        }
        if !self.sees_everything {
            return None;
        }
        let imported = unit.imports.iter().find(|(alias, _)| &**alias == name).map(|(_, path)| path);
        if let Some(path) = imported
            && let Some((package, last)) = path.rsplit_once('.')
            && let Some(decl) = self.in_package(package, last, None)
        {
            return Some(decl);
        }
        let last = imported.map_or(name, |path| last_name(path));
        match self.everywhere.get(last)?.as_slice() {
            [only] if imported.is_none() || self.could_be(only, imported) => Some(only.clone()),
            _ => None,
        }
    }

    /// An import by full path names a declaration of that package only, where the languages say so.
    fn could_be(&self, decl: &Decl<'t>, imported: Option<&Name>) -> bool {
        let Some(path) = imported else { return true };
        let package = &self.units[decl.file().0].package;
        package.is_empty() || path.starts_with(package.as_str())
    }

    /// What `name` means in a package; of several the one in `file`.
    pub(crate) fn in_package(&self, package: &str, name: &str, file: Option<FileId>) -> Option<Decl<'t>> {
        let found = self.packages.get(package)?.get(name)?;
        match found.as_slice() {
            [only] => Some(only.clone()),
            several => {
                let own = several.iter().find(|decl| Some(decl.file()) == file);
                // Overloads, and an interface beside its companion, share a name: the first stands for all.
                own.or_else(|| several.first()).cloned()
            }
        }
    }

    /// Every overload of a function that `name` means in `file`.
    pub(crate) fn overloads(&self, file: FileId, name: &str) -> Vec<Rc<Func<'t>>> {
        let Some(unit) = self.units.get(file.0) else { return Vec::new() };
        let own = self.packages.get(unit.package.as_str()).and_then(|names| names.get(name));
        let decls = own.into_iter().flatten();
        decls.filter_map(|decl| if let Decl::Func(func, _) = decl { Some(Rc::clone(func)) } else { None }).collect()
    }

    pub(crate) fn sees_everything(&self) -> bool {
        self.sees_everything
    }

    /// The one declaration of this name, wherever it is.
    pub(crate) fn anywhere(&self, name: &str) -> Option<Decl<'t>> {
        match self.everywhere.get(name)?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    pub(crate) fn has_package(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    /// The class that `name` means in `file`; of a dotted name the last part counts.
    pub(crate) fn class(&self, file: FileId, name: &str) -> Option<Rc<Class<'t>>> {
        if let Some((alias, last)) = name.rsplit_once('.')
            && !self.sees_everything
        {
            let unit = self.units.get(file.0)?;
            let package = unit.imports.iter().find(|(known, _)| &**known == alias).map(|(_, path)| path)?;
            return match self.in_package(package, last, None)? {
                Decl::Class(class) => Some(class),
                _ => None,
            };
        }
        match self.find(file, last_name(name))? {
            Decl::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The method of a class with this name, the one with as many parameters as arguments first; those of its parents
    /// in the package count, too.
    pub(crate) fn method(&self, class: &Rc<Class<'t>>, name: &str, args: usize) -> Option<Rc<Func<'t>>> {
        self.method_below(class, name, args, 0)
    }

    fn method_below(&self, class: &Rc<Class<'t>>, name: &str, args: usize, depth: u32) -> Option<Rc<Func<'t>>> {
        if depth > 12 {
            return None;
        }
        let package: Rc<str> = Rc::from(self.units.get(class.site.file.0)?.package.as_str());
        let apart = self.methods.get(&(package, Rc::clone(&class.name)));
        let all = || class.methods.iter().chain(apart.into_iter().flatten()).filter(|func| &*func.name == name);
        if let Some(found) = all().find(|func| func.params.len() == args).or_else(|| all().next()) {
            return Some(Rc::clone(found));
        }
        let embedded = class.fields.iter().filter(|field| field.name.is_empty()).filter_map(|field| field.ty.as_ref());
        let parents = class.supers.iter().chain(embedded);
        parents
            .filter_map(|parent| self.class(class.site.file, &parent.name))
            .find_map(|parent| self.method_below(&parent, name, args, depth + 1))
    }

    /// The extension method of this name.
    pub(crate) fn extension(&self, name: &str) -> Option<(Rc<Class<'t>>, Rc<Func<'t>>)> {
        self.extensions.get(name).cloned()
    }

    /// A constant that is declared in an `impl` of the type.
    pub(crate) fn constant(&self, ty: &Name, name: &str) -> Option<Rc<Var<'t>>> {
        self.constants.get(&(Rc::clone(ty), Rc::from(name))).cloned()
    }

    /// The one class of the package that implements an interface.
    pub(crate) fn only_kind_of(&self, class: &Class<'t>) -> Option<Rc<Class<'t>>> {
        let found: Vec<_> = self.kinds.get(&class.name)?.iter().filter(|c| c.kind == ClassKind::Record).collect();
        match found.as_slice() {
            [only] => Some(Rc::clone(only)),
            _ => None,
        }
    }

    /// Every class, those inside of others too, with its file.
    pub(crate) fn classes(&self) -> Vec<Rc<Class<'t>>> {
        fn add<'t>(class: &Rc<Class<'t>>, all: &mut Vec<Rc<Class<'t>>>, depth: u32) {
            all.push(Rc::clone(class));
            if depth < 20 {
                class.inner.iter().for_each(|inner| add(inner, all, depth + 1));
            }
        }
        let mut all = Vec::new();
        for class in self.units.iter().flat_map(|unit| &unit.classes) {
            add(class, &mut all, 0);
        }
        all
    }
}
