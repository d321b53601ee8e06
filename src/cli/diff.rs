//! The arguments of `mcpdex diff`.

use std::path::PathBuf;

// Arguments of `mcpdex diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The earlier state: a day (YYYY-MM-DD; how things stood at its end, UTC), a time (RFC 3339), a database file, a list by
    /// its number (#12, as `mcpdex server` shows them) or `now`.
    pub before: String,
    /// The later state (default: now).
    #[arg(default_value = "now")]
    pub after: String,
    /// Only these servers, by name, package or address. Repeatable.
    #[arg(long)]
    pub server: Vec<String>,
    /// Only changes that make something graver.
    #[arg(long)]
    pub raising: bool,
    /// End with exit code 3 when a risk-raising change is there.
    #[arg(long)]
    pub fail_on_raise: bool,
    #[command(flatten)]
    pub format: super::FormatArgs,
}

// Arguments of `mcpdex pin`.
#[derive(Debug, clap::Args)]
pub struct PinArgs {
    #[command(flatten)]
    pub configured: super::ConfiguredArgs,
    /// The lockfile to write.
    #[arg(long, value_name = "FILE", default_value = "mcpdex.lock")]
    pub lock: PathBuf,
}

// Arguments of `mcpdex check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub configured: super::ConfiguredArgs,
    /// The lockfile to hold the servers against.
    #[arg(long, value_name = "FILE", default_value = "mcpdex.lock")]
    pub lock: PathBuf,
    /// Let bytes count that differ and mean the same.
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub format: super::FormatArgs,
}
