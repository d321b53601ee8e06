//! Parses one source file: bytes in, syntax tree out, or the reason why there is none. The only caller of tree-sitter's
//! parser, so that no reader can forget a guard: size, bracket depth and deadline are looked at here.
//!
//! These guards are the first line. The second is the worker process: depth that no bracket shows can still overflow
//! the C stack.

use super::Budget;
use crate::model::{Partial, PartialReason, ToolSite};
use std::ops::ControlFlow;
use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

/// Parses `source` as `language`. `path` only names the file in the reason.
///
/// A tree with syntax errors in it is returned: published code is often newer than the grammar, and an error spoils only
/// the statement it stands in.
///
/// # Errors
/// The file is too large, nests too deep, is not text, or the deadline passed; the reason is ready to be reported.
pub(super) fn parse(
    language: &tree_sitter::Language,
    path: &str,
    source: &[u8],
    budget: &Budget,
) -> Result<Tree, Partial> {
    let refuse =
        |reason, detail: String| Partial { reason, detail, site: Some(ToolSite { file: path.to_owned(), line: 1 }) };
    let limits = &budget.limits;
    if source.len() > limits.source_bytes {
        let detail = format!("file has {} bytes, more than the {} that are parsed", source.len(), limits.source_bytes);
        return Err(refuse(PartialReason::LimitReached, detail));
    }
    if std::str::from_utf8(source).is_err() {
        return Err(refuse(PartialReason::UnparsedFile, "file is not UTF-8 text".to_owned()));
    }
    if bracket_depth(source) > limits.bracket_depth {
        let detail = format!("brackets nest deeper than {}", limits.bracket_depth);
        return Err(refuse(PartialReason::LimitReached, detail));
    }
    let mut parser = Parser::new();
    if let Err(error) = parser.set_language(language) {
        return Err(refuse(PartialReason::UnparsedFile, format!("no grammar for this file: {error}")));
    }
    let mut watch = |_: &ParseState| if budget.expired() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let mut read = |at: usize, _| source.get(at..).unwrap_or_default();
    parser
        .parse_with_options(&mut read, None, Some(options))
        .ok_or_else(|| refuse(PartialReason::LimitReached, "the time for this package ran out".to_owned()))
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
