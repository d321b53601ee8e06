//! What became of decisions when tools changed: as a table for people and as Markdown for a pull request.

use super::sheet::escape_markdown;
use super::text::{paragraph, table};
use crate::policy::{DecisionDrift, DriftedTool};
use serde::Serialize;
use std::fmt::Write as _;

/// The report of `mcpdex policy --drift`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDriftReport {
    schema: &'static str,
    pub before: String,
    pub after: String,
    /// What needs a person's eye most comes first.
    pub tools: Vec<DriftedTool>,
    /// Tools of a lockfile whose definition is in no list of the database: the strictest that their risk can have led to
    /// was taken for their decision.
    pub unknown: Vec<String>,
    /// Servers that the later state does not have: removed, or not read.
    pub absent: Vec<String>,
}

impl PolicyDriftReport {
    /// A report on what became of these tools.
    pub fn new(
        (before, after): (&str, &str),
        mut tools: Vec<DriftedTool>,
        unknown: Vec<String>,
        absent: Vec<String>,
    ) -> PolicyDriftReport {
        tools.sort_by(|a, b| (a.drift, &a.server, &a.tool).cmp(&(b.drift, &b.server, &b.tool)));
        let (before, after) = (before.to_owned(), after.to_owned());
        PolicyDriftReport { schema: "mcpdex/policy-drift/1", before, after, tools, unknown, absent }
    }

    fn count(&self, drift: DecisionDrift) -> usize {
        self.tools.iter().filter(|tool| tool.drift == drift).count()
    }

    fn summary(&self) -> String {
        let parts = [
            (DecisionDrift::Undecided, "new and undecided"),
            (DecisionDrift::Stricter, "stricter now"),
            (DecisionDrift::Kept, "milder today and kept as strict"),
            (DecisionDrift::Removed, "removed"),
            (DecisionDrift::Same, "changed without a change of decision"),
        ];
        let parts = parts.map(|(drift, what)| (self.count(drift), what));
        let parts: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if parts.is_empty() { "no tool changed".to_owned() } else { parts.join(", ") }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = paragraph(&format!("{}.", self.summary()), "");
        if !self.tools.is_empty() {
            let rows = self.tools.iter().map(|one| {
                let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
                let name = format!("{}/{}", one.server, one.tool);
                vec![one.drift.to_string(), name, word(&one.before), word(&one.today), word(&one.now)]
            });
            out += &table(&["what", "tool", "before", "by itself today", "now"], rows);
        }
        for (names, why) in self.remarks() {
            out += &paragraph(&format!("{why}: {}", names.join(", ")), "");
        }
        out
    }

    fn remarks(&self) -> impl Iterator<Item = (&[String], &'static str)> {
        let all = [
            (
                self.unknown.as_slice(),
                "What these did before is not known any more, so their decision is as strict as it can have been",
            ),
            (
                self.absent.as_slice(),
                "These servers are not in the later state; nothing of them runs by itself, and what was refused stays so",
            ),
        ];
        all.into_iter().filter(|(names, _)| !names.is_empty())
    }

    /// The report as Markdown. Text of strangers is text.
    pub fn to_markdown(&self) -> String {
        let e = escape_markdown;
        let mut out = format!("## MCP tools changed: {}\n\n", self.summary());
        let _ = writeln!(
            out,
            "From {} to {}. Every decision is at least as strict as it was; a new tool waits for a person until somebody \
             decides on it.",
            e(&self.before),
            e(&self.after)
        );
        if !self.tools.is_empty() {
            out += "\n| what | server | tool | before | by itself today | now | because |\n|---|---|---|---|---|---|---|\n";
        }
        for one in &self.tools {
            let word = |text: &Option<String>| text.as_deref().map_or_else(|| "–".to_owned(), e);
            let (before, today, now) = (word(&one.before), word(&one.today), word(&one.now));
            let (server, tool, because) = (e(&one.server), e(&one.tool), e(&one.because));
            let _ = writeln!(out, "| {} | {server} | {tool} | {before} | {today} | {now} | {because} |", one.drift);
        }
        for (names, why) in self.remarks() {
            let names: Vec<String> = names.iter().map(|name| e(name)).collect();
            let _ = writeln!(out, "\n{why}: {}.", names.join(", "));
        }
        let open = self.count(DecisionDrift::Undecided);
        if open > 0 {
            let _ = writeln!(out, "\n- [ ] {open} new tools were looked at, and decided on in the profile");
        }
        out
    }
}
