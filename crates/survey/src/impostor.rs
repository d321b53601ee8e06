//! Whether a server passes for another: what its sources say of it and what is said of servers that have something in
//! common with it in, findings out. That two servers have one name or one purpose is none; that one of them claims what is
//! the other's, or a bridge stands where its own package should, is.

use super::finding::{Finding, Subject};
use super::kind::Kind;
use mcpdex_model::Risk;
use mcpdex_model::identity::{Apart, ClaimedServer, IdentityClaim, Key, Owner, Relation, relate};
use std::collections::BTreeSet;

/// What a server claims that is another's, and what stands in its place.
pub fn impostors<'a>(
    subject: impl Into<Subject<'a>>,
    server: &ClaimedServer,
    others: &[ClaimedServer],
) -> Vec<Finding> {
    let subject: Subject<'a> = subject.into();
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    let mut tell = |kind, severity, message: String, matter: &str| {
        if told.insert(matter.to_owned()) {
            findings.push(Finding::new(kind, severity, subject, None, message, matter));
        }
    };
    for claim in &server.claims {
        for (other, theirs) in others.iter().flat_map(|other| other.claims.iter().map(move |claim| (other, claim))) {
            let Relation::Apart(apart, common) = relate(claim, theirs) else { continue };
            if let Some((severity, what)) = claimed(apart, &common, claim, theirs) {
                let message = match common == other.name {
                    true => format!("it {what}, which is another server's"),
                    false => format!("it {what}, which is {}'s", other.name),
                };
                tell(Kind::Impostor, severity, message, &format!("{apart} {common}"));
            }
        }
        if let Some((repository, owner)) = unvouched(claim) {
            let message = format!("it claims the repository {repository}, and nothing that it names is {owner}'s");
            tell(Kind::Impostor, Risk::Low, message, &format!("unvouched {repository}"));
        }
        for bridge in &claim.bridges {
            if !is_the_bridge(claim, bridge) {
                let message = format!("its package {bridge} is a bridge to somewhere else, not a server of its own");
                tell(Kind::Bridge, Risk::Medium, message, &bridge.to_string());
            }
        }
    }
    findings
}

/// What `claim` takes of the other's, if it is the one that takes; how grave, and as a clause.
fn claimed(apart: Apart, common: &str, claim: &IdentityClaim, other: &IdentityClaim) -> Option<(Risk, String)> {
    let (mine, theirs) = (right(claim, other), right(other, claim));
    let shared = claim.code.intersection(&other.code).next();
    let severity = match mine.cmp(&theirs) {
        // A registry that checks lets nobody list a package that is not theirs: only the name is another.
        _ if claim.is_checked() && other.is_checked() && matches!(shared, Some(Key::Package(..))) => Risk::Low,
        std::cmp::Ordering::Less => Risk::High,
        // Which of them takes cannot be told, and a person should look at both.
        std::cmp::Ordering::Equal => Risk::Medium,
        std::cmp::Ordering::Greater => return None,
    };
    match apart {
        Apart::OtherOwner | Apart::RepositoryClaimed if shared.is_none() => {
            let owner = claim.repository.as_ref().and_then(Owner::of_repository)?;
            let takes = !claim.is_of(&owner) && !claim.is_bare() && other.is_of(&owner);
            // A domain says itself that it is not the login whose code it serves.
            let severity = if matches!(claim.owner(), Some(Owner::Domain(_))) { Risk::Low } else { Risk::High };
            takes.then(|| (severity, format!("claims the repository {common}")))
        }
        // Who gives no owner's name takes none; what a catalogue calls a server says nothing of whose it is.
        Apart::OtherOwner if claim.owner().is_none() => None,
        Apart::OtherOwner if [claim, other].iter().any(|one| matches!(one.owner(), Some(Owner::Vendor(_)))) => None,
        Apart::OtherOwner => Some((severity, format!("has {common}"))),
        Apart::OtherCode => Some((severity, format!("gives itself the name {common}"))),
        Apart::ForeignCode => {
            let adds = claim.code.iter().any(|key| key.to_string() == common) && !claim.is_checked();
            let beside = shared.map_or_else(|| claim.name.clone(), Key::to_string);
            adds.then(|| (Risk::High, format!("puts {common} beside {beside}")))
        }
        Apart::RepositoryClaimed | Apart::BothListed => None,
    }
}

/// How much says that a claim is right about what it has in common with another: its name and the owner of that, what is
/// its owner's by its code, what a registry has checked.
fn right(claim: &IdentityClaim, other: &IdentityClaim) -> u8 {
    let owner = claim.owner();
    let shared = claim.code.intersection(&other.code).filter_map(Owner::of_key).next();
    match () {
        () if shared.is_some_and(|of| owner.as_ref().is_some_and(|owner| of.agrees(owner))) => 3,
        () if owner.as_ref().is_some_and(|owner| claim.has_all_code_of(owner)) => 2,
        () => u8::from(claim.is_checked()),
    }
}

/// A repository of somebody else than the login that gives the name, where no package, address or bundle is its owner's.
fn unvouched(claim: &IdentityClaim) -> Option<(String, Owner)> {
    let repository = claim.repository.as_ref()?;
    let (owner, login) = (Owner::of_repository(repository)?, claim.owner()?);
    let is_login = matches!((&login, &owner), (Owner::Login(a, _), Owner::Login(b, _)) if a == b);
    let vouches = |key: &Key| Owner::of_key(key).is_some_and(|of| of.agrees(&owner));
    (is_login && !login.agrees(&owner) && !claim.code.iter().any(vouches)).then(|| (repository.to_string(), owner))
}

/// Whether the bridge itself is what is listed, or it is its owner's own.
fn is_the_bridge(claim: &IdentityClaim, bridge: &Key) -> bool {
    let Key::Package(_, package) = bridge else { return false };
    let own = claim.owner().zip(Owner::of_key(bridge));
    if own.is_some_and(|(owner, of)| owner.agrees(&of)) {
        return true;
    }
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let names = [Some(last(&claim.name)), claim.repository.as_ref().map(|repository| last(&repository.path))];
    let plain = last(package);
    claim.name == bridge.to_string() || names.into_iter().flatten().any(|name| name == plain)
}
