//! What a person can write into Codex's config.toml about MCP tools.

use crate::decision::PolicyEffect;
use crate::written::node::{Node, NodeEntry};
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may};
use crate::written::source::Source;
use std::rc::Rc;

const MODE: Shape = Shape::OneOf(&["auto", "prompt", "approve"]);
const DEFAULT_MODE: Shape = Shape::OneOf(&["auto", "prompt", "approve", "writes"]);

static TOOL: Fields = Fields {
    what: "a tool",
    known: &[may("approval_mode", MODE), may("enabled", Shape::Bool)],
    wrong: &[
        ("decision", "`approval_mode`"),
        ("approval", "`approval_mode`"),
        ("mode", "`approval_mode`"),
        ("action", "`approval_mode`"),
    ],
    open: false,
};

static SERVER: Fields = Fields {
    what: "a server",
    known: &[
        may("command", Shape::Text),
        may("args", Shape::Any),
        may("env", Shape::Any),
        may("env_vars", Shape::Any),
        may("cwd", Shape::Text),
        may("url", Shape::Text),
        may("bearer_token", Shape::Any),
        may("bearer_token_env_var", Shape::Any),
        may("http_headers", Shape::Any),
        may("env_http_headers", Shape::Any),
        may("startup_timeout_sec", Shape::Any),
        may("startup_timeout_ms", Shape::Any),
        may("tool_timeout_sec", Shape::Any),
        may("enabled", Shape::Bool),
        may("required", Shape::Bool),
        may("scopes", Shape::Any),
        may("oauth_resource", Shape::Any),
        may("oauth", Shape::Any),
        may("supports_parallel_tool_calls", Shape::Any),
        may("experimental_environment", Shape::Any),
        may("name", Shape::Any),
        may("enabled_tools", Shape::Names),
        may("disabled_tools", Shape::Names),
        may("default_tools_approval_mode", DEFAULT_MODE),
        may("tools", Shape::Keyed(&Shape::Table(&TOOL))),
    ],
    wrong: &[
        ("allowed_tools", "`enabled_tools`"),
        ("include_tools", "`enabled_tools`"),
        ("includeTools", "`enabled_tools`"),
        ("allow", "`enabled_tools`"),
        ("exclude_tools", "`disabled_tools`"),
        ("excludeTools", "`disabled_tools`"),
        ("denied_tools", "`disabled_tools`"),
        ("deny", "`disabled_tools`"),
        ("approval_mode", "`default_tools_approval_mode`"),
        ("default_approval_mode", "`default_tools_approval_mode`"),
        ("approval_policy", "`default_tools_approval_mode`"),
        ("trust", "`default_tools_approval_mode`: \"approve\""),
    ],
    open: false,
};

static CONFIG: Fields = Fields {
    what: "config.toml",
    known: &[may("mcp_servers", Shape::Keyed(&Shape::Table(&SERVER)))],
    wrong: &[("mcpServers", "`mcp_servers`"), ("mcp-servers", "`mcp_servers`"), ("mcp", "`mcp_servers`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&CONFIG), &root.span, "the configuration", &mut book.finds);
    for (group, entry) in root.get("mcp_servers").map(Node::kept).unwrap_or_default().into_iter().enumerate() {
        server(entry, group, book);
    }
}

fn effect(node: Option<&Node>) -> PolicyEffect {
    match node.and_then(Node::text) {
        Some("approve") => PolicyEffect::Allow,
        // `auto` follows the tool's own hints: not something to rely on.
        _ => PolicyEffect::Ask,
    }
}

fn server(entry: &NodeEntry, group: usize, book: &mut RuleBook) {
    let alias = &entry.key;
    let of = |tool: Name| Selector::Tool { server: Some(alias.clone()), tool };
    let mode = entry.node.entry("default_tools_approval_mode");
    let default = effect(mode.map(|mode| &mode.node));
    let (at, label) = mode.map_or((&entry.at, "mcp_servers"), |mode| (&mode.at, "default_tools_approval_mode"));
    book.rules.push(WrittenRule::new(at.clone(), label, of(Name::Any), default).rank(0).role(Role::Default));
    if let Some(enabled) = entry.node.entry("enabled_tools") {
        let names = enabled.node.texts().map(|(name, _)| name.to_owned()).collect();
        let others = of(Name::Not(Rc::new(names)));
        book.rules.push(WrittenRule::new(enabled.at.clone(), "enabled_tools", others, PolicyEffect::Hide).rank(3));
        for (name, span) in enabled.node.texts() {
            let listed = WrittenRule::new(span.clone(), "enabled_tools", of(Name::Is(name.to_owned())), default);
            book.rules.push(listed.role(Role::Lists).group(group));
        }
    }
    for (name, span) in entry.node.get("disabled_tools").into_iter().flat_map(Node::texts) {
        let hidden =
            WrittenRule::new(span.clone(), "disabled_tools", of(Name::Is(name.to_owned())), PolicyEffect::Hide);
        book.rules.push(hidden.rank(4));
    }
    for tool in entry.node.get("tools").into_iter().flat_map(Node::kept) {
        let Some(mode) = tool.node.get("approval_mode") else { continue };
        let rule =
            WrittenRule::new(tool.at.clone(), "approval_mode", of(Name::Is(tool.key.clone())), effect(Some(mode)));
        book.rules.push(rule.rank(2));
    }
}
