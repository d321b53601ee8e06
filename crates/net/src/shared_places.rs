//! Places at hosts that several processes share: what one host is asked for at once, by all of them together. Here is
//! only what is wanted and what is given; who keeps the count is somebody else's affair.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

/// What comes of asking for a place or a turn.
pub type PlaceFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A place for one request, or one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRequest {
    /// What counts as one host; see [`host_key`](super::host_key).
    pub domain: String,
    /// Places at the domain, over all processes.
    pub per_domain: usize,
    /// The address behind it, where it is known.
    pub address: Option<IpAddr>,
    /// Places at the address, over all processes.
    pub per_address: usize,
}

/// A place that was given. It is given back when this is dropped.
pub struct TakenPlace(#[allow(dead_code)] Box<dyn Send + Sync>);

impl TakenPlace {
    /// A place that `kept` gives back when it is dropped.
    pub fn new(kept: impl Send + Sync + 'static) -> TakenPlace {
        TakenPlace(Box::new(kept))
    }
}

impl fmt::Debug for TakenPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakenPlace")
    }
}

/// Whoever counts over all processes. Never fails: where the count cannot be had, nothing begins.
pub trait SharedPlaces: Send + Sync {
    /// Waits for a place.
    fn enter(&self, wanted: PlaceRequest) -> PlaceFuture<'_, TakenPlace>;

    /// Takes a domain's next turn, `interval` after the last one of any process; `Err` is how long to wait before asking
    /// again.
    fn start<'a>(&'a self, domain: &'a str, interval: Duration) -> PlaceFuture<'a, Result<(), Duration>>;

    /// Lets nothing more start at a domain for `pause`, in any process.
    fn hold(&self, domain: &str, pause: Duration);
}

#[cfg(test)]
mod tests {
    use super::super::host_limiter::HostLimiter;
    use super::super::{RateLimit, SystemLookup};
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use tokio::time::{Instant, timeout};

    /// One place over all processes, two refusals before each start.
    #[derive(Default)]
    struct One {
        taken: Arc<AtomicUsize>,
        asked: AtomicUsize,
        held: Mutex<Vec<(String, Duration)>>,
    }

    struct Given(Arc<AtomicUsize>);

    impl Drop for Given {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    impl SharedPlaces for One {
        fn enter(&self, wanted: PlaceRequest) -> PlaceFuture<'_, TakenPlace> {
            assert_eq!((wanted.domain.as_str(), wanted.per_domain, wanted.per_address), ("10.0.0.1", 2, 8));
            Box::pin(async move {
                while self.taken.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst).is_err() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                TakenPlace::new(Given(self.taken.clone()))
            })
        }

        fn start<'a>(&'a self, _: &'a str, _: Duration) -> PlaceFuture<'a, Result<(), Duration>> {
            let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            Box::pin(async move { if asked.is_multiple_of(3) { Ok(()) } else { Err(Duration::from_millis(40)) } })
        }

        fn hold(&self, domain: &str, pause: Duration) {
            self.held.lock().expect("pauses").push((domain.to_owned(), pause));
        }
    }

    #[tokio::test]
    async fn a_request_waits_for_the_common_place_and_turn_and_pauses_are_told() {
        let one = Arc::new(One::default());
        let rate = RateLimit { per_host: 2, concurrency: 9, interval: Duration::ZERO };
        let limiter = || HostLimiter::resolving(rate, Arc::new(SystemLookup), Some(one.clone()));
        let (mine, theirs) = (limiter(), limiter());
        let url = url::Url::parse("http://10.0.0.1/").expect("a URL");
        let begun = Instant::now();
        let place = mine.enter(&url).await;
        assert!(begun.elapsed() >= Duration::from_millis(80), "it did not wait for its turn");
        assert_eq!(one.taken.load(Ordering::SeqCst), 1);
        let short = Duration::from_millis(100);
        assert!(timeout(short, theirs.enter(&url)).await.is_err(), "the only place was given twice");
        mine.hold(&url, Duration::from_secs(7));
        assert_eq!(*one.held.lock().expect("pauses"), [("10.0.0.1".to_owned(), Duration::from_secs(7))]);
        drop(place);
        assert_eq!(one.taken.load(Ordering::SeqCst), 0, "the place was not given back");
        drop(timeout(Duration::from_secs(5), theirs.enter(&url)).await.expect("the place that was given back"));
    }
}
