//! Which listings are one server: pairs that say what is right, in either order, and what they say for people.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod pairs;

use mcpdex_model::identity::{Apart, Because, ClaimedServer, IdentityClaim, Relation, relate, resolve};
use pairs::{listing, pairs};
use std::collections::BTreeSet;

fn word(relation: &Relation) -> (bool, &'static str) {
    match relation {
        Relation::Same(because, _) => (true, because.as_str()),
        Relation::Apart(apart, _) => (false, apart.as_str()),
        Relation::Unrelated => (false, "unrelated"),
    }
}

#[test]
fn every_pair_is_right_in_either_order() {
    let pairs = pairs();
    let mut wrong = Vec::new();
    for pair in &pairs {
        let id = pair["id"].as_str().unwrap();
        let [a, b] = ["a", "b"].map(|side| IdentityClaim::of(&listing(&pair[side])));
        let right = (pair["same"].as_bool().unwrap(), pair["why"].as_str().unwrap());
        for (one, other) in [(&a, &b), (&b, &a)] {
            let found = relate(one, other);
            if word(&found) != right {
                wrong.push(format!("{id}: {right:?}, and found {found:?}"));
            }
            if one.name == other.name {
                continue;
            }
            let servers =
                [one, other].map(|claim| ClaimedServer { name: claim.name.clone(), claims: vec![claim.clone()] });
            let unions = resolve(&servers);
            if unions.len() != usize::from(right.0) {
                wrong.push(format!("{id}: {unions:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(pairs.len() >= 80);
}

#[test]
fn the_pairs_hold_every_kind_and_every_reason() {
    let pairs = pairs();
    let said = |key: &str| pairs.iter().map(|pair| pair[key].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
    for kind in ["same", "different", "look-alike", "renamed", "transferred", "forked", "bundle", "alias", "impostor"] {
        assert!(pairs.iter().filter(|pair| pair["kind"] == kind).count() >= 7, "{kind}");
    }
    let why = said("why");
    let reasons = Because::ALL.iter().map(|word| word.as_str()).chain(Apart::ALL.iter().map(|word| word.as_str()));
    let unsaid: Vec<&str> = reasons.filter(|word| !why.contains(*word)).collect();
    assert!(unsaid.is_empty(), "no pair is for {unsaid:?}");
    assert_eq!(said("id").len(), pairs.len(), "an id stands twice");
}
