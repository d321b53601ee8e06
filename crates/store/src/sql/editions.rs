//! Verdicts, and what searching holds of them, as they are written: in the edition that is shown, or in the next one, which
//! nobody sees yet and only a server has.

use super::bulk::{Bulk, Many};

pub(crate) const JUDGED: Bulk = Bulk {
    table: "judged",
    one: "INSERT INTO judged (tool_id, judgement_id, rationale_id, quoted, rest, indexed)
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
    many: Many::Do(
        "INSERT INTO judged_ever (tool_id, judgement_id, rationale_id, quoted, rest, indexed)
         SELECT tool_id, judgement_id, rationale_id, quoted, rest, indexed FROM {fresh}
         ON CONFLICT (tool_id, coalesce(until, 0)) DO UPDATE SET judgement_id = excluded.judgement_id,
             rationale_id = excluded.rationale_id, quoted = excluded.quoted, rest = excluded.rest,
             indexed = excluded.indexed",
    ),
    key: 1,
};

pub(crate) const SEARCH: Bulk = Bulk {
    table: "search",
    one: "INSERT INTO search (rowid, words) VALUES (?1, ?2)",
    columns: &[("tool_id", "bigint"), ("words", "words")],
    // What a tool held that is gone may still be there.
    many: Many::Do(
        "INSERT INTO search_ever (tool_id, words) SELECT tool_id, CAST(words AS tsvector) FROM {fresh}
         ON CONFLICT (tool_id, coalesce(until, 0)) DO UPDATE SET words = excluded.words",
    ),
    key: 1,
};

/// By which rules the verdicts on a server's tools were made.
pub(crate) const JUDGED_BY: Bulk = Bulk {
    table: "judged_by",
    one: "INSERT INTO judged_by (server_id, ruleset_id) VALUES (?1, ?2) ON CONFLICT (server_id)
          DO UPDATE SET ruleset_id = excluded.ruleset_id WHERE judged_by.ruleset_id != excluded.ruleset_id",
    columns: &[("server_id", "bigint"), ("ruleset_id", "bigint")],
    many: Many::Do(
        "INSERT INTO judged_by_ever (server_id, ruleset_id) SELECT server_id, ruleset_id FROM {fresh}
         ON CONFLICT (server_id) DO UPDATE SET ruleset_id = excluded.ruleset_id, since = NULL
         WHERE judged_by_ever.ruleset_id != excluded.ruleset_id OR judged_by_ever.since IS NOT NULL",
    ),
    key: 1,
};

/// The verdict on a tool is of no edition from this one on.
pub(crate) const JUDGED_PASSES: Bulk = Bulk {
    table: "judged",
    one: "UPDATE judged_ever SET until = ?2 WHERE tool_id = ?1 AND until IS NULL",
    columns: &[("tool_id", "bigint"), ("edition", "bigint")],
    many: Many::Do(
        "UPDATE judged_ever SET until = fresh.edition FROM {fresh}
         WHERE judged_ever.tool_id = fresh.tool_id AND judged_ever.until IS NULL",
    ),
    key: 1,
};

/// The verdict on a tool from this edition on.
pub(crate) const JUDGED_COMES: Bulk = Bulk {
    table: "judged",
    one: "INSERT INTO judged_ever (tool_id, judgement_id, rationale_id, quoted, rest, indexed, since)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    columns: &[
        ("tool_id", "bigint"),
        ("judgement_id", "bigint"),
        ("rationale_id", "bigint"),
        ("quoted", "text"),
        ("rest", "text"),
        ("indexed", "bigint"),
        ("since", "bigint"),
    ],
    many: Many::Do(
        "INSERT INTO judged_ever (tool_id, judgement_id, rationale_id, quoted, rest, indexed, since)
         SELECT tool_id, judgement_id, rationale_id, quoted, rest, indexed, since FROM {fresh}",
    ),
    key: 1,
};

/// What is held of a tool's words is of no edition from this one on.
pub(crate) const SEARCH_PASSES: Bulk = Bulk {
    table: "search",
    one: "UPDATE search_ever SET until = ?2 WHERE tool_id = ?1 AND until IS NULL",
    columns: &[("tool_id", "bigint"), ("edition", "bigint")],
    many: Many::Do(
        "UPDATE search_ever SET until = fresh.edition FROM {fresh}
         WHERE search_ever.tool_id = fresh.tool_id AND search_ever.until IS NULL",
    ),
    key: 1,
};

/// The words of a tool from this edition on.
pub(crate) const SEARCH_COMES: Bulk = Bulk {
    table: "search",
    one: "INSERT INTO search_ever (tool_id, words, since) VALUES (?1, ?2, ?3)",
    columns: &[("tool_id", "bigint"), ("words", "words"), ("since", "bigint")],
    many: Many::Do(
        "INSERT INTO search_ever (tool_id, words, since) SELECT tool_id, CAST(words AS tsvector), since FROM {fresh}",
    ),
    key: 1,
};

/// The rules of a server's verdicts, where none are shown. Those of all others follow from the edition.
pub(crate) const JUDGED_BY_COMES: Bulk = Bulk {
    table: "judged_by",
    one: "INSERT INTO judged_by_ever (server_id, ruleset_id, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    columns: &[("server_id", "bigint"), ("ruleset_id", "bigint"), ("since", "bigint")],
    many: Many::Do(
        "INSERT INTO judged_by_ever (server_id, ruleset_id, since) SELECT server_id, ruleset_id, since FROM {fresh}
         ON CONFLICT DO NOTHING",
    ),
    key: 1,
};

/// What is held of names in a tool's description is to be held anew. Not of its table by name: only rows of tools that were
/// not noted yet are written after it.
pub(crate) const MENTIONS_PASS: Bulk = Bulk {
    table: "mention of old",
    one: "DELETE FROM mention WHERE tool_id = ?1",
    columns: &[("tool_id", "bigint")],
    many: Many::Do("DELETE FROM mention USING {fresh} WHERE mention.tool_id = fresh.tool_id"),
    key: 0,
};
