//! Command lines: the words of one in, what it starts out: a package, an address behind a bridge, a download, or a program
//! of this machine. Read by the grammar of each runner, never guessed: a value of an option is no name, and whatever the
//! grammar does not explain is a [`Local`] program, unread. Starts nothing, reads no file, expands no variable.

mod bridge;
mod container;
mod fetched;
mod node;
mod options;
mod python;
mod reading;
mod shell;
mod spec;
mod word;
mod wrapper;

pub use reading::{Local, PackageRun, Reading, Starts, Why, address};
pub use shell::split;
pub use word::is_template;
pub use wrapper::is_shell;

pub(crate) use word::program_name;

use crate::given;
use crate::redact::REDACTED;
use word::{is_assignment, is_python, is_whole_template};

/// Commands within commands that are followed.
const DEEPEST: usize = 8;

/// Reads a command line.
pub fn read(words: &[String]) -> Reading {
    follow(words, 0)
}

/// A command line as it can be shown.
pub fn command_line(words: &[String]) -> String {
    let Some((first, rest)) = words.split_first() else { return String::new() };
    let package = match read(words).starts {
        Starts::Package(run) => Some(run.package.identifier),
        _ => None,
    };
    let (rest, _) = given::arguments(rest, package.as_deref());
    let mut line = vec![given::program(first)];
    line.extend(rest);
    line.dedup_by(|a, b| a == REDACTED && b == REDACTED);
    line.join(" ")
}

fn follow(words: &[String], depth: usize) -> Reading {
    let start = words.iter().take_while(|word| is_assignment(word)).count();
    let words = &words[start..];
    let Some((program, rest)) = words.split_first().filter(|_| depth < DEEPEST) else {
        return Reading::local(Why::Nothing, "");
    };
    if is_whole_template(program) {
        return Reading::of(Starts::Template);
    }
    // A file that lies in a folder of the project is whatever that folder makes of it.
    let Some(name) = program_name(program) else { return Reading::local(Why::Program, program) };
    let next = |words: &[String]| follow(words, depth + 1);
    if let Some(reading) = bridge::installed(&name, rest, &next) {
        return reading;
    }
    let reading = match name.as_str() {
        "npx" | "pnpx" | "bunx" | "npm" | "pnpm" | "yarn" | "bun" | "node" | "nodejs" => node::read(&name, rest, &next),
        "uvx" | "uv" | "pipx" | "py" => python::read(&name, rest, &next),
        _ if is_python(&name) => python::read("python", rest, &next),
        "docker" | "podman" | "nerdctl" | "finch" => container::read(rest, &next),
        "deno" | "dnx" | "dotnet" | "go" => fetched::read(&name, rest),
        _ => match wrapper::read(&name, rest, &next) {
            Some(reading) => reading,
            None => Reading::local(Why::Program, program),
        },
    };
    bridge::behind(reading, &next)
}

#[cfg(test)]
mod tests;
