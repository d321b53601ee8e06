//! One server, by name, package or address: everything that is known of it.

use super::who::Who;
use crate::report::{Identity, ServerReport, ServerView, nearest};
use crate::store::{Reader, StoreError};
use crate::survey::{audit, combination, of_server};

/// All that is known of the servers that may be meant; `None`: there is none.
///
/// # Errors
/// The database cannot be read.
pub fn server_report(reader: &Reader, name: &str) -> Result<Option<ServerReport>, StoreError> {
    report(reader, name, false)
}

/// The same with why each listing is of the server, and what has something in common with it and is another.
///
/// # Errors
/// The database cannot be read.
pub fn server_report_with_reasons(reader: &Reader, name: &str) -> Result<Option<ServerReport>, StoreError> {
    report(reader, name, true)
}

fn report(reader: &Reader, name: &str, why: bool) -> Result<Option<ServerReport>, StoreError> {
    let mut views = Vec::new();
    for name in reader.servers_called(name)? {
        views.extend(view(reader, &name, why)?);
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

fn view(reader: &Reader, name: &str, why: bool) -> Result<Option<ServerView>, StoreError> {
    let Some(facts) = reader.server_facts(name)? else { return Ok(None) };
    let (tools, unread) = (reader.tools_of(name)?, reader.unread_of(name)?);
    let mut findings = of_server(name, &tools, &unread, &reader.partial_of(name)?);
    let who = Who::of_server(reader, name)?;
    findings.extend(who.iter().flat_map(|who| who.findings(name.into())));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let combination = combination(tools.iter().map(|found| (found.tool.name.as_str(), &found.verdict)));
    let stands_out = (combination, audit(&tools), findings);
    let tokens = reader.tokens_of(name)?;
    let mut view = ServerView::new(facts, tools, reader.lists_of(name)?, unread, tokens, stands_out);
    if why {
        let apart = who.map(|who| who.apart()).unwrap_or_default();
        view.why = Some(Identity { listings: reader.listings_of(name)?, apart });
    }
    Ok(Some(view))
}
