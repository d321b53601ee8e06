//! What a person can write into Claude Code's settings.json, and which of it the client skips without a word.
//!
//! Only rules for MCP tools are looked at; those for the client's own tools are its own affair.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, shortened};
use crate::written::source::Source;

static PERMISSIONS: Fields = Fields {
    what: "`permissions`",
    known: &[
        may("allow", Shape::Names),
        may("ask", Shape::Names),
        may("deny", Shape::Names),
        may("defaultMode", Shape::Text),
        may("additionalDirectories", Shape::Names),
        may("disableBypassPermissionsMode", Shape::Any),
        may("disableAutoMode", Shape::Any),
    ],
    wrong: &[
        ("denied", "`deny`"),
        ("block", "`deny`"),
        ("allowed", "`allow`"),
        ("allowedTools", "`allow`"),
        ("allowed_tools", "`allow`"),
        ("disallowedTools", "`deny`"),
        ("prompt", "`ask`"),
        ("confirm", "`ask`"),
    ],
    open: false,
};

static SETTINGS: Fields = Fields {
    what: "settings.json",
    known: &[may("permissions", Shape::Table(&PERMISSIONS))],
    wrong: &[
        ("permission", "`permissions`"),
        ("allowedTools", "`permissions`: {\"allow\": […]}"),
        ("disallowedTools", "`permissions`: {\"deny\": […]}"),
    ],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    book.joined = |alias, tool| format!("mcp__{alias}__{tool}");
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&SETTINGS), &root.span, "the settings", &mut book.finds);
    let Some(permissions) = root.get("permissions") else {
        book.partial = true;
        return;
    };
    let span = root.entry("permissions").map_or(root.span.clone(), |entry| entry.at.clone());
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules.push(WrittenRule::new(span, "permissions", every, PolicyEffect::Ask).rank(0).role(Role::Default));
    for (list, effect, rank) in
        [("deny", PolicyEffect::Deny, 3), ("ask", PolicyEffect::Ask, 2), ("allow", PolicyEffect::Allow, 1)]
    {
        for (rule, span) in permissions.get(list).into_iter().flat_map(Node::texts) {
            match selector(rule, list) {
                Ok(Some(selector)) => {
                    book.rules.push(WrittenRule::new(span.clone(), list, selector, effect).rank(rank));
                }
                Ok(None) => {}
                Err((message, help)) => {
                    let finding = PolicyFinding::new(PolicyFault::IgnoredRule, span.clone(), message);
                    book.finds.push(PolicyFinding { help, tools: vec![rule.to_owned()], ..finding });
                }
            }
        }
    }
}

/// Why the client skips a rule, and the right one where it is known.
type Skipped = (String, Option<String>);

/// Of which MCP tools a rule speaks; `None` for the client's own tools.
fn selector(rule: &str, list: &str) -> Result<Option<Selector>, Skipped> {
    let shown = shortened(rule);
    let Some(rest) = rule.strip_prefix("mcp__") else {
        let bare = rule.trim_start_matches("mcp_").trim_start_matches("mcp:");
        // The client's own tools begin with a capital letter.
        if rule.starts_with(|c: char| c.is_ascii_uppercase()) || rule == "*" {
            return Ok(None);
        }
        let help = match bare.split_once([':', '/', '_']) {
            Some((server, tool)) if bare != rule => format!("write `mcp__{server}__{}`", tool.trim_start_matches('_')),
            Some((server, tool)) if rule.contains([':', '/']) => format!("write `mcp__{server}__{tool}`"),
            _ => "write `mcp__SERVER__TOOL`".to_owned(),
        };
        return Err((format!("`{shown}` matches no tool: rules for MCP tools begin with `mcp__`"), Some(help)));
    };
    if rule.contains('(') {
        let bare = rule.split('(').next().unwrap_or_default();
        let message = format!("`{shown}` is skipped: rules for MCP tools take no arguments");
        return Err((message, Some(format!("write `{}`", shortened(bare)))));
    }
    let (server, tool) = rest.split_once("__").map_or((rest, "*"), |(server, tool)| (server, tool));
    if server.contains('*') {
        if list == "allow" {
            let message = format!("`{shown}` is skipped: a rule that allows needs a server's name after `mcp__`");
            return Err((message, Some("write `mcp__SERVER__*` for each server".to_owned())));
        }
        let tool = if tool == "*" { Name::Any } else { Name::globbed(tool) };
        let any = server == "*";
        return match any {
            true => Ok(Some(Selector::Tool { server: None, tool })),
            false => Ok(Some(Selector::Full(Name::Glob(rule.to_owned())))),
        };
    }
    if server.is_empty() || tool.is_empty() {
        return Err((format!("`{shown}` names no tool"), Some("write `mcp__SERVER__TOOL`".to_owned())));
    }
    let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '*');
    if let Some(sign) = rest.chars().find(|c| odd(*c)) {
        let right: String = rest.chars().map(|c| if odd(c) { '_' } else { c }).collect();
        let message =
            format!("`{shown}` matches nothing: the client turns `{}` in names into `_`", sign.escape_debug());
        return Err((message, Some(format!("write `mcp__{}`", shortened(&right)))));
    }
    Ok(Some(Selector::Tool { server: Some(server.to_owned()), tool: Name::globbed(tool) }))
}
