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
    /// List the tools of one server, at an address or as a program, without touching the database.
    Probe(ProbeArgs),
    /// Read one package from stdin and print its tools: the process that other commands start for each package.
    #[command(hide = true)]
    ExtractWorker,
    /// Give up what a description says and become the program it names: the first process of every sandbox.
    #[command(hide = true)]
    RunConfined(ConfinedArgs),
}

/// Arguments of `mcpdex probe`.
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
    /// Seconds that the server may take in all.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
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
}

/// A sandbox by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RunSandbox {
    Bubblewrap,
    Landlock,
}

/// Arguments of `mcpdex run-confined`.
#[derive(Debug, clap::Args)]
pub struct ConfinedArgs {
    pub description: String,
}

/// Arguments of `mcpdex crawl`.
#[derive(Debug, clap::Args)]
pub struct CrawlArgs {
    /// Where servers are listed (default: the official registry, whole): registry:URL; pypi:NAME[@VERSION];
    /// npm:NAME[@VERSION]; the URL of a server; files and folders of manifests, of recorded tools/list results or of
    /// client configurations (JSON, JSON lines, TOML, compressed or not); clients (the configurations on this machine);
    /// list:URL (a page that lists servers); sample (bundled, needs no network).
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Ask endpoints, and read no packages; with --static, do both for every server.
    #[arg(long)]
    pub live: bool,
    /// Read the source of packages, and ask no endpoints.
    #[arg(long = "static")]
    pub source: bool,
    /// Run packages in a sandbox, too, where nothing else gives a list.
    #[arg(long)]
    pub run: bool,
    /// Keep what the sources know, and ask neither endpoints nor package registries.
    #[arg(long, conflicts_with_all = ["live", "source", "run"])]
    pub listed: bool,
    /// What was tried less than this long ago is left alone, for instance 12h or 7d (default: 1d for what sources list,
    /// and 0 for what is named).
    #[arg(long, value_name = "AGE")]
    pub refresh: Option<Age>,
    /// Read sources whole, even where they can tell what has changed.
    #[arg(long)]
    pub full: bool,
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
    /// Requests at once over all hosts.
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub concurrency: u16,
    /// Requests at once at one host.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub per_host: u16,
    /// Milliseconds between the starts of two requests at one host.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 20)]
    pub interval: u64,
    /// Seconds that one server may take to give its list.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
    /// Pages of one registry that are read (default: 2000).
    #[arg(long, value_name = "NUMBER")]
    pub max_pages: Option<std::num::NonZeroUsize>,
}

/// A length of time on the command line: a number with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    pub seconds: i64,
}

impl std::str::FromStr for Age {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "expected a number with s, m, h, d or w, for instance 12h";
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number: i64 = number.parse().map_err(|_| WRONG)?;
        let unit = match unit.trim() {
            "" if number == 0 => 1,
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(WRONG),
        };
        // More than a thousand years is a slip of the finger, and no date can be so far back.
        number
            .checked_mul(unit)
            .filter(|seconds| *seconds < 1_000 * 366 * 86_400)
            .map(|seconds| Age { seconds })
            .ok_or(WRONG)
    }
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
