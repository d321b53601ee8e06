//! Full text: which tools and servers hold which words. Words in, numbers of rows out, in their order. The one question
//! that each database is asked in words of its own.

use super::edition::Edition;
use super::sql::editions::{SEARCH, SEARCH_COMES, SEARCH_PASSES};
use super::sql::{self, Connection, Value};

/// Characters from which on a word of a server is found by way of an index.
const INDEXED: usize = 3;

/// Sets a connection up for many rows.
pub(super) fn prepare(connection: &Connection) -> sql::Result<()> {
    match connection.is_server() {
        // Tokens of new rows are gathered in memory before they are written: the default of one megabyte is for phones.
        false => connection.execute_batch("INSERT INTO search (search, rank) VALUES ('hashsize', 16777216)"),
        true => Ok(()),
    }
}

/// Makes the index hold the words of a tool, of which it holds none in this edition.
pub(super) fn add(connection: &Connection, edition: Edition, tool: i64, words: &str) -> sql::Result<()> {
    match edition {
        Edition::Shown => connection.add(&SEARCH, (tool, words)),
        Edition::Coming(number) => connection.add(&SEARCH_COMES, (tool, words, number)),
    }
}

/// Makes the index hold nothing of a tool from an edition on; where it is the one that is shown, in none at all.
pub(super) fn remove(connection: &Connection, edition: Edition, tool: i64) -> sql::Result<()> {
    let sql = match (edition, connection.is_server()) {
        (Edition::Coming(number), _) => return connection.add(&SEARCH_PASSES, [tool, number]),
        (Edition::Shown, false) => "DELETE FROM search WHERE rowid = ?1",
        (Edition::Shown, true) => "DELETE FROM search_ever WHERE tool_id = ?1",
    };
    connection.prepare_cached(sql)?.execute([tool]).map(drop)
}

/// At most `most` tools that hold what is asked for, from this number on, in order, each with its name; only those of lists
/// that were first seen at or after `since`, where that is not empty.
pub(super) fn tools(
    connection: &Connection,
    asked: &str,
    from: i64,
    since: &str,
    most: usize,
) -> sql::Result<Vec<(i64, String)>> {
    // CROSS JOIN: SQLite's index is read in the order of numbers, and only as far as the limit asks.
    let sql = match (connection.is_server(), since.is_empty()) {
        (false, true) => {
            "SELECT tool.id, tool.name FROM search CROSS JOIN tool ON tool.id = search.rowid
             WHERE search MATCH ?1 AND search.rowid >= ?2 AND ?3 = '' LIMIT ?4"
        }
        (false, false) => {
            "SELECT tool.id, tool.name FROM search CROSS JOIN tool ON tool.id = search.rowid
             CROSS JOIN observation ON observation.id = tool.observation_id
             WHERE search MATCH ?1 AND search.rowid >= ?2 AND observation.first_seen >= ?3 LIMIT ?4"
        }
        (true, true) => {
            "SELECT tool.id, tool.name FROM search JOIN tool ON tool.id = search.tool_id
             WHERE search.words @@ CAST(?1 AS tsquery) AND search.tool_id >= ?2 AND ?3 = ''
             ORDER BY search.tool_id LIMIT ?4"
        }
        (true, false) => {
            "SELECT tool.id, tool.name FROM search JOIN tool ON tool.id = search.tool_id
             JOIN observation ON observation.id = tool.observation_id
             WHERE search.words @@ CAST(?1 AS tsquery) AND search.tool_id >= ?2 AND observation.first_seen >= ?3
             ORDER BY search.tool_id LIMIT ?4"
        }
    };
    let asked = connection.asked(asked)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(sql)?
        .query_map((asked.as_ref(), from, since, most), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// At most `most` names of tools that hold what is asked for.
pub(super) fn tool_names(connection: &Connection, asked: &str, most: i64) -> sql::Result<Vec<String>> {
    let sql = match connection.is_server() {
        false => {
            "SELECT tool.name FROM search CROSS JOIN tool ON tool.id = search.rowid WHERE search MATCH ?1 LIMIT ?2"
        }
        true => {
            "SELECT tool.name FROM search JOIN tool ON tool.id = search.tool_id
             WHERE search.words @@ CAST(?1 AS tsquery) ORDER BY search.tool_id LIMIT ?2"
        }
    };
    let asked = connection.asked(asked)?;
    connection.prepare_cached(sql)?.query_map((asked.as_ref(), most), |row| row.get(0))?.collect()
}

/// At most `most` servers, those that are gone left out, that have all of these words in their name, title and description.
pub(super) fn servers(connection: &Connection, words: &[String], most: usize) -> sql::Result<Vec<i64>> {
    let (long, short): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.chars().count() >= INDEXED);
    let mut values = Vec::new();
    let mut sql = match (long.is_empty(), connection.is_server()) {
        (true, _) => "SELECT id FROM server WHERE gone = 0".to_owned(),
        // CROSS JOIN: the index is read only as far as the limit asks.
        (false, false) => {
            let quoted: Vec<String> = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
            values.push(Value::from(quoted.join(" AND ")));
            "SELECT id FROM server_text CROSS JOIN server ON server.id = server_text.rowid
             WHERE server_text MATCH ? AND gone = 0"
                .to_owned()
        }
        (false, true) => {
            let mut sql = "SELECT id FROM server WHERE gone = 0".to_owned();
            for word in long {
                let held = |text: &str| format!("instr(folded(coalesce({text}, '')), ?) > 0");
                sql += &format!(" AND ({} OR {} OR {})", held("name"), held("title"), held("description"));
                (0..3).for_each(|_| values.push(Value::from(word.to_lowercase())));
            }
            sql
        }
    };
    for word in short {
        let text = "server.name || ' ' || coalesce(server.title, '') || ' ' || coalesce(server.description, '')";
        sql += &format!(" AND instr(lower({text}), ?) > 0");
        values.push(Value::from(word.to_ascii_lowercase()));
    }
    if connection.is_server() {
        sql += " ORDER BY id";
    }
    sql += &format!(" LIMIT {most}");
    connection.prepare_cached(&sql)?.query_map(&values[..], |row| row.get(0))?.collect()
}
