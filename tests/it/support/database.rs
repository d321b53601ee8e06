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
