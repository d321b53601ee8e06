//! `mcpdex stats`: the database in numbers.

use super::{Exit, database, print};
use crate::cli::{Global, StatsArgs};
use crate::report::{StatsReport, to_json};

pub(super) fn run(global: &Global, _args: &StatsArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(&database::path(global)?)?;
    let report = StatsReport::new(reader.figures()?);
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}
