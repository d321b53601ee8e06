//! What a person can write into LiteLLM's configuration about the tools of MCP servers.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::{Node, NodeEntry};
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, shortened};
use crate::written::source::Source;
use std::rc::Rc;

static SERVER: Fields = Fields {
    what: "a server",
    known: &[
        may("allowed_tools", Shape::Names),
        may("disallowed_tools", Shape::Names),
        may("allowed_params", Shape::Keyed(&Shape::Names)),
    ],
    wrong: &[
        ("tools", "`allowed_tools`"),
        ("allow", "`allowed_tools`"),
        ("enabled_tools", "`allowed_tools`"),
        ("denied_tools", "`disallowed_tools`"),
        ("disabled_tools", "`disallowed_tools`"),
        ("excluded_tools", "`disallowed_tools`"),
        ("blocked_tools", "`disallowed_tools`"),
        ("deny", "`disallowed_tools`"),
    ],
    open: true,
};

static CONFIG: Fields = Fields {
    what: "the configuration",
    known: &[may("mcp_servers", Shape::Keyed(&Shape::Table(&SERVER)))],
    wrong: &[("mcpServers", "`mcp_servers`"), ("mcp-servers", "`mcp_servers`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&CONFIG), &root.span, "the configuration", &mut book.finds);
    let every = Selector::Tool { server: None, tool: Name::Any };
    let Some(servers) = root.entry("mcp_servers") else { return };
    let default = WrittenRule::new(servers.at.clone(), "mcp_servers", every, PolicyEffect::Hide);
    book.rules.push(default.rank(-1).role(Role::Default));
    for (group, entry) in servers.node.entries().iter().enumerate() {
        if entry.key.contains('-') {
            let message = format!("`{}` has a `-`, with which the proxy ends a server's name", shortened(&entry.key));
            let finding = PolicyFinding::new(PolicyFault::WrongValue, entry.at.clone(), message);
            book.finds.push(finding.help(format!("write `{}`", shortened(&entry.key.replace('-', "_")))));
        }
        server(entry, group, book);
    }
}

fn server(entry: &NodeEntry, group: usize, book: &mut RuleBook) {
    let of = |tool: Name| Selector::Tool { server: Some(entry.key.clone()), tool };
    let prefix = format!("{}-", entry.key);
    // An entry names a tool by itself or with the alias before it.
    let bare = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_owned();
    let allowed = entry.node.entry("allowed_tools");
    match allowed {
        Some(list) if !list.node.items().is_empty() => {
            let names: std::collections::HashSet<String> = list.node.texts().map(|(name, _)| bare(name)).collect();
            for (name, span) in list.node.texts() {
                let rule =
                    WrittenRule::new(span.clone(), "allowed_tools", of(Name::Is(bare(name))), PolicyEffect::Allow);
                book.rules.push(rule.group(group));
            }
            let others = of(Name::Not(Rc::new(names)));
            book.rules.push(WrittenRule::new(list.at.clone(), "allowed_tools", others, PolicyEffect::Hide).rank(0));
        }
        _ => {
            let empty = allowed.filter(|list| list.node.text().is_none());
            if let Some(list) = empty {
                let message = "an empty list lets every tool of the server run";
                let finding = PolicyFinding::new(PolicyFault::EmptyMeansAll, list.at.clone(), message);
                book.finds.push(finding.help("leave the server out, or list the tools that may be used"));
            }
            let at = empty.map_or(&entry.at, |list| &list.at);
            book.rules.push(WrittenRule::new(at.clone(), "mcp_servers", of(Name::Any), PolicyEffect::Allow).rank(0));
        }
    }
    for (name, span) in entry.node.get("disallowed_tools").into_iter().flat_map(Node::texts) {
        let rule = WrittenRule::new(span.clone(), "disallowed_tools", of(Name::Is(bare(name))), PolicyEffect::Hide);
        book.rules.push(rule.rank(2));
    }
}
