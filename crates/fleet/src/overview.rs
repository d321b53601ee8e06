//! Who does what, for people who look on: a connection in, one picture of workers and queues out. Changes nothing.

use super::{FleetError, schema};
use serde::Serialize;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::Type;
use tokio_postgres::{Config, Socket};

/// A crawler, alive or not yet swept away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkerState {
    pub id: i64,
    /// Machine and process.
    pub name: String,
    /// When it joined, as RFC 3339 in UTC.
    pub began: String,
    /// Seconds until others may take what it has; below zero where they already may.
    pub lease_seconds: f64,
    /// What it has credentials for.
    pub credentials: Vec<String>,
    /// Servers that it has brought to their end, as of its last heartbeat.
    pub done: i64,
    /// Servers that it has.
    pub jobs: i64,
    /// Of these, those that it has had longest, at most ten.
    pub servers: Vec<String>,
    /// Requests that it has under way.
    pub requests: i64,
}

/// The queue of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueState {
    pub run: i64,
    /// The worker that reads the sources.
    pub planner: Option<i64>,
    /// The sources were read to their end.
    pub planned: bool,
    pub waiting: i64,
    pub taken: i64,
    /// Servers that are done.
    pub done: i64,
    /// The credentials that waiting jobs are left for, and how many.
    pub needs: Vec<(String, i64)>,
}

/// Everything judged again by other rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgingState {
    /// The digest of the rules.
    pub ruleset: String,
    /// When it began, as RFC 3339 in UTC.
    pub began: String,
    /// Tools in pieces that nobody has.
    pub waiting: i64,
    /// Tools in pieces that somebody has.
    pub taken: i64,
    /// Tools in pieces that are done.
    pub done: i64,
}

/// Who does what, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Overview {
    pub workers: Vec<WorkerState>,
    pub queues: Vec<QueueState>,
    /// What judges everything again, if anything does.
    pub judging: Option<JudgingState>,
}

/// Times as RFC 3339 in UTC.
const WORKERS: &str = "
    SELECT id, name, to_char(began AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
           extract(epoch FROM until - clock_timestamp())::float8, credentials, done,
           (SELECT count(*) FROM mcpdex_fleet.job WHERE job.worker = worker.id),
           ARRAY(SELECT server FROM mcpdex_fleet.job WHERE job.worker = worker.id ORDER BY taken, job.id LIMIT 10),
           (SELECT count(*) FROM mcpdex_fleet.place WHERE place.worker = worker.id)
    FROM mcpdex_fleet.worker ORDER BY id";

const QUEUES: &str = "
    SELECT id, planner, planned,
           (SELECT count(*) FROM mcpdex_fleet.job WHERE run = run.id AND worker IS NULL AND NOT done),
           (SELECT count(*) FROM mcpdex_fleet.job WHERE run = run.id AND worker IS NOT NULL),
           (SELECT count(*) FROM mcpdex_fleet.job WHERE run = run.id AND done)
    FROM mcpdex_fleet.run ORDER BY id";

const NEEDS: &str = "
    SELECT need, count(*) FROM mcpdex_fleet.job, unnest(needs) AS need
    WHERE run = $1 AND worker IS NULL AND NOT done GROUP BY need ORDER BY need";

const JUDGING: &str = "
    SELECT ruleset, to_char(began AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
           coalesce(sum(tools) FILTER (WHERE worker IS NULL AND NOT done), 0)::bigint,
           coalesce(sum(tools) FILTER (WHERE worker IS NOT NULL), 0)::bigint,
           coalesce(sum(tools) FILTER (WHERE done), 0)::bigint
    FROM mcpdex_fleet.judging LEFT JOIN mcpdex_fleet.piece ON piece.edition = judging.edition
    GROUP BY ruleset, began";

impl Overview {
    /// Looks at a database. One in which no crawlers have met has neither workers nor queues.
    ///
    /// # Errors
    /// The database does not answer, or is newer.
    pub async fn of<T>(config: &Config, tls: T) -> Result<Overview, FleetError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let fail = FleetError::database("looking who is at work");
        let (mut client, connection) = config.connect(tls).await.map_err(&fail)?;
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        let found = match schema::version(&client).await? {
            0 => return Ok(Overview::default()),
            found if !schema::is_known(found) => return Err(schema::newer(found)),
            found => found,
        };
        let transaction = client.build_transaction().read_only(true).start().await.map_err(&fail)?;
        let mut overview = Overview::default();
        for row in transaction.query_typed(WORKERS, &[]).await.map_err(&fail)? {
            overview.workers.push(WorkerState {
                id: row.get(0),
                name: row.get(1),
                began: row.get(2),
                lease_seconds: row.get(3),
                credentials: row.get(4),
                done: row.get(5),
                jobs: row.get(6),
                servers: row.get(7),
                requests: row.get(8),
            });
        }
        for row in transaction.query_typed(QUEUES, &[]).await.map_err(&fail)? {
            let run: i64 = row.get(0);
            let needs = transaction.query_typed(NEEDS, &[(&run, Type::INT8)]).await.map_err(&fail)?;
            overview.queues.push(QueueState {
                run,
                planner: row.get(1),
                planned: row.get(2),
                waiting: row.get(3),
                taken: row.get(4),
                done: row.get(5),
                needs: needs.iter().map(|row| (row.get(0), row.get(1))).collect(),
            });
        }
        if found > 1 {
            let rows = transaction.query_typed(JUDGING, &[]).await.map_err(&fail)?;
            overview.judging = rows.first().map(|row| JudgingState {
                ruleset: row.get(0),
                began: row.get(1),
                waiting: row.get(2),
                taken: row.get(3),
                done: row.get(4),
            });
        }
        drop(transaction);
        driver.abort();
        Ok(overview)
    }
}
