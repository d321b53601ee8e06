//! Statements, paths, addresses, command lines, switches and amounts that were written down before there was a guard: no
//! harmful one passes the guard, nor any target; nearly every harmless one passes the guard.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{
    Condition, Decision, ListedCommands, PolicyEffect, SqlDialect, Target, TargetOptions, Test, Uncounted, answer,
    document, only_reads,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use support::{only_when, server, tool};

/// One value of an argument.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    dialect: Option<SqlDialect>,
    kind: Option<String>,
    /// What a call with the value does beside what is wanted.
    harm: Option<String>,
    #[serde(alias = "sql", alias = "path", alias = "url")]
    value: Value,
    #[serde(default)]
    beside: Map<String, Value>,
}

fn rows(text: &str) -> Vec<Row> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asks the guard and every target about every row; prints how many harmless ones each admits.
fn none_passes_that_harms(rows: &[Row], argument: &str, test: impl Fn(&Row) -> Test, least_share: usize) {
    let arguments = |row: &Row| {
        let mut all = row.beside.clone();
        all.insert(argument.to_owned(), row.value.clone());
        all
    };
    let harmless = rows.iter().filter(|row| row.harm.is_none()).count();
    let mut admitted = 0;
    for row in rows {
        let condition = Condition { argument: argument.to_owned(), test: test(row), reason: String::new() };
        let passes = condition.holds(Some(&row.value));
        assert!(!passes || row.harm.is_none(), "the guard admits {}: it {:?}", row.value, row.harm);
        if !passes && row.harm.is_none() {
            println!("  the guard loses {}", row.value);
        }
        admitted += usize::from(passes);
    }
    println!("the guard: {admitted} of {harmless}");
    assert!(admitted * 100 >= harmless * least_share, "the guard admits {admitted} of {harmless} harmless ones");
    let options = TargetOptions { lossy: true, ..TargetOptions::default() };
    for target in Target::ALL.iter().copied() {
        if target.capability().engine.is_some() && cfg!(not(feature = "verify")) {
            continue;
        }
        let plan = server(vec![tool("ask_pots", only_when(PolicyEffect::Allow, argument, test(&rows[0])))]);
        let written = document(target, std::slice::from_ref(&plan), &options, Uncounted::Stricter).unwrap();
        let mut passed = 0;
        for row in rows {
            let answer = answer(target, &written.files, &options, &plan, "ask_pots", &arguments(row)).unwrap();
            let harm = row.harm.as_deref().unwrap_or_default();
            assert!(row.harm.is_none() || !answer.is_allowed(), "{target}: {} is {answer}: it {harm}", row.value);
            passed += usize::from(answer.is_allowed());
        }
        println!("{target}: {passed} of {harmless}");
        assert!(passed > 0 || target.capability().arguments.is_none() || written.losses.len() == 1, "{target}");
    }
}

#[test]
fn no_statement_that_does_more_than_read_passes() {
    let rows = rows(include_str!("data/sql.jsonl"));
    assert!(rows.iter().filter(|row| row.harm.is_some()).count() >= 150 && rows.len() >= 300);
    none_passes_that_harms(&rows, "sql", |row| Test::Select(row.dialect.unwrap()), 90);
    // Nor where the dialect is not told, or told wrongly.
    for row in rows.iter().filter(|row| row.harm.is_some()) {
        for dialect in SqlDialect::ALL {
            let sql = row.value.as_str().unwrap();
            assert!(only_reads(*dialect, sql).is_err(), "as {dialect}: {sql}");
        }
    }
}

/// Statements that a parser would have to try in ever more ways, or whose tree would be too deep to walk.
#[test]
fn a_statement_that_would_take_long_is_refused_at_once() {
    let deep = |open: &str, close: &str, times: usize| open.repeat(times) + "1" + &close.repeat(times);
    let started = std::time::Instant::now();
    for times in [11, 12, 30, 1_000, 100_000] {
        for text in [
            format!("SELECT {}", deep("(", ")", times)),
            format!("SELECT * FROM {}", deep("(", ")", times)),
            format!("SELECT * FROM {}", deep("(SELECT * FROM ", ")", times)),
            format!("SELECT {}", deep("CASE WHEN ", " THEN 1 END", times)),
            format!("SELECT {}1", "NOT ".repeat(times)),
            format!("SELECT {}1", "- ".repeat(times)),
            format!("SELECT 1{}", " + 1".repeat(times)),
            format!("SELECT 1{}", " UNION SELECT 1".repeat(times)),
            format!("SELECT a{}", "[1]".repeat(times)),
            format!("SELECT 1{}", "::text".repeat(times)),
        ] {
            for dialect in SqlDialect::ALL {
                let read = only_reads(*dialect, &text);
                assert!(times < 1_000 || read.is_err(), "{dialect}: {}", &text[..60.min(text.len())]);
            }
        }
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn no_path_that_leaves_its_folder_passes() {
    let rows = rows(include_str!("data/paths.jsonl"));
    assert!(rows.iter().filter(|row| row.harm.is_some()).count() >= 50 && rows.len() >= 100);
    none_passes_that_harms(&rows, "path", |_| Test::Inside(vec!["/srv/pots/".to_owned()]), 90);
}

#[test]
fn no_address_that_is_not_listed_passes() {
    let rows = rows(include_str!("data/urls.jsonl"));
    assert!(rows.iter().filter(|row| row.harm.is_some()).count() >= 50 && rows.len() >= 100);
    let listed = ["https://pots.example/", "https://api.kiln.example/v1/"].map(str::to_owned);
    none_passes_that_harms(&rows, "url", |_| Test::Address(listed.to_vec()), 90);
}

#[test]
fn no_address_of_a_private_host_passes() {
    let rows = rows(include_str!("data/public.jsonl"));
    assert!(rows.iter().filter(|row| row.harm.is_some()).count() >= 100 && rows.len() >= 150);
    none_passes_that_harms(&rows, "url", |_| Test::Public, 90);
}

/// Without folders and addresses of a list, a word points nowhere but below where the command runs.
#[test]
fn a_word_after_a_listed_command_points_nowhere_unless_a_list_says_so() {
    let listed = |commands: &[&str]| {
        Test::Command(ListedCommands {
            commands: commands.iter().map(|text| (*text).to_owned()).collect(),
            ..ListedCommands::default()
        })
    };
    let rows = rows(include_str!("data/words.jsonl"));
    for row in rows.iter().filter(|row| row.kind.as_deref() == Some("words")) {
        let line = row.value.as_str().unwrap();
        let points = line.contains("/srv/pots") || line.contains("https:");
        let passes = listed(&["git status", "make test", "ls", "curl", "sh"]).holds(Some(&row.value));
        assert!(!(passes && (points || row.harm.is_some())), "{line}");
    }
    // A program that has subcommands which reach out is listed with its subcommand.
    for (command, line, wanted) in [
        ("git", "git", true),
        ("git", "git clone evil", false),
        ("git", "git status", false),
        ("git log", "git log src", true),
        ("git -c", "git -c core.pager.x log", false),
        ("/usr/bin/env", "/usr/bin/env id", false),
        ("docker compose", "docker compose exec kiln id", false),
        ("npm run", "npm run build", true),
        ("npm run", "npm run test:unit", false),
        ("npm run test:unit", "npm run test:unit", true),
    ] {
        assert_eq!(listed(&[command]).holds(Some(&Value::from(line))), wanted, "{command}: {line}");
    }
}

#[test]
fn no_second_command_no_other_switch_and_no_greater_amount_passes() {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let listed = ListedCommands {
        commands: own(&["git status", "make test", "ls", "sh", "python3", "curl", "env", "git clone", "npm install"]),
        folders: own(&["/srv/pots/"]),
        addresses: own(&["https://pots.example/"]),
    };
    let tests: [(&str, &str, Test); 3] = [
        ("words", "command", Test::Command(listed)),
        ("flag", "force", Test::FalseOrAbsent),
        ("amount", "amount", Test::AtMost(100)),
    ];
    for (kind, argument, test) in tests {
        let mut rows = rows(include_str!("data/words.jsonl"));
        rows.retain(|row| row.kind.as_deref() == Some(kind));
        assert!(rows.len() >= 30, "{kind}: {}", rows.len());
        none_passes_that_harms(&rows, argument, |_| test.clone(), 90);
    }
}

#[test]
fn a_call_that_a_guard_does_not_admit_gets_what_the_tool_gets_without_it() {
    let ask = Decision { otherwise: PolicyEffect::Ask, ..only_when(PolicyEffect::Allow, "n", Test::AtMost(3)) };
    let call = |n: i32| Map::from_iter([("n".to_owned(), Value::from(n))]);
    assert_eq!(ask.answer(&call(3)), PolicyEffect::Allow);
    assert_eq!(ask.answer(&call(4)), PolicyEffect::Ask);
    assert_eq!(ask.answer(&Map::new()), PolicyEffect::Ask);
}
