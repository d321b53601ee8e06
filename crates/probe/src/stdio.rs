//! A server that is a program: lines of JSON to its stdin, lines of JSON from its stdout. Runs it in the sandbox, reads
//! what it writes under limits, skips what is no message, and ends the whole tree of processes afterwards.

use super::http::answer_in;
use super::message::{self, HANDSHAKE, MODERN, Message, Method};
use super::sandbox::{Exceeded, Run, Running, Sandbox, start};
use super::session::{Answer, Session, SessionError, SessionTransport};
use super::{listed, stopped};
use mcpdex_model::{Outcome, ProbeResult, Transport};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest line, in bytes.
const MAX_LINE: usize = 8 << 20;

/// How long a program may be silent before it is started a second time to be asked in the older way. A quarter of the
/// whole time, if that is less.
const FIRST_WORD: Duration = Duration::from_secs(8);

/// Runs a program and lists its tools.
///
/// It is asked without a handshake first. Some servers end at that: they are started anew and asked with one. Some say
/// nothing, because they do not answer what they do not know or because they take long to start, which cannot be told
/// apart: a second one is started beside the first, asked with a handshake, and the first list counts.
///
/// Never fails as a function: what went wrong is the outcome.
pub async fn run(run: &Run) -> ProbeResult {
    let end = Instant::now() + run.limits.total;
    let (modern, older) = (Attempt::new(run, true, end), Attempt::new(run, false, end));
    let mut first = std::pin::pin!(modern.make());
    let mut early = tokio::select! {
        biased;
        result = &mut first => Some(result),
        () = tokio::time::sleep(FIRST_WORD.min(run.limits.total / 4)) => None,
    };
    if early.is_none() && modern.answered.load(Ordering::Relaxed) {
        early = Some(first.as_mut().await);
    }
    match early {
        Some(Err(stop @ SessionError::Other(Outcome::Unreachable, _))) => settled(Err(stop), older.make().await),
        Some(Ok(result)) => result,
        Some(Err(stop)) => stopped(&stop, Vec::new()),
        None => {
            let mut second = std::pin::pin!(older.make());
            tokio::select! {
                result = &mut first => {
                    older.dismiss_if(result.is_ok());
                    settled(result, second.await)
                }
                result = &mut second => {
                    modern.dismiss_if(result.is_ok());
                    settled(first.await, result)
                }
            }
        }
    }
}

/// What two starts of one program came to. The first list; else the failure that says most, the other beside it.
fn settled(modern: Result<ProbeResult, SessionError>, older: Result<ProbeResult, SessionError>) -> ProbeResult {
    match (modern, older) {
        (Ok(result), _) => result,
        (Err(stop), Ok(mut result)) => {
            result.tried.insert(0, format!("without handshake: {stop}"));
            result
        }
        // A server of the newest revision takes no handshake. That it was too slow to say so makes it no refusal.
        (Err(slow @ SessionError::Other(Outcome::Timeout, _)), Err(refusal))
            if refusal.outcome() == Outcome::Refused =>
        {
            stopped(&slow, vec![format!("handshake: {refusal}")])
        }
        (Err(first), Err(second)) => stopped(&second, vec![format!("without handshake: {first}")]),
    }
}

/// One start of a program.
struct Attempt<'a> {
    run: &'a Run,
    /// Asked without a handshake.
    modern: bool,
    end: Instant,
    /// The program has answered something.
    answered: AtomicBool,
    /// The other start brought a list.
    dismissed: Notify,
}

impl<'a> Attempt<'a> {
    fn new(run: &'a Run, modern: bool, end: Instant) -> Self {
        Attempt { run, modern, end, answered: AtomicBool::new(false), dismissed: Notify::new() }
    }

    fn dismiss_if(&self, needless: bool) {
        if needless {
            self.dismissed.notify_one();
        }
    }

    async fn make(&self) -> Result<ProbeResult, SessionError> {
        let run = self.run;
        let mut running = start(run).map_err(|error| SessionError::Other(error.outcome(), error.to_string()))?;
        let budget = Arc::new(Budget { left: AtomicU64::new(run.limits.output), spent: Notify::new() });
        let last_words = tokio::spawn(last_words(running.child.stderr.take(), budget.clone()));
        let transport = StdioTransport::of(&mut running, budget.clone(), &self.answered);
        let mut watch = running.tree.watch(&run.limits);
        let result = match transport {
            None => Err(SessionError::Other(Outcome::Unreachable, "the program has no stdin or stdout".to_owned())),
            // In this order: a program that was ended for going beyond a limit has also ended.
            Some(transport) => tokio::select! {
                biased;
                exceeded = watch.exceeded() => Err(too_much(exceeded)),
                () = budget.spent.notified() => Err(too_much(Exceeded::Output(run.limits.output))),
                result = converse(transport, self.modern) => result,
                () = self.dismissed.notified() => {
                    Err(SessionError::Other(Outcome::Timeout, "no answer until another start of it gave the list".to_owned()))
                }
                () = tokio::time::sleep_until(self.end) => {
                    let text = format!("no complete list within {} s", run.limits.total.as_secs_f32());
                    Err(SessionError::Other(Outcome::Timeout, text))
                }
            },
        };
        drop(watch);
        let could_read = could_read(run, &running);
        // Whoever went beyond a limit is not asked politely.
        let politely = !matches!(result, Err(SessionError::Other(Outcome::TooLarge, _)));
        running.end(politely).await;
        // The pipe is closed now, unless something outlived the program: that gets no more attention.
        let said = tokio::time::timeout(Duration::from_millis(500), last_words).await.ok().and_then(Result::ok);
        let said =
            said.filter(|said| !said.is_empty()).map(|said| format!("; it last said: {said}")).unwrap_or_default();
        result.map_err(|stop| match stop {
            SessionError::Other(Outcome::Unreachable, why) => {
                SessionError::Other(Outcome::Unreachable, format!("{why}{could_read}{said}"))
            }
            SessionError::Other(Outcome::Timeout, why) => SessionError::Other(Outcome::Timeout, format!("{why}{said}")),
            other => other,
        })
    }
}

/// What a sandboxed program could see, and how it is let to see more. Says nothing that the program itself said.
fn could_read(run: &Run, running: &Running) -> String {
    if run.sandbox == Sandbox::None {
        return String::new();
    }
    let own: Vec<String> = running.reads.iter().take(3).map(|path| path.display().to_string()).collect();
    let own = if own.is_empty() { "nothing else".to_owned() } else { own.join(", ") };
    let more = if running.reads.len() > 3 { " and more" } else { "" };
    format!(" (it could read the system's folders and {own}{more}; --run-read PATH lets it read what else it needs)")
}

fn too_much(exceeded: Exceeded) -> SessionError {
    SessionError::Other(Outcome::TooLarge, exceeded.to_string())
}

async fn converse(transport: StdioTransport<'_>, modern: bool) -> Result<ProbeResult, SessionError> {
    let mut session = Session::new(transport);
    if modern {
        match session.discover().await? {
            Some(found) if found.supported.is_empty() || found.supported.iter().any(|r| r == MODERN) => {
                if !found.no_tools {
                    session.first_page(Some(MODERN)).await?;
                }
                return Ok(listed(session, Transport::Stdio, Vec::new()));
            }
            _ => {}
        }
    }
    session.handshake_and_list(HANDSHAKE[0]).await?;
    Ok(listed(session, Transport::Stdio, Vec::new()))
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
struct StdioTransport<'a> {
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// What was read.
    pending: Vec<u8>,
    /// Where in `pending` the next line begins.
    taken: usize,
    /// Where in `pending` the search for the line's end goes on.
    searched: usize,
    budget: Arc<Budget>,
    /// Set with the first answer.
    answered: &'a AtomicBool,
}

impl<'a> StdioTransport<'a> {
    fn of(running: &mut Running, budget: Arc<Budget>, answered: &'a AtomicBool) -> Option<Self> {
        let (stdin, stdout) = (running.child.stdin.take()?, running.child.stdout.take()?);
        Some(StdioTransport { stdin, stdout, pending: Vec::new(), taken: 0, searched: 0, budget, answered })
    }

    async fn write(&mut self, body: &str) -> Result<(), SessionError> {
        let gone = |_| SessionError::Other(Outcome::Unreachable, "the program ended before it answered".to_owned());
        self.stdin.write_all(body.as_bytes()).await.map_err(gone)?;
        self.stdin.write_all(b"\n").await.map_err(gone)?;
        self.stdin.flush().await.map_err(gone)
    }

    /// The next line that may be a message. Stray lines happen, millions of them too: they are stepped over unread.
    async fn line(&mut self) -> Result<String, SessionError> {
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
                return Err(SessionError::Other(Outcome::TooLarge, format!("a line is longer than {MAX_LINE} bytes")));
            }
            self.pending.reserve(64 << 10);
            let read = self.stdout.read_buf(&mut self.pending).await.unwrap_or(0);
            if read == 0 {
                return Err(SessionError::Other(
                    Outcome::Unreachable,
                    "the program ended before it answered".to_owned(),
                ));
            }
            if !self.budget.take(read) {
                return Err(SessionError::Other(
                    Outcome::TooLarge,
                    "the program wrote too much and was ended".to_owned(),
                ));
            }
        }
    }

    async fn answer(&mut self, id: u64) -> Result<Answer, SessionError> {
        loop {
            let line = self.line().await?;
            if let Some(answer) = answer_in(&line, id) {
                self.answered.store(true, Ordering::Relaxed);
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

impl SessionTransport for StdioTransport<'_> {
    async fn ask(&mut self, _method: Method, id: u64, body: String) -> Result<Answer, SessionError> {
        self.write(&body).await?;
        self.answer(id).await
    }

    async fn tell(&mut self, body: &str) -> Result<(), SessionError> {
        self.write(body).await
    }

    fn agree(&mut self, _revision: &str, _modern: bool) {}

    fn forget(&mut self) -> bool {
        false
    }
}
