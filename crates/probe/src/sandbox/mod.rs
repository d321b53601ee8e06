//! A program that nobody trusts: what to run and what it may see in, a running process with limits out. Never starts
//! one without a sandbox unless that was asked for by name, and never leaves a process behind.
//!
//! The program is started through a hidden subcommand of this very binary ([`confine`]): a keeper ([`keep`]), which ends
//! everything when mcpdex ends, and its child, which gives up what it can (file sizes, processor time, [`calls`] of the
//! system, and with Landlock the file system, the network and all privileges: [`walls`]) and then becomes the sandbox
//! ([`bubblewrap`]) or the program. [`watch`] measures the whole tree of processes from outside, since resident memory
//! and the number of processes cannot be limited from within.

mod bubblewrap;
#[cfg(target_os = "linux")]
mod calls;
mod confine;
mod count;
mod fetch;
#[cfg(target_os = "linux")]
mod keep;
mod needed;
mod placeholder;
mod private;
#[cfg(target_os = "linux")]
mod walls;
mod watch;

pub use confine::{SUBCOMMAND, confine};
pub use fetch::{Fetched, fetch};
pub(super) use needed::locate;
pub use placeholder::{declared, placeholder};
pub use private::PrivateFolder;
use private::vanish;
use watch::Signal;
pub(super) use watch::{Exceeded, Tree};

use confine::{Confinement, Part, Walls};
use mcpdex_model::Outcome;
use needed::needed;
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

/// How much a program may take. Every number is a maximum for the whole tree of processes of one start, if not said
/// otherwise; a program that is silent at first may be started a second time beside the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// From the start to the last answer, a second start included.
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
    /// Its whole environment, apart from what the sandbox sets: `PATH`, `LANG`, and places to write (`HOME`, which is
    /// also where it starts, `TMPDIR`, and the `XDG` folders), which are empty and vanish with it.
    pub environment: BTreeMap<String, String>,
    pub network: bool,
    pub sandbox: Sandbox,
    pub limits: RunLimits,
    /// This binary, which serves as the first process.
    pub program: PathBuf,
}

/// Why there is no sandbox of this kind.
const NO_BUBBLEWRAP: &str =
    "`bwrap` is not installed, older than 0.5 (it takes no filters of system calls) or not allowed to make namespaces";
const NO_LANDLOCK: &str = "the kernel has no Landlock that keeps signals in (Linux 6.12 has)";

/// Why a program was not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(
        "no sandbox can be had here: {NO_BUBBLEWRAP}, and {NO_LANDLOCK}; --run-unsandboxed runs the program without"
    )]
    NoSandbox,
    #[error("{NO_BUBBLEWRAP}; without --run-sandbox the best sandbox that this system has is taken")]
    NoBubblewrap,
    #[error("{NO_LANDLOCK}; without --run-sandbox the best sandbox that this system has is taken")]
    NoLandlock,
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
            RunError::NoSandbox | RunError::NoBubblewrap | RunError::NoLandlock => Outcome::Blocked,
            RunError::NoProgram(_) | RunError::Start { .. } | RunError::Fetch { .. } => Outcome::Unreachable,
        }
    }
}

/// The best sandbox that this system has.
///
/// # Errors
/// There is none.
pub async fn best_sandbox() -> Result<Sandbox, RunError> {
    choose(bubblewrap::works().await, landlock_works())
}

/// A sandbox that was asked for by name.
///
/// # Errors
/// This system does not have it.
pub async fn named_sandbox(sandbox: Sandbox) -> Result<Sandbox, RunError> {
    match sandbox {
        Sandbox::Bubblewrap if !bubblewrap::works().await => Err(RunError::NoBubblewrap),
        Sandbox::Landlock if !landlock_works() => Err(RunError::NoLandlock),
        Sandbox::Bubblewrap | Sandbox::Landlock | Sandbox::None => Ok(sandbox),
    }
}

#[cfg(target_os = "linux")]
use walls::landlock_works;

#[cfg(not(target_os = "linux"))]
fn landlock_works() -> bool {
    false
}

fn choose(bubblewrap: bool, landlock: bool) -> Result<Sandbox, RunError> {
    match (bubblewrap, landlock) {
        (true, _) => Ok(Sandbox::Bubblewrap),
        (false, true) => Ok(Sandbox::Landlock),
        // Never `Sandbox::None`: that has to be asked for by name.
        (false, false) => Err(RunError::NoSandbox),
    }
}

/// A running program. Ending it politely is up to [`Running::end`]; dropped before, it is killed.
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) tree: Tree,
    /// Nothing of it is left, so that its number may be somebody else's by now.
    ended: bool,
    /// The control group that counts its processes, where one could be made.
    _group: Group,
    /// What it may read beside the system's own folders.
    pub(super) reads: Vec<PathBuf>,
    /// Where it may write; removed at the end.
    _private: PrivateFolder,
}

/// Starts a program.
pub(super) fn start(run: &Run) -> Result<Running, RunError> {
    let (name, arguments) = run.command.split_first().ok_or_else(|| RunError::NoProgram(String::new()))?;
    let program = locate(name).ok_or_else(|| RunError::NoProgram(name.clone()))?;
    let started = |source| RunError::Start { program: name.clone(), source };
    let private = PrivateFolder::new().map_err(started)?;
    private.furnish().map_err(started)?;
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let mut reads: Vec<PathBuf> = run.reads.iter().map(absolute).collect();
    reads.extend(needed(&program));
    let mut command = vec![program.to_string_lossy().into_owned()];
    for argument in arguments {
        let path = Path::new(argument);
        // A script that stands in the argument list is part of the program. The program starts elsewhere: a name that
        // held here has to hold there.
        match path.exists().then(|| std::path::absolute(path).ok()).flatten() {
            Some(whole) => {
                reads.extend(needed(&whole));
                command.push(whole.to_string_lossy().into_owned());
            }
            None => command.push(argument.clone()),
        }
    }
    reads.sort();
    reads.dedup();
    let system = || bubblewrap::SYSTEM.iter().map(PathBuf::from);
    let (walls, inside) = match run.sandbox {
        Sandbox::Bubblewrap => {
            let line = bubblewrap::command_line(run, &reads, &private.path, &command);
            (Walls::Bubblewrap { network: run.network }, line)
        }
        Sandbox::Landlock => {
            let reads = system().chain(reads.iter().cloned()).collect();
            (Walls::Landlock { reads, writes: vec![private.path.clone()], network: run.network }, command)
        }
        Sandbox::None => (Walls::None, command),
    };
    let group = Group(private.path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let confinement = Confinement {
        parent: std::process::id(),
        part: Part::Keeper,
        cpu: run.limits.cpu.as_secs().max(1),
        file_bytes: run.limits.files,
        processes: run.limits.processes,
        group: group.0.clone(),
        private: private.path.clone(),
        walls,
        command: inside,
    };
    let places = match run.sandbox {
        Sandbox::Bubblewrap => Path::new(bubblewrap::PLACES),
        Sandbox::Landlock | Sandbox::None => &private.path,
    };
    let mut spawn = Command::new(&run.program);
    spawn
        .arg(SUBCOMMAND)
        .arg(confinement.to_json())
        .env_clear()
        .envs(&run.environment)
        .env("PATH", path_of(&program))
        .env("LANG", "C.UTF-8")
        .envs(private::PLACES.map(|(variable, place)| (variable, places.join(place))))
        .current_dir(private.path.join("user"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Not among the groups that are killed when mcpdex is asked to end: the keeper has to outlive mcpdex by a moment,
        // since it alone knows all that the program has started.
        .process_group(0);
    let child = spawn.spawn().map_err(started)?;
    let tree = Tree::of(child.id().unwrap_or_default());
    Ok(Running { child, tree, ended: false, _group: group, reads, _private: private })
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
        // Whoever is dropped without an end has no time for manners.
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

fn path_of(program: &Path) -> String {
    let own = program.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{own}:/usr/local/bin:/usr/bin:/bin")
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
}
