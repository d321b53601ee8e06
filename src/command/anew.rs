//! Everything judged again by other rules, on a database that several processes share: begun, or joined where it is under way
//! by the same rules, piece by piece beside whoever else takes part, until readers see the new verdicts. Goes on when the
//! database was away.

use super::database::Bench;
use super::interrupt::{self, Interrupted};
use super::together::{is_away, join};
use crate::fleet::{Crew, FleetError};
use crate::report::visible;
use crate::store::{Anew, Begun, DatabasePlace, Judged, Piece, Reader, ServerTools, ServerUrl, Step, judge_stale};
use anyhow::{Context, bail};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long a database may be away before the judging is left to others, and the pause between two looks.
const PATIENCE: Duration = Duration::from_secs(600);
const AWAY: Duration = Duration::from_secs(1);
/// Pauses between two looks whether what others have is done.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LATER_LOOKS: Duration = Duration::from_millis(500);

/// Who judges, into what.
pub(super) struct Again<'a> {
    pub(super) place: &'a DatabasePlace,
    pub(super) url: &'a ServerUrl,
    pub(super) bench: &'a Bench,
    /// How long this process counts as alive without a word.
    pub(super) lease: Duration,
}

/// What is done where no judging by these rules is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Else {
    Begin,
    Leave,
}

impl Again<'_> {
    /// Judges everything by these rules where other ones judged before, with whoever else does, until it is done; how much of
    /// it this process did.
    ///
    /// # Errors
    /// Other rules are at it, or the database cannot be read or written.
    pub(super) fn judge(&self) -> anyhow::Result<Judged> {
        match self.is_needed()? {
            true => Ok(self.sessions(Else::Begin)?.unwrap_or_default()),
            false => Ok(Judged::default()),
        }
    }

    /// Takes part where these rules are at judging everything; `None` where they are not. Where others are, that is said.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub(super) fn help(&self) -> anyhow::Result<Option<Judged>> {
        self.sessions(Else::Leave)
    }

    /// Begins it, for whoever takes part, where other rules judged before and none are at it.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub(super) fn open(&self) -> anyhow::Result<()> {
        if self.is_needed()? {
            Anew::begin(self.place, &self.bench.digest())?;
        }
        Ok(())
    }

    fn is_needed(&self) -> anyhow::Result<bool> {
        let known = Reader::open(self.place)?.ruleset()?;
        Ok(!known.is_empty() && known != self.bench.digest())
    }

    /// Takes part in as many sessions as it takes.
    fn sessions(&self, otherwise: Else) -> anyhow::Result<Option<Judged>> {
        let (mut former, mut away) = (None, None);
        loop {
            let begun = Instant::now();
            match self.session(otherwise, &mut former) {
                Err(error) if former.is_some() && is_away(&error) && !interrupt::is_asked() => {
                    if begun.elapsed() > AWAY * 5 {
                        away = None;
                    }
                    if away.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                        return Err(error);
                    }
                    tracing::warn!("the database was away: {error:#}");
                    std::thread::sleep(AWAY);
                }
                ended => return ended,
            }
        }
    }

    /// One membership, from joining to leaving. `former`: the worker that this process was.
    fn session(&self, otherwise: Else, former: &mut Option<i64>) -> anyhow::Result<Option<Judged>> {
        let _orderly = interrupt::orderly();
        let runtime = Runtime::new().context("cannot start the runtime")?;
        let crew = match runtime.block_on(join(self.url, Vec::new(), self.lease)) {
            Err(error) if error.downcast_ref().is_some_and(FleetError::is_denied) => {
                return self.alone(otherwise, error);
            }
            joined => joined?,
        };
        if let Some(worker) = former.replace(crew.worker()) {
            runtime.block_on(crew.bury(worker))?;
        }
        let ended = self.take_part(otherwise, &runtime, &crew);
        runtime.block_on(crew.leave());
        ended
    }

    fn take_part(&self, otherwise: Else, runtime: &Runtime, crew: &Crew) -> anyhow::Result<Option<Judged>> {
        let digest = self.bench.digest();
        let begun = match otherwise {
            Else::Begin => Anew::begin(self.place, &digest)?,
            Else::Leave => Anew::join(self.place, &digest)?,
        };
        let mut anew = match (begun, otherwise) {
            (Begun::Here(anew), _) => anew,
            (Begun::NotNeeded, _) => return Ok(None),
            (Begun::ByOthers { ruleset, .. }, Else::Leave) => {
                warn!("{}", self.by_others(&ruleset));
                return Ok(None);
            }
            (Begun::ByOthers { ruleset, .. }, Else::Begin) => {
                bail!("{}: have the same rules and overrides, or wait until it is done", self.by_others(&ruleset))
            }
        };
        tracing::info!(ruleset = digest, edition = anew.edition(), "everything is judged again, in pieces");
        let judge = |servers: &[ServerTools]| self.bench.judge_all(servers);
        let (pieces, mut all, mut pause) = (crew.pieces(), Judged::default(), FIRST_LOOK);
        loop {
            if interrupt::is_asked() {
                return Err(Interrupted.into());
            }
            if crew.is_lost() {
                return Err(FleetError::Lost.into());
            }
            if let Some(taken) = runtime.block_on(pieces.take(anew.edition()))? {
                let (worker, late) = (crew.worker(), taken.late);
                let piece = Piece { worker, id: taken.id, first: taken.first, last: taken.last, late };
                let judged = anew.judge(&piece, judge)?.ok_or(FleetError::Lost)?;
                pieces.count_done(judged.servers);
                (all.servers, all.tools, pause) = (all.servers + judged.servers, all.tools + judged.tools, FIRST_LOOK);
                continue;
            }
            match anew.finish(judge)? {
                Step::Take => {}
                Step::Wait => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(LATER_LOOKS);
                }
                Step::GivenUp => {
                    bail!("{}: the judging by the rules of this mcpdex was given up for other ones", self.place)
                }
                Step::Shown(None) => return Ok(Some(all)),
                Step::Shown(Some(last)) => {
                    // Whoever shows it tidies up.
                    anew.put_away()?;
                    return Ok(Some(Judged { servers: all.servers + last.servers, tools: all.tools + last.tools }));
                }
            }
        }
    }

    /// Judges without others, since this user may not make the tables by which they agree.
    fn alone(&self, otherwise: Else, why: anyhow::Error) -> anyhow::Result<Option<Judged>> {
        if otherwise == Else::Leave {
            return Err(why);
        }
        tracing::warn!("all is judged by this process alone: {why:#}");
        Ok(Some(judge_stale(self.place, &self.bench.digest(), |servers| self.bench.judge_all(servers))?))
    }

    fn by_others(&self, ruleset: &str) -> String {
        format!(
            "{} is being judged again by other rules ({}) than this mcpdex has ({}), which leaves it alone",
            self.place,
            visible(ruleset),
            self.bench.digest()
        )
    }
}
