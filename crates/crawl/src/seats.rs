//! Whose a listing is, while a crawl finds it: a listing in, the server that it goes to and what of it is left to try out.
//!
//! A name that another source has given to something else is not given again: the listing goes to a server of its own,
//! and says which name it claims. What another listing of the same server has led to already is not tried again. That two
//! names are one server for good is settled when all is known, by whoever keeps what is learnt.

use super::dispatch::Job;
use mcpdex_model::identity::{ClaimedServer, IdentityClaim, Relation, own_name, relate};
use mcpdex_model::{DELETED, History, HistoryError, Listing, Package, ServerId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A place that was tried for a server, or is about to be.
#[derive(Debug)]
struct Place {
    server: ServerId,
    /// Tried even where it is fresh.
    anyway: bool,
    /// Wherever it is.
    trusted: bool,
}

/// What the listings of this run say of who they are.
#[derive(Debug, Default)]
pub(super) struct Seats {
    claims: BTreeMap<String, Vec<IdentityClaim>>,
    places: BTreeMap<String, Place>,
    /// Names that were given up before this run.
    given_up: BTreeSet<String>,
}

impl Seats {
    /// Gives a new listing its server: the one of its name, or another where that is held by what it is not.
    ///
    /// # Errors
    /// What is kept cannot be read.
    pub(super) async fn seat(&mut self, history: &Arc<dyn History>, listing: &mut Listing) -> Result<(), HistoryError> {
        let claim = IdentityClaim::of(listing);
        let holder = self.holder(history, listing.server.as_str(), &listing.source).await?;
        if holder.iter().any(|held| matches!(relate(&claim, held), Relation::Apart(..))) {
            let taken = self.taken(history, &claim).await?;
            let own = own_name(&claim, |name| !taken.contains(&name.to_owned()));
            listing.claimed = Some(std::mem::replace(&mut listing.server, ServerId(own)));
        }
        self.claims.entry(listing.server.0.clone()).or_default().push(claim);
        Ok(())
    }

    /// Of the places that a listing names those that others hold who are not the same.
    async fn taken(&mut self, history: &Arc<dyn History>, claim: &IdentityClaim) -> Result<Vec<String>, HistoryError> {
        let mut taken = vec![claim.name.clone()];
        let repository = claim.repository.iter().map(ToString::to_string);
        for name in claim.code.iter().map(ToString::to_string).chain(repository) {
            let holder = self.holder(history, &name, &claim.source).await?;
            if holder.iter().any(|held| matches!(relate(claim, held), Relation::Apart(..))) {
                taken.push(name);
            }
        }
        Ok(taken)
    }

    /// What is said of the server of this name, now and before this run.
    async fn holder(
        &mut self,
        history: &Arc<dyn History>,
        name: &str,
        source: &str,
    ) -> Result<Vec<IdentityClaim>, HistoryError> {
        let mut claims = self.claims.get(name).cloned().unwrap_or_default();
        let (history, called, source) = (history.clone(), name.to_owned(), source.to_owned());
        let read = tokio::task::spawn_blocking(move || history.server_called(&called, &source)).await;
        let known = read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
        if known.as_ref().is_some_and(|known| known.name != name) {
            self.given_up.insert(name.to_owned());
        }
        // What a source said before, it says no more.
        let known = known.map(|ClaimedServer { claims, .. }| claims).unwrap_or_default();
        let before = known.into_iter().filter(|claim| !claims.iter().any(|now| now.source == claim.source));
        let before: Vec<IdentityClaim> = before.collect();
        claims.extend(before);
        Ok(claims)
    }

    /// Whether anything of a job is left to try. What another listing of the same server has led to is taken out, and what
    /// is left is tried for that server.
    pub(super) fn plan(&mut self, job: &mut Job) -> bool {
        if job.listing.status.as_deref() == Some(DELETED) {
            return true;
        }
        let (anyway, trusted) = (job.named || job.changed, job.trusted);
        let had_places = !job.listing.packages.is_empty() || !job.listing.remotes.is_empty();
        // Only an address may be anywhere for one who is trusted.
        let planned = |key: String, trusted: bool| {
            let place = self.places.get(&key)?;
            let covers = (place.anyway || !anyway) && (place.trusted || !trusted);
            covers.then(|| (key, place.server.clone()))
        };
        let packages = job.listing.packages.iter().filter_map(|package| planned(sought(package), false));
        let remotes = job.listing.remotes.iter().filter_map(|remote| planned(remote.url.clone(), trusted));
        let shared: Vec<(String, ServerId)> = packages.chain(remotes).collect();
        let one = shared.iter().map(|(_, server)| server).find(|server| self.is_one(&job.listing, server)).cloned();
        if let Some(server) = one {
            let is_tried = |key: &str| shared.iter().any(|(known, of)| known == key && *of == server);
            job.listing.packages.retain(|package| !is_tried(&sought(package)));
            job.listing.remotes.retain(|remote| !is_tried(&remote.url));
            if job.listing.server != server {
                // By this its source knows it, and so do those who keep it until all is known.
                job.listing.claimed = Some(std::mem::replace(&mut job.listing.server, server));
            }
        }
        for key in job.listing.packages.iter().flat_map(|package| [package_key(package), any_version(package)]) {
            self.places.insert(key, Place { server: job.listing.server.clone(), anyway, trusted });
        }
        for remote in &job.listing.remotes {
            let place = Place { server: job.listing.server.clone(), anyway, trusted };
            self.places.insert(remote.url.clone(), place);
        }
        // That one listing names no place says nothing of a server that another listing names places of.
        let is_bare = !had_places && !self.given_up.contains(job.listing.server.as_str());
        is_bare || job.recorded.is_some() || !job.listing.packages.is_empty() || !job.listing.remotes.is_empty()
    }

    /// Whether a listing is of the server of this name: its own, or one of which something says so and nothing the
    /// contrary.
    fn is_one(&self, listing: &Listing, server: &ServerId) -> bool {
        if listing.server == *server {
            return true;
        }
        let (mine, theirs) = (self.claims.get(listing.server.as_str()), self.claims.get(server.as_str()));
        let pairs =
            mine.into_iter().flatten().flat_map(|one| theirs.into_iter().flatten().map(move |other| (one, other)));
        let mut same = false;
        for (one, other) in pairs {
            match relate(one, other) {
                Relation::Same(..) => same = true,
                Relation::Apart(..) => return false,
                Relation::Unrelated => {}
            }
        }
        same
    }
}

/// What of a package has to have been tried for it to be done: this one, or where no version is asked for, any.
fn sought(package: &Package) -> String {
    match package {
        Package { version: None, registry_base: None, sha256: None, .. } => any_version(package),
        _ => package_key(package),
    }
}

fn any_version(package: &Package) -> String {
    format!("{} in any version", package.key())
}

/// What is tried of a package: where it comes from and what it must hash to are part of it.
pub(super) fn package_key(package: &Package) -> String {
    format!("{package} {:?} {:?}", package.registry_base, package.sha256)
}
