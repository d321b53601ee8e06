//! Whether the name of a server can be taken for that of another: names as they look in, findings out.
//!
//! Names that look the same, and names that one slip makes of each other, of different owners. Of two the less known is
//! told of: what fewer sources list, then what was seen later. Short names and names that differ in a figure at their
//! end tell nothing.

use super::finding::{Finding, Subject};
use super::kind::Kind;
use mcpdex_model::identity::{ClaimedServer, Handle, IdentityClaim, Owner, handles};
use mcpdex_model::{Risk, spelling};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Shorter names, `mcp` and `server` left out, are near many others by chance.
const SHORTEST: usize = 6;

/// Words that stand in any name, as [`Handle::looks`] has them.
static PLAIN: LazyLock<[String; 2]> = LazyLock::new(|| ["mcp", "server"].map(spelling::skeleton));

/// A server that another name may be taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    pub server: ClaimedServer,
    /// How many sources list it, and when it was first seen.
    pub sources: usize,
    pub first_seen: String,
}

/// Whether one slip of the fingers or of the eye makes one name of the other. Both as [`Handle::looks`] has them.
pub fn is_near(one: &str, other: &str) -> bool {
    let telling = |name: &str| PLAIN.iter().fold(name.to_owned(), |name, word| name.replace(word, "")).chars().count();
    let (a, b) = (one.chars().count(), other.chars().count());
    if telling(one).min(telling(other)) < SHORTEST || a.abs_diff(b) > 1 {
        return false;
    }
    if one == other {
        return true;
    }
    // `tool-2` and `tool-3`, `tool` and `tool-2` say themselves that they are two.
    let plain = |name: &str| name.chars().filter(|c| !c.is_numeric()).collect::<String>();
    plain(one) != plain(other) && strsim::osa_distance(one, other) == 1
}

/// The neighbours whose names this one can be taken for.
pub fn look_alikes<'a>(subject: impl Into<Subject<'a>>, own: &Neighbour, others: &[Neighbour]) -> Vec<Finding> {
    let subject: Subject<'a> = subject.into();
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    let mine = all_handles(&own.server);
    for other in others.iter().filter(|other| other.server.name != own.server.name) {
        if are_of_one_owner(&own.server, &other.server)
            || (own.sources, &other.first_seen) > (other.sources, &own.first_seen)
        {
            continue;
        }
        let theirs = all_handles(&other.server);
        let near = mine.iter().find_map(|one| {
            let other = theirs.iter().find(|other| one.kind == other.kind && is_near(&one.looks, &other.looks))?;
            (one.said != other.said).then_some((one, other))
        });
        let Some((one, theirs)) = near else { continue };
        if !told.insert(other.server.name.clone()) {
            continue;
        }
        let severity = if one.looks == theirs.looks { Risk::High } else { Risk::Medium };
        let message = format!("its name {} can be taken for {}, of {}", one.said, theirs.said, other.server.name);
        findings.push(Finding::new(Kind::LookAlike, severity, subject, None, message, &theirs.said));
    }
    findings
}

fn all_handles(server: &ClaimedServer) -> BTreeSet<Handle> {
    server.claims.iter().flat_map(handles).collect()
}

/// Whether anything says that both are of one owner, or that one does not hide whose the other is.
fn are_of_one_owner(one: &ClaimedServer, other: &ClaimedServer) -> bool {
    let owners =
        |server: &ClaimedServer| server.claims.iter().flat_map(IdentityClaim::owners).collect::<BTreeSet<Owner>>();
    let theirs = owners(other);
    // The same login on another forge hides nothing: it is spelled out which one it is.
    let is_one = |a: &Owner, b: &Owner| match (a, b) {
        (Owner::Login(_, a), Owner::Login(_, b)) => a == b,
        _ => a.agrees(b),
    };
    owners(one).iter().any(|mine| theirs.iter().any(|other| is_one(mine, other)))
}
