//! Servers in a list, as a table or as JSON.

use super::rows::{RowReport, row};
use super::text::{judged_by, paragraph, table, width};
use crate::model::text::counted;
use crate::model::{Risk, ServerLine, ServerPage};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// On fewer columns than this a list of servers counts no tools by risk, and on fewer than that it says no more of each.
const ROOMY: usize = 100;
const NARROW: usize = 80;
/// Letters of a title or description that a column holds.
const LETTERS: usize = 60;

/// The report of `mcpdex list`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListReport {
    schema: &'static str,
    /// Digest of the rules that judged.
    pub ruleset: String,
    /// The number of this page, from 1.
    pub page: usize,
    pub per_page: usize,
    #[serde(flatten)]
    pub found: ServerPage,
}

impl ListReport {
    /// A report on one page.
    pub fn new(ruleset: String, page: usize, per_page: usize, found: ServerPage) -> ListReport {
        ListReport { schema: "mcpdex/list/1", ruleset, page, per_page, found }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let servers = &self.found.servers;
        if servers.is_empty() {
            let none = if self.found.found == 0 {
                "No server was found.\n`mcpdex list` without words or filters names all."
            } else {
                "There are no more pages."
            };
            return format!("{none}\n");
        }
        let mut out = server_table(servers);
        let first = (self.page - 1) * self.per_page + 1;
        let _ = writeln!(out, "\n{first}–{} of {}", first + servers.len() - 1, counted(self.found.found, "server"));
        if first + servers.len() <= self.found.found as usize {
            out += &paragraph(&format!("next: --page {}", self.page + 1), "");
        }
        out + &judged_by(&self.ruleset)
    }
}

/// A table of servers, a line each.
pub(super) fn server_table<'a>(servers: impl IntoIterator<Item = &'a ServerLine>) -> String {
    if let Some(width) = width().filter(|width| *width < ROOMY) {
        let says_more = width >= NARROW;
        let rows = servers.into_iter().map(|line| {
            let tools = if line.is_read { line.tools.to_string() } else { "unread".to_owned() };
            let mut row = vec![line.server.clone(), line.grade.to_string(), gravest(line), tools];
            row.extend(says_more.then(|| about(line)));
            row
        });
        let header = ["server", "grade", "risk", "tools"].into_iter().chain(says_more.then_some(""));
        return table(&header.collect::<Vec<_>>(), rows);
    }
    let rows = servers.into_iter().map(|line| {
        let count = |count: u64| if count == 0 { String::new() } else { count.to_string() };
        let (risk, tools) =
            if line.is_read { (gravest(line), line.tools.to_string()) } else { (String::new(), "unread".to_owned()) };
        let counts = [line.critical, line.high, line.medium, line.low].map(count);
        [line.server.clone(), line.grade.to_string(), risk, tools]
            .into_iter()
            .chain(counts)
            .chain([about(line)])
            .collect()
    });
    table(&["server", "grade", "risk", "tools", "critical", "high", "medium", "low", ""], rows)
}

/// The gravest risk that a tool of the server has.
fn gravest(line: &ServerLine) -> String {
    let counts =
        [(Risk::Critical, line.critical), (Risk::High, line.high), (Risk::Medium, line.medium), (Risk::Low, line.low)];
    counts.into_iter().find(|(_, count)| *count > 0).map(|(risk, _)| risk.to_string()).unwrap_or_default()
}

/// What the server is, or why nothing is known of it.
fn about(line: &ServerLine) -> String {
    let text = match &line.unread {
        Some(unread) => format!("{}: {}", unread.outcome, unread.detail.as_deref().unwrap_or("no further detail")),
        None => line.title.clone().or_else(|| line.description.clone()).unwrap_or_default(),
    };
    let first = text.trim().lines().next().unwrap_or_default();
    let cut: String = first.chars().take(LETTERS).collect();
    if cut.len() < first.len() { format!("{}…", cut.trim_end()) } else { cut }
}

impl RowReport for ListReport {
    const COLUMNS: &'static [&'static str] =
        &["server", "grade", "tools", "critical", "high", "medium", "low", "is_read", "title", "last_seen"];

    fn rows(&self) -> Vec<Value> {
        self.found.servers.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
