//! The first processes of a program that nobody trusts: a description of what to give up in, a process turned into the
//! program out. A [`keep`](super::keep)er comes first and stays outside; its child gives up what the description says
//! and becomes the program. Neither starts anything where it could not give up all of it.

use super::count;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The hidden subcommand that runs [`confine`].
pub const SUBCOMMAND: &str = "run-confined";

/// What to give up, and what to become.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confinement {
    /// The process whose end is the end of this one.
    pub(super) parent: u32,
    /// What this process is for.
    pub(super) part: Part,
    /// Seconds of processor time of each process.
    pub(super) cpu: u64,
    /// Bytes of one file.
    pub(super) file_bytes: u64,
    /// Processes, and the name of a control group to count them in.
    pub(super) processes: usize,
    pub(super) group: String,
    /// The folder that goes when the program has gone.
    pub(super) private: PathBuf,
    /// What stands between the program and the machine.
    pub(super) walls: Walls,
    pub(super) command: Vec<String>,
}

/// The two processes before a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    /// Stays, and ends the program when the parent ends.
    Keeper,
    /// Becomes the program.
    Program,
}

/// What remains of the file system, the network and the kernel.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Walls {
    /// Everything: the user asked for it by name.
    None,
    /// The command is bubblewrap's, which is handed a filter of system calls.
    Bubblewrap { network: bool },
    /// Walls that the kernel puts around the process.
    Landlock { reads: Vec<PathBuf>, writes: Vec<PathBuf>, network: bool },
}

impl Confinement {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers, texts and paths that were found as text")
    }
}

/// Open files of each process.
const OPEN_FILES: u64 = 1_024;

/// Keeps or becomes the program that `description` names, with all that it says given up. Returns when there is nothing
/// left to keep, or to say why the program was not started.
///
/// # Errors
/// The description is not one, a limit or wall cannot be had (then nothing is started), or the program cannot be.
pub fn confine(description: &str) -> anyhow::Result<()> {
    use anyhow::Context;
    let wanted: Confinement =
        serde_json::from_str(description).context("this command is for mcpdex itself: the description is not one")?;
    match wanted.part {
        Part::Keeper => keep(&wanted),
        Part::Program => match become_program(&wanted)? {},
    }
}

fn become_program(wanted: &Confinement) -> anyhow::Result<std::convert::Infallible> {
    use anyhow::Context;
    use std::os::unix::process::CommandExt;
    let (program, arguments) = wanted.command.split_first().context("the description names no program")?;
    // Ahead of everything else: a parent that has gone already must leave nothing that runs.
    leave_the_terminal();
    end_with(wanted.parent)?;
    limit(wanted)?;
    let mut before = Vec::new();
    // Held until this process has become another.
    let _filters;
    match &wanted.walls {
        Walls::None => _filters = Vec::new(),
        Walls::Bubblewrap { network } => {
            _filters = filter_files(*network)?;
            before.extend(_filters.iter().flat_map(|(_, number)| ["--add-seccomp-fd".to_owned(), number.to_string()]));
        }
        Walls::Landlock { reads, writes, network } => {
            _filters = Vec::new();
            raise(reads, writes, *network)?;
            give_up_privileges()?;
            // Giving up privileges may have taken it back.
            end_with(wanted.parent)?;
            forbid_calls(*network)?;
        }
    }
    let mut command = std::process::Command::new(program);
    Err(command.args(before).args(arguments).exec()).with_context(|| format!("cannot start `{program}`"))
}

fn limit(wanted: &Confinement) -> anyhow::Result<()> {
    use anyhow::Context;
    use rlimit::Resource;
    // Room above the limit: going beyond it is to be seen from outside, not only to be impossible.
    let processes = wanted.processes * 2 + 16;
    count::join(&wanted.group, processes);
    // Threads count here, and runtimes have dozens.
    let tasks = count::running() + processes as u64 * 16;
    for (resource, most) in [
        (Resource::NPROC, tasks),
        (Resource::CPU, wanted.cpu),
        (Resource::FSIZE, wanted.file_bytes),
        (Resource::NOFILE, OPEN_FILES),
        (Resource::CORE, 0),
    ] {
        let (_, hard) = resource.get().context("cannot read the limits of the process")?;
        let most = most.min(hard);
        resource.set(most, most).with_context(|| format!("cannot limit {}", resource.as_name()))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
use super::{
    calls::{filter_files, forbid_calls},
    keep::{end_with, keep, leave_the_terminal},
    walls::{give_up_privileges, raise},
};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{Confinement, become_program};
    use std::path::PathBuf;

    pub(super) fn keep(wanted: &Confinement) -> anyhow::Result<()> {
        match become_program(wanted)? {}
    }

    pub(super) fn leave_the_terminal() {}

    pub(super) fn end_with(_parent: u32) -> anyhow::Result<()> {
        Ok(())
    }

    pub(super) fn filter_files(_network: bool) -> anyhow::Result<Vec<(std::fs::File, i32)>> {
        anyhow::bail!("this system has no bubblewrap")
    }

    pub(super) fn raise(_reads: &[PathBuf], _writes: &[PathBuf], _network: bool) -> anyhow::Result<()> {
        anyhow::bail!("this system has no Landlock")
    }

    pub(super) fn give_up_privileges() -> anyhow::Result<()> {
        Ok(())
    }

    pub(super) fn forbid_calls(_network: bool) -> anyhow::Result<()> {
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
use elsewhere::{end_with, filter_files, forbid_calls, give_up_privileges, keep, leave_the_terminal, raise};
