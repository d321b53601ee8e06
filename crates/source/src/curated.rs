//! The curated list of sources, `data/sources.toml`: what is crawled by default, and names of registries. Pure.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use url::Url;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: Vec<String>,
    registries: BTreeMap<String, Registry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Registry {
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
}
