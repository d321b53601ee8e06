//! The processes of one program, seen from outside: its keeper's number in, what they use together out, and the end of
//! all of them. Reads `/proc` only; never signals a process that does not descend from the keeper, nor the keeper: that
//! goes by itself when nothing is left to keep.

use super::RunLimits;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A limit that the program went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum Exceeded {
    #[error("the program used more than {} MiB of memory and was ended", .0 >> 20)]
    Memory(u64),
    #[error("the program started more than {0} processes and was ended")]
    Processes(usize),
    #[error("the program used more than {} s of processor time and was ended", .0.as_secs())]
    Cpu(Duration),
    #[error("the program wrote more than {} MiB and was ended", .0 >> 20)]
    Output(u64),
}

/// How a process is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Terminate,
    Kill,
}

/// All processes that descend from one, which is not counted among them.
#[derive(Debug, Clone)]
pub(in super::super) struct Tree {
    root: u32,
    /// Every process that was once a member, with the time it started (numbers are used again): children of one that
    /// has gone are still the program's.
    seen: Arc<Mutex<BTreeMap<u32, u64>>>,
}

/// A thread that watches a program, until this is dropped.
#[derive(Debug)]
pub(in super::super) struct Watch {
    told: tokio::sync::oneshot::Receiver<Exceeded>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// Waits until the program goes beyond a limit; for ever, if it never does.
    pub(in super::super) async fn exceeded(&mut self) -> Exceeded {
        match (&mut self.told).await {
            Ok(exceeded) => exceeded,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What the processes use together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Usage {
    processes: usize,
    memory: u64,
    cpu: Duration,
}

/// What `/proc/PID/stat` says of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    parent: u32,
    group: u32,
    ticks: u64,
    pages: u64,
    /// In ticks after the machine's start.
    started: u64,
    zombie: bool,
}

impl Tree {
    pub(super) fn of(root: u32) -> Self {
        Tree { root, seen: Arc::default() }
    }

    /// Watches the program on a thread of its own, which a busy machine starves last, and ends it at once when it goes
    /// beyond a limit.
    pub(in super::super) fn watch(&self, limits: &RunLimits) -> Watch {
        let (tree, limits) = (self.clone(), *limits);
        let (tell, told) = tokio::sync::oneshot::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        std::thread::spawn(move || {
            let mut most_cpu = Duration::ZERO;
            while !stopped.load(Ordering::Relaxed) {
                let usage = tree.usage();
                // Processes that have ended take their time with them: the highest sum counts.
                most_cpu = most_cpu.max(usage.cpu);
                let exceeded = match usage {
                    Usage { processes, .. } if processes > limits.processes => Exceeded::Processes(limits.processes),
                    Usage { memory, .. } if memory > limits.memory => Exceeded::Memory(limits.memory),
                    _ if most_cpu > limits.cpu => Exceeded::Cpu(limits.cpu),
                    _ => {
                        std::thread::sleep(Duration::from_millis(20));
                        continue;
                    }
                };
                // First the reason, then the end: whoever sees the program gone finds out why. Nobody listens any more
                // when the conversation has just ended.
                let _ = tell.send(exceeded);
                tree.signal(Signal::Kill);
                return;
            }
        });
        Watch { told, stop }
    }

    fn usage(&self) -> Usage {
        let page = page_size();
        self.members().values().fold(Usage::default(), |sum, stat| Usage {
            processes: sum.processes + 1,
            memory: sum.memory + stat.pages * page,
            cpu: sum.cpu + Duration::from_millis(stat.ticks * 1_000 / ticks_per_second()),
        })
    }

    /// The living processes of the program: descendants, and members of the keeper's process group.
    fn members(&self) -> BTreeMap<u32, Stat> {
        let all = processes();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_root = |pid: u32, stat: &Stat| pid == self.root || stat.group == self.root;
        let was_member = |pid: u32, stat: &Stat| seen.get(&pid) == Some(&stat.started);
        let mut found: BTreeSet<u32> = all
            .iter()
            .filter(|(pid, stat)| is_root(**pid, stat) || was_member(**pid, stat))
            .map(|(pid, _)| *pid)
            .collect();
        loop {
            let is_new = |(pid, stat): &(&u32, &Stat)| found.contains(&stat.parent) && !found.contains(pid);
            let more: Vec<u32> = all.iter().filter(is_new).map(|(pid, _)| *pid).collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        found.remove(&self.root);
        let members: BTreeMap<u32, Stat> =
            all.into_iter().filter(|(pid, stat)| found.contains(pid) && !stat.zombie).collect();
        *seen = members.iter().map(|(pid, stat)| (*pid, stat.started)).collect();
        members
    }

    /// Whether nothing of the program lives.
    pub(super) fn is_gone(&self) -> bool {
        self.members().is_empty()
    }

    /// Signals every process of the program.
    pub(super) fn signal(&self, signal: Signal) {
        for pid in self.members().into_keys() {
            send(pid, signal);
        }
    }
}

fn processes() -> BTreeMap<u32, Stat> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return BTreeMap::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((pid, stat(&std::fs::read_to_string(entry.path().join("stat")).ok()?)?))
        })
        .collect()
}

/// Reads the line of a `stat` file. The second field is the program's name in parentheses and may hold anything.
fn stat(line: &str) -> Option<Stat> {
    let fields: Vec<&str> = line[line.rfind(')')? + 1..].split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(1)?).ok()?,
        group: u32::try_from(number(2)?).ok()?,
        // Own time in user and system mode, and that of children who were waited for.
        ticks: number(11)? + number(12)? + number(13).unwrap_or(0) + number(14).unwrap_or(0),
        pages: number(21)?,
        started: number(19)?,
        zombie: fields.first().is_some_and(|state| *state == "Z"),
    })
}

#[cfg(target_os = "linux")]
fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(target_os = "linux")]
fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second().max(1)
}

#[cfg(target_os = "linux")]
fn send(pid: u32, signal: Signal) {
    if let Some(pid) = to_pid(pid) {
        let _ = rustix::process::kill_process(pid, to_signal(signal));
    }
}

#[cfg(target_os = "linux")]
fn to_pid(pid: u32) -> Option<rustix::process::Pid> {
    // 0 and 1 would mean our own group and everybody.
    i32::try_from(pid).ok().filter(|pid| *pid > 1).and_then(rustix::process::Pid::from_raw)
}

#[cfg(target_os = "linux")]
fn to_signal(signal: Signal) -> rustix::process::Signal {
    match signal {
        Signal::Terminate => rustix::process::Signal::TERM,
        Signal::Kill => rustix::process::Signal::KILL,
    }
}

#[cfg(not(target_os = "linux"))]
fn page_size() -> u64 {
    4_096
}

#[cfg(not(target_os = "linux"))]
fn ticks_per_second() -> u64 {
    100
}

#[cfg(not(target_os = "linux"))]
fn send(_pid: u32, _signal: Signal) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_calls_itself_anything_is_still_read() {
        let line =
            "42 (a) b (c) S 7 42 42 0 -1 4194304 1 2 3 4 100 50 10 5 20 0 1 0 99 1000000 321 18446744073709551615 1";
        let expected = Stat { parent: 7, group: 42, ticks: 165, pages: 321, started: 99, zombie: false };
        assert_eq!(stat(line), Some(expected));
        assert_eq!(stat("42 (x"), None);
    }

    #[test]
    fn a_child_is_a_member_until_it_has_gone_and_its_keeper_is_none() {
        let mut child = std::process::Command::new("sleep").arg("100").spawn().expect("every system has it");
        let tree = Tree::of(std::process::id());
        assert!(tree.members().contains_key(&child.id()) && !tree.members().contains_key(&std::process::id()));
        assert!(tree.usage().memory > 1 << 12 && !tree.is_gone());
        child.kill().and_then(|()| child.wait()).expect("it is ours");
        assert!(!tree.members().contains_key(&child.id()));
    }
}
