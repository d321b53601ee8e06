//! The options that every command understands.

use crate::configuration::UserSettings;
use crate::report::Colour;
use crate::store::DatabasePlace;
use clap::builder::TypedValueParser as _;
use std::path::PathBuf;

/// The heading of options that every command understands.
const EVERYWHERE: &str = "Options of every command";

// Options that every command understands.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// The database: a file, or `postgres://USER@HOST/NAME` (default: mcpdex/mcpdex.db in the platform's data folder).
    #[arg(long, global = true, env = "MCPDEX_DB", hide_env_values = true, value_name = "FILE|URL", value_hint = clap::ValueHint::FilePath,
          value_parser = clap::builder::PathBufValueParser::new().map(DatabasePlace::from), help_heading = EVERYWHERE)]
    pub db: Option<DatabasePlace>,
    /// A file of settings, read after the user's mcpdex.toml. Repeatable: of two words on one thing the last counts.
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    pub config: Vec<PathBuf>,
    /// Read no settings of the user's own, only what --config names.
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub no_config: bool,
    /// Print JSON on stdout instead of text for people.
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// When to colour what people read.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", help_heading = EVERYWHERE)]
    pub color: Colour,
    /// Print nothing on stderr but errors, and no summary of what was done.
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Say on stderr what is done while it is done; twice for more of it.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet", help_heading = EVERYWHERE)]
    pub verbose: u8,
    /// Never show long text through a pager (MCPDEX_PAGER, PAGER, else less).
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub no_pager: bool,
    /// What the files of settings say; filled in before a command runs.
    #[arg(skip)]
    pub settings: UserSettings,
}
