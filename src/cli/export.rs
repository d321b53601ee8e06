//! The arguments of `mcpdex export`, `mcpdex publish`, `mcpdex import` and `mcpdex merge`.

use std::path::PathBuf;

// Arguments of `mcpdex export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// How to write it (default: as the end of --out's name says, else jsonl). Only jsonl holds the whole database and can be
    /// imported; the others hold the current tools, or those that are asked for.
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// The file to write (default: stdout).
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub only: super::ToolFilterArgs,
}

impl ExportArgs {
    /// The format that is meant; an error where the end of the file's name is that of another.
    ///
    /// # Errors
    /// The file's name ends as none of the formats does.
    pub fn meant(&self) -> Result<ExportFormat, String> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let end = self.out.as_deref().and_then(|path| Some(path.extension()?.to_string_lossy().to_lowercase()));
        match end.as_deref() {
            None | Some("jsonl" | "ndjson") => Ok(ExportFormat::Jsonl),
            Some("csv") => Ok(ExportFormat::Csv),
            Some("json") => Ok(ExportFormat::Json),
            Some("md" | "markdown") => Ok(ExportFormat::Markdown),
            Some("parquet") => Ok(ExportFormat::Parquet),
            Some(other) => Err(format!(
                "no format ends in `.{other}`; say which is meant with --format: jsonl, json, csv, markdown or parquet"
            )),
        }
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
    /// Where to publish: a folder, file:///FOLDER, or s3://BUCKET/PREFIX with the credentials of the environment (AWS_…). A
    /// snapshot that is there stays whole until the new one takes its place.
    pub place: PathBuf,
    /// The secret key that signs, in minisign's format. Its password is asked for on the terminal, or taken from
    /// MCPDEX_KEY_PASSWORD.
    #[arg(long, value_name = "FILE", required_unless_present = "unsigned")]
    pub key: Option<PathBuf>,
    /// Publish without a signature: whoever takes it in has to say that too.
    #[arg(long, conflicts_with = "key")]
    pub unsigned: bool,
    /// Take the place of a snapshot that is newer, or that is not understood.
    #[arg(long)]
    pub replace: bool,
}

// Arguments of `mcpdex import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The place of a snapshot (a folder, file:///FOLDER, s3://BUCKET/PREFIX), or an export in jsonl, gzip accepted; `-` is
    /// stdin.
    pub file: PathBuf,
    /// The public key of who signed the snapshot, in minisign's format.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Take a snapshot that nobody vouches for.
    #[arg(long, conflicts_with = "key")]
    pub unsigned: bool,
}

// Arguments of `mcpdex merge`.
#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// Databases, or exports in jsonl, gzip accepted; `-` is stdin.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The database that they go into, with what it holds already (default: the one of --db).
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
