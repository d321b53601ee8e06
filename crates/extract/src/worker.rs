//! Unpacks and parses in a child process of the same binary, so that hostile source can cost one package and no more.
//!
//! Outside: [`extract_archive`] starts `PROGRAM extract-worker`, hands it the archive on stdin, and turns whatever
//! happens (an answer, a refusal, its death, silence) into a `Result` within the deadline. Inside: [`serve`] gives up
//! memory and time beyond the limits, then reads the archive and extracts.
//!
//! On the wire: the request is one line of JSON and then the bytes of the archive up to the end of stdin; what comes back is
//! lines of JSON on stdout, one before and one after each file that is parsed, and the answer as the last. So it is known in
//! which file a worker ended that a parser never came back to: the next one is told to leave that file out. The worker has
//! no environment, opens no connection and no file (but what the system tells of its own memory).

use super::archive::{self, ArchiveKind};
use super::engine::watch::{self, Parsing, Stillness, Watch};
use super::{Budget, Extraction, PackageInfo, ReadLimits, extract};
use mcpdex_model::Outcome;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// The hidden subcommand that runs [`serve`].
pub const SUBCOMMAND: &str = "extract-worker";

/// Why a package was not read.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The worker looked at the archive and refused it.
    #[error("{detail}")]
    Refused { outcome: Outcome, detail: String },
    #[error("extraction took longer than {0:?} and was ended")]
    Timeout(Duration),
    /// It crashed, or a limit of the operating system ended it.
    #[error("extraction worker died ({0}); nothing of the package was read")]
    Died(String),
    #[error("extraction worker answered with more than {0} bytes")]
    TooMuch(u64),
    #[error("extraction worker cannot be started: {0}")]
    Start(#[source] io::Error),
}

impl WorkerError {
    /// The outcome under which the attempt is stored.
    pub fn outcome(&self) -> Outcome {
        match self {
            WorkerError::Refused { outcome, .. } => *outcome,
            WorkerError::Timeout(_) => Outcome::Timeout,
            WorkerError::TooMuch(_) => Outcome::TooLarge,
            WorkerError::Died(_) | WorkerError::Start(_) => Outcome::Unreadable,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    kind: ArchiveKind,
    package: PackageInfo,
    limits: ReadLimits,
    /// Files in which earlier workers ended.
    leave_out: Vec<String>,
}

/// One line of what a worker says; the last is its answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    /// The file with this path is being parsed.
    Parsing(String),
    Parsed,
    Read(Extraction),
    Refused {
        outcome: Outcome,
        detail: String,
    },
}

/// Files of one package that may end a worker each before the package is given up.
const MOST_LEFT_OUT: usize = 3;

/// Learns the tools of one archive in a worker process. `program` is the mcpdex binary (`std::env::current_exe()`).
///
/// Safe to call many times at once; each call has a process of its own. Dropping the future ends the process. A file that
/// ends the process which parses it is left out by the next, up to three, within the same `limits.millis`; the list then
/// says so.
///
/// # Errors
/// See [`WorkerError`]; every variant concerns this package alone and has an [`Outcome`].
pub async fn extract_archive(
    program: &Path,
    archive: &[u8],
    kind: ArchiveKind,
    package: PackageInfo,
    limits: &ReadLimits,
) -> Result<Extraction, WorkerError> {
    let whole = Duration::from_millis(limits.millis);
    let started = Instant::now();
    let mut request = Request { kind, package, limits: *limits, leave_out: Vec::new() };
    loop {
        let time = whole.saturating_sub(started.elapsed());
        let ended = attempt(program, archive, &request, time).await?;
        let file = match ended {
            Ended::Answered(extraction) => return Ok(extraction),
            Ended::Refused { outcome, detail } => return Err(WorkerError::Refused { outcome, detail }),
            Ended::Late => return Err(WorkerError::Timeout(whole)),
            Ended::Died { how, parsing: None } => return Err(WorkerError::Died(how)),
            Ended::Died { how, parsing: Some(file) } => {
                if request.leave_out.len() >= MOST_LEFT_OUT || request.leave_out.contains(&file) {
                    return Err(WorkerError::Died(how));
                }
                file
            }
        };
        request.leave_out.push(file);
    }
}

/// How one worker ended.
enum Ended {
    Answered(Extraction),
    Refused { outcome: Outcome, detail: String },
    Late,
    Died { how: String, parsing: Option<String> },
}

async fn attempt(program: &Path, archive: &[u8], request: &Request, time: Duration) -> Result<Ended, WorkerError> {
    let limits = &request.limits;
    let broken = |error: serde_json::Error| WorkerError::Died(format!("unreadable exchange: {error}"));
    let mut head = serde_json::to_vec(request).map_err(broken)?;
    head.push(b'\n');
    let mut command = Command::new(program);
    // Where the caller stands is none of its business.
    command.current_dir(if cfg!(windows) { program.parent().unwrap_or(program) } else { Path::new("/") });
    command.arg(SUBCOMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let (mut child, _group) = mcpdex_process::spawn(&mut command).map_err(WorkerError::Start)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(WorkerError::Died("it has no pipes".to_owned()));
    };
    let send = async move {
        // A worker that refuses early closes its end; its answer says why.
        if stdin.write_all(&head).await.is_ok() {
            let _ = stdin.write_all(archive).await;
        }
        let _ = stdin.shutdown().await;
        drop(stdin);
    };
    let mut said = Vec::new();
    let mut capped = stdout.take(limits.answer_bytes.saturating_add(1));
    let exchange = async {
        let (_, received) = tokio::join!(send, capped.read_to_end(&mut said));
        received?;
        if said.len() as u64 > limits.answer_bytes {
            return Ok(None);
        }
        child.wait().await.map(Some)
    };
    let status = match tokio::time::timeout(time, exchange).await {
        Err(_) => return Ok(Ended::Late),
        Ok(Err(error)) => return Err(WorkerError::Died(error.to_string())),
        Ok(Ok(None)) => return Err(WorkerError::TooMuch(limits.answer_bytes)),
        Ok(Ok(Some(status))) => status,
    };
    let last = said.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
    if !status.success() {
        mcpdex_process::settle(status).await;
        let parsing = match serde_json::from_slice(last) {
            Ok(Said::Parsing(file)) => Some(file),
            _ => None,
        };
        return Ok(Ended::Died { how: status.to_string(), parsing });
    }
    match serde_json::from_slice(last).map_err(broken)? {
        Said::Read(extraction) => Ok(Ended::Answered(extraction)),
        Said::Refused { outcome, detail } => Ok(Ended::Refused { outcome, detail }),
        Said::Parsing(_) | Said::Parsed => Err(WorkerError::Died("it gave no answer".to_owned())),
    }
}

/// The worker's side: reads one request from `input`, writes what it says to `output`.
///
/// # Errors
/// The request is malformed, a pipe broke, the limits cannot be set, or a parser does not come back from a file (a thread
/// of this process then runs on). The caller must end the process with a failure.
pub fn serve(input: impl Read, output: impl Write + Send + 'static) -> io::Result<()> {
    let mut input = BufReader::new(input);
    let mut head = String::new();
    (&mut input).take(MAX_HEAD).read_line(&mut head)?;
    let request: Request = serde_json::from_str(&head)?;
    confine(&request.limits)?;
    let mut bytes = Vec::new();
    input.take(request.limits.archive_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    let watch = Arc::new(Watch::new(request.leave_out.clone(), Box::new(output), |output, parsing| {
        let said = match parsing {
            Parsing::Begins(path) => Said::Parsing(path.to_owned()),
            Parsing::Ends => Said::Parsed,
        };
        // Whoever no longer listens ends this process in its own time.
        let _ = say(output, &said);
    }));
    let answer = answer_watched(bytes, request, &watch)?;
    say(&mut **watch.output(), &answer)
}

/// Bytes of the request's first line; a package name, some paths and some numbers fit easily.
const MAX_HEAD: u64 = 64 << 10;

fn say(output: &mut dyn Write, said: &Said) -> io::Result<()> {
    serde_json::to_writer(&mut *output, said)?;
    output.write_all(b"\n")?;
    output.flush()
}

/// How often it is looked whether a parse still comes on.
const LOOK: Duration = Duration::from_millis(100);

/// The answer, unless a parse stands still.
fn answer_watched(bytes: Vec<u8>, request: Request, watch: &Arc<Watch>) -> io::Result<Said> {
    let (sender, receiver) = mpsc::channel();
    let watched = Arc::clone(watch);
    std::thread::Builder::new().spawn(move || {
        let _ = sender.send(answer(&bytes, request, watched));
    })?;
    let mut stillness = Stillness::default();
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("the reader ended without an answer")),
            Err(RecvTimeoutError::Timeout) => {
                if stillness.is_too_long(watch.beats(), watch::process_time()) {
                    return Err(io::Error::other("a parser does not come back from a file"));
                }
            }
        }
    }
}

fn answer(bytes: &[u8], request: Request, watch: Arc<Watch>) -> io::Result<Said> {
    let budget = Budget::start(request.limits).watched_by(watch);
    Ok(match archive::read(request.kind, bytes, request.package, &request.limits) {
        Ok(tree) => Said::Read(extract(&tree, &budget)?),
        Err(error) => Said::Refused { outcome: error.outcome(), detail: error.to_string() },
    })
}

/// Gives up what the extraction has no need of. The limits hold for the rest of the process's life.
#[cfg(unix)]
fn confine(limits: &ReadLimits) -> io::Result<()> {
    use rlimit::Resource;
    // Unpacking comes before the readers' own share, and writing the answer after it.
    let seconds = limits.cpu_millis / 1_000 + 10;
    Resource::CORE.set(0, 0)?;
    Resource::FSIZE.set(0, 0)?;
    Resource::CPU.set(seconds, seconds)?;
    match Resource::AS.set(limits.memory_bytes, limits.memory_bytes) {
        // Some systems know the limit and do not let it be set; Linux does.
        Err(error) if cfg!(target_os = "linux") => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn confine(_: &ReadLimits) -> io::Result<()> {
    Ok(())
}
