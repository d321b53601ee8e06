//! `mcpdex import FILE`: an export in JSON lines, read into a new database.

use super::{Exit, database, judging};
use crate::cli::{Global, ImportArgs};
use crate::store::load;
use anyhow::Context;

pub(super) fn run(global: &Global, args: &ImportArgs) -> anyhow::Result<Exit> {
    let path = database::path(global)?;
    let input = judging::open(Some(&args.file))?;
    let rows = load(&path, input).with_context(|| format!("importing {}", args.file.display()))?;
    // Makes what an export leaves out: the search index, names, costs; and verdicts, where the rules have changed.
    database::open_judged(global, &path)?;
    if !global.quiet {
        eprintln!("{rows} rows imported into {}", path.display());
    }
    Ok(Exit::Done)
}
