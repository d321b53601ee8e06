//! The whole database as rows of JSON, and back: nothing is lost, and the same database gives the same bytes.
//!
//! What is derived (the search index, names, costs) stays out and is made anew. A dump is foreign text: only known
//! tables and columns are written, by bound parameters, and every definition must have the hash that it claims.

use super::compact::{Kept, judged_by};
use super::complete::parse_tool;
use super::dictionary::Dictionary;
use super::digest::{of_hex, sha256_hex};
use super::edition::{self, Edition};
use super::sql::{self, Connection, Transaction, Value as Sql, ValueRef};
use super::{DatabasePlace, NamesDatabase, Reader, StoreError, migrate, open};
use mcpdex_model::{Outcome, Verdict, lenient};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The tables that are written down, each after those it refers to. Those that a schema does not have are passed over.
const TABLES: [&str; 13] = [
    "fact",
    "run",
    "source",
    "validator",
    "server",
    "listing",
    "same",
    "observation",
    "definition",
    "tool",
    "attempt",
    "verdict",
    "unjudged",
];
/// Columns that hold JSON.
const DOCUMENTS: [&str; 10] =
    ["packages", "remotes", "problems", "meta", "partial", "remarks", "condition", "inexact", "code", "reason"];
/// Facts that are derived.
const DERIVED: &str = "tokeniser";
/// The first line's `schema`.
const SCHEMA: &str = "mcpdex/export/1";
/// The oldest version of the database whose rows are those of today: the steps since then changed no column and
/// added none that must be filled.
const OLDEST_ALIKE: i64 = 4;

/// Why a dump cannot be read in. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{path} already holds servers; name a new file with --db, or put both together with `mcpdex merge`")]
    NotEmpty { path: DatabasePlace },
    #[error("line {line}: {what}")]
    Line { line: usize, what: String },
    #[error(
        "it is the export of another mcpdex (`{found}`, database version {version}); this one reads {SCHEMA}, {known}"
    )]
    Version { found: String, version: i64, known: i64 },
    #[error("it ends early: {table} has {found} of {wanted} rows")]
    Short { table: String, found: u64, wanted: u64 },
    #[error("it holds {found} current tools and not {wanted}")]
    Tools { found: u64, wanted: u64 },
    #[error("cannot read it")]
    Read(#[source] std::io::Error),
}

impl Reader {
    /// Hands every line of a dump to `each`: first a header with the number of rows of each table, then the rows.
    ///
    /// # Errors
    /// The database cannot be read, or `each` fails.
    pub fn dump<E: From<StoreError>>(&self, mut each: impl FnMut(&Value) -> Result<(), E>) -> Result<(), E> {
        // In the reader's one transaction: a crawl that writes meanwhile does not show.
        let snapshot = &self.connection;
        let mut tables = Vec::new();
        let mut counts = Map::new();
        for table in TABLES {
            let columns = columns(snapshot, table).map_err(self.fail())?;
            if !columns.is_empty() {
                let sql = format!("SELECT count(*) FROM {table} WHERE {}", kept(table));
                let count: i64 = snapshot.query_row(&sql, (), |row| row.get(0)).map_err(self.fail())?;
                counts.insert(table.to_owned(), json!(count));
                tables.push((table, columns));
            }
        }
        each(&json!({ "schema": SCHEMA, "version": migrate::present_version(), "rows": counts }))?;
        for (table, columns) in tables {
            let is_server = snapshot.is_server();
            let shown: Vec<&str> = columns.iter().map(|column| told(table, column, is_server)).collect();
            let sql = format!("SELECT {} FROM {table} WHERE {} ORDER BY 1", shown.join(", "), kept(table));
            let mut statement = snapshot.prepare(&sql).map_err(self.fail())?;
            let mut rows = statement.query(()).map_err(self.fail())?;
            while let Some(row) = rows.next().map_err(self.fail())? {
                let mut object = Map::new();
                for (at, column) in columns.iter().enumerate() {
                    let value = match row.get_ref(at).map_err(self.fail())? {
                        ValueRef::Null => Value::Null,
                        ValueRef::Integer(number) => json!(number),
                        ValueRef::Text(text) | ValueRef::Json(text) => json!(text),
                        ValueRef::Real(number) => json!(number),
                        ValueRef::Blob(_) => {
                            let path = self.at().clone();
                            let detail = "a blob where none belongs".to_owned();
                            return Err(StoreError::Damaged { path, what: "row", detail }.into());
                        }
                    };
                    object.insert(column.clone(), value);
                }
                each(&json!({ "table": table, "row": object }))?;
            }
        }
        Ok(())
    }
}

/// Which rows of a table are written down.
fn kept(table: &str) -> String {
    if table == "fact" { format!("key != '{DERIVED}'") } else { "true".to_owned() }
}

/// How a column is told: a digest as text.
fn told<'c>(table: &str, column: &'c str, is_server: bool) -> &'c str {
    match (table, column, is_server) {
        ("definition", "sha256", false) => "lower(hex(sha256))",
        ("definition", "sha256", true) => "encode(sha256, 'hex')",
        _ => column,
    }
}

/// The columns of a table; none when there is no such table.
fn columns(connection: &Connection, table: &str) -> sql::Result<Vec<String>> {
    let sql = match connection.is_server() {
        false => "SELECT name FROM pragma_table_info(?1) ORDER BY cid",
        true => {
            "SELECT attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
             JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = 'mcpdex' AND relname = ?1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        }
    };
    connection.prepare_cached(sql)?.query_map([table], |row| row.get(0))?.collect()
}

/// Reads a dump into a new database, in one transaction; how many rows were written.
///
/// # Errors
/// See [`LoadError`].
pub fn load(place: &(impl NamesDatabase + ?Sized), input: impl std::io::BufRead) -> Result<u64, LoadError> {
    load_as(&place.database(), input, None)
}

/// The same of a dump of which is known what it has to hold: rows of this version of the database, and so many current
/// tools.
///
/// # Errors
/// See [`LoadError`].
pub fn load_counted(
    place: &(impl NamesDatabase + ?Sized),
    input: impl std::io::BufRead,
    version: i64,
    tools: u64,
) -> Result<u64, LoadError> {
    load_as(&place.database(), input, Some((version, tools)))
}

fn load_as(place: &DatabasePlace, input: impl std::io::BufRead, held: Option<(i64, u64)>) -> Result<u64, LoadError> {
    let fail = StoreError::sql("import into", place);
    let connection = open::for_writing(place)?;
    let servers: i64 = connection.query_row("SELECT count(*) FROM server", (), |row| row.get(0)).map_err(&fail)?;
    if servers > 0 {
        return Err(LoadError::NotEmpty { path: place.clone() });
    }
    let transaction = connection.transaction().map_err(&fail)?;
    transaction
        .execute_batch(match transaction.is_server() {
            false => "PRAGMA defer_foreign_keys = ON; DELETE FROM fact; DELETE FROM unjudged",
            true => "DELETE FROM fact; DELETE FROM unjudged",
        })
        .map_err(&fail)?;
    edition::forget(&transaction).map_err(&fail)?;
    let mut loading = Loading {
        transaction: &transaction,
        place,
        columns: BTreeMap::new(),
        rows: BTreeMap::new(),
        dictionary: Dictionary::default(),
    };
    let mut wanted: Option<BTreeMap<String, u64>> = None;
    for (number, line) in input.lines().enumerate() {
        let line = line.map_err(LoadError::Read)?;
        let wrong = |what: String| LoadError::Line { line: number + 1, what };
        let (value, odd) = lenient::parse(&line).map_err(|e| wrong(format!("is not JSON: {e}")))?;
        // What mcpdex writes needs no mending, and of two values of one key neither is to be believed.
        if let Some(odd) = odd.first() {
            return Err(wrong(format!("{} {}", odd.pointer, odd.what)));
        }
        if wanted.is_none() {
            wanted = Some(header(&value, held.map(|(version, _)| version))?);
        } else {
            loading.row(&value).map_err(wrong)?;
        }
    }
    let rows = loading.rows;
    for (table, wanted) in wanted.ok_or(LoadError::Line { line: 1, what: "there is nothing".to_owned() })? {
        let found = rows.get(&table).copied().unwrap_or(0);
        if found != wanted {
            return Err(LoadError::Short { table, found, wanted });
        }
    }
    if let Some((_, wanted)) = held {
        let tools = "SELECT count(*) FROM tool WHERE current = 1";
        let found: i64 = transaction.query_row(tools, (), |row| row.get(0)).map_err(&fail)?;
        if found.unsigned_abs() != wanted {
            return Err(LoadError::Tools { found: found.unsigned_abs(), wanted });
        }
    }
    transaction
        .execute_batch("INSERT INTO unindexed SELECT id FROM server WHERE true ON CONFLICT DO NOTHING")
        .map_err(&fail)?;
    if transaction.is_server() {
        // Numbers that were given with the rows are not given again.
        for table in ["run", "server", "listing", "observation", "definition", "tool", "attempt"] {
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('mcpdex.{table}', 'id'), coalesce((SELECT max(id) FROM {table}), 0) + 1,
                               false)"
            );
            transaction.query_row(&sql, (), |row| row.get::<i64>(0)).map_err(&fail)?;
        }
    }
    transaction.commit().map_err(&fail)?;
    Ok(rows.values().sum())
}

/// How many rows of each table follow; of this version where one is wanted.
fn header(value: &Value, of: Option<i64>) -> Result<BTreeMap<String, u64>, LoadError> {
    let (found, version) = (value["schema"].as_str().unwrap_or_default(), value["version"].as_i64().unwrap_or(0));
    let known = migrate::present_version();
    if found != SCHEMA || !(OLDEST_ALIKE..=known).contains(&version) || of.is_some_and(|of| of != version) {
        return Err(LoadError::Version { found: found.chars().take(80).collect(), version, known });
    }
    let rows = value["rows"].as_object().into_iter().flatten();
    Ok(rows.map(|(table, count)| (table.clone(), count.as_u64().unwrap_or(0))).collect())
}

struct Loading<'a> {
    transaction: &'a Transaction<'a>,
    place: &'a DatabasePlace,
    dictionary: Dictionary,
    columns: BTreeMap<String, Vec<String>>,
    rows: BTreeMap<String, u64>,
}

impl Loading<'_> {
    fn row(&mut self, value: &Value) -> Result<(), String> {
        let sql = |e: sql::Error| format!("the database refuses it: {e}");
        let named = value["table"].as_str().unwrap_or_default();
        let table = TABLES.iter().find(|table| **table == named).ok_or("it names no table of an export")?;
        let row = value["row"].as_object().ok_or("it holds no row")?;
        if !self.columns.contains_key(*table) {
            let columns = columns(self.transaction, table).map_err(sql)?;
            self.columns.insert((*table).to_owned(), columns);
        }
        let columns = &self.columns[*table];
        if let Some(stranger) = row.keys().find(|key| !columns.contains(key)) {
            return Err(format!("`{}` is no column of {table}", stranger.chars().take(80).collect::<String>()));
        }
        if *table == "definition" {
            let raw = row.get("raw").and_then(Value::as_str).unwrap_or_default();
            if row.get("sha256").and_then(Value::as_str) != Some(&sha256_hex(raw.as_bytes())) {
                return Err("a definition does not have the hash that it claims".to_owned());
            }
        }
        if *table == "attempt" {
            let word = row.get("outcome").and_then(Value::as_str).unwrap_or_default();
            word.parse::<Outcome>().map_err(|unknown| unknown.to_string())?;
        }
        let values = columns.iter().map(|column| match row.get(column) {
            None | Some(Value::Null) => Ok(Sql::Null),
            Some(Value::String(text)) if DOCUMENTS.contains(&column.as_str()) => Ok(Sql::Json(text.clone())),
            Some(Value::String(text)) => Ok(Sql::Text(text.clone())),
            Some(Value::Number(number)) if number.is_i64() => Ok(Sql::Integer(number.as_i64().unwrap_or(0))),
            Some(_) => Err(format!("`{column}` is neither text nor a whole number")),
        });
        let mut values: Vec<Sql> = values.collect::<Result<_, _>>()?;
        *self.rows.entry((*table).to_owned()).or_default() += 1;
        if *table == "verdict" {
            return self.verdict(row);
        }
        let raw = row.get("raw").and_then(Value::as_str).unwrap_or_default();
        for (column, value) in columns.iter().zip(&mut values) {
            if let (("definition", "sha256"), Sql::Text(text)) = ((*table, column.as_str()), &*value) {
                *value = Sql::Blob(match self.transaction.kept(raw) {
                    Cow::Borrowed(_) => of_hex(text).unwrap_or_default(),
                    Cow::Owned(kept) => Sha256::digest(kept.as_bytes()).to_vec(),
                });
            }
        }
        let places: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
        let insert = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        self.transaction.prepare_cached(&insert).and_then(|mut s| s.execute(&values[..])).map_err(sql)?;
        Ok(())
    }

    /// Keeps a verdict, which is told whole, in the form of this database.
    fn verdict(&mut self, row: &Map<String, Value>) -> Result<(), String> {
        let id = row.get("tool_id").and_then(Value::as_i64).ok_or("a verdict names no tool")?;
        let document = row.get("document").and_then(Value::as_str).unwrap_or_default();
        let verdict: Verdict = serde_json::from_str(document).map_err(|e| format!("it holds no verdict: {e}"))?;
        let sql = |e: sql::Error| format!("the database refuses it: {e}");
        let of = "SELECT tool.server_id, definition.raw FROM tool JOIN definition ON definition.id = tool.definition_id
                  WHERE tool.id = ?1";
        let (server, raw): (i64, String) = self
            .transaction
            .prepare_cached(of)
            .and_then(|mut s| s.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))))
            .map_err(sql)?;
        let tool = parse_tool(self.place, &raw).map_err(|e| e.to_string())?;
        let kept = Kept::of(&verdict, &tool, &mut self.dictionary, self.transaction).map_err(sql)?;
        kept.write(self.transaction, Edition::Shown, id, None).map_err(sql)?;
        let ruleset = self.dictionary.phrase(self.transaction, &verdict.ruleset).map_err(sql)?;
        judged_by(self.transaction, Edition::Shown, server, ruleset).map_err(sql)
    }
}
