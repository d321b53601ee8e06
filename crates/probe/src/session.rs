//! The conversation that lists a server's tools, over whatever carries it: a [`SessionTransport`] in, pages of tools or the reason
//! to stop out. Knows both eras of the protocol and never asks a server to do anything but introduce itself and list.

use super::message::{self, HANDSHAKE, INITIALIZED, Introduction, MODERN, Method, RpcError};
use super::pages::Pages;
use mcpdex_model::{Outcome, ServerInfo};
use mcpdex_net::Failure;

/// What a server answered to one request: the text of the result, or its error.
pub(super) type Answer = Result<String, RpcError>;

/// Carries messages to one server and back.
pub(super) trait SessionTransport {
    /// Sends a request and waits for the answer with its id.
    async fn ask(&mut self, method: Method, id: u64, body: String) -> Result<Answer, SessionError>;
    /// Sends a notification.
    async fn tell(&mut self, body: &str) -> Result<(), SessionError>;
    /// The revision that later messages are sent under; `modern`: they carry their own metadata.
    fn agree(&mut self, revision: &str, modern: bool);
    /// Forgets the session; whether there was one to forget.
    fn forget(&mut self) -> bool;
}

/// Why a conversation ended without a list.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum SessionError {
    #[error("{0}")]
    Net(#[from] Failure),
    /// Something answered, and not in the protocol.
    #[error("{}", status_text(*.status, .said))]
    Status { status: u16, challenge: Option<String>, said: String },
    /// The server answered with an error of the protocol.
    #[error("{method} was answered with {error}")]
    Rpc { method: &'static str, error: RpcError },
    /// Anything else, with its outcome.
    #[error("{1}")]
    Other(Outcome, String),
}

fn status_text(status: u16, said: &str) -> String {
    match said.is_empty() {
        true => format!("status {status} without a message of the protocol"),
        false => format!("status {status} without a message of the protocol: {said}"),
    }
}

impl SessionError {
    /// The outcome to record.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            SessionError::Net(failure) => failure.outcome(),
            SessionError::Status { status: 401 | 407, .. } => Outcome::AuthRequired,
            SessionError::Status { status: 403, challenge: Some(_), .. } => Outcome::AuthRequired,
            SessionError::Status { status: 404 | 410, .. } => Outcome::Gone,
            SessionError::Status { status: 200..=299, .. } => Outcome::Unreadable,
            SessionError::Status { .. } | SessionError::Rpc { .. } => Outcome::Refused,
            SessionError::Other(outcome, _) => *outcome,
        }
    }

    /// Whether another way of asking the same server is worth a try.
    pub(super) fn may_speak_otherwise(&self) -> bool {
        match self {
            SessionError::Net(_) | SessionError::Other(..) => false,
            SessionError::Status { status, .. } => !matches!(status, 401 | 403 | 407 | 429),
            SessionError::Rpc { .. } => true,
        }
    }
}

/// What asking without a handshake led to.
#[derive(Debug, PartialEq)]
pub(super) enum Modern {
    /// The list was read.
    Listed,
    /// The server wants a handshake; `offer` is the revision to begin it with.
    Handshake { offer: &'static str, because: String },
}

/// One conversation.
pub(super) struct Session<W> {
    pub(super) transport: W,
    pub(super) pages: Pages,
    pub(super) revision: Option<String>,
    pub(super) server: Option<ServerInfo>,
    /// The server states its capabilities, and tools are not among them.
    no_tools: bool,
    id: u64,
}

impl<W: SessionTransport> Session<W> {
    pub(super) fn new(transport: W) -> Self {
        Session { transport, pages: Pages::default(), revision: None, server: None, no_tools: false, id: 0 }
    }

    async fn ask(
        &mut self,
        method: Method,
        modern: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<Answer, SessionError> {
        self.id += 1;
        let body = message::request(self.id, method, modern, cursor);
        self.transport.ask(method, self.id, body).await
    }

    /// Asks for the list without a handshake, as the revision of 2026-07-28 has it.
    pub(super) async fn modern(&mut self) -> Result<Modern, SessionError> {
        self.transport.agree(MODERN, true);
        let mut answer = self.ask(Method::ToolsList, Some(MODERN), None).await;
        if let Ok(Err(error)) = &answer
            && error.code == RpcError::UNSUPPORTED_REVISION
            && error.supported.iter().any(|revision| revision == MODERN)
        {
            answer = self.ask(Method::ToolsList, Some(MODERN), None).await;
        }
        let handshake = |because: String| Ok(Modern::Handshake { offer: HANDSHAKE[0], because });
        match answer {
            Ok(Ok(result)) => match message::page(&result) {
                Ok(page) => {
                    // Servers of the older revisions that keep no sessions may answer just the same.
                    self.revision = message::is_modern(&result).then(|| MODERN.to_owned());
                    self.server = message::meta_server(&result);
                    let next = self.pages.push(page);
                    self.rest(Some(MODERN), next).await;
                    Ok(Modern::Listed)
                }
                Err(why) => handshake(why),
            },
            Ok(Err(error)) if error.code == RpcError::UNSUPPORTED_REVISION => match common(&error.supported) {
                Some(offer) => Ok(Modern::Handshake { offer, because: error.to_string() }),
                None if error.supported.is_empty() => handshake(error.to_string()),
                None => Err(SessionError::Other(
                    Outcome::Refused,
                    format!("the server speaks only revisions that mcpdex does not: {}", error.supported.join(", ")),
                )),
            },
            Ok(Err(error)) if error.code == RpcError::MISSING_CAPABILITY => {
                Err(SessionError::Rpc { method: Method::ToolsList.as_str(), error })
            }
            Ok(Err(error)) if error.code == RpcError::METHOD_NOT_FOUND => {
                match self.discover().await? {
                    Some(found) if found.no_tools => Ok(Modern::Listed),
                    // Stubs of the older revisions say this of every method that they do not know.
                    _ => handshake(error.to_string()),
                }
            }
            Ok(Err(error)) => handshake(error.to_string()),
            Err(stop) if stop.may_speak_otherwise() => handshake(stop.to_string()),
            Err(stop) => Err(stop),
        }
    }

    /// Asks a server without handshake to introduce itself; `None`: it does not know how.
    pub(super) async fn discover(&mut self) -> Result<Option<Introduction>, SessionError> {
        self.transport.agree(MODERN, true);
        let answer = match self.ask(Method::Discover, Some(MODERN), None).await {
            Ok(Ok(result)) => message::introduction(&result),
            Ok(Err(_)) => None,
            Err(stop) if stop.may_speak_otherwise() => None,
            Err(stop) => return Err(stop),
        };
        let Some(found) = answer.filter(|found| !found.supported.is_empty() || found.server.is_some()) else {
            return Ok(None);
        };
        self.server = found.server.clone().or(self.server.take());
        self.revision = Some(MODERN.to_owned());
        Ok(Some(found))
    }

    /// Learns the name and revision of a server that listed its tools without a word about itself. The list is there:
    /// whatever this brings, it is kept.
    pub(super) async fn introduce(&mut self) {
        if self.server.is_some() && self.revision.is_some() {
            return;
        }
        if let Ok(None) = self.discover().await {
            let _ = self.handshake(HANDSHAKE[0]).await;
        }
    }

    /// Shakes hands, beginning with the revision `offer`, and reads the list.
    pub(super) async fn handshake_and_list(&mut self, offer: &'static str) -> Result<(), SessionError> {
        self.handshake(offer).await?;
        match self.first_page(None).await {
            Err(SessionError::Status { status: 404, .. }) if self.transport.forget() => {
                self.handshake(offer).await?;
                self.first_page(None).await
            }
            other => other,
        }
    }

    async fn handshake(&mut self, offer: &'static str) -> Result<(), SessionError> {
        self.transport.forget();
        let mut offers = vec![offer];
        loop {
            let offer = offers[offers.len() - 1];
            self.id += 1;
            let answer = self.transport.ask(Method::Initialize, self.id, message::initialize(self.id, offer)).await?;
            let error = match answer {
                Ok(result) => {
                    let found = message::introduction(&result).ok_or_else(|| {
                        SessionError::Other(Outcome::Unreadable, "the result of initialize is not an object".to_owned())
                    })?;
                    let revision = found.revision.unwrap_or_else(|| offer.to_owned());
                    self.transport.agree(&revision, false);
                    self.revision = Some(revision);
                    self.server = found.server;
                    self.no_tools = found.no_tools;
                    return self.transport.tell(INITIALIZED).await;
                }
                Err(error) => error,
            };
            let speaks_of_revisions =
                !error.supported.is_empty() || error.message.to_ascii_lowercase().contains("version");
            let next = common(&error.supported).unwrap_or(HANDSHAKE[HANDSHAKE.len() - 1]);
            if !speaks_of_revisions || offers.contains(&next) {
                return Err(SessionError::Rpc { method: Method::Initialize.as_str(), error });
            }
            offers.push(next);
        }
    }

    /// Reads the list, once it is clear how to ask. What fails after the first page is noted with the list.
    pub(super) async fn first_page(&mut self, modern: Option<&str>) -> Result<(), SessionError> {
        match self.ask(Method::ToolsList, modern, None).await? {
            Ok(result) => {
                let page = message::page(&result).map_err(|why| SessionError::Other(Outcome::Unreadable, why))?;
                let next = self.pages.push(page);
                self.rest(modern, next).await;
                Ok(())
            }
            Err(error) if self.no_tools && error.code == RpcError::METHOD_NOT_FOUND => Ok(()),
            Err(error) => Err(SessionError::Rpc { method: Method::ToolsList.as_str(), error }),
        }
    }

    async fn rest(&mut self, modern: Option<&str>, mut next: Option<String>) {
        while let Some(cursor) = next {
            let page = match self.ask(Method::ToolsList, modern, Some(&cursor)).await {
                Ok(Ok(result)) => message::page(&result),
                Ok(Err(error)) => Err(error.to_string()),
                Err(stop) => Err(stop.to_string()),
            };
            next = match page {
                Ok(page) => self.pages.push(page),
                Err(why) => return self.pages.ended_early(&why),
            };
        }
    }
}

/// The newest revision with a handshake that both sides know.
fn common(supported: &[String]) -> Option<&'static str> {
    HANDSHAKE.into_iter().find(|revision| supported.iter().any(|other| other == revision))
}
