//! A server on loopback that says whatever a test wants, byte for byte: speaks raw TCP, so that it can be as wrong as
//! servers are.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcpdex::net::{Client, Config, Lookup, LookupFuture, Trust};
use mcpdex::probe::Ask;
use url::Url;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The method of the message in the body.
    pub(crate) fn rpc(&self) -> String {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        value["method"].as_str().unwrap_or_default().to_owned()
    }

    /// The id of the message in the body.
    pub(crate) fn id(&self) -> u64 {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        value["id"].as_u64().unwrap_or_default()
    }

    /// The cursor that the message asks for.
    pub(crate) fn cursor(&self) -> Option<String> {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        value["params"]["cursor"].as_str().map(str::to_owned)
    }
}

/// One thing that the server does with a connection.
pub(crate) enum Act {
    Send(Vec<u8>),
    /// Sends this again and again, waiting between, until the client goes.
    Forever(Vec<u8>, Duration),
    /// Sends what arrives here, until nothing can.
    Follow(Arc<Mutex<Receiver<String>>>),
    Close,
}

/// A running server; it ends with the test process.
#[derive(Clone)]
pub(crate) struct Hostile {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Hostile {
    /// Starts a server that answers every request as `answer` says.
    pub(crate) fn start(answer: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static) -> Hostile {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let hostile = Hostile { port: listener.local_addr().unwrap().port(), seen: Arc::default() };
        let (seen, answer) = (hostile.seen.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (seen.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &seen, answer.as_ref()));
            }
        });
        hostile
    }

    /// A server of the modern revision whose list is this text of a `tools` array.
    pub(crate) fn listing(tools: &'static str) -> Hostile {
        Hostile::start(move |seen| match seen.rpc().as_str() {
            "tools/list" => {
                json(200, &result(seen, &format!(r#"{{"tools":{tools},"resultType":"complete","ttlMs":0}}"#)))
            }
            _ => json(404, &error(seen, -32601, "no such method")),
        })
    }

    /// Everything that was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The messages that were asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.seen().iter().map(|seen| format!("{} {}", seen.method, seen.rpc()).trim().to_owned()).collect()
    }

    /// The server under a name that leads to a public address, as far as the guard can see.
    pub(crate) fn ask(&self) -> Ask {
        self.ask_at("mcp.example", "/mcp")
    }

    pub(crate) fn ask_at(&self, host: &str, path: &str) -> Ask {
        let url = Url::parse(&format!("http://{host}:{}{path}", self.port)).unwrap();
        let mut ask = Ask::new(url, Trust::Untrusted);
        ask.limits.total = Duration::from_secs(20);
        ask
    }
}

fn serve(stream: TcpStream, log: &Mutex<Vec<Seen>>, answer: &dyn Fn(&Seen) -> Vec<Act>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let mut words = line.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((key, value)) = line.trim_end().split_once(':') else { break };
            headers.push((key.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(key, _)| key == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let seen = Seen { method, path, headers, body: String::from_utf8(body).unwrap() };
        log.lock().unwrap().push(seen.clone());
        for act in answer(&seen) {
            match act {
                Act::Send(bytes) => writer.write_all(&bytes).ok()?,
                Act::Forever(bytes, pause) => loop {
                    writer.write_all(&bytes).and_then(|()| writer.flush()).ok()?;
                    std::thread::sleep(pause);
                },
                Act::Follow(texts) => {
                    let texts = texts.lock().unwrap();
                    while let Ok(text) = texts.recv() {
                        writer.write_all(text.as_bytes()).ok()?;
                    }
                }
                Act::Close => return None,
            }
        }
    }
}

/// A whole answer with a body of JSON.
pub(crate) fn json(status: u16, body: &str) -> Vec<Act> {
    answer(status, "content-type: application/json\r\n", body.as_bytes())
}

/// A whole answer: extra header lines (each with its line end) and a body.
pub(crate) fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<Act> {
    let mut bytes = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    vec![Act::Send(bytes)]
}

/// The head of an event stream that ends with the connection, and its first text.
pub(crate) fn stream(first: &str) -> Act {
    Act::Send(format!("HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n\r\n{first}").into_bytes())
}

/// The message that answers a request.
pub(crate) fn result(seen: &Seen, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id())
}

/// The message that refuses a request.
pub(crate) fn error(seen: &Seen, code: i64, message: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{},"error":{{"code":{code},"message":"{message}"}}}}"#, seen.id())
}

/// A resolver that knows the names of the test and no others, and whose answers may differ from one look to the next.
pub(crate) struct Names(pub(crate) Mutex<Vec<(&'static str, Vec<IpAddr>)>>);

impl Lookup for Names {
    fn lookup<'a>(&'a self, host: &'a str) -> LookupFuture<'a> {
        let mut names = self.0.lock().unwrap();
        let at = names.iter().position(|(name, _)| *name == host);
        let found = match at {
            // The last entry of a name stays; earlier ones are used once.
            Some(at) if names.iter().filter(|(name, _)| *name == host).count() > 1 => names.remove(at).1,
            Some(at) => names[at].1.clone(),
            None => Vec::new(),
        };
        Box::pin(async move {
            match found.is_empty() {
                true => Err(std::io::Error::other("no such name")),
                false => Ok(found),
            }
        })
    }
}

/// A public address, as far as the guard can see; the client dials loopback instead.
pub(crate) const PUBLIC: &str = "93.184.215.14";

/// A client whose names are these and which dials loopback whatever they say.
pub(crate) fn client(names: &[(&'static str, &str)]) -> Client {
    let parse = |list: &str| list.split(' ').map(|address| address.parse().unwrap()).collect();
    let mut all: Vec<(&'static str, Vec<IpAddr>)> = names.iter().map(|(name, to)| (*name, parse(to))).collect();
    for name in ["mcp.example", "other.example"] {
        if !all.iter().any(|(known, _)| *known == name) {
            all.push((name, parse(PUBLIC)));
        }
    }
    Client::new(Config {
        lookup: Arc::new(Names(Mutex::new(all))),
        dial: Some(Arc::new(|_| IpAddr::V4(Ipv4Addr::LOCALHOST))),
        connect_timeout: Duration::from_secs(2),
        ..Config::default()
    })
    .unwrap()
}

/// A loopback address where nothing listens.
pub(crate) fn dead_port() -> u16 {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    listener.local_addr().unwrap().port()
}
