//! Modules: loading a file, what it imports and exports, in both module systems. Only files of the package are loaded,
//! each once, in the order in which the runtime would.

use super::call::CallSite;
use super::kind::{Field, FieldOf, Kind, children, has_token};
use super::machine::{FUEL_OF_A_MODULE, MAX_DEPTH, Machine};
use super::operator::unescape;
use super::resolve::Target;
use super::source::{FileId, Site};
use super::value::{Foreign, ObjectId, ScopeId, Text, Value};
use indexmap::IndexMap;
use std::rc::Rc;
use tree_sitter::Node;

/// The name under which a module's scope keeps what `export default` gave. No identifier can be spelled like this.
pub(super) const DEFAULT: &str = "%default";

/// What one export of a module stands for.
#[derive(Debug, Clone)]
pub(super) enum Export {
    /// A name of the module's own scope.
    Local(Text),
    /// An export of another module.
    Of(Target, Text),
    /// All exports of another module as one object.
    Namespace(Target),
}

/// A module of the package that was loaded.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) scope: ScopeId,
    /// The `module` object of CommonJS.
    pub(super) common: ObjectId,
    /// Uses `import` or `export`.
    pub(super) modern: bool,
    pub(super) exports: IndexMap<Text, Export>,
    pub(super) stars: Vec<Target>,
}

impl<'t> Machine<'t> {
    /// Loads a module and follows its top level, once.
    pub(super) fn load(&mut self, file: FileId) -> Option<Rc<Module>> {
        if let Some(module) = self.modules.get(&file) {
            return Some(module.clone());
        }
        if self.depth + 8 >= MAX_DEPTH || !self.step() {
            self.left_unloaded(Site { file, line: 1 });
            return None;
        }
        let sources = self.sources;
        let roots = self.roots(file)?;
        self.depth += 8;
        let scope = self.open_scope(None);
        let common = self.plain();
        let exports = self.plain();
        self.set(common, "exports".into(), Value::Object(exports));
        self.declare(scope, "module", Value::Object(common));
        self.declare(scope, "exports", Value::Object(exports));
        self.declare(scope, "this", Value::Object(exports));
        let path = format!("/{}", sources.path(file));
        self.declare(scope, "__dirname", Value::text(&super::resolve::folder_of(&path)));
        self.declare(scope, "__filename", Value::text(&path));
        self.enter(file, (0, scope));
        let statements: Vec<Node<'t>> = roots.iter().flat_map(|root| children(*root)).collect();
        let mut module = Module { scope, common, modern: false, exports: IndexMap::new(), stars: Vec::new() };
        for statement in &statements {
            match Kind::of(*statement) {
                Kind::ImportStatement => module.modern = true,
                Kind::ExportStatement => {
                    module.modern = true;
                    self.export_statement(*statement, &mut module);
                }
                _ => {}
            }
        }
        for (at, piece) in sources.pieces(file).into_iter().flatten().enumerate() {
            for name in &piece.names {
                self.declare_piece(scope, name, file, at);
                if piece.is_exported {
                    module.modern = true;
                    module.exports.insert((*name).into(), Export::Local((*name).into()));
                }
            }
        }
        let module = Rc::new(module);
        self.modules.insert(file, module.clone());
        for target in module.exports.values().filter_map(Export::target).chain(&module.stars) {
            if let Target::File(other) = target {
                self.load(*other);
            }
        }
        for statement in &statements {
            if Kind::of(*statement) == Kind::ImportStatement {
                self.import_statement(*statement, scope);
            }
        }
        for root in roots {
            self.hoist(root, scope);
        }
        self.top_level(&statements, scope);
        self.leave();
        self.depth -= 8;
        Some(module)
    }

    /// The syntax of what a module does when it is loaded: the whole of a file, or the parts of a large one that do more
    /// than to declare.
    fn roots(&mut self, file: FileId) -> Option<Vec<Node<'t>>> {
        let sources = self.sources;
        let Some(pieces) = sources.pieces(file) else {
            return match sources.tree(file) {
                Ok(tree) => Some(vec![tree.root_node()]),
                Err(partial) => {
                    self.findings.report(partial.clone());
                    None
                }
            };
        };
        let mut roots = Vec::new();
        for at in pieces.enumerate().filter(|(_, piece)| piece.names.is_empty()).map(|(at, _)| at) {
            match sources.piece(file, at) {
                Some(Ok(tree)) => roots.push(tree.root_node()),
                Some(Err(partial)) => self.findings.report(partial.clone()),
                None => {}
            }
        }
        Some(roots)
    }

    /// Follows a part of a large file that was put off, at the top level of its module; false where there is no more work
    /// to do it with.
    pub(super) fn follow_piece(&mut self, scope: ScopeId, file: FileId, at: usize) -> bool {
        if self.depth + 8 >= MAX_DEPTH || !self.step() {
            return false;
        }
        let sources = self.sources;
        let names = sources.pieces(file).and_then(|mut pieces| pieces.nth(at)).map(|piece| piece.names.as_slice());
        // Entered before it is followed: what it leads to may lead back.
        for name in names.unwrap_or_default() {
            self.declare(scope, name, Value::Undefined);
        }
        match sources.piece(file, at) {
            Some(Ok(tree)) => {
                let conditions = std::mem::take(&mut self.conditions);
                let uncertain = std::mem::take(&mut self.uncertain);
                self.depth += 8;
                self.enter(file, (0, scope));
                let root = tree.root_node();
                self.hoist(root, scope);
                self.block(&children(root), scope);
                self.leave();
                self.depth -= 8;
                (self.conditions, self.uncertain) = (conditions, uncertain);
            }
            Some(Err(partial)) => self.findings.report(partial.clone()),
            None => {}
        }
        true
    }

    /// Follows the statements of a module. No statement may use up what the others need.
    fn top_level(&mut self, statements: &[Node<'t>], scope: ScopeId) {
        // Declares the functions; the statements follow one by one.
        let functions: Vec<Node<'t>> = statements
            .iter()
            .copied()
            .filter(|statement| {
                let inner = statement.field(Field::Declaration).unwrap_or(*statement);
                Kind::of(inner) == Kind::FunctionDeclaration
            })
            .collect();
        self.block(&functions, scope);
        for statement in statements {
            let before = self.fuel;
            let share = (before / 6 + 1).min(before);
            // Where shares of shares are small, a module is begun all the same; what is kept back is for what follows.
            self.fuel = share.max(FUEL_OF_A_MODULE);
            self.statement(*statement, scope);
            if self.fuel == 0 && !self.exhausted {
                self.starved_statement(*statement);
            }
            self.fuel = before - share + self.fuel.min(share);
            if self.exhausted {
                return;
            }
        }
    }

    fn source_of(&self, statement: Node<'t>) -> Option<Target> {
        let source = statement.field(Field::Source)?;
        let text = unescape(super::eval::inside(self.text(source), 1), false);
        Some(self.resolve(self.file(), &text))
    }

    fn import_statement(&mut self, statement: Node<'t>, scope: ScopeId) {
        if has_token(statement, "type") {
            return;
        }
        for child in children(statement) {
            if Kind::of(child) == Kind::ImportRequire {
                // TypeScript: `import name = require("x")`.
                let (Some(target), Some(name)) = (self.source_of(child), children(child).first().copied()) else {
                    continue;
                };
                let value = self.required(&target);
                let name = self.text(name);
                self.declare(scope, name, value);
            }
        }
        let Some(target) = self.source_of(statement) else { return };
        match &target {
            Target::File(file) => drop(self.load(*file)),
            // Imported for its effects alone.
            Target::Package(package) if !children(statement).iter().any(|c| Kind::of(*c) == Kind::ImportClause) => {
                self.findings.package_used(package);
            }
            _ => {}
        }
        let Some(clause) = children(statement).into_iter().find(|child| Kind::of(*child) == Kind::ImportClause) else {
            return;
        };
        for part in children(clause) {
            match Kind::of(part) {
                Kind::Identifier => self.bind_export(scope, part, &target, "default"),
                Kind::NamespaceImport => {
                    if let Some(name) = children(part).first() {
                        let value = self.namespace_of(&target);
                        let name = self.text(*name);
                        self.declare(scope, name, value);
                    }
                }
                Kind::NamedImports => {
                    for specifier in children(part) {
                        let Some(name) = specifier.field(Field::Name) else { continue };
                        let local = specifier.field(Field::Alias).unwrap_or(name);
                        let export = self.text(name).trim_matches(['"', '\'']);
                        self.bind_export(scope, local, &target, export);
                    }
                }
                _ => {}
            }
        }
    }

    fn bind_export(&mut self, scope: ScopeId, local: Node<'t>, target: &Target, export: &str) {
        let local = self.text(local);
        match target {
            Target::File(file) => self.bind_import(scope, local, *file, export),
            other => {
                let value = self.export_of(other, export);
                self.declare(scope, local, value);
            }
        }
    }

    fn export_statement(&mut self, statement: Node<'t>, module: &mut Module) {
        let target = self.source_of(statement);
        let is_default = has_token(statement, "default");
        if let Some(declaration) = statement.field(Field::Declaration) {
            for name in declared_names(declaration) {
                let name: Text = self.text(name).into();
                let export = if is_default { "default".into() } else { name.clone() };
                module.exports.insert(export, Export::Local(name));
            }
            if is_default && declared_names(declaration).is_empty() {
                module.exports.insert("default".into(), Export::Local(DEFAULT.into()));
            }
            return;
        }
        if statement.field(Field::Value).is_some() {
            module.exports.insert("default".into(), Export::Local(DEFAULT.into()));
            return;
        }
        let mut named = false;
        for child in children(statement) {
            match Kind::of(child) {
                Kind::NamespaceExport => {
                    named = true;
                    if let (Some(target), Some(name)) = (&target, children(child).first()) {
                        module.exports.insert(self.text(*name).into(), Export::Namespace(target.clone()));
                    }
                }
                Kind::ExportClause => {
                    named = true;
                    for specifier in children(child) {
                        let Some(name) = specifier.field(Field::Name) else { continue };
                        let export = specifier.field(Field::Alias).unwrap_or(name);
                        let export: Text = self.text(export).trim_matches(['"', '\'']).into();
                        let name: Text = self.text(name).into();
                        let what = match &target {
                            Some(target) => Export::Of(target.clone(), name),
                            None => Export::Local(name),
                        };
                        module.exports.insert(export, what);
                    }
                }
                _ => {}
            }
        }
        if let (false, Some(target)) = (named, target) {
            module.stars.push(target);
        }
    }

    /// What `require` of a target gives.
    pub(super) fn required(&mut self, target: &Target) -> Value {
        match target {
            Target::File(file) => match self.load(*file) {
                Some(module) if !module.modern => self.common_exports(&module),
                Some(_) => self.namespace_of(target),
                None => Value::Unknown,
            },
            Target::Data(text) => self.parse_json(text),
            Target::Package(package) => Foreign::package(package, ""),
        }
    }

    /// What `import(name)` gives.
    pub(super) fn import_value(&mut self, name: Option<&Value>, site: Option<CallSite>) -> Value {
        match name {
            Some(Value::Text(text)) => {
                let target = self.resolve(self.file(), text);
                if let Target::File(file) = target {
                    self.load(file);
                }
                self.namespace_of(&target)
            }
            _ => {
                self.computed_import(site);
                Value::Unknown
            }
        }
    }
}

impl Export {
    fn target(&self) -> Option<&Target> {
        match self {
            Export::Of(target, _) | Export::Namespace(target) => Some(target),
            Export::Local(_) => None,
        }
    }
}

/// The nodes of the names that a declaration declares.
pub(super) fn declared_names(declaration: Node<'_>) -> Vec<Node<'_>> {
    match Kind::of(declaration) {
        Kind::Variables => children(declaration)
            .into_iter()
            .filter_map(|declarator| declarator.field(Field::Name))
            .flat_map(names_in)
            .collect(),
        _ => declaration.field(Field::Name).into_iter().collect(),
    }
}

/// The nodes of the names in a pattern.
pub(super) fn names_in(pattern: Node<'_>) -> Vec<Node<'_>> {
    let mut names = Vec::new();
    let mut pending = vec![pattern];
    while let Some(node) = pending.pop() {
        match Kind::of(node) {
            Kind::Identifier | Kind::ShorthandPattern => names.push(node),
            Kind::AssignmentPattern => pending.extend(node.field(Field::Left)),
            Kind::PairPattern => pending.extend(node.field(Field::Value)),
            Kind::ObjectPattern | Kind::ArrayPattern | Kind::RestPattern => pending.extend(children(node)),
            _ => {}
        }
    }
    names
}
