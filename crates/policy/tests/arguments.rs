//! Calls with arguments that pass and that fail, asked of every document that looks at arguments.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_model::{Class, Tool, Verdict};
use mcpdex_policy::{
    Deviation, PolicyEffect, Profile, Target, TargetOptions, Test, Uncounted, answer, decide_with_arguments, document,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::{only_when, server, tool};

/// A test, the argument that it speaks of, a value that passes (`None`: left out) and one that fails.
fn cases() -> impl Strategy<Value = (Test, &'static str, Option<Value>, Option<Value>)> {
    let words = proptest::collection::vec("[a-z]{1,8}", 1..5);
    let one_of = (words, any::<prop::sample::Index>(), "[A-Z ]{1,9}").prop_map(|(words, which, other)| {
        let passes = json!(words[which.index(words.len())]);
        (Test::OneOf(words), "mode", Some(passes), Some(json!(other)))
    });
    let off = prop_oneof![Just(None), Just(Some(json!(false)))];
    let odd = prop_oneof![Just(json!(true)), Just(json!("x")), Just(json!("false")), Just(json!(""))];
    let switch = (off, odd).prop_map(|(passes, fails)| (Test::FalseOrAbsent, "force", passes, Some(fails)));
    let not = prop_oneof![Just(None), Just(Some(json!(false))), Just(Some(json!("true")))];
    let rehearsal = not.prop_map(|fails| (Test::True, "dry_run", Some(json!(true)), fails));
    let beyond = prop_oneof![1_u32..100_000, Just(u32::MAX / 2)];
    let amount = (1_u32..50_000, 0_u32..=100, beyond, any::<bool>()).prop_map(|(most, share, beyond, below)| {
        let passes = f64::from(most) * f64::from(share) / 100.0;
        let fails = if below { -f64::from(beyond) } else { f64::from(most) + f64::from(beyond) };
        (Test::AtMost(most), "amount", Some(json!(passes)), Some(json!(fails)))
    });
    let fall = prop_oneof![Just("../"), Just("%2e%2e/"), Just("..\\"), Just("\n"), Just("\0")];
    let inside = ("[a-z]{2,6}", "[0-9b]{5,9}", fall.clone(), any::<bool>()).prop_map(|(root, rest, fall, cut)| {
        let root = format!("/srv/{root}");
        let passes = json!(format!("{root}/{rest}"));
        let fails = json!(if cut { format!("{root}{rest}") } else { format!("{root}/{rest}/{fall}x") });
        (Test::Inside(vec![format!("{root}/")]), "path", Some(passes), Some(fails))
    });
    let address = ("[a-z]{2,6}", "[0-9a-z]{0,9}", fall, any::<bool>()).prop_map(|(host, rest, fall, cut)| {
        let host = format!("https://{host}.example");
        let passes = json!(format!("{host}/{rest}"));
        let fails = json!(if cut { format!("{host}.{rest}x/") } else { format!("{host}/{rest}/{fall}x") });
        (Test::Address(vec![format!("{host}/")]), "url", Some(passes), Some(fails))
    });
    prop_oneof![one_of, switch, rehearsal, amount, inside, address]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_call_that_passes_is_let_through_and_one_that_fails_is_refused((test, argument, passes, fails) in cases()) {
        let options = TargetOptions::default();
        for target in Target::ALL.iter().copied() {
            let capability = target.capability();
            if capability.arguments.is_none() || (capability.engine.is_some() && cfg!(not(feature = "verify"))) {
                continue;
            }
            let plan = server(vec![tool("sort_pot", only_when(PolicyEffect::Allow, argument, test.clone()))]);
            let written = document(target, std::slice::from_ref(&plan), &options, Uncounted::Stricter);
            let written = written.map_err(|refused| TestCaseError::fail(refused.to_string()))?;
            let ask = |value: &Option<Value>| {
                let arguments: Map<String, Value> = value.iter().map(|v| (argument.to_owned(), v.clone())).collect();
                answer(target, &written.files, &options, &plan, "sort_pot", &arguments)
            };
            let refused = ask(&fails).map_err(TestCaseError::fail)?;
            prop_assert!(refused.is_refused(), "{target}: {argument} {fails:?} is {refused}\n{}", written.text());
            let let_through = ask(&passes).map_err(TestCaseError::fail)?;
            let absent = target == Target::Intercept && test == Test::FalseOrAbsent && passes.is_none();
            let whole = written.losses.is_empty() || absent;
            prop_assert!(let_through.is_allowed() || !whole, "{target}: {argument} {passes:?} is {let_through}\n{}", written.text());
        }
    }
}

/// A medium write that has a switch runs where nobody can look at the switch, as it runs where nobody can count; what is
/// graver, and what a profile that takes the stricter side decides, is asked about.
#[test]
fn a_switch_of_a_medium_write_is_not_asked_about_where_no_target_could_see_it() {
    let schema = r#"{"name":"glaze_pot","inputSchema":{"type":"object","properties":{"force":{"type":"boolean"}}}}"#;
    let glaze = Tool::from_json(schema).unwrap();
    let effect = |target, class, uncounted| {
        let verdict = Verdict::bare("glaze_pot", class, &[]);
        let decision = decide_with_arguments(Profile::balanced(), &verdict, None, &glaze);
        let plan = [server(vec![tool("glaze_pot", decision)])];
        let written = document(target, &plan, &TargetOptions::default(), uncounted).unwrap();
        let force = Map::from_iter([("force".to_owned(), json!(true))]);
        let asked = |call: &Map<String, Value>| {
            answer(target, &written.files, &TargetOptions::default(), &plan[0], "glaze_pot", call).unwrap()
        };
        (asked(&Map::new()).to_string(), asked(&force).to_string(), written.losses)
    };
    let (plain, forced, losses) = effect(Target::ClaudeCode, Class::Write, Uncounted::Allow);
    assert_eq!((plain.as_str(), forced.as_str()), ("allow", "allow"));
    let [loss] = losses.as_slice() else { panic!("{losses:?}") };
    assert_eq!(loss.change, Deviation::Looser);
    assert!(loss.why.contains("arguments") && loss.why.contains("count"), "{}", loss.why);
    assert_eq!(effect(Target::ClaudeCode, Class::Write, Uncounted::Stricter).0, "ask");
    assert_eq!(effect(Target::ClaudeCode, Class::Execute, Uncounted::Allow).0, "ask");
    // Where a target can look, it does.
    let (plain, forced, _) = effect(Target::PolicyLayer, Class::Write, Uncounted::Allow);
    assert_eq!((plain.as_str(), forced.as_str()), ("30/minute", "deny"));
}
