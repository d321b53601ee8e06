//! The limit of a host over all crawlers: a place in the database for each request, taken before it begins and given back
//! after it has ended. Waits where none is free; while the database does not answer, nothing begins.

use super::crew::{Link, Parameter};
use mcpdex_net::{PlaceFuture, PlaceRequest, SharedPlaces, TakenPlace};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::types::Type;

/// How long is waited before a full host is asked again: at first, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_millis(160);
/// A host that is closed for long may be opened sooner by nobody, but the worker may be told to end.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Bytes of a host's name by which it is known here: no name that leads anywhere is as long, and no index holds one that is
/// much longer.
const LONGEST_NAME: usize = 255;

fn known_as(domain: &str) -> &str {
    &domain[..(0..=LONGEST_NAME.min(domain.len())).rev().find(|at| domain.is_char_boundary(*at)).unwrap_or(0)]
}

/// Places at hosts that all crawlers of a database share.
#[derive(Debug, Clone)]
pub struct Places(Arc<Link>);

/// A place that is taken. Given back when dropped.
#[derive(Debug)]
struct Place {
    link: Arc<Link>,
    id: i64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let (link, id) = (self.link.clone(), self.id);
        // Outside of a runtime the process is at its end, and so is the worker.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let _ = link.ask("DELETE FROM mcpdex_fleet.place WHERE id = $1", &[(&id, Type::INT8)]).await;
            });
        }
    }
}

impl super::Crew {
    /// The places that this worker takes beside all others.
    pub fn places(&self) -> Places {
        Places(self.link.clone())
    }
}

/// Takes a place; `None` where there is none now. Runs on when nobody waits for it any more: a place that was given to
/// nobody would stay taken.
async fn take(link: Arc<Link>, wanted: PlaceRequest) -> Option<Place> {
    let domain = known_as(&wanted.domain);
    let address = wanted.address.map(|address| address.to_string());
    let (per_domain, per_address) = (wanted.per_domain as i64, wanted.per_address as i64);
    let with: [Parameter<'_>; 5] = [
        (&link.worker, Type::INT8),
        (&domain, Type::TEXT),
        (&per_domain, Type::INT8),
        (&address, Type::TEXT),
        (&per_address, Type::INT8),
    ];
    let rows = link.ask("SELECT mcpdex_fleet.enter($1, $2, $3, $4, $5)", &with).await.ok()?;
    let id: Option<i64> = rows.first()?.get(0);
    id.map(|id| Place { link: link.clone(), id })
}

impl SharedPlaces for Places {
    fn enter(&self, wanted: PlaceRequest) -> PlaceFuture<'_, TakenPlace> {
        Box::pin(async move {
            let mut wait = FIRST_WAIT;
            loop {
                // A task of its own: dropped with its place when this one is dropped.
                let taking = tokio::spawn(take(self.0.clone(), wanted.clone()));
                if let Ok(Some(place)) = taking.await {
                    return TakenPlace::new(place);
                }
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        })
    }

    fn start<'a>(&'a self, domain: &'a str, interval: Duration) -> PlaceFuture<'a, Result<(), Duration>> {
        Box::pin(async move {
            let (domain, every) = (known_as(domain), interval.as_millis() as i64);
            let with: [Parameter<'_>; 3] = [(&self.0.worker, Type::INT8), (&domain, Type::TEXT), (&every, Type::INT8)];
            let answer = self.0.ask("SELECT mcpdex_fleet.start($1, $2, $3)", &with).await;
            let wait: Option<i64> = answer.ok().and_then(|rows| rows.first().and_then(|row| row.get(0)));
            match wait {
                Some(0) => Ok(()),
                Some(wait) => Err(Duration::from_millis(wait.unsigned_abs()).min(LONGEST_PAUSE)),
                // This worker is no more.
                None => {
                    self.0.lose();
                    Err(LONGEST_PAUSE)
                }
            }
        })
    }

    fn hold(&self, domain: &str, pause: Duration) {
        let (link, domain, pause) = (self.0.clone(), known_as(domain).to_owned(), pause.as_millis() as i64);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let with: [Parameter<'_>; 2] = [(&domain, Type::TEXT), (&pause, Type::INT8)];
                let _ = link.ask("SELECT mcpdex_fleet.hold($1, $2)", &with).await;
            });
        }
    }
}
