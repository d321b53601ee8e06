//! HTTP with server-sent events, the transport of 2024-11-05: messages go out by POST to an address that the server
//! names on a stream, answers come in on the stream. The named address must be of the stream's own origin.

use super::http::{HttpTransport, answer_in, is_event_stream, whole};
use super::message::{self, Message, Method};
use super::session::{Answer, SessionError, SessionTransport};
use super::sse::{Event, Reader};
use mcpdex_model::Outcome;
use mcpdex_net::{Opened, Trust, Verb};
use std::collections::VecDeque;
use url::Url;

/// The longest answer to a POST, in bytes; the real answers come on the stream.
const MAX_RECEIPT: u64 = 1 << 20;

/// A conversation over a stream and POSTs.
pub(super) struct SseTransport<'a> {
    http: HttpTransport<'a>,
    stream: Opened,
    reader: Reader,
    waiting: VecDeque<Event>,
    endpoint: Url,
    trust: Trust,
}

impl<'a> SseTransport<'a> {
    /// Opens the stream and waits for the address to post to.
    pub(super) async fn open(http: HttpTransport<'a>) -> Result<Self, SessionError> {
        let mut stream = http.client.exchange(&http.exchange(Verb::Get, "text/event-stream", None)).await?;
        if stream.status != 200 || !is_event_stream(&stream) {
            let challenge = stream.header("www-authenticate");
            // Only a hint for people: what came instead of a stream.
            let said = match stream.header("content-type") {
                Some(kind) => {
                    format!("`{}` where an event stream was asked for", kind.chars().take(60).collect::<String>())
                }
                None => String::new(),
            };
            let _ = whole(&mut stream, MAX_RECEIPT).await;
            return Err(SessionError::Status { status: stream.status, challenge, said });
        }
        let (url, trust) = (stream.url.clone(), stream.trust);
        let (reader, waiting) = (Reader::default(), VecDeque::new());
        let mut transport = SseTransport { http, stream, reader, waiting, endpoint: url.clone(), trust };
        loop {
            let event = transport.next_event().await?;
            if event.name != "endpoint" {
                continue;
            }
            let endpoint = url.join(event.data.trim()).map_err(|error| {
                SessionError::Other(
                    Outcome::Unreadable,
                    format!("the stream names an address that cannot be read: {error}"),
                )
            })?;
            if endpoint.origin() != url.origin() {
                let text = format!("the stream names an address of another origin: {}", mcpdex_net::shown(&endpoint));
                return Err(SessionError::Other(Outcome::Blocked, text));
            }
            transport.endpoint = endpoint;
            return Ok(transport);
        }
    }

    async fn next_event(&mut self) -> Result<Event, SessionError> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(event);
            }
            let Some(chunk) = self.stream.chunk().await? else {
                return Err(SessionError::Other(
                    Outcome::Unreachable,
                    "the event stream ended before the answer".to_owned(),
                ));
            };
            let events = self.reader.push(chunk.as_ref());
            self.waiting.extend(events.map_err(|excess| SessionError::Other(Outcome::TooLarge, excess.to_string()))?);
        }
    }

    /// Posts a message; gives the text of the receipt, which some servers put the answer into.
    async fn post(&mut self, body: &str) -> Result<String, SessionError> {
        let mut exchange = self.http.exchange(Verb::Post, "application/json", Some(body.to_owned()));
        (exchange.url, exchange.trust, exchange.redirects) = (self.endpoint.clone(), self.trust, 0);
        exchange.most = MAX_RECEIPT;
        let mut opened = self.http.client.exchange(&exchange).await?;
        let text = whole(&mut opened, MAX_RECEIPT).await?;
        match opened.status {
            200..=299 => Ok(text),
            status => {
                let challenge = opened.header("www-authenticate");
                Err(SessionError::Status { status, challenge, said: super::pages::excerpt(text.trim()) })
            }
        }
    }
}

impl SessionTransport for SseTransport<'_> {
    async fn ask(&mut self, _method: Method, id: u64, body: String) -> Result<Answer, SessionError> {
        let receipt = self.post(&body).await?;
        if let Some(answer) = answer_in(&receipt, id) {
            return Ok(answer);
        }
        loop {
            let event = self.next_event().await?;
            if let Some(answer) = answer_in(&event.data, id) {
                return Ok(answer);
            }
            for message in message::messages(&event.data) {
                if let Message::Request { id, method } = message {
                    let refusal = message::refusal(id, &method);
                    self.post(&refusal).await?;
                }
            }
        }
    }

    async fn tell(&mut self, body: &str) -> Result<(), SessionError> {
        self.post(body).await.map(drop)
    }

    fn agree(&mut self, _revision: &str, _modern: bool) {}

    fn forget(&mut self) -> bool {
        false
    }
}
