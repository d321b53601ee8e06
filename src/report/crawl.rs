//! The summary of a crawl: what is in the database now, what was learnt in this run, and what could not be read.

use super::text::paragraph;
use super::visible;
use crate::model::{PartialList, Summary, Unread};
use serde::{Serialize, Serializer};
use std::fmt::Write as _;

/// The report of `mcpdex crawl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrawlReport {
    schema: &'static str,
    pub database: String,
    pub run: Run,
    pub servers: u64,
    pub servers_read: u64,
    pub tools: u64,
    #[serde(serialize_with = "as_object")]
    pub by_class: Vec<(String, u64)>,
    #[serde(serialize_with = "as_object")]
    pub by_risk: Vec<(String, u64)>,
    #[serde(serialize_with = "as_object")]
    pub by_category: Vec<(String, u64)>,
    #[serde(serialize_with = "as_object")]
    pub by_outcome: Vec<(String, u64)>,
    pub unread: Vec<Unread>,
    pub partial: Vec<PartialList>,
    /// Digest of the rules that judged.
    pub ruleset: String,
}

/// What this run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    pub listings: u64,
    pub attempts: u64,
    pub tools: u64,
    pub judged: u64,
}

/// How many unread servers are printed for people; `--json` has them all.
const SHOWN: usize = 40;

impl CrawlReport {
    /// Puts the parts together.
    pub fn new(
        database: String,
        run: Run,
        summary: Summary,
        unread: Vec<Unread>,
        partial: Vec<PartialList>,
        ruleset: String,
    ) -> CrawlReport {
        fn words<T: std::fmt::Display>(counts: Vec<(T, u64)>) -> Vec<(String, u64)> {
            counts.into_iter().map(|(word, number)| (word.to_string(), number)).collect()
        }
        CrawlReport {
            schema: "mcpdex/crawl/1",
            database,
            run,
            servers: summary.servers,
            servers_read: summary.servers_read,
            tools: summary.tools,
            by_class: words(summary.classes),
            by_risk: words(summary.risks),
            by_category: words(summary.categories),
            by_outcome: words(summary.outcomes.into_iter().map(|c| (c.outcome, c.targets)).collect()),
            unread,
            partial,
            ruleset,
        }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} servers ({} read, {} not), {} tools in {}",
            self.servers,
            self.servers_read,
            self.servers - self.servers_read,
            self.tools,
            visible(&self.database)
        );
        let _ = writeln!(
            out,
            "this run: {} attempts, {} tools seen, {} judged\n",
            self.run.attempts, self.run.tools, self.run.judged
        );
        let line = |counts: &[(String, u64)]| {
            counts.iter().map(|(word, number)| format!("{word} {number}")).collect::<Vec<_>>().join(" · ")
        };
        let _ = writeln!(out, "class     {}", line(&self.by_class));
        let _ = writeln!(out, "risk      {}", line(&self.by_risk));
        let _ = writeln!(out, "category  {}", line(&self.by_category));
        if !self.unread.is_empty() {
            let _ = writeln!(out, "\nNot read ({})", self.unread.len());
            for unread in self.unread.iter().take(SHOWN) {
                let asked = if unread.target == unread.server { "" } else { &*format!(" ({})", unread.target) };
                let detail = unread.detail.as_deref().unwrap_or("no further detail");
                let line = format!("{}{asked}: {}: {detail}", unread.server, unread.outcome);
                out.push_str(&paragraph(&line, "  "));
            }
            if self.unread.len() > SHOWN {
                let _ = writeln!(out, "  … and {} more (--json lists all)", self.unread.len() - SHOWN);
            }
        }
        if !self.partial.is_empty() {
            out.push_str("\nRead in part\n");
            for list in self.partial.iter().take(SHOWN) {
                let _ = writeln!(out, "  {}", visible(&list.server));
                for missing in &list.missing {
                    let place = missing.site.as_ref().map(|s| format!(" ({}:{})", s.file, s.line)).unwrap_or_default();
                    out.push_str(&paragraph(&format!("{}{place}", missing.detail), "    "));
                }
            }
        }
        out
    }
}

fn as_object<S: Serializer>(counts: &[(String, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(word, number)| (word, number)))
}
