//! The arguments of `mcpdex config`.

// Arguments of `mcpdex config`.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub what: ConfigQuestion,
}

// What can be asked of the settings.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum ConfigQuestion {
    /// Every setting with its value and who says it, and the files that were read and that were not.
    Show(super::FormatArgs),
}
