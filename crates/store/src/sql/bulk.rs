//! What is written by the thousand. A file takes each row as it comes; a server takes all that wait of a kind in one
//! statement, before anything reads or refers to their table, and before what is written ends.

/// A statement that is run for many rows.
#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only a server asks for more than one row at a time"))]
#[derive(Debug)]
pub(crate) struct Bulk {
    /// The table that it writes.
    pub(crate) table: &'static str,
    /// The statement for one row, its values by number.
    pub(crate) one: &'static str,
    /// The columns of a row and their types (`bigint`, `integer`, `boolean`, `text`, `bytea`; `words` is a text of
    /// which a server is told the words), in the order of the values.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// The statement for all rows that wait on a server.
    pub(crate) many: Many,
    /// How many of the first columns tell which row is meant, where a statement must not meet a row twice; none where it may.
    pub(crate) key: usize,
}

/// How a server is told of many rows, which it knows as `fresh`.
#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only a server is told"))]
#[derive(Debug)]
pub(crate) enum Many {
    /// They are added; with what is said of those that are there.
    Add(&'static str),
    /// They are added, those that are alike once.
    AddOnce(&'static str),
    /// Something else, in which `{fresh}` stands for them.
    Do(&'static str),
}

pub(crate) const SERVER: Bulk = Bulk {
    table: "server",
    one: "INSERT INTO server (id, name, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3)",
    columns: &[("id", "bigint"), ("name", "text"), ("first_seen", "text")],
    many: Many::Do(
        "INSERT INTO server (id, name, first_seen, last_seen) SELECT id, name, first_seen, first_seen FROM {fresh}",
    ),
    key: 0,
};

pub(crate) const SERVER_SEEN: Bulk = Bulk {
    table: "server",
    one: "UPDATE server SET last_seen = ?2 WHERE id = ?1",
    columns: &[("id", "bigint"), ("last_seen", "text")],
    many: Many::Do("UPDATE server SET last_seen = fresh.last_seen FROM {fresh} WHERE server.id = fresh.id"),
    key: 0,
};

/// What a server's own source says of it.
pub(crate) const SERVER_SAID: Bulk = Bulk {
    table: "server",
    one: "UPDATE server SET title = coalesce(?2, title), description = coalesce(?3, description),
                 version = coalesce(?4, version), repository = coalesce(?5, repository)
          WHERE id = ?1",
    columns: &[
        ("id", "bigint"),
        ("title", "text"),
        ("description", "text"),
        ("version", "text"),
        ("repository", "text"),
    ],
    many: Many::Do(
        "UPDATE server SET title = coalesce(fresh.title, server.title),
                description = coalesce(fresh.description, server.description),
                version = coalesce(fresh.version, server.version),
                repository = coalesce(fresh.repository, server.repository)
         FROM {fresh} WHERE server.id = fresh.id",
    ),
    key: 1,
};

/// What a source that calls it otherwise says of it: only what is missing, and no title.
pub(crate) const SERVER_FILLED: Bulk = Bulk {
    table: "server",
    one: "UPDATE server SET description = coalesce(description, ?2),
                 version = coalesce(version, ?3), repository = coalesce(repository, ?4)
          WHERE id = ?1",
    columns: &[("id", "bigint"), ("description", "text"), ("version", "text"), ("repository", "text")],
    many: Many::Do(
        "UPDATE server SET description = coalesce(server.description, fresh.description),
                version = coalesce(server.version, fresh.version),
                repository = coalesce(server.repository, fresh.repository)
         FROM {fresh} WHERE server.id = fresh.id",
    ),
    key: 1,
};

pub(crate) const LISTING: Bulk = Bulk {
    table: "listing",
    one:
        "INSERT INTO listing (server_id, source, version, claimed, status, packages, remotes, manifest, meta, problems,
                               pending, run_id, first_seen, last_seen, repository)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12, ?12, ?13)
          ON CONFLICT (server_id, source, version, coalesce(claimed, '')) DO UPDATE SET
              status = excluded.status, packages = excluded.packages, remotes = excluded.remotes,
              manifest = excluded.manifest, meta = excluded.meta, problems = excluded.problems, pending = 1,
              run_id = excluded.run_id, last_seen = excluded.last_seen, repository = excluded.repository",
    columns: &[
        ("server_id", "bigint"),
        ("source", "text"),
        ("version", "text"),
        ("claimed", "text"),
        ("status", "text"),
        ("packages", "text"),
        ("remotes", "text"),
        ("manifest", "text"),
        ("meta", "text"),
        ("problems", "text"),
        ("run_id", "bigint"),
        ("last_seen", "text"),
        ("repository", "text"),
    ],
    many: Many::Do(
        "INSERT INTO listing (server_id, source, version, claimed, status, packages, remotes, manifest, meta, problems,
                              pending, run_id, first_seen, last_seen, repository)
         SELECT server_id, source, version, claimed, status, packages, remotes, manifest, meta, problems,
                1, run_id, last_seen, last_seen, repository FROM {fresh}
         ON CONFLICT (server_id, listing_key(source, version, claimed)) DO UPDATE SET
             status = excluded.status, packages = excluded.packages, remotes = excluded.remotes,
             manifest = excluded.manifest, meta = excluded.meta, problems = excluded.problems, pending = 1,
             run_id = excluded.run_id, last_seen = excluded.last_seen, repository = excluded.repository",
    ),
    key: 4,
};

/// What a source lists of a server was asked: by this name alone, or by any where the server's own is `whole`.
pub(crate) const LISTING_DONE: Bulk = Bulk {
    table: "listing",
    one: "UPDATE listing SET pending = 0 WHERE pending = 1 AND source = ?2 AND server_id = ?1 AND (?3 OR claimed = ?4)",
    columns: &[("server_id", "bigint"), ("source", "text"), ("whole", "boolean"), ("claimed", "text")],
    many: Many::Do(
        "UPDATE listing SET pending = 0 FROM {fresh}
         WHERE listing.pending = 1 AND listing.source = fresh.source AND listing.server_id = fresh.server_id
           AND (fresh.whole OR listing.claimed = fresh.claimed)",
    ),
    key: 0,
};

pub(crate) const OBSERVATION: Bulk = Bulk {
    table: "observation",
    one: "INSERT INTO observation (id, server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                   remarks, latest, first_seen, last_seen)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10)",
    columns: &[
        ("id", "bigint"),
        ("server_id", "bigint"),
        ("origin", "text"),
        ("target", "text"),
        ("version", "text"),
        ("artifact_sha256", "text"),
        ("content_sha256", "text"),
        ("partial", "text"),
        ("remarks", "text"),
        ("first_seen", "text"),
    ],
    many: Many::Do(
        "INSERT INTO observation (id, server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                  remarks, latest, first_seen, last_seen)
         SELECT id, server_id, origin, target, version, artifact_sha256, content_sha256, partial, remarks, 1, first_seen,
                first_seen
         FROM {fresh}",
    ),
    key: 0,
};

/// A list that was seen once more.
pub(crate) const OBSERVATION_SEEN: Bulk = Bulk {
    table: "observation",
    one: "UPDATE observation SET latest = 1, last_seen = ?2, version = ?3, artifact_sha256 = ?4, partial = ?5, remarks = ?6
          WHERE id = ?1",
    columns: &[
        ("id", "bigint"),
        ("last_seen", "text"),
        ("version", "text"),
        ("artifact_sha256", "text"),
        ("partial", "text"),
        ("remarks", "text"),
    ],
    many: Many::Do(
        "UPDATE observation SET latest = 1, last_seen = fresh.last_seen, version = fresh.version,
                artifact_sha256 = fresh.artifact_sha256, partial = fresh.partial, remarks = fresh.remarks
         FROM {fresh} WHERE observation.id = fresh.id",
    ),
    key: 1,
};

pub(crate) const DEFINITION: Bulk = Bulk {
    table: "definition",
    one: "INSERT INTO definition (id, sha256, raw) VALUES (?1, ?2, ?3)",
    columns: &[("id", "bigint"), ("sha256", "bytea"), ("raw", "text")],
    many: Many::Add(""),
    key: 0,
};

pub(crate) const TOOL: Bulk = Bulk {
    table: "tool",
    one: "INSERT INTO tool (id, observation_id, server_id, position, definition_id, name, file, line, current, origin,
                            condition, inexact, code)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    columns: &[
        ("id", "bigint"),
        ("observation_id", "bigint"),
        ("server_id", "bigint"),
        ("position", "bigint"),
        ("definition_id", "bigint"),
        ("name", "text"),
        ("file", "text"),
        ("line", "bigint"),
        ("current", "integer"),
        ("origin", "text"),
        ("condition", "text"),
        ("inexact", "text"),
        ("code", "text"),
    ],
    many: Many::Add(""),
    key: 0,
};

pub(crate) const ATTEMPT: Bulk = Bulk {
    table: "attempt",
    one: "INSERT INTO attempt (server_id, origin, target, outcome, detail, observation_id, run_id, at)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    columns: &[
        ("server_id", "bigint"),
        ("origin", "text"),
        ("target", "text"),
        ("outcome", "text"),
        ("detail", "text"),
        ("observation_id", "bigint"),
        ("run_id", "bigint"),
        ("at", "text"),
    ],
    many: Many::Add(""),
    key: 0,
};

/// A server whose tools have changed.
pub(crate) const UNJUDGED: Bulk = Bulk {
    table: "unjudged",
    one: "INSERT INTO unjudged (server_id) VALUES (?1) ON CONFLICT DO NOTHING",
    columns: &[("server_id", "bigint")],
    many: Many::Add("ON CONFLICT DO NOTHING"),
    key: 0,
};

pub(crate) const COST: Bulk = Bulk {
    table: "cost",
    one: "INSERT INTO cost (definition_id, tokens) VALUES (?1, ?2)",
    columns: &[("definition_id", "bigint"), ("tokens", "bigint")],
    many: Many::Add(""),
    key: 0,
};

/// Names have no number of their own, and some are known: those are left out.
pub(crate) const TOOL_NAME: Bulk = Bulk {
    table: "tool_name",
    one: "INSERT INTO tool_name (name, folded, skeleton) VALUES (?1, ?2, ?3)",
    columns: &[("name", "text"), ("folded", "bigint"), ("skeleton", "bigint")],
    many: Many::AddOnce(
        "WHERE NOT EXISTS (SELECT 1 FROM tool_name AS known WHERE known.folded = fresh.folded AND known.name = fresh.name)",
    ),
    key: 0,
};

pub(crate) const MENTION: Bulk = Bulk {
    table: "mention",
    one: "INSERT INTO mention (name, tool_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    columns: &[("name", "bigint"), ("tool_id", "bigint")],
    many: Many::Add("ON CONFLICT DO NOTHING"),
    key: 0,
};

pub(crate) const SERVER_WORD: Bulk = Bulk {
    table: "server_word",
    one: "INSERT INTO server_word (word, server_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    columns: &[("word", "text"), ("server_id", "bigint")],
    many: Many::Add("ON CONFLICT DO NOTHING"),
    key: 0,
};

pub(crate) const SERVER_UNMARKED: Bulk = Bulk {
    table: "server_mark",
    one: "DELETE FROM server_mark WHERE server_id = ?1",
    columns: &[("server_id", "bigint")],
    many: Many::Do("DELETE FROM server_mark USING {fresh} WHERE server_mark.server_id = fresh.server_id"),
    key: 0,
};

pub(crate) const SERVER_MARK: Bulk = Bulk {
    table: "server_mark",
    one: "INSERT INTO server_mark (server_id, mark) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    columns: &[("server_id", "bigint"), ("mark", "text")],
    many: Many::Add("ON CONFLICT DO NOTHING"),
    key: 0,
};

/// A server whose verdicts are those of its tools.
pub(crate) const SERVER_JUDGED: Bulk = Bulk {
    table: "unjudged",
    one: "DELETE FROM unjudged WHERE server_id = ?1",
    columns: &[("server_id", "bigint")],
    many: Many::Do("DELETE FROM unjudged USING {fresh} WHERE unjudged.server_id = fresh.server_id"),
    key: 0,
};

/// A server of which `search` holds what it should.
pub(crate) const SERVER_INDEXED: Bulk = Bulk {
    table: "unindexed",
    one: "DELETE FROM unindexed WHERE server_id = ?1",
    columns: &[("server_id", "bigint")],
    many: Many::Do("DELETE FROM unindexed USING {fresh} WHERE unindexed.server_id = fresh.server_id"),
    key: 0,
};
