//! Literals in, the places where a text has them out: one pass over the text for all of them at once.
//!
//! Before each word it hands the automaton a byte that no text has. Literals that begin with a word begin with that byte
//! too, so there is nothing to look for in the middle of words, which is where most of a text is.

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError, MatchKind};
use mcpdex_model::text::is_unspaced;

/// Stands before each word; never part of UTF-8.
const MARK: u8 = 0xFF;

/// All literals, compiled.
#[derive(Debug)]
pub(crate) struct Automaton {
    nfa: NFA,
    start: StateID,
    /// Length of each literal in bytes.
    lengths: Vec<u32>,
    /// Whether no literal begins inside a word of ASCII letters, so that the rest of such a word may be passed over.
    words_are_whole: bool,
}

impl Automaton {
    /// Compiles literals, each with whether it may begin only where a word does.
    ///
    /// # Errors
    /// The automaton would be too large.
    pub(crate) fn of(literals: &[(&str, bool)]) -> Result<Automaton, BuildError> {
        let marked: Vec<Vec<u8>> = literals.iter().map(|(text, bounded)| marked(text, *bounded)).collect();
        let nfa = NFA::builder().match_kind(MatchKind::Standard).prefilter(false).build(&marked)?;
        let start = nfa.start_state(Anchored::No).unwrap_or_default();
        Ok(Automaton {
            nfa,
            start,
            lengths: literals.iter().map(|(text, _)| text.len() as u32).collect(),
            words_are_whole: marked.iter().all(|bytes| !bytes.first().is_some_and(u8::is_ascii_alphanumeric)),
        })
    }

    /// Calls `found` with the number of each literal in `text`, and where it starts and ends, overlapping ones too.
    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(usize, usize, usize)) {
        let bytes = text.as_bytes();
        let mut state = self.start;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if starts_word(text, at) {
                state = self.nfa.next_state(Anchored::No, state, MARK);
            }
            state = self.nfa.next_state(Anchored::No, state, byte);
            at += 1;
            if self.nfa.is_match(state) {
                for index in 0..self.nfa.match_len(state) {
                    let literal = self.nfa.match_pattern(state, index).as_usize();
                    found(literal, at - self.lengths[literal] as usize, at);
                }
            }
            if state == self.start && self.words_are_whole && byte.is_ascii_alphanumeric() {
                at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            }
        }
    }
}

/// A literal as the automaton looks for it.
fn marked(text: &str, bounded: bool) -> Vec<u8> {
    let mut marked = Vec::with_capacity(text.len() + 4);
    for (at, byte) in text.bytes().enumerate() {
        // What is not bounded begins anywhere.
        if (at > 0 || bounded) && starts_word(text, at) {
            marked.push(MARK);
        }
        marked.push(byte);
    }
    marked
}

/// Whether a word starts at the byte `at` of `text`.
fn starts_word(text: &str, at: usize) -> bool {
    match text.as_bytes()[at] {
        byte if byte.is_ascii() => byte.is_ascii_alphanumeric() && is_bounded_left(text, at),
        // The first byte of a letter of several.
        0xC0.. => {
            let letter = text[at..].chars().next().unwrap_or(' ');
            letter.is_alphanumeric() && !is_unspaced(letter) && is_bounded_left(text, at)
        }
        _ => false,
    }
}

/// Whether no word goes on to both sides of `start`: `_` and hyphens join words.
pub(crate) fn is_bounded_left(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(start.wrapping_sub(1)) {
        None => true,
        Some(byte) if byte.is_ascii() => {
            !(byte.is_ascii_alphanumeric()
                || *byte == b'_'
                || (*byte == b'-' && start > 1 && bytes[start - 2].is_ascii_alphanumeric()))
        }
        Some(_) => text[..start].chars().next_back().is_none_or(|l| !l.is_alphanumeric() || is_unspaced(l)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(literals: &[(&str, bool)], text: &str) -> Vec<String> {
        let automaton = Automaton::of(literals).expect("small");
        let mut found = Vec::new();
        automaton.find(text, |_, start, end| found.push(text[start..end].to_owned()));
        found
    }

    #[test]
    fn words_are_found_where_words_start_and_overlapping_ones_too() {
        let literals = [("file", true), ("file list", true), ("list", true), ("ï", true)];
        assert_eq!(found(&literals, "profile; file list"), ["file", "file list", "list"]);
        assert_eq!(found(&literals, "re-list file_list ï naï"), ["file", "ï"]);
    }

    #[test]
    fn scripts_without_blanks_have_their_words_anywhere() {
        assert_eq!(found(&[("削除", false), ("file", true)], "このfileを削除する"), ["file", "削除"]);
        // A literal that begins with a letter inside a word is found there.
        assert_eq!(found(&[("b削", false), ("abc", true)], "ab削 abc"), ["b削", "abc"]);
    }
}
