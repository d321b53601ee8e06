//! What one conversation with a live server brought: the list, or why there is none and what can be learnt instead.

use super::{Observation, Outcome, Partial, ServerId, Sighting, Tool, ToolOrigin, Transport};
use serde::Serialize;
use std::time::Duration;

/// What a server says about itself. Claims, good for showing only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ServerInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What a server wants before it lists its tools. Claims, cut to sane lengths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuthNeeds {
    /// Status of the answer that asked for credentials.
    pub status: u16,
    /// Schemes of the challenge, in lower case, for instance `bearer`.
    pub schemes: Vec<String>,
    /// Scopes that the challenge or the metadata names, sorted.
    pub scopes: Vec<String>,
    /// Where the resource metadata was read, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// The resource that the metadata is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    pub authorization_servers: Vec<String>,
    /// What did not fit together, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl AuthNeeds {
    /// One sentence for people.
    pub fn sentence(&self) -> String {
        let list = |items: &[String], none: &str| if items.is_empty() { none.to_owned() } else { items.join(", ") };
        let scheme = list(&self.schemes, "an unnamed scheme");
        let mut text = format!("status {}: credentials are needed ({scheme})", self.status);
        if !self.scopes.is_empty() {
            text += &format!("; scopes: {}", list(&self.scopes, ""));
        }
        if !self.authorization_servers.is_empty() {
            text += &format!("; authorisation at {}", list(&self.authorization_servers, ""));
        }
        text
    }
}

/// What a server card states.
#[derive(Debug, Clone, PartialEq)]
pub struct CardFacts {
    /// Where the card was, as it may be shown.
    pub at: String,
    pub server: Option<ServerInfo>,
    pub tools: Vec<Tool>,
    pub partial: Vec<Partial>,
}

/// What was heard from one server.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeResult {
    pub outcome: Outcome,
    /// Why there is no list, for people; `None` when there is one.
    pub detail: Option<String>,
    /// There is no list because a connection that was made broke: asking again may help.
    pub broke: bool,
    /// What carried the conversation in the end.
    pub transport: Option<Transport>,
    /// The protocol revision that was agreed on.
    pub revision: Option<String>,
    pub server: Option<ServerInfo>,
    pub tools: Vec<Tool>,
    pub partial: Vec<Partial>,
    /// Pages of the list.
    pub pages: usize,
    /// How long the server lets its list count, where it says so (`ttlMs`).
    pub ttl: Option<Duration>,
    /// What the server wants before it lists, where it said so.
    pub auth: Option<AuthNeeds>,
    /// What was learnt from a card, where the list itself is closed.
    pub card: Option<CardFacts>,
    /// The ways of asking that failed before the one that counts, in order, one sentence each.
    pub tried: Vec<String>,
}

impl ProbeResult {
    /// A conversation that ended without a list.
    pub fn without_list(outcome: Outcome, detail: impl Into<String>) -> Self {
        ProbeResult {
            outcome,
            detail: Some(detail.into()),
            broke: false,
            transport: None,
            revision: None,
            server: None,
            tools: Vec::new(),
            partial: Vec::new(),
            pages: 0,
            ttl: None,
            auth: None,
            card: None,
            tried: Vec::new(),
        }
    }

    /// The observations to store: what the server answered and, where there is one, what its card states.
    pub fn observations(self, server: &ServerId, target: &str) -> Vec<Observation> {
        let observed = |origin, outcome, detail, tools: Vec<Tool>, partial| Observation {
            server: server.clone(),
            origin,
            outcome,
            target: target.to_owned(),
            package: None,
            artifact_sha256: None,
            detail,
            tools: tools.into_iter().map(|tool| (tool, Sighting::default())).collect(),
            partial,
            remarks: Vec::new(),
        };
        let detail = match (&self.auth, self.detail) {
            (Some(auth), _) => Some(auth.sentence()),
            (None, detail) => detail,
        };
        let mut all = vec![observed(ToolOrigin::Live, self.outcome, detail, self.tools, self.partial)];
        if let Some(card) = self.card {
            all.push(observed(ToolOrigin::Card, Outcome::Ok, None, card.tools, card.partial));
        }
        all
    }
}
