//! How a list is written.

use crate::report::ListFormat;

// How a list is written.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct FormatArgs {
    /// How to write it: text for people, the whole report, or a row a line.
    #[arg(long, value_enum, default_value_t = ListFormat::Table, conflicts_with = "json")]
    pub format: ListFormat,
}

impl FormatArgs {
    /// The format that is meant, where `--json` is short for one.
    pub fn meant(self, json: bool) -> ListFormat {
        if json { ListFormat::Json } else { self.format }
    }
}
