//! Moves the bytes: one GET under limits, with our own redirects and retries.

use super::body::{ACCEPTED, Body};
use super::exchange::asked_to_wait;
use super::guard::{check_redirect, check_url};
use super::host::Went;
use super::large::Large;
use super::request::split_user_info;
use super::retry::{LONGEST_PAUSE, is_transient, pause};
use super::{Cause, Client, Encoding, Failure, Fetched, Limits, Refusal, Request, Trust};
use mcpdex_model::Secret;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

impl Client {
    /// Fetches with GET: waits for the host's lane, follows redirects that the guard lets pass, tries again what
    /// failed in passing.
    ///
    /// # Errors
    /// Everything that is not a success status with a whole body within the limits.
    pub async fn get(&self, request: Request) -> Result<Fetched, Failure> {
        let mut request = request;
        take_user_info(&mut request);
        let mut left = request.limits.total;
        let mut attempt = 0;
        loop {
            let failure = match self.follow(&request, &mut left).await {
                Ok(fetched) => return Ok(fetched),
                Err(failed) => failed,
            };
            attempt += 1;
            if attempt > request.limits.retries || !is_transient(&failure.failure.cause) {
                return Err(failure.failure);
            }
            let wait = failure.asked_to_wait.unwrap_or(Duration::ZERO).max(pause(attempt));
            if wait > LONGEST_PAUSE || wait >= left {
                let Failed { failure, asked_to_wait, .. } = failure;
                return Err(match (&failure.cause, asked_to_wait) {
                    (Cause::Status { status, .. }, Some(wait)) => {
                        Failure { cause: Cause::Busy { status: *status, wait }, ..failure }
                    }
                    _ => failure,
                });
            }
            left -= wait;
            // The note of the failure has closed the lane already, perhaps for less.
            self.lanes().hold(&failure.at, wait);
        }
    }

    /// One attempt: the request and the redirects after it.
    async fn follow(&self, request: &Request, left: &mut Duration) -> Result<Fetched, Failed> {
        let mut hop =
            Hop { url: request.url.clone(), trust: request.trust, authorization: request.authorization.clone() };
        check_url(&hop.url, hop.trust, self.allow_private()).map_err(|refusal| hop.blocked(refusal))?;
        for _ in 0..=request.limits.redirects {
            let place = self.lanes().enter(&hop.url).await;
            let started = Instant::now();
            let answer = tokio::time::timeout(*left, self.hop(&hop, request)).await;
            *left = left.saturating_sub(started.elapsed());
            let went = match &answer {
                Ok(Ok(_)) => Went::Well,
                Ok(Err(failed)) => failed.went(),
                Err(_) => Went::Nowhere,
            };
            self.lanes().note(&hop.url, went, started.elapsed());
            if let Ok(Ok(Answer::Done(fetched))) = &answer {
                self.lanes().count_bytes(&hop.url, fetched.body.len() as u64);
            }
            drop(place);
            match answer {
                Err(_) => return Err(hop.failed(Cause::Timeout(request.limits.total))),
                Ok(Err(failed)) => return Err(failed),
                Ok(Ok(Answer::Done(fetched))) => return Ok(fetched),
                Ok(Ok(Answer::Elsewhere(next))) => {
                    let trust = check_redirect(&hop.url, &next, hop.trust, self.allow_private())
                        .map_err(|refusal| Failed::new(&next, Cause::Blocked(refusal)))?;
                    // Trust is kept on the same host and port alone; credentials go no further than that.
                    let stays = next.host_str() == hop.url.host_str()
                        && next.port_or_known_default() == hop.url.port_or_known_default();
                    let authorization = hop.authorization.filter(|_| stays);
                    hop = Hop { url: next, trust, authorization };
                }
            }
        }
        Err(hop.failed(Cause::Redirects(request.limits.redirects)))
    }

    /// One request and its answer.
    async fn hop(&self, hop: &Hop, request: &Request) -> Result<Answer, Failed> {
        let accepted = match request.encoding {
            Encoding::Decoded => ACCEPTED,
            Encoding::AsStored => HeaderValue::from_static("identity"),
        };
        let mut builder = self.library(hop.trust).get(hop.url.clone()).header(header::ACCEPT_ENCODING, accepted);
        builder = builder.header(header::ACCEPT, request.accept);
        if let Some(known) = &request.known {
            for (name, value) in
                [(header::IF_NONE_MATCH, &known.etag), (header::IF_MODIFIED_SINCE, &known.last_modified)]
            {
                if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                    builder = builder.header(name, value);
                }
            }
        }
        if let Some(secret) = &hop.authorization {
            let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| {
                hop.failed(Cause::Unreadable("the configured credentials cannot stand in a header".into()))
            })?;
            value.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, value);
        }
        let limits = &request.limits;
        let response = builder.send().await.map_err(|error| hop.failed(Cause::of(error, limits.total)))?;
        self.check_peer(hop.trust, response.remote_addr()).map_err(|refusal| hop.blocked(refusal))?;
        let status = response.status();
        if status == reqwest::StatusCode::NOT_MODIFIED && request.known.is_some() {
            return Ok(Answer::Done(Fetched {
                status: status.as_u16(),
                content_type: None,
                etag: None,
                last_modified: None,
                final_url: hop.url.clone(),
                body: Vec::new(),
            }));
        }
        if status.is_redirection() {
            return hop.redirected(&response).map(Answer::Elsewhere);
        }
        if !status.is_success() {
            return Err(hop.refused(&response));
        }
        let headers = response.headers().clone();
        let stored = request.encoding == Encoding::AsStored;
        let body = read_body(response, limits, stored, self.large()).await.map_err(|cause| hop.failed(cause))?;
        Ok(Answer::Done(Fetched {
            status: status.as_u16(),
            content_type: text(&headers, &header::CONTENT_TYPE),
            etag: text(&headers, &header::ETAG),
            last_modified: text(&headers, &header::LAST_MODIFIED),
            final_url: hop.url.clone(),
            body,
        }))
    }
}

/// Where one request goes.
struct Hop {
    url: Url,
    trust: Trust,
    authorization: Option<Secret>,
}

enum Answer {
    Done(Fetched),
    Elsewhere(Url),
}

/// A failed attempt, with what its retry needs to know.
struct Failed {
    failure: Failure,
    at: Box<Url>,
    asked_to_wait: Option<Duration>,
}

impl Failed {
    fn new(at: &Url, cause: Cause) -> Self {
        Failed { failure: Failure::new(at, cause), at: Box::new(at.clone()), asked_to_wait: None }
    }

    fn went(&self) -> Went {
        match &self.failure.cause {
            Cause::Status { status, .. } => Went::of_status(*status, self.asked_to_wait),
            cause => Went::of_cause(cause),
        }
    }
}

impl Hop {
    fn failed(&self, cause: Cause) -> Failed {
        Failed::new(&self.url, cause)
    }

    fn blocked(&self, refusal: Refusal) -> Failed {
        self.failed(Cause::Blocked(refusal))
    }

    fn redirected(&self, response: &reqwest::Response) -> Result<Url, Failed> {
        let status = response.status().as_u16();
        let target = text(response.headers(), &header::LOCATION)
            .ok_or_else(|| self.failed(Cause::Status { status, challenge: None }))?;
        self.url
            .join(&target)
            .map_err(|error| self.failed(Cause::Unreadable(format!("the redirect cannot be followed: {error}"))))
    }

    fn refused(&self, response: &reqwest::Response) -> Failed {
        let status = response.status().as_u16();
        let challenge = text(response.headers(), &header::WWW_AUTHENTICATE);
        let asked_to_wait = asked_to_wait(response.headers());
        Failed { asked_to_wait, ..self.failed(Cause::Status { status, challenge }) }
    }
}

/// Reads a body, counting what comes out of decompression.
async fn read_body(
    mut response: reqwest::Response,
    limits: &Limits,
    stored: bool,
    large: &Large,
) -> Result<Vec<u8>, Cause> {
    let mut held = None;
    let too_large = Cause::TooLarge { what: "the answer", limit: limits.body };
    let mut coded = Body::new(response.headers(), limits.body, stored)?;
    if coded.is_plain() && response.content_length().is_some_and(|length| length > limits.body) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|error| Cause::of(error, limits.total))?;
        let last = chunk.is_none();
        let piece = match &chunk {
            Some(chunk) if coded.is_plain() => {
                if (body.len() + chunk.len()) as u64 > limits.body {
                    return Err(too_large);
                }
                body.extend_from_slice(chunk);
                Vec::new()
            }
            Some(chunk) => coded.undo(chunk)?,
            None => coded.end()?,
        };
        body.extend_from_slice(&piece);
        if last {
            return Ok(body);
        }
        large.room(body.len() as u64, limits.body, &mut held).await;
    }
}

/// The longest header value that is kept.
const MAX_KEPT: usize = 4 << 10;

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= MAX_KEPT).then(|| value.to_owned())
}

/// Moves a user name and password from the URL of an operator into the `Authorization` header.
fn take_user_info(request: &mut Request) {
    if request.trust == Trust::Operator
        && let Some(basic) = split_user_info(&mut request.url)
    {
        request.authorization.get_or_insert(basic);
    }
}
