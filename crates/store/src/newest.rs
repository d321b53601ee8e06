//! The tools that servers have gained last.

use super::from_row::FromRow;
use super::sql::{self, Row};
use super::{LeafTool, Reader, StoreError};

/// A current tool, and since when its server has offered one of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTool {
    /// When the first list with it was first seen (RFC 3339, UTC).
    pub at: String,
    pub tool: LeafTool,
}

/// Tools that were written last and are looked at: what is asked costs the same however many there are.
const LOOKED_AT: u32 = 2_000;

impl FromRow for NewTool {
    fn from_row(row: &Row<'_>) -> sql::Result<NewTool> {
        Ok(NewTool { at: row.get("at")?, tool: LeafTool::from_row(row)? })
    }
}

impl Reader {
    /// At most `take` of the current tools that no older list of their server has under this name, newest first; at most
    /// one of a server, so that a long list that is new leaves room for others. Looked for among the last
    /// 2,000 that were written.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn newest_tools(&self, take: u32) -> Result<Vec<NewTool>, StoreError> {
        let sql = "WITH late AS MATERIALIZED (
                       SELECT tool.* FROM tool WHERE current = 1 ORDER BY id DESC LIMIT ?1),
                   gained AS MATERIALIZED (
                       SELECT late.*, seen.first_seen AS at,
                              row_number() OVER (PARTITION BY late.server_id ORDER BY seen.first_seen DESC, late.id) AS place
                       FROM late
                       CROSS JOIN observation AS seen ON seen.id = late.observation_id
                       WHERE NOT EXISTS (
                           SELECT 1 FROM observation AS older CROSS JOIN tool AS before ON before.observation_id = older.id
                           WHERE older.server_id = late.server_id AND older.first_seen < seen.first_seen
                             AND before.name = late.name))
                   SELECT gained.at AS at, server.name AS server, gained.name AS tool, definition.raw AS definition,
                          judgement.class AS class, judgement.risk AS risk, judgement.traits AS traits,
                          judgement.confidence AS confidence
                   FROM gained CROSS JOIN server ON server.id = gained.server_id AND server.gone = 0
                   CROSS JOIN definition ON definition.id = gained.definition_id
                   CROSS JOIN judged ON judged.tool_id = gained.id
                   CROSS JOIN judgement ON judgement.id = judged.judgement_id
                   WHERE gained.place = 1 ORDER BY at DESC, server.name LIMIT ?2";
        self.all(sql, [LOOKED_AT, take])
    }
}
