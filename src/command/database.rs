//! Where the database is, and verdicts that are never stale when a command reads them.

use super::judging;
use crate::classify::{Judge, Overrides, Ruleset, ServerContext, Trust};
use crate::cli::Global;
use crate::model::Verdict;
use crate::store::{Judged, Reader, ServerTools, StoreError, judge_stale};
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

/// What judges: the embedded rules and the overrides that apply today.
pub(super) struct Bench {
    pub(super) rules: Ruleset,
    overrides: Overrides,
}

impl Bench {
    /// Loads the rules, the embedded overrides and the user's own (`overrides.toml` in the platform's folder for
    /// configuration, where it exists).
    ///
    /// # Errors
    /// Rules or overrides cannot be read: nothing is judged by half of them.
    pub(super) fn load() -> anyhow::Result<Bench> {
        Ok(Bench { rules: Ruleset::builtin()?, overrides: judging::overrides(&[])? })
    }

    /// Changes whenever a verdict might.
    fn digest(&self) -> String {
        match self.overrides.digest() {
            Some(overrides) => format!("{}+{overrides}", self.rules.digest()),
            None => self.rules.digest().to_owned(),
        }
    }

    fn judge_server(&self, server: &ServerTools) -> Vec<Verdict> {
        let judge = Judge { rules: &self.rules, trust: Trust::RaiseOnly, overrides: &self.overrides };
        let context = ServerContext::of(&server.server, &server.tools);
        server.tools.iter().map(|tool| judge.judge(&context, tool)).collect()
    }

    /// Judges whatever has not been judged by these rules and overrides yet.
    ///
    /// # Errors
    /// The database cannot be written.
    pub(super) fn judge(&self, path: &Path) -> anyhow::Result<Judged> {
        Ok(judge_stale(path, &self.digest(), |servers| {
            servers.par_iter().map(|server| self.judge_server(server)).collect()
        })?)
    }

    /// Opens the database for reading, with every verdict in step with the rules; an older file is migrated first.
    ///
    /// # Errors
    /// There is no database, it is foreign, or stale verdicts cannot be replaced.
    pub(super) fn open(&self, path: &Path) -> anyhow::Result<Reader> {
        match Reader::open(path) {
            // Judging opens the file for writing, which brings it up to date.
            Err(StoreError::Older { found: 1.., .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(reader) if reader.is_judged_by(&self.digest())? => return Ok(reader),
            Ok(_) => {}
        }
        self.judge(path)?;
        Ok(Reader::open(path)?)
    }
}

/// Opens the database for reading, judged by the rules and overrides of today.
///
/// # Errors
/// As [`Bench::load`] and [`Bench::open`].
pub(super) fn open_judged(path: &Path) -> anyhow::Result<Reader> {
    Bench::load()?.open(path)
}
