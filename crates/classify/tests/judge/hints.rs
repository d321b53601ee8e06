//! What authors claim about their tools, held against their definitions: a table of claims and what becomes of each.

use mcpdex_classify::{AnnotationTrust, Ruleset, ServerContext};
use mcpdex_model::{ClaimEffect, Class, Risk, Tool, Trait, Verdict};
use serde_json::{Value, json};
use std::sync::LazyLock;

static RULES: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::builtin().unwrap());

const LOOK: (&str, &str) = ("list_kilns", "List the kilns of a workshop.");
const WRITE: (&str, &str) = ("add_kiln", "Add a kiln to a workshop.");
const RUN: (&str, &str) = ("run_pipeline", "Start a run of a pipeline.");
const LOSE: (&str, &str) = ("delete_kiln", "Permanently delete a kiln and all of its records.");
const UNKNOWN: (&str, &str) = ("qxzz_kiln", "Qxzz of the vbnm.");

fn tool((name, description): (&str, &str), hints: Value) -> Tool {
    Tool::from_json(&json!({ "name": name, "description": description, "annotations": hints }).to_string()).unwrap()
}

fn alone(of: (&str, &str), hints: Value, trust: AnnotationTrust) -> Verdict {
    let tool = tool(of, hints);
    RULES.judge_trusting(&ServerContext::of("workshop", [&tool]), &tool, trust)
}

/// A tool among nine that all carry its hints.
fn stamped(of: (&str, &str), hints: &Value, trust: AnnotationTrust) -> Verdict {
    let mut tools = vec![tool(of, hints.clone())];
    tools.extend((0..9).map(|n| tool((&format!("list_shelf_{n}"), "List a shelf."), hints.clone())));
    RULES.judge_trusting(&ServerContext::of("workshop", &tools), &tools[0], trust)
}

type Told = (Class, Risk, Vec<(String, ClaimEffect)>);

fn told(verdict: &Verdict) -> Told {
    let audit = verdict.audit.iter().map(|finding| (finding.claim.clone(), finding.effect));
    (verdict.class, verdict.risk, audit.collect())
}

fn expected(class: Class, risk: Risk, audit: &[(&str, ClaimEffect)]) -> Told {
    (class, risk, audit.iter().map(|(claim, effect)| ((*claim).to_owned(), *effect)).collect())
}

#[test]
fn each_claim_raises_or_is_told_and_lowers_nothing() {
    use ClaimEffect::{NotFollowed, Raised};
    use Class::{Execute, Read, Write};
    use Risk::{Critical, High, Low, Medium};
    for (of, hints, should) in [
        // What the definition says, too.
        (LOOK, json!({}), expected(Read, Low, &[])),
        (LOOK, json!({"readOnlyHint": true}), expected(Read, Low, &[])),
        (LOOK, json!({"readOnlyHint": true, "destructiveHint": true}), expected(Read, Low, &[])),
        (LOOK, json!({"destructiveHint": false}), expected(Read, Low, &[])),
        (WRITE, json!({"readOnlyHint": false}), expected(Write, Medium, &[])),
        (WRITE, json!({"destructiveHint": false}), expected(Write, Medium, &[])),
        (LOSE, json!({"destructiveHint": true}), expected(Write, Critical, &[])),
        // What the definition does not say: graver is followed where it is stated …
        (LOOK, json!({"destructiveHint": true}), expected(Write, Medium, &[("destructiveHint: true", Raised)])),
        (
            LOOK,
            json!({"readOnlyHint": false, "destructiveHint": true}),
            expected(Write, Medium, &[("readOnlyHint: false", Raised)]),
        ),
        (WRITE, json!({"destructiveHint": true}), expected(Write, High, &[("destructiveHint: true", Raised)])),
        (
            RUN,
            json!({"readOnlyHint": false, "destructiveHint": true}),
            expected(Execute, Critical, &[("destructiveHint: true", Raised)]),
        ),
        // … but not where an SDK writes it when nobody said anything.
        (LOOK, json!({"readOnlyHint": false}), expected(Read, Low, &[("readOnlyHint: false", NotFollowed)])),
        (
            LOOK,
            json!({"readOnlyHint": false, "destructiveHint": true, "idempotentHint": false, "openWorldHint": true}),
            expected(Read, Low, &[]),
        ),
        // Milder is told and not followed.
        (WRITE, json!({"readOnlyHint": true}), expected(Write, Medium, &[("readOnlyHint: true", NotFollowed)])),
        (LOSE, json!({"readOnlyHint": true}), expected(Write, Critical, &[("readOnlyHint: true", NotFollowed)])),
        (
            LOSE,
            json!({"destructiveHint": false}),
            expected(Write, Critical, &[("destructiveHint: false", NotFollowed)]),
        ),
        (UNKNOWN, json!({"readOnlyHint": true}), expected(Write, Medium, &[("readOnlyHint: true", NotFollowed)])),
    ] {
        let verdict = alone(of, hints.clone(), AnnotationTrust::RaiseOnly);
        assert_eq!(told(&verdict), should, "{} {hints}: {:?}", of.0, verdict.audit);
    }
}

#[test]
fn nothing_said_and_something_denied_are_told_apart() {
    let known = alone(WRITE, json!({"readOnlyHint": true}), AnnotationTrust::RaiseOnly);
    let unknown = alone(UNKNOWN, json!({"readOnlyHint": true}), AnnotationTrust::RaiseOnly);
    assert!(known.audit[0].finding.contains("speaks of write"), "{:?}", known.audit);
    assert!(unknown.audit[0].finding.contains("nothing in its definition"), "{:?}", unknown.audit);
}

#[test]
fn hints_that_every_tool_of_a_server_carries_tell_nothing_apart() {
    use ClaimEffect::NotFollowed;
    for (hints, audit) in [
        (json!({"readOnlyHint": false, "destructiveHint": true}), vec![("destructiveHint: true", NotFollowed)]),
        (json!({"readOnlyHint": false, "destructiveHint": false}), vec![("readOnlyHint: false", NotFollowed)]),
        (json!({"destructiveHint": true}), vec![("destructiveHint: true", NotFollowed)]),
        (json!({"destructiveHint": false}), vec![]),
        (json!({"readOnlyHint": true}), vec![]),
    ] {
        let verdict = stamped(LOOK, &hints, AnnotationTrust::RaiseOnly);
        assert_eq!(told(&verdict), expected(Class::Read, Risk::Low, &audit), "{hints}");
        let write = stamped(WRITE, &hints, AnnotationTrust::RaiseOnly);
        assert_eq!((write.class, write.risk), (Class::Write, Risk::Medium), "{hints}: {:?}", write.audit);
    }
    // The operator who trusts them trusts a stamp as well.
    let trusted = stamped(LOOK, &json!({"destructiveHint": true}), AnnotationTrust::Full);
    assert_eq!(trusted.class, Class::Write, "{:?}", trusted.audit);
}

#[test]
fn only_an_operator_who_trusts_them_is_told_less_by_them() {
    use ClaimEffect::Lowered;
    let trusted = |of, hints| alone(of, hints, AnnotationTrust::Full);
    let read = trusted(LOSE, json!({"readOnlyHint": true}));
    assert_eq!(told(&read), expected(Class::Read, Risk::Low, &[("readOnlyHint: true", Lowered)]));
    assert!(!read.traits.contains(&Trait::Destructive));
    let kept = trusted(LOSE, json!({"destructiveHint": false}));
    assert_eq!(told(&kept), expected(Class::Write, Risk::Medium, &[("destructiveHint: false", Lowered)]));
    let blind = alone(LOOK, json!({"destructiveHint": true}), AnnotationTrust::Ignore);
    assert_eq!(told(&blind), expected(Class::Read, Risk::Low, &[]));
}
