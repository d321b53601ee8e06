//! The arguments of `mcpdex search`.

// Arguments of `mcpdex search`.
#[derive(Debug, clap::Args)]
pub struct SearchArgs {
    /// Words that the tool's name, title, description or server should have; all of them.
    #[arg(value_name = "WORDS", required_unless_present_any = ["class", "traits", "risk", "server", "source", "origin", "changed_since"])]
    pub words: Vec<String>,
    #[command(flatten)]
    pub only: super::ToolFilterArgs,
    /// Only of servers that this source lists, as it was crawled. Repeatable: any of them.
    #[arg(long)]
    pub source: Vec<String>,
    /// Only of lists that changed on or after this day (YYYY-MM-DD) or time (RFC 3339).
    #[arg(long, value_name = "WHEN")]
    pub changed_since: Option<String>,
    /// In which order.
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = SearchSort::Fit)]
    pub sort: SearchSort,
    /// Which page.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub page: u32,
    /// Tools on a page.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub per_page: u32,
    #[command(flatten)]
    pub format: super::FormatArgs,
}

/// The order of what a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SearchSort {
    /// What fits best first.
    Fit,
    /// The gravest first.
    Risk,
    /// By the tool's name.
    Name,
    /// By the server's name.
    Server,
    /// What changed last first.
    Changed,
}
