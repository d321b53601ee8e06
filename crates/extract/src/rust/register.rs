//! Tools of Rust servers that no router of `rmcp` holds: those of `rust-mcp-sdk` (`#[mcp_tool]`, `tool_box!`), and those that
//! a handler lists by hand (`Tool::new(...)`); and what may add or drop tools in ways that are not followed.

use super::annotated::router_name;
use super::condition;
use super::lower;
use super::types::RustTypes;
use crate::program::ast::{Class, mark};
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::schema::{Trouble, of_class};
use crate::program::setting::Guard;
use crate::program::source::{FileId, Reading, Site, children, field};
use crate::program::tool::Draft;
use crate::program::value::Value;
use mcpdex_model::PartialReason;
use serde_json::{Value as Json, json};
use std::rc::Rc;
use tree_sitter::Node;

/// Calls and macros that change a router or make tools, and what that means.
const DOUBTS: [(&str, &str); 9] = [
    (".remove_route(", "tools may be removed again (`remove_route`)"),
    (".disable_route(", "tools may be removed again (`disable_route`)"),
    (".add_route(", "routes that are added at run time (`add_route`) may register more tools"),
    (".with_route(", "routes that are added at run time (`with_route`) may register more tools"),
    ("ToolRoute::new_dyn(", "routes that are added at run time (`ToolRoute`) may register more tools"),
    ("env!(\"OUT_DIR\")", "source that is written while the crate is built is included and may hold more tools"),
    ("libloading::", "a library that is loaded at run time may register tools"),
    (".list_all_tools(", "the tools of another server are passed on"),
    ("ProxyHandler", "the tools of another server may be passed on"),
];

/// Calls of `merge` in one file that are looked at.
const MAX_MERGES: usize = 200;

/// The tools of `rust-mcp-sdk`, in the order of their lists.
pub(super) fn structs(machine: &mut Machine<'_>) {
    let program = Rc::clone(&machine.program);
    let declared: Vec<_> =
        program.classes().into_iter().filter(|class| mark(&class.marks, &["mcp_tool"]).is_some()).collect();
    if declared.is_empty() {
        return;
    }
    let mut registered: Vec<(Rc<Class<'_>>, Vec<Guard>)> = Vec::new();
    for (name, members) in boxes(machine) {
        let Some(guards) = condition::of_mentions(machine, &format!("{name}::tools")) else { continue };
        for member in members {
            let found = declared.iter().find(|class| *class.name == *member);
            match found {
                Some(class) => registered.push((Rc::clone(class), guards.clone())),
                None => {
                    let detail = format!("the tool `{member}` of `{name}` is not declared in the source");
                    machine.note(PartialReason::UnresolvedValue, detail, None);
                }
            }
        }
    }
    for class in &declared {
        let is_known = registered.iter().any(|(known, _)| Rc::ptr_eq(known, class));
        if let Some(guards) = condition::of_mentions(machine, &format!("{}::tool()", class.name)).filter(|_| !is_known)
        {
            registered.push((Rc::clone(class), guards));
        }
    }
    if registered.is_empty() {
        let detail = format!("{} structs are declared as tools, and nothing in the source lists them", declared.len());
        machine.note(PartialReason::UnresolvedValue, detail, None);
    }
    for (class, guards) in registered {
        machine.guards = guards;
        of_struct(machine, &class);
        machine.guards.clear();
    }
}

/// `tool_box!(Name, [A, B])`: the name and its members.
fn boxes(machine: &Machine<'_>) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for source in &machine.sources.files {
        for kind in ["tool_box!", "setup_tools!"] {
            for (at, _) in source.text.match_indices(kind) {
                let rest = source.text[at + kind.len()..].trim_start();
                let Some((name, rest)) = rest.get(1..).and_then(|rest| rest.split_once(',')) else { continue };
                let Some((list, _)) = rest.split_once('[').and_then(|(_, list)| list.split_once(']')) else { continue };
                let plain = list.lines().map(|line| line.split("//").next().unwrap_or_default());
                let plain = plain.collect::<String>();
                let members = plain.split(',').map(|member| member.trim().rsplit("::").next().unwrap_or_default());
                let members = members.filter(|member| !member.is_empty()).map(str::to_owned).collect();
                found.push((name.trim().to_owned(), members));
            }
        }
    }
    found
}

fn of_struct<'t>(machine: &mut Machine<'t>, class: &Rc<Class<'t>>) {
    let Some(tool) = mark(&class.marks, &["mcp_tool"]) else { return };
    let scope = machine.file_scope(class.site.file);
    let value = |machine: &mut Machine<'t>, name: &str| match tool.named(name) {
        Some(value) => machine.eval(value, &scope),
        None => Value::Null,
    };
    let mut draft = Draft::new(value(machine, "name"), class.site);
    draft.title = value(machine, "title");
    draft.description = value(machine, "description");
    for (name, key) in [
        ("read_only_hint", "readOnlyHint"),
        ("destructive_hint", "destructiveHint"),
        ("idempotent_hint", "idempotentHint"),
        ("open_world_hint", "openWorldHint"),
    ] {
        let hint = value(machine, name);
        draft.annotate(key, Some(hint));
    }
    let mut trouble = Trouble::default();
    let mut schema = of_class(machine, &RustTypes, class, &mut trouble, 0);
    if let Json::Object(schema) = &mut schema {
        // The library's own macro writes neither.
        schema.remove("title");
        schema.remove("description");
    }
    draft.input = Some(schema);
    draft.lacks(trouble.what);
    machine.add(draft);
}

/// The tools that a handler lists by hand.
pub(super) fn by_hand(machine: &mut Machine<'_>) {
    let program = Rc::clone(&machine.program);
    let mut lists = Vec::new();
    for (at, unit) in program.units.iter().enumerate() {
        let handlers = unit.impls.iter().filter(|block| block.of.as_deref() == Some("ServerHandler"));
        for func in handlers.flat_map(|block| &block.methods) {
            let is_list = matches!(&*func.name, "list_tools" | "handle_list_tools_request");
            if let Some(body) = func.body.as_ref().filter(|_| is_list) {
                lists.push((FileId(at), body.node, func.site));
            }
        }
    }
    for (file, body, site) in lists {
        let text = machine.sources.files[file.0].text.get(body.byte_range()).unwrap_or_default();
        if ["list_all", "::tools()", "::tool()"].iter().any(|word| text.contains(word)) {
            continue;
        }
        let before = machine.tools.len();
        // What the method calls may make the tools: every place of the crate counts.
        for at in 0..machine.sources.files.len() {
            made_in(machine, FileId(at));
        }
        if machine.tools.len() == before {
            machine.note(
                PartialReason::GeneratedTools,
                "the list of tools is made at run time (`list_tools`)".to_owned(),
                Some(site),
            );
        }
    }
}

/// `Tool::new(name, description, schema)` and `Tool { name: ..., ... }` anywhere in a file.
fn made_in<'t>(machine: &mut Machine<'t>, file: FileId) {
    let source = &machine.sources.files[file.0];
    let reading = Reading::new(file, source.text);
    let mut cursor = source.tree.walk();
    let mut nodes: Vec<Node<'t>> = Vec::new();
    loop {
        let node = cursor.node();
        let is_call = node.kind() == "call_expression"
            && field(node, "function").is_some_and(|function| is_tool(reading.of(function).trim_end_matches("::new")))
            && field(node, "function").is_some_and(|function| reading.of(function).ends_with("::new"));
        let is_struct =
            node.kind() == "struct_expression" && field(node, "name").is_some_and(|name| is_tool(reading.of(name)));
        if is_call || is_struct || (node.kind() == "token_tree" && in_macro(&reading, node)) {
            nodes.push(node);
        }
        if cursor.goto_first_child() || cursor.goto_next_sibling() {
            continue;
        }
        let mut is_over = true;
        while cursor.goto_parent() {
            if cursor.goto_next_sibling() {
                is_over = false;
                break;
            }
        }
        if is_over || nodes.len() > 500 {
            break;
        }
    }
    for node in nodes {
        let site = Site::of(file, node);
        let scope = machine.file_scope(file);
        let mut draft = Draft::new(Value::Null, site);
        let mut given: Vec<(String, Node<'t>)> = Vec::new();
        if node.kind() == "token_tree" {
            // Inside of a macro (`vec![Tool::new("name", ...)]`) the grammar knows tokens only: the first of each counts.
            let names = ["name", "description", "input_schema"];
            let is_struct = reading.of(node).starts_with('{');
            for (at, part) in parts(&reading, node).into_iter().enumerate() {
                match (is_struct, part.as_slice()) {
                    (false, [first, ..]) => given.extend(names.get(at).map(|name| ((*name).to_owned(), *first))),
                    (true, [name, _, first, ..]) => given.push((reading.of(*name).to_owned(), *first)),
                    _ => {}
                }
            }
        } else if node.kind() == "call_expression" {
            let args = field(node, "arguments").map(children).unwrap_or_default();
            let names = ["name", "description", "input_schema"];
            given.extend(names.iter().zip(args).map(|(name, node)| ((*name).to_owned(), node)));
        } else {
            for part in field(node, "body").map(children).unwrap_or_default() {
                if let (Some(name), Some(value)) = (field(part, "field"), field(part, "value")) {
                    given.push((reading.of(name).to_owned(), value));
                }
            }
        }
        let mut has_schema = false;
        for (name, node) in given {
            let value = machine.eval(&lower::expr(&reading, node), &scope);
            match name.as_str() {
                "name" => draft.name = value,
                "title" => draft.title = value,
                "description" => draft.description = value,
                "input_schema" => {
                    let mut holes = Vec::new();
                    let schema = to_json(&value, "", &mut holes).filter(Json::is_object);
                    has_schema = schema.is_some();
                    draft.input = schema.or_else(|| Some(json!({ "type": "object" })));
                }
                _ => {}
            }
        }
        if !has_schema {
            draft.missing.push("the input schema".to_owned());
        }
        machine.guards = condition::around(machine, file, node.start_byte());
        machine.add(draft);
        machine.guards.clear();
    }
}

/// Whether a token tree holds what `Tool::new` is given, or the fields of a `Tool`.
fn in_macro<'t>(reading: &Reading<'t>, node: Node<'t>) -> bool {
    let before = |node: Option<Node<'t>>| node.map_or("", |node| reading.of(node));
    let one = node.prev_sibling();
    let two = one.and_then(|node| node.prev_sibling());
    let three = two.and_then(|node| node.prev_sibling());
    match reading.of(node).chars().next() {
        Some('(') => before(one) == "new" && before(two) == "::" && before(three) == "Tool",
        Some('{') => before(one) == "Tool",
        _ => false,
    }
}

/// The tokens between the commas of a token tree.
fn parts<'t>(reading: &Reading<'t>, node: Node<'t>) -> Vec<Vec<Node<'t>>> {
    let mut cursor = node.walk();
    let tokens: Vec<Node<'t>> = node.children(&mut cursor).collect();
    let inner = tokens.get(1..tokens.len().saturating_sub(1)).unwrap_or_default();
    inner.split(|token| reading.of(*token) == ",").map(<[Node<'t>]>::to_vec).collect()
}

fn is_tool(path: &str) -> bool {
    path == "Tool" || path.ends_with("::Tool")
}

/// Notes what may add or drop tools in ways that are not followed.
pub(super) fn doubts(machine: &mut Machine<'_>) {
    for (word, detail) in DOUBTS {
        let place = machine.sources.files.iter().enumerate().find_map(|(at, source)| {
            let found = source.text.find(word)?;
            let line = source.text[..found].matches('\n').count();
            Some(Site { file: FileId(at), line: crate::engine::site::line(line) })
        });
        if let Some(site) = place {
            machine.lacks(detail.to_owned(), site);
        }
    }
    // A macro of the crate that writes tools.
    let mut made = Vec::new();
    for (at, source) in machine.sources.files.iter().enumerate() {
        for node in children(source.tree.root_node()) {
            let text = source.text.get(node.byte_range()).unwrap_or_default();
            if node.kind() == "macro_definition" && ["#[tool", "#[mcp_tool"].iter().any(|word| text.contains(word)) {
                let name = field(node, "name").and_then(|name| source.text.get(name.byte_range())).unwrap_or("macro");
                let detail = format!("the macro `{name}` may make more tools; it is expanded when the crate is built");
                made.push((detail, Site::of(FileId(at), node)));
            }
        }
    }
    made.extend(foreign_parts(machine));
    for (detail, site) in made {
        machine.lacks(detail, site);
    }
}

/// Routers that are merged into another and declared nowhere in the source, and macros that stand among the methods of one.
fn foreign_parts(machine: &Machine<'_>) -> Vec<(String, Site)> {
    let blocks = || machine.program.units.iter().flat_map(|unit| &unit.impls);
    let routers: Vec<_> = blocks().map(router_name).collect();
    let is_known = |text: &str| routers.iter().any(|name| text.contains(&format!("{name}(")));
    let mut found = Vec::new();
    for (at, source) in machine.sources.files.iter().enumerate() {
        let is_router = |text: &str| text.contains("outer");
        for (place, _) in source.text.match_indices(".merge(").take(MAX_MERGES) {
            let before = &source.text[..place];
            let on = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let given = source.text[place + 7..].split([';', '\n']).next().unwrap_or_default();
            // What a name was given, where it is one.
            let name = given.trim_end_matches(')');
            let kept = ["let ", "let mut "].iter().find_map(|word| before.rsplit_once(&format!("{word}{name} ")));
            let made = kept.map_or(given, |(_, rest)| rest.split(';').next().unwrap_or_default());
            if is_router(on) && !is_known(made) {
                let line = crate::engine::site::line(before.matches('\n').count());
                let detail = "a router that is not in the source is merged into the server's (`merge`)".to_owned();
                found.push((detail, Site { file: FileId(at), line }));
            }
        }
        for block in children(source.tree.root_node()).into_iter().filter(|node| node.kind() == "impl_item") {
            let attributes = std::iter::successors(block.prev_sibling(), Node::prev_sibling)
                .take_while(|node| node.kind() == "attribute_item")
                .any(|node| source.text.get(node.byte_range()).is_some_and(|text| text.contains("tool")));
            let members = field(block, "body").filter(|_| attributes).map(children).unwrap_or_default();
            for member in members.into_iter().filter(|member| member.kind() == "macro_invocation") {
                let name =
                    field(member, "macro").and_then(|name| source.text.get(name.byte_range())).unwrap_or("macro");
                let detail = format!("the macro `{name}` stands among the tools of a router and may make more of them");
                found.push((detail, Site::of(FileId(at), member)));
            }
        }
    }
    found
}
