//! Public taxonomies by class and trait, read from `data/taxonomies.toml` and `data/attacks.toml`.

use crate::rules::attacks::taxonomy_by_trait;
use crate::rules::error::RulesError;
use mcpdex_model::{Class, Framework, Trait};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

pub(super) const TAXONOMIES: &str = include_str!("../../data/taxonomies.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    framework: Vec<FrameworkSyntax>,
    /// Class → ids, each as `KEY:ID`.
    map: BTreeMap<Class, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameworkSyntax {
    key: String,
    name: String,
    /// As the publisher numbers it.
    edition: String,
    publisher: String,
    /// Where ids and titles were read.
    #[serde(rename = "source")]
    _source: String,
    titles: BTreeMap<String, String>,
}

/// A public taxonomy in the one edition that verdicts point at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxonomyEdition {
    /// As [`Framework::framework`] has it.
    pub name: String,
    pub edition: String,
    pub publisher: String,
}

/// The editions of all taxonomies that verdicts point at.
///
/// # Errors
/// The embedded file is broken; a test holds that it is not.
pub fn taxonomy_editions() -> Result<Vec<TaxonomyEdition>, RulesError> {
    let edition = |framework: FrameworkSyntax| TaxonomyEdition {
        name: framework.name,
        edition: framework.edition,
        publisher: framework.publisher,
    };
    Ok(read()?.framework.into_iter().map(edition).collect())
}

fn read() -> Result<File, RulesError> {
    toml::from_str(TAXONOMIES).map_err(|why| wrong(why.to_string()))
}

fn wrong(message: String) -> RulesError {
    RulesError::Syntax { file: "data/taxonomies.toml".to_owned(), message }
}

/// A class and traits, as bits.
type Key = (Class, u32);

/// The taxonomies, looked up by trait and class.
#[derive(Debug)]
pub(crate) struct Taxonomy {
    /// What was asked before: there are far fewer combinations than tools.
    known: RwLock<HashMap<Key, Arc<[Framework]>>>,
    by_trait: BTreeMap<Trait, Vec<Framework>>,
    by_class: BTreeMap<Class, Vec<Framework>>,
}

impl Taxonomy {
    pub(crate) fn builtin() -> Result<Taxonomy, RulesError> {
        let file = read()?;
        let entry = |id: &String| {
            let (key, id) = id.split_once(':').ok_or_else(|| wrong(format!("`{id}` names no framework")))?;
            let framework = file.framework.iter().find(|framework| framework.key == key);
            let framework = framework.ok_or_else(|| wrong(format!("`{key}` is no framework")))?;
            let title = framework.titles.get(id).ok_or_else(|| wrong(format!("`{key}` has no `{id}`")))?;
            Ok(Framework { framework: framework.name.as_str().into(), id: id.into(), title: title.as_str().into() })
        };
        let entries = |ids: &[String]| ids.iter().map(entry).collect::<Result<Vec<_>, RulesError>>();
        let by_trait = taxonomy_by_trait()?;
        Ok(Taxonomy {
            known: RwLock::default(),
            by_trait: by_trait.iter().map(|(of, ids)| Ok((*of, entries(ids)?))).collect::<Result<_, RulesError>>()?,
            by_class: file.map.iter().map(|(of, ids)| Ok((*of, entries(ids)?))).collect::<Result<_, RulesError>>()?,
        })
    }

    /// The entries that the traits, or lacking those the class, point at; each once, sorted.
    pub(crate) fn of(&self, class: Class, traits: &BTreeSet<Trait>) -> Arc<[Framework]> {
        let key = (class, traits.iter().fold(0, |all, of| all | 1 << *of as u32));
        if let Some(known) = self.known.read().ok().and_then(|known| known.get(&key).cloned()) {
            return known;
        }
        let found = self.look_up(class, traits);
        if let Ok(mut known) = self.known.write() {
            known.insert(key, Arc::clone(&found));
        }
        found
    }

    fn look_up(&self, class: Class, traits: &BTreeSet<Trait>) -> Arc<[Framework]> {
        let mut found: Vec<&Framework> = traits.iter().filter_map(|of| self.by_trait.get(of)).flatten().collect();
        found.extend(self.by_class.get(&class).into_iter().flatten());
        found.sort_unstable();
        found.dedup();
        found.into_iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(entries: &[Framework], framework: &str) -> bool {
        entries.iter().any(|entry| entry.framework.starts_with(framework) && !entry.title.is_empty())
    }

    #[test]
    fn every_trait_points_at_every_taxonomy_with_both_editions_of_the_llm_list() {
        let taxonomy = Taxonomy::builtin().expect("embedded");
        for of in Trait::ALL {
            let entries = taxonomy.by_trait.get(of).unwrap_or_else(|| panic!("{of} is not mapped"));
            for framework in [
                "OWASP Agentic Top 10 2026",
                "OWASP LLM Top 10 2025",
                "OWASP LLM Top 10 2026",
                "MITRE ATLAS 5.6",
                "CWE 4.16",
            ] {
                assert!(named(entries, framework), "{of} has no entry of {framework}");
            }
            // The list for MCP has no entry for sheer quantity.
            assert!(named(entries, "OWASP MCP Top 10 2025") || *of == Trait::Bulk, "{of}");
        }
        assert!(taxonomy.of(Class::Read, &BTreeSet::new()).is_empty());
        let ids: Vec<String> = taxonomy
            .of(Class::Write, &BTreeSet::from([Trait::Destructive]))
            .iter()
            .map(|entry| format!("{}: {} {}", entry.framework, entry.id, entry.title))
            .collect();
        assert!(ids.contains(&"OWASP LLM Top 10 2025: LLM06 Excessive Agency".to_owned()), "{ids:?}");
        assert!(ids.contains(&"OWASP LLM Top 10 2026: LLM03 Excessive Agency".to_owned()), "{ids:?}");
        assert!(ids.iter().any(|id| id.contains("AML.T0101 Data Destruction via AI Agent Tool Invocation")), "{ids:?}");
    }
}
