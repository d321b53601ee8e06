//! Answers questions from the database; never writes to it.

use super::{StoreError, migrate};
use mcpdex_model::{
    Category, Class, Ecosystem, FoundTool, Merge, OutcomeCount, PartialList, Risk, Summary, Tool, ToolSite, Unread,
    merge,
};
use rusqlite::{Connection, Row};
use std::path::{Path, PathBuf};

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// The folder of the copy that is read instead of a file that may not be written; gone with the reader.
    copy: Option<tempfile::TempDir>,
}

/// What of a database is in step with its tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Every current tool has a verdict of the rules asked for.
    pub judged: bool,
    /// What searching needs has been worked out.
    pub indexed: bool,
}

/// The newest attempt at each target of each server that is not gone. That a source deleted a server is no attempt that
/// says how it stands.
pub(super) const NEWEST_ATTEMPT: &str = "attempt.id IN (SELECT max(id) FROM attempt GROUP BY server_id, origin, target)
     AND NOT (attempt.origin = 'declared' AND attempt.outcome = 'gone')
     AND attempt.server_id NOT IN (SELECT id FROM server WHERE gone = 1)";

pub(super) const FOUND: &str =
    "SELECT server.name, server.title, observation.origin, observation.target, observation.version,
           observation.artifact_sha256, tool.file, tool.line, observation.partial, observation.last_seen,
           definition.raw, verdict.document, tool.id, tool.server_id,
           EXISTS (SELECT 1 FROM observation AS other
                   WHERE other.server_id = tool.server_id AND other.latest = 1 AND other.origin != observation.origin)
    FROM tool
    JOIN server ON server.id = tool.server_id
    JOIN observation ON observation.id = tool.observation_id
    JOIN definition ON definition.id = tool.definition_id
    JOIN verdict ON verdict.tool_id = tool.id
    WHERE tool.current = 1 ";

impl Reader {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// The file is missing, foreign, newer or older than this program.
    pub fn open(path: &Path) -> Result<Reader, StoreError> {
        Ok(Reader { connection: migrate::open_for_reading(path)?, path: path.to_owned(), copy: None })
    }

    /// Opens a copy of the database at `path`, after `prepare` has brought the copy up to date: for a file that this
    /// user may read and not write. The copy lies in a folder that only this user can read, and goes with the reader.
    ///
    /// # Errors
    /// The file cannot be read, the copy cannot be written, or `prepare` fails.
    pub fn open_copy<E: From<StoreError>>(
        path: &Path,
        prepare: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<Reader, E> {
        let made = tempfile::Builder::new().prefix("mcpdex-").tempdir();
        let folder = made.map_err(|source| StoreError::Folder { path: std::env::temp_dir(), source })?;
        let copied = folder.path().join("copy.db");
        migrate::copy(path, &copied)?;
        prepare(&copied)?;
        let connection = migrate::open_for_reading(&copied)?;
        Ok(Reader { connection, path: path.to_owned(), copy: Some(folder) })
    }

    /// Whether a copy is read, see [`Reader::open_copy`].
    pub fn is_copy(&self) -> bool {
        self.copy.is_some()
    }

    pub(super) fn fail(&self) -> impl Fn(rusqlite::Error) -> StoreError {
        StoreError::sqlite("read", &self.path)
    }

    /// What of the database is in step with its tools, where verdicts are to be those of the rules with this digest.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn standing(&self, ruleset: &str) -> Result<Standing, StoreError> {
        let sql = "SELECT (SELECT value FROM fact WHERE key = 'ruleset') IS ?1 AND NOT EXISTS (SELECT 1 FROM unjudged),
                          NOT EXISTS (SELECT 1 FROM unindexed)";
        self.connection
            .query_row(sql, [ruleset], |row| Ok(Standing { judged: row.get(0)?, indexed: row.get(1)? }))
            .map_err(self.fail())
    }

    /// Every current tool with exactly this name, by server name.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn tools_named(&self, name: &str) -> Result<Vec<FoundTool>, StoreError> {
        self.found(&format!("{FOUND} AND tool.name = ?1 ORDER BY server.name"), name)
    }

    /// Every current tool of the server with exactly this name, in the order in which it lists them.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn tools_of(&self, server: &str) -> Result<Vec<FoundTool>, StoreError> {
        self.found(&format!("{FOUND} AND server.name = ?1 ORDER BY tool.id"), server)
    }

    pub(super) fn found(&self, sql: &str, key: &str) -> Result<Vec<FoundTool>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(self.fail())?;
        let mut rows = statement.query([key]).map_err(self.fail())?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(self.fail())? {
            found.push(self.tool(row)?);
        }
        Ok(found)
    }

    fn tool(&self, row: &Row<'_>) -> Result<FoundTool, StoreError> {
        let text = |i: usize| row.get::<_, String>(i).map_err(self.fail());
        let maybe = |i: usize| row.get::<_, Option<String>>(i).map_err(self.fail());
        let line: Option<u32> = row.get(7).map_err(self.fail())?;
        let (id, server): (i64, i64) = (row.get(12).map_err(self.fail())?, row.get(13).map_err(self.fail())?);
        let mut tool = parse_tool(&self.path, &text(10)?)?;
        let elsewhere: bool = row.get(14).map_err(self.fail())?;
        let merge =
            if elsewhere { complete(&self.connection, &self.path, server, id, &mut tool)? } else { Merge::default() };
        Ok(FoundTool {
            server: text(0)?,
            server_title: maybe(1)?,
            origin: self.word(&text(2)?)?,
            target: text(3)?,
            version: maybe(4)?,
            artifact_sha256: maybe(5)?,
            site: maybe(6)?.zip(line).map(|(file, line)| ToolSite { file, line }),
            partial: self.document("partial", &text(8)?)?,
            last_seen: text(9)?,
            tool,
            merge,
            verdict: self.document("verdict", &text(11)?)?,
        })
    }

    pub(super) fn document<T: serde::de::DeserializeOwned>(
        &self,
        what: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|e| self.damaged(what, &e))
    }

    pub(super) fn word<T: std::str::FromStr<Err: std::fmt::Display>>(&self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|e| self.damaged("word", &e))
    }

    pub(super) fn damaged(&self, what: &'static str, detail: &dyn std::fmt::Display) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), what, detail: detail.to_string() }
    }

    /// Every distinct name of a current tool, in order, handed to `each` one by one.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn for_each_tool_name(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        let sql = "SELECT DISTINCT name FROM tool WHERE current = 1 ORDER BY name";
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query([]).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            let name: String = row.get(0).map_err(self.fail())?;
            each(&name);
        }
        Ok(())
    }

    /// At most `most` names of servers that are not gone and come after `after`, in order; start with the empty text.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_names_after(&self, after: &str, most: usize) -> Result<Vec<String>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.names("SELECT name FROM server WHERE name > ?1 AND gone = 0 ORDER BY name LIMIT ?2", (after, most))
    }

    /// The servers that a listing gives this package, by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_of_package(&self, ecosystem: Ecosystem, identifier: &str) -> Result<Vec<String>, StoreError> {
        self.servers_of_alias(&format!("{ecosystem}:{identifier}"))
    }

    /// The servers that a listing gives this address, by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_of_remote(&self, url: &str) -> Result<Vec<String>, StoreError> {
        self.servers_of_alias(url)
    }

    pub(super) fn names(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<String>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map(parameters, |row| row.get(0))?.collect())
            .map_err(self.fail())
    }

    /// The whole database in a few numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn summary(&self) -> Result<Summary, StoreError> {
        let count = |sql: &str| {
            self.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs).map_err(self.fail())
        };
        Ok(Summary {
            servers: count("SELECT count(*) FROM server WHERE gone = 0")?,
            servers_read: count(
                "SELECT count(DISTINCT server_id) FROM observation
                 WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1)",
            )?,
            tools: count("SELECT count(*) FROM tool WHERE current = 1")?,
            classes: self.counts("class", Class::ALL)?,
            risks: self.counts("risk", Risk::ALL)?,
            categories: self.counts("category", Category::ALL)?,
            outcomes: self.outcomes()?,
        })
    }

    fn counts<T>(&self, column: &str, words: &[T]) -> Result<Vec<(T, u64)>, StoreError>
    where
        T: Copy + PartialEq + std::str::FromStr<Err: std::fmt::Display>,
    {
        let sql = format!("SELECT {column}, count(*) FROM verdicts_current GROUP BY {column}");
        let mut counts: Vec<(T, u64)> = words.iter().map(|word| (*word, 0)).collect();
        for (word, number) in self.pairs(&sql)? {
            let word: T = self.word(&word)?;
            if let Some(slot) = counts.iter_mut().find(|(w, _)| *w == word) {
                slot.1 = number;
            }
        }
        Ok(counts)
    }

    fn outcomes(&self) -> Result<Vec<OutcomeCount>, StoreError> {
        let sql = format!("SELECT outcome, count(*) FROM attempt WHERE {NEWEST_ATTEMPT} GROUP BY outcome");
        let mut counts = Vec::new();
        for (outcome, targets) in self.pairs(&sql)? {
            counts.push(OutcomeCount { outcome: self.word(&outcome)?, targets });
        }
        counts.sort_by_key(|count| count.outcome);
        Ok(counts)
    }

    pub(super) fn pairs(&self, sql: &str) -> Result<Vec<(String, u64)>, StoreError> {
        self.connection
            .prepare(sql)
            .and_then(|mut s| s.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?.collect())
            .map_err(self.fail())
    }

    /// Every target whose newest attempt failed, by server.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unread(&self) -> Result<Vec<Unread>, StoreError> {
        let sql = format!(
            "SELECT server.name, attempt.target, attempt.outcome, attempt.detail
             FROM attempt JOIN server ON server.id = attempt.server_id
             WHERE {NEWEST_ATTEMPT} AND attempt.outcome NOT IN ('ok', 'not-modified')
             ORDER BY server.name, attempt.target"
        );
        let mut statement = self.connection.prepare(&sql).map_err(self.fail())?;
        let mut rows = statement.query([]).map_err(self.fail())?;
        let mut unread = Vec::new();
        while let Some(row) = rows.next().map_err(self.fail())? {
            let outcome: String = row.get(2).map_err(self.fail())?;
            unread.push(Unread {
                server: row.get(0).map_err(self.fail())?,
                target: row.get(1).map_err(self.fail())?,
                outcome: self.word(&outcome)?,
                detail: row.get(3).map_err(self.fail())?,
            });
        }
        Ok(unread)
    }

    /// The lists in use that are known to be incomplete, by server and target.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn partial_lists(&self) -> Result<Vec<PartialList>, StoreError> {
        let sql = "SELECT server.name, observation.target, observation.partial
             FROM observation JOIN server ON server.id = observation.server_id
             WHERE observation.latest = 1 AND observation.partial != '[]' AND server.gone = 0
             ORDER BY server.name, observation.target";
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query([]).map_err(self.fail())?;
        let mut lists = Vec::new();
        while let Some(row) = rows.next().map_err(self.fail())? {
            let partial: String = row.get(2).map_err(self.fail())?;
            let server = row.get(0).map_err(self.fail())?;
            let target = row.get(1).map_err(self.fail())?;
            lists.push(PartialList { server, target, missing: self.document("partial", &partial)? });
        }
        Ok(lists)
    }
}

/// Reads a stored definition back.
pub(super) fn parse_tool(path: &Path, raw: &str) -> Result<Tool, StoreError> {
    Tool::from_json(raw).map_err(|e| StoreError::Damaged {
        path: path.to_owned(),
        what: "tool definition",
        detail: e.to_string(),
    })
}

/// Completes a current tool from the latest lists of the server's other origins, best first.
pub(super) fn complete(
    connection: &Connection,
    path: &Path,
    server: i64,
    id: i64,
    tool: &mut Tool,
) -> Result<Merge, StoreError> {
    let fail = StoreError::sqlite("read", path);
    let rows: Vec<(String, String, String)> = connection
        .prepare_cached(
            "SELECT observation.origin, observation.target, definition.raw
             FROM observation
             JOIN tool ON tool.observation_id = observation.id
             JOIN definition ON definition.id = tool.definition_id
             WHERE observation.server_id = ?1 AND observation.latest = 1 AND tool.name = ?2
               AND observation.origin != (SELECT best.origin FROM observation AS best
                   JOIN tool AS own ON own.observation_id = best.id WHERE own.id = ?3)
             ORDER BY CASE observation.origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END,
                      tool.id",
        )
        .and_then(|mut s| {
            s.query_map((server, &tool.name, id), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })
        .map_err(&fail)?;
    let mut others = Vec::with_capacity(rows.len());
    for (origin, target, raw) in rows {
        let origin = origin.parse().map_err(|e: mcpdex_model::UnknownWord| StoreError::Damaged {
            path: path.to_owned(),
            what: "word",
            detail: e.to_string(),
        })?;
        others.push((origin, target, parse_tool(path, &raw)?));
    }
    Ok(merge(tool, others))
}
