//! What passes for another server: each of the pairs of listings has the findings that it says.

use mcpdex::model::identity::{ClaimedServer, IdentityClaim};
use mcpdex::model::{Listing, Package, Remote, ServerId, Transport};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) fn pairs() -> Vec<Value> {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/crates/model/tests/data/same_server.jsonl"))
            .unwrap();
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

#[test]
fn every_pair_has_the_findings_that_it_says_and_no_other() {
    use mcpdex::survey::{Neighbour, impostors, look_alikes};
    let mut wrong = Vec::new();
    for pair in pairs() {
        let known = |side: &str, day: &str| {
            let claim = IdentityClaim::of(&listing(&pair[side]));
            let server = ClaimedServer { name: format!("{side}:{}", claim.name), claims: vec![claim] };
            Neighbour { server, sources: 1, first_seen: format!("2031-01-{day}T00:00:00Z") }
        };
        let (a, b) = (known("a", "01"), known("b", "02"));
        for (side, own, other) in [("a", &a, &b), ("b", &b, &a)] {
            let mut found: BTreeSet<String> = BTreeSet::new();
            // What is one is beside nobody.
            let others = if pair["same"] == true { vec![] } else { vec![other.server.clone()] };
            found.extend(impostors("it", &own.server, &others).iter().map(|finding| finding.kind.to_string()));
            if pair["same"] == false {
                let near = std::slice::from_ref(other);
                found.extend(look_alikes("it", own, near).iter().map(|finding| finding.kind.to_string()));
            }
            let said = pair["finds"][side].as_array().cloned().unwrap_or_default();
            let said: BTreeSet<String> = said.iter().map(|kind| kind.as_str().unwrap().to_owned()).collect();
            if found != said {
                wrong.push(format!("{}: {side}: said {said:?}, found {found:?}", pair["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
