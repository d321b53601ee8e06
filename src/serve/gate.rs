//! The gate that every request passes: the name it asks for, the page it comes from, its token, how often and how long.

use super::access::TokenScope;
use super::answer::Problem;
use super::{MAX_BODY, MAX_REQUESTS, MAX_TIME, Shared};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Lets a request through, or says why not; counts and logs it either way.
pub(super) async fn pass(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let working = Working::begin(&shared);
    let mut response = match look(&shared, peer, &request, begun) {
        Err(problem) => *problem,
        Ok(()) if working.at_a_time > MAX_REQUESTS => {
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests are worked on; come again");
            with(problem.into_response(), header::RETRY_AFTER, "1")
        }
        Ok(()) => match tokio::time::timeout(MAX_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the request took longer than 30 seconds").into_response()
            }
        },
    };
    for (name, value) in HARDENED {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    shared.metrics.count(status, took);
    if shared.settings.access_log {
        log(peer, &method, &path, status, took.as_micros());
    }
    response
}

/// What every answer says to browsers.
const HARDENED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

struct Working<'a> {
    shared: &'a Shared,
    at_a_time: usize,
}

impl Working<'_> {
    fn begin(shared: &Shared) -> Working<'_> {
        let at_a_time = shared.metrics.working.fetch_add(1, Ordering::Relaxed) + 1;
        Working { shared, at_a_time }
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.shared.metrics.working.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One line for programs: neither headers nor the query, where secrets may stand.
fn log(peer: SocketAddr, method: &Method, path: &str, status: u16, micros: u128) {
    let time = jiff::Timestamp::now().to_string();
    let path: String = path.chars().take(512).collect();
    let line = json!({
        "time": time, "peer": peer.ip().to_string(), "method": method.as_str(), "path": path, "status": status,
        "micros": u64::try_from(micros).unwrap_or(u64::MAX),
    });
    // Nobody may be left to read it.
    let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), format!("{line}\n").as_bytes());
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn look(shared: &Shared, peer: SocketAddr, request: &Request, now: Instant) -> Result<(), Box<Response>> {
    let refuse = |status, detail: &str| Err(Box::new(Problem::new(status, detail).into_response()));
    let Some(host) = host(request.headers(), request.uri()) else {
        return refuse(StatusCode::BAD_REQUEST, "the request names no host");
    };
    // A page of another place may lead its visitors' browsers here by a name of its own.
    if !is_ours(shared, &host) {
        return refuse(StatusCode::MISDIRECTED_REQUEST, "this host is not served here; --host NAME adds one");
    }
    for origin in request.headers().get_all(header::ORIGIN) {
        let same = origin.to_str().is_ok_and(|origin| is_same_origin(origin, &host, shared.settings.tls.is_some()));
        if !same {
            return refuse(StatusCode::FORBIDDEN, "requests from pages of other origins are refused");
        }
    }
    if let Some(rate) = &shared.rate
        && let Err(wait) = rate.take(peer.ip(), now)
    {
        let problem =
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests from this address").into_response();
        return Err(Box::new(with(problem, header::RETRY_AFTER, &wait.as_secs_f64().ceil().to_string())));
    }
    // Before anything is read of it.
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.is_some_and(|length| length.parse::<u64>().map_or(true, |length| length > MAX_BODY as u64)) {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 4 MiB").into_response();
        return Err(Box::new(with(problem, header::CONNECTION, "close")));
    }
    let Some(tokens) = &shared.settings.tokens else { return Ok(()) };
    let scope = match (request.uri().path(), request.method()) {
        ("/healthz", _) => return Ok(()),
        (_, &Method::GET | &Method::HEAD) => TokenScope::Read,
        _ => TokenScope::Classify,
    };
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    match token.and_then(|token| tokens.may(token, scope)) {
        Some(true) => Ok(()),
        Some(false) => refuse(StatusCode::FORBIDDEN, "the token is not for this"),
        None => {
            let problem = Problem::new(StatusCode::UNAUTHORIZED, "a token is needed: Authorization: Bearer TOKEN");
            Err(Box::new(with(problem.into_response(), header::WWW_AUTHENTICATE, "Bearer realm=\"mcpdex\"")))
        }
    }
}

/// The host that is asked for, with its port where it has one. Two of them are none.
fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    if let Some(authority) = uri.authority() {
        return Some(authority.as_str().rsplit('@').next()?.to_ascii_lowercase());
    }
    let mut all = headers.get_all(header::HOST).iter();
    let host = all.next()?.to_str().ok()?;
    all.next().is_none().then(|| host.to_ascii_lowercase())
}

/// A host without its port.
fn bare(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(host, |(address, _)| address),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    }
}

fn is_ours(shared: &Shared, host: &str) -> bool {
    let (name, settings) = (bare(host).trim_end_matches('.'), &shared.settings);
    let listens = settings.listen.ip();
    let on_loopback = listens.is_loopback() || listens.is_unspecified();
    (on_loopback && matches!(name, "localhost" | "127.0.0.1" | "::1"))
        || (!listens.is_unspecified() && name.parse().is_ok_and(|address: std::net::IpAddr| address == listens))
        || settings.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn is_same_origin(origin: &str, host: &str, tls: bool) -> bool {
    let scheme = if tls { "https://" } else { "http://" };
    let port = if tls { ":443" } else { ":80" };
    let plain = |host: &str| host.strip_suffix(port).unwrap_or(host).to_owned();
    origin.to_ascii_lowercase().strip_prefix(scheme).is_some_and(|from| plain(from) == plain(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_the_same_by_scheme_host_and_port() {
        for (origin, host, tls, wanted) in [
            ("http://localhost:8420", "localhost:8420", false, true),
            ("http://LOCALHOST:8420", "localhost:8420", false, true),
            ("http://localhost", "localhost:80", false, true),
            ("https://catalogue.example", "catalogue.example:443", true, true),
            ("http://localhost:8421", "localhost:8420", false, false),
            ("https://localhost:8420", "localhost:8420", false, false),
            ("http://evil.example", "localhost:8420", false, false),
            ("http://localhost:8420.evil.example", "localhost:8420", false, false),
            ("null", "localhost:8420", false, false),
            ("", "localhost:8420", false, false),
        ] {
            assert_eq!(is_same_origin(origin, host, tls), wanted, "{origin} {host}");
        }
        assert_eq!(["[::1]:80", "a:1", "a", "[::1]"].map(bare), ["::1", "a", "a", "::1"]);
    }
}
