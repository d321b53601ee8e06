//! Pages that list servers: fetched where their site's `robots.txt` allows it, handed to the reader of pages.

use super::sources::{ReceiverGone, Source};
use mcpdex_model::Outcome;
use mcpdex_net::{FetchLimits, Request, Trust, shown};
use mcpdex_source::{page, robots};
use url::Url;

impl Source<'_> {
    /// Fetches a page that lists servers, where the site allows it.
    pub(super) async fn list(&self, url: &Url) -> Result<(), ReceiverGone> {
        if let Some(why) = self.kept_out(url, Trust::Operator).await {
            return self.fail(Outcome::Blocked, why).await;
        }
        let mut request = Request::page(url.clone(), Trust::Operator, "text/html, text/markdown, text/plain");
        request.limits = FetchLimits { body: page::MAX_BYTES as u64, ..self.context.options.page };
        match self.context.client.get(request).await {
            Ok(fetched) => {
                // Another site may have another opinion of being read.
                if fetched.final_url.origin() != url.origin()
                    && let Some(why) = self.kept_out(&fetched.final_url, Trust::Untrusted).await
                {
                    return self.fail(Outcome::Blocked, why).await;
                }
                let text = String::from_utf8_lossy(&fetched.body).into_owned();
                let (name, base) = (self.name.clone(), fetched.final_url);
                let read = tokio::task::spawn_blocking(move || page::read(&text, Some(&base), &name)).await;
                match read {
                    Ok(Ok(listings)) => self.all(listings).await,
                    Ok(Err(why)) => self.fail(Outcome::Unreadable, format!("the page {why}")).await,
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
            }
            Err(failure) => self.fail(failure.outcome(), failure.to_string()).await,
        }
    }

    /// Why the page may not be read, as its site has it.
    async fn kept_out(&self, page: &Url, trust: Trust) -> Option<String> {
        let mut request = Request::page(robots::url_of(page)?, trust, "text/plain, */*;q=0.5");
        request.limits = FetchLimits { body: robots::MAX_BYTES, ..self.context.options.page };
        let answer = match self.context.client.get(request).await {
            Ok(fetched) => robots::Answer::Text(fetched.body),
            Err(failure) if failure.is_client_error() => robots::Answer::Missing,
            Err(_) => robots::Answer::Unreachable,
        };
        if robots::allows(&answer, page) {
            return None;
        }
        let detail = match answer {
            robots::Answer::Unreachable => "the site's robots.txt cannot be read, so no page of it is",
            _ => "the site's robots.txt does not allow it",
        };
        Some(format!("{}: {detail}", shown(page)))
    }
}
