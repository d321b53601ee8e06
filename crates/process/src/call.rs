//! The programs of others (npm, pip, uv, git, cargo, bubblewrap): a name and arguments in, what the program printed out.
//! The one place that finds and asks them.
//!
//! What lies in a folder that is looked at ([`LookedAt`](crate::LookedAt)) is data: never is a program started that lies in it, nor any
//! program with it as working directory, search path or module path. The programs run with the user's own environment
//! ([`Environment`], without what would lead them back into such a folder) in a folder where no project's configuration
//! can be found.

use crate::environment::Environment;
use crate::group::{settle, spawn};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// Characters of a program's complaint that are repeated.
const QUOTED: usize = 300;

/// Why a program gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    #[error("{0} is not installed")]
    Missing(String),
    #[error("`{command}` did not answer within {seconds} s")]
    Timeout { command: String, seconds: u64 },
    /// It could not be started, or ended with a failure. `why` is the program's own word, which may hold anything.
    #[error("`{command}` failed: {why}")]
    Failed { command: String, why: String },
}

/// The folder that a program works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A new folder that is empty for every client: their search for a project's configuration ends in it.
    Neutral,
    /// The root of the file system: for programs whose search through the folders above cannot be ended.
    Root,
    /// A folder of the caller's own making.
    Own(&'a Path),
}

/// One start of a program.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The program, by name or by its absolute path, and the arguments that are part of its name (`python3 -I -m pip`).
    pub words: &'a [&'a str],
    pub arguments: &'a [&'a str],
    /// Variables that are set for it beside the user's own.
    pub set: &'a [(&'a str, &'a str)],
    pub place: Place<'a>,
    /// How long it may take.
    pub patience: Duration,
    /// Bytes of its answer that are read.
    pub answer: u64,
}

impl<'a> Call<'a> {
    /// A call in a neutral folder, which may take 90 seconds and answer with 8 MiB.
    pub fn new(words: &'a [&'a str], arguments: &'a [&'a str]) -> Self {
        Call { words, arguments, set: &[], place: Place::Neutral, patience: Duration::from_secs(90), answer: 8 << 20 }
    }
}

impl Environment {
    /// Runs a program to its end and returns what it printed.
    ///
    /// # Errors
    /// There is no such program outside of the folders that are looked at, it cannot be started, takes too long or ends
    /// with a failure.
    pub async fn run(&self, call: Call<'_>) -> Result<Vec<u8>, ProgramError> {
        let name = call.words.first().copied().unwrap_or_default();
        let command = call.words.iter().map(|word| bare(word)).collect::<Vec<_>>().join(" ");
        let failed = |why: String| ProgramError::Failed { command: command.clone(), why };
        let program = self.find(name).ok_or_else(|| ProgramError::Missing(bare(name).to_owned()))?;
        let neutral = match call.place {
            Place::Neutral => {
                Some(self.neutral_folder().map_err(|error| failed(format!("no folder for it: {error}")))?)
            }
            Place::Root | Place::Own(_) => None,
        };
        let folder = match (&neutral, call.place) {
            (Some(folder), _) => folder.path(),
            (None, Place::Own(folder)) => folder,
            (None, _) => Path::new("/"),
        };
        let mut start = self.command(&program, folder);
        start
            .args(call.words.iter().skip(1))
            .args(call.arguments)
            .envs(call.set.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (mut child, _group) = spawn(&mut start).map_err(|error| failed(error.to_string()))?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(failed("it has no pipes".to_owned()));
        };
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let (mut stdout, mut stderr) = (stdout.take(call.answer), stderr.take(call.answer));
        let exchange = async {
            let (out, err) = tokio::join!(stdout.read_to_end(&mut answer), stderr.read_to_end(&mut complaint));
            out?;
            err?;
            child.wait().await
        };
        match tokio::time::timeout(call.patience, exchange).await {
            Err(_) => Err(ProgramError::Timeout { command, seconds: call.patience.as_secs() }),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Ok(Ok(status)) if status.success() => Ok(answer),
            Ok(Ok(status)) => {
                settle(status).await;
                Err(failed(reason(&String::from_utf8_lossy(&complaint)).unwrap_or_else(|| status.to_string())))
            }
        }
    }

    /// A command that runs a found program in a folder, for callers that need more of it than its answer.
    pub fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables()).current_dir(folder);
        command
    }

    /// A folder that holds nothing but what ends the clients' search for a project. Removed when dropped.
    ///
    /// # Errors
    /// No folder for temporary files can be written.
    pub fn neutral_folder(&self) -> std::io::Result<tempfile::TempDir> {
        let mut places = vec![std::env::temp_dir(), PathBuf::from("/var/tmp")];
        places.extend(directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()));
        // One that is looked at as well is the last choice: in it the folder is still empty.
        places.sort_by_key(|place| !place.is_dir() || !place.is_absolute() || self.is_looked_at(place));
        let mut failure = None;
        for place in &places {
            match private(place).and_then(furnished) {
                Ok(folder) => return Ok(folder),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or_else(|| std::io::Error::other("there is no folder for temporary files")))
    }
}

fn private(place: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("mcpdex-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(place)
}

/// npm takes the nearest folder with a manifest for its project, uv the nearest settings.
fn furnished(folder: tempfile::TempDir) -> std::io::Result<tempfile::TempDir> {
    std::fs::write(folder.path().join("package.json"), "{\"private\":true}\n")?;
    std::fs::write(folder.path().join("uv.toml"), "")?;
    Ok(folder)
}

/// The name of a program without its folder.
fn bare(word: &str) -> &str {
    if Path::new(word).is_absolute() {
        Path::new(word).file_name().and_then(|n| n.to_str()).unwrap_or(word)
    } else {
        word
    }
}

/// The last line that says to be an error; the rest is advice. npm puts its reason first and where its log lies last.
fn reason(complaint: &str) -> Option<String> {
    let starts = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["error", "npm error", "fatal:"].iter().any(|start| line.starts_with(start))
    };
    let mentions = |line: &&str| line.to_ascii_lowercase().contains("error");
    let of_npm = |line: &&str| line.starts_with("npm error ") && !line.starts_with("npm error code ");
    let lines = || complaint.lines().rev();
    let line = complaint.lines().find(of_npm).or_else(|| lines().find(starts)).or_else(|| lines().find(mentions))?;
    Some(line.trim().chars().take(QUOTED).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_last_line_that_says_to_be_an_error() {
        let npm = "npm error code E404\nnpm error 404 Not Found\nnpm error 404\nnpm error A complete log of this run lies there";
        assert_eq!(reason(npm), Some("npm error 404 Not Found".to_owned()));
        assert_eq!(reason("npm error code E1\nsee the log"), Some("npm error code E1".to_owned()));
        assert_eq!(reason("Cloning\nfatal: no such thing\n"), Some("fatal: no such thing".to_owned()));
        assert_eq!(reason("an Error happened\nbye"), Some("an Error happened".to_owned()));
        assert_eq!(reason("bye"), None);
    }
}
