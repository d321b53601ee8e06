//! Verdicts for the tests of this room.

use mcpdex_model::{Category, Class, Confidence, Risk, Sep2793, Trait, Verdict};
use std::collections::BTreeSet;

/// A sure verdict on an invented tool.
pub(super) fn verdict(name: &str, class: Class, traits: &[Trait]) -> Verdict {
    let traits: BTreeSet<Trait> = traits.iter().copied().collect();
    Verdict {
        server: "example".to_owned(),
        name: name.to_owned(),
        class,
        risk: Risk::of(class, &traits),
        category: Category::of(class, &traits),
        traits,
        confidence: Confidence::High,
        rationale: String::new(),
        evidence: Vec::new(),
        overruled: Vec::new(),
        operations: Vec::new(),
        frameworks: Vec::new(),
        sep2793: Sep2793 {
            risk_level: Risk::Low,
            category: "read".to_owned(),
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
