//! What is recommended for a server's tools, and what is wrong with a policy that somebody wrote.

use super::error::QueryError;
use super::server::server_names_near;
use super::tool::{find_tools, tool_names_near};
use crate::model::FoundTool;
use crate::policy::{
    CheckedServer, CheckedTool, PlannedServer, PlannedTool, PolicyFile, Profile, Target, TargetOptions, WrittenPolicy,
    alias_of, check, decide_found, document,
};
use crate::report::{PolicyCheckReport, PolicyReport};
use crate::store::Reader;

/// What a policy is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyQuestion {
    /// One tool; without it, all tools of the server.
    pub tool: Option<String>,
    /// The server; may be left out where one server alone has the tool.
    pub server: Option<String>,
    pub target: Target,
    /// The name that the configuration gives the server.
    pub alias: Option<String>,
}

/// The policy that a profile gives.
///
/// # Errors
/// The tool or server is not known, several servers have the tool, or the database cannot be read.
pub fn policy_report(
    reader: &Reader,
    profile: &Profile,
    question: &PolicyQuestion,
) -> Result<PolicyReport, QueryError> {
    let found = match (&question.tool, &question.server) {
        (Some(tool), server) => of_one_tool(reader, tool, server.as_deref())?,
        (None, Some(server)) => of_server(reader, server)?,
        (None, None) => return Err(QueryError::Invalid("name a tool, a server, or both".to_owned())),
    };
    let server = found.first().map(|tool| tool.server.clone()).unwrap_or_default();
    let planned = plan(profile, &server, question.alias.as_deref(), &found);
    let planned = [planned];
    let mut report = PolicyReport::new(reader.ruleset()?, &profile.name, &planned);
    let written = document(question.target, &planned, &TargetOptions::default(), profile.uncounted);
    report.add(question.target, std::iter::once((planned.as_slice(), written)));
    Ok(report)
}

fn of_one_tool(reader: &Reader, tool: &str, server: Option<&str>) -> Result<Vec<FoundTool>, QueryError> {
    let found = find_tools(reader, tool, server)?;
    let Some(first) = found.first() else {
        let what = format!("no tool is named `{tool}`{}", server.map(|one| format!(" on `{one}`")).unwrap_or_default());
        return Err(QueryError::NotFound { what, nearest: tool_names_near(reader, tool)? });
    };
    if found.iter().any(|other| other.server != first.server) {
        let servers: Vec<&str> = found.iter().take(8).map(|tool| tool.server.as_str()).collect();
        return Err(QueryError::Invalid(format!("several servers have it; name one: {}", servers.join(", "))));
    }
    Ok(found)
}

/// The tools of the one server that is meant by a name, a package or an address.
fn of_server(reader: &Reader, server: &str) -> Result<Vec<FoundTool>, QueryError> {
    for name in reader.servers_called(server)? {
        let found = reader.tools_of(&name)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let what = format!("no tools are known of a server `{server}`");
    Err(QueryError::NotFound { what, nearest: server_names_near(reader, server)? })
}

fn plan(profile: &Profile, name: &str, alias: Option<&str>, found: &[FoundTool]) -> PlannedServer {
    let tools = found.iter().map(|found| PlannedTool {
        name: found.tool.name.clone(),
        decision: decide_found(profile, found),
        input_schema: found.tool.input_schema.clone(),
    });
    let alias = alias.map_or_else(|| alias_of(name), str::to_owned);
    PlannedServer { name: name.to_owned(), alias, launch: None, tools: tools.collect() }
}

/// A policy that somebody wrote, to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyCheckQuestion {
    /// Its text.
    pub policy: String,
    /// For which target it is; without it, its shape tells.
    pub target: Option<Target>,
    /// Servers whose tools it is held against, `ALIAS=SERVER` or `SERVER`.
    pub servers: Vec<String>,
}

/// What is wrong with a policy.
///
/// # Errors
/// Its shape is not known, a server is not known, or the database cannot be read.
pub fn policy_check_report(
    reader: &Reader,
    profile: &Profile,
    question: &PolicyCheckQuestion,
) -> Result<PolicyCheckReport, QueryError> {
    let files = [PolicyFile { file: "policy".to_owned(), text: question.policy.clone() }];
    let policy = WrittenPolicy::read(&files, question.target, &TargetOptions::default())
        .map_err(|error| QueryError::Invalid(error.to_string()))?;
    let mut servers = Vec::with_capacity(question.servers.len());
    for word in &question.servers {
        let (alias, server) = match word.split_once('=') {
            Some((alias, server)) if !alias.is_empty() && !alias.contains(['/', ':']) => (Some(alias), server),
            _ => (None, word.as_str()),
        };
        let found = of_server(reader, server)?;
        let name = found.first().map_or(server, |tool| tool.server.as_str());
        let planned = plan(profile, name, alias, &found);
        let tools = planned.tools.into_iter().zip(&found).map(|(planned, found)| CheckedTool {
            planned,
            risk: found.verdict.risk,
            confidence: found.verdict.confidence,
            before: None,
        });
        servers.push(CheckedServer { name: planned.name, alias: planned.alias, tools: tools.collect() });
    }
    let found = check(&policy, &servers, profile.uncounted);
    let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    Ok(PolicyCheckReport::new("policy", &policy, &found, &names))
}
