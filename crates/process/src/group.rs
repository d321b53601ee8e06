//! Programs that are started and do not outlive us: a command in, a child out that leads a process group of its own.
//!
//! A terminal's Ctrl-C reaches the group in the foreground. Children that shared ours would die of it before we know of
//! it, and their deaths would look like failures of what they were asked about; in a group of their own they die when we
//! say so. Every group is known here from the moment that it exists ([`spawn`]) until it was ended ([`Group`]), so that
//! [`end_all`] leaves none behind even when this process ends without running a destructor.
//!
//! Chooses no program and no environment: that is up to whoever starts one.

use std::collections::BTreeMap;
use std::io;
use std::process::{ExitStatus, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How the programs of a group are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// At once and without being asked.
    Kill,
    /// Asked first ([`ASKING`]): it is a mcpdex, and has children in groups of their own that only it knows.
    Ask,
}

/// What runs, by the number of its group.
struct Running {
    groups: BTreeMap<u32, Manner>,
    /// Nothing is started any more.
    closed: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { groups: BTreeMap::new(), closed: false });

/// How long a mcpdex that was asked to end may take; it gives itself a little less.
const ASKING: Duration = Duration::from_millis(1_700);
/// How long a mcpdex that was asked twice may take.
const AT_ONCE: Duration = Duration::from_millis(100);
/// How long a child's death by a signal is kept quiet: what signals a whole service reaches us a moment later.
const SETTLING: Duration = Duration::from_millis(300);

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A started program and all that it started in its group. What is left of them is killed when this is dropped.
#[derive(Debug)]
#[must_use = "dropping a group ends it"]
pub struct Group(u32);

impl Group {
    /// The number of the group, which is that of its first process.
    pub fn id(&self) -> u32 {
        self.0
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        running().groups.remove(&self.0);
        signal_group(self.0, Signal::Kill);
    }
}

/// Starts a program as the leader of a group of its own. Dropping the child or the group ends it.
///
/// # Errors
/// The program cannot be started, or everything is being ended ([`end_all`]).
pub fn spawn(command: &mut tokio::process::Command) -> io::Result<(tokio::process::Child, Group)> {
    #[cfg(unix)]
    command.process_group(0);
    command.kill_on_drop(true);
    // Under the lock: a child that exists is known.
    let mut running = open()?;
    let child = command.spawn()?;
    let id = child.id().unwrap_or_default();
    running.groups.insert(id, Manner::Kill);
    Ok((child, Group(id)))
}

/// As [`spawn`], for a program that is waited for on a thread. Dropping the group ends it; the child must be waited for.
///
/// # Errors
/// As [`spawn`].
pub fn spawn_blocking(command: &mut std::process::Command) -> io::Result<(std::process::Child, Group)> {
    start(command, Manner::Kill)
}

/// Starts a mcpdex as the leader of a group of its own. When it must go it is asked to first, since its children are in
/// groups that only it knows.
///
/// # Errors
/// As [`spawn`].
pub fn spawn_own(command: &mut std::process::Command) -> io::Result<(std::process::Child, Group)> {
    start(command, Manner::Ask)
}

fn start(command: &mut std::process::Command, manner: Manner) -> io::Result<(std::process::Child, Group)> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut running = open()?;
    let child = command.spawn()?;
    let id = child.id();
    running.groups.insert(id, manner);
    Ok((child, Group(id)))
}

fn open() -> io::Result<MutexGuard<'static, Running>> {
    let running = running();
    if running.closed {
        return Err(io::Error::other("mcpdex is being ended and starts nothing more"));
    }
    Ok(running)
}

/// Runs a program to its end, and ends what it leaves behind. Dropping the future ends it sooner.
///
/// # Errors
/// The program cannot be started or waited for.
pub async fn output(command: &mut tokio::process::Command) -> io::Result<Output> {
    let (child, _group) = spawn(command)?;
    let output = child.wait_with_output().await?;
    settle(output.status).await;
    Ok(output)
}

/// Waits a moment where a child was ended by a signal that asks programs to end: whoever sent it may have meant us as
/// well, and then this future is dropped before the death is taken for an answer.
pub async fn settle(status: ExitStatus) {
    if was_asked_to_end(status) {
        tokio::time::sleep(SETTLING).await;
    }
}

/// Whether a mcpdex runs that must be asked to end, and says so itself.
pub fn is_own_running() -> bool {
    running().groups.values().any(|manner| *manner == Manner::Ask)
}

/// Ends every program that was started, and starts no other from now on. Returns when they have been told, and those
/// that are asked have gone or used up their time.
pub fn end_all() {
    let asked = close();
    let begun = Instant::now();
    // A group is known until whoever started it has seen its end.
    while begun.elapsed() < ASKING && asked.iter().any(|group| running().groups.contains_key(group)) {
        std::thread::sleep(Duration::from_millis(10));
    }
    asked.iter().for_each(|group| signal_group(*group, Signal::Kill));
}

/// Ends every program at once. A mcpdex among them is told once more, which makes it end at once as well.
pub fn end_all_at_once() {
    let asked = close();
    if !asked.is_empty() {
        std::thread::sleep(AT_ONCE);
        asked.iter().for_each(|group| signal_group(*group, Signal::Kill));
    }
}

/// Kills what is killed, asks what is asked; which groups those are.
fn close() -> Vec<u32> {
    let mut running = running();
    running.closed = true;
    let mut asked = Vec::new();
    for (group, manner) in &running.groups {
        match manner {
            Manner::Kill => signal_group(*group, Signal::Kill),
            Manner::Ask => {
                signal_group(*group, Signal::Terminate);
                asked.push(*group);
            }
        }
    }
    asked
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    Terminate,
    Kill,
}

#[cfg(unix)]
fn signal_group(group: u32, signal: Signal) {
    use rustix::process::{Pid, kill_process_group};
    // 0 and 1 would mean our own group and everybody.
    let group = i32::try_from(group).ok().filter(|group| *group > 1).and_then(Pid::from_raw);
    if let Some(group) = group {
        // A group that has gone cannot be told, and needs not be.
        let _ = kill_process_group(
            group,
            match signal {
                Signal::Terminate => rustix::process::Signal::TERM,
                Signal::Kill => rustix::process::Signal::KILL,
            },
        );
    }
}

#[cfg(not(unix))]
fn signal_group(_group: u32, _signal: Signal) {}

#[cfg(unix)]
fn was_asked_to_end(status: ExitStatus) -> bool {
    use rustix::process::Signal as S;
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    signal.is_some_and(|number| [S::HUP, S::INT, S::TERM].iter().any(|signal| signal.as_raw() == number))
}

#[cfg(not(unix))]
fn was_asked_to_end(_status: ExitStatus) -> bool {
    false
}

/// Starts a program of the user's own that takes the terminal over, such as a pager. It stays in our group, since no other
/// may read from the terminal, and is not ended with the others: it ends when its input does or when its user says so.
///
/// # Errors
/// It cannot be started.
pub fn spawn_at_terminal(command: &mut std::process::Command) -> io::Result<std::process::Child> {
    command.spawn()
}
