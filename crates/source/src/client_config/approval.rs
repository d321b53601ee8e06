//! Standing approvals that a configuration gives beside its entries: to everything, or to servers and tools by name.

use super::node::Node;

/// What never needs to ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Approvals {
    all: bool,
    /// In the spelling of whichever client: `@kiln`, `mcp__kiln__fire`, `mcp_kiln_fire`, `kiln_*`.
    named: Vec<String>,
}

impl Approvals {
    /// Adds what an object of settings approves.
    pub(super) fn add(&mut self, object: &Node) {
        // A dotted key, or the same as objects within each other.
        let at = |path: &str| -> Option<&Node> {
            object.get(path).or_else(|| path.split('.').try_fold(object, |node, key| node.get(key)))
        };
        const SWITCHES: [&str; 9] = [
            "chat.tools.global.autoApprove",
            "chat.tools.autoApprove",
            "amp.dangerouslyAllowAll",
            "dangerouslyAllowAll",
            "agent.always_allow_tool_actions",
            "always_allow_tool_actions",
            "alwaysAllowMcp",
            "autoApproveAll",
            "permissions.allow_all",
        ];
        self.all |= SWITCHES.iter().any(|path| at(path).and_then(Node::on) == Some(true));
        const MODES: [(&str, &[&str]); 11] = [
            ("approval_policy", &["never"]),
            ("GOOSE_MODE", &["auto"]),
            ("goose_mode", &["auto"]),
            ("permissions.defaultMode", &["bypassPermissions"]),
            ("defaultMode", &["bypassPermissions"]),
            ("approvalMode", &["yolo"]),
            ("general.defaultApprovalMode", &["yolo"]),
            ("tools.approvalMode", &["yolo"]),
            ("agent.tool_permissions.default", &["allow"]),
            ("permission", &["allow"]),
            ("permission.*", &["allow"]),
        ];
        self.all |=
            MODES.iter().any(|(path, modes)| at(path).and_then(Node::text).is_some_and(|mode| modes.contains(&mode)));
        for path in ["allowedTools", "permissions.allow", "permissions.allowed_tools", "allowed_tools", "tools.allowed"]
        {
            let names = at(path).map(Node::texts).unwrap_or_default();
            self.all |= names.contains(&"*");
            self.named.extend(names.into_iter().map(str::to_owned));
        }
        let tools = at("agent.tool_permissions.tools").map(Node::members).unwrap_or_default();
        let allowed = |tool: &Node| tool.get("default").and_then(Node::text) == Some("allow");
        self.named.extend(tools.iter().filter(|(_, tool)| allowed(tool)).map(|(name, _)| name.clone()));
        let switched = at("permission").map(Node::members).unwrap_or_default();
        let allowed = switched.iter().filter(|(_, mode)| mode.text() == Some("allow"));
        self.named.extend(allowed.map(|(name, _)| name.clone()));
    }

    /// Whether the server of this name, or one of its tools, never needs to ask.
    pub(super) fn cover(&self, name: &str) -> bool {
        let covers = |named: &String| {
            let behind = |prefix: &str| named.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(name));
            behind("@").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || behind("mcp__").is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
                || behind("mcp_").is_some_and(|rest| rest.starts_with('_'))
                || behind("mcp:").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
                || behind("")
                    .is_some_and(|rest| rest.starts_with(['_', '*']) || rest.starts_with("(") || rest.starts_with('.'))
        };
        self.all || self.named.iter().any(covers)
    }
}
