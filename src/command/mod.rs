//! One file per command, thin: parse nothing, decide nothing, call the rooms and print.

mod classify;
mod eval;
mod extract_worker;
mod judging;
mod rules;

pub use classify::ClassifyArgs;
pub use eval::EvalArgs;
pub use rules::RulesCommand;

use crate::cli::{Cli, Command};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// Something went wrong, or what was asked for does not exist.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Findings at or above the gate.
    Findings = 3,
    /// Something could not be read.
    Unread = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Runs one command.
///
/// # Errors
/// The command could not do what it was asked for; the message says what, to what, and the cure when known.
pub fn run(cli: Cli) -> anyhow::Result<Exit> {
    match cli.command {
        Command::Classify(args) => classify::run(&args, cli.global.quiet),
        Command::Rules(args) => rules::run(&args, cli.global.json),
        Command::Eval(args) => eval::run(&args, cli.global.json),
        Command::ExtractWorker => extract_worker::run(),
    }
}
