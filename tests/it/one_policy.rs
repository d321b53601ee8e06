//! One tool, one policy: however it is asked for, the document is the same to the byte.

use crate::support::binary::User;
use crate::support::corpus::corpus;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};

/// Tools whose arguments decide: operations, SQL, switches, rehearsals, places; and names that a policy cannot spell.
fn invented() -> Vec<Value> {
    let tool = |server: &str, name: &str, description: &str, schema: Value| json!({"server": server, "name": name, "description": description, "inputSchema": schema});
    let text = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
    vec![
        tool(
            "io.example/kiln",
            "kiln_shelf",
            "Work with shelves.",
            json!({"type": "object", "properties": {"action": {"type": "string", "enum": ["list", "get", "delete"]}}, "required": ["action"]}),
        ),
        tool("io.example/kiln", "run_query", "Run a SQL statement against the database.", text("sql")),
        tool(
            "io.example/kiln",
            "wipe_kiln",
            "Delete all firings of a kiln for good.",
            json!({"type": "object", "properties": {"dry_run": {"type": "boolean"}}}),
        ),
        tool(
            "io.example/kiln",
            "update_glaze",
            "Update a glaze.",
            json!({"type": "object", "properties": {"force": {"type": "boolean"}, "cascade": {"type": "boolean"}}}),
        ),
        tool("io.example/kiln", "get_glaze", "Get a glaze.", text("id")),
        tool(
            "io.example/kiln",
            "pay_invoice",
            "Pay an invoice.",
            json!({"type": "object", "properties": {"amount": {"type": "number"}}}),
        ),
        tool("io.example/kiln", "read_file", "Read a file.", text("path")),
        tool("io.example/kiln", "frobnicate", "Frobnicate.", json!({"type": "object"})),
        tool("io.example/kiln", "*", "Get everything.", json!({"type": "object"})),
        tool("io.example/kiln", "__proto__", "Delete a pot.", json!({"type": "object"})),
        tool(
            "io.example/dots",
            "dotted",
            "Work with boxes.",
            json!({"type": "object", "properties": {"a.b": {"type": "string", "enum": ["list", "delete"]}}}),
        ),
        // The same name on another server.
        tool("io.example/other", "get_glaze", "Delete a glaze for good.", text("id")),
    ]
}

fn known(user: &User, rows: &[Value]) {
    let path = user.home().join("tools.jsonl");
    let mut file = std::fs::File::create(&path).unwrap();
    for row in rows {
        writeln!(file, "{row}").unwrap();
    }
    user.done(&["crawl", "--listed", "-q", path.to_str().unwrap()]);
}

/// The document that `mcpdex tool` shows, as `mcpdex policy` writes it.
fn shown(view: &Value) -> String {
    format!("{:#}\n", view["policy"]["document"])
}

fn assert_one(user: &User, name: &str, server: &str) -> String {
    let plain = user.done(&["policy", name, "--server", server]);
    for more in [
        &["--target", "policylayer"][..],
        &["--profile", "balanced"],
        &["--target", "policylayer", "--profile", "balanced"],
    ] {
        let words = [&["policy", name, "--server", server, "-q"], more].concat();
        assert_eq!(user.done(&words), plain, "{name} of {server}, {more:?}");
    }
    let report: Value = serde_json::from_str(&user.done(&["tool", name, "--server", server, "--json"])).unwrap();
    for view in report["servers"].as_array().unwrap() {
        assert_eq!(shown(view), plain, "{name} of {server}, as tool shows it");
    }
    plain
}

#[test]
fn every_form_gives_one_document_for_invented_tools() {
    let user = User::new();
    let rows = invented();
    known(&user, &rows);
    let mut conditional = 0;
    for row in &rows {
        let plain = assert_one(&user, row["name"].as_str().unwrap(), row["server"].as_str().unwrap());
        conditional += usize::from(plain.contains("args."));
    }
    assert!(conditional >= 2, "only {conditional} tools have conditions on their arguments");
    let ran = user.run(&["policy", "get_glaze"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.contains("--server"), "{}", ran.err);
}

/// A server at a time for the form that takes one, and tool by tool for a sample of the forms that take a tool.
#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn every_form_gives_one_document_for_the_tools_of_the_corpus() {
    let path = corpus("tools-dev.jsonl.gz");
    let user = User::new();
    user.done(&["crawl", "--listed", "-q", path.to_str().unwrap()]);
    let file = flate2::read::GzDecoder::new(std::fs::File::open(&path).unwrap());
    let every: usize = std::env::var("MCPDEX_CORPUS_EVERY").ok().and_then(|text| text.parse().ok()).unwrap_or(97);
    let mut compared = 0;
    for line in BufReader::new(file).lines().step_by(every) {
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_one(&user, row["name"].as_str().unwrap(), row["server"].as_str().unwrap());
        compared += 1;
    }
    eprintln!("{compared} tools compared in four forms; MCPDEX_CORPUS_EVERY=1 compares all");
    assert!(compared > 100);
}
