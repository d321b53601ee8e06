//! Which listings are one server: pairs that say what is right, in either order, and what they say for people.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use mcpdex_model::identity::{Apart, Because, ClaimedServer, IdentityClaim, Relation, relate, resolve};
use mcpdex_model::{Listing, Package, Remote, ServerId, Transport};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn pairs() -> Vec<Value> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/same_server.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A listing as a pair describes it.
fn listing(said: &Value) -> Listing {
    let text = |key: &str| said[key].as_str().map(str::to_owned);
    let texts = |key: &str| said[key].as_array().cloned().unwrap_or_default();
    let package = |said: &Value| {
        let (ecosystem, identifier) = said.as_str().unwrap().split_once(':').unwrap();
        let package = Package::named(ecosystem.parse().unwrap(), "", None);
        Package { identifier: identifier.to_owned(), ..package }
    };
    let remote = |url: &Value| Remote { transport: Transport::StreamableHttp, url: url.as_str().unwrap().to_owned() };
    Listing {
        repository: text("repository"),
        status: text("status"),
        packages: texts("packages").iter().map(package).collect(),
        remotes: texts("remotes").iter().map(remote).collect(),
        manifest: text("folder").map(|folder| json!({"repository": {"subfolder": folder}}).to_string()),
        meta: text("note").map(|note| json!({"official": {"statusMessage": note}}).to_string()),
        ..Listing::bare(ServerId(text("server").unwrap()), text("source").unwrap())
    }
}

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
