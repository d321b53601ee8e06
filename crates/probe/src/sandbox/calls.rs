//! The system calls that a stranger's program may not make: where it runs in, filters for the kernel out. They hide what
//! walls of files cannot: the machine's name and clock, other processes, namespaces and mounts, the kernel's own doors.
//!
//! A refused call fails with "not permitted", as it does for whoever lacks the privilege, so that programs go on as they
//! would for an ordinary user. Calls of another architecture end the process.

use anyhow::Context;
use rustix::fs::MemfdFlags;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, Write};
use std::os::fd::AsRawFd;

type Call = libc::c_long;
/// Calls, each with the arguments that are refused: all of one list must hold, any list is enough, none means always.
type Refused = BTreeMap<Call, Vec<SeccompRule>>;

/// Calls that the libraries do not name yet. New calls have one number on every architecture.
mod number {
    use super::Call;
    pub(super) const FCHMODAT2: Call = 452;
    pub(super) const STATMOUNT: Call = 457;
    pub(super) const LISTMOUNT: Call = 458;
    pub(super) const LSM_SET_SELF_ATTR: Call = 460;
    pub(super) const SETXATTRAT: Call = 463;
    pub(super) const GETXATTRAT: Call = 464;
    pub(super) const LISTXATTRAT: Call = 465;
    pub(super) const REMOVEXATTRAT: Call = 466;
    pub(super) const OPEN_TREE_ATTR: Call = 467;
    pub(super) const FILE_SETATTR: Call = 469;
}

/// What no tool list needs, in any sandbox: memory and handles of other processes, namespaces and mounts, clocks and
/// names of the machine, and interfaces of the kernel in which holes are found year after year.
const NEVER: &[Call] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_move_pages,
    libc::SYS_migrate_pages,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    number::STATMOUNT,
    number::LISTMOUNT,
    number::OPEN_TREE_ATTR,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_settimeofday,
    libc::SYS_adjtimex,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_syslog,
    libc::SYS_vhangup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    number::LSM_SET_SELF_ATTR,
];

#[cfg(target_arch = "x86_64")]
const NEVER_HERE: &[Call] =
    &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt, libc::SYS_uselib, libc::SYS_ustat];
#[cfg(not(target_arch = "x86_64"))]
const NEVER_HERE: &[Call] = &[];

/// What namespaces would hide: shared memory, queues and semaphores of others, and what Landlock leaves open on every
/// file that the user owns (modes, owners, times, attributes, and being told of what happens in a folder).
const WITHOUT_NAMESPACES: &[Call] = &[
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_semctl,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    libc::SYS_mq_timedsend,
    libc::SYS_mq_timedreceive,
    libc::SYS_mq_notify,
    libc::SYS_mq_getsetattr,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    number::FCHMODAT2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    number::SETXATTRAT,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    number::REMOVEXATTRAT,
    number::FILE_SETATTR,
    libc::SYS_inotify_add_watch,
];

#[cfg(target_arch = "x86_64")]
const WITHOUT_NAMESPACES_HERE: &[Call] =
    &[libc::SYS_chmod, libc::SYS_chown, libc::SYS_lchown, libc::SYS_utime, libc::SYS_utimes, libc::SYS_futimesat];
#[cfg(not(target_arch = "x86_64"))]
const WITHOUT_NAMESPACES_HERE: &[Call] = &[];

/// Attributes of files without namespaces: "not supported", which whoever copies a file steps over.
const UNSUPPORTED: &[Call] = &[
    libc::SYS_getxattr,
    libc::SYS_lgetxattr,
    libc::SYS_fgetxattr,
    number::GETXATTRAT,
    libc::SYS_listxattr,
    libc::SYS_llistxattr,
    libc::SYS_flistxattr,
    number::LISTXATTRAT,
];

/// Flags of `clone` that make a namespace. That of time is no flag of this call.
const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// Requests of `ioctl` that type into a terminal or change a file that was opened for reading only: `TIOCSTI`,
/// `TIOCLINUX`, `FS_IOC_SETFLAGS`, `FS_IOC32_SETFLAGS`, `FS_IOC_FSSETXATTR`, `FS_IOC_SETVERSION`, `FS_IOC32_SETVERSION`.
const REQUESTS: [u64; 7] = [0x5412, 0x541c, 0x4008_6602, 0x4004_6602, 0x401c_5820, 0x4008_7602, 0x4004_7602];

/// `IOPRIO_WHO_PROCESS`.
const IO_PRIORITY_OF_A_PROCESS: u64 = 1;

/// What to hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Namespaces hide files, processes and the rest; the filter guards the kernel.
    Namespaces,
    /// Nothing else hides anything but files.
    Bare,
}

/// Refuses calls to this process and whatever it becomes, where no namespaces hide anything.
///
/// # Errors
/// The kernel or the processor has no such filters.
pub(super) fn forbid_calls(network: bool) -> anyhow::Result<()> {
    for filter in filters(Place::Bare, network)? {
        seccompiler::apply_filter(&filter).context("cannot set the call filter")?;
    }
    Ok(())
}

/// The filters for a program in namespaces, as files that bubblewrap reads, each with its number. They stay open across
/// the start of another program.
///
/// # Errors
/// The processor has no such filters, or there is no memory for a file.
pub(super) fn filter_files(network: bool) -> anyhow::Result<Vec<(File, i32)>> {
    filters(Place::Namespaces, network)?.iter().map(|filter| file(filter)).collect()
}

/// A file with a filter that refuses nothing, to try whether bubblewrap takes filters.
pub(super) fn harmless_filter() -> anyhow::Result<File> {
    file(&[ret(ALLOW)]).map(|(file, _)| file)
}

fn file(filter: &[sock_filter]) -> anyhow::Result<(File, i32)> {
    let memory = rustix::fs::memfd_create(c"filter", MemfdFlags::empty()).context("cannot make a file in memory")?;
    let mut file = File::from(memory);
    let mut bytes = Vec::with_capacity(filter.len() * 8);
    for step in filter {
        bytes.extend_from_slice(&step.code.to_ne_bytes());
        bytes.extend_from_slice(&[step.jt, step.jf]);
        bytes.extend_from_slice(&step.k.to_ne_bytes());
    }
    file.write_all(&bytes).and_then(|()| file.rewind()).context("cannot write the call filter")?;
    let number = file.as_raw_fd();
    Ok((file, number))
}

/// All filters; the kernel takes the strictest answer among them.
fn filters(place: Place, network: bool) -> anyhow::Result<Vec<BpfProgram>> {
    let mut all = vec![
        compile(refused(place, network)?, libc::EPERM)?,
        // Its flags lie in memory, where no filter can look. Programs fall back on `clone`.
        compile(always(&[libc::SYS_clone3]).collect(), libc::ENOSYS)?,
    ];
    if place == Place::Bare {
        all.push(compile(always(UNSUPPORTED).collect(), libc::EOPNOTSUPP)?);
    }
    if cfg!(target_arch = "x86_64") {
        all.push(no_second_numbers());
    }
    Ok(all)
}

fn compile(refused: Refused, errno: libc::c_int) -> anyhow::Result<BpfProgram> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).context("no call filter for this processor")?;
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let filter = SeccompFilter::new(refused, SeccompAction::Allow, refuse, arch);
    filter.and_then(BpfProgram::try_from).context("cannot make the call filter")
}

fn refused(place: Place, network: bool) -> anyhow::Result<Refused> {
    let mut refused: Refused = always(NEVER).chain(always(NEVER_HERE)).collect();
    let flags =
        NAMESPACES.map(|flag| vec![(0, Op::MaskedEq(u64::from(flag.unsigned_abs())), flag.unsigned_abs().into())]);
    refused.insert(libc::SYS_clone, rules(flags)?);
    refused.insert(libc::SYS_ioctl, rules(REQUESTS.map(|request| vec![(1, Op::Eq, request)]))?);
    if place == Place::Bare {
        refused.extend(always(WITHOUT_NAMESPACES).chain(always(WITHOUT_NAMESPACES_HERE)));
        // Of its own process only, which zero stands for.
        let others = || rules([vec![(0, Op::Ne, 0)]]);
        for call in [
            libc::SYS_sched_setaffinity,
            libc::SYS_sched_setscheduler,
            libc::SYS_sched_setparam,
            libc::SYS_sched_setattr,
            libc::SYS_prlimit64,
        ] {
            refused.insert(call, others()?);
        }
        let own = |kind| rules([vec![(0, Op::Ne, kind)], vec![(1, Op::Ne, 0)]]);
        refused.insert(libc::SYS_setpriority, own(u64::from(libc::PRIO_PROCESS))?);
        refused.insert(libc::SYS_ioprio_set, own(IO_PRIORITY_OF_A_PROCESS)?);
        // The program is not to cut itself loose from the process that keeps it.
        refused.insert(libc::SYS_prctl, rules([vec![(0, Op::Eq, libc::PR_SET_PDEATHSIG.unsigned_abs().into())]])?);
    }
    match (network, place) {
        // An empty network of its own is no way out, and programs like to ask it for its addresses.
        (false, Place::Namespaces) => {}
        (false, Place::Bare) => refused.extend(always(&[libc::SYS_socket])),
        // The internet, and the system's answer to which addresses it has. A local socket leads to whatever service
        // listens on this machine, and trusts whoever can reach it.
        (true, _) => {
            let [inet, inet6, netlink] =
                [libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK].map(|f| u64::from(f.unsigned_abs()));
            let other = [inet, inet6, netlink].map(|family| (0, Op::Ne, family));
            let not_addresses = vec![(0, Op::Eq, netlink), (2, Op::Ne, 0)];
            refused.insert(libc::SYS_socket, rules([other.to_vec(), not_addresses])?);
        }
    }
    Ok(refused)
}

/// Calls that are refused whatever their arguments.
fn always(calls: &[Call]) -> impl Iterator<Item = (Call, Vec<SeccompRule>)> {
    calls.iter().map(|call| (*call, Vec::new()))
}

/// Conditions on the lower halves of arguments, which is all that the kernel reads of these.
fn rules<const N: usize>(any: [Vec<(u8, Op, u64)>; N]) -> anyhow::Result<Vec<SeccompRule>> {
    let rule = |all: Vec<(u8, Op, u64)>| -> Result<SeccompRule, seccompiler::BackendError> {
        let conditions: Result<Vec<_>, _> = all
            .into_iter()
            .map(|(argument, op, value)| SeccompCondition::new(argument, Length::Dword, op, value))
            .collect();
        SeccompRule::new(conditions?)
    };
    any.into_iter().map(rule).collect::<Result<_, _>>().context("cannot make the call filter")
}

/// Answers of a filter (`SECCOMP_RET_ALLOW`, `SECCOMP_RET_ERRNO`).
const ALLOW: u32 = 0x7fff_0000;
const ERRNO: u32 = 0x0005_0000;

fn ret(answer: u32) -> sock_filter {
    step(libc::BPF_RET | libc::BPF_K, 0, answer)
}

fn step(code: u32, jf: u8, k: u32) -> sock_filter {
    sock_filter { code: u16::try_from(code).unwrap_or_default(), jt: 0, jf, k }
}

/// x86-64 has most calls a second time, under numbers from 2^30 on and with the same architecture: none of those.
fn no_second_numbers() -> BpfProgram {
    let number = step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0);
    let is_second = step(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 1, 0x4000_0000);
    vec![number, is_second, ret(ERRNO | libc::ENOSYS.unsigned_abs()), ret(ALLOW)]
}
