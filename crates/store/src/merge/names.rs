//! What each server is called in the merged database. The server of one name in two files is one, unless what they say of
//! it keeps them apart: then the name stays with whoever has more right to it.

use crate::claims::{holder, known_servers};
use crate::open;
use crate::{DatabasePlace, StoreError};
use mcpdex_model::identity::{ClaimedServer, IdentityClaim, Relation, is_rather_of, own_name, relate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The names that change, for each file.
pub(super) type Names = BTreeMap<String, String>;

/// One server of one file.
struct Held {
    file: usize,
    claims: Vec<IdentityClaim>,
}

pub(super) fn final_names(parts: &[PathBuf]) -> Result<Vec<Names>, StoreError> {
    let mut by_name: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    let mut taken_in: BTreeMap<String, BTreeMap<(String, usize), Vec<IdentityClaim>>> = BTreeMap::new();
    for (file, part) in parts.iter().enumerate() {
        let place = DatabasePlace::File(part.clone());
        let connection = open::for_reading(&place)?;
        let fail = StoreError::sql("read", &place);
        let mut known: BTreeMap<String, Vec<IdentityClaim>> = known_servers(&connection, &place)?
            .into_iter()
            .map(|ClaimedServer { name, claims }| (name, claims))
            .collect();
        let all: Vec<String> = connection
            .prepare("SELECT name FROM server")
            .and_then(|mut s| s.query_map((), |row| row.get(0))?.collect())
            .map_err(&fail)?;
        let given_up: Vec<String> = connection
            .prepare("SELECT name FROM same")
            .and_then(|mut s| s.query_map((), |row| row.get(0))?.collect())
            .map_err(&fail)?;
        for name in given_up {
            if let Some((_, by)) = holder(&connection, &name).map_err(&fail)? {
                let claims = known.get(&by).cloned().unwrap_or_default();
                taken_in.entry(name).or_default().insert((by, file), claims);
            }
        }
        for name in all {
            let claims = known.remove(&name).unwrap_or_default();
            by_name.entry(name).or_default().push(Held { file, claims });
        }
    }
    let mut names = vec![Names::new(); parts.len()];
    let mut used: BTreeSet<String> = by_name.keys().cloned().collect();
    let mut given: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    for (name, mut held) in by_name {
        held.sort_by_cached_key(|one| spoken(&one.claims));
        let first = held.iter().enumerate().fold(0, |best, (at, one)| {
            let claims = &one.claims;
            let is_rather = claims.iter().any(|claim| claim.name == name && is_rather_of(claim, &held[best].claims));
            if is_rather { at } else { best }
        });
        let keeps = held[first].claims.clone();
        // What says the same in several files gets one name.
        let mut named: BTreeMap<Vec<String>, String> = BTreeMap::new();
        for one in held {
            let is_apart = !may_be_one(&one.claims, &keeps);
            match one.claims.first().filter(|_| is_apart) {
                Some(claim) => {
                    let own = named
                        .entry(spoken(&one.claims))
                        .or_insert_with(|| own_name(claim, |name| !used.contains(name)));
                    let own = own.clone();
                    used.insert(own.clone());
                    names[one.file].insert(name.clone(), own.clone());
                    given.entry(own).or_default().push(one);
                }
                None => given.entry(name.clone()).or_default().push(one),
            }
        }
    }
    // A name that one file has given up and another still has goes where the one had found that it belongs.
    for (name, by) in taken_in {
        let Some(held) = given.get(&name) else { continue };
        let found = by.iter().find(|(_, claims)| held.iter().all(|one| is_one(&one.claims, claims)));
        let Some(((by, file), _)) = found else { continue };
        let by = names[*file].get(by).unwrap_or(by).clone();
        for one in held {
            names[one.file].insert(name.clone(), by.clone());
        }
    }
    Ok(names)
}

/// What is said, as text that does not depend on the order of files.
fn spoken(claims: &[IdentityClaim]) -> Vec<String> {
    let mut spoken: Vec<String> = claims.iter().map(|claim| format!("{claim:?}")).collect();
    spoken.sort();
    spoken
}

/// Whether nothing that only one of them says speaks against what only the other says.
fn may_be_one(one: &[IdentityClaim], other: &[IdentityClaim]) -> bool {
    let own = |these: &'_ [IdentityClaim], those: &[IdentityClaim]| -> Vec<IdentityClaim> {
        these.iter().filter(|claim| !those.contains(claim)).cloned().collect()
    };
    let (one, other) = (own(one, other), own(other, one));
    !one.iter().any(|a| other.iter().any(|b| matches!(relate(a, b), Relation::Apart(..))))
}

fn is_one(one: &[IdentityClaim], other: &[IdentityClaim]) -> bool {
    may_be_one(one, other) && one.iter().any(|a| other.iter().any(|b| matches!(relate(a, b), Relation::Same(..))))
}
