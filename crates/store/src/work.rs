//! The work that several crawlers share, where it meets what is learnt: a job is put in with its listing and ended with
//! its outcome, in one transaction. Calls three functions of the crawlers' own tables, and knows nothing else of them.
//! Only a server's database has them; into a file nobody crawls together.

use super::StoreError;
use super::batch::Batch;
use super::sql::params;
use mcpdex_model::QueuedJob;

impl Batch<'_> {
    /// Puts a job into the queue of the run that is under way, unless it is or was there.
    pub(super) fn queued(&self, job: &QueuedJob) -> Result<(), StoreError> {
        let QueuedJob { key, server, host, turn, payload } = job;
        let put = "SELECT mcpdex_fleet.put(?1, ?2, ?3, ?4, ?5, ?6)";
        self.execute(put, params![self.run(), key, server.as_str(), host, turn, payload]).map(drop)
    }

    /// Says that no more jobs will be put in.
    pub(super) fn planned(&self) -> Result<(), StoreError> {
        self.execute("SELECT mcpdex_fleet.planned(?1)", params![self.run()]).map(drop)
    }

    /// Ends a job, where it is the worker's still; else nothing that came of it may be kept.
    pub(super) fn ends(&self, worker: i64, job: i64) -> Result<bool, StoreError> {
        let ended = self.id("SELECT 1 WHERE mcpdex_fleet.complete(?1, ?2)", params![worker, job])?;
        Ok(ended.is_some())
    }
}
