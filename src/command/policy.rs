//! `mcpdex policy NAME`: the recommended policy.json for a tool.

use super::{Exit, database, print, tool};
use crate::cli::{Global, PolicyArgs};
use crate::policy::{decide, policylayer};
use crate::report::visible;

pub(super) fn run(global: &Global, args: &PolicyArgs) -> anyhow::Result<Exit> {
    let reader = database::open_judged(&database::path(global)?)?;
    let found = tool::find(&reader, &args.tool, args.server.as_deref())?;
    let Some(first) = found.first() else {
        return tool::unknown(&reader, &args.tool, args.server.as_deref());
    };
    let decision = decide(&first.verdict);
    if found.iter().any(|other| decide(&other.verdict) != decision) {
        eprintln!("error: servers differ on `{}`; choose one with --server:", visible(&args.tool));
        for other in &found {
            let verdict = &other.verdict;
            eprintln!("  {}  {}, risk {}", visible(&other.server), verdict.class, verdict.risk);
        }
        return Ok(Exit::Failed);
    }
    let document = policylayer::document([(first.tool.name.as_str(), &decision)])?;
    print(&document.to_text())?;
    Ok(Exit::Done)
}
