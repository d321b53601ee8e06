//! What changed: between two states of the database, and against a lockfile.

use super::rows::{RowReport, row};
use super::text::{judged_by, paragraph, table};
use super::visible;
use crate::model::Risk;
use crate::model::text::{counted, one_or_many};
use crate::survey::{Change, Drift};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The report of `mcpdex check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    pub lock: String,
    /// Servers that were read and held against the lockfile.
    pub servers: usize,
    pub drift: Vec<Drift>,
    /// Servers that could not be read, and why.
    pub unread: BTreeMap<String, String>,
}

impl CheckReport {
    /// A report on what differs from a lockfile.
    pub fn new(
        ruleset: String,
        lock: String,
        servers: usize,
        drift: Vec<Drift>,
        unread: BTreeMap<String, String>,
    ) -> CheckReport {
        CheckReport { schema: "mcpdex/check/1", ruleset, lock, servers, drift, unread }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        if self.drift.is_empty() {
            let _ = writeln!(
                out,
                "{} as {} has {}.",
                counted(self.servers, "server") + one_or_many(self.servers, " is", " are"),
                visible(&self.lock),
                one_or_many(self.servers, "it", "them")
            );
        } else {
            let rows = self.drift.iter().map(|one| {
                vec![
                    if one.raises_risk { "!".to_owned() } else { String::new() },
                    one.kind.to_string(),
                    one.server.clone(),
                    one.tool.clone().unwrap_or_default(),
                    one.fields.join(", "),
                    arrow(one.risk_before, one.risk_after),
                ]
            });
            out += &table(&["", "what", "server", "tool", "fields", "risk"], rows);
        }
        for (server, why) in &self.unread {
            out += &paragraph(&format!("! not read: {server}: {why}"), "");
        }
        out + &judged_by(&self.ruleset)
    }
}

/// The report of `mcpdex diff`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiffReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    pub before: String,
    pub after: String,
    /// Servers that only one of the states knows.
    pub servers_added: Vec<String>,
    pub servers_removed: Vec<String>,
    pub changes: Vec<Change>,
}

/// Characters of a value that are shown.
const SHOWN: usize = 160;
/// Tools of a new server that are named.
const NAMED: usize = 6;

impl DiffReport {
    /// A report on these changes.
    pub fn new(
        ruleset: String,
        before: &str,
        after: &str,
        (servers_added, servers_removed): (Vec<String>, Vec<String>),
        changes: Vec<Change>,
    ) -> DiffReport {
        DiffReport {
            schema: "mcpdex/diff/1",
            ruleset,
            before: before.to_owned(),
            after: after.to_owned(),
            servers_added,
            servers_removed,
            changes,
        }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let raising = self.changes.iter().filter(|change| !change.raises.is_empty()).count();
        let mut out = format!(
            "{} from {} to {}, {raising} for the worse\n",
            counted(self.changes.len(), "change"),
            visible(&self.before),
            visible(&self.after)
        );
        for server in &self.servers_added {
            out += &paragraph(&self.new_server(server), "");
        }
        if !self.servers_removed.is_empty() {
            out += &paragraph(&format!("servers gone: {}", self.servers_removed.join(", ")), "");
        }
        // Of a server that is new, all that there is was added: told in a line above.
        for change in self.changes.iter().filter(|change| !self.servers_added.contains(&change.server)) {
            let mark = if change.raises.is_empty() { " " } else { "!" };
            let risk = arrow(change.risk_before, change.risk_after);
            let line = format!("{mark} {} {} on {} · risk {risk}", change.kind, change.tool, change.server);
            let _ = write!(out, "\n{}", paragraph(&line, ""));
            for why in &change.raises {
                out += &paragraph(why, "    ");
            }
            for field in &change.fields {
                let shown = |value: &Option<serde_json::Value>| match value {
                    None => "(nothing)".to_owned(),
                    Some(value) => value.to_string().chars().take(SHOWN).collect(),
                };
                out += &paragraph(&format!("{}: {}", field.field, shown(&field.before)), "    - ");
                out += &paragraph(&format!("{}: {}", field.field, shown(&field.after)), "    + ");
            }
        }
        out + "\n" + &judged_by(&self.ruleset)
    }

    /// A server that only the later state knows: how many tools of which risk, the gravest by name.
    fn new_server(&self, server: &str) -> String {
        let tools: Vec<&Change> = self.changes.iter().filter(|change| change.server == server).collect();
        let of = |risk: &Risk| tools.iter().filter(|change| change.risk_after == Some(*risk)).count();
        let counts: Vec<String> = Risk::ALL
            .iter()
            .rev()
            .filter_map(|risk| Some(of(risk)).filter(|count| *count > 0).map(|count| format!("{count} {risk}")))
            .collect();
        let mut line = format!("new server {server}: {}", counted(tools.len(), "tool"));
        if !counts.is_empty() {
            let _ = write!(line, ", {}", counts.join(", "));
        }
        let grave = |change: &&&Change| change.risk_after >= Some(Risk::High);
        let named: Vec<&str> = tools.iter().filter(grave).take(NAMED).map(|change| change.tool.as_str()).collect();
        if !named.is_empty() {
            let all = tools.iter().filter(grave).count();
            let more = if all > named.len() { format!(" and {} more", all - named.len()) } else { String::new() };
            let _ = write!(line, ": {}{more}", named.join(", "));
        }
        line
    }
}

fn arrow(before: Option<Risk>, after: Option<Risk>) -> String {
    match (before, after) {
        (Some(before), Some(after)) if before == after => before.to_string(),
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (None, Some(one)) | (Some(one), None) => one.to_string(),
        (None, None) => String::new(),
    }
}

impl RowReport for CheckReport {
    const COLUMNS: &'static [&'static str] =
        &["kind", "server", "tool", "fields", "risk_before", "risk_after", "raises_risk", "why"];

    fn rows(&self) -> Vec<Value> {
        let unread = self.unread.iter().map(|(server, why)| json!({"kind": "unread", "server": server, "why": why}));
        self.drift.iter().map(row).chain(unread).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}

impl RowReport for DiffReport {
    const COLUMNS: &'static [&'static str] =
        &["kind", "server", "tool", "class_before", "class_after", "risk_before", "risk_after", "raises"];

    fn rows(&self) -> Vec<Value> {
        self.changes.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
