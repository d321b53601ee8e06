//! Answers questions from the database; never writes to it.

use super::compact::KeptRow;
use super::complete::complete;
use super::from_row::{FromRow, document, maybe_document, tool, word};
use super::sql::{self, Connection, Params, Row};
use super::{DatabasePlace, NamesDatabase, StoreError, migrate, open};
use mcpdex_model::{Ecosystem, FoundTool, Merge, Partial, Tool, ToolCondition, ToolOrigin, ToolSite};
use std::path::Path;

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
    place: DatabasePlace,
    /// The folder of the copy that is read instead of a file that may not be written; gone with the reader.
    copy: Option<tempfile::TempDir>,
}

/// Stops what a [`Reader`] works on, see [`Reader::interrupter`].
pub struct Interrupter(sql::Interrupter);

impl Interrupter {
    /// The question ends with an error; where there is none, nothing happens.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

/// Where a database lies that a reader has open: any thread may open it again.
#[derive(Debug, Clone)]
pub struct ReaderPlace {
    shown: DatabasePlace,
    read: DatabasePlace,
}

impl ReaderPlace {
    /// Opens the database once more.
    ///
    /// # Errors
    /// The file is not there any more, or cannot be read.
    pub fn open(&self) -> Result<Reader, StoreError> {
        let connection = open::for_reading(&self.read)?;
        Ok(Reader { connection, place: self.shown.clone(), copy: None })
    }
}

/// What of a database is in step with its tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Every current tool has a verdict of the rules asked for.
    pub judged: bool,
    /// What searching needs has been worked out.
    pub indexed: bool,
}

/// Current tools with all that is known about them; conditions follow.
pub(super) const FOUND: &str =
    "SELECT server.name AS server, server.title AS server_title, coalesce(tool.origin, observation.origin) AS origin,
            observation.target AS target, observation.version AS version,
            observation.artifact_sha256 AS artifact_sha256, tool.file AS file, tool.line AS line,
            observation.partial AS partial, tool.condition AS condition, tool.inexact AS inexact,
            tool.code AS code,
            observation.last_seen AS last_seen, definition.raw AS definition,
            judgement.class AS class, judgement.risk AS risk, judgement.category AS category,
            judgement.confidence AS confidence, judgement.traits AS traits, judgement.recognised AS recognised,
            judgement.frameworks AS frameworks, judgement.sep2793 AS sep2793, judged.quoted AS quoted,
            judged.rest AS rest, sentence.text AS sentence, rules.text AS ruleset, tool.id AS tool_id, tool.server_id AS server_id,
            EXISTS (SELECT 1 FROM observation AS other
                    WHERE other.server_id = tool.server_id AND other.latest = 1
                      AND other.origin != observation.origin) AS is_elsewhere
    FROM tool
    JOIN server ON server.id = tool.server_id
    JOIN observation ON observation.id = tool.observation_id
    JOIN definition ON definition.id = tool.definition_id
    JOIN judged ON judged.tool_id = tool.id
    JOIN judgement ON judgement.id = judged.judgement_id
    JOIN phrase AS sentence ON sentence.id = judged.rationale_id
    JOIN judged_by ON judged_by.server_id = tool.server_id
    JOIN phrase AS rules ON rules.id = judged_by.ruleset_id
    WHERE tool.current = 1 ";

/// A row of [`FOUND`].
struct FoundRow {
    tool_id: i64,
    server_id: i64,
    /// Other origins of the server have lists too.
    is_elsewhere: bool,
    server: String,
    server_title: Option<String>,
    origin: ToolOrigin,
    target: String,
    version: Option<String>,
    artifact_sha256: Option<String>,
    site: Option<ToolSite>,
    partial: Vec<Partial>,
    condition: Option<ToolCondition>,
    inexact: Vec<Partial>,
    last_seen: String,
    tool: Tool,
    verdict: KeptRow,
}

impl FromRow for FoundRow {
    fn from_row(row: &Row<'_>) -> sql::Result<FoundRow> {
        let file: Option<String> = row.get("file")?;
        let line: Option<u32> = row.get("line")?;
        Ok(FoundRow {
            tool_id: row.get("tool_id")?,
            server_id: row.get("server_id")?,
            is_elsewhere: row.get("is_elsewhere")?,
            server: row.get("server")?,
            server_title: row.get("server_title")?,
            origin: word(row, "origin")?,
            target: row.get("target")?,
            version: row.get("version")?,
            artifact_sha256: row.get("artifact_sha256")?,
            site: file.zip(line).map(|(file, line)| ToolSite { file, line }),
            partial: document(row, "partial")?,
            condition: maybe_document(row, "condition")?,
            inexact: document(row, "inexact")?,
            last_seen: row.get("last_seen")?,
            tool: Tool { code: maybe_document(row, "code")?, ..tool(row, "definition")? },
            verdict: KeptRow::from_row(row)?,
        })
    }
}

impl Reader {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// The file is missing, foreign, newer or older than this program.
    pub fn open(place: &(impl NamesDatabase + ?Sized)) -> Result<Reader, StoreError> {
        let place = place.database();
        let connection = open::for_reading(&place)?;
        Ok(Reader { connection, place, copy: None })
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
        let connection = open::for_reading(&DatabasePlace::File(copied))?;
        Ok(Reader { connection, place: DatabasePlace::File(path.to_owned()), copy: Some(folder) })
    }

    /// Sees what was written since the reader was opened or renewed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn renew(&self) -> Result<(), StoreError> {
        self.connection.renew().map_err(self.fail())
    }

    /// A number that is another one after somebody else has written; means something only beside others of this reader,
    /// which is renewed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        self.renew()?;
        self.connection.data_version().map_err(self.fail())
    }

    /// What stops a question that this reader works on, from any thread.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.connection.interrupter())
    }

    /// Where the database lies, for readers of other threads; that of a copy only as long as this reader lives.
    pub fn place(&self) -> ReaderPlace {
        let copied = self.copy.as_ref().map(|folder| folder.path().join("copy.db"));
        ReaderPlace { shown: self.place.clone(), read: copied.map_or_else(|| self.place.clone(), DatabasePlace::File) }
    }

    /// Plans each query once, whatever it is asked about, and keeps the plans: for whoever asks the same queries thousands
    /// of times. SQLite otherwise plans anew for each number of a `LIMIT`, which costs more than the answer.
    ///
    /// # Errors
    /// The database refuses the setting.
    pub fn plan_once(&self) -> Result<(), StoreError> {
        self.connection.plan_once().map_err(self.fail())
    }

    /// Whether a copy is read, see [`Reader::open_copy`].
    pub fn is_copy(&self) -> bool {
        self.copy.is_some()
    }

    pub(super) fn fail(&self) -> impl Fn(sql::Error) -> StoreError {
        StoreError::sql("read", &self.place)
    }

    /// What of the database is in step with its tools, where verdicts are to be those of the rules with this digest.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn standing(&self, ruleset: &str) -> Result<Standing, StoreError> {
        let sql = "SELECT (SELECT value FROM fact WHERE key = 'ruleset') IS NOT DISTINCT FROM ?1
                          AND NOT EXISTS (SELECT 1 FROM unjudged) AS judged,
                          NOT EXISTS (SELECT 1 FROM unindexed) AS indexed";
        self.connection
            .query_row(sql, [ruleset], |row| Ok(Standing { judged: row.get("judged")?, indexed: row.get("indexed")? }))
            .map_err(self.fail())
    }

    /// The digest of the rules and overrides that judged; empty where nothing was judged yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn ruleset(&self) -> Result<String, StoreError> {
        Ok(self.names("SELECT value FROM fact WHERE key = 'ruleset'", ())?.pop().unwrap_or_default())
    }

    /// When the newest and the oldest of the current lists were last seen as they are (RFC 3339); `None` without lists.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn seen(&self) -> Result<Option<[String; 2]>, StoreError> {
        let sql = "SELECT min(last_seen), max(last_seen) FROM observation
                   WHERE latest = 1 AND server_id NOT IN (SELECT id FROM server WHERE gone = 1)";
        let ends: (Option<String>, Option<String>) =
            self.connection.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?))).map_err(self.fail())?;
        Ok(match ends {
            (Some(oldest), Some(newest)) => Some([oldest, newest]),
            _ => None,
        })
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

    /// Every current tool of this name on the server with exactly this name.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn tool_on(&self, server: &str, name: &str) -> Result<Vec<FoundTool>, StoreError> {
        let sql = format!("{FOUND} AND server.name = ?1 AND tool.name = ?2 ORDER BY tool.id");
        let rows: Vec<FoundRow> = self.all(&sql, [server, name])?;
        rows.into_iter().map(|row| self.whole(row)).collect()
    }

    /// The names of the current tools of the server with exactly this name, each once.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tool_names_of(&self, server: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT tool.name FROM tool JOIN server ON server.id = tool.server_id
                   WHERE server.name = ?1 AND tool.current = 1 ORDER BY tool.name";
        self.names(sql, [server])
    }

    pub(super) fn found(&self, sql: &str, key: &str) -> Result<Vec<FoundTool>, StoreError> {
        let rows: Vec<FoundRow> = self.all(sql, [key])?;
        rows.into_iter().map(|row| self.whole(row)).collect()
    }

    fn whole(&self, row: FoundRow) -> Result<FoundTool, StoreError> {
        let FoundRow { tool_id, server_id, is_elsewhere, mut tool, verdict, .. } = row;
        // Before it is completed: what it does is told by how much of its own description.
        let verdict = verdict.whole(&tool, &self.connection).map_err(self.fail())?;
        let merge = match is_elsewhere {
            true => complete(&self.connection, &self.place, server_id, tool_id, &mut tool)?,
            false => Merge::default(),
        };
        Ok(FoundTool {
            server: row.server,
            server_title: row.server_title,
            origin: row.origin,
            target: row.target,
            version: row.version,
            artifact_sha256: row.artifact_sha256,
            site: row.site,
            partial: row.partial,
            condition: row.condition,
            inexact: row.inexact,
            last_seen: row.last_seen,
            tool,
            merge,
            verdict,
        })
    }

    /// Every row that a query answers with.
    pub(super) fn all<T: FromRow>(&self, sql: &str, parameters: impl Params) -> Result<Vec<T>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map(parameters, T::from_row)?.collect())
            .map_err(self.fail())
    }

    pub(super) fn number(&self, sql: &str, parameters: impl Params) -> Result<u64, StoreError> {
        let number: Result<i64, _> =
            self.connection.prepare_cached(sql).and_then(|mut s| s.query_row(parameters, |row| row.get(0)));
        number.map(i64::unsigned_abs).map_err(self.fail())
    }

    pub(super) fn at(&self) -> &DatabasePlace {
        &self.place
    }

    /// At most `most` names of servers that are not gone and come after `after`, in order; start with the empty text.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_names_after(&self, after: &str, most: usize) -> Result<Vec<String>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let sql = match self.connection.is_server() {
            false => "SELECT name FROM server WHERE name > ?1 AND gone = 0 ORDER BY name LIMIT ?2",
            // Along the index of names, which holds no long ones, and those.
            true => {
                "SELECT name FROM (
                     (SELECT name FROM server WHERE octet_length(name) <= 1000 AND name > ?1 AND gone = 0
                      ORDER BY name LIMIT CAST(?2 AS bigint))
                     UNION ALL
                     (SELECT name FROM server WHERE octet_length(name) > 1000 AND name > ?1 AND gone = 0
                      ORDER BY name LIMIT CAST(?2 AS bigint))) AS held ORDER BY name LIMIT CAST(?2 AS bigint)"
            }
        };
        self.names(sql, (after, most))
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

    pub(super) fn names(&self, sql: &str, parameters: impl Params) -> Result<Vec<String>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map(parameters, |row| row.get(0))?.collect())
            .map_err(self.fail())
    }
}
