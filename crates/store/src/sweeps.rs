//! How far a source was read, as a crawl tells it.

use super::StoreError;
use super::batch::Batch;
use super::sql::params;
use mcpdex_model::Sweep;

impl Batch<'_> {
    /// Keeps a step of reading a source.
    pub(super) fn sweep(&self, source: &str, step: Sweep) -> Result<(), StoreError> {
        match step {
            Sweep::Begins { since } => self.put(
                "UPDATE source SET run_id = ?2, begun = ?3, since = ?4, next = NULL, flawed = 0 WHERE name = ?1",
                "INSERT INTO source (name, run_id, begun, since) VALUES (?1, ?2, ?3, ?4)",
                params![source, self.run(), self.now, since],
            ),
            Sweep::Next(next) => self.execute("UPDATE source SET next = ?2 WHERE name = ?1", params![source, next]),
            Sweep::Flawed => self.execute("UPDATE source SET flawed = 1 WHERE name = ?1", params![source]),
            Sweep::Whole => self.execute("UPDATE source SET since = NULL WHERE name = ?1", params![source]),
            Sweep::Ends => {
                self.unlist(source)?;
                self.execute(
                    "UPDATE source SET swept = begun, begun = NULL, since = NULL, next = NULL WHERE name = ?1",
                    params![source],
                )
            }
        }
        .map(drop)
    }
}
