//! The clients of the bench: the probe, a bare `reqwest` loop and the official SDK's client.

use mcpdex::net::{Client, Config, Lookup, LookupFuture, RateLimit, Trust};
use mcpdex::probe::{self, Ask};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use url::Url;

/// Tools that the server lists.
pub(super) const TOOLS: usize = 20;
/// Hosts that one client meets at most.
const MOST_HOSTS: usize = 15_000;

/// Does what the words `client KIND PORT AT_ONCE SECONDS` ask for; `None`: they ask for something else.
pub(super) fn run(words: &[&str]) -> Option<()> {
    let ["client", kind, port, at_once, seconds] = words else { return None };
    let (port, at_once) = (port.parse().expect("a port"), at_once.parse().expect("a number"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(load(kind, port, at_once, seconds.parse().expect("seconds")));
    Some(())
}

/// Lists again and again, `at_once` conversations at a time, and prints sessions a second and the peak of memory in MiB.
async fn load(kind: &str, port: u16, at_once: usize, seconds: f64) {
    // The provider is the same for every client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rate = RateLimit { per_host: 1, concurrency: 100_000, interval: Duration::ZERO };
    let config = Config { allow_private: true, rate, lookup: Arc::new(Hosts), ..Config::default() };
    let client = Client::new(config).expect("a client");
    let bare = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(1)
        .dns_resolver(Arc::new(Hosts))
        .build()
        .expect("a client");
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(seconds);
    let tasks: Vec<_> = (0..at_once)
        .map(|_| {
            let (client, bare, kind) = (client.clone(), bare.clone(), kind.to_owned());
            let (next, done) = (next.clone(), done.clone());
            tokio::spawn(async move {
                // The bare client holds a connection to every host, so it runs out of descriptors before it is done.
                while Instant::now() < until && next.load(Ordering::Relaxed) < MOST_HOSTS {
                    let host = next.fetch_add(1, Ordering::Relaxed);
                    let url = format!("http://h{host}.example:{port}/mcp");
                    let tools = match kind.as_str() {
                        "reqwest" => by_hand(&bare, &url).await,
                        "sdk" => by_sdk(bare.clone(), &url).await,
                        _ => probe::ask(&client, &Ask::new(Url::parse(&url).expect("a URL"), Trust::Untrusted))
                            .await
                            .tools
                            .len(),
                    };
                    assert_eq!(tools, TOOLS, "{kind}");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no client fails");
    }
    let rate = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    println!("{rate} {}", peak());
}

/// The most memory that this process ever held, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

/// The same requests as the probe's, their answers read and not looked at.
async fn by_hand(client: &reqwest::Client, url: &str) -> usize {
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"0"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    let hello = r#"{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}}"#;
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let again = r#"{"jsonrpc":"2.0","id":3,"method":"tools/list","params":{}}"#;
    let mut size = 0;
    for body in [list, hello, ready, again] {
        let request = client
            .post(url)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2025-11-25")
            .body(body);
        let mut response = request.send().await.expect("an answer");
        size = 0;
        while let Some(chunk) = response.chunk().await.expect("a body") {
            size += chunk.len();
        }
    }
    if size > 10_000 { TOOLS } else { 0 }
}

async fn by_sdk(client: reqwest::Client, url: &str) -> usize {
    use rmcp::ServiceExt;
    use rmcp::transport::StreamableHttpClientTransport;
    use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
    let transport =
        StreamableHttpClientTransport::with_client(client, StreamableHttpClientTransportConfig::with_uri(url));
    let service = ().serve(transport).await.expect("a handshake");
    let tools = service.list_all_tools().await.expect("a list").len();
    let _ = service.cancel().await;
    tools
}

/// Every host of the bench has a loopback address of its own.
struct Hosts;

fn address(host: &str) -> IpAddr {
    let number: u32 = host.trim_start_matches('h').split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let [_, a, b, c] = (number + 1).to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(127, a, b, c.max(1)))
}

impl Lookup for Hosts {
    fn lookup<'a>(&'a self, host: &'a str) -> LookupFuture<'a> {
        Box::pin(async move { Ok(vec![address(host)]) })
    }
}

impl reqwest::dns::Resolve for Hosts {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let found = std::net::SocketAddr::new(address(name.as_str()), 0);
        Box::pin(async move { Ok(Box::new(std::iter::once(found)) as reqwest::dns::Addrs) })
    }
}
