//! `mcpdex classify`: tools in, one JSON verdict per tool out, in the order of the input.

use super::Exit;
use super::judging::{RulesArgs, on_threads, open, overrides};
use crate::classify::{Judge, Judged, Trust};
use crate::report::visible;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Judge tools from a file or stdin, without a database.
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
    /// How many threads to use (default: as many as the machine has).
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

enum Line {
    Verdict(Vec<u8>),
    Bad(String),
}

/// Runs the command.
///
/// # Errors
/// The rules, the overrides or the input cannot be read, or stdout fails.
pub(super) fn run(args: &ClassifyArgs, quiet: bool) -> anyhow::Result<Exit> {
    let rules = args.rules.load()?;
    let overrides = overrides(&args.overrides)?;
    let trust = if args.trust_annotations { Trust::Full } else { Trust::RaiseOnly };
    let judge = Judge { rules: &rules, trust, overrides: &overrides };
    let path = args.file.clone();
    let bad = on_threads(args.threads, || {
        let input = open(path.as_deref())?;
        let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout());
        let mut bad = 0usize;
        judge.run(input, line, |lines| {
            for line in lines {
                match line {
                    Line::Verdict(bytes) => out.write_all(&bytes)?,
                    Line::Bad(problem) => {
                        bad += 1;
                        eprintln!("error: {}", visible(&problem));
                    }
                }
            }
            Ok(())
        })?;
        out.flush()?;
        Ok(bad)
    })?;
    if !quiet {
        for complaint in overrides.complaints() {
            eprintln!("warning: {}", visible(&complaint));
        }
    }
    Ok(if bad > 0 { Exit::Unread } else { Exit::Done })
}

fn line(judged: Judged) -> Line {
    match judged {
        Ok((_, verdict)) => match serde_json::to_vec(&verdict) {
            Ok(mut bytes) => {
                bytes.push(b'\n');
                Line::Verdict(bytes)
            }
            Err(error) => Line::Bad(error.to_string()),
        },
        Err(error) => Line::Bad(error.to_string()),
    }
}
