//! The arguments of `mcpdex list`.

use super::help::word;
use crate::model::Risk;

// Arguments of `mcpdex list`.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Words that the server's name, title or description should have; all of them.
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// Only servers with a tool of this risk. Repeatable: any of them.
    #[arg(long, value_parser = word::<Risk>())]
    pub risk: Vec<Risk>,
    /// Only servers of which no list was ever learnt.
    #[arg(long, conflicts_with = "risk")]
    pub unread: bool,
    /// Only servers that this source lists, as it was crawled. Repeatable: any of them.
    #[arg(long)]
    pub source: Vec<String>,
    /// What comes first.
    #[arg(long, value_enum, default_value_t = Sort::Risk)]
    pub sort: Sort,
    /// Which page.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub page: u32,
    /// Servers on a page.
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub per_page: u32,
    #[command(flatten)]
    pub format: super::FormatArgs,
}

/// What a list of servers is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sort {
    /// Most critical tools first.
    Risk,
    /// The worst grade first (docs/grades.md), and what is not graded last.
    Grade,
    Name,
    /// Most tools first.
    Tools,
    /// Last seen first.
    Seen,
}
