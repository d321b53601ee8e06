//! Whether two sources speak of one server: two claims in, one or apart and why out. Pure, and the same whichever claim
//! comes first.
//!
//! One package, address or bundle makes two claims one; a repository does so only where something beside the claim says
//! that the server is its owner's. Names of two owners are never one, but for a transfer that the old entry itself tells
//! of. A claim that adds code which nothing ties to the other's owner stays apart: it would bring its own tools into
//! somebody else's server.

use super::claim::{IdentityClaim, ListedAs};
use super::key::{CodeRepository, Key};
use super::owner::Owner;
use crate::{Ecosystem, words};
use serde::{Deserialize, Serialize};

words! {
    /// Why two listings are of one server.
    Because, "reason for one server" {
        /// Both sources give one name.
        Name = "name",
        /// Both name one package.
        Package = "package",
        /// Both name one address.
        Endpoint = "endpoint",
        /// Both name one bundle, or one names a bundle that the other's repository has released.
        Bundle = "bundle",
        /// Both are of one repository and its owner.
        Repository = "repository",
        /// The owner has given it another name.
        Renamed = "renamed",
        /// It went from one owner to another, as its old entry says.
        Transferred = "transferred",
    }
}

words! {
    /// Why two listings that have something in common are not of one server; what says most first.
    Apart, "reason for two servers" {
        /// They are of different owners.
        OtherOwner = "other-owner",
        /// One name, and nothing in common behind it.
        OtherCode = "other-code",
        /// One of them adds a package or an address that nothing ties to the other's owner.
        ForeignCode = "foreign-code",
        /// One source lists both as they are.
        BothListed = "both-listed",
        /// One of them claims the repository, and nothing else says that it is its owner's.
        RepositoryClaimed = "repository-claimed",
    }
}

/// What two claims are to each other, with what they have in common or what keeps them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    Same(Because, String),
    Apart(Apart, String),
    Unrelated,
}

/// Why one listing is held to be of the same server as another: as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    pub because: Because,
    /// What both have in common: a name, a package, an address, a repository.
    pub common: String,
    /// The name that was given up, and who gave it.
    pub name: String,
    pub source: String,
    /// The name of the server that it was joined to then, and who listed that.
    pub with: String,
    pub with_source: String,
}

impl Reason {
    /// The reason as a sentence.
    pub fn sentence(&self) -> String {
        let Reason { because, common, name, source, with, with_source } = self;
        let what = match because {
            Because::Name => format!("both give the name {common}"),
            Because::Package => format!("both name the package {common}"),
            Because::Endpoint => format!("both name the address {common}"),
            Because::Bundle => format!("the bundle is {common}"),
            Because::Repository => format!("both are of the repository {common} and its owner"),
            Because::Renamed => format!("its owner has renamed it, and both have {common}"),
            Because::Transferred => format!("it was transferred, and both have {common}"),
        };
        format!("{name} ({source}) is {with} ({with_source}): {what}")
    }
}

impl Apart {
    /// Why two servers that have something in common are not one, as a clause.
    pub fn clause(self, common: &str) -> String {
        match self {
            Apart::OtherOwner => format!("both have {common}, and they are of different owners"),
            Apart::OtherCode => format!("both give the name {common}, and nothing else is in common"),
            Apart::ForeignCode => format!("one adds {common}, which nothing ties to the other's owner"),
            Apart::BothListed => format!("both have {common}, and one source lists them side by side"),
            Apart::RepositoryClaimed => {
                format!("one claims the repository {common}, and nothing else says that it is its owner's")
            }
        }
    }
}

/// One listing of a server, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerListing {
    pub source: String,
    /// The name that the source gives.
    pub name: String,
    pub version: Option<String>,
    pub status: Option<String>,
    /// As the listing claims it.
    pub repository: Option<String>,
    pub packages: Vec<String>,
    pub remotes: Vec<String>,
    pub first_seen: String,
    pub last_seen: String,
    /// Why it is of this server, where it gives another name.
    pub reason: Option<Reason>,
    /// The name that it gives is another server's.
    pub refused: bool,
}

/// What two claims are to each other.
pub fn relate(a: &IdentityClaim, b: &IdentityClaim) -> Relation {
    let (one, other) = (a.owner(), b.owner());
    let shared: Vec<&Key> = a.code.intersection(&b.code).collect();
    // A registry keeps names that differ in letter case alone as two: such are one only by what they have in common.
    if a.name == b.name {
        return of_one_name(a, b, &shared);
    }
    match (&one, &other) {
        (Some(one), Some(other)) => of_two_names(a, b, (one, other), &shared),
        _ => match shared.first() {
            Some(key) => of_one_key(a, b, key),
            None => of_one_repository(a, b),
        },
    }
}

fn of_one_name(a: &IdentityClaim, b: &IdentityClaim, shared: &[&Key]) -> Relation {
    let same = || Relation::Same(Because::Name, a.name.clone());
    if a.source == b.source || a.is_checked() && b.is_checked() {
        return same();
    }
    if !a.code.is_empty() && !b.code.is_empty() {
        if !shared.is_empty() {
            return foreign(a, b).map_or_else(same, |key| Relation::Apart(Apart::ForeignCode, key.to_string()));
        }
        let owner = a.owner();
        if !owner.is_some_and(|owner| a.has_all_code_of(&owner) && b.has_all_code_of(&owner)) {
            return Relation::Apart(Apart::OtherCode, a.name.clone());
        }
    }
    let repositories = [a, b].map(|claim| claim.repository.as_ref().and_then(Owner::of_repository));
    if let ([Some(one), Some(two)], Some(owner)) = (&repositories, a.owner())
        && shared.is_empty()
        && !one.agrees(two)
        && owner.agrees(one) != owner.agrees(two)
    {
        return Relation::Apart(Apart::OtherOwner, a.name.clone());
    }
    same()
}

fn of_two_names(a: &IdentityClaim, b: &IdentityClaim, (one, other): (&Owner, &Owner), shared: &[&Key]) -> Relation {
    let moved = (a.standing == ListedAs::Active) != (b.standing == ListedAs::Active);
    let (old, new) = if a.standing == ListedAs::Active { (b, a) } else { (a, b) };
    let told = moved && old.points_at(&new.name);
    let in_common = shared.first().map(|key| key.to_string());
    if !one.agrees(other) {
        let Some(key) = in_common else {
            let common = common_repository(a, b).filter(|_| a.repository == b.repository);
            return common
                .map_or(Relation::Unrelated, |repository| Relation::Apart(Apart::OtherOwner, repository.to_string()));
        };
        // Only who has the package can have it listed by a registry that checks.
        let checked = a.is_checked() && b.is_checked() && a.source == b.source;
        let adds = old.code.iter().any(|key| !new.code.contains(key));
        return match moved && (told || checked) && !adds && (new.is_checked() || checked) {
            true => Relation::Same(Because::Transferred, key),
            false => Relation::Apart(Apart::OtherOwner, key),
        };
    }
    match in_common {
        None if told && one == other && a.source == b.source => {
            Relation::Same(Because::Renamed, format!("the word of the old entry: {}", new.name))
        }
        None => Relation::Unrelated,
        Some(key) if a.source == b.source && !moved => Relation::Apart(Apart::BothListed, key),
        Some(key) => match (foreign(a, b), moved) {
            (Some(key), _) => Relation::Apart(Apart::ForeignCode, key.to_string()),
            (None, true) => Relation::Same(Because::Renamed, key),
            (None, false) => Relation::Same(shared.first().map_or(Because::Package, |key| kind(key)), key),
        },
    }
}

/// One of them has no name of an owner, and both name `key`.
fn of_one_key(a: &IdentityClaim, b: &IdentityClaim, key: &Key) -> Relation {
    for claim in [a, b] {
        let (name, key_owner) = (claim.owner(), Owner::of_key(key));
        if let (Some(name), Some(key_owner), false) = (name, key_owner, claim.is_checked())
            && !name.agrees(&key_owner)
            && matches!(key, Key::Package(..))
        {
            return Relation::Apart(Apart::OtherOwner, key.to_string());
        }
    }
    match foreign(a, b) {
        Some(key) => Relation::Apart(Apart::ForeignCode, key.to_string()),
        None => Relation::Same(kind(key), key.to_string()),
    }
}

/// One of them has no name of an owner, and no package or address is in common.
fn of_one_repository(a: &IdentityClaim, b: &IdentityClaim) -> Relation {
    let Some(repository) = common_repository(a, b) else { return Relation::Unrelated };
    let Some(owner) = Owner::of_repository(repository) else { return Relation::Unrelated };
    let common = repository.to_string();
    // One folder is no other, and the whole is not its part.
    if a.repository.as_ref().map(|r| &r.folder) != b.repository.as_ref().map(|r| &r.folder) {
        return Relation::Unrelated;
    }
    if a.is_bare() && b.is_bare() {
        let is_its = |claim: &IdentityClaim| claim.owner().is_none_or(|own| own.agrees(&owner));
        return match is_its(a) && is_its(b) {
            true => Relation::Same(Because::Repository, common),
            false => Relation::Apart(Apart::RepositoryClaimed, common),
        };
    }
    for (bare, other) in [(a, b), (b, a)] {
        if bare.is_bare() && bare.owner().is_none() {
            return match other.is_of(&owner) {
                true => Relation::Same(Because::Repository, common),
                false => Relation::Apart(Apart::RepositoryClaimed, common),
            };
        }
    }
    let is_proved =
        |claim: &IdentityClaim| claim.is_of(&owner) && (claim.has_all_code_of(&owner) || claim.is_checked());
    if !(is_proved(a) && is_proved(b)) {
        return Relation::Apart(Apart::RepositoryClaimed, common);
    }
    // Many servers may stand in one repository: only what bears one name is one.
    let stems =
        |claim: &IdentityClaim| claim.code.iter().filter_map(Key::stem).collect::<std::collections::BTreeSet<_>>();
    let kinds = |claim: &IdentityClaim| {
        let of = |key: &Key| if let Key::Package(kind, _) = key { Some(*kind) } else { None };
        claim.code.iter().filter_map(of).collect::<std::collections::BTreeSet<_>>()
    };
    let is_bundle = [a, b].iter().any(|claim| claim.code.iter().any(|key| key.released_by().is_some()));
    match stems(a).is_disjoint(&stems(b)) || !kinds(a).is_disjoint(&kinds(b)) {
        true => Relation::Unrelated,
        false => Relation::Same(if is_bundle { Because::Bundle } else { Because::Repository }, common),
    }
}

fn common_repository<'a>(a: &'a IdentityClaim, b: &IdentityClaim) -> Option<&'a CodeRepository> {
    let (one, other) = (a.repository.as_ref()?, b.repository.as_ref()?);
    ((&one.host, &one.path) == (&other.host, &other.path)).then_some(one)
}

/// The first package or address of one claim that the other does not have and that is not of an owner who stands in the
/// other. A registry that checks answers for what it lists.
fn foreign<'a>(a: &'a IdentityClaim, b: &'a IdentityClaim) -> Option<&'a Key> {
    [(a, b), (b, a)].into_iter().find_map(|(one, other)| {
        let owners = other.owners();
        let is_tied =
            |key: &Key| other.code.contains(key) || Owner::of_key(key).is_some_and(|owner| owners.contains(&owner));
        one.code.iter().find(|key| !one.is_checked() && !is_tied(key))
    })
}

fn kind(key: &Key) -> Because {
    match key {
        Key::Package(Ecosystem::Mcpb, _) => Because::Bundle,
        Key::Package(..) => Because::Package,
        Key::Endpoint(_) => Because::Endpoint,
    }
}
