//! What a person can write for Copilot CLI: servers and their tools in mcp-config.json, what runs unasked in options.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::nearest::nearest;
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed, shortened};
use crate::written::source::{Notation, Source};
use std::ops::Range;
use std::rc::Rc;

static SERVER: Fields = Fields {
    what: "a server",
    known: &[
        may("type", Shape::OneOf(&["local", "stdio", "http", "sse"])),
        may("command", Shape::Text),
        may("args", Shape::Any),
        may("env", Shape::Any),
        may("cwd", Shape::Any),
        may("url", Shape::Text),
        may("headers", Shape::Any),
        may("timeout", Shape::Any),
        may("oauthClientId", Shape::Any),
        may("oauthPublicClient", Shape::Any),
        may("tools", Shape::Names),
    ],
    wrong: &[
        ("allowedTools", "`tools`"),
        ("allowed_tools", "`tools`"),
        ("includeTools", "`tools`"),
        ("disabledTools", "the tools that may be used into `tools`, and `--deny-tool='SERVER(TOOL)'` for the others"),
        ("excludeTools", "the tools that may be used into `tools`, and `--deny-tool='SERVER(TOOL)'` for the others"),
    ],
    open: false,
};

static CONFIG: Fields = Fields {
    what: "mcp-config.json",
    known: &[needed("mcpServers", Shape::Keyed(&Shape::Table(&SERVER)))],
    wrong: &[("servers", "`mcpServers`")],
    open: true,
};

/// Options that take a tool.
const OPTIONS: [&str; 2] = ["--allow-tool", "--deny-tool"];
/// What the client calls its own tools in the same options.
const OWN: [&str; 7] = ["shell", "write", "read", "url", "memory", "mcp", "custom-tool"];

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    if source.notation == Notation::Options {
        let every = Selector::Tool { server: None, tool: Name::Any };
        let default = WrittenRule::new(0..0, "options", every, PolicyEffect::Ask);
        book.rules.push(default.rank(0).role(Role::Default));
        return options(source.text, book);
    }
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&CONFIG), &root.span, "the configuration", &mut book.finds);
    let beside = source.beside.iter().find(|file| file.text.trim_start().starts_with("--"));
    book.partial = beside.is_none();
    for (group, entry) in root.get("mcpServers").map(Node::kept).unwrap_or_default().into_iter().enumerate() {
        let of = |tool: Name| Selector::Tool { server: Some(entry.key.clone()), tool };
        let default = WrittenRule::new(entry.at.clone(), "mcpServers", of(Name::Any), PolicyEffect::Ask);
        book.rules.push(default.rank(0).role(Role::Default));
        let Some(tools) = entry.node.entry("tools") else { continue };
        let names: std::collections::HashSet<String> = tools.node.texts().map(|(name, _)| name.to_owned()).collect();
        for (name, span) in tools.node.texts() {
            let tool = if name == "*" { Name::Any } else { Name::Is(name.to_owned()) };
            let listed = WrittenRule::new(span.clone(), "tools", of(tool), PolicyEffect::Ask);
            book.rules.push(listed.rank(0).role(Role::Lists).group(group));
        }
        if !names.contains("*") {
            let others = of(Name::Not(Rc::new(names)));
            book.rules.push(WrittenRule::new(tools.at.clone(), "tools", others, PolicyEffect::Hide).rank(3));
        }
    }
    if let Some(beside) = beside {
        // Their faults are those of another file.
        let mut other = RuleBook::new(book.format);
        options(&beside.text, &mut other);
        book.rules.extend(other.rules.into_iter().map(|rule| WrittenRule { span: 0..0, elsewhere: true, ..rule }));
    }
}

fn options(text: &str, book: &mut RuleBook) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let option = line.trim_end();
        let span = start..start + option.len();
        start += line.len();
        if !option.trim().is_empty() && !option.starts_with('#') {
            one(option, span, book);
        }
    }
}

fn one(option: &str, span: Range<usize>, book: &mut RuleBook) {
    let mut say = |fault: PolicyFault, message: String, help: String| {
        book.finds.push(PolicyFinding::new(fault, span.clone(), message).help(help));
    };
    let (name, value) = option.split_once(['=', ' ']).unwrap_or((option, ""));
    let every = Selector::Tool { server: None, tool: Name::Any };
    match name {
        "--allow-all-tools" | "--allow-all" | "--yolo" => {
            let message = format!("`{name}` lets everything run, whatever the list of allowed tools says");
            say(PolicyFault::IgnoredRule, message, format!("take `{name}` out"));
            return book
                .rules
                .push(WrittenRule::new(span, name, every, PolicyEffect::Allow).rank(1).role(Role::Default));
        }
        "--available-tools" | "--excluded-tools" => return,
        _ if !OPTIONS.contains(&name) => {
            let near = match name {
                "--block-tool" | "--disallow-tool" | "--exclude-tool" | "--refuse-tool" => "--deny-tool",
                _ => nearest(name, OPTIONS).first().copied().unwrap_or("--allow-tool` or `--deny-tool"),
            };
            let message = format!("`{}` is no option that speaks of tools", shortened(name));
            return say(PolicyFault::UnknownKey, message, format!("write `{near}`"));
        }
        _ => {}
    }
    let (effect, rank) = if name == "--deny-tool" { (PolicyEffect::Deny, 2) } else { (PolicyEffect::Allow, 1) };
    let value = value.trim_matches(['\'', '"']);
    let (server, tool) = match value.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        Some((server, tool)) => (server, Name::Is(tool.to_owned())),
        None => (value, Name::Any),
    };
    if OWN.contains(&server) {
        return;
    }
    if let Some((server, tool)) =
        value.split_once("__").or_else(|| value.split_once(':')).or_else(|| value.split_once('/'))
        && !value.ends_with(')')
        && !server.is_empty()
    {
        let message = format!("`{}` matches no tool: a tool stands in parentheses behind its server", shortened(value));
        return say(PolicyFault::IgnoredRule, message, format!("write `{name}='{server}({})'`", shortened(tool)));
    }
    let selector = Selector::Tool { server: Some(server.to_owned()), tool };
    book.rules.push(WrittenRule::new(span, name, selector, effect).rank(rank));
}
