//! Directories with an API of their own: page after page to the last, and the page of each server whose tools the list
//! leaves out.

use super::dispatch::{Job, Recorded};
use super::sources::{Found, ReceiverGone, Source};
use mcpdex_model::Outcome;
use mcpdex_net::{Failure, FetchLimits, Request, Trust};
use mcpdex_source::directory::{self, DirectoryEntry};
use std::collections::BTreeSet;
use url::Url;

/// The longest page, in bytes: indexes are one document.
const MAX_PAGE: u64 = 256 << 20;

impl Source<'_> {
    /// Reads a directory to its end.
    pub(super) async fn directory(&self, base: &Url) -> Result<(), ReceiverGone> {
        let (mut url, mut seen, mut found) = (base.clone(), BTreeSet::new(), 0);
        for number in 1..=self.context.options.max_pages {
            self.send(Found::At(format!("{}, page {number}", self.name))).await?;
            let body = match self.json(&url, MAX_PAGE).await {
                Ok(body) => body,
                Err(failure) => return self.fail(failure.outcome(), failure.to_string()).await,
            };
            let name = self.name.clone();
            let read = tokio::task::spawn_blocking(move || directory::read(&String::from_utf8_lossy(&body), &name));
            let page = match read.await {
                Ok(Some(page)) => page,
                Ok(None) => {
                    let detail = format!("page {number} is none of a directory that is known");
                    return self.fail(Outcome::Unreadable, detail).await;
                }
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
            found += page.entries.len();
            self.send(Found::Redacted(page.redacted)).await?;
            for problem in page.problems {
                self.send(Found::Problem(format!("{}: {problem}", self.name))).await?;
            }
            for entry in page.entries {
                self.directory_entry(base, entry).await?;
            }
            if let Some(why) = page.cut {
                self.fail(Outcome::Unreadable, why).await?;
            }
            let Some(next) = page.next else {
                return match found {
                    0 => self.fail(Outcome::Unreadable, "it lists no server that could be read".to_owned()).await,
                    _ => Ok(()),
                };
            };
            url = next.url(&url);
            if !seen.insert(url.clone()) {
                let detail = format!("page {number} leads back to an earlier page");
                return self.fail(Outcome::Unreadable, detail).await;
            }
            tokio::time::sleep(self.pause).await;
        }
        let detail = format!("more than {} pages; --max-pages raises the limit", self.context.options.max_pages);
        self.fail(Outcome::TooLarge, detail).await
    }

    async fn directory_entry(&self, base: &Url, entry: DirectoryEntry) -> Result<(), ReceiverGone> {
        let mut tools = entry.tools;
        if let (None, Some(path)) = (&tools, &entry.detail) {
            tokio::time::sleep(self.pause).await;
            let read = match self.json(&below(base, path), self.context.options.page.body).await {
                Ok(body) => directory::read_detail(&String::from_utf8_lossy(&body)),
                Err(failure) => Err(format!("cannot be read: {failure}")),
            };
            match read {
                Ok(list) => tools = list,
                Err(why) => {
                    let server = &entry.listing.server;
                    self.send(Found::Problem(format!("{}: the page of {server} {why}", self.name))).await?;
                }
            }
        }
        let recorded = tools.map(|list| (self.name.clone(), Recorded::List { list, digest: None }));
        let listing = Box::new(entry.listing);
        let job = Job {
            listing,
            recorded,
            named: false,
            trusted: false,
            changed: false,
            address: None,
            bundle: None,
            ticket: None,
        };
        self.send(Found::Server { job: Box::new(job), new: true }).await
    }

    async fn json(&self, url: &Url, most: u64) -> Result<Vec<u8>, Failure> {
        let mut request = Request::page(url.clone(), Trust::Operator, directory::ACCEPT);
        request.limits = FetchLimits { body: most, ..self.context.options.page };
        Ok(self.context.client.get(request).await?.body)
    }
}

/// The page of one server: its name behind the address of the list, without the list's query.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    let list = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{list}/{path}"));
    url
}
