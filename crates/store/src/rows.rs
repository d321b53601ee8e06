//! Every current tool as one flat row, for tables and columns.

use super::from_row::{FromRow, document, tool};
use super::{Reader, StoreError};
use mcpdex_model::ToolRow;
use rusqlite::Row;

impl FromRow for ToolRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<ToolRow> {
        let tool = tool(row, "definition")?;
        let traits: Vec<String> = document(row, "traits")?;
        Ok(ToolRow {
            server: row.get("server")?,
            title: tool.display_title().map(str::to_owned),
            tool: tool.name,
            description: tool.description,
            class: row.get("class")?,
            risk: row.get("risk")?,
            category: row.get("category")?,
            confidence: row.get("confidence")?,
            traits: traits.join(" "),
            rationale: row.get("rationale")?,
            origin: row.get("origin")?,
            target: row.get("target")?,
            version: row.get("version")?,
            first_seen: row.get("first_seen")?,
            last_seen: row.get("last_seen")?,
            tokens: row.get("tokens")?,
            definition: row.get("definition")?,
        })
    }
}

impl Reader {
    /// Every current tool as a flat row, by server and in the order of its list, handed to `each` one by one.
    ///
    /// # Errors
    /// The database cannot be read, a stored document is damaged, or `each` fails.
    pub fn for_each_row<E: From<StoreError>>(&self, mut each: impl FnMut(ToolRow) -> Result<(), E>) -> Result<(), E> {
        let sql = "SELECT server.name AS server, definition.raw AS definition, verdict.class AS class,
                          verdict.risk AS risk, verdict.category AS category, verdict.confidence AS confidence,
                          verdict.traits AS traits, verdict.rationale AS rationale, coalesce(tool.origin, observation.origin) AS origin,
                          observation.target AS target, observation.version AS version,
                          observation.first_seen AS first_seen, observation.last_seen AS last_seen,
                          cost.tokens AS tokens
                   FROM server CROSS JOIN tool ON tool.server_id = server.id AND tool.current = 1
                   JOIN definition ON definition.id = tool.definition_id
                   JOIN observation ON observation.id = tool.observation_id
                   JOIN verdict ON verdict.tool_id = tool.id
                   LEFT JOIN cost ON cost.definition_id = tool.definition_id
                   ORDER BY server.name, tool.id";
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query([]).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            each(ToolRow::from_row(row).map_err(self.fail())?)?;
        }
        Ok(())
    }
}
