//! What a person can write into Cursor's permissions.json. Keys that the client does not know it ignores.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, shortened};
use crate::written::source::Source;

const ONLY_ALLOWS: &str = "what may run into `mcpAllowlist`: the client asks about everything else and refuses nothing";

static PERMISSIONS: Fields = Fields {
    what: "permissions.json",
    known: &[may("mcpAllowlist", Shape::Names), may("terminalAllowlist", Shape::Any)],
    wrong: &[
        ("mcpDenylist", ONLY_ALLOWS),
        ("mcpBlocklist", ONLY_ALLOWS),
        ("deny", ONLY_ALLOWS),
        ("allow", "`mcpAllowlist`"),
        ("allowlist", "`mcpAllowlist`"),
        ("permissions", "`mcpAllowlist`"),
    ],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    book.joined = |alias, tool| format!("{alias}:{tool}");
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&PERMISSIONS), &root.span, "the permissions", &mut book.finds);
    let span = root.entry("mcpAllowlist").map_or(root.span.clone(), |entry| entry.at.clone());
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules.push(WrittenRule::new(span, "mcpAllowlist", every, PolicyEffect::Ask).rank(0).role(Role::Default));
    for (entry, span) in root.get("mcpAllowlist").into_iter().flat_map(Node::texts) {
        let Some((server, tool)) =
            entry.split_once(':').filter(|(server, tool)| !server.is_empty() && !tool.is_empty())
        else {
            let right = match entry.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) {
                Some((server, tool)) => format!("write `{server}:{tool}`"),
                None => "write `SERVER:TOOL`".to_owned(),
            };
            let message = format!("`{}` matches no tool: an entry is a server and a tool", shortened(entry));
            let finding = PolicyFinding::new(PolicyFault::IgnoredRule, span.clone(), message).help(right);
            book.finds.push(PolicyFinding { tools: vec![entry.to_owned()], ..finding });
            continue;
        };
        let server = (server != "*").then(|| server.to_owned());
        let selector = Selector::Tool { server, tool: Name::globbed(tool) };
        book.rules.push(WrittenRule::new(span.clone(), "mcpAllowlist", selector, PolicyEffect::Allow));
    }
}
