//! What a person can write as the MCP tool of a request to OpenAI's Responses API, or, with other lists, to Azure's agents.

use crate::decision::PolicyEffect;
use crate::written::node::{Node, NodeEntry, NodeValue};
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::Source;
use std::rc::Rc;

static NAMES: Fields = Fields {
    what: "a list of tools",
    known: &[may("tool_names", Shape::Names), may("read_only", Shape::Bool)],
    wrong: &[("tools", "`tool_names`"), ("names", "`tool_names`")],
    open: false,
};

static APPROVAL: Fields = Fields {
    what: "`require_approval`",
    known: &[may("always", Shape::Table(&NAMES)), may("never", Shape::Table(&NAMES))],
    wrong: &[("ask", "`always`"), ("allow", "`never`"), ("tool_names", "`always` or `never` with `tool_names`")],
    open: false,
};

macro_rules! tool_fields {
    ($approval:expr) => {
        Fields {
            what: "an MCP tool",
            known: &[
                needed("type", Shape::OneOf(&["mcp"])),
                needed("server_label", Shape::Filled),
                may("server_url", Shape::Text),
                may("server_description", Shape::Text),
                may("connector_id", Shape::Any),
                may("project_connection_id", Shape::Any),
                may("headers", Shape::Any),
                may("authorization", Shape::Any),
                may("defer_loading", Shape::Any),
                may("allowed_tools", Shape::Either(&[Shape::Names, Shape::Table(&NAMES)])),
                may("require_approval", Shape::Either(&[Shape::Table($approval), Shape::OneOf(&["always", "never"])])),
            ],
            wrong: &[
                ("requireApproval", "`require_approval`"),
                ("approval", "`require_approval`"),
                ("allowedTools", "`allowed_tools`"),
                ("tools", "`allowed_tools`"),
                ("label", "`server_label`"),
                ("name", "`server_label`"),
            ],
            open: false,
        }
    };
}
pub(in crate::targets) use tool_fields;

static TOOL: Fields = tool_fields!(&APPROVAL);

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    wrong_lists(source, book);
    read_tools(source, &TOOL, "tool_names", book);
}

/// A list where the vendor has an object of names is said with the key that is missing.
fn wrong_lists(source: &Source<'_>, book: &mut RuleBook) {
    use crate::written::finding::{PolicyFault, PolicyFinding};
    for tool in tools(source) {
        for list in tool.get("require_approval").into_iter().flat_map(Node::kept) {
            if ["always", "never"].contains(&list.key.as_str()) && matches!(list.node.value, NodeValue::List(_)) {
                let message = format!("`{}` takes a table with `tool_names`, not a list", list.key);
                book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, list.node.span.clone(), message));
            }
        }
    }
}

/// The MCP tools of a request, of a list of tools, or the one that is the document.
fn tools<'s>(source: &'s Source<'_>) -> Vec<&'s Node> {
    let Some(root) = source.root() else { return Vec::new() };
    let all: Vec<&Node> = match root.get("tools") {
        _ if matches!(root.value, NodeValue::List(_)) => root.items().iter().collect(),
        Some(tools) => tools.items().iter().collect(),
        None => vec![root],
    };
    let is_mcp = |tool: &&Node| tool.get("type").is_none_or(|kind| kind.text() == Some("mcp"));
    all.into_iter().filter(is_mcp).collect()
}

/// Reads the tools; `list` is the key below which the vendor's lists of an approval stand, empty where they stand there
/// themselves.
pub(in crate::targets) fn read_tools(source: &Source<'_>, fields: &'static Fields, list: &str, book: &mut RuleBook) {
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules.push(WrittenRule::new(0..0, "tools", every, PolicyEffect::Hide).rank(-1).role(Role::Default));
    for (group, tool) in tools(source).into_iter().enumerate() {
        let before = book.finds.len();
        hold(tool, &Shape::Table(fields), &(tool.span.start..tool.span.start), "tool", &mut book.finds);
        // What `wrong_lists` has said in better words.
        let mut seen: Vec<_> = book.finds[..before].iter().map(|finding| finding.span.clone()).collect();
        seen.dedup();
        let mut at = 0;
        book.finds.retain(|finding| {
            at += 1;
            at <= before || !seen.contains(&finding.span)
        });
        one(tool, group, list, book);
    }
}

/// The names of a list, spelled either way.
fn names(entry: &NodeEntry) -> Vec<(&str, &std::ops::Range<usize>)> {
    entry.node.texts().chain(entry.node.get("tool_names").into_iter().flat_map(Node::texts)).collect()
}

fn one(tool: &Node, group: usize, below: &str, book: &mut RuleBook) {
    let Some(label) = tool.get("server_label").and_then(Node::text) else { return };
    let of = |tool: Name| Selector::Tool { server: Some(label.to_owned()), tool };
    let approval = tool.entry("require_approval");
    let default = match approval.and_then(|approval| approval.node.text()) {
        Some("never") => PolicyEffect::Allow,
        _ => PolicyEffect::Ask,
    };
    let at = approval.map_or(tool.span.start..tool.span.start, |approval| approval.at.clone());
    book.rules.push(WrittenRule::new(at, "require_approval", of(Name::Any), default).rank(0).role(Role::Default));
    for (list, effect, rank) in [("never", PolicyEffect::Allow, 1), ("always", PolicyEffect::Ask, 2)] {
        let Some(entry) = approval.and_then(|approval| approval.node.entry(list)) else { continue };
        let names = if below.is_empty() { Some(&entry.node) } else { entry.node.get(below) };
        for (name, span) in names.into_iter().flat_map(Node::texts) {
            book.rules.push(WrittenRule::new(span.clone(), list, of(Name::Is(name.to_owned())), effect).rank(rank));
        }
    }
    let Some(allowed) = tool.entry("allowed_tools") else { return };
    let listed = names(allowed);
    let all = listed.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, span) in listed {
        let rule = WrittenRule::new(span.clone(), "allowed_tools", of(Name::Is(name.to_owned())), default);
        book.rules.push(rule.rank(0).role(Role::Lists).group(group));
    }
    let others = of(Name::Not(Rc::new(all)));
    book.rules.push(WrittenRule::new(allowed.at.clone(), "allowed_tools", others, PolicyEffect::Hide).rank(3));
}
