//! The arguments of `mcpdex stats`.

// Arguments of `mcpdex stats`.
#[derive(Debug, clap::Args)]
pub struct StatsArgs {
    #[command(flatten)]
    pub format: super::FormatArgs,
}
