//! `mcpdex tool NAME`: what a tool does, how dangerous it is and why, on every server that has it.

use super::{Exit, database, gone, named, print_rows, profile};
use crate::cli::{Global, ToolArgs};
pub(super) use crate::query::{find_tools as find, tools_by_server as by_server};
use crate::query::{tool_names_near, tool_report};
use crate::report::visible;
use crate::store::Reader;

pub(super) fn run(global: &Global, args: &ToolArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::place(global)?)?;
    let server = args.server.as_deref();
    let Some(report) = tool_report(&reader, &profile::usual(global)?, &args.name, server)? else {
        return unknown(&reader, &args.name, server);
    };
    print_rows(&report, args.format.meant(global.json), |report| report.to_text(args.all))?;
    Ok(Exit::Done)
}

/// Says that a tool is not known, and what the person may have meant.
pub(super) fn unknown(reader: &Reader, name: &str, server: Option<&str>) -> anyhow::Result<Exit> {
    let on = server.map(|s| format!(" on a server `{}`", visible(s))).unwrap_or_default();
    // A server that nobody knows has no tool of any name.
    if let Some(server) = server
        && reader.tools_named(name)?.iter().all(|tool| tool.target != server)
        && named::servers(reader, server)?.is_empty()
    {
        return Ok(Exit::Unread);
    }
    eprintln!("error: no tool is named `{}`{on}", visible(name));
    gone::say_of_tool(reader, name)?;
    let holders = if server.is_some() { reader.tools_named(name)? } else { Vec::new() };
    if !holders.is_empty() {
        let servers: Vec<_> = holders.iter().map(|tool| visible(&tool.server)).collect();
        eprintln!("servers that have it: {}", servers.join(", "));
        return Ok(Exit::Unread);
    }
    let names = tool_names_near(reader, name)?;
    if names.is_empty() {
        eprintln!("no name in the database is near it; `mcpdex crawl` adds servers");
    } else {
        let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(Exit::Unread)
}
