//! What one file declares: its functions, classes, imports and the names at its top. Syntax in, an index out.

use super::import::{self, Import};
use super::kotlin;
use super::lower::{Lowering, body_of, line, named};
use super::pattern::{names, path_text};
use super::term::{ClassId, FuncId, Name, Param, Part, Pattern, Term};
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::rc::Rc;
use tree_sitter::Node;

/// A function with its body, which is lowered when it is first walked.
pub(super) struct Func<'t> {
    pub name: Name,
    pub node: Node<'t>,
    pub params: Vec<Param>,
    pub class: Option<ClassId>,
    /// The function that it is declared in.
    pub parent: Option<FuncId>,
    /// Of a method that is declared outside of its type: the name of its receiver and of its type.
    pub receiver: Option<(Name, Name)>,
    /// From the first of what is written above it to its body.
    pub head: (u32, u32),
    pub result: Option<Name>,
    pub body: OnceCell<Rc<Term>>,
}

/// A field of a class: its type, and what it is first given, in which method.
pub(super) struct Field<'t> {
    pub name: Name,
    pub ty: Option<Name>,
    pub init: Option<(Node<'t>, Option<FuncId>)>,
}

pub(super) struct Class<'t> {
    pub name: Name,
    pub bases: Vec<Name>,
    pub fields: Vec<Field<'t>>,
    pub methods: Vec<FuncId>,
}

/// Names at the top of a file, with the statement that binds them.
pub(super) struct Global<'t> {
    pub names: Vec<Pattern>,
    pub ty: Option<Name>,
    pub value: Option<Node<'t>>,
}

#[derive(Default)]
pub(super) struct File<'t> {
    /// The roots of its trees, by their places.
    pub roots: Vec<Node<'t>>,
    pub funcs: Vec<Func<'t>>,
    pub classes: Vec<Class<'t>>,
    pub globals: Vec<Global<'t>>,
    pub imports: Vec<Import>,
    /// Modules whose names are all known here.
    pub stars: Vec<Name>,
    pub by_node: HashMap<usize, FuncId>,
    /// Whether a part of it lies too deep.
    pub is_cut: Cell<bool>,
}

const FUNCTIONS: [&str; 20] = [
    "function_definition",
    "lambda",
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "generator_function",
    "arrow_function",
    "method_definition",
    "method_declaration",
    "func_literal",
    "function_item",
    "closure_expression",
    "local_function_statement",
    "lambda_expression",
    "anonymous_method_expression",
    "constructor_declaration",
    "compact_constructor_declaration",
    "lambda_literal",
    "anonymous_function",
    "secondary_constructor",
];

const CLASSES: [&str; 12] = [
    "class_definition",
    "class_declaration",
    "class",
    "abstract_class_declaration",
    "struct_item",
    "type_spec",
    "struct_declaration",
    "record_declaration",
    "interface_declaration",
    "enum_declaration",
    "object_declaration",
    "trait_item",
];

const GLOBALS: [&str; 8] = [
    "assignment",
    "variable_declarator",
    "var_spec",
    "const_spec",
    "const_item",
    "static_item",
    "assignment_expression",
    "property_declaration",
];

struct Reader<'t> {
    number: usize,
    text: &'t str,
    file: File<'t>,
    /// Where the decorators of functions begin, by the function: a tree that is asked for a node's parent is searched from
    /// its root.
    decorated: HashMap<usize, Node<'t>>,
}

/// Reads the declarations of a file, by the roots of its trees.
pub(super) fn read<'t>(number: usize, text: &'t str, roots: &[Node<'t>]) -> File<'t> {
    let file = File { roots: roots.to_vec(), ..File::default() };
    let mut reader = Reader { number, text, file, decorated: HashMap::new() };
    // A node with the class and the function around it.
    let mut pending: Vec<(Node<'t>, Option<ClassId>, Option<FuncId>, u32)> =
        roots.iter().rev().map(|root| (*root, None, None, 0)).collect();
    while let Some((node, class, func, depth)) = pending.pop() {
        if depth > 2_000 {
            reader.file.is_cut.set(true);
            continue;
        }
        let (class, func) = reader.visit(node, class, func);
        let mut cursor = node.walk();
        let from = pending.len();
        pending.extend(node.named_children(&mut cursor).map(|child| (child, class, func, depth + 1)));
        pending[from..].reverse();
    }
    reader.file
}

impl<'t> Reader<'t> {
    fn of(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn name(&self, node: Option<Node<'t>>) -> Name {
        Rc::from(node.map_or("", |node| self.of(node)).trim_start_matches('#'))
    }

    fn visit(
        &mut self,
        node: Node<'t>,
        class: Option<ClassId>,
        func: Option<FuncId>,
    ) -> (Option<ClassId>, Option<FuncId>) {
        let field = |name: &str| node.child_by_field_name(name);
        let kind = node.kind();
        if FUNCTIONS.contains(&kind) {
            let id = FuncId { file: self.number, at: self.file.funcs.len() };
            let declared = self.function(node, class.filter(|_| func.is_none()), func);
            self.file.funcs.push(declared);
            self.file.by_node.insert(node.id(), id);
            return match (class, func) {
                (Some(owner), None) => {
                    self.file.classes[owner.at].methods.push(id);
                    (class, Some(id))
                }
                _ => (class, Some(id)),
            };
        }
        if CLASSES.contains(&kind) && (kind != "type_spec" || field("type").is_some()) {
            let id = ClassId { file: self.number, at: self.file.classes.len() };
            let found = self.class(node);
            self.file.classes.push(found);
            // A class inside of a function is one of its own.
            return (Some(id), None);
        }
        match kind {
            "decorated_definition" => {
                let definition = field("definition").map(|definition| definition.id());
                self.decorated.extend(definition.map(|definition| (definition, node)));
            }
            "impl_item" => {
                let name = path_text(field("type").map_or("", |ty| self.of(ty)));
                let id = ClassId { file: self.number, at: self.file.classes.len() };
                let bases = field("trait").map(|of| Rc::from(path_text(self.of(of)))).into_iter().collect();
                let name = Rc::from(name.rsplit('.').next().unwrap_or(&name));
                self.file.classes.push(Class { name, bases, fields: Vec::new(), methods: Vec::new() });
                return (Some(id), None);
            }
            "import_statement"
            | "import_from_statement"
            | "import_declaration"
            | "import_spec"
            | "use_declaration"
            | "export_statement" => import::read(self.text, node, &mut self.file),
            kind if GLOBALS.contains(&kind) && func.is_none() && class.is_none() => self.global(node),
            _ => {}
        }
        if let Some(owner) = class {
            self.member(node, owner, func);
        }
        if kind == "variable_declarator" {
            import::required(self.text, node, &mut self.file);
        }
        (class, func)
    }

    fn function(&self, node: Node<'t>, class: Option<ClassId>, parent: Option<FuncId>) -> Func<'t> {
        let lowering = Lowering {
            file: self.number,
            text: self.text,
            funcs: &HashMap::new(),
            depth: Cell::new(0),
            is_cut: Cell::new(false),
        };
        let params = lowering.params(node);
        let receiver = node.child_by_field_name("receiver").and_then(|receiver| {
            let one = named(receiver).into_iter().next()?;
            let name = one.child_by_field_name("name").map_or("", |name| self.of(name));
            let ty = path_text(self.of(one.child_by_field_name("type")?));
            Some((Rc::from(name), Rc::from(ty)))
        });
        let mut first = self.decorated.get(&node.id()).copied().unwrap_or(node);
        let has_attributes = matches!(node.kind(), "function_item" | "closure_expression");
        while has_attributes
            && let Some(before) = first.prev_sibling().filter(|before| before.kind() == "attribute_item")
        {
            first = before;
        }
        let body = body_of(node).unwrap_or(node);
        let result = ["return_type", "result", "returns", "type"]
            .iter()
            .find_map(|name| node.child_by_field_name(name))
            .map(|ty| Rc::from(path_text(self.of(ty))))
            .or_else(|| kotlin::result(self.text, node));
        Func {
            name: self.name(node.child_by_field_name("name")),
            node,
            params,
            class,
            parent,
            receiver,
            head: (line(first), line(body).max(line(node))),
            result,
            body: OnceCell::new(),
        }
    }

    fn class(&self, node: Node<'t>) -> Class<'t> {
        let mut bases = Vec::new();
        let heritage = ["superclasses", "superclass", "interfaces", "bases"];
        let lists = heritage.iter().filter_map(|name| node.child_by_field_name(name));
        let lists: Vec<Node<'t>> = lists
            .chain(
                named(node)
                    .into_iter()
                    .filter(|child| matches!(child.kind(), "class_heritage" | "base_list" | "delegation_specifiers")),
            )
            .collect();
        for list in lists {
            for word in self.of(list).split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                if word.starts_with(char::is_alphabetic) && !matches!(word, "extends" | "implements" | "metaclass") {
                    bases.push(Rc::from(word));
                }
            }
        }
        let mut class =
            Class { name: self.name(node.child_by_field_name("name")), bases, fields: Vec::new(), methods: Vec::new() };
        // A primary constructor: its parameters are fields.
        for list in named(node).into_iter().filter(|child| child.kind() == "parameter_list") {
            for param in named(list) {
                let ty = param.child_by_field_name("type").map(|ty| Rc::from(path_text(self.of(ty))));
                let name = self.name(param.child_by_field_name("name"));
                class.fields.push(Field { name, ty, init: None });
            }
        }
        for param in kotlin::class_parameters(node).into_iter().filter_map(|node| kotlin::parameter(self.text, node)) {
            let fields = param.names.into_iter();
            class.fields.extend(fields.map(|name| Field { name: name.name, ty: param.ty.clone(), init: None }));
        }
        class
    }

    /// Fields of a class, wherever they are declared or first given.
    fn member(&mut self, node: Node<'t>, owner: ClassId, func: Option<FuncId>) {
        let field = |name: &str| node.child_by_field_name(name);
        let ty = |node: Option<Node<'t>>| node.map(|ty| Rc::from(path_text(self.of(ty))));
        let found = match node.kind() {
            "field_declaration" | "property_declaration" | "public_field_definition" | "field_definition" => {
                let name = field("name").or_else(|| field("property"));
                match name {
                    Some(name) => {
                        let mut cursor = node.walk();
                        let all: Vec<Node<'t>> = node.children_by_field_name("name", &mut cursor).collect();
                        let all = if all.is_empty() { vec![name] } else { all };
                        all.into_iter()
                            .map(|name| Field {
                                name: self.name(Some(name)),
                                ty: ty(field("type")),
                                init: field("value").map(|value| (value, None)),
                            })
                            .collect()
                    }
                    None if func.is_none() => kotlin::property(self.text, node).map_or_else(Vec::new, |found| {
                        let all = found.names.into_iter();
                        all.map(|name| Field {
                            name: name.name,
                            ty: found.ty.clone(),
                            init: found.value.map(|value| (value, None)),
                        })
                        .collect()
                    }),
                    None => Vec::new(),
                }
            }
            "variable_declarator" if func.is_none() => {
                let declared = node.parent().and_then(|parent| parent.child_by_field_name("type"));
                let last = named(node).pop().filter(|last| Some(last.id()) != field("name").map(|name| name.id()));
                let init = field("value").or(last).map(|value| (value, None));
                vec![Field { name: self.name(field("name")), ty: ty(declared), init }]
            }
            // A constructor's parameter that is a field at once.
            "required_parameter" if named(node).iter().any(|child| child.kind() == "accessibility_modifier") => {
                vec![Field { name: self.name(field("pattern")), ty: ty(field("type")), init: None }]
            }
            "assignment" | "assignment_expression" => {
                let Some(left) = field("left") else { return };
                let parts = named(left);
                let owned = matches!(
                    left.kind(),
                    "attribute" | "member_expression" | "member_access_expression" | "field_access"
                ) && parts.first().is_some_and(|first| matches!(self.of(*first), "self" | "this"));
                let init = field("right").map(|value| (value, func));
                match (owned, left.kind(), func) {
                    (true, _, _) => {
                        vec![Field { name: self.name(parts.last().copied()), ty: ty(field("type")), init }]
                    }
                    (false, "identifier", None) => {
                        vec![Field { name: self.name(Some(left)), ty: ty(field("type")), init }]
                    }
                    // What a constructor assigns to a name of the class.
                    (false, "identifier", Some(_)) if node.kind() == "assignment_expression" => {
                        vec![Field { name: self.name(Some(left)), ty: None, init }]
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        self.file.classes[owner.at].fields.extend(found);
    }

    fn global(&mut self, node: Node<'t>) {
        let field = |name: &str| node.child_by_field_name(name);
        let Some(left) = field("name").or_else(|| field("left")) else {
            let found = kotlin::property(self.text, node);
            let found = found.map(|found| Global { names: found.names, ty: found.ty, value: found.value });
            self.file.globals.extend(found);
            return;
        };
        let exported = self.of(left).trim_start_matches("module.");
        let bound = match left.kind() {
            "attribute" | "subscript" => return,
            "member_expression" => match exported.strip_prefix("exports.") {
                Some(name) => vec![Pattern { name: Rc::from(name), part: Part::Whole }],
                None if exported == "exports" => {
                    vec![Pattern { name: Rc::from("default"), part: Part::Whole }]
                }
                None => return,
            },
            _ => names(self.text, left),
        };
        let last = || named(node).pop().filter(|last| last.id() != left.id());
        let value = field("value").or_else(|| field("right")).or_else(last);
        let declared = node.parent().and_then(|parent| parent.child_by_field_name("type"));
        let ty = field("type").or(declared).map(|ty| Rc::from(path_text(self.of(ty))));
        self.file.globals.push(Global { names: bound, ty, value });
    }
}
