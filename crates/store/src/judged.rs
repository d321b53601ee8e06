//! Keeps the stored verdicts in step with the tools and the rules.

use super::{StoreError, migrate};
use mcpdex_model::{Tool, Verdict};
use rusqlite::{OptionalExtension, Transaction, params};
use std::path::Path;

/// The current tools of one server, as they are handed to the judge.
#[derive(Debug)]
pub struct ServerTools {
    pub server: String,
    /// What the server says of itself, when a source told.
    pub description: Option<String>,
    /// Row ids of the tools, in step with `tools`.
    ids: Vec<i64>,
    pub tools: Vec<Tool>,
}

/// How much [`judge_stale`] had to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    pub servers: u64,
    pub tools: u64,
}

/// Why judging stopped; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The judge did not answer with one verdict a tool; a bug in the caller.
    #[error("the judge gave {got} verdicts for {wanted} tools of {server}")]
    WrongCount { server: String, got: usize, wanted: usize },
}

/// How many servers are handed to the judge at a time: enough to keep every core busy, few enough to hold in memory.
const CHUNK: usize = 128;

/// Judges what needs it, in one transaction: everything when the rules changed, otherwise only servers whose tools
/// changed. `judge` gets some servers and answers with their verdicts, in the same order.
///
/// # Errors
/// The database cannot be read or written, or `judge` answers out of step. The stored verdicts stay as they were.
pub fn judge_stale(
    path: &Path,
    ruleset: &str,
    mut judge: impl FnMut(&[ServerTools]) -> Vec<Vec<Verdict>>,
) -> Result<Judged, JudgeError> {
    let fail = StoreError::sqlite("judge the tools in", path);
    let mut connection = migrate::open_for_writing(path)?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&fail)?;
    let known: Option<String> = transaction
        .query_row("SELECT value FROM fact WHERE key = 'ruleset'", [], |row| row.get(0))
        .optional()
        .map_err(&fail)?;
    if known.as_deref() != Some(ruleset) {
        let all = "INSERT INTO unjudged (server_id) SELECT id FROM server WHERE true ON CONFLICT DO NOTHING";
        transaction.execute(all, []).map_err(&fail)?;
    }
    let mut judged = Judged::default();
    loop {
        let servers = next_servers(&transaction, path)?;
        if servers.is_empty() {
            break;
        }
        let chunk: Vec<ServerTools> =
            servers.iter().map(|(id, name)| load(&transaction, path, *id, name)).collect::<Result<_, _>>()?;
        let verdicts = judge(&chunk);
        for ((id, _), (server, verdicts)) in servers.iter().zip(chunk.iter().zip(verdicts)) {
            if server.tools.len() != verdicts.len() {
                let (got, wanted) = (verdicts.len(), server.tools.len());
                return Err(JudgeError::WrongCount { server: server.server.clone(), got, wanted });
            }
            keep(&transaction, path, *id, server, &verdicts)?;
            judged.servers += 1;
            judged.tools += verdicts.len() as u64;
        }
    }
    transaction
        .execute(
            "INSERT INTO fact (key, value) VALUES ('ruleset', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value",
            [ruleset],
        )
        .map_err(&fail)?;
    transaction.commit().map_err(&fail)?;
    Ok(judged)
}

fn next_servers(transaction: &Transaction<'_>, path: &Path) -> Result<Vec<(i64, String)>, StoreError> {
    transaction
        .prepare_cached(
            "SELECT server.id, server.name FROM unjudged JOIN server ON server.id = unjudged.server_id
             ORDER BY server.id LIMIT ?1",
        )
        .and_then(|mut s| s.query_map([CHUNK as i64], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(StoreError::sqlite("read", path))
}

fn load(transaction: &Transaction<'_>, path: &Path, id: i64, name: &str) -> Result<ServerTools, StoreError> {
    let fail = StoreError::sqlite("read", path);
    let description = transaction
        .prepare_cached("SELECT description FROM server WHERE id = ?1")
        .and_then(|mut s| s.query_row([id], |row| row.get(0)))
        .map_err(&fail)?;
    let rows: Vec<(i64, String)> = transaction
        .prepare_cached(
            "SELECT tool.id, definition.raw FROM tool JOIN definition ON definition.id = tool.definition_id
             WHERE tool.server_id = ?1 AND tool.current = 1 ORDER BY tool.id",
        )
        .and_then(|mut s| s.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(&fail)?;
    let mut found =
        ServerTools { server: name.to_owned(), description, ids: Vec::with_capacity(rows.len()), tools: Vec::new() };
    // A server that only one origin knows has nothing to be completed from.
    let several: bool = transaction
        .prepare_cached("SELECT count(DISTINCT origin) > 1 FROM observation WHERE server_id = ?1 AND latest = 1")
        .and_then(|mut s| s.query_row([id], |row| row.get(0)))
        .map_err(&fail)?;
    for (row, raw) in rows {
        let mut tool = super::complete::parse_tool(path, &raw)?;
        if several {
            super::complete::complete(transaction, path, id, row, &mut tool)?;
        }
        found.ids.push(row);
        found.tools.push(tool);
    }
    Ok(found)
}

fn keep(
    transaction: &Transaction<'_>,
    path: &Path,
    id: i64,
    server: &ServerTools,
    verdicts: &[Verdict],
) -> Result<(), StoreError> {
    let fail = StoreError::sqlite("write to", path);
    // Verdicts on tools that are no longer current go with them. By way of observations, which have an index by server;
    // that of tools holds current ones alone.
    transaction
        .prepare_cached(
            "DELETE FROM verdict WHERE tool_id IN (
                 SELECT tool.id FROM observation JOIN tool ON tool.observation_id = observation.id
                 WHERE observation.server_id = ?1)",
        )
        .and_then(|mut s| s.execute([id]))
        .map_err(&fail)?;
    transaction
        .prepare_cached("INSERT OR IGNORE INTO unindexed (server_id) VALUES (?1)")
        .and_then(|mut s| s.execute([id]))
        .map_err(&fail)?;
    for (tool, verdict) in server.ids.iter().zip(verdicts) {
        let document = serde_json::to_string(verdict).map_err(|e| StoreError::Damaged {
            path: path.to_owned(),
            what: "verdict",
            detail: e.to_string(),
        })?;
        let traits = serde_json::to_string(&verdict.traits).unwrap_or_else(|_| "[]".to_owned());
        transaction
            .prepare_cached(
                "INSERT INTO verdict (tool_id, class, risk, category, confidence, traits, rationale, document, ruleset)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )
            .and_then(|mut s| {
                s.execute(params![
                    tool,
                    verdict.class.as_str(),
                    verdict.risk.as_str(),
                    verdict.category.as_str(),
                    verdict.confidence.as_str(),
                    traits,
                    verdict.rationale,
                    document,
                    verdict.ruleset
                ])
            })
            .map_err(&fail)?;
    }
    transaction
        .prepare_cached("DELETE FROM unjudged WHERE server_id = ?1")
        .and_then(|mut s| s.execute([id]))
        .map_err(&fail)?;
    Ok(())
}
