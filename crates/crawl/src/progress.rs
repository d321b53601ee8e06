//! The only indicatif: progress on stderr when it is a terminal, nothing otherwise. What comes in is shown as it is:
//! the caller makes text from servers harmless first.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Items that are shown by name at once; more are counted and not named.
const NAMED: usize = 6;

/// The progress of one long piece of work. Cheap to clone; without a terminal every call does nothing.
#[derive(Debug, Clone)]
pub struct Progress {
    shown: Option<Shown>,
}

#[derive(Debug, Clone)]
struct Shown {
    all: MultiProgress,
    bar: ProgressBar,
    trouble: ProgressBar,
    named: Arc<AtomicUsize>,
}

impl Progress {
    /// Progress on stderr, unless `quiet` or stderr is no terminal.
    pub fn new(quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Progress { shown: None };
        }
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        let bar =
            all.add(ProgressBar::new(0).with_style(style("{bar:28} {pos}/{len}  {per_sec}, {eta} left  {wide_msg}")));
        let trouble = all.add(ProgressBar::new_spinner().with_style(style("  {wide_msg}")));
        bar.enable_steady_tick(Duration::from_millis(250));
        Progress { shown: Some(Shown { all, bar, trouble, named: Arc::default() }) }
    }

    /// Adds to the number of items that are known to come.
    pub fn expect(&self, items: u64) {
        if let Some(shown) = &self.shown {
            shown.bar.inc_length(items);
        }
    }

    /// Says what the work as a whole is doing.
    pub fn message(&self, text: &str) {
        if let Some(shown) = &self.shown {
            shown.bar.set_message(text.to_owned());
        }
    }

    /// Says what goes wrong.
    pub fn trouble(&self, text: &str) {
        if let Some(shown) = &self.shown {
            shown.trouble.set_message(text.to_owned());
        }
    }

    /// Begins one item; dropping it ends it and counts it as done.
    pub fn begin(&self, name: &str) -> Item {
        let Some(shown) = self.shown.clone() else { return Item { shown: None } };
        let mut line = None;
        if shown.named.fetch_add(1, Ordering::Relaxed) < NAMED {
            let spinner = shown.all.add(ProgressBar::new_spinner().with_style(style("  {spinner} {wide_msg}")));
            spinner.set_message(name.to_owned());
            spinner.enable_steady_tick(Duration::from_millis(125));
            line = Some(spinner);
        }
        Item { shown: Some((shown, line)) }
    }

    /// Takes everything off the screen.
    pub fn finish(&self) {
        if let Some(shown) = &self.shown {
            shown.bar.finish_and_clear();
            shown.trouble.finish_and_clear();
            // A terminal that has gone away is no reason to stop.
            let _ = shown.all.clear();
        }
    }
}

/// One item of the work, under way.
#[derive(Debug)]
#[must_use = "dropping an item says that it is done"]
pub struct Item {
    shown: Option<(Shown, Option<ProgressBar>)>,
}

impl Drop for Item {
    fn drop(&mut self) {
        let Some((shown, line)) = self.shown.take() else { return };
        shown.named.fetch_sub(1, Ordering::Relaxed);
        shown.bar.inc(1);
        if let Some(line) = line {
            line.finish_and_clear();
            shown.all.remove(&line);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants of this file; one that cannot be read would cost looks only.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
