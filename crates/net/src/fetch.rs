//! Fetches: one GET under limits, as exchanges that are tried again where they failed in passing.

use super::exchange::{Deadline, FailedExchange};
use super::host::RequestOutcome;
use super::request::split_user_info;
use super::retry::{LONGEST_PAUSE, is_transient, pause};
use super::{Cause, Client, Exchange, Failure, FetchedBody, Request, Trust, Verb};
use std::time::Duration;

impl Client {
    /// Fetches with GET: waits for the host's queue, follows redirects that the guard lets pass, tries again what
    /// failed in passing.
    ///
    /// # Errors
    /// Everything that is not a success status with a whole body within the limits.
    pub async fn get(&self, request: Request) -> Result<FetchedBody, Failure> {
        let (limits, may_hold) = (request.limits, request.known.is_some());
        let exchange = exchange(request);
        let mut left = limits.total;
        let mut attempt = 0;
        loop {
            let mut deadline = Deadline::with(left, limits.total);
            let failed = match self.fetch(&exchange, &mut deadline, may_hold).await {
                Ok(fetched) => return Ok(fetched),
                Err(failed) => failed,
            };
            left = deadline.left();
            attempt += 1;
            if attempt > limits.retries || !is_transient(&failed.failure.cause) {
                return Err(failed.failure);
            }
            let wait = failed.asked_to_wait.unwrap_or(Duration::ZERO).max(pause(attempt));
            if wait > LONGEST_PAUSE || wait >= left {
                let FailedExchange { failure, asked_to_wait, .. } = failed;
                return Err(match (&failure.cause, asked_to_wait) {
                    (Cause::Status { status, .. }, Some(wait)) => {
                        Failure { cause: Cause::Busy { status: *status, wait }, ..failure }
                    }
                    _ => failure,
                });
            }
            left -= wait;
            // The note of the failure has closed the queue already, perhaps for less.
            self.limiter().hold(&failed.at, wait);
        }
    }

    /// One attempt. `may_hold`: the server may say that what is known still holds.
    async fn fetch(
        &self,
        exchange: &Exchange,
        deadline: &mut Deadline,
        may_hold: bool,
    ) -> Result<FetchedBody, FailedExchange> {
        let mut opened = self.open(exchange, deadline, true).await?;
        let url = opened.url.clone();
        let holds = may_hold && opened.status == 304;
        if !holds && !(200..300).contains(&opened.status) {
            self.limiter().note(&url, opened.outcome(), opened.age());
            let cause = Cause::Status { status: opened.status, challenge: opened.header("www-authenticate") };
            return Err(FailedExchange { asked_to_wait: opened.asked_to_wait(), ..FailedExchange::new(&url, cause) });
        }
        let read = if holds { Ok(Vec::new()) } else { opened.bytes().await };
        let outcome = match &read {
            Ok(_) => RequestOutcome::Well,
            Err(failure) => RequestOutcome::of_cause(&failure.cause),
        };
        self.limiter().note(&url, outcome, opened.age());
        let body = read.map_err(|failure| FailedExchange::new(&url, failure.cause))?;
        self.limiter().count_bytes(&url, body.len() as u64);
        let text = |name: &str| opened.header(name).filter(|_| !holds);
        Ok(FetchedBody {
            status: opened.status,
            content_type: text("content-type"),
            etag: text("etag"),
            last_modified: text("last-modified"),
            final_url: url,
            body,
        })
    }
}

/// A request as an exchange. The user name and password in the URL of an operator become its `Authorization` header.
fn exchange(request: Request) -> Exchange {
    let Request { mut url, trust, accept, limits, encoding, mut authorization, known } = request;
    if trust == Trust::Operator
        && let Some(basic) = split_user_info(&mut url)
    {
        authorization.get_or_insert(basic);
    }
    let known = known.unwrap_or_default();
    let known = [("if-none-match", known.etag), ("if-modified-since", known.last_modified)];
    let is_header = |value: &String| reqwest::header::HeaderValue::from_str(value).is_ok();
    Exchange {
        verb: Verb::Get,
        url,
        trust,
        accept,
        headers: known.into_iter().filter_map(|(name, value)| Some((name, value.filter(is_header)?))).collect(),
        bound: authorization.into_iter().map(|secret| ("authorization".to_owned(), secret)).collect(),
        body: None,
        deadline: Deadline::after(limits.total),
        encoding,
        most: limits.body,
        redirects: limits.redirects,
    }
}
