//! What was not read, or not whole: targets whose newest attempt failed, and lists that are known to be incomplete.

use super::{Reader, StoreError};
use mcpdex_model::{PartialList, Unread};

/// The newest attempt at each target of each server that is not gone. That a source deleted a server is no attempt that
/// says how it stands.
pub(super) const NEWEST_ATTEMPT: &str = "attempt.id IN (SELECT max(id) FROM attempt GROUP BY server_id, origin, target)
     AND NOT (attempt.origin = 'declared' AND attempt.outcome = 'gone')
     AND attempt.server_id NOT IN (SELECT id FROM server WHERE gone = 1)";

impl Reader {
    /// Every target whose newest attempt failed, by server.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unread(&self) -> Result<Vec<Unread>, StoreError> {
        let sql = format!(
            "SELECT server.name AS server, attempt.target AS target, attempt.outcome AS outcome,
                    attempt.detail AS detail
             FROM attempt JOIN server ON server.id = attempt.server_id
             WHERE {NEWEST_ATTEMPT} AND attempt.outcome NOT IN ('ok', 'not-modified')
             ORDER BY server.name, attempt.target"
        );
        self.all(&sql, ())
    }

    /// The targets of a server whose newest attempt failed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unread_of(&self, server: &str) -> Result<Vec<Unread>, StoreError> {
        self.all(
            "SELECT ?1 AS server, attempt.target AS target, attempt.outcome AS outcome, attempt.detail AS detail
             FROM attempt WHERE attempt.id IN (
                 SELECT max(attempt.id) FROM attempt JOIN server ON server.id = attempt.server_id
                 WHERE server.name = ?1 GROUP BY attempt.origin, attempt.target)
               AND attempt.outcome NOT IN ('ok', 'not-modified')
               AND NOT (attempt.origin = 'declared' AND attempt.outcome = 'gone')
             ORDER BY attempt.target, attempt.id",
            [server],
        )
    }

    /// The lists in use that are known to be incomplete, by server and target.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn partial_lists(&self) -> Result<Vec<PartialList>, StoreError> {
        self.all(
            "SELECT server.name AS server, observation.target AS target, observation.partial AS partial
             FROM observation JOIN server ON server.id = observation.server_id
             WHERE observation.latest = 1 AND observation.partial != '[]' AND server.gone = 0
             ORDER BY server.name, observation.target",
            (),
        )
    }

    /// The lists of a server that are in use and known to be incomplete.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn partial_of(&self, server: &str) -> Result<Vec<PartialList>, StoreError> {
        let lists = self.lists_of(server)?.into_iter().filter(|list| list.latest && !list.partial.is_empty());
        Ok(lists
            .map(|list| PartialList { server: server.to_owned(), target: list.target, missing: list.partial })
            .collect())
    }
}
