//! A database that is asked by many at a time: connections that only read, a few of them, each used by one question on a
//! thread that may wait.

use super::bench::Bench;
use super::error::QueryError;
use crate::policy::Profile;
use crate::store::{DatabasePlace, Reader, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// A connection is opened anew after so long, in case that another file has taken the database's place.
const OLDEST: Duration = Duration::from_secs(60);

/// Questions that are worked on at a time, and connections that are kept.
const AT_A_TIME: usize = 8;

/// Everything that questions are answered from.
#[derive(Debug)]
pub struct Catalogue {
    place: DatabasePlace,
    profile: Profile,
    bench: Bench,
    idle: Mutex<Vec<(Instant, Reader)>>,
    permits: Arc<Semaphore>,
    watch: Mutex<Watch>,
}

/// How often it is looked whether something was written.
const LOOKS: Duration = Duration::from_millis(500);

/// A connection that sees whether something was written.
#[derive(Debug)]
struct Watch {
    reader: Reader,
    opened: Instant,
    looked: Instant,
    seen: i64,
    state: u64,
}

impl Watch {
    fn open(place: &DatabasePlace, state: u64) -> Result<Watch, StoreError> {
        let (reader, now) = (Reader::open(place)?, Instant::now());
        Ok(Watch { seen: reader.data_version()?, reader, opened: now, looked: now, state })
    }
}

/// What one question is answered from: a state of the database that nothing changes meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub reader: &'a Reader,
    pub profile: &'a Profile,
    pub bench: &'a Bench,
}

impl Catalogue {
    /// Opens the database at `place`, which is judged and up to date.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(place: &DatabasePlace, profile: Profile, bench: Bench) -> Result<Catalogue, StoreError> {
        let first = (Instant::now(), Reader::open(place)?);
        Ok(Catalogue {
            place: place.clone(),
            profile,
            bench,
            idle: Mutex::new(vec![first]),
            permits: Arc::new(Semaphore::new(AT_A_TIME)),
            watch: Mutex::new(Watch::open(place, 0)?),
        })
    }

    /// The digest of the rules and overrides that judge.
    pub fn ruleset(&self) -> String {
        self.bench.digest()
    }

    /// A number that is another one after something was written to the database; up to half a second late.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn state(&self) -> Result<u64, QueryError> {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        if watch.looked.elapsed() >= LOOKS {
            if watch.opened.elapsed() >= OLDEST {
                *watch = Watch::open(&self.place, watch.state + 1)?;
            } else {
                let seen = watch.reader.data_version()?;
                watch.state += u64::from(seen != watch.seen);
                (watch.seen, watch.looked) = (seen, Instant::now());
            }
        }
        Ok(watch.state)
    }

    /// Asks a question. Where whoever asks goes away, the database stops working on it.
    ///
    /// # Errors
    /// That of the question, or the database cannot be opened.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(Moment<'_>) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, QueryError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| QueryError::GivenUp)?;
        let reader = self.take()?;
        let mut stop = StopWhenDropped(Some(reader.1.interrupter()));
        let here = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let (since, reader) = reader;
            let answer = question(Moment { reader: &reader, profile: &here.profile, bench: &here.bench });
            // One with which something went wrong is not used again.
            if !matches!(answer, Err(QueryError::Store(_))) {
                here.idle.lock().unwrap_or_else(PoisonError::into_inner).push((since, reader));
            }
            answer
        });
        let answer = work.await.map_err(|_| QueryError::GivenUp)?;
        stop.0 = None;
        answer
    }

    fn take(&self) -> Result<(Instant, Reader), StoreError> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match kept {
            Some((since, reader)) if since.elapsed() < OLDEST => {
                reader.renew()?;
                Ok((since, reader))
            }
            _ => Ok((Instant::now(), Reader::open(&self.place)?)),
        }
    }
}

/// Whoever asked has gone: nobody needs the answer.
struct StopWhenDropped(Option<crate::store::Interrupter>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        if let Some(interrupter) = self.0.take() {
            interrupter.interrupt();
        }
    }
}
