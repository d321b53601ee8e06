//! One queue per host: how many requests may be at one host at once, when its next one may start, and how it behaved.
//!
//! A host is a registrable domain, and apart from that the address behind it: a thousand names of one gateway share its
//! queue. Places are taken domain first, then address, and the place in the whole last, so that requests which wait for
//! a slow host hold nothing that another host needs. Where several processes share their limits, the place that they
//! agree on comes after this one's own.

use super::guard::{Lookup, SystemLookup};
use super::host::{HostRecord, RequestOutcome};
use super::rate_limit::RateLimit;
use super::shared_places::{PlaceRequest, SharedPlaces, TakenPlace};
use super::swept_map::SweptMap;
use super::{address, retry};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

/// Hosts that failed by themselves are not left alone for longer than this: neighbours share their domain.
const LONGEST_DOUBT: Duration = Duration::from_secs(2);
/// How long a resolved address counts.
const ADDRESS_AGE: Duration = Duration::from_secs(300);
/// How long an address may be looked for; a name that takes longer has no queue by address.
const ADDRESS_WAIT: Duration = Duration::from_secs(5);

/// The queues of all hosts. Cheap to clone.
#[derive(Clone)]
pub struct HostLimiter {
    shared: Arc<Shared>,
    all: Arc<Semaphore>,
    /// Places of those that stepped aside.
    slow: Arc<Semaphore>,
    rate: RateLimit,
    /// Who counts over several processes, where there are several.
    beyond: Option<Arc<dyn SharedPlaces>>,
}

struct Shared {
    lookup: Arc<dyn Lookup>,
    domains: Mutex<SweptMap<String, Arc<HostQueue>>>,
    addresses: Mutex<SweptMap<IpAddr, Arc<HostQueue>>>,
    resolved: Mutex<SweptMap<String, (Instant, Option<IpAddr>)>>,
    records: Mutex<BTreeMap<String, HostRecord>>,
}

struct HostQueue {
    places: Arc<Semaphore>,
    state: Mutex<HostState>,
}

#[derive(Debug, Clone, Copy)]
struct HostState {
    /// When the next request may start.
    next: Instant,
    /// Nothing starts before this.
    closed: Instant,
    /// Failures in a row.
    troubles: u8,
    /// When the host last asked for patience.
    busy: Option<Instant>,
}

/// Leave to make one request; gives its places back when dropped.
pub struct Permit {
    _domain: OwnedSemaphorePermit,
    _address: Option<OwnedSemaphorePermit>,
    _beyond: Option<TakenPlace>,
    all: OwnedSemaphorePermit,
    slow: Arc<Semaphore>,
    _queue: Arc<HostQueue>,
}

impl Permit {
    /// Leaves the place in the whole to another host, because this one keeps the request waiting; the places in its own
    /// queue stay taken. Does nothing where too many have done so already.
    pub fn release_global(&mut self) {
        if let Ok(permit) = self.slow.clone().try_acquire_owned() {
            self.all = permit;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HostQueue {
    fn new(places: usize) -> Arc<Self> {
        let now = Instant::now();
        let state = HostState { next: now, closed: now, troubles: 0, busy: None };
        Arc::new(HostQueue { places: Arc::new(Semaphore::new(places)), state: Mutex::new(state) })
    }

    /// Takes the next turn; `Err` is when to ask again.
    fn start(&self, interval: Duration) -> Result<(), Instant> {
        let mut state = locked(&self.state);
        let (now, ready) = (Instant::now(), state.next.max(state.closed));
        if ready > now {
            return Err(ready);
        }
        state.next = now + interval;
        Ok(())
    }

    fn is_idle(&self) -> bool {
        let state = locked(&self.state);
        state.closed <= Instant::now() && state.next <= Instant::now()
    }
}

impl HostLimiter {
    /// HostLimiter at a rate (at least one place of each kind), with the system's resolver.
    pub fn new(rate: RateLimit) -> Self {
        HostLimiter::resolving(rate, Arc::new(SystemLookup), None)
    }

    pub(super) fn resolving(rate: RateLimit, lookup: Arc<dyn Lookup>, beyond: Option<Arc<dyn SharedPlaces>>) -> Self {
        let rate = RateLimit { per_host: rate.per_host.max(1), concurrency: rate.concurrency.max(1), ..rate };
        let shared = Shared {
            lookup,
            domains: Mutex::default(),
            addresses: Mutex::default(),
            resolved: Mutex::default(),
            records: Mutex::default(),
        };
        let slow = Arc::new(Semaphore::new(rate.concurrency.saturating_mul(3).min(Semaphore::MAX_PERMITS)));
        HostLimiter { shared: Arc::new(shared), all: Arc::new(Semaphore::new(rate.concurrency)), slow, rate, beyond }
    }

    /// Waits for a place in the queue of the URL's host.
    pub async fn enter(&self, url: &Url) -> Permit {
        let queue = self.queue(url);
        let domain = acquire(&queue.places).await;
        let ip = self.address(url).await;
        let address = match ip {
            Some(ip) => Some(acquire(&self.address_queue(ip).places).await),
            None => None,
        };
        let name = key(url);
        let beyond = match &self.beyond {
            Some(beyond) => Some(beyond.enter(self.wanted(&name, ip)).await),
            None => None,
        };
        loop {
            if let Err(ready) = queue.start(self.rate.interval) {
                tokio::time::sleep_until(ready).await;
                continue;
            }
            let all = acquire(&self.all).await;
            // The host may have asked for a pause while this request waited for its place in the whole.
            if locked(&queue.state).closed > Instant::now() {
                continue;
            }
            if let Some(shared) = &self.beyond
                && let Err(wait) = shared.start(&name, self.rate.interval).await
            {
                drop(all);
                tokio::time::sleep(wait).await;
                continue;
            }
            let slow = self.slow.clone();
            return Permit { _domain: domain, _address: address, _beyond: beyond, all, slow, _queue: queue };
        }
    }

    fn wanted(&self, domain: &str, address: Option<IpAddr>) -> PlaceRequest {
        let (per_domain, per_address) = (self.rate.per_host, self.rate.per_address());
        PlaceRequest { domain: domain.to_owned(), per_domain, address, per_address }
    }

    /// Lets nothing more start in the queue of the URL's host for `pause`.
    pub fn hold(&self, url: &Url, pause: Duration) {
        let queue = self.queue(url);
        let mut state = locked(&queue.state);
        let until = Instant::now() + pause;
        let more = until.saturating_duration_since(state.closed.max(Instant::now()));
        state.closed = state.closed.max(until);
        drop(state);
        if let Some(beyond) = &self.beyond {
            beyond.hold(&key(url), pause);
        }
        locked(&self.shared.records).entry(key(url)).or_default().paused += more;
    }

    /// Whether the host has asked for patience since `then`.
    pub fn asked_for_patience(&self, url: &Url, then: Instant) -> bool {
        locked(&self.queue(url).state).busy.is_some_and(|at| at >= then)
    }

    /// What is known of every host, by name.
    pub fn records(&self) -> BTreeMap<String, HostRecord> {
        locked(&self.shared.records).clone()
    }

    /// The `count` hosts with the most trouble.
    pub fn failing(&self, count: usize) -> Vec<(String, u64)> {
        let records = locked(&self.shared.records);
        let mut worst: Vec<(&String, u64)> =
            records.iter().map(|(host, record)| (host, record.failed + record.busy)).filter(|(_, n)| *n > 0).collect();
        worst.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        worst.into_iter().take(count).map(|(host, n)| (host.clone(), n)).collect()
    }

    /// Notes how a request went, and closes the queue for a while where it went badly.
    pub(super) fn note(&self, url: &Url, went: RequestOutcome, waited: Duration) {
        tracing::debug!(host = url.host_str(), ?went, milliseconds = waited.as_millis(), "a request has ended");
        let queue = self.queue(url);
        let pause = {
            let mut state = locked(&queue.state);
            match went {
                RequestOutcome::Well => state.troubles = 0,
                RequestOutcome::Busy(_) | RequestOutcome::Badly => state.troubles = state.troubles.saturating_add(1),
                RequestOutcome::Nowhere => {}
            }
            let doubt = retry::pause(state.troubles);
            match went {
                RequestOutcome::Busy(asked) => {
                    state.busy = Some(Instant::now());
                    asked.unwrap_or_default().max(doubt).min(retry::LONGEST_PAUSE)
                }
                RequestOutcome::Badly => doubt.min(LONGEST_DOUBT),
                RequestOutcome::Well | RequestOutcome::Nowhere => Duration::ZERO,
            }
        };
        {
            let mut records = locked(&self.shared.records);
            let record = records.entry(key(url)).or_default();
            record.requests += 1;
            record.waited += waited;
            record.failed += u64::from(matches!(went, RequestOutcome::Badly | RequestOutcome::Nowhere));
            record.busy += u64::from(matches!(went, RequestOutcome::Busy(_)));
        }
        if !pause.is_zero() {
            self.hold(url, pause);
        }
    }

    /// Counts bytes that came from a host.
    pub(super) fn count_bytes(&self, url: &Url, bytes: u64) {
        locked(&self.shared.records).entry(key(url)).or_default().bytes += bytes;
    }

    fn queue(&self, url: &Url) -> Arc<HostQueue> {
        let mut domains = locked(&self.shared.domains);
        domains.sweep(|_, queue| Arc::strong_count(queue) > 1 || !queue.is_idle());
        domains.entry(key(url)).or_insert_with(|| HostQueue::new(self.rate.per_host)).clone()
    }

    fn address_queue(&self, ip: IpAddr) -> Arc<HostQueue> {
        let mut addresses = locked(&self.shared.addresses);
        addresses.sweep(|_, queue| Arc::strong_count(&queue.places) > 1);
        addresses.entry(ip).or_insert_with(|| HostQueue::new(self.rate.per_address())).clone()
    }

    /// The first address of the URL's host: which queue it shares. Not the one that is connected to, which the guard
    /// resolves for itself.
    async fn address(&self, url: &Url) -> Option<IpAddr> {
        let host = url.host_str()?;
        if let Some(ip) = address::literal(host) {
            return Some(ip);
        }
        if let Some((at, known)) = locked(&self.shared.resolved).get(host)
            && at.elapsed() < ADDRESS_AGE
        {
            return *known;
        }
        let found = tokio::time::timeout(ADDRESS_WAIT, self.shared.lookup.lookup(host)).await;
        let found = found.ok().and_then(Result::ok).and_then(|addresses| addresses.into_iter().min());
        let mut resolved = locked(&self.shared.resolved);
        let now = Instant::now();
        resolved.sweep(|_, (at, _)| now.duration_since(*at) < ADDRESS_AGE);
        resolved.insert(host.to_owned(), (Instant::now(), found));
        found
    }
}

async fn acquire(places: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    places.clone().acquire_owned().await.expect("the semaphores of queues are never closed")
}

/// What counts as one host: the registrable domain, or the address where there is none.
pub fn key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match address::literal(host) {
        Some(ip) => ip.to_string(),
        None => psl::domain_str(host.trim_end_matches('.')).unwrap_or(host).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    fn limiter(per_host: usize, all: usize) -> HostLimiter {
        HostLimiter::new(RateLimit { per_host, concurrency: all, interval: Duration::ZERO })
    }

    #[test]
    fn a_host_is_a_registrable_domain_whatever_the_port() {
        for (address, expected) in [
            ("https://a.b.clay.co.uk/x", "clay.co.uk"),
            ("https://clay.co.uk:8443/", "clay.co.uk"),
            ("https://one.github.io/", "one.github.io"),
            ("http://127.0.0.1:9/", "127.0.0.1"),
            ("http://[::1]:9/", "::1"),
            ("http://localhost:9/", "localhost"),
        ] {
            assert_eq!(key(&url(address)), expected);
        }
    }

    #[tokio::test]
    async fn a_host_that_is_busy_or_paused_holds_up_no_other() {
        let limiter = limiter(1, 2);
        let (slow, paused, free) = (url("http://10.0.0.1/"), url("http://10.0.0.2/"), url("http://10.0.0.3/"));
        let _busy = limiter.enter(&slow).await;
        limiter.hold(&paused, Duration::from_secs(100));
        let waiting = [slow, paused].map(|host| {
            let limiter = limiter.clone();
            tokio::spawn(async move { limiter.enter(&host).await })
        });
        tokio::task::yield_now().await;
        let entered = tokio::time::timeout(Duration::from_secs(20), limiter.enter(&free)).await;
        assert!(entered.is_ok(), "the free host waited for the others");
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn who_is_kept_waiting_leaves_its_place_to_others_within_bounds() {
        let limiter = limiter(9, 1);
        let mut waiting = Vec::new();
        for n in 1..=4 {
            let mut place = limiter.enter(&url(&format!("http://10.0.0.{n}/"))).await;
            place.release_global();
            waiting.push(place);
        }
        let fifth = url("http://10.0.0.9/");
        assert!(tokio::time::timeout(Duration::from_millis(50), limiter.enter(&fifth)).await.is_err());
        waiting.pop();
        assert!(tokio::time::timeout(Duration::from_secs(5), limiter.enter(&fifth)).await.is_ok());
    }

    #[tokio::test]
    async fn a_lane_that_was_asked_to_pause_does_and_starts_keep_their_distance() {
        let (limiter, host) = (limiter(4, 4), url("http://10.0.0.1/"));
        limiter.note(&host, RequestOutcome::Busy(Some(Duration::from_millis(500))), Duration::ZERO);
        let started = Instant::now();
        drop(limiter.enter(&host).await);
        assert!(started.elapsed() >= Duration::from_millis(500));
        assert!(limiter.asked_for_patience(&host, started - Duration::from_millis(100)));
        assert_eq!(limiter.records()["10.0.0.1"].busy, 1);
        let spaced = HostLimiter::new(RateLimit { per_host: 9, concurrency: 9, interval: Duration::from_millis(30) });
        let started = Instant::now();
        for _ in 0..3 {
            drop(spaced.enter(&host).await);
        }
        assert!(started.elapsed() >= Duration::from_millis(60));
    }

    #[tokio::test]
    async fn names_of_one_address_share_its_lane() {
        struct One;
        impl Lookup for One {
            fn lookup<'a>(&'a self, _: &'a str) -> super::super::LookupFuture<'a> {
                Box::pin(async { Ok(vec![IpAddr::from([10, 0, 0, 1])]) })
            }
        }
        let limiter = HostLimiter::resolving(
            RateLimit { per_host: 1, concurrency: 99, interval: Duration::ZERO },
            Arc::new(One),
            None,
        );
        let mut held = Vec::new();
        for name in ["a", "b", "c", "d"] {
            held.push(limiter.enter(&url(&format!("http://{name}.example/"))).await);
        }
        let fifth = url("http://e.example/");
        assert!(tokio::time::timeout(Duration::from_millis(50), limiter.enter(&fifth)).await.is_err());
        held.pop();
        assert!(tokio::time::timeout(Duration::from_secs(5), limiter.enter(&fifth)).await.is_ok());
    }

    #[tokio::test]
    async fn lanes_that_nobody_is_in_are_given_up() {
        let limiter = limiter(1, 1);
        for n in 0..3 * super::super::swept_map::MANY {
            drop(limiter.enter(&url(&format!("http://10.1.{}.{}/", n / 256, n % 256))).await);
        }
        assert!(locked(&limiter.shared.domains).len() <= super::super::swept_map::MANY + 1);
    }
}
