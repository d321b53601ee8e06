//! Rows in, verdicts out, in the order of the input, on as many threads as there are and with the same bytes on any
//! number of them. Memory is bounded by the size of a batch, not by the length of the input.

use crate::batch::rows::{RawRow, Row, RowError, Rows};
use crate::judge::annotation::AnnotationTrust;
use crate::judge::overrides::Overrides;
use crate::language::server_context::ServerContext;
use crate::rules::ruleset::Ruleset;
use crate::verdict::BriefVerdict;
use mcpdex_model::Verdict;
use rayon::prelude::*;
use std::io::BufRead;
use std::ops::Range;

/// How many rows are judged at a time.
const CHUNK: usize = 2_048;
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

/// Rows that were read, up to the next ones that are read while these are judged.
struct Batch {
    raw: Vec<RawRow>,
    is_last: bool,
}

impl Judge<'_> {
    /// Judges one tool in its server's context, overrides included.
    pub fn judge(&self, context: &ServerContext, tool: &mcpdex_model::Tool) -> Verdict {
        let verdict = self.rules.judge_trusting(context, tool, self.trust);
        self.overrides.apply(self.rules, verdict)
    }

    /// As [`Judge::judge`], without the texts of a verdict.
    pub fn judge_briefly<'a>(&'a self, context: &'a ServerContext, tool: &'a mcpdex_model::Tool) -> BriefVerdict<'a> {
        let verdict = self.rules.judge_briefly(context, tool, self.trust);
        self.overrides.apply_briefly(verdict)
    }

    /// Judges all rows of `input`; `out` receives them in order, in pieces.
    ///
    /// # Errors
    /// The input cannot be read, or `out` fails.
    pub fn run<R: BufRead, T: Send>(
        &self,
        input: R,
        make: impl Fn(JudgedRow) -> T + Sync,
        out: impl FnMut(Vec<T>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let judged = |context: &ServerContext, row: Row| {
            let mut verdict = self.judge(context, &row.tool);
            verdict.notes.extend(row.mended());
            (row, verdict)
        };
        run_rows(input, |row| make(row.map(|(context, row)| judged(context, row))), out)
    }

    /// As [`Judge::run`], without the texts of a verdict.
    ///
    /// # Errors
    /// The input cannot be read, or `out` fails.
    pub fn run_briefly<R: BufRead, T: Send>(
        &self,
        input: R,
        make: impl Fn(Result<(&Row, BriefVerdict<'_>), RowError>) -> T + Sync,
        out: impl FnMut(Vec<T>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let judged = |row: Result<(&ServerContext, Row), RowError>| match row {
            Ok((context, row)) => make(Ok((&row, self.judge_briefly(context, &row.tool)))),
            Err(error) => make(Err(error)),
        };
        run_rows(input, judged, out)
    }
}

/// Hands every row of `input` to `make` with the context of its server, and what came of them to `out`, in order. While
/// the other threads are at one batch, this one reads the next and writes the one before.
fn run_rows<R: BufRead, T: Send>(
    input: R,
    make: impl Fn(Result<(&ServerContext, Row), RowError>) -> T + Sync,
    mut out: impl FnMut(Vec<T>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut rows = Rows::new(input)?;
    let mut held: Vec<Result<Row, RowError>> = Vec::new();
    let mut batch = read_batch(&mut rows)?;
    let mut ready: Vec<T> = Vec::new();
    loop {
        let Batch { raw, is_last } = batch;
        let mut made = Vec::new();
        let meanwhile = rayon::in_place_scope(|scope| {
            scope.spawn(|_| {
                held.par_extend(raw.into_par_iter().map(RawRow::parse));
                let whole = if is_last { held.len() } else { complete_runs(&held) };
                made = make_all(held.drain(..whole).collect(), &make);
            });
            out(std::mem::take(&mut ready))?;
            Ok::<_, std::io::Error>(if is_last { Ok(None) } else { read_batch(&mut rows).map(Some) })
        });
        ready = made;
        match meanwhile? {
            Ok(Some(next)) => batch = next,
            Ok(None) => return out(ready),
            // What was read before the input broke off is judged all the same.
            Err(error) => return out(ready).and(Err(error)),
        }
    }
}

fn read_batch<R: BufRead>(rows: &mut Rows<R>) -> std::io::Result<Batch> {
    let mut raw: Vec<RawRow> = Vec::with_capacity(CHUNK);
    while raw.len() < CHUNK {
        match rows.next_row()? {
            Some(row) => raw.push(row),
            None => return Ok(Batch { raw, is_last: true }),
        }
    }
    Ok(Batch { raw, is_last: false })
}

fn make_all<T: Send>(
    rows: Vec<Result<Row, RowError>>,
    make: &(impl Fn(Result<(&ServerContext, Row), RowError>) -> T + Sync),
) -> Vec<T> {
    let runs = runs_of(&rows);
    let contexts: Vec<ServerContext> = runs
        .par_iter()
        .map(|run| {
            let tools = rows[run.clone()].iter().filter_map(|row| row.as_ref().ok());
            let server = tools.clone().next().map_or("", |row| &row.server);
            ServerContext::of(server, tools.map(|row| &row.tool))
        })
        .collect();
    let context_of: Vec<usize> =
        runs.iter().enumerate().flat_map(|(number, run)| std::iter::repeat_n(number, run.len())).collect();
    rows.into_par_iter().zip(context_of).map(|(row, context)| make(row.map(|row| (&contexts[context], row)))).collect()
}

/// The runs of rows of one server; bad rows break no run.
fn runs_of(rows: &[Result<Row, RowError>]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut server: Option<&str> = None;
    for (at, row) in rows.iter().enumerate() {
        let Ok(row) = row else { continue };
        if server.is_some_and(|known| known != row.server) {
            runs.push(start..at);
            start = at;
        }
        server = Some(&row.server);
    }
    if start < rows.len() {
        runs.push(start..rows.len());
    }
    runs
}

/// How many of the rows can be judged before the next ones are known: all but the last run, unless that is too long.
fn complete_runs(rows: &[Result<Row, RowError>]) -> usize {
    if rows.len() >= MAX_RUN {
        return rows.len();
    }
    fn server(row: &Result<Row, RowError>) -> Option<&str> {
        row.as_ref().ok().map(|row| row.server.as_str())
    }
    let Some(last) = rows.iter().rev().find_map(server) else { return rows.len() };
    rows.iter().rposition(|row| server(row).is_some_and(|other| other != last)).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Error, Read};

    /// So many rows, each of a server of its own, and then an error.
    struct Broken(usize);

    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or_else(|| Error::other("the cable is out"))?;
            let row = format!("{{\"server\":\"s{}\",\"name\":\"list_pots\"}}\n", self.0);
            into[..row.len()].copy_from_slice(row.as_bytes());
            Ok(row.len())
        }
    }

    #[test]
    fn what_was_read_before_the_input_breaks_off_is_judged() {
        let rules = Ruleset::builtin().expect("the pack compiles");
        let judge = Judge { rules: &rules, trust: AnnotationTrust::RaiseOnly, overrides: &Overrides::default() };
        let mut judged = 0;
        let count = |lines: Vec<bool>| {
            judged += lines.len();
            Ok(())
        };
        let ended = judge.run(BufReader::new(Broken(CHUNK + 1)), |row| row.is_ok(), count);
        assert!(ended.is_err_and(|error| error.to_string().contains("cable")));
        // But for the last of the batch, whose server may go on.
        assert_eq!(judged, CHUNK - 1);
        let mut judged = 0;
        let closed = |lines: Vec<bool>| {
            judged += lines.len();
            if judged > 0 { Err(Error::other("nobody reads")) } else { Ok(()) }
        };
        let ended = judge.run(BufReader::new(std::io::repeat(b'x').take(1)), |row| row.is_ok(), closed);
        assert!(ended.is_err_and(|error| error.to_string().contains("nobody")));
        assert_eq!(judged, 1);
    }
}
