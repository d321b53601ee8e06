//! Planned servers for the tests of policies.

use mcpdex::model::{Category, Class, Confidence, Risk, Sep2793, Trait, Verdict};
use mcpdex::policy::{Decision, PlannedServer, PlannedTool, Profile, alias_of, decide_by};
use std::collections::BTreeSet;

pub(crate) fn tool(name: &str, decision: Decision) -> PlannedTool {
    PlannedTool::new(name, decision)
}

pub(crate) fn server(name: &str, tools: Vec<PlannedTool>) -> PlannedServer {
    PlannedServer { name: name.to_owned(), alias: alias_of(name), launch: None, tools }
}

/// A sure verdict of a category.
pub(crate) fn verdict(name: &str, category: Category) -> Verdict {
    let (class, traits): (Class, &[Trait]) = match category {
        Category::Read => (Class::Read, &[]),
        Category::Write => (Class::Write, &[]),
        Category::Execute => (Class::Execute, &[]),
        Category::Destructive => (Class::Write, &[Trait::Destructive]),
        Category::Financial => (Class::Write, &[Trait::Financial]),
    };
    let traits: BTreeSet<Trait> = traits.iter().copied().collect();
    let risk = Risk::of(class, &traits);
    Verdict {
        server: "example".to_owned(),
        name: name.to_owned(),
        class,
        risk,
        category,
        traits,
        confidence: Confidence::High,
        rationale: String::new(),
        evidence: Vec::new(),
        overruled: Vec::new(),
        operations: Vec::new(),
        frameworks: Vec::new(),
        sep2793: Sep2793 {
            risk_level: risk,
            category: "mutate".to_owned(),
            blast_radius: "item".to_owned(),
            reversibility: "auto".to_owned(),
            side_effects: Vec::new(),
            approval_recommendation: "none".to_owned(),
            min_trust_level: 1,
        },
        audit: Vec::new(),
        notes: Vec::new(),
        unread: Vec::new(),
        does: String::new(),
        recognised: true,
        ruleset: String::new(),
    }
}

/// A server whose tools are of these categories, decided by a profile.
pub(crate) fn plan_of(profile: &Profile, name: &str, tools: &[(&str, &str)]) -> PlannedServer {
    let planned = tools.iter().map(|(tool, category)| {
        let verdict = verdict(tool, category.parse().expect("a category"));
        PlannedTool::new(*tool, decide_by(profile, &verdict, None))
    });
    server(name, planned.collect())
}
