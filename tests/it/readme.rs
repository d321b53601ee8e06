//! The tour of README.md is true: its commands are run, and what they print is what it shows.
//!
//! With `MCPDEX_UPDATE_README=1` in the environment the tour is written anew instead.

use crate::support::binary::{User, ran, undigested};
use std::io::Write;
use std::process::Stdio;

const BEGIN: &str = "<!-- tour:";
const END: &str = "<!-- end of the tour -->";

/// Runs one line of the tour as a shell would: a command, or `echo '…' | command`.
fn output(user: &User, line: &str) -> String {
    let (input, command) = match line.strip_prefix("echo '").and_then(|rest| rest.split_once("' | ")) {
        Some((input, command)) => (format!("{input}\n"), command),
        None => (String::new(), line),
    };
    let words: Vec<&str> = command.strip_prefix("mcpdex ").expect("the tour runs mcpdex").split(' ').collect();
    let mut child = user
        .command(&words)
        .env("MCPDEX_DB", "mcpdex.db")
        .env("COLUMNS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let ran = ran(child.wait_with_output().unwrap());
    format!("{}{}", ran.out, ran.err)
}

#[test]
fn the_tour_prints_what_the_readme_shows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let begin = readme.find(BEGIN).expect("the tour begins");
    let end = readme.find(END).expect("the tour ends");
    let user = User::new();
    let mut tour = String::new();
    let mut lines = readme[begin..end].lines();
    while let Some(line) = lines.next() {
        tour.push_str(line);
        tour.push('\n');
        if line != "```console" {
            continue;
        }
        let command = lines.next().and_then(|line| line.strip_prefix("$ ")).expect("a block begins with a command");
        tour.push_str(&format!("$ {command}\n{}\n```\n", output(&user, command).trim_end()));
        lines.by_ref().find(|line| *line == "```").expect("the block ends");
    }
    let expected = format!("{}{tour}{}", &readme[..begin], &readme[end..]);
    if std::env::var_os("MCPDEX_UPDATE_README").is_some() {
        std::fs::write(path, expected).unwrap();
    } else {
        assert!(undigested(&readme) == undigested(&expected), "README.md is no longer true; it should read:\n{tour}");
    }
}
