//! `mcpdex server NAME|PACKAGE|URL`: everything that is known of a server.

use super::{Exit, database, gone, print_rows};
use crate::cli::{Global, ServerArgs};
use crate::report::{ServerReport, ServerView, nearest, visible};
use crate::store::Reader;
use crate::survey::{audit, combination, of_server};

pub(super) fn run(global: &Global, args: &ServerArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::path(global)?)?;
    let mut views = Vec::new();
    for name in reader.servers_called(&args.name)? {
        views.extend(view(&reader, &name)?);
    }
    if views.is_empty() {
        return unknown(&reader, &args.name);
    }
    let report = ServerReport::new(reader.ruleset()?, &args.name, views);
    print_rows(&report, args.format.meant(global.json), ServerReport::to_text)?;
    Ok(Exit::Done)
}

fn view(reader: &Reader, name: &str) -> anyhow::Result<Option<ServerView>> {
    let Some(facts) = reader.server_facts(name)? else { return Ok(None) };
    let (tools, unread) = (reader.tools_of(name)?, reader.unread_of(name)?);
    let findings = of_server(name, &tools, &unread, &reader.partial_of(name)?);
    let combination = combination(tools.iter().map(|found| (found.tool.name.as_str(), &found.verdict)));
    let stands_out = (combination, audit(&tools), findings);
    let tokens = reader.tokens_of(name)?;
    Ok(Some(ServerView::new(facts, tools, reader.lists_of(name)?, unread, tokens, stands_out)))
}

/// Says that a server is not known, and what the person may have meant.
fn unknown(reader: &Reader, name: &str) -> anyhow::Result<Exit> {
    if gone::say(reader, name)? {
        return Ok(Exit::Failed);
    }
    eprintln!("error: no server, package or address `{}` is known", visible(name));
    let mut search = nearest(name, 5);
    reader.server_names_near(name)?.iter().for_each(|other| search.see(other));
    let names: Vec<String> = search.names().iter().map(|name| visible(name).into_owned()).collect();
    if !names.is_empty() {
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(Exit::Failed)
}
