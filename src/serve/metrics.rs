//! Counters for Prometheus, in its text format. No label holds anything that a client sent.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Upper bounds of the histogram, in microseconds.
const BOUNDS: [u64; 8] = [500, 1_000, 5_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000];

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    since: Instant,
    /// By the first digit of the status.
    statuses: [AtomicU64; 6],
    buckets: [AtomicU64; BOUNDS.len()],
    micros: AtomicU64,
    pub(crate) working: AtomicUsize,
    pub(crate) connections: std::sync::Arc<AtomicUsize>,
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        Metrics {
            since: Instant::now(),
            statuses: Default::default(),
            buckets: Default::default(),
            micros: AtomicU64::new(0),
            working: AtomicUsize::new(0),
            connections: Default::default(),
        }
    }

    pub(crate) fn count(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).min(5);
        self.statuses[class].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            if micros <= *bound {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn to_text(&self, ruleset: &str) -> String {
        let mut out = String::new();
        let ruleset: String = ruleset.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '+').collect();
        let version = env!("CARGO_PKG_VERSION");
        let _ = writeln!(
            out,
            "# TYPE mcpdex_build_info gauge\nmcpdex_build_info{{version=\"{version}\",ruleset=\"{ruleset}\"}} 1"
        );
        let _ = writeln!(
            out,
            "# TYPE mcpdex_uptime_seconds gauge\nmcpdex_uptime_seconds {}",
            self.since.elapsed().as_secs()
        );
        let _ = writeln!(out, "# TYPE mcpdex_http_requests_total counter");
        let mut all = 0;
        for (class, count) in self.statuses.iter().enumerate().skip(1) {
            let count = count.load(Ordering::Relaxed);
            all += count;
            let _ = writeln!(out, "mcpdex_http_requests_total{{status=\"{class}xx\"}} {count}");
        }
        let _ = writeln!(out, "# TYPE mcpdex_http_request_seconds histogram");
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            let (le, count) = (*bound as f64 / 1e6, bucket.load(Ordering::Relaxed));
            let _ = writeln!(out, "mcpdex_http_request_seconds_bucket{{le=\"{le}\"}} {count}");
        }
        let seconds = self.micros.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(
            out,
            "mcpdex_http_request_seconds_bucket{{le=\"+Inf\"}} {all}\nmcpdex_http_request_seconds_sum {seconds}\n\
             mcpdex_http_request_seconds_count {all}"
        );
        for (name, value) in [
            ("mcpdex_http_requests_in_flight", self.working.load(Ordering::Relaxed)),
            ("mcpdex_http_connections", self.connections.load(Ordering::Relaxed)),
        ] {
            let _ = writeln!(out, "# TYPE {name} gauge\n{name} {value}");
        }
        out
    }
}
