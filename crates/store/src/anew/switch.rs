//! The end of a judging: what a crawl has changed meanwhile is judged, what is shown is raised by one, what was shown before
//! is put away.

use super::cut::{self, PIECE};
use super::{Anew, RULESET, Step, read};
use crate::dictionary::Dictionary;
use crate::edition::{self, Edition, Editions};
use crate::judged::{SPOKEN_ON_A_SERVER, Work};
use crate::sql::{self, Connection, Optional as _, Transaction};
use crate::{JudgeError, Judged, ServerTools, StoreError};
use mcpdex_model::Verdict;

/// How often what a crawl changes is judged in pieces, before the rest is judged while the crawl waits.
const ROUNDS: u32 = 4;
/// Verdicts of the past that are put away in one transaction.
const PUT_AWAY: usize = 8_192;

impl Anew {
    /// What is to be done where no piece is to be had: where none is left, judges what has changed meanwhile, if it is little,
    /// and shows the new verdicts in the same transaction. `judge` answers as in [`Anew::judge`].
    ///
    /// # Errors
    /// The database cannot be read or written, or `judge` answers out of step; nothing was written.
    pub fn finish(&mut self, judge: impl FnOnce(&[ServerTools]) -> Vec<Vec<Verdict>>) -> Result<Step, JudgeError> {
        let fail = StoreError::sql("judge the tools in", &self.place);
        self.reader.renew().map_err(&fail)?;
        if let Some(step) = self.unfinished(&self.reader).map_err(&fail)? {
            return Ok(step);
        }
        let transaction = self.writer.exclusive().map_err(&fail)?;
        if let Some(step) = self.unfinished(&transaction).map_err(&fail)? {
            return Ok(step);
        }
        let changed =
            "SELECT count(*) FROM changed JOIN tool ON tool.server_id = changed.server_id AND tool.current = 1";
        let changed: i64 = transaction.query_row(changed, (), |row| row.get(0)).map_err(&fail)?;
        if changed > PIECE && self.rounds < ROUNDS {
            self.rounds += 1;
            cut::late(&transaction, self.edition).map_err(&fail)?;
            transaction.commit().map_err(&fail)?;
            return Ok(Step::Take);
        }
        self.dictionary = Dictionary::default();
        let servers = read::servers(&transaction, &self.place, (i64::MIN, i64::MAX), true)?;
        let verdicts = judge(&servers.tools);
        edition::take_back(&transaction, self.edition, &servers.ids).map_err(&fail)?;
        let (place, edition) = (&self.place, Edition::Coming(self.edition));
        let dictionary = &mut self.dictionary;
        let mut work = Work { transaction: &transaction, place, edition, is_marked: false, dictionary };
        let tools = work.keep(&servers.ids, &servers.tools, &verdicts)?;
        let ruleset = self.dictionary.phrase(&transaction, &self.ruleset).map_err(&fail)?;
        show(&transaction, self.edition, &self.ruleset, ruleset).map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
        Ok(Step::Shown(Some(Judged { servers: servers.ids.len() as u64, tools })))
    }

    /// What is to be done instead of coming to an end.
    fn unfinished(&self, connection: &Connection) -> sql::Result<Option<Step>> {
        let editions = Editions::of(connection)?;
        if editions.shown >= self.edition {
            // Others have shown it, or gave it up and have shown another one under its number.
            let known: Option<String> = connection.query_row(RULESET, (), |row| row.get(0)).optional()?;
            let is_ours = known.is_some_and(|known| known == self.ruleset);
            return Ok(Some(if is_ours { Step::Shown(None) } else { Step::GivenUp }));
        }
        if editions.coming.as_deref() != Some(self.ruleset.as_str()) {
            return Ok(Some(Step::GivenUp));
        }
        let left = "SELECT \"left\" FROM mcpdex_fleet.pieces_left(?1)";
        let left: i64 = connection.query_row(left, [self.edition], |row| row.get(0))?;
        Ok((left > 0).then_some(Step::Wait))
    }

    /// Puts away what no edition shows any more, some thousand rows at a time; whoever reads or writes sees no difference.
    ///
    /// # Errors
    /// The database cannot be written. What is left is put away after the next judging.
    pub fn put_away(&self) -> Result<(), StoreError> {
        let fail = StoreError::sql("write to", &self.place);
        loop {
            let transaction = self.writer.exclusive().map_err(&fail)?;
            let past = "SELECT tool_id FROM judged_ever WHERE until <= (SELECT shown FROM edition) LIMIT ?1";
            let past: Vec<i64> = transaction
                .prepare_cached(past)
                .and_then(|mut s| s.query_map([PUT_AWAY as i64], |row| row.get(0))?.collect())
                .map_err(&fail)?;
            let listed = format!("{past:?}");
            for table in ["search_ever", "judged_ever"] {
                let sql = format!(
                    "DELETE FROM {table} WHERE until <= (SELECT shown FROM edition)
                       AND tool_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))"
                );
                transaction.execute(&sql, [&listed]).map_err(&fail)?;
            }
            let is_last = past.len() < PUT_AWAY;
            // Whoever makes an edition remembers the numbers of texts.
            if is_last && Editions::of(&transaction).map_err(&fail)?.coming.is_none() {
                transaction.execute_batch(SPOKEN_ON_A_SERVER).map_err(&fail)?;
            }
            transaction.commit().map_err(&fail)?;
            if is_last {
                return Ok(());
            }
        }
    }
}

/// Shows the next edition. Every server is judged and indexed in it as it is now.
fn show(transaction: &Transaction<'_>, edition: i64, ruleset: &str, phrase: i64) -> sql::Result<()> {
    let shown = "UPDATE edition SET shown = ?1, coming = NULL, ruleset_id = ?2";
    transaction.execute(shown, [edition, phrase])?;
    transaction.execute("UPDATE fact SET value = ?1 WHERE key = 'ruleset'", [ruleset])?;
    for list in ["unjudged", "unindexed", "changed"] {
        transaction.execute(&format!("DELETE FROM {list}"), ())?;
    }
    transaction.query_row("SELECT count(mcpdex_fleet.judged(?1))", [edition], |row| row.get::<i64>(0)).map(drop)
}
