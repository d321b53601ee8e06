//! `mcpdex explain`: why a tool was judged as it was, clause by clause.

use super::judging::open;
use super::named::NotThere;
use super::{Exit, database, named, print};
use crate::classify::{Rows, ServerContext};
use crate::cli::{ExplainArgs, Global};
use crate::model::Tool;
use crate::report::{ExplainReport, explanation_text, nearest, to_json, visible};
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// The rules or the file cannot be read, or it holds no such tool.
pub(super) fn run(global: &Global, args: &ExplainArgs) -> anyhow::Result<Exit> {
    let rules = args.rules.load(global)?;
    let (server, tools) = match &args.file {
        Some(file) => (args.server.clone(), tools_of_file(file, &args.server)?),
        None => match tools_of_database(global, &args.server)? {
            Some(known) => known,
            None => return Ok(Exit::Unread),
        },
    };
    let context = ServerContext::of(&server, &tools);
    let Some(tool) = tools.iter().find(|tool| tool.name == args.tool) else {
        let near: Vec<_> = nearest_of(&args.tool, &tools).iter().map(|name| visible(name).into_owned()).collect();
        eprintln!("error: server `{}` has no tool `{}`", visible(&server), visible(&args.tool));
        if !near.is_empty() {
            eprintln!("the nearest names: {}", near.join(", "));
        }
        return Ok(Exit::Unread);
    };
    let explanation = rules.explain(&context, tool);
    if global.json {
        print(&to_json(&ExplainReport::new(&server, &tool.name, explanation)))?;
    } else {
        print(&explanation_text(&explanation))?;
    }
    Ok(Exit::Done)
}

/// The tools of a server in a file.
fn tools_of_file(file: &Path, server: &str) -> anyhow::Result<Vec<Tool>> {
    let mut rows = Rows::new(open(Some(file))?)?;
    let mut tools = Vec::new();
    while let Some(raw) = rows.next_row()? {
        match raw.parse() {
            // A `tools/list` result names no server: it is the one that was asked for.
            Ok(row) if row.server == server || row.server.is_empty() => tools.push(row.tool),
            Ok(_) => {}
            Err(error) => eprintln!("error: {}", visible(&error.to_string())),
        }
    }
    Ok(tools)
}

/// The server that is meant and its current tools in the database; `None` where none is, which was said.
fn tools_of_database(global: &Global, wanted: &str) -> anyhow::Result<Option<(String, Vec<Tool>)>> {
    let reader = database::open_judged(global, &database::place(global)?)?;
    let Some(server) = named::server(&reader, wanted)? else { return Ok(None) };
    let tools: Vec<Tool> = reader.tools_of(&server)?.into_iter().map(|found| found.tool).collect();
    if tools.is_empty() {
        return Err(NotThere(format!("no tool of the server `{}` is known", visible(&server))).into());
    }
    Ok(Some((server, tools)))
}

fn nearest_of(name: &str, tools: &[Tool]) -> Vec<String> {
    let mut search = nearest(name, 5);
    for tool in tools {
        search.see(&tool.name);
    }
    search.names()
}
