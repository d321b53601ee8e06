//! Statements that were written down before there was a guard: none that does more than read passes any target.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{PolicyEffect, Target, TargetOptions, Test, Uncounted, answer, document};
use serde::Deserialize;
use serde_json::{Map, json};
use support::{only_when, server, tool};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    dialect: String,
    /// What the statement does beside reading.
    harm: Option<String>,
    sql: String,
}

#[test]
fn no_statement_that_does_more_than_read_passes_any_target() {
    let rows: Vec<Statement> =
        include_str!("data/sql.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().filter(|row| row.harm.is_some()).count() >= 150 && rows.len() >= 300);
    let plan = server(vec![tool("ask_pots", only_when(PolicyEffect::Allow, "sql", Test::Select))]);
    let options = TargetOptions { lossy: true, ..TargetOptions::default() };
    let mut admitted = 0;
    for target in Target::ALL.iter().copied() {
        if target.capability().engine.is_some() && cfg!(not(feature = "verify")) {
            continue;
        }
        let written = document(target, std::slice::from_ref(&plan), &options, Uncounted::Stricter).unwrap();
        let mut passed = 0;
        for row in &rows {
            let arguments = Map::from_iter([("sql".to_owned(), json!(row.sql))]);
            let answer = answer(target, &written.files, &options, &plan, "ask_pots", &arguments).unwrap();
            let why = format!("{target}, {}: {:?} is {answer}", row.dialect, row.sql);
            assert!(
                row.harm.is_none() || !answer.is_allowed(),
                "{why}: it {}",
                row.harm.as_deref().unwrap_or_default()
            );
            passed += usize::from(answer.is_allowed());
        }
        println!("{target}: {passed} of {} that only read", rows.iter().filter(|row| row.harm.is_none()).count());
        admitted += passed;
    }
    assert!(admitted > 0, "a guard that admits nothing proves nothing");
}
