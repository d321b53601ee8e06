//! Which file is being parsed, for whoever can end the process that parses it. A grammar's scanner is foreign code that
//! cannot be interrupted: a file that it never comes back from is known by its name here, so that it costs itself and
//! not its package. Computes nothing of a tool, ends nothing itself.

use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is told about one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parsing<'p> {
    Begins(&'p str),
    Ends,
}

/// Tells whoever listens, in the words that it reads.
type Tell = dyn Fn(&mut dyn Write, Parsing<'_>) + Send + Sync;

/// Watches one extraction.
pub(crate) struct Watch {
    /// Files that ended an earlier attempt at the package.
    left_out: Vec<String>,
    /// Grows whenever a parse comes on, begins or ends.
    beats: AtomicU64,
    is_parsing: Mutex<bool>,
    output: Mutex<Box<dyn Write + Send>>,
    tell: Box<Tell>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("left_out", &self.left_out).finish_non_exhaustive()
    }
}

/// Processor time within which a parse has to come on by a few bytes. Published code needs microseconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

impl Watch {
    /// Tells `output` by `tell` what is being parsed, and has the files of `left_out` left out.
    pub(crate) fn new(
        left_out: Vec<String>,
        output: Box<dyn Write + Send>,
        tell: impl Fn(&mut dyn Write, Parsing<'_>) + Send + Sync + 'static,
    ) -> Self {
        let (beats, is_parsing, output) = (AtomicU64::new(0), Mutex::new(false), Mutex::new(output));
        Watch { left_out, beats, is_parsing, output, tell: Box::new(tell) }
    }

    /// Whether a file ended an earlier attempt.
    pub(crate) fn leaves_out(&self, path: &str) -> bool {
        self.left_out.iter().any(|known| known == path)
    }

    /// Runs `parse` on the file at `path`, whose name is known outside while it runs.
    pub(crate) fn during<T>(&self, path: &str, parse: impl FnOnce() -> T) -> T {
        self.says(Parsing::Begins(path), true);
        let parsed = parse();
        self.says(Parsing::Ends, false);
        parsed
    }

    /// A parse came on.
    pub(crate) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// How far all parses came, `None` while nothing is parsed.
    pub(crate) fn beats(&self) -> Option<u64> {
        (*locked(&self.is_parsing)).then(|| self.beats.load(Ordering::Relaxed))
    }

    /// The output, for what is said after the last file.
    pub(crate) fn output(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        locked(&self.output)
    }

    fn says(&self, parsing: Parsing<'_>, is_parsing: bool) {
        (self.tell)(&mut **self.output(), parsing);
        self.beat();
        *locked(&self.is_parsing) = is_parsing;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says when a parse has not come on for too long, asked again and again.
#[derive(Debug, Default)]
pub(crate) struct Stillness {
    /// The last beat that was seen, and the processor time at which it was new.
    since: Option<(u64, Duration)>,
}

impl Stillness {
    /// Whether a parse that stands at `beats` has done so for [`PATIENCE`]. `now` is the processor time of the process.
    pub(crate) fn is_too_long(&mut self, beats: Option<u64>, now: Duration) -> bool {
        let Some(beats) = beats else {
            self.since = None;
            return false;
        };
        match self.since {
            Some((known, then)) if known == beats => now.saturating_sub(then) >= PATIENCE,
            _ => {
                self.since = Some((beats, now));
                false
            }
        }
    }
}

/// Processor time of this process; where the system tells none, the time by the clock.
pub(crate) fn process_time() -> Duration {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        let time = clock_gettime(ClockId::ProcessCPUTime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
    }
    #[cfg(not(unix))]
    {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_that_stands_still_is_noticed_and_one_that_comes_on_is_not() {
        let at = Duration::from_millis;
        let mut stillness = Stillness::default();
        assert!(!stillness.is_too_long(Some(1), at(0)));
        assert!(!stillness.is_too_long(Some(2), at(5_000)));
        assert!(!stillness.is_too_long(Some(2), at(6_999)));
        assert!(!stillness.is_too_long(None, at(9_000)));
        assert!(!stillness.is_too_long(Some(2), at(9_001)));
        assert!(!stillness.is_too_long(Some(2), at(11_000)));
        assert!(stillness.is_too_long(Some(2), at(11_001)));
    }

    #[test]
    fn what_is_parsed_is_told_before_and_after() {
        let watch = Watch::new(vec!["deep.kt".to_owned()], Box::new(Vec::new()), |output, parsing| {
            let _ = writeln!(output, "{parsing:?}");
        });
        assert!(watch.leaves_out("deep.kt") && !watch.leaves_out("deep.k"));
        assert_eq!(watch.beats(), None);
        let during = watch.during("lamp.kt", || (watch.beats(), watch.beat(), watch.beats()));
        assert_eq!((during.0, during.2), (Some(1), Some(2)));
        assert_eq!(watch.beats(), None);
    }
}
