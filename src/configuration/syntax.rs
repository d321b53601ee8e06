//! `mcpdex.toml` as it lies on disk: its text in, what it says out, every key known and every word checked. Reads nothing.

use crate::model::Risk;
use serde::Deserialize;
use std::path::PathBuf;

/// A file of settings. What is not written says nothing.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConfigurationFile {
    /// Folders of rules, added to the embedded ones.
    pub(super) rules: Vec<PathBuf>,
    /// Files of overrides.
    pub(super) overrides: Vec<PathBuf>,
    /// Files of suppressions.
    pub(super) suppressions: Vec<PathBuf>,
    /// A built-in profile or a file.
    pub(super) profile: Option<String>,
    /// What `mcpdex crawl` reads when nothing is named.
    pub(super) sources: Option<Vec<String>>,
    /// Files of sources, on top of the built-in list.
    pub(super) source_files: Vec<PathBuf>,
    /// What `mcpdex policy` writes for when no target is named.
    pub(super) targets: Option<Vec<String>>,
    pub(super) thresholds: Thresholds,
    /// Overrides in place, as a file of overrides has them.
    pub(super) r#override: Vec<toml::Table>,
    /// Suppressions in place, as a file of suppressions has them.
    pub(super) suppress: Vec<toml::Table>,
}

/// What closes the gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Thresholds {
    pub(super) fail_on: Option<Risk>,
    pub(super) fail_on_unread: Option<bool>,
}

impl ConfigurationFile {
    /// # Errors
    /// The text is no TOML, or says what no key of ours is called.
    pub(super) fn read(text: &str) -> Result<ConfigurationFile, toml::de::Error> {
        toml::from_str(text)
    }

    /// The overrides in place as the text of a file of overrides; `None` where there are none.
    pub(super) fn overrides_in_place(&self) -> Option<String> {
        in_place("override", &self.r#override)
    }

    /// The suppressions in place as the text of a file of suppressions; `None` where there are none.
    pub(super) fn suppressions_in_place(&self) -> Option<String> {
        in_place("suppress", &self.suppress)
    }
}

fn in_place(key: &str, entries: &[toml::Table]) -> Option<String> {
    let entries = entries.iter().cloned().map(toml::Value::Table).collect();
    let file = toml::Table::from_iter([(key.to_owned(), toml::Value::Array(entries))]);
    // What was read as TOML can be written as TOML.
    (!file[key].as_array().is_none_or(Vec::is_empty)).then(|| toml::to_string(&file).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::ConfigurationFile;

    #[test]
    fn an_unknown_key_and_an_unknown_word_are_refused() {
        for text in [
            "rule = [\"x\"]",
            "[thresholds]\nfail_on = \"huge\"",
            "[thresholds]\nfail-on = \"high\"",
            "rules = \"x\"",
            "rules = [",
            "[supress]\nreason = \"x\"",
        ] {
            assert!(ConfigurationFile::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn entries_in_place_are_a_file_of_their_own() {
        let file = ConfigurationFile::read("[[suppress]]\nkind = \"risk\"\nreason = \"x\"\nexpires = \"2030-01-01\"\n");
        let file = file.expect("a file");
        assert!(file.suppressions_in_place().expect("one").contains("[[suppress]]"));
        assert_eq!(file.overrides_in_place(), None);
    }
}
