//! Text that is longer than the terminal, shown by the user's pager: `MCPDEX_PAGER`, else `PAGER`, else `less`. Empty or
//! `cat` means none. A pager is a program of the user's, never one that lies in a folder that is looked at.

use super::interrupt;
use crate::report::{self, Harmless};
use mcpdex_process::{Environment, LookedAt};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a pager may be started.
static WANTED: AtomicBool = AtomicBool::new(false);

/// Settles for the whole process whether a pager may be started.
pub(super) fn choose(wanted: bool) {
    WANTED.store(wanted, Ordering::Relaxed);
}

/// Shows a text by the pager, where it is wanted, is there and the text is longer than the terminal; whether it did.
pub(super) fn show(text: &str) -> bool {
    if !WANTED.load(Ordering::Relaxed) || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return false;
    }
    let lines = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0));
    if text.lines().count() < lines {
        return false;
    }
    let environment = Environment::of_process(LookedAt::here());
    let Some((program, arguments)) = pager(&environment) else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    // Colours as they are, nothing where one screen holds it, and no commands of the pager's own.
    for (name, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8"), ("LESSSECURE", "1")] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    // Ctrl-C is the pager's while it runs.
    let _paging = interrupt::leave_to_others();
    let Ok(mut child) = mcpdex_process::spawn_at_terminal(&mut command) else { return false };
    if let Some(stdin) = child.stdin.take() {
        let mut stdin: Harmless<_> = report::styled(stdin);
        // Whoever has seen enough leaves the rest.
        let _ = stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush());
    }
    // How it ended is no matter of ours.
    let _ = child.wait();
    true
}

/// The pager and its arguments.
fn pager(environment: &Environment) -> Option<(PathBuf, Vec<String>)> {
    let said = |name: &str| std::env::var(name).ok();
    let words = said("MCPDEX_PAGER").or_else(|| said("PAGER")).unwrap_or_else(|| "less".to_owned());
    let mut words = words.split_whitespace().map(str::to_owned);
    let name = words.next().filter(|name| name != "cat")?;
    Some((environment.find(&name)?, words.collect()))
}
