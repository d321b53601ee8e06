//! The curated list of sources, `data/sources.toml`, and the user's files of the same shape on top of it: what is crawled by
//! default, and names that stand for addresses, each with how its site wants to be asked. Pure.

use super::spec::{SourceSpec, SpecError};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;
use url::Url;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    default: Option<Vec<String>>,
    registries: BTreeMap<String, Entry>,
    directories: BTreeMap<String, Entry>,
    catalogues: BTreeMap<String, Entry>,
    lists: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    url: String,
    what: String,
    /// Milliseconds between two of its pages, at least.
    #[serde(default)]
    pause: u64,
}

/// The longest pause that a file may ask for, in milliseconds.
const LONGEST_PAUSE: u64 = 600_000;

/// What a name stands for, by the word that stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CuratedKind {
    Registry,
    Directory,
    Catalogue,
    List,
}

impl CuratedKind {
    const ALL: [CuratedKind; 4] =
        [CuratedKind::Registry, CuratedKind::Directory, CuratedKind::Catalogue, CuratedKind::List];

    /// The word before the name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            CuratedKind::Registry => "registry",
            CuratedKind::Directory => "directory",
            CuratedKind::Catalogue => "catalogue",
            CuratedKind::List => "list",
        }
    }
}

/// One source of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CuratedSource {
    pub kind: CuratedKind,
    pub name: String,
    pub url: Url,
    /// What it gives, in a line.
    pub what: String,
    /// Between two of its pages, at least.
    pub pause: Duration,
    /// The file that says it; `None` for the embedded list.
    pub by: Option<String>,
}

impl CuratedSource {
    /// How it is named on the command line.
    pub fn word(&self) -> String {
        format!("{}:{}", self.kind.word(), self.name)
    }

    /// The source itself.
    pub fn spec(&self) -> SourceSpec {
        let url = self.url.clone();
        match self.kind {
            CuratedKind::Registry => SourceSpec::Registry(url),
            CuratedKind::Directory => SourceSpec::Directory(url),
            CuratedKind::Catalogue => SourceSpec::Document(url),
            CuratedKind::List => SourceSpec::List(url),
        }
    }
}

/// A file of sources that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct CuratedError {
    pub file: String,
    pub why: String,
}

/// The list of sources that is in force.
#[derive(Debug, Clone)]
pub struct Curated {
    default: Vec<String>,
    sources: BTreeMap<(CuratedKind, String), CuratedSource>,
}

static EMBEDDED: LazyLock<Curated> = LazyLock::new(|| {
    let mut curated = Curated { default: Vec::new(), sources: BTreeMap::new() };
    // A unit test parses the embedded file, so this cannot fail in a released program.
    curated.add(None, include_str!("../data/sources.toml")).expect("data/sources.toml is checked by a test");
    curated
});

/// The name of the registry that `registry` alone means.
pub const OFFICIAL: &str = "official";

impl Curated {
    /// The list that is part of the program.
    pub fn embedded() -> &'static Curated {
        &EMBEDDED
    }

    /// The embedded list with the user's files on top, each by its name and text: of two words on one source the last
    /// counts.
    ///
    /// # Errors
    /// A file says what is not understood: nothing is crawled by half of what was said.
    pub fn with(files: &[(String, String)]) -> Result<Curated, CuratedError> {
        let mut curated = EMBEDDED.clone();
        for (file, text) in files {
            curated.add(Some(file), text)?;
        }
        Ok(curated)
    }

    fn add(&mut self, by: Option<&str>, text: &str) -> Result<(), CuratedError> {
        let wrong = |why: String| CuratedError { file: by.unwrap_or("data/sources.toml").to_owned(), why };
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        let kinds = [file.registries, file.directories, file.catalogues, file.lists];
        for (kind, entries) in CuratedKind::ALL.into_iter().zip(kinds) {
            for (name, entry) in entries {
                let word = format!("{}:{name}", kind.word());
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
                if name.is_empty() || name.len() > 60 || !name.chars().all(plain) {
                    return Err(wrong(format!("`{word}` is no name: letters, digits, `-` and `_` make one")));
                }
                let url = Url::parse(&entry.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
                let url = url.ok_or_else(|| wrong(format!("the address of `{word}` is none of the web")))?;
                if entry.pause > LONGEST_PAUSE {
                    return Err(wrong(format!("the pause of `{word}` is longer than {LONGEST_PAUSE} milliseconds")));
                }
                let (what, pause) = (entry.what, Duration::from_millis(entry.pause));
                let source = CuratedSource { kind, name: name.clone(), url, what, pause, by: by.map(str::to_owned) };
                self.sources.insert((kind, name), source);
            }
        }
        if let Some(default) = file.default {
            for word in &default {
                self.read(word).map_err(|error| wrong(error.to_string()))?;
            }
            self.default = default;
        }
        Ok(())
    }

    /// Reads a word of the command line, by the names of this list.
    ///
    /// # Errors
    /// It names no source.
    pub fn read(&self, word: &str) -> Result<SourceSpec, SpecError> {
        SourceSpec::read(word, self)
    }

    /// The sources of a crawl that was given none.
    pub fn default_sources(&self) -> &[String] {
        &self.default
    }

    /// The source of a name.
    pub fn source(&self, kind: CuratedKind, name: &str) -> Option<&CuratedSource> {
        self.sources.get(&(kind, name.to_owned()))
    }

    /// All sources, by kind and name.
    pub fn sources(&self) -> impl Iterator<Item = &CuratedSource> {
        self.sources.values()
    }

    /// The names of a kind, in order.
    pub fn names(&self, kind: CuratedKind) -> impl Iterator<Item = &str> {
        self.sources().filter(move |source| source.kind == kind).map(|source| source.name.as_str())
    }

    /// The pauses that sources ask for, by the spelling under which they are remembered.
    pub fn pauses(&self) -> BTreeMap<String, Duration> {
        let slow = self.sources().filter(|source| !source.pause.is_zero());
        slow.map(|source| (source.spec().to_string(), source.pause)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_source_is_one_and_every_name_stands_for_an_address_of_the_web() {
        let curated = Curated::embedded();
        assert!(!curated.default_sources().is_empty());
        for word in curated.default_sources() {
            assert!(curated.read(word).is_ok(), "{word}");
        }
        for kind in CuratedKind::ALL {
            assert!(curated.names(kind).count() >= 1, "{kind:?}");
        }
        for source in curated.sources() {
            assert_eq!(source.url.scheme(), "https", "{}", source.word());
            assert_eq!(curated.read(&source.word()).expect("a source"), source.spec(), "{}", source.word());
            assert!(!source.what.is_empty());
        }
        assert!(curated.source(CuratedKind::Registry, OFFICIAL).is_some());
        assert!(curated.read("directory:nowhere").is_err() && curated.read("catalogue:nowhere").is_err());
    }

    #[test]
    fn a_users_file_lies_on_top_and_half_of_one_is_none() {
        let own = "default = [\"directory:kilns\"]\n[directories.kilns]\nurl = \"https://kilns.example/v1\"\nwhat = \"x\"\n\
            pause = 1500\n[registries.official]\nurl = \"https://mirror.example/v0.1\"\nwhat = \"our mirror\"\n";
        let curated = Curated::with(&[("mine.toml".to_owned(), own.to_owned())]).expect("a list");
        assert_eq!(curated.default_sources(), ["directory:kilns"]);
        let kilns = curated.source(CuratedKind::Directory, "kilns").expect("a source");
        assert_eq!((kilns.pause.as_millis(), kilns.by.as_deref()), (1500, Some("mine.toml")));
        assert_eq!(curated.read("registry").expect("one").to_string(), "registry:https://mirror.example/v0.1");
        assert_eq!(curated.pauses().get("directory:https://kilns.example/v1").map(Duration::as_millis), Some(1500));
        for wrong in [
            "[directories.kilns]\nurl = \"https://x.example\"\n",
            "[directories.kilns]\nurl = \"file:///etc\"\nwhat = \"x\"\n",
            "[directories.\"a b\"]\nurl = \"https://x.example\"\nwhat = \"x\"\n",
            "[directory.kilns]\nurl = \"https://x.example\"\nwhat = \"x\"\n",
            "[lists.a]\nurl = \"https://x.example\"\nwhat = \"x\"\npause = 99999999\n",
            "default = [\"directory:nowhere\"]\n",
            "default = [",
        ] {
            let refused = Curated::with(&[("mine.toml".to_owned(), wrong.to_owned())]);
            assert_eq!(refused.expect_err("refused").file, "mine.toml", "{wrong}");
        }
    }
}
