//! Rows that wait to be added, by table: all of a table go in one statement, whose values are arrays. `COPY` would need a
//! statement with a name, which a pooler may look for on another connection.

use super::wire::Bound;
use crate::sql::bulk::{BULK_TABLES, BulkTable};

/// Rows of one table after which all are added.
const MOST: usize = 8_192;

/// The rows of each table, in the order of [`BULK_TABLES`].
#[derive(Default)]
pub(super) struct Waiting {
    rows: [Vec<Vec<Bound>>; BULK_TABLES.len()],
}

impl Waiting {
    /// Adds a row; whether there are many.
    pub(super) fn add(&mut self, table: &BulkTable, values: Vec<Bound>) -> bool {
        let Some(at) = BULK_TABLES.iter().position(|one| one.name == table.name) else { return false };
        self.rows[at].push(values);
        self.rows[at].len() >= MOST
    }

    /// Whether a statement that names these tables (a bit each) would miss a row.
    pub(super) fn concerns(&self, named: u16) -> bool {
        self.rows.iter().enumerate().any(|(at, rows)| named & (1 << at) != 0 && !rows.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.iter().all(Vec::is_empty)
    }

    /// The statements that add all rows, each with its arrays; nothing waits any more.
    pub(super) fn take(&mut self) -> Vec<(String, Vec<Bound>)> {
        let rows = std::mem::take(&mut self.rows);
        let tables = BULK_TABLES.iter().zip(rows).filter(|(_, rows)| !rows.is_empty());
        tables.map(|(table, rows)| (insert(table), arrays(table, &rows))).collect()
    }
}

/// Which tables a statement names, a bit each.
pub(super) fn named(sql: &str) -> u16 {
    let words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter_map(|word| BULK_TABLES.iter().position(|table| table.name == word)).fold(0, |all, at| all | (1 << at))
}

fn insert(table: &BulkTable) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let types: Vec<String> =
        table.columns.iter().enumerate().map(|(at, (_, of))| format!("CAST(${} AS {of}[])", at + 1)).collect();
    let (names, types) = (names.join(", "), types.join(", "));
    // The same name may come twice, and is added once.
    let distinct = if table.name == "tool_name" { "DISTINCT " } else { "" };
    format!(
        "INSERT INTO {} ({names}) SELECT {distinct}{names} FROM unnest({types}) AS fresh ({names}) {}",
        table.name, table.known
    )
}

/// The values of each column as the text of an array.
fn arrays(table: &BulkTable, rows: &[Vec<Bound>]) -> Vec<Bound> {
    let column = |at: usize| {
        let mut array = String::from("{");
        for (nth, row) in rows.iter().enumerate() {
            if nth > 0 {
                array.push(',');
            }
            match row.get(at).and_then(Bound::text) {
                None => array.push_str("NULL"),
                Some(text) => {
                    array.push('"');
                    for sign in text.chars() {
                        if matches!(sign, '"' | '\\') {
                            array.push('\\');
                        }
                        array.push(sign);
                    }
                    array.push('"');
                }
            }
        }
        array.push('}');
        Bound::of(array)
    };
    (0..table.columns.len()).map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::bulk::{COST, TOOL};

    #[test]
    fn rows_wait_until_a_statement_names_their_table() {
        let mut waiting = Waiting::default();
        waiting.add(&COST, vec![Bound::of("1".to_owned()), Bound::of(r#"a "b\"#.to_owned())]);
        assert!(waiting.concerns(named("SELECT max(definition_id) FROM cost")));
        assert!(!waiting.concerns(named("SELECT tool_id FROM judged JOIN tool ON true")));
        assert!(named("UPDATE tool SET current = 1") != 0 && named("SELECT tool_id FROM listing") == 0);
        let (sql, values) = waiting.take().remove(0);
        assert!(
            sql.ends_with("FROM unnest(CAST($1 AS bigint[]), CAST($2 AS bigint[])) AS fresh (definition_id, tokens) ")
        );
        assert_eq!(values[1].text(), Some(r#"{"a \"b\\"}"#));
        assert!(waiting.is_empty() && !waiting.add(&TOOL, Vec::new()));
    }
}
