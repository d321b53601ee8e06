//! One endpoint of a server: where it is in, what it answered and what its card states out. An address that a manifest
//! names is a stranger's; one that the user typed may be anywhere.

use crate::model::{Listing, Observation, Outcome, Remote, ServerId, ToolOrigin, Transport};
use crate::net::{Client, Trust};
use crate::probe::{self, Ask};
use crate::source::SourceSpec;
use url::Url;

/// The listing of a server that is known by its address alone; `source` is that address as it is remembered.
pub(super) fn listing(url: &Url, source: String) -> Listing {
    Listing {
        server: ServerId(source.clone()),
        source,
        title: None,
        description: None,
        version: None,
        repository: None,
        status: None,
        packages: Vec::new(),
        remotes: vec![Remote { transport: Transport::StreamableHttp, url: url.to_string() }],
        manifest: None,
        problems: Vec::new(),
    }
}

/// Asks an endpoint for its tools. At least one observation, always.
pub(super) async fn observe(client: &Client, listing: &Listing, remote: &Remote) -> Vec<Observation> {
    let failed = |outcome, detail: &str| {
        vec![Observation::failed(listing.server.clone(), ToolOrigin::Live, remote.url.clone(), outcome, detail)]
    };
    if remote.url.contains(['{', '}']) {
        return failed(Outcome::AuthRequired, "the address has places that only a user of the server can fill in");
    }
    let Ok(url) = Url::parse(&remote.url) else {
        return failed(Outcome::Unreadable, "the address cannot be read");
    };
    // Typed by the user: the source is the server itself.
    let typed = matches!(listing.source.parse(), Ok(SourceSpec::Server(_)));
    let mut target = url.clone();
    target.set_query(None);
    let mut ask = Ask::new(url, if typed { Trust::Operator } else { Trust::Untrusted });
    ask.transport = Some(remote.transport);
    probe::ask(client, &ask).await.observations(&listing.server, target.as_str())
}
