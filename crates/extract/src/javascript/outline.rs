//! The top level of a large file before it is parsed: where functions, classes and other values stand that do nothing until
//! their name is used. Text in, pieces out. A bundle carries megabytes of them that no registration ever leads to; each
//! is parsed when its name is looked up, and not before.
//!
//! Only what certainly does nothing by itself is put off. What is unclear makes the whole file be parsed at once.

use super::candidate::{Candidate, candidates};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Bytes from which on a file is taken apart: below, parsing costs less than finding out.
pub(super) const LARGE: usize = 512 << 10;
/// How often a function must wrap a module for it to be a bundler's.
const WRAPS: usize = 20;

/// A part of the top level, whole statements each.
#[derive(Debug, Default)]
pub(crate) struct Piece<'t> {
    pub(crate) range: Range<usize>,
    /// The row in which it begins, counted from 0.
    pub(super) row: usize,
    /// What it declares, where it does nothing else; nothing for statements that are to be followed.
    pub(crate) names: Vec<&'t str>,
    pub(super) is_exported: bool,
}

/// The pieces of a file, in order and without a gap; `None` where its text is not clear.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let candidates = candidates(text).ok()?;
    let mut wraps: HashMap<&str, usize> = HashMap::new();
    for wrapper in candidates.iter().filter_map(|candidate| candidate.wrapper) {
        *wraps.entry(wrapper).or_default() += 1;
    }
    let mut known = HashSet::new();
    let mut twice = HashSet::new();
    for name in candidates.iter().flat_map(|candidate| &candidate.piece.names) {
        if !known.insert(*name) {
            twice.insert(*name);
        }
    }
    let counts = |candidate: &Candidate<'_>| {
        candidate.wrapper.is_none_or(|wrapper| wraps.get(wrapper).is_some_and(|times| *times >= WRAPS))
            && !candidate.piece.names.iter().any(|name| twice.contains(name))
    };
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut end = 0;
    for Candidate { piece, .. } in candidates.into_iter().filter(counts) {
        if piece.range.start > end {
            pieces.push(Piece { range: end..piece.range.start, ..Piece::default() });
        }
        end = piece.range.end;
        pieces.push(piece);
    }
    if text.len() > end {
        pieces.push(Piece { range: end..text.len(), ..Piece::default() });
    }
    let (mut at, mut row) = (0, 0);
    for piece in &mut pieces {
        row += text.as_bytes().get(at..piece.range.start)?.iter().filter(|byte| **byte == b'\n').count();
        (at, piece.row) = (piece.range.start, row);
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that are put off.
    fn put_off(text: &str) -> Vec<String> {
        let pieces = pieces(text).unwrap_or_else(|| panic!("unclear: {text}"));
        let mut end = 0;
        for piece in &pieces {
            assert_eq!(piece.range.start, end, "{text}");
            assert_eq!(piece.row, text[..end].matches('\n').count(), "{text}");
            end = piece.range.end;
        }
        assert_eq!(end, text.len(), "{text}");
        pieces.iter().flat_map(|piece| &piece.names).map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_does_nothing_by_itself_is_put_off() {
        assert_eq!(
            put_off("function a() { b(); }\nasync function* b() {} class C extends D { x = 1; static y = 2; }"),
            ["a", "b", "C"]
        );
        assert_eq!(put_off("export function a() {}\nexport const b = 'x';\nexport default function () {}"), ["a", "b"]);
        assert_eq!(
            put_off("var a = function () {}, b = (x, y) => { x(y) }, c = async z => {}\nlet d = [1, {e: 2}];"),
            ["a", "b", "c", "d"]
        );
    }

    #[test]
    fn what_does_something_is_followed_where_it_stands() {
        for text in [
            "const a = make();",
            "const a = new Server({}), b = 1;",
            "var a = function () {}();",
            "var a = {b: register(server)};",
            "var a = `x${register()}`;",
            "var a = x => register(x);",
            "class A { static { register(); } }",
            "class A { static b = register(); }",
            "class A extends register() {}",
            "class A { @mark() b() {} }",
            "if (x) function a() {}",
            "if (x)\n var a = 1;",
            "for (const a of b)\n var c = 1",
            "x =\nfunction a() {}",
            "const { a } = b;",
            "export default class {}",
            "export { a, b };",
            "var a = 1\n/ 2;",
        ] {
            assert!(put_off(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_bundlers_wrapper_is_known_by_how_often_it_wraps() {
        let wrapped = |times: usize| -> String {
            (0..times)
                .map(|n| format!("var m{n} = wrap((exports, module) => {{ module.exports = {n}; }});\n"))
                .collect()
        };
        assert!(put_off(&wrapped(WRAPS - 1)).is_empty());
        assert_eq!(put_off(&wrapped(WRAPS)).len(), WRAPS);
    }

    #[test]
    fn brackets_in_texts_comments_and_expressions_close_nothing() {
        let text = "function a() { return /[}/]/.test(x) / 2 + '}' + `}${ {b: '`}'}.b }` /* } */ // }\n }\nclass B { c() { if (x) /}/.exec(y); x++ / 2; } }";
        assert_eq!(put_off(text), ["a", "B"]);
        for unclear in ["function a() { ", "x = {} / 2;", "'", "`${", ")", "/* ", "(]"] {
            assert!(pieces(unclear).is_none(), "{unclear}");
        }
    }

    #[test]
    fn a_name_that_is_declared_twice_is_not_put_off() {
        assert_eq!(put_off("function a() {}\nfunction b() {}\nvar a = 'x';"), ["b"]);
    }
}
