//! Parses one source file: bytes in, syntax tree out, or the reason why there is none. The only caller of tree-sitter's
//! parser, so that no reader can forget a guard: size, bracket depth, effort and deadline are looked at here.
//!
//! These guards are the first line. The second is the worker process: depth that no bracket shows can still overflow
//! the C stack, and a grammar's scanner can loop without asking for a byte. Such a file ends the worker, and the next one is
//! told to leave it out.

use super::Budget;
use super::engine::site;
use super::engine::watch::Watch;
use mcpdex_model::{Partial, PartialReason};
use std::cell::Cell;
use std::ops::{ControlFlow, Range};
use tree_sitter::{ParseOptions, ParseState, Parser, Point, Tree};

/// Parses `source` as `language`. `path` only names the file in the reason.
///
/// A tree with syntax errors in it is returned: published code is often newer than the grammar, and an error spoils only
/// the statement it stands in.
///
/// # Errors
/// The file is too large, nests too deep, is not text, makes the parser read it over and over, or the deadline passed;
/// the reason is ready to be reported.
pub(super) fn parse(
    language: &tree_sitter::Language,
    path: &str,
    source: &[u8],
    budget: &Budget,
) -> Result<Tree, Partial> {
    parse_part(language, path, source, 0..source.len(), 0, budget)
}

/// Parses the whole statements that stand at `range` of `source`, beginning in `row` (from 0): nodes have the places that
/// they have in the file.
///
/// # Errors
/// As [`parse`].
pub(super) fn parse_part(
    language: &tree_sitter::Language,
    path: &str,
    source: &[u8],
    range: Range<usize>,
    row: usize,
    budget: &Budget,
) -> Result<Tree, Partial> {
    let refuse = |reason, detail: String| Partial::missing(reason, detail, Some(site::told(path, site::line(row))));
    let limits = &budget.limits;
    if budget.watch().is_some_and(|watch| watch.leaves_out(path)) {
        let detail = "the parser did not come back from this file, so it was left out".to_owned();
        return Err(refuse(PartialReason::UnparsedFile, detail));
    }
    let whole = range.len() == source.len();
    let part = source.get(range.clone()).unwrap_or_default();
    if part.len() > limits.source_bytes {
        let detail = format!("file has {} bytes, more than the {} that are parsed", part.len(), limits.source_bytes);
        return Err(refuse(PartialReason::LimitReached, detail));
    }
    if std::str::from_utf8(part).is_err() {
        return Err(refuse(PartialReason::UnparsedFile, "file is not UTF-8 text".to_owned()));
    }
    if bracket_depth(part) > limits.bracket_depth {
        let detail = format!("brackets nest deeper than {}", limits.bracket_depth);
        return Err(refuse(PartialReason::LimitReached, detail));
    }
    let mut parser = Parser::new();
    if let Err(error) = parser.set_language(language) {
        return Err(refuse(PartialReason::UnparsedFile, format!("no grammar for this file: {error}")));
    }
    if !whole {
        let start_point = Point { row, column: 0 };
        let rows = part.iter().filter(|byte| **byte == b'\n').count();
        let end_point = Point { row: row + rows, column: 0 };
        let included = tree_sitter::Range { start_byte: range.start, end_byte: range.end, start_point, end_point };
        if let Err(error) = parser.set_included_ranges(&[included]) {
            return Err(refuse(PartialReason::UnparsedFile, format!("a part of the file cannot be parsed: {error}")));
        }
    }
    let effort = Effort::of(part.len());
    let beat = || budget.watch().into_iter().for_each(Watch::beat);
    let mut asked = 0u32;
    let mut watch = |_: &ParseState| {
        asked = asked.wrapping_add(1);
        beat();
        let is_over = asked.is_multiple_of(ASKED_A_LOOK) && budget.expired();
        if effort.is_spent() || is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    // Where a line ended that was given to the parser last.
    let mut line_end = None;
    let mut read = |at: usize, _| {
        beat();
        let end = range.end.min(at.saturating_add(PIECE));
        let piece = source.get(at..end).unwrap_or_default();
        effort.read(at, piece.len());
        let given = if effort.is_spent() {
            // A scanner that is deep in a token is not asked whether to go on; the end of the text ends it.
            if line_end == Some(at) { &[][..] } else { LINE_END }
        } else if at == range.end && !part.is_empty() && !part.ends_with(LINE_END) {
            LINE_END
        } else {
            piece
        };
        line_end = given.ends_with(LINE_END).then(|| at.saturating_add(given.len()));
        given
    };
    let parse = || parser.parse_with_options(&mut read, None, Some(options));
    let tree = match budget.watch() {
        Some(watch) => watch.during(path, parse),
        None => parse(),
    };
    if effort.is_spent() {
        let detail = "its text makes the parser start over again and again, so it was left out".to_owned();
        return Err(refuse(PartialReason::LimitReached, detail));
    }
    tree.ok_or_else(|| refuse(PartialReason::LimitReached, format!("{} before the file was parsed", budget.told())))
}

/// How often the parser asks whether to go on, every hundred steps, before the clock is looked at.
const ASKED_A_LOOK: u32 = 8;
/// Bytes that the parser is given at a time. What it reads twice within one piece is not noticed.
const PIECE: usize = 256;
/// What every text ends with, as the parser is given it. A scanner that looks for the rest of a line (Kotlin's reads the
/// annotation ahead of an accessor) does not ask whether the text is over, and would look for ever.
const LINE_END: &[u8] = b"\n";
/// What a step back or ahead counts as, in bytes: most are to the next word.
const STEP: usize = 16;
/// How often the parser may read each byte, on average. Published code is read less than thrice; text that is made for
/// it (a comment opened ten thousand times and never closed) is read as often as it has words.
const MOST_READINGS: usize = 200;
/// What a small file may need beside, in bytes.
const SMALL: usize = 64 << 10;

/// How much the parser read of one file, by its own steps and not by the clock: the same file always ends alike.
struct Effort {
    read: Cell<usize>,
    most: usize,
    /// Where the last piece ended: who goes on from there has read it whole.
    end: Cell<usize>,
}

impl Effort {
    fn of(bytes: usize) -> Effort {
        Effort { read: Cell::new(0), most: (bytes + SMALL) * MOST_READINGS, end: Cell::new(0) }
    }

    /// A piece is handed out from `at`.
    fn read(&self, at: usize, bytes: usize) {
        let counted = if at == self.end.get() { PIECE } else { STEP };
        self.read.set(self.read.get() + counted);
        self.end.set(at + bytes);
    }

    fn is_spent(&self) -> bool {
        self.read.get() > self.most
    }
}

/// The deepest nesting of brackets. Counts every bracket byte, those in text and comments too: an over-estimate costs
/// one file, an under-estimate costs the process.
fn bracket_depth(source: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for byte in source {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
