//! One exchange of a conversation: a request with any method, headers and body in; status, headers and a body that is
//! read piece by piece out, whatever the status. Never follows a redirect unchecked, never takes headers that belong to
//! one origin to another, and stops at the caller's deadline however slowly the bytes drip.

use super::body::{ACCEPTED, Body};
use super::body_budget::BodyBudget;
use super::guard::{check_redirect, check_url, same_place};
use super::host::RequestOutcome;
use super::retry::retry_after;
use super::{Cause, Client, Encoding, Failure, Permit, Trust};
use mcpdex_model::{ExposeSecret, SecretString};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// The method of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Delete,
}

/// When a conversation ends, whatever its state.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: Instant,
    /// The time that the whole conversation was given, for messages.
    total: Duration,
}

impl Deadline {
    /// `total` from now.
    pub fn after(total: Duration) -> Self {
        Deadline { at: Instant::now() + total, total }
    }

    /// This deadline or `most` from now, whichever is sooner.
    pub fn within(self, most: Duration) -> Self {
        let sooner = Deadline::after(most);
        if sooner.at < self.at { sooner } else { self }
    }

    /// `left` from now, of a conversation that was given `total`.
    pub(super) fn with(left: Duration, total: Duration) -> Self {
        Deadline { at: Instant::now() + left, total }
    }

    /// The time that is left.
    pub(super) fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Waits for `work`.
    ///
    /// # Errors
    /// The deadline came first; the duration is what had been given.
    pub async fn limit<T>(self, work: impl Future<Output = T>) -> Result<T, Duration> {
        timeout_at(self.at, work).await.map_err(|_| self.total)
    }
}

/// One request of a conversation.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub verb: Verb,
    pub url: Url,
    pub trust: Trust,
    /// The `Accept` header.
    pub accept: &'static str,
    /// Headers that may go wherever the guard lets the request go.
    pub headers: Vec<(&'static str, String)>,
    /// Headers for the origin of `url` alone: credentials and session ids.
    pub bound: Vec<(String, SecretString)>,
    /// A JSON body.
    pub body: Option<String>,
    pub deadline: Deadline,
    /// What is done about `Content-Encoding`.
    pub encoding: Encoding,
    /// Bytes of the answer's body, counted after decompression.
    pub most: u64,
    /// Redirects that are followed; those that would turn a POST into a GET are not.
    pub redirects: u8,
}

/// An answer, its body still to be read.
pub struct Opened {
    pub status: u16,
    /// Where the answer came from, after redirects.
    pub url: Url,
    /// How far that place is trusted.
    pub trust: Trust,
    headers: HeaderMap,
    response: reqwest::Response,
    body: Body,
    ended: bool,
    deadline: Deadline,
    most: u64,
    read: u64,
    budget: BodyBudget,
    held: Option<OwnedSemaphorePermit>,
    /// When the request that was answered was sent.
    sent: Instant,
    /// The place in its host's queue, where it has one of its own.
    _permit: Option<Permit>,
}

/// The longest header value that is kept.
const MAX_KEPT: usize = 4 << 10;

impl Opened {
    /// A header's value, where it is visible ASCII of at most 4 KiB; several of one name are joined by commas.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        let joined = values.join(", ");
        (!values.is_empty() && joined.len() <= MAX_KEPT).then_some(joined)
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// The connection broke, the deadline passed, or the body is larger than was allowed.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let failed = |cause| Failure::new(&self.url, cause);
        if self.announced() as u64 > self.most {
            return Err(failed(Cause::TooLarge { what: "the answer", limit: self.most }));
        }
        let next = self.deadline.limit(self.response.chunk()).await;
        let chunk = next
            .map_err(|total| failed(Cause::Timeout(total)))?
            .map_err(|error| failed(Cause::of(error, self.deadline.total)))?;
        let piece = match &chunk {
            Some(chunk) if self.body.is_plain() => chunk.to_vec(),
            Some(chunk) => self.body.undo(chunk).map_err(failed)?,
            None => self.body.end().map_err(failed)?,
        };
        self.ended = chunk.is_none();
        self.read += piece.len() as u64;
        if self.read > self.most {
            return Err(failed(Cause::TooLarge { what: "the answer", limit: self.most }));
        }
        let room = self.budget.room(self.read, self.most, &mut self.held);
        self.deadline.limit(room).await.map_err(|total| failed(Cause::Timeout(total)))?;
        Ok(if self.ended && piece.is_empty() { None } else { Some(piece) })
    }

    /// The rest of the body.
    ///
    /// # Errors
    /// As for [`Opened::chunk`].
    pub async fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The length that the body is said to have, in bytes; 0 where nothing is said of what will be read.
    pub fn announced(&self) -> usize {
        if !self.body.is_plain() {
            return 0;
        }
        self.response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0)
    }

    /// The pause that `Retry-After` asks for.
    pub(super) fn asked_to_wait(&self) -> Option<Duration> {
        retry_after(self.headers.get(header::RETRY_AFTER)?.to_str().ok()?, jiff::Timestamp::now())
    }

    /// How the request went, as its status says.
    pub(super) fn outcome(&self) -> RequestOutcome {
        RequestOutcome::of_status(self.status, self.asked_to_wait())
    }

    /// The time since the request was sent.
    pub(super) fn age(&self) -> Duration {
        self.sent.elapsed()
    }

    /// Bytes of the body that were read so far.
    pub fn read(&self) -> u64 {
        self.read
    }
}

/// An exchange that failed, with what another attempt needs to know.
pub(super) struct FailedExchange {
    pub(super) failure: Failure,
    pub(super) at: Box<Url>,
    /// The pause that the server asked for.
    pub(super) asked_to_wait: Option<Duration>,
}

impl FailedExchange {
    pub(super) fn new(at: &Url, cause: Cause) -> Self {
        FailedExchange { failure: Failure::new(at, cause), at: Box::new(at.clone()), asked_to_wait: None }
    }
}

impl Client {
    /// Makes one exchange; every status is an answer. Takes no place in a queue: whoever holds a conversation takes one
    /// with [`Client::enter`] for the whole of it.
    ///
    /// # Errors
    /// The guard refused, nothing answered, or the deadline passed.
    pub async fn exchange(&self, asked: &Exchange) -> Result<Opened, Failure> {
        let opened = self.open(asked, &mut asked.deadline.clone(), false).await.map_err(|failed| failed.failure)?;
        self.limiter().note(&opened.url, opened.outcome(), opened.sent.elapsed());
        Ok(opened)
    }

    /// The request and the redirects after it, each checked by the guard. `queued`: each waits for a place of its own in
    /// its host's queue, which is not counted as time; the answer holds the last one. Notes how every request went but
    /// the last one that was answered, which its reader does when the body is read.
    pub(super) async fn open(
        &self,
        asked: &Exchange,
        deadline: &mut Deadline,
        queued: bool,
    ) -> Result<Opened, FailedExchange> {
        let (mut url, mut trust, mut at_home) = (asked.url.clone(), asked.trust, true);
        check_url(&url, trust, self.allow_private())
            .map_err(|refusal| FailedExchange::new(&url, Cause::Blocked(refusal)))?;
        for _ in 0..=asked.redirects {
            let failed = |cause| FailedExchange::new(&url, cause);
            let request = self.request(asked, &url, trust, at_home).map_err(failed)?;
            let permit = match queued {
                true => {
                    let left = deadline.left();
                    let permit = self.limiter().enter(&url).await;
                    *deadline = Deadline::with(left, deadline.total);
                    Some(permit)
                }
                false => None,
            };
            let sent = Instant::now();
            let answered = deadline.limit(request.send()).await.map_err(Cause::Timeout);
            let answered = answered.and_then(|answer| answer.map_err(|error| Cause::of(error, deadline.total)));
            let answered = answered.and_then(|response| match self.check_peer(trust, response.remote_addr()) {
                Ok(()) => Ok(response),
                Err(refusal) => Err(Cause::Blocked(refusal)),
            });
            let response = match answered {
                Ok(response) => response,
                Err(cause) => {
                    self.limiter().note(&url, RequestOutcome::of_cause(&cause), sent.elapsed());
                    return Err(failed(cause));
                }
            };
            let status = response.status().as_u16();
            let next = followed(asked.verb, status, response.headers(), &url);
            if !matches!(next, Ok(None)) {
                self.limiter().note(&url, RequestOutcome::of_status(status, None), sent.elapsed());
            }
            let Some(next) = next.map_err(failed)? else {
                let headers = response.headers().clone();
                let body = Body::new(&headers, asked.most, asked.encoding == Encoding::AsStored);
                let body = body.map_err(|cause| {
                    self.limiter().note(&url, RequestOutcome::of_cause(&cause), sent.elapsed());
                    failed(cause)
                })?;
                return Ok(Opened {
                    status,
                    url,
                    trust,
                    headers,
                    response,
                    body,
                    ended: false,
                    deadline: *deadline,
                    most: asked.most,
                    read: 0,
                    budget: self.budget().clone(),
                    held: None,
                    sent,
                    _permit: permit,
                });
            };
            trust = check_redirect(&url, &next, trust, self.allow_private())
                .map_err(|refusal| FailedExchange::new(&next, Cause::Blocked(refusal)))?;
            at_home &= same_place(&next, &url);
            url = next;
        }
        Err(FailedExchange::new(&url, Cause::Redirects(asked.redirects)))
    }

    fn request(
        &self,
        asked: &Exchange,
        url: &Url,
        trust: Trust,
        at_home: bool,
    ) -> Result<reqwest::RequestBuilder, Cause> {
        let library = self.library(trust);
        let mut request = match asked.verb {
            Verb::Get => library.get(url.clone()),
            Verb::Post => library.post(url.clone()),
            Verb::Delete => library.delete(url.clone()),
        };
        let accepted = match asked.encoding {
            Encoding::Decoded => ACCEPTED,
            Encoding::AsStored => HeaderValue::from_static("identity"),
        };
        request = request.header(header::ACCEPT, asked.accept).header(header::ACCEPT_ENCODING, accepted);
        for (name, value) in &asked.headers {
            request = request.header(*name, value);
        }
        for (name, secret) in asked.bound.iter().filter(|_| at_home) {
            let mut value = HeaderValue::from_str(secret.expose_secret())
                .map_err(|_| Cause::Unreadable(format!("the value given for `{name}` cannot stand in a header")))?;
            value.set_sensitive(true);
            let name = HeaderName::try_from(name)
                .map_err(|_| Cause::Unreadable(format!("`{name}` cannot be the name of a header")))?;
            request = request.header(name, value);
        }
        Ok(match &asked.body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.clone()),
            None => request,
        })
    }
}

/// Where an answer sends the request; `None`: it is the answer.
fn followed(verb: Verb, status: u16, headers: &HeaderMap, from: &Url) -> Result<Option<Url>, Cause> {
    let redirects = match status {
        301 | 302 | 307 | 308 => true,
        300 | 303 => verb == Verb::Get,
        _ => false,
    };
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).filter(|_| redirects);
    match location.map(|target| from.join(target)) {
        None => Ok(None),
        Some(Ok(next)) => Ok(Some(next)),
        Some(Err(error)) => Err(Cause::Unreadable(format!("the redirect cannot be followed: {error}"))),
    }
}
