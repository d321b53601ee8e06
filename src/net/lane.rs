//! One lane per host: how many requests may be at one host at once, and when its next one may start.
//!
//! The place in the host's lane is taken *before* the place in the whole, so that requests which wait for a slow host
//! hold nothing that another host needs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

/// The lanes of all hosts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lanes {
    hosts: Arc<Mutex<BTreeMap<String, Arc<Lane>>>>,
    per_host: usize,
    all: Arc<Semaphore>,
}

#[derive(Debug)]
struct Lane {
    places: Arc<Semaphore>,
    not_before: Mutex<Instant>,
}

/// Leave to make one request; gives its places back when dropped.
#[derive(Debug)]
pub struct Place {
    _lane: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Lanes {
    /// Lanes of `per_host` places each, and `all` places over all hosts together (at least one of each).
    pub fn new(per_host: usize, all: usize) -> Self {
        Lanes { hosts: Arc::default(), per_host: per_host.max(1), all: Arc::new(Semaphore::new(all.max(1))) }
    }

    /// Waits for a place in the lane of the URL's host.
    pub async fn enter(&self, url: &Url) -> Place {
        let lane = self.lane(url);
        let held = acquire(&lane.places).await;
        loop {
            let ready = *lane.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            if ready <= Instant::now() {
                break;
            }
            tokio::time::sleep_until(ready).await;
        }
        Place { _lane: held, _all: acquire(&self.all).await }
    }

    /// Lets nothing more start in the lane of the URL's host for `pause`.
    pub fn hold(&self, url: &Url, pause: Duration) {
        let lane = self.lane(url);
        let mut not_before = lane.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = (*not_before).max(Instant::now() + pause);
    }

    fn lane(&self, url: &Url) -> Arc<Lane> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = hosts.entry(key(url)).or_insert_with(|| {
            let places = Arc::new(Semaphore::new(self.per_host));
            Arc::new(Lane { places, not_before: Mutex::new(Instant::now()) })
        });
        lane.clone()
    }
}

async fn acquire(places: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    places.clone().acquire_owned().await.expect("the semaphores of lanes are never closed")
}

/// What counts as one host.
fn key(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[tokio::test]
    async fn a_host_that_is_busy_or_paused_holds_up_no_other() {
        let lanes = Lanes::new(1, 2);
        let (slow, paused, free) =
            (url("http://slow.example/"), url("http://paused.example/"), url("http://a.example/"));
        let _busy = lanes.enter(&slow).await;
        lanes.hold(&paused, Duration::from_secs(100));
        let waiting = [slow, paused].map(|host| {
            let lanes = lanes.clone();
            tokio::spawn(async move { lanes.enter(&host).await })
        });
        tokio::task::yield_now().await;
        let entered = tokio::time::timeout(Duration::from_secs(20), lanes.enter(&free)).await;
        assert!(entered.is_ok(), "the free host waited for the others");
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn a_lane_that_was_asked_to_pause_does() {
        let (lanes, host) = (Lanes::new(4, 4), url("http://a.example/"));
        lanes.hold(&host, Duration::from_millis(60));
        let started = Instant::now();
        drop(lanes.enter(&host).await);
        assert!(started.elapsed() >= Duration::from_millis(60));
    }
}
