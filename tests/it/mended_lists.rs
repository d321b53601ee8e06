//! Lists that are not quite JSON: read alike wherever they come from, told where they were mended, and never milder for
//! it.

use crate::support::binary::{Ran, User};
use serde_json::Value;

const DELETE: &str = r#"{"server":"s","name":"delete_pot","description":"Delete a pot for good."}"#;

fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
}

fn classified(user: &User, bytes: &[u8]) -> (Ran, Vec<Value>) {
    std::fs::write(user.home().join("tools.jsonl"), bytes).unwrap();
    let ran = user.run(&["classify", "tools.jsonl"]);
    let verdicts = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (ran, verdicts)
}

/// The same bytes crawled as a file: the tools and their risks as the database has them.
fn crawled(user: &User, name: &str, bytes: &[u8]) -> (Ran, Vec<(String, String)>) {
    std::fs::write(user.home().join(name), bytes).unwrap();
    let database = format!("{name}.db");
    let ran = user.run(&["--db", &database, "crawl", "--listed", name]);
    let rows: Value = serde_json::from_str(&user.done(&["--db", &database, "export", "--format", "json"])).unwrap();
    let word = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let tools = rows.as_array().unwrap().iter().map(|row| (word(row, "tool"), word(row, "risk"))).collect();
    (ran, tools)
}

#[test]
fn one_tool_is_judged_alike_however_its_text_is_damaged() {
    let user = User::new();
    let with = |more: &str| DELETE.replacen('}', &format!(",{more}}}"), 1).into_bytes();
    let pretty = format!("{{\n  \"tools\": [\n    {}\n  ]\n}}\n", DELETE);
    for (number, (bytes, said)) in [
        ([b"\xef\xbb\xbf", DELETE.as_bytes()].concat(), ""),
        (wide(DELETE, u16::to_le_bytes), ""),
        (wide(DELETE, u16::to_be_bytes), ""),
        (wide(&pretty, u16::to_le_bytes), ""),
        ([b"\xef\xbb\xbf", pretty.as_bytes()].concat(), ""),
        (
            with(r#""inputSchema":{"type":"object","properties":{"n":{"type":"number","maximum":1e999}}}"#),
            "out of range",
        ),
        (with(r#""inputSchema":{"type":"object","properties":{"n":{"default":-1e400}}}"#), "out of range"),
        (with(r#""title":"pot \ud800""#), "surrogate"),
        (with(r#""inputSchema":{"type":"object","properties":{"n":{"enum":["\udc00"]}}}"#), "surrogate"),
        (with(r#""inputSchema":{"type":"object","properties":{"n":{"default":NaN}}}"#), "NaN"),
        (with(r#""inputSchema":{"type":"object","properties":{"n":{"default":-Infinity}}}"#), "NaN"),
        (with(r#""inputSchema":{"type":"object","required":["n",],}"#), "comma"),
        (with("\"title\":\"a\u{1}b\""), "control"),
        (pretty.replace("}\n  ]", "},\n  ]").into_bytes(), ""),
        (format!("// tools\n{}", pretty.replace("[\n", "[ /* one */\n")).into_bytes(), ""),
    ]
    .into_iter()
    .enumerate()
    {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (ran, verdicts) = classified(&user, &bytes);
        assert_eq!(ran.code, 0, "{text}: {}", ran.err);
        let risks: Vec<_> = verdicts.iter().map(|verdict| verdict["risk"].as_str().unwrap()).collect();
        assert_eq!(risks, ["critical"], "{text}");
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
        if !said.is_empty() {
            assert!(verdicts[0]["notes"].to_string().contains(said), "{text}: {}", verdicts[0]);
        }
        let (ran, tools) = crawled(&user, &format!("list{number}.jsonl"), &bytes);
        assert_eq!(
            (ran.code, &tools[..]),
            (0, &[("delete_pot".to_owned(), "critical".to_owned())][..]),
            "{text}: {}",
            ran.err
        );
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
    }
}

#[test]
fn a_key_that_comes_twice_is_told_wherever_it_stands() {
    let user = User::new();
    for (text, said) in [
        (
            r#"{"server":"s","name":"delete_pot","name":"get_pot","description":"Delete a pot.","description":"Get a pot."}"#,
            "name",
        ),
        (
            r#"{"server":"s","name":"get_pot","description":"Get a pot.","inputSchema":{"type":"object","properties":{"a":{"type":"string"},"a":{"type":"number"}}}}"#,
            "/inputSchema/properties/a",
        ),
        (
            r#"{"server":"s","name":"get_pot","description":"Delete a pot.","descr\u0069ption":"Get a pot."}"#,
            "/description",
        ),
        (
            r#"{"server":"s","name":"get_pot","description":"Get a pot.","annotations":{"readOnlyHint":false,"readOnlyHint":true}}"#,
            "readOnlyHint",
        ),
        (
            r#"{"tools":[{"name":"get_pot","description":"Get a pot."}],"tools":[{"name":"delete_pot","description":"Delete a pot."}]}"#,
            "tools",
        ),
        (
            r#"{"result":{"tools":[]},"result":{"tools":[{"name":"delete_pot","description":"Delete a pot."}]}}"#,
            "result",
        ),
    ] {
        let (ran, verdicts) = classified(&user, text.as_bytes());
        assert_eq!(ran.code, 0, "{text}: {}", ran.err);
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
        if said == "tools" || said == "result" {
            assert!(verdicts.iter().any(|verdict| verdict["name"] == "delete_pot"), "{text}: a list was hidden");
        }
        let (ran, tools) = crawled(&user, &format!("{}.json", text.len()), text.as_bytes());
        assert!(
            ran.err.contains("twice") || ran.err.contains("more than once") || ran.err.contains("times"),
            "{text}: {}",
            ran.err
        );
        assert!(!tools.is_empty(), "{text}");
    }
}

#[test]
fn what_is_no_list_is_refused_and_a_bad_row_hides_no_other() {
    let user = User::new();
    for text in ["{", "[{\"name\":\"a\"", "\u{feff}", "{\"tools\":[", "nonsense", "{\"tools\":[{\"name\":\"a\"}]"] {
        let (ran, verdicts) = classified(&user, text.as_bytes());
        assert!(verdicts.is_empty() && (ran.code == 4 || text == "\u{feff}"), "{text:?}: {} {}", ran.code, ran.out);
    }
    let (ran, verdicts) = classified(&user, format!("{DELETE}\n{{broken\n\u{feff}{DELETE}\n").as_bytes());
    assert_eq!((ran.code, verdicts.len()), (4, 2), "{}", ran.err);
    assert!(ran.err.contains("row 2"), "{}", ran.err);
}

#[test]
fn an_export_that_an_editor_saved_anew_is_imported_and_one_that_says_a_thing_twice_is_not() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    let export = user.done(&["export"]);
    let with_mark = [b"\xef\xbb\xbf", export.as_bytes()].concat();
    for (number, bytes) in
        [with_mark, wide(&export, u16::to_le_bytes), wide(&export, u16::to_be_bytes)].iter().enumerate()
    {
        let (file, database) = (format!("saved{number}.jsonl"), format!("saved{number}.db"));
        std::fs::write(user.home().join(&file), bytes).unwrap();
        user.done(&["--db", &database, "import", &file, "-q"]);
        assert_eq!(user.done(&["--db", &database, "export"]), export);
    }
    let twice = export.replacen("\"row\":{\"id\":1,", "\"row\":{\"id\":1,\"id\":2,", 1);
    assert_ne!(twice, export);
    std::fs::write(user.home().join("twice.jsonl"), twice).unwrap();
    let ran = user.run(&["--db", "twice.db", "import", "twice.jsonl"]);
    assert!(ran.code == 1 && ran.err.contains("twice"), "{} {}", ran.code, ran.err);
}
