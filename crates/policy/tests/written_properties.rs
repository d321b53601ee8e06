//! What mcpdex writes, it reads back as a policy that a person could have written: recognised, without a finding, and with
//! the same answer to every call as the target's own reader gives.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_model::{Confidence, Risk};
use mcpdex_policy::{
    CheckedServer, CheckedTool, Decision, PlannedServer, PlannedTool, PolicyEffect, PolicyFile, Target, TargetOptions,
    Test, Uncounted, Window, WrittenError, WrittenPolicy, answer, check, document,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::{kiln, only_when, server, tool};

/// Targets whose documents this build reads.
fn targets() -> impl Iterator<Item = Target> {
    let reads = |target: &Target| {
        let files = [PolicyFile { file: "policy".to_owned(), text: String::new() }];
        !matches!(WrittenPolicy::read(&files, Some(*target), &TargetOptions::default()), Err(WrittenError::NoReader(_)))
    };
    Target::ALL.iter().copied().filter(reads)
}

fn options() -> TargetOptions {
    TargetOptions { lossy: true, ..TargetOptions::default() }
}

fn checked(plan: &PlannedServer) -> CheckedServer {
    let tools = plan.tools.iter().map(|planned| CheckedTool {
        planned: planned.clone(),
        risk: Risk::Low,
        confidence: Confidence::High,
        before: Some(Risk::Low),
    });
    CheckedServer { name: plan.name.clone(), alias: plan.alias.clone(), tools: tools.collect() }
}

/// Values of each kind but null, on which servers and targets differ, for each argument that the plans speak of, one at a time and together.
fn calls() -> Vec<Map<String, Value>> {
    let values: [(&str, Vec<Value>); 6] = [
        ("mode", vec![json!("get"), json!("list"), json!("GET"), json!("x"), json!(["get"]), json!(1)]),
        ("force", vec![json!(true), json!(false), json!("false"), json!([true])]),
        ("dry_run", vec![json!(true), json!(false), json!("true"), json!({"a": 1})]),
        ("amount", vec![json!(0), json!(100), json!(100.5), json!(101), json!(-1), json!("5")]),
        (
            "url",
            vec![json!("https://pots.example/x"), json!("https://pots.example/../x"), json!("http://pots.example/x")],
        ),
        ("mcpdex_unknown", vec![json!("x")]),
    ];
    let mut all = vec![Map::new()];
    for (name, values) in &values {
        all.extend(values.iter().map(|value| Map::from_iter([((*name).to_owned(), value.clone())])));
    }
    let first = values.iter().map(|(name, values)| ((*name).to_owned(), values[0].clone()));
    all.push(first.collect());
    let last = values.iter().map(|(name, values)| ((*name).to_owned(), values[values.len() - 1].clone()));
    all.push(last.collect());
    all
}

/// Holds what is written of a plan against its own reader; the number of calls that were asked.
fn hold(target: Target, plan: &PlannedServer) -> usize {
    let Ok(written) = document(target, std::slice::from_ref(plan), &options(), Uncounted::Stricter) else { return 0 };
    let files: Vec<PolicyFile> = written.files.iter().filter(|file| file.file != "reasons.json").cloned().collect();
    let all = || format!("{target}\n{}", files[0].text);
    let policy = WrittenPolicy::read(&files, Some(target), &options()).unwrap();
    let findings = check(&policy, &[checked(plan)], Uncounted::Stricter).findings;
    assert!(findings.is_empty(), "{}\n{findings:?}", all());
    let mut asked = 0;
    for tool in plan.tools.iter().map(|tool| tool.name.as_str()).chain(["mcpdex_invented"]) {
        for arguments in calls() {
            let meant = answer(target, &files, &options(), plan, tool, &arguments).unwrap();
            let found = policy.answer(&plan.name, &plan.alias, tool, &arguments);
            let same = found.effect == meant || (found.effect.is_refused() && meant.is_refused());
            assert!(same, "{tool} {arguments:?}: {} and {meant}: {found:?}\n{}", found.effect, all());
            asked += 1;
        }
    }
    asked
}

#[test]
fn what_is_written_of_every_decision_is_read_back_without_a_finding_and_decides_alike() {
    for target in targets() {
        let asked = hold(target, &kiln());
        assert!(asked >= 11 * 20, "{target}: {asked}");
    }
}

#[test]
fn what_is_written_is_recognised() {
    for target in targets() {
        let written = document(target, &[kiln()], &options(), Uncounted::Stricter).unwrap();
        let read = WrittenPolicy::read(&written.files, None, &options()).unwrap();
        assert_eq!(read.target(), target, "{}", written.text());
    }
}

fn effect() -> impl Strategy<Value = PolicyEffect> {
    let window = prop_oneof![Just(Window::Minute), Just(Window::Hour), Just(Window::Day)];
    prop_oneof![
        Just(PolicyEffect::Allow),
        (1_u32..1_000, window).prop_map(|(max, window)| PolicyEffect::Limit { max, window }),
        Just(PolicyEffect::Ask),
        Just(PolicyEffect::Deny),
        Just(PolicyEffect::Hide),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    let test = prop_oneof![
        Just(("mode", Test::OneOf(vec!["get".into(), "list".into()]))),
        Just(("force", Test::FalseOrAbsent)),
        Just(("force", Test::Absent)),
        Just(("dry_run", Test::True)),
        (0_u32..1_000).prop_map(|most| ("amount", Test::AtMost(most))),
        Just(("url", Test::Address(vec!["https://pots.example/".into()]))),
    ];
    prop_oneof![
        3 => effect().prop_map(|effect| Decision::plain(effect, "so it is")),
        1 => (effect(), test).prop_map(|(effect, (argument, test))| only_when(effect, argument, test)),
    ]
}

fn plan() -> impl Strategy<Value = PlannedServer> {
    // Names as servers give them, with signs that clients turn into others.
    let name = "[a-zA-Z_][a-zA-Z0-9_.:/ *-]{0,20}|[a-z]{2,8}_[a-z]{2,8}|[äöü漢字]{1,4}";
    proptest::collection::btree_map(name, decision(), 0..12).prop_map(|tools| {
        let tools = tools.into_iter().map(|(name, decision)| PlannedTool { ..tool(&name, decision) });
        server(tools.collect())
    })
}

fn held(plan: &PlannedServer, by_engine: bool) {
    for target in targets().filter(|target| target.capability().engine.is_some() == by_engine) {
        hold(target, plan);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_decided_is_read_back_alike_in_every_format(plan in plan()) {
        held(&plan, false);
    }
}

proptest! {
    // Engines take their time without optimisation.
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_decided_is_read_back_alike_in_every_format_that_an_engine_decides(plan in plan()) {
        held(&plan, true);
    }
}
