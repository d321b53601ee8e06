//! Learns a server's tools by asking it: an address or a command in, a list of tools or the outcome of the attempt out.
//! Lists and never calls; never registers or logs in; never connects past the address guard; never runs a program that
//! the user did not ask for by `--run`, and then only in a sandbox.
//!
//! Built on the guarded client of [`net`](mcpdex_net), the one room beside `model` that this one imports: what a
//! conversation must not do is then decided in one place. The parsers know nothing of the network.
//!
//! - [`http`](mod@http) and [`legacy`] carry messages over HTTP, [`stdio`] to a program in the [`sandbox`].
//! - [`session`] is the conversation, the same over all of them; [`message`], [`pages`], [`scan`] (of the model) and [`sse`] read it.
//! - [`auth`] and [`card`] say what can be learnt of a server that keeps its list closed.
//!
//! ```no_run
//! use mcpdex_net::{Client, Config, Trust};
//! use mcpdex_probe::{Ask, ask};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Config::default())?;
//! let result = ask(&client, &Ask::new("https://kiln.example/mcp".parse()?, Trust::Untrusted)).await;
//! println!("{}: {} tools, {} notes", result.outcome, result.tools.len(), result.partial.len());
//! # Ok(())
//! # }
//! ```

mod auth;
mod auth_discovery;
mod card;
pub mod credentials;
mod http;
mod legacy;
mod message;
mod pages;
pub mod sandbox;
mod session;
mod sse;
pub mod stdio;

pub use auth::{Challenge, challenges};

use http::HttpTransport;
use legacy::SseTransport;
use mcpdex_model::{Outcome, ProbeResult, SecretString, Transport, scan};
use mcpdex_net::{Client, Deadline, Trust};
use session::{Modern, Session, SessionError, SessionTransport};
use std::time::Duration;
use url::Url;

/// A conversation that takes longer leaves its place among all hosts to another.
const SLOW: Duration = Duration::from_secs(1);

/// How much one server may take. Every number is a maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte sent to the last one read, every fallback and page included.
    pub total: Duration,
    /// Bytes read from the server, counted after decompression.
    pub bytes: u64,
}

impl Limits {
    /// For a server of which nothing is known.
    pub const DEFAULT: Limits = Limits { total: Duration::from_secs(30), bytes: 32 << 20 };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::DEFAULT
    }
}

/// One server to ask over HTTP.
#[derive(Debug, Clone)]
pub struct Ask {
    pub url: Url,
    /// How far the author of the URL is trusted.
    pub trust: Trust,
    /// The transport that the manifest names; the one to try first.
    pub transport: Option<Transport>,
    /// Headers that the user gave for this server, sent to its origin alone.
    pub headers: Vec<(String, SecretString)>,
    pub limits: Limits,
    /// Spend more requests on the server's name and revision, where the list did not bring them.
    pub introduce: bool,
}

impl Ask {
    /// A server at `url`, with nothing else known of it.
    pub fn new(url: Url, trust: Trust) -> Self {
        Ask { url, trust, transport: None, headers: Vec::new(), limits: Limits::default(), introduce: false }
    }
}

/// The outcome of a conversation that ended without a list.
fn stopped(stop: &SessionError, tried: Vec<String>) -> ProbeResult {
    let broke = matches!(stop, SessionError::Net(failure) if failure.cause.broke());
    ProbeResult { tried, broke, ..ProbeResult::without_list(stop.outcome(), stop.to_string()) }
}

/// The outcome of a conversation that ended with a list.
fn listed<W: SessionTransport>(session: Session<W>, transport: Transport, tried: Vec<String>) -> ProbeResult {
    let (pages, revision, server) = (session.pages.read, session.revision, session.server);
    let ttl = session.pages.ttl.map(Duration::from_millis);
    let (tools, partial) = session.pages.finish();
    ProbeResult {
        outcome: Outcome::Ok,
        detail: None,
        broke: false,
        transport: Some(transport),
        revision,
        server,
        tools,
        partial,
        pages,
        ttl,
        auth: None,
        card: None,
        tried,
    }
}

/// Asks one server over HTTP, in every way that the protocol has had; where the list stays closed, looks at what the
/// server says about getting in and at its cards.
///
/// Never fails as a function: what went wrong is the outcome.
pub async fn ask(client: &Client, ask: &Ask) -> ProbeResult {
    let mut place = client.enter(&ask.url).await;
    let client = &client.for_conversation();
    let deadline = Deadline::after(ask.limits.total);
    let mut tried = Vec::new();
    let result = {
        let mut session = std::pin::pin!(converse(client, ask, deadline, &mut tried));
        match tokio::time::timeout(SLOW, &mut session).await {
            Ok(result) => result,
            Err(_) => {
                place.release_global();
                session.await
            }
        }
    };
    drop(place);
    match result {
        Ok(result) => result,
        Err(stop) => {
            let mut result = stopped(&stop, tried);
            auth_discovery::look(client, ask, &stop, &mut result).await;
            result
        }
    }
}

/// The ways of asking, in order. Gives the first list, else the failure that says most.
async fn converse(
    client: &Client,
    ask: &Ask,
    deadline: Deadline,
    tried: &mut Vec<String>,
) -> Result<ProbeResult, SessionError> {
    if ask.transport == Some(Transport::Sse) {
        match over_sse(HttpTransport::new(client, ask, deadline)).await {
            Ok(session) => return Ok(listed(session, Transport::Sse, std::mem::take(tried))),
            Err(stop) if stop.may_speak_otherwise() => tried.push(format!("event stream: {stop}")),
            Err(stop) => return Err(stop),
        }
    }
    let mut session = Session::new(HttpTransport::new(client, ask, deadline));
    let (offer, because) = match session.modern().await? {
        Modern::Listed => {
            if ask.introduce {
                session.introduce().await;
                session.transport.goodbye().await;
            }
            return Ok(listed(session, Transport::StreamableHttp, std::mem::take(tried)));
        }
        Modern::Handshake { offer, because } => (offer, because),
    };
    tried.push(format!("without handshake: {because}"));
    let result = session.handshake_and_list(offer).await;
    session.transport.goodbye().await;
    let stop = match result {
        Ok(()) => return Ok(listed(session, Transport::StreamableHttp, std::mem::take(tried))),
        Err(stop) => stop,
    };
    // Only a server that does not take the first message may be one of the oldest revision.
    let oldest = matches!(stop, SessionError::Status { status: 400..=499, .. }) && stop.may_speak_otherwise();
    if !oldest || session.revision.is_some() || ask.transport == Some(Transport::Sse) {
        return Err(stop);
    }
    match over_sse(HttpTransport::new(client, ask, deadline)).await {
        Ok(session) => {
            tried.push(format!("handshake: {stop}"));
            Ok(listed(session, Transport::Sse, std::mem::take(tried)))
        }
        // That there is no stream either says less than what the handshake was answered with.
        Err(SessionError::Status { status, .. }) if !matches!(status, 401 | 403) => Err(stop),
        Err(other) => {
            tried.push(format!("handshake: {stop}"));
            Err(other)
        }
    }
}

async fn over_sse(http: HttpTransport<'_>) -> Result<Session<SseTransport<'_>>, SessionError> {
    let mut session = Session::new(SseTransport::open(http).await?);
    session.handshake_and_list(message::HANDSHAKE[message::HANDSHAKE.len() - 1]).await?;
    Ok(session)
}
