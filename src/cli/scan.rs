//! The arguments of `mcpdex scan`, and of what else looks at the servers of a client.

use super::help::{page, word};
use crate::model::Risk;
use std::path::PathBuf;

// Which client configurations, and how the tools of their servers may be learnt.
#[derive(Debug, Clone, clap::Args)]
pub struct ConfiguredArgs {
    /// Client configurations (JSON with or without comments, TOML, YAML), skills of agents (`SKILL.md`), or folders that hold
    /// some; default: where
    /// clients keep theirs.
    #[arg(value_name = "CONFIG")]
    pub configs: Vec<PathBuf>,
    /// Look into the database alone; what it does not hold is unread.
    #[arg(long, conflicts_with_all = ["live", "refresh"])]
    pub offline: bool,
    /// Ask servers at addresses for their tools, too. Programs are never started.
    #[arg(long)]
    pub live: bool,
    /// Learn the tools of every server anew, whatever the database holds.
    #[arg(long)]
    pub refresh: bool,
    /// Let addresses lead to private networks.
    #[arg(long)]
    pub allow_private: bool,
}

// Arguments of `mcpdex scan`.
#[derive(Debug, Clone, clap::Args)]
pub struct ScanArgs {
    #[command(flatten)]
    pub configured: ConfiguredArgs,
    /// Say where configurations are looked for, and which of them are there; read none.
    #[arg(long, conflicts_with_all = ["configs", "fail_on", "fail_on_unread"])]
    pub list_places: bool,
    /// End with exit code 3 when a finding of this severity or a graver one counts.
    #[arg(long, value_name = "SEVERITY", value_parser = word::<Risk>())]
    pub fail_on: Option<Risk>,
    /// End with exit code 4 when a server or a configuration could not be read, a list is known to be partial, or there
    /// was nothing to look at.
    #[arg(long)]
    pub fail_on_unread: bool,
    /// An earlier report (`mcpdex scan --json`): what it holds does not count.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Only what changes since this commit or branch of the repository counts: what is there at it is known. Rules,
    /// overrides and suppressions of files in the repository are taken as they are there, too, and a change to them is a
    /// finding until it is there. Without CONFIG, of the present folder.
    #[arg(long, value_name = "BASE", conflicts_with = "list_places")]
    pub diff: Option<String>,
    /// A TOML file of findings that somebody accepted, each with a reason and the day on which that ends. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub suppressions: Vec<PathBuf>,
    /// Tell every finding with its whole reason, instead of what fits a screen.
    #[arg(long, conflicts_with_all = ["json", "format", "list_places"])]
    pub details: bool,
    /// How to write the report.
    #[arg(long, value_enum, default_value_t = ScanFormat::Table, conflicts_with = "json")]
    pub format: ScanFormat,
    /// Where docs/findings.md is published: SARIF's rules lead to its headings.
    #[arg(long, value_name = "URL", value_parser = page)]
    pub help_url: Option<String>,
}

/// A format of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ScanFormat {
    Table,
    Json,
    /// One finding a line.
    Jsonl,
    Csv,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    Markdown,
    /// Workflow commands of GitHub Actions: an annotation a finding.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit XML: a test case a finding, and one for each server without any.
    Junit,
}
