//! The fields that MCP SEP-2793 proposes for a tool's risk, derived from a verdict.

use crate::verdict::{Class, Risk, Trait};
use crate::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// What a call does to a resource. *observe* and *utility* are words of the proposal that no verdict leads to.
    DeedCategory, "SEP-2793 category" {
        Read = "read",
        Observe = "observe",
        Mutate = "mutate",
        Delete = "delete",
        Destroy = "destroy",
        Utility = "utility",
    }
}

words! {
    /// How far the effect of a call reaches.
    BlastRadius, "SEP-2793 blast radius" {
        Item = "item",
        Namespace = "namespace",
        /// A word of the proposal that no verdict leads to.
        Cluster = "cluster",
        Organization = "organization",
        Global = "global",
    }
}

words! {
    /// Whether what a call did can be taken back, and by whom.
    Reversibility, "SEP-2793 reversibility" { Auto = "auto", Manual = "manual", None = "none" }
}

words! {
    /// How many people should agree to a call.
    ApprovalRecommendation, "SEP-2793 approval" { None = "none", Single = "single", Multi = "multi" }
}

/// The fields that MCP SEP-2793 proposes for a tool's risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sep2793 {
    pub risk_level: Risk,
    pub category: DeedCategory,
    pub blast_radius: BlastRadius,
    pub reversibility: Reversibility,
    pub side_effects: Vec<String>,
    pub approval_recommendation: ApprovalRecommendation,
    /// 1 to 5.
    pub min_trust_level: u8,
}

impl Sep2793 {
    /// The fields that follow from a verdict. What no rule recognised is never let through without a person.
    pub fn of(class: Class, traits: &BTreeSet<Trait>, risk: Risk, recognised: bool) -> Sep2793 {
        let has = |of: Trait| traits.contains(&of);
        let changes = class != Class::Read;
        let category = match class {
            Class::Read => DeedCategory::Read,
            _ if has(Trait::Destructive) && has(Trait::Bulk) => DeedCategory::Destroy,
            _ if has(Trait::Destructive) => DeedCategory::Delete,
            _ => DeedCategory::Mutate,
        };
        let blast_radius = if !changes {
            if has(Trait::Bulk) { BlastRadius::Namespace } else { BlastRadius::Item }
        } else if has(Trait::ExternalCommunication) || has(Trait::CodeExecution) || has(Trait::NetworkEgress) {
            BlastRadius::Global
        } else if has(Trait::Privileged) || has(Trait::Financial) {
            BlastRadius::Organization
        } else if has(Trait::Bulk) || class == Class::Execute {
            BlastRadius::Namespace
        } else {
            BlastRadius::Item
        };
        let lost = [Trait::Destructive, Trait::Financial, Trait::ExternalCommunication, Trait::CodeExecution];
        let reversibility = match class {
            Class::Read => Reversibility::Auto,
            _ if lost.into_iter().any(has) => Reversibility::None,
            _ => Reversibility::Manual,
        };
        let approval_recommendation = match risk {
            Risk::Critical => ApprovalRecommendation::Multi,
            Risk::High => ApprovalRecommendation::Single,
            _ if !recognised || has(Trait::Privileged) || has(Trait::CredentialAccess) => {
                ApprovalRecommendation::Single
            }
            Risk::Low | Risk::Medium => ApprovalRecommendation::None,
        };
        let min_trust_level = match risk {
            Risk::Low => 1,
            Risk::Medium if !changes => 2,
            Risk::Medium => 3,
            Risk::High => 4,
            Risk::Critical => 5,
        };
        let own = match class {
            Class::Read => None,
            Class::Write => Some("changes-data"),
            Class::Execute => Some("starts-a-process"),
        };
        // A read leaves no trace but the request that it sends.
        let traced = traits.iter().filter(|of| changes || **of == Trait::NetworkEgress).map(|of| of.as_str());
        Sep2793 {
            risk_level: risk,
            category,
            blast_radius,
            reversibility,
            side_effects: own.into_iter().chain(traced).map(str::to_owned).collect(),
            approval_recommendation,
            min_trust_level,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proposed_fields_follow_from_class_traits_and_risk() {
        let of = |class, traits: &[Trait], recognised| {
            let traits: BTreeSet<Trait> = traits.iter().copied().collect();
            let fields = Sep2793::of(class, &traits, Risk::of(class, &traits), recognised);
            let side_effects = fields.side_effects.join(" ");
            format!(
                "{} {} {} {} {} [{side_effects}]",
                fields.category,
                fields.blast_radius,
                fields.reversibility,
                fields.approval_recommendation,
                fields.min_trust_level
            )
        };
        assert_eq!(of(Class::Read, &[], true), "read item auto none 1 []");
        assert_eq!(of(Class::Read, &[Trait::NetworkEgress], true), "read item auto none 2 [network-egress]");
        assert_eq!(of(Class::Read, &[Trait::CredentialAccess], true), "read item auto single 4 []");
        assert_eq!(of(Class::Write, &[], true), "mutate item manual none 3 [changes-data]");
        assert_eq!(of(Class::Write, &[], false), "mutate item manual single 3 [changes-data]");
        assert_eq!(
            of(Class::Write, &[Trait::Destructive, Trait::Bulk], true),
            "destroy namespace none multi 5 [changes-data destructive bulk]"
        );
        assert_eq!(
            of(Class::Execute, &[Trait::CodeExecution], true),
            "mutate global none multi 5 [starts-a-process code-execution]"
        );
    }
}
