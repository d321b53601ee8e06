//! The arguments of `mcpdex sources`.

use std::path::PathBuf;

// Arguments of `mcpdex sources`.
#[derive(Debug, clap::Args)]
pub struct SourcesArgs {
    /// A file of sources (as `data/sources.toml`), on top of the built-in list and of the files that settings name. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub sources: Vec<PathBuf>,
    #[command(flatten)]
    pub format: super::FormatArgs,
}
