//! What reading one package may cost: processor seconds, memory, and the seconds that whoever waits for the answer has.
//! No reader counts steps for a limit: a step is only when the clock is looked at.

use super::watch::Watch;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Bounds on one package. Every number is a maximum; what lies beyond is refused or marked partial, never cut silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLimits {
    /// Bytes of the archive as downloaded.
    pub archive_bytes: u64,
    /// Bytes of all entries of the archive together, unpacked.
    pub unpacked_bytes: u64,
    /// Unpacked bytes for each byte of the archive, looked at once more than a mebibyte was unpacked.
    pub ratio: u64,
    /// Entries of the archive.
    pub entries: usize,
    /// Folders above a file.
    pub path_depth: usize,
    /// Bytes of one source file; a larger one is left out with a [`Partial`](mcpdex_model::Partial).
    pub source_bytes: usize,
    /// How deep brackets may nest in a source file before it reaches the parser.
    pub bracket_depth: usize,
    /// Tools of one package.
    pub tools: usize,
    /// Milliseconds of processor time for the readers together. What ends a reading on a machine that has time for it.
    pub cpu_millis: u64,
    /// Milliseconds from start to answer, however busy the machine is.
    pub millis: u64,
    /// Bytes of address space of the worker process. The readers stop when they hold half of it.
    pub memory_bytes: u64,
    /// Bytes of the worker's answer.
    pub answer_bytes: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        ReadLimits {
            archive_bytes: 50 * MIB,
            unpacked_bytes: 200 * MIB,
            ratio: 100,
            entries: 20_000,
            path_depth: 32,
            source_bytes: 16 << 20,
            bracket_depth: 1_000,
            tools: 5_000,
            cpu_millis: 27_000,
            millis: 90_000,
            memory_bytes: 2_048 * MIB,
            answer_bytes: 32 * MIB,
        }
    }
}

/// Which limit ended a reading before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`ReadLimits::cpu_millis`].
    Processor,
    /// [`ReadLimits::millis`].
    Time,
    /// Half of [`ReadLimits::memory_bytes`].
    Memory,
}

/// What was used since a budget was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Processor time of the thread that reads.
    pub cpu: Duration,
    pub time: Duration,
    /// Bytes of memory that the process came to hold.
    pub memory: u64,
}

/// Where the figures come from.
#[derive(Debug)]
enum Meter {
    System {
        start: Instant,
        cpu: Option<Duration>,
        memory: Option<u64>,
    },
    /// Every look costs this much.
    Scripted(Spent),
}

/// What is left of the time and room of one extraction; handed to every reader.
///
/// The first look that finds a limit passed decides which one it was; from then on every reader is told to stop.
#[derive(Debug)]
pub struct Budget {
    pub limits: ReadLimits,
    meter: Meter,
    looks: AtomicU32,
    ended: OnceLock<Limit>,
    watch: Option<Arc<Watch>>,
}

/// How many looks at the clock come before one at the memory, which costs more.
const LOOKS_A_MEMORY: u32 = 16;

impl Budget {
    /// A budget that starts now, on this thread. A tenth of the time is kept back for writing the answer.
    pub fn start(limits: ReadLimits) -> Self {
        let meter = Meter::System { start: Instant::now(), cpu: thread_time(), memory: resident_memory() };
        Budget::of(limits, meter)
    }

    /// A budget without a clock: every look at it costs `each`. A reading under it ends at the same place on every
    /// machine, which is what tests need.
    pub fn scripted(limits: ReadLimits, each: Spent) -> Self {
        Budget::of(limits, Meter::Scripted(each))
    }

    fn of(limits: ReadLimits, meter: Meter) -> Self {
        Budget { limits, meter, looks: AtomicU32::new(0), ended: OnceLock::new(), watch: None }
    }

    /// The same budget, and `watch` is told which file is being parsed.
    pub(crate) fn watched_by(self, watch: Arc<Watch>) -> Self {
        Budget { watch: Some(watch), ..self }
    }

    /// Who is told which file is being parsed, if anybody is.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.watch.as_deref()
    }

    /// The same budget for a thread that begins now: processor time is counted by thread.
    pub(crate) fn on_this_thread(&self) -> Self {
        let meter = match self.meter {
            Meter::System { start, memory, .. } => Meter::System { start, cpu: thread_time(), memory },
            Meter::Scripted(each) => Meter::Scripted(each),
        };
        Budget { watch: self.watch.clone(), ..Budget::of(self.limits, meter) }
    }

    /// Whether a limit was passed. Looks at the clock: to be asked in every loop whose length the package decides, but
    /// not in every round of it.
    pub fn expired(&self) -> bool {
        if self.ended.get().is_some() {
            return true;
        }
        let look = self.looks.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if let Some(limit) = self.passed(look) {
            let _ = self.ended.set(limit);
        }
        self.ended.get().is_some()
    }

    /// Which limit was found to be passed, if any was.
    pub fn ended(&self) -> Option<Limit> {
        self.ended.get().copied()
    }

    /// Which limit ended the reading, in words for people.
    pub(crate) fn told(&self) -> String {
        match self.ended() {
            Some(Limit::Memory) => {
                format!("the memory for this package ({} MB) ran out", self.limits.memory_bytes / 2 / 1_000_000)
            }
            Some(Limit::Time) => format!("the time for this package ({} s) ran out", self.limits.millis as f64 / 1e3),
            Some(Limit::Processor) | None => {
                format!("the processor time for this package ({} s) ran out", self.limits.cpu_millis as f64 / 1e3)
            }
        }
    }

    fn passed(&self, look: u32) -> Option<Limit> {
        let spent = match &self.meter {
            Meter::Scripted(each) => {
                Spent { cpu: each.cpu * look, time: each.time * look, memory: each.memory * u64::from(look) }
            }
            Meter::System { start, cpu, memory } => Spent {
                cpu: cpu.zip(thread_time()).map_or_else(|| start.elapsed(), |(then, now)| now.saturating_sub(then)),
                time: start.elapsed(),
                memory: if look.is_multiple_of(LOOKS_A_MEMORY) {
                    memory.zip(resident_memory()).map_or(0, |(then, now)| now.saturating_sub(then))
                } else {
                    0
                },
            },
        };
        if spent.cpu >= Duration::from_millis(self.limits.cpu_millis) {
            Some(Limit::Processor)
        } else if spent.memory >= self.limits.memory_bytes / 2 {
            Some(Limit::Memory)
        } else if spent.time >= Duration::from_millis(self.limits.millis / 10 * 9) {
            Some(Limit::Time)
        } else {
            None
        }
    }
}

/// The work of one walk: looks at its budget now and then, and remembers that it is over.
#[derive(Debug)]
pub(crate) struct Work<'t> {
    pub budget: &'t Budget,
    steps: u32,
    is_over: bool,
    visits: HashMap<usize, u32>,
}

/// How often one function is walked. Functions that call each other twice and twice again would be walked for ever, and
/// more of them tells nothing new.
const MAX_VISITS: u32 = 20_000;

/// Steps from one look at the budget to the next.
const STEPS_A_LOOK: u32 = 1_024;

impl<'t> Work<'t> {
    pub(crate) fn new(budget: &'t Budget) -> Self {
        Work { budget, steps: 0, is_over: false, visits: HashMap::new() }
    }

    /// Takes one step; false when the walk must end.
    pub(crate) fn step(&mut self) -> bool {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS_A_LOOK) && self.budget.expired() {
            self.is_over = true;
        }
        !self.is_over
    }

    /// Looks at the budget now; false when the walk must end.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.is_over |= self.budget.expired();
        !self.is_over
    }

    /// Enters a function, by what tells it from others; false when it was walked often enough.
    pub(crate) fn visit(&mut self, function: usize) -> bool {
        let visits = self.visits.entry(function).or_default();
        *visits = visits.saturating_add(1);
        *visits <= MAX_VISITS
    }

    /// Whether a function was entered at least once.
    pub(crate) fn was_visited(&self, function: usize) -> bool {
        self.visits.contains_key(&function)
    }

    /// Whether a limit ended the walk.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }
}

/// Processor time of this thread, where the system tells it.
#[cfg(unix)]
fn thread_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(unix))]
fn thread_time() -> Option<Duration> {
    None
}

/// Bytes of memory that this process holds, where the system tells it.
#[cfg(target_os = "linux")]
fn resident_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}

#[cfg(not(target_os = "linux"))]
fn resident_memory() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(limits: ReadLimits, each: Spent) -> (u32, Option<Limit>) {
        let budget = Budget::scripted(limits, each);
        let looks = (1..10_000).find(|_| budget.expired()).unwrap_or_default();
        (looks, budget.ended())
    }

    #[test]
    fn the_limit_that_is_passed_first_is_told() {
        let limits = ReadLimits { cpu_millis: 1_000, millis: 2_000, memory_bytes: 4_000_000, ..ReadLimits::default() };
        let second = Duration::from_millis(100);
        assert_eq!(looks(limits, Spent { cpu: second, ..Spent::default() }), (10, Some(Limit::Processor)));
        assert_eq!(looks(limits, Spent { time: second, ..Spent::default() }), (18, Some(Limit::Time)));
        assert_eq!(looks(limits, Spent { memory: 500_000, ..Spent::default() }), (4, Some(Limit::Memory)));
        assert_eq!(looks(limits, Spent::default()), (0, None));
    }

    #[test]
    fn a_reading_that_is_over_stays_over_and_says_why() {
        let limits = ReadLimits { cpu_millis: 1_500, memory_bytes: 2_000_000, ..ReadLimits::default() };
        let budget = Budget::scripted(limits, Spent { memory: 600_000, ..Spent::default() });
        assert!(!budget.expired() && budget.expired() && budget.expired());
        assert_eq!(budget.told(), "the memory for this package (1 MB) ran out");
        let budget = Budget::scripted(limits, Spent { cpu: Duration::from_secs(2), ..Spent::default() });
        assert!(budget.expired());
        assert_eq!(budget.told(), "the processor time for this package (1.5 s) ran out");
    }

    #[test]
    fn this_machine_tells_what_a_thread_used() {
        let budget = Budget::start(ReadLimits { cpu_millis: 20, ..ReadLimits::default() });
        let mut sum = 0u64;
        while !budget.expired() {
            sum = sum.wrapping_add(std::hint::black_box(1));
        }
        assert_eq!(budget.ended(), Some(Limit::Processor));
        assert!(sum > 0);
    }
}
