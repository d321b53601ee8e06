//! Rows in, verdicts out, in the order of the input, on as many threads as there are and with the same bytes on any
//! number of them. Memory is bounded by the size of a chunk, not by the length of the input.

use crate::batch::rows::{RawRow, Row, RowError, Rows};
use crate::judge::annotation::AnnotationTrust;
use crate::judge::overrides::Overrides;
use crate::language::server_context::ServerContext;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::Verdict;
use rayon::prelude::*;
use std::io::BufRead;

/// How many rows are judged at a time.
const CHUNK: usize = 4_096;
/// A server whose rows follow each other is judged in one piece up to this many rows.
const MAX_RUN: usize = 20_000;

/// What judging a stream needs.
pub struct Judge<'r> {
    pub rules: &'r Ruleset,
    pub trust: AnnotationTrust,
    pub overrides: &'r Overrides,
}

/// One row, judged, or why it could not be.
pub type JudgedRow = Result<(Row, Verdict), RowError>;

impl Judge<'_> {
    /// Judges one tool in its server's context, overrides included.
    pub fn judge(&self, context: &ServerContext, tool: &mcpdex_model::Tool) -> Verdict {
        let verdict = self.rules.judge_trusting(context, tool, self.trust);
        self.overrides.apply(self.rules, verdict)
    }

    /// Judges all rows of `input`; `out` receives them in order, in pieces.
    ///
    /// # Errors
    /// The input cannot be read, or `out` fails.
    pub fn run<R: BufRead, T: Send>(
        &self,
        input: R,
        make: impl Fn(JudgedRow) -> T + Sync,
        mut out: impl FnMut(Vec<T>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let mut rows = Rows::new(input)?;
        let mut held: Vec<Result<Row, RowError>> = Vec::new();
        loop {
            let mut raw: Vec<RawRow> = Vec::with_capacity(CHUNK);
            while raw.len() < CHUNK {
                match rows.next_row()? {
                    Some(row) => raw.push(row),
                    None => break,
                }
            }
            let last = raw.len() < CHUNK;
            held.par_extend(raw.into_par_iter().map(RawRow::parse));
            let ready = if last { held.len() } else { complete_runs(&held) };
            let now: Vec<_> = held.drain(..ready).collect();
            out(self.chunk(now, &make))?;
            if last {
                return Ok(());
            }
        }
    }

    fn chunk<T: Send>(&self, rows: Vec<Result<Row, RowError>>, make: &(impl Fn(JudgedRow) -> T + Sync)) -> Vec<T> {
        // The context of each run of rows of one server; bad rows break no run.
        let mut contexts: Vec<ServerContext> = Vec::new();
        let mut context_of: Vec<usize> = Vec::with_capacity(rows.len());
        let mut start = 0;
        while start < rows.len() {
            let mut end = start;
            let mut server: Option<&str> = None;
            while end < rows.len() {
                if let Ok(row) = &rows[end] {
                    match server {
                        None => server = Some(&row.server),
                        Some(known) if known != row.server => break,
                        Some(_) => {}
                    }
                }
                end += 1;
            }
            let tools = rows[start..end].iter().filter_map(|row| row.as_ref().ok()).map(|row| &row.tool);
            contexts.push(ServerContext::of(server.unwrap_or(""), tools));
            context_of.resize(end, contexts.len() - 1);
            start = end;
        }
        rows.into_par_iter()
            .zip(context_of)
            .map(|(row, context)| {
                make(row.map(|row| {
                    let mut verdict = self.judge(&contexts[context], &row.tool);
                    verdict.notes.extend(row.mended());
                    (row, verdict)
                }))
            })
            .collect()
    }
}

/// How many of the rows can be judged before the next ones are known: all but the last run, unless that is too long.
fn complete_runs(rows: &[Result<Row, RowError>]) -> usize {
    if rows.len() >= MAX_RUN {
        return rows.len();
    }
    let server = |row: &Result<Row, RowError>| row.as_ref().ok().map(|row| row.server.clone());
    let Some(last) = rows.iter().rev().find_map(server) else { return rows.len() };
    rows.iter().rposition(|row| server(row).is_some_and(|other| other != last)).map_or(0, |at| at + 1)
}
