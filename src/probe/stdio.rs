//! A server that is a program: lines of JSON to its stdin, lines of JSON from its stdout. Runs it in the sandbox, reads
//! what it writes under limits, skips what is no message, and ends the whole tree of processes afterwards.

use super::http::answer_in;
use super::message::{self, HANDSHAKE, MODERN, Message, Method};
use super::sandbox::{Exceeded, Run, Running, start};
use super::talk::{Answer, Stop, Talk, Wire};
use super::{listed, stopped};
use crate::model::{Heard, Outcome, Transport};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::Notify;

/// The longest line, in bytes.
const MAX_LINE: usize = 8 << 20;

/// How long a server may take to say that it knows the revision without handshake, its start included.
const FIRST_WORD: Duration = Duration::from_secs(8);

/// Runs a program and lists its tools.
///
/// Never fails as a function: what went wrong is the outcome.
pub async fn run(run: &Run) -> Heard {
    let mut tried = Vec::new();
    let first = attempt(run, true, &mut tried).await;
    match first {
        // Some servers end when they are asked anything before the handshake.
        Err(Stop::Other(Outcome::Unreachable, why)) => {
            tried.push(format!("without handshake: {why}"));
            attempt(run, false, &mut tried).await.unwrap_or_else(|stop| stopped(&stop, std::mem::take(&mut tried)))
        }
        Err(stop) => stopped(&stop, tried),
        Ok(heard) => heard,
    }
}

async fn attempt(run: &Run, modern: bool, tried: &mut Vec<String>) -> Result<Heard, Stop> {
    let mut running = start(run).map_err(|error| Stop::Other(error.outcome(), error.to_string()))?;
    let budget = Arc::new(Budget { left: AtomicU64::new(run.limits.output), spent: Notify::new() });
    let last_words = tokio::spawn(last_words(running.child.stderr.take(), budget.clone()));
    let wire = StdioWire::of(&mut running, budget.clone());
    let mut watch = running.tree.watch(&run.limits);
    let result = match wire {
        None => Err(Stop::Other(Outcome::Unreachable, "the program has no stdin or stdout".to_owned())),
        // In this order: a program that was ended for going beyond a limit has also ended.
        Some(wire) => tokio::select! {
            biased;
            exceeded = watch.exceeded() => Err(too_much(exceeded)),
            () = budget.spent.notified() => Err(too_much(Exceeded::Output(run.limits.output))),
            result = converse(wire, modern, tried) => result,
            () = tokio::time::sleep(run.limits.total) => {
                let text = format!("no complete list within {} s", run.limits.total.as_secs_f32());
                Err(Stop::Other(Outcome::Timeout, text))
            }
        },
    };
    drop(watch);
    // Whoever went beyond a limit is not asked politely.
    let politely = !matches!(result, Err(Stop::Other(Outcome::TooLarge, _)));
    running.end(politely).await;
    // The pipe is closed now, unless something outlived the program: that gets no more attention.
    let said = tokio::time::timeout(Duration::from_millis(500), last_words).await.ok().and_then(Result::ok);
    match (result, said.filter(|said| !said.is_empty())) {
        (Err(Stop::Other(outcome @ (Outcome::Unreachable | Outcome::Timeout), why)), Some(said)) => {
            Err(Stop::Other(outcome, format!("{why}; it last said: {said}")))
        }
        (result, _) => result,
    }
}

fn too_much(exceeded: Exceeded) -> Stop {
    Stop::Other(Outcome::TooLarge, exceeded.to_string())
}

async fn converse(wire: StdioWire, modern: bool, tried: &mut Vec<String>) -> Result<Heard, Stop> {
    let mut talk = Talk::new(wire);
    if modern {
        talk.wire.patience = Some(FIRST_WORD);
        let found = talk.discover().await;
        talk.wire.patience = None;
        match found {
            Ok(Some(found)) if found.supported.is_empty() || found.supported.iter().any(|r| r == MODERN) => {
                if !found.no_tools {
                    talk.first_page(Some(MODERN)).await?;
                }
                return Ok(listed(talk, Transport::Stdio, std::mem::take(tried)));
            }
            Err(Stop::Other(Outcome::Timeout, _)) | Ok(_) => {}
            Err(stop) => return Err(stop),
        }
    }
    talk.handshake_and_list(HANDSHAKE[0]).await?;
    Ok(listed(talk, Transport::Stdio, std::mem::take(tried)))
}

/// Bytes that the program may still write.
struct Budget {
    left: AtomicU64,
    spent: Notify,
}

impl Budget {
    /// Takes bytes off; whether there were enough.
    fn take(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        let had = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok();
        if !had {
            self.spent.notify_one();
        }
        had
    }
}

/// Reads stderr to its end and keeps its last line.
async fn last_words(stderr: Option<impl AsyncRead + Unpin>, budget: Arc<Budget>) -> String {
    let Some(mut stderr) = stderr else { return String::new() };
    let (mut tail, mut chunk) = (Vec::new(), vec![0; 16 << 10]);
    while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
        if !budget.take(read) {
            break;
        }
        tail.extend_from_slice(&chunk[..read]);
        let excess = tail.len().saturating_sub(4 << 10);
        tail.drain(..excess);
    }
    let text = String::from_utf8_lossy(&tail);
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    line.chars().take(300).collect()
}

/// A conversation with a program.
struct StdioWire {
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// What was read.
    pending: Vec<u8>,
    /// Where in `pending` the next line begins.
    taken: usize,
    /// Where in `pending` the search for the line's end goes on.
    searched: usize,
    budget: Arc<Budget>,
    patience: Option<Duration>,
}

impl StdioWire {
    fn of(running: &mut Running, budget: Arc<Budget>) -> Option<Self> {
        let (stdin, stdout) = (running.child.stdin.take()?, running.child.stdout.take()?);
        Some(StdioWire { stdin, stdout, pending: Vec::new(), taken: 0, searched: 0, budget, patience: None })
    }

    async fn write(&mut self, body: &str) -> Result<(), Stop> {
        let gone = |_| Stop::Other(Outcome::Unreachable, "the program ended before it answered".to_owned());
        self.stdin.write_all(body.as_bytes()).await.map_err(gone)?;
        self.stdin.write_all(b"\n").await.map_err(gone)?;
        self.stdin.flush().await.map_err(gone)
    }

    /// The next line that may be a message. Stray lines happen, millions of them too: they are stepped over unread.
    async fn line(&mut self) -> Result<String, Stop> {
        loop {
            while let Some(length) = self.pending[self.searched..].iter().position(|byte| *byte == b'\n') {
                let line = self.pending[self.taken..self.searched + length].trim_ascii();
                self.taken = self.searched + length + 1;
                self.searched = self.taken;
                if line.starts_with(b"{") || line.starts_with(b"[") {
                    return Ok(String::from_utf8_lossy(line).into_owned());
                }
            }
            self.pending.drain(..self.taken);
            self.taken = 0;
            self.searched = self.pending.len();
            if self.searched > MAX_LINE {
                return Err(Stop::Other(Outcome::TooLarge, format!("a line is longer than {MAX_LINE} bytes")));
            }
            self.pending.reserve(64 << 10);
            let read = self.stdout.read_buf(&mut self.pending).await.unwrap_or(0);
            if read == 0 {
                return Err(Stop::Other(Outcome::Unreachable, "the program ended before it answered".to_owned()));
            }
            if !self.budget.take(read) {
                return Err(Stop::Other(Outcome::TooLarge, "the program wrote too much and was ended".to_owned()));
            }
        }
    }

    async fn answer(&mut self, id: u64) -> Result<Answer, Stop> {
        loop {
            let line = self.line().await?;
            if let Some(answer) = answer_in(&line, id) {
                return Ok(answer);
            }
            for message in message::messages(&line) {
                if let Message::Request { id, method } = message {
                    let refusal = message::refusal(id, &method);
                    self.write(&refusal).await?;
                }
            }
        }
    }
}

impl Wire for StdioWire {
    async fn ask(&mut self, _method: Method, id: u64, body: String) -> Result<Answer, Stop> {
        self.write(&body).await?;
        match self.patience {
            None => self.answer(id).await,
            Some(patience) => tokio::time::timeout(patience, self.answer(id))
                .await
                .unwrap_or_else(|_| Err(Stop::Other(Outcome::Timeout, "no answer".to_owned()))),
        }
    }

    async fn tell(&mut self, body: &str) -> Result<(), Stop> {
        self.write(body).await
    }

    fn agree(&mut self, _revision: &str, _modern: bool) {}

    fn forget(&mut self) -> bool {
        false
    }
}
