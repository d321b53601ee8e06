//! The arguments of `mcpdex probe`.

use super::FormatArgs;
use std::path::PathBuf;

// Arguments of `mcpdex probe`.
#[derive(Debug, clap::Args)]
pub struct ProbeArgs {
    /// The server's address.
    #[arg(required_unless_present = "run", conflicts_with = "run")]
    pub url: Option<String>,
    /// Run a program that is a server, in a sandbox. A package (`npx NAME`, `uvx NAME`, `npm:NAME`, `pypi:NAME`) is
    /// fetched first, with its install scripts off.
    #[arg(long, requires = "command")]
    pub run: bool,
    /// The program and its arguments, after `--`.
    #[arg(last = true, requires = "run", value_name = "COMMAND")]
    pub command: Vec<String>,
    /// A header for the server's own origin, `NAME: VALUE`; `${VARIABLE}` in the value is taken from the environment.
    #[arg(long, value_name = "HEADER", conflicts_with = "run")]
    pub header: Vec<String>,
    /// A TOML file of headers for servers, with references to the environment in place of secrets.
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub credentials: Option<PathBuf>,
    /// Let addresses that the server hands out lead to private networks.
    #[arg(long)]
    pub allow_private: bool,
    /// Seconds that the server may take in all, its start included; fetching its package is not counted. Without this
    /// flag 30 at an address and 60 as a program.
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Let the program use the network.
    #[arg(long, requires = "run")]
    pub run_network: bool,
    /// Run the program without a sandbox.
    #[arg(long, requires = "run", conflicts_with = "run_sandbox")]
    pub run_unsandboxed: bool,
    /// The sandbox to use, instead of the best that the system has.
    #[arg(long, requires = "run", value_enum, value_name = "SANDBOX")]
    pub run_sandbox: Option<RunSandbox>,
    /// A variable for the program, `NAME=VALUE`, or `NAME` alone for a placeholder.
    #[arg(long, requires = "run", value_name = "NAME[=VALUE]")]
    pub run_env: Vec<String>,
    /// A file or folder that the program may read.
    #[arg(long, requires = "run", value_name = "PATH")]
    pub run_read: Vec<PathBuf>,
    /// The server's manifest (`server.json`): what it declares is set to placeholders.
    #[arg(long, requires = "run", value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    #[command(flatten)]
    pub format: FormatArgs,
}

/// A sandbox by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RunSandbox {
    Bubblewrap,
    Landlock,
}
