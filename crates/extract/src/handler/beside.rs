//! The functions that stand beside a tool's definition: written there, named there, or held by an object or a class there.

use super::locate::{Handler, around, text_of};
use super::lower::named;
use super::program::{Found, Program};
use super::term::FuncId;
use tree_sitter::Node;

/// Names of the members that hold what a tool does.
const ACTS: &str = "handler execute run callback call func fn cb logic invoke action perform handle handle_call \
    toolCallback __call__ _run _arun arun Handler Execute Call process impl";

fn is_act(name: &str) -> bool {
    ACTS.split(' ').any(|known| known == name)
}

/// Functions among the siblings of `node`: written there, named there, or held by an object there.
pub(super) fn beside<'t>(
    program: &Program<'t>,
    file: usize,
    node: Node<'t>,
    siblings: &[Node<'t>],
    with_objects: bool,
) -> Vec<Handler<'t>> {
    let mut found = Vec::new();
    for sibling in siblings.iter().filter(|sibling| sibling.id() != node.id()) {
        let key = ["key", "name", "left"].iter().find_map(|name| sibling.child_by_field_name(name));
        let value = ["value", "right"].iter().find_map(|name| sibling.child_by_field_name(name));
        let key = key.and_then(|key| text_of(program, file, key));
        let key = key.or_else(|| match sibling.kind() {
            "keyed_element" => named(*sibling).first().and_then(|key| text_of(program, file, *key)),
            _ => None,
        });
        let last = || named(*sibling).last().copied();
        let (target, is_entry) = match sibling.kind() {
            "pair" | "keyword_argument" | "field_initializer" | "assignment_expression" => (value, true),
            "keyed_element" => (last(), true),
            "argument" | "literal_element" | "value_argument" => (last(), false),
            _ => (Some(*sibling), false),
        };
        let Some(target) = target else { continue };
        if is_entry && !key.is_some_and(|key| is_act(&key)) {
            continue;
        }
        if let Some(handler) = function_of(program, file, target) {
            found.push(handler);
        } else if with_objects && matches!(target.kind(), "object" | "dictionary" | "literal_value") {
            found.extend(acts_of(program, file, target));
        }
    }
    // Of several functions the last is what runs: the ones before it check or convert.
    found.pop().into_iter().collect()
}

/// The members of a class or an object that hold what a tool does.
pub(super) fn acts_of<'t>(program: &Program<'t>, file: usize, body: Node<'t>) -> Vec<Handler<'t>> {
    let mut found = Vec::new();
    for member in named(body) {
        let member = match member.kind() {
            "decorated_definition" => member.child_by_field_name("definition").unwrap_or(member),
            _ => member,
        };
        let name = ["name", "key", "property"].iter().find_map(|name| member.child_by_field_name(name));
        let name = name.and_then(|name| text_of(program, file, name));
        if !name.is_some_and(|name| is_act(&name)) {
            continue;
        }
        let target = member.child_by_field_name("value").unwrap_or(member);
        found.extend(inline(program, file, target).or_else(|| function_of(program, file, target)));
    }
    found.truncate(4);
    found
}

/// A function that is written at `node`.
pub(super) fn inline<'t>(program: &Program<'t>, file: usize, node: Node<'t>) -> Option<Handler<'t>> {
    let id = program.file(file)?.by_node.get(&node.id())?;
    Some(Handler::Func(*id))
}

/// The function that is written at `node`, named there, or made there out of another.
pub(super) fn function_of<'t>(program: &Program<'t>, file: usize, node: Node<'t>) -> Option<Handler<'t>> {
    led_to(program, file, node, 0, &mut Vec::new())
}

/// The same; each name at the top of a file is followed once, since some are defined by themselves.
fn led_to<'t>(
    program: &Program<'t>,
    file: usize,
    node: Node<'t>,
    depth: u32,
    seen: &mut Vec<(usize, usize)>,
) -> Option<Handler<'t>> {
    if let Some(handler) = inline(program, file, node) {
        return Some(handler);
    }
    let text = program.forest.text(file).get(node.byte_range())?;
    match node.kind() {
        "identifier" | "shorthand_property_identifier" => {
            let near = around(program, file, node);
            let nested = program
                .file(file)?
                .funcs
                .iter()
                .enumerate()
                .find(|(_, func)| &*func.name == text && func.parent.is_some() && func.parent == near);
            if let Some((at, _)) = nested {
                return Some(Handler::Func(FuncId { file, at }));
            }
            resolved(program, program.lookup(file, text)?, seen)
        }
        "attribute"
        | "member_expression"
        | "selector_expression"
        | "field_expression"
        | "member_access_expression"
        | "scoped_identifier"
        | "field_access"
        | "navigation_expression" => {
            let parts = named(node);
            let (first, last) = (parts.first()?, parts.last()?);
            let (on, name) = (program.forest.text(file).get(first.byte_range())?, text_of(program, file, *last)?);
            let own = around(program, file, node).and_then(|id| program.func(id)?.class);
            if let (Some(class), true) = (own, matches!(on, "self" | "this")) {
                return program.method(class, &name).map(Handler::Func);
            }
            match program.lookup(file, on) {
                Some(Found::Class(class)) => program.method(class, &name).map(Handler::Func),
                Some(Found::Module(module)) => resolved(program, program.look(module, &name, 0)?, seen),
                _ => program.only_method(file, &name).map(Handler::Func),
            }
        }
        // `wrap(handler)`, `useCallback(async () => ...)`.
        "call" | "call_expression" | "invocation_expression" | "method_invocation" if depth < 3 => {
            let args = node.child_by_field_name("arguments").map(named).unwrap_or_default();
            args.into_iter().rev().find_map(|arg| led_to(program, file, arg, depth + 1, seen))
        }
        "annotated_lambda" if depth < 3 => led_to(program, file, *named(node).last()?, depth + 1, seen),
        "callable_reference" => {
            let name = text_of(program, file, *named(node).last()?)?;
            let found = program.lookup(file, &name).and_then(|found| resolved(program, found, seen));
            found.or_else(|| program.only_method(file, &name).map(Handler::Func))
        }
        "parenthesized_expression" | "as_expression" | "argument" | "literal_element" if depth < 3 => {
            led_to(program, file, *named(node).first()?, depth + 1, seen)
        }
        _ => None,
    }
}

fn resolved<'t>(program: &Program<'t>, found: Found, seen: &mut Vec<(usize, usize)>) -> Option<Handler<'t>> {
    match found {
        Found::Func(id) => Some(Handler::Func(id)),
        Found::Global(file, number, _) if !seen.contains(&(file, number)) => {
            seen.push((file, number));
            let value = program.file(file)?.globals.get(number)?.value?;
            led_to(program, file, value, 2, seen)
        }
        _ => None,
    }
}
