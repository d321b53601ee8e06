//! The arguments of `mcpdex export` and `mcpdex import`.

use std::path::PathBuf;

// Arguments of `mcpdex export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// How to write it. Only jsonl holds the whole database and can be imported; the others hold the current tools.
    #[arg(long, value_enum, default_value_t = ExportFormat::Jsonl)]
    pub format: ExportFormat,
    /// The file to write (default: stdout).
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// Every row of the database, history included; `mcpdex import` reads it.
    Jsonl,
    /// The current tools as one array.
    Json,
    /// The current tools as a table that spreadsheets open without running anything.
    Csv,
    /// The current tools as a table for documents.
    Markdown,
    /// The current tools in columns, for analysis; needs a build with the feature `parquet`.
    Parquet,
}

// Arguments of `mcpdex import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// An export in jsonl, gzip accepted; `-` is stdin.
    pub file: PathBuf,
}
