//! Why a fetch failed: typed, with the outcome it means and words for people.

use super::{Refusal, shown};
use mcpdex_model::{Excess, Outcome};
use std::error::Error;
use std::time::Duration;
use url::Url;

/// A fetch that failed, and what was being fetched. Holds no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fetching {url}: {cause}")]
pub struct Failure {
    /// The URL as it may be shown.
    pub url: String,
    pub cause: Cause,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The address guard refused; nothing was sent.
    #[error("{0}")]
    Blocked(Refusal),
    /// The server answered with a status that is no success.
    #[error("{}", status_text(*.status, .challenge.as_deref()))]
    Status {
        status: u16,
        /// `WWW-Authenticate`, as sent.
        challenge: Option<String>,
    },
    /// The server asked to wait longer than the limits allow.
    #[error("the server asks to wait {} s before the next attempt (status {status})", .wait.as_secs())]
    Busy { status: u16, wait: Duration },
    #[error("no complete answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    #[error("no connection could be made in time")]
    NoConnection,
    #[error("{detail}")]
    Unreachable { failed: ConnectionFailure, detail: String },
    #[error("{what} is larger than the limit of {limit} bytes")]
    TooLarge { what: &'static str, limit: u64 },
    /// A small answer that unpacks to a large one.
    #[error("the answer is refused: {0}")]
    Unpacks(Excess),
    #[error("more than {0} redirects")]
    Redirects(u8),
    #[error("{0}")]
    Unreadable(String),
}

/// At what a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionFailure {
    /// No address could be found for the host.
    Name,
    /// The certificate does not fit, or nobody vouches for it.
    Certificate,
    /// Nothing listens there.
    Refused,
    /// It was made, and broke; or it could not be made for a passing reason.
    Broken,
}

impl ConnectionFailure {
    fn of(error: &(dyn Error + 'static), text: &str) -> ConnectionFailure {
        let refused = |cause: &(dyn Error + 'static)| {
            let io = cause.downcast_ref::<std::io::Error>();
            io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
        };
        // The library tells these two apart in the words of its causes alone.
        if text.contains("certificate") {
            ConnectionFailure::Certificate
        } else if text.contains("dns error") {
            ConnectionFailure::Name
        } else if chain(error).any(refused) {
            ConnectionFailure::Refused
        } else {
            ConnectionFailure::Broken
        }
    }
}

fn status_text(status: u16, challenge: Option<&str>) -> String {
    let meaning = match status {
        401 | 407 => " (credentials are needed)",
        403 => " (forbidden)",
        404 => " (not found)",
        410 => " (gone)",
        429 => " (too many requests)",
        500..=599 => " (the server failed)",
        _ => "",
    };
    match challenge {
        Some(challenge) => format!("status {status}{meaning}; it asks for {challenge}"),
        None => format!("status {status}{meaning}"),
    }
}

impl Failure {
    /// A failure of fetching `url`.
    pub fn new(url: &Url, cause: Cause) -> Self {
        Failure { url: shown(url), cause }
    }

    /// Whether the server answered that there is nothing to be had here (any 4xx but 429).
    pub fn is_client_error(&self) -> bool {
        matches!(self.cause, Cause::Status { status: 400..=428 | 430..=499, .. })
    }

    /// The outcome that the attempt has to be recorded with.
    pub fn outcome(&self) -> Outcome {
        match &self.cause {
            Cause::Blocked(_) => Outcome::Blocked,
            Cause::Status { status: 401 | 407, .. } => Outcome::AuthRequired,
            Cause::Status { status: 404 | 410, .. } => Outcome::Gone,
            Cause::Status { .. } | Cause::Busy { .. } => Outcome::Refused,
            Cause::Timeout(_) | Cause::NoConnection => Outcome::Timeout,
            Cause::Unreachable { .. } => Outcome::Unreachable,
            Cause::TooLarge { .. } | Cause::Unpacks(_) | Cause::Redirects(_) => Outcome::TooLarge,
            Cause::Unreadable(_) => Outcome::Unreadable,
        }
    }
}

impl Cause {
    /// What an error of the HTTP library means.
    pub(super) fn of(error: reqwest::Error, limit: Duration) -> Cause {
        let error = error.without_url();
        if let Some(refusal) = chain(&error).find_map(|cause| cause.downcast_ref::<Refusal>()) {
            return Cause::Blocked(refusal.clone());
        }
        if error.is_timeout() && error.is_connect() {
            return Cause::NoConnection;
        }
        if error.is_timeout() {
            return Cause::Timeout(limit);
        }
        let mut text: Vec<String> = Vec::new();
        for cause in chain(&error) {
            let line = cause.to_string();
            // Wrappers often repeat what they wrap.
            if !text.iter().any(|seen| seen.contains(&line)) {
                text.push(line);
            }
        }
        let text = text.join(": ");
        if text.contains("message head is too large") {
            return Cause::TooLarge { what: "the head of the answer", limit: MAX_HEAD };
        }
        // The library tells these apart in the words of its causes alone.
        let broke = text.contains("reading a body from connection");
        if (error.is_decode() && !broke) || text.contains("invalid HTTP") || text.contains("content-length") {
            return Cause::Unreadable(text);
        }
        let failed = ConnectionFailure::of(&error, &text);
        let cure = match failed {
            ConnectionFailure::Certificate => "; a private authority can be named with SSL_CERT_FILE",
            _ => "",
        };
        Cause::Unreachable { failed, detail: format!("{text}{cure}") }
    }

    /// Whether a connection broke, rather than was never made.
    pub fn broke(&self) -> bool {
        matches!(self, Cause::Unreachable { failed: ConnectionFailure::Broken, .. })
    }
}

/// The buffer in which the HTTP library collects the head of an answer.
const MAX_HEAD: u64 = 8_192 + 4_096 * 100;

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    // A chain of causes is made by libraries and short; the bound only guards against one that loops.
    std::iter::successors(Some(error), |error| (*error).source()).take(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_outcome() {
        let outcome = |status| {
            let url = Url::parse("https://packages.example/x").expect("a URL");
            Failure::new(&url, Cause::Status { status, challenge: None }).outcome()
        };
        for (status, expected) in [
            (401, Outcome::AuthRequired),
            (403, Outcome::Refused),
            (404, Outcome::Gone),
            (410, Outcome::Gone),
            (429, Outcome::Refused),
            (500, Outcome::Refused),
        ] {
            assert_eq!(outcome(status), expected, "{status}");
        }
    }
}
