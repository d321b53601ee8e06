//! Public taxonomies by class and trait, read from `data/taxonomies.toml`, and the fields of MCP SEP-2793.

use super::ruleset::RulesError;
use crate::model::{Class, Framework, Risk, Sep2793, Trait};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const TAXONOMIES: &str = include_str!("../../data/taxonomies.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    framework: Vec<FrameworkSyntax>,
    /// Trait or class → ids, each as `KEY:ID`.
    map: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameworkSyntax {
    key: String,
    name: String,
    /// Where ids and titles were read.
    #[serde(rename = "source")]
    _source: String,
    titles: BTreeMap<String, String>,
}

/// The taxonomies, looked up by trait and class.
#[derive(Debug)]
pub(super) struct Taxonomy {
    by_trait: BTreeMap<Trait, Vec<Framework>>,
    by_class: BTreeMap<Class, Vec<Framework>>,
}

impl Taxonomy {
    pub(super) fn builtin() -> Result<Taxonomy, RulesError> {
        let wrong = |message: String| RulesError::Syntax { file: "data/taxonomies.toml".to_owned(), message };
        let file: File = toml::from_str(TAXONOMIES).map_err(|e| wrong(e.to_string()))?;
        let mut taxonomy = Taxonomy { by_trait: BTreeMap::new(), by_class: BTreeMap::new() };
        for (word, ids) in &file.map {
            let mut entries = Vec::new();
            for id in ids {
                let (key, id) = id.split_once(':').ok_or_else(|| wrong(format!("`{id}` names no framework")))?;
                let framework = file.framework.iter().find(|framework| framework.key == key);
                let framework = framework.ok_or_else(|| wrong(format!("`{key}` is no framework")))?;
                let title = framework.titles.get(id).ok_or_else(|| wrong(format!("`{key}` has no `{id}`")))?;
                entries.push(Framework {
                    framework: framework.name.as_str().into(),
                    id: id.into(),
                    title: title.as_str().into(),
                });
            }
            if let Ok(of) = word.parse::<Trait>() {
                taxonomy.by_trait.insert(of, entries);
            } else {
                let of = word.parse::<Class>().map_err(|e| wrong(e.to_string()))?;
                taxonomy.by_class.insert(of, entries);
            }
        }
        Ok(taxonomy)
    }

    /// The entries that the traits, or lacking those the class, point at; each once, sorted.
    pub(super) fn of(&self, class: Class, traits: &BTreeSet<Trait>) -> Vec<Framework> {
        let mut found: Vec<&Framework> = traits.iter().filter_map(|of| self.by_trait.get(of)).flatten().collect();
        found.extend(self.by_class.get(&class).into_iter().flatten());
        found.sort_unstable();
        found.dedup();
        found.into_iter().cloned().collect()
    }

    /// The fields of SEP-2793, derived.
    pub(super) fn sep2793(&self, class: Class, traits: &BTreeSet<Trait>, risk: Risk) -> Sep2793 {
        let has = |of: Trait| traits.contains(&of);
        let changes = class != Class::Read;
        let category = match class {
            Class::Read => "read",
            _ if has(Trait::Destructive) && has(Trait::Bulk) => "destroy",
            _ if has(Trait::Destructive) => "delete",
            _ => "mutate",
        };
        let blast_radius = if !changes {
            "item"
        } else if has(Trait::ExternalCommunication) || has(Trait::CodeExecution) {
            "global"
        } else if has(Trait::Privileged) || has(Trait::Financial) {
            "organization"
        } else if has(Trait::Bulk) {
            "namespace"
        } else {
            "item"
        };
        let reversibility = if !changes {
            "auto"
        } else if has(Trait::Destructive) || has(Trait::Financial) || has(Trait::ExternalCommunication) {
            "none"
        } else {
            "manual"
        };
        let approval = match risk {
            Risk::Low | Risk::Medium => "none",
            Risk::High => "single",
            Risk::Critical => "multi",
        };
        let min_trust_level = match risk {
            Risk::Low => 1,
            Risk::Medium => 2,
            Risk::High => 4,
            Risk::Critical => 5,
        };
        Sep2793 {
            risk_level: risk,
            category: category.to_owned(),
            blast_radius: blast_radius.to_owned(),
            reversibility: reversibility.to_owned(),
            side_effects: traits.iter().filter(|_| changes).map(|of| of.as_str().to_owned()).collect(),
            approval_recommendation: approval.to_owned(),
            min_trust_level,
        }
    }
}
