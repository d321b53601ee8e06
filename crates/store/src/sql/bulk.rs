//! Rows that come by the thousand. A file takes each as it comes; a server takes all that wait of a table in one statement,
//! before anything reads that table, and before what is written ends.

/// A table that many rows go into.
#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only a server asks for more than how a row is added"))]
#[derive(Debug)]
pub(crate) struct BulkTable {
    pub(crate) name: &'static str,
    /// How one row is added, its values by number.
    pub(crate) insert: &'static str,
    /// Its columns and their types, in the order of the values.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// What a server is told of rows that are there.
    pub(crate) known: &'static str,
}

/// All of them, each after those it refers to.
#[cfg(feature = "postgres")]
pub(crate) const BULK_TABLES: [&BulkTable; 8] =
    [&DEFINITION, &TOOL, &ATTEMPT, &JUDGED, &COST, &SEARCH, &TOOL_NAME, &MENTION];

pub(crate) const DEFINITION: BulkTable = BulkTable {
    name: "definition",
    insert: "INSERT INTO definition (id, sha256, raw) VALUES (?1, ?2, ?3)",
    columns: &[("id", "bigint"), ("sha256", "bytea"), ("raw", "text")],
    known: "",
};

pub(crate) const TOOL: BulkTable = BulkTable {
    name: "tool",
    insert:
        "INSERT INTO tool (id, observation_id, server_id, position, definition_id, name, file, line, current, origin,
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
    known: "",
};

pub(crate) const ATTEMPT: BulkTable = BulkTable {
    name: "attempt",
    insert: "INSERT INTO attempt (server_id, origin, target, outcome, detail, observation_id, run_id, at)
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
    known: "",
};

pub(crate) const JUDGED: BulkTable = BulkTable {
    name: "judged",
    insert: "INSERT INTO judged (tool_id, judgement_id, rationale_id, quoted, rest, indexed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (tool_id) DO UPDATE SET judgement_id = excluded.judgement_id,
                 rationale_id = excluded.rationale_id, quoted = excluded.quoted, rest = excluded.rest,
                 indexed = excluded.indexed",
    columns: &[
        ("tool_id", "bigint"),
        ("judgement_id", "bigint"),
        ("rationale_id", "bigint"),
        ("quoted", "text"),
        ("rest", "text"),
        ("indexed", "bigint"),
    ],
    known:
        "ON CONFLICT (tool_id) DO UPDATE SET judgement_id = excluded.judgement_id, rationale_id = excluded.rationale_id,
                quoted = excluded.quoted, rest = excluded.rest, indexed = excluded.indexed",
};

pub(crate) const COST: BulkTable = BulkTable {
    name: "cost",
    insert: "INSERT INTO cost (definition_id, tokens) VALUES (?1, ?2)",
    columns: &[("definition_id", "bigint"), ("tokens", "bigint")],
    known: "",
};

pub(crate) const SEARCH: BulkTable = BulkTable {
    name: "search",
    insert: "INSERT INTO search (rowid, words) VALUES (?1, ?2)",
    columns: &[("tool_id", "bigint"), ("words", "tsvector")],
    // What a tool held that is gone may still be there.
    known: "ON CONFLICT (tool_id) DO UPDATE SET words = excluded.words",
};

/// Names have no number of their own, and some are known: those are left out.
pub(crate) const TOOL_NAME: BulkTable = BulkTable {
    name: "tool_name",
    insert: "INSERT INTO tool_name (name, folded, skeleton) VALUES (?1, ?2, ?3)",
    columns: &[("name", "text"), ("folded", "bigint"), ("skeleton", "bigint")],
    known: "WHERE NOT EXISTS (SELECT 1 FROM tool_name AS known WHERE known.folded = fresh.folded AND known.name = fresh.name)",
};

pub(crate) const MENTION: BulkTable = BulkTable {
    name: "mention",
    insert: "INSERT INTO mention (name, tool_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    columns: &[("name", "bigint"), ("tool_id", "bigint")],
    known: "ON CONFLICT DO NOTHING",
};
