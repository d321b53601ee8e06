//! The arguments of `mcpdex workers`.

// Arguments of `mcpdex workers`.
#[derive(Debug, clap::Args)]
pub struct WorkersArgs {
    #[command(flatten)]
    pub format: super::FormatArgs,
}
