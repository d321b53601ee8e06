//! The command line, as clap sees it.
#![allow(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    rustdoc::bare_urls,
    reason = "texts for a terminal"
)]
#![allow(clippy::self_named_module_files, reason = "the words stay at the top; arguments of commands lie below")]

mod compare;
mod config;
mod crawl;
mod diff;
mod export;
mod extract;
mod format;
mod generate;
mod global;
mod guard;
mod help;
mod list;
mod mcp;
mod policy;
mod probe;
mod scan;
mod search;
mod serve;
mod server;
mod site;
mod sources;
mod stats;
mod tool_filter;
mod topics;
mod workers;

pub use compare::CompareArgs;
pub use config::{ConfigArgs, ConfigQuestion};
pub use crawl::{Age, CrawlArgs};
pub use diff::{CheckArgs, DiffArgs, PinArgs};
pub use export::{ExportArgs, ExportFormat, ImportArgs, MergeArgs, PublishArgs};
pub use extract::ExtractArgs;
pub use format::FormatArgs;
pub use generate::{CompletionsArgs, DoctorArgs, ManArgs, completions, man_page, man_pages};
pub use global::Global;
pub use guard::GuardArgs;
pub use help::{EXIT_CODES, HelpArgs};
pub use list::{ListArgs, Sort};
pub use mcp::{InstallClient, McpArgs};
pub use policy::{
    PolicyAction, PolicyCheckArgs, PolicyConvertArgs, PolicyDiffArgs, PolicyExplainArgs, PolicyFormat, PolicyTestArgs,
    WrittenArgs,
};
pub use probe::{ProbeArgs, RunSandbox};
pub use scan::{ConfiguredArgs, ScanArgs, ScanFormat};
pub use search::{SearchArgs, SearchSort};
pub use serve::{AccessArgs, ServeArgs};
pub use server::ServerArgs;
pub use site::SiteArgs;
pub use sources::SourcesArgs;
pub use stats::StatsArgs;
pub use tool_filter::ToolFilterArgs;
pub use topics::{TOPICS, Topic};
pub use workers::WorkersArgs;

use crate::policy::{PolicyEffect, Target};
use crate::report::ListFormat;
use clap::{Parser, Subcommand};
use help::{limit, words_or_all};
use std::path::PathBuf;

/// Index the tools of MCP servers and say, by rules and with evidence, how dangerous each one is.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The command line with examples in the help of every command.
    pub fn described() -> clap::Command {
        help::with_examples(<Cli as clap::CommandFactory>::command())
    }

    /// Reads the command line of this process; ends the process where it makes no sense or asks for help.
    pub fn of_process() -> Cli {
        let matches = Cli::described().get_matches();
        <Cli as clap::FromArgMatches>::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// What mcpdex can be asked to do.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Learn the tools of servers, keep them in the database and judge them.
    Crawl(CrawlArgs),
    /// What a tool does, how dangerous it is and why, on every server that has it.
    Tool(ToolArgs),
    /// One server: its tools, what they can do together, what they cost, and what is not known.
    Server(ServerArgs),
    /// Find tools by words, in any language.
    Search(SearchArgs),
    /// List servers, worst first: how many of their tools are of each risk, and which could not be read.
    List(ListArgs),
    /// Where pages on which others publish classes, risks and policies of tools differ from what is judged here, and why.
    Compare(CompareArgs),
    /// Where servers are listed: names and addresses, how each place is asked, and what it gave last.
    Sources(SourcesArgs),
    /// Who crawls and judges together in a database that crawlers share, and what each is at.
    Workers(WorkersArgs),
    /// The database in numbers.
    Stats(StatsArgs),
    /// What changed between two days, two databases or two lists: risk-raising changes first.
    Diff(DiffArgs),
    /// Write down what the tools of a client's servers are today, in a lockfile.
    Pin(PinArgs),
    /// Hold the tools of a client's servers against the lockfile.
    Check(CheckArgs),
    /// Look at the servers of client configurations: learn their tools, report, and gate a pipeline.
    Scan(ScanArgs),
    /// Answer a client's hook: may this tool be called, may this server be added?
    Guard(GuardArgs),
    /// Serve the catalogue over HTTP: pages, and an API with its OpenAPI document.
    Serve(ServeArgs),
    /// Serve the catalogue to models as an MCP server.
    Mcp(McpArgs),
    /// Write the database down, whole or as a table.
    Export(ExportArgs),
    /// Write the catalogue as pages to look at: one for each server and each tool.
    Site(SiteArgs),
    /// Write a snapshot of the database, signed, for others to take in.
    Publish(PublishArgs),
    /// Read an export or a snapshot into a new database.
    Import(ImportArgs),
    /// Put several databases, or exports of them, together into one.
    ///
    /// The result is the same in whatever order they are named, and nothing that one of them holds is lost. Servers of one
    /// name are one, unless what their sources say keeps them apart. Where two tell of one thing the newer reading counts: of
    /// a listing, of a tool list, of each fact on a server. A list that is known to be incomplete takes no whole one's place,
    /// and an attempt that failed takes no list away. `docs/database.md` has all rules.
    Merge(MergeArgs),
    /// Say which settings are in force, and which file or flag says so.
    Config(ConfigArgs),
    /// Say what is configured, reachable and writable.
    Doctor(DoctorArgs),
    /// Print the script that completes mcpdex in a shell.
    Completions(CompletionsArgs),
    /// Print the man page.
    Man(ManArgs),
    /// The recommended policy for a tool, a server or a whole configuration, for one or many enforcement points.
    Policy(Box<PolicyArgs>),
    /// Judge tools from a file or stdin, without a database.
    Classify(ClassifyArgs),
    /// Look at the rules.
    Rules(RulesCommandArgs),
    /// Measure the verdicts against labelled tools.
    Eval(EvalArgs),
    /// Tell every clause that fired on a tool, won, lost or was cancelled.
    Explain(ExplainArgs),
    /// List the tools of one server, at an address or as a program, without touching the database.
    Probe(ProbeArgs),
    /// Read the tools out of a package's source without running it, with file and line.
    Extract(ExtractArgs),
    /// The help of a command, or of a topic: policy, gates, sources, settings, formats, grades.
    Help(HelpArgs),
}

// Arguments of `mcpdex tool`.
#[derive(Debug, clap::Args)]
pub struct ToolArgs {
    /// The tool's name; case and separators do not matter where no tool has exactly this one.
    pub name: String,
    /// Only on this server: its name, or the package it was read from.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// Tell the tool of every server in full, however many have the name.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub format: FormatArgs,
}

// Arguments of `mcpdex policy`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("scope").required(true).multiple(true))]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct PolicyArgs {
    #[command(subcommand)]
    pub action: Option<PolicyAction>,
    /// The tool's name, as its server spells it.
    #[arg(group = "scope", conflicts_with_all = ["clients", "all"])]
    pub tool: Option<String>,
    /// The server: with a tool, where several have the name and differ; alone, all tools of the server. Repeatable: several
    /// servers go into one file where the target has it so.
    #[arg(long, value_name = "SERVER", group = "scope", conflicts_with_all = ["clients", "all"])]
    pub server: Vec<String>,
    /// All servers of a client's configuration, under the names that it gives them.
    #[arg(long, value_name = "FILE", group = "scope", conflicts_with = "all")]
    pub clients: Option<PathBuf>,
    /// Every server of the database, one document each; needs --out.
    #[arg(long, group = "scope", requires = "out")]
    pub all: bool,
    /// The enforcement points to write for, separated by commas, or `all`: each that can say what was decided (default:
    /// policylayer).
    #[arg(long, value_name = "TARGET", value_delimiter = ',', value_parser = words_or_all::<Target>())]
    pub target: Vec<String>,
    /// Put the entries of the tools into this file, which a person wrote: every other byte of it stays, and a stricter decision
    /// of that person too. Where there is no such file, the document is written.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "all", "budget", "drift"])]
    pub merge: Option<PathBuf>,
    /// Write documents, losses.jsonl and refused.jsonl into this folder instead of one document to stdout.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How to decide: strict, balanced (default), permissive, or a TOML file of your own.
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Refuse the tool altogether, whatever the profile says.
    #[arg(long, requires = "tool", conflicts_with = "limit")]
    pub block: bool,
    /// Let the tool through so often and look at nothing else, for instance 10/minute.
    #[arg(long, value_name = "N/WINDOW", requires = "tool", value_parser = limit)]
    pub limit: Option<PolicyEffect>,
    /// The name that your configuration gives the server (default: made from the server's name).
    #[arg(long, value_name = "NAME", conflicts_with_all = ["clients", "all"])]
    pub alias: Option<String>,
    /// Write a document even where the target cannot name a tool that must be refused; it is then left to what the target
    /// does with tools it does not know.
    #[arg(long)]
    pub lossy: bool,
    /// Instead of documents: how many tools ask, are refused, counted and allowed at each target (default: all), and the
    /// five decisions of yours that would save most.
    #[arg(long, conflicts_with_all = ["tool", "all", "out"])]
    pub budget: bool,
    /// How to write --budget: text for people, the whole report, or a target a line.
    #[arg(long, value_enum, requires = "budget", conflicts_with = "json")]
    pub format: Option<ListFormat>,
    /// Let as few tools as possible ask (or be hidden) so that private data, text of strangers and a way out no longer meet
    /// in what runs unasked; says what it costs.
    #[arg(
        long, value_name = "ask|hide", num_args = 0..=1, require_equals = true, default_missing_value = "ask",
        value_parser = ["ask", "hide"], conflicts_with_all = ["tool", "all", "budget"]
    )]
    pub cut_leak: Option<String>,
    /// What changes since this state: the patch that keeps every decision as strict and lets nothing new run. A lockfile
    /// (`mcpdex pin`) or a state as `mcpdex diff` takes it; without --clients and --server, the servers of the lockfiles.
    #[arg(long, value_name = "BEFORE", group = "scope", conflicts_with_all = ["tool", "all", "budget", "cut_leak"])]
    pub drift: Option<String>,
    /// The later state of --drift (default: now).
    #[arg(long, value_name = "AFTER", requires = "drift", default_value = "now", hide_default_value = true)]
    pub to: String,
    /// Print --drift as Markdown for a pull request instead of the patch.
    #[arg(long, requires = "drift")]
    pub markdown: bool,
    /// Something a target needs: separator=TEXT or gateway=ARN (agentcore), group=NAME (kong).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

// Arguments of `mcpdex classify`.
#[derive(Debug, clap::Args)]
pub struct ClassifyArgs {
    /// JSON lines (one tool each, with `server` where known) or a `tools/list` result, gzip accepted; `-` is stdin.
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub rules: RulesArgs,
    /// A file of verdicts that a person settled. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub overrides: Vec<PathBuf>,
    /// Let the server's annotations lower a verdict as well.
    #[arg(long)]
    pub trust_annotations: bool,
    /// Only what decides: class, traits, risk, confidence and the ids of the rules, without reasons and evidence.
    #[arg(long)]
    pub brief: bool,
    /// How many threads to use (default: as many as the machine has).
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

// Arguments of `mcpdex eval`.
#[derive(Debug, clap::Args)]
pub struct EvalArgs {
    /// JSON lines, gzip accepted: tools with `annotations`, or with `class`, `category`, `risk` or `traits`.
    pub file: PathBuf,
    /// Rows (`server`, `name`) whose labels are known to be doubtful: figures are given with and without them.
    #[arg(long, value_name = "FILE")]
    pub noise: Option<PathBuf>,
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Only the servers of one of two halves: rules are tuned on one and measured on the other.
    #[arg(long, value_name = "a|b")]
    pub half: Option<crate::classify::Half>,
    /// Judge with the embedded rules and this folder too, and say which verdicts differ.
    #[arg(long, value_name = "DIR")]
    pub against: Vec<PathBuf>,
    /// List every disagreement.
    #[arg(long)]
    pub list: bool,
}

// Arguments of `mcpdex explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The server's name.
    pub server: String,
    /// The tool's name.
    pub tool: String,
    /// Take the tool from this file (JSON lines or a `tools/list` result) rather than from the database; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub rules: RulesArgs,
}

// Arguments of `mcpdex rules`.
#[derive(Debug, clap::Args)]
pub struct RulesCommandArgs {
    #[command(subcommand)]
    pub what: RulesQuestion,
    #[command(flatten)]
    pub rules: RulesArgs,
}

// What can be asked of the rules.
#[derive(Debug, clap::Subcommand)]
pub enum RulesQuestion {
    /// One line for each rule.
    List(FormatArgs),
    /// One rule with its examples.
    Show {
        /// The rule's id.
        id: String,
    },
    /// Hold every rule against its own examples.
    Check,
    /// How often each rule decides on an input, and how much no rule recognises.
    Coverage {
        /// JSON lines or a `tools/list` result, gzip accepted; `-` is stdin.
        file: Option<PathBuf>,
    },
    /// Write the bones of a rule to the end of a file of rules.
    New {
        /// Its id, in kebab-case.
        id: String,
        /// The file that it goes into; it is made where there is none.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// The words that stand where a verb does and that no rule knows, by how many servers use them.
    Suggest {
        /// JSON lines or a `tools/list` result, gzip accepted; `-` is stdin.
        file: Option<PathBuf>,
    },
}

// Where rules come from.
#[derive(Debug, Clone, clap::Args)]
pub struct RulesArgs {
    /// A folder of rules that are added to the embedded ones, or replace those of the same id. Repeatable.
    #[arg(long, value_name = "DIR", global = true)]
    pub rules: Vec<PathBuf>,
}
