//! A tool as the best origin states it, completed from what the server's other origins say of it.

use super::from_row::{FromRow, maybe_document, tool, word};
use super::sql::{self, Connection, Row};
use super::{DatabasePlace, StoreError};
use mcpdex_model::{CodeSeen, Merge, Tool, ToolOrigin, merge};

/// Reads a stored definition back.
pub(super) fn parse_tool(place: &DatabasePlace, raw: &str) -> Result<Tool, StoreError> {
    Tool::from_json(raw).map_err(|e| StoreError::Damaged {
        path: place.clone(),
        what: "tool definition",
        detail: e.to_string(),
    })
}

/// Reads back what was seen of a tool's code.
pub(super) fn parse_code(place: &DatabasePlace, code: Option<&str>) -> Result<Option<CodeSeen>, StoreError> {
    code.map(serde_json::from_str).transpose().map_err(|e| StoreError::Damaged {
        path: place.clone(),
        what: "code of a tool",
        detail: e.to_string(),
    })
}

/// What another origin says of a tool.
struct OtherList {
    origin: ToolOrigin,
    target: String,
    tool: Tool,
}

impl FromRow for OtherList {
    fn from_row(row: &Row<'_>) -> sql::Result<OtherList> {
        let tool = Tool { code: maybe_document(row, "code")?, ..tool(row, "definition")? };
        Ok(OtherList { origin: word(row, "origin")?, target: row.get("target")?, tool })
    }
}

/// Completes a current tool from the latest lists of the server's other origins, best first.
pub(super) fn complete(
    connection: &Connection,
    place: &DatabasePlace,
    server: i64,
    id: i64,
    tool: &mut Tool,
) -> Result<Merge, StoreError> {
    let others: Vec<OtherList> = connection
        .prepare_cached(
            "SELECT observation.origin AS origin, observation.target AS target, definition.raw AS definition,
                    tool.code AS code
             FROM observation
             JOIN tool ON tool.observation_id = observation.id
             JOIN definition ON definition.id = tool.definition_id
             WHERE observation.server_id = ?1 AND observation.latest = 1 AND tool.name = ?2
               AND observation.origin != (SELECT best.origin FROM observation AS best
                   JOIN tool AS own ON own.observation_id = best.id WHERE own.id = ?3)
             ORDER BY CASE observation.origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END,
                      tool.id",
        )
        .and_then(|mut s| s.query_map((server, &tool.name, id), OtherList::from_row)?.collect())
        .map_err(StoreError::sql("read", place))?;
    Ok(merge(tool, others.into_iter().map(|other| (other.origin, other.target, other.tool)).collect()))
}
