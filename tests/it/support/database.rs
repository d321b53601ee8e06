//! Databases, to be compared.

use std::collections::BTreeMap;
use std::path::Path;

/// What a database says, apart from row numbers, times and the order of things.
pub(crate) fn content(path: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut content = BTreeMap::new();
    for (what, sql) in [
        ("servers", "SELECT name, title, description, version, repository FROM server"),
        (
            "listings",
            "SELECT server.name, source, listing.version, status, packages, remotes, manifest, meta, problems, pending
             FROM listing JOIN server ON server.id = server_id",
        ),
        (
            "observations",
            "SELECT server.name, origin, target, content_sha256, partial, latest
             FROM observation JOIN server ON server.id = server_id",
        ),
        (
            "attempts",
            "SELECT server.name, origin, target, outcome, observation_id IS NULL, detail
             FROM attempt JOIN server ON server.id = server_id",
        ),
        ("tools", "SELECT server, tool, origin, target, definition FROM tools_current"),
        ("verdicts", "SELECT server, tool, class, risk, category, confidence, traits, rationale FROM verdicts_current"),
        ("runs", "SELECT sources, finished IS NULL FROM run"),
        ("sources", "SELECT name, begun, since, next, swept IS NULL FROM source"),
        ("unjudged", "SELECT server_id FROM unjudged"),
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values: Vec<String> = (0..columns)
                .map(|at| row.get::<_, rusqlite::types::Value>(at).map(|v| format!("{v:?}")))
                .collect::<Result<_, _>>()?;
            Ok(values.join(" | "))
        });
        let mut rows: Vec<String> = rows.unwrap().collect::<Result<_, _>>().unwrap();
        rows.sort();
        content.insert(what.to_owned(), rows);
    }
    content
}

/// Makes a copy of a database as the version before today's would have left it, with all that crawls have learnt: what is
/// derived is missing, as after an import.
pub(crate) fn as_version_seven(from: &Path, to: &Path) {
    let connection = rusqlite::Connection::open(to).unwrap();
    for step in [
        include_str!("../../../crates/store/src/migrations/0001_base.sql"),
        include_str!("../../../crates/store/src/migrations/0002_runs.sql"),
        include_str!("../../../crates/store/src/migrations/0003_catalogue.sql"),
        include_str!("../../../crates/store/src/migrations/0004_gone.sql"),
        include_str!("../../../crates/store/src/migrations/0005_nullable.sql"),
        include_str!("../../../crates/store/src/migrations/0006_outcomes.sql"),
        include_str!("../../../crates/store/src/migrations/0007_conditions.sql"),
    ] {
        connection.execute_batch(step).unwrap();
    }
    connection.execute("ATTACH ?1 AS today", [from.to_str().unwrap()]).unwrap();
    for table in ["run", "source", "server", "listing", "observation", "definition", "tool", "attempt"] {
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?1, 'main') ORDER BY cid")
            .unwrap()
            .query_map([table], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let (into, told) = (columns.join(", "), columns.join(", ").replace("sha256, raw", "lower(hex(sha256)), raw"));
        connection
            .execute(&format!("INSERT OR REPLACE INTO main.{table} ({into}) SELECT {told} FROM today.{table}"), [])
            .unwrap();
    }
    // As its own judge left them; the words are those of no rules of today.
    connection
        .execute_batch(
            "INSERT INTO main.verdict SELECT tool_id, class, risk, category, confidence, traits, rationale, document, 'old'
                 FROM today.verdict;
             DELETE FROM main.unjudged;
             INSERT OR REPLACE INTO main.fact VALUES ('ruleset', 'old');",
        )
        .unwrap();
    connection.pragma_update(None, "application_id", mcpdex::store::APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", 7).unwrap();
}

/// Server, tool and origin of everything that is known.
pub(crate) fn known(user: &super::binary::User) -> Vec<(String, Option<String>)> {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base
        .prepare(
            "SELECT s.name, t.tool || ' ' || t.origin FROM server s LEFT JOIN tools_current t ON t.server = s.name \
             ORDER BY s.name, t.tool",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}
