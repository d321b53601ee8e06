//! Reading sources: each in turn, page by page, their servers out as they are found. Learns no tools itself; a source
//! that cannot be read to its end is a failure beside what it gave until then.

use super::context::CrawlContext;
use super::dispatch::{Job, Recorded};
use super::{SourceFailure, endpoint};
use jiff::{Timestamp, ToSpan};
use mcpdex_model::{CrawlEvent, KeptListings, Listing, Outcome, ServerId, Sweep};
use mcpdex_net::{Failure, FetchLimits, Request, Trust};
use mcpdex_source::{SourceSpec, recorded, registry, sample};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use url::Url;

/// Something that a source gave.
pub(super) enum Found {
    Server {
        job: Box<Job>,
        new: bool,
    },
    Event(CrawlEvent),
    /// What is being read now.
    At(String),
    Failure(SourceFailure),
    Problem(String),
    Redacted(usize),
    Superseded(usize),
}

/// Whoever took what was found has gone: the crawl is at its end.
pub(super) struct ReceiverGone;

/// Changes this much before the last reading are asked for again: clocks differ, and what was written while the
/// registry read may show up late.
const OVERLAP_MINUTES: i64 = 10;
/// The longest document fetched by URL, in bytes.
const MAX_DOCUMENT: u64 = 256 << 20;

/// Reads every source, in order.
pub(super) async fn read_all(specs: Vec<SourceSpec>, context: Arc<CrawlContext>, out: mpsc::Sender<Found>) {
    for spec in &specs {
        let name = spec.to_string();
        let source = Source {
            pause: context.options.pauses.get(&name).copied().unwrap_or_default(),
            name,
            named: spec.is_one_server(),
            context: &context,
            out: &out,
        };
        let read = match spec {
            SourceSpec::Package(package) => source.listing(Listing::of_package(package.clone(), &*source.name)).await,
            SourceSpec::Server(url) => source.endpoint(url).await,
            SourceSpec::Registry(base) => source.registry(base).await,
            SourceSpec::Directory(url) => source.directory(url).await,
            SourceSpec::Sample => source.sample().await,
            SourceSpec::Document(url) => source.document(url).await,
            SourceSpec::List(url) => source.list(url).await,
            SourceSpec::WellKnown(url) => source.well_known(url).await,
            SourceSpec::File(path) => source.files(std::slice::from_ref(path)).await,
            SourceSpec::Clients => source.clients().await,
        };
        if read.is_err() {
            return;
        }
    }
}

pub(super) struct Source<'a> {
    pub(super) name: String,
    /// The user has named its one server.
    named: bool,
    /// Between the pages of a list, at least.
    pub(super) pause: Duration,
    pub(super) context: &'a Arc<CrawlContext>,
    pub(super) out: &'a mpsc::Sender<Found>,
}

impl Source<'_> {
    pub(super) async fn send(&self, found: Found) -> Result<(), ReceiverGone> {
        self.out.send(found).await.map_err(|_| ReceiverGone)
    }

    pub(super) async fn fail(&self, outcome: Outcome, detail: String) -> Result<(), ReceiverGone> {
        self.send(Found::Failure(SourceFailure { source: self.name.clone(), outcome, detail })).await
    }

    async fn listing(&self, listing: Listing) -> Result<(), ReceiverGone> {
        self.server(listing, None, true).await
    }

    async fn server(
        &self,
        listing: Listing,
        recorded: Option<(String, recorded::ToolList)>,
        new: bool,
    ) -> Result<(), ReceiverGone> {
        let recorded = recorded.map(|(name, list)| (name, Recorded::List { list, digest: None }));
        let (listing, named) = (Box::new(listing), self.named);
        let job =
            Job { listing, recorded, named, trusted: named, changed: false, address: None, bundle: None, ticket: None };
        self.send(Found::Server { job: Box::new(job), new }).await
    }

    async fn sweep(&self, step: Sweep) -> Result<(), ReceiverGone> {
        self.send(Found::Event(CrawlEvent::Sweep { source: self.name.clone(), step })).await
    }

    async fn endpoint(&self, url: &Url) -> Result<(), ReceiverGone> {
        let listing = Box::new(endpoint::listing(url, self.name.clone()));
        let address = Some(url.clone());
        let job = Job {
            listing,
            recorded: None,
            named: true,
            trusted: true,
            changed: false,
            address,
            bundle: None,
            ticket: None,
        };
        self.send(Found::Server { job: Box::new(job), new: true }).await
    }

    async fn sample(&self) -> Result<(), ReceiverGone> {
        let page = match registry::read_page(sample::PAGE.as_bytes(), &self.name) {
            Ok(page) => page,
            Err(error) => return self.fail(Outcome::Unreadable, error.to_string()).await,
        };
        for listing in page.listings {
            let list = match sample::recorded(&listing).map(|(name, text)| (name, recorded::read_tools(text))) {
                Some((name, Ok(list))) => Some((format!("{}:{name}", self.name), list)),
                Some((name, Err(why))) => {
                    self.send(Found::Problem(format!("{}: {name} {why}", self.name))).await?;
                    None
                }
                None => None,
            };
            self.server(listing, list, true).await?;
        }
        Ok(())
    }

    /// Reads a registry: from where this run left off, what changed since the last reading, or everything. Then comes
    /// what it listed before.
    async fn registry(&self, base: &Url) -> Result<(), ReceiverGone> {
        let history = &self.context.options.history;
        let state = history.source(&self.name);
        let resumed = history.continued() && state.in_run;
        // The page that a crawl was killed on is read again: what it held is at work already.
        let mut at_work = BTreeSet::new();
        if resumed {
            let mut note = |listing: &Listing| {
                at_work.insert((listing.server.clone(), listing.version.clone()));
            };
            self.stored(KeptListings::Pending, &mut note).await?;
        }
        if !resumed || state.under_way {
            let (since, next) = match resumed {
                true => (state.since, state.next),
                false => (state.swept.filter(|_| !self.context.options.full).and_then(|at| overlapping(&at)), None),
            };
            if !resumed {
                self.sweep(Sweep::Begins { since: since.clone() }).await?;
            }
            if base.query_pairs().any(|(key, _)| key == "updated_since") {
                // What the operator asks for is a part.
                self.sweep(Sweep::Flawed).await?;
            }
            if !self.pages(base, since, next, &at_work).await? {
                return Ok(());
            }
            self.sweep(Sweep::Ends).await?;
        }
        self.stored(KeptListings::Before, &mut |_| ()).await
    }

    /// Reads pages to the end; whether it got there.
    async fn pages(
        &self,
        base: &Url,
        since: Option<String>,
        next: Option<String>,
        at_work: &BTreeSet<(ServerId, Option<String>)>,
    ) -> Result<bool, ReceiverGone> {
        let (mut cursor, mut since, mut seen) = (next, since, BTreeSet::new());
        let (begins, mut whole, mut entries) = (cursor.is_none(), true, 0);
        for number in 1..=self.context.options.max_pages {
            self.send(Found::At(format!("{}, page {number}", self.name))).await?;
            let url = registry::page_url(base, since.as_deref(), cursor.as_deref());
            let body = match self.registry_page(&url).await {
                Ok(body) => body,
                // A registry that cannot tell what changed says so before its first page.
                Err(failure) if since.is_some() && cursor.is_none() && failure.outcome() == Outcome::Refused => {
                    since = None;
                    self.sweep(Sweep::Begins { since: None }).await?;
                    continue;
                }
                Err(failure) => {
                    self.fail(failure.outcome(), failure.to_string()).await?;
                    return Ok(false);
                }
            };
            let page = match registry::read_page(&body, &self.name) {
                Ok(page) => page,
                Err(error) => {
                    self.fail(Outcome::Unreadable, error.to_string()).await?;
                    return Ok(false);
                }
            };
            whole &= page.left_out == 0;
            entries += page.listings.len() + page.superseded + page.problems.len();
            let next = page.next_cursor.clone();
            self.page(page, since.as_deref(), at_work).await?;
            let Some(next) = next else {
                if entries == 0 && since.is_none() && begins {
                    self.fail(Outcome::Unreadable, "it lists no server".to_owned()).await?;
                    return Ok(false);
                }
                return Ok(whole);
            };
            if !seen.insert(next.clone()) {
                self.fail(Outcome::Unreadable, format!("page {number} leads back to an earlier page")).await?;
                return Ok(false);
            }
            self.sweep(Sweep::Next(next.clone())).await?;
            cursor = Some(next);
            tokio::time::sleep(self.pause).await;
        }
        let detail = format!("more than {} pages; --max-pages raises the limit", self.context.options.max_pages);
        self.fail(Outcome::TooLarge, detail).await?;
        Ok(false)
    }

    /// Sends on what a page holds.
    async fn page(
        &self,
        page: registry::Page,
        since: Option<&str>,
        at_work: &BTreeSet<(ServerId, Option<String>)>,
    ) -> Result<(), ReceiverGone> {
        self.send(Found::Redacted(page.redacted)).await?;
        self.send(Found::Superseded(page.superseded)).await?;
        if !page.problems.is_empty() || page.left_out > 0 {
            self.sweep(Sweep::Flawed).await?;
        }
        for problem in page.problems {
            self.send(Found::Problem(format!("{}: {problem}", self.name))).await?;
        }
        if page.left_out > 0 {
            let detail = format!("a page holds {} entries more than are read of one", page.left_out);
            self.fail(Outcome::TooLarge, detail).await?;
        }
        let time = |text: &str| text.parse::<Timestamp>().ok();
        let since = since.and_then(time);
        if since.is_some_and(|since| page.updated.iter().any(|at| time(at).is_some_and(|at| at < since))) {
            self.sweep(Sweep::Whole).await?;
        }
        for listing in page.listings {
            if !at_work.contains(&(listing.server.clone(), listing.version.clone())) {
                self.listing(listing).await?;
            }
        }
        // After what takes their place.
        for (server, version) in page.deleted {
            let source = self.name.clone();
            self.send(Found::Event(CrawlEvent::Deleted { server, source, version })).await?;
        }
        Ok(())
    }

    /// Never a conditional request: what an unchanged page lists must be seen, to know what is listed no more.
    async fn registry_page(&self, url: &Url) -> Result<Vec<u8>, Failure> {
        let mut request = Request::page(url.clone(), Trust::Operator, registry::ACCEPT);
        request.limits = self.context.options.page;
        Ok(self.context.client.get(request).await?.body)
    }

    /// Servers that are kept already, a page at a time; `note` sees each before it is sent on.
    async fn stored(&self, which: KeptListings, note: &mut (dyn FnMut(&Listing) + Send)) -> Result<(), ReceiverGone> {
        let mut from = None;
        loop {
            let (history, name) = (self.context.options.history.clone(), self.name.clone());
            let read = tokio::task::spawn_blocking(move || history.listings(which, &name, from)).await;
            let page = match read {
                Ok(Ok(page)) => page,
                Ok(Err(error)) => return self.fail(Outcome::Unreadable, error.to_string()).await,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
            for listing in page.listings {
                note(&listing);
                self.server(listing, None, false).await?;
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn document(&self, url: &Url) -> Result<(), ReceiverGone> {
        let mut request = Request::page(url.clone(), Trust::Operator, "application/json, */*;q=0.5");
        request.limits = FetchLimits { body: MAX_DOCUMENT, ..self.context.options.page };
        let body = match self.context.client.get(request).await {
            Ok(fetched) => fetched.body,
            Err(failure) => return self.fail(failure.outcome(), failure.to_string()).await,
        };
        let (name, stem) = (self.name.clone(), super::files::stem(url.path()));
        let read = tokio::task::spawn_blocking(move || super::files::read_bytes(&body, &name, &stem)).await;
        match read {
            Ok(Ok(document)) => self.entries(document, &self.name, false, None).await,
            Ok(Err(why)) => self.fail(why.outcome(), why.to_string()).await,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    pub(super) async fn all(&self, listings: Vec<Listing>) -> Result<(), ReceiverGone> {
        for listing in listings {
            self.listing(listing).await?;
        }
        Ok(())
    }
}

/// The beginning of the last reading, and a little before.
fn overlapping(swept: &str) -> Option<String> {
    let at: Timestamp = swept.parse().ok()?;
    at.checked_sub(OVERLAP_MINUTES.minutes()).ok().map(|at| at.to_string())
}
