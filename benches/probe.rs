//! How fast the probe lists, against a bare `reqwest` loop that sends the same requests and parses nothing, and against
//! the official SDK's client; and what 512 conversations at once cost in memory. Each conversation is with another
//! host (its own name and its own loopback address), so nothing is gained from an open connection.
//!
//! `cargo bench --bench probe [-- SECONDS]`. The server and every client are processes of their own.

use mcpdex::net::{Client, Config, Looked, Lookup, Trust};
use mcpdex::probe::{self, Ask};
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match words.as_slice() {
        ["serve"] => runtime.block_on(serve()),
        ["client", kind, port, at_once, seconds] => {
            let (port, at_once) = (port.parse().expect("a port"), at_once.parse().expect("a number"));
            runtime.block_on(load(kind, port, at_once, seconds.parse().expect("seconds")));
        }
        [] => compare("4"),
        [seconds] => compare(seconds),
        _ => eprintln!("expected nothing or a number of seconds"),
    }
}

/// Runs the server and every client in turn, three rounds, and prints the medians and their ratios.
fn compare(seconds: &str) {
    let program = std::env::current_exe().expect("the own path");
    let mut server = Command::new(&program).arg("serve").stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut port = String::new();
    BufReader::new(server.stdout.as_mut().expect("piped")).read_line(&mut port).expect("the port");
    let measure = |kind: &str, at_once: &str| -> (f64, f64) {
        let output = Command::new(&program)
            .args(["client", kind, port.trim(), at_once, seconds])
            .stderr(Stdio::inherit())
            .output()
            .expect("the client runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().expect("a number"));
        (numbers.next().expect("a rate"), numbers.next().expect("a size"))
    };
    let mut rates: [Vec<f64>; 3] = Default::default();
    for _ in 0..3 {
        for (rates, kind) in rates.iter_mut().zip(["reqwest", "probe", "sdk"]) {
            rates.push(measure(kind, "64").0);
        }
    }
    let (_, memory) = measure("probe", "512");
    let _ = server.kill();
    let _ = server.wait();
    let [bare, ours, sdk] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    println!("sessions/s, 64 at once, medians of 3: bare reqwest {bare:.0}, probe {ours:.0}, SDK client {sdk:.0}");
    println!("probe / bare reqwest: {:.2} (at least 0.8)", ours / bare);
    println!("probe / SDK client:   {:.2} (at least 2.5)", ours / sdk);
    println!("memory of 512 conversations at once: {memory:.0} MiB at most (below 100)");
}

/// Lists again and again, `at_once` conversations at a time, and prints sessions a second and the peak of memory in MiB.
async fn load(kind: &str, port: u16, at_once: usize, seconds: f64) {
    // The provider is the same for every client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config =
        Config { allow_private: true, per_host: 1, concurrency: 100_000, lookup: Arc::new(Hosts), ..Config::default() };
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
    fn lookup<'a>(&'a self, host: &'a str) -> Looked<'a> {
        Box::pin(async move { Ok(vec![address(host)]) })
    }
}

impl reqwest::dns::Resolve for Hosts {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let found = std::net::SocketAddr::new(address(name.as_str()), 0);
        Box::pin(async move { Ok(Box::new(std::iter::once(found)) as reqwest::dns::Addrs) })
    }
}

const TOOLS: usize = 20;
/// Hosts that one client meets at most.
const MOST_HOSTS: usize = 15_000;

/// A server with handshake and without sessions, as cheap as can be.
async fn serve() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    let tool = |number: usize| {
        let text = "Copies the rows that match from one table into another and says how many there were. ".repeat(4);
        format!(
            r#"{{"name":"copy_rows_{number}","description":"{text}","inputSchema":{{"type":"object","properties":{{"from":{{"type":"string","description":"Where from"}},"to":{{"type":"string","description":"Where to"}}}},"required":["from","to"]}}}}"#
        )
    };
    let list = format!(r#"{{"tools":[{}]}}"#, (0..TOOLS).map(tool).collect::<Vec<_>>().join(","));
    let list: Arc<str> = list.into();
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        let list = list.clone();
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let mut buffer = Vec::with_capacity(4_096);
            loop {
                let Some(body) = request(&mut stream, &mut buffer).await else { return };
                let id = body.split("\"id\":").nth(1).and_then(|rest| rest.split([',', '}']).next()).unwrap_or("0");
                let answer = match body.as_str() {
                    "" => "HTTP/1.1 405 X\r\ncontent-length: 0\r\n\r\n".to_owned(),
                    b if b.contains("notifications/") => "HTTP/1.1 202 X\r\ncontent-length: 0\r\n\r\n".to_owned(),
                    b if b.contains("\"initialize\"") => ok(&format!(
                        r#"{{"jsonrpc":"2.0","id":{id},"result":{{"protocolVersion":"2025-11-25","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"bench","version":"0"}}}}}}"#
                    )),
                    b if b.contains("io.modelcontextprotocol/") => {
                        let text = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"not initialized"}}"#;
                        ok(text).replacen("200", "400", 1)
                    }
                    _ => ok(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{list}}}"#)),
                };
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The body of the next request; `None` when there is none.
async fn request(stream: &mut tokio::net::TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        let head = buffer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            let length = text.split("content-length:").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
            let end = head + length.unwrap_or(0_usize);
            if buffer.len() >= end {
                let body = String::from_utf8_lossy(&buffer[head..end]).into_owned();
                buffer.drain(..end);
                return Some(body);
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
