//! What a person can write for Gemini CLI's policy engine, or into its settings, and what the client drops without a word.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::{Node, NodeEntry};
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed, shortened};
use crate::written::source::{Notation, Source, parse};
use regex::Regex;
use serde_json::{Map, Value};
use std::rc::Rc;

static RULE: Fields = Fields {
    what: "a rule",
    known: &[
        may("mcpName", Shape::Filled),
        needed("toolName", Shape::Either(&[Shape::Names, Shape::Filled])),
        needed("decision", Shape::OneOf(&["allow", "ask_user", "deny"])),
        needed("priority", Shape::Whole(0, 999)),
        may("argsPattern", Shape::Text),
        may("toolAnnotations", Shape::Any),
        may("commandPrefix", Shape::Any),
        may("commandRegex", Shape::Any),
        may("modes", Shape::Any),
        may("interactive", Shape::Any),
        may("subagent", Shape::Any),
        may("allowRedirection", Shape::Any),
        may("allow_redirection", Shape::Any),
        may("denyMessage", Shape::Text),
        may("deny_message", Shape::Text),
    ],
    wrong: &[
        ("serverName", "`mcpName`"),
        ("server", "`mcpName`"),
        ("mcp_name", "`mcpName`"),
        ("tool", "`toolName`"),
        ("tools", "`toolName`"),
        ("tool_name", "`toolName`"),
        ("action", "`decision`"),
        ("effect", "`decision`"),
        ("args", "`argsPattern`"),
        ("args_pattern", "`argsPattern`"),
    ],
    open: false,
};

static POLICIES: Fields = Fields {
    what: "a file of policies",
    known: &[
        may("rule", Shape::List(&Shape::Table(&RULE))),
        may("safety_checker", Shape::Any),
        may("hook_checker", Shape::Any),
    ],
    wrong: &[("rules", "`[[rule]]`"), ("policy", "`[[rule]]`")],
    open: false,
};

static SERVER: Fields = Fields {
    what: "a server",
    known: &[may("includeTools", Shape::Names), may("excludeTools", Shape::Names), may("trust", Shape::Bool)],
    wrong: &[
        ("allowedTools", "`includeTools`"),
        ("disabledTools", "`excludeTools`"),
        ("autoApprove", "a rule of the policy engine"),
    ],
    open: true,
};

static SETTINGS: Fields = Fields {
    what: "settings.json",
    known: &[may("mcpServers", Shape::Keyed(&Shape::Table(&SERVER)))],
    wrong: &[("mcp_servers", "`mcpServers`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    book.joined = |alias, tool| full_name(alias, tool);
    let Some(root) = source.root() else { return };
    if source.notation == Notation::Json {
        book.partial = true;
        hold(root, &Shape::Table(&SETTINGS), &root.span, "the settings", &mut book.finds);
        let every = Selector::Tool { server: None, tool: Name::Any };
        let span = root.entry("mcpServers").map_or(root.span.clone(), |entry| entry.at.clone());
        book.rules.push(WrittenRule::new(span, "mcpServers", every, PolicyEffect::Ask).rank(-1).role(Role::Default));
        settings(root, book);
        return;
    }
    hold(root, &Shape::Table(&POLICIES), &root.span, "the policies", &mut book.finds);
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules.push(WrittenRule::new(0..0, "rule", every, PolicyEffect::Ask).rank(-1).role(Role::Default));
    for one in root.get("rule").into_iter().flat_map(Node::items) {
        rule(one, book);
    }
    // Settings beside the rules hide what they do not include.
    let settings_beside = source.beside.iter().find(|file| file.file.ends_with(".json"));
    let beside = settings_beside.and_then(|file| parse(&file.text, Notation::Json, true).ok());
    if let Some(root) = beside.as_ref().and_then(|roots| roots.first()) {
        for entry in root.get("mcpServers").into_iter().flat_map(Node::kept) {
            let Some(names) = entry.node.get("includeTools") else { continue };
            let others = Selector::Tool { server: Some(entry.key.clone()), tool: Name::Any };
            let hides = WrittenRule::new(0..0, "includeTools", others, PolicyEffect::Hide).rank(1_000);
            book.rules.push(hides.role(Role::Default).test(not_among(names)));
        }
    }
}

/// The name under which the client's rules know a tool.
fn full_name(alias: &str, tool: &str) -> String {
    format!("mcp_{alias}_{tool}")
}

fn rule(one: &Node, book: &mut RuleBook) {
    let mut ignored = |node: &Node, message: String| {
        book.finds.push(PolicyFinding::new(PolicyFault::IgnoredRule, node.span.clone(), message));
    };
    let server = one.get("mcpName").and_then(Node::text);
    if let (Some(name), Some(node)) = (server, one.get("mcpName"))
        && name.contains('_')
    {
        let message =
            format!("`{}` matches no server: the client ends a server's name at its first `_`", shortened(name));
        return ignored(node, message);
    }
    let mut dropped = false;
    let pattern = match one.get("argsPattern").and_then(|node| Some((node, node.text()?))) {
        None => None,
        Some((node, text)) => match Regex::new(text) {
            Err(_) => {
                let message = "the pattern of `argsPattern` does not compile";
                book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, node.span.clone(), message));
                return;
            }
            Ok(_) if is_unsafe(text) => {
                ignored(node, "the client holds this pattern to be unsafe and drops the rule".to_owned());
                dropped = true;
                None
            }
            Ok(pattern) => Some(pattern),
        },
    };
    if dropped {
        return;
    }
    let effect = match one.get("decision").and_then(Node::text) {
        Some("allow") => PolicyEffect::Allow,
        Some("ask_user") => PolicyEffect::Ask,
        Some("deny") => PolicyEffect::Hide,
        _ => return,
    };
    let Some(priority) = one.get("priority").and_then(Node::whole).filter(|priority| *priority <= 999) else { return };
    let Some(names) = one.get("toolName") else { return };
    let narrowed = ["toolAnnotations", "modes", "commandPrefix", "commandRegex", "interactive", "subagent"];
    let test = match pattern {
        // Of hints, modes and agents a call says nothing: a rule that needs them holds where it makes stricter.
        pattern if narrowed.iter().any(|key| one.get(key).is_some()) && (pattern.is_none() || !effect.is_refused()) => {
            RuleTest::Engine(Rc::new(move |_| effect.is_refused()))
        }
        Some(pattern) => RuleTest::Engine(Rc::new(move |call| pattern.is_match(&stable(call.arguments)))),
        None => RuleTest::Always,
    };
    let single = names.text().map(|name| (name, &names.span));
    for (name, span) in names.texts().chain(single) {
        let selector = match server {
            // A trailing `_*` of the whole name is a wildcard, and `*` alone is one.
            Some(server) => Selector::Tool {
                server: (server != "*").then(|| server.to_owned()),
                tool: if name == "*" { Name::Any } else { Name::globbed(name) },
            },
            None if name == "*" => Selector::Tool { server: None, tool: Name::Any },
            None if name.starts_with("mcp_") => Selector::Full(Name::globbed(name)),
            // A tool of the client's own.
            None => continue,
        };
        // One tool of a list is told by its name, the rule otherwise by where it begins.
        let at = if names.text().is_some() { &one.span } else { span };
        let at = if at.is_empty() { span } else { at };
        let written = WrittenRule::new(at.clone(), "rule", selector, effect);
        let rank = i64::try_from(priority).unwrap_or(0);
        book.rules.push(written.rank(rank).test(test.clone()));
    }
}

/// As the client's `isSafeRegExp` sees it.
fn is_unsafe(pattern: &str) -> bool {
    let nested = Regex::new(r"\([^)]*[*+?{].*\)[*+?{]").is_ok_and(|nested| nested.is_match(pattern));
    nested || pattern.encode_utf16().count() > 2_048
}

/// The client's text of the arguments: sorted by name in UTF-16, each pair at the top between two NUL characters.
fn stable(arguments: &Map<String, Value>) -> String {
    let mut sorted: Vec<(&String, &Value)> = arguments.iter().collect();
    sorted.sort_by_cached_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
    let pair = |(name, value): &(&String, &Value)| format!("\0{}:{value}\0", Value::from(name.as_str()));
    format!("{{{}}}", sorted.iter().map(pair).collect::<Vec<_>>().join(","))
}

/// The client compares the lists of its settings with the names that the server gives.
fn not_among(list: &Node) -> RuleTest {
    let names: std::collections::HashSet<String> = list.texts().map(|(name, _)| name.to_owned()).collect();
    RuleTest::Engine(Rc::new(move |call| !names.contains(call.tool)))
}

fn settings(root: &Node, book: &mut RuleBook) {
    for (group, entry) in root.get("mcpServers").map(Node::kept).unwrap_or_default().into_iter().enumerate() {
        server_of_settings(entry, group, book);
    }
}

fn server_of_settings(entry: &NodeEntry, group: usize, book: &mut RuleBook) {
    let of = |tool: Name| Selector::Tool { server: Some(entry.key.clone()), tool };
    let trust = entry.node.entry("trust").filter(|trust| trust.node.boolean() == Some(true));
    if let Some(trust) = trust {
        let message = "`trust` lets every tool of the server run unasked, whatever rules say";
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, trust.at.clone(), message);
        book.finds.push(finding.help("write `\"trust\": false` and allow tools by rules of the policy engine"));
    }
    let effect = if trust.is_some() { PolicyEffect::Allow } else { PolicyEffect::Ask };
    book.rules
        .push(WrittenRule::new(entry.at.clone(), "mcpServers", of(Name::Any), effect).rank(0).role(Role::Default));
    if let Some(include) = entry.node.entry("includeTools") {
        let others = WrittenRule::new(include.at.clone(), "includeTools", of(Name::Any), PolicyEffect::Hide);
        book.rules.push(others.rank(3).test(not_among(&include.node)));
        for (name, span) in include.node.texts() {
            let listed = WrittenRule::new(span.clone(), "includeTools", of(Name::Is(name.to_owned())), effect);
            book.rules.push(listed.role(Role::Lists).group(group));
        }
    }
    for (name, span) in entry.node.get("excludeTools").into_iter().flat_map(Node::texts) {
        let rule = WrittenRule::new(span.clone(), "excludeTools", of(Name::Is(name.to_owned())), PolicyEffect::Hide);
        book.rules.push(rule.rank(4));
    }
}
