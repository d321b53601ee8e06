//! The rows of several databases in one place, with the names that their servers will have: one file at a time in, tables
//! that go with the connection out.

use super::names::Names;
use crate::sql::{self, Connection, params};
use crate::{DatabasePlace, StoreError};
use std::path::Path;

/// Rows of one file are numbered from this many times its place on.
const FILE: i64 = 1 << 40;

/// `k`: the number of a row among those of all files.
const TABLES: &str = "
CREATE TEMP TABLE g_name (file INTEGER, was TEXT, name TEXT, PRIMARY KEY (file, was)) WITHOUT ROWID;
CREATE TEMP TABLE g_server (k INTEGER PRIMARY KEY, name TEXT, was TEXT, title TEXT, description TEXT, version TEXT,
    repository TEXT, first_seen TEXT, last_seen TEXT);
CREATE TEMP TABLE g_run (k INTEGER PRIMARY KEY, nth INTEGER, sources TEXT, started TEXT, finished TEXT);
CREATE TEMP TABLE g_source (file INTEGER, name TEXT, run INTEGER, begun TEXT, since TEXT, next TEXT, swept TEXT, flawed INTEGER);
CREATE TEMP TABLE g_validator (file INTEGER, url TEXT, etag TEXT, last_modified TEXT, next TEXT);
CREATE TEMP TABLE g_listing (k INTEGER PRIMARY KEY, server INTEGER, source TEXT, version TEXT, status TEXT, packages TEXT,
    remotes TEXT, manifest TEXT, problems TEXT, first_seen TEXT, last_seen TEXT, read_at TEXT, pending INTEGER, run INTEGER,
    meta TEXT, claimed TEXT, repository TEXT);
CREATE TEMP TABLE g_same (name TEXT, server INTEGER, reason TEXT, since TEXT);
CREATE TEMP TABLE g_observation (k INTEGER PRIMARY KEY, server INTEGER, origin TEXT, target TEXT, version TEXT,
    artifact_sha256 TEXT, content_sha256 TEXT, partial TEXT, latest INTEGER, first_seen TEXT, last_seen TEXT, remarks TEXT,
    places TEXT);
CREATE TEMP TABLE g_definition (k INTEGER PRIMARY KEY, sha256 BLOB, raw TEXT);
CREATE TEMP TABLE g_tool (observation INTEGER, position INTEGER, definition INTEGER, name TEXT, file TEXT, line INTEGER,
    origin TEXT, condition TEXT, inexact TEXT, code TEXT);
CREATE TEMP TABLE g_attempt (k INTEGER PRIMARY KEY, server INTEGER, origin TEXT, target TEXT, outcome TEXT, detail TEXT,
    observation INTEGER, at TEXT, run INTEGER);";

/// What is taken of each file, which is attached as `part`; `?1` is where its numbers begin.
const TAKEN: [&str; 10] = [
    "INSERT INTO g_server SELECT ?1 + id, coalesce((SELECT g_name.name FROM g_name
         WHERE g_name.file = ?1 AND g_name.was = server.name), server.name), name, title, description, version, repository,
         first_seen, last_seen FROM part.server",
    "INSERT INTO g_run SELECT ?1 + id, row_number() OVER (PARTITION BY sources, started ORDER BY id), sources, started,
         finished FROM part.run",
    "INSERT INTO g_source SELECT ?1, name, ?1 + run_id, begun, since, next, swept, flawed FROM part.source",
    "INSERT INTO g_validator SELECT ?1, url, etag, last_modified, next FROM part.validator",
    // That a source lists something no more is known since it was read last.
    "INSERT INTO g_listing SELECT ?1 + id, ?1 + server_id, source, version, status, packages, remotes, manifest, problems,
         first_seen, last_seen,
         CASE WHEN status = 'unlisted' THEN max(last_seen, coalesce((SELECT swept FROM part.source
              WHERE part.source.name = listing.source), last_seen)) ELSE last_seen END,
         pending, ?1 + run_id, meta, claimed, repository FROM part.listing",
    "INSERT INTO g_same SELECT name, ?1 + server_id, reason, since FROM part.same",
    "INSERT INTO g_observation SELECT ?1 + id, ?1 + server_id, origin, target, version, artifact_sha256, content_sha256,
         partial, latest, first_seen, last_seen, remarks,
         (SELECT json_group_array(json_array(tool.file, tool.line, tool.code)) FROM (SELECT file, line, code FROM part.tool
              WHERE part.tool.observation_id = observation.id ORDER BY position) AS tool)
         FROM part.observation",
    "INSERT INTO g_definition SELECT ?1 + id, sha256, raw FROM part.definition",
    "INSERT INTO g_tool SELECT ?1 + observation_id, position, ?1 + definition_id, name, file, line, origin, condition,
         inexact, code FROM part.tool",
    "INSERT INTO g_attempt SELECT ?1 + id, ?1 + server_id, origin, target, outcome, detail, ?1 + observation_id, at,
         ?1 + run_id FROM part.attempt",
];

pub(super) fn prepare(connection: &Connection) -> sql::Result<()> {
    // On disk, in a file without a name: a database may be larger than memory.
    connection.execute_batch("PRAGMA temp_store = FILE")?;
    connection.execute_batch(TABLES)
}

/// Takes the rows of the file at this place.
pub(super) fn take(connection: &Connection, at: usize, part: &Path, names: &Names) -> Result<(), StoreError> {
    let place = DatabasePlace::File(part.to_owned());
    let fail = StoreError::sql("merge", &place);
    let from = at as i64 * FILE;
    for (was, name) in names {
        connection
            .execute("INSERT INTO g_name (file, was, name) VALUES (?1, ?2, ?3)", params![from, was, name])
            .map_err(&fail)?;
    }
    let text = part.to_str().ok_or_else(|| StoreError::Missing(place.clone()))?;
    connection.execute("ATTACH ?1 AS part", [text]).map_err(&fail)?;
    for sql in TAKEN {
        connection.execute(sql, [from]).map_err(&fail)?;
    }
    connection.execute_batch("DETACH part").map_err(fail)
}
