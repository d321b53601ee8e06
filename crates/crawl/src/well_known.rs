//! What a host says of its servers: each document at its known places, and the cards that they point at.

use super::dispatch::{Job, Recorded};
use super::sources::{Found, ReceiverGone, Source};
use mcpdex_model::Outcome;
use mcpdex_net::{Failure, FetchLimits, FetchedBody, Request, Trust, shown};
use mcpdex_source::well_known::{self, WellKnown};
use std::collections::{BTreeSet, VecDeque};
use url::Url;

/// Cards that the documents of one host may point at.
const MAX_ELSEWHERE: usize = 200;

impl Source<'_> {
    /// Reads the document, or all that the host has.
    pub(super) async fn well_known(&self, url: &Url) -> Result<(), ReceiverGone> {
        let is_one = well_known::is_document(url);
        let places = if is_one { vec![url.clone()] } else { well_known::places(url) };
        let mut waiting: VecDeque<(Url, bool)> = places.into_iter().map(|place| (place, !is_one)).collect();
        let (mut seen, mut given, mut unread) = (BTreeSet::new(), 0, Vec::new());
        let mut elsewhere = 0;
        while let Some((place, may_be_missing)) = waiting.pop_front() {
            if !seen.insert(place.clone()) {
                continue;
            }
            let fetched = match self.document_at(&place, url).await {
                Ok(fetched) => fetched,
                // Most hosts have one of them.
                Err(failure) if may_be_missing && failure.is_client_error() => continue,
                Err(failure) => {
                    unread.push((failure.outcome(), failure.to_string()));
                    continue;
                }
            };
            let found = self.read_document(&fetched, url).await;
            let Some(found) = found else {
                // A page that answers at every address is no document.
                let is_page = fetched.content_type.is_some_and(|kind| kind.starts_with("text/html"));
                if !(may_be_missing && is_page) {
                    unread.push((Outcome::Unreadable, format!("{} is no card of a server", shown(&place))));
                }
                continue;
            };
            for to in &found.elsewhere {
                elsewhere += 1;
                match fetched.final_url.join(to) {
                    Ok(to) if elsewhere <= MAX_ELSEWHERE => waiting.push_back((to, false)),
                    Ok(_) => {}
                    Err(error) => unread.push((Outcome::Unreadable, format!("the address of a card: {error}"))),
                }
            }
            given += found.entries.len();
            self.cards(found, &fetched.final_url, url).await?;
        }
        if elsewhere > MAX_ELSEWHERE {
            let detail = format!("it points at {elsewhere} cards, of which {MAX_ELSEWHERE} were read");
            self.fail(Outcome::TooLarge, detail).await?;
        }
        if given == 0 && unread.is_empty() {
            return self.fail(Outcome::Gone, "the host has no document about its servers".to_owned()).await;
        }
        for (outcome, detail) in unread {
            self.fail(outcome, detail).await?;
        }
        Ok(())
    }

    /// The user's word goes as far as the host that was named.
    fn trust_of(&self, place: &Url, named: &Url) -> Trust {
        if place.origin() == named.origin() { Trust::Operator } else { Trust::Untrusted }
    }

    async fn document_at(&self, place: &Url, named: &Url) -> Result<FetchedBody, Failure> {
        let mut request = Request::page(place.clone(), self.trust_of(place, named), well_known::ACCEPT);
        request.limits = FetchLimits { body: well_known::MAX_BYTES, ..self.context.options.page };
        self.context.client.get(request).await
    }

    async fn read_document(&self, fetched: &FetchedBody, named: &Url) -> Option<WellKnown> {
        let text = String::from_utf8_lossy(&fetched.body).into_owned();
        // What the document of another host says without an address is said of that host.
        let of = if fetched.final_url.origin() == named.origin() { named } else { &fetched.final_url };
        let unnamed = match well_known::is_document(of) {
            true => of.origin().ascii_serialization(),
            false => shown(of).trim_end_matches('/').to_owned(),
        };
        let name = self.name.clone();
        let read = tokio::task::spawn_blocking(move || well_known::read(&text, &name, &unnamed)).await;
        read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    async fn cards(&self, found: WellKnown, place: &Url, named: &Url) -> Result<(), ReceiverGone> {
        self.send(Found::Redacted(found.redacted)).await?;
        for problem in found.problems {
            self.send(Found::Problem(format!("{}: {problem}", shown(place)))).await?;
        }
        for entry in found.entries {
            let remote = entry.listing.remotes.first().and_then(|remote| Url::parse(&remote.url).ok());
            let trusted = remote.is_some_and(|remote| self.trust_of(&remote, named) == Trust::Operator);
            let recorded = entry.tools.map(|list| (shown(place), Recorded::List { list, digest: None }));
            let listing = Box::new(entry.listing);
            let job = Job {
                listing,
                recorded,
                named: false,
                trusted,
                changed: false,
                address: None,
                bundle: None,
                ticket: None,
            };
            self.send(Found::Server { job: Box::new(job), new: true }).await?;
        }
        Ok(())
    }
}
