//! What a person can write into VS Code's settings about the approval of tools.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::nearest::nearest;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Shape, hold, shortened};
use crate::written::source::Source;

const ELIGIBLE: &str = "chat.tools.eligibleForAutoApproval";
const ALL: &str = "chat.tools.global.autoApprove";

/// Settings of the client about tools which say nothing of MCP tools.
const OTHERS: [&str; 8] = [
    "chat.tools.terminal.autoApprove",
    "chat.tools.terminal.enableAutoApprove",
    "chat.tools.edits.autoApprove",
    "chat.tools.urls.autoApprove",
    "chat.tools.autoApprove",
    "chat.tools.todos.showWidget",
    "chat.tools.useTreeSitter",
    "chat.tools.terminal.blockDetectedFileWrites",
];

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Any, &root.span, "the settings", &mut book.finds);
    for entry in root.entries().iter().filter(|entry| entry.key.starts_with("chat.tools.")) {
        let known = entry.key == ELIGIBLE || entry.key == ALL || OTHERS.contains(&entry.key.as_str());
        let group = |name: &str| entry.key.starts_with(&format!("chat.tools.{name}."));
        if known || ["terminal", "edits", "urls", "todos"].iter().any(|name| group(name)) {
            continue;
        }
        let near = nearest(&entry.key, [ELIGIBLE, ALL]).first().copied().unwrap_or(ELIGIBLE);
        let message = format!("`{}` is no setting of the client", shortened(&entry.key));
        let finding = PolicyFinding::new(PolicyFault::UnknownKey, entry.at.clone(), message);
        book.finds.push(finding.help(format!("write `{near}`, with false for what asks each time")));
    }
    if let Some(all) = root.entry(ALL).filter(|all| all.node.boolean() == Some(true)) {
        let message = "everything runs unasked with this, whatever the list of eligible tools says";
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, all.at.clone(), message);
        book.finds.push(finding.help(format!("take `{ALL}` out, or set it to false")));
        let every = Selector::Tool { server: None, tool: Name::Any };
        book.rules.push(WrittenRule::new(all.at.clone(), ALL, every, PolicyEffect::Allow).rank(9).role(Role::Default));
    }
    let Some(eligible) = root.entry(ELIGIBLE) else { return };
    hold(&eligible.node, &Shape::Keyed(&Shape::Bool), &eligible.at, ELIGIBLE, &mut book.finds);
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules
        .push(WrittenRule::new(eligible.at.clone(), ELIGIBLE, every, PolicyEffect::Ask).rank(0).role(Role::Default));
    for entry in eligible.node.kept() {
        rule(entry, book);
    }
}

fn rule(entry: &crate::written::node::NodeEntry, book: &mut RuleBook) {
    let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let effect = match entry.node.boolean() {
        Some(true) => PolicyEffect::Allow,
        _ => PolicyEffect::Ask,
    };
    // A key without a server is a tool of the client's own, or of one of its extensions.
    let Some((server, tool)) = entry.key.split_once('/') else {
        let selector = Selector::Full(Name::Is(entry.key.clone()));
        return book.rules.push(WrittenRule::new(entry.at.clone(), ELIGIBLE, selector, effect));
    };
    if server.contains(odd) || tool.contains(odd) {
        let right: String = entry.key.chars().map(|c| if odd(c) && c != '/' { '_' } else { c }).collect();
        let message = format!(
            "`{}` matches no tool: the client spells names with letters, digits, `_` and `-`",
            shortened(&entry.key)
        );
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, entry.at.clone(), message);
        return book.finds.push(finding.help(format!("write `{}`", shortened(&right))));
    }
    let selector = Selector::Tool { server: Some(server.to_owned()), tool: Name::Is(tool.to_owned()) };
    book.rules.push(WrittenRule::new(entry.at.clone(), ELIGIBLE, selector, effect));
}
