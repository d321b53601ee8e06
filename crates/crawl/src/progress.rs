//! The only indicatif: what is under way, on stderr. At a terminal it is drawn anew while it changes, elsewhere a line is
//! written every ten seconds, so that a log shows that something goes on and what. What comes in is shown as it is: the
//! caller makes text from servers harmless first.
//!
//! It says what it knows: how much is done, what is under way, for how long and in which phase. How much time is left is
//! said only when all that is to be done is known and enough of it is done.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Items that are named at once; more are counted.
const NAMED: usize = 6;
/// How often a terminal is looked at.
const DRAWN: Duration = Duration::from_millis(250);
/// How often a line is written elsewhere.
const WRITTEN: Duration = Duration::from_secs(10);
/// From this many done and this long on, what is left is estimated.
const ESTIMATED: (u64, Duration) = (10, Duration::from_secs(10));

/// What is being done for one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkPhase {
    Beginning,
    Asking,
    Reading,
    Running,
}

impl WorkPhase {
    const fn as_str(self) -> &'static str {
        match self {
            WorkPhase::Beginning => "beginning",
            WorkPhase::Asking => "asking",
            WorkPhase::Reading => "reading",
            WorkPhase::Running => "running",
        }
    }
}

/// The progress of one long piece of work. Cheap to clone; when nobody wants to see it every call does nothing.
#[derive(Debug, Clone)]
pub struct Progress {
    shown: Option<Arc<Shown>>,
}

#[derive(Debug)]
struct Shown {
    work: Mutex<Work>,
    ended: Condvar,
    reporter: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Work {
    begun: Instant,
    expected: u64,
    /// No more is to come.
    all_known: bool,
    done: u64,
    next: u64,
    under_way: Vec<UnderWay>,
    message: String,
    trouble: String,
    is_over: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct UnderWay {
    id: u64,
    name: String,
    phase: WorkPhase,
    begun: Instant,
}

impl Progress {
    /// Progress on stderr, unless `quiet`.
    pub fn new(quiet: bool) -> Self {
        if quiet {
            return Progress { shown: None };
        }
        match std::io::stderr().is_terminal() {
            true => Progress::reported(|shown| draw(&shown)),
            false => Progress::reported(|shown| write_lines(&shown, WRITTEN, &mut std::io::stderr())),
        }
    }

    fn reported(report: impl FnOnce(Arc<Shown>) + Send + 'static) -> Self {
        let work = Work {
            begun: Instant::now(),
            expected: 0,
            all_known: false,
            done: 0,
            next: 0,
            under_way: Vec::new(),
            message: String::new(),
            trouble: String::new(),
            is_over: false,
        };
        let shown = Arc::new(Shown { work: Mutex::new(work), ended: Condvar::new(), reporter: Mutex::new(None) });
        let seen = shown.clone();
        let reporter = std::thread::Builder::new().name("mcpdex-progress".to_owned()).spawn(move || report(seen));
        // Without a thread nothing is shown, which is no reason to stop.
        *shown.reporter.lock().unwrap_or_else(PoisonError::into_inner) = reporter.ok();
        Progress { shown: Some(shown) }
    }

    fn change(&self, change: impl FnOnce(&mut Work)) {
        if let Some(shown) = &self.shown {
            change(&mut shown.work());
        }
    }

    /// Adds to the number of items that are known to come.
    pub fn expect(&self, items: u64) {
        self.change(|work| work.expected += items);
    }

    /// Says that no more items are to come than those that are known.
    pub fn expect_no_more(&self) {
        self.change(|work| work.all_known = true);
    }

    /// Says what the work as a whole is doing.
    pub fn message(&self, text: &str) {
        self.change(|work| text.clone_into(&mut work.message));
    }

    /// Says what goes wrong.
    pub fn trouble(&self, text: &str) {
        self.change(|work| text.clone_into(&mut work.trouble));
    }

    /// Begins one item; dropping it ends it and counts it as done.
    pub fn begin(&self, name: &str) -> Item {
        let mut id = 0;
        self.change(|work| {
            id = work.next;
            work.next += 1;
            let (name, phase, begun) = (name.to_owned(), WorkPhase::Beginning, Instant::now());
            work.under_way.push(UnderWay { id, name, phase, begun });
        });
        Item { progress: self.clone(), id }
    }

    /// Takes everything off the screen. Nothing is shown from now on.
    pub fn finish(&self) {
        let Some(shown) = &self.shown else { return };
        shown.work().is_over = true;
        shown.ended.notify_all();
        let reporter = shown.reporter.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reporter) = reporter {
            // It only shows: that it died is no failure of the work.
            let _ = reporter.join();
        }
    }
}

/// One item of the work, under way.
#[derive(Debug)]
#[must_use = "dropping an item says that it is done"]
pub struct Item {
    progress: Progress,
    id: u64,
}

impl Item {
    /// Says what is being done for it now.
    pub fn phase(&self, phase: WorkPhase) {
        self.progress.change(|work| {
            if let Some(one) = work.under_way.iter_mut().find(|one| one.id == self.id) {
                one.phase = phase;
            }
        });
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.progress.change(|work| {
            work.under_way.retain(|one| one.id != self.id);
            work.done += 1;
        });
    }
}

impl Shown {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long or until the work is over; whether it goes on.
    fn goes_on_after(&self, wait: Duration) -> bool {
        let waited = self.ended.wait_timeout_while(self.work(), wait, |work| !work.is_over);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_over
    }
}

impl Work {
    /// How far it is, in a line.
    fn head(&self) -> String {
        let of = if self.all_known { "" } else { " so far" };
        let mut line = format!("{} of {}{of}, {}", self.done, self.expected, spell(self.begun.elapsed()));
        if let Some(left) = self.left() {
            line += &format!(", about {} left", spell(left));
        }
        if !self.message.is_empty() {
            line += &format!(" · {}", self.message);
        }
        line
    }

    /// How long it may still take, where that can be told.
    fn left(&self) -> Option<Duration> {
        let elapsed = self.begun.elapsed();
        let told = self.all_known && self.done >= ESTIMATED.0 && elapsed >= ESTIMATED.1;
        let rest = u32::try_from(self.expected.saturating_sub(self.done)).ok()?;
        let left = elapsed / u32::try_from(self.done).ok().filter(|done| *done > 0)? * rest;
        (told && left >= Duration::from_secs(1)).then_some(left)
    }

    /// What is under way, the longest first: a line for each that is named, and one for the others.
    fn lines(&self) -> Vec<String> {
        let line = |one: &UnderWay| format!("{} {} ({})", one.phase.as_str(), one.name, spell(one.begun.elapsed()));
        let mut lines: Vec<String> = self.under_way.iter().take(NAMED).map(line).collect();
        if self.under_way.len() > NAMED {
            lines.push(format!("and {} more", self.under_way.len() - NAMED));
        }
        lines
    }
}

/// A time as people say it.
fn spell(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// Writes a line now and then until the work is over.
fn write_lines(shown: &Shown, every: Duration, out: &mut impl Write) {
    while shown.goes_on_after(every) {
        let line = {
            let work = shown.work();
            let under_way = work.lines().join(", ");
            let trouble = if work.trouble.is_empty() { String::new() } else { format!(" · {}", work.trouble) };
            let joint = if under_way.is_empty() { "" } else { " · " };
            format!("{}{joint}{under_way}{trouble}\n", work.head())
        };
        // In one piece, and nobody has to listen.
        let _ = out.write_all(line.as_bytes());
    }
}

/// Draws until the work is over, and clears what was drawn.
fn draw(shown: &Shown) {
    let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(4));
    let bar = all.add(ProgressBar::new(0).with_style(style("{bar:28} {wide_msg}")));
    let mut lines: Vec<ProgressBar> = Vec::new();
    while shown.goes_on_after(DRAWN) {
        let (expected, done, head, mut told, trouble) = {
            let work = shown.work();
            (work.expected, work.done, work.head(), work.lines(), work.trouble.clone())
        };
        if !trouble.is_empty() {
            told.push(trouble);
        }
        bar.set_length(expected);
        bar.set_position(done);
        bar.set_message(head);
        while lines.len() < told.len() {
            lines.push(all.add(ProgressBar::new_spinner().with_style(style("  {wide_msg}"))));
        }
        for line in lines.drain(told.len()..) {
            line.finish_and_clear();
            all.remove(&line);
        }
        for (line, text) in lines.iter().zip(told) {
            line.set_message(text);
        }
    }
    for line in lines {
        line.finish_and_clear();
    }
    bar.finish_and_clear();
    // A terminal that has gone away is no reason to stop.
    let _ = all.clear();
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants of this file; one that cannot be read would cost looks only.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Gives on what is written.
    struct Given(mpsc::Sender<String>);

    impl Write for Given {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            // Nobody has to listen.
            let _ = self.0.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_says_what_is_under_way_in_which_phase_and_none_that_no_time_is_left() {
        let (given, lines) = mpsc::channel();
        let progress =
            Progress::reported(move |shown| write_lines(&shown, Duration::from_millis(5), &mut Given(given)));
        progress.expect(9);
        let items: Vec<Item> = (0..8).map(|at| progress.begin(&format!("npm:desk-{at}"))).collect();
        items[0].phase(WorkPhase::Reading);
        let full = |line: &String| line.contains("reading npm:desk-0") && line.contains("and 2 more");
        let line = lines.iter().find(full).expect("a line");
        assert!(line.starts_with("0 of 9 so far, ") && !line.contains("left"), "{line}");
        drop(items);
        progress.expect_no_more();
        let line = lines.iter().find(|line| line.starts_with("8 of 9, ")).expect("a line");
        assert!(!line.contains("left") && !line.contains("desk"), "{line}");
        progress.finish();
        assert_eq!(lines.iter().filter(|line| line.starts_with("9 of")).count(), 0, "nothing is shown when it is over");
    }

    #[test]
    fn what_is_left_is_told_when_all_is_known_and_enough_is_done() {
        let begun = Instant::now().checked_sub(Duration::from_secs(60)).expect("the machine runs longer");
        let mut work = Work {
            begun,
            expected: 40,
            all_known: true,
            done: 20,
            next: 20,
            under_way: Vec::new(),
            message: String::new(),
            trouble: String::new(),
            is_over: false,
        };
        assert!(work.head().ends_with("about 60 s left"), "{}", work.head());
        work.all_known = false;
        assert!(work.left().is_none(), "more may come");
        (work.all_known, work.done) = (true, 3);
        assert!(work.left().is_none(), "too few are done");
        work.done = 40;
        assert!(work.left().is_none(), "none are left");
    }
}
