//! `mcpdex list [WORDS]`: servers, worst first.

use super::{Exit, database, print_rows};
use crate::cli::{Global, ListArgs, Sort};
use crate::report::ListReport;
use crate::store::{ServerOrder, ServerQuery};

pub(super) fn run(global: &Global, args: &ListArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(global, &database::place(global)?)?;
    let (page, per_page) = (args.page as usize, args.per_page as usize);
    let query = ServerQuery {
        words: args.words.clone(),
        risks: args.risk.clone(),
        unread: args.unread,
        sources: args.source.clone(),
        run: None,
        order: match args.sort {
            Sort::Risk => ServerOrder::Risk,
            Sort::Grade => ServerOrder::Grade,
            Sort::Name => ServerOrder::Name,
            Sort::Tools => ServerOrder::Tools,
            Sort::Seen => ServerOrder::Seen,
        },
        skip: (page - 1) * per_page,
        take: per_page,
    };
    let found = reader.servers(&query)?;
    let report = ListReport::new(reader.ruleset()?, page, per_page, found);
    print_rows(&report, args.format.meant(global.json), ListReport::to_text)?;
    Ok(Exit::Done)
}
