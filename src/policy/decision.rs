//! The recommended decision on a tool: what a gateway should do when an agent calls it.

use crate::model::{Category, Confidence, Risk, Verdict};
use serde::Serialize;

/// The time over which calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    Minute,
    Hour,
}

impl Window {
    /// The word that policy documents use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Window::Minute => "minute",
            Window::Hour => "hour",
        }
    }
}

/// What happens when the tool is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "effect")]
pub enum Effect {
    /// Allowed without conditions.
    Allow,
    /// Allowed, so many calls in each window.
    Limit { max: u32, window: Window },
    /// Refused until a person approves.
    Ask,
    /// Not shown to the agent, and refused.
    Hide,
}

/// An effect and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    #[serde(flatten)]
    pub effect: Effect,
    /// One sentence for the person who applies it.
    pub reason: String,
}

impl Decision {
    /// What happens and why, in one sentence.
    pub fn sentence(&self) -> String {
        let what = match self.effect {
            Effect::Allow => "allow it".to_owned(),
            Effect::Limit { max, window } => format!("allow it {max} times per {}", window.as_str()),
            Effect::Ask => "refuse it until a person approves".to_owned(),
            Effect::Hide => "hide it from agents and refuse it".to_owned(),
        };
        format!("{what}, because {}", self.reason)
    }
}

/// Decides as the reference product does for each category, and more carefully in two cases: a tool that no rule
/// recognised, or one judged with low confidence, is never allowed unasked; a read of medium risk is limited.
pub fn decide(verdict: &Verdict) -> Decision {
    let limit = |max| Effect::Limit { max, window: Window::Minute };
    let (effect, reason) = match verdict.category {
        Category::Destructive => (Effect::Hide, "what it removes cannot be brought back"),
        Category::Financial => (Effect::Ask, "it moves money or places orders"),
        _ if !verdict.recognised => (Effect::Ask, "no rule recognised this tool, so nothing is known of what it does"),
        _ if verdict.confidence == Confidence::Low => (Effect::Ask, "the verdict on it is uncertain"),
        Category::Execute => (limit(10), "it starts something whose effect goes beyond a record"),
        Category::Write => (limit(30), "it changes data"),
        Category::Read if verdict.risk > Risk::Low => (limit(30), "it only reads, but what it reaches is sensitive"),
        Category::Read => (Effect::Allow, "it only reads"),
    };
    Decision { effect, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Class, Sep2793, Trait};
    use std::collections::BTreeSet;

    fn verdict(class: Class, traits: &[Trait], confidence: Confidence, recognised: bool) -> Verdict {
        let traits: BTreeSet<Trait> = traits.iter().copied().collect();
        Verdict {
            server: "example".to_owned(),
            name: "tool".to_owned(),
            class,
            risk: Risk::of(class, &traits),
            category: Category::of(class, &traits),
            traits,
            confidence,
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
            recognised,
            ruleset: String::new(),
        }
    }

    fn effect(class: Class, traits: &[Trait]) -> Effect {
        decide(&verdict(class, traits, Confidence::High, true)).effect
    }

    #[test]
    fn each_category_gets_the_shape_of_the_reference() {
        let per_minute = |max| Effect::Limit { max, window: Window::Minute };
        assert_eq!(effect(Class::Read, &[]), Effect::Allow);
        assert_eq!(effect(Class::Write, &[]), per_minute(30));
        assert_eq!(effect(Class::Execute, &[]), per_minute(10));
        assert_eq!(effect(Class::Write, &[Trait::Destructive]), Effect::Hide);
        assert_eq!(effect(Class::Write, &[Trait::Financial]), Effect::Ask);
        assert_eq!(effect(Class::Read, &[Trait::CredentialAccess]), per_minute(30));
    }

    #[test]
    fn what_no_rule_recognised_or_is_uncertain_is_never_allowed_unasked() {
        for class in [Class::Read, Class::Write, Class::Execute] {
            assert_eq!(decide(&verdict(class, &[], Confidence::High, false)).effect, Effect::Ask);
            assert_eq!(decide(&verdict(class, &[], Confidence::Low, true)).effect, Effect::Ask);
        }
    }
}
