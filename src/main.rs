//! Parses the command line, runs one command, prints what went wrong, returns the exit code.

use clap::Parser;
use std::process::ExitCode;

/// Crawling and judging make and drop many small texts on many threads, where the system's allocator takes a third of the
/// time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = mcpdex::cli::Cli::parse();
    match mcpdex::command::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("error: {}", mcpdex::report::visible(&format!("{error:#}")));
            mcpdex::command::Exit::Failed.into()
        }
    }
}
