//! What traits lead to: `data/attacks.toml` in, the attack patterns of a set of traits and the taxonomy entries of each
//! trait out. It judges nothing.

use crate::rules::error::RulesError;
use mcpdex_model::Trait;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

pub(super) const ATTACKS: &str = include_str!("../../data/attacks.toml");

/// One way in which tools of some traits are abused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttackPattern {
    pub traits: BTreeSet<Trait>,
    /// What happens, in one sentence.
    pub pattern: String,
    /// An address of a page that tells of it.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Trait → entries of public taxonomies, each as `KEY:ID`.
    taxonomy: BTreeMap<Trait, Vec<String>>,
    attack: Vec<AttackPattern>,
}

/// The file, read once: pages ask for its patterns thousands of times.
fn file() -> Result<&'static File, RulesError> {
    static FILE: OnceLock<File> = OnceLock::new();
    if let Some(file) = FILE.get() {
        return Ok(file);
    }
    let wrong =
        |e: toml::de::Error| RulesError::Syntax { file: "data/attacks.toml".to_owned(), message: e.to_string() };
    let read = toml::from_str(ATTACKS).map_err(wrong)?;
    Ok(FILE.get_or_init(|| read))
}

/// The entries of public taxonomies that each trait points at, each as `KEY:ID`.
///
/// # Errors
/// The embedded file is broken; a test holds that it is not.
pub(super) fn taxonomy_by_trait() -> Result<BTreeMap<Trait, Vec<String>>, RulesError> {
    file().map(|file| file.taxonomy.clone())
}

/// The patterns that abuse one of `traits`, in the order of the file.
///
/// # Errors
/// The embedded file is broken; a test holds that it is not.
pub fn attack_patterns(traits: &BTreeSet<Trait>) -> Result<Vec<AttackPattern>, RulesError> {
    Ok(file()?.attack.iter().filter(|attack| !attack.traits.is_disjoint(traits)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trait_has_a_pattern_with_a_source() {
        for of in Trait::ALL {
            let found = attack_patterns(&BTreeSet::from([*of])).expect("embedded");
            assert!(!found.is_empty(), "{of} has no pattern");
            assert!(found.iter().all(|one| one.source.starts_with("https://") && one.pattern.ends_with('.')), "{of}");
        }
        assert!(attack_patterns(&BTreeSet::new()).expect("embedded").is_empty());
    }
}
