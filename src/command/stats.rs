//! `mcpdex stats`: the database in numbers.

use super::{Exit, database, print_rows, time};
use crate::cli::{Global, StatsArgs};
use crate::query::stats_report;
use crate::report::StatsReport;

pub(super) fn run(global: &Global, args: &StatsArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::place(global)?)?;
    let report = stats_report(&reader, &time::now())?;
    print_rows(&report, args.format.meant(global.json), StatsReport::to_text)?;
    Ok(Exit::Done)
}
