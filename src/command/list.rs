//! `mcpdex list [WORDS]`: servers, worst first.

use super::{Exit, database, print};
use crate::cli::{Global, ListArgs, Sort};
use crate::report::{ListReport, to_json};
use crate::store::{ServerOrder, ServerQuery};

pub(super) fn run(global: &Global, args: &ListArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::path(global)?)?;
    let (page, per_page) = (args.page as usize, args.per_page as usize);
    let query = ServerQuery {
        words: args.words.clone(),
        risks: args.risk.clone(),
        unread: args.unread,
        sources: args.source.clone(),
        run: None,
        order: match args.sort {
            Sort::Risk => ServerOrder::Risk,
            Sort::Name => ServerOrder::Name,
            Sort::Tools => ServerOrder::Tools,
            Sort::Seen => ServerOrder::Seen,
        },
        skip: (page - 1) * per_page,
        take: per_page,
    };
    let found = reader.servers(&query)?;
    let report = ListReport::new(reader.ruleset()?, page, per_page, found);
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}
