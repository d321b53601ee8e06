//! The catalogue over HTTP: a JSON API with its OpenAPI document, the pages, the MCP server.
//!
//! Every request passes one gate (`gate`): who may ask, from where, how often and for how long. Answers are the documents
//! that the commands print (`crate::query`). Nothing that is asked is written anywhere, and no secret into a log.

mod access;
mod answer;
mod api;
mod cache;
mod connections;
mod gate;
mod listen;
mod metrics;
mod openapi;
mod pages;
mod parameters;
mod rate;
mod registry;

pub use access::{AccessTokens, TokenFileError, TokenScope};
pub use listen::{LEAVE, ServeError, serve};
pub use openapi::openapi_document;

use crate::query::{Approval, Catalogue};
use crate::site::SiteSettings;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How the catalogue is served.
#[derive(Debug)]
pub struct ServeSettings {
    pub listen: SocketAddr,
    /// Names under which it may be asked beside those of loopback, without a port.
    pub hosts: Vec<String>,
    /// Who may ask; none only on loopback.
    pub tokens: Option<AccessTokens>,
    /// A certificate chain and its key, as PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Requests a second of one address; none for no limit.
    pub rate: Option<u32>,
    /// Writes a line of JSON to stderr for every request.
    pub access_log: bool,
    /// What the registry may show; everything without it.
    pub approval: Option<Approval>,
    /// What is served beside `/healthz` and `/metrics`.
    pub offer: ServeOffer,
}

/// What is served.
#[derive(Debug)]
pub enum ServeOffer {
    /// The API and the pages.
    Catalogue(Box<SiteSettings>),
    /// The MCP server at `/mcp`.
    Mcp,
}

/// Bytes of a request's body.
pub(crate) const MAX_BODY: usize = 4 << 20;

/// How long a request may take, its body included.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(30);

/// How long the head of a request may take, and the time between two on one connection.
pub(crate) const MAX_HEAD_TIME: Duration = Duration::from_secs(10);

/// Connections at a time, where as many files may be open; further ones are closed at once.
pub(crate) const MAX_CONNECTIONS: usize = 1_024;

/// Requests that are worked on at a time; further ones are told to come again.
pub(crate) const MAX_REQUESTS: usize = 256;

/// What handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) settings: ServeSettings,
    pub(crate) metrics: metrics::Metrics,
    pub(crate) rate: Option<rate::RateLimit>,
    pub(crate) cache: cache::AnswerCache,
    pub(crate) pages: pages::LivePages,
}
