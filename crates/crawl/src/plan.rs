//! One server: what its source knows of its tools, then its endpoints, then the source of its packages, then, where it
//! was asked for, running them. Every attempt becomes an observation with an outcome, sent on as soon as it is made;
//! when all that the listing names was tried, that is sent as well.

use super::bundle::add_unstated;
use super::context::CrawlContext;
use super::dispatch::{Job, Recorded};
use super::progress::{Item, WorkPhase};
use super::seats::package_key;
use super::shared::{Shared, SharedAttempt};
use super::{CrawlError, endpoint, expiry};
use mcpdex_model::{
    AliasedAttempt, CrawlEvent, DELETED, Ecosystem, Listing, Observation, Outcome, Package, Partial, PartialReason,
    Remote, ServerId, Sighting, ToolOrigin, Validator,
};
use mcpdex_probe::{sandbox, stdio};
use mcpdex_source::artifact::sha256_hex;
use mcpdex_source::given;
use mcpdex_source::recorded::ToolList;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What came of one server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LearnReport {
    pub(super) observations: usize,
    /// Targets that were left alone because they were tried lately.
    pub(super) skipped: usize,
    read: bool,
}

/// Learns the tools of one server.
///
/// # Errors
/// What is learnt cannot be sent on.
pub(super) async fn learn(
    context: &Arc<CrawlContext>,
    job: Job,
    events: &mpsc::Sender<CrawlEvent>,
    item: &Item,
) -> Result<LearnReport, CrawlError> {
    let listing = &job.listing;
    let (server, source) = (listing.claimed.as_ref().unwrap_or(&listing.server).clone(), listing.source.clone());
    // What came of a job of several crawlers is kept whole or not at all, so that no other may refer to it.
    let shared = if job.ticket.is_some() { Arc::default() } else { context.shared.clone() };
    let mut server_plan = Server { context, shared, job, events, item, learnt: LearnReport::default() };
    server_plan.follow().await?;
    let learnt = server_plan.learnt;
    events.send(CrawlEvent::Done { server, source }).await.map_err(|_| CrawlError::SinkClosed)?;
    Ok(learnt)
}

struct Server<'a> {
    context: &'a Arc<CrawlContext>,
    shared: Arc<Shared>,
    job: Job,
    events: &'a mpsc::Sender<CrawlEvent>,
    item: &'a Item,
    learnt: LearnReport,
}

impl Server<'_> {
    async fn follow(&mut self) -> Result<(), CrawlError> {
        let plan = self.context.options.plan;
        if let Some(file) = self.job.bundle.take().filter(|_| plan.source) {
            return self.bundle(&file).await;
        }
        match self.job.recorded.take() {
            Some((name, Recorded::List { list, digest })) => self.recorded(&name, list, digest).await?,
            Some((name, Recorded::Unchanged)) if self.is_due(&name) => {
                let same = Observation {
                    outcome: Outcome::NotModified,
                    ..declared(&self.job.listing, &name, ToolList::default())
                };
                self.send(same).await?;
            }
            Some(_) | None => {}
        }
        if self.job.listing.status.as_deref() == Some(DELETED) {
            return self.unread(Outcome::Gone, "the registry lists this server as deleted".to_owned()).await;
        }
        if self.learnt.read {
            return Ok(());
        }
        if self.job.listing.remotes.is_empty() && self.job.listing.packages.is_empty() {
            let listing = &self.job.listing;
            if self.learnt != LearnReport::default() {
                return Ok(());
            }
            let detail = match listing.problems.is_empty() {
                true => "the manifest names neither a package nor an endpoint".to_owned(),
                false => format!("the manifest names nothing that could be read: {}", listing.problems.join("; ")),
            };
            return self.unread(Outcome::Unreadable, detail).await;
        }
        if plan.live {
            let mut seen = BTreeSet::new();
            for remote in self.job.listing.remotes.clone() {
                if seen.insert(remote.url.clone()) {
                    self.endpoint(&remote).await?;
                }
            }
        }
        if plan.source && (!self.learnt.read || plan.both) {
            let mut seen = BTreeSet::new();
            for package in self.job.listing.packages.clone() {
                // The same package with another transport is the same source.
                if seen.insert(package.to_string()) {
                    self.package(&package).await?;
                }
            }
        }
        if plan.run && !self.learnt.read {
            self.run().await?;
        }
        Ok(())
    }

    /// A list that the source has recorded, under the name that it has there.
    async fn recorded(&mut self, name: &str, list: ToolList, digest: Option<String>) -> Result<(), CrawlError> {
        let observation = declared(&self.job.listing, name, list);
        let history = &self.context.options.history;
        // Reading it again has cost nothing: what differs is kept however lately the last one was.
        let is_news = history.done(&observation.server, &observation.target).is_none() && history.is_news(&observation);
        if !is_news && !self.is_due(&observation.target) {
            return Ok(());
        }
        let key = list_key(&observation.server, name);
        // A list that is known by nothing takes the place of one that was known by its rows.
        let is_told = digest.is_some() || history.validator(&key).is_some();
        let known = is_told.then(|| Validator { url: key, etag: digest, ..Validator::default() });
        self.learnt.observations += 1;
        self.learnt.read |= observation.outcome.is_read();
        let known = known.map(|known| CrawlEvent::Validator(Box::new(known)));
        self.forward([observed(observation)].into_iter().chain(known).collect()).await
    }

    /// Whether the target is to be tried; counts it when it is not.
    fn is_due(&mut self, target: &str) -> bool {
        let (history, server) = (&self.context.options.history, &self.job.listing.server);
        let anyway = self.job.changed || self.job.named && !self.context.options.refresh_all;
        let tried = match anyway {
            true => history.done(server, target),
            false => history.fresh(server, target),
        };
        let Some(read) = tried else { return true };
        self.learnt.skipped += 1;
        self.learnt.read |= read;
        false
    }

    /// Whether an endpoint is to be asked. Where nobody says how fresh lists have to be, the server's own word on how long
    /// its list counts does.
    fn is_endpoint_due(&mut self, address: &str) -> bool {
        let (history, server) = (&self.context.options.history, &self.job.listing.server);
        let by_word = self.job.changed || self.job.named || self.context.options.refresh_all;
        let known = history.has_list(server, address) && history.done(server, address).is_none();
        match history.validator(&expiry::key(address)).filter(|_| known && !by_word) {
            Some(kept) if expiry::holds(&kept) => {
                self.learnt.skipped += 1;
                self.learnt.read = true;
                false
            }
            Some(_) => true,
            None => self.is_due(address),
        }
    }

    async fn endpoint(&mut self, remote: &Remote) -> Result<(), CrawlError> {
        if !self.is_endpoint_due(&remote.url) {
            return Ok(());
        }
        self.item.phase(WorkPhase::Asking);
        let cell = self.shared.target(remote.url.clone());
        let server = self.job.listing.server.clone();
        let mut own = false;
        let tried = cell
            .get_or_init(|| async {
                own = true;
                let (mut observations, ttl) = endpoint::observe(self.context, &self.job, remote).await;
                observations.iter_mut().for_each(conceal);
                let results = observations.iter().map(|o| (o.origin, o.outcome, o.detail.clone())).collect();
                // Sent before anyone else can refer to it. That nobody takes it is found out by whoever sends the next.
                let counts = ttl.map(|ttl| CrawlEvent::Validator(Box::new(expiry::of(&remote.url, ttl))));
                let _ = self.forward(observations.into_iter().map(observed).chain(counts).collect()).await;
                SharedAttempt { server: server.clone(), results }
            })
            .await
            .clone();
        self.share(tried, &remote.url, own).await
    }

    /// Counts an attempt of one's own, or takes over another server's.
    async fn share(&mut self, tried: SharedAttempt, target: &str, own: bool) -> Result<(), CrawlError> {
        self.learnt.observations += tried.results.len();
        self.learnt.read |= tried.is_read();
        if own {
            return if self.events.is_closed() { Err(CrawlError::SinkClosed) } else { Ok(()) };
        }
        let mut events = Vec::with_capacity(tried.results.len());
        for (origin, outcome, detail) in tried.results {
            let alias = AliasedAttempt {
                server: self.job.listing.server.clone(),
                other: tried.server.clone(),
                origin,
                target: target.to_owned(),
                outcome,
                detail,
            };
            events.push(CrawlEvent::Alias(Box::new(alias)));
        }
        self.forward(events).await
    }

    /// Sends on what one attempt gave, all of it or, where the crawl is asked to end, nothing: a part would pass for the
    /// whole when the crawl goes on.
    async fn forward(&self, events: Vec<CrawlEvent>) -> Result<(), CrawlError> {
        let places = self.events.reserve_many(events.len()).await.map_err(|_| CrawlError::SinkClosed)?;
        if *self.context.options.stop.borrow() {
            // The end of a program or a connection may be that of this crawl. Whoever asked it to end drops this.
            std::future::pending::<()>().await;
        }
        for (place, event) in places.zip(events) {
            place.send(event);
        }
        Ok(())
    }

    async fn package(&mut self, package: &Package) -> Result<(), CrawlError> {
        let target = package.key();
        if !self.is_due(&target) {
            return Ok(());
        }
        self.item.phase(WorkPhase::Reading);
        let cell = self.shared.target(package_key(package));
        let server = self.job.listing.server.clone();
        let mut own = false;
        let tried = cell
            .get_or_init(|| async {
                own = true;
                let (mut observations, validator) = self.context.observe(&server, package).await;
                observations.iter_mut().for_each(conceal);
                let results = observations.iter().map(|o| (o.origin, o.outcome, o.detail.clone())).collect();
                let validator = validator.map(|validator| CrawlEvent::Validator(Box::new(validator)));
                let _ = self.forward(observations.into_iter().map(observed).chain(validator).collect()).await;
                SharedAttempt { server: server.clone(), results }
            })
            .await
            .clone();
        self.share(tried, &target, own).await
    }

    /// Reads a bundle on this machine: what its manifest states, and its program.
    async fn bundle(&mut self, file: &Path) -> Result<(), CrawlError> {
        let server = self.job.listing.server.clone();
        if !self.is_due(&format!("program of {server}")) {
            return Ok(());
        }
        self.item.phase(WorkPhase::Reading);
        let program = self.context.observe_bundle(&server, file).await;
        let stated = match self.job.recorded.take() {
            Some((name, Recorded::List { list, .. })) => {
                let mut stated = declared(&self.job.listing, &name, list);
                add_unstated(&mut stated, &program);
                Some(stated)
            }
            _ => None,
        };
        self.send_all(stated.into_iter().chain([program]).collect()).await
    }

    /// Runs the first package that can be run.
    async fn run(&mut self) -> Result<(), CrawlError> {
        let runnable = |package: &&Package| matches!(package.ecosystem, Ecosystem::Npm | Ecosystem::Pypi);
        let Some(package) = self.job.listing.packages.iter().find(runnable).cloned() else { return Ok(()) };
        let target = format!("run {}", package.key());
        if !self.is_due(&target) {
            return Ok(());
        }
        self.item.phase(WorkPhase::Running);
        let result = {
            let _place = self.context.workers.acquire().await.expect("the semaphore is never closed");
            run(self.context, &package, self.job.listing.manifest.as_deref()).await
        };
        self.send_all(result.observations(&self.job.listing.server, &target)).await
    }

    async fn unread(&mut self, outcome: Outcome, detail: String) -> Result<(), CrawlError> {
        let server = self.job.listing.server.clone();
        if !self.is_due(server.as_str()) {
            return Ok(());
        }
        let target = server.0.clone();
        self.send(Observation::failed(server, ToolOrigin::Declared, target, outcome, detail)).await
    }

    async fn send(&mut self, observation: Observation) -> Result<(), CrawlError> {
        self.send_all(vec![observation]).await
    }

    async fn send_all(&mut self, observations: Vec<Observation>) -> Result<(), CrawlError> {
        self.learnt.observations += observations.len();
        self.learnt.read |= observations.iter().any(|observation| observation.outcome.is_read());
        self.forward(observations.into_iter().map(observed).collect()).await
    }
}

fn observed(mut observation: Observation) -> CrawlEvent {
    let (server, target, outcome) = (observation.server.as_str(), observation.target.as_str(), observation.outcome);
    tracing::info!(server, target, %outcome, tools = observation.tools.len(), "an attempt has ended");
    conceal(&mut observation);
    CrawlEvent::Observation(Box::new(observation))
}

/// Why an attempt failed is told with the address that was asked and the words of whoever answered: neither keeps what
/// the user's configuration put there.
fn conceal(observation: &mut Observation) {
    observation.detail = observation.detail.take().map(|detail| given::text(&detail));
}

/// Runs a package in the best sandbox there is, without network.
async fn run(context: &CrawlContext, package: &Package, manifest: Option<&str>) -> mcpdex_model::ProbeResult {
    use mcpdex_model::ProbeResult;
    let sandbox = match sandbox::best_sandbox().await {
        Ok(sandbox) => sandbox,
        Err(error) => return ProbeResult::without_list(error.outcome(), error.to_string()),
    };
    let fetched = match sandbox::fetch(&[package.to_string()], &context.options.surroundings.environment).await {
        Ok(fetched) => fetched,
        Err(error) => return ProbeResult::without_list(error.outcome(), error.to_string()),
    };
    let run = sandbox::Run {
        command: fetched.command.clone(),
        reads: fetched.reads.clone(),
        environment: manifest.map(sandbox::declared).unwrap_or_default(),
        network: false,
        sandbox,
        limits: sandbox::RunLimits::default(),
        program: context.options.program.clone(),
    };
    stdio::run(&run).await
}

/// What a recorded list is remembered by: short, since there is one for each server of a list.
pub(super) fn list_key(server: &ServerId, name: &str) -> String {
    let digest = sha256_hex(format!("{}\0{name}", server.as_str()).as_bytes());
    format!("list:{}", &digest[..32])
}

/// An observation of a list that was recorded beside the manifest.
pub(super) fn declared(listing: &Listing, name: &str, list: ToolList) -> Observation {
    let missing = |detail| Partial::missing(PartialReason::MalformedTool, detail, None);
    Observation {
        server: listing.server.clone(),
        origin: if list.is_card { ToolOrigin::Card } else { ToolOrigin::Declared },
        outcome: Outcome::Ok,
        target: name.to_owned(),
        package: None,
        artifact_sha256: None,
        detail: None,
        tools: list.tools.into_iter().map(|tool| (tool, Sighting::default())).collect(),
        partial: list.malformed.into_iter().map(missing).chain(list.missing).collect(),
        remarks: Vec::new(),
    }
}
