//! Holds a lockfile against what the servers offer today.

use super::pin::{Lock, LockedServer, LockedTool};
use mcpdex_model::{Risk, words};
use serde::Serialize;
use std::collections::BTreeSet;

words! {
    /// How something differs from the lockfile.
    DriftKind, "kind of drift" {
        /// The bytes differ and mean the same.
        Respelled = "respelled",
        ToolRemoved = "tool-removed",
        ServerRemoved = "server-removed",
        ToolAdded = "tool-added",
        ToolChanged = "tool-changed",
        /// The name leads to another server or version than it did.
        ServerChanged = "server-changed",
        ServerAdded = "server-added",
    }
}

/// One difference from the lockfile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    pub kind: DriftKind,
    /// The name that the configuration gives the server.
    pub server: String,
    pub tool: Option<String>,
    /// The members of the tool that were added, removed or changed.
    pub fields: Vec<String>,
    pub risk_before: Option<Risk>,
    pub risk_after: Option<Risk>,
    /// What can be done with it is graver than before, or new and grave.
    pub raises_risk: bool,
}

/// The differences, risk-raising ones first. `today` are the servers that were read; servers of the lockfile named in
/// `unread` are left out, since nothing is known of them.
pub fn check(lock: &Lock, today: &[LockedServer], unread: &BTreeSet<String>) -> Vec<Drift> {
    let mut drift = Vec::new();
    for before in &lock.servers {
        match today.iter().find(|server| server.name == before.name) {
            Some(after) => compare(before, after, &mut drift),
            None if unread.contains(&before.name) => {}
            None => drift.push(of_server(DriftKind::ServerRemoved, before)),
        }
    }
    for after in today.iter().filter(|after| !lock.servers.iter().any(|before| before.name == after.name)) {
        drift.push(of_server(DriftKind::ServerAdded, after));
    }
    drift.sort_by(|a, b| {
        let key = |d: &Drift| (!d.raises_risk, std::cmp::Reverse(d.risk_after), std::cmp::Reverse(d.kind));
        key(a).cmp(&key(b)).then_with(|| (&a.server, &a.tool).cmp(&(&b.server, &b.tool)))
    });
    drift
}

fn of_server(kind: DriftKind, server: &LockedServer) -> Drift {
    let risk = server.tools.iter().map(|tool| tool.risk).max();
    let added = kind == DriftKind::ServerAdded;
    Drift {
        kind,
        server: server.name.clone(),
        tool: None,
        fields: Vec::new(),
        risk_before: if added { None } else { risk },
        risk_after: if added { risk } else { None },
        raises_risk: added && risk > Some(Risk::Low),
    }
}

fn compare(before: &LockedServer, after: &LockedServer, drift: &mut Vec<Drift>) {
    let of = |kind, tool: &str, fields, risk_before: Option<Risk>, risk_after: Option<Risk>| Drift {
        kind,
        server: after.name.clone(),
        tool: Some(tool.to_owned()),
        fields,
        risk_before,
        risk_after,
        raises_risk: risk_after > Some(risk_before.unwrap_or(Risk::Low)),
    };
    let mut changed = Vec::new();
    for (field, differs) in [("server", before.server != after.server), ("wanted", before.wanted != after.wanted)] {
        if differs {
            changed.push(field.to_owned());
        }
    }
    if !changed.is_empty() {
        let mut one = of_server(DriftKind::ServerChanged, after);
        one.fields = changed;
        drift.push(one);
    }
    for tool in &before.tools {
        let Some(now) = after.tools.iter().find(|now| now.name == tool.name) else {
            drift.push(of(DriftKind::ToolRemoved, &tool.name, Vec::new(), Some(tool.risk), None));
            continue;
        };
        let fields = fields(tool, now);
        if tool.canonical_sha256 != now.canonical_sha256 || !fields.is_empty() {
            drift.push(of(DriftKind::ToolChanged, &tool.name, fields, Some(tool.risk), Some(now.risk)));
        } else if tool.raw_sha256 != now.raw_sha256 {
            drift.push(of(DriftKind::Respelled, &tool.name, Vec::new(), Some(tool.risk), Some(now.risk)));
        }
    }
    for tool in after.tools.iter().filter(|tool| !before.tools.iter().any(|old| old.name == tool.name)) {
        drift.push(of(DriftKind::ToolAdded, &tool.name, Vec::new(), None, Some(tool.risk)));
    }
}

fn fields(before: &LockedTool, after: &LockedTool) -> Vec<String> {
    let names: BTreeSet<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    names.into_iter().filter(|name| before.fields.get(*name) != after.fields.get(*name)).cloned().collect()
}
