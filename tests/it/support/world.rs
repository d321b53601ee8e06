//! A world on loopback: a registry of as many servers as wanted, each at an address of its own, a chosen share of them
//! faulty in every way that servers are. What each must lead to is known, so that a crawl can be held against it.
//!
//! Everything follows from the number of a server, so two worlds of one size are the same. One listener serves them all:
//! on Linux every address of 127.0.0.0/8 is this machine.
#![allow(unreachable_pub, reason = "the example serves it as well")]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a world is like.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub servers: usize,
    /// Of a hundred servers, this many are faulty.
    pub faulty: usize,
    /// Every second server is on one host…
    pub crowded: bool,
    /// …which takes this long for an answer.
    pub slow: Duration,
    /// The registry lists servers of even number only.
    pub even_only: bool,
    /// How long a server thinks before it answers.
    pub thinks: Duration,
}

impl Default for Plan {
    fn default() -> Self {
        Plan {
            servers: 100,
            faulty: 0,
            crowded: false,
            slow: Duration::ZERO,
            even_only: false,
            thinks: Duration::from_millis(2),
        }
    }
}

/// How a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answers in the newest revision of the protocol.
    Modern,
    /// Wants the handshake of the older ones.
    Handshake,
    Refuse,
    Hang,
    Drip,
    Reset,
    Unauthorized,
    Busy,
    Broken,
    Giant,
    Malformed,
    Endless,
}

const FAULTS: [Kind; 10] = [
    Kind::Refuse,
    Kind::Hang,
    Kind::Drip,
    Kind::Reset,
    Kind::Unauthorized,
    Kind::Busy,
    Kind::Broken,
    Kind::Giant,
    Kind::Malformed,
    Kind::Endless,
];

impl Plan {
    pub fn kind(&self, number: usize) -> Kind {
        // 37 and 100 share no factor: the faults lie evenly and not in a row.
        match (number * 37 + 11) % 100 < self.faulty {
            true => FAULTS[(number * 37 + 11) / 100 % FAULTS.len()],
            false if number.is_multiple_of(2) => Kind::Modern,
            false => Kind::Handshake,
        }
    }

    /// The outcome that a crawl has to record; an endless list ends at a limit and is read in part.
    #[allow(dead_code, reason = "the example only serves")]
    pub fn outcome(&self, number: usize) -> &'static str {
        match self.kind(number) {
            Kind::Modern | Kind::Handshake | Kind::Endless => "ok",
            Kind::Refuse | Kind::Reset => "unreachable",
            Kind::Hang | Kind::Drip => "timeout",
            Kind::Unauthorized => "auth-required",
            Kind::Busy | Kind::Broken => "refused",
            Kind::Giant => "too-large",
            Kind::Malformed => "unreadable",
        }
    }

    /// The names of a good server's tools.
    pub fn tools(&self, number: usize) -> Vec<String> {
        (0..1 + number % 5).map(|tool| format!("fire_kiln_{number}_{tool}")).collect()
    }

    /// Whether a server is on the crowded host.
    pub fn is_crowded(&self, number: usize) -> bool {
        self.crowded && number % 2 == 1
    }

    fn address(&self, number: usize) -> Ipv4Addr {
        match self.is_crowded(number) {
            true => Ipv4Addr::new(127, 200, 0, 1),
            false => Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 0)) + number as u32),
        }
    }
}

/// The name of a server.
pub fn name(number: usize) -> String {
    format!("example.world/s{number:06}")
}

/// A running world. Ends with the process.
pub struct World {
    pub port: u16,
    /// Pages of the registry that were asked for.
    #[allow(dead_code, reason = "the example only serves")]
    pub pages: Arc<AtomicUsize>,
    /// By number of server: how often each was asked for its list, counted when it was answered.
    #[allow(dead_code, reason = "the example only serves")]
    pub asked: Arc<Vec<AtomicUsize>>,
    /// By address: requests to servers without fault that are being answered, and the most that were at once.
    #[allow(dead_code, reason = "the example only serves")]
    pub busy: Arc<Mutex<BTreeMap<Ipv4Addr, (usize, usize)>>>,
}

impl World {
    /// Starts a world on a free port, or on the one given.
    pub fn start(plan: Plan, port: u16) -> World {
        let (tell, told) = std::sync::mpsc::channel();
        let pages = Arc::new(AtomicUsize::new(0));
        let asked: Arc<Vec<AtomicUsize>> = Arc::new((0..plan.servers).map(|_| AtomicUsize::new(0)).collect());
        let busy = Arc::default();
        let shared = Arc::new(Shared { plan, pages: pages.clone(), asked: asked.clone(), busy: Arc::clone(&busy) });
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await.unwrap();
                let port = listener.local_addr().unwrap().port();
                tell.send(port).unwrap();
                loop {
                    let Ok((stream, peer)) = listener.accept().await else {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    if peer.ip().is_loopback() {
                        let shared = shared.clone();
                        tokio::spawn(async move {
                            let _ = shared.serve(stream, port).await;
                        });
                    }
                }
            });
        });
        World { port: told.recv().unwrap(), pages, asked, busy }
    }

    /// The address of the registry.
    pub fn registry(&self) -> String {
        format!("registry:http://127.0.0.1:{}", self.port)
    }
}

struct Shared {
    plan: Plan,
    pages: Arc<AtomicUsize>,
    asked: Arc<Vec<AtomicUsize>>,
    busy: Arc<Mutex<BTreeMap<Ipv4Addr, (usize, usize)>>>,
}

/// A request: the target of its first line, and its body.
struct Request {
    target: String,
    body: String,
}

async fn request(lines: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut first = String::new();
    if lines.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).await?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).await?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Some(Request { target, body: String::from_utf8_lossy(&body).into_owned() }))
}

async fn answer(out: &mut BufReader<TcpStream>, status: u16, more: &str, body: &str) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{more}\r\n",
        body.len()
    );
    let out = out.get_mut();
    out.write_all(head.as_bytes()).await?;
    out.write_all(body.as_bytes()).await
}

impl Shared {
    async fn serve(&self, stream: TcpStream, port: u16) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let SocketAddr::V4(here) = stream.local_addr()? else { return Ok(()) };
        let mut stream = BufReader::new(stream);
        while let Some(request) = request(&mut stream).await? {
            if *here.ip() == Ipv4Addr::LOCALHOST {
                let page = self.page(&request.target, port);
                answer(&mut stream, 200, "", &page).await?;
                continue;
            }
            let number = match request.target.strip_prefix("/s").and_then(|rest| rest.strip_suffix("/mcp")) {
                Some(number) => number.parse().unwrap_or(usize::MAX),
                None => {
                    answer(&mut stream, 404, "", "{}").await?;
                    continue;
                }
            };
            if number >= self.plan.servers {
                answer(&mut stream, 404, "", "{}").await?;
                continue;
            }
            // Whoever is kept waiting leaves, and the world learns of it late.
            let counted = matches!(self.plan.kind(number), Kind::Modern | Kind::Handshake);
            if counted {
                let mut busy = self.busy.lock().unwrap();
                let (now, most) = busy.entry(*here.ip()).or_default();
                *now += 1;
                *most = (*most).max(*now);
            }
            let pause = if self.plan.is_crowded(number) { self.plan.slow } else { self.plan.thinks };
            tokio::time::sleep(pause).await;
            if counted {
                // Before the answer: who has it may ask again.
                self.busy.lock().unwrap().entry(*here.ip()).or_default().0 -= 1;
            }
            self.speak(&mut stream, number, &request.body).await?;
        }
        Ok(())
    }

    /// A page of the registry; the cursor is the number of its first server.
    fn page(&self, target: &str, port: u16) -> String {
        self.pages.fetch_add(1, Ordering::Relaxed);
        let query = |key: &str| {
            let (_, query) = target.split_once('?')?;
            query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))?.parse::<usize>().ok()
        };
        // Nothing in this world ever changes.
        let (from, limit) = match target.contains("updated_since=") {
            true => (self.plan.servers, 0),
            false => (query("cursor").unwrap_or(0), query("limit").unwrap_or(30)),
        };
        let to = (from + limit).min(self.plan.servers);
        let entries: Vec<String> = (from..to)
            .filter(|number| !self.plan.even_only || number % 2 == 0)
            .map(|number| {
                // The refused ones are where nobody listens.
                let port = if self.plan.kind(number) == Kind::Refuse { 1 } else { port };
                let port = if port == 1 { 2 } else { port };
                let address = self.plan.address(number);
                format!(
                    r#"{{"server":{{"name":"{}","description":"Server number {number}.","version":"1.0.0","remotes":[{{"type":"streamable-http","url":"http://{address}:{port}/s{number}/mcp"}}]}},"_meta":{{"io.modelcontextprotocol.registry/official":{{"status":"active","isLatest":true}}}}}}"#,
                    name(number)
                )
            })
            .collect();
        let next = if to < self.plan.servers { format!(r#""nextCursor":"{to}","#) } else { String::new() };
        format!(r#"{{"servers":[{}],"metadata":{{{next}"count":{}}}}}"#, entries.join(","), to - from)
    }

    async fn speak(&self, stream: &mut BufReader<TcpStream>, number: usize, body: &str) -> std::io::Result<()> {
        let message: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let (method, id) = (message["method"].as_str().unwrap_or_default(), &message["id"]);
        let modern = message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"].is_string();
        let kind = self.plan.kind(number);
        let answered = self.answer_as(kind, stream, number, method, id, &message, modern).await;
        if method == "tools/list" {
            self.asked[number].fetch_add(1, Ordering::Relaxed);
        }
        answered
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one message")]
    async fn answer_as(
        &self,
        kind: Kind,
        stream: &mut BufReader<TcpStream>,
        number: usize,
        method: &str,
        id: &serde_json::Value,
        message: &serde_json::Value,
        modern: bool,
    ) -> std::io::Result<()> {
        match kind {
            Kind::Modern if method == "tools/list" => answer(stream, 200, "", &self.list(number, id, true)).await,
            Kind::Handshake if !modern => match method {
                "initialize" => {
                    let result = format!(
                        r#"{{"jsonrpc":"2.0","id":{id},"result":{{"protocolVersion":"2025-06-18","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"s{number}","version":"1"}}}}}}"#
                    );
                    answer(stream, 200, "", &result).await
                }
                "tools/list" => answer(stream, 200, "", &self.list(number, id, false)).await,
                _ => answer(stream, 202, "", "").await,
            },
            Kind::Handshake | Kind::Modern => {
                let error =
                    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32600,"message":"initialize first"}}}}"#);
                answer(stream, 400, "", &error).await
            }
            Kind::Hang | Kind::Refuse => {
                tokio::time::sleep(Duration::from_secs(600)).await;
                Ok(())
            }
            Kind::Drip => {
                let out = stream.get_mut();
                out.write_all(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n{").await?;
                loop {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    out.write_all(b" ").await?;
                }
            }
            Kind::Reset => {
                stream.get_mut().write_all(b"HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{").await?;
                Err(std::io::ErrorKind::ConnectionReset.into())
            }
            Kind::Unauthorized => answer(stream, 401, "WWW-Authenticate: Bearer\r\n", "{}").await,
            Kind::Busy => answer(stream, 429, "Retry-After: 1\r\n", "{}").await,
            Kind::Broken => answer(stream, 500, "", "{}").await,
            Kind::Giant => {
                let out = stream.get_mut();
                out.write_all(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n[").await?;
                let piece = [b'1'; 64 << 10];
                loop {
                    out.write_all(&piece).await?;
                }
            }
            Kind::Malformed => answer(stream, 200, "", r#"{"jsonrpc":"2.0","result":{"tools":[{"#).await,
            Kind::Endless => {
                let cursor = message["params"]["cursor"].as_str().unwrap_or("0").parse::<u64>().unwrap_or(0) + 1;
                let result = format!(
                    r#"{{"jsonrpc":"2.0","id":{id},"result":{{"resultType":"complete","ttlMs":0,"cacheScope":"public","tools":[{{"name":"page_{cursor}","inputSchema":{{"type":"object"}}}}],"nextCursor":"{cursor}"}}}}"#
                );
                answer(stream, 200, "", &result).await
            }
        }
    }

    fn list(&self, number: usize, id: &serde_json::Value, modern: bool) -> String {
        let tools: Vec<String> = self
            .plan
            .tools(number)
            .iter()
            .map(|tool| {
                format!(
                    r#"{{"name":"{tool}","description":"Fire kiln {number} to a temperature and wait until it has cooled.","inputSchema":{{"type":"object","properties":{{"degrees":{{"type":"integer"}}}}}}}}"#
                )
            })
            .collect();
        let more = if modern { r#""resultType":"complete","ttlMs":60000,"cacheScope":"public","# } else { "" };
        format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{{more}"tools":[{}]}}}}"#, tools.join(","))
    }
}
