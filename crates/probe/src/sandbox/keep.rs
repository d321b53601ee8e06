//! The keeper of a program: a description in, the end of everything that the program started out. It stays outside of
//! the walls and between mcpdex and the program, so that a killed mcpdex leaves nothing behind: every process whose own
//! parent has gone becomes the keeper's child, and when mcpdex ends, however that is, the keeper ends them all.

use super::confine::{Confinement, Part, SUBCOMMAND};
use super::watch::{Signal, Tree};
use super::{count, vanish};
use anyhow::{Context, ensure};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{self, Pid, PidfdFlags, WaitOptions};
use std::process::Command;
use std::time::Duration;

/// Starts the program and stays until nothing of it is left.
///
/// # Errors
/// mcpdex has gone already, the system cannot tell when it goes, or the program's process cannot be started. Then
/// nothing runs.
pub(super) fn keep(wanted: &Confinement) -> anyhow::Result<()> {
    let parent = pid(wanted.parent)?;
    let lifeline = process::pidfd_open(parent, PidfdFlags::empty()).context("cannot watch over mcpdex's own end")?;
    // In this order: a number that was given away anew in between is no parent of ours.
    ensure!(process::getppid() == Some(parent), "mcpdex has ended");
    process::set_child_subreaper(Some(process::getpid())).context("cannot take in processes without a parent")?;
    // Whoever ends mcpdex by its name means mcpdex.
    let _ = rustix::thread::set_name(c"sandbox-keeper");
    let program = Confinement { parent: std::process::id(), part: Part::Program, ..wanted.clone() };
    let started = Command::new("/proc/self/exe").arg(SUBCOMMAND).arg(program.to_json()).spawn();
    started.context("cannot start the first process of the sandbox")?;
    std::thread::spawn(move || {
        while poll(&mut [PollFd::new(&lifeline, PollFlags::IN)], None).is_err() {}
        let tree = Tree::of(std::process::id());
        loop {
            tree.signal(Signal::Kill);
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    // The ends of the pipes belong to the program alone: mcpdex sees by them that it has gone.
    let nothing = std::fs::File::options().read(true).write(true).open("/dev/null").context("cannot open /dev/null")?;
    let _ = rustix::stdio::dup2_stdin(&nothing);
    let _ = rustix::stdio::dup2_stdout(&nothing);
    let _ = rustix::stdio::dup2_stderr(&nothing);
    while !matches!(process::wait(WaitOptions::empty()), Err(rustix::io::Errno::CHILD)) {}
    // mcpdex does this too, if it still can.
    vanish(&wanted.private);
    count::leave(&wanted.group);
    Ok(())
}

/// Has the kernel end this process when its parent ends.
///
/// # Errors
/// The parent has gone already.
pub(super) fn end_with(parent: u32) -> anyhow::Result<()> {
    process::set_parent_process_death_signal(Some(process::Signal::KILL))
        .context("cannot have this process end with its parent")?;
    ensure!(process::getppid() == Some(pid(parent)?), "the parent has ended");
    Ok(())
}

/// Leaves the terminal that mcpdex was started from, which is then out of the program's reach.
pub(super) fn leave_the_terminal() {
    // Refused only to whoever leads a session or a group already, and then there is none to leave.
    let _ = process::setsid();
}

fn pid(number: u32) -> anyhow::Result<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw).context("the description names no parent")
}
