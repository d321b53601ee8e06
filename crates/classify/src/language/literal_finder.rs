//! Literals in, the places where a text has them out: one walk over the text for all of them at once.
//!
//! A literal begins where a word begins, so each word of the text is looked up by its hash, and phrases are compared only
//! behind a first word that opens one. Literals of scripts without blanks begin anywhere and are looked for behind their
//! first letter; in plain ASCII there are none.

use crate::language::word_edges::{
    IS_WORD, ascii_word_end, is_ascii_bounded_left, is_bounded_left, is_bounded_right, is_letter, word_end,
};
use crate::language::word_hash::{hash, hash_short};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// A word or phrase that is looked for, by number.
pub(crate) type Literal = u32;

/// One place in the text where a literal stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub start: u32,
    pub end: u32,
    pub literal: Literal,
}

/// A literal, and where its text stands among all texts.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    text: Range<u32>,
    literal: Literal,
}

/// A phrase, with the first eight bytes behind its first word and which of their bits it has.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Phrase {
    entry: Entry,
    next: u64,
    mask: u64,
}

/// A word that literals begin with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Opening {
    word: Range<u32>,
    /// Its first eight bytes; zero where it is over.
    head: u64,
    /// The literal that is this word and nothing else.
    alone: Option<Literal>,
    /// The phrases that it opens, longest first.
    phrases: Range<u32>,
    /// By the last six bits of the second byte behind the word: whether any of them goes on with such a one.
    goes_on: u64,
}

/// All literals, by the word or letter that they begin with.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct LiteralFinder {
    texts: String,
    /// A table with open addressing: the upper half of the word's hash, and one more than its number among `openings`.
    slots: Vec<(u32, u32)>,
    openings: Vec<Opening>,
    phrases: Vec<Phrase>,
    /// Literals that begin with no letter, and where no word goes on, in order of their texts, longer ones first.
    marks: Vec<Entry>,
    /// Which bytes they begin with.
    marked: [u64; 4],
    /// Literals that begin anywhere, by their first letter.
    anywhere: BTreeMap<char, Vec<Entry>>,
    /// Which bytes of plain ASCII one of those begins with.
    splits: [u64; 4],
}

impl LiteralFinder {
    /// Arranges literals, each with its text and whether it stands only where words end on both sides. No text may be
    /// given twice.
    pub(crate) fn of(literals: &[(&str, bool, Literal)]) -> LiteralFinder {
        let mut finder = LiteralFinder::default();
        let mut opened: Vec<(u64, u32)> = Vec::with_capacity(literals.len());
        for (nth, &(text, bounded, literal)) in literals.iter().enumerate() {
            let Some(first) = text.chars().next() else { continue };
            if !bounded {
                let entry = finder.entry(text, literal);
                finder.anywhere.entry(first).or_default().push(entry);
                if first.is_ascii() {
                    set(&mut finder.splits, first as u8);
                }
            } else if is_letter(first) {
                let word = &text[..word_end(text, 0)];
                opened.push((hash(word.as_bytes()), nth as u32));
            } else {
                let entry = finder.entry(text, literal);
                finder.marks.push(entry);
                set(&mut finder.marked, text.as_bytes()[0]);
            }
        }
        opened.sort_unstable();
        let count = opened.chunk_by(|one, next| one.0 == next.0).count();
        finder.slots = vec![(0, 0); (count * 2).next_power_of_two().max(2)];
        for same in opened.chunk_by(|one, next| one.0 == next.0) {
            let mut group: Vec<(&str, &str, Literal)> = same
                .iter()
                .map(|(_, nth)| {
                    let (text, _, literal) = literals[*nth as usize];
                    (&text[..word_end(text, 0)], text, literal)
                })
                .collect();
            // The phrases of a word with the longest first and the word alone last.
            group.sort_unstable_by_key(|(word, text, literal)| (*word, std::cmp::Reverse(text.len()), *literal));
            group.chunk_by(|one, next| one.0 == next.0).for_each(|word| finder.open(same[0].0, word));
        }
        finder
    }

    /// Takes the literals that begin with one word.
    fn open(&mut self, hash: u64, literals: &[(&str, &str, Literal)]) {
        let [(word, ..), ..] = *literals else { return };
        let head = next_bytes(word.as_bytes(), 0);
        let mut opening = Opening { word: self.entry(word, 0).text, head, alone: None, phrases: 0..0, goes_on: 0 };
        opening.phrases.start = self.phrases.len() as u32;
        for &(_, text, literal) in literals {
            let length = text.len() - word.len();
            if length == 0 {
                opening.alone = Some(literal);
                continue;
            }
            let entry = self.entry(text, literal);
            let next = next_bytes(text.as_bytes(), word.len());
            let mask = if length < 8 { u64::MAX >> (64 - 8 * length) } else { u64::MAX };
            opening.goes_on |= if length > 1 { bit((next >> 8) as u8) } else { u64::MAX };
            self.phrases.push(Phrase { entry, next, mask });
        }
        opening.phrases.end = self.phrases.len() as u32;
        self.openings.push(opening);
        let mut slot = self.first_slot(hash);
        while self.slots[slot].1 != 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = ((hash >> 32) as u32, self.openings.len() as u32);
    }

    fn entry(&mut self, text: &str, literal: Literal) -> Entry {
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        Entry { text: start..self.texts.len() as u32, literal }
    }

    fn text(&self, range: &Range<u32>) -> &[u8] {
        &self.texts.as_bytes()[range.start as usize..range.end as usize]
    }

    fn first_slot(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    /// What the word `at..end` of `text` opens.
    fn opening(&self, text: &[u8], at: usize, end: usize) -> Option<&Opening> {
        let length = end - at;
        let (head, hash) = if length < 8 {
            let head = next_bytes(text, at) & (u64::MAX >> (64 - 8 * length));
            (head, hash_short(length, head))
        } else {
            (next_bytes(text, at), hash(&text[at..end]))
        };
        let mut slot = self.first_slot(hash);
        while let Some(&(tag, number)) = self.slots.get(slot).filter(|(_, number)| *number != 0) {
            if tag == (hash >> 32) as u32 {
                let opening = &self.openings[number as usize - 1];
                let same = opening.head == head && opening.word.len() == length;
                if same && (length <= 8 || self.text(&opening.word) == &text[at..end]) {
                    return Some(opening);
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// Appends every literal in `text`, overlapping ones too, sorted by where it starts, longer ones first.
    pub(crate) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        if text.is_ascii() { self.find_in_ascii(text, hits) } else { self.find_in_any(text, hits) }
    }

    /// The literal that is all of `text`.
    pub(crate) fn whole(&self, text: &str) -> Option<Literal> {
        let first = text.chars().next()?;
        let same = |entry: &&Entry| self.text(&entry.text) == text.as_bytes();
        let found = |list: &[Entry]| list.iter().find(same).map(|entry| entry.literal);
        if let Some(literal) = self.anywhere.get(&first).and_then(|list| found(list)) {
            return Some(literal);
        }
        if !is_letter(first) {
            return found(&self.marks);
        }
        let end = word_end(text, 0);
        let opening = self.opening(text.as_bytes(), 0, end)?;
        if end == text.len() {
            return opening.alone;
        }
        self.phrases_of(opening).iter().map(|phrase| &phrase.entry).find(same).map(|entry| entry.literal)
    }

    fn phrases_of(&self, opening: &Opening) -> &[Phrase] {
        &self.phrases[opening.phrases.start as usize..opening.phrases.end as usize]
    }

    fn find_in_ascii(&self, text: &str, hits: &mut Vec<Hit>) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !IS_WORD[usize::from(byte)] {
                if has(&self.marked, byte) {
                    self.find_marks(text, at, hits);
                }
                at += 1;
                continue;
            }
            let end = ascii_word_end(bytes, at);
            if is_ascii_bounded_left(bytes, at) {
                self.find_words(text, at, end, hits);
            }
            at = end;
        }
    }

    fn find_in_any(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            if letter.is_ascii() && !has(&self.splits, letter as u8) {
                if !letter.is_ascii_alphanumeric() {
                    self.find_marks(text, at, hits);
                } else if is_bounded_left(text, at) {
                    self.find_words(text, at, word_end(text, at), hits);
                }
                at += 1;
                continue;
            }
            let before = hits.len();
            for entry in self.anywhere.get(&letter).into_iter().flatten() {
                if text.as_bytes()[at..].starts_with(self.text(&entry.text)) {
                    hits.push(hit(at, entry));
                }
            }
            if !is_letter(letter) {
                self.find_marks(text, at, hits);
            } else if is_bounded_left(text, at) {
                self.find_words(text, at, word_end(text, at), hits);
            }
            if hits.len() > before + 1 {
                hits[before..].sort_unstable_by_key(|hit| (std::cmp::Reverse(hit.end), hit.literal));
            }
            at += letter.len_utf8();
        }
    }

    /// The literals that begin with the word `at..end`, where a word begins.
    fn find_words(&self, text: &str, at: usize, end: usize, hits: &mut Vec<Hit>) {
        let bytes = text.as_bytes();
        let Some(opening) = self.opening(bytes, at, end) else { return };
        // Most words that open phrases stand before one that does not go on with any of them.
        if opening.goes_on != 0 {
            let next = next_bytes(bytes, end);
            let goes_on = opening.goes_on & bit((next >> 8) as u8) != 0;
            for phrase in self.phrases_of(opening).iter().filter(|_| goes_on) {
                if (phrase.next ^ next) & phrase.mask == 0 {
                    let words = self.text(&phrase.entry.text);
                    if bytes[at..].starts_with(words) && is_bounded_right(text, at + words.len()) {
                        hits.push(hit(at, &phrase.entry));
                    }
                }
            }
        }
        if let Some(literal) = opening.alone.filter(|_| is_bounded_right(text, end)) {
            hits.push(Hit { start: at as u32, end: end as u32, literal });
        }
    }

    /// The literals that begin with the mark at `at`.
    fn find_marks(&self, text: &str, at: usize, hits: &mut Vec<Hit>) {
        if !has(&self.marked, text.as_bytes()[at]) || !is_bounded_left(text, at) {
            return;
        }
        let before = hits.len();
        for entry in &self.marks {
            let mark = self.text(&entry.text);
            if text.as_bytes()[at..].starts_with(mark) && is_bounded_right(text, at + mark.len()) {
                hits.push(hit(at, entry));
            }
        }
        hits[before..].sort_unstable_by_key(|hit| (std::cmp::Reverse(hit.end), hit.literal));
    }
}

fn has(bytes: &[u64; 4], byte: u8) -> bool {
    bytes[usize::from(byte >> 6)] & bit(byte) != 0
}

fn set(bytes: &mut [u64; 4], byte: u8) {
    bytes[usize::from(byte >> 6)] |= bit(byte);
}

fn bit(byte: u8) -> u64 {
    1 << (byte & 63)
}

fn hit(at: usize, entry: &Entry) -> Hit {
    let end = at as u32 + (entry.text.end - entry.text.start);
    Hit { start: at as u32, end, literal: entry.literal }
}

/// The eight bytes from `at`, the first one lowest; zero where the text is over.
fn next_bytes(text: &[u8], at: usize) -> u64 {
    match text[at..].first_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text[at..].iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITERALS: &[(&str, bool)] = &[
        ("file", true),
        ("file list", true),
        ("file list-all", true),
        ("list", true),
        ("listing", true),
        ("naïve", true),
        ("ï", true),
        ("l’eau", true),
        ("'s", true),
        ("$ref", true),
        ("削除", false),
        ("削除 file", false),
        ("b削", false),
        ("удаляет", true),
    ];

    fn found(text: &str) -> Vec<Hit> {
        let literals: Vec<(&str, bool, Literal)> =
            LITERALS.iter().enumerate().map(|(at, (text, bounded))| (*text, *bounded, at as Literal)).collect();
        let mut hits = Vec::new();
        LiteralFinder::of(&literals).find(text, &mut hits);
        hits
    }

    fn words(text: &str) -> Vec<&str> {
        found(text).iter().map(|hit| &text[hit.start as usize..hit.end as usize]).collect()
    }

    #[test]
    fn words_are_found_where_words_start_and_overlapping_ones_too() {
        assert_eq!(words("profile; file list"), ["file list", "file", "list"]);
        assert_eq!(words("re-list file_list ï naï listing-x file list-all"), ["ï", "file list-all", "file"]);
    }

    #[test]
    fn scripts_without_blanks_have_their_words_anywhere() {
        assert_eq!(words("このfileを削除 fileする"), ["file", "削除 file", "削除", "file"]);
        // A literal that begins with a letter inside a word is found there.
        assert_eq!(words("ab削除 naïve"), ["b削", "削除", "naïve"]);
    }

    proptest::proptest! {
        /// Every literal at every place of the text, one by one.
        #[test]
        fn nothing_else_is_found_than_by_looking_everywhere(
            parts in proptest::collection::vec("file|list|listing|-all|-| |_|ï|naïve|l’eau|'s|\\$ref|削除|b|удаляет|x1|。", 0..12)
        ) {
            let text = parts.concat();
            let mut all = Vec::new();
            for (at, _) in text.char_indices() {
                for (literal, (word, bounded)) in LITERALS.iter().enumerate() {
                    let end = at + word.len();
                    if text[at..].starts_with(word) && (!bounded || is_bounded_left(&text, at) && is_bounded_right(&text, end)) {
                        all.push((at as u32, std::cmp::Reverse(end as u32), literal as Literal));
                    }
                }
            }
            all.sort_unstable();
            let found: Vec<_> = found(&text).iter().map(|hit| (hit.start, std::cmp::Reverse(hit.end), hit.literal)).collect();
            proptest::prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn a_text_that_is_one_literal_is_told() {
        let literals: Vec<(&str, bool, Literal)> =
            LITERALS.iter().enumerate().map(|(at, (text, bounded))| (*text, *bounded, at as Literal)).collect();
        let finder = LiteralFinder::of(&literals);
        for (literal, (text, _)) in LITERALS.iter().enumerate() {
            assert_eq!(finder.whole(text), Some(literal as Literal), "{text}");
        }
        for text in ["", "fil", "files", "file lis", "削", "$re", "l’"] {
            assert_eq!(finder.whole(text), None, "{text}");
        }
    }
}
