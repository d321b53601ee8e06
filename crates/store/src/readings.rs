//! What each source has given: how many servers when it was read last, and how many of their tools it defined itself.

use super::from_row::FromRow;
use super::sql::{self, Row};
use super::{Reader, StoreError};

/// What the database has of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReading {
    /// As a run remembers it, for instance `registry:https://registry.example`.
    pub source: String,
    /// When it listed a server last (RFC 3339, UTC).
    pub at: String,
    /// Servers that it listed in the run that read it last.
    pub gave: u64,
    /// Servers that it has listed and that are not gone.
    pub servers: u64,
    /// Tools of the newest lists that stood in the source itself.
    pub tools: u64,
    /// When the reading began that came to its end last, where the source is one that is read page by page.
    pub swept: Option<String>,
}

impl FromRow for SourceReading {
    fn from_row(row: &Row<'_>) -> sql::Result<SourceReading> {
        let number = |column: &str| row.get::<i64>(column).map(i64::unsigned_abs);
        Ok(SourceReading {
            source: row.get("source")?,
            at: row.get("at")?,
            gave: number("gave")?,
            servers: number("servers")?,
            tools: number("tools")?,
            swept: row.get("swept")?,
        })
    }
}

impl Reader {
    /// Every source that has listed a server, in the order of their names.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn source_readings(&self) -> Result<Vec<SourceReading>, StoreError> {
        let sql = "WITH newest AS (SELECT source, max(run_id) AS run FROM listing GROUP BY source)
                   SELECT listing.source AS source, max(listing.last_seen) AS at,
                          count(DISTINCT listing.server_id) FILTER (WHERE listing.run_id IS NOT DISTINCT FROM newest.run) AS gave,
                          count(DISTINCT listing.server_id) FILTER (WHERE server.gone = 0) AS servers,
                          (SELECT count(*) FROM observation JOIN tool ON tool.observation_id = observation.id
                           WHERE observation.target = listing.source AND observation.latest = 1) AS tools,
                          max(source.swept) AS swept
                   FROM listing
                   JOIN newest ON newest.source = listing.source
                   JOIN server ON server.id = listing.server_id
                   LEFT JOIN source ON source.name = listing.source
                   GROUP BY listing.source ORDER BY listing.source";
        self.all(sql, ())
    }
}
