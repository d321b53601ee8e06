//! One server, by name, package or address: everything that is known of it.

use crate::report::{ServerReport, ServerView, nearest};
use crate::store::{Reader, StoreError};
use crate::survey::{audit, combination, of_server};

/// All that is known of the servers that may be meant; `None`: there is none.
///
/// # Errors
/// The database cannot be read.
pub fn server_report(reader: &Reader, name: &str) -> Result<Option<ServerReport>, StoreError> {
    let mut views = Vec::new();
    for name in reader.servers_called(name)? {
        views.extend(view(reader, &name)?);
    }
    if views.is_empty() {
        return Ok(None);
    }
    Ok(Some(ServerReport::new(reader.ruleset()?, name, views)))
}

/// The names of servers that are nearest to this one.
///
/// # Errors
/// The database cannot be read.
pub fn server_names_near(reader: &Reader, name: &str) -> Result<Vec<String>, StoreError> {
    let mut search = nearest(name, 5);
    reader.server_names_near(name)?.iter().for_each(|other| search.see(other));
    Ok(search.names())
}

fn view(reader: &Reader, name: &str) -> Result<Option<ServerView>, StoreError> {
    let Some(facts) = reader.server_facts(name)? else { return Ok(None) };
    let (tools, unread) = (reader.tools_of(name)?, reader.unread_of(name)?);
    let findings = of_server(name, &tools, &unread, &reader.partial_of(name)?);
    let combination = combination(tools.iter().map(|found| (found.tool.name.as_str(), &found.verdict)));
    let stands_out = (combination, audit(&tools), findings);
    let tokens = reader.tokens_of(name)?;
    Ok(Some(ServerView::new(facts, tools, reader.lists_of(name)?, unread, tokens, stands_out)))
}
