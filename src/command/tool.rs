//! `mcpdex tool NAME`: what a tool does, how dangerous it is and why, on every server that has it.

use super::{Exit, database, gone, print};
use crate::cli::{Global, ToolArgs};
use crate::model::FoundTool;
use crate::policy::{decide, policylayer};
use crate::report::{PolicyView, Surroundings, ToolReport, ToolView, nearest, to_json, visible};
use crate::store::{Reader, StoreError};
use crate::survey::{differences, of_name};

pub(super) fn run(global: &Global, args: &ToolArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(&database::path(global)?)?;
    let server = args.server.as_deref();
    let mut name = args.name.clone();
    let mut found = find(&reader, &name, server)?;
    let mut namesakes = reader.namesakes(&name)?;
    if found.is_empty() {
        // No tool has exactly this name: the first that has it in another style.
        for spelled in namesakes.spellings.clone() {
            found = find(&reader, &spelled, server)?;
            if !found.is_empty() {
                namesakes = reader.namesakes(&spelled)?;
                name = spelled;
                break;
            }
        }
    }
    if found.is_empty() {
        return unknown(&reader, &args.name, server);
    }
    let around = Surroundings {
        differences: differences(&found),
        findings: of_name(&name, &found, &namesakes.look_alikes, &namesakes.mentioned_by),
        spellings: namesakes.spellings,
    };
    let views = found.into_iter().map(view).collect();
    let report = ToolReport::new(&name, views, around);
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}

/// The current tools of this name, on all servers or on one.
pub(super) fn find(reader: &Reader, name: &str, server: Option<&str>) -> Result<Vec<FoundTool>, StoreError> {
    let mut found = reader.tools_named(name)?;
    if let Some(server) = server {
        found.retain(|tool| is_server(tool, server));
    }
    Ok(found)
}

/// Whether a person may mean this tool's server by `wanted`: its name, what its list was learnt from, or the package
/// alone.
fn is_server(tool: &FoundTool, wanted: &str) -> bool {
    let package = tool.target.split_once(':').map(|(_, package)| package);
    tool.server == wanted || tool.target == wanted || package == Some(wanted)
}

/// Says that a tool is not known, and what the person may have meant.
pub(super) fn unknown(reader: &Reader, name: &str, server: Option<&str>) -> anyhow::Result<Exit> {
    let on = server.map(|s| format!(" on a server `{}`", visible(s))).unwrap_or_default();
    if let Some(server) = server
        && gone::say(reader, server)?
    {
        return Ok(Exit::Failed);
    }
    eprintln!("error: no tool is named `{}`{on}", visible(name));
    gone::say_of_tool(reader, name)?;
    let holders = if server.is_some() { reader.tools_named(name)? } else { Vec::new() };
    if !holders.is_empty() {
        let servers: Vec<_> = holders.iter().map(|tool| visible(&tool.server)).collect();
        eprintln!("servers that have it: {}", servers.join(", "));
        return Ok(Exit::Failed);
    }
    let mut search = nearest(name, 5);
    reader.for_each_folded_name(|other, folded| search.see_folded(other, folded))?;
    let names = search.names();
    if names.is_empty() {
        eprintln!("no name in the database is near it; `mcpdex crawl` adds servers");
    } else {
        let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(Exit::Failed)
}

fn view(found: FoundTool) -> ToolView {
    let decision = decide(&found.verdict);
    let policy = match policylayer::document([(found.tool.name.as_str(), &decision)]) {
        Ok(document) => PolicyView { reason: decision.sentence(), document: Some(document.to_value()) },
        Err(reserved) => PolicyView { reason: reserved.to_string(), document: None },
    };
    ToolView::new(found, policy)
}
