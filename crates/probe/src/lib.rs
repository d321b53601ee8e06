//! Learns a server's tools by asking it: an address or a command in, a list of tools or the outcome of the attempt out.
//! Lists and never calls; never registers or logs in; never connects past the address guard; never runs a program that
//! the user did not ask for by `--run`, and then only in a sandbox.
//!
//! Built on the guarded client of [`net`](mcpdex_net), the one room beside `model` that this one imports: what a
//! conversation must not do is then decided in one place. The parsers know nothing of the network.
//!
//! - [`http`](mod@http) and [`legacy`] carry messages over HTTP, [`stdio`] to a program in the [`sandbox`].
//! - [`talk`] is the conversation, the same over all of them; [`message`], [`pages`], [`scan`] (of the model) and [`sse`] read it.
//! - [`auth`] and [`card`] say what can be learnt of a server that keeps its list closed.

mod auth;
mod card;
mod closed;
pub mod credentials;
mod http;
mod legacy;
mod message;
mod pages;
pub mod sandbox;
mod sse;
pub mod stdio;
mod talk;

use http::HttpWire;
use legacy::SseWire;
use mcpdex_model::{Heard, Outcome, Secret, Transport, scan};
use mcpdex_net::{Client, Deadline, Trust};
use std::time::Duration;
use talk::{Modern, Stop, Talk, Wire};
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

impl Default for Limits {
    fn default() -> Self {
        Limits { total: Duration::from_secs(30), bytes: 32 << 20 }
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
    pub headers: Vec<(String, Secret)>,
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
fn stopped(stop: &Stop, tried: Vec<String>) -> Heard {
    Heard { tried, ..Heard::without_list(stop.outcome(), stop.to_string()) }
}

/// The outcome of a conversation that ended with a list.
fn listed<W: Wire>(talk: Talk<W>, transport: Transport, tried: Vec<String>) -> Heard {
    let (pages, revision, server) = (talk.pages.read, talk.revision, talk.server);
    let (tools, partial) = talk.pages.finish();
    Heard {
        outcome: Outcome::Ok,
        detail: None,
        transport: Some(transport),
        revision,
        server,
        tools,
        partial,
        pages,
        auth: None,
        card: None,
        tried,
    }
}

/// Asks one server over HTTP, in every way that the protocol has had; where the list stays closed, looks at what the
/// server says about getting in and at its cards.
///
/// Never fails as a function: what went wrong is the outcome.
pub async fn ask(client: &Client, ask: &Ask) -> Heard {
    let mut place = client.enter(&ask.url).await;
    let client = &client.for_conversation();
    let deadline = Deadline::after(ask.limits.total);
    let mut tried = Vec::new();
    let result = {
        let mut talk = std::pin::pin!(converse(client, ask, deadline, &mut tried));
        match tokio::time::timeout(SLOW, &mut talk).await {
            Ok(result) => result,
            Err(_) => {
                place.step_aside();
                talk.await
            }
        }
    };
    drop(place);
    match result {
        Ok(heard) => heard,
        Err(stop) => {
            let mut heard = stopped(&stop, tried);
            closed::look(client, ask, &stop, &mut heard).await;
            heard
        }
    }
}

/// The ways of asking, in order. Gives the first list, else the failure that says most.
async fn converse(client: &Client, ask: &Ask, deadline: Deadline, tried: &mut Vec<String>) -> Result<Heard, Stop> {
    if ask.transport == Some(Transport::Sse) {
        match over_sse(HttpWire::new(client, ask, deadline)).await {
            Ok(talk) => return Ok(listed(talk, Transport::Sse, std::mem::take(tried))),
            Err(stop) if stop.may_speak_otherwise() => tried.push(format!("event stream: {stop}")),
            Err(stop) => return Err(stop),
        }
    }
    let mut talk = Talk::new(HttpWire::new(client, ask, deadline));
    let (offer, because) = match talk.modern().await? {
        Modern::Listed => {
            if ask.introduce {
                talk.introduce().await;
                talk.wire.goodbye().await;
            }
            return Ok(listed(talk, Transport::StreamableHttp, std::mem::take(tried)));
        }
        Modern::Handshake { offer, because } => (offer, because),
    };
    tried.push(format!("without handshake: {because}"));
    let result = talk.handshake_and_list(offer).await;
    talk.wire.goodbye().await;
    let stop = match result {
        Ok(()) => return Ok(listed(talk, Transport::StreamableHttp, std::mem::take(tried))),
        Err(stop) => stop,
    };
    // Only a server that does not take the first message may be one of the oldest revision.
    let oldest = matches!(stop, Stop::Status { status: 400..=499, .. }) && stop.may_speak_otherwise();
    if !oldest || talk.revision.is_some() || ask.transport == Some(Transport::Sse) {
        return Err(stop);
    }
    match over_sse(HttpWire::new(client, ask, deadline)).await {
        Ok(talk) => {
            tried.push(format!("handshake: {stop}"));
            Ok(listed(talk, Transport::Sse, std::mem::take(tried)))
        }
        // That there is no stream either says less than what the handshake was answered with.
        Err(Stop::Status { status, .. }) if !matches!(status, 401 | 403) => Err(stop),
        Err(other) => {
            tried.push(format!("handshake: {stop}"));
            Err(other)
        }
    }
}

async fn over_sse(http: HttpWire<'_>) -> Result<Talk<SseWire<'_>>, Stop> {
    let mut talk = Talk::new(SseWire::open(http).await?);
    talk.handshake_and_list(message::HANDSHAKE[message::HANDSHAKE.len() - 1]).await?;
    Ok(talk)
}
