//! What is posted to be looked at: tools to be judged, the text of a client's configuration. Nothing of it is kept, started
//! or connected to.

use super::bench::Bench;
use super::configured::{Servers, looked_up};
use super::error::QueryError;
use super::findings::{findings, scanned};
use crate::classify::Rows;
use crate::model::{Tool, Verdict};
use crate::report::{Problem, ScanReport};
use crate::source::client_config;
use crate::store::Reader;
use crate::survey::Gate;
use serde::Serialize;
use std::io::Cursor;
use std::path::PathBuf;

/// Tools that are judged at a time.
pub const MAX_POSTED_TOOLS: usize = 2_000;

/// The judgement on tools that were posted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassifiedReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    /// In the order of the tools.
    pub verdicts: Vec<Verdict>,
    /// What was no tool, and what a text had to be mended for, one sentence each.
    pub problems: Vec<String>,
}

/// Judges posted tools: JSON lines or a `tools/list` result, as `mcpdex classify` reads them. Tools without a server of
/// their own are tools of `server`.
///
/// # Errors
/// The text holds no tool, or too many.
pub fn classified_report(bench: &Bench, text: Vec<u8>, server: &str) -> Result<ClassifiedReport, QueryError> {
    let unreadable = |error: std::io::Error| QueryError::Invalid(format!("the tools cannot be read: {error}"));
    let mut rows = Rows::new(Box::new(Cursor::new(text))).map_err(unreadable)?;
    let (mut tools, mut problems): (Vec<(String, Tool)>, Vec<String>) = (Vec::new(), Vec::new());
    while let Some(raw) = rows.next_row().map_err(unreadable)? {
        match raw.parse() {
            Ok(row) => {
                problems.extend(row.told());
                let of = if row.server.is_empty() { server.to_owned() } else { row.server };
                tools.push((of, row.tool));
            }
            Err(error) => problems.push(error.to_string()),
        }
        if tools.len() + problems.len() > MAX_POSTED_TOOLS {
            return Err(QueryError::Invalid(format!("more than {MAX_POSTED_TOOLS} tools at a time")));
        }
    }
    if tools.is_empty() {
        let why = problems.first().map(|problem| format!(": {problem}")).unwrap_or_default();
        return Err(QueryError::Invalid(format!("no tool was found in what was posted{why}")));
    }
    // A server's other tools are evidence: each is judged beside them.
    let mut verdicts: Vec<Option<Verdict>> = vec![None; tools.len()];
    let mut done = vec![false; tools.len()];
    for at in 0..tools.len() {
        if done[at] {
            continue;
        }
        let places: Vec<usize> = (at..tools.len()).filter(|other| tools[*other].0 == tools[at].0).collect();
        let siblings: Vec<Tool> = places.iter().map(|place| tools[*place].1.clone()).collect();
        for (place, verdict) in places.into_iter().zip(bench.judge_tools(&tools[at].0, &siblings)) {
            done[place] = true;
            verdicts[place] = Some(verdict);
        }
    }
    Ok(ClassifiedReport {
        schema: "mcpdex/classified/1",
        ruleset: bench.digest(),
        verdicts: verdicts.into_iter().flatten().collect(),
        problems,
    })
}

/// What `mcpdex scan --offline` says of a configuration with this text. `name` is the file's, which tells the language.
///
/// # Errors
/// The text is no configuration, or the database cannot be read.
pub fn configuration_report(reader: &Reader, text: &str, name: &str) -> Result<ScanReport, QueryError> {
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(80).collect();
    let file = PathBuf::from(if name.is_empty() { "posted.json".to_owned() } else { name });
    let found = client_config::read_text(text, &file.display().to_string())
        .map_err(|error| QueryError::Invalid(format!("this is no client's configuration: {error}")))?;
    let listed = found.servers.into_iter().map(|entry| (file.clone(), entry)).collect();
    let asked = looked_up(reader, listed).map_err(|error| match error.downcast() {
        Ok(error) => QueryError::Store(error),
        Err(other) => QueryError::Invalid(other.to_string()),
    })?;
    let mut problems: Vec<(PathBuf, String)> = found.problems.into_iter().map(|what| (file.clone(), what)).collect();
    if asked.is_empty() && problems.is_empty() {
        problems.push((file.clone(), "no server is recognised in it".to_owned()));
    }
    let servers =
        Servers { files: vec![file.clone()], servers: asked, problems, named_nothing: false, lost: !found.recognised };
    let said = findings(&servers);
    let problem = |(file, what): &(PathBuf, String)| Problem { config: file.display().to_string(), what: what.clone() };
    let problems = servers.problems.iter().map(problem).collect();
    let report = ScanReport::new(
        vec![file.display().to_string()],
        problems,
        servers.servers.iter().map(scanned).collect(),
        Gate::default().hold(said),
    );
    Ok(report.judged_by(reader.ruleset()?))
}
