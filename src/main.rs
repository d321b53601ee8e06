//! Parses the command line, runs one command, prints what went wrong, returns the exit code.

use clap::Parser;
use std::process::ExitCode;

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
