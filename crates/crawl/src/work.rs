//! Work that several crawlers share: jobs out of a common queue in, all that came of each out as one event. A job is this
//! crawler's while its membership lasts, and what came of it counts only where it still was when it was kept.

use super::context::CrawlContext;
use super::dispatch::Job;
use super::plan::{LearnReport, learn};
use super::progress::Item;
use super::{CrawlError, Options};
use mcpdex_model::{CrawlEvent, Listing, Observation, Outcome, QueuedJob};
use mcpdex_net::SharedPlaces;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What comes of asking for work.
pub type WorkFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, WorkError>> + Send + 'a>>;

/// Why work cannot be had; says what was asked.
pub type WorkError = Box<dyn std::error::Error + Send + Sync>;

/// How far the common work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkState {
    /// No more jobs will come.
    pub planned: bool,
    /// Whoever brings the jobs is at work.
    pub attended: bool,
    /// Jobs that nobody has, and those that somebody has.
    pub waiting: i64,
    pub taken: i64,
}

/// The queue that crawlers of one run share.
pub trait SharedQueue: Debug + Send + Sync {
    /// The number of this crawler.
    fn worker(&self) -> i64;

    /// Up to `most` jobs, with their numbers; none where there are none for this crawler now.
    fn take(&self, most: usize) -> WorkFuture<'_, Vec<(i64, String)>>;

    /// Leaves a job to those who have the credential that this crawler lacks; false where there is nobody.
    fn leave<'a>(&'a self, job: i64, lacks: &'a str) -> WorkFuture<'a, bool>;

    /// How far the work is; `None` where it was brought to its end.
    fn state(&self) -> WorkFuture<'_, Option<WorkState>>;

    /// Resolves when this crawler is no more: all that it has under way is to be dropped.
    fn lost(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// That several crawlers share the work, and what part this one has in it.
#[derive(Clone)]
pub struct SharedWork {
    pub queue: Arc<dyn SharedQueue>,
    /// The limits of hosts, over all of them.
    pub places: Arc<dyn SharedPlaces>,
    /// It reads no sources and only takes jobs.
    pub joins: bool,
}

impl Debug for SharedWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedWork").field("queue", &self.queue).field("joins", &self.joins).finish_non_exhaustive()
    }
}

/// A job's place in the common queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    worker: i64,
    job: i64,
}

/// What is written of a job for others. They trust none of its addresses: whoever can write to the database could lead
/// them anywhere.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    listing: Listing,
    changed: bool,
}

/// Puts jobs into the queue's form.
#[derive(Debug, Default)]
pub(super) struct Queueing {
    /// Jobs of each host so far.
    turns: BTreeMap<String, i64>,
}

impl Queueing {
    /// The job as others can take it; `None` where it is this crawler's own affair: a list or a file that it has, an
    /// address that its operator vouches for.
    pub(super) fn queued(&mut self, job: &Job) -> Option<QueuedJob> {
        if job.recorded.is_some() || job.named || job.trusted || job.address.is_some() || job.bundle.is_some() {
            return None;
        }
        let host = job.host();
        let turn = self.turns.entry(host.clone()).or_default();
        *turn += 1;
        let listing = &job.listing;
        let payload = Payload { listing: (**listing).clone(), changed: job.changed };
        Some(QueuedJob {
            key: serde_json::to_string(&[
                Some(listing.source.as_str()),
                Some(listing.server.as_str()),
                listing.version.as_deref(),
                listing.claimed.as_ref().map(|name| name.as_str()),
            ])
            .ok()?,
            server: listing.server.clone(),
            host,
            turn: *turn - 1,
            payload: serde_json::to_string(&payload).ok()?,
        })
    }
}

/// Jobs that are taken at once, and the pauses between two looks at a queue that gave none.
const BATCH: usize = 32;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Takes jobs as long as there are any, or may be: what others have may come back.
///
/// # Errors
/// The queue does not answer, or holds what this program does not understand.
async fn pull(queue: Arc<dyn SharedQueue>, out: mpsc::Sender<Job>) -> Result<(), WorkError> {
    let mut pause = FIRST_PAUSE;
    loop {
        // Only as many as there is room for: a job that is taken is nobody else's.
        let room = out.reserve().await.map(drop);
        if room.is_err() {
            return Ok(());
        }
        let taken = queue.take(BATCH).await?;
        if !taken.is_empty() {
            pause = FIRST_PAUSE;
            for (job, payload) in taken {
                let Payload { listing, changed } = serde_json::from_str(&payload)?;
                let ticket = Some(Ticket { worker: queue.worker(), job });
                let job = Job {
                    listing: Box::new(listing),
                    recorded: None,
                    named: false,
                    trusted: false,
                    changed,
                    address: None,
                    bundle: None,
                    ticket,
                };
                if out.send(job).await.is_err() {
                    return Ok(());
                }
            }
            continue;
        }
        match queue.state().await? {
            None => return Ok(()),
            Some(state) if state.waiting + state.taken == 0 && (state.planned || !state.attended) => return Ok(()),
            Some(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Jobs as they are taken, and what takes them.
type Pulling = (mpsc::Receiver<Job>, JoinHandle<Result<(), WorkError>>);

/// What comes out of the common queue, where there is one.
pub(super) struct Pulled {
    work: Option<SharedWork>,
    pulling: Option<Pulling>,
}

impl Pulled {
    /// Begins to take jobs.
    pub(super) fn new(work: Option<&SharedWork>) -> Pulled {
        let pulling = work.map(|work| {
            let (out, jobs) = mpsc::channel(1);
            (jobs, tokio::spawn(pull(work.queue.clone(), out)))
        });
        Pulled { work: work.cloned(), pulling }
    }

    /// Whether this crawler is the one who reads sources for others.
    pub(super) fn is_planned_here(&self) -> bool {
        self.work.as_ref().is_some_and(|work| !work.joins)
    }

    pub(super) fn is_joined(&self) -> bool {
        self.work.as_ref().is_some_and(|work| work.joins)
    }

    /// Whether more jobs may come.
    pub(super) fn is_open(&self) -> bool {
        self.pulling.is_some()
    }

    /// The next job; `None` where no more will come.
    ///
    /// # Errors
    /// The queue does not answer.
    pub(super) async fn next(&mut self) -> Result<Option<Job>, CrawlError> {
        let Some((jobs, pulling)) = &mut self.pulling else { return Ok(None) };
        if let Some(job) = jobs.recv().await {
            return Ok(Some(job));
        }
        let ended = pulling.await;
        self.pulling = None;
        match ended {
            Ok(pulled) => pulled.map(|()| None).map_err(CrawlError::Work),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Ok(None),
        }
    }

    /// Resolves when this crawler is no more.
    pub(super) fn lost(&self) -> impl Future<Output = ()> + use<> {
        let queue = self.work.as_ref().map(|work| work.queue.clone());
        async move {
            match queue {
                Some(queue) => queue.lost().await,
                None => std::future::pending().await,
            }
        }
    }

    /// Takes no more.
    pub(super) fn end(&mut self) {
        if let Some((_, pulling)) = self.pulling.take() {
            pulling.abort();
        }
    }
}

impl Drop for Pulled {
    fn drop(&mut self) {
        self.end();
    }
}

/// Learns a job of the queue, and sends all that came of it as one event; or leaves it to others who can do more.
///
/// # Errors
/// What is learnt cannot be sent on, or the queue does not answer.
pub(super) async fn learn_whole(
    context: &Arc<CrawlContext>,
    job: Job,
    ticket: Ticket,
    events: &mpsc::Sender<CrawlEvent>,
    item: &Item,
) -> Result<LearnReport, CrawlError> {
    let (out, mut came) = mpsc::channel(64);
    let collect = async {
        let mut all = Vec::new();
        while let Some(event) = came.recv().await {
            all.push(event);
        }
        all
    };
    let learning = async move { learn(context, job, &out, item).await };
    let (learnt, came) = tokio::join!(learning, collect);
    let learnt = learnt?;
    if let Some(work) = &context.options.work {
        for observation in came.iter().filter_map(denied) {
            let Some(package) = &observation.package else { continue };
            let Some(lacks) = context.lacked(package).await else { continue };
            if work.queue.leave(ticket.job, &lacks).await.map_err(CrawlError::Work)? {
                tracing::info!(server = observation.server.as_str(), lacks, "left to crawlers with the credential");
                return Ok(LearnReport::default());
            }
        }
    }
    let finished = CrawlEvent::Finished { worker: ticket.worker, job: ticket.job, events: came };
    events.send(finished).await.map_err(|_| CrawlError::SinkClosed)?;
    Ok(learnt)
}

/// An attempt that might have gone otherwise with a credential. Registries hide what is private as if it were not there.
fn denied(event: &CrawlEvent) -> Option<&Observation> {
    match event {
        CrawlEvent::Observation(seen)
            if matches!(seen.outcome, Outcome::AuthRequired | Outcome::Refused | Outcome::Gone) =>
        {
            Some(seen)
        }
        _ => None,
    }
}

/// What this machine has credentials for, in the words in which jobs say what they need (`npm HOST`, `npm @SCOPE`,
/// `pypi HOST`, `oci HOST`).
///
/// # Errors
/// A configuration of the surroundings cannot be read.
pub async fn credentials(options: &Options) -> Result<Vec<String>, CrawlError> {
    Ok(CrawlContext::new(options)?.credentials().await)
}
