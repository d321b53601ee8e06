//! Kotlin's grammar names few of the parts of its nodes: which child is the body, the parameters, the name, the value.

use super::lower::{Lowering, line, named};
use super::pattern::path_text;
use super::term::{At, Call, Name, Param, Part, Pattern, Term};
use std::ops::Range;
use std::rc::Rc;
use tree_sitter::Node;

fn child<'t>(node: Node<'t>, kinds: &[&str]) -> Option<Node<'t>> {
    named(node).into_iter().find(|child| kinds.contains(&child.kind()))
}

/// Whether a node is of Kotlin: other grammars have texts of the same kinds.
fn is_kotlin(node: Node<'_>) -> bool {
    *node.language() == tree_sitter::Language::from(tree_sitter_kotlin_ng::LANGUAGE)
}

/// The body of a function; a lambda is its own.
pub(super) fn body(function: Node<'_>) -> Option<Node<'_>> {
    match function.kind() {
        "lambda_literal" => Some(function),
        "function_declaration" | "anonymous_function" | "secondary_constructor" => {
            child(function, &["function_body", "block"])
        }
        _ => None,
    }
}

/// Whether a function is marked with an annotation.
pub(super) fn is_annotated(function: Node<'_>) -> bool {
    child(function, &["modifiers"]).is_some_and(|modifiers| child(modifiers, &["annotation"]).is_some())
}

/// The parameters of a function; a lambda without any has one that is called `it`.
pub(super) fn parameters(text: &str, function: Node<'_>) -> Option<Vec<Param>> {
    let whole = |name: &str| vec![Pattern { name: Rc::from(name), part: Part::Whole }];
    let list = child(function, &["function_value_parameters", "lambda_parameters"]);
    if list.is_none() && function.kind() == "lambda_literal" {
        return Some(vec![Param { names: whole("it"), ty: None }]);
    }
    let params = named(list?).into_iter().filter(|param| param.kind() != "parameter_modifiers");
    Some(params.filter_map(|param| parameter(text, param)).collect())
}

/// A parameter of a function, or of a class, which is a field as well.
pub(super) fn parameter(text: &str, node: Node<'_>) -> Option<Param> {
    if !matches!(node.kind(), "parameter" | "class_parameter" | "variable_declaration" | "multi_variable_declaration") {
        return None;
    }
    Some(Param { names: names(text, node), ty: type_of(text, node) })
}

fn names(text: &str, node: Node<'_>) -> Vec<Pattern> {
    let name = |node: Node<'_>| Rc::from(text.get(node.byte_range()).unwrap_or_default());
    if node.kind() == "multi_variable_declaration" {
        let all = named(node).into_iter().filter_map(|one| child(one, &["identifier"]));
        return all.map(|one| Pattern { name: name(one), part: Part::Item }).collect();
    }
    child(node, &["identifier"]).map(|one| Pattern { name: name(one), part: Part::Whole }).into_iter().collect()
}

const TYPES: [&str; 4] = ["user_type", "nullable_type", "non_nullable_type", "parenthesized_type"];

fn type_of(text: &str, node: Node<'_>) -> Option<Name> {
    child(node, &TYPES).map(|ty| Rc::from(path_text(text.get(ty.byte_range()).unwrap_or_default())))
}

/// The type that a function is said to give.
pub(super) fn result(text: &str, function: Node<'_>) -> Option<Name> {
    body(function).and_then(|_| type_of(text, function))
}

/// What `val name: Type = value` binds.
pub(super) struct Property<'t> {
    pub names: Vec<Pattern>,
    pub ty: Option<Name>,
    pub value: Option<Node<'t>>,
}

pub(super) fn property<'t>(text: &str, node: Node<'t>) -> Option<Property<'t>> {
    let bound = child(node, &["variable_declaration", "multi_variable_declaration"])?;
    let is_value = |part: &Node<'t>| {
        part.start_byte() > bound.start_byte() && !matches!(part.kind(), "getter" | "setter" | "type_constraints")
    };
    let value = named(node).into_iter().rfind(is_value);
    let value = value
        .map(|value| if value.kind() == "property_delegate" { named(value).pop().unwrap_or(value) } else { value });
    Some(Property { names: names(text, bound), ty: type_of(text, bound), value })
}

/// The parameters of a class that stand behind its name.
pub(super) fn class_parameters(class: Node<'_>) -> Vec<Node<'_>> {
    let list = child(class, &["primary_constructor"]).and_then(|list| child(list, &["class_parameters"]));
    list.map(named).unwrap_or_default()
}

impl Lowering<'_> {
    /// What is Kotlin's alone; `None` for all that other languages have as well.
    pub(super) fn kotlin(&self, node: Node<'_>) -> Option<Term> {
        let parts = || named(node);
        Some(match node.kind() {
            "function_body" => match parts().as_slice() {
                [one] if one.kind() != "block" => Term::Return(Box::new(self.lower(*one))),
                all => Term::Seq(self.all(all.to_vec())),
            },
            "string_literal" | "multiline_string_literal" if is_kotlin(node) => self.template(node),
            "super_expression" => Term::Name(self.name(node)),
            "when_expression" => Term::Any(self.all(parts())),
            "callable_reference" => {
                let all = parts();
                let name = self.name(all.last().copied()?);
                match self.of(node).split_once("::") {
                    Some(("" | "this", _)) | None => Term::Name(name),
                    Some(_) => Term::Member(Box::new(self.lower(*all.first()?)), name, self.at(node)),
                }
            }
            "infix_expression" => {
                let sides =
                    parts().into_iter().filter(|part| part.kind() != "identifier" || part.prev_sibling().is_none());
                Term::List(self.all(sides.collect()))
            }
            "property_declaration" => {
                let found = property(self.text, node)?;
                Term::Let(found.names, found.ty, Box::new(self.maybe(found.value)))
            }
            "for_statement" => {
                let all = parts();
                let at = all.iter().position(|part| part.kind().ends_with("variable_declaration"))?;
                let mut bound = names(self.text, all[at]);
                bound.iter_mut().for_each(|pattern| pattern.part = Part::Item);
                let each = Term::Let(bound, None, Box::new(self.maybe(all.get(at + 1).copied())));
                let body = all.get(at + 2..).unwrap_or_default().to_vec();
                Term::Seq(std::iter::once(each).chain(self.all(body)).collect())
            }
            "call_expression" if node.child_by_field_name("function").is_none() => self.kotlin_call(node)?,
            _ => return None,
        })
    }

    /// `on.name(args) { lambda }`: the lambda is the last argument.
    fn kotlin_call(&self, node: Node<'_>) -> Option<Term> {
        let all = named(node);
        let function = *all.first()?;
        let given = |kind: &str| all.iter().skip(1).find(|part| part.kind() == kind).copied();
        let mut args: Vec<(Option<Name>, Term)> = Vec::new();
        for arg in given("value_arguments").map(named).unwrap_or_default() {
            let parts = named(arg);
            let Some(value) = parts.last() else {
                args.push((None, Term::Word(self.name(arg))));
                continue;
            };
            let name = (parts.len() > 1).then(|| parts[0]).filter(|name| name.kind() == "identifier");
            args.push((name.map(|name| self.name(name)), self.lower(*value)));
        }
        if let Some(lambda) = given("annotated_lambda") {
            // `f(x) { }` may be the call `f(x)` with a lambda behind it.
            if let ("call_expression", true) = (function.kind(), args.is_empty()) {
                let Term::Call(mut call) = self.lower(function) else { return None };
                call.args.push((None, self.lower(lambda)));
                return Some(Term::Call(call));
            }
            args.push((None, self.lower(lambda)));
        }
        if matches!(
            self.of(function),
            "listOf" | "mutableListOf" | "arrayOf" | "setOf" | "listOfNotNull" | "sequenceOf"
        ) {
            return Some(Term::List(args.into_iter().map(|(_, arg)| arg).collect()));
        }
        let callee = self.lower(function);
        let (at, is_new) = match &callee {
            Term::Member(..) => (named(function).pop().map_or(line(node), line), false),
            // There is no `new`: what begins with a capital is a type.
            Term::Name(name) => (line(node), name.starts_with(char::is_uppercase)),
            _ => (line(node), false),
        };
        Some(Term::Call(Box::new(Call {
            callee,
            args,
            is_new,
            at: At { file: self.file, line: at, text: self.shown(function) },
        })))
    }

    /// A text with its holes; the grammar takes some `$name` for text.
    fn template(&self, node: Node<'_>) -> Term {
        let mut parts = Vec::new();
        let mut from = None;
        for part in named(node) {
            if part.kind() == "interpolation" {
                self.simple_holes(&mut parts, from.take());
                parts.push(self.maybe(named(part).first().copied()));
            } else {
                from = Some(from.map_or(part.byte_range(), |known: Range<usize>| known.start..part.end_byte()));
            }
        }
        self.simple_holes(&mut parts, from);
        match parts.len() {
            0 => Term::Text(Rc::from("")),
            1 => parts.pop().unwrap_or_else(Term::nothing),
            _ => Term::Join(parts),
        }
    }

    /// Text, and the names behind `$` in it.
    fn simple_holes(&self, parts: &mut Vec<Term>, range: Option<Range<usize>>) {
        let Some(mut rest) = range.and_then(|range| self.text.get(range)) else { return };
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let mut before = String::new();
        while let Some((text, behind)) = rest.split_once('$') {
            let end = behind.find(|c| !is_name(c)).unwrap_or(behind.len());
            before.push_str(text);
            if end == 0 || before.ends_with('\\') {
                before.push('$');
                rest = behind;
                continue;
            }
            parts.push(Term::Text(Rc::from(std::mem::take(&mut before))));
            parts.push(Term::Name(Rc::from(&behind[..end])));
            rest = &behind[end..];
        }
        before.push_str(rest);
        parts.push(Term::Text(Rc::from(before)));
    }

    /// What a function does.
    pub(super) fn body(&self, node: Node<'_>) -> Term {
        if node.kind() != "lambda_literal" {
            return self.lower(node);
        }
        // The last statement is what it gives.
        Term::Seq(self.all(named(node).into_iter().filter(|part| part.kind() != "lambda_parameters").collect()))
    }
}
