//! The public taxonomies of a SARIF log: each edition once with the entries that results point at, and the pointers.

use crate::classify::taxonomy_editions;
use crate::survey::Gated;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A taxonomy, as a component beside the tool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifTaxonomy {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    is_comprehensive: bool,
    taxa: Vec<Taxon>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Taxon {
    id: String,
    name: String,
}

/// A pointer to an entry.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaxonReference {
    id: String,
    index: usize,
    tool_component: ComponentReference,
}

#[derive(Debug, Serialize)]
struct ComponentReference {
    name: String,
    index: usize,
}

/// The taxonomies that some findings point at.
#[derive(Debug, Default)]
pub(super) struct SarifTaxonomies {
    /// Entries with their titles, by taxonomy.
    used: BTreeMap<String, BTreeMap<String, String>>,
}

impl SarifTaxonomies {
    pub(super) fn of(findings: &[Gated]) -> SarifTaxonomies {
        let mut used: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for entry in findings.iter().flat_map(|gated| &gated.finding.frameworks) {
            let taxonomy = used.entry(entry.framework.to_string()).or_default();
            taxonomy.insert(entry.id.to_string(), entry.title.to_string());
        }
        SarifTaxonomies { used }
    }

    pub(super) fn components(&self) -> Vec<SarifTaxonomy> {
        let editions = taxonomy_editions().unwrap_or_default();
        let component = |(name, entries): (&String, &BTreeMap<String, String>)| {
            let edition = editions.iter().find(|one| one.name == *name);
            SarifTaxonomy {
                name: name.clone(),
                version: edition.map(|one| one.edition.clone()),
                organization: edition.map(|one| one.publisher.clone()),
                is_comprehensive: false,
                taxa: entries.iter().map(|(id, title)| Taxon { id: id.clone(), name: title.clone() }).collect(),
            }
        };
        self.used.iter().map(component).collect()
    }

    /// What a finding points at.
    pub(super) fn of_finding(&self, gated: &Gated) -> Vec<TaxonReference> {
        let wanted: BTreeSet<(&str, &str)> =
            gated.finding.frameworks.iter().map(|entry| (&*entry.framework, &*entry.id)).collect();
        let reference = |(name, id): (&str, &str)| {
            Some(TaxonReference {
                id: id.to_owned(),
                index: self.used.get(name)?.keys().position(|other| other == id)?,
                tool_component: ComponentReference {
                    name: name.to_owned(),
                    index: self.used.keys().position(|other| other == name)?,
                },
            })
        };
        wanted.into_iter().filter_map(reference).collect()
    }
}
