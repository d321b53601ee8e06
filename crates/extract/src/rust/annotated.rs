//! Routers of `rmcp`: `impl` blocks whose methods carry `#[tool]`. A block in, its tools into the machine, when the handler of
//! its type uses the router.

use super::condition;
use super::types::RustTypes;
use crate::program::ast::{Expr, Func, Impl, Mark, Param, Type, mark};
use crate::program::machine::Machine;
use crate::program::schema::{Trouble, object, of_type};
use crate::program::source::FileId;
use crate::program::tool::Draft;
use crate::program::value::Value;
use serde_json::Value as Json;
use std::rc::Rc;

/// Whether the handler of the block's type uses it as its router.
pub(super) fn is_registered(machine: &Machine<'_>, block: &Impl<'_>, is_program: bool) -> bool {
    let blocks = || machine.program.units.iter().flat_map(|unit| &unit.impls).filter(|other| other.ty == block.ty);
    let is_handler = |other: &Impl<'_>| {
        mark(&other.marks, &["tool_handler", "tool_box"]).is_some() || other.of.as_deref() == Some("ServerHandler")
    };
    let Some(own) = mark(&block.marks, &["tool_router", "tool_box", "tool"]) else { return false };
    if mark(&block.marks, &["tool_router"]).is_some() {
        let router = router_name(block);
        let used = format!("{router}(");
        let is_used = machine.sources.files.iter().any(|source| source.text.contains(&used));
        // Newer versions of the handler's macro use the router of the usual name by themselves.
        let is_usual =
            &*router == "tool_router" && blocks().any(|other| mark(&other.marks, &["tool_handler"]).is_some());
        // `#[tool_router(server_handler)]` makes the handler, too.
        let is_whole = own.args.iter().any(|arg| matches!(&arg.value, Expr::Name(name) if &**name == "server_handler"));
        if !(is_used || is_usual || is_whole) {
            return false;
        }
    }
    if is_program {
        is_made(machine, &block.ty)
    } else {
        blocks().any(is_handler) || mark(&block.marks, &["tool_box"]).is_some()
    }
}

/// Whether the type is named somewhere beside its declaration and its `impl` blocks' heads and bodies.
fn is_made(machine: &Machine<'_>, ty: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    machine.sources.files.iter().any(|source| {
        source.text.match_indices(ty).any(|(at, found)| {
            let (before, after) = (&source.text[..at], &source.text[at + found.len()..]);
            if before.chars().next_back().is_some_and(is_word) || after.chars().next().is_some_and(is_word) {
                return false;
            }
            let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
            let declares = ["struct ", "enum ", "impl", "for ", "use ", "mod ", "//", "type "];
            let is_head =
                declares.iter().any(|word| line.starts_with(word) || line.starts_with(&format!("pub {word}")));
            !is_head && !line.starts_with("pub(")
        })
    })
}

/// The name of the function that gives a block's router.
pub(super) fn router_name(block: &Impl<'_>) -> Rc<str> {
    match mark(&block.marks, &["tool_router"]).and_then(|own| own.named("router")) {
        Some(Expr::Name(name)) => Rc::clone(name),
        Some(Expr::Text(name)) => Rc::clone(name),
        _ => Rc::from("tool_router"),
    }
}

pub(super) fn router<'t>(machine: &mut Machine<'t>, block: &Impl<'t>, file: FileId) {
    let mut around = condition::of_marks(machine, &block.marks);
    if mark(&block.marks, &["tool_router"]).is_some() {
        around.extend(condition::of_mentions(machine, &format!("{}(", router_name(block))).unwrap_or_default());
    }
    for func in &block.methods {
        let Some(tool) = mark(&func.marks, &["tool"]) else { continue };
        machine.guards.clone_from(&around);
        machine.guards.extend(condition::of_marks(machine, &func.marks));
        let scope = machine.file_scope(file);
        let value = |machine: &mut Machine<'t>, mark: &Mark<'t>, name: &str| match mark.named(name) {
            Some(value) => machine.eval(value, &scope),
            None => Value::Null,
        };
        let mut draft = Draft::new(value(machine, tool, "name"), func.site);
        if matches!(draft.name, Value::Null) {
            draft.name = Value::Text(Rc::clone(&func.name));
        }
        draft.title = value(machine, tool, "title");
        draft.description = match (value(machine, tool, "description"), &func.doc) {
            (Value::Null, Some(doc)) => Value::Text(Rc::clone(doc)),
            (value, _) => value,
        };
        if let Some(Expr::Make(annotations)) = tool.named("annotations") {
            for (name, key) in [
                ("title", "title"),
                ("read_only_hint", "readOnlyHint"),
                ("destructive_hint", "destructiveHint"),
                ("idempotent_hint", "idempotentHint"),
                ("open_world_hint", "openWorldHint"),
            ] {
                if let Some((_, hint)) = annotations.fields.iter().find(|(known, _)| &**known == name) {
                    let hint = machine.eval(hint, &scope);
                    draft.annotate(key, Some(hint));
                }
            }
        } else if tool.named("annotations").is_some() {
            draft.missing.push("the annotations".to_owned());
        }
        schemas(machine, func, &mut draft, file);
        machine.add(draft);
        machine.guards.clear();
    }
}

/// The schemas of a method's parameters and of what it gives.
fn schemas<'t>(machine: &mut Machine<'t>, func: &Func<'t>, draft: &mut Draft<'t>, file: FileId) {
    let mut trouble = Trouble::default();
    let given = func.params.iter().filter_map(|param| param.ty.as_ref()).find(|ty| ty.last() == "Parameters");
    let whole =
        func.params.iter().find(|param| mark(&param.marks, &["$aggr"]).is_some()).and_then(|param| param.ty.as_ref());
    let schema = match given.and_then(|ty| ty.args.first()).or(whole) {
        Some(ty) => of_type(machine, &RustTypes, ty, file, &mut trouble, 0),
        None => {
            let params = func.params.iter().filter(|param| mark(&param.marks, &["$param"]).is_some());
            let properties = params.map(|param| RustTypes::property(param, file)).collect();
            Json::Object(object(machine, &RustTypes, properties, &mut trouble, 0))
        }
    };
    // Nothing is said rather than nothing but a hole.
    draft.input = Some(schema).filter(|schema| trouble.what.is_empty() || schema["type"] == "object");
    // What is neither: a parameter that the library could not fill in.
    let is_known = |ty: &Type<'_>| {
        matches!(
            ty.last(),
            "Parameters" | "RequestContext" | "Peer" | "Extensions" | "Extension" | "CancellationToken" | "Meta"
        )
    };
    let is_taken = |param: &&Param<'_>| mark(&param.marks, &["$aggr", "$param"]).is_some();
    for param in
        func.params.iter().filter(|param| !is_taken(param) && param.ty.as_ref().is_some_and(|ty| !is_known(ty)))
    {
        draft.missing.push(format!("the parameter `{}`", param.name));
    }
    if let Some(output) = func.result.as_ref().and_then(json_of) {
        let schema = of_type(machine, &RustTypes, output, file, &mut trouble, 0);
        if schema["type"] == "object" {
            draft.output = Some(schema);
        }
    }
    draft.lacks(trouble.what);
}

/// The type inside of `Json<T>` or `Result<Json<T>, E>`.
fn json_of<'a, 't>(ty: &'a Type<'t>) -> Option<&'a Type<'t>> {
    match ty.last() {
        "Json" => ty.args.first(),
        "Result" => ty.args.first().filter(|inner| inner.last() == "Json").and_then(|inner| inner.args.first()),
        _ => None,
    }
}
