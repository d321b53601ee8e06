//! One endpoint of a server: where it is in, what it answered and what its card states out. An address that a manifest
//! names is a stranger's; one that the user typed or configured may be anywhere.

use super::context::CrawlContext;
use super::dispatch::Job;
use mcpdex_model::{Listing, Observation, Outcome, Remote, ServerId, ToolOrigin, Transport};
use mcpdex_net::Trust;
use mcpdex_probe::{self as probe, Ask};
use mcpdex_source::redact::REDACTED;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Attempts after the first one, where an endpoint asked for patience or broke the connection.
const RETRIES: usize = 2;

/// The listing of a server that is known by its address alone; `source` is that address as it is remembered.
pub(super) fn listing(url: &Url, source: String) -> Listing {
    let transport = match url.path().trim_end_matches('/').ends_with("/sse") {
        true => Transport::Sse,
        false => Transport::StreamableHttp,
    };
    Listing {
        remotes: vec![Remote { transport, url: source.clone() }],
        ..Listing::bare(ServerId(source.clone()), source)
    }
}

/// Asks an endpoint for its tools, again where it asked for patience. At least one observation, always; and how long the
/// list counts, where the server says so.
pub(super) async fn observe(
    context: &CrawlContext,
    job: &Job,
    remote: &Remote,
) -> (Vec<Observation>, Option<Duration>) {
    let server = &job.listing.server;
    let failed = |outcome, detail: &str| {
        (vec![Observation::failed(server.clone(), ToolOrigin::Live, remote.url.as_str(), outcome, detail)], None)
    };
    if remote.url.contains(['{', '}']) {
        return failed(Outcome::AuthRequired, "not asked: the address has places that only a user can fill in");
    }
    let url = match &job.address {
        // As it was typed: what is kept is without its query.
        Some(url) => Ok(url.clone()),
        None if remote.url.contains(REDACTED) => {
            return failed(
                Outcome::AuthRequired,
                "not asked: the address held what may be a secret, which was not stored",
            );
        }
        None => Url::parse(&remote.url),
    };
    let url = match url {
        Ok(url) => url,
        Err(error) => return failed(Outcome::Unreadable, &format!("the address cannot be read: {error}")),
    };
    let mut ask = Ask::new(url, if job.trusted { Trust::Operator } else { Trust::Untrusted });
    ask.transport = Some(remote.transport);
    ask.limits = context.options.live;
    for _ in 0..RETRIES {
        let begun = Instant::now();
        let result = probe::ask(&context.client, &ask).await;
        let again = match result.outcome {
            Outcome::Refused => context.client.asked_for_patience(&ask.url, begun),
            Outcome::Unreachable => result.broke,
            _ => false,
        };
        if !again {
            let ttl = result.ttl;
            return (result.observations(server, &remote.url), ttl);
        }
    }
    let result = probe::ask(&context.client, &ask).await;
    let ttl = result.ttl;
    (result.observations(server, &remote.url), ttl)
}
