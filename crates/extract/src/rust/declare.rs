//! The declarations of one Rust file, those of its inline modules too; what is only built for tests is left out.

use super::attribute::{Front, list_of};
use crate::program::ast::{
    Body, Class, ClassKind, Expr, Field, Func, Impl, Init, Mark, Param, Type, Unit, Var, Variant,
};
use crate::program::source::{Reading, children, field};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn unit<'t>(reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
    let mut unit = Unit::default();
    items(reading, root, &mut unit);
    unit
}

/// The children of a node, comments with them: they document what follows.
fn all<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

fn items<'t>(reading: &Reading<'t>, node: Node<'t>, unit: &mut Unit<'t>) {
    let read = || {
        let mut front = Front::default();
        for child in all(node) {
            if front.take(reading, child) {
                continue;
            }
            if front.is_test {
                front = Front::default();
                continue;
            }
            item(reading, child, &mut front, unit);
            front = Front::default();
        }
    };
    reading.deeper(read);
}

fn item<'t>(reading: &Reading<'t>, node: Node<'t>, front: &mut Front<'t>, unit: &mut Unit<'t>) {
    match node.kind() {
        "mod_item" => {
            if let Some(body) = field(node, "body") {
                items(reading, body, unit);
            }
        }
        "const_item" | "static_item" => unit.vars.extend(constant(reading, node)),
        "function_item" => unit.funcs.extend(func(reading, node, front)),
        "struct_item" | "enum_item" | "type_item" => unit.classes.extend(class(reading, node, front)),
        "impl_item" => {
            let Some(of) = field(node, "type").map(|of| ty(reading, of)) else { return };
            let (marks, _) = front.finish();
            let mut block = Impl {
                ty: Rc::from(of.last()),
                of: field(node, "trait").map(|of| Rc::from(ty(reading, of).last())),
                marks,
                methods: Vec::new(),
                vars: Vec::new(),
            };
            let mut front = Front::default();
            for child in list_of(node).map(all).unwrap_or_default() {
                if front.take(reading, child) {
                    continue;
                }
                match child.kind() {
                    "function_item" if !front.is_test => block.methods.extend(func(reading, child, &mut front)),
                    "const_item" => block.vars.extend(constant(reading, child)),
                    _ => {}
                }
                front = Front::default();
            }
            unit.impls.push(block);
        }
        _ => {}
    }
}

fn constant<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Rc<Var<'t>>> {
    Some(Rc::new(Var {
        name: Rc::from(reading.of(field(node, "name")?)),
        ty: None,
        init: field(node, "value").map(|value| Init::new(reading.file, value)),
        part: None,
        file: reading.file,
    }))
}

fn func<'t>(reading: &Reading<'t>, node: Node<'t>, front: &mut Front<'t>) -> Option<Rc<Func<'t>>> {
    let (own, doc) = front.finish();
    let name = field(node, "name")?;
    let mut params = Vec::new();
    let mut before = Front::default();
    for param in field(node, "parameters").map(all).unwrap_or_default() {
        if param.kind() != "parameter" {
            // The grammar does not know more than one attribute in front of a parameter.
            let inner = if param.kind() == "ERROR" { all(param) } else { vec![param] };
            for node in inner {
                before.take(reading, node);
            }
            continue;
        }
        let (mut marks, _) = before.finish();
        for word in ["aggr", "param"] {
            let is_word = |value: &Expr<'_>| matches!(value, Expr::Name(name) if &**name == word);
            if marks.iter().any(|mark| &*mark.name == "tool" && mark.args.iter().any(|arg| is_word(&arg.value))) {
                marks.push(Mark { name: Rc::from(format!("${word}")), args: Vec::new() });
            }
        }
        params.push(Param {
            name: Rc::from(field(param, "pattern").map_or("_", |pattern| reading.of(pattern))),
            ty: field(param, "type").map(|of| ty(reading, of)),
            default: None,
            marks,
            is_rest: false,
        });
    }
    Some(Rc::new(Func {
        name: Rc::from(reading.of(name)),
        params,
        body: field(node, "body").map(|body| Body::new(reading.file, body)),
        result: field(node, "return_type").map(|of| ty(reading, of)),
        receiver: None,
        marks: own,
        doc,
        is_static: true,
        site: reading.site(name),
    }))
}

fn class<'t>(reading: &Reading<'t>, node: Node<'t>, front: &mut Front<'t>) -> Option<Rc<Class<'t>>> {
    let name = reading.of(field(node, "name")?);
    let (marks, doc) = front.finish();
    let kind = if node.kind() == "enum_item" { ClassKind::Enum } else { ClassKind::Record };
    let mut class = Class { marks, doc, ..Class::new(name, kind, reading.site(node)) };
    if node.kind() == "type_item" {
        class.alias = field(node, "type").map(|of| ty(reading, of));
        return Some(Rc::new(class));
    }
    let body = field(node, "body");
    // `struct Name(String)` is written as what it holds.
    if let Some(body) = body.filter(|body| body.kind() == "ordered_field_declaration_list") {
        class.alias = field(body, "type").map(|of| ty(reading, of));
        return Some(Rc::new(class));
    }
    let mut front = Front::default();
    for child in body.map(all).unwrap_or_default() {
        if front.take(reading, child) {
            continue;
        }
        let (marks, doc) = front.finish();
        match (child.kind(), field(child, "name")) {
            ("field_declaration", Some(name)) => class.fields.push(Field {
                name: Rc::from(reading.of(name).trim_start_matches("r#")),
                ty: field(child, "type").map(|of| ty(reading, of)),
                init: None,
                marks,
                doc,
                tag: None,
                is_static: false,
                is_public: true,
            }),
            ("enum_variant", Some(name)) => class.variants.push(Variant {
                name: Rc::from(reading.of(name)),
                args: Vec::new(),
                marks,
                doc,
                is_plain: field(child, "body").is_none(),
            }),
            _ => {}
        }
    }
    Some(Rc::new(class))
}

/// A type; references are what they refer to.
pub(super) fn ty<'t>(reading: &Reading<'t>, node: Node<'t>) -> Type<'t> {
    let unknown = || Type::named("_");
    let inner = |node: Option<Node<'t>>| node.map_or_else(unknown, |node| ty(reading, node));
    reading
        .deeper(|| match node.kind() {
            "generic_type" => {
                let args = field(node, "type_arguments").map(children).unwrap_or_default();
                let args = args.into_iter().filter(|arg| arg.kind() != "lifetime").map(|arg| ty(reading, arg));
                Type { args: args.collect(), ..inner(field(node, "type")) }
            }
            "reference_type" => inner(field(node, "type")),
            "array_type" => Type::of("Vec", vec![inner(field(node, "element"))]),
            "tuple_type" => Type::of("()", children(node).into_iter().map(|part| ty(reading, part)).collect()),
            "scoped_type_identifier" => Type::named(&reading.of(node).replace("::", ".")),
            _ => Type::named(reading.of(node)),
        })
        .unwrap_or_else(unknown)
}
