//! Ctrl-C, SIGTERM and SIGHUP in the commands that take long. The first one says at once what it does; what is under way
//! is dropped and leaves no trace, what was finished is kept, and the command ends with code 130 within two seconds; one
//! that answers others ([`answering`]) finishes what they asked first. The second one ends it at once. No program that was
//! started lives on.
//!
//! A command that has something to put away says so ([`orderly`]) and looks at [`asked`], [`is_asked`] or [`check`]; any
//! other is simply ended: whatever it was writing into the database is one transaction.

use super::Exit;
use anyhow::Context;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// How long a command that puts something away may take for it.
const ORDERLY: Duration = Duration::from_millis(1_500);
/// How much longer a command that answers others lives than it lets them wait.
#[cfg(feature = "serve")]
const AFTER: Duration = Duration::from_millis(500);

static BELL: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::channel(false).0);
/// Parts of the command that put something away when they are asked to end.
static PUTTING_AWAY: AtomicUsize = AtomicUsize::new(0);
/// How long the command may take to finish what others have asked, in milliseconds; nothing for one that answers nobody.
static ANSWERING: AtomicU64 = AtomicU64::new(0);
/// Whether signals are left to a program in the foreground.
static LEFT: AtomicBool = AtomicBool::new(false);
/// Whether a thread listens.
static LISTENING: AtomicBool = AtomicBool::new(false);

/// The command was asked to end and has put away what it had to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub(super) struct Interrupted;

/// While this lives, a command that is asked to end is given time for it.
#[must_use = "it counts while it lives"]
pub(super) struct Orderly(());

impl Drop for Orderly {
    fn drop(&mut self) {
        PUTTING_AWAY.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The command looks at whether it is asked to end, and puts things away itself.
pub(super) fn orderly() -> Orderly {
    PUTTING_AWAY.fetch_add(1, Ordering::SeqCst);
    Orderly(())
}

/// As [`orderly`], of a command that answers others: it ends as soon as what they have asked is answered, and after
/// `patience` at the latest.
#[cfg(feature = "serve")]
pub(super) fn answering(patience: Duration) -> Orderly {
    let patience = u64::try_from((patience + AFTER).as_millis()).unwrap_or(u64::MAX);
    ANSWERING.store(patience, Ordering::SeqCst);
    orderly()
}

/// Becomes true when the command is asked to end.
pub(super) fn asked() -> watch::Receiver<bool> {
    BELL.subscribe()
}

/// Whether the command was asked to end.
pub(super) fn is_asked() -> bool {
    *BELL.borrow()
}

/// Goes on unless the command was asked to end.
///
/// # Errors
/// It was.
pub(super) fn check() -> Result<(), Interrupted> {
    if is_asked() { Err(Interrupted) } else { Ok(()) }
}

/// What a future gives, unless the command is asked to end before; then the future is dropped.
///
/// # Errors
/// The command was asked to end.
pub(super) async fn unless_asked<T>(work: impl Future<Output = T>) -> Result<T, Interrupted> {
    let _orderly = orderly();
    let mut asked = asked();
    tokio::select! {
        biased;
        _ = asked.wait_for(|asked| *asked) => Err(Interrupted),
        done = work => Ok(done),
    }
}

/// While this lives, a signal is somebody else's.
#[must_use = "it counts while it lives"]
pub(super) struct LeftToOthers(());

impl Drop for LeftToOthers {
    fn drop(&mut self) {
        LEFT.store(false, Ordering::SeqCst);
    }
}

/// A program in the foreground takes Ctrl-C; this one outlives it.
pub(super) fn leave_to_others() -> LeftToOthers {
    LEFT.store(true, Ordering::SeqCst);
    // Commands that end as any program does begin to listen for it; without signals there is nothing to leave.
    let _ = listen();
    LeftToOthers(())
}

/// Begins to listen, on a thread of its own, unless it does so already.
///
/// # Errors
/// The system gives no thread or no signals.
pub(super) fn listen() -> anyhow::Result<()> {
    if LISTENING.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot listen for Ctrl-C")?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new().context("cannot listen for Ctrl-C")?
    };
    let listening = move || {
        runtime.block_on(async {
            let silent = loop {
                let silent = signals.next().await;
                if !LEFT.load(Ordering::SeqCst) {
                    break silent;
                }
            };
            let puts_away = PUTTING_AWAY.load(Ordering::SeqCst) > 0;
            let answering = Duration::from_millis(ANSWERING.load(Ordering::SeqCst));
            if !silent && !mcpdex_process::is_own_running() {
                let says = if !answering.is_zero() { ANSWERS } else { STOPPING };
                eprintln!("{}", if puts_away { says } else { STOPPED });
            }
            BELL.send_replace(true);
            if puts_away {
                tokio::select! {
                    _ = signals.next() => mcpdex_process::end_all_at_once(),
                    () = tokio::time::sleep(ORDERLY.max(answering)) => mcpdex_process::end_all(),
                }
            } else {
                // On another thread, so that a second signal is heard.
                let ending = tokio::task::spawn_blocking(mcpdex_process::end_all);
                tokio::select! {
                    _ = signals.next() => mcpdex_process::end_all_at_once(),
                    _ = ending => {}
                }
            }
            #[expect(clippy::exit, reason = "the command's own thread may be anywhere; this is what a signal is for")]
            std::process::exit(Exit::Interrupted as i32);
        });
    };
    std::thread::Builder::new()
        .name("mcpdex-signals".to_owned())
        .spawn(listening)
        .context("cannot listen for Ctrl-C")?;
    Ok(())
}

const STOPPING: &str = "stopping: what is under way is dropped, what is finished is kept, and the next run goes on from \
                        there; press Ctrl-C again to end at once";
const ANSWERS: &str = "stopping: what was asked is still answered; press Ctrl-C again to end at once";
const STOPPED: &str = "stopped: what was under way was dropped";

#[cfg(unix)]
struct Signals {
    listening: Vec<(Kind, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ask,
    /// The terminal has gone: nobody is there to be told.
    Gone,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = ignored();
        let mut listening = Vec::new();
        for (kind, signals) in [
            (Kind::Ask, [SignalKind::interrupt(), SignalKind::terminate()].as_slice()),
            (Kind::Gone, &[SignalKind::hangup()]),
        ] {
            for number in signals {
                // What was ignored when we were started (`nohup`, a job in the background) stays so.
                if ignored & (1 << (number.as_raw_value() - 1)) == 0 {
                    listening.push((kind, signal(*number)?));
                }
            }
        }
        Ok(Signals { listening })
    }

    /// Waits for the next one; whether it is one that nobody is there to be told of.
    async fn next(&mut self) -> bool {
        std::future::poll_fn(|context| {
            for (kind, signal) in &mut self.listening {
                if signal.poll_recv(context).is_ready() {
                    return std::task::Poll::Ready(*kind == Kind::Gone);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }
}

/// The signals that this process was told to ignore, one bit each.
#[cfg(unix)]
fn ignored() -> u64 {
    // Where there is no such file nothing is known to be ignored.
    let about = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = about.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Signals)
    }

    async fn next(&mut self) -> bool {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without signals there is nothing to wait for.
            std::future::pending::<()>().await;
        }
        false
    }
}
