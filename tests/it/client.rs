//! The HTTP client against servers that lie, stall, flood and point elsewhere. Every socket is on loopback.

use crate::support::mirror::{Mirror, Reply};
use flate2::{Compression, write::GzEncoder};
use mcpdex::model::{Outcome, SecretString};
use mcpdex::net::guard::LookupFuture;
use mcpdex::net::{Client, Config, Failure, FetchLimits, FetchedBody, Lookup, Request, Trust};
use std::io::Write;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

const QUICK: FetchLimits = FetchLimits { body: 64 << 10, total: Duration::from_secs(5), redirects: 3, retries: 0 };

fn client(config: Config) -> Client {
    Client::new(config).unwrap()
}

fn request(url: Url, trust: Trust) -> Request {
    Request { limits: QUICK, ..Request::page(url, trust, "*/*") }
}

fn get(config: Config, request: Request) -> Result<FetchedBody, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { client(config).get(request).await })
}

fn operator(mirror: &Mirror, target: &str) -> Result<FetchedBody, Failure> {
    get(Config::default(), request(mirror.url(target), Trust::Operator))
}

fn outcome(result: Result<FetchedBody, Failure>) -> Outcome {
    result.unwrap_err().outcome()
}

/// Every name is at this address.
struct AllAt(&'static str);

impl Lookup for AllAt {
    fn lookup<'a>(&'a self, _: &'a str) -> LookupFuture<'a> {
        Box::pin(async { Ok(vec![self.0.parse::<IpAddr>().unwrap()]) })
    }
}

#[test]
fn a_page_comes_with_what_its_headers_say() {
    let mirror = Mirror::start();
    mirror.on("/page", Reply::of("text/plain", "hello").with("ETag", "\"1\"").with("Last-Modified", "yesterday"));
    let config = Config { contact: Some("https://crawl.example/about".into()), ..Config::default() };
    let fetched = get(config, request(mirror.url("/page"), Trust::Operator)).unwrap();
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, b"hello".as_slice()));
    assert_eq!(fetched.content_type.as_deref(), Some("text/plain"));
    assert_eq!((fetched.etag.as_deref(), fetched.last_modified.as_deref()), (Some("\"1\""), Some("yesterday")));
    let agent = &mirror.asked()[0].headers["user-agent"];
    assert_eq!(agent, &format!("mcpdex/{} (+https://crawl.example/about)", env!("CARGO_PKG_VERSION")));
}

#[test]
fn untrusted_addresses_on_loopback_are_blocked_before_a_socket_is_opened() {
    let mirror = Mirror::start();
    mirror.on("/", Reply::json("{}"));
    for host in ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
        let url = mirror.url_as(host, "/");
        assert_eq!(outcome(get(Config::default(), request(url, Trust::Untrusted))), Outcome::Blocked, "{host}");
    }
    assert_eq!(mirror.targets(), Vec::<String>::new());
}

#[test]
fn a_public_name_that_leads_to_a_private_address_is_blocked_when_it_is_resolved() {
    let mirror = Mirror::start();
    mirror.on("/", Reply::json("{}"));
    let url = mirror.url_as("packages.example", "/");
    let config = || Config { lookup: Arc::new(AllAt("127.0.0.1")), ..Config::default() };
    let failure = get(config(), request(url.clone(), Trust::Untrusted)).unwrap_err();
    assert_eq!(failure.outcome(), Outcome::Blocked);
    assert!(failure.to_string().contains("127.0.0.1 is not a public address (loopback)"), "{failure}");
    assert_eq!(mirror.targets(), Vec::<String>::new());
    // The same name is fine where the operator named it, or where private networks are allowed.
    assert!(get(config(), request(url.clone(), Trust::Operator)).is_ok());
    assert!(get(Config { allow_private: true, ..config() }, request(url, Trust::Untrusted)).is_ok());
}

#[test]
fn a_redirect_is_checked_like_any_other_address() {
    let (mirror, inner) = (Mirror::start(), Mirror::start());
    inner.on("/", Reply::json("\"inner\""));
    mirror.on("/ok", Reply::json("\"here\"")).on("/same", Reply::redirect("/ok"));
    mirror.on("/elsewhere", Reply::redirect(inner.url("/").as_str()));
    mirror.on("/metadata", Reply::redirect("http://169.254.169.254/latest/meta-data/"));
    mirror.on("/file", Reply::redirect("file:///etc/hostname"));
    mirror.on("/loop", Reply::redirect("/loop"));
    let same = operator(&mirror, "/same").unwrap();
    assert_eq!((same.body.as_slice(), same.final_url), (b"\"here\"".as_slice(), mirror.url("/ok")));
    // Trust in a host ends at its port: another service on the same machine was not configured.
    for target in ["/elsewhere", "/metadata", "/file"] {
        assert_eq!(outcome(operator(&mirror, target)), Outcome::Blocked, "{target}");
    }
    assert_eq!(outcome(operator(&mirror, "/loop")), Outcome::TooLarge);
    assert_eq!(inner.targets(), Vec::<String>::new());
    let lab = Config { allow_private: true, ..Config::default() };
    assert_eq!(get(lab, request(mirror.url("/elsewhere"), Trust::Operator)).unwrap().body, b"\"inner\"");
}

#[test]
fn credentials_reach_their_own_host_and_no_other() {
    let (mirror, other) = (Mirror::start(), Mirror::start());
    mirror.on("/a", Reply::redirect("/b")).on("/b", Reply::redirect(other.url("/c").as_str()));
    other.on("/c", Reply::json("{}"));
    let lab = Config { allow_private: true, ..Config::default() };
    let mut asking = request(mirror.url("/a"), Trust::Operator);
    asking.authorization = Some(SecretString::from("Bearer planted"));
    get(lab, asking).unwrap();
    let seen: Vec<_> = mirror.asked().iter().map(|a| a.headers.get("authorization").cloned()).collect();
    assert_eq!(seen, [Some("Bearer planted".to_owned()), Some("Bearer planted".to_owned())]);
    assert_eq!(other.asked()[0].headers.get("authorization"), None);
}

#[test]
fn a_user_name_in_an_operators_url_becomes_a_header_and_is_never_shown() {
    let mirror = Mirror::start();
    let mut url = mirror.url("/x?token=planted");
    url.set_username("me").unwrap();
    url.set_password(Some("planted")).unwrap();
    let failure = get(Config::default(), request(url, Trust::Operator)).unwrap_err();
    assert_eq!(mirror.asked()[0].headers["authorization"], "Basic bWU6cGxhbnRlZA==");
    assert_eq!(failure.outcome(), Outcome::Gone);
    assert!(!format!("{failure} {failure:?}").contains("planted"), "{failure:?}");
}

#[test]
fn a_slow_answer_cannot_outlast_the_deadline() {
    let mirror = Mirror::start();
    mirror.on("/drip", Reply::Drip).on("/hang", Reply::Hang);
    for target in ["/drip", "/hang"] {
        let mut asking = request(mirror.url(target), Trust::Operator);
        asking.limits.total = Duration::from_millis(300);
        asking.limits.retries = 2;
        let started = Instant::now();
        assert_eq!(outcome(get(Config::default(), asking)), Outcome::Timeout, "{target}");
        assert!(started.elapsed() < Duration::from_secs(3), "{target} took {:?}", started.elapsed());
    }
}

#[test]
fn a_body_is_counted_as_it_unfolds() {
    let mirror = Mirror::start();
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![0; 30 << 20]).unwrap();
    mirror.on("/bomb", Reply::file(bomb.finish().unwrap()).with("Content-Encoding", "gzip"));
    mirror.on("/long", Reply::file(vec![b'x'; 70_000]));
    mirror.on("/unsaid", Reply::Raw([b"HTTP/1.1 200 X\r\n\r\n".as_slice(), &vec![b'x'; 70_000]].concat()));
    mirror.on("/boast", Reply::Raw(b"HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\nx".to_vec()));
    for target in ["/bomb", "/long", "/unsaid", "/boast"] {
        assert_eq!(outcome(operator(&mirror, target)), Outcome::TooLarge, "{target}");
    }
}

#[test]
fn stored_bytes_come_as_they_are_even_when_a_server_calls_them_encoded() {
    let mirror = Mirror::start();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"inside").unwrap();
    let packed = packed.finish().unwrap();
    mirror.on("/a.tgz", Reply::file(packed.clone()).with("Content-Encoding", "gzip"));
    let fetched = get(Config::default(), Request::archive(mirror.url("/a.tgz"), Trust::Operator)).unwrap();
    assert_eq!(fetched.body, packed);
    assert_eq!(mirror.asked()[0].headers["accept-encoding"], "identity");
}

#[test]
fn answers_that_are_no_http_or_break_off_have_their_outcome() {
    let mirror = Mirror::start();
    let flood: String = (0..5_000).map(|i| format!("X-{i}: {}\r\n", "y".repeat(200))).collect();
    mirror.on("/flood", Reply::Raw(format!("HTTP/1.1 200 X\r\n{flood}\r\n").into_bytes()));
    mirror.on("/noise", Reply::Raw(b"\x16\x03\x01 not http at all\r\n\r\n".to_vec()));
    mirror.on("/short", Reply::Raw(b"HTTP/1.1 200 X\r\nContent-Length: 50\r\n\r\nonly this".to_vec()));
    mirror.on("/shut", Reply::Raw(Vec::new()));
    for (target, expected) in [
        ("/flood", Outcome::TooLarge),
        ("/noise", Outcome::Unreadable),
        ("/short", Outcome::Unreachable),
        ("/shut", Outcome::Unreachable),
    ] {
        let failure = operator(&mirror, target).unwrap_err();
        assert_eq!(failure.outcome(), expected, "{target}: {failure}");
    }
    let nobody = Url::parse("http://127.0.0.1:1/").unwrap();
    assert_eq!(outcome(get(Config::default(), request(nobody, Trust::Operator))), Outcome::Unreachable);
}

#[test]
fn what_fails_in_passing_is_tried_again_when_the_server_says_so() {
    let mirror = Mirror::start();
    let busy = || Reply::status(503).with("Retry-After", "1");
    mirror.on_each("/busy", vec![busy(), Reply::json("1")]);
    mirror.on("/much", Reply::status(429).with("Retry-After", "86400"));
    mirror.on("/denied", Reply::status(403));
    let patient = |target: &str| {
        let mut asking = request(mirror.url(target), Trust::Operator);
        asking.limits.retries = 2;
        get(Config::default(), asking)
    };
    let started = Instant::now();
    assert_eq!(patient("/busy").unwrap().body, b"1");
    assert!(started.elapsed() >= Duration::from_secs(1));
    let failure = patient("/much").unwrap_err();
    assert_eq!(failure.outcome(), Outcome::Refused);
    assert!(failure.to_string().contains("wait 86400 s"), "{failure}");
    assert_eq!(outcome(patient("/denied")), Outcome::Refused);
    assert_eq!(mirror.targets(), ["/busy", "/busy", "/much", "/denied"]);
}

#[test]
fn a_locked_door_says_what_it_asks_for() {
    let mirror = Mirror::start();
    mirror.on("/", Reply::status(401).with("WWW-Authenticate", "Bearer realm=\"packages\""));
    let failure = operator(&mirror, "/").unwrap_err();
    assert_eq!(failure.outcome(), Outcome::AuthRequired);
    assert!(failure.to_string().contains("Bearer realm"), "{failure}");
}
