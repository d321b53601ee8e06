//! Holds a lockfile against what the servers offer today.

use super::pin::{Lock, LockedServer, LockedTool};
use mcpdex_model::{Risk, words};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::Hash;

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
///
/// Servers go by what they are: another name or another order of files is no difference, another package under the same
/// name is one.
pub fn check(lock: &Lock, today: &[LockedServer], unread: &BTreeSet<String>) -> Vec<Drift> {
    let mut drift = Vec::new();
    let mut pairs: Vec<Option<usize>> = vec![None; lock.servers.len()];
    // The same server under the same name first, then the same server, then another under the same name.
    let fits: [fn(&LockedServer, &LockedServer) -> bool; 3] = [
        |before, after| is_same(before, after) && before.name == after.name,
        is_same,
        |before, after| before.name == after.name,
    ];
    for fit in fits {
        for (at, before) in lock.servers.iter().enumerate() {
            if pairs[at].is_none() {
                let free = |index: &usize| !pairs.contains(&Some(*index));
                pairs[at] = (0..today.len()).filter(|index| fit(before, &today[*index])).find(free);
            }
        }
    }
    for (before, pair) in lock.servers.iter().zip(&pairs) {
        match pair {
            Some(index) => compare(before, &today[*index], &mut drift),
            None if unread.contains(&before.name) => {}
            None => drift.push(of_server(DriftKind::ServerRemoved, before)),
        }
    }
    for (_, after) in today.iter().enumerate().filter(|(index, _)| !pairs.contains(&Some(*index))) {
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

/// Whether both are one server. A lockfile of an older mcpdex knows what the database called it.
fn is_same(before: &LockedServer, after: &LockedServer) -> bool {
    match &before.identity {
        Some(_) => before.key() == after.key(),
        None => before.server == after.server,
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
    for (field, differs) in [("server", !is_same(before, after)), ("wanted", before.wanted != after.wanted)] {
        if differs {
            changed.push(field.to_owned());
        }
    }
    if !changed.is_empty() {
        let mut one = of_server(DriftKind::ServerChanged, after);
        one.fields = changed;
        drift.push(one);
    }
    // A list may define one name several times: what is the same is paired first.
    let mut pairs: Vec<Option<usize>> = vec![None; before.tools.len()];
    pair(&before.tools, &after.tools, |tool| (&tool.name, &tool.raw_sha256), &mut pairs);
    pair(&before.tools, &after.tools, |tool| (&tool.name, &tool.canonical_sha256), &mut pairs);
    pair(&before.tools, &after.tools, |tool| &tool.name, &mut pairs);
    for (tool, pair) in before.tools.iter().zip(&pairs) {
        let Some(now) = pair.map(|index| &after.tools[index]) else {
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
    let paired: HashSet<usize> = pairs.into_iter().flatten().collect();
    for (_, tool) in after.tools.iter().enumerate().filter(|(index, _)| !paired.contains(index)) {
        drift.push(of(DriftKind::ToolAdded, &tool.name, Vec::new(), None, Some(tool.risk)));
    }
}

/// Pairs what has no pair yet with the first of `after` that has none and is the same by its key.
fn pair<'t, K: Eq + Hash>(
    before: &'t [LockedTool],
    after: &'t [LockedTool],
    key: impl Fn(&'t LockedTool) -> K,
    pairs: &mut [Option<usize>],
) {
    let paired: HashSet<usize> = pairs.iter().flatten().copied().collect();
    let mut free: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (index, tool) in after.iter().enumerate().filter(|(index, _)| !paired.contains(index)) {
        free.entry(key(tool)).or_default().push_back(index);
    }
    for (tool, pair) in before.iter().zip(pairs).filter(|(_, pair)| pair.is_none()) {
        *pair = free.get_mut(&key(tool)).and_then(VecDeque::pop_front);
    }
}

fn fields(before: &LockedTool, after: &LockedTool) -> Vec<String> {
    let names: BTreeSet<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    names.into_iter().filter(|name| before.fields.get(*name) != after.fields.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{Drift, DriftKind, LockedServer, LockedTool, check};
    use crate::pin::Lock;
    use mcpdex_model::{Class, Risk, ToolOrigin};
    use std::collections::{BTreeMap, BTreeSet};

    /// A server whose tools are given as name, spelling and meaning.
    fn server(tools: &[(&str, &str, &str)]) -> LockedServer {
        let tool = |(name, raw, canonical): &(&str, &str, &str)| LockedTool {
            name: (*name).to_owned(),
            class: Class::Write,
            risk: Risk::Medium,
            raw_sha256: (*raw).to_owned(),
            canonical_sha256: (*canonical).to_owned(),
            fields: BTreeMap::from([("description".to_owned(), (*canonical).to_owned())]),
        };
        LockedServer {
            name: "kiln".to_owned(),
            server: "npm:kiln".to_owned(),
            identity: Some("npm:kiln".to_owned()),
            wanted: None,
            origin: ToolOrigin::Live,
            target: "npm:kiln".to_owned(),
            version: None,
            tools: tools.iter().map(tool).collect(),
        }
    }

    fn drift(before: &[(&str, &str, &str)], after: &[(&str, &str, &str)]) -> Vec<(DriftKind, Option<String>)> {
        let told = |drift: Drift| (drift.kind, drift.tool);
        check(&Lock::new(vec![server(before)]), &[server(after)], &BTreeSet::new()).into_iter().map(told).collect()
    }

    #[test]
    fn tools_of_one_name_are_paired_by_what_they_are_and_each_once() {
        let three = [("fire", "a", "A"), ("fire", "b", "B"), ("fire", "c", "C")];
        assert_eq!(drift(&three, &[three[2], three[0], three[1]]), []);
        let fire = Some("fire".to_owned());
        assert_eq!(drift(&three, &[("fire", "d", "D"), three[2], three[0]]), [(DriftKind::ToolChanged, fire.clone())]);
        assert_eq!(drift(&three, &[("fire", "b2", "B"), three[2], three[0]]), [(DriftKind::Respelled, fire.clone())]);
        assert_eq!(drift(&three[..2], &three), [(DriftKind::ToolAdded, fire.clone())]);
        assert_eq!(drift(&three, &three[1..]), [(DriftKind::ToolRemoved, fire)]);
    }
}
