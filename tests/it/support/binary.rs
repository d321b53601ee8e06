//! The binary as a user runs it: an empty home, a scrubbed environment, a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A user with an empty home.
pub(crate) struct User {
    home: TempDir,
}

/// What a run printed and how it ended.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl User {
    pub(crate) fn new() -> User {
        User { home: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where mcpdex keeps its database when nobody says otherwise.
    pub(crate) fn database(&self) -> PathBuf {
        self.home().join(".local/share/mcpdex/mcpdex.db")
    }

    /// The command with nothing in its environment but the home and the path.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcpdex"));
        command.args(words).env_clear().env("HOME", self.home()).current_dir(self.home());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// Runs the binary.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        ran(self.command(words).output().unwrap())
    }

    /// Runs the binary and demands success.
    pub(crate) fn done(&self, words: &[&str]) -> String {
        let ran = self.run(words);
        assert_eq!(ran.code, 0, "{words:?} failed: {}", ran.err);
        ran.out
    }
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Without the digest of the rules, which changes with every one of them.
pub(crate) fn undigested(text: &str) -> String {
    let line = |line: &str| if line.starts_with("ruleset ") { "ruleset".to_owned() } else { line.to_owned() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
