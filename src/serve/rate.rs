//! How often one address may ask: a bucket of tokens each, of a bounded number of addresses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are remembered; beyond that, those whose bucket is full again are forgotten.
const MOST: usize = 20_000;

/// Buckets of all addresses.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<IpAddr, (Instant, f64)>>,
}

impl RateLimit {
    /// Lets so many requests a second through, and twice as many at once.
    pub(crate) fn new(per_second: u32) -> RateLimit {
        let per_second = f64::from(per_second.max(1));
        RateLimit { per_second, burst: per_second * 2.0, buckets: Mutex::default() }
    }

    /// Takes one request; `Err` says after how long the next is let through.
    pub(crate) fn take(&self, from: IpAddr, now: Instant) -> Result<(), Duration> {
        // One customer of a network gets a whole one of these.
        let from = match from {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address => address,
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&from) {
            let filled = Duration::from_secs_f64(self.burst / self.per_second);
            buckets.retain(|_, (since, _)| now.duration_since(*since) < filled);
            if buckets.len() >= MOST {
                return Err(filled);
            }
        }
        let (since, left) = buckets.entry(from).or_insert((now, self.burst));
        *left = (*left + now.duration_since(*since).as_secs_f64() * self.per_second).min(self.burst);
        *since = now;
        if *left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - *left) / self.per_second));
        }
        *left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_then_so_many_a_second_and_others_are_not_held_up() {
        let (limit, start) = (RateLimit::new(10), Instant::now());
        let [one, other] = ["192.0.2.1", "2001:db8::1"].map(|text| text.parse().expect("an address"));
        for _ in 0..20 {
            assert!(limit.take(one, start).is_ok());
        }
        assert!(limit.take(one, start).is_err_and(|wait| wait <= Duration::from_millis(100)));
        assert!(limit.take(other, start).is_ok());
        assert!(limit.take(one, start + Duration::from_millis(101)).is_ok());
        assert!(limit.take(one, start + Duration::from_millis(101)).is_err());
        let many = (0..MOST as u32 + 5).map(|n| IpAddr::from(n.to_be_bytes()));
        assert_eq!(many.filter(|from| limit.take(*from, start).is_err()).count(), 7);
        assert!(limit.take(IpAddr::from([9, 9, 9, 9]), start + Duration::from_secs(10)).is_ok());
    }
}
