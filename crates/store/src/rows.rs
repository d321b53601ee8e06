//! Every current tool as one flat row, for tables and columns.

use super::compact::rationale;
use super::from_row::{FromRow, document, tool};
use super::sql::{self, Row};
use super::{Reader, StoreError};
use mcpdex_model::ToolRow;

impl FromRow for ToolRow {
    fn from_row(row: &Row<'_>) -> sql::Result<ToolRow> {
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
            rationale: rationale(row)?,
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
        let sql = "SELECT server.name AS server, definition.raw AS definition, judgement.class AS class,
                          judgement.risk AS risk, judgement.category AS category, judgement.confidence AS confidence,
                          judgement.traits AS traits, phrase.text AS sentence, judged.quoted AS quoted, coalesce(tool.origin, observation.origin) AS origin,
                          observation.target AS target, observation.version AS version,
                          observation.first_seen AS first_seen, observation.last_seen AS last_seen,
                          cost.tokens AS tokens
                   FROM server CROSS JOIN tool ON tool.server_id = server.id AND tool.current = 1
                   JOIN definition ON definition.id = tool.definition_id
                   JOIN observation ON observation.id = tool.observation_id
                   JOIN judged ON judged.tool_id = tool.id
                   JOIN judgement ON judgement.id = judged.judgement_id
                   JOIN phrase ON phrase.id = judged.rationale_id
                   LEFT JOIN cost ON cost.definition_id = tool.definition_id
                   ORDER BY server.name, tool.id";
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query(()).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            each(ToolRow::from_row(&row).map_err(self.fail())?)?;
        }
        Ok(())
    }
}
