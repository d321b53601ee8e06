//! Policies from outside: decisions in, documents out, and the documents asked what they do.

use crate::support::policy::{plan_of, server, tool};
use mcpdex::policy::{
    Condition, Decision, Deviation, PlannedServer, PolicyEffect, Profile, RefusalMode, Refused, SqlDialect, Target,
    TargetOptions, Test, Uncounted, Window, answer, document, table,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Names that parsers, wildcards and prototypes trip over.
const HOSTILE: [&str; 24] = [
    "*",
    "_global",
    "__proto__",
    "constructor",
    "a.b",
    "a_b",
    "a b",
    "a\nb",
    "\"",
    "'",
    "\\",
    "]",
    "`",
    "#",
    "${x}",
    "{{x}}",
    "\u{0}",
    "\u{202e}evil",
    "re\u{430}d",
    "read",
    "delete\u{200b}",
    "漢字",
    "Tool::\"x\"",
    "shelf-read",
];

fn effects() -> impl Strategy<Value = Decision> {
    let limit = PolicyEffect::Limit { max: 7, window: Window::Hour };
    let plain = prop_oneof![
        Just(PolicyEffect::Allow),
        Just(limit),
        Just(PolicyEffect::Ask),
        Just(PolicyEffect::Deny),
        Just(PolicyEffect::Hide)
    ];
    let tests = prop_oneof![
        proptest::collection::vec(any::<String>(), 1..4).prop_map(Test::OneOf),
        Just(Test::FalseOrAbsent),
        Just(Test::True),
        (1_u32..1_000).prop_map(Test::AtMost),
        "[a-zA-Z0-9_-]{1,9}".prop_map(|name| Test::Inside(vec![format!("/srv/{name}/")])),
        "[a-z0-9]{1,9}".prop_map(|name| Test::Address(vec![format!("https://{name}.example/")])),
        Just(Test::Select(SqlDialect::Generic)),
    ];
    let conditional =
        (prop_oneof![Just(PolicyEffect::Allow), Just(limit)], tests).prop_map(|(effect, test)| Decision {
            effect,
            conditions: vec![Condition { argument: "arg".to_owned(), test, reason: "a\nb".to_owned() }],
            otherwise: PolicyEffect::Deny,
            ..Decision::plain(effect, "because\n\"x\" */ # --")
        });
    prop_oneof![3 => plain.prop_map(|effect| Decision::plain(effect, "why\nnot")), 1 => conditional]
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        2 => "[a-zA-Z_.-]{1,12}",
        2 => any::<String>().prop_filter("tools have names", |name| !name.is_empty()),
        1 => Just("x".repeat(300)),
    ]
}

/// The strictest decision that any tool of this name got.
fn intended(server: &PlannedServer) -> BTreeMap<&str, PolicyEffect> {
    let mut all: BTreeMap<&str, PolicyEffect> = BTreeMap::new();
    for tool in &server.tools {
        let strict = all.get(tool.name.as_str()).copied().unwrap_or(PolicyEffect::Allow);
        all.insert(&tool.name, strict.stricter(tool.decision.effect));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 64 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_tools_are_called_no_document_lets_through_more_than_was_meant(
        tools in proptest::collection::vec((names(), effects()), 0..9)
    ) {
        let planned = tools.into_iter().map(|(name, decision)| {
            let mut tool = tool(&name, decision);
            tool.input_schema = json!({"properties": {"arg": kind_of(&tool.decision)}}).as_object().cloned();
            tool
        });
        let server = server("io.github.example/shelf", planned.collect());
        let options = TargetOptions { lossy: true, ..TargetOptions::default() };
        for target in Target::ALL.iter().copied().filter(|t| cfg!(feature = "verify") || t.capability().engine.is_none()) {
            let written = document(target, std::slice::from_ref(&server), &options, Uncounted::Stricter);
            let written = written.map_err(|refused| TestCaseError::fail(refused.to_string()))?;
            let weak = target.capability().refusal == RefusalMode::Never;
            for (name, wanted) in intended(&server) {
                let answer = answer(target, &written.files, &options, &server, name, &Map::new());
                let answer = answer.map_err(TestCaseError::fail)?;
                let floor = if weak { wanted.rank().min(PolicyEffect::Ask.rank()) } else { wanted.rank() };
                let refused_alike = wanted.is_refused() && answer.is_refused();
                // A name that a target cannot write is left to its default, and the report says so.
                let is_said = |loss: &mcpdex::policy::Loss| {
                    loss.change != Deviation::Stricter && loss.tools.iter().any(|lost| lost.tool == name)
                };
                let fine = answer.rank() >= floor || refused_alike || written.losses.iter().any(is_said);
                prop_assert!(fine, "{target}: {name:?} is {answer}, meant {wanted}");
            }
        }
    }
}

fn kind_of(decision: &Decision) -> Value {
    match decision.conditions.first().map(|c| &c.test) {
        Some(Test::FalseOrAbsent | Test::True) => json!({"type": "boolean"}),
        Some(Test::AtMost(_)) => json!({"type": "number"}),
        _ => json!({"type": "string"}),
    }
}

#[test]
fn each_hostile_name_is_handled_at_each_target_and_every_fall_is_listed() {
    let options = TargetOptions { lossy: true, ..TargetOptions::default() };
    for target in Target::ALL.iter().copied() {
        for name in HOSTILE {
            for effect in [PolicyEffect::Allow, PolicyEffect::Hide] {
                let server = server("io.github.example/shelf", vec![tool(name, Decision::plain(effect, "why"))]);
                let written = document(target, std::slice::from_ref(&server), &options, Uncounted::Stricter)
                    .unwrap_or_else(|refused| panic!("{target} {name:?}: {refused}"));
                let answer = answer(target, &written.files, &options, &server, name, &Map::new()).expect("readable");
                let as_meant = answer == effect || (effect.is_refused() && answer.is_refused());
                assert!(as_meant || !written.losses.is_empty(), "{target} {name:?}: {effect} became {answer} unsaid");
            }
        }
    }
}

#[test]
fn names_that_a_target_spells_alike_get_the_stricter_decision_and_the_report_says_so() {
    let tools = vec![
        tool("send.mail", Decision::plain(PolicyEffect::Allow, "a")),
        tool("send_mail", Decision::plain(PolicyEffect::Hide, "b")),
    ];
    let server = server("io.github.example/shelf", tools);
    let written =
        document(Target::ClaudeCode, std::slice::from_ref(&server), &TargetOptions::default(), Uncounted::Stricter)
            .expect("a document");
    assert!(written.text().contains("\"deny\": [\n      \"mcp__shelf__send_mail\"\n    ]"), "{}", written.text());
    let alike = written.losses.iter().find(|loss| loss.is_of("send.mail")).expect("listed");
    assert_eq!((alike.change, alike.written.as_str()), (Deviation::Stricter, "deny"));
}

#[test]
fn a_target_that_cannot_refuse_never_lets_run_what_was_to_be_refused_and_names_all_of_it() {
    let hidden = |name: &str| tool(name, Decision::plain(PolicyEffect::Hide, "gone is gone"));
    let names = ["burn", "smash", "grind", "melt", "drop"];
    let mut tools: Vec<_> = names.iter().map(|name| hidden(name)).collect();
    tools.push(tool("look", Decision::plain(PolicyEffect::Allow, "it only looks")));
    let server = server("io.github.example/shelf", tools);
    for target in [Target::VsCode, Target::Cursor] {
        let options = TargetOptions::default();
        let written = document(target, std::slice::from_ref(&server), &options, Uncounted::Stricter).expect("written");
        let [loss] = written.losses.as_slice() else { panic!("{target}: {:?}", written.losses) };
        assert_eq!((loss.change, loss.count), (Deviation::Asked, names.len()));
        for name in names {
            assert!(loss.is_of(name) && loss.sentence().contains(&format!("`{name}`")), "{}", loss.sentence());
            let answer = answer(target, &written.files, &options, &server, name, &Map::new()).expect("readable");
            assert_eq!(answer, PolicyEffect::Ask, "{target}: {name}");
        }
    }
}

#[test]
fn a_target_that_can_refuse_writes_nothing_where_it_cannot_name_what_must_be_refused() {
    let server = server("io.github.example/shelf", vec![tool("", Decision::plain(PolicyEffect::Hide, "nameless"))]);
    let plan = std::slice::from_ref(&server);
    let refused = document(Target::ClaudeCode, plan, &TargetOptions::default(), Uncounted::Stricter);
    assert!(matches!(refused, Err(Refused::CannotRefuse { tools: 1, .. })), "{refused:?}");
    let lossy = TargetOptions { lossy: true, ..TargetOptions::default() };
    let written = document(Target::ClaudeCode, plan, &lossy, Uncounted::Stricter).expect("a document");
    assert_eq!(written.losses[0].change, Deviation::Asked);
}

#[test]
fn what_stands_for_many_tools_admits_none_that_the_server_gains_later() {
    let mut tools: Vec<_> =
        (0..9).map(|i| tool(&format!("get_{i}"), Decision::plain(PolicyEffect::Allow, "it reads"))).collect();
    tools.push(tool("fire", Decision::plain(PolicyEffect::Ask, "it starts something")));
    let server = server("io.github.example/shelf", tools);
    let (plan, options) = (std::slice::from_ref(&server), TargetOptions::default());
    for target in Target::ALL.iter().copied().filter(|t| cfg!(feature = "verify") || t.capability().engine.is_none()) {
        let written = document(target, plan, &options, Uncounted::Stricter).expect("a document");
        let ask = |name: &str| answer(target, &written.files, &options, &server, name, &Map::new()).expect("readable");
        assert_eq!(ask("get_3"), PolicyEffect::Allow, "{target}");
        for name in ["get_9", "get_", "get_3_and_drop", "burn"] {
            assert!(!ask(name).is_allowed(), "{target} lets `{name}` run, which nobody looked at");
        }
    }
    let codex = document(Target::Codex, plan, &options, Uncounted::Stricter).expect("a document");
    assert_eq!(codex.text().matches("approval_mode = \"prompt\"").count(), 1, "{}", codex.text());
}

#[test]
fn one_cause_is_one_loss_however_many_tools_and_servers_it_holds_for() {
    let limit = Decision::plain(PolicyEffect::Limit { max: 30, window: Window::Minute }, "it changes data");
    let of = |name: &str| server(name, (0..40).map(|i| tool(&format!("put_{i}"), limit.clone())).collect());
    let servers = [of("io.github.example/shelf"), of("io.github.example/kiln")];
    let written = document(Target::Gemini, &servers, &TargetOptions::default(), Uncounted::Allow).expect("a document");
    let [loss] = written.losses.as_slice() else { panic!("{:?}", written.losses) };
    assert_eq!((loss.change, loss.count, loss.tools.len()), (Deviation::Looser, 80, 80));
    assert!(loss.sentence().starts_with("`put_0`, `put_1`, `put_2` and 77 more were to be 30/minute"), "{loss:?}");
}

#[test]
fn limits_fall_to_asking_or_refusing_unless_the_profile_lets_them_pass_uncounted() {
    let limit = Decision::plain(PolicyEffect::Limit { max: 10, window: Window::Minute }, "it starts something");
    let server = server("io.github.example/shelf", vec![tool("start", limit)]);
    let ask = |target, uncounted| {
        let options = TargetOptions::default();
        let written = document(target, std::slice::from_ref(&server), &options, uncounted).expect("a document");
        answer(target, &written.files, &options, &server, "start", &Map::new()).expect("readable")
    };
    assert_eq!(ask(Target::ClaudeCode, Uncounted::Stricter), PolicyEffect::Ask);
    assert_eq!(ask(Target::LiteLlm, Uncounted::Stricter), PolicyEffect::Hide);
    assert_eq!(ask(Target::LiteLlm, Uncounted::Allow), PolicyEffect::Allow);
    assert_eq!(ask(Target::PolicyLayer, Uncounted::Allow), PolicyEffect::Limit { max: 10, window: Window::Minute });
}

#[test]
fn a_server_with_many_tools_fits_into_lists_of_thirty_two() {
    let allowed = |i: usize| tool(&format!("tool.{i}"), Decision::plain(PolicyEffect::Allow, "reads"));
    let server = server("io.github.example/shelf", (0..700).map(allowed).collect());
    let plan = std::slice::from_ref(&server);
    let written = document(Target::Envoy, plan, &TargetOptions::default(), Uncounted::Stricter);
    if cfg!(feature = "verify") {
        assert!(written.expect("a document").text().contains("includeRegex"));
    } else {
        assert!(matches!(written, Err(Refused::NoEngine(Target::Envoy))));
    }
}

#[test]
fn one_tool_of_each_category_has_the_shape_of_the_reference() {
    let shapes = [
        ("read", json!({"version": "1", "default": "deny", "tools": {"peek": {}}})),
        (
            "write",
            json!({"version": "1", "default": "deny", "tools": {"peek": {"limits":
            [{"counter": "peek_rate", "window": "minute", "max": 30, "scope": "grant"}]}}}),
        ),
        (
            "execute",
            json!({"version": "1", "default": "deny", "tools": {"peek": {"limits":
            [{"counter": "peek_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}),
        ),
        ("destructive", json!({"version": "1", "default": "deny", "hide": ["peek"]})),
        (
            "financial",
            json!({"version": "1", "default": "deny", "tools": {"peek": {"deny_if":
            [{"conditions": [], "on_deny": "Requires human approval."}]}}}),
        ),
    ];
    for (category, shape) in shapes {
        let server = plan_of(Profile::balanced(), "io.github.example/shelf", &[("peek", category)]);
        let written = document(Target::PolicyLayer, &[server], &TargetOptions::default(), Uncounted::Stricter)
            .expect("a document");
        assert_eq!(written.text(), format!("{shape:#}\n"), "{category}");
    }
}

#[test]
fn the_table_of_targets_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy-targets.md");
    let text = std::fs::read_to_string(path).expect("the page exists");
    let (start, end) = ("<!-- made from code: start -->\n", "<!-- made from code: end -->\n");
    let (before, rest) = text.split_once(start).expect("the page has its marks");
    let (found, after) = rest.split_once(end).expect("the page has its marks");
    if std::env::var_os("MCPDEX_REGENERATE").is_some() {
        std::fs::write(path, format!("{before}{start}{}{end}{after}", table())).expect("writable");
        return;
    }
    assert!(found == table(), "run the tests once with MCPDEX_REGENERATE=1");
}
