//! `mcpdex search WORDS`: tools by words and filters, best first.

use super::{Exit, database, print_rows, time};
use crate::cli::{Global, SearchArgs};
use crate::model::{ServerPage, spelling};
use crate::report::{SearchReport, visible};
use crate::store::{Filters, Search, ServerQuery};

/// No server's own words have so many.
const MANY_WORDS: usize = 16;
/// Servers that are named beside the tools.
const SERVERS: usize = 5;

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
        classes: args.class.clone(),
        risks: args.risk.clone(),
        traits: args.traits.clone(),
        origins: args.origin.clone(),
        servers: args.server.clone(),
        sources: args.source.clone(),
        changed_since,
    };
    // A server is of no class and of no one origin.
    let is_about_tools = text.is_empty() || filters != Filters::default();
    if !text.is_empty() && spelling::query_words(&text).is_empty() {
        eprintln!("error: there is no letter or digit in `{}` to look for", visible(&text));
        return Ok(Exit::Usage);
    }
    let reader = database::open_judged(global, &database::path(global)?)?;
    let (page, per_page) = (args.page as usize, args.per_page as usize);
    let search = Search { text: text.clone(), filters, skip: (page - 1) * per_page, take: per_page };
    let has_many_words = args.words.len() > MANY_WORDS;
    let servers = match is_about_tools || args.page > 1 || has_many_words {
        true => ServerPage { found: 0, servers: Vec::new() },
        false => reader.servers(&ServerQuery { words: args.words.clone(), take: SERVERS, ..ServerQuery::default() })?,
    };
    let report = SearchReport::new(reader.ruleset()?, &text, page, per_page, reader.search(&search)?, servers);
    print_rows(&report, args.format.meant(global.json), SearchReport::to_text)?;
    Ok(Exit::Done)
}
