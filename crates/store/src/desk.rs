//! Judges tools while they are written: what a batch brought goes to the judge as it came, and its verdicts into the same
//! transaction. Leaves alone what would have to be read again.

use super::dictionary::Dictionary;
use super::edition::Edition;
use super::index::Indexer;
use super::judged::{FreshTool, JudgeError, ServerTools, Work, is_of};
use super::sql::bulk::COST;
use super::sql::{self, Connection, Optional as _, Transaction};
use super::{DatabasePlace, StoreError};
use mcpdex_model::Verdict;
use std::collections::BTreeMap;

/// What judges, as a [`Writer`](super::Writer) asks it.
pub trait Judging: Send {
    /// What the verdicts of today are known by.
    fn ruleset(&self) -> &str;
    /// The verdicts on the tools of these servers, in the same order.
    fn judge(&self, servers: &[ServerTools]) -> Vec<Vec<Verdict>>;
    /// The name of what counts tokens.
    fn tokeniser(&self) -> &str;
    /// What these definitions cost a model, in the same order.
    fn tokens(&self, raws: &[&str]) -> Vec<u64>;
}

/// What the writer judges with.
pub(super) struct Desk {
    judging: Option<Box<dyn Judging>>,
    dictionary: Dictionary,
}

impl Desk {
    /// Sets a connection up for it.
    pub(super) fn new(connection: &Connection, judging: Option<Box<dyn Judging>>) -> sql::Result<Desk> {
        if judging.is_some() {
            Indexer::prepare(connection)?;
        }
        Ok(Desk { judging, dictionary: Dictionary::default() })
    }

    /// Forgets what was written, after it was taken back.
    pub(super) fn forget(&mut self) {
        self.dictionary = Dictionary::default();
    }

    /// Judges and indexes tools that were written in this transaction; how many.
    pub(super) fn judge(
        &mut self,
        transaction: &Transaction<'_>,
        place: &DatabasePlace,
        fresh: BTreeMap<i64, (String, Vec<FreshTool>)>,
    ) -> Result<u64, JudgeError> {
        let fail = StoreError::sql("write to", place);
        let Some(judging) = &self.judging else { return Ok(0) };
        if fresh.is_empty() {
            return Ok(0);
        }
        if !is_of(transaction, judging.ruleset()).map_err(&fail)? {
            // Other rules judge: their end removes texts whose numbers are remembered here.
            self.forget();
            return Ok(0);
        }
        let (ids, servers): (Vec<i64>, Vec<ServerTools>) =
            fresh.into_iter().map(|(id, (server, tools))| (id, ServerTools::fresh(server, tools))).unzip();
        transaction.hand_over().map_err(&fail)?;
        let verdicts = judging.judge(&servers);
        let (edition, dictionary) = (Edition::Shown, &mut self.dictionary);
        let mut work = Work { transaction, place, edition, is_marked: false, dictionary };
        let judged = work.keep(&ids, &servers, &verdicts)?;
        price(transaction, judging.as_ref(), &servers).map_err(&fail)?;
        Ok(judged)
    }
}

/// Counts the definitions of these tools where all before them are counted.
fn price(transaction: &Transaction<'_>, judging: &dyn Judging, servers: &[ServerTools]) -> sql::Result<()> {
    let known: Option<String> =
        transaction.query_row("SELECT value FROM fact WHERE key = 'tokeniser'", (), |row| row.get(0)).optional()?;
    let counted: bool = transaction.query_row("SELECT EXISTS (SELECT 1 FROM cost)", (), |row| row.get(0))?;
    if known.is_none() && !counted {
        let sql = "INSERT INTO fact (key, value) VALUES ('tokeniser', ?1)";
        transaction.execute(sql, [judging.tokeniser()])?;
    } else if known.as_deref() != Some(judging.tokeniser()) {
        return Ok(());
    }
    let last: i64 = transaction.query_row("SELECT coalesce(max(definition_id), 0) FROM cost", (), |row| row.get(0))?;
    let mut news: BTreeMap<i64, &str> = BTreeMap::new();
    for (definition, tool) in servers.iter().flat_map(ServerTools::definitions).filter(|(id, _)| *id > last) {
        news.insert(definition, &tool.raw);
    }
    // What is counted later is what lies beyond the last one that was: there must be no gap.
    let whole = news.keys().zip(last + 1..).take_while(|(id, next)| **id == *next).count();
    let raws: Vec<&str> = news.values().copied().take(whole).collect();
    for (id, tokens) in news.keys().zip(judging.tokens(&raws)) {
        transaction.add(&COST, [*id, i64::try_from(tokens).unwrap_or(i64::MAX)])?;
    }
    Ok(())
}
