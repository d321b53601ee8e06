//! One file per command, thin: parse nothing, decide nothing, call the rooms and print.

mod check;
mod classify;
mod configured;
mod crawl;
mod database;
mod diff;
mod doctor;
mod eval;
mod explain;
mod export;
mod extract;
mod extract_worker;
mod generate;
mod import;
mod judging;
mod pin;
mod policy;
mod probe;
mod rules;
mod run_confined;
mod scan;
mod search;
mod server;
mod stats;
mod tool;
mod when;

use crate::cli::{Cli, Command};
use crate::report::stdout;
use anyhow::Context;
use std::io::Write;
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
    let global = &cli.global;
    // Before anything is read or made, whatever the command does with it.
    if let Some(Err(error)) = global.db.as_deref().map(crate::store::check_place) {
        eprintln!("error: {error}");
        return Ok(Exit::Usage);
    }
    match &cli.command {
        Command::Crawl(args) => crawl::run(global, args),
        Command::Tool(args) => tool::run(global, args),
        Command::Server(args) => server::run(global, args),
        Command::Search(args) => search::run(global, args),
        Command::Stats(args) => stats::run(global, args),
        Command::Diff(args) => diff::run(global, args),
        Command::Pin(args) => pin::run(global, args),
        Command::Check(args) => check::run(global, args),
        Command::Scan(args) => scan::run(global, args),
        Command::Export(args) => export::run(global, args),
        Command::Import(args) => import::run(global, args),
        Command::Doctor(args) => doctor::run(global, args),
        Command::Completions(args) => generate::completions(args),
        Command::Man(args) => generate::man(args),
        Command::Policy(args) => policy::run(global, args),
        Command::Classify(args) => classify::run(args, global.quiet),
        Command::Rules(args) => rules::run(args, global.json),
        Command::Explain(args) => explain::run(global, args),
        Command::Eval(args) => eval::run(args, global.json),
        Command::Probe(args) => probe::run(global, args),
        Command::Extract(args) => extract::run(global, args),
        Command::ExtractWorker => extract_worker::run(),
        Command::RunConfined(args) => run_confined::run(args),
    }
}

/// Writes data to stdout. A reader that went away (`mcpdex … | head`) is no error.
fn print(text: &str) -> anyhow::Result<()> {
    print_bytes(text.as_bytes())
}

/// As [`print`], for bytes.
fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = stdout();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(()),
    }
}
