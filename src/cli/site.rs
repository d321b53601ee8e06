//! The arguments of `mcpdex site`.

use super::help::words_or_all;
use crate::policy::Target;
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
    /// The enforcement points for which the page of each server offers its policy as a file, separated by commas, or `all`
    /// (default: policylayer). The pages of tools show every one.
    #[arg(long, value_name = "TARGET", value_delimiter = ',', value_parser = words_or_all::<Target>())]
    pub target: Vec<String>,
}
