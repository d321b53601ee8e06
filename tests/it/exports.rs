//! Exports, imports and figures: nothing is lost, nothing runs, and counts are those of SQL.

use crate::support::binary::{User, ran};
use crate::support::schema::assert_valid;
use crate::support::shelf::{failed, friday, monday, package, remote};
use mcpdex::model::Outcome;
use serde_json::Value;
use std::process::Command;

const FORMULA: &str =
    r#"{"name":"=cmd","title":"+1","description":"@SUM(A1) | `x` <b>\nnext","inputSchema":{"type":"object"}}"#;
const PLAIN: &str = r#"{"name":"list_rows","description":"List rows."}"#;
const OTHER: &str = r#"{"name":"list_rows","description":"List all rows of a table, 行の一覧."}"#;

fn shelf() -> User {
    let user = User::new();
    user.done(&["crawl", "sample", "--quiet"]);
    package(&user, monday, "rows", "1.0.0", &[FORMULA, PLAIN]);
    package(&user, friday, "rows", "1.1.0", &[FORMULA, OTHER]);
    remote(&user, friday, "example.rows/live", "https://rows.example/mcp", &[PLAIN]);
    failed(&user, friday, "silent", Outcome::Unreachable);
    user
}

fn query(user: &User, sql: &str) -> u64 {
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let count: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    count.unsigned_abs()
}

#[test]
fn what_was_exported_and_imported_is_exported_again_byte_for_byte() {
    let user = shelf();
    user.done(&["export", "--out", "first.jsonl"]);
    let first = std::fs::read_to_string(user.home().join("first.jsonl")).unwrap();
    for line in first.lines() {
        assert_valid("export", line);
    }
    assert_eq!(first, user.done(&["export"]));
    user.done(&["--db", "copy.db", "import", "first.jsonl", "--quiet"]);
    assert_eq!(first, user.done(&["--db", "copy.db", "export"]));
    for question in [&["tool", "list_rows", "--json"][..], &["search", "行の", "--json"], &["stats", "--json"]] {
        let copy: Vec<&str> = ["--db", "copy.db"].iter().chain(question).copied().collect();
        assert_eq!(user.done(question), user.done(&copy), "{question:?}");
    }
    // History came along.
    let changed = ["--db", "copy.db", "diff", "2031-03-04", "2031-03-08", "--server", "rows", "--json"];
    let report = assert_valid("diff", &user.done(&changed));
    assert_eq!(report["changes"][0]["tool"], "list_rows");
}

#[test]
fn an_import_refuses_what_is_no_export_and_leaves_nothing_behind() {
    let user = shelf();
    let export = user.done(&["export"]);
    let lines: Vec<&str> = export.lines().collect();
    let definition = export.lines().find(|line| line.contains("\"table\":\"definition\"")).unwrap();
    let cases = [
        (String::new(), "there is nothing"),
        ("{}\n".to_owned(), "another mcpdex"),
        (export.replace("mcpdex/export/1", "mcpdex/export/9"), "another mcpdex"),
        (lines[..lines.len() - 1].join("\n"), "ends early"),
        (export.replace(definition, &definition.replace("\"raw\":\"{", "\"raw\":\"{ ")), "hash"),
        (export.replace("\"table\":\"server\"", "\"table\":\"sqlite_schema\""), "names no table"),
        (export.replacen("\"first_seen\":", "\"first_seen) VALUES (1); --\":", 1), "is no column"),
        (format!("{}\nnot json\n", lines[0]), "not JSON"),
    ];
    for (at, (text, told)) in cases.iter().enumerate() {
        std::fs::write(user.home().join("bad.jsonl"), text).unwrap();
        let ran = user.run(&["--db", "bad.db", "import", "bad.jsonl"]);
        assert_eq!(ran.code, 1, "case {at}");
        assert!(ran.err.contains(told), "case {at}: {}", ran.err);
    }
    assert_eq!(user.run(&["--db", "bad.db", "stats", "--json"]).out.matches("\"servers\": 0").count(), 1);
    std::fs::write(user.home().join("good.jsonl"), &export).unwrap();
    let ran = user.run(&["import", "good.jsonl"]);
    assert!(ran.code == 1 && ran.err.contains("already holds servers"), "{}", ran.err);
}

#[test]
fn tables_hold_every_current_tool_and_no_formula() {
    let user = shelf();
    let tools = query(&user, "SELECT count(*) FROM tools_current") as usize;
    let csv = user.done(&["export", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), tools);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    assert!(rows.iter().any(|row| &row[1] == "'=cmd"));
    let rows = assert_valid("tools", &user.done(&["export", "--format", "json"]));
    assert_eq!(rows.as_array().unwrap().len(), tools);
    assert!(rows.as_array().unwrap().iter().any(|row| row["tool"] == "=cmd" && row["tokens"].as_u64() > Some(5)));
    let markdown = user.done(&["export", "--format", "markdown"]);
    assert_eq!(markdown.lines().count(), tools + 2);
    assert!(markdown.lines().all(|line| line.starts_with('|') && line.ends_with('|')));
}

#[test]
fn figures_are_the_counts_of_sql_and_every_part_adds_up() {
    let user = shelf();
    let stats = assert_valid("stats", &user.done(&["stats", "--json"]));
    let number = |pointer: &str| stats.pointer(pointer).unwrap().as_u64().unwrap();
    for (pointer, sql) in [
        ("/coverage/servers", "SELECT count(*) FROM server"),
        ("/coverage/not_tried", "SELECT count(*) FROM server WHERE id NOT IN (SELECT server_id FROM attempt)"),
        ("/tools", "SELECT count(*) FROM tools_current"),
        ("/distinct_names", "SELECT count(DISTINCT tool) FROM tools_current"),
        ("/distinct_definitions", "SELECT count(DISTINCT definition) FROM tools_current"),
        ("/lists", "SELECT count(*) FROM observation"),
        ("/attempts", "SELECT count(*) FROM attempt"),
        ("/unrecognised", "SELECT count(*) FROM verdict WHERE document LIKE '%\"recognised\":false%'"),
    ] {
        assert_eq!(number(pointer), query(&user, sql), "{pointer}");
    }
    assert_eq!(
        number("/coverage/unread"),
        query(
            &user,
            "SELECT count(DISTINCT server_id) FROM attempt WHERE server_id NOT IN (SELECT server_id FROM observation)"
        )
    );
    let parts = ["read_whole", "read_in_part", "unread", "not_tried"];
    let sum: u64 = parts.iter().map(|part| number(&format!("/coverage/{part}"))).sum();
    assert_eq!(number("/coverage/servers"), sum);
    for (part, column) in [("classes", "class"), ("risks", "risk"), ("categories", "category")] {
        let mut sum = 0;
        for count in stats[part].as_array().unwrap() {
            let word = count["of"].as_str().unwrap();
            let sql = format!("SELECT count(*) FROM verdicts_current WHERE {column} = '{word}'");
            assert_eq!(count["count"].as_u64().unwrap(), query(&user, &sql), "{column} {word}");
            sum += count["count"].as_u64().unwrap();
        }
        assert_eq!(sum, number("/tools"), "{part}");
    }
    for count in stats["traits"].as_array().unwrap() {
        let sql = format!(
            "SELECT count(*) FROM verdicts_current WHERE traits LIKE '%\"{}\"%'",
            count["of"].as_str().unwrap()
        );
        assert_eq!(count["count"].as_u64().unwrap(), query(&user, &sql));
    }
    for source in stats["sources"].as_array().unwrap() {
        let name = source["source"].as_str().unwrap();
        let sql = format!("SELECT count(DISTINCT server_id) FROM listing WHERE source = '{name}'");
        assert_eq!(source["servers"].as_u64().unwrap(), query(&user, &sql), "{name}");
    }
    let sum = |key: &str| stats["growth"].as_array().unwrap().iter().map(|g| g[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("servers"), sum("lists")), (number("/coverage/servers"), number("/lists")));
    let text = user.done(&["stats"]);
    assert!(text.contains("tried, never read") && text.contains('%'), "{text}");
}

#[test]
fn parquet_is_read_by_another_program_with_the_same_counts() {
    let user = shelf();
    if cfg!(not(feature = "parquet")) {
        let ran = user.run(&["export", "--format", "parquet", "--out", "tools.parquet"]);
        assert!(ran.code == 2 && ran.err.contains("--features parquet"), "{}", ran.err);
        eprintln!("skipped: built without the feature parquet");
        return;
    }
    user.done(&["export", "--format", "parquet", "--out", "tools.parquet"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lake/count.py");
    let output = Command::new("python3").arg(script).arg(user.home().join("tools.parquet")).output();
    let read = ran(output.unwrap());
    if read.code == 77 {
        eprintln!("skipped: {}", read.err);
        return;
    }
    let counted: Value = serde_json::from_str(&read.out).unwrap_or_else(|e| panic!("{e}: {}{}", read.out, read.err));
    let total = query(&user, "SELECT count(*) FROM tools_current");
    assert_eq!(counted["rows"].as_u64().unwrap(), total);
    for risk in ["low", "medium", "high", "critical"] {
        let sql = format!("SELECT count(*) FROM verdicts_current WHERE risk = '{risk}'");
        assert_eq!(counted["risks"][risk].as_u64().unwrap_or(0), query(&user, &sql), "{risk}");
    }
    let tokens = query(&user, "SELECT sum(tokens) FROM tool JOIN cost USING (definition_id) WHERE current = 1");
    assert_eq!(counted["tokens"].as_u64().unwrap(), tokens);
}

#[test]
fn a_part_of_the_tools_can_be_written_and_the_whole_keeps_its_format() {
    let user = shelf();
    let rows = |words: &[&str]| -> Vec<Value> {
        serde_json::from_str(&user.done(&[&["export", "--format", "json"], words].concat())).unwrap()
    };
    let all = rows(&[]);
    for (words, field, wanted) in [
        (&["--risk", "critical"][..], "risk", &["critical"][..]),
        (&["--risk", "high", "--risk", "critical"], "risk", &["critical", "high"]),
        (&["--class", "execute"], "class", &["execute"]),
        (&["--origin", "live"], "origin", &["live"]),
        (&["--server", "npm:rows"], "server", &["npm:rows"]),
    ] {
        let expected: Vec<&Value> = all.iter().filter(|row| wanted.contains(&row[field].as_str().unwrap())).collect();
        let found = rows(words);
        assert!(!expected.is_empty() && expected.len() < all.len(), "{words:?} tells something apart");
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{words:?}");
    }
    let both = rows(&["--trait", "destructive", "--trait", "privileged"]);
    let has = |row: &Value, word: &str| row["traits"].as_str().unwrap().split(' ').any(|one| one == word);
    assert!(both.iter().all(|row| has(row, "destructive") && has(row, "privileged")));
    assert!(rows(&["--trait", "destructive"]).len() > both.len());
    assert!(rows(&["--risk", "low", "--class", "execute"]).is_empty());
    // The end of the name says the format, however it is written; one that says none is refused.
    user.done(&["export", "--risk", "critical", "--out", "grave.CSV"]);
    let sheet = std::fs::read_to_string(user.home().join("grave.CSV")).unwrap();
    assert_eq!(sheet.lines().next().unwrap().split(',').next(), Some("server"), "{sheet}");
    let ran = user.run(&["export", "--risk", "critical", "--out", "grave.jsonl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--format json, csv"), "{}", ran.err);
}
