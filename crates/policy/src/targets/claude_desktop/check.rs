//! What a person can write into Claude Desktop's managed configuration: a state for each tool of a server.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed, shortened};
use crate::written::source::Source;

static SERVER: Fields = Fields {
    what: "a server",
    known: &[
        needed("name", Shape::Filled),
        may("url", Shape::Text),
        may("toolPolicy", Shape::Keyed(&Shape::OneOf(&["allow", "ask", "blocked"]))),
    ],
    wrong: &[
        ("toolPolicies", "`toolPolicy`"),
        ("tools", "`toolPolicy`"),
        ("disabledTools", "`toolPolicy` with \"blocked\" for each"),
        ("allowedTools", "`toolPolicy` with \"allow\" for each"),
        ("serverName", "`name`"),
    ],
    open: true,
};

static CONFIG: Fields = Fields {
    what: "the managed configuration",
    known: &[needed("managedMcpServers", Shape::List(&Shape::Table(&SERVER)))],
    wrong: &[("mcpServers", "`managedMcpServers`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&CONFIG), &root.span, "the configuration", &mut book.finds);
    for server in root.get("managedMcpServers").map_or(&[][..], Node::items) {
        let Some(name) = server.get("name").and_then(Node::text) else { continue };
        let of = |tool: Name| Selector::Tool { server: Some(name.to_owned()), tool };
        let policy = server.entry("toolPolicy");
        let at = policy.map_or(server.span.start..server.span.start, |policy| policy.at.clone());
        let default = WrittenRule::new(at, "toolPolicy", of(Name::Any), PolicyEffect::Ask);
        book.rules.push(default.rank(0).role(Role::Default));
        for entry in policy.map(|policy| policy.node.kept()).unwrap_or_default() {
            if entry.key.contains('*') {
                let message = format!("`{}` is the name of no tool: there are no wildcards", shortened(&entry.key));
                let finding = PolicyFinding::new(PolicyFault::IgnoredRule, entry.at.clone(), message);
                book.finds.push(finding.help("name each tool"));
                continue;
            }
            let effect = match entry.node.text() {
                Some("allow") => PolicyEffect::Allow,
                Some("blocked") => PolicyEffect::Deny,
                _ => PolicyEffect::Ask,
            };
            book.rules.push(WrittenRule::new(entry.at.clone(), "toolPolicy", of(Name::Is(entry.key.clone())), effect));
        }
    }
}
