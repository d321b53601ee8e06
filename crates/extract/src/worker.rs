//! Unpacks and parses in a child process of the same binary, so that hostile source can cost one package and no more.
//!
//! Outside: [`extract_archive`] starts `PROGRAM extract-worker`, hands it the archive on stdin, and turns whatever
//! happens (an answer, a refusal, its death, silence) into a `Result` within the deadline. Inside: [`serve`] gives up
//! memory and time beyond the limits, then reads the archive and extracts.
//!
//! On the wire: the request is one line of JSON and then the bytes of the archive up to the end of stdin; the answer is
//! one JSON document on stdout. The worker has no environment, opens no connection and no file (but what the system tells of
//! its own memory).

use super::archive::{self, ArchiveKind};
use super::{Budget, Extraction, PackageInfo, ReadLimits, extract};
use mcpdex_model::Outcome;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
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
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Read(Extraction),
    Refused { outcome: Outcome, detail: String },
}

/// Learns the tools of one archive in a worker process. `program` is the mcpdex binary (`std::env::current_exe()`).
///
/// Safe to call many times at once; each call has a process of its own. Dropping the future ends the process.
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
    let broken = |error: serde_json::Error| WorkerError::Died(format!("unreadable exchange: {error}"));
    let mut head = serde_json::to_vec(&Request { kind, package, limits: *limits }).map_err(broken)?;
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
    let mut answer = Vec::new();
    let mut capped = stdout.take(limits.answer_bytes.saturating_add(1));
    let time = Duration::from_millis(limits.millis);
    let exchange = async {
        let (_, received) = tokio::join!(send, capped.read_to_end(&mut answer));
        received?;
        if answer.len() as u64 > limits.answer_bytes {
            return Ok(None);
        }
        child.wait().await.map(Some)
    };
    let status = match tokio::time::timeout(time, exchange).await {
        Err(_) => return Err(WorkerError::Timeout(time)),
        Ok(Err(error)) => return Err(WorkerError::Died(error.to_string())),
        Ok(Ok(None)) => return Err(WorkerError::TooMuch(limits.answer_bytes)),
        Ok(Ok(Some(status))) => status,
    };
    if !status.success() {
        mcpdex_process::settle(status).await;
        return Err(WorkerError::Died(status.to_string()));
    }
    match serde_json::from_slice(&answer).map_err(broken)? {
        Answer::Read(extraction) => Ok(extraction),
        Answer::Refused { outcome, detail } => Err(WorkerError::Refused { outcome, detail }),
    }
}

/// The worker's side: reads one request from `input`, writes one answer to `output`.
///
/// # Errors
/// The request is malformed, a pipe broke, or the limits cannot be set. The caller must end the process with a failure.
pub fn serve(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut input = BufReader::new(input);
    let mut head = String::new();
    (&mut input).take(MAX_HEAD).read_line(&mut head)?;
    let request: Request = serde_json::from_str(&head)?;
    confine(&request.limits)?;
    let mut bytes = Vec::new();
    input.take(request.limits.archive_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    let answer = answer(&bytes, request)?;
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()
}

/// Bytes of the request's first line; a package name and some numbers fit easily.
const MAX_HEAD: u64 = 64 << 10;

fn answer(bytes: &[u8], request: Request) -> io::Result<Answer> {
    let budget = Budget::start(request.limits);
    Ok(match archive::read(request.kind, bytes, request.package, &request.limits) {
        Ok(tree) => Answer::Read(extract(&tree, &budget)?),
        Err(error) => Answer::Refused { outcome: error.outcome(), detail: error.to_string() },
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
