//! The registry narrowed to what an operator approves: the rest is told why, what changes is not shown until it is judged
//! again, and a list that is not understood starts nothing.

use super::serve_registry::{DROP, LIST, VERDICTS, names, page, user};
use crate::support::listening::Listening;
use crate::support::shelf::{answered, friday};
use serde_json::json;
use std::collections::BTreeMap;

const APPROVED: &str = "servers = [\"io.example/*\"]\nmax_risk = \"high\"\nreading = \"complete\"\nexpires = 2999-12-31\n\
                        forbidden_traits = [\"financial\"]\n";

#[test]
fn only_what_is_approved_is_shown_and_the_rest_is_told_why() {
    let user = user();
    let file = user.home().join("approved.toml");
    let start = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Listening::start(&user, &["serve", "--approve", file.to_str().unwrap()])
    };
    let server = start(APPROVED);
    assert_eq!(names(&page(&server, "/v0.1/servers?updated_since=2000-01-01T00:00:00Z")), ["io.example/shelf@1.1.0"]);
    for name in ["keeper", "older", "unread"] {
        for path in ["versions", "versions/latest"] {
            assert_eq!(server.get(&format!("/v0.1/servers/io.example%2F{name}/{path}")).status, 404, "{name}");
        }
    }
    assert_eq!(
        server.get("/v0.1/servers/io.example%2Fshelf/versions/1.0.0").status,
        404,
        "another version than was read"
    );
    let standing = server.get("/v1/registry").json();
    let why: BTreeMap<&str, (bool, String)> = standing["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["server"].as_str().unwrap(), (one["shown"] == true, one["reasons"].to_string())))
        .collect();
    assert_eq!(
        (why["io.example/shelf"].clone(), &standing["approvedUntil"]),
        ((true, "[]".to_owned()), &json!("2999-12-31"))
    );
    for (name, reason) in [("keeper", "critical"), ("older", "2.9.0"), ("unread", "ever learnt")] {
        let (shown, told) = &why[format!("io.example/{name}").as_str()];
        assert!(!shown && told.contains(reason), "{name}: {told}");
    }
    drop(server);
    let exception =
        "[[exception]]\nserver = \"io.example/keeper\"\nreason = \"reviewed by hand\"\nmax_risk = \"critical\"\n";
    let server = start(&format!("{APPROVED}{exception}"));
    let shown = page(&server, "/v0.1/servers");
    assert_eq!(names(&shown), ["io.example/keeper@2.0.0", "io.example/shelf@1.1.0"]);
    assert_eq!(shown["servers"][0]["_meta"][VERDICTS]["exception"], "reviewed by hand");
}

#[test]
fn a_server_that_changes_is_not_shown_until_it_is_judged_again() {
    let user = user();
    let file = user.home().join("approved.toml");
    std::fs::write(&file, APPROVED.replace("high", "low")).unwrap();
    let server = Listening::start(&user, &["serve", "--approve", file.to_str().unwrap()]);
    let shown = || names(&page(&server, "/v0.1/servers"));
    assert_eq!(shown(), ["io.example/shelf@1.1.0"]);
    answered(&user, friday, "io.example/shelf", "npm:shelf", Some("1.1.0"), &[LIST, DROP]);
    // A change is seen within half a second.
    for _ in 0..100 {
        if shown().is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(shown(), Vec::<String>::new());
    let why = server.get("/v1/registry?search=shelf").json();
    assert!(why["servers"][0]["reasons"].to_string().contains("not judged"), "{why}");
}

#[test]
fn a_list_of_approved_servers_that_is_not_understood_starts_nothing() {
    let user = user();
    let file = user.home().join("approved.toml");
    let path = file.to_str().unwrap();
    for (text, why) in [
        (String::new(), "missing field"),
        (APPROVED.replace("max_risk", "max_rsik"), "max_rsik"),
        (format!("{APPROVED}owner = \"me\"\n"), "owner"),
        (APPROVED.replace("2999-12-31", "2020-01-01"), "expired"),
        (APPROVED.replace("io.example/*", "io.example*"), "namespace/name"),
        (APPROVED.replace("\"high\"", "\"hi\u{202e}gh\""), "high"),
    ] {
        std::fs::write(&file, &text).unwrap();
        let ran = user.run(&["serve", "--listen", "127.0.0.1:0", "--approve", path]);
        assert!(
            ran.code == 2 && ran.err.contains(why) && ran.err.contains("approved.toml"),
            "{text}\n{} {}",
            ran.code,
            ran.err
        );
        assert!(!ran.err.contains("listening") && !ran.err.contains('\u{202e}'), "{}", ran.err);
    }
    let missing = user.run(&["serve", "--listen", "127.0.0.1:0", "--approve", "none.toml"]);
    assert!(missing.code == 2 && missing.err.contains("none.toml"), "{} {}", missing.code, missing.err);
}
