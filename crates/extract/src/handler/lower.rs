//! Syntax in, [`Term`]s out, for every language alike: the grammars differ in the names of their nodes and little else.

use super::kotlin;
use super::pattern::parameters_of;
use super::term::{At, Call, FuncId, Name, Param, Term};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use tree_sitter::Node;

/// How deep expressions are followed.
const MAX_DEPTH: u32 = 300;

/// One file while its functions are lowered.
pub(super) struct Lowering<'a> {
    pub file: usize,
    pub text: &'a str,
    /// The functions of the file by their nodes.
    pub funcs: &'a HashMap<usize, FuncId>,
    pub depth: Cell<u32>,
    /// Whether anything was too deep.
    pub is_cut: Cell<bool>,
}

/// The body of a function; `None` where it is only declared.
pub(super) fn body_of(function: Node<'_>) -> Option<Node<'_>> {
    function.child_by_field_name("body").or_else(|| kotlin::body(function))
}

pub(super) fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row).unwrap_or(u32::MAX).saturating_add(1)
}

pub(super) fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() && !child.kind().contains("comment")).collect()
}

impl<'a> Lowering<'a> {
    pub(super) fn of(&self, node: Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn name(&self, node: Node<'_>) -> Name {
        Rc::from(self.of(node).trim_start_matches(['#', '@']))
    }

    pub(super) fn lower(&self, node: Node<'_>) -> Term {
        if self.depth.get() >= MAX_DEPTH {
            self.is_cut.set(true);
            return Term::nothing();
        }
        self.depth.set(self.depth.get() + 1);
        let term = self.lower_here(node);
        self.depth.set(self.depth.get() - 1);
        term
    }

    pub(super) fn maybe(&self, node: Option<Node<'_>>) -> Term {
        node.map_or_else(Term::nothing, |node| self.lower(node))
    }

    pub(super) fn all(&self, nodes: Vec<Node<'_>>) -> Vec<Term> {
        nodes.into_iter().map(|node| self.lower(node)).collect()
    }

    fn lower_here(&self, node: Node<'_>) -> Term {
        let field = |name: &str| node.child_by_field_name(name);
        if let Some(id) = self.funcs.get(&node.id()) {
            // What has a name is called by it; what has none is a value.
            let declares = matches!(
                node.kind(),
                "function_definition"
                    | "function_declaration"
                    | "generator_function_declaration"
                    | "function_item"
                    | "local_function_statement"
            );
            return if declares { Term::nothing() } else { Term::Func(*id) };
        }
        if let Some(term) = self.kotlin(node) {
            return term;
        }
        match node.kind() {
            "string"
            | "concatenated_string"
            | "template_string"
            | "interpreted_string_literal"
            | "raw_string_literal"
            | "string_literal"
            | "verbatim_string_literal"
            | "interpolated_string_expression"
            | "text_block" => self.string(node),
            "identifier"
            | "property_identifier"
            | "type_identifier"
            | "shorthand_property_identifier"
            | "this"
            | "self"
            | "super"
            | "package_identifier"
            | "field_identifier"
            | "crate"
            | "metavariable"
            | "predefined_type"
            | "base"
            | "this_expression"
            | "import" => Term::Name(self.name(node)),
            "true"
            | "false"
            | "none"
            | "null"
            | "nil"
            | "undefined"
            | "integer"
            | "number"
            | "int_literal"
            | "integer_literal"
            | "number_literal"
            | "float_literal"
            | "boolean_literal"
            | "null_literal"
            | "float"
            | "real_literal"
            | "decimal_integer_literal" => Term::Word(self.name(node)),
            "attribute"
            | "member_expression"
            | "selector_expression"
            | "field_expression"
            | "scoped_identifier"
            | "member_access_expression"
            | "field_access"
            | "navigation_expression"
            | "qualified_name"
            | "qualified_type"
            | "scoped_type_identifier" => self.member(node),
            "generic_function" => self.maybe(field("function")),
            "generic_name" | "generic_type" => self.maybe(named(node).first().copied()),
            "conditional_access_expression" => self.conditional_access(node),
            "subscript"
            | "subscript_expression"
            | "index_expression"
            | "element_access_expression"
            | "array_access" => {
                let parts = named(node);
                let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Term::nothing() };
                Term::Index(Box::new(self.lower(*first)), Box::new(self.lower(*last)), self.at(node))
            }
            "call"
            | "call_expression"
            | "new_expression"
            | "invocation_expression"
            | "object_creation_expression"
            | "implicit_object_creation_expression"
            | "method_invocation"
            | "macro_invocation" => self.call(node),
            "composite_literal" | "struct_expression" => self.made(node),
            "binary_expression" | "binary_operator" => self.binary(node),
            "boolean_operator"
            | "conditional_expression"
            | "ternary_expression"
            | "if_expression"
            | "switch_expression"
            | "match_expression" => Term::Any(self.branches(node)),
            "as_expression" | "satisfies_expression" | "type_assertion_expression" => {
                self.maybe(named(node).first().copied())
            }
            "cast_expression" | "type_cast_expression" => self.maybe(field("value")),
            "list"
            | "tuple"
            | "set"
            | "array"
            | "array_expression"
            | "tuple_expression"
            | "initializer_expression"
            | "collection_expression"
            | "array_initializer"
            | "literal_value" => self.list(node),
            "object" | "dictionary" => Term::Map(named(node).into_iter().map(|entry| self.entry(entry)).collect()),
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => {
                // What is gone through is known before what is made of each.
                let mut parts = named(node);
                parts.rotate_left(1);
                Term::Seq(self.all(parts))
            }
            "return_statement" | "return_expression" | "arrow_expression_clause" | "yield" => {
                Term::Return(Box::new(Term::Any(self.all(named(node)))))
            }
            "class_definition"
            | "class_declaration"
            | "class"
            | "struct_item"
            | "impl_item"
            | "type_declaration"
            | "use_declaration"
            | "attribute_item"
            | "attribute_list"
            | "decorator"
            | "modifiers"
            | "type_annotation"
            | "type_arguments"
            | "import_statement"
            | "import_from_statement" => Term::nothing(),
            _ => self.binding(node).unwrap_or_else(|| {
                let mut parts = self.all(named(node));
                if parts.len() == 1 { parts.pop().unwrap_or_else(Term::nothing) } else { Term::Seq(parts) }
            }),
        }
    }

    fn member(&self, node: Node<'_>) -> Term {
        let parts = named(node);
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Term::nothing() };
        if parts.len() == 1 {
            return self.lower(*first);
        }
        let last = if last.kind() == "generic_name" { named(*last).first().copied().unwrap_or(*last) } else { *last };
        Term::Member(Box::new(self.lower(*first)), self.name(last), self.at(node))
    }

    /// `a?.b()` of C#: the rest hangs below a node of its own.
    fn conditional_access(&self, node: Node<'_>) -> Term {
        let parts = named(node);
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Term::nothing() };
        let on = self.lower(*first);
        let mut binding = *last;
        while binding.kind() != "member_binding_expression" {
            match named(binding).first() {
                Some(next) => binding = *next,
                None => return on,
            }
        }
        let name = named(binding).first().map_or_else(|| Rc::from(""), |name| self.name(*name));
        let callee = Term::Member(Box::new(on), name, self.at(node));
        match last.child_by_field_name("arguments") {
            Some(args) if last.kind() == "invocation_expression" => {
                Term::Call(Box::new(Call { callee, args: self.args(args), is_new: false, at: self.at(node) }))
            }
            _ => callee,
        }
    }

    fn call(&self, node: Node<'_>) -> Term {
        let field = |name: &str| node.child_by_field_name(name);
        if node.kind() == "macro_invocation" {
            return self.macro_call(node);
        }
        let is_new = matches!(
            node.kind(),
            "new_expression" | "object_creation_expression" | "implicit_object_creation_expression"
        );
        let (callee, shown) = match node.kind() {
            "method_invocation" => {
                let Some(name) = field("name") else { return Term::nothing() };
                match field("object") {
                    Some(object) => (Term::Member(Box::new(self.lower(object)), self.name(name), self.at(node)), node),
                    None => (Term::Name(self.name(name)), name),
                }
            }
            "implicit_object_creation_expression" => (Term::nothing(), node),
            "new_expression" => (self.maybe(field("constructor")), field("constructor").unwrap_or(node)),
            "object_creation_expression" => (self.maybe(field("type")), field("type").unwrap_or(node)),
            _ => {
                let function = field("function").or_else(|| named(node).first().copied());
                (self.maybe(function), function.unwrap_or(node))
            }
        };
        let mut args = match field("arguments") {
            Some(args) if args.kind().contains("template") || args.kind() == "generator_expression" => {
                vec![(None, self.lower(args))]
            }
            Some(args) => self.args(args),
            None => Vec::new(),
        };
        // `new T { A = x }`.
        for entry in field("initializer").map(named).unwrap_or_default() {
            args.push(match (entry.child_by_field_name("left"), entry.child_by_field_name("right")) {
                (Some(left), Some(right)) => (Some(self.name(left)), self.lower(right)),
                _ => (None, self.lower(entry)),
            });
        }
        let line = match callee {
            // In a chain over several lines the name of what is called says where it is.
            Term::Member(..) => {
                node.child_by_field_name("name").or_else(|| named(shown).pop()).map_or(line(node), line)
            }
            _ => line(node),
        };
        let mut text = self.shown(shown);
        if node.kind() == "method_invocation"
            && let (Some(object), Some(name)) = (field("object"), field("name"))
        {
            text = Rc::from(format!("{}.{}", self.shown(object), self.of(name)));
        }
        Term::Call(Box::new(Call { callee, args, is_new, at: At { file: self.file, line, text } }))
    }

    fn args(&self, node: Node<'_>) -> Vec<(Option<Name>, Term)> {
        named(node)
            .into_iter()
            .map(|arg| match (arg.kind(), arg.child_by_field_name("name")) {
                ("keyword_argument", Some(name)) => {
                    (Some(self.name(name)), self.maybe(arg.child_by_field_name("value")))
                }
                ("argument", Some(name)) => (Some(self.name(name)), self.maybe(named(arg).last().copied())),
                _ => (None, self.lower(arg)),
            })
            .collect()
    }

    pub(super) fn at(&self, node: Node<'_>) -> At {
        At { file: self.file, line: line(node), text: self.shown(node) }
    }

    /// The words of what is called, for people.
    pub(super) fn shown(&self, node: Node<'_>) -> Name {
        let mut shown = String::new();
        let mut depth = 0u32;
        for letter in self.of(node).split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".").chars() {
            match letter {
                '(' => {
                    depth += 1;
                    if depth == 1 {
                        shown.push('(');
                    }
                }
                ')' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        shown.push(')');
                    }
                }
                letter if depth == 0 => shown.push(letter),
                _ if shown.ends_with('(') => shown.push('…'),
                _ => {}
            }
        }
        Rc::from(shown.chars().take(80).collect::<String>())
    }

    pub(super) fn params(&self, node: Node<'_>) -> Vec<Param> {
        parameters_of(self.text, node)
    }
}
