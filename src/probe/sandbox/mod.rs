//! A program that nobody trusts: what to run and what it may see in, a running process with limits out. Never starts
//! one without a sandbox unless that was asked for by name, and never leaves a process behind.
//!
//! The program is started through a hidden subcommand of this very binary ([`confine`]), which gives up what it can
//! (file sizes, processor time, and with Landlock the file system and the network) and then becomes the sandbox
//! ([`bubblewrap`]) or the program. [`watch`] measures the whole tree of processes from outside, since resident memory
//! and the number of processes cannot be limited from within.

mod bubblewrap;
mod confine;
mod count;
mod fetch;
mod placeholder;
mod watch;

pub use confine::{SUBCOMMAND, confine};
pub use fetch::{Fetched, fetch};
pub use placeholder::{declared, placeholder};
use watch::Signal;
pub(super) use watch::{Exceeded, Tree};

use crate::model::Outcome;
use confine::{Confinement, Walls};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// What keeps the program in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// Namespaces, made by the `bwrap` program.
    Bubblewrap,
    /// Landlock and seccomp, made by the kernel for this process and its children.
    Landlock,
    /// Nothing but the limits: the user asked for it by name.
    None,
}

impl Sandbox {
    /// The name for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Sandbox::Bubblewrap => "bubblewrap",
            Sandbox::Landlock => "landlock and seccomp",
            Sandbox::None => "no sandbox",
        }
    }
}

/// How much a program may take. Every number is a maximum for the whole tree of processes, if not said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// From the start to the last answer.
    pub total: Duration,
    /// Processor time.
    pub cpu: Duration,
    /// Bytes of resident memory. Not of address space: runtimes reserve gigabytes that they never touch.
    pub memory: u64,
    /// Processes, threads not counted.
    pub processes: usize,
    /// Bytes on stdout and stderr together.
    pub output: u64,
    /// Bytes of one file, and of the private home and temporary folder together.
    pub files: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        RunLimits {
            total: Duration::from_secs(60),
            cpu: Duration::from_secs(30),
            memory: 1 << 30,
            processes: 64,
            output: 32 << 20,
            files: 128 << 20,
        }
    }
}

/// A program to run.
#[derive(Debug, Clone)]
pub struct Run {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Files and folders that it may read beside the system's own.
    pub reads: Vec<PathBuf>,
    /// Its whole environment, apart from what the sandbox sets (`PATH`, `HOME`, `TMPDIR`, `LANG`).
    pub environment: BTreeMap<String, String>,
    pub network: bool,
    pub sandbox: Sandbox,
    pub limits: RunLimits,
    /// This binary, which serves as the first process.
    pub program: PathBuf,
}

/// Why a program was not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(
        "no sandbox can be had here: `bwrap` is not installed or not allowed to make namespaces, and the kernel has no \
         Landlock; --run-unsandboxed runs the program without"
    )]
    NoSandbox,
    #[error("`{0}` is not a program that can be found")]
    NoProgram(String),
    #[error("cannot start `{program}`: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("fetching `{what}` failed: {why}")]
    Fetch { what: String, why: String },
}

impl RunError {
    /// The outcome to record.
    pub fn outcome(&self) -> Outcome {
        match self {
            RunError::NoSandbox => Outcome::Blocked,
            RunError::NoProgram(_) | RunError::Start { .. } | RunError::Fetch { .. } => Outcome::Unreachable,
        }
    }
}

/// The best sandbox that this system has.
///
/// # Errors
/// There is none.
pub async fn best_sandbox() -> Result<Sandbox, RunError> {
    choose(bubblewrap::works().await, confine::landlock_works())
}

fn choose(bubblewrap: bool, landlock: bool) -> Result<Sandbox, RunError> {
    match (bubblewrap, landlock) {
        (true, _) => Ok(Sandbox::Bubblewrap),
        (false, true) => Ok(Sandbox::Landlock),
        // Never `Sandbox::None`: that has to be asked for by name.
        (false, false) => Err(RunError::NoSandbox),
    }
}

/// A running program. Ending it is up to [`Running::end`].
///
/// Dropping it ends it as well, at once and without waiting for that.
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) tree: Tree,
    /// Nothing of it is left, so that its number may be somebody else's by now.
    ended: bool,
    _own: mcpdex_process::Group,
    /// The control group that counts its processes, where one could be made.
    _group: Group,
    /// Home and temporary folder where no namespace hides the real ones; removed at the end.
    _private: PrivateFolder,
}

/// Starts a program.
pub(super) fn start(run: &Run) -> Result<Running, RunError> {
    let (name, arguments) = run.command.split_first().ok_or_else(|| RunError::NoProgram(String::new()))?;
    let program = locate(name).ok_or_else(|| RunError::NoProgram(name.clone()))?;
    let started = |source| RunError::Start { program: name.clone(), source };
    let private = PrivateFolder::new().map_err(started)?;
    let mut reads = run.reads.clone();
    reads.extend(home_of(&program));
    let mut command = vec![program.to_string_lossy().into_owned()];
    for argument in arguments {
        let path = Path::new(argument);
        // A script that stands in the argument list is part of the program.
        match path.exists().then(|| path.canonicalize().ok()).flatten() {
            Some(real) => {
                reads.extend(home_of(&real));
                command.push(real.to_string_lossy().into_owned());
            }
            None => command.push(argument.clone()),
        }
    }
    let walls = (run.sandbox == Sandbox::Landlock).then(|| Walls {
        reads: bubblewrap::SYSTEM.iter().map(PathBuf::from).chain(reads.iter().cloned()).collect(),
        writes: vec![private.path.clone()],
        network: run.network,
    });
    let inside = match run.sandbox {
        Sandbox::Bubblewrap => bubblewrap::command_line(run, &reads, &private.path, &command),
        Sandbox::Landlock | Sandbox::None => command,
    };
    let group = Group(private.path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let confinement = Confinement {
        cpu: run.limits.cpu.as_secs().max(1),
        file_bytes: run.limits.files,
        processes: run.limits.processes,
        group: group.0.clone(),
        walls,
        command: inside,
    };
    let mut spawn = Command::new(&run.program);
    spawn
        .arg(SUBCOMMAND)
        .arg(confinement.to_json())
        .env_clear()
        .envs(&run.environment)
        .env("PATH", path_of(&program))
        .env("LANG", "C.UTF-8")
        .envs(match run.sandbox {
            Sandbox::Bubblewrap => [("HOME", PathBuf::from(bubblewrap::HOME)), ("TMPDIR", PathBuf::from("/tmp"))],
            _ => [("HOME", private.path.clone()), ("TMPDIR", private.path.clone())],
        })
        .current_dir(&private.path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (child, own) = mcpdex_process::spawn(&mut spawn).map_err(started)?;
    let tree = Tree::of(own.id());
    Ok(Running { child, tree, ended: false, _own: own, _group: group, _private: private })
}

impl Running {
    /// Ends the program and everything that it started: politely at first, then not.
    pub(super) async fn end(mut self, politely: bool) {
        drop(self.child.stdin.take());
        let steps = [(None, 150), (Some(Signal::Terminate), 250), (Some(Signal::Kill), 5_000)];
        for (signal, patience) in steps.into_iter().skip(if politely { 0 } else { 2 }) {
            let begun = tokio::time::Instant::now();
            while begun.elapsed() < Duration::from_millis(patience) {
                if let Some(signal) = signal {
                    self.tree.signal(signal);
                }
                let gone = tokio::time::timeout(Duration::from_millis(20), self.child.wait()).await.is_ok();
                if gone && self.tree.is_gone() {
                    self.ended = true;
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Also those that have left the group.
        if !self.ended {
            self.tree.signal(Signal::Kill);
        }
    }
}

/// The name of a control group, which is removed when dropped.
struct Group(String);

impl Drop for Group {
    fn drop(&mut self) {
        count::leave(&self.0);
    }
}

/// The program that a name means, as a path that needs no further look-up.
pub(super) fn locate(name: &str) -> Option<PathBuf> {
    let is_program = |path: &Path| path.is_file();
    if name.contains('/') {
        return Path::new(name).canonicalize().ok().filter(|path| is_program(path));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// What of the file system belongs to a program: nothing where the system's own folders hold it, else the folder that
/// it was installed into, or the file alone where that folder is somebody's home.
fn home_of(path: &Path) -> Vec<PathBuf> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut needed = Vec::new();
    for path in [path, &real] {
        if bubblewrap::SYSTEM.iter().any(|system| path.starts_with(system)) || path.is_dir() && is_too_much(path) {
            continue;
        }
        let folder = match path.parent() {
            Some(parent) if path.is_file() && parent.file_name().is_some_and(|name| name == "bin") => parent.parent(),
            Some(parent) if path.is_file() => Some(parent),
            _ => Some(path),
        };
        match folder {
            Some(folder) if !is_too_much(folder) => needed.push(folder.to_owned()),
            _ => needed.push(path.to_owned()),
        }
    }
    needed
}

/// Whether letting a program read a folder would show it what the sandbox is there to hide.
fn is_too_much(folder: &Path) -> bool {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    folder.components().count() < 3 || home.is_some_and(|home| home.starts_with(folder))
}

fn path_of(program: &Path) -> String {
    let own = program.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{own}:/usr/local/bin:/usr/bin:/bin")
}

/// A folder of our own in the system's temporary folder, removed when dropped.
#[derive(Debug)]
pub struct PrivateFolder {
    /// Where it is.
    pub path: PathBuf,
}

impl PrivateFolder {
    /// Makes one that only this user can enter.
    ///
    /// # Errors
    /// The temporary folder cannot be written.
    pub fn new() -> std::io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let base = std::env::temp_dir().canonicalize()?;
        for attempt in 0..1_000_u32 {
            let path = base.join(format!("mcpdex-{}-{attempt}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(PrivateFolder { path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other("the temporary folder is full of folders of earlier runs"))
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // A folder that cannot be removed is the temporary folder's problem.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_sandbox_nothing_is_run() {
        assert!(
            matches!(choose(false, false), Err(error @ RunError::NoSandbox) if error.outcome() == Outcome::Blocked)
        );
        assert!(matches!((choose(true, true), choose(false, true)), (Ok(Sandbox::Bubblewrap), Ok(Sandbox::Landlock))));
    }

    #[test]
    fn a_program_shows_the_sandbox_its_own_folder_and_never_a_home() {
        let home = PathBuf::from(std::env::var_os("HOME").expect("tests have a home"));
        assert!(is_too_much(&home) && is_too_much(Path::new("/")) && is_too_much(Path::new("/tmp")));
        assert!(!is_too_much(&home.join("project/dist")));
        assert!(home_of(Path::new("/usr/bin/env")).is_empty());
    }
}
