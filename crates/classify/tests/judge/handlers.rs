//! What the code behind a tool is seen to do: it makes a verdict graver, never milder, and says so where the definition
//! speaks of reading.

use mcpdex_classify::{Ruleset, ServerContext};
use mcpdex_model::{
    ClaimEffect, Class, CodeSeen, Deed, DeedKind, DeedReach, Field, Risk, Tool, ToolSite, Trait, Verdict,
};

fn deed(kind: DeedKind, reach: DeedReach, depth: u32) -> Deed {
    let site = ToolSite { file: "shelf.py".to_owned(), line: 7 + depth };
    Deed { kind, reach, depth, call: "shelf.do".to_owned(), detail: None, site }
}

fn judged(json: &str, deeds: Vec<Deed>) -> Verdict {
    let rules = Ruleset::builtin().expect("the pack compiles");
    let mut tool = Tool::from_json(json).expect("a tool");
    let handler = ToolSite { file: "shelf.py".to_owned(), line: 1 };
    tool.code = Some(CodeSeen { handler, whole: true, deeds });
    rules.judge(&ServerContext::of("shelves", [&tool]), &tool)
}

const LOOK: &str = r#"{"name": "list_shelves", "description": "Lists the shelves."}"#;

#[test]
fn a_look_whose_handler_deletes_is_a_loss_and_a_finding() {
    let verdict = judged(LOOK, vec![deed(DeedKind::Delete, DeedReach::Fixed, 0)]);
    assert_eq!((verdict.class, verdict.risk), (Class::Write, Risk::Critical), "{verdict:?}");
    assert!(verdict.traits.contains(&Trait::Destructive));
    assert!(verdict.audit.iter().any(|of| of.effect == ClaimEffect::Belied), "{:?}", verdict.audit);
    assert!(verdict.rationale.contains("shelf.py:7"), "{}", verdict.rationale);
    // A definition that says as much is belied by nothing.
    let said = judged(
        r#"{"name": "delete_shelf", "description": "Deletes a shelf."}"#,
        vec![deed(DeedKind::Delete, DeedReach::Fixed, 0)],
    );
    assert!(said.audit.iter().all(|of| of.effect != ClaimEffect::Belied), "{:?}", said.audit);
    assert!(!said.rationale.contains("Its code makes it"), "{}", said.rationale);
    // One that speaks of a change is not belied by a graver one.
    let changes = judged(
        r#"{"name": "update_shelf", "description": "Updates a shelf."}"#,
        vec![deed(DeedKind::Delete, DeedReach::Fixed, 0)],
    );
    assert!(changes.traits.contains(&Trait::Destructive), "{}", changes.rationale);
    assert!(changes.audit.iter().all(|of| of.effect != ClaimEffect::Belied), "{:?}", changes.audit);
}

#[test]
fn only_deeds_of_the_kind_the_reach_and_the_depth_count() {
    for (of, should) in [
        (deed(DeedKind::Write, DeedReach::Fixed, 0), Class::Write),
        (deed(DeedKind::Write, DeedReach::Fixed, 1), Class::Write),
        // Deeper down it is often what a library keeps for itself.
        (deed(DeedKind::Write, DeedReach::Fixed, 2), Class::Read),
        (deed(DeedKind::Write, DeedReach::Chosen, 2), Class::Write),
        (deed(DeedKind::Write, DeedReach::Scratch, 0), Class::Read),
        (deed(DeedKind::Delete, DeedReach::Scratch, 0), Class::Read),
        (deed(DeedKind::Network, DeedReach::Fixed, 0), Class::Read),
    ] {
        let verdict = judged(LOOK, vec![of.clone()]);
        assert_eq!(verdict.class, should, "{of:?}: {}", verdict.rationale);
        let graver = should > Class::Read;
        assert_eq!(verdict.risk > Risk::Low, graver, "{of:?}: {}", verdict.rationale);
        assert_eq!(verdict.rationale.contains("Its code makes it"), graver, "{of:?}: {}", verdict.rationale);
    }
}

#[test]
fn two_deeds_of_a_rule_are_shown_and_a_trait_alone_makes_it_graver() {
    let deeds = (0..4).map(|depth| deed(DeedKind::Delete, DeedReach::Chosen, depth)).collect();
    let verdict = judged(LOOK, deeds);
    let shown = verdict.evidence.iter().filter(|of| of.field == Field::Code);
    assert_eq!(shown.count(), 2, "{:?}", verdict.evidence);
    let reaches = judged(LOOK, vec![deed(DeedKind::Network, DeedReach::Chosen, 0)]);
    assert_eq!((reaches.class, reaches.risk), (Class::Read, Risk::Medium), "{}", reaches.rationale);
    assert!(reaches.audit.iter().all(|of| of.effect != ClaimEffect::Belied), "{:?}", reaches.audit);
}

#[test]
fn code_that_does_nothing_makes_nothing_milder() {
    let json = r#"{"name": "wipe_shelf", "description": "Deletes every book of a shelf for good."}"#;
    let verdict = judged(json, Vec::new());
    assert_eq!((verdict.class, verdict.risk), (Class::Write, Risk::Critical));
}
