//! `mcpdex classify`: tools in, one JSON verdict per tool out, in the order of the input.

use super::Exit;
use super::judging::{on_threads, open, overrides};
use super::output::stdout;
use crate::classify::{AnnotationTrust, BriefVerdict, Judge, JudgedRow, Row, RowError, verdict_line};
use crate::cli::{ClassifyArgs, Global};
use crate::report::visible;
use std::io::{BufWriter, Write};

enum Line {
    /// The verdict, and what should be told of the row.
    Verdict(Vec<u8>, Vec<String>),
    Bad(String),
}

/// Runs the command.
///
/// # Errors
/// The rules, the overrides or the input cannot be read, or stdout fails.
pub(super) fn run(global: &Global, args: &ClassifyArgs) -> anyhow::Result<Exit> {
    let rules = args.rules.load(global)?;
    let overrides = overrides(global, &args.overrides)?;
    let trust = if args.trust_annotations { AnnotationTrust::Full } else { AnnotationTrust::RaiseOnly };
    let judge = Judge { rules: &rules, trust, overrides: &overrides };
    let path = args.file.clone();
    let bad = on_threads(args.threads, || {
        let input = open(path.as_deref())?;
        let mut out = BufWriter::with_capacity(1 << 18, stdout());
        let mut bad = 0usize;
        let write = |lines: Vec<Line>| {
            for line in lines {
                match line {
                    Line::Verdict(bytes, told) => {
                        for note in &told {
                            warn!("{}", visible(note));
                        }
                        out.write_all(&bytes)?;
                    }
                    Line::Bad(problem) => {
                        bad += 1;
                        eprintln!("error: {}", visible(&problem));
                    }
                }
            }
            Ok(())
        };
        if args.brief { judge.run_briefly(input, brief_line, write) } else { judge.run(input, line, write) }?;
        out.flush()?;
        Ok(bad)
    })?;
    for complaint in overrides.unused() {
        warn!("{}", visible(&complaint));
    }
    Ok(if bad > 0 { Exit::Unread } else { Exit::Done })
}

fn line(judged: JudgedRow) -> Line {
    match judged {
        Ok((row, verdict)) => written(&row, verdict_line(&verdict)),
        Err(error) => Line::Bad(error.to_string()),
    }
}

fn brief_line(judged: Result<(&Row, BriefVerdict<'_>), RowError>) -> Line {
    match judged {
        Ok((row, verdict)) => written(row, verdict.line()),
        Err(error) => Line::Bad(error.to_string()),
    }
}

fn written(row: &Row, line: serde_json::Result<Vec<u8>>) -> Line {
    match line {
        Ok(bytes) => Line::Verdict(bytes, row.told().collect()),
        Err(error) => Line::Bad(error.to_string()),
    }
}
