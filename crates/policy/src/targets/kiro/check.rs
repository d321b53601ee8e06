//! What a person can write into Kiro's mcp.json about tools.

use crate::decision::PolicyEffect;
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::Source;

static SERVER: Fields = Fields {
    what: "a server",
    known: &[
        may("command", Shape::Text),
        may("args", Shape::Any),
        may("env", Shape::Any),
        may("url", Shape::Text),
        may("headers", Shape::Any),
        may("disabled", Shape::Bool),
        may("timeout", Shape::Any),
        may("type", Shape::Any),
        may("cwd", Shape::Any),
        may("oauth", Shape::Any),
        may("oauthScopes", Shape::Any),
        may("autoApprove", Shape::Names),
        may("disabledTools", Shape::Names),
    ],
    wrong: &[
        ("alwaysAllow", "`autoApprove`"),
        ("allowedTools", "`autoApprove`"),
        ("auto_approve", "`autoApprove`"),
        ("trustedTools", "`autoApprove`"),
        ("deniedTools", "`disabledTools`"),
        ("excludeTools", "`disabledTools`"),
        ("disallowedTools", "`disabledTools`"),
        ("tools", "`disabledTools` for what is not to exist"),
    ],
    open: false,
};

static CONFIG: Fields = Fields {
    what: "mcp.json",
    known: &[needed("mcpServers", Shape::Keyed(&Shape::Table(&SERVER)))],
    wrong: &[("servers", "`mcpServers`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&CONFIG), &root.span, "the configuration", &mut book.finds);
    for entry in root.get("mcpServers").into_iter().flat_map(Node::kept) {
        let of = |tool: Name| Selector::Tool { server: Some(entry.key.clone()), tool };
        let default = WrittenRule::new(entry.at.clone(), "mcpServers", of(Name::Any), PolicyEffect::Ask);
        book.rules.push(default.rank(0).role(Role::Default));
        for (list, effect, rank) in [("autoApprove", PolicyEffect::Allow, 1), ("disabledTools", PolicyEffect::Hide, 2)]
        {
            for (name, span) in entry.node.get(list).into_iter().flat_map(Node::texts) {
                let tool = if name == "*" { Name::Any } else { Name::Is(name.to_owned()) };
                book.rules.push(WrittenRule::new(span.clone(), list, of(tool), effect).rank(rank));
            }
        }
    }
}
