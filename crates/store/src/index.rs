//! Keeps what searching needs in step with the tools and their verdicts: server by server, only what changed.

use super::{StoreError, migrate};
use mcpdex_model::{Tool, spelling};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::hash::Hasher;
use std::path::Path;

/// Servers indexed in one transaction: what is lost when the process is ended.
const CHUNK: i64 = 2_000;
/// Longer descriptions are indexed by their beginning, in bytes.
const LONGEST: usize = 16 << 10;

/// Indexes the servers whose tools, verdicts or listings changed; how many tools were written.
///
/// # Errors
/// The database cannot be read or written. What was done until then stays.
pub fn index_stale(path: &Path) -> Result<u64, StoreError> {
    let fail = StoreError::sqlite("index", path);
    let mut connection = migrate::open_for_writing(path)?;
    // Tokens of new rows are gathered in memory before they are written: the default of one megabyte is for phones.
    connection.execute_batch("INSERT INTO search (search, rank) VALUES ('hashsize', 16777216)").map_err(&fail)?;
    let mut written = 0;
    loop {
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&fail)?;
        let servers: Vec<i64> = transaction
            .prepare_cached("SELECT server_id FROM unindexed ORDER BY server_id LIMIT ?1")
            .and_then(|mut s| s.query_map([CHUNK], |row| row.get(0))?.collect())
            .map_err(&fail)?;
        if servers.is_empty() {
            return Ok(written);
        }
        for server in servers {
            written += index(&transaction, path, server)?;
        }
        transaction.commit().map_err(&fail)?;
    }
}

/// What `search` holds of one tool.
struct Entry {
    id: i64,
    words: String,
    name: String,
    mentions: Vec<String>,
    digest: i64,
}

fn index(transaction: &Transaction<'_>, path: &Path, server: i64) -> Result<u64, StoreError> {
    let fail = StoreError::sqlite("index", path);
    let run = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
        transaction.prepare_cached(sql).and_then(|mut s| s.execute(parameters)).map_err(&fail)
    };
    let known: Vec<(i64, i64)> = transaction
        .prepare_cached("SELECT tool_id, digest FROM indexed WHERE server_id = ?1 ORDER BY tool_id")
        .and_then(|mut s| s.query_map([server], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(&fail)?;
    let entries = entries(transaction, path, server)?;
    let remains = |id: i64, digest: i64| {
        entries.binary_search_by_key(&id, |entry| entry.id).is_ok_and(|at| entries[at].digest == digest)
    };
    for (id, digest) in &known {
        if !remains(*id, *digest) {
            run("DELETE FROM search WHERE rowid = ?1", params![id])?;
            run("DELETE FROM mention WHERE tool_id = ?1", params![id])?;
            run("DELETE FROM indexed WHERE tool_id = ?1", params![id])?;
            // A name that no server has any more is nobody's.
            run(
                "DELETE FROM tool_name WHERE name = (SELECT name FROM tool WHERE id = ?1)
                   AND NOT EXISTS (SELECT 1 FROM tool WHERE tool.name = tool_name.name AND tool.current = 1)",
                params![id],
            )?;
        }
    }
    let mut written = 0;
    for entry in &entries {
        if known.binary_search(&(entry.id, entry.digest)).is_ok() {
            continue;
        }
        run("INSERT INTO search (rowid, words) VALUES (?1, ?2)", params![entry.id, entry.words])?;
        run(
            "INSERT OR IGNORE INTO tool_name (name, folded, skeleton) VALUES (?1, ?2, ?3)",
            params![entry.name, spelling::fold(&entry.name), spelling::skeleton(&entry.name)],
        )?;
        for mention in &entry.mentions {
            run("INSERT OR IGNORE INTO mention (name, tool_id) VALUES (?1, ?2)", params![mention, entry.id])?;
        }
        run(
            "INSERT INTO indexed (tool_id, server_id, digest) VALUES (?1, ?2, ?3)",
            params![entry.id, server, entry.digest],
        )?;
        written += 1;
    }
    run("DELETE FROM unindexed WHERE server_id = ?1", params![server])?;
    Ok(written)
}

/// What `search` should hold of a server's current tools, by tool id.
fn entries(connection: &Connection, path: &Path, server: i64) -> Result<Vec<Entry>, StoreError> {
    let fail = StoreError::sqlite("read", path);
    let about: Option<(String, Option<String>)> = connection
        .prepare_cached("SELECT name, title FROM server WHERE id = ?1")
        .and_then(|mut s| s.query_row([server], |row| Ok((row.get(0)?, row.get(1)?))).optional())
        .map_err(&fail)?;
    let Some((name, title)) = about else { return Ok(Vec::new()) };
    let of = joined("", &[&name, title.as_deref().unwrap_or_default()]);
    let sources: Vec<String> = connection
        .prepare_cached(
            "SELECT DISTINCT source FROM listing
             WHERE server_id = ?1 AND coalesce(status, '') NOT IN ('deleted', 'unlisted') ORDER BY source",
        )
        .and_then(|mut s| s.query_map([server], |row| row.get(0))?.collect())
        .map_err(&fail)?;
    let shared: Vec<String> = sources.iter().map(|source| source_facet(source)).chain([server_facet(server)]).collect();
    let several: bool = connection
        .prepare_cached("SELECT count(DISTINCT origin) > 1 FROM observation WHERE server_id = ?1 AND latest = 1")
        .and_then(|mut s| s.query_row([server], |row| row.get(0)))
        .map_err(&fail)?;
    let mut statement = connection
        .prepare_cached(
            "SELECT tool.id AS id, definition.raw AS definition, coalesce(tool.origin, observation.origin) AS origin, verdict.class AS class,
                    verdict.risk AS risk, verdict.traits AS traits
             FROM tool JOIN definition ON definition.id = tool.definition_id
             JOIN observation ON observation.id = tool.observation_id
             JOIN verdict ON verdict.tool_id = tool.id
             WHERE tool.server_id = ?1 AND tool.current = 1 ORDER BY tool.id",
        )
        .map_err(&fail)?;
    let mut rows = statement.query([server]).map_err(&fail)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(&fail)? {
        let text = |column: &str| row.get::<_, String>(column).map_err(&fail);
        let id: i64 = row.get("id").map_err(&fail)?;
        let mut tool = super::from_row::tool(row, "definition").map_err(&fail)?;
        if several {
            super::complete::complete(connection, path, server, id, &mut tool)?;
        }
        let mut facets = shared.clone();
        facets.push(facet("origin", &text("origin")?));
        facets.push(facet("class", &text("class")?));
        facets.push(facet("risk", &text("risk")?));
        let traits: Vec<String> = serde_json::from_str(&text("traits")?).unwrap_or_default();
        facets.extend(traits.iter().map(|word| facet("trait", word)));
        facets.push(name_facet(&tool.name));
        entries.push(entry(id, &tool, &of, &facets.join(" ")));
    }
    Ok(entries)
}

fn entry(id: i64, tool: &Tool, of: &str, facets: &str) -> Entry {
    let description = tool.description.as_deref().unwrap_or_default();
    let end = (0..=LONGEST.min(description.len())).rev().find(|at| description.is_char_boundary(*at)).unwrap_or(0);
    let description = &description[..end];
    let words = [
        joined(IN_NAME, &[&tool.name]),
        joined(IN_TITLE, &[tool.display_title().unwrap_or_default()]),
        joined("", &[description]),
        of.to_owned(),
        facets.to_owned(),
    ]
    .join(" ");
    let mentions: Vec<String> =
        spelling::mentions(description).into_iter().filter(|name| *name != tool.name).map(str::to_owned).collect();
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(&words, &mut hasher);
    Entry { id, words, name: tool.name.clone(), mentions, digest: hasher.finish().cast_signed() }
}

/// Signs before words that stand in a name, in a title, and before what is no word; see `migrations/0003_catalogue.sql`.
pub(super) const IN_NAME: &str = "‹";
pub(super) const IN_TITLE: &str = "›";
const FACET: &str = "¤";

fn joined(sign: &str, texts: &[&str]) -> String {
    let words = texts.iter().flat_map(|text| spelling::words(text));
    words.map(|word| format!("{sign}{word}")).collect::<Vec<_>>().join(" ")
}

/// What `search` holds for one word of a vocabulary.
pub(super) fn facet(of: &str, word: &str) -> String {
    format!("{FACET}{of}{}", word.replace('-', ""))
}

/// What `search` holds for a source.
pub(super) fn source_facet(source: &str) -> String {
    format!("{FACET}source{}", &super::digest::sha256_hex(source.as_bytes())[..16])
}

/// What `search` holds for a server.
pub(super) fn server_facet(server: i64) -> String {
    format!("{FACET}server{server}")
}

/// What `search` holds for a tool's name, however it is spelled.
pub(super) fn name_facet(name: &str) -> String {
    format!("{FACET}is{}", spelling::fold(name).chars().take(128).collect::<String>())
}
