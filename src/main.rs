//! Parses the command line, runs one command, prints what went wrong, returns the exit code.

use std::process::ExitCode;

/// Asking many servers makes and drops many small texts on several threads, which took the system's allocator a quarter of
/// the time and more in waiting (`cargo bench --bench probe`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let ended = match mcpdex::command::inner() {
        Some(ended) => ended,
        None => mcpdex::command::run(mcpdex::cli::Cli::of_process()),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            mcpdex::command::complain(&error);
            mcpdex::command::Exit::Failed.into()
        }
    }
}
