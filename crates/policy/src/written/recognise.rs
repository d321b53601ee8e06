//! Which target a document is for, by its shape. What does not parse is told by the words that only one target has.

use super::node::Node;
use super::source::{Notation, parse};
use crate::targets::Target;

/// Whether a text is Cedar.
pub(crate) fn is_cedar(text: &str) -> bool {
    let code = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with("//"));
    code.is_some_and(|line| line.starts_with("permit") || line.starts_with("forbid") || line.starts_with('@'))
}

fn is_rego(text: &str) -> bool {
    let code = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    code.is_some_and(|line| line.starts_with("package "))
}

/// The target of a document; `None` where no shape fits.
pub(crate) fn recognise(text: &str) -> Option<Target> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if is_cedar(text) {
        return Some(if text.contains("AgentCore::") { Target::AgentCore } else { Target::ToolHive });
    }
    if is_rego(text) {
        return Some(Target::Rego);
    }
    if start.starts_with("--") && !start.starts_with("---") {
        return Some(Target::Copilot);
    }
    // A list in brackets begins a table of TOML too, whose name follows at once.
    let in_list = start.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', ']']));
    let is_json = in_list || start.starts_with('{') || start.starts_with("//") || start.starts_with("/*");
    if let Some(root) =
        is_json.then(|| parse(text, Notation::Json, true).ok()).flatten().as_ref().and_then(|r| r.first())
    {
        return of_json(root);
    }
    if is_json {
        return of_words(text);
    }
    if let Some(root) = parse(text, Notation::Toml, true).ok().as_ref().and_then(|roots| roots.first())
        && !root.entries().is_empty()
    {
        return of_toml(root);
    }
    if let Ok(roots) = parse(text, Notation::Yaml, true) {
        return roots.iter().find_map(of_yaml);
    }
    of_words(text)
}

fn has(root: &Node, keys: &[&str]) -> bool {
    keys.iter().any(|key| root.entry(key).is_some())
}

fn of_json(root: &Node) -> Option<Target> {
    if has(root, &["managedMcpServers"]) {
        return Some(Target::ClaudeDesktop);
    }
    if root.items().iter().any(|rule| has(rule, &["actions", "resource_types", "resource_ids"])) {
        return Some(Target::ContextForge);
    }
    let tools: Vec<&Node> = match root.get("tools") {
        _ if !root.items().is_empty() => root.items().iter().collect(),
        Some(tools) if !tools.items().is_empty() => tools.items().iter().collect(),
        _ if root.get("type").and_then(Node::text) == Some("mcp") => vec![root],
        _ => Vec::new(),
    };
    if tools.iter().any(|tool| tool.get("type").and_then(Node::text) == Some("mcp") || has(tool, &["server_label"])) {
        return Some(if tools.iter().any(|tool| is_azure(tool)) { Target::Azure } else { Target::OpenAi });
    }
    if root.entries().iter().any(|entry| entry.key.starts_with("chat.tools.")) {
        return Some(Target::VsCode);
    }
    if root.entries().iter().any(|entry| entry.key.to_lowercase().replace(['_', '-'], "").starts_with("mcpallowlist")) {
        return Some(Target::Cursor);
    }
    for servers in ["mcpServers", "servers"] {
        let Some(servers) = root.get(servers) else { continue };
        let any = |keys: &[&str]| servers.entries().iter().any(|server| has(&server.node, keys));
        return match () {
            () if any(&["includeTools", "excludeTools", "trust"]) => Some(Target::Gemini),
            () if any(&["autoApprove", "disabledTools", "alwaysAllow", "disabled"]) && !any(&["tools"]) => {
                Some(Target::Kiro)
            }
            () if any(&["tools", "allowedTools"]) => Some(Target::Copilot),
            () => None,
        };
    }
    for (key, plural) in [("permissions", true), ("permission", false)] {
        let Some(permission) = root.get(key) else { continue };
        let named = has(permission, &["allow", "ask", "deny", "denied", "allowedTools", "defaultMode"]);
        let lists = permission.entries().iter().any(|entry| !entry.node.items().is_empty());
        // Each client has its own word, and people write the other's.
        let claude = if plural { named } else { named && lists };
        return Some(if claude { Target::ClaudeCode } else { Target::OpenCode });
    }
    if has(root, &["allowedMcpServers", "deniedMcpServers", "allowManagedPermissionRulesOnly"]) {
        return Some(Target::ClaudeCode);
    }
    let is_policy = has(root, &["default", "hide", "all_tools"]) || root.get("tools").is_some_and(Node::is_map);
    is_policy.then_some(Target::PolicyLayer)
}

/// Azure's lists of names stand without `tool_names`.
fn is_azure(tool: &Node) -> bool {
    let Some(approval) = tool.get("require_approval").filter(|approval| approval.is_map()) else { return false };
    let lists = |want: fn(&Node) -> bool| approval.entries().iter().filter(|entry| want(&entry.node)).count();
    match (lists(|node| !node.items().is_empty()), lists(Node::is_map)) {
        (0, _) => false,
        (_, 0) => true,
        // Of a mixture, which neither vendor has, the third list says whose it was meant to be.
        _ => !tool.get("allowed_tools").is_some_and(Node::is_map),
    }
}

fn of_yaml(root: &Node) -> Option<Target> {
    let kind = root.get("type").and_then(Node::text);
    match () {
        () if has(root, &["cedar"]) || kind.is_some_and(|kind| kind.starts_with("cedar")) => Some(Target::ToolHive),
        () if root.get("kind").and_then(Node::text) == Some("MCPRoute") => Some(Target::Envoy),
        () if has(root, &["binds", "mcp"]) || holds_key(root, "mcpAuthorization") => Some(Target::AgentGateway),
        () if has(root, &["mcp_servers", "mcpServers", "model_list", "litellm_settings"]) => Some(Target::LiteLlm),
        () if has(root, &["_format_version"]) => Some(Target::Kong),
        () if root.get("servers").is_some_and(|servers| !servers.is_map()) => Some(Target::Docker),
        () if has(root, &["tools", "hide", "default"]) => Some(Target::Intercept),
        () => None,
    }
}

fn of_toml(root: &Node) -> Option<Target> {
    match () {
        () if has(root, &["rule", "rules"]) => Some(Target::Gemini),
        () if has(root, &["mcp_servers", "mcpServers", "mcp-servers", "sandbox_mode", "approval_policy"]) => {
            Some(Target::Codex)
        }
        () => None,
    }
}

/// Whether a key stands anywhere in the tree.
pub(crate) fn holds_key(node: &Node, key: &str) -> bool {
    node.entries().iter().any(|entry| entry.key == key || holds_key(&entry.node, key))
        || node.items().iter().any(|item| holds_key(item, key))
}

/// Words of documents that do not parse, the telling ones first.
fn of_words(text: &str) -> Option<Target> {
    const WORDS: &[(&[&str], Target)] = &[
        (&["mcpAllowlist"], Target::Cursor),
        (&["managedMcpServers"], Target::ClaudeDesktop),
        (&["tools.invoke."], Target::ContextForge),
        (&["_format_version"], Target::Kong),
        (&["chat.tools."], Target::VsCode),
        (&["\"permissions\""], Target::ClaudeCode),
        (&["\"permission\""], Target::OpenCode),
        (&["\"autoApprove\""], Target::Kiro),
        (&["\"disabledTools\""], Target::Kiro),
        (&["\"includeTools\""], Target::Gemini),
        (&["\"server_label\""], Target::OpenAi),
        (&["\"mcpServers\""], Target::Copilot),
        (&["\"version\"", "\"default\""], Target::PolicyLayer),
        (&["[[rule]]"], Target::Gemini),
        (&["[mcp_servers"], Target::Codex),
        (&["cedarv1"], Target::ToolHive),
        (&["kind: MCPRoute"], Target::Envoy),
        (&["mcpAuthorization"], Target::AgentGateway),
        (&["mcp_servers:"], Target::LiteLlm),
        (&["servers:", "type:"], Target::Docker),
        (&["version:", "tools:"], Target::Intercept),
        (&["version:", "hide:"], Target::Intercept),
    ];
    WORDS.iter().find(|(words, _)| words.iter().all(|word| text.contains(word))).map(|(_, target)| *target)
}
