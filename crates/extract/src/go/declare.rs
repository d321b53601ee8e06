//! The declarations of one Go file.

use super::lower::{params, text_of};
use crate::program::ast::{Body, Class, ClassKind, Field, Func, Impl, Init, Type, Unit, Var};
use crate::program::source::{Reading, children, field, first_of, of_kind};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn unit<'t>(modules: &[(String, String)], path: &str, reading: &Reading<'t>, root: Node<'t>) -> Unit<'t> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut unit = Unit { package: format!("./{folder}"), ..Unit::default() };
    // A file that no build includes declares nothing.
    if reading.text.lines().take(20).any(|line| line.trim() == "//go:build ignore") {
        return unit;
    }
    for node in children(root) {
        match node.kind() {
            "package_clause" => {
                let name = children(node).first().map_or("", |name| reading.of(*name));
                if name == "main" {
                    unit.impls.push(Impl {
                        ty: Rc::from("main"),
                        of: None,
                        marks: Vec::new(),
                        methods: Vec::new(),
                        vars: Vec::new(),
                    });
                }
            }
            "import_declaration" => imports(modules, reading, node, &mut unit, 0),
            "function_declaration" | "method_declaration" => unit.funcs.extend(func(reading, node)),
            "const_declaration" | "var_declaration" => vars(reading, node, &mut unit, 0),
            "type_declaration" => {
                for spec in children(node) {
                    let (Some(name), Some(ty)) = (field(spec, "name"), field(spec, "type")) else { continue };
                    unit.classes.push(Rc::new(class(reading, reading.of(name), ty, spec)));
                }
            }
            _ => {}
        }
    }
    unit
}

fn imports<'t>(modules: &[(String, String)], reading: &Reading<'t>, node: Node<'t>, unit: &mut Unit<'t>, depth: u32) {
    for spec in children(node) {
        if spec.kind() == "import_spec_list" && depth == 0 {
            imports(modules, reading, spec, unit, 1);
        }
        let Some(path) = field(spec, "path").map(|path| reading.of(path).trim_matches(['"', '`'])) else { continue };
        let version = |part: &str| part.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
        let last = path.rsplit('/').find(|part| !version(part)).unwrap_or(path);
        let alias = field(spec, "name").map_or(last, |name| reading.of(name));
        // A package of the module is known by its folder.
        let own = modules.iter().filter_map(|(folder, module)| {
            let below = path.strip_prefix(module.as_str())?;
            let below = if below.is_empty() { "" } else { below.strip_prefix('/')? };
            Some((module.len(), format!("./{folder}{below}")))
        });
        let full = own.max().map_or(path.to_owned(), |(_, own)| own.trim_end_matches('/').to_owned());
        let full = if full == "." { "./".to_owned() } else { full };
        unit.imports.push((Rc::from(alias.trim_start_matches("go-")), Rc::from(full)));
    }
}

fn func<'t>(reading: &Reading<'t>, node: Node<'t>) -> Option<Rc<Func<'t>>> {
    let name = reading.of(field(node, "name")?);
    let receiver = field(node, "receiver").and_then(|list| {
        let only = params(reading, list).into_iter().next()?;
        Some((only.name, Rc::from(only.ty?.last())))
    });
    Some(Rc::new(Func {
        name: Rc::from(name),
        params: field(node, "parameters").map(|list| params(reading, list)).unwrap_or_default(),
        body: field(node, "body").map(|body| Body::new(reading.file, body)),
        result: field(node, "result").map(|result| ty(reading, result)),
        receiver,
        marks: Vec::new(),
        doc: None,
        is_static: false,
        site: reading.site(node),
    }))
}

fn vars<'t>(reading: &Reading<'t>, node: Node<'t>, unit: &mut Unit<'t>, depth: u32) {
    for spec in children(node) {
        if spec.kind() == "var_spec_list" && depth == 0 {
            vars(reading, spec, unit, 1);
            continue;
        }
        if !matches!(spec.kind(), "const_spec" | "var_spec") {
            continue;
        }
        let mut cursor = spec.walk();
        let names: Vec<_> = spec.children_by_field_name("name", &mut cursor).filter(Node::is_named).collect();
        let values = field(spec, "value").map(children).unwrap_or_default();
        for (at, name) in names.iter().enumerate() {
            let (value, part) = match values.as_slice() {
                [one] if names.len() > 1 => (Some(*one), Some(at)),
                several => (several.get(at).copied(), None),
            };
            unit.vars.push(Rc::new(Var {
                name: Rc::from(reading.of(*name)),
                ty: field(spec, "type").map(|of| ty(reading, of)),
                init: value.map(|value| Init::new(reading.file, value)),
                part,
                file: reading.file,
            }));
        }
    }
}

/// A named type.
fn class<'t>(reading: &Reading<'t>, name: &str, node: Node<'t>, at: Node<'t>) -> Class<'t> {
    let site = reading.site(at);
    match node.kind() {
        "struct_type" => structure(reading, name, node, at),
        "interface_type" => Class::new(name, ClassKind::Interface, site),
        _ => Class { alias: Some(ty(reading, node)), ..Class::new(name, ClassKind::Record, site) },
    }
}

fn structure<'t>(reading: &Reading<'t>, name: &str, node: Node<'t>, at: Node<'t>) -> Class<'t> {
    let mut class = Class::new(name, ClassKind::Record, reading.site(at));
    let list = first_of(node, &["field_declaration_list"]);
    for declared in list.map(|list| of_kind(list, "field_declaration")).unwrap_or_default() {
        let mut cursor = declared.walk();
        let names: Vec<_> = declared.children_by_field_name("name", &mut cursor).map(|name| reading.of(name)).collect();
        let of = field(declared, "type").map(|node| ty(reading, node));
        let tag = field(declared, "tag").map(|tag| Rc::from(text_of(reading, tag).as_str()));
        // An embedded type has no name of its own.
        for name in if names.is_empty() { vec![""] } else { names } {
            class.fields.push(Field {
                name: Rc::from(name),
                ty: of.clone(),
                init: None,
                marks: Vec::new(),
                doc: None,
                tag: tag.clone(),
                is_static: false,
                is_public: name.starts_with(char::is_uppercase) || name.is_empty(),
            });
        }
    }
    class
}

/// A type: pointers are nullable, `[]T` is called `[]` and `map[K]V` is called `map`.
pub(super) fn ty<'t>(reading: &Reading<'t>, node: Node<'t>) -> Type<'t> {
    let unknown = || Type::named("any");
    let inner = |node: Option<Node<'t>>| node.map_or_else(unknown, |node| ty(reading, node));
    reading
        .deeper(|| match node.kind() {
            "pointer_type" => Type { nullable: true, ..inner(children(node).first().copied()) },
            "parenthesized_type" => inner(children(node).first().copied()),
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                Type::of("[]", vec![inner(field(node, "element"))])
            }
            "map_type" => Type::of("map", vec![inner(field(node, "key")), inner(field(node, "value"))]),
            "struct_type" => {
                let class = structure(reading, "struct", node, node);
                Type { inline: Some(Rc::new(class)), ..Type::named("struct") }
            }
            "generic_type" => {
                let args = field(node, "type_arguments").map(children).unwrap_or_default();
                let args = args.into_iter().map(|arg| match arg.kind() {
                    "type_elem" => inner(children(arg).first().copied()),
                    _ => ty(reading, arg),
                });
                Type { args: args.collect(), ..inner(field(node, "type")) }
            }
            "type_identifier" | "qualified_type" | "identifier" | "selector_expression" => {
                Type::named(reading.of(node))
            }
            "interface_type" => unknown(),
            // The results of a function.
            "parameter_list" => {
                let results = super::lower::params(reading, node).into_iter();
                Type::of("()", results.map(|result| result.ty.unwrap_or_else(unknown)).collect())
            }
            "function_type" => Type::named("func"),
            _ => unknown(),
        })
        .unwrap_or_else(unknown)
}
