//! `mcpdex extract`, as clap sees it.

use std::path::PathBuf;

// Arguments of `mcpdex extract`.
#[derive(Debug, clap::Args)]
pub struct ExtractArgs {
    /// A folder, an archive (.tgz, .whl, .zip, .mcpb, .crate, …), npm:NAME[@VERSION], pypi:NAME[@VERSION],
    /// crate:NAME[@VERSION], oci:IMAGE or github:OWNER/NAME[@BRANCH-OR-TAG].
    #[arg(value_name = "SOURCE")]
    pub source: String,
    /// Compare with a recorded list instead: what `mcpdex probe --json` printed, or the answer to `tools/list`.
    #[arg(long, value_name = "RECORDED.json")]
    pub against: Option<PathBuf>,
    /// The registry of npm packages (default: as npm itself is configured).
    #[arg(long, value_name = "URL")]
    pub npm_registry: Option<String>,
    /// The simple index of Python packages (default: as pip or uv is configured).
    #[arg(long, value_name = "URL")]
    pub pypi_index: Option<String>,
    /// Where images come from that name no registry (default: as docker is configured).
    #[arg(long, value_name = "URL")]
    pub image_registry: Option<String>,
    #[command(flatten)]
    pub format: super::FormatArgs,
}
