//! What waits to be written, by statement: all rows of one go at once, as arrays. `COPY` would need a statement with a name,
//! which a pooler may look for on another connection.

use super::wire::Column;
use crate::sql::bulk::{Bulk, Many};
use crate::sql::in_order::BULKS;
use crate::sql::{Result, Value};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Rows of one statement after which all are written: the server is at them while more are put together.
const MOST: usize = 1_024;

/// The type of a column that holds the words of a text.
const WORDS: &str = "words";

/// What waits for one statement.
#[derive(Default)]
struct Rows {
    rows: Vec<Vec<Value>>,
    /// By what rows are told apart, where they must not meet. Two that have one by chance are written apart.
    keys: HashSet<u64>,
    /// Their first columns, where another statement writes the same table.
    firsts: HashSet<u64>,
}

/// The rows of each statement, in the order of [`BULKS`].
#[derive(Default)]
pub(super) struct Waiting {
    all: [Rows; BULKS.len()],
}

impl Waiting {
    /// Whether a row may not wait beside those that do, since it would be written before one that came before it, or meet
    /// itself.
    pub(super) fn meets(&self, bulk: &Bulk, values: &[Value]) -> bool {
        let Some(at) = place(bulk) else { return false };
        let own = &self.all[at];
        let later = BULKS.iter().zip(&self.all).skip(at + 1).filter(|(other, _)| other.table == bulk.table);
        let mut later = later.filter(|(_, waits)| !waits.firsts.is_empty()).peekable();
        (bulk.key > 0 && own.keys.contains(&key(values, bulk.key)))
            || (later.peek().is_some() && {
                let first = key(values, 1);
                later.any(|(_, waits)| waits.firsts.contains(&first))
            })
    }

    /// Adds a row; whether there are many.
    pub(super) fn add(&mut self, bulk: &Bulk, values: Vec<Value>) -> bool {
        let Some(at) = place(bulk) else { return false };
        let waits = &mut self.all[at];
        if bulk.key > 0 {
            waits.keys.insert(key(&values, bulk.key));
        }
        if BULKS[..at].iter().any(|other| other.table == bulk.table) {
            waits.firsts.insert(key(&values, 1));
        }
        waits.rows.push(values);
        waits.rows.len() >= MOST
    }

    /// Whether a statement that names these tables (a bit for each statement that writes them) would miss a row.
    pub(super) fn concerns(&self, named: u32) -> bool {
        self.all.iter().enumerate().any(|(at, waits)| named & (1 << at) != 0 && !waits.rows.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.iter().all(|waits| waits.rows.is_empty())
    }

    /// The statements that write all rows, each with its columns; nothing waits any more.
    pub(super) fn take(&mut self) -> Result<Vec<(String, Vec<Column>)>> {
        let all = std::mem::take(&mut self.all);
        let bulks = BULKS.iter().zip(all).filter(|(_, waits)| !waits.rows.is_empty());
        bulks.map(|(bulk, waits)| Ok((statement(bulk), columns(bulk, &waits.rows)?))).collect()
    }

    /// The texts of which the words are to be written.
    pub(super) fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = Vec::new();
        for (bulk, waits) in BULKS.iter().zip(&mut self.all) {
            let Some(at) = bulk.columns.iter().position(|(_, of)| *of == WORDS) else { continue };
            texts.extend(waits.rows.iter_mut().filter_map(|row| match row.get_mut(at) {
                Some(Value::Text(text)) => Some(text),
                _ => None,
            }));
        }
        texts
    }

    /// Nothing waits any more, since what it came with is taken back.
    pub(super) fn forget(&mut self) {
        self.all = Default::default();
    }
}

fn place(bulk: &Bulk) -> Option<usize> {
    BULKS.iter().position(|one| one.one == bulk.one)
}

/// What the first columns of a row are known by.
fn key(values: &[Value], columns: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    values.iter().take(columns).for_each(|value| value.hash(&mut hasher));
    hasher.finish()
}

/// Which statements write the tables that a statement names or refers to, a bit each.
pub(super) fn named(sql: &str) -> u32 {
    let words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let table = |word: &str| match word {
        // By what rows of other tables refer to them, and what a new row of them writes elsewhere.
        "server_id" => "server",
        "observation_id" | "server_alias" => "observation",
        "definition_id" => "definition",
        // What is shown of these, and what is kept of them.
        "judged_ever" => "judged",
        "search_ever" => "search",
        "judged_by_ever" => "judged_by",
        _ => "",
    };
    let bits = |table: &str| {
        BULKS.iter().enumerate().filter(|(_, one)| one.table == table).fold(0, |all, (at, _)| all | (1 << at))
    };
    let listed = |word: &str| if matches!(word, "server_alias" | "unindexed") { bits("listing") } else { 0 };
    words.fold(0, |all, word| all | bits(word) | bits(table(word)) | listed(word))
}

fn statement(bulk: &Bulk) -> String {
    let names: Vec<&str> = bulk.columns.iter().map(|(name, _)| *name).collect();
    let types: Vec<String> = bulk.columns.iter().enumerate().map(|(at, (_, of))| cast(at, of)).collect();
    let (names, table) = (names.join(", "), bulk.table);
    let fresh = format!("unnest({}) AS fresh ({names})", types.join(", "));
    match bulk.many {
        Many::Add(known) => format!("INSERT INTO {table} ({names}) SELECT {names} FROM {fresh} {known}"),
        Many::AddOnce(known) => format!("INSERT INTO {table} ({names}) SELECT DISTINCT {names} FROM {fresh} {known}"),
        Many::Do(sql) => sql.replace("{fresh}", &fresh),
    }
}

fn cast(at: usize, of: &str) -> String {
    format!("CAST(${} AS {}[])", at + 1, if of == WORDS { "text" } else { of })
}

fn columns(bulk: &Bulk, rows: &[Vec<Value>]) -> Result<Vec<Column>> {
    let of = |at: usize| rows.iter().map(move |row| row.get(at).unwrap_or(&Value::Null));
    bulk.columns.iter().enumerate().map(|(at, (_, kind))| Column::of(kind, of(at))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use crate::sql::bulk::{COST, LISTING, SERVER_MARK, SERVER_UNMARKED, TOOL};

    fn row(server: i64, values: &[&str]) -> Vec<Value> {
        let texts = values.iter().map(|value| Value::Text((*value).to_owned()));
        std::iter::once(Value::Integer(server)).chain(texts).collect()
    }

    #[test]
    fn rows_wait_until_a_statement_names_their_table() {
        let mut waiting = Waiting::default();
        waiting.add(&COST, vec![Value::Integer(1), Value::Null]);
        assert!(waiting.concerns(named("SELECT max(definition_id) FROM cost")));
        assert!(!waiting.concerns(named("SELECT tool_id FROM judged JOIN tool ON true")));
        assert!(named("UPDATE tool SET current = 1") != 0 && named("SELECT tool_id FROM phrase") == 0);
        let (sql, values) = waiting.take().unwrap().remove(0);
        assert!(
            sql.ends_with("FROM unnest(CAST($1 AS bigint[]), CAST($2 AS bigint[])) AS fresh (definition_id, tokens) ")
        );
        assert_eq!(values[0].bytes()[20..], [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(values[1].bytes()[20..], [255; 4]);
        assert!(waiting.is_empty() && !waiting.add(&TOOL, Vec::new()));
        // What is none of a column's type goes nowhere.
        waiting.forget();
        waiting.add(&COST, row(1, &["many"]));
        assert!(waiting.take().is_err());
    }

    #[test]
    fn rows_that_would_meet_or_change_places_do_not_wait_together() {
        let mut waiting = Waiting::default();
        waiting.add(&LISTING, row(1, &["source", "1.0", ""]));
        assert!(waiting.meets(&LISTING, &row(1, &["source", "1.0", ""])));
        assert!(!waiting.meets(&LISTING, &row(1, &["source", "1.1", ""])));
        // What was unmarked first is marked then, in one go; the other way round is none.
        waiting.add(&SERVER_UNMARKED, row(1, &[]));
        assert!(!waiting.meets(&SERVER_MARK, &row(1, &["npm:kiln"])));
        waiting.add(&SERVER_MARK, row(1, &["npm:kiln"]));
        assert!(!waiting.meets(&SERVER_MARK, &row(1, &["pypi:kiln"])));
        assert!(waiting.meets(&SERVER_UNMARKED, &row(1, &[])) && !waiting.meets(&SERVER_UNMARKED, &row(2, &[])));
        // A listing names its server by a trigger.
        assert!(waiting.concerns(named("SELECT alias FROM server_alias")));
    }
}
