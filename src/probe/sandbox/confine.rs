//! The first process of a program that nobody trusts: a description of what to give up in, that process turned into the
//! program out. Runs in a child of its own, and gives up before it starts anything.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The hidden subcommand that runs [`confine`].
pub const SUBCOMMAND: &str = "run-confined";

/// What to give up, and what to become.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confinement {
    /// Seconds of processor time of each process.
    pub(super) cpu: u64,
    /// Bytes of one file.
    pub(super) file_bytes: u64,
    /// Walls that the kernel puts around this process; `None` where a sandbox program does it.
    pub(super) walls: Option<Walls>,
    pub(super) command: Vec<String>,
}

/// What remains of the file system and the network.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Walls {
    pub(super) reads: Vec<PathBuf>,
    pub(super) writes: Vec<PathBuf>,
    pub(super) network: bool,
}

impl Confinement {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers, texts and paths that were found as text")
    }
}

/// Open files of each process.
const OPEN_FILES: u64 = 1_024;

/// Becomes the program that `description` names, with all that it says given up. Returns only to say why it cannot.
///
/// # Errors
/// The description is not one, a limit or wall cannot be had (then nothing is started), or the program cannot be.
pub fn confine(description: &str) -> anyhow::Result<std::convert::Infallible> {
    use anyhow::Context;
    use std::os::unix::process::CommandExt;
    let wanted: Confinement =
        serde_json::from_str(description).context("this command is for mcpdex itself: the description is not one")?;
    let (program, arguments) = wanted.command.split_first().context("the description names no program")?;
    use rlimit::Resource;
    for (resource, most) in [
        (Resource::CPU, wanted.cpu),
        (Resource::FSIZE, wanted.file_bytes),
        (Resource::NOFILE, OPEN_FILES),
        (Resource::CORE, 0),
    ] {
        let (_, hard) = resource.get().context("cannot read the limits of the process")?;
        let most = most.min(hard);
        resource.set(most, most).with_context(|| format!("cannot limit {}", resource.as_name()))?;
    }
    if let Some(walls) = &wanted.walls {
        raise(walls)?;
    }
    Err(std::process::Command::new(program).args(arguments).exec()).with_context(|| format!("cannot start `{program}`"))
}

#[cfg(target_os = "linux")]
pub(super) use linux::landlock_works;
#[cfg(target_os = "linux")]
use linux::raise;

#[cfg(not(target_os = "linux"))]
pub(super) fn landlock_works() -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn raise(_walls: &Walls) -> anyhow::Result<()> {
    anyhow::bail!("this system has no Landlock")
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Walls;
    use anyhow::{Context, ensure};
    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
        RulesetCreatedAttr, RulesetStatus, Scope,
    };
    use seccompiler::{SeccompAction, SeccompFilter, TargetArch};
    use std::collections::BTreeMap;

    /// The oldest Landlock that knows connections; without it the network could be closed by seccomp alone.
    const OLDEST: ABI = ABI::V4;
    /// What is asked for where the kernel has it: no signals to and no abstract sockets of strangers.
    const NEWEST: ABI = ABI::V6;

    /// What no tool list needs, and what leads around the walls: other processes' memory, namespaces and mounts, keys,
    /// kernel interfaces that carry out other calls, and leaving the process group by which the program is ended.
    const FORBIDDEN: &[libc::c_long] = &[
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_open_by_handle_at,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_keyctl,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_kexec_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_reboot,
        libc::SYS_setsid,
        libc::SYS_setpgid,
    ];

    /// Whether the kernel has the walls that [`raise`] needs.
    pub(in super::super) fn landlock_works() -> bool {
        let made = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(OLDEST))
            .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(OLDEST)))
            .and_then(Ruleset::create);
        made.is_ok()
    }

    /// Puts the walls around this process and whatever it becomes.
    pub(super) fn raise(walls: &Walls) -> anyhow::Result<()> {
        let mut ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(OLDEST))
            .context("the kernel's Landlock is too old")?;
        if !walls.network {
            ruleset = ruleset.handle_access(AccessNet::from_all(OLDEST)).context("the kernel's Landlock is too old")?;
        }
        let mut created = ruleset
            .set_compatibility(CompatLevel::BestEffort)
            .scope(Scope::from_all(NEWEST))
            .and_then(Ruleset::create)
            .context("cannot make Landlock rules")?;
        let devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];
        let all = walls.writes.iter().cloned().chain(devices.iter().map(std::path::PathBuf::from));
        let writes = all.map(|path| (path, AccessFs::from_all(OLDEST)));
        let proc = (std::path::PathBuf::from("/proc/self"), AccessFs::from_read(OLDEST));
        let reads = walls.reads.iter().map(|path| (path.clone(), AccessFs::from_read(OLDEST)));
        for (path, access) in reads.chain(writes).chain([proc]) {
            // What is not there needs no leave.
            let Ok(descriptor) = PathFd::new(&path) else { continue };
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(OLDEST) };
            created = created
                .add_rule(PathBeneath::new(descriptor, access))
                .with_context(|| format!("cannot allow {}", path.display()))?;
        }
        let status = created.restrict_self().context("cannot restrict this process")?;
        ensure!(status.ruleset != RulesetStatus::NotEnforced && status.no_new_privs, "Landlock was not enforced");
        forbid_calls(walls.network)
    }

    fn forbid_calls(network: bool) -> anyhow::Result<()> {
        let sockets = [libc::SYS_socket];
        let calls = FORBIDDEN.iter().chain(sockets.iter().filter(|_| !network));
        // No conditions: the call itself is refused.
        let rules: BTreeMap<i64, Vec<seccompiler::SeccompRule>> = calls.map(|call| (*call, Vec::new())).collect();
        let arch = TargetArch::try_from(std::env::consts::ARCH).context("no call filter for this processor")?;
        let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        let filter =
            SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch).context("cannot make the call filter")?;
        let program: seccompiler::BpfProgram = filter.try_into().context("cannot compile the call filter")?;
        seccompiler::apply_filter(&program).context("cannot set the call filter")
    }
}
