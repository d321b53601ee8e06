//! The arguments of what `mcpdex policy` does with policies that people wrote.

use super::help::{page, word};
use crate::policy::Target;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

// What is done with policies that people wrote.
#[derive(Debug, Subcommand)]
pub enum PolicyAction {
    /// Say what is wrong with a policy: keys that do not exist, rules that its target ignores or never asks, unknown tools,
    /// dangerous ones that run and harmless ones that do not. A gate: ends with 3 where something grave is found.
    #[command(after_help = CHECK)]
    Check(PolicyCheckArgs),
    /// What a policy does with one call, or would have done with many, and which decisions would spare most questions.
    #[command(after_help = TEST)]
    Test(PolicyTestArgs),
    /// What a policy does with a tool, which of its rules says so, and which others speak of it.
    #[command(after_help = EXPLAIN)]
    Explain(PolicyExplainArgs),
    /// Compare what two policies do with each tool, whatever their formats.
    #[command(after_help = DIFF)]
    Diff(PolicyDiffArgs),
    /// Write a policy for another target, with what is lost.
    #[command(after_help = CONVERT)]
    Convert(PolicyConvertArgs),
}

const CHECK: &str = "\
Examples:
  # By its servers' tools in the database
  mcpdex policy check .claude/settings.json
  # In a pipeline, for code scanning
  mcpdex policy check policy.json --server io.example/kiln --format sarif
";
const TEST: &str = "\
Examples:
  # One call
  mcpdex policy test policy.json --call '{\"tool\":\"sell_pot\",\"arguments\":{\"amount\":5}}'
  # All calls of a session
  mcpdex policy test settings.json --calls session.jsonl
";
const EXPLAIN: &str = "\
Examples:
  # Which rule decides
  mcpdex policy explain .claude/settings.json sell_pot
  # For a program
  mcpdex policy explain policy.json sell_pot --json
";
const DIFF: &str = "\
Examples:
  # Before and after
  mcpdex policy diff old.json new.json
  # A gateway's policy and a client's
  mcpdex policy diff policy.json settings.json --server kiln=io.example/kiln
";
const CONVERT: &str = "\
Examples:
  # From a gateway's policy to a client's
  mcpdex policy convert policy.json --to claude-code --server kiln=io.example/kiln
  # Into Cedar
  mcpdex policy convert intercept.yaml --to toolhive
";

// What says how a policy is read and which tools it is held against.
#[derive(Debug, clap::Args)]
pub struct WrittenArgs {
    /// Read the file as a document of this target (default: by its shape).
    #[arg(long, value_name = "TARGET", value_parser = word::<Target>())]
    pub target: Option<Target>,
    /// A file that belongs to the document, as Gemini's settings or Copilot's options do. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub beside: Vec<PathBuf>,
    /// A server that the policy is for, or ALIAS=SERVER where the policy calls it otherwise. Repeatable (default: those of the
    /// database whose names or tools the policy has).
    #[arg(long, value_name = "SERVER", conflicts_with = "clients")]
    pub server: Vec<String>,
    /// The client's configuration that the policy is for: its servers, under the names that it gives them.
    #[arg(long, value_name = "FILE")]
    pub clients: Option<PathBuf>,
    /// What is recommended: strict, balanced (default), permissive, or a TOML file of your own.
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Something a target needs: separator=TEXT or gateway=ARN (agentcore).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// How findings on a policy are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PolicyFormat {
    /// For people, with the lines of the file.
    #[default]
    Text,
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

// Arguments of `mcpdex policy check`.
#[derive(Debug, clap::Args)]
pub struct PolicyCheckArgs {
    /// The policy; `-` is stdin.
    pub file: PathBuf,
    #[command(flatten)]
    pub written: WrittenArgs,
    /// When the policy was written, for tools that became riskier since: a time or a state as `mcpdex diff` takes it
    /// (default: when the file was changed last).
    #[arg(long, value_name = "STATE")]
    pub since: Option<String>,
    /// Look at the document by itself, and at no tools.
    #[arg(long, conflicts_with_all = ["server", "clients", "since"])]
    pub alone: bool,
    /// How to print what was found.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: PolicyFormat,
    /// Where docs/findings.md is published: SARIF's rules lead to its headings.
    #[arg(long, value_name = "URL", value_parser = page)]
    pub help_url: Option<String>,
}

// Arguments of `mcpdex policy test`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["call", "calls"]))]
pub struct PolicyTestArgs {
    /// The policy; `-` is stdin.
    pub file: PathBuf,
    /// One call: `{"tool": …, "arguments": {…}}`, with `"server"` where the policy is for several.
    #[arg(long, value_name = "JSON")]
    pub call: Option<String>,
    /// Many calls: JSON lines `{at, server, tool, arguments, decision?}`, or a transcript of Claude Code or Codex; `-` is
    /// stdin.
    #[arg(long, value_name = "FILE")]
    pub calls: Option<PathBuf>,
    #[command(flatten)]
    pub written: WrittenArgs,
}

// Arguments of `mcpdex policy explain`.
#[derive(Debug, clap::Args)]
pub struct PolicyExplainArgs {
    /// The policy; `-` is stdin.
    pub file: PathBuf,
    /// The tool's name, as its server spells it.
    pub tool: String,
    #[command(flatten)]
    pub written: WrittenArgs,
}

// Arguments of `mcpdex policy diff`.
#[derive(Debug, clap::Args)]
pub struct PolicyDiffArgs {
    /// The policy before.
    pub before: PathBuf,
    /// The policy after.
    pub after: PathBuf,
    #[command(flatten)]
    pub written: WrittenArgs,
    /// Read the second file as a document of this target (default: by its shape).
    #[arg(long, value_name = "TARGET", value_parser = word::<Target>())]
    pub after_target: Option<Target>,
}

// Arguments of `mcpdex policy convert`.
#[derive(Debug, clap::Args)]
pub struct PolicyConvertArgs {
    /// The policy; `-` is stdin.
    pub file: PathBuf,
    /// The target to write for.
    #[arg(long, value_name = "TARGET", value_parser = word::<Target>())]
    pub to: Target,
    /// Write the document, the files beside it and losses.jsonl into this folder instead of the document to stdout.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub written: WrittenArgs,
}
