//! `mcpdex server NAME|PACKAGE|URL`: everything that is known of a server.

use super::{Exit, database, named, print_rows};
use crate::cli::{Global, ServerArgs};
use crate::query::{server_report, server_report_with_reasons};
use crate::report::ServerReport;

pub(super) fn run(global: &Global, args: &ServerArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::place(global)?)?;
    let found = match args.why {
        true => server_report_with_reasons(&reader, &args.name)?,
        false => server_report(&reader, &args.name)?,
    };
    let Some(report) = found else {
        // Says what the person may have meant.
        named::servers(&reader, &args.name)?;
        return Ok(Exit::Unread);
    };
    print_rows(&report, args.format.meant(global.json), ServerReport::to_text)?;
    Ok(Exit::Done)
}
