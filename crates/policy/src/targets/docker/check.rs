//! What a person can write into a profile of the Docker MCP Gateway: a list of tools for each server, all of them without.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::Source;
use std::rc::Rc;

static SERVER: Fields = Fields {
    what: "a server",
    known: &[
        needed("type", Shape::OneOf(&["registry", "image", "remote"])),
        may("source", Shape::Filled),
        may("image", Shape::Filled),
        may("endpoint", Shape::Filled),
        may("tools", Shape::Names),
        may("config", Shape::Any),
        may("secrets", Shape::Any),
        may("policy", Shape::Any),
        may("snapshot", Shape::Any),
    ],
    wrong: &[
        ("allowed_tools", "`tools`"),
        ("allowedTools", "`tools`"),
        ("enabled_tools", "`tools`"),
        ("disabled_tools", "the tools that may be used into `tools`"),
        ("excluded_tools", "the tools that may be used into `tools`"),
    ],
    open: false,
};

static PROFILE: Fields = Fields {
    what: "a profile",
    known: &[
        needed("version", Shape::Whole(1, 1)),
        needed("id", Shape::Filled),
        needed("name", Shape::Filled),
        needed("servers", Shape::List(&Shape::Table(&SERVER))),
        may("secrets", Shape::Any),
        may("policy", Shape::Any),
    ],
    wrong: &[("tools", "`tools` below each server")],
    open: false,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    book.by_identity = true;
    let Some(root) = source.root() else { return };
    let top = root.span.start..root.span.start;
    hold(root, &Shape::Table(&PROFILE), &top, "the profile", &mut book.finds);
    let every = Selector::Tool { server: None, tool: Name::Any };
    let span = root.entry("servers").map_or(top, |entry| entry.at.clone());
    book.rules.push(WrittenRule::new(span, "servers", every, PolicyEffect::Hide).rank(-1).role(Role::Default));
    for (group, entry) in root.get("servers").map_or(&[][..], Node::items).iter().enumerate() {
        let text = |key: &str| entry.get(key).and_then(Node::text);
        let identity = match text("type") {
            Some("image") => text("image").map(|image| format!("oci:{image}")),
            Some("remote") => text("endpoint").map(str::to_owned),
            _ => text("source").map(str::to_owned),
        };
        let at = entry.span.start..entry.span.start;
        let place = match text("type") {
            Some("image") => Some("image"),
            Some("registry") => Some("source"),
            Some("remote") => Some("endpoint"),
            _ => None,
        };
        if let Some(place) = place.filter(|place| entry.entry(place).is_none()) {
            let message = format!("a server of type {} needs `{place}`", text("type").unwrap_or_default());
            book.finds.push(PolicyFinding::new(PolicyFault::MissingKey, at.clone(), message));
        }
        let Some(identity) = identity else { continue };
        let of = |tool: Name| Selector::Tool { server: Some(identity.clone()), tool };
        let tools = entry.entry("tools");
        match tools {
            Some(tools) if tools.node.items().is_empty() && tools.node.text().is_none() => {
                let message = "an empty list lets every tool of the server run";
                let finding = PolicyFinding::new(PolicyFault::EmptyMeansAll, tools.at.clone(), message);
                book.finds.push(finding.help("leave the server out, or list the tools that may be used"));
                book.rules.push(WrittenRule::new(tools.at.clone(), "tools", of(Name::Any), PolicyEffect::Allow));
            }
            Some(tools) => {
                let names: std::collections::HashSet<String> =
                    tools.node.texts().map(|(name, _)| name.to_owned()).collect();
                for (name, span) in tools.node.texts() {
                    let tool = if name == "*" { Name::Any } else { Name::Is(name.to_owned()) };
                    let rule = WrittenRule::new(span.clone(), "tools", of(tool), PolicyEffect::Allow);
                    book.rules.push(rule.group(group));
                }
                if !names.contains("*") {
                    let others = of(Name::Not(Rc::new(names)));
                    book.rules.push(WrittenRule::new(tools.at.clone(), "tools", others, PolicyEffect::Hide).rank(0));
                }
            }
            None => book.rules.push(WrittenRule::new(at, "servers", of(Name::Any), PolicyEffect::Allow)),
        }
    }
}
