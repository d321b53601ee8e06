//! What mcpdex does while it does it, for `-v` and `-vv`: a line on stderr for each step, with what belongs to it as
//! `key=value`. Nothing of it is needed to understand an answer.

use crate::report::Harmless;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Begins to write, from the level that so many `-v` ask for; nothing for none.
pub(super) fn begin(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    // What servers say may stand in a line, and stderr is a terminal.
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .log_internal_errors(false)
        .with_writer(|| Harmless::new(std::io::stderr()));
    // The parts of mcpdex, not what they are made of.
    let parts = Targets::new().with_target("mcpdex", level);
    // A second beginning changes nothing.
    let _ = tracing_subscriber::registry().with(lines).with(parts).try_init();
}
