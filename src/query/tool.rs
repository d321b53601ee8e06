//! One tool's name: every server that has it, how it was judged there, and the policy that is recommended.

use crate::model::{FoundTool, RelatedTool};
use crate::policy::{Profile, Target, decide_found, recommend};
use crate::report::{PolicyView, ToolReport, ToolSurroundings, ToolView, nearest};
use crate::store::{Reader, StoreError};
use crate::survey::{differences, of_name};
use std::collections::BTreeMap;

/// All that is known of the tools of a name, on all servers or on one; case and separators do not matter where no tool has
/// exactly this name. `None`: there is none.
///
/// # Errors
/// The database cannot be read.
pub fn tool_report(
    reader: &Reader,
    profile: &Profile,
    name: &str,
    server: Option<&str>,
) -> Result<Option<ToolReport>, StoreError> {
    let mut name = name.to_owned();
    let mut found = find_tools(reader, &name, server)?;
    let mut namesakes = reader.namesakes(&name)?;
    if found.is_empty() {
        // No tool has exactly this name: the first that has it in another style.
        for spelled in namesakes.spellings.clone() {
            found = find_tools(reader, &spelled, server)?;
            if !found.is_empty() {
                namesakes = reader.namesakes(&spelled)?;
                name = spelled;
                break;
            }
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    let around = ToolSurroundings {
        related: related(reader, &found)?,
        differences: differences(&found),
        findings: of_name(&name, &found, &namesakes.look_alikes, &namesakes.mentioned_by),
        spellings: namesakes.spellings,
    };
    Ok(Some(ToolReport::new(reader.ruleset()?, &name, views(profile, found), around)))
}

/// The names of tools that are nearest to this one.
///
/// # Errors
/// The database cannot be read.
pub fn tool_names_near(reader: &Reader, name: &str) -> Result<Vec<String>, StoreError> {
    let mut search = nearest(name, 5);
    reader.tool_names_near(name)?.iter().for_each(|other| search.see(other));
    Ok(search.names())
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
    for (server, tools) in tools_by_server(found).into_iter().take(RELATED_SERVERS) {
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
pub(crate) fn find_tools(reader: &Reader, name: &str, server: Option<&str>) -> Result<Vec<FoundTool>, StoreError> {
    let mut found = reader.tools_named(name)?;
    if let Some(wanted) = server {
        let servers = reader.servers_called(wanted)?;
        // What its list was learnt from is a name as well.
        found.retain(|tool| servers.contains(&tool.server) || tool.target == wanted);
    }
    Ok(found)
}

/// The tools of each server, in the order in which they were found.
pub(crate) fn tools_by_server(found: &[FoundTool]) -> Vec<(&str, Vec<&FoundTool>)> {
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
    let policies: BTreeMap<String, Result<PolicyView, String>> = tools_by_server(&found)
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
