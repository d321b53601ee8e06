//! The one HTTP client: how it is set up, its pools of connections and the queues of hosts. What it does with them is in
//! [`fetch`](super::fetch) and [`exchange`](super::exchange).

use super::body_budget::BodyBudget;
use super::guard::{Resolver, check_address};
use super::host::HostRecord;
use super::host_limiter::{HostLimiter, Permit};
use super::rate_limit::RateLimit;
use super::shared_places::SharedPlaces;
use super::{Dial, Lookup, Refusal, SystemLookup, Trust};
use rustls_platform_verifier::ConfigVerifierExt;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Header lines of one answer, and bytes of its head where the protocol counts them.
const MAX_HEADERS: usize = 100;
const MAX_HEAD_BYTES: u32 = 64 << 10;

/// How the client behaves towards everyone.
#[derive(Clone)]
pub struct Config {
    /// Added to the `User-Agent`, so that operators of registries can reach whoever crawls: a URL or mail address.
    pub contact: Option<String>,
    /// Lets untrusted addresses lead to private networks.
    pub allow_private: bool,
    /// How much of one host, and of all together, is used at once.
    pub rate: RateLimit,
    /// From the start of a request to an open connection.
    pub connect_timeout: Duration,
    /// Turns host names into addresses.
    pub lookup: Arc<dyn Lookup>,
    /// Where a resolved address that the guard let pass is really dialled: there, unless a test leads it to loopback.
    pub dial: Option<Dial>,
    /// Who counts what is asked of hosts over several processes; `None` where this one is alone.
    pub places: Option<Arc<dyn SharedPlaces>>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            contact: None,
            allow_private: false,
            rate: RateLimit::default(),
            connect_timeout: Duration::from_secs(10),
            lookup: Arc::new(SystemLookup),
            dial: None,
            places: None,
        }
    }
}

/// The client could not be set up; nothing can be fetched.
#[derive(Debug, thiserror::Error)]
#[error("setting up the HTTP client: {0}")]
pub struct SetupError(String);

/// The one HTTP client. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    /// For hosts that the operator configured: the system's proxies are honoured.
    operator: reqwest::Client,
    /// For everyone else: no proxy (it would resolve names behind the guard's back), guarded resolver.
    untrusted: reqwest::Client,
    config: Config,
    limiter: HostLimiter,
    budget: BodyBudget,
    conversations: Arc<Mutex<Conversations>>,
}

/// Connections that conversations keep for their next message. The library holds idle ones by the thousand when every
/// conversation is with another host, so the whole pool is replaced from time to time.
struct Conversations {
    begun: usize,
    pairs: (reqwest::Client, reqwest::Client),
    /// Shared by all pools: reading the system's certificates takes longer than many conversations.
    tls: rustls::ClientConfig,
}

/// Conversations that share a pool of connections.
const SHARE_A_POOL: usize = 128;

/// What every connection trusts: the certificates of the operating system.
fn tls() -> Result<rustls::ClientConfig, SetupError> {
    let mut tls = rustls::ClientConfig::with_platform_verifier().map_err(|error| SetupError(error.to_string()))?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

/// The library's clients for hosts of the operator and for everyone else.
fn pairs(config: &Config, tls: &rustls::ClientConfig) -> Result<(reqwest::Client, reqwest::Client), SetupError> {
    let agent = user_agent(config.contact.as_deref())?;
    let build = |trust: Trust| {
        let guarded = trust == Trust::Untrusted && !config.allow_private;
        let mut builder = reqwest::Client::builder()
            .user_agent(agent.clone())
            .tls_backend_preconfigured(tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(config.connect_timeout)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEAD_BYTES)
            .pool_max_idle_per_host(config.rate.per_host)
            .pool_idle_timeout(Duration::from_secs(20))
            .dns_resolver(Resolver { lookup: config.lookup.clone(), dial: config.dial.clone(), guarded });
        if trust == Trust::Untrusted {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| SetupError(error.to_string()))
    };
    Ok((build(Trust::Operator)?, build(Trust::Untrusted)?))
}

/// The library's client for a store that the operator named, whose own library asks and retries: the system's certificates
/// and proxies, and no redirect, which would lead signed requests elsewhere.
///
/// # Errors
/// TLS cannot be set up.
pub fn store_client() -> Result<reqwest::Client, SetupError> {
    // Whoever came first has installed the same provider; the error says no more than that.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(user_agent(None)?)
        .tls_backend_preconfigured(tls()?)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60))
        .http1_max_headers(MAX_HEADERS)
        .http2_max_header_list_size(MAX_HEAD_BYTES)
        .build()
        .map_err(|error| SetupError(error.to_string()))
}

impl Client {
    /// Sets up the client.
    ///
    /// # Errors
    /// The contact cannot stand in a header, or TLS cannot be set up.
    pub fn new(config: Config) -> Result<Client, SetupError> {
        // Whoever came first has installed the same provider; the error says no more than that.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = tls()?;
        let (operator, untrusted) = pairs(&config, &tls)?;
        let conversations = Conversations { begun: 0, pairs: (operator.clone(), untrusted.clone()), tls };
        let limiter = HostLimiter::resolving(config.rate, config.lookup.clone(), config.places.clone());
        let conversations = Arc::new(Mutex::new(conversations));
        Ok(Client { operator, untrusted, config, limiter, budget: BodyBudget::new(), conversations })
    }

    /// The same client for one conversation with one host: its idle connections do not outlive the next few hundred
    /// conversations.
    pub fn for_conversation(&self) -> Client {
        let mut shared = self.conversations.lock().unwrap_or_else(PoisonError::into_inner);
        shared.begun += 1;
        if shared.begun.is_multiple_of(SHARE_A_POOL)
            && let Ok(fresh) = pairs(&self.config, &shared.tls)
        {
            shared.pairs = fresh;
        }
        let (operator, untrusted) = shared.pairs.clone();
        Client { operator, untrusted, ..self.clone() }
    }

    /// Waits for a place in the queue of the URL's host, for a whole conversation of [`Client::exchange`].
    pub async fn enter(&self, url: &Url) -> Permit {
        self.limiter.enter(url).await
    }

    pub(super) fn allow_private(&self) -> bool {
        self.config.allow_private
    }

    pub(super) fn library(&self, trust: Trust) -> &reqwest::Client {
        match trust {
            Trust::Operator => &self.operator,
            Trust::Untrusted => &self.untrusted,
        }
    }

    pub(super) fn budget(&self) -> &BodyBudget {
        &self.budget
    }

    pub(super) fn limiter(&self) -> &HostLimiter {
        &self.limiter
    }

    /// Whether the URL's host has asked for patience (429 or 503) since `then`.
    pub fn asked_for_patience(&self, url: &Url, then: Instant) -> bool {
        self.limiter.asked_for_patience(url, then)
    }

    /// The `count` hosts with the most requests that failed or were put off, and how many.
    pub fn failing(&self, count: usize) -> Vec<(String, u64)> {
        self.limiter.failing(count)
    }

    /// What is known of every host that was asked, by name.
    pub fn hosts(&self) -> BTreeMap<String, HostRecord> {
        self.limiter.records()
    }

    /// Checks the address that answered, the last of the guard's three looks.
    pub(super) fn check_peer(&self, trust: Trust, peer: Option<SocketAddr>) -> Result<(), Refusal> {
        match peer {
            Some(peer) if trust == Trust::Untrusted && !self.config.allow_private && self.config.dial.is_none() => {
                check_address(peer.ip())
            }
            _ => Ok(()),
        }
    }
}

fn user_agent(contact: Option<&str>) -> Result<String, SetupError> {
    let agent = concat!("mcpdex/", env!("CARGO_PKG_VERSION"));
    match contact.map(str::trim).filter(|contact| !contact.is_empty()) {
        None => Ok(agent.to_owned()),
        Some(contact) if contact.chars().all(|c| matches!(c, ' '..='~') && !"()".contains(c)) => {
            Ok(format!("{agent} (+{contact})"))
        }
        Some(_) => Err(SetupError("the contact may hold printable ASCII without parentheses only".to_owned())),
    }
}
