//! Streamable HTTP: a message in, one POST and the answer to it out, whether it comes as JSON or as an event stream.
//! Reads the body of every status before believing the status, and sends credentials to the server's own origin alone.

use super::message::{self, Method};
use super::session::{Answer, SessionError, SessionTransport};
use super::sse::Reader;
use super::{Ask, pages};
use mcpdex_model::{Outcome, SecretString};
use mcpdex_net::{Client, Deadline, Encoding, Exchange, Opened, Trust, Verb};
use std::time::Duration;
use url::Url;

const ACCEPT: &str = "application/json, text/event-stream";

/// The longest body of one answer that is no event stream, in bytes.
const MAX_BODY: u64 = 8 << 20;

/// What is set aside at once, at most, for a body that announces its length, in bytes.
const FIRST_ROOM: usize = 64 << 10;

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// A conversation over Streamable HTTP.
pub(super) struct HttpTransport<'a> {
    pub(super) client: &'a Client,
    pub(super) ask: &'a Ask,
    pub(super) deadline: Deadline,
    /// Where messages go: the address asked for, or where it redirected to.
    pub(super) url: Url,
    pub(super) trust: Trust,
    /// Bytes that the whole conversation may still read.
    pub(super) left: u64,
    session: Option<String>,
    revision: Option<String>,
    modern: bool,
}

impl<'a> HttpTransport<'a> {
    pub(super) fn new(client: &'a Client, ask: &'a Ask, deadline: Deadline) -> Self {
        let (url, trust, left) = (ask.url.clone(), ask.trust, ask.limits.bytes);
        HttpTransport { client, ask, deadline, url, trust, left, session: None, revision: None, modern: false }
    }

    /// A request of this conversation, without what only some of them carry.
    pub(super) fn exchange(&self, verb: Verb, accept: &'static str, body: Option<String>) -> Exchange {
        let at_home = self.url.origin() == self.ask.url.origin();
        Exchange {
            verb,
            url: self.url.clone(),
            trust: self.trust,
            accept,
            headers: Vec::new(),
            bound: if at_home { self.ask.headers.clone() } else { Vec::new() },
            body,
            deadline: self.deadline,
            encoding: Encoding::Decoded,
            most: self.left,
            redirects: 3,
        }
    }

    async fn post(&mut self, method: Option<Method>, body: String) -> Result<Opened, SessionError> {
        let mut exchange = self.exchange(Verb::Post, ACCEPT, Some(body));
        if let Some(revision) = &self.revision {
            exchange.headers.push(("mcp-protocol-version", revision.clone()));
        }
        if let (true, Some(method)) = (self.modern, method) {
            exchange.headers.push(("mcp-method", method.as_str().to_owned()));
        }
        if let Some(session) = &self.session {
            exchange.bound.push(("mcp-session-id".to_owned(), SecretString::from(session.clone())));
        }
        let opened = self.client.exchange(&exchange).await?;
        if opened.url != self.url {
            (self.url, self.trust) = (opened.url.clone(), opened.trust);
        }
        Ok(opened)
    }

    /// Ends the session, where there is one. Whether the server cares makes no difference.
    pub(super) async fn goodbye(&mut self) {
        let Some(session) = self.session.take() else { return };
        let mut exchange = self.exchange(Verb::Delete, ACCEPT, None);
        exchange.headers.extend(self.revision.clone().map(|revision| ("mcp-protocol-version", revision)));
        exchange.bound.push(("mcp-session-id".to_owned(), SecretString::from(session)));
        exchange.deadline = self.deadline.within(GOODBYE);
        let _ = self.client.exchange(&exchange).await;
    }
}

impl SessionTransport for HttpTransport<'_> {
    async fn ask(&mut self, method: Method, id: u64, body: String) -> Result<Answer, SessionError> {
        let mut opened = self.post(Some(method), body).await?;
        if method == Method::Initialize {
            // Sent back as it came; what is no visible ASCII is no session id.
            self.session = opened.header("mcp-session-id").filter(|id| id.bytes().all(|b| (0x21..=0x7e).contains(&b)));
        }
        let challenge = opened.header("www-authenticate");
        let streamed = is_event_stream(&opened);
        let text = match streamed {
            true => first_answer(&mut opened, id).await,
            false => whole(&mut opened, self.left.min(MAX_BODY)).await,
        };
        self.left = self.left.saturating_sub(opened.read());
        let text = text?;
        let status = opened.status;
        if !matches!(status, 401 | 407)
            && let Some(answer) = answer_in(&text, id)
        {
            return Ok(answer);
        }
        let said = if text.trim().is_empty() { String::new() } else { pages::excerpt(text.trim()) };
        Err(SessionError::Status { status, challenge, said })
    }

    async fn tell(&mut self, body: &str) -> Result<(), SessionError> {
        let opened = self.post(None, body.to_owned()).await?;
        match opened.status {
            401 | 407 => {
                let challenge = opened.header("www-authenticate");
                Err(SessionError::Status { status: opened.status, challenge, said: String::new() })
            }
            // Servers are free to dislike the notification: the list will tell.
            _ => Ok(()),
        }
    }

    fn agree(&mut self, revision: &str, modern: bool) {
        (self.revision, self.modern) = (Some(revision.to_owned()), modern);
    }

    fn forget(&mut self) -> bool {
        (self.revision, self.modern) = (None, false);
        self.session.take().is_some()
    }
}

pub(super) fn is_event_stream(opened: &Opened) -> bool {
    opened
        .header("content-type")
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

/// The answer to the request `id` among the messages of a text.
pub(super) fn answer_in(text: &str, id: u64) -> Option<Answer> {
    let found = message::messages(text).into_iter().find(|message| message.answers(id))?;
    match found {
        message::Message::Result { result, .. } => Some(Ok(result.to_owned())),
        message::Message::Error { error, .. } => Some(Err(error)),
        _ => None,
    }
}

/// The whole body as text. Bytes that are no UTF-8 are replaced: a tool that holds them will say so.
pub(super) async fn whole(opened: &mut Opened, most: u64) -> Result<String, SessionError> {
    let mut body = Vec::with_capacity(opened.announced().min(FIRST_ROOM));
    while let Some(chunk) = opened.chunk().await? {
        body.extend_from_slice(chunk.as_ref());
        if body.len() as u64 > most {
            return Err(SessionError::Other(
                Outcome::TooLarge,
                format!("the answer is larger than the limit of {most} bytes"),
            ));
        }
    }
    let text = String::from_utf8(body).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(match text.strip_prefix('\u{feff}') {
        Some(bare) => bare.to_owned(),
        None => text,
    })
}

/// Reads an event stream up to the message that answers the request `id`; empty when it ends without.
async fn first_answer(opened: &mut Opened, id: u64) -> Result<String, SessionError> {
    let mut reader = Reader::default();
    while let Some(chunk) = opened.chunk().await? {
        let events =
            reader.push(chunk.as_ref()).map_err(|excess| SessionError::Other(Outcome::TooLarge, excess.to_string()))?;
        for event in events {
            if answer_in(&event.data, id).is_some() {
                return Ok(event.data);
            }
        }
    }
    Ok(String::new())
}
