//! The three profiles beside each other, over every kind of verdict: strict is never milder than balanced, nor balanced than
//! permissive; and nothing that makes a verdict graver or less sure makes its decision milder.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_model::{
    Category, Class, Confidence, Evidence, Field, OperationVerdict, Risk, Tool, ToolOrigin, Trait, Verdict,
};
use mcpdex_policy::{
    Decision, PlannedTool, PolicyEffect, Profile, Target, TargetOptions, decide_by, decide_with_arguments, standing,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use support::server;

const RISKS: [Risk; 4] = [Risk::Low, Risk::Medium, Risk::High, Risk::Critical];
/// From the surest to the least sure.
const CONFIDENCES: [Confidence; 3] = [Confidence::High, Confidence::Medium, Confidence::Low];
const CLASSES: [Class; 3] = [Class::Read, Class::Write, Class::Execute];
/// Rules whose evidence a profile asks for.
const RULES: [&str; 3] = ["looks", "operates-a-screen", "accepts-only-reading-queries"];

fn evidence(rule: &str) -> Evidence {
    Evidence {
        rule: rule.to_owned(),
        field: Field::Parameter,
        pointer: "/inputSchema".to_owned(),
        text: String::new(),
        start: 0,
        end: 0,
    }
}

fn verdict(class: Class, risk: Risk, traits: &[Trait], confidence: Confidence, rule: &str) -> Verdict {
    let evidence = vec![evidence(rule)];
    Verdict { risk, confidence, evidence, ..Verdict::bare("tool", class, traits) }
}

/// Every set of at most so many traits.
fn sets(most: usize) -> Vec<Vec<Trait>> {
    let mut all = vec![Vec::new()];
    let mut from = 0;
    for _ in 0..most {
        let grown: Vec<Vec<Trait>> = all[from..]
            .iter()
            .flat_map(|set| {
                let next = set.last().map_or(0, |last| Trait::ALL.iter().position(|t| t == last).unwrap() + 1);
                Trait::ALL[next..].iter().map(move |one| [set.as_slice(), &[*one]].concat())
            })
            .collect();
        from = all.len();
        all.extend(grown);
    }
    all
}

/// What each target does with each of two decisions on a tool; decisions that were compared before are not again.
#[derive(Default)]
struct Compared(BTreeMap<String, ()>);

impl Compared {
    /// Nothing that the stricter decision does, at any target, is milder than what the milder one does.
    fn at_least(&mut self, stricter: (&Decision, &Profile), milder: (&Decision, &Profile), why: impl Fn() -> String) {
        let key = format!("{:?} {} {:?} {}", stricter.0, stricter.1.name, milder.0, milder.1.name);
        if self.0.insert(key, ()).is_some() {
            return;
        }
        is_at_least(stricter.0.effect, milder.0.effect, || format!("{} as decided", why()));
        for target in Target::ALL.iter().copied() {
            let stands = |(decision, profile): (&Decision, &Profile)| {
                let plan = [server(vec![PlannedTool::new("tool", decision.clone())])];
                let stands = standing(target, &plan, &TargetOptions::default(), profile.uncounted).unwrap();
                stands[0]["tool"].effect
            };
            is_at_least(stands(stricter), stands(milder), || format!("{} at {target}", why()));
        }
    }
}

fn is_at_least(stricter: PolicyEffect, milder: PolicyEffect, why: impl Fn() -> String) {
    // Two refusals are alike for who calls.
    let alike = stricter.is_refused() && milder.is_refused();
    assert!(alike || stricter.stricter(milder) == stricter, "{}: {stricter} is milder than {milder}", why());
}

#[test]
fn strict_is_never_milder_than_balanced_nor_balanced_than_permissive() {
    let mut compared = Compared::default();
    let origins = [None, Some(ToolOrigin::Live), Some(ToolOrigin::Static), Some(ToolOrigin::Defined)];
    for traits in sets(3) {
        for (class, risk) in CLASSES.into_iter().flat_map(|class| RISKS.map(|risk| (class, risk))) {
            for (confidence, recognised) in CONFIDENCES.into_iter().flat_map(|c| [(c, true), (c, false)]) {
                for rule in RULES {
                    let one = Verdict { recognised, ..verdict(class, risk, &traits, confidence, rule) };
                    let told = || format!("{class} {risk} {traits:?} {confidence} {recognised} {rule}");
                    for origin in origins {
                        let [strict, balanced, permissive] =
                            Profile::builtin().map(|profile| (decide_by(profile, &one, origin), profile));
                        compared.at_least((&strict.0, strict.1), (&balanced.0, balanced.1), told);
                        compared.at_least((&balanced.0, balanced.1), (&permissive.0, permissive.1), told);
                    }
                }
            }
        }
    }
    assert!(compared.0.len() > 30, "only {} pairs of decisions were met", compared.0.len());
}

#[test]
fn nothing_that_is_less_sure_or_graver_gets_a_milder_decision() {
    let mut compared = Compared::default();
    for profile in Profile::builtin() {
        let decide = |one: &Verdict| decide_by(profile, one, Some(ToolOrigin::Live));
        for traits in sets(2) {
            for (class, risk) in CLASSES.into_iter().flat_map(|class| RISKS.map(|risk| (class, risk))) {
                for (confidence, rule) in CONFIDENCES.into_iter().flat_map(|c| RULES.map(|rule| (c, rule))) {
                    let one = verdict(class, risk, &traits, confidence, rule);
                    let mut graver = vec![Verdict { recognised: false, ..one.clone() }];
                    graver.extend(
                        CONFIDENCES
                            .iter()
                            .filter(|c| **c < confidence)
                            .map(|c| Verdict { confidence: *c, ..one.clone() }),
                    );
                    // Who acts on a page clicks (high) oftener than hovers (medium), so of two limits a graver risk may have the
                    // higher one.
                    let limited = rule == "operates-a-screen" && class == Class::Execute;
                    let higher = RISKS.iter().filter(|r| **r > risk && !(limited && **r == Risk::High));
                    graver.extend(higher.map(|r| Verdict { risk: *r, ..one.clone() }));
                    let more = Trait::ALL.iter().filter(|t| !traits.contains(t));
                    graver.extend(more.map(|t| {
                        let traits = [traits.as_slice(), &[*t]].concat();
                        verdict(class, risk, &traits, confidence, rule)
                    }));
                    let decided = decide(&one);
                    for worse in graver {
                        let told = || {
                            let w = &worse;
                            let more =
                                format!("{} {:?} {} recognised: {}", w.risk, w.traits, w.confidence, w.recognised);
                            format!("{}: {class} {risk} {traits:?} {confidence} {rule} made {more}", profile.name)
                        };
                        compared.at_least((&decide(&worse), profile), (&decided, profile), told);
                    }
                }
            }
        }
    }
}

#[test]
fn a_lower_confidence_is_lower() {
    assert!(CONFIDENCES.windows(2).all(|pair| pair[0] > pair[1]) && RISKS.windows(2).all(|pair| pair[0] < pair[1]));
}

/// A tool with something to look at in its arguments, and calls of it.
fn with_arguments() -> Vec<(Tool, Vec<Map<String, Value>>)> {
    let tool = |description: &str, properties: Value| {
        let schema = json!({ "type": "object", "properties": properties });
        let text = json!({ "name": "tool", "description": description, "inputSchema": schema });
        Tool::from_json(&text.to_string()).unwrap()
    };
    let calls = |all: &[Value]| all.iter().map(|call| call.as_object().unwrap().clone()).collect::<Vec<_>>();
    vec![
        (tool("Works.", json!({})), calls(&[json!({})])),
        (
            tool("Works.", json!({ "force": { "type": "boolean" }, "dry_run": { "type": "boolean" } })),
            calls(&[
                json!({}),
                json!({ "force": true }),
                json!({ "dry_run": true }),
                json!({ "dry_run": true, "force": true }),
            ]),
        ),
        (
            tool("Runs SQL.", json!({ "sql": { "type": "string" } })),
            calls(&[json!({}), json!({ "sql": "SELECT id FROM pots" }), json!({ "sql": "DROP TABLE pots" })]),
        ),
        (
            tool("Works.", json!({ "mode": { "type": "string", "enum": ["list", "fix", "burn"] } })),
            calls(&[json!({}), json!({ "mode": "list" }), json!({ "mode": "fix" }), json!({ "mode": "burn" })]),
        ),
        (
            tool(
                "Works.",
                json!({ "url": { "type": "string" }, "path": { "type": "string" }, "amount": { "type": "number" } }),
            ),
            calls(&[json!({}), json!({ "url": "https://pots.example/" }), json!({ "amount": 1 })]),
        ),
    ]
}

#[test]
fn with_arguments_too_a_stricter_profile_and_a_lower_confidence_let_no_further_call_through() {
    let operation = |value: &str, class, traits: &[Trait]| {
        let traits = traits.iter().copied().collect();
        let risk = Risk::of(class, &traits);
        OperationVerdict { parameter: "mode".into(), value: value.into(), class, traits, risk, recognised: true }
    };
    let operations = [
        operation("list", Class::Read, &[]),
        operation("fix", Class::Write, &[]),
        operation("burn", Class::Write, &[Trait::Destructive]),
    ];
    // Whether it runs, waits or is refused: how often it may run differs with what else may.
    let level = |effect: PolicyEffect| effect.rank().clamp(1, 3);
    let tools = with_arguments();
    // Pairs where a guard looks at one of the two.
    let guarded = |set: &Vec<Trait>| {
        set.len() < 2 || set.iter().any(|one| matches!(one, Trait::CodeExecution | Trait::FileAccess))
    };
    for traits in sets(2).into_iter().filter(guarded) {
        for (class, risk) in CLASSES.into_iter().flat_map(|class| RISKS.map(|risk| (class, risk))) {
            for ((tool, calls), rule) in tools.iter().flat_map(|one| RULES.map(|rule| (one, rule))) {
                let mut surer: Option<Vec<u8>> = None;
                for confidence in CONFIDENCES {
                    let mut one = verdict(class, risk, &traits, confidence, rule);
                    one.category = Category::of(class, &one.traits);
                    if tool.input_schema.as_ref().is_some_and(|schema| schema["properties"].get("mode").is_some()) {
                        one.operations = operations.to_vec();
                    }
                    let mut levels = Vec::new();
                    for call in calls {
                        let [strict, balanced, permissive] = Profile::builtin()
                            .map(|profile| level(decide_with_arguments(profile, &one, None, tool).answer(call)));
                        assert!(
                            strict >= balanced && balanced >= permissive,
                            "{class} {risk} {traits:?} {confidence} {rule} {}: {strict} {balanced} {permissive}",
                            Value::Object(call.clone())
                        );
                        levels.extend([strict, balanced, permissive]);
                    }
                    if let Some(surer) = surer.replace(levels.clone()) {
                        let no_milder = levels.iter().zip(&surer).all(|(now, before)| now >= before);
                        assert!(no_milder, "{class} {risk} {traits:?} {confidence} {rule}: {surer:?}, then {levels:?}");
                    }
                }
            }
        }
    }
}
