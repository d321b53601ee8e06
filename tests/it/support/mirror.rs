//! A web server on loopback that a test fills with answers, honest or hostile. Speaks raw TCP, so that it can do what no
//! library would: drip, hang, lie about lengths.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// What the mirror does when a path is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status, header lines, body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// Exactly these bytes, then the end.
    Raw(Vec<u8>),
    /// A head, then a byte every 20 ms for as long as anyone listens.
    Drip,
    /// Nothing at all.
    Hang,
}

impl Reply {
    /// A body of a kind.
    pub(crate) fn of(kind: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply::Answer(200, vec![("Content-Type".into(), kind.into())], body.into())
    }

    pub(crate) fn json(body: impl ToString) -> Reply {
        Reply::of("application/json", body.to_string())
    }

    pub(crate) fn file(body: impl Into<Vec<u8>>) -> Reply {
        Reply::of("application/octet-stream", body)
    }

    pub(crate) fn status(status: u16) -> Reply {
        Reply::Answer(status, Vec::new(), b"no".to_vec())
    }

    pub(crate) fn redirect(to: &str) -> Reply {
        Reply::Answer(302, vec![("Location".into(), to.into())], Vec::new())
    }

    pub(crate) fn with(self, name: &str, value: &str) -> Reply {
        match self {
            Reply::Answer(status, mut headers, body) => {
                headers.push((name.into(), value.into()));
                Reply::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// One request as it came: the target of its first line, and its header lines in lower case.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
}

/// The running server. Ends with the test's process.
pub(crate) struct Mirror {
    port: u16,
    /// By path and query. The last answer of a list stays, those before it are given once.
    answers: Arc<Mutex<BTreeMap<String, Vec<Reply>>>>,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl Mirror {
    pub(crate) fn start() -> Mirror {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mirror = Mirror { port, answers: Arc::default(), log: Arc::default() };
        let (answers, log) = (mirror.answers.clone(), mirror.log.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, log) = (answers.clone(), log.clone());
                std::thread::spawn(move || serve(stream, &answers, &log));
            }
        });
        mirror
    }

    /// Answers `target` (path and query) from now on; with a star at its end, whatever begins so and has no answer of its
    /// own.
    pub(crate) fn on(&self, target: &str, reply: Reply) -> &Mirror {
        self.answers.lock().unwrap().insert(target.to_owned(), vec![reply]);
        self
    }

    /// Answers `target` with each of these once, and with the last one ever after.
    pub(crate) fn on_each(&self, target: &str, replies: Vec<Reply>) -> &Mirror {
        self.answers.lock().unwrap().insert(target.to_owned(), replies);
        self
    }

    /// An address of this server.
    pub(crate) fn url(&self, target: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{target}", self.port)).unwrap()
    }

    /// An address of this server under another name.
    pub(crate) fn url_as(&self, host: &str, target: &str) -> Url {
        Url::parse(&format!("http://{host}:{}{target}", self.port)).unwrap()
    }

    /// What was asked for so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// The targets that were asked for so far.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }
}

fn serve(stream: TcpStream, answers: &Mutex<BTreeMap<String, Vec<Reply>>>, log: &Mutex<Vec<Asked>>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut lines = BufReader::new(stream).lines();
    // One connection may carry many requests; none of them has a body.
    while let Some(Ok(first)) = lines.next() {
        let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = BTreeMap::new();
        for line in lines.by_ref() {
            let Ok(line) = line else { return };
            let Some((name, value)) = line.split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        log.lock().unwrap().push(Asked { target: target.clone(), headers });
        let mut known = answers.lock().unwrap();
        let begins = |known: &String| known.strip_suffix('*').is_some_and(|start| target.starts_with(start));
        let key =
            if known.contains_key(&target) { Some(target.clone()) } else { known.keys().find(|k| begins(k)).cloned() };
        let reply = match key.and_then(|key| known.get_mut(&key)) {
            Some(replies) if replies.len() > 1 => replies.remove(0),
            Some(replies) => replies[0].clone(),
            None => Reply::status(404),
        };
        drop(known);
        let alive = match reply {
            Reply::Answer(status, headers, body) => {
                let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{lines}\r\n", body.len());
                out.write_all(head.as_bytes()).is_ok() && out.write_all(&body).is_ok()
            }
            Reply::Raw(bytes) => {
                let _ = out.write_all(&bytes);
                let _ = out.shutdown(std::net::Shutdown::Both);
                false
            }
            Reply::Drip => {
                let _ = out.write_all(b"HTTP/1.1 200 X\r\nContent-Type: text/plain\r\n\r\n");
                while out.write_all(b"x").is_ok() {
                    std::thread::sleep(Duration::from_millis(20));
                }
                false
            }
            Reply::Hang => {
                std::thread::sleep(Duration::from_secs(60));
                false
            }
        };
        if !alive {
            return;
        }
    }
}
