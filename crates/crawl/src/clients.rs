//! Asks the installed npm and pip through their public commands where packages come from. They run with the user's own
//! environment, because its configuration is what is asked for; nothing is installed, built or run of any package.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::OnceCell;

/// How long a client may think: pip downloads an archive to answer.
const PATIENCE: Duration = Duration::from_secs(90);
/// Bytes of an answer; pip's report holds the package's whole README.
const MAX_ANSWER: u64 = 8 << 20;

/// Why a client gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ClientError {
    #[error("{0} is not installed")]
    Missing(&'static str),
    #[error("`{0}` did not answer within {seconds} s", seconds = PATIENCE.as_secs())]
    Timeout(String),
    #[error("`{command}` failed: {why}")]
    Failed { command: String, why: String },
}

/// The environment that a client runs in.
pub(super) type Environment = BTreeMap<String, String>;

/// `npm config get KEY`.
pub(super) async fn npm_config(key: &str, environment: &Environment) -> Result<String, ClientError> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let answer = run(&[program], &["config", "get", key], environment).await?.ok_or(ClientError::Missing("npm"))?;
    Ok(String::from_utf8_lossy(&answer).trim().to_owned())
}

/// The words that start pip here; found once.
#[derive(Debug, Default)]
pub(super) struct Pip {
    words: OnceCell<Option<&'static [&'static str]>>,
}

impl Pip {
    /// Runs pip.
    pub(super) async fn run(&self, arguments: &[&str], environment: &Environment) -> Result<Vec<u8>, ClientError> {
        let words = self.words.get_or_init(|| find_pip(environment)).await.ok_or(ClientError::Missing("pip"))?;
        run(words, arguments, environment).await?.ok_or(ClientError::Missing("pip"))
    }
}

async fn find_pip(environment: &Environment) -> Option<&'static [&'static str]> {
    const CANDIDATES: [&[&str]; 4] = [&["pip"], &["pip3"], &["python3", "-m", "pip"], &["python", "-m", "pip"]];
    for words in CANDIDATES {
        if matches!(run(words, &["--version"], environment).await, Ok(Some(_))) {
            return Some(words);
        }
    }
    None
}

/// Runs a command and returns what it printed; `None` when there is no such program.
async fn run(words: &[&str], arguments: &[&str], environment: &Environment) -> Result<Option<Vec<u8>>, ClientError> {
    let Some((program, first)) = words.split_first() else { return Ok(None) };
    let command = words.join(" ");
    let failed = |why: String| ClientError::Failed { command: command.clone(), why };
    let mut start = Command::new(program);
    start
        .args(first)
        .args(arguments)
        .env_clear()
        .envs(environment)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_NO_INPUT", "1")
        .env("PIP_REQUIRE_VIRTUALENV", "0")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (mut child, _group) = match mcpdex_process::spawn(&mut start) {
        Ok(started) => started,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.to_string())),
    };
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(failed("it has no pipes".to_owned()));
    };
    let (mut answer, mut complaint) = (Vec::new(), Vec::new());
    let (mut stdout, mut stderr) = (stdout.take(MAX_ANSWER), stderr.take(MAX_ANSWER));
    let exchange = async {
        let (out, err) = tokio::join!(stdout.read_to_end(&mut answer), stderr.read_to_end(&mut complaint));
        out?;
        err?;
        child.wait().await
    };
    match tokio::time::timeout(PATIENCE, exchange).await {
        Err(_) => Err(ClientError::Timeout(command)),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Ok(Ok(status)) if status.success() => Ok(Some(answer)),
        Ok(Ok(status)) => {
            mcpdex_process::settle(status).await;
            let complaint = String::from_utf8_lossy(&complaint);
            // The last error is the one that ended it; the rest is advice.
            let told = complaint.lines().rev().find(|line| line.starts_with("ERROR:") || line.starts_with("npm error"));
            Err(failed(told.map_or_else(|| status.to_string(), |line| line.chars().take(300).collect())))
        }
    }
}
