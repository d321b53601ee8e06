//! Which server is whose: jobs of a run in, each handed to one worker at a time. What a worker had that is gone is handed
//! out again. A job is put in and ended by whoever keeps what is learnt, in the transaction that keeps it
//! (`mcpdex_fleet.put`, `.planned`, `.complete`): it is never there without its listing, nor ended without its outcome.

use super::FleetError;
use super::crew::{Link, Parameter};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio_postgres::types::Type;

/// A job that this worker has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenJob {
    pub id: i64,
    /// What there is to do, as it was put in.
    pub payload: String,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunState {
    /// Its sources were read to their end.
    pub planned: bool,
    /// Somebody is reading its sources, or waiting for its end.
    pub attended: bool,
    /// Jobs that nobody has.
    pub waiting: i64,
    /// Jobs that somebody has.
    pub taken: i64,
}

/// The jobs of all runs.
#[derive(Debug, Clone)]
pub struct Jobs(Arc<Link>);

impl super::Crew {
    /// The jobs that this worker takes beside all others.
    pub fn jobs(&self) -> Jobs {
        Jobs(self.link.clone())
    }
}

impl Jobs {
    /// Opens a run's queue, or goes on with it. `options` holds for all who join.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open(&self, run: i64, options: &str) -> Result<(), FleetError> {
        let sql = "INSERT INTO mcpdex_fleet.run (id, options, planner) VALUES ($1, $2, $3)
                   ON CONFLICT (id) DO UPDATE SET options = excluded.options, planner = excluded.planner, planned = false";
        let with: [Parameter<'_>; 3] = [(&run, Type::INT8), (&options, Type::TEXT), (&self.0.worker, Type::INT8)];
        self.0.ask(sql, &with).await.map(drop).map_err(FleetError::database("opening the queue of a run"))
    }

    /// Closes a run's queue, with all that is left in it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn close(&self, run: i64) -> Result<(), FleetError> {
        let sql = "DELETE FROM mcpdex_fleet.run WHERE id = $1";
        self.0
            .ask(sql, &[(&run, Type::INT8)])
            .await
            .map(drop)
            .map_err(FleetError::database("closing the queue of a run"))
    }

    /// The runs whose queue is open, oldest first, and what they were opened with.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn runs(&self) -> Result<Vec<(i64, String)>, FleetError> {
        let sql = "SELECT id, options FROM mcpdex_fleet.run ORDER BY id";
        let rows = self.0.ask(sql, &[]).await.map_err(FleetError::database("looking for runs"))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Takes up to `most` jobs of a run, hosts in turn; none where there are none, or others are to do them who have the
    /// credentials.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn take(&self, run: i64, most: usize) -> Result<Vec<TakenJob>, FleetError> {
        let most = most as i64;
        let with: [Parameter<'_>; 3] = [(&self.0.worker, Type::INT8), (&run, Type::INT8), (&most, Type::INT8)];
        let rows = self.0.ask("SELECT id, payload FROM mcpdex_fleet.take($1, $2, $3) ORDER BY id", &with).await;
        let rows = rows.map_err(FleetError::database("taking jobs"))?;
        Ok(rows.iter().map(|row| TakenJob { id: row.get(0), payload: row.get(1) }).collect())
    }

    /// How far a run is; `None` where its queue is closed.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn state(&self, run: i64) -> Result<Option<RunState>, FleetError> {
        let sql = "SELECT planned, EXISTS (SELECT 1 FROM mcpdex_fleet.worker
                                           WHERE worker.id = planner AND until > clock_timestamp()),
                          (SELECT count(*) FROM mcpdex_fleet.job WHERE run = run.id AND worker IS NULL AND NOT done),
                          (SELECT count(*) FROM mcpdex_fleet.job WHERE run = run.id AND worker IS NOT NULL)
                   FROM mcpdex_fleet.run WHERE id = $1";
        let rows =
            self.0.ask(sql, &[(&run, Type::INT8)]).await.map_err(FleetError::database("looking how far a run is"))?;
        Ok(rows.first().map(|row| RunState {
            planned: row.get(0),
            attended: row.get(1),
            waiting: row.get(2),
            taken: row.get(3),
        }))
    }

    /// Leaves a job to those who have the credential that this worker lacks for it; false where none of them lives, and
    /// the job stays this worker's.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn leave(&self, job: i64, lacks: &str) -> Result<bool, FleetError> {
        let with: [Parameter<'_>; 3] = [(&self.0.worker, Type::INT8), (&job, Type::INT8), (&lacks, Type::TEXT)];
        let rows = self.0.ask("SELECT mcpdex_fleet.leave($1, $2, $3)", &with).await;
        let rows = rows.map_err(FleetError::database("leaving a job to others"))?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    /// Counts a job that this worker has brought to its end, for those who look on.
    pub fn count_done(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }
}
