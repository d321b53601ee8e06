//! Names in, words out: snake, kebab, dotted, camel case and digits, each letter with its place in the original.

use crate::language::normalize::{Normalized, normalize};
use mcpdex_model::text::{Case, begins_word};

/// Longest name that is read, in bytes; protocol and clients allow 128.
pub(crate) const MAX_NAME: usize = 512;

/// Appends the words of `name` to `out`, joined by blanks. Returns, for every byte appended, the range of the original
/// that it came from; `None` where each stands as far from the beginning as there.
pub(crate) fn split_name(name: &str, out: &mut String, mended: &mut Normalized) -> Option<Vec<(u32, u32)>> {
    if name.len() > MAX_NAME || !name.is_ascii() {
        return Some(split_any(name, out, mended));
    }
    if !is_plain(name.as_bytes()) {
        return Some(split_ascii(name.as_bytes(), out));
    }
    for (nth, word) in name.split(|letter: char| !letter.is_ascii_alphanumeric()).enumerate() {
        if nth > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    None
}

/// Whether the name is small letters and digits of ASCII with single marks between them, as most are: `list_s3_buckets`.
fn is_plain(name: &[u8]) -> bool {
    let mut gap = true;
    for byte in name {
        let small = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !small && (gap || byte.is_ascii_uppercase()) {
            return false;
        }
        gap = !small;
    }
    !gap
}

fn split_any(name: &str, out: &mut String, mended: &mut Normalized) -> Vec<(u32, u32)> {
    let mut normal = String::with_capacity(name.len());
    let map = normalize(name, MAX_NAME, &mut normal, mended);
    let origin = |at: usize| map.as_ref().map_or((at as u32, at as u32 + 1), |map| map[at]);
    let start = out.len();
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(name.len() + 8);
    let mut previous = Case::Gap;
    // The form that is read has lost its capitals: the original tells them.
    let written = |at: usize, letter: char| {
        let (from, to) = origin(at);
        let original = name.get(from as usize..to as usize).and_then(|text| text.chars().next());
        original.filter(|c| c.is_uppercase()).unwrap_or(letter)
    };
    for (at, letter) in normal.char_indices() {
        let (from, to) = origin(at);
        let case = case_of(letter, written(at, letter));
        let behind = at + letter.len_utf8();
        let rest = normal[behind..].char_indices().map(|(further, letter)| written(behind + further, letter));
        let starts = begins_word(previous, case, rest);
        let gap = case == Case::Gap;
        if (starts || gap) && out.len() > start && !out.ends_with(' ') {
            out.push(' ');
            spans.push((from, from));
        }
        if !gap {
            out.push(letter);
            for _ in 0..letter.len_utf8() {
                spans.push((from, to));
            }
        }
        previous = case;
    }
    if out.len() > start && out.ends_with(' ') {
        out.pop();
        spans.pop();
    }
    spans
}

/// The same of a name in plain ASCII, which is most of them.
fn split_ascii(name: &[u8], out: &mut String) -> Vec<(u32, u32)> {
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(name.len() + 8);
    let start = out.len();
    let mut previous = Case::Gap;
    for (at, byte) in name.iter().enumerate() {
        let case = Case::of(char::from(*byte));
        let from = at as u32;
        let starts = begins_word(previous, case, name[at + 1..].iter().copied().map(char::from));
        if (starts || case == Case::Gap) && out.len() > start && !out.ends_with(' ') {
            out.push(' ');
            spans.push((from, from));
        }
        if case != Case::Gap {
            out.push(char::from(byte.to_ascii_lowercase()));
            spans.push((from, from + 1));
        }
        previous = case;
    }
    if out.len() > start && out.ends_with(' ') {
        out.pop();
        spans.pop();
    }
    spans
}

/// The words of a text that is a name, joined by blanks.
pub(crate) fn words_of(name: &str) -> String {
    let mut out = String::new();
    split_name(name, &mut out, &mut Normalized::default());
    out
}

/// A letter of the read form keeps the case of the original; what is none in the read form is a gap in both.
fn case_of(letter: char, written: char) -> Case {
    match Case::of(letter) {
        kept @ (Case::Gap | Case::Digit) => kept,
        _ => Case::of(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_the_way_people_write_them() {
        for (name, words) in [
            ("asana_deleteTask", "asana delete task"),
            ("get-HTTPHeaders", "get http headers"),
            ("listAPIs", "list apis"),
            ("kv.namespace.delete", "kv namespace delete"),
            ("list_s3_buckets", "list s3 buckets"),
            ("  Odd__name ", "odd name"),
            ("转换PDF文件", "转换 pdf文件"),
            ("", ""),
        ] {
            assert_eq!(words_of(name), words, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn plain_names_are_split_as_all_others_are(name in "([a-zA-Z]{0,4}|s|S|[0-9]|[ _./-]){0,12}") {
            let (mut plain, mut any, mut words) = (String::new(), String::new(), String::new());
            let spans = split_ascii(name.as_bytes(), &mut plain);
            let other = split_any(&name, &mut any, &mut Normalized::default());
            proptest::prop_assert_eq!((&plain, &spans), (&any, &other));
            let as_written = split_name(&name, &mut words, &mut Normalized::default()).is_none();
            proptest::prop_assert_eq!(&words, &any);
            let moved = |(at, span): (usize, &(u32, u32))| !any[at..].starts_with(' ') && span.0 as usize != at;
            proptest::prop_assert!(!as_written || !spans.iter().enumerate().any(moved));
        }
    }

    #[test]
    fn every_letter_knows_its_place_in_the_original() {
        let mut out = String::new();
        let spans = split_name("fooBar_baz", &mut out, &mut Normalized::default()).expect("a blank was set between");
        assert_eq!(out, "foo bar baz");
        assert_eq!(spans.len(), out.len());
        assert_eq!((spans[4].0, spans[6].1), (3, 6));
    }
}
