//! The arguments of `mcpdex site`.

use std::path::PathBuf;

// Arguments of `mcpdex site`.
#[derive(Debug, clap::Args)]
pub struct SiteArgs {
    /// The folder to write the pages into: an empty one, or one that was written before.
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Where the pages will lie on the web, for instance https://mcp.example.com/.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}
