//! Where the database is, and verdicts that are never stale when a command reads them.

use crate::classify::{Ruleset, ServerContext};
use crate::cli::Global;
use crate::model::Verdict;
use crate::store::{Judged, Reader, ServerTools, judge_stale};
use anyhow::Context;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The database file: `--db` or `MCPDEX_DB`, else `mcpdex.db` in the platform's data folder.
///
/// # Errors
/// Nothing was named and the platform has no such folder (no home, for instance).
pub(super) fn path(global: &Global) -> anyhow::Result<PathBuf> {
    if let Some(path) = &global.db {
        return Ok(path.clone());
    }
    let folders = directories::ProjectDirs::from("", "", "mcpdex")
        .context("cannot find the data folder of this user; name a database file with --db or MCPDEX_DB")?;
    Ok(folders.data_dir().join("mcpdex.db"))
}

/// Judges whatever the rules have not judged yet.
///
/// # Errors
/// The database cannot be written.
pub(super) fn judge(path: &Path, ruleset: &Ruleset) -> anyhow::Result<Judged> {
    Ok(judge_stale(path, ruleset.digest(), |servers| {
        servers.par_iter().map(|server| judge_server(ruleset, server)).collect()
    })?)
}

fn judge_server(ruleset: &Ruleset, server: &ServerTools) -> Vec<Verdict> {
    let context = ServerContext::of(&server.server, &server.tools);
    server.tools.iter().map(|tool| ruleset.judge(&context, tool)).collect()
}

/// Opens the database for reading, with every verdict in step with the rules.
///
/// # Errors
/// There is no database, it is foreign, or stale verdicts cannot be replaced.
pub(super) fn open_judged(path: &Path) -> anyhow::Result<Reader> {
    let ruleset = Ruleset::builtin()?;
    let reader = Reader::open(path)?;
    if reader.is_judged_by(ruleset.digest())? {
        return Ok(reader);
    }
    judge(path, &ruleset)?;
    Ok(Reader::open(path)?)
}
