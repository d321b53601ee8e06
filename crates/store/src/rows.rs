//! Every current tool as one flat row, for tables and columns.

use super::{Reader, StoreError};
use mcpdex_model::{Tool, ToolRow};

impl Reader {
    /// Every current tool as a flat row, by server and in the order of its list, handed to `each` one by one.
    ///
    /// # Errors
    /// The database cannot be read, a stored document is damaged, or `each` fails.
    pub fn for_each_row<E: From<StoreError>>(&self, mut each: impl FnMut(ToolRow) -> Result<(), E>) -> Result<(), E> {
        let sql = "SELECT server.name, definition.raw, verdict.class, verdict.risk, verdict.category,
                          verdict.confidence, verdict.traits, verdict.rationale, observation.origin,
                          observation.target, observation.version, observation.first_seen, observation.last_seen,
                          cost.tokens
                   FROM server CROSS JOIN tool ON tool.server_id = server.id AND tool.current = 1
                   JOIN definition ON definition.id = tool.definition_id
                   JOIN observation ON observation.id = tool.observation_id
                   JOIN verdict ON verdict.tool_id = tool.id
                   LEFT JOIN cost ON cost.definition_id = tool.definition_id
                   ORDER BY server.name, tool.id";
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query([]).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            let text = |i: usize| row.get::<_, String>(i).map_err(self.fail());
            let definition = text(1)?;
            let tool: Tool = super::reader::parse_tool(&self.path, &definition)?;
            let traits: Vec<String> = self.document("traits", &text(6)?)?;
            each(ToolRow {
                server: text(0)?,
                title: tool.display_title().map(str::to_owned),
                tool: tool.name,
                description: tool.description,
                class: text(2)?,
                risk: text(3)?,
                category: text(4)?,
                confidence: text(5)?,
                traits: traits.join(" "),
                rationale: text(7)?,
                origin: text(8)?,
                target: text(9)?,
                version: row.get(10).map_err(self.fail())?,
                first_seen: text(11)?,
                last_seen: text(12)?,
                tokens: row.get(13).map_err(self.fail())?,
                definition,
            })?;
        }
        Ok(())
    }
}
