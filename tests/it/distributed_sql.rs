//! What of our SQL for PostgreSQL a distributed engine that speaks its protocol does not take, by what these engines document
//! of themselves: every statement of the rooms that speak to a server is searched for it, and `docs/scale.md` lists what was
//! found. With `MCPDEX_REGENERATE=1` in the environment the list is written anew instead of compared. It is no proof that the
//! rest is taken: nothing was run against either engine.

use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where SQL for a server stands. What only a file runs (`store/src/migrations`) is left out.
const ROOMS: [&str; 2] = ["crates/store/src", "crates/fleet/src"];
const OF_FILES_ALONE: &str = "crates/store/src/migrations";
const PAGE: &str = "docs/scale.md";
const START: &str = "<!-- distributed: start -->\n";
const END: &str = "<!-- distributed: end -->";

/// A construct that an engine does not take.
struct Gap {
    construct: &'static str,
    pattern: &'static str,
    /// What the engines' own pages say.
    documented: &'static str,
    /// What would stand in its place.
    instead: &'static str,
}

/// From the pages "PostgreSQL compatibility" and "Known limitations" of CockroachDB (v23.2 to v26.3) and "PostgreSQL
/// compatibility" and `LISTEN` of YugabyteDB (stable), read in November 2026.
const GAPS: [Gap; 13] = [
    Gap {
        construct: "LISTEN, pg_notify",
        pattern: r"\bLISTEN\b|\bpg_notify\b",
        documented: "CockroachDB: events are not supported. YugabyteDB: early access since 2025.2.3",
        instead: "nothing: a notice only makes a reader look sooner",
    },
    Gap {
        construct: "advisory locks",
        pattern: r"\bpg_(try_)?advisory_",
        documented: "CockroachDB: not supported, some functions are there and do nothing",
        instead: "a row that is locked (`FOR UPDATE`), for the one who writes and for migrations",
    },
    Gap {
        construct: "triggers",
        pattern: r"(?i)\bCREATE (OR REPLACE )?(CONSTRAINT )?TRIGGER\b",
        documented: "CockroachDB: not supported up to v24.2",
        instead: "nothing from v24.3 on; before, the statements that write would note what has changed",
    },
    Gap {
        construct: "ON CONFLICT on an expression",
        pattern: r"(?i)\bON CONFLICT \([^)]*\(",
        documented: "CockroachDB: expressions as targets are not supported (known limitations, v23.2)",
        instead: "a column that holds the expression",
    },
    Gap {
        construct: "LOCK TABLE",
        pattern: r"(?i)\bLOCK TABLE\b",
        documented: "YugabyteDB: not supported",
        instead: "a row that is locked",
    },
    Gap {
        construct: "deferrable constraints",
        pattern: r"(?i)\bDEFERRABLE\b",
        documented: "YugabyteDB: not supported",
        instead: "another order of statements",
    },
    Gap {
        construct: "exclusion constraints",
        pattern: r"(?i)\bEXCLUDE USING\b",
        documented: "YugabyteDB: not supported",
        instead: "a unique index",
    },
    Gap {
        construct: "generated columns that are stored",
        pattern: r"(?i)\bGENERATED ALWAYS AS \(",
        documented: "YugabyteDB: not supported",
        instead: "a column that is written",
    },
    Gap {
        construct: "GiST indexes",
        pattern: r"(?i)\bUSING gist\b",
        documented: "YugabyteDB: not supported",
        instead: "GIN",
    },
    Gap {
        construct: "GIN over several columns",
        pattern: r"(?i)\bUSING gin \([^)]*,",
        documented: "YugabyteDB: not supported",
        instead: "one index a column",
    },
    Gap {
        construct: "tables that inherit",
        pattern: r"(?i)\bINHERITS \(",
        documented: "YugabyteDB: not supported",
        instead: "partitions",
    },
    Gap {
        construct: "rights on columns",
        pattern: r"(?i)\bGRANT (SELECT|INSERT|UPDATE|REFERENCES) \(",
        documented: "CockroachDB: not supported",
        instead: "a view",
    },
    Gap {
        construct: "views with the rights of who asks",
        pattern: r"(?i)\bsecurity_invoker\b",
        documented: "CockroachDB: not supported (known limitations, v25.4)",
        instead: "rights on the views",
    },
];

/// Which gaps a text has, by their numbers.
fn found_in(text: &str) -> BTreeSet<usize> {
    let has = |(at, gap): (usize, &Gap)| Regex::new(gap.pattern).unwrap().is_match(text).then_some(at);
    GAPS.iter().enumerate().filter_map(has).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of SQL or code below a folder, by its path from the root.
fn files(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        if path.is_dir() && name != OF_FILES_ALONE {
            files(&path, found);
        } else if name.ends_with(".sql") || name.ends_with(".rs") {
            found.insert(name);
        }
    }
}

/// The statements of a file: without the lines that only comment on them.
fn statements(text: &str) -> String {
    let says = |line: &&str| !["--", "//"].iter().any(|sign| line.trim_start().starts_with(sign));
    text.lines().filter(says).collect::<Vec<_>>().join("\n")
}

fn table() -> String {
    let mut listed = BTreeSet::new();
    ROOMS.iter().for_each(|room| files(&root().join(room), &mut listed));
    assert!(listed.len() > 50, "the rooms are where they were: {}", listed.len());
    let mut places: Vec<Vec<String>> = vec![Vec::new(); GAPS.len()];
    for name in &listed {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        found_in(&statements(&text)).into_iter().for_each(|at| places[at].push(format!("`{name}`")));
    }
    let mut table = "| what we use | what the engines say | where | in its place |\n|---|---|---|---|\n".to_owned();
    let (used, free): (Vec<_>, Vec<_>) = GAPS.iter().zip(&places).partition(|(_, places)| !places.is_empty());
    for (gap, places) in used {
        let Gap { construct, documented, instead, .. } = gap;
        table.push_str(&format!("| {construct} | {documented} | {} | {instead} |\n", places.join(", ")));
    }
    let free: Vec<&str> = free.iter().map(|(gap, _)| gap.construct).collect();
    table + &format!("\nNot used, though it is looked for: {}.\n", free.join(", "))
}

#[test]
fn what_a_distributed_engine_does_not_take_is_listed() {
    let page = std::fs::read_to_string(root().join(PAGE)).unwrap();
    let (before, rest) = page.split_once(START).expect("the table has a beginning");
    let (found, after) = rest.split_once(END).expect("the table has an end");
    let wanted = table();
    if std::env::var_os("MCPDEX_REGENERATE").is_some() {
        return std::fs::write(root().join(PAGE), [before, START, &wanted, END, after].concat()).unwrap();
    }
    assert!(found == wanted, "run the tests once with MCPDEX_REGENERATE=1");
}

#[test]
fn each_gap_is_found_where_a_statement_has_it_and_nowhere_else() {
    let having = [
        "SELECT pg_notify('kept', '')",
        "SELECT pg_advisory_xact_lock(7)",
        "CREATE TRIGGER heard BEFORE INSERT ON boat FOR EACH ROW EXECUTE FUNCTION note()",
        "INSERT INTO boat (name) VALUES ($1) ON CONFLICT (berth, coalesce(until, 0)) DO NOTHING",
        "LOCK TABLE boat IN EXCLUSIVE MODE",
        "CREATE TABLE boat (berth bigint REFERENCES berth DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TABLE boat (EXCLUDE USING btree (berth WITH =))",
        "CREATE TABLE boat (length bigint, half bigint GENERATED ALWAYS AS (length / 2) STORED)",
        "CREATE INDEX at ON boat USING gist (place)",
        "CREATE INDEX words ON boat USING gin (name, words)",
        "CREATE TABLE ferry (cars bigint) INHERITS (boat)",
        "GRANT SELECT (name) ON boat TO reader",
        "CREATE VIEW seen WITH (security_invoker = true) AS SELECT 1",
    ];
    for (at, statement) in having.iter().enumerate() {
        assert_eq!(found_in(statement), BTreeSet::from([at]), "{statement}");
    }
    for statement in [
        "INSERT INTO boat (name) VALUES ($1) ON CONFLICT (berth, until) DO UPDATE SET name = lower(excluded.name)",
        "CREATE INDEX words ON boat USING gin (words)",
        "CREATE TABLE boat (id bigint GENERATED ALWAYS AS IDENTITY)",
        "GRANT SELECT ON boat TO reader",
        "SELECT id FROM boat FOR UPDATE SKIP LOCKED",
    ] {
        assert_eq!(found_in(statement), BTreeSet::new(), "{statement}");
    }
    assert_eq!(found_in(&self::statements("-- LISTEN to it\n  // LOCK TABLE\nSELECT 1")), BTreeSet::new());
}
