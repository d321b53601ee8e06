//! `mcpdex server NAME|PACKAGE|URL`: everything that is known of a server.

use super::{Exit, database, gone, print_rows};
use crate::cli::{Global, ServerArgs};
use crate::query::{server_names_near, server_report};
use crate::report::{ServerReport, visible};
use crate::store::Reader;

pub(super) fn run(global: &Global, args: &ServerArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::path(global)?)?;
    let Some(report) = server_report(&reader, &args.name)? else {
        return unknown(&reader, &args.name);
    };
    print_rows(&report, args.format.meant(global.json), ServerReport::to_text)?;
    Ok(Exit::Done)
}

/// Says that a server is not known, and what the person may have meant.
fn unknown(reader: &Reader, name: &str) -> anyhow::Result<Exit> {
    if gone::say(reader, name)? {
        return Ok(Exit::Failed);
    }
    eprintln!("error: no server, package or address `{}` is known", visible(name));
    let names: Vec<String> = server_names_near(reader, name)?.iter().map(|name| visible(name).into_owned()).collect();
    if !names.is_empty() {
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(Exit::Failed)
}
