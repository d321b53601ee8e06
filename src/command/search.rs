//! `mcpdex search WORDS`: tools by words and filters, best first.

use super::{Exit, database, named, print_rows, time};
use crate::cli::{Global, SearchArgs, SearchSort};
use crate::model::spelling;
use crate::query::{SearchQuestion, search_report};
use crate::report::{SearchReport, visible};
use crate::store::{Filters, HitOrder};

pub(super) fn run(global: &Global, args: &SearchArgs) -> anyhow::Result<Exit> {
    let text = args.words.join(" ");
    let changed_since = args.changed_since.as_deref().map(time::parse).transpose();
    let changed_since = match changed_since {
        Ok(time) => time,
        Err(error) => {
            eprintln!("error: {}", visible(&format!("{error:#}")));
            return Ok(Exit::Usage);
        }
    };
    let filters = Filters {
        classes: args.only.class.clone(),
        risks: args.only.risk.clone(),
        traits: args.only.traits.clone(),
        origins: args.only.origin.clone(),
        servers: args.only.server.clone(),
        sources: args.source.clone(),
        changed_since,
    };
    if !text.is_empty() && spelling::query_words(&text).is_empty() {
        eprintln!("error: there is no letter or digit in `{}` to look for", visible(&text));
        return Ok(Exit::Usage);
    }
    let reader = database::open_judged(global, &database::place(global)?)?;
    let (page, per_page) = (args.page as usize, args.per_page as usize);
    let mut unknown = 0;
    for wanted in &args.only.server {
        unknown += usize::from(named::servers(&reader, wanted)?.is_empty());
    }
    if unknown > 0 && unknown == args.only.server.len() {
        return Ok(Exit::Unread);
    }
    let order = match args.sort {
        SearchSort::Fit => HitOrder::Fit,
        SearchSort::Risk => HitOrder::Risk,
        SearchSort::Name => HitOrder::Name,
        SearchSort::Server => HitOrder::Server,
        SearchSort::Changed => HitOrder::Changed,
    };
    let report = search_report(&reader, SearchQuestion { words: args.words.clone(), filters, order, page, per_page })?;
    print_rows(&report, args.format.meant(global.json), SearchReport::to_text)?;
    // One that is not there, of several.
    Ok(if unknown > 0 { Exit::Unread } else { Exit::Done })
}
