//! What passes for another server: each of the pairs of listings has the findings that it says.

use crate::pairs::{listing, pairs};
use mcpdex::model::identity::{ClaimedServer, IdentityClaim};
use std::collections::BTreeSet;

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
