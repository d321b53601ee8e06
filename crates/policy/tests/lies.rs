//! Documents that lie must come back unverified, for every target: if the replay ever said yes to everything, these fail.
//!
//! Lies come from two places: documents of a looser plan, made for every target alike, and edits of a true document, which
//! stand beside the target in `src/targets/NAME/lies.toml`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{
    Decision, PlannedServer, PolicyEffect, PolicyFile, RefusalMode, Refused, Target, TargetOptions, Test, Uncounted,
    Window, document, verify_files,
};
use serde::Deserialize;
use support::kiln;

/// Targets that this build can replay.
fn targets() -> impl Iterator<Item = Target> {
    Target::ALL.iter().copied().filter(|t| cfg!(feature = "verify") || t.capability().engine.is_none())
}

fn options() -> TargetOptions {
    TargetOptions { lossy: true, ..TargetOptions::default() }
}

fn written(target: Target, plan: &PlannedServer) -> Vec<PolicyFile> {
    let written = document(target, std::slice::from_ref(plan), &options(), Uncounted::Stricter);
    written.unwrap_or_else(|refused| panic!("{target}: {refused}")).files
}

fn verdict(target: Target, plan: &PlannedServer, files: &[PolicyFile]) -> Result<usize, Refused> {
    verify_files(target, std::slice::from_ref(plan), files, &options(), Uncounted::Stricter)
}

fn assert_refused(target: Target, plan: &PlannedServer, files: &[PolicyFile], lie: &str) {
    match verdict(target, plan, files) {
        Err(Refused::Unverified { .. }) => {}
        other => panic!("{target}: {lie}: {other:?}\n{}", files[0].text),
    }
}

#[test]
fn a_true_document_is_verified() {
    for target in targets() {
        let calls = verdict(target, &kiln(), &written(target, &kiln())).unwrap();
        assert!(calls >= kiln().tools.len() * 2, "{target}: {calls}");
    }
}

/// A plan in which one tool is decided otherwise.
fn with(name: &str, change: impl FnOnce(&mut Decision)) -> PlannedServer {
    let mut plan = kiln();
    change(&mut plan.tools.iter_mut().find(|tool| tool.name == name).unwrap().decision);
    plan
}

#[test]
fn a_document_of_a_looser_plan_is_refused_wherever_it_differs() {
    let hour = PolicyEffect::Limit { max: 10_000, window: Window::Minute };
    let looser = |test: Test| move |decision: &mut Decision| decision.conditions[0].test = test;
    let plans = [
        ("a hidden tool is allowed", with("burn_pot", |d| *d = Decision::plain(PolicyEffect::Allow, "lie"))),
        ("a refused tool is allowed", with("drop_pot", |d| *d = Decision::plain(PolicyEffect::Allow, "lie"))),
        ("a refused tool asks", with("drop_pot", |d| *d = Decision::plain(PolicyEffect::Ask, "lie"))),
        ("a tool that asks is allowed", with("pay_pot", |d| *d = Decision::plain(PolicyEffect::Allow, "lie"))),
        ("a counted tool is allowed", with("stir_pot", |d| *d = Decision::plain(PolicyEffect::Allow, "lie"))),
        ("a limit is raised", with("stir_pot", |d| d.effect = hour)),
        ("the values are dropped", with("sort_pot", |d| d.conditions.clear())),
        ("the switch is dropped", with("tilt_pot", |d| d.conditions.clear())),
        ("the rehearsal is dropped", with("test_pot", |d| d.conditions.clear())),
        ("the amount is dropped", with("sell_pot", |d| d.conditions.clear())),
        ("the prefix is dropped", with("open_pot", |d| d.conditions.clear())),
        ("a value is added", with("sort_pot", looser(Test::OneOf(["get", "list", "GET"].map(str::to_owned).to_vec())))),
        ("the bound is loosened", with("sell_pot", looser(Test::AtMost(1_000)))),
        ("the prefix is another", with("open_pot", looser(Test::Address(vec!["https://pots.exampl/".into()])))),
    ];
    for target in targets() {
        let truth = written(target, &kiln());
        let mut refused = 0;
        for (lie, plan) in &plans {
            let files = written(target, plan);
            // Where the target cannot say the difference, its document is the same and no lie.
            let alike = *lie == "a refused tool asks" && !target.capability().ask;
            if files[0].text != truth[0].text && !alike {
                assert_refused(target, &kiln(), &files, lie);
                refused += 1;
            }
        }
        let capability = target.capability();
        let least = match (capability.arguments.is_some(), capability.refusal) {
            (true, _) => 9,
            (false, RefusalMode::Never) => 1,
            (false, _) => 3,
        };
        assert!(refused >= least, "{target}: only {refused} lies could be told");
    }
}

/// What a lie does; each is told of every target that can tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// A tool that must not run by itself does.
    HiddenAllowed,
    /// A test on an argument is gone.
    ConditionDropped,
    /// A tool that the document does not name runs.
    DefaultFlipped,
    /// A test on an argument lets more through.
    BoundLoosened,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lie {
    kind: Kind,
    /// Which file of the document, from 0.
    #[serde(default)]
    file: usize,
    /// A text of the true document, once in it.
    replace: String,
    with: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lies {
    /// Why a document of the target cannot say what happens to tools that it does not name.
    #[serde(default)]
    default_is_fixed: Option<String>,
    #[serde(default, rename = "lie")]
    lies: Vec<Lie>,
}

#[test]
fn an_edited_document_is_refused_for_every_kind_of_lie_that_its_target_can_tell() {
    for target in targets() {
        let folder = target.as_str().replace('-', "_");
        let path = format!("src/targets/{folder}/lies.toml");
        let truth = written(target, &kiln());
        let Ok(text) = std::fs::read_to_string(&path) else { panic!("{target} has no {path}") };
        let lies: Lies = toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        for lie in &lies.lies {
            let mut files = truth.clone();
            let found = files[lie.file].text.matches(lie.replace.as_str()).count();
            assert_eq!(found, 1, "{path}: `{}` stands {found} times in\n{}", lie.replace, files[lie.file].text);
            files[lie.file].text = files[lie.file].text.replace(&lie.replace, &lie.with);
            assert_refused(target, &kiln(), &files, &format!("{:?}: {}", lie.kind, lie.replace));
        }
        let told = |kind| lies.lies.iter().any(|lie| lie.kind == kind);
        assert!(told(Kind::HiddenAllowed), "{path} tells of no tool that runs and must not");
        assert!(
            told(Kind::DefaultFlipped) != lies.default_is_fixed.is_some(),
            "{path}: default-flipped or default_is_fixed"
        );
        let arguments = target.capability().arguments.is_some();
        assert_eq!(told(Kind::ConditionDropped), arguments, "{path}: condition-dropped");
        assert_eq!(told(Kind::BoundLoosened), arguments, "{path}: bound-loosened");
    }
}
