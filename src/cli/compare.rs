//! The arguments of `mcpdex compare`.

// Arguments of `mcpdex compare`.
#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// Pages on which somebody publishes a tool's or a server's class, risk or policy: files (HTML, Markdown, text, JSON
    /// records, policy.json), folders of them, addresses (read where the site's robots.txt allows it).
    #[arg(value_name = "FILE|FOLDER|URL", required = true)]
    pub pages: Vec<String>,
    #[command(flatten)]
    pub format: super::FormatArgs,
}
