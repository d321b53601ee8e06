//! What an object of settings says for the servers below it: which are switched off, what needs no asking, which tools may
//! not be used.

use super::approval::Approvals;
use super::node::Node;
use std::collections::BTreeSet;

/// What holds for the servers below an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    off: BTreeSet<String>,
    /// Where only some are on: their names.
    on: Option<BTreeSet<String>>,
    pub(super) approvals: Approvals,
    /// Switches of single tools, which begin with the server's name.
    denied: Vec<String>,
}

impl Scope {
    pub(super) fn with(&self, object: &Node) -> Scope {
        let mut scope = self.clone();
        scope.approvals.add(object);
        scope.switches(object);
        if let Some(mcp) = object.get("mcp") {
            scope.switches(mcp);
            if let Some(allowed) = mcp.get("allowed").filter(|list| matches!(list, Node::List(_))) {
                scope.on = Some(allowed.texts().into_iter().map(str::to_owned).collect());
            }
            scope.off.extend(mcp.get("excluded").map(Node::texts).unwrap_or_default().into_iter().map(str::to_owned));
        }
        if let Some(tools) = object.get("tools").filter(|_| object.get("mcp").is_some()) {
            scope
                .denied
                .extend(tools.members().iter().filter(|(_, on)| on.on() == Some(false)).map(|(name, _)| name.clone()));
        }
        scope
    }

    fn switches(&mut self, object: &Node) {
        for key in ["disabledMcpServers", "disabled_mcp_servers", "disabledServers", "disabledMcpjsonServers"] {
            let names = object.get(key).map(Node::texts).unwrap_or_default();
            self.off.extend(names.into_iter().map(str::to_owned));
        }
    }

    /// Whether the server of this name is switched off from outside of its entry.
    pub(super) fn is_off(&self, name: &str) -> bool {
        self.off.contains(name) || self.on.as_ref().is_some_and(|on| !on.contains(name))
    }

    /// The tools of a server that are switched off one by one.
    pub(super) fn denied_of(&self, name: &str) -> Vec<String> {
        let tool = |switch: &String| {
            let rest = switch.strip_prefix(name)?;
            let tool = rest.strip_prefix('_').unwrap_or(rest);
            (!tool.is_empty()).then(|| tool.to_owned())
        };
        self.denied.iter().filter_map(tool).collect()
    }
}
