//! The commands of a catalogue on a PostgreSQL server: what they print is what they print of a file.

use crate::support::binary::{User, ran, undigested};
use crate::support::postgres::PostgresServer;
use std::process::Command;

/// Command lines that ask; `NAME` is a server of the sample.
const ASKED: &[&str] = &[
    "tool trigger_pipeline",
    "tool dropTables",
    "tool list_folder --json",
    "server example.sample/bodega",
    "server example.sample/loom --why",
    "server example.sample/loom --json",
    "server npm:no-such-desk",
    "search pipeline",
    "search delete file --risk critical",
    "search folder --json",
    "list",
    "list --json",
    "sources",
    "stats",
    "stats --json",
    "explain example.sample/loom trigger_pipeline",
    "diff #1 #2",
    "diff 2020-01-01 now",
    "policy drop_table",
    "policy --server example.sample/till",
    "policy --server example.sample/loom --target claude-code",
    "export --format csv",
    "export --format json",
    "export --format markdown",
    "scan --json",
];

/// What is another thing in each run, or for each database: times.
fn told(text: &str) -> String {
    let mut told = String::new();
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | '|')) {
        let day = word.as_bytes();
        let is_time = day.len() > 9 && day[..4].iter().all(u8::is_ascii_digit) && day[4] == b'-' && day[7] == b'-';
        match is_time {
            true => told.push_str("TIME"),
            false => told.push_str(word),
        }
    }
    undigested(&told)
}

fn on(user: &User, db: &str, words: &str) -> (i32, String, String) {
    let mut command: Command = user.command(&words.split(' ').collect::<Vec<_>>());
    // Where nobody else sees it.
    command.env("MCPDEX_DB", db);
    let answer = ran(command.output().unwrap());
    let shown = |text: &str| told(&text.replace(db, "DATABASE"));
    (answer.code, shown(&answer.out), shown(&answer.err))
}

#[test]
fn every_command_prints_of_a_server_what_it_prints_of_a_file() {
    let Some(server) = PostgresServer::start() else { return };
    let user = User::new();
    let file = user.home().join("own.db").display().to_string();
    let url = server.database("catalogue");
    let mut wrong = Vec::new();
    // Numbers of lists follow the order in which answers come: the same rows in both, then.
    assert_eq!(on(&user, &file, "crawl sample").0, 0);
    assert_eq!(on(&user, &file, "export --format jsonl --out all.jsonl").0, 0);
    assert_eq!(on(&user, &url, "import all.jsonl").0, 0);
    std::fs::remove_file(user.home().join("all.jsonl")).unwrap();
    for words in ASKED {
        let (wanted, found) = (on(&user, &file, words), on(&user, &url, words));
        if wanted != found {
            wrong.push(format!("{words}\nFILE {wanted:?}\nSERVER {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n\n"));
    let crawled = server.database("crawled");
    assert_eq!(on(&user, &crawled, "crawl sample").0, 0);
    assert_eq!(on(&user, &crawled, "stats"), on(&user, &file, "stats"));

    // Out of the one, into the other.
    for (from, into) in
        [(&file, &server.database("imported")), (&url, &user.home().join("imported.db").display().to_string())]
    {
        let exported = on(&user, from, "export --format jsonl --out all.jsonl");
        assert_eq!(exported.0, 0, "{exported:?}");
        let imported = on(&user, into, "import all.jsonl");
        assert_eq!(imported.0, 0, "{imported:?}");
        assert_eq!(on(&user, into, "stats"), on(&user, from, "stats"));
        std::fs::remove_file(user.home().join("all.jsonl")).unwrap();
    }

    // What a file alone can do is said.
    let merged = on(&user, &url, "merge own.db");
    assert_eq!(merged.0, 2, "{merged:?}");
    assert!(merged.2.contains("--out FILE"), "{merged:?}");
    let doctor = on(&user, &url, "doctor");
    assert!(doctor.1.contains("DATABASE: 8 servers"), "{doctor:?}");
}

#[test]
fn a_reader_cannot_write_and_a_crawler_cannot_make_tables() {
    let Some(server) = PostgresServer::start() else { return };
    server.database("catalogue");
    let roles = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/postgres/roles.sql")).unwrap();
    server.sql("catalogue", &roles);
    let user = User::new();
    let of = |role: &str| server.url(role, "catalogue");
    let early = on(&user, &of("mcpdex_crawler"), "crawl sample");
    assert_eq!(early.0, 1, "{early:?}");
    assert!(early.2.contains("may make tables"), "{early:?}");
    assert_eq!(on(&user, &of("mcpdex_reader"), "stats").0, 4);
    // The owner makes the tables; then the crawler writes and the reader asks.
    let made = on(&user, &of("mcpdex_owner"), "scan");
    assert_eq!(made.0, 0, "{made:?}");
    // Those by which crawlers agree, too, and whoever comes before says so.
    let early = on(&user, &of("mcpdex_crawler"), "crawl sample");
    assert_eq!(early.0, 1, "{early:?}");
    assert!(early.2.contains("their owner has to run `mcpdex crawl --join` once"), "{early:?}");
    for role in ["mcpdex_owner", "mcpdex_crawler"] {
        let joined = on(&user, &of(role), "crawl --join");
        assert_eq!((joined.0, joined.2.contains("nothing to join")), (4, true), "{joined:?}");
    }
    let crawled = on(&user, &of("mcpdex_crawler"), "crawl sample");
    assert_eq!(crawled.0, 0, "{crawled:?}");
    let joined = on(&user, &of("mcpdex_reader"), "crawl --join");
    assert_eq!(joined.0, 1, "{joined:?}");
    assert!(joined.2.contains("permission denied"), "{joined:?}");
    let seen = on(&user, &of("mcpdex_reader"), "workers");
    assert_eq!(seen.0, 0, "{seen:?}");
    let asked = on(&user, &of("mcpdex_reader"), "stats");
    assert_eq!(asked.0, 0, "{asked:?}");
    assert_eq!(on(&user, &of("mcpdex_reader"), "tool trigger_pipeline").0, 0);
    let refused = on(&user, &of("mcpdex_reader"), "crawl sample");
    assert_eq!(refused.0, 1, "{refused:?}");
    assert!(refused.2.contains("permission denied"), "{refused:?}");
    let psql = |role: &str, sql: &str| server.psql_as(role, "catalogue", sql).status.success();
    assert!(psql("mcpdex_reader", "SELECT count(*) FROM mcpdex.verdicts_current"));
    assert!(!psql("mcpdex_reader", "DELETE FROM mcpdex.tool"));
    assert!(psql("mcpdex_crawler", "DELETE FROM mcpdex.validator"));
    assert!(!psql("mcpdex_crawler", "CREATE TABLE mcpdex.mine (id bigint)"));
    assert!(!psql("mcpdex_crawler", "DROP TABLE mcpdex.cost"));
    assert!(!psql("mcpdex_crawler", "CREATE TABLE mcpdex_fleet.mine (id bigint)"));
    assert!(!psql("mcpdex_reader", "SELECT mcpdex_fleet.planned(1)"));
    assert!(psql("mcpdex_crawler", "SELECT mcpdex_fleet.planned(1)"));
}
