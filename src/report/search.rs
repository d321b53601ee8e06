//! What a search found, as a table or as JSON.

use super::text::{judged_by, paragraph, table};
use crate::model::{Hit, HitPage};
use serde::Serialize;
use std::fmt::Write as _;

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
}

impl SearchReport {
    /// A report on one page.
    pub fn new(ruleset: String, query: &str, page: usize, per_page: usize, found: HitPage) -> SearchReport {
        SearchReport { schema: "mcpdex/search/1", ruleset, query: query.to_owned(), page, per_page, found }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let found = &self.found;
        let mut out = String::new();
        if found.loosened {
            out += &paragraph("No tool has all of these words; these have at least one.", "");
            out.push('\n');
        }
        if found.hits.is_empty() {
            let none = if found.found == 0 { "Nothing found." } else { "There are no more pages." };
            return format!("{out}{none}\n");
        }
        let rows = found.hits.iter().map(|hit| {
            vec![hit.tool.clone(), hit.server.clone(), format!("{} · {}", hit.class, hit.risk), first_line(hit)]
        });
        out += &table(&["tool", "server", "class · risk", "description"], rows);
        let first = (self.page - 1) * self.per_page + 1;
        let last = first + found.hits.len() - 1;
        let at_least = if found.bounded { "more than " } else { "" };
        let _ = writeln!(out, "\n{first}–{last} of {at_least}{}", found.found);
        if found.bounded {
            out += &paragraph("The first matches were ranked; more words or filters narrow the search.", "");
        }
        out + &judged_by(&self.ruleset)
    }
}

fn first_line(hit: &Hit) -> String {
    let text = hit.description.as_deref().or(hit.title.as_deref()).unwrap_or_default();
    let line = text.trim().lines().next().unwrap_or_default();
    let cut: String = line.chars().take(80).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}
