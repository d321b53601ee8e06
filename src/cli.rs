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
    /// Learn the tools of servers, keep them in the database and judge them.
    Crawl(CrawlArgs),
    /// What a tool does, how dangerous it is and why, on every server that has it.
    Tool(ToolArgs),
    /// The recommended policy.json for a tool.
    Policy(PolicyArgs),
    Classify(crate::command::ClassifyArgs),
    Rules(crate::command::RulesCommand),
    Eval(crate::command::EvalArgs),
    /// Read one package from stdin and print its tools: the process that other commands start for each package.
    #[command(hide = true)]
    ExtractWorker,
}

/// Arguments of `mcpdex crawl`.
#[derive(Debug, clap::Args)]
pub struct CrawlArgs {
    /// Where servers are listed: pypi:NAME[@VERSION], npm:NAME[@VERSION], registry:URL, or sample (bundled, needs no
    /// network).
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// The registry of npm packages (default: as npm itself is configured).
    #[arg(long, value_name = "URL")]
    pub npm_registry: Option<String>,
    /// The simple index of Python packages (default: as pip or uv is configured).
    #[arg(long, value_name = "URL")]
    pub pypi_index: Option<String>,
    /// Let addresses that manifests name lead to private networks, too.
    #[arg(long)]
    pub allow_private: bool,
    /// How the operators of registries can reach you; sent as part of the user agent.
    #[arg(long, value_name = "TEXT", env = "MCPDEX_CONTACT")]
    pub contact: Option<String>,
    /// Requests at once over all hosts (default: 16).
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub concurrency: Option<u16>,
    /// Pages of one registry that are read (default: 2000).
    #[arg(long, value_name = "NUMBER")]
    pub max_pages: Option<std::num::NonZeroUsize>,
}

/// Arguments of `mcpdex tool`.
#[derive(Debug, clap::Args)]
pub struct ToolArgs {
    /// The tool's name, as its server spells it.
    pub name: String,
    /// Only on this server: its name, or the package it was read from.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
}

/// Arguments of `mcpdex policy`.
#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    /// The tool's name, as its server spells it.
    pub tool: String,
    /// The server whose tool is meant, where several have the name and differ.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
}
