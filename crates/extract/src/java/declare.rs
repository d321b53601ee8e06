//! The declarations of one Java file.

use super::lower::expr;
use crate::program::ast::{Arg, Body, Class, ClassKind, Expr, Field, Func, Init, Mark, Param, Type, Unit, Variant};
use crate::program::block::{BLOCK, STATIC_BLOCK};
use crate::program::source::{Reading, children, field, first_of, of_kind};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn unit<'t>(reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
    let mut unit = Unit::default();
    for node in children(root) {
        match node.kind() {
            "package_declaration" => {
                unit.package = children(node).last().map(|name| reading.of(*name).to_owned()).unwrap_or_default();
            }
            "import_declaration" => {
                let Some(path) = children(node).first().map(|path| reading.of(*path)) else { continue };
                if of_kind(node, "asterisk").is_empty() {
                    let alias = path.rsplit('.').next().unwrap_or(path);
                    unit.imports.push((Rc::from(alias), Rc::from(path)));
                } else {
                    unit.imports.push((Rc::from("*"), Rc::from(path)));
                }
            }
            _ => unit.classes.extend(class(reading, node)),
        }
    }
    unit
}

fn class<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Rc<Class<'t>>> {
    let kind = match node.kind() {
        "class_declaration" | "record_declaration" => ClassKind::Record,
        "enum_declaration" => ClassKind::Enum,
        "interface_declaration" => ClassKind::Interface,
        _ => return None,
    };
    let name = reading.of(field(node, "name")?);
    reading.deeper(|| {
        let mut class = Class::new(name, kind, reading.site(node));
        class.marks = marks(reading, node);
        if let Some(parent) = field(node, "superclass").and_then(|parent| children(parent).first().copied()) {
            class.supers.push(ty(reading, parent));
        }
        let interfaces = field(node, "interfaces").or_else(|| first_of(node, &["extends_interfaces"]));
        for list in interfaces.map(children).unwrap_or_default() {
            class.supers.extend(children(list).into_iter().map(|parent| ty(reading, parent)));
        }
        if node.kind() == "record_declaration" {
            class.params = field(node, "parameters").map(|list| params(reading, list)).unwrap_or_default();
        }
        let body = field(node, "body").map(children).unwrap_or_default();
        members(reading, &mut class, body, name);
        Rc::new(class)
    })
}

pub(super) fn members<'t>(reading: &Reading<'t>, class: &mut Class<'t>, body: Vec<Node<'t>>, name: &str) {
    for member in body {
        match member.kind() {
            "field_declaration" | "constant_declaration" => fields(reading, class, member),
            "method_declaration" | "constructor_declaration" | "compact_constructor_declaration" => {
                class.methods.extend(func(reading, member, name));
            }
            "block" => {
                class.methods.push(Func::block(BLOCK, Some(Body::new(reading.file, member)), reading.site(member)))
            }
            "static_initializer" => {
                let body = first_of(member, &["block"]).map(|body| Body::new(reading.file, body));
                class.methods.push(Func::block(STATIC_BLOCK, body, reading.site(member)));
            }
            "enum_constant" => {
                let args = field(member, "arguments").map(children).unwrap_or_default();
                class.variants.push(Variant {
                    name: Rc::from(field(member, "name").map_or("", |name| reading.of(name))),
                    args: args.into_iter().map(|arg| Arg { name: None, value: expr(reading, arg) }).collect(),
                    marks: marks(reading, member),
                    doc: None,
                    is_plain: true,
                });
            }
            "enum_body_declarations" => members(reading, class, children(member), name),
            _ => class.inner.extend(self::class(reading, member)),
        }
    }
}

fn fields<'t>(reading: &Reading<'t>, class: &mut Class<'t>, member: Node<'t>) {
    let of = field(member, "type").map(|node| ty(reading, node));
    let modifiers = first_of(member, &["modifiers"]).map_or("", |node| reading.of(node));
    let has = |word: &str| modifiers.split_whitespace().any(|part| part == word);
    let mut cursor = member.walk();
    for declared in member.children_by_field_name("declarator", &mut cursor) {
        let Some(name) = field(declared, "name") else { continue };
        class.fields.push(Field {
            name: Rc::from(reading.of(name)),
            ty: of.clone(),
            init: field(declared, "value").map(|value| Init::new(reading.file, value)),
            marks: marks(reading, member),
            doc: None,
            tag: None,
            is_static: has("static") || member.kind() == "constant_declaration",
            is_public: !has("transient"),
        });
    }
}

fn func<'t>(reading: &Reading<'t>, node: Node<'t>, class: &str) -> Option<Rc<Func<'t>>> {
    let name = reading.of(field(node, "name")?);
    let is_constructor = node.kind() != "method_declaration" && name == class;
    let modifiers = first_of(node, &["modifiers"]).map_or("", |node| reading.of(node));
    Some(Rc::new(Func {
        name: Rc::from(if is_constructor { "<init>" } else { name }),
        params: field(node, "parameters").map(|list| params(reading, list)).unwrap_or_default(),
        body: field(node, "body").map(|body| Body::new(reading.file, body)),
        result: field(node, "type").map(|node| ty(reading, node)),
        receiver: None,
        marks: marks(reading, node),
        doc: None,
        is_static: modifiers.split_whitespace().any(|word| word == "static"),
        site: reading.site(field(node, "name")?),
    }))
}

pub(super) fn params<'t>(reading: &Reading<'t>, list: Node<'t>) -> Vec<Param<'t>> {
    let mut found = Vec::new();
    for node in children(list) {
        let (name, of) = match node.kind() {
            "formal_parameter" => (field(node, "name"), field(node, "type")),
            "spread_parameter" => {
                let declared = first_of(node, &["variable_declarator"]).and_then(|declared| field(declared, "name"));
                (declared, children(node).into_iter().find(|child| child.kind().contains("type")))
            }
            "identifier" => (Some(node), None),
            _ => continue,
        };
        let Some(name) = name else { continue };
        found.push(Param {
            name: Rc::from(reading.of(name)),
            ty: of.map(|node| ty(reading, node)),
            default: None,
            marks: marks(reading, node),
            is_rest: node.kind() == "spread_parameter",
        });
    }
    found
}

/// The annotations of a declaration.
pub(super) fn marks<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Mark<'t>> {
    let Some(modifiers) = first_of(node, &["modifiers"]) else { return Vec::new() };
    children(modifiers).into_iter().filter_map(|node| mark(reading, node)).collect()
}

pub(super) fn mark<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Mark<'t>> {
    if !matches!(node.kind(), "annotation" | "marker_annotation") {
        return None;
    }
    let name = Rc::from(reading.of(field(node, "name")?));
    let mut args = Vec::new();
    for arg in field(node, "arguments").map(children).unwrap_or_default() {
        args.push(match (arg.kind(), field(arg, "key"), field(arg, "value")) {
            ("element_value_pair", Some(key), Some(value)) => {
                Arg { name: Some(Rc::from(reading.of(key))), value: expr(reading, value) }
            }
            _ => Arg { name: None, value: expr(reading, arg) },
        });
    }
    Some(Mark { name, args })
}

pub(super) fn ty<'t>(reading: &Reading<'t>, node: Node<'t>) -> Type<'t> {
    let unknown = || Type::named("Object");
    reading
        .deeper(|| match node.kind() {
            "generic_type" => {
                let parts = children(node);
                let args = parts.iter().filter(|part| part.kind() == "type_arguments").flat_map(|list| children(*list));
                let args = args.map(|arg| ty(reading, arg)).collect();
                Type { args, ..parts.first().map_or_else(unknown, |name| ty(reading, *name)) }
            }
            "array_type" => Type::of("[]", vec![field(node, "element").map_or_else(unknown, |item| ty(reading, item))]),
            "annotated_type" => children(node).last().map_or_else(unknown, |inner| ty(reading, *inner)),
            "wildcard" => children(node).last().map_or_else(unknown, |inner| ty(reading, *inner)),
            _ => Type::named(reading.of(node)),
        })
        .unwrap_or_else(unknown)
}

/// An annotation that is the value of another's element reads as a call.
pub(super) fn nested_mark<'t>(reading: &Reading<'t>, node: Node<'t>) -> Expr<'t> {
    let Some(mark) = mark(reading, node) else { return Expr::Null };
    let mut callee: Option<Expr<'t>> = None;
    for part in mark.name.split('.') {
        callee = Some(match callee {
            None => Expr::Name(Rc::from(part)),
            Some(base) => Expr::Member(Box::new(base), Rc::from(part)),
        });
    }
    Expr::Call(Box::new(crate::program::ast::Call {
        callee: callee.unwrap_or(Expr::Null),
        types: Vec::new(),
        args: mark.args,
        site: reading.site(node),
    }))
}
