//! Being one of several crawlers: a connection and a lease in, and for as long as the lease runs a member that may take
//! work and places. Never believes that it is alive because it heard so once: the end of the lease is reckoned from
//! before the question was asked, by this machine's own clock, and comes a little early.

use super::{FleetError, schema};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Row, Socket};

/// A parameter and its type, so that no statement has to be prepared.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// Heartbeats in one lease.
const BEATS: u32 = 4;
/// This part of a lease is left unused at its end: time for what is under way to be dropped before others may begin.
const MARGIN: u32 = 8;

/// What a crawler says of itself.
#[derive(Debug, Clone)]
pub struct Member {
    /// For people: machine and process.
    pub name: String,
    /// What it has credentials for, in the words in which jobs say what they need.
    pub credentials: Vec<String>,
    /// How long it counts as alive without a word, at least a second.
    pub lease: Duration,
}

/// One crawler's membership, from [`Crew::join`] until it is lost or dropped.
#[derive(Debug)]
pub struct Crew {
    pub(super) link: Arc<Link>,
    lost: watch::Receiver<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// The connection by which a worker asks.
#[derive(Debug)]
pub(super) struct Link {
    client: Client,
    pub(super) worker: i64,
    /// Jobs that were brought to their end, told with the next heartbeat.
    pub(super) done: AtomicI64,
    lost: watch::Sender<bool>,
}

impl Link {
    /// Asks; whatever the failure, the membership is at its end.
    pub(super) async fn ask(&self, sql: &str, with: &[Parameter<'_>]) -> Result<Vec<Row>, tokio_postgres::Error> {
        let answer = self.client.query_typed(sql, with).await;
        if let Err(error) = &answer {
            tracing::warn!(%error, "the crawlers' database does not answer");
            self.lose();
        }
        answer
    }

    pub(super) fn lose(&self) {
        self.lost.send_replace(true);
    }
}

impl Crew {
    /// Joins the crawlers at a database, making what they agree by where it is missing.
    ///
    /// # Errors
    /// The database does not answer, is newer, or this user may not write there.
    pub async fn join<T>(config: &Config, tls: T, member: &Member) -> Result<Crew, FleetError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let fail = FleetError::database("connecting to the crawlers' database");
        let (mut client, connection) = config.connect(tls).await.map_err(&fail)?;
        let driver = tokio::spawn(async move {
            // Its end is told by whatever is asked next.
            let _ = connection.await;
        });
        let lease = member.lease.max(Duration::from_secs(1));
        let asked = Instant::now();
        let joined = match schema::prepare(&mut client).await {
            Ok(()) => enrol(&client, member, lease).await,
            Err(error) => Err(error),
        };
        let worker = match joined {
            Ok(worker) => worker,
            Err(error) => {
                driver.abort();
                return Err(error);
            }
        };
        let (lose, lost) = watch::channel(false);
        let link = Arc::new(Link { client, worker, done: AtomicI64::new(0), lost: lose });
        let heart = tokio::spawn(beat(link.clone(), lease, asked));
        Ok(Crew { link, lost, tasks: vec![heart, driver] })
    }

    /// The number under which the others know this worker.
    pub fn worker(&self) -> i64 {
        self.link.worker
    }

    /// Waits until this worker is no more: its lease is about to run out or its connection broke. What it does must be
    /// dropped then, requests that are under way first of all.
    pub async fn lost(&self) {
        let mut lost = self.lost.clone();
        // An error is that nobody is left to tell.
        let _ = lost.wait_for(|lost| *lost).await;
    }

    /// Whether it is: what [`Crew::lost`] waits for.
    pub fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }

    /// Leaves: what this worker had is free at once. To be called when nothing of it is under way any more.
    pub async fn leave(&self) {
        let leaving = "DELETE FROM mcpdex_fleet.worker WHERE id = $1";
        let _ =
            tokio::time::timeout(Duration::from_secs(5), self.link.ask(leaving, &[(&self.link.worker, Type::INT8)]))
                .await;
        self.link.lose();
    }

    /// Forgets a worker that this process was: it knows that nothing of it is under way, and need not wait for its lease.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn bury(&self, worker: i64) -> Result<(), FleetError> {
        let fail = FleetError::database("leaving what an earlier session had");
        self.link.ask("DELETE FROM mcpdex_fleet.worker WHERE id = $1", &[(&worker, Type::INT8)]).await.map_err(fail)?;
        Ok(())
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.link.lose();
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn enrol(client: &Client, member: &Member, lease: Duration) -> Result<i64, FleetError> {
    let fail = FleetError::database("joining the crawlers");
    let sql = "INSERT INTO mcpdex_fleet.worker (name, until, credentials)
               VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond', $3) RETURNING id";
    let (name, lease, credentials) = (&member.name, lease.as_millis() as i64, &member.credentials);
    let with: [Parameter<'_>; 3] = [(name, Type::TEXT), (&lease, Type::INT8), (credentials, Type::TEXT_ARRAY)];
    let rows = client.query_typed(sql, &with).await.map_err(&fail)?;
    match rows.first() {
        Some(row) => Ok(row.get(0)),
        None => Err(FleetError::Lost),
    }
}

/// Moves the lease on until that fails, and sweeps away who is gone.
async fn beat(link: Arc<Link>, lease: Duration, mut asked: Instant) {
    let usable = lease - lease / MARGIN;
    let mut sweeps = JoinSet::new();
    loop {
        tokio::time::sleep_until(asked + lease / BEATS).await;
        let end = asked + usable;
        let now = Instant::now();
        let (length, done) = (lease.as_millis() as i64, link.done.load(Ordering::Relaxed));
        let with: [Parameter<'_>; 3] = [(&link.worker, Type::INT8), (&length, Type::INT8), (&done, Type::INT8)];
        let alive = timeout_at(end, link.ask("SELECT mcpdex_fleet.beat($1, $2, $3)", &with)).await;
        match alive {
            Ok(Ok(rows)) if rows.first().is_some_and(|row| row.get(0)) => asked = now,
            _ => {
                tracing::warn!(worker = link.worker, "the lease of this crawler has ended");
                return link.lose();
            }
        }
        while sweeps.try_join_next().is_some() {}
        if sweeps.is_empty() {
            let link = link.clone();
            sweeps.spawn(async move {
                // What is held by others for a moment is swept the next time.
                let _ = link.client.query_typed("SELECT mcpdex_fleet.sweep()", &[]).await;
            });
        }
    }
}
