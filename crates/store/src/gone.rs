//! Which servers are gone: those that no source lists any more, since each deleted them or was read to its end without
//! them. Nothing of them is removed; what they offered stays in their history.

use super::batch::Batch;
use super::claims::holder;
use super::sql::params;
use super::{Reader, StoreError};

/// A server that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub server: String,
    /// The sources that listed it.
    pub sources: Vec<String>,
    /// The numbers of its lists, oldest first.
    pub lists: Vec<i64>,
}

/// Whether no source lists a server (`?1`). Of a source count the listings of the run that saw the server last: newer
/// ones take the place of older versions.
const IS_GONE: &str = "EXISTS (SELECT 1 FROM listing WHERE server_id = ?1) AND NOT EXISTS (
    SELECT 1 FROM listing WHERE server_id = ?1 AND coalesce(status, '') NOT IN ('deleted', 'unlisted')
      AND coalesce(run_id, 0) = (SELECT max(coalesce(other.run_id, 0)) FROM listing AS other
          WHERE other.server_id = ?1 AND other.source = listing.source AND other.claimed IS NOT DISTINCT FROM listing.claimed))";

impl Batch<'_> {
    /// Decides anew whether a server is gone, and with that what it offers.
    pub(super) fn regard(&self, server: i64) -> Result<(), StoreError> {
        self.unsettle(server);
        let changed = self.execute(
            &format!(
                "UPDATE server SET gone = CASE WHEN {IS_GONE} THEN 1 ELSE 0 END
                 WHERE id = ?1 AND gone != CASE WHEN {IS_GONE} THEN 1 ELSE 0 END"
            ),
            [server],
        )?;
        if changed > 0 {
            self.execute("INSERT INTO unindexed (server_id) VALUES (?1) ON CONFLICT DO NOTHING", [server])?;
            self.settle(server)?;
        }
        Ok(())
    }

    /// A server that is listed is not gone.
    pub(super) fn stand(&self, server: i64) -> Result<(), StoreError> {
        if self.stands(server) {
            return Ok(());
        }
        if self.execute("UPDATE server SET gone = 0 WHERE id = ?1 AND gone = 1", [server])? > 0 {
            self.execute("INSERT INTO unindexed (server_id) VALUES (?1) ON CONFLICT DO NOTHING", [server])?;
            self.settle(server)?;
        }
        Ok(())
    }

    /// A source has deleted a version that it lists no more as the newest.
    pub(super) fn deleted(&self, server: &str, source: &str, version: Option<&str>) -> Result<(), StoreError> {
        let Some((id, called)) = holder(self.transaction, server).map_err(self.fail())? else { return Ok(()) };
        let claimed = (called != server).then_some(server);
        self.execute(
            "UPDATE listing SET status = 'deleted', last_seen = ?4
             WHERE server_id = ?1 AND source = ?2 AND version = ?3 AND claimed IS NOT DISTINCT FROM ?5",
            params![id, source, version.unwrap_or_default(), self.now, claimed],
        )?;
        let server = id;
        self.regard(server)
    }

    /// A source was read to its end: what it listed before and did not list now it lists no more. Only where it was read
    /// whole, without a flaw, and listed anything at all.
    pub(super) fn unlist(&self, source: &str) -> Result<(), StoreError> {
        let whole = "SELECT 1 FROM source WHERE name = ?1 AND since IS NULL AND flawed = 0
                       AND EXISTS (SELECT 1 FROM listing WHERE listing.source = ?1 AND run_id = ?2)";
        if self.id(whole, params![source, self.run()])?.is_none() {
            return Ok(());
        }
        let servers: Vec<i64> = self
            .transaction
            .prepare_cached(
                "UPDATE listing SET status = 'unlisted'
                 WHERE listing.source = ?1 AND run_id IS DISTINCT FROM ?2 AND coalesce(status, '') NOT IN ('deleted', 'unlisted')
                 RETURNING server_id",
            )
            .and_then(|mut s| s.query_map(params![source, self.run()], |row| row.get(0))?.collect())
            .map_err(self.fail())?;
        servers.into_iter().try_for_each(|server| self.regard(server))
    }
}

impl Reader {
    /// The servers that are gone and that a person may mean by a name, a package or an address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn gone_called(&self, wanted: &str) -> Result<Vec<Gone>, StoreError> {
        let mut gone = Vec::new();
        for id in self.server_ids(wanted)? {
            if let Some(server) = self.names("SELECT name FROM server WHERE id = ?1 AND gone = 1", [id])?.pop() {
                gone.push(self.gone(id, server)?);
            }
        }
        gone.sort_by(|a, b| a.server.cmp(&b.server));
        Ok(gone)
    }

    /// The servers that are gone and had a tool of exactly this name when they went.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn gone_with_tool(&self, tool: &str) -> Result<Vec<String>, StoreError> {
        // CROSS JOIN: from the few that are gone, since only current tools have an index by name.
        self.names(
            "SELECT DISTINCT server.name FROM server
             CROSS JOIN observation ON observation.server_id = server.id AND observation.latest = 1
             CROSS JOIN tool ON tool.observation_id = observation.id
             WHERE server.gone = 1 AND tool.name = ?1 ORDER BY server.name",
            [tool],
        )
    }

    fn gone(&self, id: i64, server: String) -> Result<Gone, StoreError> {
        let sources = self.names("SELECT DISTINCT source FROM listing WHERE server_id = ?1 ORDER BY source", [id])?;
        let lists = self
            .connection
            .prepare_cached("SELECT id FROM observation WHERE server_id = ?1 ORDER BY id")
            .and_then(|mut s| s.query_map([id], |row| row.get(0))?.collect())
            .map_err(self.fail())?;
        Ok(Gone { server, sources, lists })
    }
}
