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
    /// What a tool does, how dangerous it is and why, on every server that has it.
    Tool(ToolArgs),
    /// The recommended policy.json for a tool.
    Policy(PolicyArgs),
    /// Read one package from stdin and print its tools: the process that other commands start for each package.
    #[command(hide = true)]
    ExtractWorker,
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
