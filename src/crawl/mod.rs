//! The pipeline: sources in, listings and observations out through one channel, in the order in which they are learnt.
//! Joins source, net, probe and extract; the one place with tasks. Writes nothing: whoever holds the other end of the channel
//! does. Every package and endpoint that was looked at gives at least one observation, and a failure is one with an outcome.

mod checkout;
mod clients;
mod configured;
mod endpoint;
mod options;
mod package;

pub use checkout::{CheckoutError, Repository, crate_archive};
pub use options::{Options, Surroundings};
pub use package::PackageArchive;

use crate::model::{Listing, Observation, Outcome, Package, Partial, PartialReason, ServerId, ToolOrigin};
use crate::net::{self, Client, Request, Trust};
use crate::progress::Progress;
use crate::report::visible;
use crate::source::npmrc::ConfigError;
use crate::source::{SourceSpec, recorded, registry, sample};
use configured::Configured;
use package::Reader;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use url::Url;

/// Something that a crawl learnt. A server's listing comes before its observations.
#[derive(Debug, Clone, PartialEq)]
pub enum CrawlEvent {
    Listing(Box<Listing>),
    Observation(Box<Observation>),
}

/// A source that could not be read to its end. What came before the failure was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFailure {
    pub source: String,
    pub outcome: Outcome,
    pub detail: String,
}

/// What a crawl did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlReport {
    pub listings: usize,
    pub observations: usize,
    /// Secrets that were taken out of manifests.
    pub redacted: usize,
    /// Sources that could not be read to their end.
    pub failures: Vec<SourceFailure>,
    /// Entries of sources that could not be read, one sentence each.
    pub problems: Vec<String>,
}

/// Why a crawl could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    #[error(transparent)]
    Setup(#[from] net::SetupError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Whoever keeps what is learnt has gone away.
    #[error("what was learnt could not be kept: the receiver has stopped")]
    SinkClosed,
}

/// Servers that may be under way at once; most of them wait for a place in their host's lane, which costs little.
const UNDER_WAY: usize = 512;

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
        reader: Arc::new(reader(options)?),
        events,
        progress: progress.clone(),
        tasks: JoinSet::new(),
        report: CrawlReport::default(),
    };
    for spec in specs {
        match spec {
            SourceSpec::Package(package) => crawl.list(Listing::of_package(package.clone(), spec.to_string())).await?,
            SourceSpec::Registry(base) => crawl.registry(base, &spec.to_string()).await?,
            SourceSpec::Server(url) => crawl.list(endpoint::listing(url, spec.to_string())).await?,
            SourceSpec::Sample => crawl.page(sample::PAGE.as_bytes(), &spec.to_string()).await.map(drop)?,
        }
    }
    crawl.wait(0).await?;
    Ok(crawl.report)
}

/// Fetches the archive of one package from the registry that is configured for it, and checks it. Stores nothing.
///
/// # Errors
/// The client cannot be set up, or the package cannot be had; the message says why.
pub async fn package_archive(package: &Package, options: &Options) -> Result<PackageArchive, FetchError> {
    let reader = reader(options)?;
    let server = ServerId::of_package(package.ecosystem, &package.identifier);
    // What an attempt would be remembered by; nobody asks here.
    let mut attempt = Observation::failed(server, ToolOrigin::Static, package.to_string(), Outcome::Ok, "");
    reader.archive(package, &mut attempt).await.map_err(|unread| FetchError::Unread(unread.to_string()))
}

/// Why the archive of a package was not had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Setup(#[from] CrawlError),
    #[error("{0}")]
    Unread(String),
}

fn reader(options: &Options) -> Result<Reader, CrawlError> {
    let client = Client::new(net::Config {
        contact: options.contact.clone(),
        allow_private: options.allow_private,
        concurrency: options.concurrency,
        ..net::Config::default()
    })?;
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    Ok(Reader {
        client,
        configured: Configured::read(options)?,
        options: options.clone(),
        workers: Semaphore::new(cores),
    })
}

struct Crawl {
    reader: Arc<Reader>,
    events: mpsc::Sender<CrawlEvent>,
    progress: Progress,
    /// One task for each server; each says how many observations it sent.
    tasks: JoinSet<Result<usize, CrawlError>>,
    report: CrawlReport,
}

impl Crawl {
    /// Reads every page of a registry.
    async fn registry(&mut self, base: &Url, source: &str) -> Result<(), CrawlError> {
        let mut cursor = None;
        let mut seen = BTreeSet::new();
        for number in 1..=self.reader.options.max_pages {
            self.progress.message(&visible(&format!("{source}, page {number}")));
            let mut request =
                Request::page(registry::page_url(base, cursor.as_deref()), Trust::Operator, registry::ACCEPT);
            request.limits = self.reader.options.page;
            let fetched = match self.reader.client.get(request).await {
                Ok(fetched) => fetched,
                Err(failure) => {
                    self.fail(source, failure.outcome(), failure.to_string());
                    return Ok(());
                }
            };
            let Some(next) = self.page(&fetched.body, source).await? else { return Ok(()) };
            if !seen.insert(next.clone()) {
                self.fail(source, Outcome::Unreadable, format!("page {number} leads back to an earlier page"));
                return Ok(());
            }
            cursor = Some(next);
        }
        let detail = format!("more than {} pages; --max-pages raises the limit", self.reader.options.max_pages);
        self.fail(source, Outcome::TooLarge, detail);
        Ok(())
    }

    /// Reads one page and starts on its servers; says where the next page is.
    async fn page(&mut self, bytes: &[u8], source: &str) -> Result<Option<String>, CrawlError> {
        let page = match registry::read_page(bytes, source) {
            Ok(page) => page,
            Err(error) => {
                self.fail(source, Outcome::Unreadable, error.to_string());
                return Ok(None);
            }
        };
        self.report.redacted += page.redacted;
        self.report.problems.extend(page.problems.into_iter().map(|problem| format!("{source}: {problem}")));
        for listing in page.listings {
            self.list(listing).await?;
        }
        Ok(page.next_cursor)
    }

    fn fail(&mut self, source: &str, outcome: Outcome, detail: String) {
        self.report.failures.push(SourceFailure { source: source.to_owned(), outcome, detail });
    }

    /// Sends a listing on and starts to learn the server's tools.
    async fn list(&mut self, listing: Listing) -> Result<(), CrawlError> {
        self.wait(UNDER_WAY - 1).await?;
        self.send(CrawlEvent::Listing(Box::new(listing.clone()))).await?;
        self.report.listings += 1;
        self.progress.expect(1);
        let (reader, events, progress) = (self.reader.clone(), self.events.clone(), self.progress.clone());
        self.tasks.spawn(async move {
            let _item = progress.begin(&visible(listing.server.as_str()));
            let observations = observe(&reader, &listing).await;
            let count = observations.len();
            for observation in observations {
                let event = CrawlEvent::Observation(Box::new(observation));
                events.send(event).await.map_err(|_| CrawlError::SinkClosed)?;
            }
            Ok(count)
        });
        Ok(())
    }

    async fn send(&self, event: CrawlEvent) -> Result<(), CrawlError> {
        self.events.send(event).await.map_err(|_| CrawlError::SinkClosed)
    }

    /// Waits until at most `left` tasks are under way.
    async fn wait(&mut self, left: usize) -> Result<(), CrawlError> {
        while self.tasks.len() > left {
            match self.tasks.join_next().await {
                Some(Ok(done)) => self.report.observations += done?,
                // A task never panics by itself nor is it cancelled; going on would lose its server in silence.
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                None => break,
            }
        }
        Ok(())
    }
}

/// Learns the tools of one server from everything that its listing names. At least one observation, always.
async fn observe(reader: &Reader, listing: &Listing) -> Vec<Observation> {
    let unread = |origin, outcome, detail: String| {
        vec![Observation::failed(listing.server.clone(), origin, listing.server.as_str(), outcome, detail)]
    };
    if let Some((name, text)) = sample::recorded(listing).filter(|_| listing.source == SourceSpec::Sample.to_string()) {
        return match recorded::read_tools(text) {
            Ok(list) => vec![declared(listing, name, list)],
            Err(why) => unread(ToolOrigin::Declared, Outcome::Unreadable, format!("{name} {why}")),
        };
    }
    if listing.status.as_deref() == Some("deleted") {
        return unread(ToolOrigin::Declared, Outcome::Gone, "the registry lists this server as deleted".to_owned());
    }
    if listing.packages.is_empty() && listing.remotes.is_empty() {
        let detail = match listing.problems.is_empty() {
            true => "the manifest names neither a package nor an endpoint".to_owned(),
            false => format!("the manifest names nothing that could be read: {}", listing.problems.join("; ")),
        };
        return unread(ToolOrigin::Declared, Outcome::Unreadable, detail);
    }
    let mut observations = Vec::new();
    let mut seen = BTreeSet::new();
    for package in &listing.packages {
        // The same package with another transport is the same source.
        if seen.insert(package.to_string()) {
            observations.push(reader.observe(&listing.server, package).await);
        }
    }
    for remote in &listing.remotes {
        if seen.insert(remote.url.clone()) {
            observations.extend(endpoint::observe(&reader.client, listing, remote).await);
        }
    }
    observations
}

/// An observation of a list that was recorded beside the manifest.
fn declared(listing: &Listing, name: &str, list: recorded::ToolList) -> Observation {
    let missing = |detail| Partial { reason: PartialReason::MalformedTool, detail, site: None };
    Observation {
        server: listing.server.clone(),
        origin: ToolOrigin::Declared,
        outcome: Outcome::Ok,
        target: format!("{}:{name}", listing.source),
        package: None,
        artifact_sha256: None,
        detail: None,
        tools: list.tools.into_iter().map(|tool| (tool, None)).collect(),
        partial: list.malformed.into_iter().map(missing).collect(),
    }
}
