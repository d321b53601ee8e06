//! Databases put together: the same in either order, nothing lost, the better reading kept, and a file that is left as it
//! was where the merge does not come to its end.

use crate::support::binary::User;
use crate::support::shelf::{failed, friday, monday, package, remote};
use mcpdex::model::Outcome;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const DROP: &str = r#"{"name":"drop_table","description":"Delete a table for good. This cannot be undone."}"#;
const LIST: &str = r#"{"name":"list_rows","description":"List rows."}"#;
const OTHER: &str = r#"{"name":"list_rows","description":"List rows of a table."}"#;

/// Two teams: one package that both know (one of them a newer version), one that each knows alone, one that only one of
/// them could read.
fn teams() -> (User, User) {
    let (one, two) = (User::new(), User::new());
    package(&one, monday, "rows", "1.0.0", &[DROP, LIST]);
    package(&two, friday, "rows", "1.1.0", &[DROP, OTHER]);
    package(&one, friday, "pots", "2.0.0", &[DROP]);
    remote(&two, monday, "example.rows/live", "https://rows.example/mcp", &[LIST]);
    package(&one, monday, "shut", "1.0.0", &[LIST]);
    failed(&two, friday, "shut", Outcome::Unreachable);
    (one, two)
}

fn path(user: &User) -> String {
    user.database().display().to_string()
}

fn rows(file: &Path, sql: &str) -> Vec<String> {
    let base = rusqlite::Connection::open(file).unwrap();
    let mut statement = base.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn tools(file: &Path) -> Vec<String> {
    rows(
        file,
        "SELECT server || ' ' || tool || ' ' || coalesce(version, '') || ' ' || definition FROM tools_current ORDER BY 1",
    )
}

fn merged(user: &User, files: &[&str], out: &str) -> PathBuf {
    let words: Vec<&str> = ["merge"].iter().chain(files).copied().chain(["--out", out, "--quiet"]).collect();
    user.done(&words);
    user.home().join(out)
}

#[test]
fn two_databases_and_their_exports_give_the_same_in_either_order() {
    let (one, two) = teams();
    let desk = User::new();
    let (a, b) = (path(&one), path(&two));
    std::fs::write(desk.home().join("a.jsonl"), one.done(&["export"])).unwrap();
    std::fs::write(desk.home().join("b.jsonl"), two.done(&["export"])).unwrap();
    merged(&desk, &[&a, &b], "ab.db");
    merged(&desk, &[&b, &a], "ba.db");
    merged(&desk, &["a.jsonl", "b.jsonl"], "exports.db");
    merged(&desk, &["b.jsonl", &a, "a.jsonl", &b], "all.db");
    let export = |file: &str| desk.done(&["--db", file, "export"]);
    let whole = export("ab.db");
    for other in ["ba.db", "exports.db", "all.db"] {
        assert!(whole == export(other), "{other} is another than ab.db");
    }
    // What is merged already changes nothing.
    merged(&desk, &["ab.db"], "again.db");
    assert!(whole == export("again.db"));
}

#[test]
fn nothing_is_lost_and_the_newer_reading_counts() {
    let (one, two) = teams();
    let desk = User::new();
    let file = merged(&desk, &[&path(&one), &path(&two)], "all.db");
    let count =
        |file: &Path, table: &str| rows(file, &format!("SELECT CAST(count(*) AS TEXT) FROM {table}"))[0].clone();
    for table in ["observation", "attempt"] {
        let of = |user: &User| count(&user.database(), table).parse::<u64>().unwrap();
        assert_eq!(count(&file, table).parse::<u64>().unwrap(), of(&one) + of(&two), "{table}");
    }
    let names = |file: &Path| rows(file, "SELECT name FROM server").into_iter().collect::<BTreeSet<_>>();
    assert_eq!(names(&file), &names(&one.database()) | &names(&two.database()));
    let now = tools(&file);
    assert!(
        now.iter().any(|tool| tool.contains("npm:rows list_rows 1.1.0") && tool.contains("of a table")),
        "{now:#?}"
    );
    assert!(!now.iter().any(|tool| tool.contains("npm:rows list_rows 1.0.0")), "{now:#?}");
    // That somebody could not read it takes nothing away.
    assert!(now.iter().any(|tool| tool.contains("npm:shut list_rows")), "{now:#?}");
    // History came along, and the verdicts are there.
    let changed = desk.done(&["--db", "all.db", "diff", "2031-03-04", "2031-03-08", "--server", "rows", "--json"]);
    assert!(changed.contains("list_rows"), "{changed}");
    assert!(desk.done(&["--db", "all.db", "tool", "drop_table", "--json"]).contains("\"critical\""));
    assert!(rows(&file, "SELECT 'wrong' FROM pragma_foreign_key_check").is_empty());
}

#[test]
fn a_database_takes_others_in_and_keeps_what_it_held() {
    let (one, two) = teams();
    let (a, b) = (path(&one), path(&two));
    let desk = User::new();
    merged(&desk, &[&a, &b], "new.db");
    // Into the database of --db, and into one that --out names.
    one.done(&["merge", &b, "--quiet"]);
    std::fs::copy(two.database(), desk.home().join("two.db")).unwrap();
    merged(&desk, &[desk.home().join("new.db").to_str().unwrap()], "two.db");
    let whole = desk.done(&["--db", "new.db", "export"]);
    assert!(whole == one.done(&["export"]), "the database of --db");
    assert!(whole == desk.done(&["--db", "two.db", "export"]), "the one that --out names");
    // Its search and its lookups are those of what it holds now.
    assert!(one.done(&["search", "rows", "--json"]).contains("example.rows/live"));
}

#[test]
fn a_list_that_was_read_in_part_takes_no_whole_ones_place() {
    use mcpdex::model::{
        CrawlEvent, Ecosystem, Observation, Package, Partial, PartialReason, ServerId, Sighting, Tool, ToolOrigin,
    };
    use mcpdex::store::Writer;
    let seen = |user: &User, now: fn() -> String, version: &str, tools: &[&str], partial: bool| {
        let mut seen =
            Observation::failed(ServerId("npm:rows".into()), ToolOrigin::Static, "npm:rows", Outcome::Ok, "");
        seen.detail = None;
        seen.package = Some(Package::named(Ecosystem::Npm, "rows", Some(version.to_owned())));
        seen.tools = tools.iter().map(|raw| (Tool::from_json(raw).unwrap(), Sighting::default())).collect();
        let missing = || Partial::missing(PartialReason::MalformedTool, "a tool could not be read".to_owned(), None);
        seen.partial = partial.then(missing).into_iter().collect();
        let writer = Writer::spawn(&user.database(), now).unwrap();
        writer.send(CrawlEvent::Observation(Box::new(seen))).unwrap();
        writer.finish().unwrap();
    };
    for (version, kept) in [("1.0.0", 2), ("1.1.0", 1)] {
        let (one, two, desk) = (User::new(), User::new(), User::new());
        seen(&one, monday, "1.0.0", &[DROP, LIST], false);
        seen(&two, friday, version, &[LIST], true);
        let file = merged(&desk, &[&path(&two), &path(&one)], "all.db");
        assert_eq!(tools(&file).len(), kept, "{version}: {:#?}", tools(&file));
    }
}

#[test]
fn what_cannot_be_merged_leaves_all_as_it_was() {
    let (one, two) = teams();
    let desk = User::new();
    std::fs::copy(one.database(), desk.home().join("one.db")).unwrap();
    let before = std::fs::read(desk.home().join("one.db")).unwrap();
    let there = |file: &str| desk.home().join(file);
    std::fs::write(there("empty.db"), "").unwrap();
    std::fs::write(there("text.db"), "no database").unwrap();
    let foreign = rusqlite::Connection::open(there("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE recipe (name TEXT)").unwrap();
    drop(foreign);
    let newer = there("newer.db");
    std::fs::copy(two.database(), &newer).unwrap();
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    let mut cut = two.done(&["export"]);
    cut.truncate(cut.len() / 2);
    std::fs::write(there("cut.jsonl"), cut).unwrap();
    for (file, code, why) in [
        ("missing.db", 4, "missing.db"),
        ("empty.db", 1, "is empty"),
        ("text.db", 1, "reading the export"),
        ("foreign.db", 1, "is not a mcpdex database"),
        ("newer.db", 1, "use a newer mcpdex"),
        ("cut.jsonl", 1, "reading the export"),
    ] {
        let ran = desk.run(&["merge", &path(&two), file, "--out", "one.db"]);
        assert_eq!(ran.code, code, "{file}: {}", ran.err);
        assert!(ran.err.contains(why), "{file}: {}", ran.err);
        assert!(std::fs::read(there("one.db")).unwrap() == before, "{file} has changed the database");
        let ran = desk.run(&["merge", file, "--out", "none.db"]);
        assert_eq!((ran.code, there("none.db").exists()), (code, false), "{file}");
    }
    let left = std::fs::read_dir(desk.home()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.contains("merge")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_merge_that_is_told_to_stop_has_done_nothing() {
    use mcpdex::store::{StoreError, merge};
    let (one, two) = teams();
    let desk = User::new();
    let into = desk.home().join("one.db");
    std::fs::copy(one.database(), &into).unwrap();
    let before = std::fs::read(&into).unwrap();
    let mut steps = 0;
    merge(&[two.database()], &desk.home().join("whole.db"), || {
        steps += 1;
        Ok::<_, StoreError>(())
    })
    .unwrap();
    assert!(steps > 8, "{steps}");
    for stop in 0..=steps {
        let mut step = 0;
        let ended = merge(&[two.database()], &into, || {
            step += 1;
            if step > stop { Err(StoreError::WriterStopped) } else { Ok(()) }
        });
        assert!(ended.is_err(), "step {stop}");
        assert!(std::fs::read(&into).unwrap() == before, "step {stop}");
    }
}
