//! One crawl, from its sources to what was kept of it. Into a server's database it is one of several that share the work,
//! and it goes on when the database was away for a while; into a file it is alone.

use super::database::{self, Bench};
use super::interrupt;
use super::passed::Passed;
use super::time::now;
use crate::cli::{Age, CrawlArgs};
use crate::crawl::{self, Options, Plan, Progress, Surroundings};
use crate::lake::Archives;
use crate::model::{CrawlEvent, History};
use crate::net::RateLimit;
use crate::source::SourceSpec;
use crate::store::{DatabasePlace, Known, Recorded, StoreError, Writer, begin_run};
use anyhow::Context;
use jiff::{Timestamp, ToSpan};
use mcpdex_process::LookedAt;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// How many things may be learnt before the writer has to take one.
const QUEUE: usize = 64;
/// What was tried less than this ago counts as fresh, unless the user says otherwise.
const FRESH: Age = Age { seconds: 86_400 };

/// What is to be crawled, and into what.
pub(super) struct Request<'a> {
    pub(super) place: &'a DatabasePlace,
    pub(super) specs: &'a [SourceSpec],
    pub(super) args: &'a CrawlArgs,
    pub(super) pauses: BTreeMap<String, Duration>,
    pub(super) bench: &'a Arc<Bench>,
    pub(super) quiet: bool,
}

/// What a crawl did and what was written of it.
pub(super) struct Crawled {
    pub(super) report: crawl::CrawlReport,
    pub(super) recorded: Recorded,
    /// What was known when it began.
    pub(super) known: Arc<Known>,
    /// What passed on to the writer.
    pub(super) passed: Passed,
}

impl Request<'_> {
    /// Crawls; `None` where there is nothing to join.
    ///
    /// # Errors
    /// The crawl could not begin, or what was learnt could not be kept.
    pub(super) fn crawl(&self, progress: &Progress) -> anyhow::Result<Option<Crawled>> {
        match self.place {
            DatabasePlace::File(_) => self.alone(progress).map(Some),
            #[cfg(feature = "postgres")]
            DatabasePlace::Server(url) => shared::crawl(self, url, progress),
            #[cfg(not(feature = "postgres"))]
            DatabasePlace::Server(url) => Err(StoreError::NoServers(url.clone()).into()),
        }
    }

    fn alone(&self, progress: &Progress) -> anyhow::Result<Crawled> {
        let known = self.begin()?;
        let options = self.options(known.clone())?;
        let runtime = Runtime::new().context("cannot start the runtime")?;
        let crawled = self.learn(&runtime, &options, &known, progress, || ());
        // Files that are being read cannot be let go of.
        runtime.shutdown_timeout(Duration::from_millis(500));
        crawled
    }

    /// The time since which everything that was tried is fresh; `None`: nothing is.
    fn fresh_since(&self) -> Option<String> {
        let age = self.args.refresh.unwrap_or(FRESH).seconds.seconds();
        match Timestamp::now().checked_sub(age).and_then(|at| at.round(jiff::Unit::Second)) {
            // Nothing is fresh when it may be no second old.
            Ok(_) if self.args.refresh.is_some_and(|age| age.seconds == 0) => None,
            Ok(at) => Some(at.to_string()),
            // Before the first year that there is: everything is fresh.
            Err(_) => Some(String::new()),
        }
    }

    fn begin(&self) -> anyhow::Result<Arc<Known>> {
        let names: Vec<String> = self.specs.iter().map(SourceSpec::to_string).collect();
        let known = begin_run(self.place, &names, &now(), self.fresh_since().as_deref())?;
        if known.continued() && !self.quiet {
            eprintln!("continuing a crawl that was interrupted");
        }
        tracing::info!(run = known.run(), sources = names.len(), continued = known.continued(), "a crawl begins");
        Ok(Arc::new(known))
    }

    /// The options, with what was known before.
    fn options(&self, history: Arc<dyn History>) -> anyhow::Result<Options> {
        let args = self.args;
        let program = std::env::current_exe().context("cannot find this program's own file, which reads packages")?;
        let named: Vec<_> = self.specs.iter().filter_map(SourceSpec::path).collect();
        let mut options = Options::new(program, Surroundings::beside(LookedAt::with(&named)));
        options.npm_registry.clone_from(&args.npm_registry);
        options.pypi_index.clone_from(&args.pypi_index);
        options.image_registry.clone_from(&args.image_registry);
        options.allow_private = args.allow_private;
        options.contact.clone_from(&args.contact);
        options.rate = RateLimit {
            per_host: args.per_host,
            concurrency: args.concurrency,
            interval: Duration::from_millis(args.interval),
        };
        options.live.total = Duration::from_secs(args.timeout);
        options.refresh_all = args.refresh.is_some();
        options.full = args.full;
        options.plan = Plan {
            live: !args.listed && (args.live || !args.source),
            source: !args.listed && (args.source || !args.live),
            both: args.live && args.source,
            run: args.run,
        };
        options.history = history;
        options.stop = interrupt::asked();
        options.max_pages = args.max_pages.get();
        options.archives = args.archives.as_deref().map(Archives::open).transpose()?.map(Arc::new);
        options.pauses.clone_from(&self.pauses);
        Ok(options)
    }

    /// Crawls, and writes what is learnt as it comes. `finished` is called for each job of several crawlers that ends.
    fn learn(
        &self,
        runtime: &Runtime,
        options: &Options,
        known: &Arc<Known>,
        progress: &Progress,
        finished: impl Fn() + Send + 'static,
    ) -> anyhow::Result<Crawled> {
        let _orderly = interrupt::orderly();
        let judging = database::Beside::of(self.bench.clone());
        let writer = Writer::spawn_for(self.place, Some(known.run()), Some(judging), now)?;
        let (events, mut learnt) = mpsc::channel::<CrawlEvent>(QUEUE);
        let keeper = std::thread::spawn(move || -> Result<_, StoreError> {
            let mut passed = Passed::default();
            while let Some(event) = learnt.blocking_recv() {
                passed.note(&event);
                if matches!(event, CrawlEvent::Finished { .. }) {
                    finished();
                }
                if writer.send(event).is_err() {
                    break; // finish() tells why
                }
            }
            Ok((writer.finish()?, passed))
        });
        let crawled = runtime.block_on(crawl::crawl(self.specs, options, events, progress));
        // The writer's own error says more than "the receiver has stopped".
        let (recorded, passed) = keeper.join().map_err(|_| StoreError::WriterStopped)??;
        Ok(Crawled { report: crawled?, recorded, known: known.clone(), passed })
    }
}

/// A crawl as one of several.
#[cfg(feature = "postgres")]
mod shared {
    use super::super::anew::Again;
    use super::super::together::{RunOptions, Session, is_away};
    use super::*;
    use crate::model::NoHistory;
    use crate::store::{ServerUrl, join_run};
    use std::time::Instant;

    /// How long a database may be away before a crawl is given up, and the pauses between two looks.
    const PATIENCE: Duration = Duration::from_secs(600);
    const FIRST_PAUSE: Duration = Duration::from_millis(200);
    const LONGEST_PAUSE: Duration = Duration::from_secs(5);

    /// What goes from one session to the next.
    #[derive(Default)]
    struct Former {
        /// The worker that this process was: nothing of it is under way any more.
        worker: Option<i64>,
        /// It has got as far as work once.
        began: bool,
    }

    /// Crawls in as many sessions as it takes.
    pub(super) fn crawl(
        request: &Request<'_>,
        url: &ServerUrl,
        progress: &Progress,
    ) -> anyhow::Result<Option<Crawled>> {
        let (mut former, mut pause, mut away) = (Former::default(), FIRST_PAUSE, None);
        loop {
            let begun = Instant::now();
            match session(request, url, progress, &mut former) {
                Err(error) if former.began && is_away(&error) && !interrupt::is_asked() => {
                    if begun.elapsed() > LONGEST_PAUSE {
                        (pause, away) = (FIRST_PAUSE, None);
                    }
                    if away.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                        return Err(error);
                    }
                    tracing::warn!("the database was away: {error:#}");
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                ended => return ended,
            }
        }
    }

    fn session(
        request: &Request<'_>,
        url: &ServerUrl,
        progress: &Progress,
        former: &mut Former,
    ) -> anyhow::Result<Option<Crawled>> {
        let runtime = Runtime::new().context("cannot start the runtime")?;
        let crawled = within(&runtime, request, url, progress, former);
        // Files that are being read cannot be let go of.
        runtime.shutdown_timeout(Duration::from_millis(500));
        crawled
    }

    fn within(
        runtime: &Runtime,
        request: &Request<'_>,
        url: &ServerUrl,
        progress: &Progress,
        former: &mut Former,
    ) -> anyhow::Result<Option<Crawled>> {
        let (known, mut options, session) = match request.args.join {
            true => match join(runtime, request, url)? {
                Some(joined) => joined,
                None => return Ok(None),
            },
            false => plan(runtime, request, url)?,
        };
        former.began = true;
        if let Some(worker) = former.worker.replace(session.worker()) {
            runtime.block_on(session.bury(worker))?;
        }
        options.work = Some(session.work());
        let jobs = session.jobs();
        let crawled = request.learn(runtime, &options, &known, progress, move || jobs.count_done());
        let finished = crawled.as_ref().is_ok_and(|crawled| !crawled.report.interrupted);
        if finished && !request.args.join {
            // Before the queue is closed, so that those who joined find what there is to do next.
            let lease = Duration::from_secs(request.args.lease);
            let again = Again { place: request.place, url, bench: request.bench, lease };
            if let Err(error) = again.open() {
                tracing::warn!("nothing could be begun to judge: {error:#}");
            }
        }
        runtime.block_on(session.end(finished));
        crawled.map(Some)
    }

    fn plan(
        runtime: &Runtime,
        request: &Request<'_>,
        url: &ServerUrl,
    ) -> anyhow::Result<(Arc<Known>, Options, Session)> {
        let known = request.begin()?;
        let options = request.options(known.clone())?;
        let credentials = runtime.block_on(crawl::credentials(&options))?;
        let said = RunOptions {
            fresh_since: request.fresh_since(),
            refresh_all: options.refresh_all,
            live: options.plan.live,
            source: options.plan.source,
            both: options.plan.both,
            run: options.plan.run,
            timeout: request.args.timeout,
        };
        let lease = Duration::from_secs(request.args.lease);
        let session = runtime.block_on(Session::plan(url, credentials, lease, known.run(), &said))?;
        Ok((known, options, session))
    }

    fn join(
        runtime: &Runtime,
        request: &Request<'_>,
        url: &ServerUrl,
    ) -> anyhow::Result<Option<(Arc<Known>, Options, Session)>> {
        // Beside what the run says, this machine's own settings hold.
        let unknown = request.options(Arc::new(NoHistory))?;
        let credentials = runtime.block_on(crawl::credentials(&unknown))?;
        let lease = Duration::from_secs(request.args.lease);
        let Some((session, said)) = runtime.block_on(Session::join(url, credentials, lease))? else { return Ok(None) };
        let known = Arc::new(join_run(request.place, session.run(), said.fresh_since.as_deref())?);
        let mut options = Options { history: known.clone(), ..unknown };
        options.refresh_all = said.refresh_all;
        options.plan = Plan { live: said.live, source: said.source, both: said.both, run: said.run };
        options.live.total = Duration::from_secs(said.timeout);
        Ok(Some((known, options, session)))
    }
}
