//! Crawling packages and registries: against a mirror on loopback, and the two real packages where the configured
//! registries can be reached.

use crate::support::mirror::{Mirror, Reply};
use crate::support::pack::{tar_gz_files, zip};
use mcpdex::crawl::Progress;
use mcpdex::crawl::{CrawlError, CrawlEvent, CrawlReport, Options, Surroundings, crawl};
use mcpdex::model::{Listing, Observation, Outcome, ToolOrigin};
use mcpdex::source::artifact::sha256_hex;
use mcpdex::source::{SourceSpec, sample};
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha512};
use std::path::PathBuf;
use std::time::Duration;

/// What a crawl gave.
pub(crate) struct Crawled {
    pub(crate) listings: Vec<Listing>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) report: CrawlReport,
}

impl Crawled {
    /// The one observation of a server.
    pub(crate) fn of(&self, server: &str) -> &Observation {
        let mut found = self.observations.iter().filter(|o| o.server.as_str() == server);
        let first = found.next().unwrap_or_else(|| panic!("no observation of {server}"));
        assert!(found.next().is_none(), "{server} was observed twice");
        first
    }

    pub(crate) fn detail(&self, server: &str) -> String {
        self.of(server).detail.clone().unwrap_or_default()
    }
}

pub(crate) fn options() -> Options {
    let mut options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_mcpdex")), Surroundings::none());
    options.page.total = Duration::from_secs(5);
    options.page.retries = 0;
    options.archive = options.page;
    options
}

pub(crate) fn try_crawl(words: &[&str], options: &Options) -> Result<Crawled, CrawlError> {
    let specs: Vec<SourceSpec> = words.iter().map(|word| word.parse().unwrap()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (events, mut received) = tokio::sync::mpsc::channel(4);
        let keep = tokio::spawn(async move {
            let (mut listings, mut observations) = (Vec::new(), Vec::new());
            while let Some(event) = received.recv().await {
                match event {
                    CrawlEvent::Listing(listing) => listings.push(*listing),
                    CrawlEvent::Observation(observation) => observations.push(*observation),
                    CrawlEvent::Alias(same) => {
                        // Another server's attempt counts for this one too.
                        let other: &Observation =
                            observations.iter().find(|known: &&Observation| known.server == same.other).unwrap();
                        observations.push(Observation { server: same.server, ..other.clone() });
                    }
                    _ => {}
                }
            }
            (listings, observations)
        });
        let report = crawl(&specs, options, events, &Progress::new(true)).await?;
        let (listings, observations) = keep.await.unwrap();
        assert_eq!((report.listings, report.observations), (listings.len(), observations.len()));
        Ok(Crawled { listings, observations, report })
    })
}

pub(crate) fn run(words: &[&str], options: &Options) -> Crawled {
    try_crawl(words, options).unwrap()
}

pub(crate) const PY: &[u8] = b"from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('kiln')\n\n@mcp.tool()\n\
    def fire_kiln(degrees: int) -> str:\n    \"\"\"Fire the kiln.\"\"\"\n    return 'hot'\n\n\
    def main():\n    mcp.run()\n";
pub(crate) const JS: &[u8] = b"import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n\
    const server = new McpServer({ name: 'kiln', version: '1' });\n\
    server.registerTool('fire_kiln', { description: 'Fire the kiln.', inputSchema: {} }, async () => ({ content: [] }));\n";

pub(crate) fn wheel() -> Vec<u8> {
    let points = b"[console_scripts]\nkiln = kiln.server:main\n";
    zip(&[("kiln/__init__.py", b""), ("kiln/server.py", PY), ("kiln-1.2.0.dist-info/entry_points.txt", points)])
}

pub(crate) fn tarball() -> Vec<u8> {
    let manifest = br#"{"name":"kiln","version":"1.2.0","type":"module","bin":{"kiln":"index.js"}}"#;
    tar_gz_files(&[("package/package.json", manifest), ("package/index.js", JS)])
}

/// A Python index at `/simple/`, answering in JSON or HTML, that lists one wheel.
pub(crate) fn pypi(mirror: &Mirror, html: bool, sha256: &str) {
    let file = "kiln-1.2.0-py3-none-any.whl";
    let page = match html {
        true => {
            Reply::of("text/html", format!("<html><body><a href=\"../../files/{file}#sha256={sha256}\">{file}</a>"))
        }
        false => Reply::of(
            "application/vnd.pypi.simple.v1+json",
            json!({"meta": {"api-version": "1.1"}, "name": "kiln", "files": [
                {"filename": file, "url": format!("/files/{file}"), "hashes": {"sha256": sha256}, "yanked": false}
            ]})
            .to_string(),
        ),
    };
    mirror.on("/simple/kiln/", page).on(&format!("/files/{file}"), Reply::file(wheel()));
}

/// An npm registry that knows one package, `name`.
pub(crate) fn npm(mirror: &Mirror, name: &str, dist: serde_json::Value) {
    let page = json!({"name": name, "dist-tags": {"latest": "1.2.0"}, "versions": {"1.2.0": {"dist": dist}}});
    mirror.on(&format!("/{}", name.replace('/', "%2F")), Reply::json(page));
    mirror.on("/kiln-1.2.0.tgz", Reply::file(tarball()));
}

pub(crate) fn npm_dist(mirror: &Mirror) -> serde_json::Value {
    use base64::Engine;
    let integrity = base64::engine::general_purpose::STANDARD.encode(Sha512::digest(tarball()));
    json!({"tarball": mirror.url("/kiln-1.2.0.tgz").as_str(), "integrity": format!("sha512-{integrity}")})
}

pub(crate) fn with_both(mirror: &Mirror) -> Options {
    Options {
        npm_registry: Some(mirror.url("/").to_string()),
        pypi_index: Some(mirror.url("/simple").to_string()),
        ..options()
    }
}

/// That a package arrived whole and its tool was found.
pub(crate) fn assert_read(observation: &Observation, archive: &[u8]) {
    assert_eq!((observation.outcome, observation.detail.as_deref()), (Outcome::Ok, None));
    assert_eq!(observation.artifact_sha256.as_deref(), Some(sha256_hex(archive).as_str()));
    assert_eq!(observation.package.as_ref().unwrap().version.as_deref(), Some("1.2.0"));
    let names: Vec<_> = observation.tools.iter().map(|(tool, _)| tool.name.as_str()).collect();
    assert_eq!((observation.origin, names), (ToolOrigin::Static, vec!["fire_kiln"]));
}

#[test]
fn a_python_index_is_read_in_json_and_in_html() {
    for html in [false, true] {
        let mirror = Mirror::start();
        pypi(&mirror, html, &sha256_hex(&wheel()));
        let crawled = run(&["pypi:Kiln"], &with_both(&mirror));
        assert_read(crawled.of("pypi:kiln"), &wheel());
        assert_eq!(crawled.listings[0].source, "pypi:kiln");
        let accept = &mirror.asked()[0].headers["accept"];
        assert!(accept.starts_with("application/vnd.pypi.simple.v1+json,") && accept.contains("text/html"), "{accept}");
    }
}

#[test]
fn an_npm_registry_is_read_with_scope_version_and_either_hash() {
    let mirror = Mirror::start();
    npm(&mirror, "@clay/kiln", npm_dist(&mirror));
    assert_read(run(&["npm:@clay/kiln@^1"], &with_both(&mirror)).of("npm:@clay/kiln"), &tarball());
    assert_eq!(mirror.targets(), ["/@clay%2Fkiln", "/kiln-1.2.0.tgz"]);

    let sha1: String = Sha1::digest(tarball()).iter().map(|byte| format!("{byte:02x}")).collect();
    npm(&mirror, "kiln", json!({"tarball": mirror.url("/kiln-1.2.0.tgz").as_str(), "shasum": sha1}));
    assert_read(run(&["npm:kiln"], &with_both(&mirror)).of("npm:kiln"), &tarball());
}

#[test]
fn a_corrupted_download_is_refused_by_its_hash() {
    let mirror = Mirror::start();
    pypi(&mirror, false, &sha256_hex(b"what was published"));
    npm(&mirror, "kiln", npm_dist(&mirror));
    let mut corrupted = tarball();
    corrupted[20] ^= 1;
    mirror.on("/kiln-1.2.0.tgz", Reply::file(corrupted));
    let crawled = run(&["pypi:kiln", "npm:kiln"], &with_both(&mirror));
    for server in ["pypi:kiln", "npm:kiln"] {
        let observation = crawled.of(server);
        assert_eq!((observation.outcome, observation.tools.len()), (Outcome::Unreadable, 0));
        assert!(crawled.detail(server).contains("hash mismatch"), "{}", crawled.detail(server));
    }
}

#[test]
fn every_way_to_fail_is_an_observation_with_its_outcome() {
    let mirror = Mirror::start();
    mirror.on("/slow", Reply::Hang).on("/locked", Reply::status(401)).on("/broken", Reply::of("text/html", "<p>"));
    npm(&mirror, "kiln", npm_dist(&mirror));
    npm(&mirror, "large", json!({"tarball": mirror.url("/large.tgz").as_str()}));
    npm(&mirror, "bare", json!({"tarball": mirror.url("/bare.tgz").as_str()}));
    npm(&mirror, "odd", json!({"tarball": mirror.url("/odd.tgz").as_str()}));
    mirror.on("/large.tgz", Reply::file(vec![0; 300_000]));
    mirror.on("/bare.tgz", Reply::file(tar_gz_files(&[("package/index.js", b"export const one = 1;\n")])));
    mirror.on("/odd.tgz", Reply::file("this is no archive"));
    let mut options = with_both(&mirror);
    options.page.total = Duration::from_millis(400);
    options.archive.body = 200_000;
    let words =
        ["gone", "kiln@9", "slow", "locked", "broken", "large", "bare", "odd"].map(|name| format!("npm:{name}"));
    let crawled = run(&words.iter().map(String::as_str).collect::<Vec<_>>(), &options);
    for (server, outcome) in [
        ("npm:gone", Outcome::Gone),
        ("npm:kiln", Outcome::Gone),
        ("npm:slow", Outcome::Timeout),
        ("npm:locked", Outcome::AuthRequired),
        ("npm:broken", Outcome::Unreadable),
        ("npm:large", Outcome::TooLarge),
        ("npm:bare", Outcome::Unreadable),
        ("npm:odd", Outcome::Unreadable),
    ] {
        assert_eq!(crawled.of(server).outcome, outcome, "{server}: {}", crawled.detail(server));
        assert!(!crawled.detail(server).is_empty(), "{server}");
    }
}

pub(crate) fn entry(name: &str, server: serde_json::Value) -> serde_json::Value {
    let mut server = server;
    server["name"] = json!(name);
    json!({"server": server, "_meta": {"io.modelcontextprotocol.registry/official": {"status": "active", "isLatest": true}}})
}

pub(crate) const FIRST: &str = "/v0.1/servers?limit=100&version=latest";

#[test]
fn every_page_of_a_registry_is_read_and_its_packages_are_followed() {
    let mirror = Mirror::start();
    npm(&mirror, "kiln", npm_dist(&mirror));
    pypi(&mirror, false, &sha256_hex(&wheel()));
    let package = |kind: &str, name: &str| json!({"packages": [{"registryType": kind, "identifier": name}]});
    let deleted = json!({"server": {"name": "a/deleted", "packages": []}, "_meta":
        {"io.modelcontextprotocol.registry/official": {"status": "deleted", "isLatest": true}}});
    let mut hashed = package("npm", "kiln");
    hashed["packages"][0]["fileSha256"] = json!(sha256_hex(b"another file"));
    mirror.on(
        FIRST,
        Reply::json(json!({"servers": [
        entry("a/npm", package("npm", "kiln")),
        {"server": {"no": "name"}},
        entry("a/pypi", package("pypi", "kiln")),
    ], "metadata": {"nextCursor": "a/pypi:1.0"}})),
    );
    mirror.on(
        &format!("{FIRST}&cursor=a%2Fpypi%3A1.0"),
        Reply::json(json!({"servers": [
        entry("a/oci", package("oci", "clay.example/kiln:1")),
        entry("a/remote", json!({"remotes": [{"type": "sse", "url": "https://kiln.example/sse"}]})),
        entry("a/empty", json!({"remotes": [{"type": "sse", "url": "https://kiln.example/sse?api_key=planted"}],
            "packages": [{"registryType": "attic", "identifier": "x"}]})),
        entry("a/stated", hashed),
        entry("a/path", package("npm", "../../etc")),
        deleted,
    ], "metadata": {"count": 6}})),
    );
    let base = format!("registry:{}", mirror.url(""));
    let crawled = run(&[&base], &with_both(&mirror));
    assert_read(crawled.of("a/npm"), &tarball());
    assert_read(crawled.of("a/pypi"), &wheel());
    for (server, outcome, detail) in [
        ("a/oci", Outcome::Unreachable, "clay.example"),
        ("a/remote", Outcome::Unreachable, "kiln.example"),
        ("a/stated", Outcome::Unreadable, "hash mismatch"),
        ("a/path", Outcome::Unreadable, "is not a package name"),
        ("a/deleted", Outcome::Gone, "lists this server as deleted"),
    ] {
        assert_eq!(crawled.of(server).outcome, outcome, "{server}");
        assert!(crawled.detail(server).contains(detail), "{server}: {}", crawled.detail(server));
    }
    assert_eq!((crawled.listings.len(), crawled.report.redacted), (8, 1));
    assert!(!format!("{:?}{:?}", crawled.listings, crawled.observations).contains("planted"));
    assert_eq!(crawled.report.problems.len(), 1, "{:?}", crawled.report.problems);
    assert!(crawled.report.problems[0].contains("entry 1 has no name"), "{:?}", crawled.report.problems);
    assert_eq!(crawled.report.failures, []);
    assert!(crawled.listings.iter().all(|listing| listing.source == base.trim_end_matches('/')));
}

#[test]
fn a_registry_that_fails_or_turns_in_circles_is_reported_and_what_came_before_is_kept() {
    let next = |cursor: &str, name: &str| {
        let remote = json!({"remotes": [{"type": "sse", "url": "https://kiln.example/sse"}]});
        Reply::json(json!({"servers": [entry(name, remote)], "metadata": {"nextCursor": cursor}}))
    };
    let (circle, broken, endless) = (Mirror::start(), Mirror::start(), Mirror::start());
    circle.on(FIRST, next("x", "a/one")).on(&format!("{FIRST}&cursor=x"), next("x", "a/two"));
    broken.on(FIRST, next("x", "a/three")).on(&format!("{FIRST}&cursor=x"), Reply::status(500));
    for page in 0..6 {
        let target = if page == 0 { FIRST.to_owned() } else { format!("{FIRST}&cursor={page}") };
        endless.on(&target, next(&(page + 1).to_string(), &format!("b/{page}")));
    }
    let words = [&circle, &broken, &endless].map(|mirror| format!("registry:{}", mirror.url("")));
    let options = Options { max_pages: 4, ..options() };
    let crawled = run(&words.iter().map(String::as_str).collect::<Vec<_>>(), &options);
    assert_eq!(crawled.listings.len(), 2 + 1 + 4);
    let outcomes: Vec<_> = crawled.report.failures.iter().map(|failure| failure.outcome).collect();
    assert_eq!(outcomes, [Outcome::Unreadable, Outcome::Refused, Outcome::TooLarge]);
}

#[test]
fn the_sample_needs_no_network_and_loses_no_tool_to_a_malformed_one() {
    let crawled = run(&["sample"], &options());
    assert_eq!(crawled.listings.len(), 8);
    assert!(crawled.observations.iter().all(|o| (o.outcome, o.origin) == (Outcome::Ok, ToolOrigin::Declared)));
    let magpie = crawled.of("example.sample/magpie");
    assert_eq!((magpie.tools.len(), magpie.partial.len()), (4, 1));
    assert!(sample::PAGE.contains("example.sample/magpie"));
}

#[test]
fn the_two_real_packages_come_from_the_configured_registries() {
    let words = ["pypi:awslabs-ecs-mcp-server", "npm:@modelcontextprotocol/server-filesystem"];
    let options = Options::new(PathBuf::from(env!("CARGO_BIN_EXE_mcpdex")), Surroundings::of_process());
    let crawled = run(&words, &options);
    for word in words {
        let observation = crawled.of(word);
        if matches!(observation.outcome, Outcome::Unreachable | Outcome::Timeout) {
            eprintln!("skipped: {word} cannot be reached: {}", crawled.detail(word));
            continue;
        }
        assert_eq!((observation.outcome, observation.detail.as_deref()), (Outcome::Ok, None), "{word}");
        let named = |name: &str| observation.tools.iter().any(|(tool, _)| tool.name == name);
        assert!(named("build_and_push_image_to_ecr") || named("read_text_file"), "{word}");
    }
}
