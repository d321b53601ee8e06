//! The arguments of `mcpdex export` and `mcpdex import`.

use std::path::PathBuf;

// Arguments of `mcpdex export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// How to write it (default: as the end of --out's name says, else jsonl). Only jsonl holds the whole database and can be
    /// imported; the others hold the current tools.
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// The file to write (default: stdout).
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl ExportArgs {
    /// The format that is meant.
    pub fn meant(&self) -> ExportFormat {
        let end = self.out.as_deref().and_then(|path| path.extension()?.to_str());
        self.format.unwrap_or(match end {
            Some("csv") => ExportFormat::Csv,
            Some("json") => ExportFormat::Json,
            Some("md" | "markdown") => ExportFormat::Markdown,
            Some("parquet") => ExportFormat::Parquet,
            _ => ExportFormat::Jsonl,
        })
    }
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
