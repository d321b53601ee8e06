//! One file per command, thin: parse nothing, decide nothing, call the rooms and print.

// First: what is declared after it says what goes wrong through its macro.
#[macro_use]
mod output;

#[cfg(feature = "postgres")]
mod anew;
mod check;
mod classify;
mod compare;
mod config;
mod configured;
mod crawl;
mod crawling;
mod database;
mod diff;
mod doctor;
mod eval;
mod explain;
mod export;
mod extract;
mod extract_worker;
mod generate;
mod gone;
mod guard;
mod help;
mod import;
mod interrupt;
mod judging;
mod list;
mod logging;
mod mcp;
mod merge;
mod named;
mod pager;
mod passed;
mod pin;
mod policy;
mod probe;
mod profile;
mod publish;
mod raised;
mod rules;
mod run_confined;
mod scan;
mod search;
mod serve;
mod server;
mod settings;
mod site;
mod sources;
mod stats;
mod time;
#[cfg(feature = "postgres")]
mod together;
mod tool;
mod workers;

use crate::cli::{Cli, Command};
use output::{print, print_bytes, print_rows};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// Something went wrong.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Findings at or above the gate.
    Findings = 3,
    /// Something that was named gave nothing, or could not be read to its end.
    Unread = 4,
    /// The command was asked to end before it was done.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What this process is where another mcpdex has started it and nobody typed its command: the worker that reads one
/// package from stdin, or the first process of a sandbox. `None` for every other command line.
pub fn inner() -> Option<anyhow::Result<Exit>> {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.iter().map(|word| word.to_str()).collect::<Vec<_>>().as_slice() {
        [Some(crate::extract::worker::SUBCOMMAND)] => Some(extract_worker::run()),
        [Some(crate::probe::sandbox::SUBCOMMAND), Some(description)] => Some(run_confined::run(description)),
        _ => None,
    }
}

/// Runs one command.
///
/// # Errors
/// The command could not do what it was asked for; the message says what, to what, and the cure when known.
pub fn run(cli: Cli) -> anyhow::Result<Exit> {
    match cli.command {
        Command::Guard(_) => Ok(guard::closed(cli, run_any)),
        // Not for the guard: there only 2 blocks.
        _ => match run_any(cli) {
            Err(error) if named::is_not_there(&error) => {
                complain(&error);
                Ok(Exit::Unread)
            }
            Err(error) if error.is::<profile::NoProfile>() => {
                complain(&error);
                Ok(Exit::Usage)
            }
            ended => ended,
        },
    }
}

fn run_any(mut cli: Cli) -> anyhow::Result<Exit> {
    crate::report::choose_colour(cli.global.color);
    output::choose_quiet(cli.global.quiet);
    logging::begin(cli.global.verbose);
    pager::choose(!cli.global.no_pager);
    if !takes_own_settings(&cli.command)
        && let Err(error) = settings::load(&mut cli)
    {
        complain(&error.into());
        return Ok(Exit::Usage);
    }
    if takes_long(&cli.command) {
        interrupt::listen()?;
    }
    match dispatch(&cli) {
        // Whatever came of it: it was cut short.
        _ if interrupt::is_asked() => Ok(Exit::Interrupted),
        // A mcpdex that was started was told to end.
        Err(error) if error.is::<interrupt::Interrupted>() => Ok(Exit::Interrupted),
        Err(_) if output::is_closed() => Ok(Exit::Done),
        ended => ended,
    }
}

/// Whether a command needs no settings, or reads them itself: from the base of a change.
fn takes_own_settings(command: &Command) -> bool {
    match command {
        Command::Completions(_) | Command::Man(_) | Command::Help(_) => true,
        Command::Scan(args) => args.diff.is_some(),
        _ => false,
    }
}

/// Whether a command may take long, or starts programs. The others end as any program does that is told to, and start
/// sooner for it.
fn takes_long(command: &Command) -> bool {
    match command {
        Command::Crawl(_) | Command::Pin(_) | Command::Check(_) | Command::Scan(_) | Command::Export(_) => true,
        Command::Site(_) | Command::Publish(_) | Command::Import(_) | Command::Merge(_) => true,
        Command::Doctor(_) | Command::Classify(_) | Command::Eval(_) | Command::Rules(_) => true,
        Command::Probe(_) | Command::Extract(_) | Command::Diff(_) | Command::Compare(_) => true,
        Command::Policy(args) => args.tool.is_none(),
        Command::Serve(_) => true,
        Command::Mcp(args) => args.listen.is_some(),
        Command::Tool(_)
        | Command::Server(_)
        | Command::Search(_)
        | Command::List(_)
        | Command::Sources(_)
        | Command::Stats(_)
        | Command::Workers(_)
        | Command::Config(_)
        | Command::Guard(_)
        | Command::Explain(_) => false,
        Command::Completions(_) | Command::Man(_) | Command::Help(_) => false,
    }
}

/// Says on stderr why a command failed.
pub fn complain(error: &anyhow::Error) {
    eprintln!("error: {}", crate::report::visible(&format!("{error:#}")));
}

fn dispatch(cli: &Cli) -> anyhow::Result<Exit> {
    let global = &cli.global;
    // Before anything is read or made, whatever the command does with it.
    if let Some(Err(error)) = global.db.as_ref().map(crate::store::check_place) {
        eprintln!("error: {error}");
        return Ok(Exit::Usage);
    }
    match &cli.command {
        Command::Crawl(args) => crawl::run(global, args),
        Command::Tool(args) => tool::run(global, args),
        Command::Server(args) => server::run(global, args),
        Command::Search(args) => search::run(global, args),
        Command::List(args) => list::run(global, args),
        Command::Compare(args) => compare::run(global, args),
        Command::Sources(args) => sources::run(global, args),
        Command::Workers(args) => workers::run(global, args),
        Command::Stats(args) => stats::run(global, args),
        Command::Diff(args) => diff::run(global, args),
        Command::Pin(args) => pin::run(global, args),
        Command::Check(args) => check::run(global, args),
        Command::Scan(args) => scan::run(global, args),
        Command::Guard(args) => guard::run(global, args),
        Command::Serve(args) => serve::run(global, args),
        Command::Mcp(args) => mcp::run(global, args),
        Command::Export(args) => export::run(global, args),
        Command::Site(args) => site::run(global, args),
        Command::Publish(args) => publish::run(global, args),
        Command::Import(args) => import::run(global, args),
        Command::Merge(args) => merge::run(global, args),
        Command::Config(args) => config::run(global, args),
        Command::Doctor(args) => doctor::run(global, args),
        Command::Completions(args) => generate::completions(args),
        Command::Man(args) => generate::man(args),
        Command::Policy(args) => policy::run(global, args),
        Command::Classify(args) => classify::run(global, args),
        Command::Rules(args) => rules::run(global, args),
        Command::Explain(args) => explain::run(global, args),
        Command::Eval(args) => eval::run(global, args),
        Command::Probe(args) => probe::run(global, args),
        Command::Extract(args) => extract::run(global, args),
        Command::Help(args) => help::run(args),
    }
}
