//! Where the database is, and verdicts that are never stale when a command reads them.

#[cfg(feature = "postgres")]
use super::anew::Again;
use super::judging;
use crate::classify::{Overrides, Ruleset};
use crate::cli::Global;
use crate::model::Verdict;
pub(super) use crate::query::Bench;
use crate::query::ruleset_digest;
use crate::report::visible;
use crate::store::{
    DatabasePlace, Judged, Judging, Reader, ServerTools, StoreError, bring_up_to_date, check_place, is_denied,
    is_there, judge_stale, price_stale,
};
use crate::survey::{TOKENISER, tokens};
use anyhow::Context;
use rayon::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// Where the database is: `--db` or `MCPDEX_DB`, else `mcpdex.db` in the platform's data folder.
///
/// # Errors
/// Nothing was named and the platform has no such folder (no home, for instance).
pub(super) fn place(global: &Global) -> anyhow::Result<DatabasePlace> {
    if let Some(place) = &global.db {
        check_place(place)?;
        return Ok(place.clone());
    }
    let folders = directories::ProjectDirs::from("", "", "mcpdex")
        .context("cannot find the data folder of this user; name a database file with --db or MCPDEX_DB")?;
    Ok(DatabasePlace::File(folders.data_dir().join("mcpdex.db")))
}

/// The database, made without servers where there is none.
///
/// # Errors
/// It has no place, or cannot be made.
pub(super) fn made(global: &Global) -> anyhow::Result<DatabasePlace> {
    let place = place(global)?;
    if !is_there(&place) {
        bring_up_to_date(&place)?;
    }
    Ok(place)
}

/// Loads the rules and the overrides that are in force.
///
/// # Errors
/// Rules or overrides cannot be read: nothing is judged by half of them.
pub(super) fn load_bench(global: &Global) -> anyhow::Result<Bench> {
    bench_with(global, judging::overrides(global, &[])?)
}

fn bench_with(global: &Global, overrides: Overrides) -> anyhow::Result<Bench> {
    let rules = judging::rules_of(&global.settings.rule_folders)?;
    Ok(Bench::new(rules, overrides))
}

/// How long a process counts as alive without a word to others that judge with it, where nobody says.
const LEASE: Duration = Duration::from_secs(30);

/// Judges whatever has not been judged by these rules and overrides yet, and makes it searchable. On a server, where all is
/// to be judged again, that is shared with whoever else needs it.
///
/// # Errors
/// The database cannot be written, or is being judged again by other rules.
pub(super) fn judge(bench: &Bench, place: &DatabasePlace) -> anyhow::Result<Judged> {
    judge_as(bench, place, LEASE)
}

/// The same, by a process that counts as alive for so long without a word.
///
/// # Errors
/// As [`judge`].
pub(super) fn judge_as(bench: &Bench, place: &DatabasePlace, lease: Duration) -> anyhow::Result<Judged> {
    let again = match place {
        #[cfg(feature = "postgres")]
        DatabasePlace::Server(url) => Again { place, url, bench, lease }.judge()?,
        _ => Judged::default(),
    };
    let judged = judge_stale(place, &bench.digest(), |servers| bench.judge_all(servers))?;
    tracing::info!(tools = again.tools + judged.tools, ruleset = bench.digest(), "tools are judged");
    price_stale(place, TOKENISER, |raws| raws.par_iter().map(|raw| tokens(raw)).collect())?;
    Ok(Judged { servers: again.servers + judged.servers, tools: again.tools + judged.tools })
}

/// Takes part where these rules are at judging everything again; `None` where they are not, or the database is a file.
///
/// # Errors
/// The database cannot be read or written.
#[cfg_attr(not(feature = "postgres"), allow(unused_variables, reason = "a file has one writer"))]
pub(super) fn help_judging(bench: &Bench, place: &DatabasePlace, lease: Duration) -> anyhow::Result<Option<Judged>> {
    match place {
        #[cfg(feature = "postgres")]
        DatabasePlace::Server(url) => Again { place, url, bench, lease }.help(),
        _ => Ok(None),
    }
}

/// The bench where the writer of a crawl asks it.
pub(super) struct Beside {
    bench: Arc<Bench>,
    ruleset: String,
}

impl Beside {
    pub(super) fn of(bench: Arc<Bench>) -> Box<Beside> {
        let ruleset = bench.digest();
        Box::new(Beside { bench, ruleset })
    }
}

impl Judging for Beside {
    fn ruleset(&self) -> &str {
        &self.ruleset
    }

    fn judge(&self, servers: &[ServerTools]) -> Vec<Vec<Verdict>> {
        self.bench.judge_all(servers)
    }

    fn tokeniser(&self) -> &str {
        TOKENISER
    }

    fn tokens(&self, raws: &[&str]) -> Vec<u64> {
        raws.par_iter().map(|raw| tokens(raw)).collect()
    }
}

/// The digest of what judges, without compiling it.
///
/// # Errors
/// Rules or overrides cannot be read.
pub(super) fn digest_in_force(global: &Global) -> anyhow::Result<String> {
    let overrides = judging::overrides(global, &[])?;
    let rules = Ruleset::digest_with(&global.settings.rule_folders).context("loading the rules")?;
    Ok(ruleset_digest(&rules, &overrides))
}

/// Opens the database for reading, judged by the rules and overrides of today. The rules are compiled only when
/// something is stale: a lookup has no time for them. A file that this user may not write is judged in a copy, which is
/// said on stderr.
///
/// # Errors
/// There is no database, it is foreign, or stale verdicts cannot be replaced.
pub(super) fn open_judged(global: &Global, place: &DatabasePlace) -> anyhow::Result<Reader> {
    let overrides = judging::overrides(global, &[])?;
    let rules = Ruleset::digest_with(&global.settings.rule_folders).context("loading the rules")?;
    let digest = ruleset_digest(&rules, &overrides);
    match Reader::open(place) {
        Ok(reader) => {
            let standing = reader.standing(&digest)?;
            tracing::debug!(database = %place, ruleset = digest, judged = standing.judged, "the database is open");
            if standing.judged && standing.indexed {
                return Ok(reader);
            }
        }
        Err(StoreError::Older { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let bench = bench_with(global, overrides)?;
    let judged = bring_up_to_date(place).map_err(anyhow::Error::from).and_then(|()| judge(&bench, place));
    match judged {
        Ok(_) => Ok(Reader::open(place)?),
        Err(error) if is_denied(error.as_ref()) => {
            let Some(path) = place.file() else {
                let why = "its verdicts are those of other rules, and this user may not judge anew; have one who may write \
                           run `mcpdex stats`";
                return Err(error.context(format!("{place}: {why}")));
            };
            let reader = Reader::open_copy(path, |copy| -> anyhow::Result<()> {
                bring_up_to_date(copy)?;
                judge(&bench, &DatabasePlace::File(copy.to_owned())).map(drop)
            })?;
            let why = "cannot be written, and its verdicts are those of other rules";
            note!("{} {why}; it was judged anew in a copy for this answer", visible(&path.display().to_string()));
            Ok(reader)
        }
        Err(error) => Err(error),
    }
}
