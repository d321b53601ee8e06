//! Moves the bytes: one GET under limits, with our own redirects and retries.

use super::exchange::asked_to_wait;
use super::guard::{Resolver, check_address, check_redirect, check_url};
use super::lane::{HostRecord, Lanes, Pace, Place, Went};
use super::request::split_user_info;
use super::retry::{LONGEST_PAUSE, is_transient, pause};
use super::{Cause, Dial, Encoding, Failure, Fetched, Limits, Lookup, Refusal, Request, SystemLookup, Trust};
use crate::model::Secret;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

/// Header lines of one answer, and bytes of its head where the protocol counts them.
const MAX_HEADERS: usize = 100;
const MAX_HEAD_BYTES: u32 = 64 << 10;

/// How the client behaves towards everyone.
#[derive(Clone)]
pub struct Config {
    /// Added to the `User-Agent`, so that operators of registries can reach whoever crawls: a URL or mail address.
    pub contact: Option<String>,
    /// Lets untrusted addresses lead to private networks.
    pub allow_private: bool,
    /// Requests at one host at once.
    pub per_host: usize,
    /// Requests at once over all hosts.
    pub concurrency: usize,
    /// The least time between the starts of two requests at one host.
    pub interval: Duration,
    /// From the start of a request to an open connection.
    pub connect_timeout: Duration,
    /// Turns host names into addresses.
    pub lookup: Arc<dyn Lookup>,
    /// Where a resolved address that the guard let pass is really dialled: there, unless a test leads it to loopback.
    pub dial: Option<Dial>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            contact: None,
            allow_private: false,
            per_host: 4,
            concurrency: 16,
            interval: Duration::ZERO,
            connect_timeout: Duration::from_secs(10),
            lookup: Arc::new(SystemLookup),
            dial: None,
        }
    }
}

/// The client could not be set up; nothing can be fetched.
#[derive(Debug, thiserror::Error)]
#[error("setting up the HTTP client: {0}")]
pub struct SetupError(String);

/// The one HTTP client. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    /// For hosts that the operator configured: the system's proxies are honoured.
    operator: Pair,
    /// For everyone else: no proxy (it would resolve names behind the guard's back), guarded resolver.
    untrusted: Arc<Mutex<Strangers>>,
    allow_private: bool,
    /// The address that answers is not the one that was checked.
    diverted: bool,
    lanes: Lanes,
    large: Large,
}

/// Memory for large bodies, shared by all requests: however many giants answer at once, few are held at a time.
#[derive(Clone)]
pub(super) struct Large(Arc<Semaphore>);

/// A body beyond this size counts as large, in bytes.
const LARGE: u64 = 256 << 10;
/// MiB that large bodies may take together.
const LARGE_TOTAL: u32 = 96;

impl Large {
    fn new() -> Self {
        Large(Arc::new(Semaphore::new(LARGE_TOTAL as usize)))
    }

    /// Makes room for the rest of a body of which `read` bytes have come and that may have `most`; waits while others
    /// hold too much.
    pub(super) async fn room(&self, read: u64, most: u64, held: &mut Option<OwnedSemaphorePermit>) {
        if read <= LARGE || held.is_some() {
            return;
        }
        let wanted = u32::try_from(most >> 20).unwrap_or(u32::MAX).clamp(1, LARGE_TOTAL);
        // The semaphore is never closed.
        *held = self.0.clone().acquire_many_owned(wanted).await.ok();
    }
}

/// The library keeps the connections to every host for a while, which is a lot of memory for thousands that are asked
/// once. So the client for strangers is replaced now and then; the old one ends with its last request.
struct Strangers {
    pair: Pair,
    /// Requests that the present one was used for.
    used: usize,
    build: Box<dyn Fn() -> Result<Pair, SetupError> + Send>,
}

/// Requests after which the client for strangers is replaced.
const STRANGERS: usize = 1_024;

/// The library undoes `Content-Encoding` for a client as a whole, so there are two.
#[derive(Clone)]
struct Pair {
    decoded: reqwest::Client,
    as_stored: reqwest::Client,
}

impl Client {
    /// Sets up the client.
    ///
    /// # Errors
    /// The contact cannot stand in a header, or TLS cannot be set up.
    pub fn new(config: Config) -> Result<Client, SetupError> {
        // Whoever came first has installed the same provider; the error says no more than that.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let agent = user_agent(config.contact.as_deref())?;
        let allow_private = config.allow_private;
        let diverted = config.dial.is_some();
        let pace = Pace { per_host: config.per_host, all: config.concurrency, interval: config.interval };
        let lanes = Lanes::resolving(pace, config.lookup.clone());
        let build = move |trust: Trust, encoding: Encoding| {
            let guarded = trust == Trust::Untrusted && !config.allow_private;
            let decoded = encoding == Encoding::Decoded;
            let mut builder = reqwest::Client::builder()
                .user_agent(agent.clone())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .gzip(decoded)
                .brotli(decoded)
                .zstd(decoded)
                .connect_timeout(config.connect_timeout)
                .http1_max_headers(MAX_HEADERS)
                .http2_max_header_list_size(MAX_HEAD_BYTES)
                .pool_max_idle_per_host(config.per_host)
                .pool_idle_timeout(Duration::from_secs(20))
                .dns_resolver(Resolver { lookup: config.lookup.clone(), dial: config.dial.clone(), guarded });
            if trust == Trust::Untrusted {
                builder = builder.no_proxy();
            }
            builder.build().map_err(|error| SetupError(error.to_string()))
        };
        let pair = move |trust| {
            let (decoded, as_stored) = (build(trust, Encoding::Decoded)?, build(trust, Encoding::AsStored)?);
            Ok(Pair { decoded, as_stored })
        };
        let operator = pair(Trust::Operator)?;
        let build = Box::new(move || pair(Trust::Untrusted));
        let strangers = Strangers { pair: build()?, used: 0, build };
        Ok(Client {
            operator,
            untrusted: Arc::new(Mutex::new(strangers)),
            allow_private,
            diverted,
            lanes,
            large: Large::new(),
        })
    }

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
            self.lanes.hold(&failure.at, wait);
        }
    }

    /// Waits for a place in the lane of the URL's host, for a whole conversation of [`Client::exchange`].
    pub async fn enter(&self, url: &Url) -> Place {
        self.lanes.enter(url).await
    }

    pub(super) fn allow_private(&self) -> bool {
        self.allow_private
    }

    pub(super) fn library(&self, trust: Trust, encoding: Encoding) -> reqwest::Client {
        let of = |pair: &Pair| match encoding {
            Encoding::Decoded => pair.decoded.clone(),
            Encoding::AsStored => pair.as_stored.clone(),
        };
        match trust {
            Trust::Operator => of(&self.operator),
            Trust::Untrusted => {
                let mut strangers = self.untrusted.lock().unwrap_or_else(PoisonError::into_inner);
                strangers.used += 1;
                if strangers.used > STRANGERS
                    && let Ok(pair) = (strangers.build)()
                {
                    // What could be built once can be built again; where it cannot, the old one serves on.
                    strangers.pair = pair;
                    strangers.used = 0;
                }
                of(&strangers.pair)
            }
        }
    }

    pub(super) fn large(&self) -> &Large {
        &self.large
    }

    pub(super) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Whether the URL's host has asked for patience (429 or 503) since `then`.
    pub fn asked_for_patience(&self, url: &Url, then: Instant) -> bool {
        self.lanes.asked_for_patience(url, then)
    }

    /// The `count` hosts with the most requests that failed or were put off, and how many.
    pub fn failing(&self, count: usize) -> Vec<(String, u64)> {
        self.lanes.failing(count)
    }

    /// What is known of every host that was asked, by name.
    pub fn hosts(&self) -> BTreeMap<String, HostRecord> {
        self.lanes.records()
    }

    /// Checks the address that answered, the last of the guard's three looks.
    pub(super) fn check_peer(&self, trust: Trust, peer: Option<SocketAddr>) -> Result<(), Refusal> {
        match peer {
            Some(peer) if trust == Trust::Untrusted && !self.allow_private && !self.diverted => {
                check_address(peer.ip())
            }
            _ => Ok(()),
        }
    }

    /// One attempt: the request and the redirects after it.
    async fn follow(&self, request: &Request, left: &mut Duration) -> Result<Fetched, Failed> {
        let mut hop =
            Hop { url: request.url.clone(), trust: request.trust, authorization: request.authorization.clone() };
        check_url(&hop.url, hop.trust, self.allow_private).map_err(|refusal| hop.blocked(refusal))?;
        for _ in 0..=request.limits.redirects {
            let place = self.lanes.enter(&hop.url).await;
            let started = Instant::now();
            let answer = tokio::time::timeout(*left, self.hop(&hop, request)).await;
            *left = left.saturating_sub(started.elapsed());
            let went = match &answer {
                Ok(Ok(_)) => Went::Well,
                Ok(Err(failed)) => failed.went(),
                Err(_) => Went::Nowhere,
            };
            self.lanes.note(&hop.url, went, started.elapsed());
            if let Ok(Ok(Answer::Done(fetched))) = &answer {
                self.lanes.count_bytes(&hop.url, fetched.body.len() as u64);
            }
            drop(place);
            match answer {
                Err(_) => return Err(hop.failed(Cause::Timeout(request.limits.total))),
                Ok(Err(failed)) => return Err(failed),
                Ok(Ok(Answer::Done(fetched))) => return Ok(fetched),
                Ok(Ok(Answer::Elsewhere(next))) => {
                    let trust = check_redirect(&hop.url, &next, hop.trust, self.allow_private)
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
        let library = self.library(hop.trust, request.encoding);
        let builder = match request.encoding {
            Encoding::Decoded => library.get(hop.url.clone()),
            Encoding::AsStored => library.get(hop.url.clone()).header(header::ACCEPT_ENCODING, "identity"),
        };
        let mut builder = builder.header(header::ACCEPT, request.accept);
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
        let body = read_body(response, limits, &self.large).await.map_err(|cause| hop.failed(cause))?;
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
async fn read_body(mut response: reqwest::Response, limits: &Limits, large: &Large) -> Result<Vec<u8>, Cause> {
    let mut held = None;
    let too_large = Cause::TooLarge { what: "the answer", limit: limits.body };
    if response.content_length().is_some_and(|length| length > limits.body) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Cause::of(error, limits.total))? {
        if (body.len() + chunk.len()) as u64 > limits.body {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
        large.room(body.len() as u64, limits.body, &mut held).await;
    }
    Ok(body)
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

fn user_agent(contact: Option<&str>) -> Result<String, SetupError> {
    let agent = concat!("mcpdex/", env!("CARGO_PKG_VERSION"));
    match contact.map(str::trim).filter(|contact| !contact.is_empty()) {
        None => Ok(agent.to_owned()),
        Some(contact) if contact.chars().all(|c| matches!(c, ' '..='~') && !"()".contains(c)) => {
            Ok(format!("{agent} (+{contact})"))
        }
        Some(_) => Err(SetupError("the contact may hold printable ASCII without parentheses only".to_owned())),
    }
}
