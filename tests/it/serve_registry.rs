//! The registry API: the official registry's answers, with verdicts; only what an operator approves; nothing lost between two
//! pages, and a crawl of it finds the same servers.

use crate::support::binary::User;
use crate::support::corpus::corpus;
use crate::support::listening::Listening;
use crate::support::schema::assert_valid;
use crate::support::shelf::{answered, friday, listed, listing, monday, package, write};
use flate2::read::GzDecoder;
use mcpdex::model::CrawlEvent;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";
pub(crate) const VERDICTS: &str = "dev.mcpdex/verdicts";
const BOARD: &str = "registry:https://board.example";

pub(crate) const LIST: &str = r#"{"name":"list_pots","description":"Lists the pots on the shelf.","inputSchema":{"type":"object","properties":{}}}"#;
pub(crate) const DROP: &str = r#"{"name":"drop_shelf","description":"Deletes the shelf and every pot on it for good.","inputSchema":{"type":"object","properties":{"shelf":{"type":"string"}}}}"#;

/// A manifest of an npm package.
fn manifest(name: &str, version: &str, package: &str) -> String {
    json!({
        "name": name, "description": "Pots.", "version": version,
        "packages": [{"registryType": "npm", "identifier": package, "version": version, "transport": {"type": "stdio"}}],
    })
    .to_string()
}

fn official(status: &str, updated: &str) -> String {
    json!({ OFFICIAL: {"status": status, "publishedAt": updated, "updatedAt": updated, "isLatest": true} }).to_string()
}

/// A reader that is low, a keeper that is critical, one read in another version, one that nobody read, one deleted, and a
/// package that no registry lists.
pub(crate) fn user() -> User {
    let user = User::new();
    listed(
        &user,
        monday,
        BOARD,
        &manifest("io.example/shelf", "1.0.0", "shelf"),
        Some(&official("active", "2031-02-01T00:00:00.5Z")),
    );
    listed(
        &user,
        friday,
        BOARD,
        &manifest("io.example/shelf", "1.1.0", "shelf"),
        Some(&official("active", "2031-03-05T00:00:00.5Z")),
    );
    answered(&user, friday, "io.example/shelf", "npm:shelf", Some("1.1.0"), &[LIST]);
    listed(&user, monday, BOARD, &manifest("io.example/keeper", "2.0.0", "keeper"), None);
    answered(&user, monday, "io.example/keeper", "npm:keeper", Some("2.0.0"), &[LIST, DROP]);
    listed(&user, monday, BOARD, &manifest("io.example/older", "3.0.0", "older"), None);
    answered(&user, monday, "io.example/older", "npm:older", Some("2.9.0"), &[LIST]);
    listed(&user, monday, BOARD, &manifest("io.example/unread", "1.0.0", "unread"), None);
    listed(
        &user,
        monday,
        BOARD,
        &manifest("org.example/gone", "1.0.0", "gone"),
        Some(&official("deleted", "2031-03-01T00:00:00Z")),
    );
    package(&user, monday, "kiln-desk", "1.0.0", &[DROP]);
    user.done(&["stats"]);
    user
}

pub(crate) fn page(server: &Listening, path: &str) -> Value {
    let heard = server.get(path);
    assert_eq!(heard.status, 200, "{path}: {}", String::from_utf8_lossy(&heard.body));
    assert_valid("registry", &String::from_utf8(heard.body).unwrap())
}

pub(crate) fn names(page: &Value) -> Vec<String> {
    let servers = page["servers"].as_array().unwrap().iter();
    let name = |of: &Value| {
        format!("{}@{}", of["server"]["name"].as_str().unwrap(), of["server"]["version"].as_str().unwrap())
    };
    servers.map(name).collect()
}

#[test]
fn each_manifest_stands_with_what_is_known_of_its_tools_and_unread_is_said() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let all = page(&server, "/v0.1/servers");
    assert_eq!(
        names(&all),
        [
            "io.example/keeper@2.0.0",
            "io.example/older@3.0.0",
            "io.example/shelf@1.0.0",
            "io.example/shelf@1.1.0",
            "io.example/unread@1.0.0"
        ]
    );
    assert_eq!((&all["metadata"]["count"], all["metadata"].get("nextCursor")), (&json!(5), None));
    let told: BTreeMap<String, &Value> =
        names(&all).into_iter().zip(all["servers"].as_array().unwrap().iter().map(|one| &one["_meta"])).collect();
    let note = |name: &str| &told[name][VERDICTS];
    let brief = |name: &str| (note(name)["reading"].clone(), note(name)["risk"].clone(), note(name)["grade"].clone());
    assert_eq!(brief("io.example/keeper@2.0.0"), (json!("complete"), json!("critical"), json!("E")));
    assert_eq!(note("io.example/keeper@2.0.0")["tools"][0]["name"], "drop_shelf");
    assert_eq!(note("io.example/keeper@2.0.0")["traits"], json!(["destructive"]));
    assert_eq!(brief("io.example/shelf@1.1.0"), (json!("complete"), json!("low"), json!("A")));
    // What was read of another version says nothing of this one.
    for (name, why) in [
        ("io.example/older@3.0.0", "2.9.0"),
        ("io.example/shelf@1.0.0", "listed last"),
        ("io.example/unread@1.0.0", "ever learnt"),
    ] {
        assert_eq!(brief(name), (json!("unread"), json!(null), json!("U")), "{name}");
        assert!(note(name)["missing"].to_string().contains(why), "{}", note(name));
        assert_eq!(note(name)["tools"], json!([]));
    }
    let own = &told["io.example/shelf@1.1.0"][OFFICIAL];
    assert_eq!((&own["publishedAt"], &own["isLatest"]), (&json!("2031-03-05T00:00:00.5Z"), &json!(true)));
    assert_eq!(told["io.example/shelf@1.0.0"][OFFICIAL]["isLatest"], false);
    let stats: Value = serde_json::from_str(&user.done(&["stats", "--json"])).unwrap();
    assert_eq!(note("io.example/shelf@1.1.0")["ruleset"], stats["ruleset"]);
}

#[test]
fn a_page_is_asked_for_as_the_official_registry_is() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    for (query, wanted) in [
        ("version=latest&search=SHELF", vec!["io.example/shelf@1.1.0"]),
        ("version=1.0.0", vec!["io.example/shelf@1.0.0", "io.example/unread@1.0.0"]),
        ("search=org.example", vec![]),
        ("search=org.example&include_deleted=true", vec!["org.example/gone@1.0.0"]),
        ("search=e/shelf&updated_since=2031-03-06T00:00:00Z", vec!["io.example/shelf@1.0.0", "io.example/shelf@1.1.0"]),
        ("search=gone&updated_since=2031-02-01T00:00:00Z", vec!["org.example/gone@1.0.0"]),
        ("updated_since=2031-03-08T00:00:00Z", vec![]),
        ("limit=2&version=latest", vec!["io.example/keeper@2.0.0", "io.example/older@3.0.0"]),
    ] {
        assert_eq!(names(&page(&server, &format!("/v0.1/servers?{query}"))), wanted, "{query}");
    }
    for query in [
        "limit=0",
        "limit=101",
        "updated_since=friday",
        "vresion=latest",
        "include_deleted=false&updated_since=2031-01-01T00:00:00Z",
    ] {
        assert_eq!(server.get(&format!("/v0.1/servers?{query}")).status, 400, "{query}");
    }
    let own = "/v0.1/servers/io.example%2Fshelf/versions";
    assert_eq!(names(&page(&server, own)), ["io.example/shelf@1.1.0", "io.example/shelf@1.0.0"]);
    for (version, wanted) in [("latest", "1.1.0"), ("1.0.0", "1.0.0")] {
        assert_eq!(server.get(&format!("{own}/{version}")).json()["server"]["version"], wanted);
    }
    for path in [
        "io.example%2Fshelf/versions/9",
        "io.example%2Fnone/versions",
        "org.example%2Fgone/versions/latest",
        "npm%3Akiln-desk/versions",
    ] {
        assert_eq!(server.get(&format!("/v0.1/servers/{path}")).status, 404, "{path}");
    }
    assert_eq!(server.get("/v0.1/servers/org.example%2Fgone/versions/latest?include_deleted=true").status, 200);
    let standing = server.get("/v1/registry?shown=false").json();
    assert_eq!((&standing["withoutManifest"], &standing["servers"]), (&json!(1), &json!([])));
}

#[test]
fn every_server_is_on_exactly_one_page_while_others_are_written() {
    let user = User::new();
    let all: BTreeSet<String> = (0..60).map(|n| format!("io.example/s{n:02}")).collect();
    let manifests =
        all.iter().map(|name| CrawlEvent::Listing(Box::new(listing(BOARD, &manifest(name, "1.0.0", "p"), None))));
    write(&user, monday, manifests.collect());
    user.done(&["stats"]);
    let server = Listening::start(&user, &["serve"]);
    std::thread::scope(|scope| {
        // New servers before and after the place of the page, and new versions of those that are there.
        scope.spawn(|| {
            for n in 0..90 {
                let (new, old) =
                    (format!("io.example/s{:02}-{n}", n * 7 % 60), format!("io.example/s{:02}", n * 7 % 60));
                listed(&user, friday, BOARD, &manifest(&new, "1.0.0", "p"), None);
                listed(&user, friday, BOARD, &manifest(&old, &format!("0.{n}.0"), "p"), None);
            }
        });
        for round in 0..3 {
            let (mut seen, mut query) = (Vec::new(), String::new());
            loop {
                let page = page(&server, &format!("/v0.1/servers?version=latest&limit=7{query}"));
                seen.extend(
                    page["servers"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|one| one["server"]["name"].as_str().unwrap().to_owned()),
                );
                let Some(next) = page["metadata"]["nextCursor"].as_str() else { break };
                query = format!("&cursor={}", next.replace(':', "%3A").replace('/', "%2F"));
            }
            let once: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "round {round}: a server stands on two pages");
            assert!(all.is_subset(&once), "round {round}: {:?} are missing", all.difference(&once));
        }
    });
}

#[test]
fn versions_of_any_length_are_on_exactly_one_page() {
    let user = User::new();
    for n in 0..5 {
        let version = format!("1.{}{n}", "0".repeat(if n % 2 == 0 { 20_000 } else { 3 }));
        listed(&user, monday, BOARD, &manifest("io.example/long", &version, "p"), None);
        listed(&user, monday, BOARD, &manifest(&format!("{}/long", "io.example".repeat(40)), &version, "p"), None);
    }
    user.done(&["stats"]);
    let server = Listening::start(&user, &["serve"]);
    let (mut seen, mut query) = (0, String::new());
    loop {
        let page = page(&server, &format!("/v0.1/servers?limit=1{query}"));
        seen += page["servers"].as_array().unwrap().len();
        let Some(next) = page["metadata"]["nextCursor"].as_str() else { break };
        assert!(next.len() <= 400, "{next}");
        query = format!("&cursor={}", next.replace(':', "%3A").replace('/', "%2F"));
        assert!(seen <= 5, "a version stands on two pages");
    }
    assert_eq!(seen, 5);
    assert_eq!(server.get("/v1/registry").json()["withoutManifest"], 1);
}

#[test]
fn a_crawl_of_it_finds_the_same_servers() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let other = User::new();
    let ran = other.run(&["crawl", &format!("registry:http://{}", server.address), "--listed", "--quiet"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let servers = |user: &User, words: &[&str]| -> Vec<String> {
        let list: Value =
            serde_json::from_str(&user.done(&[&["list", "--json", "--sort", "name"], words].concat())).unwrap();
        list["servers"].as_array().unwrap().iter().map(|one| one["server"].as_str().unwrap().to_owned()).collect()
    };
    let here: Vec<String> = servers(&user, &["--source", BOARD]);
    assert_eq!((servers(&other, &[]), here.len()), (here, 4));
    let one =
        |user: &User| -> Value { serde_json::from_str(&user.done(&["server", "io.example/shelf", "--json"])).unwrap() };
    assert_eq!(one(&other)["packages"], one(&user)["packages"]);
}

/// Manifests as people wrote them in every era, odd in many ways.
const ODD: [&str; 8] = [
    r#"{"name":"io.example/old","description":"","version_detail":{"version":"0.1.0"},"packages":[{"registry_name":"pypi","name":"old","version":"latest","environment_variables":[{"name":"K","is_secret":true,"default":7},{"description":"none"}]}],"remotes":[{"transport_type":"sse","url":"https://old.example/sse"}]}"#,
    r#"{"name":"io.example/long","description":"A very long description that goes on and on until it has far more than the hundred characters that it may have at most.","version":"latest","repository":{},"title":""}"#,
    r#"{"name":"io.example/mixed","description":"d","version":"1","packages":"none","remotes":[{"type":"sse"},{"type":"stdio","url":"https://x.example"},7,{"type":"streamable-http","url":"ftp://x.example"},{"type":"streamable-http","url":"{base}/mcp","headers":[{"name":1},{"name":"A","choices":[1]}]}],"icons":[{"src":"nowhere"},{"src":"https://x.example/i.png","sizes":["big"],"theme":"blue"}]}"#,
    r#"{"name":"io.example/forger","description":"d","version":"1","_meta":{"dev.mcpdex/verdicts":{"risk":"low"},"io.modelcontextprotocol.registry/official":{"status":"active"},"io.modelcontextprotocol.registry/publisher-provided":{"a":1}}}"#,
    r#"{"name":"io.example/arguments","description":"d","version":"1","packages":[{"registryType":"npm","identifier":"a","transport":{"type":"stdio"},"packageArguments":[{"type":"positional"},{"type":"named"},{"type":"named","name":"--x","format":"path"},{"type":"positional","value_hint":"v"}],"fileSha256":"ABC","version":""}]}"#,
    r#"{"name":"no slash","description":"d","version":"1"}"#,
    r#"{"name":"io.example/a/b","description":"d","version":"1"}"#,
    r#"{"name":"io.example/repository","description":"d","version":"1","repository":"https://github.com/example/x","websiteUrl":"x"}"#,
];

#[test]
fn odd_manifests_are_served_by_the_rules_or_told_why_not() {
    let user = User::new();
    ODD.iter().for_each(|one| listed(&user, monday, BOARD, one, None));
    user.done(&["stats"]);
    let server = Listening::start(&user, &["serve"]);
    let all = page(&server, "/v0.1/servers");
    assert_eq!(names(&all).len(), 6);
    for one in all["servers"].as_array().unwrap() {
        assert_ne!(one["_meta"][VERDICTS]["altered"], json!([]), "{one}");
    }
    let find =
        |name: &str| all["servers"].as_array().unwrap().iter().find(|one| one["server"]["name"] == name).unwrap();
    let forged = find("io.example/forger");
    assert_eq!(forged["server"]["_meta"], json!({"io.modelcontextprotocol.registry/publisher-provided": {"a": 1}}));
    assert_eq!(forged["_meta"][VERDICTS]["reading"], "unread");
    let left = server.get("/v1/registry?shown=false").json();
    assert_eq!(left["servers"].as_array().unwrap().len(), 2);
    assert!(
        left["servers"].as_array().unwrap().iter().all(|one| one["reasons"].to_string().contains("namespace/name"))
    );
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn real_manifests_are_served_by_the_rules() {
    let file = std::fs::File::open(corpus("manifests.jsonl.gz")).unwrap();
    let user = User::new();
    let rows: Vec<Value> = BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let event = |row: &Value| {
        let meta = Some(&row["registry_meta"]).filter(|meta| meta.is_object()).map(Value::to_string);
        CrawlEvent::Listing(Box::new(listing(BOARD, &row["server"].to_string(), meta.as_deref())))
    };
    write(&user, monday, rows.iter().map(event).collect());
    user.done(&["stats"]);
    let server = Listening::start(&user, &["serve"]);
    let (mut seen, mut altered, mut query) = (BTreeSet::new(), 0, String::new());
    loop {
        let page = page(&server, &format!("/v0.1/servers?limit=100{query}"));
        for one in page["servers"].as_array().unwrap() {
            altered += usize::from(one["_meta"][VERDICTS]["altered"] != json!([]));
            seen.insert(one["server"]["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["metadata"]["nextCursor"].as_str() else { break };
        query = format!("&cursor={}", next.replace('+', "%2B").replace(':', "%3A").replace('/', "%2F"));
    }
    let left = server.get("/v1/registry?shown=false&limit=100").json()["servers"].as_array().unwrap().len();
    eprintln!("{} manifests: {} served, {altered} of them altered, {left} left out", rows.len(), seen.len());
    let names: BTreeSet<&str> = rows.iter().map(|row| row["server"]["name"].as_str().unwrap()).collect();
    assert_eq!(seen.len() + left, names.len());
    assert!(left <= 2, "{left} are left out");
}
