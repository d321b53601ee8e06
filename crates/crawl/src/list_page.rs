//! Pages that list servers: fetched where their site's `robots.txt` allows it, one after another where they lead on, handed
//! to the reader of pages.

use super::context::CrawlContext;
use super::sources::{Found, ReceiverGone, Source};
use mcpdex_model::Outcome;
use mcpdex_net::{FetchLimits, FetchedBody, Request, Trust, shown};
use mcpdex_source::{page, robots};
use std::collections::{BTreeMap, BTreeSet};
use url::{Origin, Url};

/// Pages of one list that are read: whoever lists more has an API.
const MAX_PAGES: usize = 500;

/// What the sites of one list have said of being read.
pub(super) type Rules = BTreeMap<String, robots::Answer>;

/// Why a page was not read.
pub(super) struct Unread(pub(super) Outcome, pub(super) String);

impl Source<'_> {
    /// Fetches a page that lists servers and those that it leads on to, where the site allows it.
    pub(super) async fn list(&self, first: &Url) -> Result<(), ReceiverGone> {
        let (mut url, mut rules, mut seen) = (first.clone(), Rules::new(), BTreeSet::from([first.clone()]));
        for number in 1..=MAX_PAGES.min(self.context.options.max_pages) {
            self.send(Found::At(format!("{}, page {number}", self.name))).await?;
            let fetched = match self.context.allowed_page(&url, &mut rules).await {
                Ok(fetched) => fetched,
                Err(Unread(outcome, why)) => return self.fail(outcome, why).await,
            };
            let text = String::from_utf8_lossy(&fetched.body).into_owned();
            let (name, base) = (self.name.clone(), fetched.final_url.clone());
            let read = tokio::task::spawn_blocking(move || page::read(&text, Some(&base), &name)).await;
            let page = match read {
                Ok(Ok(page)) => page,
                Ok(Err(why)) => return self.fail(Outcome::Unreadable, format!("the page {why}")).await,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
            for problem in page.problems {
                self.send(Found::Problem(format!("{}, page {number}: {problem}", self.name))).await?;
            }
            self.all(page.listings).await?;
            let Some(next) = page.next else { return Ok(()) };
            if !seen.insert(next.clone()) {
                return self.fail(Outcome::Unreadable, format!("page {number} leads back to an earlier page")).await;
            }
            let pause = rules.get(&site(&fetched.final_url.origin())).and_then(robots::pause);
            tokio::time::sleep(pause.unwrap_or_default().max(self.pause)).await;
            url = next;
        }
        self.fail(Outcome::TooLarge, "it leads on to more pages than are read of one list".to_owned()).await
    }
}

impl CrawlContext {
    /// One page, where its site lets it be read.
    pub(super) async fn allowed_page(&self, url: &Url, rules: &mut Rules) -> Result<FetchedBody, Unread> {
        self.check_robots(url, Trust::Operator, rules).await?;
        let mut request = Request::page(url.clone(), Trust::Operator, "text/html, text/markdown, text/plain");
        request.limits = FetchLimits { body: page::MAX_BYTES as u64, ..self.options.page };
        let fetched = self.client.get(request).await;
        let fetched = fetched.map_err(|failure| Unread(failure.outcome(), failure.to_string()))?;
        // Where it was led, another rule may stand, and another site may have another opinion of being read.
        if fetched.final_url != *url {
            let same = fetched.final_url.origin() == url.origin();
            let trust = if same { Trust::Operator } else { Trust::Untrusted };
            self.check_robots(&fetched.final_url, trust, rules).await?;
        }
        Ok(fetched)
    }

    /// Whether the page may be read, as its site has it.
    async fn check_robots(&self, page: &Url, trust: Trust, rules: &mut Rules) -> Result<(), Unread> {
        let site = site(&page.origin());
        if !rules.contains_key(&site) {
            let answer = self.robots_of(page, trust).await;
            rules.insert(site.clone(), answer);
        }
        let answer = &rules[&site];
        if robots::allows(answer, page) {
            return Ok(());
        }
        let detail = match answer {
            robots::Answer::Unreachable => "the site's robots.txt cannot be read, so no page of it is",
            _ => "the site's robots.txt does not allow it",
        };
        Err(Unread(Outcome::Blocked, format!("{}: {detail}", shown(page))))
    }

    async fn robots_of(&self, page: &Url, trust: Trust) -> robots::Answer {
        let Some(url) = robots::url_of(page) else { return robots::Answer::Missing };
        let mut request = Request::page(url, trust, "text/plain, */*;q=0.5");
        request.limits = FetchLimits { body: robots::MAX_BYTES, ..self.options.page };
        match self.client.get(request).await {
            Ok(fetched) => robots::Answer::Text(fetched.body),
            Err(failure) if failure.is_client_error() => robots::Answer::Missing,
            Err(_) => robots::Answer::Unreachable,
        }
    }
}

fn site(origin: &Origin) -> String {
    origin.ascii_serialization()
}
