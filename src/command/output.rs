//! The one way out: data to stdout, words for people to stderr. A reader that went away (`mcpdex … | head`) is no error
//! and no panic: the command ends quietly. Decides nothing about what is written.

use crate::report;
use anyhow::Context;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether only errors are told.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Whether stdout's reader was found to have gone away.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// As the standard one, but that stderr has gone away is no reason to panic.
macro_rules! eprintln {
    ($($what:tt)*) => { $crate::command::output::complain(format_args!($($what)*)) };
}

/// Tells what a person should look at, unless only errors are told.
macro_rules! warn {
    ($($what:tt)*) => { $crate::command::output::remark("warning: ", format_args!($($what)*)) };
}

/// Tells what a person may like to know, unless only errors are told.
macro_rules! note {
    ($($what:tt)*) => { $crate::command::output::remark("note: ", format_args!($($what)*)) };
}

/// Settles for the whole process whether only errors are told.
pub(super) fn choose_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Writes one line to stderr, unless only errors are told.
pub(crate) fn remark(kind: &str, what: std::fmt::Arguments<'_>) {
    if !QUIET.load(Ordering::Relaxed) {
        complain(format_args!("{kind}{what}"));
    }
}

/// Writes one line to stderr, if anyone still listens.
pub(crate) fn complain(what: std::fmt::Arguments<'_>) {
    // In one piece, so that lines of several threads and processes stay whole.
    let _ = std::io::stderr().lock().write_all(format!("{what}\n").as_bytes());
}

/// Stdout, for what is written piece by piece; where it is a terminal, nothing that a terminal obeys reaches it. Every
/// error ends the command; [`is_closed`] says which is none.
pub(super) struct Stdout(Box<dyn Write + Send>);

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        noted(self.0.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        noted(self.0.flush())
    }
}

fn noted<T>(result: std::io::Result<T>) -> std::io::Result<T> {
    if result.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe) {
        CLOSED.store(true, Ordering::Relaxed);
    }
    result
}

/// Stdout, for what is written piece by piece.
pub(super) fn stdout() -> Stdout {
    Stdout(report::stdout())
}

/// Whether nobody reads what this process writes any more, so that whatever error this led to is none.
pub(super) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Writes what mcpdex has laid out to stdout, whole; text from elsewhere in it was made visible.
///
/// # Errors
/// Stdout cannot be written. A reader that went away is no error.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    if super::pager::show(text) {
        return Ok(());
    }
    write(Stdout(report::styled_stdout()), text.as_bytes())
}

/// Writes a list in the format that is meant; `text` is what people read.
///
/// # Errors
/// Stdout cannot be written. A reader that went away is no error.
pub(super) fn print_rows<R: report::RowReport>(
    report: &R,
    format: report::ListFormat,
    text: impl FnOnce(&R) -> String,
) -> anyhow::Result<()> {
    let written = report::write_rows(report, format, text).context("cannot write the list")?;
    // What people read was made visible where it was laid out; the rest is data, as it came.
    if format == report::ListFormat::Table { print(&written) } else { print_bytes(written.as_bytes()) }
}

/// As `print`, for bytes.
pub(super) fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    write(stdout(), bytes)
}

fn write(mut stdout: Stdout, bytes: &[u8]) -> anyhow::Result<()> {
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(()),
    }
}
