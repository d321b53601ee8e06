//! What servers are found by that may have something to do with each other: a server in, short texts out. Two servers that
//! could be one, or of which one claims what is the other's, have one in common; that they have says nothing yet.

use super::claim::IdentityClaim;
use super::key::Key;
use super::owner::Owner;
use crate::{Ecosystem, spelling};
use std::collections::BTreeSet;

/// A server and what its sources say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedServer {
    pub name: String,
    pub claims: Vec<IdentityClaim>,
}

/// A name that a reader can take for another one: of what kind it is, and as it looks without separators.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle {
    /// `name` for a registry's name, else the kind of package.
    pub kind: &'static str,
    pub looks: String,
    /// As it is spelled.
    pub said: String,
}

impl Handle {
    /// The mark of whatever looks the same.
    pub fn mark(&self) -> String {
        format!("{}{}", Handle::prefix(self.kind), self.looks)
    }

    /// What the marks of this kind begin with.
    pub fn prefix(kind: &str) -> String {
        format!("like:{kind}:")
    }
}

/// The marks of a server.
pub fn marks(server: &ClaimedServer) -> BTreeSet<String> {
    let mut marks = BTreeSet::from([name_mark(&server.name)]);
    for claim in &server.claims {
        marks.insert(name_mark(&claim.name));
        marks.extend(claim.code.iter().map(|key| format!("code:{key}")));
        if let Some(repository) = &claim.repository {
            marks.insert(format!("repository:{}/{}", repository.host, repository.path));
        }
        // What an old entry points at has to be seen beside it.
        let words =
            claim.note.iter().flat_map(|note| note.split(|c: char| !c.is_alphanumeric() && !"./-_".contains(c)));
        let names = words.map(|word| word.trim_matches('.')).filter(|word| word.contains('/'));
        marks.extend(names.map(name_mark));
        marks.extend(handles(claim).iter().map(Handle::mark));
    }
    marks
}

fn name_mark(name: &str) -> String {
    format!("name:{}", name.to_lowercase())
}

/// The names of a claim that a reader can take for others.
pub fn handles(claim: &IdentityClaim) -> BTreeSet<Handle> {
    let handle = |kind, looks: &str, said: String| Handle { kind, looks: spelling::skeleton(looks), said };
    let of_key = |key: &Key| match key {
        Key::Package(Ecosystem::Mcpb, _) | Key::Endpoint(_) => None,
        Key::Package(Ecosystem::Oci, name) => {
            let path = name.split_once('/').map_or(name.as_str(), |(_, path)| path);
            Some(handle("oci", path, key.to_string()))
        }
        Key::Package(ecosystem, name) => Some(handle(ecosystem.as_str(), name, key.to_string())),
    };
    let own = claim.owner().map(|owner| {
        let slug = claim.name.rsplit('/').next().unwrap_or_default();
        let looks = match &owner {
            Owner::Login(_, login) => login.clone(),
            Owner::Domain(domain) => domain.split('.').next().unwrap_or(domain).to_owned(),
            other => other.stem(),
        };
        handle("name", &format!("{looks}{slug}"), claim.name.clone())
    });
    claim.code.iter().filter_map(of_key).chain(own).filter(|handle| !handle.looks.is_empty()).collect()
}
