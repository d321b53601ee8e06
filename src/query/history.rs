//! What changed since a time, and the database in numbers.

use super::bench::Bench;
use super::error::QueryError;
use crate::model::Tool;
use crate::report::{DataAge, DiffReport, StatsReport};
use crate::store::{Reader, State, StoreError};
use crate::survey::{Change, changes, sort_changes};

/// Servers that are compared at a time.
const MAX_COMPARED: usize = 5_000;

/// What servers offer otherwise than at `since` (RFC 3339, UTC, whole seconds): risk-raising changes first. Judged by the
/// rules of today on both sides.
///
/// # Errors
/// More servers changed than are compared at a time, or the database cannot be read.
pub fn changes_report(
    reader: &Reader,
    bench: &Bench,
    since: &str,
    only: &[String],
    raising: bool,
) -> Result<DiffReport, QueryError> {
    let mut servers = reader.servers_changed_since(since)?;
    if !only.is_empty() {
        let mut wanted = Vec::new();
        for name in only {
            wanted.extend(reader.servers_ever_called(name)?);
        }
        servers.retain(|server| wanted.contains(server));
    }
    if servers.len() > MAX_COMPARED {
        let count = servers.len();
        return Err(QueryError::Invalid(format!(
            "{count} servers changed since then; ask for a later time or one server"
        )));
    }
    let before = State::At(since.to_owned());
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let mut found: Vec<Change> = Vec::new();
    for server in &servers {
        let was = reader.state_of(server, &before)?;
        let is = reader.state_of(server, &State::Current)?;
        match (was.is_empty(), is.is_empty()) {
            (true, false) => added.push(server.clone()),
            (false, true) => removed.push(server.clone()),
            _ => {}
        }
        let judged = |tools: Vec<Tool>| {
            let verdicts = bench.judge_tools(server, &tools);
            tools.into_iter().zip(verdicts).collect::<Vec<_>>()
        };
        found.extend(changes(server, &judged(was), &judged(is)));
    }
    sort_changes(&mut found);
    if raising {
        found.retain(|change| !change.raises.is_empty());
    }
    Ok(DiffReport::new(bench.digest(), since, "now", (added, removed), found))
}

/// The database in numbers, at this time.
///
/// # Errors
/// The database cannot be read.
pub fn stats_report(reader: &Reader, now: &str) -> Result<StatsReport, StoreError> {
    let age = reader.seen()?.and_then(|seen| DataAge::of(seen.iter().map(String::as_str), now));
    Ok(StatsReport::new(reader.ruleset()?, age, reader.figures()?))
}
