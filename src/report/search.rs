//! What a search found, as a table or as JSON.

use super::list::server_table;
use super::rows::{RowReport, row};
use super::style::by_risk;
use super::text::{fill, first_line, judged_by, paragraph, table, width};
use super::visible;
use crate::model::{Hit, HitPage, ServerPage};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// On fewer columns than this a tool has a line of its own and its description another: names stay whole.
const ROOMY: usize = 120;

/// The report of `mcpdex search`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    pub query: String,
    /// The number of this page, from 1.
    pub page: usize,
    pub per_page: usize,
    #[serde(flatten)]
    pub found: HitPage,
    /// Servers whose own words fit, where the question is not about tools alone.
    pub servers: ServerPage,
}

impl SearchReport {
    /// A report on one page.
    pub fn new(
        ruleset: String,
        query: &str,
        page: usize,
        per_page: usize,
        found: HitPage,
        servers: ServerPage,
    ) -> SearchReport {
        SearchReport { schema: "mcpdex/search/1", ruleset, query: query.to_owned(), page, per_page, found, servers }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let found = &self.found;
        let mut out = String::new();
        if found.loosened && !found.hits.is_empty() {
            out += &paragraph("No tool has all of these words; these have at least one.", "");
            out.push('\n');
        }
        if found.hits.is_empty() {
            let none = match (found.found, self.servers.found) {
                (0, 0) => "Nothing found.\nFewer words or filters find more; `mcpdex list` names the servers.",
                (0, _) => "No tool was found.",
                _ => "There are no more pages.",
            };
            out += &paragraph(none, "");
            self.write_servers(&mut out);
            return out;
        }
        if width().is_some_and(|width| width < ROOMY) {
            for hit in &found.hits {
                let risk = by_risk(hit.risk, hit.risk);
                let line = format!("{}  {} · {risk}  {}", visible(&hit.tool), hit.class, visible(&hit.server));
                let _ = writeln!(out, "{}", fill(&line, "  ", "      "));
                out += &paragraph(&opening(hit), "      ");
            }
        } else {
            let rows = found.hits.iter().map(|hit| {
                vec![hit.tool.clone(), hit.server.clone(), format!("{} · {}", hit.class, hit.risk), opening(hit)]
            });
            out += &table(&["tool", "server", "class · risk", "description"], rows);
        }
        let first = (self.page - 1) * self.per_page + 1;
        let last = first + found.hits.len() - 1;
        let at_least = if found.bounded { "more than " } else { "" };
        let _ = writeln!(out, "\n{first}–{last} of {at_least}{}", found.found);
        if found.bounded {
            out += &paragraph("The first matches were ranked; more words or filters narrow the search.", "");
        }
        if first + found.hits.len() <= found.found {
            out += &paragraph(&format!("next: --page {}", self.page + 1), "");
        }
        self.write_servers(&mut out);
        out + &judged_by(&self.ruleset)
    }

    fn write_servers(&self, out: &mut String) {
        let servers = &self.servers;
        if servers.servers.is_empty() {
            return;
        }
        let at_least = if servers.bounded { "more than " } else { "" };
        let _ = writeln!(out, "\nServers whose own words fit ({at_least}{})", servers.found);
        *out += &server_table(&servers.servers);
        if servers.found > servers.servers.len() as u64 {
            *out += &paragraph(&format!("more: mcpdex list {}", self.query), "");
        }
    }
}

fn opening(hit: &Hit) -> String {
    first_line(hit.description.as_deref().or(hit.title.as_deref()).unwrap_or_default(), 80)
}

impl RowReport for SearchReport {
    const COLUMNS: &'static [&'static str] =
        &["tool", "server", "class", "risk", "traits", "origin", "since", "description"];

    fn rows(&self) -> Vec<Value> {
        self.found.hits.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
