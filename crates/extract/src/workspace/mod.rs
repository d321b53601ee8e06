//! Finds the packages of a repository: the files of a folder in, one view for each package out. Computes only.
//!
//! A package owns the files below its manifest, those of packages further below left out. What other packages and loose
//! files of the same repository give it is laid where an installation would put it (`site-packages/`, `node_modules/`):
//! a reader looks there for what is imported, and never starts there. So a tool of a shared library counts for each
//! package whose own start reaches it, and a library that others use and that starts nothing has no tools by itself.

mod manifest;
mod need;

pub use need::{Need, install, is_compiled, is_provided, needs, repository};

use super::{PackageInfo, last_part};
use manifest::Manifest;
use mcpdex_model::Ecosystem;
use std::collections::{BTreeMap, BTreeSet};

/// The folder of a view that holds the Python modules of other packages.
pub(super) const INSTALLED: &str = "site-packages/";

/// One package of a repository as a reader sees it.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    pub package: PackageInfo,
    /// The package's identity, `npm:NAME` or, for kinds without a registry word, `go:MODULE` and the like.
    pub name: String,
    /// Where it lies in the repository, without a slash at its end; empty for the root.
    pub folder: String,
    /// What the reader sees: paths inside of the package, with those of other packages where an installation puts them.
    pub files: BTreeMap<String, &'a [u8]>,
    /// The place in the repository of each of `files`.
    places: BTreeMap<String, String>,
}

impl Part<'_> {
    /// The path in the repository of a path of the view.
    pub fn place<'p>(&'p self, path: &'p str) -> &'p str {
        self.places.get(path).map_or(path, String::as_str)
    }
}

/// Folders whose packages are not offered to anyone.
const ASIDE: [&str; 16] = [
    "test",
    "tests",
    "__tests__",
    "testing",
    "example",
    "examples",
    "sample",
    "samples",
    "fixtures",
    "docs",
    "doc",
    "benchmarks",
    "demo",
    "demos",
    "templates",
    "node_modules",
];

/// The packages of a repository, in the order of their folders; `name` is the repository's own.
///
/// Files that belong to no package make one of that name when they hold source and no manifest lies at the root.
pub fn parts<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> Vec<Part<'a>> {
    let found = Found::read(files, name);
    let mut parts = Vec::new();
    for at in 0..found.manifests.len() {
        if !found.is_used_library(at) {
            parts.push(found.part(at));
        }
    }
    parts
}

/// Every package of the repository and who owns which file.
struct Found<'a> {
    files: &'a BTreeMap<String, Vec<u8>>,
    /// By folder; the root is last when nothing states it.
    manifests: Vec<(String, Manifest)>,
    /// The paths that each package owns.
    own: Vec<Vec<&'a str>>,
    /// Paths below no manifest, when there is one at all.
    loose: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn read(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> Self {
        let mut manifests: BTreeMap<String, Manifest> = BTreeMap::new();
        let mut aside: BTreeSet<String> = BTreeSet::new();
        for (path, bytes) in files {
            let Some(folder) = folder_of(path) else { continue };
            let Some(manifest) = Manifest::read(last_part(path), bytes, last_part(folder)) else { continue };
            if folder.split('/').any(|part| ASIDE.contains(&part)) {
                aside.insert(folder.to_owned());
                continue;
            }
            match manifests.get_mut(folder) {
                Some(known) => known.merge(manifest),
                None => drop(manifests.insert(folder.to_owned(), manifest)),
            }
        }
        let stated = !manifests.is_empty();
        if !manifests.contains_key("") {
            // What lies below no manifest; a folder without any is one package.
            let mut root = Manifest::unstated(name);
            root.loose = stated;
            manifests.insert(String::new(), root);
        }
        let manifests: Vec<(String, Manifest)> = manifests.into_iter().collect();
        let mut found = Found { files, own: vec![Vec::new(); manifests.len()], manifests, loose: Vec::new() };
        for path in files.keys() {
            if aside.iter().any(|folder| !folder.is_empty() && below(path, folder) && !path.contains("node_modules/")) {
                continue;
            }
            if let Some(at) = found.owner(path) {
                found.own[at].push(path);
                if found.manifests[at].1.loose {
                    found.loose.push(path);
                }
            }
        }
        found
    }

    /// The package with the longest folder above `path`.
    fn owner(&self, path: &str) -> Option<usize> {
        let fits = |at: &usize| below(path, &self.manifests[*at].0);
        (0..self.manifests.len()).filter(fits).max_by_key(|at| self.manifests[*at].0.len())
    }

    /// Whether a package starts nothing and another one of the repository uses it, or nothing but loose helpers.
    fn is_used_library(&self, at: usize) -> bool {
        let (_, manifest) = &self.manifests[at];
        if manifest.starts {
            return false;
        }
        if manifest.loose {
            // Loose files beside packages: what the packages reach of them counts for the packages, unless one stands
            // at the root as a program does.
            let program = |path: &&&str| {
                !path.contains('/')
                    && path.rsplit_once('.').is_some_and(|(stem, ending)| {
                        matches!(ending, "py" | "js" | "mjs" | "ts" | "go")
                            && !matches!(stem, "setup" | "conftest" | "noxfile")
                            && !stem.contains('.')
                    })
            };
            return !self.own[at].iter().any(|path| program(&path));
        }
        (0..self.manifests.len()).any(|other| other != at && self.uses(other, at))
    }

    /// Whether `user` depends on `used` or names it in its own source.
    fn uses(&self, user: usize, used: usize) -> bool {
        let (manifest, other) = (&self.manifests[user].1, &self.manifests[used].1);
        if manifest.depends_on(other) {
            return true;
        }
        if manifest.ecosystem != other.ecosystem || !matches!(other.ecosystem, Ecosystem::Npm | Ecosystem::Pypi) {
            return false;
        }
        let Some(word) = other.import_name().filter(|word| word.len() > 2) else { return false };
        if other.ecosystem == Ecosystem::Pypi && !self.modules(used).contains(&word) {
            return false;
        }
        let source = |path: &&&str| !path.ends_with(".json") && !path.ends_with(".toml");
        let named = |path: &&str| {
            std::str::from_utf8(&self.files[*path]).is_ok_and(|text| mentions(text, &word, other.ecosystem))
        };
        self.own[user].iter().filter(source).any(named)
    }

    /// The top-level modules of a Python package.
    fn modules(&self, at: usize) -> BTreeSet<String> {
        let tops = self.own[at].iter().filter(|path| path.ends_with(".py")).filter_map(|path| {
            let path = inside(path, &self.manifests[at].0);
            let path = path.strip_prefix("src/").unwrap_or(path);
            path.split('/').next().map(|top| top.trim_end_matches(".py").to_owned())
        });
        tops.collect()
    }

    fn part(&self, at: usize) -> Part<'a> {
        let (folder, manifest) = &self.manifests[at];
        let mut part = Part {
            package: PackageInfo {
                ecosystem: manifest.ecosystem,
                name: manifest.name.clone(),
                version: manifest.version.clone(),
            },
            name: manifest.identity(),
            folder: folder.clone(),
            files: BTreeMap::new(),
            places: BTreeMap::new(),
        };
        for path in &self.own[at] {
            self.lay(&mut part, inside(path, folder).to_owned(), path);
        }
        // Transitively: what a library uses comes with it.
        let mut used = BTreeSet::from([at]);
        let mut pending = vec![at];
        while let Some(user) = pending.pop() {
            for other in 0..self.manifests.len() {
                if !used.contains(&other) && !self.manifests[other].1.loose && self.uses(user, other) {
                    used.insert(other);
                    pending.push(other);
                    self.install(&mut part, other);
                }
            }
        }
        if !manifest.loose {
            for path in self.loose.iter().filter(|path| path.ends_with(".py")) {
                self.lay(&mut part, format!("{INSTALLED}{path}"), path);
            }
        }
        part
    }

    /// Lays another package where an installation would put it.
    fn install(&self, part: &mut Part<'a>, other: usize) {
        let (folder, manifest) = &self.manifests[other];
        for path in &self.own[other] {
            let rest = inside(path, folder);
            match manifest.ecosystem {
                Ecosystem::Npm => self.lay(part, format!("node_modules/{}/{rest}", manifest.name), path),
                // Its metadata would be taken for the package's own.
                Ecosystem::Pypi if rest.ends_with(".py") || rest.ends_with(".json") => {
                    let rest = rest.strip_prefix("src/").unwrap_or(rest);
                    self.lay(part, format!("{INSTALLED}{rest}"), path);
                }
                _ => {}
            }
        }
    }

    fn lay(&self, part: &mut Part<'a>, at: String, path: &'a str) {
        if !part.files.contains_key(&at) {
            part.files.insert(at.clone(), &self.files[path]);
            part.places.insert(at, path.to_owned());
        }
    }
}

/// The folder that a manifest at `path` speaks for; `None` where it says nothing that others do not say better.
fn folder_of(path: &str) -> Option<&str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder.ends_with(".egg-info") {
        // Beside it stand the files that it was made of.
        return None;
    }
    match folder.ends_with(".dist-info") {
        true => Some(folder.rsplit_once('/').map_or("", |(folder, _)| folder)),
        false => Some(folder),
    }
}

fn below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn inside<'p>(path: &'p str, folder: &str) -> &'p str {
    if folder.is_empty() { path } else { path.get(folder.len() + 1..).unwrap_or_default() }
}

/// Whether source imports `word`: between quotes, perhaps with a path behind, in JavaScript; as a name in Python.
fn mentions(text: &str, word: &str, ecosystem: Ecosystem) -> bool {
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        match ecosystem {
            Ecosystem::Npm => before.ends_with(quote) && after.starts_with(|c| quote(c) || c == '/'),
            _ => !before.ends_with(inner) && !after.starts_with(inner),
        }
    })
}
