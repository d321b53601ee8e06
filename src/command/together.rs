//! A crawl over a database that several crawlers share: joins them, hands the crawl its queue and its places, and goes on
//! when the database was away. The crawl itself knows nothing of PostgreSQL.

use crate::crawl::{CrawlError, SharedQueue, SharedWork, WorkFuture, WorkState};
use crate::fleet::{Config, Crew, FleetError, Jobs, Member, NoTls, Overview};
use crate::store::{ServerUrl, StoreError, reach};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// What whoever reads the sources was asked for, which holds for all who join.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunOptions {
    /// What was tried since then is fresh (RFC 3339); nothing is where nothing is said.
    pub(super) fresh_since: Option<String>,
    pub(super) refresh_all: bool,
    pub(super) live: bool,
    pub(super) source: bool,
    pub(super) both: bool,
    pub(super) run: bool,
    /// Seconds that one server may take.
    pub(super) timeout: u64,
}

/// One crawler among others, for as long as its lease runs.
pub(super) struct Session {
    crew: Arc<Crew>,
    jobs: Jobs,
    run: i64,
    joins: bool,
}

/// The queue of a run, as the crawl asks it.
#[derive(Debug)]
struct RunQueue {
    crew: Arc<Crew>,
    jobs: Jobs,
    run: i64,
}

impl SharedQueue for RunQueue {
    fn worker(&self) -> i64 {
        self.crew.worker()
    }

    fn take(&self, most: usize) -> WorkFuture<'_, Vec<(i64, String)>> {
        Box::pin(async move {
            let taken = self.jobs.take(self.run, most).await?;
            Ok(taken.into_iter().map(|job| (job.id, job.payload)).collect())
        })
    }

    fn leave<'a>(&'a self, job: i64, lacks: &'a str) -> WorkFuture<'a, bool> {
        Box::pin(async move { Ok(self.jobs.leave(job, lacks).await?) })
    }

    fn state(&self) -> WorkFuture<'_, Option<WorkState>> {
        Box::pin(async move {
            let state = self.jobs.state(self.run).await?;
            Ok(state.map(|state| WorkState {
                planned: state.planned,
                attended: state.attended,
                waiting: state.waiting,
                taken: state.taken,
            }))
        })
    }

    fn lost(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.crew.lost())
    }
}

/// What this process is called among the others: machine and process.
fn name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = machine.trim();
    let machine = if machine.is_empty() { "mcpdex" } else { machine };
    format!("{machine}:{}", std::process::id())
}

impl Session {
    /// Opens the queue of a run whose sources this process reads.
    ///
    /// # Errors
    /// The database does not answer, or refuses.
    pub(super) async fn plan(
        url: &ServerUrl,
        credentials: Vec<String>,
        lease: Duration,
        run: i64,
        options: &RunOptions,
    ) -> anyhow::Result<Session> {
        let crew = join(url, credentials, lease).await?;
        let jobs = crew.jobs();
        jobs.open(run, &serde_json::to_string(options)?).await?;
        Ok(Session { crew, jobs, run, joins: false })
    }

    /// Joins the newest run that is under way; `None` where there is none.
    ///
    /// # Errors
    /// The database does not answer, or refuses.
    pub(super) async fn join(
        url: &ServerUrl,
        credentials: Vec<String>,
        lease: Duration,
    ) -> anyhow::Result<Option<(Session, RunOptions)>> {
        let crew = join(url, credentials, lease).await?;
        let jobs = crew.jobs();
        let Some((run, options)) = jobs.runs().await?.pop() else {
            crew.leave().await;
            return Ok(None);
        };
        let options = serde_json::from_str(&options)
            .context("the run that is under way was begun by a mcpdex that this one does not understand")?;
        Ok(Some((Session { crew, jobs, run, joins: true }, options)))
    }

    /// The number of this process among the workers.
    pub(super) fn worker(&self) -> i64 {
        self.crew.worker()
    }

    /// Forgets a worker that this process was, of which nothing is under way any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn bury(&self, worker: i64) -> anyhow::Result<()> {
        Ok(self.crew.bury(worker).await?)
    }

    /// The number of the run.
    pub(super) fn run(&self) -> i64 {
        self.run
    }

    /// The work as the crawl takes it.
    pub(super) fn work(&self) -> SharedWork {
        let queue = RunQueue { crew: self.crew.clone(), jobs: self.jobs.clone(), run: self.run };
        SharedWork { queue: Arc::new(queue), places: Arc::new(self.crew.places()), joins: self.joins }
    }

    /// What counts jobs that came to their end.
    pub(super) fn jobs(&self) -> Jobs {
        self.jobs.clone()
    }

    /// Leaves. `finished`: the run was brought to its end, and its end was kept.
    pub(super) async fn end(&self, finished: bool) {
        if finished && !self.joins && self.jobs.close(self.run).await.is_err() {
            tracing::warn!(run = self.run, "the queue of a finished run could not be closed");
        }
        self.crew.leave().await;
    }
}

/// Joins those who work together at a database.
///
/// # Errors
/// The database does not answer, or refuses.
pub(super) async fn join(url: &ServerUrl, credentials: Vec<String>, lease: Duration) -> anyhow::Result<Arc<Crew>> {
    let (config, tls) = reach(url)?;
    let member = Member { name: name(), credentials, lease };
    let crew = match tls {
        None => Crew::join(&config, NoTls, &member).await?,
        Some(tls) => Crew::join(&config, tls, &member).await?,
    };
    Ok(Arc::new(crew))
}

/// Who is at work.
///
/// # Errors
/// The database does not answer.
pub(super) fn overview(url: &ServerUrl) -> anyhow::Result<Overview> {
    let (config, tls): (Config, _) = reach(url)?;
    let runtime = Runtime::new().context("cannot start the runtime")?;
    Ok(runtime.block_on(async {
        match tls {
            None => Overview::of(&config, NoTls).await,
            Some(tls) => Overview::of(&config, tls).await,
        }
    })?)
}

/// Whether the database was away, so that going on later is worth while: what is known to be kept is kept.
pub(super) fn is_away(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref::<CrawlError>(), Some(CrawlError::Lost))
            || cause.downcast_ref::<FleetError>().is_some_and(FleetError::is_away)
            || cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_away)
    })
}
