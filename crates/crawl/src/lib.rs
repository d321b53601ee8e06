//! The pipeline: sources in, listings and observations out through one channel, in the order in which they are learnt.
//! Joins source, net, probe and extract; the one place with tasks. Writes nothing: whoever holds the other end of the
//! channel does. Every target that was tried gives an observation, and a failure is one with an outcome.
//!
//! [`sources`] finds servers, [`dispatch`] says whose turn it is, [`plan`] learns one server's tools. What earlier
//! crawls have done is in [`Options::history`]; a crawl that was ended in any way goes on from there.
//!
//! ```no_run
//! use mcpdex_crawl::{CrawlEvent, Options, Progress, Surroundings, crawl};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // The reader of packages runs in a process of its own, which is the mcpdex binary.
//! let options = Options::new("/usr/bin/mcpdex".into(), Surroundings::of_process());
//! let (events, mut learnt) = tokio::sync::mpsc::channel::<CrawlEvent>(64);
//! let keeper = tokio::spawn(async move {
//!     while let Some(event) = learnt.recv().await {
//!         println!("{event:?}");
//!     }
//! });
//! let report = crawl(&["sample".parse()?], &options, events, &Progress::new(true)).await?;
//! keeper.await?;
//! println!("{} servers, {} lists", report.listings, report.observations);
//! # Ok(())
//! # }
//! ```

mod archives;
mod bundle;
mod checkout;
mod clients;
mod configured;
mod context;
mod directory;
mod dispatch;
mod endpoint;
mod expiry;
mod file_sources;
mod files;
mod image;
mod list_page;
mod options;
mod package;
pub mod places;
mod plan;
mod progress;
mod provided;
mod seats;
mod shared;
mod sources;
mod well_known;
mod work;

pub use archives::ArchiveTally;
pub use checkout::{CheckoutError, Repository, crate_archive};
pub use mcpdex_model::CrawlEvent;
pub use options::{MAX_PAGES, Options, Plan, Surroundings};
pub use package::PackageArchive;
pub use progress::Progress;
pub use work::{SharedQueue, SharedWork, WorkError, WorkFuture, WorkState, credentials};

use context::CrawlContext;
use dispatch::{Dispatch, Job};
use mcpdex_extract::worker::WorkerError;
use mcpdex_extract::{Extraction, PackageInfo};
use mcpdex_model::visible;
use mcpdex_model::{Ecosystem, Observation, Outcome, Package, ServerId, ToolOrigin};
use mcpdex_net::{HostRecord, SetupError};
use mcpdex_source::SourceSpec;
use mcpdex_source::image::DockerConfigError;
use mcpdex_source::npmrc::ConfigError;
use plan::{LearnReport, learn};
use seats::Seats;
use sources::{Found, read_all};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use work::{Pulled, Queueing, learn_whole};

/// A source that could not be read to its end. What came before the failure was kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SourceFailure {
    pub source: String,
    pub outcome: Outcome,
    pub detail: String,
}

/// What a crawl did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlReport {
    /// Servers that sources listed.
    pub listings: usize,
    /// How many servers each source gave, those that it listed before included. One that is not here gave none.
    pub given: BTreeMap<String, usize>,
    pub observations: usize,
    /// Listings all of whose places another listing of the same server had led to.
    pub shared: usize,
    /// Targets that were left alone because they were tried lately, or by this run before it was interrupted.
    pub skipped: usize,
    /// Older versions of servers, which are not listed.
    pub superseded: usize,
    /// Secrets that were taken out of manifests and configurations.
    pub redacted: usize,
    /// Sources that could not be read to their end.
    pub failures: Vec<SourceFailure>,
    /// Entries of sources that could not be read, one sentence each.
    pub problems: Vec<String>,
    /// The hosts that were asked, and how they behaved.
    pub hosts: BTreeMap<String, HostRecord>,
    /// What the shared store of archives did.
    pub archives: ArchiveTally,
    /// The crawl was asked to end before it was done.
    pub interrupted: bool,
}

/// Why a crawl could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Images(#[from] DockerConfigError),
    /// Whoever keeps what is learnt has gone away.
    #[error("what was learnt could not be kept: the receiver has stopped")]
    SinkClosed,
    /// The queue that several crawlers share does not answer.
    #[error("the work that crawlers share cannot be had")]
    Work(#[source] WorkError),
    /// This crawler is no more: the database did not answer for as long as its lease lasts.
    #[error("the database that crawlers share did not answer; what was at work here is left to others")]
    Lost,
    /// What earlier crawls have left cannot be read.
    #[error("what is known already cannot be read")]
    History(#[source] mcpdex_model::HistoryError),
}

/// Servers that may be under way at once; most of them wait for a place in their host's lane, which costs little.
const UNDER_WAY: usize = 1_024;
/// Servers that may wait for their turn. Sources are read no further while more do; they are kept as pending already,
/// so this bounds memory and nothing else.
const WAITING: usize = 50_000;
/// Of these, servers whose lists came with them and are in memory.
const WAITING_WITH_LIST: usize = 256;

/// Crawls the sources, in their order, and sends what it learns to `events`.
///
/// # Errors
/// The crawl could not begin, or `events` was closed. A source or package that fails is no error: it is in the report
/// or in an observation.
pub async fn crawl(
    specs: &[SourceSpec],
    options: &Options,
    events: mpsc::Sender<CrawlEvent>,
    progress: &Progress,
) -> Result<CrawlReport, CrawlError> {
    let mut crawl = Crawl {
        context: Arc::new(CrawlContext::new(options)?),
        events,
        progress: progress.clone(),
        tasks: JoinSet::new(),
        work: Dispatch::default(),
        seats: Seats::default(),
        queueing: Queueing::default(),
        report: CrawlReport::default(),
    };
    let run = crawl.run(specs).await;
    // What is under way at its end is dropped before anybody hears of it.
    crawl.tasks.shutdown().await;
    run?;
    crawl.report.hosts = crawl.context.client.hosts();
    crawl.report.archives = crawl.context.archives.tally();
    Ok(crawl.report)
}

/// Fetches the archive of one package from the registry that is configured for it, and checks it. Stores nothing.
///
/// # Errors
/// The client cannot be set up, or the package cannot be had; the message says why.
pub async fn package_archive(package: &Package, options: &Options) -> Result<PackageArchive, FetchError> {
    let context = CrawlContext::new(options)?;
    let server = ServerId::of_package(package.ecosystem, &package.identifier);
    // What an attempt would be remembered by; nobody asks here.
    let mut attempt = Observation::failed(server, ToolOrigin::Static, package.to_string(), Outcome::Ok, "");
    match context.archive(package, &mut attempt).await {
        Ok(Some((archive, _))) => Ok(archive),
        Ok(None) => Err(FetchError::Unread("the index says that nothing has changed".to_owned())),
        Err(unread) => Err(FetchError::Unread(unread.to_string())),
    }
}

/// Fetches one page that the operator named, where its site's `robots.txt` lets it be read.
///
/// # Errors
/// The client cannot be set up, or the page cannot be had; the message says why.
pub async fn allowed_page(url: &url::Url, options: &Options) -> Result<Vec<u8>, FetchError> {
    let context = CrawlContext::new(options)?;
    let fetched = context.allowed_page(url, &mut list_page::Rules::new()).await;
    fetched.map(|fetched| fetched.body).map_err(|unread| FetchError::Unread(unread.1))
}

/// Fetches one package and reads its tools, those of the packages that it hands over to as well. Stores nothing.
///
/// # Errors
/// The client cannot be set up, or the package cannot be had; the message says why. That it cannot be read is the inner
/// error.
pub async fn read_package(
    package: &Package,
    options: &Options,
) -> Result<(PackageInfo, Result<Extraction, WorkerError>), FetchError> {
    let context = CrawlContext::new(options)?;
    if package.ecosystem == Ecosystem::Oci {
        let info = PackageInfo { ecosystem: Ecosystem::Oci, name: package.identifier.clone(), version: None };
        let read = context.image(package, None).await.map_err(|unread| FetchError::Unread(unread.to_string()))?;
        return Ok((info, Ok(read.map(|(_, found)| found).unwrap_or_default())));
    }
    let fetched = package_archive(package, options).await?;
    let found = context.extract(&fetched).await;
    Ok((fetched.package, found))
}

/// Why the archive of a package was not had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Setup(#[from] CrawlError),
    #[error("{0}")]
    Unread(String),
}

struct Crawl {
    context: Arc<CrawlContext>,
    events: mpsc::Sender<CrawlEvent>,
    progress: Progress,
    /// One task for each server under way, with the host whose turn it used.
    tasks: JoinSet<(String, Result<LearnReport, CrawlError>)>,
    work: Dispatch,
    seats: Seats,
    queueing: Queueing,
    report: CrawlReport,
}

impl Crawl {
    async fn run(&mut self, specs: &[SourceSpec]) -> Result<(), CrawlError> {
        let (out, mut found) = mpsc::channel(64);
        let mut reading = JoinSet::new();
        reading.spawn(read_all(specs.to_vec(), self.context.clone(), out));
        let mut stop = self.context.options.stop.clone();
        let mut look = tokio::time::interval(Duration::from_secs(1));
        let mut open = true;
        let mut others = Pulled::new(self.context.options.work.as_ref());
        let mut lost = pin!(others.lost());
        while open || others.is_open() || !self.tasks.is_empty() || self.work.len() > 0 {
            while self.tasks.len() < UNDER_WAY
                && let Some((host, job)) = self.work.next()
            {
                self.start(host, job);
            }
            tokio::select! {
                next = found.recv(), if open && self.has_room() => match next {
                    Some(next) => self.take(next).await?,
                    None => {
                        open = false;
                        self.progress.expect_no_more();
                        if others.is_planned_here() {
                            self.send(CrawlEvent::Planned).await?;
                        }
                    }
                },
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => self.end(done)?,
                job = others.next(), if others.is_open() && self.tasks.len() + self.work.len() < self.ahead() => {
                    if let Some(job) = job? {
                        self.progress.expect(1);
                        self.work.push(job);
                    }
                },
                // Others may ask the same hosts from now on.
                () = &mut lost => return Err(CrawlError::Lost),
                Ok(_) = stop.wait_for(|stop| *stop), if !self.report.interrupted => {
                    // What is under way is dropped with the programs that it started, as if it had not begun; all that
                    // is left stays pending.
                    self.report.interrupted = true;
                    open = false;
                    found.close();
                    reading.abort_all();
                    others.end();
                    self.work.clear();
                    self.tasks.shutdown().await;
                }
                _ = look.tick() => self.progress.trouble(&visible(&self.failing())),
            }
        }
        match reading.join_next().await {
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            _ => {}
        }
        let ends = !self.report.interrupted && !others.is_joined();
        if ends { self.send(CrawlEvent::RunEnds).await } else { Ok(()) }
    }

    /// Servers that may be here before others of a common queue are taken: enough to keep the hosts busy, and no more
    /// than that, because others could do them.
    fn ahead(&self) -> usize {
        2 * self.context.options.rate.concurrency
    }

    fn has_room(&self) -> bool {
        self.work.len() < WAITING && self.work.laden() < WAITING_WITH_LIST
    }

    async fn take(&mut self, found: Found) -> Result<(), CrawlError> {
        match found {
            Found::Server { mut job, new } => {
                *self.report.given.entry(job.listing.source.clone()).or_default() += 1;
                if new {
                    self.report.listings += 1;
                    let history = &self.context.options.history;
                    // Not to be read: what holds its name is not known, and nobody's name is given away.
                    self.seats.seat(history, &mut job.listing).await.map_err(CrawlError::History)?;
                    job.changed = history.is_changed(&job.listing);
                    self.send(CrawlEvent::Listing(job.listing.clone())).await?;
                }
                let (server, source) = (job.listing.server.clone(), job.listing.source.clone());
                job.listing.claimed = None;
                if !self.seats.plan(&mut job) {
                    self.report.shared += 1;
                    return self.send(CrawlEvent::Done { server, source }).await;
                }
                if !self.context.options.plan.run {
                    (job.listing.manifest, job.listing.meta) = (None, None);
                }
                if self.context.options.work.is_some()
                    && let Some(queued) = self.queueing.queued(&job)
                {
                    return self.send(CrawlEvent::Queued(Box::new(queued))).await;
                }
                self.progress.expect(1);
                self.work.push(*job);
            }
            Found::Event(event) => self.send(event).await?,
            Found::At(text) => self.progress.message(&visible(&text)),
            Found::Failure(failure) => self.report.failures.push(failure),
            Found::Problem(problem) => self.report.problems.push(problem),
            Found::Redacted(count) => self.report.redacted += count,
            Found::Superseded(count) => self.report.superseded += count,
        }
        Ok(())
    }

    fn start(&mut self, host: String, job: Job) {
        let (context, events, progress) = (self.context.clone(), self.events.clone(), self.progress.clone());
        self.tasks.spawn(async move {
            let item = progress.begin(&visible(job.listing.server.as_str()));
            let learnt = match job.ticket {
                Some(ticket) => learn_whole(&context, job, ticket, &events, &item).await,
                None => learn(&context, job, &events, &item).await,
            };
            (host, learnt)
        });
    }

    fn end(
        &mut self,
        done: Result<(String, Result<LearnReport, CrawlError>), tokio::task::JoinError>,
    ) -> Result<(), CrawlError> {
        match done {
            Ok((host, learnt)) => {
                self.work.done(&host);
                let learnt = learnt?;
                self.report.observations += learnt.observations;
                self.report.skipped += learnt.skipped;
                Ok(())
            }
            // Only a crawl that is asked to end cancels.
            Err(error) if error.is_cancelled() => Ok(()),
            // A task never panics by itself; going on would lose its server in silence.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    async fn send(&self, event: CrawlEvent) -> Result<(), CrawlError> {
        self.events.send(event).await.map_err(|_| CrawlError::SinkClosed)
    }

    /// The hosts that fail most, for the progress.
    fn failing(&self) -> String {
        let worst = self.context.client.failing(3);
        let names: Vec<_> = worst.iter().map(|(host, count)| format!("{host} ({count})")).collect();
        if names.is_empty() { String::new() } else { format!("failing: {}", names.join(", ")) }
    }
}
