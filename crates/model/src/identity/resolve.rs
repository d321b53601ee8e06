//! Which of many servers are one: every server with what its sources say of it in, the unions with their reasons out.
//!
//! The reasons that rest on a name or on code come before those that rest on a repository, and a union that would put
//! together what is held apart is not made. So nobody can split others by what they claim, only keep away themselves.

use super::claim::{IdentityClaim, ListedAs};
use super::marks::{ClaimedServer, marks};
use super::relation::{Because, Reason, Relation, relate};
use super::{CodeRepository, Key, Owner};
use std::collections::{BTreeMap, BTreeSet};

/// Of servers that have one key, so many are compared with each other; beyond, each stays what it is called.
const COMPARED: usize = 200;

/// Two servers that are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Union {
    /// The name that stays.
    pub kept: String,
    /// The name that is given up.
    pub other: String,
    pub reason: Reason,
}

/// The unions among servers, each other name once.
pub fn resolve(servers: &[ClaimedServer]) -> Vec<Union> {
    let mut servers: Vec<&ClaimedServer> = servers.iter().collect();
    servers.sort_by(|a, b| a.name.cmp(&b.name));
    let servers = servers.as_slice();
    let mut found: Vec<(u8, usize, usize, Reason)> = candidates(servers)
        .into_iter()
        .filter_map(|(a, b)| {
            let (reason, is_apart) = between(servers[a], servers[b]);
            let reason = reason.filter(|_| !is_apart)?;
            Some((weight(&reason), a, b, reason))
        })
        .collect();
    found.sort_by(|x, y| {
        (x.0, &servers[x.1].name, &servers[x.2].name).cmp(&(y.0, &servers[y.1].name, &servers[y.2].name))
    });
    // A repository leads to one server, or it leads nowhere.
    let ambiguous = ambiguous(servers, &found);
    let mut groups: Vec<usize> = (0..servers.len()).collect();
    let mut members: BTreeMap<usize, Vec<usize>> = (0..servers.len()).map(|at| (at, vec![at])).collect();
    let mut reasons: BTreeMap<usize, Vec<(usize, usize, Reason)>> = BTreeMap::new();
    for (weight, a, b, reason) in found {
        let (one, other) = (groups[a], groups[b]);
        if one == other || weight > 0 && (ambiguous.contains(&a) || ambiguous.contains(&b)) {
            continue;
        }
        let apart = members[&one].iter().any(|x| members[&other].iter().any(|y| between(servers[*x], servers[*y]).1));
        if apart {
            continue;
        }
        let moved = members.remove(&other).unwrap_or_default();
        moved.iter().for_each(|at| groups[*at] = one);
        members.entry(one).or_default().extend(moved);
        let more = reasons.remove(&other).unwrap_or_default();
        let known = reasons.entry(one).or_default();
        known.extend(more);
        known.push((a, b, reason));
    }
    let mut unions = Vec::new();
    for (group, members) in members.iter().filter(|(_, members)| members.len() > 1) {
        let Some(kept) = members.iter().copied().min_by_key(|at| rank(servers[*at])) else { continue };
        for other in members.iter().filter(|at| **at != kept) {
            // The reason that names this one; of several the first.
            let reason = reasons[group].iter().find(|(a, b, _)| a == other || b == other);
            let Some((a, _, reason)) = reason else { continue };
            let reason = if a == other { reason.clone() } else { turned(reason.clone()) };
            unions.push(Union { kept: servers[kept].name.clone(), other: servers[*other].name.clone(), reason });
        }
    }
    unions.sort_by(|x, y| (&x.kept, &x.other).cmp(&(&y.kept, &y.other)));
    unions
}

/// How late a reason counts: after those that leave no doubt. A repository is claimed by anybody, and a host is not of the
/// login that lists its address.
fn weight(reason: &Reason) -> u8 {
    let owners = [&reason.name, &reason.with].map(|name| Owner::of_name(name));
    let host = Key::of_endpoint(&reason.common).and_then(|key| Owner::of_key(&key));
    match reason.because {
        Because::Repository => 1,
        Because::Endpoint
            if owners.iter().flatten().any(|owner| host.as_ref().is_none_or(|host| !host.agrees(owner))) =>
        {
            2
        }
        _ => 0,
    }
}

/// Servers without a name of an owner that a repository or an address would join to several others, which are not one.
fn ambiguous(servers: &[&ClaimedServer], found: &[(u8, usize, usize, Reason)]) -> BTreeSet<usize> {
    let mut strong: Vec<usize> = (0..servers.len()).collect();
    let mut leads: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (weight, a, b, _) in found {
        match weight {
            0 => {
                let (one, other) = (strong[*a], strong[*b]);
                strong.iter_mut().filter(|group| **group == other).for_each(|group| *group = one);
            }
            _ => {
                leads.entry(*a).or_default().insert(*b);
                leads.entry(*b).or_default().insert(*a);
            }
        }
    }
    let is_bare = |at: usize| servers[at].claims.iter().all(IdentityClaim::is_bare);
    let is_unnamed = |at: usize| servers[at].claims.iter().all(|claim| claim.owner().is_none());
    let several = |at: &usize, to: &BTreeSet<usize>| {
        let others = to.iter().filter(|to| !is_bare(**to)).map(|to| strong[*to]);
        let others: BTreeSet<usize> = others.filter(|to| *to != strong[*at]).collect();
        is_unnamed(*at) && others.len() > 1
    };
    leads.iter().filter(|(at, to)| several(at, to)).map(|(at, _)| *at).collect()
}

/// Pairs that have anything in common.
fn candidates(servers: &[&ClaimedServer]) -> BTreeSet<(usize, usize)> {
    let mut by_mark: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, server) in servers.iter().enumerate() {
        // What looks alike is not one for that.
        for mark in marks(server).into_iter().filter(|mark| !mark.starts_with("like:")) {
            by_mark.entry(mark).or_default().push(at);
        }
    }
    let mut pairs = BTreeSet::new();
    for mut found in by_mark.into_values() {
        found.sort_by_key(|at| rank(servers[*at]));
        found.truncate(COMPARED);
        for (at, a) in found.iter().enumerate() {
            pairs.extend(found[at + 1..].iter().map(|b| (*a.min(b), *a.max(b))));
        }
    }
    pairs
}

/// Why two servers are one, if anything says so, and whether anything keeps them apart.
fn between(a: &ClaimedServer, b: &ClaimedServer) -> (Option<Reason>, bool) {
    let (mut best, mut is_apart) = (None::<Reason>, false);
    for one in &a.claims {
        for other in &b.claims {
            match relate(one, other) {
                Relation::Same(because, common) => {
                    let reason = Reason {
                        because,
                        common,
                        name: one.name.clone(),
                        source: one.source.clone(),
                        with: other.name.clone(),
                        with_source: other.source.clone(),
                    };
                    best = Some(best.map_or(reason.clone(), |known| known.min(reason)));
                }
                Relation::Apart(..) => is_apart = true,
                Relation::Unrelated => {}
            }
        }
    }
    (best, is_apart)
}

fn turned(reason: Reason) -> Reason {
    Reason { name: reason.with, source: reason.with_source, with: reason.name, with_source: reason.source, ..reason }
}

/// Which name stays: the lowest. A registry's name before others, an active one before an old one, and of equals the one
/// that more sources list.
fn rank(server: &ClaimedServer) -> (bool, bool, u8, std::cmp::Reverse<usize>, &str) {
    let is_named = |claim: &IdentityClaim| claim.name == server.name && claim.owner().is_some();
    let is_old = !server.claims.iter().any(|claim| claim.standing == ListedAs::Active);
    let sources: BTreeSet<&str> = server.claims.iter().map(|claim| claim.source.as_str()).collect();
    let form = match server.name.split_once('/') {
        Some((namespace, _)) if server.claims.iter().any(is_named) && namespace.contains('.') => 0,
        Some(_) if server.claims.iter().any(is_named) => 1,
        _ if server.claims.iter().all(IdentityClaim::is_bare) => 4,
        _ if server.name.contains("://") => 3,
        _ => 2,
    };
    let is_checked = server.claims.iter().any(IdentityClaim::is_checked);
    (is_old, !is_checked, form, std::cmp::Reverse(sources.len()), &server.name)
}

/// What a server is called whose own name another server holds: the first of its places, else its name and its source.
pub fn own_name(claim: &IdentityClaim, is_free: impl Fn(&str) -> bool) -> String {
    let places = claim.code.iter().map(Key::to_string);
    let repository = claim.repository.iter().map(CodeRepository::to_string);
    places.chain(repository).find(|name| is_free(name)).unwrap_or_else(|| format!("{} ({})", claim.name, claim.source))
}

/// Whether a claim has more right to its name than any of those that hold it: first what a registry has checked, then what
/// is the owner's by its code, then by its repository.
pub fn is_rather_of(claim: &IdentityClaim, holders: &[IdentityClaim]) -> bool {
    let right = |of: &IdentityClaim| {
        let Some(owner) = claim.owner() else { return 0 };
        let repository = of.repository.as_ref().and_then(Owner::of_repository);
        match () {
            () if of.name != claim.name => 0,
            () if of.is_checked() => 3,
            () if of.has_all_code_of(&owner) => 2,
            () => u8::from(repository.is_some_and(|repository| repository.agrees(&owner))),
        }
    };
    right(claim) > holders.iter().map(right).max().unwrap_or(0)
}
