//! Keeps the stored verdicts, and what searching needs of them, in step with the tools and the rules: server by server, in
//! one pass that reads each definition once and writes only what differs.

use super::claims::mark;
use super::compact::{Kept, judged_by};
use super::dictionary::Dictionary;
use super::edition::{self, Edition, Editions};
use super::index::Indexer;
use super::sql::bulk::{SERVER_INDEXED, SERVER_JUDGED};
use super::sql::{self, Connection, Optional as _, Row, Transaction, ValueRef};
use super::{DatabasePlace, NamesDatabase, StoreError, open};
use mcpdex_model::{Tool, ToolOrigin, Verdict};

/// The current tools of one server, as they are handed to the judge.
#[derive(Debug)]
pub struct ServerTools {
    pub server: String,
    /// What is kept of each tool, in step with `tools`.
    pub(super) rows: Vec<KeptTool>,
    pub tools: Vec<Tool>,
}

/// A tool's row, and what is kept of it so far.
#[derive(Debug)]
pub(super) struct KeptTool {
    id: i64,
    definition: i64,
    origin: String,
    kept: Option<Kept>,
    indexed: Option<i64>,
}

/// How much [`judge_stale`] had to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    pub servers: u64,
    pub tools: u64,
}

/// Why judging stopped. What was judged until then stays; the rest is judged by the next command that needs it.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The judge did not answer with one verdict a tool; a bug in the caller.
    #[error("the judge gave {got} verdicts for {wanted} tools of {server}")]
    WrongCount { server: String, got: usize, wanted: usize },
    /// The verdicts on one server are of several rulesets; a bug in the caller.
    #[error("the verdicts on the tools of {server} are of different rules")]
    MixedRules { server: String },
}

/// How many servers are handed to the judge at a time: enough to keep every core busy, few enough to hold in memory.
const CHUNK: usize = 128;
/// Tools after which what was judged is committed: what is lost when the process is ended, and what the log holds.
const PIECE: u64 = 8_192;

/// Judges and indexes what needs it, in pieces that are committed one by one: everything when the rules changed, otherwise
/// only servers whose tools or listings changed. `judge` gets some servers and answers with their verdicts, in the same
/// order.
///
/// # Errors
/// The database cannot be read or written, or `judge` answers out of step. What was committed until then stays.
pub fn judge_stale(
    place: &(impl NamesDatabase + ?Sized),
    ruleset: &str,
    mut judge: impl FnMut(&[ServerTools]) -> Vec<Vec<Verdict>>,
) -> Result<Judged, JudgeError> {
    let place = &place.database();
    let fail = StoreError::sql("judge the tools in", place);
    let connection = open::for_writing(place)?;
    Indexer::prepare(&connection).map_err(&fail)?;
    let begun = connection.exclusive().map_err(&fail)?;
    let renewed = renew(&begun, ruleset).map_err(&fail)?;
    // Of a server's database many read meanwhile: they see the verdicts of one ruleset, the old one until all are new.
    let at_once = renewed && connection.is_server();
    let mut begun = match at_once {
        true => Some(begun),
        false => begun.commit().map(|()| None).map_err(&fail)?,
    };
    let (mut judged, mut dictionary) = (Judged::default(), Dictionary::default());
    loop {
        let transaction = match begun.take() {
            Some(begun) => begun,
            None => connection.exclusive().map_err(&fail)?,
        };
        let before = judged.tools;
        let mut work = Work {
            transaction: &transaction,
            place,
            edition: Edition::Shown,
            is_marked: false,
            dictionary: &mut dictionary,
        };
        let mut done = false;
        while !done && (at_once || judged.tools - before < PIECE) {
            let servers = work.next_servers()?;
            done = servers.is_empty();
            let chunk: Vec<ServerTools> =
                servers.iter().map(|(id, name)| work.load(*id, name)).collect::<Result<_, _>>()?;
            let verdicts = judge(&chunk);
            let ids: Vec<i64> = servers.iter().map(|(id, _)| *id).collect();
            judged.tools += work.keep(&ids, &chunk, &verdicts)?;
            judged.servers += ids.len() as u64;
        }
        if done && renewed {
            work.forget_phrases().map_err(&fail)?;
        }
        transaction.commit().map_err(&fail)?;
        if done {
            return Ok(judged);
        }
    }
}

/// Asks for tools that are to be judged, as [`ServerTools::add`] reads them: with more columns, and which.
macro_rules! tool_to_judge {
    ($more:literal, $which:literal) => {
        concat!(
            "SELECT tool.id, definition.raw, judgement_id, rationale_id, quoted, rest, indexed,
                    coalesce(tool.origin, observation.origin), tool.definition_id, tool.code",
            $more,
            " FROM tool JOIN definition ON definition.id = tool.definition_id
              JOIN observation ON observation.id = tool.observation_id
              LEFT JOIN judged ON judged.tool_id = tool.id ",
            $which
        )
    };
}
#[cfg(feature = "postgres")]
pub(super) use tool_to_judge;

/// Removes judgements and texts that no verdict has any more.
const SPOKEN: &str = "
    DELETE FROM judgement WHERE id NOT IN (SELECT judgement_id FROM judged);
    CREATE TEMP TABLE spoken (id INTEGER PRIMARY KEY);
    INSERT OR IGNORE INTO temp.spoken SELECT rationale_id FROM judged;
    INSERT OR IGNORE INTO temp.spoken SELECT ruleset_id FROM judged_by;
    INSERT OR IGNORE INTO temp.spoken SELECT json_extract(lost.value, '$[2]')
        FROM judged, json_each(judged.rest, '$.o') AS lost WHERE judged.rest LIKE '%\"o\":[%';
    INSERT OR IGNORE INTO temp.spoken SELECT json_extract(one.value, '$[0]')
        FROM judged, json_each(judged.rest, '$.p') AS one WHERE judged.rest LIKE '%\"p\":[%';
    DELETE FROM phrase WHERE id NOT IN (SELECT id FROM temp.spoken);
    DROP TABLE temp.spoken";
pub(super) const SPOKEN_ON_A_SERVER: &str = "
    DELETE FROM judgement WHERE id NOT IN (SELECT judgement_id FROM judged_ever);
    DELETE FROM phrase WHERE id NOT IN (
        SELECT rationale_id FROM judged_ever
        UNION SELECT ruleset_id FROM judged_by_ever
        UNION SELECT ruleset_id FROM edition WHERE ruleset_id IS NOT NULL
        UNION SELECT CAST(lost.value ->> 2 AS bigint)
            FROM judged_ever, json_array_elements(CAST(judged_ever.rest AS json) -> 'o') AS lost (value)
            WHERE judged_ever.rest LIKE '%\"o\":[%'
        UNION SELECT CAST(one.value ->> 0 AS bigint)
            FROM judged_ever, json_array_elements(CAST(judged_ever.rest AS json) -> 'p') AS one (value)
            WHERE judged_ever.rest LIKE '%\"p\":[%')";

/// Makes every verdict stale where the ruleset is another; whether it was.
fn renew(transaction: &Transaction<'_>, ruleset: &str) -> sql::Result<bool> {
    let known: Option<String> =
        transaction.query_row("SELECT value FROM fact WHERE key = 'ruleset'", (), |row| row.get(0)).optional()?;
    if known.as_deref() == Some(ruleset) {
        return Ok(false);
    }
    // In the place of other rules that judge in pieces: their verdicts follow from those that change now.
    edition::forget(transaction)?;
    transaction
        .execute("INSERT INTO unjudged (server_id) SELECT id FROM server WHERE true ON CONFLICT DO NOTHING", ())?;
    transaction.execute(
        "INSERT INTO fact (key, value) VALUES ('ruleset', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [ruleset],
    )?;
    Ok(known.is_some())
}

/// Whether every verdict that is not stale is by this ruleset; a database without any takes it for its own.
pub(super) fn is_of(transaction: &Transaction<'_>, ruleset: &str) -> sql::Result<bool> {
    let known: Option<String> =
        transaction.query_row("SELECT value FROM fact WHERE key = 'ruleset'", (), |row| row.get(0)).optional()?;
    if known.is_none() {
        renew(transaction, ruleset)?;
    }
    Ok(known.is_none_or(|known| known == ruleset))
}

/// One transaction of the pass.
pub(super) struct Work<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) place: &'a DatabasePlace,
    pub(super) edition: Edition,
    /// By what its servers are found beside others is written, since no listing of theirs has changed.
    pub(super) is_marked: bool,
    pub(super) dictionary: &'a mut Dictionary,
}

impl Work<'_> {
    fn next_servers(&self) -> Result<Vec<(i64, String)>, StoreError> {
        self.transaction
            .prepare_cached(
                "SELECT server.id, server.name FROM (
                     SELECT server_id FROM unjudged UNION SELECT server_id FROM unindexed ORDER BY 1 LIMIT ?1) AS stale
                 JOIN server ON server.id = stale.server_id ORDER BY server.id",
            )
            .and_then(|mut s| s.query_map([CHUNK as i64], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(StoreError::sql("read", self.place))
    }

    /// Reads the current tools of a server.
    fn load(&self, id: i64, name: &str) -> Result<ServerTools, StoreError> {
        let fail = StoreError::sql("read", self.place);
        let mut statement = self
            .transaction
            .prepare_cached(tool_to_judge!("", "WHERE tool.server_id = ?1 AND tool.current = 1 ORDER BY tool.id"))
            .map_err(&fail)?;
        // A server that only one origin knows has nothing to be completed from.
        let several: bool = self
            .transaction
            .prepare_cached("SELECT count(DISTINCT origin) > 1 FROM observation WHERE server_id = ?1 AND latest = 1")
            .and_then(|mut s| s.query_row([id], |row| row.get(0)))
            .map_err(&fail)?;
        let mut found = ServerTools::none(name);
        let mut rows = statement.query([id]).map_err(&fail)?;
        while let Some(row) = rows.next().map_err(&fail)? {
            found.add(self.transaction, self.place, several.then_some(id), &row)?;
        }
        Ok(found)
    }

    /// Writes down what differs of the verdicts on servers, and of what `search` holds of their tools; how many tools.
    pub(super) fn keep(
        &mut self,
        ids: &[i64],
        servers: &[ServerTools],
        verdicts: &[Vec<Verdict>],
    ) -> Result<u64, JudgeError> {
        let fail = StoreError::sql("write to", self.place);
        let named: Vec<(i64, &str)> = ids.iter().copied().zip(servers.iter().map(|of| of.server.as_str())).collect();
        if self.edition == Edition::Shown && self.transaction.is_server() {
            let editions = Editions::of(self.transaction).map_err(&fail)?;
            if editions.coming.is_some() {
                // The next edition is made of them again.
                edition::take_back(self.transaction, editions.next(), ids).map_err(&fail)?;
                edition::note_changed(self.transaction, ids).map_err(&fail)?;
            }
        }
        let indexers = Indexer::of(self.transaction, &named).map_err(&fail)?;
        if !self.is_marked {
            mark(self.transaction, &named, self.place)?;
        }
        let mut tools = 0;
        for ((id, indexer), (server, verdicts)) in ids.iter().zip(&indexers).zip(servers.iter().zip(verdicts)) {
            self.keep_one(*id, indexer, server, verdicts)?;
            tools += verdicts.len() as u64;
        }
        Ok(tools)
    }

    fn keep_one(
        &mut self,
        id: i64,
        indexer: &Indexer,
        server: &ServerTools,
        verdicts: &[Verdict],
    ) -> Result<(), JudgeError> {
        if server.tools.len() != verdicts.len() {
            let (got, wanted) = (verdicts.len(), server.tools.len());
            return Err(JudgeError::WrongCount { server: server.server.clone(), got, wanted });
        }
        let fail = StoreError::sql("write to", self.place);
        indexer.forget(self.transaction).map_err(&fail)?;
        if let Some(first) = verdicts.first() {
            if verdicts.iter().any(|verdict| verdict.ruleset != first.ruleset) {
                return Err(JudgeError::MixedRules { server: server.server.clone() });
            }
            let ruleset = self.dictionary.phrase(self.transaction, &first.ruleset).map_err(&fail)?;
            judged_by(self.transaction, self.edition, id, ruleset).map_err(&fail)?;
        }
        for ((row, tool), verdict) in server.rows.iter().zip(&server.tools).zip(verdicts) {
            let kept = Kept::of(verdict, tool, self.dictionary, self.transaction).map_err(&fail)?;
            let is_same = row.kept.as_ref() == Some(&kept);
            let held = (row.id, row.origin.as_str(), row.indexed);
            let indexed = indexer.index(self.transaction, self.edition, held, tool, verdict).map_err(&fail)?;
            if is_same && row.indexed == Some(indexed) {
                continue;
            }
            kept.write(self.transaction, self.edition, row.id, Some(indexed)).map_err(&fail)?;
        }
        if self.edition == Edition::Shown {
            self.transaction.add(&SERVER_JUDGED, [id]).map_err(&fail)?;
            self.transaction.add(&SERVER_INDEXED, [id]).map_err(&fail)?;
        }
        Ok(())
    }

    /// Removes texts that no verdict shares any more, after new rules have judged everything.
    fn forget_phrases(&mut self) -> sql::Result<()> {
        *self.dictionary = Dictionary::default();
        self.transaction.execute_batch(match self.transaction.is_server() {
            false => SPOKEN,
            true => SPOKEN_ON_A_SERVER,
        })
    }
}

fn kept_tool(id: i64, row: &Row<'_>) -> sql::Result<KeptTool> {
    let judgement: Option<i64> = row.get(2)?;
    let kept = match judgement {
        Some(judgement) => Some(Kept { judgement, rationale: row.get(3)?, quoted: row.get(4)?, rest: row.get(5)? }),
        None => None,
    };
    Ok(KeptTool { id, definition: row.get(8)?, origin: row.get(7)?, kept, indexed: row.get(6)? })
}

impl ServerTools {
    /// None of a server yet.
    pub(super) fn none(server: &str) -> ServerTools {
        ServerTools { server: server.to_owned(), rows: Vec::new(), tools: Vec::new() }
    }

    /// Adds the tool of a row of `tool_to_judge!`, completed from what other origins say where its server is of `several`.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        place: &DatabasePlace,
        several: Option<i64>,
        row: &Row<'_>,
    ) -> Result<(), StoreError> {
        let fail = StoreError::sql("read", place);
        let tool_id = row.get(0).map_err(&fail)?;
        let raw = row.get_ref(1).and_then(ValueRef::as_str).map_err(&fail)?;
        let mut tool = super::complete::parse_tool(place, raw)?;
        let code: Option<String> = row.get(9).map_err(&fail)?;
        tool.code = super::complete::parse_code(place, code.as_deref())?;
        if let Some(server) = several {
            super::complete::complete(connection, place, server, tool_id, &mut tool)?;
        }
        self.rows.push(kept_tool(tool_id, row).map_err(&fail)?);
        self.tools.push(tool);
        Ok(())
    }

    /// Tools that were written just now, as this origin states them, and have no verdict yet; each with its row.
    pub(super) fn fresh(server: String, tools: Vec<FreshTool>) -> ServerTools {
        let kept = |FreshTool { id, definition, origin, tool }: FreshTool| {
            (KeptTool { id, definition, origin: origin.as_str().to_owned(), kept: None, indexed: None }, tool)
        };
        let (rows, tools) = tools.into_iter().map(kept).unzip();
        ServerTools { server, rows, tools }
    }

    /// Each tool with the row of its definition.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (i64, &Tool)> {
        self.rows.iter().map(|row| row.definition).zip(&self.tools)
    }
}

/// A tool that was written just now.
#[derive(Debug)]
pub(super) struct FreshTool {
    pub(super) id: i64,
    pub(super) definition: i64,
    pub(super) origin: ToolOrigin,
    pub(super) tool: Tool,
}
