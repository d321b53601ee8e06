//! What one source says of one server, cut down to what tells servers apart.

use super::bridge::is_bridge;
use super::key::{CodeRepository, Key};
use super::owner::Owner;
use crate::{DELETED, Listing};
use serde_json::Value;
use std::collections::BTreeSet;

/// Longer notes of a registry are cut to this many characters: a name stands at their beginning.
const NOTE: usize = 500;

/// How a source holds a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListedAs {
    Active,
    Deprecated,
    Deleted,
}

/// What one source says of who a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityClaim {
    /// The name that the source gives.
    pub name: String,
    pub source: String,
    /// Its packages and addresses. A bridge is none: it is the same program in front of any server.
    pub code: BTreeSet<Key>,
    /// Packages that only pass calls on.
    pub bridges: BTreeSet<Key>,
    /// The repository that it claims, or that has released its bundle.
    pub repository: Option<CodeRepository>,
    pub standing: ListedAs,
    /// What the registry notes about its standing.
    pub note: Option<String>,
}

impl IdentityClaim {
    /// What a listing says.
    pub fn of(listing: &Listing) -> IdentityClaim {
        let packages = listing.packages.iter().filter_map(Key::of_package);
        let (bridges, packages): (BTreeSet<Key>, BTreeSet<Key>) = packages.partition(is_bridge);
        let endpoints = listing.remotes.iter().filter_map(|remote| Key::of_endpoint(&remote.url));
        let code: BTreeSet<Key> = packages.into_iter().chain(endpoints).collect();
        let folder = member(listing.manifest.as_deref(), "subfolder").unwrap_or_default();
        let claimed = listing.repository.as_deref().and_then(CodeRepository::read);
        let claimed = claimed.map(|repository| if folder.is_empty() { repository } else { repository.at(&folder) });
        IdentityClaim {
            name: listing.claimed.as_ref().unwrap_or(&listing.server).0.clone(),
            source: listing.source.clone(),
            repository: claimed.or_else(|| code.iter().find_map(Key::released_by)),
            code,
            bridges,
            standing: match listing.status.as_deref() {
                Some(DELETED) => ListedAs::Deleted,
                Some("deprecated") => ListedAs::Deprecated,
                _ => ListedAs::Active,
            },
            note: member(listing.meta.as_deref(), "statusMessage"),
        }
    }

    /// Whose its name is; `None` for a name that is no more than what a source calls it.
    pub fn owner(&self) -> Option<Owner> {
        Owner::of_name(&self.name)
    }

    /// Whether the source has checked that the name is its publisher's and that the packages are the name's, as registries
    /// of the official kind do before they list anything.
    pub fn is_checked(&self) -> bool {
        (self.source.starts_with("registry:") || self.source == "sample") && self.owner().is_some()
    }

    /// Whether it names no code at all: its repository is all that is known of it.
    pub fn is_bare(&self) -> bool {
        self.code.is_empty() && self.bridges.is_empty()
    }

    /// Everyone whose name stands in it, what it merely claims included.
    pub fn owners(&self) -> BTreeSet<Owner> {
        let repository = self.repository.as_ref().and_then(Owner::of_repository);
        self.owner().into_iter().chain(self.code.iter().filter_map(Owner::of_key)).chain(repository).collect()
    }

    /// Whether something beside its own word says that it is of this owner: its name, or all of its code, where its name is
    /// not somebody else's that nobody has checked.
    pub fn is_of(&self, owner: &Owner) -> bool {
        match self.owner() {
            Some(own) if own.agrees(owner) => true,
            Some(_) if !self.is_checked() => false,
            _ => self.has_all_code_of(owner),
        }
    }

    /// Whether every package and address of it is this owner's by its spelling; not so where there is none.
    pub fn has_all_code_of(&self, owner: &Owner) -> bool {
        !self.code.is_empty() && self.code.iter().all(|key| Owner::of_key(key).is_some_and(|other| other.agrees(owner)))
    }

    /// Whether it says that this name took its place.
    pub fn points_at(&self, name: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
        self.note.as_deref().is_some_and(|note| {
            note.match_indices(name).any(|(at, found)| {
                let (before, after) = (&note[..at], &note[at + found.len()..]);
                // A full stop ends a sentence unless a name goes on behind it.
                let mut behind = after.chars();
                let goes_on = match behind.next() {
                    Some('.') => behind.next().is_some_and(is_part),
                    next => next.is_some_and(is_part),
                };
                !goes_on && !before.ends_with(|c: char| is_part(c) || c == '.')
            })
        })
    }
}

/// A text by its key, wherever in a document it stands.
fn member(document: Option<&str>, key: &str) -> Option<String> {
    let document = document.filter(|text| text.contains(key))?;
    let mut rest = vec![serde_json::from_str::<Value>(document).ok()?];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(members) => {
                for (name, below) in members {
                    match below {
                        Value::String(text) if name == key => return Some(text.chars().take(NOTE).collect()),
                        Value::Object(_) => rest.push(below),
                        _ => {}
                    }
                }
            }
            _ => return None,
        }
    }
    None
}
