//! The command line, as clap sees it.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Index the tools of MCP servers and say, by rules and with evidence, how dangerous each one is.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command understands.
#[derive(Debug, clap::Args)]
pub struct Global {
    /// The database file (default: mcpdex/mcpdex.db in the platform's data folder).
    #[arg(long, global = true, env = "MCPDEX_DB", value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// Print JSON on stdout instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// Print nothing on stderr but errors.
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// What mcpdex can be asked to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Classify(crate::command::ClassifyArgs),
    Rules(crate::command::RulesCommand),
    Eval(crate::command::EvalArgs),
    /// Read one package from stdin and print its tools: the process that other commands start for each package.
    #[command(hide = true)]
    ExtractWorker,
}
