//! The curated list of sources, `data/sources.toml`: what is crawled by default, names of registries and of directories.
//! Pure.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use url::Url;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: Vec<String>,
    registries: BTreeMap<String, Place>,
    directories: BTreeMap<String, Place>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    url: String,
    #[expect(dead_code, reason = "for readers of the file")]
    what: String,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    // A unit test parses the embedded file, so this cannot fail in a released program.
    toml::from_str(include_str!("../data/sources.toml")).expect("data/sources.toml is checked by a test")
});

/// The name of the registry that `registry` alone means.
pub const OFFICIAL: &str = "official";

/// The sources of a crawl that was given none.
pub fn default_sources() -> &'static [String] {
    &FILE.default
}

/// The address of a registry by its name.
pub fn registry(name: &str) -> Option<Url> {
    FILE.registries.get(name).and_then(|registry| Url::parse(&registry.url).ok())
}

/// The address of a directory by its name.
pub fn directory(name: &str) -> Option<Url> {
    FILE.directories.get(name).and_then(|directory| Url::parse(&directory.url).ok())
}

/// The names of all directories, in order.
pub fn directories() -> impl Iterator<Item = &'static str> {
    FILE.directories.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceSpec;

    #[test]
    fn every_default_source_is_one() {
        assert!(!default_sources().is_empty());
        for word in default_sources() {
            assert!(word.parse::<SourceSpec>().is_ok(), "{word}");
        }
        assert!(registry(OFFICIAL).is_some_and(|url| url.scheme() == "https"));
    }

    #[test]
    fn every_name_stands_for_an_address_of_the_web() {
        assert!(directories().count() >= 4);
        for name in directories() {
            assert!(directory(name).is_some_and(|url| url.scheme() == "https"), "{name}");
            assert!(format!("directory:{name}").parse::<SourceSpec>().is_ok(), "{name}");
        }
        for name in FILE.registries.keys() {
            assert!(registry(name).is_some_and(|url| url.scheme() == "https"), "{name}");
        }
        assert!("directory:nowhere".parse::<SourceSpec>().is_err());
    }
}
