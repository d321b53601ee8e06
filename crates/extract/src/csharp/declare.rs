//! The declarations of one C# file.

use super::lower::{expr, text_or_none};
use crate::program::ast::{Arg, Body, Class, ClassKind, Field, Func, Init, Mark, Param, Type, Unit, Variant};
use crate::program::block::STATIC_BLOCK;
use crate::program::source::{Reading, children, field, first_of, of_kind};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn unit<'t>(reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
    let mut unit = Unit::default();
    let is_program = !of_kind(root, "global_statement").is_empty();
    if is_program {
        unit.main = Some(Body::new(reading.file, root));
    }
    declarations(reading, root, &mut unit);
    unit
}

fn declarations<'t>(reading: &Reading<'t>, node: Node<'t>, unit: &mut Unit<'t>) {
    let read = || {
        for child in children(node) {
            match child.kind() {
                "using_directive" => {
                    // `using Short = Long.Name;`
                    if let (Some(name), Some(path)) = (field(child, "name"), children(child).last()) {
                        let (name, path) = (reading.of(name), reading.of(*path));
                        unit.imports.push((Rc::from(name), Rc::from(path)));
                    }
                }
                "file_scoped_namespace_declaration" => {
                    unit.package = field(child, "name").map(|name| reading.of(name).to_owned()).unwrap_or_default();
                    declarations(reading, child, unit);
                }
                "namespace_declaration" => {
                    unit.package = field(child, "name").map(|name| reading.of(name).to_owned()).unwrap_or_default();
                    if let Some(body) = field(child, "body") {
                        declarations(reading, body, unit);
                    }
                }
                _ => unit.classes.extend(class(reading, child)),
            }
        }
    };
    reading.deeper(read);
}

fn class<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Rc<Class<'t>>> {
    let kind = match node.kind() {
        "class_declaration" | "struct_declaration" | "record_declaration" | "record_struct_declaration" => {
            ClassKind::Record
        }
        "interface_declaration" => ClassKind::Interface,
        "enum_declaration" => ClassKind::Enum,
        _ => return None,
    };
    let name = reading.of(field(node, "name")?);
    reading.deeper(|| {
        let mut class = Class::new(name, kind, reading.site(node));
        class.marks = marks(reading, node);
        class.doc = docs(reading, node);
        if let Some(list) = first_of(node, &["base_list"]) {
            class.supers =
                children(list).into_iter().filter(|c| c.kind() != "argument_list").map(|c| ty(reading, c)).collect();
        }
        if let Some(list) = first_of(node, &["parameter_list"]) {
            class.params = params(reading, list);
            if node.kind().starts_with("record") {
                class.marks.push(Mark { name: Rc::from("$record"), args: Vec::new() });
            }
        }
        for member in field(node, "body").map(children).unwrap_or_default() {
            self::member(reading, &mut class, member, name);
        }
        Rc::new(class)
    })
}

fn modifiers<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<&'t str> {
    of_kind(node, "modifier").into_iter().map(|node| reading.of(node)).collect()
}

fn member<'t>(reading: &Reading<'t>, class: &mut Class<'t>, node: Node<'t>, name: &str) {
    let modifiers = modifiers(reading, node);
    let has = |word: &str| modifiers.contains(&word);
    match node.kind() {
        "field_declaration" => {
            let Some(list) = first_of(node, &["variable_declaration"]) else { return };
            let of = field(list, "type").map(|of| ty(reading, of));
            for declared in of_kind(list, "variable_declarator") {
                let Some(name) = field(declared, "name") else { continue };
                let value = children(declared).into_iter().next_back().filter(|value| value.id() != name.id());
                class.fields.push(Field {
                    name: Rc::from(reading.of(name)),
                    ty: of.clone(),
                    init: value.map(|value| Init::new(reading.file, value)),
                    marks: marks(reading, node),
                    doc: None,
                    tag: None,
                    is_static: has("static") || has("const"),
                    is_public: false,
                });
            }
        }
        "property_declaration" => {
            let Some(declared) = field(node, "name") else { return };
            let value = field(node, "value").map(|value| match value.kind() {
                "arrow_expression_clause" => children(value).first().copied().unwrap_or(value),
                _ => value,
            });
            let mut marks = marks(reading, node);
            if has("required") {
                marks.push(Mark { name: Rc::from("$required"), args: Vec::new() });
            }
            class.fields.push(Field {
                name: Rc::from(reading.of(declared)),
                ty: field(node, "type").map(|of| ty(reading, of)),
                init: value.map(|value| Init::new(reading.file, value)),
                marks,
                doc: docs(reading, node),
                tag: None,
                is_static: has("static"),
                is_public: has("public"),
            });
        }
        "method_declaration" | "constructor_declaration" => class.methods.extend(func(reading, node, name)),
        "enum_member_declaration" => class.variants.push(Variant {
            name: Rc::from(field(node, "name").map_or("", |name| reading.of(name))),
            args: Vec::new(),
            marks: marks(reading, node),
            doc: None,
            is_plain: true,
        }),
        _ => class.inner.extend(self::class(reading, node)),
    }
}

pub(super) fn func<'t>(reading: &Reading<'t>, node: Node<'t>, class: &str) -> Option<Rc<Func<'t>>> {
    let declared = field(node, "name")?;
    let name = reading.of(declared);
    let list = field(node, "parameters");
    let mut marks = marks(reading, node);
    let is_extension = list.and_then(|list| children(list).first().copied());
    if is_extension.is_some_and(|first| modifiers(reading, first).contains(&"this")) {
        marks.push(Mark { name: Rc::from("$extension"), args: Vec::new() });
    }
    Some(Rc::new(Func {
        name: Rc::from(match node.kind() == "constructor_declaration" && name == class {
            true if modifiers(reading, node).contains(&"static") => STATIC_BLOCK,
            true => "<init>",
            false => name,
        }),
        params: list.map(|list| params(reading, list)).unwrap_or_default(),
        body: field(node, "body").map(|body| Body::new(reading.file, body)),
        result: field(node, "returns").or_else(|| field(node, "type")).map(|of| ty(reading, of)),
        receiver: None,
        marks,
        doc: docs(reading, node),
        is_static: modifiers(reading, node).contains(&"static"),
        site: reading.site(declared),
    }))
}

/// The parameters of a method, a lambda or a primary constructor.
pub(super) fn params<'t>(reading: &Reading<'t>, list: Node<'t>) -> Vec<Param<'t>> {
    let mut found = Vec::new();
    for node in of_kind(list, "parameter") {
        let Some(name) = field(node, "name") else { continue };
        let is_default = |child: &Node<'t>| {
            !matches!(child.kind(), "attribute_list" | "modifier")
                && child.id() != name.id()
                && field(node, "type").is_none_or(|of| of.id() != child.id())
        };
        let default = children(node).into_iter().rfind(is_default).filter(|_| !of_kind(node, "=").is_empty());
        found.push(Param {
            name: Rc::from(reading.of(name).trim_start_matches('@')),
            ty: field(node, "type").map(|of| ty(reading, of)),
            default: default.map(|value| Rc::new(expr(reading, value))),
            marks: marks(reading, node),
            is_rest: false,
        });
    }
    // `params T[] rest` stands in the list itself.
    if let (Some(of), Some(name)) = (field(list, "type"), field(list, "name")) {
        found.push(Param {
            name: Rc::from(reading.of(name)),
            ty: Some(ty(reading, of)),
            default: None,
            marks: Vec::new(),
            is_rest: true,
        });
    }
    found
}

/// The attributes of a declaration.
pub(super) fn marks<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Mark<'t>> {
    let mut found = Vec::new();
    for attribute in of_kind(node, "attribute_list").into_iter().flat_map(|list| of_kind(list, "attribute")) {
        let Some(name) = field(attribute, "name") else { continue };
        let name = reading.of(name);
        let mut args = Vec::new();
        for arg in first_of(attribute, &["attribute_argument_list"]).map(children).unwrap_or_default() {
            let name = field(arg, "name");
            let Some(value) = children(arg).into_iter().rfind(|child| name.is_none_or(|name| name.id() != child.id()))
            else {
                continue;
            };
            args.push(Arg { name: name.map(|name| Rc::from(reading.of(name))), value: expr(reading, value) });
        }
        found.push(Mark { name: Rc::from(name.strip_suffix("Attribute").unwrap_or(name)), args });
    }
    found
}

/// The text of the summary in front of a declaration (`/// <summary>`).
fn docs(reading: &Reading<'_>, node: Node<'_>) -> Option<Rc<str>> {
    let mut lines = Vec::new();
    let mut at = node.prev_sibling();
    while let Some(comment) = at.filter(|at| at.kind() == "comment") {
        let text = reading.text.get(comment.byte_range()).unwrap_or_default();
        let Some(line) = text.strip_prefix("///") else { break };
        lines.push(line.trim());
        at = comment.prev_sibling();
    }
    lines.reverse();
    let text = lines.join("\n");
    let (_, inner) = text.split_once("<summary>")?;
    let (inner, _) = inner.split_once("</summary>")?;
    text_or_none(inner.trim())
}

pub(super) fn ty<'t>(reading: &Reading<'t>, node: Node<'t>) -> Type<'t> {
    let unknown = || Type::named("object");
    let inner = |node: Option<Node<'t>>| node.map_or_else(unknown, |node| ty(reading, node));
    reading
        .deeper(|| match node.kind() {
            "nullable_type" => {
                Type { nullable: true, ..inner(field(node, "type").or_else(|| children(node).first().copied())) }
            }
            "array_type" => Type::of("[]", vec![inner(field(node, "type"))]),
            "generic_name" => {
                let name = first_of(node, &["identifier"]).map_or("object", |name| reading.of(name));
                let args = first_of(node, &["type_argument_list"]).map(children).unwrap_or_default();
                Type::of(name, args.into_iter().map(|arg| ty(reading, arg)).collect())
            }
            "qualified_name" | "alias_qualified_name" => inner(field(node, "name")),
            "ref_type" | "scoped_type" => inner(field(node, "type")),
            "primary_constructor_base_type" => inner(children(node).first().copied()),
            _ => Type::named(reading.of(node)),
        })
        .unwrap_or_else(unknown)
}
