//! The arguments of `mcpdex export`, `mcpdex publish` and `mcpdex import`.

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
    /// The current tools in columns, for analysis.
    Parquet,
}

// Arguments of `mcpdex publish`.
#[derive(Debug, clap::Args)]
pub struct PublishArgs {
    /// The folder to publish into. A snapshot that is there stays whole until the new one takes its place.
    pub folder: PathBuf,
    /// The secret key that signs, in minisign's format. Its password is asked for on the terminal, or taken from
    /// MCPDEX_KEY_PASSWORD.
    #[arg(long, value_name = "FILE", required_unless_present = "unsigned")]
    pub key: Option<PathBuf>,
    /// Publish without a signature: whoever takes it in has to say that too.
    #[arg(long, conflicts_with = "key")]
    pub unsigned: bool,
}

// Arguments of `mcpdex import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The folder of a snapshot, or an export in jsonl, gzip accepted; `-` is stdin.
    pub file: PathBuf,
    /// The public key of who signed the snapshot, in minisign's format.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Take a snapshot that nobody vouches for.
    #[arg(long, conflicts_with = "key")]
    pub unsigned: bool,
}
