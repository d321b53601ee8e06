//! `mcpdex tool NAME`: what a tool does, how dangerous it is and why, on every server that has it.

use super::{Exit, database, gone, print_rows, profile};
use crate::cli::{Global, ToolArgs};
use crate::model::{FoundTool, RelatedTool};
use crate::policy::{Profile, Target, decide_found, recommend};
use crate::report::{PolicyView, ToolReport, ToolSurroundings, ToolView, nearest, visible};
use crate::store::{Reader, StoreError};
use crate::survey::{differences, of_name};
use std::collections::BTreeMap;

pub(super) fn run(global: &Global, args: &ToolArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::path(global)?)?;
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
    let around = ToolSurroundings {
        related: related(&reader, &found)?,
        differences: differences(&found),
        findings: of_name(&name, &found, &namesakes.look_alikes, &namesakes.mentioned_by),
        spellings: namesakes.spellings,
    };
    let views = views(&profile::usual(global)?, found);
    let report = ToolReport::new(reader.ruleset()?, &name, views, around);
    print_rows(&report, args.format.meant(global.json), |report| report.to_text(args.all))?;
    Ok(Exit::Done)
}

/// How many related tools are named.
const RELATED: usize = 6;
/// Of how many servers related tools are looked for.
const RELATED_SERVERS: usize = 3;

/// Tools of one server that are looked at for it.
const LOOKED_AT: u32 = 100;

/// Other tools of the servers that share a trait, or lacking traits the class, with the tools that were found.
fn related(reader: &Reader, found: &[FoundTool]) -> Result<Vec<RelatedTool>, StoreError> {
    let mut related = Vec::new();
    for (server, tools) in by_server(found).into_iter().take(RELATED_SERVERS) {
        let Some(first) = tools.first() else { continue };
        let mut others = reader.other_tools(server, &first.tool.name, LOOKED_AT)?;
        others.retain(|other| {
            tools.iter().any(|tool| match tool.verdict.traits.is_empty() {
                true => other.traits.is_empty() && other.class == tool.verdict.class,
                false => !other.traits.is_disjoint(&tool.verdict.traits),
            })
        });
        related.extend(others);
    }
    related.sort_by(|a, b| b.risk.cmp(&a.risk).then_with(|| a.cmp(b)));
    related.truncate(RELATED);
    Ok(related)
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
    reader.tool_names_near(name)?.iter().for_each(|other| search.see(other));
    let names = search.names();
    if names.is_empty() {
        eprintln!("no name in the database is near it; `mcpdex crawl` adds servers");
    } else {
        let names: Vec<_> = names.iter().map(|name| visible(name)).collect();
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(Exit::Failed)
}

/// The tools of each server, in the order in which they were found.
pub(super) fn by_server(found: &[FoundTool]) -> Vec<(&str, Vec<&FoundTool>)> {
    let mut servers: Vec<(&str, Vec<&FoundTool>)> = Vec::new();
    for tool in found {
        match servers.iter_mut().find(|(server, _)| *server == tool.server) {
            Some((_, tools)) => tools.push(tool),
            None => servers.push((&tool.server, vec![tool])),
        }
    }
    servers
}

/// Each tool with its decision, and the document that governs all tools of that name on its server.
fn views(profile: &Profile, found: Vec<FoundTool>) -> Vec<ToolView> {
    let policies: BTreeMap<String, Result<PolicyView, String>> = by_server(&found)
        .into_iter()
        .map(|(server, tools)| {
            let policy = match recommend(profile, server, &tools) {
                Ok(document) => {
                    let losses =
                        document.losses.iter().map(|loss| format!("; here it is {}: {}", loss.written, loss.why));
                    // What mcpdex itself wrote is JSON.
                    let value = serde_json::from_str(document.text()).ok();
                    let steps = Target::PolicyLayer.capability().steps;
                    Ok(PolicyView { reason: losses.collect(), document: value, steps })
                }
                Err(refused) => Err(refused.to_string()),
            };
            (server.to_owned(), policy)
        })
        .collect();
    found
        .into_iter()
        .map(|found| {
            let decided = decide_found(profile, &found).sentence();
            let policy = match policies.get(&found.server) {
                Some(Ok(view)) => PolicyView { reason: decided + &view.reason, ..view.clone() },
                Some(Err(refused)) => PolicyView { reason: refused.clone(), document: None, steps: &[] },
                None => PolicyView { reason: decided, document: None, steps: &[] },
            };
            ToolView::new(found, policy)
        })
        .collect()
}
