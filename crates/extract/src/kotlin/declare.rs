//! The declarations of one Kotlin file.

use super::lower::{args, expr};
use crate::program::ast::{Body, Class, ClassKind, Field, Func, Init, Mark, Param, Type, Unit, Var, Variant};
use crate::program::block::{BLOCK, STATIC_BLOCK};
use crate::program::source::{Reading, children, field, first_of, of_kind};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn unit<'t>(reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
    let mut unit = Unit::default();
    for node in children(root) {
        match node.kind() {
            "package_header" => {
                unit.package = children(node).first().map(|name| reading.of(*name).to_owned()).unwrap_or_default();
            }
            "import" => {
                let parts = children(node);
                let Some(path) = parts.first().map(|path| reading.of(*path)) else { continue };
                let last = path.rsplit('.').next().unwrap_or(path);
                let alias = if of_kind(node, "*").is_empty() {
                    parts.get(1).map_or(last, |alias| reading.of(*alias))
                } else {
                    "*"
                };
                unit.imports.push((Rc::from(alias), Rc::from(path)));
            }
            "function_declaration" => unit.funcs.extend(func(reading, node)),
            "property_declaration" => {
                if let Some((name, _, value)) = property(reading, node) {
                    let init = value.map(|value| Init::new(reading.file, value));
                    unit.vars.push(Rc::new(Var {
                        name: Rc::from(name),
                        ty: None,
                        init,
                        part: None,
                        file: reading.file,
                    }));
                }
            }
            _ => unit.classes.extend(class(reading, node)),
        }
    }
    unit
}

fn class<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Rc<Class<'t>>> {
    if !matches!(node.kind(), "class_declaration" | "object_declaration") {
        return None;
    }
    let name = reading.of(field(node, "name").or_else(|| first_of(node, &["identifier"]))?);
    let body = first_of(node, &["class_body", "enum_class_body"]);
    let is_enum = body.is_some_and(|body| body.kind() == "enum_class_body");
    let kind = match () {
        () if is_enum => ClassKind::Enum,
        () if !of_kind(node, "interface").is_empty() => ClassKind::Interface,
        () => ClassKind::Record,
    };
    reading.deeper(|| {
        let mut class = Class::new(name, kind, reading.site(node));
        class.is_single = node.kind() == "object_declaration";
        class.marks = marks(reading, first_of(node, &["modifiers"]));
        if let Some(list) =
            first_of(node, &["primary_constructor"]).and_then(|node| first_of(node, &["class_parameters"]))
        {
            class.params = params(reading, list);
        }
        for parent in first_of(node, &["delegation_specifiers"]).map(children).unwrap_or_default() {
            let Some(parent) = children(parent).first().copied() else { continue };
            if parent.kind() == "constructor_invocation" {
                let Some(name) = children(parent).first().copied() else { continue };
                // What the parent is given is kept beside its name, as the one variant of a class of its own.
                let mut given = Class::new("", ClassKind::Record, reading.site(parent));
                given.variants.push(Variant {
                    name: Rc::from(""),
                    args: first_of(parent, &["value_arguments"]).map(|list| args(reading, list)).unwrap_or_default(),
                    marks: Vec::new(),
                    doc: None,
                    is_plain: true,
                });
                class.supers.push(Type { inline: Some(Rc::new(given)), ..ty(reading, name) });
            } else {
                class.supers.push(ty(reading, parent));
            }
        }
        for member in body.map(children).unwrap_or_default() {
            self::member(reading, &mut class, member);
        }
        Rc::new(class)
    })
}

fn member<'t>(reading: &Reading<'t>, class: &mut Class<'t>, node: Node<'t>) {
    match node.kind() {
        "property_declaration" => add_field(reading, class, node, false),
        "function_declaration" => class.methods.extend(func(reading, node)),
        "companion_object" => {
            for inner in first_of(node, &["class_body"]).map(children).unwrap_or_default() {
                match inner.kind() {
                    "property_declaration" => add_field(reading, class, inner, true),
                    "function_declaration" => class.methods.extend(func(reading, inner)),
                    "anonymous_initializer" => class.methods.push(initialiser(reading, inner, STATIC_BLOCK)),
                    _ => class.inner.extend(self::class(reading, inner)),
                }
            }
        }
        "enum_entry" => class.variants.push(Variant {
            name: Rc::from(first_of(node, &["identifier"]).map_or("", |name| reading.of(name))),
            args: first_of(node, &["value_arguments"]).map(|list| args(reading, list)).unwrap_or_default(),
            marks: marks(reading, first_of(node, &["modifiers"])),
            doc: None,
            is_plain: true,
        }),
        // What runs when an instance is made.
        "anonymous_initializer" => class.methods.push(initialiser(reading, node, BLOCK)),
        _ => class.inner.extend(self::class(reading, node)),
    }
}

fn initialiser<'t>(reading: &Reading<'t>, node: Node<'t>, name: &str) -> Rc<Func<'t>> {
    let body = first_of(node, &["block"]).map(|body| Body::new(reading.file, body));
    Func::block(name, body, reading.site(node))
}

fn add_field<'t>(reading: &Reading<'t>, class: &mut Class<'t>, node: Node<'t>, is_static: bool) {
    let Some((name, ty, value)) = property(reading, node) else { return };
    class.fields.push(Field {
        name: Rc::from(name),
        ty,
        init: value.map(|value| Init::new(reading.file, value)),
        marks: marks(reading, first_of(node, &["modifiers"])),
        doc: None,
        tag: None,
        is_static,
        is_public: true,
    });
}

/// The name, type and value of a property.
pub(super) fn property<'t>(
    reading: &Reading<'t>,
    node: Node<'t>,
) -> Option<(&'t str, Option<Type<'t>>, Option<Node<'t>>)> {
    let declared = first_of(node, &["variable_declaration"])?;
    let name = reading.of(first_of(declared, &["identifier"])?);
    let of = children(declared).into_iter().find(|child| child.kind().ends_with("_type"));
    Some((name, of.map(|of| ty(reading, of)), value_of(reading, node)))
}

/// What stands behind `=`, `by lazy` or in a getter of one expression.
pub(super) fn value_of<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Node<'t>> {
    if let Some(delegate) = first_of(node, &["property_delegate"]) {
        // `by lazy { value }`: the value is what the block gives, which is not followed further than one expression.
        let call = children(delegate).first().copied().filter(|call| reading.of(*call).starts_with("lazy"))?;
        let lambda = first_of(first_of(call, &["annotated_lambda"])?, &["lambda_literal"])?;
        return children(lambda).last().copied();
    }
    if let Some(getter) = first_of(node, &["getter"]) {
        return first_of(getter, &["function_body"])
            .and_then(|body| children(body).first().copied())
            .filter(|v| v.kind() != "block");
    }
    if of_kind(node, "=").is_empty() {
        return None;
    }
    let parts = children(node);
    parts.last().copied().filter(|last| !matches!(last.kind(), "variable_declaration" | "modifiers" | "setter"))
}

fn func<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Rc<Func<'t>>> {
    let name = field(node, "name")?;
    let parts = children(node);
    let mut marks = marks(reading, first_of(node, &["modifiers"]));
    let is_type = |node: &Node<'t>| node.kind().ends_with("_type");
    if parts.iter().take_while(|part| part.id() != name.id()).any(is_type) {
        marks.push(Mark { name: Rc::from("$extension"), args: Vec::new() });
    }
    let body = first_of(node, &["function_body"]).and_then(|body| children(body).first().copied());
    Some(Rc::new(Func {
        name: Rc::from(reading.of(name)),
        params: first_of(node, &["function_value_parameters"]).map(|list| params(reading, list)).unwrap_or_default(),
        body: body.map(|body| Body::new(reading.file, body)),
        result: parts
            .iter()
            .skip_while(|part| part.id() != name.id())
            .find(|part| is_type(part))
            .map(|of| ty(reading, *of)),
        receiver: None,
        marks,
        doc: None,
        is_static: false,
        site: reading.site(name),
    }))
}

/// The parameters of a function, a lambda or a primary constructor; marks and defaults may stand beside them.
pub(super) fn params<'t>(reading: &Reading<'t>, list: Node<'t>) -> Vec<Param<'t>> {
    let mut found: Vec<Param<'t>> = Vec::new();
    let mut pending = Vec::new();
    for node in children(list) {
        match node.kind() {
            "parameter_modifiers" => pending = marks(reading, Some(node)),
            "parameter" | "class_parameter" | "variable_declaration" => {
                let Some(name) = first_of(node, &["identifier"]) else { continue };
                let of = children(node).into_iter().find(|child| child.kind().ends_with("_type"));
                pending.extend(marks(reading, first_of(node, &["modifiers"])));
                found.push(Param {
                    name: Rc::from(reading.of(name)),
                    ty: of.map(|of| ty(reading, of)),
                    default: value_of(reading, node)
                        .filter(|_| node.kind() == "class_parameter")
                        .map(|v| Rc::new(expr(reading, v))),
                    marks: std::mem::take(&mut pending),
                    is_rest: false,
                });
            }
            _ => {
                if let Some(last) = found.last_mut() {
                    last.default = Some(Rc::new(expr(reading, node)));
                }
            }
        }
    }
    found
}

/// The annotations among a declaration's modifiers.
pub(super) fn marks<'t>(reading: &Reading<'t>, modifiers: Option<Node<'t>>) -> Vec<Mark<'t>> {
    let mut found = Vec::new();
    for node in modifiers.map(children).unwrap_or_default() {
        if node.kind() != "annotation" {
            continue;
        }
        let Some(inner) = children(node).into_iter().find(|child| child.kind() != "use_site_target") else { continue };
        let (name, list) = if inner.kind() == "constructor_invocation" {
            (children(inner).first().copied(), first_of(inner, &["value_arguments"]))
        } else {
            (Some(inner), None)
        };
        if let Some(name) = name {
            let args = list.map(|list| args(reading, list)).unwrap_or_default();
            found.push(Mark { name: Rc::from(reading.of(name)), args });
        }
    }
    found
}

pub(super) fn ty<'t>(reading: &Reading<'t>, node: Node<'t>) -> Type<'t> {
    let unknown = || Type::named("Any");
    reading
        .deeper(|| match node.kind() {
            "nullable_type" => {
                Type { nullable: true, ..children(node).first().map_or_else(unknown, |inner| ty(reading, *inner)) }
            }
            "user_type" => {
                let names: Vec<&str> = of_kind(node, "identifier").into_iter().map(|name| reading.of(name)).collect();
                let args = first_of(node, &["type_arguments"]).map(children).unwrap_or_default();
                let args = args.into_iter().map(|arg| match arg.kind() {
                    "type_projection" => children(arg).last().map_or_else(unknown, |inner| ty(reading, *inner)),
                    _ => ty(reading, arg),
                });
                Type::of(&names.join("."), args.collect())
            }
            "parenthesized_type" => children(node).first().map_or_else(unknown, |inner| ty(reading, *inner)),
            "identifier" | "qualified_identifier" => Type::named(reading.of(node)),
            _ => unknown(),
        })
        .unwrap_or_else(unknown)
}
