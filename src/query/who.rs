//! Who a server is beside others: what the database holds of it and of those that have something in common with it or a
//! name like its own in, what stands out on that out.

use crate::model::Listing;
use crate::model::identity::{ClaimedServer, Handle, IdentityClaim, Relation, handles, relate};
use crate::report::KeptApart;
use crate::store::{Reader, StoreError};
use crate::survey::{Finding, Neighbour, Subject, impostors, is_near, look_alikes};
use std::collections::BTreeSet;

/// Servers with a name that is near, at most.
const NEAR: usize = 50;

/// A server and those that it may be taken for.
pub(crate) struct Who {
    own: Neighbour,
    beside: Vec<ClaimedServer>,
    near: Vec<Neighbour>,
}

impl Who {
    /// A server of the database; `None` where nobody lists it.
    pub(super) fn of_server(reader: &Reader, name: &str) -> Result<Option<Who>, StoreError> {
        let Some(claimed) = reader.claims_of(name)? else { return Ok(None) };
        let (sources, first_seen) = reader.renown_of(name)?;
        Who::of(reader, Neighbour { server: claimed, sources, first_seen }).map(Some)
    }

    /// What a configuration names and the database does not know.
    pub(super) fn of_listing(reader: &Reader, listing: &Listing) -> Result<Who, StoreError> {
        let server = ClaimedServer { name: listing.server.0.clone(), claims: vec![IdentityClaim::of(listing)] };
        // Whatever is known was known before it.
        Who::of(reader, Neighbour { server, sources: 0, first_seen: "9999".to_owned() })
    }

    fn of(reader: &Reader, own: Neighbour) -> Result<Who, StoreError> {
        let all: BTreeSet<Handle> = own.server.claims.iter().flat_map(handles).collect();
        let mut names = BTreeSet::new();
        for handle in all {
            let prefix = Handle::prefix(handle.kind);
            for (mark, name) in reader.marks_like(&prefix, handle.looks.chars().count(), 1)? {
                let looks = mark.strip_prefix(&prefix).unwrap_or_default();
                if name != own.server.name && is_near(looks, &handle.looks) {
                    names.insert(name);
                }
            }
        }
        let mut near = Vec::new();
        for name in names.into_iter().take(NEAR) {
            if let Some(server) = reader.claims_of(&name)? {
                let (sources, first_seen) = reader.renown_of(&name)?;
                near.push(Neighbour { server, sources, first_seen });
            }
        }
        Ok(Who { beside: reader.servers_beside(&own.server)?, own, near })
    }

    /// What stands out on who it is.
    pub(crate) fn findings(&self, subject: Subject<'_>) -> Vec<Finding> {
        let mut findings = impostors(subject, &self.own.server, &self.beside);
        findings.extend(look_alikes(subject, &self.own, &self.near));
        findings
    }

    /// The servers that have something in common with it and are others, each with the reason that says most.
    pub(super) fn apart(&self) -> Vec<KeptApart> {
        let between = |other: &ClaimedServer| {
            let pairs = self.own.server.claims.iter().flat_map(|one| other.claims.iter().map(move |two| (one, two)));
            let reasons = pairs.into_iter().filter_map(|(one, two)| match relate(one, two) {
                Relation::Apart(because, common) => Some((because, common)),
                _ => None,
            });
            let (because, common) = reasons.min()?;
            Some(KeptApart { server: other.name.clone(), because, why: because.clause(&common), common })
        };
        self.beside.iter().filter_map(between).collect()
    }
}
