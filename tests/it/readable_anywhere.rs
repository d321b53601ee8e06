//! The database for those who may only look: without the right to write, by other versions of SQLite, and never at an
//! address.

use crate::support::binary::{Ran, User, ran};
use crate::support::database::as_version_seven;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const ASKED: [&[&str]; 12] = [
    &["stats"],
    &["stats", "--json"],
    &["export", "--format", "csv"],
    &["export"],
    &["tool", "list_folder"],
    &["search", "folder"],
    &["server", "example.sample/cabinet"],
    &["policy", "list_folder"],
    &["policy", "--server", "example.sample/cabinet"],
    &["diff", "now", "now"],
    &["explain", "example.sample/cabinet", "list_folder"],
    &["doctor"],
];

/// A folder that nobody may write to, with a copy of the user's database.
struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    fn of(database: &Path) -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(database, folder.path().join("x.db")).unwrap();
        Shelf { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("x.db")
    }

    fn close(&self) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::set_permissions(entry.unwrap().path(), PermissionsExt::from_mode(0o444)).unwrap();
        }
        std::fs::set_permissions(self.folder.path(), PermissionsExt::from_mode(0o555)).unwrap();
    }

    fn open(&self) {
        std::fs::set_permissions(self.folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.open();
    }
}

/// Runs mcpdex as somebody for whom permissions count: the administrator sheds the right to pass them over.
fn asked(user: &User, database: &Path, words: &[&str]) -> Ran {
    let mut command = user.command(words);
    let is_free = std::fs::File::options().append(true).open(database).is_ok();
    if is_free {
        let bare = command.get_program().to_owned();
        let words: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        let mut shed = Command::new("setpriv");
        shed.args(["--bounding-set", "-all", "--inh-caps", "-all", "--"]).arg(bare).args(words);
        shed.env_clear().env("HOME", user.home()).current_dir(user.home());
        if let Some(path) = std::env::var_os("PATH") {
            shed.env("PATH", path);
        }
        command = shed;
    }
    ran(command.env("MCPDEX_DB", database).output().unwrap())
}

#[test]
fn every_question_is_answered_from_a_file_that_may_not_be_written() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    let shelf = Shelf::of(&user.database());
    shelf.close();
    for words in ASKED {
        let answer = asked(&user, &shelf.path(), words);
        assert_eq!(answer.code, 0, "{words:?}: {}", answer.err);
        if words[0] != "doctor" {
            assert_eq!(answer.out, user.done(words), "{words:?}");
        }
    }
    let refused = asked(&user, &shelf.path(), &["crawl", "sample", "-q"]);
    assert_ne!(refused.code, 0, "the shelf could be written");
    let names: Vec<_> = std::fs::read_dir(shelf.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["x.db"]);
}

#[test]
fn verdicts_of_other_rules_and_files_of_an_older_version_are_judged_in_a_copy_and_that_is_said() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    let older = user.home().join("older.db");
    as_version_seven(&user.database(), &older);
    for (from, change) in [(user.database(), "UPDATE fact SET value = 'other' WHERE key = 'ruleset'"), (older, "")] {
        let shelf = Shelf::of(&from);
        let connection = rusqlite::Connection::open(shelf.path()).unwrap();
        connection.execute_batch(change).unwrap();
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        drop(connection);
        shelf.close();
        let answer = asked(&user, &shelf.path(), &["tool", "purge_folder", "--json"]);
        assert_eq!(answer.code, 0, "{change}: {}", answer.err);
        assert!(answer.err.contains("cannot be written") && answer.err.contains("copy"), "{change}: {}", answer.err);
        assert_eq!(answer.out, user.done(&["tool", "purge_folder", "--json"]));
    }
}

#[test]
fn changes_that_lie_beside_a_file_are_never_passed_over() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    let shelf = Shelf::of(&user.database());
    let connection = rusqlite::Connection::open(shelf.path()).unwrap();
    connection.execute_batch("PRAGMA wal_autocheckpoint = 0; DELETE FROM tool WHERE name = 'purge_folder'").unwrap();
    // As a process leaves it that is ended in the middle.
    for name in ["x.db-wal", "x.db"] {
        std::fs::copy(shelf.folder.path().join(name), user.home().join(name)).unwrap();
    }
    drop(connection);
    for name in ["x.db-wal", "x.db"] {
        std::fs::copy(user.home().join(name), shelf.folder.path().join(name)).unwrap();
    }
    shelf.close();
    let answer = asked(&user, &shelf.path(), &["stats"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.err.contains("x.db-wal"), "{}", answer.err);
}

/// SQLite before 3.42 says of a missing text that it is no JSON.
fn checked_by_an_older_sqlite(path: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let flags =
        rusqlite::functions::FunctionFlags::SQLITE_UTF8 | rusqlite::functions::FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("json_valid", 1, flags, |call| {
            let text: Option<String> = call.get(0)?;
            Ok(text.is_some_and(|text| serde_json::from_str::<Value>(&text).is_ok()))
        })
        .unwrap();
    let mut statement = connection.prepare("PRAGMA integrity_check").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn an_older_sqlite_finds_new_and_mended_files_in_order() {
    let user = User::new();
    let tools = user.home().join("tools.json");
    std::fs::write(&tools, r#"{"server":"io.example/kiln","tools":[{"name":"get_pot","description":"Get a pot."}]}"#)
        .unwrap();
    user.done(&["crawl", "--listed", "-q", tools.to_str().unwrap(), "npm:kiln", "https://kiln.example/mcp"]);
    assert_eq!(checked_by_an_older_sqlite(&user.database()), ["ok"]);

    // A file as the version before left it.
    let old = user.home().join("old.db");
    let connection = rusqlite::Connection::open(&old).unwrap();
    for step in [
        include_str!("../../crates/store/src/migrations/0001_base.sql"),
        include_str!("../../crates/store/src/migrations/0002_runs.sql"),
        include_str!("../../crates/store/src/migrations/0003_catalogue.sql"),
        include_str!("../../crates/store/src/migrations/0004_gone.sql"),
    ] {
        connection.execute_batch(step).unwrap();
    }
    connection
        .execute_batch(
            "INSERT INTO server (id, name, first_seen, last_seen) VALUES (7, 'clay/kiln', 'then', 'then');
             INSERT INTO listing (server_id, source, version, packages, remotes, problems, first_seen, last_seen, pending)
                 VALUES (7, 'registry:x', '1', '[]', '[{\"url\":\"https://kiln.example/mcp\"}]', '[]', 'then', 'then', 1);
             INSERT INTO listing (server_id, source, version, packages, remotes, problems, first_seen, last_seen, meta)
                 VALUES (7, 'registry:x', '2', '[]', '[]', '[]', 'then', 'then', '{\"a\":1}');",
        )
        .unwrap();
    connection.pragma_update(None, "application_id", mcpdex::store::APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", 4).unwrap();
    let objects = |connection: &rusqlite::Connection| -> Vec<String> {
        let sql = "SELECT type || ' ' || name FROM sqlite_schema WHERE tbl_name != 'outcome' ORDER BY 1";
        connection.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut before = objects(&connection);
    // What is kept in another form since then, and what SQLite made by itself for it.
    before.retain(|object| {
        let (_, name) = object.split_once(' ').unwrap();
        !["verdict", "indexed", "indexed_of_server"].contains(&name) && !name.starts_with("sqlite_autoindex_")
    });
    drop(connection);
    assert_ne!(checked_by_an_older_sqlite(&old), ["ok"], "the old file shows the fault");
    user.done(&["--db", "old.db", "stats"]);
    assert_eq!(checked_by_an_older_sqlite(&old), ["ok"]);
    let connection = rusqlite::Connection::open(&old).unwrap();
    let after = objects(&connection);
    assert!(before.iter().all(|object| after.contains(object)), "{before:?} became {after:?}");
    let rows: Vec<(String, i64, Option<String>)> = connection
        .prepare("SELECT version, pending, meta FROM listing ORDER BY version")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows, [("1".to_owned(), 1, None), ("2".to_owned(), 0, Some("{\"a\":1}".to_owned()))]);
    for broken in ["{", "x", ""] {
        let sql = "UPDATE listing SET meta = ?1 WHERE version = '1'";
        assert!(connection.execute(sql, [broken]).is_err(), "{broken:?} was taken for JSON");
    }
    connection
        .execute(
            "UPDATE listing SET packages = '[{\"ecosystem\":\"npm\",\"identifier\":\"kiln\"}]' WHERE version = '1'",
            [],
        )
        .unwrap();
    let alias: String =
        connection.query_row("SELECT alias FROM server_alias WHERE alias LIKE 'npm:%'", [], |row| row.get(0)).unwrap();
    assert_eq!(alias, "npm:kiln");
}

#[test]
fn an_address_is_never_made_a_folder() {
    let user = User::new();
    for address in [
        "http://db.example/x.db",
        "https://db.example/x.db",
        "file:x.db",
        "file:///tmp/x.db?mode=memory",
        "sqlite:x.db",
        "SQLite://x.db",
        "mysql://u:planted@db.example/x",
        ":memory:",
    ] {
        for words in [&["stats"][..], &["crawl", "sample", "-q"], &["doctor"], &["scan"]] {
            let flag = user.run(&[&["--db", address], words].concat());
            let variable = ran(user.command(words).env("MCPDEX_DB", address).output().unwrap());
            for answer in [flag, variable] {
                assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{address} {words:?}: {}", answer.err);
                assert!(answer.err.contains("MCPDEX_DB") && !answer.err.contains("planted"), "{}", answer.err);
            }
        }
    }
    let left: Vec<_> = std::fs::read_dir(user.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}
