//! Counts that need the whole database, each table read once: rows in, numbers by server and by judgement out.

use super::sql::{self, Row, damaged};
use super::{Reader, StoreError};
use mcpdex_model::{Category, Class, Outcome, Risk, ToolOrigin, Trait};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

/// What is counted of one server.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ServerTally {
    pub(super) is_listed: bool,
    /// Of the newest lists: how good the best origin is, and whether one of that origin is known to be incomplete.
    best: Option<ToolOrigin>,
    pub(super) is_partial: bool,
    pub(super) is_read: bool,
    pub(super) is_tried: bool,
    /// The newest attempt at one of its targets failed.
    pub(super) is_failing: bool,
    pub(super) tools: u64,
}

/// How many current tools have one judgement.
#[derive(Debug)]
pub(super) struct JudgementTally {
    pub(super) class: Class,
    pub(super) risk: Risk,
    pub(super) category: Category,
    pub(super) traits: BTreeSet<Trait>,
    pub(super) recognised: bool,
    pub(super) tools: u64,
}

/// The database in numbers.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By the number of the server; those that are gone count nothing.
    pub(super) servers: Vec<ServerTally>,
    pub(super) lists: u64,
    pub(super) attempts: u64,
    pub(super) tools: u64,
    pub(super) definitions: u64,
    pub(super) origins: BTreeMap<ToolOrigin, u64>,
    /// The newest attempts at each target.
    pub(super) outcomes: BTreeMap<Outcome, u64>,
}

impl Tally {
    fn server(&mut self, id: i64) -> Option<&mut ServerTally> {
        usize::try_from(id).ok().and_then(|at| self.servers.get_mut(at)).filter(|server| server.is_listed)
    }

    /// How many servers are as asked.
    pub(super) fn count(&self, is: impl Fn(&ServerTally) -> bool) -> u64 {
        self.servers.iter().filter(|server| server.is_listed && is(server)).count() as u64
    }
}

/// A word of a closed vocabulary that stands in a column by its place.
fn word<T: FromStr<Err: Display>>(row: &Row<'_>, at: usize) -> sql::Result<T> {
    row.get_ref(at)?.as_str()?.parse().map_err(|unknown| damaged("word", &unknown))
}

impl Reader {
    /// Counts servers, lists, tools and attempts.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(super) fn tally(&self) -> Result<Tally, StoreError> {
        self.counted().map_err(self.fail())
    }

    fn counted(&self) -> sql::Result<Tally> {
        let mut tally = Tally::default();
        self.each("SELECT id, gone FROM server ORDER BY id", |row| {
            let at = usize::try_from(row.get::<i64>(0)?).unwrap_or_default();
            tally.servers.resize(at + 1, ServerTally::default());
            tally.servers[at].is_listed = !row.get::<bool>(1)?;
            Ok(())
        })?;
        let mut origins: Vec<Option<ToolOrigin>> = Vec::new();
        self.each("SELECT id, server_id, origin, latest, partial != '[]' FROM observation ORDER BY id", |row| {
            let at = usize::try_from(row.get::<i64>(0)?).unwrap_or_default();
            let origin: ToolOrigin = word(row, 2)?;
            origins.resize(at + 1, None);
            origins[at] = Some(origin);
            let (latest, partial): (bool, bool) = (row.get(3)?, row.get(4)?);
            let Some(server) = tally.server(row.get(1)?) else { return Ok(()) };
            server.is_read = true;
            if latest && server.best <= Some(origin) {
                server.is_partial = partial || server.is_partial && server.best == Some(origin);
                server.best = Some(origin);
            }
            tally.lists += 1;
            Ok(())
        })?;
        let mut seen: Vec<u64> = Vec::new();
        // The rows as they lie: an index would be followed by a jump for each.
        let tools = "SELECT server_id, definition_id, observation_id, origin FROM tool NOT INDEXED WHERE current = 1";
        let mut by_origin = [0_u64; ToolOrigin::ALL.len()];
        self.each(tools, |row| {
            let definition = usize::try_from(row.get::<i64>(1)?).unwrap_or_default();
            if seen.len() <= definition / 64 {
                seen.resize(definition / 64 + 1, 0);
            }
            seen[definition / 64] |= 1 << (definition % 64);
            let own: Option<ToolOrigin> = match row.get_ref(3)?.as_str_or_null()? {
                Some(text) => Some(text.parse().map_err(|unknown| damaged("word", &unknown))?),
                None => None,
            };
            let list = usize::try_from(row.get::<i64>(2)?).unwrap_or_default();
            if let Some(origin) = own.or_else(|| origins.get(list).copied().flatten()) {
                by_origin[origin as usize] += 1;
            }
            tally.tools += 1;
            if let Some(server) = tally.server(row.get(0)?) {
                server.tools += 1;
            }
            Ok(())
        })?;
        tally.definitions = seen.iter().map(|bits| u64::from(bits.count_ones())).sum();
        tally.origins = ToolOrigin::ALL.iter().map(|origin| (*origin, by_origin[*origin as usize])).collect();
        self.count_attempts(&mut tally)?;
        Ok(tally)
    }

    /// The newest attempt at a target is the last of its rows in the order of the index. That a source deleted a server is
    /// no attempt that says how it stands.
    fn count_attempts(&self, tally: &mut Tally) -> sql::Result<()> {
        let all = "SELECT server_id, origin, target, outcome FROM attempt ORDER BY server_id, origin, target, id";
        let mut newest: Option<(i64, ToolOrigin, String, Outcome)> = None;
        let end = |tally: &mut Tally, ended: Option<(i64, ToolOrigin, String, Outcome)>| {
            let Some((server, origin, _, outcome)) = ended else { return };
            let Some(server) = tally.server(server) else { return };
            if (origin, outcome) != (ToolOrigin::Declared, Outcome::Gone) {
                server.is_failing |= !outcome.is_read();
                *tally.outcomes.entry(outcome).or_default() += 1;
            }
        };
        self.each(all, |row| {
            let (server, origin): (i64, ToolOrigin) = (row.get(0)?, word(row, 1)?);
            let (target, outcome) = (row.get_ref(2)?.as_str()?, word(row, 3)?);
            if let Some(seen) = tally.server(server) {
                seen.is_tried = true;
                tally.attempts += 1;
            }
            match &mut newest {
                Some(same) if (same.0, same.1, same.2.as_str()) == (server, origin, target) => same.3 = outcome,
                _ => end(tally, newest.replace((server, origin, target.to_owned(), outcome))),
            }
            Ok(())
        })?;
        end(tally, newest);
        Ok(())
    }

    /// How many current tools have each judgement that any has.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(super) fn judgements(&self) -> Result<Vec<JudgementTally>, StoreError> {
        let stale: bool = self
            .connection
            .query_row("SELECT EXISTS (SELECT 1 FROM unjudged)", (), |row| row.get(0))
            .map_err(self.fail())?;
        // Where everything is judged, what is judged is what is current.
        let counted = match stale {
            true => {
                "SELECT judgement_id, count(*) AS tools FROM judged JOIN tool ON tool.id = judged.tool_id
                 WHERE tool.current = 1 GROUP BY judgement_id"
            }
            false => "SELECT judgement_id, count(*) AS tools FROM judged GROUP BY judgement_id",
        };
        let sql = format!(
            "SELECT class, risk, category, traits, recognised, counted.tools
             FROM ({counted}) AS counted JOIN judgement ON judgement.id = counted.judgement_id"
        );
        let mut all = Vec::new();
        self.each(&sql, |row| {
            all.push(JudgementTally {
                class: word(row, 0)?,
                risk: word(row, 1)?,
                category: word(row, 2)?,
                traits: serde_json::from_str(row.get_ref(3)?.as_str()?).map_err(|error| damaged("traits", &error))?,
                recognised: row.get(4)?,
                tools: row.get::<i64>(5)?.unsigned_abs(),
            });
            Ok(())
        })
        .map_err(self.fail())?;
        Ok(all)
    }

    fn each(&self, sql: &str, mut take: impl FnMut(&Row<'_>) -> sql::Result<()>) -> sql::Result<()> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            take(&row)?;
        }
        Ok(())
    }
}
