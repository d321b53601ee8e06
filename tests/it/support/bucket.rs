//! A bucket that speaks as much of S3 as mcpdex uses, on loopback, with every object in sight of the test: conditions on
//! writes, lists, and what a store of ill will or ill luck does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What lies in the bucket and what happened to it.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// Keys that were written long ago.
    pub(crate) old: BTreeSet<String>,
    /// Methods and keys, in their order.
    pub(crate) asked: Vec<(String, String)>,
    /// Header lines of all requests.
    pub(crate) headers: String,
    /// What somebody else writes just before a key is written.
    pub(crate) meanwhile: Option<(String, Vec<u8>)>,
    /// Every request is refused, with all of it told back.
    pub(crate) refuses: bool,
    /// After so many writes every request fails.
    pub(crate) writes_left: Option<usize>,
}

/// The running server, with one bucket of the name `lake`. Ends with the test's process.
pub(crate) struct Bucket {
    port: u16,
    shelf: Arc<Mutex<Shelf>>,
}

impl Bucket {
    pub(crate) fn start() -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let shared = shelf.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shelf = shared.clone();
                std::thread::spawn(move || serve(stream, &shelf));
            }
        });
        Bucket { port, shelf }
    }

    pub(crate) fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap()
    }

    /// The variables by which mcpdex finds it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "eu-north-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "planted-access-key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "planted-secret-key".to_owned()),
            ("AWS_SESSION_TOKEN", "planted-session-token".to_owned()),
        ]
    }

    /// The keys below a prefix, without it.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        self.shelf().objects.keys().filter_map(|key| Some(key.strip_prefix(prefix)?.to_owned())).collect()
    }
}

fn tag(bytes: &[u8]) -> String {
    use sha2::Digest;
    format!("\"{}\"", &mcpdex::model::text::hex(&sha2::Sha256::digest(bytes))[..32])
}

fn plain(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn serve(mut stream: TcpStream, shelf: &Mutex<Shelf>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let key = plain(path).trim_start_matches("/lake").trim_start_matches('/').to_owned();
    let mut shelf = shelf.lock().unwrap();
    shelf.asked.push((method.to_owned(), key.clone()));
    shelf.headers.push_str(&head);
    let (status, answer) = if shelf.refuses {
        let said = format!("<Error><Code>AccessDenied</Code><Message>no</Message><Asked>{head}</Asked></Error>");
        ("403 Forbidden", said.into_bytes())
    } else if shelf.writes_left == Some(0) {
        ("400 Bad Request", b"<Error><Code>Cut</Code></Error>".to_vec())
    } else {
        answer(&mut shelf, method, &key, query, body, header("if-match"), header("if-none-match"))
    };
    let found = shelf.objects.get(&key).cloned().unwrap_or_default();
    let day = if shelf.old.contains(&key) { "Mon, 01 Dec 2025" } else { "Thu, 01 Jan 2026" };
    let length = if method == "HEAD" { found.len() } else { answer.len() };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nETag: {}\r\nLast-Modified: {day} 00:00:00 GMT\r\nConnection: close\r\n\r\n",
        tag(&found)
    );
    drop(shelf);
    let _ = stream.write_all(head.as_bytes());
    if method != "HEAD" {
        let _ = stream.write_all(&answer);
    }
}

fn answer(
    shelf: &mut Shelf,
    method: &str,
    key: &str,
    query: &str,
    body: Vec<u8>,
    still: Option<String>,
    absent: Option<String>,
) -> (&'static str, Vec<u8>) {
    const MISSING: (&str, &[u8]) = ("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>");
    match method {
        "GET" if query.contains("list-type=2") => ("200 OK", list(shelf, query).into_bytes()),
        "GET" | "HEAD" => match shelf.objects.get(key) {
            Some(bytes) => ("200 OK", bytes.clone()),
            None => (MISSING.0, MISSING.1.to_vec()),
        },
        "DELETE" => {
            shelf.objects.remove(key);
            ("204 No Content", Vec::new())
        }
        "PUT" => {
            if let Some((_, bytes)) = shelf.meanwhile.take_if(|(at, _)| at == key) {
                shelf.objects.insert(key.to_owned(), bytes);
            }
            let there = shelf.objects.get(key).map(|bytes| tag(bytes));
            let is_refused =
                still.is_some_and(|still| there.as_ref() != Some(&still)) || absent.is_some() && there.is_some();
            if is_refused {
                return ("412 Precondition Failed", b"<Error><Code>PreconditionFailed</Code></Error>".to_vec());
            }
            shelf.objects.insert(key.to_owned(), body);
            shelf.old.remove(key);
            shelf.writes_left = shelf.writes_left.map(|left| left - 1);
            ("200 OK", Vec::new())
        }
        _ => ("405 Method Not Allowed", Vec::new()),
    }
}

fn list(shelf: &Shelf, query: &str) -> String {
    let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(plain);
    let (prefix, delimited) = (field("prefix").unwrap_or_default(), field("delimiter").is_some());
    let mut text = "<ListBucketResult><IsTruncated>false</IsTruncated>".to_owned();
    for (key, bytes) in shelf.objects.iter().filter(|(key, _)| key.starts_with(&prefix)) {
        if delimited && key[prefix.len()..].contains('/') {
            continue;
        }
        let day = if shelf.old.contains(key) { "2025-12-01" } else { "2026-01-01" };
        let _ = write!(
            text,
            "<Contents><Key>{key}</Key><LastModified>{day}T00:00:00.000Z</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
            tag(bytes).replace('"', "&quot;"),
            bytes.len()
        );
    }
    text.push_str("</ListBucketResult>");
    text
}
