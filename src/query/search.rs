//! Tools by words and filters, with servers whose own words fit.

use crate::model::ServerPage;
use crate::report::SearchReport;
use crate::store::{Filters, HitOrder, Reader, Search, StoreError};

/// No server's own words have so many.
const MANY_WORDS: usize = 16;
/// Servers that are named beside the tools.
const SERVERS: usize = 5;

/// What is looked for, and which page of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuestion {
    pub words: Vec<String>,
    pub filters: Filters,
    pub order: HitOrder,
    /// Counted from one.
    pub page: usize,
    /// Tools on a page.
    pub per_page: usize,
}

/// One page of what is found.
///
/// # Errors
/// The database cannot be read.
pub fn search_report(reader: &Reader, question: SearchQuestion) -> Result<SearchReport, StoreError> {
    let SearchQuestion { words, filters, order, page, per_page } = question;
    let text = words.join(" ");
    // A server is of no class and of no one origin.
    let is_about_tools = text.is_empty() || filters != Filters::default();
    let skip = page.saturating_sub(1).saturating_mul(per_page);
    let search = Search { text: text.clone(), filters, order, skip, take: per_page };
    let has_many_words = words.len() > MANY_WORDS;
    let servers = match is_about_tools || page > 1 || has_many_words {
        true => ServerPage { found: 0, bounded: false, servers: Vec::new() },
        false => reader.servers_about(&words, SERVERS)?,
    };
    Ok(SearchReport::new(reader.ruleset()?, &text, page, per_page, reader.search(&search)?, servers))
}
