//! `mcpdex stats`: the database in numbers.

use super::{Exit, database, print_rows, time};
use crate::cli::{Global, StatsArgs};
use crate::report::{DataAge, StatsReport};

pub(super) fn run(global: &Global, args: &StatsArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::path(global)?)?;
    let seen = reader.seen()?;
    let age = seen.and_then(|seen| DataAge::of(seen.iter().map(String::as_str), &time::now()));
    let report = StatsReport::new(reader.ruleset()?, age, reader.figures()?);
    print_rows(&report, args.format.meant(global.json), StatsReport::to_text)?;
    Ok(Exit::Done)
}
