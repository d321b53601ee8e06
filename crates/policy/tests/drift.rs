//! What becomes of decisions when tools change: nothing milder, nothing new allowed, at every target.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{
    Condition, Decision, DecisionDrift, DriftSide, DriftedServer, PlannedTool, PolicyEffect, Target, TargetOptions,
    Test, Uncounted, Window, answer, document, drifted, standing,
};
use serde_json::Map;
use support::{server, tool};

const COUNTED: PolicyEffect = PolicyEffect::Limit { max: 10, window: Window::Minute };

fn side(tools: Vec<PlannedTool>, digests: &[&str]) -> DriftSide {
    let digests = digests.iter().map(|text| (*text).to_owned()).collect();
    DriftSide { planned: server(tools), digests, identity: "npm:kiln".to_owned() }
}

fn plain(name: &str, effect: PolicyEffect) -> PlannedTool {
    tool(name, Decision::plain(effect, "so it is"))
}

/// One tool before and after; the definition changes with `digests`.
fn one(before: Decision, after: Decision) -> DriftedServer {
    drifted(Some(&side(vec![tool("stir", before)], &["a"])), Some(&side(vec![tool("stir", after)], &["b"]))).unwrap()
}

fn effect(drifted: &DriftedServer) -> PolicyEffect {
    drifted.after.tools[0].decision.effect
}

#[test]
fn a_milder_tool_stays_as_strict_and_a_graver_one_becomes_it() {
    let decided = |effect| Decision::plain(effect, "so it is");
    for (before, after, now, drift) in [
        (PolicyEffect::Hide, PolicyEffect::Allow, PolicyEffect::Hide, DecisionDrift::Kept),
        (PolicyEffect::Ask, COUNTED, PolicyEffect::Ask, DecisionDrift::Kept),
        (COUNTED, PolicyEffect::Allow, COUNTED, DecisionDrift::Kept),
        (PolicyEffect::Allow, PolicyEffect::Hide, PolicyEffect::Hide, DecisionDrift::Stricter),
        (PolicyEffect::Allow, COUNTED, COUNTED, DecisionDrift::Stricter),
        (COUNTED, COUNTED, COUNTED, DecisionDrift::Same),
    ] {
        let drifted = one(decided(before), decided(after));
        assert_eq!((effect(&drifted), drifted.tools[0].drift), (now, drift), "{before} {after}");
    }
}

#[test]
fn a_new_tool_is_undecided_and_runs_nowhere() {
    let old = side(vec![plain("look", PolicyEffect::Allow)], &["a"]);
    let new =
        [plain("look", PolicyEffect::Allow), plain("peek", PolicyEffect::Allow), plain("burn", PolicyEffect::Hide)];
    let drifted = drifted(Some(&old), Some(&side(new.to_vec(), &["a", "b", "c"]))).unwrap();
    let rows: Vec<_> = drifted.tools.iter().map(|row| (row.tool.as_str(), row.drift)).collect();
    assert_eq!(rows, [("burn", DecisionDrift::Undecided), ("peek", DecisionDrift::Undecided)]);
    for target in Target::ALL.iter().copied().filter(|t| cfg!(feature = "verify") || t.capability().engine.is_none()) {
        let plan = drifted.plan(target);
        let options = TargetOptions::default();
        let written = document(target, std::slice::from_ref(&plan), &options, Uncounted::Allow).unwrap();
        let ask = |name: &str| answer(target, &written.files, &options, &plan, name, &Map::new()).unwrap();
        assert!(ask("look").is_allowed(), "{target}");
        assert!(!ask("peek").is_allowed() && !ask("burn").is_allowed(), "{target}");
    }
}

#[test]
fn what_was_removed_runs_nowhere_when_it_comes_back() {
    let tools =
        vec![plain("look", PolicyEffect::Allow), plain("peek", PolicyEffect::Allow), plain("burn", PolicyEffect::Hide)];
    let old = side(tools, &["a", "b", "c"]);
    let drifted = drifted(Some(&old), Some(&side(vec![plain("look", PolicyEffect::Allow)], &["a"]))).unwrap();
    assert!(drifted.tools.iter().all(|row| row.drift == DecisionDrift::Removed && row.now.is_none()));
    for target in Target::ALL.iter().copied().filter(|t| cfg!(feature = "verify") || t.capability().engine.is_none()) {
        let (plan, options) = (drifted.plan(target), TargetOptions::default());
        let before = standing(target, std::slice::from_ref(&old.planned), &options, Uncounted::Allow).unwrap();
        let written = document(target, std::slice::from_ref(&plan), &options, Uncounted::Allow).unwrap();
        for name in ["peek", "burn"] {
            let now = answer(target, &written.files, &options, &plan, name, &Map::new()).unwrap();
            let was = before[0][name].effect;
            assert!(!now.is_allowed(), "{target}: {name} is {now}");
            assert!(now.rank() >= was.rank() || now.is_refused() && was.is_refused(), "{target}: {name} {was} → {now}");
        }
    }
}

#[test]
fn another_server_under_the_name_is_all_new() {
    let old = side(vec![plain("look", PolicyEffect::Allow), plain("burn", PolicyEffect::Hide)], &["a", "b"]);
    let mut new = side(vec![plain("look", PolicyEffect::Allow), plain("burn", PolicyEffect::Allow)], &["a", "b"]);
    new.identity = "npm:other".to_owned();
    let drifted = drifted(Some(&old), Some(&new)).unwrap();
    let effects: Vec<_> = drifted.after.tools.iter().map(|tool| tool.decision.effect).collect();
    assert_eq!(effects, [PolicyEffect::Ask, PolicyEffect::Hide]);
    assert!(drifted.tools.iter().all(|row| row.drift == DecisionDrift::Undecided));
}

#[test]
fn arguments_that_pass_must_pass_both_and_a_new_operation_is_not_admitted() {
    let under = |test: Test, argument: &str| Decision {
        conditions: vec![Condition { argument: argument.to_owned(), test, reason: "it must".to_owned() }],
        otherwise: PolicyEffect::Ask,
        ..Decision::plain(COUNTED, "so it is")
    };
    let values = |all: &[&str]| Test::OneOf(all.iter().map(|value| (*value).to_owned()).collect());
    let wider = one(under(values(&["get", "list"]), "mode"), under(values(&["get", "list", "burn"]), "mode"));
    assert_eq!(wider.after.tools[0].decision.conditions[0].test, values(&["get", "list"]));
    assert_eq!(wider.tools[0].drift, DecisionDrift::Kept);
    let more = one(under(values(&["get"]), "mode"), under(Test::AtMost(3), "amount"));
    assert_eq!(more.after.tools[0].decision.conditions.len(), 2);
    // Without the condition nothing is narrower, so it stays.
    let lost = one(under(values(&["get"]), "mode"), Decision::plain(COUNTED, "so it is"));
    assert_eq!(lost.after.tools[0].decision.conditions[0].test, values(&["get"]));
    for (before, after) in [
        (under(values(&["get"]), "mode"), under(values(&["burn"]), "mode")),
        (under(values(&["get"]), "gone"), Decision::plain(PolicyEffect::Allow, "so it is")),
    ] {
        assert_eq!(effect(&one(before, after)), PolicyEffect::Deny);
    }
}

#[test]
fn what_a_target_lets_through_instead_of_asking_grows_no_wider() {
    let asks = |unasked| Decision { unasked, ..Decision::plain(PolicyEffect::Ask, "so it is") };
    let unasked = |before, after| one(before, after).after.tools[0].decision.unasked;
    assert_eq!(unasked(asks(None), asks(Some(COUNTED))), None);
    assert_eq!(unasked(Decision::plain(PolicyEffect::Allow, "x"), asks(Some(COUNTED))), Some(COUNTED));
    assert_eq!(unasked(asks(Some(COUNTED)), Decision::plain(PolicyEffect::Hide, "x")), None);
    let few = PolicyEffect::Limit { max: 1, window: Window::Day };
    assert_eq!(unasked(asks(Some(COUNTED)), asks(Some(few))), Some(few));
}
