//! `mcpdex stats`: the database in numbers.

use super::{Exit, database, print, time};
use crate::cli::{Global, StatsArgs};
use crate::report::{DataAge, StatsReport, to_json};

pub(super) fn run(global: &Global, _args: &StatsArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::path(global)?)?;
    let seen = reader.seen()?;
    let age = seen.and_then(|seen| DataAge::of(seen.iter().map(String::as_str), &time::now()));
    let report = StatsReport::new(reader.ruleset()?, age, reader.figures()?);
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}
